use std::fs;

use tempfile::TempDir;

use super::*;
use crate::file_format::{Bits, FileFormat};
use crate::master_file::MasterWriter;

fn chunk(id: [u8; 4], size: u32, bytes: &[u8]) -> Vec<u8> {
    [&id[..], &size.to_le_bytes(), bytes].concat()
}

fn read(file: &[u8]) -> Metadata {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("mix.wav");
    fs::write(&path, file).unwrap();
    Metadata::read(&path)
}

fn carried(file: &[u8]) -> Told {
    read(file).carried(Container::Wav).told
}

#[test]
fn chunks_behind_the_audio_of_rf64_are_found() {
    for kind in [b"RF64", b"BW64"] {
        let sizes =
            [&0u64.to_le_bytes()[..], &6u64.to_le_bytes(), &3u64.to_le_bytes(), &[0; 4]].concat();
        let file = [
            &kind[..],
            &[0xff; 4],
            b"WAVE",
            &chunk(*b"ds64", 28, &sizes),
            &chunk(*b"data", u32::MAX, b"audio!"),
            &chunk(*b"iXML", 4, b"<a/>"),
        ]
        .concat();
        assert_eq!(carried(&file).carried, ["iXML"]);
    }
}

#[test]
fn no_size_leads_astray() {
    let head = [&b"RIFF"[..], &[0; 4], b"WAVE"].concat();
    let good = chunk(*b"iXML", 4, b"<a/>");
    for size in [0, 1, 3, 5, 1 << 20, 0x7fff_f000, u32::MAX - 8, u32::MAX] {
        for id in [b"data", b"LIST", b"bext", b"id3 ", b"zzzz", b"ds64"] {
            let file = [&head[..], &good, &chunk(*id, size, b"odd")].concat();
            assert!(carried(&file).carried.contains(&"iXML".to_owned()), "{id:?} {size}");
        }
    }
    assert_eq!(carried(&head), Told::default());
    assert_eq!(carried(b"RIFF"), Told::default());
    assert_eq!(read(b"").carried(Container::Flac).told, Told::default());
}

#[test]
fn a_long_size_beyond_all_numbers_ends_the_file() {
    for bytes in [u64::MAX, u64::MAX - 40, 1 << 63] {
        let sizes = [&[0; 8][..], &bytes.to_le_bytes(), &[0; 12]].concat();
        let file = [
            &b"RF64"[..],
            &[0xff; 4],
            b"WAVE",
            &chunk(*b"iXML", 4, b"<a/>"),
            &chunk(*b"ds64", 28, &sizes),
            &chunk(*b"data", u32::MAX, b"audio!"),
        ]
        .concat();
        let told = carried(&file);
        assert_eq!((&told.carried[..], told.left_behind.len()), (&["iXML".to_owned()][..], 0));
    }
}

#[test]
fn a_tag_that_says_how_loud_the_mix_was_keeps_the_rest() {
    let mut id3 = lofty::id3::v2::Id3v2Tag::new();
    id3.insert_user_text("REPLAYGAIN_TRACK_GAIN".to_owned(), "-3 dB".to_owned());
    id3.insert_user_text("MOOD".to_owned(), "blue".to_owned());
    let mut bytes = Vec::new();
    lofty::tag::TagExt::dump_to(&id3, &mut bytes, lofty::config::WriteOptions::default()).unwrap();
    let tag = chunk(*b"ID3 ", bytes.len() as u32, &bytes);
    let file = [&b"RIFF"[..], &[0; 4], b"WAVE", &tag].concat();
    let made = read(&file).carried(Container::Wav);
    assert_eq!(made.told.carried, ["ID3"]);
    assert_eq!(made.told.left_behind, ["REPLAYGAIN_TRACK_GAIN (of the mix, not of the master)"]);
    let text = String::from_utf8_lossy(&made.behind[0].bytes).into_owned();
    assert!(text.contains("MOOD") && !text.contains("REPLAYGAIN"), "{text}");
    assert_eq!(made.behind[0].id, *b"ID3 ");
}

