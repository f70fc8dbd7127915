//! What a mix says about itself travels into its master, or is named.

use std::fs;
use std::path::Path;

use burnish_session::decode::decode;
use burnish_session::file_format::Bits;
use lofty::config::{ParseOptions, WriteOptions};
use lofty::file::{AudioFile, TaggedFileExt};
use lofty::flac::FlacFile;
use lofty::iff::wav::WavFile;
use lofty::picture::{MimeType, Picture, PictureType};
use lofty::tag::{Accessor, ItemKey, Tag, TagExt, TagType};
use serde_json::Value;

use crate::cli::{Folder, fixture, noise, succeed};
use crate::support::material_path;

/// A chunk with its header.
fn chunk(id: [u8; 4], bytes: &[u8]) -> Vec<u8> {
    let mut chunk = id.to_vec();
    chunk.extend((bytes.len() as u32).to_le_bytes());
    chunk.extend(bytes);
    chunk.resize(chunk.len().next_multiple_of(2), 0);
    chunk
}

/// A broadcast extension of version 2 with a loudness of its own.
fn bext() -> Vec<u8> {
    let mut bytes = vec![0; 602];
    bytes[..11].copy_from_slice(b"Description");
    bytes[338..342].copy_from_slice(&48_000u32.to_le_bytes());
    bytes[346..348].copy_from_slice(&2u16.to_le_bytes());
    bytes[412..414].copy_from_slice(&(-1234i16).to_le_bytes());
    bytes.extend(b"A=PCM,F=48000,W=24,M=stereo,T=Desk\r\n");
    bytes
}

/// Puts chunks before and behind the audio of a WAV file.
fn add_chunks(path: &str, front: &[Vec<u8>], behind: &[Vec<u8>]) {
    let plain = fs::read(path).unwrap();
    let mut file = plain[..12].to_vec();
    file.extend(front.concat());
    file.extend(&plain[12..]);
    file.extend(behind.concat());
    let size = file.len() as u32 - 8;
    file[4..8].copy_from_slice(&size.to_le_bytes());
    fs::write(path, file).unwrap();
}

/// The chunks of a WAV file.
fn chunks(path: &str) -> Vec<(String, Vec<u8>)> {
    let file = fs::read(path).unwrap();
    let mut found = Vec::new();
    let mut at = 12;
    while at < file.len() {
        let size = u32::from_le_bytes(file[at + 4..at + 8].try_into().unwrap()) as usize;
        let id = String::from_utf8(file[at..at + 4].to_vec()).unwrap();
        found.push((id, file[at + 8..at + 8 + size].to_vec()));
        at += 8 + size + size % 2;
    }
    found
}

fn master(folder: &Folder, mix: &str, name: &str) -> (String, Value) {
    let output = folder.path(name);
    let report = succeed(&["master", mix, "-o", &output, "--set", "limiter.gain=2", "--json"]);
    (output, serde_json::from_str(&report).unwrap())
}

fn told(report: &Value, what: &str) -> Vec<String> {
    serde_json::from_value(report["metadata"][what].clone()).unwrap()
}

const ARTWORK: &[u8] = b"\x89PNG\r\n\x1a\nnot much of a picture";

fn fill(tag: &mut Tag) {
    tag.set_title("Lied".to_owned());
    tag.set_artist("K\u{fc}nstlerin".to_owned());
    tag.set_album("Platte".to_owned());
    tag.insert_text(ItemKey::Isrc, "DEAB12300001".to_owned());
    tag.insert_text(ItemKey::ReplayGainTrackGain, "-7.5 dB".to_owned());
    tag.push_picture(
        Picture::unchecked(ARTWORK.to_vec())
            .pic_type(PictureType::CoverFront)
            .mime_type(MimeType::Png)
            .build(),
    );
}

/// What is in a master, by another reader than ours.
fn read_back(path: &str) -> Tag {
    let tagged = lofty::read_from_path(path).unwrap();
    tagged.primary_tag().unwrap().clone()
}

fn expect_filled(path: &str, report: &Value) {
    let tag = read_back(path);
    assert_eq!(tag.title().as_deref(), Some("Lied"), "{path}");
    assert_eq!(tag.artist().as_deref(), Some("K\u{fc}nstlerin"), "{path}");
    assert_eq!(tag.album().as_deref(), Some("Platte"), "{path}");
    assert_eq!(tag.get_string(ItemKey::Isrc), Some("DEAB12300001"), "{path}");
    assert_eq!(tag.get_string(ItemKey::ReplayGainTrackGain), None, "{path}");
    assert_eq!(tag.pictures().len(), 1, "{path}");
    assert_eq!(tag.pictures()[0].data(), ARTWORK);
    assert_eq!(tag.pictures()[0].pic_type(), PictureType::CoverFront);
    let carried = told(report, "carried");
    let left = told(report, "left_behind");
    assert!(left.iter().any(|name| name.contains("REPLAYGAIN_TRACK_GAIN")), "{left:?}");
    if !carried.iter().any(|name| name.eq_ignore_ascii_case("id3")) {
        for name in ["TITLE", "ARTIST", "ALBUM", "ISRC", "a picture"] {
            assert!(carried.iter().any(|other| other == name), "{name}: {carried:?}");
        }
    }
}

