//! Uncompressed samples as they lie in a file.

use std::io::{BufReader, Read, Seek, SeekFrom};

use super::section::Section;
use super::source::{Format, Source};
use super::words::{cannot_read, counted, no_length, truncated};

/// Frames read at a time.
const PIECE_FRAMES: u64 = 4096;

/// How a sample is written. Integers fill their bytes from the top, as both WAV and AIFF
/// ask for: 20 bits in three bytes are read as 24.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Unsigned bytes.
    Unsigned8,
    /// Signed integers of 1 to 4 bytes.
    Signed(usize),
    /// Floating point, 32 bits.
    Float32,
    /// Floating point, 64 bits.
    Float64,
    /// ITU-T G.711, A-law.
    ALaw,
    /// ITU-T G.711, mu-law.
    MuLaw,
}

impl Encoding {
    /// Bytes of a sample.
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::Unsigned8 | Self::ALaw | Self::MuLaw => 1,
            Self::Signed(bytes) => bytes,
            Self::Float32 => 4,
            Self::Float64 => 8,
        }
    }

    /// A sample from its bytes, which are those of [`Self::bytes`] in little-endian order.
    fn sample(self, bytes: &[u8]) -> f32 {
        // Moved to the top of 32 bits.
        let integer = || {
            let mut top = [0; 4];
            top[4 - bytes.len()..].copy_from_slice(bytes);
            i32::from_le_bytes(top)
        };
        match (self, bytes) {
            (Self::Unsigned8, [byte]) => f32::from(*byte) / 128.0 - 1.0,
            (Self::ALaw, [byte]) => f32::from(a_law(*byte)) / 32_768.0,
            (Self::MuLaw, [byte]) => f32::from(mu_law(*byte)) / 32_768.0,
            (Self::Signed(_), [_] | [_, _] | [_, _, _] | [_, _, _, _]) => {
                (f64::from(integer()) / 2_147_483_648.0) as f32
            }
            (Self::Float32, [a, b, c, d]) => f32::from_le_bytes([*a, *b, *c, *d]),
            (Self::Float64, [a, b, c, d, e, f, g, h]) => {
                f64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, *h]) as f32
            }
            _ => 0.0,
        }
    }
}

/// Table 1a of G.711, as a formula: three bits of segment, four of step.
fn a_law(byte: u8) -> i16 {
    let byte = byte ^ 0x55;
    let (segment, step) = (byte >> 4 & 7, i16::from(byte & 15));
    let magnitude = match segment {
        0 => 16 * step + 8,
        _ => (16 * step + 0x108) << (segment - 1),
    };
    if byte & 0x80 == 0 { -magnitude } else { magnitude }
}

/// Table 2a of G.711, as a formula.
fn mu_law(byte: u8) -> i16 {
    const BIAS: i16 = 0x84;
    let byte = !byte;
    let magnitude = ((i16::from(byte & 15) << 3) + BIAS) << (byte >> 4 & 7);
    if byte & 0x80 == 0 { magnitude - BIAS } else { BIAS - magnitude }
}

/// A stretch of a file that holds samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Where it begins.
    pub(super) start: u64,
    /// Bytes that the header says it holds.
    pub(super) promised_bytes: u64,
    /// Bytes that are there.
    pub(super) found_bytes: u64,
}

/// What a header says of the samples behind it.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) format: Format,
    pub(super) encoding: Encoding,
    pub(super) is_big_endian: bool,
    /// Where the samples lie, one stretch behind another.
    pub(super) stretches: Vec<Stretch>,
    /// Whether the header leaves the length open, so that whatever is there is all.
    pub(super) is_open_ended: bool,
    /// What is not as it should be.
    pub(super) warnings: Vec<String>,
}

/// Uncompressed audio.
pub(super) struct PcmSource {
    file: BufReader<Section>,
    layout: Layout,
    frame_bytes: u64,
    /// The stretch that is read, and how many bytes of it were.
    stretch: usize,
    read_bytes: u64,
    bytes: Vec<u8>,
}

impl PcmSource {
    /// Reads audio that lies like this.
    pub(super) fn new(file: BufReader<Section>, mut layout: Layout) -> Result<Self, String> {
        let frame_bytes = (layout.format.channels * layout.encoding.bytes()) as u64;
        if frame_bytes == 0 {
            return Err("expected at least one channel, found none".to_owned());
        }
        if layout.is_open_ended {
            layout.warnings.push(no_length());
        }
        let mut source =
            Self { file, layout, frame_bytes, stretch: 0, read_bytes: 0, bytes: Vec::new() };
        source.layout.warnings.extend(source.rest_of_a_frame());
        Ok(source)
    }

    fn promised_bytes(&self) -> u64 {
        let promised = self.layout.stretches.iter().map(|stretch| stretch.promised_bytes);
        promised.fold(0, u64::saturating_add)
    }

    fn found_bytes(&self) -> u64 {
        self.layout.stretches.iter().map(|stretch| stretch.found_bytes).sum()
    }

