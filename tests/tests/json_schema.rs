//! `docs/json.md` and what `--json` prints are one.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::cli::{Folder, noise, succeed};
use crate::support::material_path;
use burnish_session::file_format::Bits;

/// The fields of a section of the page.
fn documented(section: &str) -> BTreeSet<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/json.md");
    let page = std::fs::read_to_string(page).unwrap();
    let rest = page.split(&format!("\n## {section}\n")).nth(1).unwrap();
    let lines = rest.split("\n## ").next().unwrap().lines();
    let fields = lines.filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    fields.map(str::to_owned).collect()
}

/// Every path to a value: `bands[].name`. A list of plain values is one value.
fn paths(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let at = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                paths(value, &at, found);
            }
        }
        Value::Array(list) if list.iter().any(Value::is_object) => {
            for value in list {
                paths(value, &format!("{at}[]"), found);
            }
        }
        _ => {
            found.insert(at.to_owned());
        }
    }
}

fn printed(arguments: &[&str]) -> (Value, BTreeSet<String>) {
    let value: Value = serde_json::from_str(&succeed(arguments)).unwrap();
    let mut found = BTreeSet::new();
    paths(&value, "", &mut found);
    (value, found)
}

fn path(name: &str) -> String {
    material_path(name).to_str().unwrap().to_owned()
}

fn expect_documented(printed: &BTreeSet<String>, documented: &BTreeSet<String>) {
    let missing: Vec<_> = printed.difference(documented).collect();
    assert!(missing.is_empty(), "not in docs/json.md: {missing:?}");
}

#[test]
fn every_field_is_documented_and_every_version_is_the_same() {
    let folder = Folder::new();
    let (mix, reference) = (path("mix.flac"), path("reference.flac"));
    let measures = documented("measures");

    let (check, found) = printed(&["check", &mix, "--json"]);
    expect_documented(&found, &measures.union(&documented("check")).cloned().collect());
    assert!(measures.is_subset(&found), "{:?}", measures.difference(&found));

    let output = folder.path("master.wav");
    let (master, found) = printed(&["master", &mix, "-o", &output, "--json"]);
    let mut expected = documented("master");
    for side in ["before", "after"] {
        assert!(expected.remove(side));
        expected.extend(measures.iter().map(|field| format!("{side}.{field}")));
    }
    assert_eq!(found, expected);

    let (compare, found) = printed(&["compare", &mix, &reference, "--json"]);
    let as_master = |field: &String| field.replace("balance.reference.", "balance.master.");
    expect_documented(&found.iter().map(as_master).collect(), &documented("compare"));

    let (matched, found) = printed(&["match", &mix, &reference, "--json"]);
    expect_documented(&found, &documented("match"));

    let (presets, found) = printed(&["presets", "--json"]);
    assert_eq!(found, documented("presets"));
    let (targets, found) = printed(&["targets", "--json"]);
    assert_eq!(found, documented("targets"));

    for value in [check, master, compare, matched, presets, targets] {
        assert_eq!(value["schema"], 2);
    }
    let (_, found) = printed(&["parameters", "--json"]);
    let expected = documented("parameters");
    assert_eq!(found, expected.iter().map(|field| format!("[].{field}")).collect());
}

#[test]
fn what_is_undefined_is_null_and_two_dashes() {
    let folder = Folder::new();
    let write = |name: &str, seconds: f64, amplitude: f32, is_left_only: bool| {
        let mut audio = noise(seconds, 48_000, amplitude);
        if is_left_only {
            audio.right.fill(0.0);
        }
        folder.audio(name, &audio, Bits::B24)
    };
    let silence = write("silence.wav", 5.0, 0.0, false);
    let short = write("short.wav", 2.0, 0.2, false);
    let shorter = write("shorter.wav", 0.3, 0.2, false);
    let left = write("left.wav", 5.0, 0.2, true);
    let levels = ["integrated_lufs", "max_momentary_lufs"];
    let of_3_s = ["max_short_term_lufs", "loudness_range_lu", "min_psr_db"];
    let all: Vec<&str> =
        levels.into_iter().chain(of_3_s).chain(["plr_db", "correlation", "mono_loss_db"]).collect();
    let under_0_4_s: Vec<&str> = levels.into_iter().chain(of_3_s).chain(["plr_db"]).collect();
    for (file, undefined) in [
        (&silence, &all[..]),
        (&short, &of_3_s[..]),
        (&shorter, &under_0_4_s),
        (&left, &["correlation"]),
    ] {
        let (check, _) = printed(&["check", file, "--json"]);
        for field in &all {
            assert_eq!(
                check[field].is_null(),
                undefined.contains(field),
                "{file}: {field} {check:#}"
            );
        }
        for band in check["bands"].as_array().unwrap() {
            let is_silent = *file == silence;
            assert_eq!(band["correlation"].is_null(), is_silent || *file == left);
            assert_eq!(band["mono_loss_db"].is_null(), is_silent);
            assert_eq!(band["crest_db"].is_null(), is_silent);
        }
    }
    let row = |file: &str, name: &str| {
        let text = succeed(&["check", file]);
        let line = text.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
        line[name.len()..].split_whitespace().next().unwrap().to_owned()
    };
    for name in
        ["loudness range", "peak to loudness ratio", "lowest PSR", "correlation", "mono-sum loss"]
    {
        assert_eq!(row(&silence, name), "--", "{name}");
    }
    assert_eq!(row(&silence, "integrated loudness"), "-inf");
    assert_eq!(row(&silence, "short-term maximum"), "-inf");
    for name in ["short-term maximum", "loudness range", "lowest PSR"] {
        assert_eq!(row(&short, name), "--", "{name}");
    }
    assert_eq!(row(&shorter, "integrated loudness"), "--");
    assert_eq!(row(&left, "correlation"), "--");
    assert_ne!(row(&short, "correlation"), "--");
}
