//! AAC in ADTS (ISO/IEC 14496-3, 1.A.2.2): bare frames.

use std::io::{Seek, SeekFrom};

use symphonia::core::formats::FormatOptions;
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::default::formats::AdtsReader;

use super::demuxed::Demuxed;
use super::section::{Section, read_up_to};
use super::source::Source;
use super::words::{cannot_read, found};

/// Rates by their number.
pub(super) const RATES_HZ: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
];
/// The rate of HE-AAC's lower half is at most this.
const MOST_HALF_BAND_HZ: u32 = 24_000;

/// What to say of a rate at which music is hardly ever coded as LC alone: HE-AAC need not
/// call itself so, and its upper half is then left out.
pub(super) fn half_band(rate_hz: u32) -> Option<String> {
    (rate_hz <= MOST_HALF_BAND_HZ).then(|| {
        format!(
            "it is AAC at {rate_hz} Hz: if it is HE-AAC, everything above {} Hz is missing",
            rate_hz / 2
        )
    })
}

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
    let rate_hz = head.get(2).and_then(|third| RATES_HZ.get(usize::from(third >> 2 & 15)));
    let warning = rate_hz.and_then(|rate_hz| half_band(*rate_hz));
    let stream = MediaSourceStream::new(Box::new(section), MediaSourceStreamOptions::default());
    let reader = AdtsReader::try_new(stream, FormatOptions::default())
        .map_err(|error| found(&format!("AAC that cannot be read ({error})")))?;
    Ok(Box::new(
        Demuxed::new(Box::new(reader), None)?
            .without_length()
            .warned(warning.into_iter().collect()),
    ))
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
