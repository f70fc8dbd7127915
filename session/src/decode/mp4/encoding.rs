//! What the audio in a file is coded as, and what of it cannot be read.

use super::super::aac::{RATES_HZ, surround};
use super::super::words::found;
use super::track::Track;

/// Names what cannot be read.
pub(super) fn refuse(track: &Track) -> Result<(), String> {
    let in_mp4 = |name: &str| Err(found(&format!("{name} in MP4")));
    match &track.encoding {
        b"mp4a" => {
            let Some((object, configuration)) = aac_kind(&track.config) else { return Ok(()) };
            match object {
                5 | 29 => Err(found("HE-AAC; of AAC only LC is read")),
                2 if has_bandwidth_extension(&track.config) => {
                    Err(found("HE-AAC; of AAC only LC is read"))
                }
                2 => match surround(configuration) {
                    Some(name) => Err(found(&format!("{name} AAC, expected 1 or 2 channels"))),
                    None => Ok(()),
                },
                34 => Ok(()),
                42 => in_mp4("xHE-AAC (USAC)"),
                36 => in_mp4("MPEG-4 ALS"),
                other => Err(found(&format!("AAC of another profile than LC ({other})"))),
            }
        }
        b"ac-3" => in_mp4("AC-3"),
        b"ec-3" => in_mp4("E-AC-3"),
        b"ac-4" => in_mp4("AC-4"),
        b"Opus" => in_mp4("Opus"),
        b"samr" | b"sawb" => in_mp4("AMR"),
        b"ima4" => in_mp4("ADPCM (IMA)"),
        b"dtsc" | b"dtsh" | b"dtsl" => in_mp4("DTS"),
        _ => Ok(()),
    }
}

/// AAC's kind of object and arrangement of channels (ISO/IEC 14496-3, 1.6.2.1).
fn aac_kind(config: &[u8]) -> Option<(u8, u8)> {
    let bits = config.iter().take(8).fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
    let count = 8 * config.len().min(8);
    let mut place = 0;
    let mut take = |width: usize| {
        place += width;
        (place <= count).then(|| (bits >> (count - place) & ((1 << width) - 1)) as u8)
    };
    let mut object = take(5)?;
    if object == 31 {
        object = 32 + take(6)?;
    }
    if take(4)? == 15 {
        take(8)?;
        take(8)?;
        take(8)?;
    }
    Some((object, take(4)?))
}

/// AAC's own rate, where it has a number.
pub(super) fn aac_rate(config: &[u8]) -> Option<u32> {
    let [first, second, ..] = *config else { return None };
    RATES_HZ.get(usize::from((first & 7) << 1 | second >> 7)).copied()
}

/// Whether AAC-LC says behind its own description that its upper half is coded another way.
fn has_bandwidth_extension(config: &[u8]) -> bool {
    matches!(config, [_, _, 0x56, 0xE5, flags, ..] if flags & 0x80 != 0)
}
