//! Headers of MPEG audio frames (ISO/IEC 11172-3, 2.4.1.3; 13818-3; and MPEG 2.5).

use super::super::frames::Head;
use super::super::source::Format;

/// Bytes of a header.
pub(super) const HEADER_BYTES: usize = 4;

/// Bit rates of layer III, kbit/s: MPEG 1, and its halved rates.
const RATES_KBPS: [[usize; 15]; 2] = [
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
const SAMPLE_RATES_HZ: [u32; 3] = [44_100, 48_000, 32_000];

/// A header of layer III.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Frames per second.
    pub(super) sample_rate_hz: u32,
    /// Channels.
    pub(super) channels: usize,
    /// Bytes of the whole frame.
    pub(super) bytes: usize,
    /// Audio frames that it gives.
    pub(super) frames: usize,
    /// Where the remarks of encoders stand: behind the side information of a frame without
    /// checksum, whether or not this one has a checksum.
    pub(super) remarks_start: usize,
    /// Whether a checksum stands behind the header.
    pub(super) has_checksum: bool,
    /// Version, layer and checksum as they are coded.
    mark: u8,
}

impl Header {
    /// Reads a header; `None` where none stands.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let [first, second, third, fourth, ..] = *bytes else { return None };
        // Eleven bits of sync, then version and layer.
        if first != 0xFF || second & 0xE6 != 0xE2 {
            return None;
        }
        let divider = match second >> 3 & 3 {
            3 => 1,
            2 => 2,
            0 => 4,
            _ => return None,
        };
        let is_first = divider == 1;
        let kbps = *RATES_KBPS[usize::from(!is_first)].get(usize::from(third >> 4))?;
        let sample_rate_hz = SAMPLE_RATES_HZ.get(usize::from(third >> 2 & 3))? / divider;
        // Free format has no length, and emphasis 2 no meaning.
        if kbps == 0 || fourth & 3 == 2 {
            return None;
        }
        let frames = if is_first { 1152 } else { 576 };
        let padding = usize::from(third >> 1 & 1);
        let channels = if fourth >> 6 == 3 { 1 } else { 2 };
        let side_bytes = match (is_first, channels) {
            (true, 2) => 32,
            (true, _) | (false, 2) => 17,
            (false, _) => 9,
        };
        Some(Self {
            sample_rate_hz,
            channels,
            bytes: frames / 8 * kbps * 1000 / sample_rate_hz as usize + padding,
            frames,
            remarks_start: HEADER_BYTES + side_bytes,
            has_checksum: second & 1 == 0,
            mark: second,
        })
    }

    /// Where the side information begins: behind a checksum, if there is one.
    pub(super) fn side_start(&self) -> usize {
        HEADER_BYTES + if self.has_checksum { 2 } else { 0 }
    }

    /// Whether it is MPEG 1, of two granules, not one of its halved rates.
    pub(super) fn is_first(&self) -> bool {
        self.frames == 1152
    }
}

impl Head for Header {
    const BYTES: usize = HEADER_BYTES;
    /// 320 kbit/s at 32 kHz.
    const MOST_AHEAD_BYTES: usize = 1441 + HEADER_BYTES;
    const ARE_STEADY: bool = true;
    const NAME: &'static str = "MP3";

    fn read(bytes: &[u8]) -> Option<Self> {
        Self::read(bytes)
    }

    fn read_unmarked(bytes: &[u8], like: &Self) -> Option<Self> {
        let [_, _, third, fourth, ..] = *bytes else { return None };
        Self::read(&[0xFF, like.mark, third, fourth]).filter(|header| header.is_like(like))
    }

    fn frame_bytes(&self) -> usize {
        self.bytes
    }

    fn is_like(&self, other: &Self) -> bool {
        self.format() == other.format() && self.frames == other.frames
    }

    fn format(&self) -> Format {
        Format { sample_rate_hz: self.sample_rate_hz, channels: self.channels }
    }
}

/// What MPEG audio of another layer is called.
pub(super) fn other_layer(bytes: &[u8]) -> Option<&'static str> {
    let [0xFF, second, third, ..] = *bytes else { return None };
    if second & 0xE0 != 0xE0 || second >> 3 & 3 == 1 || third >> 4 == 15 || third >> 2 & 3 == 3 {
        return None;
    }
    match second >> 1 & 3 {
        2 => Some("MPEG layer II (MP2)"),
        3 => Some("MPEG layer I (MP1)"),
        1 if third >> 4 == 0 => Some("an MP3 of free format, which has no bit rate"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_tell_length_and_format() {
        let header = Header::read(&[0xFF, 0xFB, 0x90, 0x64]).unwrap();
        assert_eq!((header.sample_rate_hz, header.channels), (44_100, 2));
        assert_eq!((header.bytes, header.frames, header.remarks_start), (417, 1152, 36));
        // MPEG 2 at 24 kHz in mono, 64 kbit/s, padded.
        let header = Header::read(&[0xFF, 0xF3, 0x86, 0xC4]).unwrap();
        assert_eq!((header.sample_rate_hz, header.channels), (24_000, 1));
        assert_eq!((header.bytes, header.frames, header.remarks_start), (193, 576, 13));
        assert_eq!(Header::read(&[0xFF, 0xFB, 0xF0, 0x64]), None);
        assert_eq!(Header::read(&[0xFF, 0xEB, 0x90, 0x64]), None);
        assert_eq!(other_layer(&[0xFF, 0xFD, 0x84, 0]), Some("MPEG layer II (MP2)"));
    }
}
