//! `burnish master`.

use std::path::Path;

use burnish_session::decode::decode;
use burnish_session::file_format::Bits;
use burnish_session::measure::measure;
use serde_json::Value;

use super::{Folder, burnish, fail, mix, noise, succeed};

#[test]
fn neutral_settings_pass_every_sample_format_to_the_bit() {
    let folder = Folder::new();
    for (name, bits) in [("16.wav", Bits::B16), ("24.wav", Bits::B24), ("32f.wav", Bits::F32)] {
        let input = folder.audio(name, &noise(1.0, 44_100, 0.3), bits);
        let output = folder.path("out.wav");
        succeed(&["master", &input, "-o", &output, "--bits", "32f"]);
        assert!(
            decode(Path::new(&output)).unwrap() == decode(Path::new(&input)).unwrap(),
            "{name}"
        );
    }
    // Nothing is left to be rounded off, so nothing is dithered either.
    let output = folder.path("mix.wav");
    succeed(&["master", &mix(), "-o", &output]);
    assert!(decode(Path::new(&output)).unwrap() == decode(Path::new(&mix())).unwrap());
}

#[test]
fn the_limiter_is_driven_alone_and_the_output_is_aligned() {
    let folder = Folder::new();
    let output = folder.path("out.wav");
    let limited = ["--bits", "32f", "--set", "limiter.on=on", "--set", "limiter.gain=5"];
    report(&mix(), &output, &limited);
    let (mix, master) = (decode(Path::new(&mix())).unwrap(), decode(Path::new(&output)).unwrap());
    assert_eq!(master.frames(), mix.frames());
    // -5.9 dBTP and 5 dB: just the ceiling; away from peaks it is pure gain.
    let gain = 10f32.powf(5.0 / 20.0);
    let differing = mix
        .left
        .iter()
        .zip(&master.left)
        .filter(|(before, after)| (**before * gain - **after).abs() > 1e-5)
        .count();
    assert!(differing < mix.frames() / 100, "{differing} of {}", mix.frames());
}

#[test]
fn every_rate_and_channel_count_is_mastered() {
    let folder = Folder::new();
    for rate_hz in [8_000, 22_050, 44_100, 96_000, 192_000, 384_000] {
        let input = folder.audio("in.wav", &noise(0.7, rate_hz, 0.4), Bits::B24);
        let output = folder.path("out.wav");
        report(&input, &output, &["--set", "limiter.on=on", "--set", "limiter.gain=12"]);
        let master = decode(Path::new(&output)).unwrap();
        assert_eq!((master.sample_rate_hz, master.channels), (rate_hz, 2));
        assert_eq!(master.frames(), decode(Path::new(&input)).unwrap().frames());
        assert!(measure(&master).true_peak_dbtp < -0.9, "{rate_hz} Hz");
    }
    let mut mono = noise(0.7, 48_000, 0.4);
    mono.channels = 1;
    mono.right.clone_from(&mono.left);
    let input = folder.audio("mono.wav", &mono, Bits::B24);
    let output = folder.path("out.wav");
    let limited = ["--set", "limiter.on=on", "--set", "limiter.gain=6", "--bits", "32f"];
    report(&input, &output, &limited);
    assert_eq!(decode(Path::new(&output)).unwrap().channels, 1);
}

#[test]
fn an_asked_loudness_is_reached() {
    let folder = Folder::new();
    let output = folder.path("out.wav");
    for lufs in [-30.0, -16.0, -9.0] {
        let text = succeed(&[
            "master",
            &mix(),
            "-o",
            &output,
            "--lufs",
            &lufs.to_string(),
            "--ceiling",
            "-1.5",
            "--json",
        ]);
        let report: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(report["warnings"].as_array().unwrap().len(), 0);
        let measures = measure(&decode(Path::new(&output)).unwrap());
        assert!((measures.integrated_lufs - lufs).abs() < 0.1, "{}", measures.integrated_lufs);
        assert!(measures.true_peak_dbtp <= -1.4);
    }
    let text = succeed(&["master", &mix(), "-o", &output, "--target", "apple", "--json"]);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert!((report["after"]["integrated_lufs"].as_f64().unwrap() + 16.0).abs() < 0.1);
}

