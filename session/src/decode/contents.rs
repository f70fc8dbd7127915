//! What a file is, told by its first bytes; the name says nothing.

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::Path;

use super::section::{Section, read_up_to};
use super::source::Source;
use super::words::{cannot_read, counted};
use super::{aac, aiff, flac, mp3, mp4, ogg, wav};
use crate::error::io_reason;

/// How every refusal of what is no such file begins.
pub(super) const EXPECTED: &str =
    "expected a WAV, AIFF, FLAC, MP3, AAC/M4A, Ogg Vorbis or Opus file";

/// Bytes that tell what a file is.
const HEAD_BYTES: usize = 64;
/// Tags one behind another before it is given up.
const MOST_TAGS: usize = 64;
const ID3V2_HEADER_BYTES: usize = 10;
const ID3V1_BYTES: u64 = 128;
const APE_FOOTER_BYTES: usize = 32;

/// Files that are known and not read: a place, what stands there, and what it is called.
const REFUSED: [(usize, &[u8], &str); 29] = [
    (0, b"riff\x2E\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\x00\x00", "W64 (Sony Wave64)"),
    (0, b"wvpk", "WavPack"),
    (0, b"MAC ", "Monkey's Audio"),
    (0, b"TTA1", "True Audio (TTA)"),
    (0, b"TTA2", "True Audio (TTA)"),
    (0, b"OFR ", "OptimFROG"),
    (0, b"tBaK", "TAK"),
    (0, b"MPCK", "Musepack"),
    (0, b"MP+", "Musepack"),
    (0, b"caff", "CAF (Core Audio Format)"),
    (0, b".snd", "AU (Sun audio)"),
    (0, b"DSD ", "DSD (DSF)"),
    (0, b"FRM8", "DSD (DSDIFF)"),
    (0, b"\x1A\x45\xDF\xA3", "Matroska or WebM"),
    (0, b"\x30\x26\xB2\x75\x8E\x66\xCF\x11", "Windows Media (WMA)"),
    (0, b"#!AMR", "AMR"),
    (0, b"ADIF", "AAC in ADIF"),
    (0, b"\x0B\x77", "AC-3"),
    (0, b"\x7F\xFE\x80\x01", "DTS"),
    (0, b"MThd", "MIDI"),
    (0, b"FLV\x01", "Flash video"),
    (0, b"Creative Voice File", "VOC"),
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"%PDF", "a PDF"),
    (0, b"\x89PNG", "a picture (PNG)"),
    (0, b"\xFF\xD8\xFF", "a picture (JPEG)"),
    (0, b"\x1F\x8B", "a gzip archive"),
    (0, b"7z\xBC\xAF", "a 7z archive"),
    (257, b"ustar", "a tar archive"),
];

/// First boxes of MP4 files and `QuickTime`'s.
const MP4_BOXES: [&[u8; 4]; 7] = [b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"];

/// Opens a file as what it is.
pub(super) fn open(path: &Path) -> Result<Box<dyn Source>, String> {
    let mut file = File::open(path).map_err(|error| found(&io_reason(&error)))?;
    let length = file.metadata().map_err(|error| cannot_read(&error))?.len();
    let start = behind_tags(&mut file, length)?;
    let head = bytes_at(&mut file, start, HEAD_BYTES)?;
    let rest = |file: File, end: u64| Section::new(file, start, end);
    let starts = |mark: &[u8]| head.starts_with(mark);
    if starts(b"RIFF") || starts(b"RF64") || starts(b"BW64") || starts(b"RIFX") {
        return wav::open(rest(file, length));
    }
    if starts(b"FORM") {
        return aiff::open(rest(file, length));
    }
    if starts(b"OggS") {
        return ogg::open(rest(file, length));
    }
    if head.get(4..8).is_some_and(|kind| MP4_BOXES.iter().any(|known| known[..] == *kind)) {
        return mp4::open(rest(file, length));
    }
    if let Some(name) = refused(&mut file, start)? {
        return Err(found(name));
    }
    // What stands behind the audio of these belongs to no frame.
    let end = before_tags(&mut file, start, length)?;
    if starts(b"fLaC") {
        return flac::open(rest(file, end));
    }
    if aac::is_adts(&head) {
        return aac::open(rest(file, end));
    }
    mp3::open(rest(file, end))
}

/// The words that refuse something that is known.
pub(super) fn found(what: &str) -> String {
    format!("{EXPECTED}, found {what}")
}

fn refused(file: &mut File, start: u64) -> Result<Option<&'static str>, String> {
    let head = bytes_at(file, start, 512)?;
    let is = |(place, mark, _): &&(usize, &[u8], &str)| {
        head.get(*place..).is_some_and(|bytes| bytes.starts_with(mark))
    };
    Ok(REFUSED.iter().find(is).map(|(_, _, name)| *name))
}

