use std::fs;

use tempfile::TempDir;

use super::*;

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
