//! ALAC, Apple's lossless audio (as described by the decoder that Apple published in 2011).
//!
//! It has no checksum, so damage is only told by what a packet has to keep. Every decoder
//! throws most of that away; this one does not: a packet ends in its end mark and nothing
//! stands behind it, runs end within it, and no sample lies beyond full scale, for which
//! the coded pair of channels has room. What stays unseen is damage that leaves all
//! of this as it was: a low bit of one sample, or anything in a packet of plain samples.

mod predictor;
mod residuals;

use self::predictor::Predictor;
use self::residuals::Adaptation;
use super::bits::Bits;
use super::source::Format;

/// Frames of a packet, at most; encoders make 4096.
const MOST_FRAMES: u32 = 1 << 16;

/// A decoder of ALAC in one or two channels.
pub(super) struct Alac {
    /// Frames of a packet, but for the last.
    frames: usize,
    depth: u32,
    adaptation: Adaptation,
    format: Format,
    /// The channels of the newest packet.
    channels: [Vec<i32>; 2],
    /// Low bits that are kept apart from the rest.
    low_bits: Vec<u32>,
}

/// What stands before the residuals of a channel.
struct Head {
    predictor: Predictor,
    pace: u32,
}

impl Alac {
    /// A decoder as its description asks for.
    pub(super) fn new(mut description: &[u8]) -> Result<Self, String> {
        // QuickTime puts the boxes around it that it came in.
        for name in [b"frma", b"alac"] {
            if description.get(4..8) == Some(&name[..]) {
                description = &description[12..];
            }
        }
        let Some([a, b, c, d, version, depth, pace, history, most_k, channels]) =
            description.first_chunk().copied()
        else {
            return Err("expected a description of its ALAC, found none".to_owned());
        };
        let rate = description.get(20..24).and_then(|four| four.try_into().ok());
        let sample_rate_hz = rate.map_or(0, u32::from_be_bytes);
        let frames = u32::from_be_bytes([a, b, c, d]);
        if !(1..=2).contains(&channels) {
            return Err(format!("expected 1 or 2 channels, found {channels}"));
        }
        if version != 0 || !(1..=32).contains(&depth) || !(1..=MOST_FRAMES).contains(&frames) {
            return Err(format!(
                "expected ALAC, found version {version} of {depth} bits in packets of {frames} frames"
            ));
        }
        Ok(Self {
            frames: frames as usize,
            depth: u32::from(depth),
            adaptation: Adaptation {
                pace: u32::from(pace),
                history: u32::from(history),
                most_k: u32::from(most_k),
            },
            format: Format { sample_rate_hz, channels: usize::from(channels) },
            channels: [Vec::new(), Vec::new()],
            low_bits: Vec::new(),
        })
    }