/// The mix in every format with tags, each with the same tags.
fn tagged(folder: &Folder) -> Vec<String> {
    let mut mixes = Vec::new();
    for (name, source, kind) in [
        ("mix.mp3", fixture("chorus.mp3"), TagType::Id3v2),
        ("mix.m4a", fixture("chorus.m4a"), TagType::Mp4Ilst),
        ("mix.ogg", fixture("chorus.ogg"), TagType::VorbisComments),
        ("mix.aiff", fixture("chorus.aiff"), TagType::Id3v2),
        (
            "mix.flac",
            material_path("mix.flac").to_str().unwrap().to_owned(),
            TagType::VorbisComments,
        ),
    ] {
        let path = folder.path(name);
        fs::copy(source, &path).unwrap();
        let mut tag = Tag::new(kind);
        fill(&mut tag);
        tag.save_to_path(&path, WriteOptions::default()).unwrap();
        mixes.push(path);
    }
    let wav = folder.audio("mix.wav", &noise(1.0, 48_000, 0.2), Bits::B24);
    let mut tag = Tag::new(TagType::Id3v2);
    fill(&mut tag);
    tag.save_to_path(&wav, WriteOptions::default()).unwrap();
    mixes.push(wav);
    mixes
}

#[test]
fn tags_of_every_format_travel_into_wav_and_flac() {
    let folder = Folder::new();
    for mix in tagged(&folder) {
        for name in ["master.wav", "master.flac"] {
            let (output, report) = master(&folder, &mix, name);
            expect_filled(&output, &report);
            // And it is still the audio that it was.
            let frames = decode(Path::new(&mix)).unwrap().frames();
            assert_eq!(decode(Path::new(&output)).unwrap().frames(), frames);
        }
    }
}

#[test]
fn fields_of_ones_own_travel_under_their_names() {
    let folder = Folder::new();
    let flac = folder.path("mix.flac");
    fs::copy(material_path("mix.flac"), &flac).unwrap();
    let mut file =
        FlacFile::read_from(&mut fs::File::open(&flac).unwrap(), ParseOptions::new()).unwrap();
    let comments = file.vorbis_comments_mut().unwrap();
    comments.push("MASTERED_FOR".to_owned(), "vinyl".to_owned());
    comments.push("MASTERED_FOR".to_owned(), "cassette".to_owned());
    comments.push("R128_TRACK_GAIN".to_owned(), "-1200".to_owned());
    file.save_to_path(&flac, WriteOptions::default()).unwrap();
    let (output, report) = master(&folder, &flac, "master.flac");
    let file =
        FlacFile::read_from(&mut fs::File::open(&output).unwrap(), ParseOptions::new()).unwrap();
    let comments = file.vorbis_comments().unwrap();
    let values: Vec<&str> = comments.get_all("MASTERED_FOR").collect();
    assert_eq!(values, ["vinyl", "cassette"]);
    assert_eq!(comments.get("R128_TRACK_GAIN"), None);
    assert!(comments.vendor().starts_with("Burnish "));
    assert_eq!(told(&report, "left_behind").len(), 1);
    let (output, _) = master(&folder, &flac, "master.wav");
    let file =
        WavFile::read_from(&mut fs::File::open(&output).unwrap(), ParseOptions::new()).unwrap();
    let text = file.id3v2().unwrap().get_user_text("MASTERED_FOR").unwrap();
    assert_eq!(text.split('\0').collect::<Vec<_>>(), ["vinyl", "cassette"]);
    // The way back.
    let (output, _) = master(&folder, &output, "again.flac");
    let file =
        FlacFile::read_from(&mut fs::File::open(&output).unwrap(), ParseOptions::new()).unwrap();
    let values: Vec<&str> = file.vorbis_comments().unwrap().get_all("MASTERED_FOR").collect();
    assert_eq!(values, ["vinyl", "cassette"]);
}

