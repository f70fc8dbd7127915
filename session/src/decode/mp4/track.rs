//! What the boxes of a track say.

use super::fields::{clock, u32_at, u64_at};

/// A track of a movie.
#[derive(Debug, Default)]
pub(super) struct Track {
    /// Whether it is one of sound.
    pub(super) is_sound: bool,
    /// Its number.
    pub(super) id: u32,
    /// Units of a second in it.
    pub(super) timescale: u32,
    /// The four letters of its encoding.
    pub(super) encoding: [u8; 4],
    /// AAC's own description.
    pub(super) config: Vec<u8>,
    /// Length in the movie's timescale and start in the track's; -1 is silence.
    pub(super) edits: Vec<(u64, i64)>,
    /// Units of all its packets.
    pub(super) units: u64,
    /// Whether its audio lies in the file in the order in which it is heard.
    pub(super) is_out_of_order: bool,
    /// Whether some of it is described another way than the rest.
    pub(super) is_of_several: bool,
}

impl Track {
    /// Takes what a box of it says.
    pub(super) fn take(&mut self, kind: &[u8], body: &[u8]) {
        match kind {
            // A track has one of media and may have one of data.
            b"hdlr" => self.is_sound |= body.get(8..12) == Some(b"soun"),
            b"tkhd" => {
                let place = if body.first() == Some(&1) { 20 } else { 12 };
                self.id = u32_at(body, place).unwrap_or(0);
            }
            b"mdhd" => self.timescale = clock(body).unwrap_or(0),
            b"stsd" => self.describe(body),
            b"stts" => self.units = units(body),
            b"stsc" => self.is_of_several = is_of_several(body),
            b"stco" => self.is_out_of_order = !is_ascending(body, 4),
            b"co64" => self.is_out_of_order = !is_ascending(body, 8),
            b"elst" => self.edits = edit_list(body),
            _ => {}
        }
    }

    /// The first entry: sizes, its name, 16 bytes and the channels.
    fn describe(&mut self, body: &[u8]) {
        let Some(entry) = body.get(8..) else { return };
        self.encoding = entry.get(4..8).and_then(|four| four.try_into().ok()).unwrap_or_default();
        self.config = entry
            .windows(4)
            .position(|four| four == b"esds")
            .and_then(|place| audio_config(entry.get(place + 8..)?))
            .unwrap_or_default();
    }
}

/// AAC's own description in an `esds`: descriptors 3, 4 and 5 lie within each other
/// (ISO/IEC 14496-1, 7.2.6).
fn audio_config(mut body: &[u8]) -> Option<Vec<u8>> {
    for (tag, fixed) in [(3, 3), (4, 13), (5, 0)] {
        let (first, rest) = body.split_first()?;
        if *first != tag {
            return None;
        }
        body = rest;
        let mut length = 0usize;
        for _ in 0..4 {
            let (byte, rest) = body.split_first()?;
            body = rest;
            length = length << 7 | usize::from(byte & 0x7F);
            if byte & 0x80 == 0 {
                break;
            }
        }
        // Other objects than AAC have no such description.
        if tag == 4 && !matches!(body.first()?, 0x40 | 0x66..=0x68) {
            return None;
        }
        if tag == 5 {
            return body.get(..length).map(<[u8]>::to_vec);
        }
        body = body.get(fixed..)?;
    }
    None
}

/// All packets' units together.
fn units(body: &[u8]) -> u64 {
    let count = u32_at(body, 4).unwrap_or(0) as usize;
    let entry = |n: usize| {
        let (packets, each) = (u32_at(body, 8 + 8 * n)?, u32_at(body, 12 + 8 * n)?);
        Some(u64::from(packets) * u64::from(each))
    };
    // One that is longer than what was read of it is not added up.
    let most = body.len() / 8;
    if count > most { 0 } else { (0..count).map_while(entry).fold(0, u64::saturating_add) }
}

/// Whether any of its chunks is described by another entry than the first.
fn is_of_several(body: &[u8]) -> bool {
    let count = u32_at(body, 4).unwrap_or(0) as usize;
    let entries = body.get(8..).unwrap_or_default().chunks_exact(12).take(count);
    entries.filter_map(|entry| u32_at(entry, 8)).any(|number| number > 1)
}

/// Whether the places of chunks, numbers of so many bytes, only grow.
fn is_ascending(body: &[u8], width: usize) -> bool {
    let count = u32_at(body, 4).unwrap_or(0) as usize;
    let places = body.get(8..).unwrap_or_default().chunks_exact(width).take(count);
    places.clone().zip(places.skip(1)).all(|(place, next)| place <= next)
}

fn edit_list(body: &[u8]) -> Vec<(u64, i64)> {
    let count = u32_at(body, 4).unwrap_or(0) as usize;
    let is_long = body.first() == Some(&1);
    let entry = |n: usize| {
        if is_long {
            Some((u64_at(body, 8 + 20 * n)?, u64_at(body, 16 + 20 * n)? as i64))
        } else {
            let (length, start) = (u32_at(body, 8 + 12 * n)?, u32_at(body, 12 + 12 * n)?);
            Some((u64::from(length), i64::from(start as i32)))
        }
    };
    (0..count.min(body.len() / 12)).map_while(entry).collect()
}
