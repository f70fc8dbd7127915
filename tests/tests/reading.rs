//! What is not as it should be with a file is said wherever the file is read.

use std::fs;

use burnish_session::decode::{AudioReader, decode};
use burnish_session::file_format::Bits;
use burnish_session::master_file::write_wav;
use burnish_session::reference::load_reference;
use serde_json::Value;
use tempfile::TempDir;

use crate::cli::{burnish, fail, succeed};
use crate::support::material;

/// A recording of some seconds that was never finished: its header gives no length.
fn unfinished(folder: &TempDir) -> String {
    let mut song = material("mix.flac");
    song.left.truncate(4 * 48_000);
    song.right.truncate(4 * 48_000);
    let path = folder.path().join("unfinished.wav");
    write_wav(&path, &song, Bits::B24).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let data = bytes.windows(4).position(|four| four == b"data").unwrap();
    bytes[4..8].fill(0xFF);
    bytes[data + 4..data + 8].fill(0xFF);
    fs::write(&path, bytes).unwrap();
    assert!(decode(&path).unwrap() == song);
    path.to_str().unwrap().to_owned()
}

#[test]
fn every_command_warns_in_text_and_in_json() {
    let folder = TempDir::new().unwrap();
    let song = unfinished(&folder);
    let plain = crate::support::material_path("mix.flac").to_str().unwrap().to_owned();
    let output = folder.path().join("out.wav").to_str().unwrap().to_owned();
    let commands: [&[&str]; 5] = [
        &["check", &song],
        &["master", &song, "-o", &output],
        &["compare", &song, &plain],
        &["compare", &plain, &song],
        &["match", &plain, &song],
    ];
    for command in commands {
        let result = burnish(command);
        assert!(result.status.success(), "{command:?}");
        let text = String::from_utf8_lossy(&result.stderr).into_owned();
        assert!(
            text.contains("warning: ") && text.contains("unfinished.wav: its header"),
            "{text}"
        );
        let json: Value = serde_json::from_str(&succeed(&[command, &["--json"]].concat())).unwrap();
        let [warning] = &json["warnings"].as_array().unwrap()[..] else { panic!("{json}") };
        assert!(warning.as_str().unwrap().contains("no length"), "{command:?}: {warning}");
    }
    let plain: Value = serde_json::from_str(&succeed(&["check", &plain, "--json"])).unwrap();
    assert_eq!(plain["warnings"], Value::Array(Vec::new()));
}

#[test]
fn a_reference_carries_its_warnings() {
    let folder = TempDir::new().unwrap();
    let song = unfinished(&folder);
    let load = || {
        load_reference(song.as_ref(), 44_100.0, &mut |_| std::ops::ControlFlow::Continue(()))
            .unwrap()
    };
    // Whoever comes second hears the same.
    for details in [load(), load()] {
        let [warning] = &details.warnings[..] else { panic!("{:?}", details.warnings) };
        assert!(warning.contains("no length"), "{warning}");
    }
}

#[test]
fn samples_beyond_60_dbfs_are_refused_like_what_is_no_number() {
    let folder = TempDir::new().unwrap();
    let mut song = material("mix.flac");
    song.left[96_000] = 5e9;
    let path = folder.path().join("integers.wav");
    write_wav(&path, &song, Bits::F32).unwrap();
    let path = path.to_str().unwrap();
    fail(&["check", path], &["integers.wav", "1 samples beyond +60 dBFS", "0:02.00"]);
    assert!(AudioReader::open(path.as_ref()).is_ok());
}