    /// Bytes at the end that are no whole frame, though the header counts them.
    fn rest_of_a_frame(&self) -> Option<String> {
        let rest = self.promised_bytes() % self.frame_bytes;
        (rest > 0 && !self.layout.is_open_ended).then(|| {
            format!(
                "its last {} no whole frame: left out",
                match rest {
                    1 => "byte is".to_owned(),
                    rest => format!("{rest} bytes are"),
                }
            )
        })
    }

    fn check_length(&self) -> Result<(), String> {
        let (promised, found) = (self.promised_bytes(), self.found_bytes());
        if self.layout.is_open_ended || found >= promised {
            return Ok(());
        }
        let text = truncated(
            promised.div_ceil(self.frame_bytes),
            found / self.frame_bytes,
            self.layout.format.sample_rate_hz,
        );
        let missing = promised - found;
        let are = if missing == 1 { "is" } else { "are" };
        Err(format!("{text} ({} {are} missing at its end)", counted(missing, "byte", "bytes")))
    }
}

impl Source for PcmSource {
    fn format(&self) -> Format {
        self.layout.format
    }

    fn integer_bits(&self) -> Option<u32> {
        match self.layout.encoding {
            Encoding::Signed(bytes) => Some(8 * bytes as u32),
            _ => None,
        }
    }

    fn promised_frames(&self) -> Option<u64> {
        let bytes =
            if self.layout.is_open_ended { self.found_bytes() } else { self.promised_bytes() };
        Some(bytes / self.frame_bytes)
    }

    fn read(&mut self, interleaved: &mut Vec<f32>) -> Result<bool, String> {
        let Some(stretch) = self.layout.stretches.get(self.stretch).copied() else {
            self.check_length()?;
            return Ok(false);
        };
        if self.read_bytes == 0 {
            let place = SeekFrom::Start(stretch.start);
            self.file.seek(place).map_err(|error| cannot_read(&error))?;
        }
        let left = stretch.found_bytes.saturating_sub(self.read_bytes);
        let wanted = left.min(PIECE_FRAMES * self.frame_bytes);
        // A frame may lie across two stretches: what is left of one is kept.
        let kept = self.bytes.len();
        let read = (&mut self.file)
            .take(wanted)
            .read_to_end(&mut self.bytes)
            .map_err(|error| cannot_read(&error))?;
        if (read as u64) < wanted {
            return Err("expected to read it to its end, found that it became shorter".to_owned());
        }
        debug_assert!(self.bytes.len() == kept + read);
        self.read_bytes += wanted;
        if self.read_bytes >= stretch.found_bytes {
            self.stretch += 1;
            self.read_bytes = 0;
        }
        let width = self.layout.encoding.bytes();
        let whole = self.bytes.len() / self.frame_bytes as usize * self.frame_bytes as usize;
        let encoding = self.layout.encoding;
        if self.layout.is_big_endian {
            self.bytes[..whole].chunks_exact_mut(width).for_each(<[u8]>::reverse);
        }
        let samples = self.bytes[..whole].chunks_exact(width);
        interleaved.extend(samples.map(|bytes| encoding.sample(bytes)));
        self.bytes.drain(..whole);
        Ok(true)
    }

    fn warnings(&self) -> Vec<String> {
        self.layout.warnings.clone()
    }
}

/// Whether a length is what a writer puts down that never learns the right one: nothing,
/// everything, or the most that it dares (sox: 0x7ffff000, 0x7f000000).
pub(super) fn is_placeholder(bytes: u32) -> bool {
    matches!(bytes, 0 | 0x7EFF_FF00..=0x7F00_0100 | 0x7FFF_EF00..=0x8000_0000 | 0xFFFF_EF00..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_what_their_bytes_say() {
        let sample = |encoding: Encoding, bytes: &[u8]| encoding.sample(bytes);
        assert_eq!(sample(Encoding::Unsigned8, &[0]), -1.0);
        assert_eq!(sample(Encoding::Unsigned8, &[192]), 0.5);
        assert_eq!(sample(Encoding::Signed(1), &[0xC0]), -0.5);
        assert_eq!(sample(Encoding::Signed(2), &[1, 0]), 1.0 / 32_768.0);
        assert_eq!(sample(Encoding::Signed(3), &[0xFF, 0xFF, 0xFF]), -1.0 / 8_388_608.0);
        assert_eq!(sample(Encoding::Signed(4), &[0, 0, 0, 0x80]), -1.0);
        assert_eq!(sample(Encoding::Float32, &0.25f32.to_le_bytes()), 0.25);
        assert_eq!(sample(Encoding::Float64, &(-0.75f64).to_le_bytes()), -0.75);
        // G.711, tables 1 and 2: the largest, the smallest.
        assert_eq!([0x2A, 0xAA, 0x55, 0xD5].map(a_law), [-32_256, 32_256, -8, 8]);
        assert_eq!([0x00, 0x80, 0x7F, 0xFF].map(mu_law), [-32_124, 32_124, 0, 0]);
    }
}