#[test]
fn what_cannot_be_reached_is_said() {
    let folder = Folder::new();
    let output = folder.path("out.wav");
    let result = burnish(&["master", &mix(), "-o", &output, "--lufs", "-2", "--json"]);
    // The master is there and so is the report, but it is not what was asked for.
    assert_eq!(result.status.code(), Some(3));
    let warning = String::from_utf8_lossy(&result.stderr).into_owned();
    assert!(warning.contains("-2.0 LUFS was not reached"), "{warning}");
    let report: Value = serde_json::from_slice(&result.stdout).unwrap();
    assert!(report["warnings"][0].as_str().unwrap().contains("was not reached"), "{report}");
    let measures = measure(&decode(Path::new(&output)).unwrap());
    let said = report["after"]["integrated_lufs"].as_f64().unwrap();
    assert!((measures.integrated_lufs - said).abs() < 1e-9);
    assert!(warning.contains(&format!("{said:.1} LUFS is the loudest")), "{warning}");
}

#[test]
fn sixteen_bits_are_dithered() {
    let folder = Folder::new();
    let output = folder.path("out.wav");
    succeed(&["master", &mix(), "-o", &output, "--bits", "16", "--set", "trim.gain=-20"]);
    let master = decode(Path::new(&output)).unwrap();
    let steps: Vec<f64> = master.left.iter().map(|x| f64::from(*x) * 32_768.0).collect();
    assert!(steps.iter().all(|step| *step == step.round()));
    let json = succeed(&["master", &mix(), "-o", &output, "--bits", "16", "--json"]);
    assert!(json.contains("dither.depth"));
}

#[test]
fn presets_and_settings_are_understood() {
    let folder = Folder::new();
    let output = folder.path("out.wav");
    let input = folder.audio("in.wav", &noise(1.0, 48_000, 0.2), Bits::B24);
    succeed(&["master", &input, "-o", &output, "--preset", "streaming"]);
    let preset = folder.bytes("mine.txt", b"# mine\ntrim.gain = -3 dB\neq.1.on = On # rumble\n");
    succeed(&[
        "master",
        &input,
        "-o",
        &output,
        "--preset",
        &preset,
        "--set",
        "eq.1.frequency=0.03k",
    ]);
    let broken = folder.bytes("broken.txt", b"trim.gain = much\n");
    fail(
        &["master", &input, "-o", &output, "--preset", &broken],
        &["broken.txt", "line 1", "much"],
    );
    fail(&["master", &input, "-o", &output, "--preset", "nothing"], &["nothing", "Streaming"]);
    fail(&["master", &input, "-o", &output, "--set", "limiter.gian=3"], &["limiter.gain"]);
    fail(
        &["master", &input, "-o", &output, "--set", "limiter.on=on", "--set", "limiter.gain=99"],
        &["0 to 24 dB", "99"],
    );
    fail(&["master", &input, "-o", &output, "--target", "moon"], &["moon", "spotify"]);
    fail(&["master", &input, "-o", &output, "--target", "bandcamp"], &["--lufs"]);
    fail(&["master", &input, "-o", &output, "--ceiling", "3"], &["-12 to 0 dBTP"]);
    let result = burnish(&["master", &input, "-o", &output, "--set", "glue.threshold=-20"]);
    assert!(String::from_utf8_lossy(&result.stderr).contains("--set glue.on=on"));
}

#[test]
fn a_report_says_what_made_it() {
    let folder = Folder::new();
    let mix = folder.audio("mix.wav", &noise(1.0, 48_000, 0.1), Bits::F32);
    let text = succeed(&["master", &mix, "-o", &folder.path("master.wav"), "--json"]);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(report["engine_revision"], burnish::ENGINE_REVISION);
}