/// A cue sheet after RFC 9639, section 8.7: one track at frame 0, one at 4800, and the end.
fn cue_sheet() -> Vec<u8> {
    let mut bytes = vec![0; 128 + 8 + 259];
    bytes.push(3);
    for (offset, number, indices) in [(0u64, 1u8, 1u8), (4800, 2, 1), (9600, 255, 0)] {
        bytes.extend(offset.to_be_bytes());
        bytes.push(number);
        bytes.extend([0; 12 + 14]);
        bytes.push(indices);
        for _ in 0..indices {
            bytes.extend(0u64.to_be_bytes());
            bytes.extend([1, 0, 0, 0]);
        }
    }
    bytes
}

/// A short FLAC file with these blocks behind its first one.
fn flac_with(folder: &TempDir, blocks: &[(u8, &[u8])]) -> std::path::PathBuf {
    let path = folder.path().join("mix.flac");
    write_flac(&path, &Carried::default());
    let mut bytes = fs::read(&path).unwrap();
    let mut added = Vec::new();
    for (kind, block) in blocks {
        added.push(*kind);
        added.extend(&(block.len() as u32).to_be_bytes()[1..]);
        added.extend_from_slice(block);
    }
    bytes.splice(4 + 4 + 34..4 + 4 + 34, added);
    fs::write(&path, bytes).unwrap();
    path
}

fn write_flac(path: &Path, carried: &Carried) {
    let output = crate::output::Output::to(path, &[]).unwrap();
    let format = FileFormat { container: Container::Flac, bits: Bits::B16 };
    let mut writer = MasterWriter::begin(&output, format, 48_000, 1, Some(9600), carried).unwrap();
    let samples = vec![0.25; 9600];
    writer.write(&samples, &samples).unwrap();
    writer.finish().unwrap();
}

#[test]
fn cue_sheets_and_what_applications_keep_travel_from_flac_to_flac() {
    let folder = TempDir::new().unwrap();
    let sheet = cue_sheet();
    let blocks: [(u8, &[u8]); 5] =
        [(2, b"SONYsome bytes"), (5, &sheet), (2, b"riffWAVE"), (5, b"cut"), (1, &[0; 10])];
    let mix = flac_with(&folder, &blocks);
    let metadata = Metadata::read(&mix);
    let carried = metadata.carried(Container::Flac);
    assert_eq!(carried.told.carried, ["CUESHEET", "APPLICATION SONY"]);
    let left = ["APPLICATION riff", "a CUESHEET that could not be read"];
    assert_eq!(carried.told.left_behind, left);
    let output = folder.path().join("master.flac");
    write_flac(&output, &carried);
    let again = Metadata::read(&output).carried(Container::Flac);
    assert_eq!(again.told.carried, carried.told.carried);
    assert_eq!(again.cuesheets, carried.cuesheets);
    assert_eq!(again.applications, carried.applications);
    assert_eq!(crate::decode::decode(&output).unwrap().left.len(), 9600);
    let wav = metadata.carried(Container::Wav).told;
    assert!(wav.carried.is_empty());
    assert_eq!(
        wav.left_behind,
        [&["CUESHEET (WAV)", "APPLICATION SONY (WAV)"][..], &left].concat()
    );
}

#[test]
fn chapters_of_an_mp4_file_are_named() {
    fn mp4(id: [u8; 4], inside: &[u8]) -> Vec<u8> {
        [&(inside.len() as u32 + 8).to_be_bytes()[..], &id, inside].concat()
    }
    let nero = mp4(*b"moov", &mp4(*b"udta", &mp4(*b"chpl", &[0; 9])));
    let apple = mp4(*b"moov", &mp4(*b"trak", &mp4(*b"tref", &mp4(*b"chap", &[0, 0, 0, 2]))));
    let none = mp4(*b"moov", &mp4(*b"trak", &mp4(*b"tkhd", b"chap")));
    for (boxes, is_there) in [(nero, true), (apple, true), (none, false), (vec![0; 7], false)] {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("mix.m4a");
        fs::write(&path, [mp4(*b"ftyp", b"M4A \0\0\0\0"), boxes].concat()).unwrap();
        assert_eq!(boxes::has_chapters(&path), is_there);
    }
}