    /// The format of its audio.
    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Decodes a packet and appends what it gives; how many frames that is.
    pub(super) fn decode(
        &mut self,
        packet: &[u8],
        interleaved: &mut Vec<f32>,
    ) -> Result<usize, &'static str> {
        let mut bits = Bits::new(packet);
        let (mut next, mut frames) = (0, None);
        loop {
            let several = match bits.take(3)? {
                0 | 3 => 1,
                1 => 2,
                4 => {
                    skip_data(&mut bits)?;
                    continue;
                }
                6 => {
                    skip_filling(&mut bits)?;
                    continue;
                }
                7 => break,
                _ => return Err("an element that ALAC does not have"),
            };
            if next + several > self.format.channels {
                return Err("more channels than there are");
            }
            let found = self.element(&mut bits, next, several)?;
            if frames.is_some_and(|frames| frames != found) {
                return Err("channels of two lengths");
            }
            frames = Some(found);
            next += several;
        }
        if next < self.format.channels {
            return Err("fewer channels than there are");
        }
        if !bits.is_done() {
            return Err("a packet that does not end where it should");
        }
        let scale = f64::from(1_u32 << (self.depth - 1));
        let frames = frames.unwrap_or(0);
        for frame in 0..frames {
            for channel in &self.channels[..self.format.channels] {
                interleaved.push((f64::from(channel[frame]) / scale) as f32);
            }
        }
        Ok(frames)
    }

    /// Bits of the one element that a packet begins with; for the tests.
    #[cfg(test)]
    pub(super) fn element_bits(&mut self, packet: &[u8]) -> Result<usize, &'static str> {
        let mut bits = Bits::new(packet);
        let several = bits.take(3)? as usize + 1;
        self.element(&mut bits, 0, several)?;
        Ok(bits.place())
    }

    /// One channel or a pair; how many frames it holds.
    fn element(
        &mut self,
        bits: &mut Bits<'_>,
        first: usize,
        several: usize,
    ) -> Result<usize, &'static str> {
        bits.take(4)?;
        if bits.take(12)? != 0 {
            return Err("a head of a packet that cannot be");
        }
        let is_partial = bits.take(1)? == 1;
        let low_width = 8 * bits.take(2)?;
        let is_plain = bits.take(1)? == 1;
        let frames = if is_partial { bits.take(32)? as usize } else { self.frames };
        if frames > self.frames || low_width >= self.depth.min(24) {
            return Err("a head of a packet that cannot be");
        }
        for channel in &mut self.channels[first..first + several] {
            channel.clear();
            channel.resize(frames, 0);
        }
        if is_plain {
            for frame in 0..frames {
                for channel in &mut self.channels[first..first + several] {
                    channel[frame] = bits.take_signed(self.depth)?;
                }
            }
            return Ok(frames);
        }
        let high_width = self.depth - low_width;
        // A pair is coded as sum and difference, which need one bit more.
        let coded_width = high_width + several as u32 - 1;
        if coded_width > 32 {
            return Err("a head of a packet that cannot be");
        }
        let (shift, weight) = (bits.take(8)?, bits.take_signed(8)?);
        if shift > 31 || (several == 1 && (shift, weight) != (0, 0)) {
            return Err("a head of a packet that cannot be");
        }
        let mut heads = Vec::with_capacity(several);
        for _ in 0..several {
            heads.push(self.head(bits)?);
        }
        self.low_bits.clear();
        if low_width > 0 {
            for _ in 0..frames * several {
                self.low_bits.push(bits.take(low_width)?);
            }
        }
        for (channel, head) in self.channels[first..].iter_mut().zip(&mut heads) {
            residuals::read(bits, self.adaptation.at(head.pace), coded_width, channel)?;
            head.predictor.run(channel, coded_width);
        }
        if several == 2 && weight != 0 {
            unmix(&mut self.channels, weight, shift);
        }
        let room = 32 - high_width;
        for (n, channel) in self.channels[first..first + several].iter_mut().enumerate() {
            if channel.iter().any(|sample| sample << room >> room != *sample) {
                return Err("samples beyond full scale");
            }
            let low_bits = self.low_bits.iter().skip(n).step_by(several);
            for (sample, low) in channel.iter_mut().zip(low_bits) {
                *sample = *sample << low_width | *low as i32;
            }
        }
        Ok(frames)
    }

    fn head(&self, bits: &mut Bits<'_>) -> Result<Head, &'static str> {
        let mode = bits.take(4)?;
        if mode != 0 && mode != 15 {
            return Err("a predictor that ALAC does not have");
        }
        let (shift, pace, order) = (bits.take(4)?, bits.take(3)?, bits.take(5)?);
        let mut coefficients = Vec::with_capacity(order as usize);
        for _ in 0..order {
            coefficients.push(bits.take_signed(16)?);
        }
        let pace = (pace * self.adaptation.pace) >> 2;
        Ok(Head { predictor: Predictor::new(mode == 15, shift, coefficients), pace })
    }
}

/// A pair that was coded as sum and difference, in any proportion.
fn unmix(channels: &mut [Vec<i32>; 2], weight: i32, shift: u32) {
    let [left, right] = channels;
    for (left, right) in left.iter_mut().zip(right) {
        let (sum, difference) = (i64::from(*left), i64::from(*right));
        // Beyond what such a number can be it is damage, and stays beyond full scale.
        let unmixed = sum + difference - ((difference * i64::from(weight)) >> shift);
        *left = unmixed.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
        *right = left.saturating_sub(*right);
    }
}

/// Data of somebody else.
fn skip_data(bits: &mut Bits<'_>) -> Result<(), &'static str> {
    bits.take(4)?;
    let is_aligned = bits.take(1)? == 1;
    let mut bytes = bits.take(8)?;
    if bytes == 255 {
        bytes += bits.take(8)?;
    }
    if is_aligned {
        bits.align();
    }
    bits.skip(8 * bytes as usize)
}

/// Bytes that only make a packet longer.
fn skip_filling(bits: &mut Bits<'_>) -> Result<(), &'static str> {
    let mut bytes = bits.take(4)?;
    if bytes == 15 {
        bytes += bits.take(8)?;
        bytes -= 1;
    }
    bits.skip(8 * bytes as usize)
}