#[test]
fn chunks_of_a_wav_file_travel_byte_for_byte() {
    let folder = Folder::new();
    let mix = folder.audio("mix.wav", &noise(4.0, 48_000, 0.2), Bits::B24);
    let ixml = b"<BWFXML><PROJECT>Song</PROJECT></BWFXML>".to_vec();
    let info = [&b"INFO"[..], &chunk(*b"INAM", b"Lied\0"), &chunk(*b"IART", b"Wir\0")].concat();
    let adtl = [&b"adtl"[..], &chunk(*b"labl", b"\x01\0\0\0Verse\0")].concat();
    let cue = [&1u32.to_le_bytes()[..], &[1, 0, 0, 0], &[7; 20]].concat();
    add_chunks(
        &mix,
        &[chunk(*b"bext", &bext()), chunk(*b"PEAK", &[9; 24])],
        &[
            chunk(*b"iXML", &ixml),
            chunk(*b"LIST", &info),
            chunk(*b"LIST", &adtl),
            chunk(*b"cue ", &cue),
            chunk(*b"LGWV", &[1, 2, 3]),
        ],
    );
    let (output, report) = master(&folder, &mix, "master.wav");
    let found = chunks(&output);
    let ids: Vec<&str> = found.iter().map(|(id, _)| &id[..]).collect();
    assert_eq!(ids, ["bext", "fmt ", "data", "iXML", "LIST", "LIST", "cue "]);
    assert_eq!(found[3].1, ixml);
    assert_eq!(found[4].1, info);
    assert_eq!(found[5].1, adtl);
    assert_eq!(found[6].1, cue);
    // All but the loudness, which is that of the master now.
    let mut expected = bext();
    let after = &report["after"];
    for (at, key) in ["integrated_lufs", "loudness_range_lu", "true_peak_dbtp"].iter().enumerate() {
        let value = (after[key].as_f64().unwrap() * 100.0).round() as i16;
        expected[412 + 2 * at..414 + 2 * at].copy_from_slice(&value.to_le_bytes());
    }
    for (at, key) in ["max_momentary_lufs", "max_short_term_lufs"].iter().enumerate() {
        let value = (after[key].as_f64().unwrap() * 100.0).round() as i16;
        expected[418 + 2 * at..420 + 2 * at].copy_from_slice(&value.to_le_bytes());
    }
    assert_eq!(found[0].1, expected);
    assert_eq!(told(&report, "carried"), ["bext", "iXML", "LIST INFO", "LIST adtl", "cue"]);
    assert_eq!(told(&report, "left_behind"), ["LGWV"]);
    // FLAC has a place for texts only.
    let (output, report) = master(&folder, &mix, "master.flac");
    assert_eq!(told(&report, "carried"), ["TITLE", "ARTIST"]);
    let left = told(&report, "left_behind");
    assert_eq!(left, ["bext (FLAC)", "iXML (FLAC)", "LIST adtl (FLAC)", "cue (FLAC)", "LGWV"]);
    assert_eq!(read_back(&output).title().as_deref(), Some("Lied"));
    let text = succeed(&["master", &mix, "-o", &output]);
    assert!(text.contains("carried over: TITLE, ARTIST\nleft behind: bext (FLAC), iXML"), "{text}");
}

#[test]
fn what_cannot_be_read_stops_no_master() {
    let folder = Folder::new();
    let mix = folder.audio("mix.wav", &noise(1.0, 48_000, 0.2), Bits::B24);
    add_chunks(
        &mix,
        &[chunk(*b"bext", b"short")],
        &[
            chunk(*b"id3 ", b"ID3\x04\0\0\x7f\x7f\x7f\x7fnonsense"),
            chunk(*b"LIST", b"INFOINAM\xff\xff\xff\xffx"),
        ],
    );
    // A chunk whose size leads beyond the end.
    let mut bytes = fs::read(&mix).unwrap();
    bytes.extend(b"iXML\xf0\xff\0\0cut off");
    let size = bytes.len() as u32 - 8;
    bytes[4..8].copy_from_slice(&size.to_le_bytes());
    fs::write(&mix, bytes).unwrap();
    for name in ["master.wav", "master.flac"] {
        let (output, _) = master(&folder, &mix, name);
        assert_eq!(decode(Path::new(&output)).unwrap().frames(), 48_000);
    }
}

#[test]
fn a_mix_without_metadata_gets_none() {
    let folder = Folder::new();
    let mix = folder.audio("mix.wav", &noise(0.5, 48_000, 0.2), Bits::B24);
    let (output, report) = master(&folder, &mix, "master.wav");
    let ids: Vec<String> = chunks(&output).into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, ["fmt ", "data"]);
    assert!(told(&report, "carried").is_empty() && told(&report, "left_behind").is_empty());
    assert!(!succeed(&["master", &mix, "-o", &output]).contains("carried"));
}
