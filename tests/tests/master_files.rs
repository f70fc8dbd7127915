//! The file that a master becomes, and what is said of it.

use std::path::Path;

use burnish_session::audio::StereoAudio;
use burnish_session::decode::decode;
use burnish_session::file_format::Bits;
use serde_json::Value;

use crate::cli::{Folder, burnish, fail, noise, succeed};

pub(crate) fn mono(seconds: f64, amplitude: f32) -> StereoAudio {
    let mut audio = noise(seconds, 48_000, amplitude);
    audio.right.clone_from(&audio.left);
    audio.channels = 1;
    audio
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&succeed(arguments)).unwrap()
}

#[test]
fn the_report_is_of_the_file() {
    let folder = Folder::new();
    let stereo = folder.audio("stereo.wav", &noise(4.0, 48_000, 0.2), Bits::B24);
    // So quiet that the dither of 16 bit is most of what there is.
    let quiet = folder.audio("quiet.wav", &noise(4.0, 48_000, 0.000_02), Bits::F32);
    let loud = folder.audio("loud.wav", &noise(4.0, 48_000, 3.0), Bits::F32);
    let single = folder.audio("mono.wav", &mono(4.0, 0.2), Bits::B24);
    let output = folder.path("out.wav");
    for mix in [&stereo, &quiet, &loud, &single] {
        for bits in ["16", "24", "32f"] {
            for set in ["trim.gain=0", "trim.gain=-3.3"] {
                let arguments = ["master", mix, "-o", &output, "--bits", bits, "--json"];
                let report = json(&[&arguments[..], &["--set", set]].concat());
                let mut file = json(&["check", &output, "--json"]);
                let facts = file.as_object_mut().unwrap();
                // The measures are what both have.
                for field in ["schema", "verdict", "findings"] {
                    facts.remove(field);
                }
                let warnings = facts.remove("warnings");
                assert_eq!(warnings, Some(serde_json::json!([])), "{mix} {bits} {set}");
                assert_eq!(report["after"], file, "{mix} {bits} {set}");
            }
        }
    }
}

#[test]
fn mono_stays_mono_at_the_loudness_that_was_asked_for() {
    let folder = Folder::new();
    let mix = folder.audio("mix.wav", &mono(6.0, 0.1), Bits::B24);
    let output = folder.path("out.wav");
    for bits in ["16", "24", "32f"] {
        json(&["master", &mix, "-o", &output, "--lufs", "-14", "--bits", bits, "--json"]);
        let file = json(&["check", &output, "--json"]);
        assert_eq!(file["channels"], 1, "{bits}");
        let loudness = file["integrated_lufs"].as_f64().unwrap();
        assert!((loudness + 14.0).abs() <= 0.1, "{bits}: {loudness}");
    }
    // Also where one channel alone is worked on, as in a host's mono track.
    let eq = ["--set", "eq.2.on=on", "--set", "eq.2.gain=6", "--set", "eq.2.channel=right"];
    let arguments = ["master", &mix, "-o", &output];
    let result = burnish(&[&arguments[..], &eq].concat());
    assert!(result.status.success());
    let words = String::from_utf8_lossy(&result.stderr).into_owned();
    assert!(words.contains("eq.2 works on right and does nothing"), "{words}");
    assert_eq!(decode(Path::new(&output)).unwrap().channels, 1);
}

#[test]
fn a_mono_master_is_the_left_of_the_stereo_one() {
    let folder = Folder::new();
    let single = mono(2.0, 0.3);
    let double = StereoAudio { channels: 2, ..single.clone() };
    let masters = [("mono", &single), ("stereo", &double)].map(|(name, audio)| {
        let mix = folder.audio(&format!("{name}.wav"), audio, Bits::B24);
        let output = folder.path(&format!("{name} master.wav"));
        let limited = ["--set", "limiter.on=on", "--set", "limiter.gain=9"];
        let sets = ["--set", "glue.on=on", "--bits", "16"];
        succeed(&[&["master", &mix, "-o", &output][..], &limited, &sets].concat());
        decode(Path::new(&output)).unwrap()
    });
    let [single, double] = masters;
    assert_eq!((single.channels, double.channels), (1, 2));
    assert!(single.left == double.left);
    assert!(double.left != double.right, "two dithers that know nothing of each other");
}

