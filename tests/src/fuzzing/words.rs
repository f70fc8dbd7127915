//! Readers of text: what people type, save, mail and edit.

use std::fs;

use burnish_dsp::parameter::{Kind, parse_decimal};
use burnish_dsp::settings::{ChainSettings, parameters};
use burnish_session::blind::BlindResults;
use burnish_session::preset::{assign, load_preset, parse, write};
use burnish_session::references::ReferenceEntry;
use burnish_session::snapshots::SnapshotBank;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::watch::watched;

/// Every value is one that its parameter can have.
#[track_caller]
fn check_settings(settings: &ChainSettings) {
    for parameter in parameters() {
        let value = parameter.read(settings);
        assert_eq!(parameter.kind.snap(value), value, "{}", parameter.id);
    }
    let text = write("again", settings);
    assert_eq!(parse(&text).as_ref(), Ok(settings), "{text}");
}

/// A preset, as a file and as its text.
pub fn preset(bytes: &[u8]) {
    let file = tempfile::NamedTempFile::new().expect("a file can be made");
    fs::write(file.path(), bytes).expect("a file can be written");
    match watched(|| load_preset(file.path())) {
        Ok(settings) => check_settings(&settings),
        Err(error) => assert!(error.message.contains("expected"), "{}", error.message),
    }
    if let Ok(text) = str::from_utf8(bytes)
        && let Ok(settings) = watched(|| parse(text))
    {
        check_settings(&settings);
    }
}

/// A number or a name as it is typed into the field of a parameter, which the first byte
/// chooses, or behind `--set`.
pub fn numbers(bytes: &[u8]) {
    let Some((chosen, text)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(text);
    if let Ok(number) = watched(|| parse_decimal(&text)) {
        assert!(number.is_finite(), "{text:?}");
    }
    let parameter = &parameters()[usize::from(*chosen) % parameters().len()];
    let (lowest, highest) = parameter.kind.bounds();
    if let Ok(value) = watched(|| parameter.kind.parse(&text)) {
        assert!((lowest..=highest).contains(&value), "{text:?}");
        assert_eq!(parameter.kind.snap(value), value, "{text:?}");
        let shown = parameter.kind.format(value);
        let read = watched(|| parameter.kind.parse(&shown));
        let is_same = match parameter.kind {
            Kind::Continuous { .. } => read.is_ok(),
            Kind::Choice(_) | Kind::Switch => read == Ok(value),
        };
        assert!(is_same, "{text:?} is shown as {shown:?}");
    }
    let mut settings = ChainSettings::default();
    if watched(|| assign(&mut settings, &text)).is_ok() {
        check_settings(&settings);
    } else {
        assert_eq!(settings, ChainSettings::default(), "what is refused changes nothing");
    }
}

/// The table of targets.
pub fn targets(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let Ok(targets) = watched(|| burnish_session::targets::parse(text)) else { return };
    assert!(targets.len() <= text.lines().count());
    for target in targets {
        assert!(target.ceiling_dbtp.is_finite());
        assert!(target.playback_lufs.is_none_or(f64::is_finite));
        let gain_db = target.playback_gain_db(-14.0, -1.0);
        assert!(gain_db.is_none_or(f64::is_finite));
    }
}

/// What a session keeps: snapshots, references, results of blind tests.
pub fn saved(bytes: &[u8]) {
    kept(bytes, SnapshotBank::mended);
    kept(bytes, ReferenceEntry::mended);
    kept(bytes, BlindResults::mended);
    if let Ok(bank) = serde_json::from_slice::<SnapshotBank>(bytes) {
        bank.all_settings().iter().for_each(check_settings);
    }
}

/// What is read is saved, and read as the same again.
fn kept<T: DeserializeOwned + Serialize + PartialEq + Clone>(bytes: &[u8], mended: fn(T) -> T) {
    let Ok(read) = watched(|| serde_json::from_slice::<T>(bytes)) else { return };
    let read = watched(|| mended(read));
    assert!(mended(read.clone()) == read, "it is mended once");
    let text = serde_json::to_string(&read).expect("what was read can be saved");
    let again: T = serde_json::from_str(&text).expect("what was saved can be read");
    assert!(mended(again) == read, "{text}");
}
