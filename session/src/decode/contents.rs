//! What a file is, told by its first bytes; the name says nothing.

use std::fs::File;
use std::path::Path;

use super::section::{Section, bytes_at};
use super::source::Source;
use super::tags::{before_tags, behind_tags};
use super::words::{cannot_read, found};
use super::{adts, aiff, flac, mp3, mp4, ogg, wav};
use crate::error::io_reason;

/// Bytes that tell what a file is.
const HEAD_BYTES: usize = 64;
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
    if adts::is_adts(&head) {
        return adts::open(rest(file, end));
    }
    mp3::open(rest(file, end))
}

fn refused(file: &mut File, start: u64) -> Result<Option<&'static str>, String> {
    let head = bytes_at(file, start, 512)?;
    let is = |(place, mark, _): &&(usize, &[u8], &str)| {
        head.get(*place..).is_some_and(|bytes| bytes.starts_with(mark))
    };
    Ok(REFUSED.iter().find(is).map(|(_, _, name)| *name))
}
