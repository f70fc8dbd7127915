//! What is decoded of frames, and the silence where some were lost.

use super::codec::{Codec, Failure};
use super::demuxed::MOST_DAMAGED_SHARE;
use super::source::Format;
use super::words::{Lost, counted};

/// A gap is filled with no more silence than this.
const MOST_SILENCE_S: u64 = 60;

/// Decoded frames of lossy audio.
pub(super) struct Played {
    codec: Codec,
    format: Format,
    /// Audio frames of a packet, and bytes of one where none was seen yet.
    packet_frames: u64,
    first_bytes: u64,
    /// Packets up to now and their bytes.
    packets: u64,
    bytes: u64,
    /// What was lost.
    pub(super) lost: Lost,
    /// What was decoded and not yet handed on.
    pub(super) newest: Vec<f32>,
}

impl Played {
    /// Nothing yet; packets give so many frames, and the first one has so many bytes.
    pub(super) fn new(codec: Codec, format: Format, packet_frames: u64, first_bytes: u64) -> Self {
        let (lost, newest) = (Lost::default(), Vec::new());
        Self { codec, format, packet_frames, first_bytes, packets: 0, bytes: 0, lost, newest }
    }

    /// Frames of what was not yet handed on.
    pub(super) fn frames(&self) -> u64 {
        (self.newest.len() / self.format.channels) as u64
    }

    /// Decodes a packet, which stands at such a frame; what is damaged is silent. Whether it
    /// was intact.
    pub(super) fn decode(&mut self, packet: &[u8], place: u64) -> Result<bool, String> {
        self.packets += 1;
        self.bytes += packet.len() as u64;
        match self.codec.decode(packet, &mut self.newest) {
            Ok(_) => Ok(true),
            Err(Failure::Damage(_)) => {
                self.be_silent(self.packet_frames, place);
                Ok(false)
            }
            Err(Failure::Fatal(text)) => {
                Err(format!("expected intact audio, found damage ({text})"))
            }
        }
    }

    /// How many packets so many bytes would be.
    pub(super) fn packets_of(&self, bytes: u64) -> u64 {
        // Before any was decoded, the first one is what is known of them.
        let mean = self.bytes.checked_div(self.packets).unwrap_or(self.first_bytes).max(1);
        (bytes + mean / 2) / mean
    }

    /// Silence where so many packets were lost; what follows does not go on from before.
    pub(super) fn fill(&mut self, packets: u64, place: u64) {
        self.codec.reset();
        let most = MOST_SILENCE_S * u64::from(self.format.sample_rate_hz);
        self.be_silent(packets.saturating_mul(self.packet_frames).min(most), place);
    }

    fn be_silent(&mut self, frames: u64, place: u64) {
        self.lost.count(place, frames);
        self.newest.resize(self.newest.len() + frames as usize * self.format.channels, 0.0);
    }

    /// Forgets what was before.
    pub(super) fn reset(&mut self) {
        self.codec.reset();
    }

    /// What there is to say about what was lost, if anything; an error where it is too much.
    pub(super) fn finish(&self) -> Result<Option<String>, String> {
        if self.lost.places * MOST_DAMAGED_SHARE > self.packets {
            return Err(format!(
                "expected intact audio, found damage in {} of {}",
                self.lost.places,
                counted(self.packets, "packet", "packets")
            ));
        }
        Ok(self.lost.warning("damaged", self.format.sample_rate_hz))
    }
}
