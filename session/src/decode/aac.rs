//! AAC in ADTS (ISO/IEC 14496-3, 1.A.2.2): bare frames.

use std::io::{Seek, SeekFrom};

use symphonia::core::formats::FormatOptions;
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::default::formats::AdtsReader;

use super::contents::found;
use super::demuxed::Demuxed;
use super::section::{Section, read_up_to};
use super::source::Source;
use super::words::cannot_read;

/// Whether a frame begins here: the sync word, and layer 0, which no MPEG audio has.
pub(super) fn is_adts(head: &[u8]) -> bool {
    matches!(head, [0xFF, second, ..] if second & 0xF6 == 0xF0)
}

/// Opens bare frames of AAC.
pub(super) fn open(mut section: Section) -> Result<Box<dyn Source>, String> {
    let head = read_up_to(&mut section, 4).map_err(|error| cannot_read(&error))?;
    section.seek(SeekFrom::Start(0)).map_err(|error| cannot_read(&error))?;
    if let [_, _, third, fourth] = head[..] {
        let profile = third >> 6;
        if profile != 1 {
            return Err(found(&format!("AAC of another profile than LC ({})", profile + 1)));
        }
        let channels = (third & 1) << 2 | fourth >> 6;
        if let Some(name) = surround(channels) {
            return Err(found(&format!("{name} AAC, expected 1 or 2 channels")));
        }
    }
    let stream = MediaSourceStream::new(Box::new(section), MediaSourceStreamOptions::default());
    let reader = AdtsReader::try_new(stream, FormatOptions::default())
        .map_err(|error| found(&format!("AAC that cannot be read ({error})")))?;
    Ok(Box::new(Demuxed::new(Box::new(reader), None)?.without_length()))
}

/// What more channels than two are called, by AAC's number of their arrangement.
pub(super) fn surround(configuration: u8) -> Option<&'static str> {
    match configuration {
        3 => Some("3.0"),
        4 => Some("4.0"),
        5 => Some("5.0"),
        6 => Some("5.1"),
        7 => Some("7.1"),
        _ => None,
    }
}
