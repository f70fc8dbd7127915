//! AAC in ADTS (ISO/IEC 14496-3, 1.A.2.2): frames one behind another, with nothing around them.
//!
//! Nothing counts them, so of frames that were cut out whole nothing is seen.

use symphonia::core::audio::layouts::{CHANNEL_LAYOUT_MONO, CHANNEL_LAYOUT_STEREO};
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::CODEC_ID_AAC;

use super::aac::{RATES_HZ, half_band, surround};
use super::codec::Codec;
use super::frames::{Frames, Head, Next, NoFrame};
use super::played::Played;
use super::section::{Section, read_up_to};
use super::source::{Format, Source};
use super::words::{cannot_read, found};

/// Audio frames of a packet.
const PACKET_FRAMES: u64 = 1024;
/// AAC-LC, as its number is coded.
const LC: u8 = 1;

/// What a frame begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Header {
    /// What is the same in all frames, as it is coded.
    fixed: [u8; 3],
    profile: u8,
    sample_rate_hz: u32,
    /// AAC's number of an arrangement of channels; 0 where the audio tells.
    arrangement: u8,
    bytes: usize,
    /// Packets in it.
    packets: u8,
}

impl Header {
    /// Bytes before the audio.
    fn length(&self) -> usize {
        if self.fixed[1] & 1 == 0 { 9 } else { 7 }
    }
}

impl Head for Header {
    const BYTES: usize = 7;
    /// The length has 13 bits.
    const MOST_AHEAD_BYTES: usize = (1 << 13) - 1 + Self::BYTES;
    const ARE_STEADY: bool = false;
    const NAME: &'static str = "AAC";

    fn read(bytes: &[u8]) -> Option<Self> {
        let [first, mark, third, fourth, fifth, sixth, seventh, ..] = *bytes else { return None };
        if !is_adts(bytes) {
            return None;
        }
        let header = Self {
            fixed: [first, mark, third],
            profile: third >> 6,
            sample_rate_hz: *RATES_HZ.get(usize::from(third >> 2 & 15))?,
            arrangement: (third & 1) << 2 | fourth >> 6,
            bytes: usize::from(fourth & 3) << 11
                | usize::from(fifth) << 3
                | usize::from(sixth >> 5),
            packets: (seventh & 3) + 1,
        };
        (header.bytes > header.length()).then_some(header)
    }

    fn read_unmarked(bytes: &[u8], like: &Self) -> Option<Self> {
        let mut bytes: [u8; Self::BYTES] = *bytes.first_chunk()?;
        bytes[..3].copy_from_slice(&like.fixed);
        bytes[3] = bytes[3] & 0x3F | like.arrangement << 6;
        Self::read(&bytes)
    }

    fn frame_bytes(&self) -> usize {
        self.bytes
    }

    fn is_like(&self, other: &Self) -> bool {
        let kind = |header: &Self| (header.profile, header.sample_rate_hz, header.arrangement);
        kind(self) == kind(other)
    }

    fn format(&self) -> Format {
        let channels = if self.arrangement == 1 { 1 } else { 2 };
        Format { sample_rate_hz: self.sample_rate_hz, channels }
    }
}

/// Whether a frame begins here: the mark, and layer 0, which no MPEG audio has.
pub(super) fn is_adts(head: &[u8]) -> bool {
    matches!(head, [0xFF, second, ..] if second & 0xF6 == 0xF0)
}

/// Bare frames of AAC.
struct AdtsSource {
    frames: Frames<Header>,
    played: Played,
    format: Format,
    given: u64,
    warnings: Vec<String>,
}

/// Opens bare frames of AAC.
pub(super) fn open(section: Section) -> Result<Box<dyn Source>, String> {
    // What it begins with is named, whatever follows.
    let mut beginning = section.fork(0).map_err(|error| cannot_read(&error))?;
    let head = read_up_to(&mut beginning, Header::BYTES).map_err(|error| cannot_read(&error))?;
    if let Some(header) = Header::read(&head) {
        refuse(&header)?;
    }
    let frames = Frames::<Header>::new(section).map_err(|none| match none {
        NoFrame::Error(text) => text,
        NoFrame::Nothing(_) => found("AAC that cannot be read (no frames one behind another)"),
    })?;
    let like = frames.like();
    refuse(&like)?;
    let mut parameters = AudioCodecParameters::new();
    let layout = if like.arrangement == 1 { CHANNEL_LAYOUT_MONO } else { CHANNEL_LAYOUT_STEREO };
    parameters.for_codec(CODEC_ID_AAC).with_sample_rate(like.sample_rate_hz).with_channels(layout);
    let codec = Codec::new(&parameters)?;
    Ok(Box::new(AdtsSource {
        frames,
        format: like.format(),
        played: Played::new(codec, like.format(), PACKET_FRAMES, like.bytes as u64),
        given: 0,
        warnings: half_band(like.sample_rate_hz).into_iter().collect(),
    }))
}

/// Names what cannot be read.
fn refuse(header: &Header) -> Result<(), String> {
    if header.profile != LC {
        return Err(found(&format!("AAC of another profile than LC ({})", header.profile + 1)));
    }
    if header.arrangement == 0 {
        return Err(found("AAC whose channels are described within its audio"));
    }
    match surround(header.arrangement) {
        Some(name) => Err(found(&format!("{name} AAC, expected 1 or 2 channels"))),
        None => Ok(()),
    }
}

impl Source for AdtsSource {
    fn format(&self) -> Format {
        self.format
    }

    fn promised_frames(&self) -> Option<u64> {
        None
    }

    fn estimated_frames(&self) -> Option<u64> {
        let share = self.frames.share_done();
        (share > 0.0).then(|| (self.given as f64 / share) as u64)
    }

    fn read(&mut self, interleaved: &mut Vec<f32>) -> Result<bool, String> {
        match self.frames.next()? {
            Next::Frame(header, packet) if header.packets == 1 => {
                let packet = packet.get(header.length()..).unwrap_or_default();
                let is_intact = self.played.decode(packet, self.given)?;
                // It may be the halves of two, with others between them once.
                self.played.lost.may_be_more |= !is_intact;
            }
            Next::Frame(..) => {
                return Err(found("AAC of several packets to a frame"));
            }
            Next::Gap { bytes, is_cut } => {
                self.played.lost.may_be_more |= is_cut;
                self.played.fill(self.played.packets_of(bytes), self.given);
            }
            Next::End(remark) => {
                self.warnings.extend(remark);
                self.warnings.extend(self.played.finish()?);
                return Ok(false);
            }
        }
        self.given += self.played.frames();
        interleaved.append(&mut self.played.newest);
        Ok(true)
    }

    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }
}
