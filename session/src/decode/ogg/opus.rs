//! Opus in Ogg (RFC 7845): always 48 kHz, one or two channels here.

use opus_pure::OpusDecoder;

use super::super::codec::Failure;
use super::super::source::Format;
use super::super::words::found;

/// Opus decodes at this rate whatever went in.
const RATE_HZ: u32 = 48_000;
/// The longest packet, 120 ms.
const MOST_FRAMES: usize = 5760;

/// A decoder.
pub(super) struct Opus {
    decoder: OpusDecoder,
    channels: usize,
    /// The header's gain.
    gain: f32,
    newest: Vec<f32>,
}

impl Opus {
    /// Reads the header; also how many frames of run-up are to be left out.
    pub(super) fn new(head: &[u8]) -> Result<(Self, u64), String> {
        let [version, channels, low, high, _, _, _, _, gain_low, gain_high, _, ..] = head[8..]
        else {
            return Err("expected Ogg Opus, found that its header is cut short".to_owned());
        };
        if version & 0xF0 != 0 {
            return Err(found(&format!("Ogg Opus of a version that is not known ({version})")));
        }
        let channels = usize::from(channels);
        if channels > 2 {
            return Err(format!("expected 1 or 2 channels, found {channels}"));
        }
        let decoder = OpusDecoder::new(RATE_HZ as i32, channels)
            .map_err(|error| found(&format!("Opus that cannot be read ({error})")))?;
        let gain_db = f32::from(i16::from_le_bytes([gain_low, gain_high])) / 256.0;
        let gain = if gain_db == 0.0 { 1.0 } else { 10f32.powf(gain_db / 20.0) };
        let newest = vec![0.0; MOST_FRAMES * channels];
        Ok((Self { decoder, channels, gain, newest }, u64::from(u16::from_le_bytes([low, high]))))
    }

    /// The format of what it gives.
    pub(super) fn format(&self) -> Format {
        Format { sample_rate_hz: RATE_HZ, channels: self.channels }
    }

    /// Decodes a packet and appends what it gives; how many frames that is.
    pub(super) fn decode(
        &mut self,
        packet: &[u8],
        interleaved: &mut Vec<f32>,
    ) -> Result<usize, Failure> {
        let frames = self
            .decoder
            .decode(packet, MOST_FRAMES, &mut self.newest)
            .map_err(|error| Failure::Damage(error.to_string()))?;
        let samples = &self.newest[..frames * self.channels];
        interleaved.extend(samples.iter().map(|sample| sample * self.gain));
        Ok(frames)
    }

    /// Forgets what was before.
    pub(super) fn reset(&mut self) {
        // It fails only where a decoder could not have been built.
        let _ = self.decoder.reset_state();
    }
}
