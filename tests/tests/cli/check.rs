//! `burnish check`, and the files that are read and refused.

use std::fs;
use std::path::Path;

use burnish_session::audio::StereoAudio;
use burnish_session::decode::decode;
use burnish_session::file_format::Bits;
use burnish_session::measure::measure;
use serde_json::Value;

use super::{Folder, fail, fixture, mix, noise, succeed};
use crate::support::material_path;

#[test]
fn check_prints_all_measures_as_json() {
    let text = succeed(&["check", &mix(), "--json"]);
    let measures: Value = serde_json::from_str(&text).unwrap();
    let near = |key: &str, expected: f64, tolerance: f64| {
        let found = measures[key].as_f64().unwrap_or_else(|| panic!("{key} in {text}"));
        assert!((found - expected).abs() <= tolerance, "{key}: {found}");
    };
    // The figures that come with the mix, measured by other means.
    near("integrated_lufs", -22.74, 0.05);
    near("loudness_range_lu", 4.37, 0.1);
    near("true_peak_dbtp", -5.93, 0.05);
    near("sample_peak_dbfs", -6.0, 0.01);
    near("plr_db", 16.81, 0.1);
    near("correlation", 0.849, 0.01);
    near("mono_loss_db", -0.34, 0.02);
    near("duration_s", 32.996, 0.001);
    near("sample_rate_hz", 48_000.0, 0.0);
    near("channels", 2.0, 0.0);
    assert!(measures["max_momentary_lufs"].is_number());
    assert!(measures["max_short_term_lufs"].is_number());
    let min_psr_db = measures["min_psr_db"].as_f64().unwrap();
    assert!(min_psr_db > 0.0 && min_psr_db < 17.0, "{min_psr_db}");
    near("clipped_samples", 0.0, 0.0);
    assert_eq!(measures["warnings"].as_array().unwrap().len(), 0);
    assert_eq!(measures.as_object().unwrap().len(), 21);
}

#[test]
fn check_reads_every_band_the_dc_offset_and_clipped_samples() {
    let folder = Folder::new();
    // The bass inverted, the middle mono, a bias on the left, four samples at full scale.
    let tone = |hz: f64, n: usize| (std::f64::consts::TAU * hz / 48_000.0 * n as f64).sin();
    let mut left: Vec<f32> = (0..48_000 * 4)
        .map(|n| (0.2 * tone(50.0, n) + 0.2 * tone(640.0, n) + 0.01) as f32)
        .collect();
    let right: Vec<f32> =
        (0..48_000 * 4).map(|n| (-0.2 * tone(50.0, n) + 0.2 * tone(640.0, n)) as f32).collect();
    left[1000..1004].fill(1.0);
    let audio = StereoAudio { sample_rate_hz: 48_000, channels: 2, left, right };
    let path = folder.audio("bands.wav", &audio, Bits::F32);
    let measures: Value = serde_json::from_str(&succeed(&["check", &path, "--json"])).unwrap();
    assert_eq!(measures["clipped_samples"], 4);
    let near = |value: &Value, expected: f64, tolerance: f64| {
        let found = value.as_f64().unwrap();
        assert!((found - expected).abs() <= tolerance, "{found}, not {expected}: {measures:#}");
    };
    near(&measures["dc_offset_dbfs"][0], -40.0, 0.1);
    near(&measures["dc_offset_percent"][0], 1.0, 0.01);
    near(&measures["dc_offset_percent"][1], 0.0, 0.001);
    let [low, mid, high] = [0, 1, 2].map(|band| &measures["bands"][band]);
    assert_eq!(
        (&low["name"], &mid["name"], &high["name"]),
        (&"low".into(), &"mid".into(), &"high".into())
    );
    near(&low["to_hz"], 200.0, 0.0);
    near(&mid["from_hz"], 200.0, 0.0);
    near(&mid["to_hz"], 2000.0, 0.0);
    assert!(high["to_hz"].is_null());
    near(&low["correlation"], -1.0, 0.02);
    assert!(low["mono_loss_db"].as_f64().unwrap() < -15.0);
    near(&mid["correlation"], 1.0, 0.02);
    near(&mid["mono_loss_db"], 0.0, 0.1);
    near(&mid["level_dbfs"], -17.2, 0.2);
    assert!(mid["crest_db"].as_f64().unwrap() >= 3.0);

    let text = succeed(&["check", &path]);
    for words in ["DC offset", "-40.0 dBFS", "samples at full scale", "crest dB", "low (to 200 Hz)"]
    {
        assert!(text.contains(words), "{words} is not in:\n{text}");
    }
}

#[test]
fn silence_has_no_loudness_and_is_valid_json() {
    let folder = Folder::new();
    let silence = noise(2.0, 48_000, 0.0);
    let path = folder.audio("silence.wav", &silence, Bits::B24);
    let measures: Value = serde_json::from_str(&succeed(&["check", &path, "--json"])).unwrap();
    assert!(measures["integrated_lufs"].is_null());
    assert!(measures["true_peak_dbtp"].is_null());
    assert!(succeed(&["check", &path]).contains("-inf LUFS"));
}

#[test]
fn every_format_is_read() {
    for name in ["chorus.mp3", "chorus.m4a", "chorus.aac", "chorus.ogg", "chorus.aiff"] {
        let audio = decode(Path::new(&fixture(name))).unwrap_or_else(|error| panic!("{error}"));
        let seconds = if name == "chorus.aiff" { 0.1 } else { 1.0 };
        // Encoders without gapless data pad to whole packets.
        assert!((audio.duration_s() - seconds).abs() < 0.05, "{name}: {}", audio.duration_s());
        if seconds > 0.4 {
            let measures = measure(&audio);
            assert!((measures.integrated_lufs + 22.3).abs() < 0.5, "{name}");
        }
    }
}

