//! Every file that was ever a finding of a fuzzer, and many that are nearly right, through
//! the assertions that the fuzzers make (`docs/fuzzing.md`).

mod state;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use burnish_session::file_format::{Bits, Container, FileFormat};
use burnish_session::master_file::MasterWriter;
use burnish_session::metadata::Carried;
use burnish_session::output::Output;
use burnish_tests::fuzzing::{TARGETS, Target};

/// Changes tried of each file that is right.
const CHANGES: u64 = 500;
/// And of what is long, no more than this is taken.
const MOST_BYTES: usize = 4000;

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn file(path: &str) -> Vec<u8> {
    fs::read(here(path)).unwrap()
}

/// The smallest masters that Burnish writes.
fn master(container: Container, bits: Bits) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master");
    let output = Output::to(&path, &[]).unwrap();
    let format = FileFormat { container, bits };
    let samples: Vec<f32> = (0..300).map(|n| (n as f32 * 0.05).sin() * 0.5).collect();
    let frames = Some(samples.len() as u64);
    let mut writer =
        MasterWriter::begin(&output, format, 48_000, 2, frames, &Carried::default()).unwrap();
    writer.write(&samples, &samples).unwrap();
    writer.finish().unwrap();
    fs::read(path).unwrap()
}

/// What the reader of this name is given that is right.
fn right(target: &str) -> Vec<Vec<u8>> {
    match target {
        "wav" => [Bits::B16, Bits::B24, Bits::F32].map(|bits| master(Container::Wav, bits)).into(),
        "flac" => [Bits::B16, Bits::B24].map(|bits| master(Container::Flac, bits)).into(),
        "aiff" => vec![file("tests/fixtures/chorus.aiff")],
        "mp3" => vec![file("tests/fixtures/chorus.mp3")],
        "aac" => vec![file("tests/fixtures/chorus.aac")],
        "mp4" => vec![file("tests/fixtures/chorus.m4a")],
        "ogg" => vec![file("tests/fixtures/chorus.ogg")],
        "preset" => vec![file("presets/loud.txt"), file("presets/vinyl.txt")],
        "targets" => vec![file("session/src/targets.txt")],
        "numbers" => vec![b"\x01-14,5 dB".to_vec(), b"\x09limiter.character = Loud".to_vec()],
        "saved" => {
            let state =
                serde_json::from_slice::<serde_json::Value>(&file("tests/fixtures/state-0.1.json"))
                    .unwrap();
            let session = state["fields"]["session"].as_str().unwrap().to_owned();
            let session: serde_json::Value = serde_json::from_str(&session).unwrap();
            let of = |part: &serde_json::Value| part.to_string().into_bytes();
            vec![
                of(&session["snapshots"]),
                of(&session["references"][0]),
                of(&session["blind_results"]),
            ]
        }
        // These are given what all others are.
        _ => ["wav", "flac", "aiff", "mp3", "aac", "mp4", "ogg"]
            .into_iter()
            .flat_map(right)
            .collect(),
    }
}

/// A file with a few bytes changed, taken out, doubled or cut off; the same for the same seed.
fn changed(bytes: &[u8], seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 20) as usize % below.max(1)
    };
    let mut bytes = bytes.to_vec();
    for _ in 0..=next(4) {
        // Most is decided by what stands first.
        let end = if next(2) == 0 { bytes.len() } else { bytes.len().min(200) };
        let place = next(end);
        let length = next(9).min(bytes.len() - place);
        match next(6) {
            0 => bytes.truncate(place),
            1 => drop(bytes.drain(place..place + length)),
            2 => bytes.splice(place..place, bytes[place..place + length].to_vec()).for_each(drop),
            3 => bytes[place..place + length].fill(0xFF),
            4 => bytes[place..place + length].fill(0),
            _ => bytes[place..place + length].iter_mut().for_each(|byte| *byte ^= 1 << next(8)),
        }
    }
    bytes
}

/// Carries out the assertions and says what they failed for.
#[track_caller]
fn run(name: &str, target: Target, bytes: &[u8], what: &str) {
    let done = catch_unwind(AssertUnwindSafe(|| target(bytes)));
    assert!(done.is_ok(), "{name}: {what}, {} bytes: {bytes:02x?}", bytes.len());
}

#[test]
fn what_is_right_or_nearly_right_keeps_every_promise() {
    for (name, target) in TARGETS {
        for (n, mut bytes) in right(name).into_iter().enumerate() {
            run(name, target, &bytes, "as it is");
            bytes.truncate(MOST_BYTES);
            for seed in 0..CHANGES {
                run(name, target, &changed(&bytes, seed), &format!("file {n}, change {seed}"));
            }
        }
    }
}

#[test]
fn states_keep_every_promise() {
    let saved = file("tests/fixtures/state-0.1.json");
    let state: serde_json::Value = serde_json::from_slice(&saved).unwrap();
    let field = |name: &str| state["fields"][name].as_str().unwrap().as_bytes().to_vec();
    for bytes in [saved.clone(), field("session"), field("timeline")] {
        run("state", state::state, &bytes, "as it is");
        for seed in 0..CHANGES {
            run("state", state::state, &changed(&bytes, seed), &format!("change {seed}"));
        }
    }
}

#[test]
fn there_is_a_fuzzer_for_each_reader() {
    let folder = fs::read_dir(here("fuzz/fuzz_targets")).unwrap();
    let mut files: Vec<String> =
        folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    let mut names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).chain(["state"]).collect();
    names.sort_unstable();
    assert_eq!(files, names.iter().map(|name| format!("{name}.rs")).collect::<Vec<_>>());
    for name in names {
        let text = String::from_utf8(file(&format!("fuzz/fuzz_targets/{name}.rs"))).unwrap();
        assert!(text.contains(&format!("::{name}(bytes)")), "{text}");
        let manifest = String::from_utf8(file("fuzz/Cargo.toml")).unwrap();
        assert!(manifest.contains(&format!("fuzz_targets/{name}.rs")), "{name}");
    }
}

/// The name of a finding begins with that of its fuzzer: `mp4-what-it-was`.
#[test]
fn what_was_a_finding_is_none_any_more() {
    let findings = here("tests/fixtures/findings");
    for entry in fs::read_dir(findings).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name == "README.md" {
            continue;
        }
        let fuzzer = name.split(['-', '.']).next().unwrap();
        let bytes = fs::read(&path).unwrap();
        assert!(bytes.len() < 2048, "{name} is to be made smaller");
        for (target, run_target) in TARGETS {
            // All read it that read anything.
            if [fuzzer, "whole", "metadata"].contains(&target) {
                run(target, run_target, &bytes, name);
            }
        }
        if fuzzer == "state" {
            run(fuzzer, state::state, &bytes, name);
            continue;
        }
        assert!(TARGETS.iter().any(|(target, _)| *target == fuzzer), "{name} is of no fuzzer");
    }
}