#[test]
fn what_lies_beyond_full_scale_is_counted_and_said() {
    let folder = Folder::new();
    let mut audio = noise(1.0, 48_000, 0.2);
    audio.left[1000] = 2.0;
    audio.left[1001] = -1.5;
    audio.right[2000] = 1.25;
    // Full scale itself is no more than a rounding.
    audio.right[3000] = 1.0;
    audio.right[3001] = -1.0;
    let mix = folder.audio("mix.wav", &audio, Bits::F32);
    let mut single = audio.clone();
    single.channels = 1;
    single.right.clone_from(&single.left);
    let single = folder.audio("mono.wav", &single, Bits::F32);
    let output = folder.path("out.wav");
    let off = ["--set", "limiter.on=off"];
    let cases = [
        (&mix, "16", "off", Some("3 samples were beyond full scale, by up to 6.02 dB")),
        (&mix, "24", "24 bit", Some("3 samples were beyond full scale, by up to 6.02 dB")),
        (&mix, "24", "16 bit", Some("3 samples were beyond full scale, by up to 6.02 dB")),
        (&mix, "32f", "off", None),
        (&single, "24", "24 bit", Some("2 samples were beyond full scale, by up to 6.02 dB")),
        (&single, "16", "off", Some("2 samples were beyond full scale, by up to 6.02 dB")),
    ];
    for (mix, bits, dither, words) in cases {
        let set = format!("dither.depth={dither}");
        let report = json(
            &[
                &["master", mix, "-o", &output, "--set", &set, "--bits", bits][..],
                &off,
                &["--json"],
            ]
            .concat(),
        );
        let warnings = report["warnings"].as_array().unwrap();
        match words {
            None => assert!(warnings.is_empty(), "{warnings:?}"),
            Some(words) => {
                assert_eq!(warnings.len(), 1, "{bits} {dither}: {warnings:?}");
                assert!(warnings[0].as_str().unwrap().starts_with(words), "{warnings:?}");
            }
        }
    }
    // Without being asked for, too: whole steps beyond full scale are still beyond it.
    audio.left.fill(0.0);
    audio.right.fill(0.0);
    audio.left[7] = 1.5;
    let whole = folder.audio("whole.wav", &audio, Bits::F32);
    let result = burnish(&[&["master", &whole, "-o", &output, "--bits", "16"][..], &off].concat());
    let words = String::from_utf8_lossy(&result.stderr).into_owned();
    assert!(words.contains("1 sample was beyond full scale, by up to 3.52 dB"), "{words}");
    // What the limiter holds is not cut off.
    let report =
        json(&["master", &mix, "-o", &output, "--ceiling", "-1", "--bits", "16", "--json"]);
    assert!(report["warnings"].as_array().unwrap().is_empty());
}

/// The reference decoder, where it is installed.
fn reference_decoder_agrees(flac: &str) -> Option<bool> {
    let tested = std::process::Command::new("flac").args(["--test", "--silent", flac]).status();
    tested.ok().map(|status| status.success())
}

#[test]
fn a_flac_master_is_the_wav_master_to_the_bit() {
    let folder = Folder::new();
    for (rate_hz, channels) in
        [(8_000, 2), (44_100, 2), (44_100, 1), (48_000, 1), (96_000, 2), (192_000, 2), (384_000, 1)]
    {
        let mut audio = noise(0.6, rate_hz, 0.3);
        audio.channels = channels;
        if channels == 1 {
            audio.right.clone_from(&audio.left);
        }
        // Silence, full scale and a length that is no number of whole blocks.
        audio.left[..5000.min(rate_hz as usize / 4)].fill(0.0);
        let mix = folder.audio("mix.wav", &audio, Bits::F32);
        for bits in ["16", "24"] {
            let [wav, flac] = ["out.wav", "out.flac"].map(|name| {
                let output = folder.path(name);
                let sets = ["--set", "limiter.on=off", "--set", "trim.gain=11"];
                succeed(&[&["master", &mix, "-o", &output, "--bits", bits][..], &sets].concat());
                output
            });
            let decoded = [&wav, &flac].map(|path| decode(Path::new(path)).unwrap());
            assert!(decoded[0] == decoded[1], "{rate_hz} Hz, {channels}, {bits}");
            assert_eq!(decoded[1].channels, channels);
            // Its MD5 is that of the samples, and there is one.
            let header = std::fs::read(&flac).unwrap();
            assert!(header[26..42].iter().any(|byte| *byte != 0));
            assert_ne!(reference_decoder_agrees(&flac), Some(false), "{rate_hz} Hz, {bits}");
        }
    }
}

#[test]
fn the_kind_of_file_is_said_by_name_or_by_format() {
    let folder = Folder::new();
    let mix = folder.audio("mix.wav", &noise(0.5, 48_000, 0.2), Bits::B24);
    let start = |name: &str| std::fs::read(folder.path(name)).unwrap()[..4].to_vec();
    for (name, arguments, begins) in [
        ("a.wav", &[][..], b"RIFF"),
        ("b.FLAC", &[], b"fLaC"),
        ("c.flac", &["--format", "flac"], b"fLaC"),
        ("d", &["--format", "flac"], b"fLaC"),
        ("e", &["--format", "wav"], b"RIFF"),
    ] {
        let output = folder.path(name);
        succeed(&[&["master", &mix, "-o", &output][..], arguments].concat());
        assert_eq!(start(name), begins, "{name}");
    }
    let [wav, flac] = ["f.wav", "f.flac"].map(|name| folder.path(name));
    fail(&["master", &mix, "-o", &wav, "--format", "flac"], &[".flac (FLAC), found .wav"]);
    fail(&["master", &mix, "-o", &flac, "--format", "wav"], &[".wav (WAV), found .flac"]);
    fail(&["master", &mix, "-o", &flac, "--bits", "32f"], &["--bits 32f", "16 or 24 bits"]);
    assert!(!Path::new(&wav).exists() && !Path::new(&flac).exists());
}