fn bytes_at(file: &mut File, place: u64, length: usize) -> Result<Vec<u8>, String> {
    file.seek(SeekFrom::Start(place))
        .and_then(|_| read_up_to(file, length))
        .map_err(|error| cannot_read(&error))
}

/// Where the file itself begins: behind all ID3 tags of its front, whatever art they hold.
fn behind_tags(file: &mut File, length: u64) -> Result<u64, String> {
    let mut start = 0;
    for _ in 0..MOST_TAGS {
        let head = bytes_at(file, start, ID3V2_HEADER_BYTES)?;
        let Some(bytes) = id3v2_bytes(&head) else { break };
        start += bytes;
        if start >= length {
            let lacking = counted(start - length, "byte", "bytes");
            return Err(if start == length {
                found("an ID3 tag and nothing behind it")
            } else {
                found(&format!("an ID3 tag that is cut short ({lacking} missing)"))
            });
        }
    }
    Ok(start)
}

/// How long the ID3 tag is that begins here, header and footer included.
pub(super) fn id3v2_bytes(head: &[u8]) -> Option<u64> {
    let [b'I', b'D', b'3', version, _, flags, size @ ..] = head else { return None };
    let size: &[u8; 4] = size.get(..4)?.try_into().ok()?;
    if *version == 0xFF || size.iter().any(|byte| *byte >= 0x80) {
        return None;
    }
    let size = size.iter().fold(0u64, |size, byte| size << 7 | u64::from(*byte));
    let footer = if flags & 0x10 == 0 { 0 } else { ID3V2_HEADER_BYTES as u64 };
    Some(ID3V2_HEADER_BYTES as u64 + size + footer)
}

/// Where the file itself ends: before all tags of ID3's first version, APE and Lyrics3.
fn before_tags(file: &mut File, start: u64, length: u64) -> Result<u64, String> {
    let mut end = length;
    for _ in 0..MOST_TAGS {
        let before = end;
        let tail = |file: &mut File, bytes: u64| match end.checked_sub(bytes) {
            Some(place) if place >= start => bytes_at(file, place, bytes as usize),
            _ => Ok(Vec::new()),
        };
        if tail(file, ID3V1_BYTES)?.starts_with(b"TAG") {
            end -= ID3V1_BYTES;
            continue;
        }
        let footer = tail(file, APE_FOOTER_BYTES as u64)?;
        let lyrics = tail(file, 15)?;
        if footer.starts_with(b"APETAGEX") {
            end = end.saturating_sub(ape_bytes(&footer)).max(start);
        } else if lyrics.ends_with(b"LYRICS200") {
            let digits = std::str::from_utf8(&lyrics[..6]).ok().and_then(|d| d.parse::<u64>().ok());
            end = end.saturating_sub(digits.unwrap_or(0) + 15).max(start);
        }
        if end == before {
            break;
        }
    }
    Ok(end)
}

/// How long the APE tag is of which this is the footer, header included.
fn ape_bytes(footer: &[u8]) -> u64 {
    let number = |place: usize| {
        let bytes = footer.get(place..place + 4).and_then(|four| four.try_into().ok());
        u64::from(u32::from_le_bytes(bytes.unwrap_or_default()))
    };
    let header = if number(20) & 1 << 31 == 0 { 0 } else { APE_FOOTER_BYTES as u64 };
    number(12).max(APE_FOOTER_BYTES as u64) + header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_before_and_behind_a_file_are_no_part_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tagged");
        let mut id3 = b"ID3\x04\0\x10\0\x20\0\0".to_vec();
        id3.resize(10 + (0x20 << 14) + 10, 0x55);
        let mut ape = b"APETAGEX\xD0\x07\0\0".to_vec();
        ape.extend(40u32.to_le_bytes());
        ape.extend(1u32.to_le_bytes());
        ape.extend((1u32 << 31).to_le_bytes());
        ape.extend([0; 8]);
        let mut bytes = [&id3[..], b"ID3\x03\0\0\0\0\0\x02zz", b"audio"].concat();
        let audio_start = bytes.len() as u64 - 5;
        bytes.extend([0x11; 32]); // the APE tag's header
        bytes.extend([0x22; 8]); // and its one item
        bytes.extend(&ape);
        bytes.extend(b"TAG");
        bytes.extend([0x33; 125]);
        std::fs::write(&path, &bytes).unwrap();
        let mut file = File::open(&path).unwrap();
        let length = bytes.len() as u64;
        let start = behind_tags(&mut file, length).unwrap();
        assert_eq!(start, audio_start);
        assert_eq!(before_tags(&mut file, start, length).unwrap(), audio_start + 5);
        let cut = behind_tags(&mut file, 1000).unwrap_err();
        assert!(cut.contains("cut short"), "{cut}");
    }
}
