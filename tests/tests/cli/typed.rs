//! What people type: units, beginnings of names, slips; and what is printed, typed again.

use serde_json::Value;

use super::{Folder, burnish, fail, mix, noise, succeed};
use burnish_session::file_format::Bits;
use burnish_session::preset::presets;
use burnish_session::targets::targets;

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&succeed(&[arguments, &["--json"]].concat())).unwrap()
}

/// Settings as `--set` takes them.
fn typed(settings: &Value) -> Vec<String> {
    let pair = |pair: &Value| {
        let (id, value) = (pair[0].as_str().unwrap(), &pair[1]);
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        ["--set".to_owned(), format!("{id}={value}")]
    };
    settings.as_array().unwrap().iter().flat_map(pair).collect()
}

#[test]
fn a_unit_may_stand_behind_a_loudness_and_a_ceiling() {
    let folder = Folder::new();
    let mix = folder.audio("mix.wav", &noise(3.0, 48_000, 0.1), Bits::F32);
    let output = folder.path("out.wav");
    let made = json(&["master", &mix, "-o", &output, "--lufs", "-14LUFS", "--ceiling", "-2 dBTP"]);
    let lufs = made["after"]["integrated_lufs"].as_f64().unwrap();
    assert!((lufs + 14.0).abs() < 0.1, "{lufs}");
    assert!(made["after"]["true_peak_dbtp"].as_f64().unwrap() < -1.9);
    let refused = burnish(&["master", &mix, "-o", &output, "--lufs", "-14dB"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("expected a number"));
}

#[test]
fn a_command_that_there_is_not_is_named_with_what_was_meant() {
    for (typed, words) in [
        ("chek", "did you mean \"check\""),
        ("mster", "did you mean \"master\""),
        ("preset", "did you mean \"presets\""),
        ("song.wav", "expected one of check, master"),
    ] {
        fail(&[typed, "mix.wav"], &[typed, words]);
    }
    assert_eq!(burnish(&["chek"]).status.code(), Some(2));
}

#[test]
fn a_part_of_a_name_is_enough_where_it_means_one() {
    let folder = Folder::new();
    let mix = folder.audio("mix.wav", &noise(1.0, 48_000, 0.1), Bits::F32);
    let output = folder.path("out.wav");
    let settings = |preset: &str| {
        json(&["master", &mix, "-o", &output, "--preset", preset])["settings"].clone()
    };
    assert_eq!(settings("vinyl"), settings("Vinyl pre-master"));
    assert_eq!(settings("master"), settings("Vinyl pre-master"));
    fail(&["master", &mix, "-o", &output, "--preset", "st"], &["\"st\" may be Start or Streaming"]);
    fail(&["master", &mix, "-o", &output, "--target", "s"], &["may be spotify or", "type more"]);
    fail(&["master", &mix, "-o", &output, "--target", "nowhere"], &["one of", "spotify"]);
}

#[test]
fn presets_and_targets_are_listed_with_what_they_are() {
    let text = succeed(&["presets"]);
    let list = json(&["presets"]);
    for (preset, listed) in presets().iter().zip(list["presets"].as_array().unwrap()) {
        let line = text.lines().find(|line| line.starts_with(preset.name)).unwrap();
        assert!(line.contains(preset.purpose) && line.contains(preset.assumes), "{line}");
        assert_eq!(listed["name"], preset.name);
    }
    let list = json(&["targets"]);
    assert_eq!(list["targets"].as_array().unwrap().len(), targets().len());
    assert_eq!(list["targets"][0]["id"], targets()[0].id.as_str());
}

#[test]
fn what_any_command_prints_of_settings_can_be_typed() {
    let folder = Folder::new();
    let song = folder.audio("mix.wav", &noise(3.0, 48_000, 0.1), Bits::F32);
    let output = folder.path("out.wav");
    let again = |settings: &Value| {
        let typed = typed(settings);
        let typed: Vec<&str> = typed.iter().map(String::as_str).collect();
        let settings = json(&[&["master", &song, "-o", &output], &typed[..]].concat());
        settings["settings"].clone()
    };
    for preset in json(&["presets"])["presets"].as_array().unwrap() {
        let settings = &preset["settings"];
        // A limiter or a gain calls for dither where something has to be rounded.
        let made = again(settings);
        let of_it = |pair: &&Value| pair[0] != "dither.depth";
        let made: Vec<&Value> = made.as_array().unwrap().iter().filter(of_it).collect();
        let expected: Vec<&Value> = settings.as_array().unwrap().iter().filter(of_it).collect();
        assert_eq!(made, expected, "{}", preset["name"]);
    }
    let matched = json(&["match", &song, &mix(), "--preset", "start"]);
    assert!(matched["settings"].as_array().unwrap().len() > 3);
    again(&matched["settings"]);
}

#[test]
fn trim_auto_brings_a_quiet_mix_to_where_its_preset_works() {
    let folder = Folder::new();
    let quiet = folder.audio("quiet.wav", &noise(3.0, 48_000, 0.1), Bits::F32);
    let output = folder.path("out.wav");
    let asked = ["master", &quiet, "-o", &output, "--preset", "streaming"];
    let gain_db = |made: &Value| {
        let settings = made["settings"].as_array().unwrap();
        settings.iter().find(|pair| pair[0] == "trim.gain").unwrap()[1].as_f64().unwrap()
    };
    assert!((gain_db(&json(&asked)) - 6.0).abs() < 1e-9, "only where it is asked for");
    let made = json(&[&asked[..], &["--trim", "auto"]].concat());
    let peak_dbtp = made["before"]["true_peak_dbtp"].as_f64().unwrap();
    let expected_db = 6.0 - 6.0 - peak_dbtp;
    assert!((gain_db(&made) - expected_db).abs() < 0.01, "{} {expected_db}", gain_db(&made));
    let both = ["--trim", "auto", "--set", "trim.gain=3"];
    fail(&[&asked[..], &both].concat(), &["--trim auto", "--set trim.gain"]);
}
