//! Every kind of odd file that was seen, made on the spot, with its right value.

mod adts;
mod aiff;
mod alac;
mod alignment;
mod flac;
mod fragments;
mod made;
mod mp3;
mod mp4;
mod ogg;
mod wav;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::{Decoded, decode_with};

/// What reading a file with these bytes gives, or says.
fn read(bytes: &[u8]) -> Result<Decoded, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("song");
    std::fs::write(&path, bytes).unwrap();
    read_file(&path)
}

fn read_file(path: &Path) -> Result<Decoded, String> {
    decode_with(path, &mut |_| ControlFlow::Continue(())).map_err(|error| error.message)
}

/// Reads a file and expects that nothing is said about it.
#[track_caller]
fn read_plainly(bytes: &[u8]) -> Decoded {
    let decoded = read(bytes).unwrap();
    assert!(decoded.warnings.is_empty(), "{:?}", decoded.warnings);
    decoded
}

/// Reads a file and expects one warning with these words.
#[track_caller]
fn read_with_warning(bytes: &[u8], words: &[&str]) -> Decoded {
    let decoded = read(bytes).unwrap();
    let [warning] = &decoded.warnings[..] else { panic!("{:?}", decoded.warnings) };
    for word in words {
        assert!(warning.contains(word), "\"{word}\" is not in: {warning}");
    }
    decoded
}

/// Expects a refusal with these words, in one line, by one who knew what it refused.
#[track_caller]
fn assert_refused(bytes: &[u8], words: &[&str]) {
    let text = read(bytes).map(|decoded| decoded.warnings).unwrap_err();
    assert!(text.contains("expected") && !text.contains('\n'), "{text}");
    assert!(!text.contains("could not deal with"), "{text}");
    for word in words {
        assert!(text.contains(word), "\"{word}\" is not in: {text}");
    }
}

/// A file of the repository's fixtures.
fn fixture(name: &str) -> Vec<u8> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures");
    std::fs::read(tests.join(name)).unwrap()
}

fn material(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../material").join(name)
}

#[test]
fn what_is_refused_is_named() {
    let cases: [(&[u8], &str); 16] = [
        (b"riff\x2E\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\x00\x00", "W64"),
        (b"wvpk", "WavPack"),
        (b"MAC ", "Monkey's Audio"),
        (b"TTA1", "True Audio"),
        (b"MPCK", "Musepack"),
        (b"caff", "CAF"),
        (b".snd", "AU"),
        (b"DSD ", "DSF"),
        (b"\x1A\x45\xDF\xA3", "Matroska"),
        (b"\x30\x26\xB2\x75\x8E\x66\xCF\x11", "Windows Media"),
        (b"ADIF", "ADIF"),
        (b"\x0B\x77", "AC-3"),
        (b"RIFF\0\0\0\0AVI ", "AVI"),
        (b"\xFF\xFD\xA4\x00", "MPEG layer II"),
        (b"PK\x03\x04", "ZIP"),
        (b"Dear engineer", "something else"),
    ];
    for (mark, name) in cases {
        let mut bytes = mark.to_vec();
        bytes.resize(4000, 0x20);
        assert_refused(&bytes, &["found", name]);
        // Behind a tag it is the same.
        assert_refused(&[b"ID3\x03\0\0\0\0\0\x02zz", &bytes[..]].concat(), &["found", name]);
    }
    assert_refused(b"ID3\x03\0\0\0\0\x10\0art", &["an ID3 tag that is cut short"]);
}