#[test]
fn bad_input_is_named_and_leaves_nothing_behind() {
    let folder = Folder::new();
    let good = folder.audio("good.wav", &noise(1.0, 48_000, 0.2), Bits::B24);
    let whole = fs::read(&good).unwrap();
    let missing = folder.path("missing.wav");
    let empty = folder.bytes("empty.wav", b"");
    let text = folder
        .bytes("text.wav", b"This is not audio, whatever its name says. ".repeat(50).as_slice());
    let truncated = folder.bytes("truncated.wav", &whole[..whole.len() / 2]);
    let flac = fs::read(material_path("mix.flac")).unwrap();
    let truncated_flac = folder.bytes("truncated.flac", &flac[..flac.len() / 3]);
    let no_frames = folder.audio("no_frames.wav", &noise(0.0, 48_000, 0.2), Bits::B24);
    let six = folder.path("six.wav");
    let spec = hound::WavSpec {
        channels: 6,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&six, spec).unwrap();
    (0..6000).for_each(|n| writer.write_sample(n as i16).unwrap());
    writer.finalize().unwrap();
    let mut nan = noise(0.5, 48_000, 0.2);
    nan.left[77] = f32::NAN;
    let not_numbers = folder.audio("nan.wav", &nan, Bits::F32);
    let slow = folder.audio("slow.wav", &noise(0.5, 4_000, 0.2), Bits::B16);
    let in_folder = folder.path("");
    let cases: [(&str, &[&str]); 10] = [
        (&missing, &["missing.wav", "no such file"]),
        (&empty, &["empty.wav", "empty file"]),
        (&text, &["text.wav", "something else"]),
        (&truncated, &["truncated.wav", "1.00 s", "0.5"]),
        (&truncated_flac, &["truncated.flac", "33.00 s"]),
        (&no_frames, &["no_frames.wav", "zero length"]),
        (&six, &["six.wav", "1 or 2 channels", "6"]),
        (&not_numbers, &["nan.wav", "1 samples"]),
        (&slow, &["slow.wav", "4000 Hz"]),
        (&in_folder, &["a folder"]),
    ];
    let before = folder.names();
    let output = folder.path("out.wav");
    for (input, must_say) in cases {
        fail(&["check", input], must_say);
        fail(&["master", input, "-o", &output], must_say);
    }
    // Outputs that cannot be.
    fail(&["master", &good, "-o", &good], &["good.wav", "the mix itself"]);
    let indirect = folder.path("./good.wav");
    fail(&["master", &good, "-o", &indirect], &["the mix itself"]);
    let nowhere = folder.path("no/such/folder/out.wav");
    fail(&["master", &good, "-o", &nowhere], &["out.wav", "folder does not exist"]);
    fail(&["master", &good, "-o", &in_folder], &["found a folder"]);
    assert_eq!(folder.names(), before);
    assert_eq!(fs::read(&good).unwrap(), whole);
}

#[test]
fn check_ends_in_a_verdict_that_fits_the_file() {
    let folder = Folder::new();
    let text = succeed(&["check", &mix()]);
    assert!(text.trim_end().ends_with("has to be put right first."), "{text}");
    assert!(text.contains("\nRumble (likely): "), "{text}");
    let mut audio = decode(&material_path("mix.flac")).unwrap();
    for sample in audio.left.iter_mut().chain(&mut audio.right) {
        *sample = (*sample * 3.0).clamp(-1.0, 1.0) * 0.3;
    }
    let clipped = folder.audio("clipped.wav", &audio, Bits::B24);
    let text = succeed(&["check", &clipped]);
    assert!(text.contains("\nClipping (certain): "), "{text}");
    let last = text.lines().last().unwrap();
    assert!(last.starts_with("Go back to the mix, because of what is better put"), "{text}");
    assert!(last.contains("clipping"), "{text}");
    // Several files: a row each.
    let text = succeed(&["check", &mix(), &clipped]);
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(rows.len(), 3, "{text}");
    assert!(rows[1].starts_with("mix.flac ") && rows[1].contains(" Master it: "), "{text}");
    assert!(rows[2].starts_with("clipped.wav ") && rows[2].contains(" Go back to "), "{text}");
    let all: Value =
        serde_json::from_str(&succeed(&["check", &mix(), &clipped, "--json"])).unwrap();
    assert_eq!(all["files"][1]["verdict"]["do"], "mix");
    assert_eq!(all["files"][1]["findings"][0]["kind"], "clipping");
}

#[test]
fn bits_that_are_not_used_are_told_of_the_file_they_are_missing_in() {
    let folder = Folder::new();
    let audio = decode(&material_path("mix.flac")).unwrap();
    let stepped = |samples: &[f32]| -> Vec<f32> {
        samples.iter().map(|sample| (sample * 32_768.0).round() / 32_768.0).collect()
    };
    let audio = StereoAudio { left: stepped(&audio.left), right: stepped(&audio.right), ..audio };
    for (bits, is_told) in [(Bits::B16, false), (Bits::B24, true), (Bits::F32, false)] {
        let path = folder.audio("stepped.wav", &audio, bits);
        let text = succeed(&["check", &path]);
        assert_eq!(text.contains("Fewer bits than the file has"), is_told, "{bits:?}: {text}");
    }
}