#[test]
fn numbers_are_read_as_they_are_typed_or_asked_about() {
    let folder = Folder::new();
    let mix = folder.audio("mix.wav", &noise(1.0, 48_000, 0.1), Bits::B24);
    let output = folder.path("out.wav");
    let master = |more: &[&str]| {
        [&["master", &mix, "-o", &output][..], more]
            .concat()
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    for (arguments, words) in [
        (
            master(&["--set", "eq.1.frequency=12,000 Hz"]),
            "thousands or decimals? Write 12000 or 12.000",
        ),
        (master(&["--lufs", "-14,000"]), "thousands or decimals? Write -14000 or -14.000"),
        (master(&["--ceiling", "one"]), "expected a number, found \"one\""),
        (master(&["--set", "limitter.gain=3"]), "the nearest is limiter.gain"),
        (master(&["--set", "warmth=3"]), "`burnish parameters` lists them all"),
    ] {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let result = burnish(&arguments);
        let errors = String::from_utf8_lossy(&result.stderr).into_owned();
        assert_eq!(result.status.code(), Some(2), "{errors}");
        assert!(errors.contains(words), "{errors}");
    }
    assert!(!Path::new(&output).exists());
    for more in [&["--lufs", "-20,5"][..], &["--ceiling", "\u{2212}1,5"]] {
        let arguments = master(more);
        succeed(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    }
    let preset = folder.bytes("bom.txt", b"\xef\xbb\xbftrim.gain = -3,5 dB\r\n");
    let report = succeed(&["master", &mix, "-o", &output, "--preset", &preset, "--json"]);
    assert!(report.contains("-3.5"), "{report}");
}

/// Masters and returns the report.
fn report(mix: &str, output: &str, more: &[&str]) -> Value {
    let text = succeed(&[&["master", mix, "-o", output, "--json"][..], more].concat());
    serde_json::from_str(&text).unwrap()
}

fn warnings(report: &Value) -> Vec<&str> {
    report["warnings"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

fn bits_per_sample(path: &str) -> u16 {
    hound::WavReader::open(path).unwrap().spec().bits_per_sample
}

#[test]
fn every_setting_that_is_printed_can_be_typed_again() {
    let folder = Folder::new();
    let mix = folder.audio("mix.wav", &noise(1.0, 48_000, 0.1), Bits::F32);
    let (first, second) = (folder.path("first.wav"), folder.path("second.wav"));
    for preset in burnish_session::preset::presets() {
        let more = ["--preset", preset.name, "--set", "eq.2.on=on", "--set", "eq.phase=linear"];
        let made = report(&mix, &first, &more);
        let typed = |pair: &Value| {
            let (id, value) = (pair[0].as_str().unwrap(), &pair[1]);
            // A name as it is, a number as JSON writes it.
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("{id}={value}")
        };
        let settings: Vec<String> =
            made["settings"].as_array().unwrap().iter().map(typed).collect();
        let again: Vec<&str> = settings.iter().flat_map(|set| ["--set", set]).collect();
        let repeated = report(&mix, &second, &again);
        assert_eq!(repeated["settings"], made["settings"], "{}", preset.name);
        assert!(std::fs::read(&first).unwrap() == std::fs::read(&second).unwrap());
    }
}

#[test]
fn the_file_is_of_the_depth_that_it_is_dithered_for() {
    let folder = Folder::new();
    let mix = folder.audio("mix.wav", &noise(1.0, 44_100, 0.1), Bits::F32);
    let output = folder.path("out.wav");
    let depth = |report: &Value| {
        let settings = report["settings"].as_array().unwrap();
        let depth = settings.iter().find(|pair| pair[0] == "dither.depth");
        depth.map_or("none", |pair| pair[1].as_str().unwrap()).to_owned()
    };
    let cases: [(&[&str], u16, &str, Option<&str>); 9] = [
        (&["--preset", "cd"], 16, "16 bit", None),
        (&["--preset", "vinyl pre-master"], 24, "24 bit", None),
        (&["--preset", "streaming"], 24, "24 bit", None),
        (
            &["--preset", "vinyl pre-master", "--bits", "16"],
            16,
            "16 bit",
            Some("the preset dithers for 24"),
        ),
        (&["--preset", "cd", "--bits", "24"], 24, "24 bit", Some("the preset dithers for 16 bit")),
        (&["--preset", "cd", "--bits", "32f"], 32, "none", Some("and not dithered")),
        (&["--set", "dither.depth=16 bit"], 16, "16 bit", None),
        (&["--set", "dither.depth=20 bit"], 24, "20 bit", None),
        (
            &["--set", "dither.depth=24 bit", "--bits", "16"],
            16,
            "24 bit",
            Some("rounded to 16 bit without dither"),
        ),
    ];
    for (more, bits, dither, words) in cases {
        let report = report(&mix, &output, more);
        assert_eq!((bits_per_sample(&output), depth(&report).as_str()), (bits, dither), "{more:?}");
        let warnings = warnings(&report);
        match words {
            None => assert!(warnings.is_empty(), "{more:?}: {warnings:?}"),
            Some(words) => {
                assert_eq!(warnings.len(), 1, "{more:?}: {warnings:?}");
                assert!(warnings[0].contains(words), "{more:?}: {warnings:?}");
            }
        }
    }
}

#[test]
fn a_loudness_that_is_asked_for_brings_the_limiter() {
    let folder = Folder::new();
    let mix = folder.audio("mix.wav", &noise(3.0, 48_000, 0.1), Bits::F32);
    let output = folder.path("out.wav");
    let asked = ["--lufs", "-14", "--set", "limiter.character=loud"];
    assert!(warnings(&report(&mix, &output, &asked)).is_empty());
    let refused = ["--lufs", "-14", "--set", "limiter.on=off"];
    let report = report(&mix, &output, &refused);
    let warnings = warnings(&report);
    assert!(warnings.len() == 1 && warnings[0].contains("it is on"), "{warnings:?}");
}
