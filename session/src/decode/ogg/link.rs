//! One link of an Ogg file: a codec, from its headers to its end.

use std::io::Read;

use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_FLAC, CODEC_ID_VORBIS};

use super::super::codec::{Codec, Failure};
use super::super::flac::{self, STREAM_INFO_BYTES};
use super::super::source::Format;
use super::super::words::{found, wrong_sum};
use super::opus::Opus;
use super::page::{Event, PacketReader};

/// Which codec it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Vorbis,
    Opus,
    Flac,
}

enum Decoder {
    Symphonia(Box<Codec>),
    Opus(Box<Opus>),
}

/// A stream of audio.
pub(super) struct Link {
    kind: Kind,
    decoder: Decoder,
    format: Format,
    /// Frames at the beginning that are still to be left out.
    run_up: u64,
    warning: Option<String>,
}

impl Link {
    /// Reads the headers of the first stream of audio that begins here.
    pub(super) fn read(packets: &mut PacketReader<impl Read>) -> Result<Self, String> {
        let streams = packets.begin()?;
        let chosen = streams.iter().find_map(|(serial, head)| Some((kind(head)?, *serial, head)));
        let Some((kind, serial, head)) = chosen else {
            return Err(found(match streams.first() {
                Some((_, head)) if head.starts_with(b"Speex   ") => "Speex in Ogg",
                Some((_, head)) if head.starts_with(b"\x80theora") => "a film without sound in Ogg",
                Some((_, head)) if head.starts_with(b"PCM     ") => "PCM in Ogg",
                Some(_) => "an unknown encoding in Ogg",
                None => "an Ogg without a beginning",
            }));
        };
        packets.choose(serial);
        let mut link = match kind {
            Kind::Vorbis => Self::vorbis(head, packets),
            Kind::Opus => Self::opus(head, packets),
            Kind::Flac => Self::flac(head, packets),
        }?;
        let sounds = streams.iter().filter(|(_, head)| self::kind(head).is_some()).count();
        if sounds > 1 {
            link.warning = Some(format!("it holds {sounds} streams of sound: the first was read"));
        }
        Ok(link)
    }

    fn vorbis(head: &[u8], packets: &mut PacketReader<impl Read>) -> Result<Self, String> {
        let format = head
            .get(11..16)
            .map(|bytes| Format {
                channels: usize::from(bytes[0]),
                sample_rate_hz: u32::from_le_bytes([bytes[1], bytes[2], bytes[3], bytes[4]]),
            })
            .ok_or_else(|| "expected Ogg Vorbis, found that its header is cut short".to_owned())?;
        // Remarks come between description and set-up.
        let mut setup = Vec::new();
        while setup.first() != Some(&5) {
            setup = header_packet(packets)?;
        }
        let mut parameters = AudioCodecParameters::new();
        let description = [head, &setup].concat();
        parameters.for_codec(CODEC_ID_VORBIS).with_extra_data(description.into());
        let decoder = Decoder::Symphonia(Box::new(Codec::new(&parameters)?));
        Ok(Self { kind: Kind::Vorbis, decoder, format, run_up: 0, warning: None })
    }

    fn opus(head: &[u8], packets: &mut PacketReader<impl Read>) -> Result<Self, String> {
        let (opus, run_up) = Opus::new(head)?;
        // Remarks.
        header_packet(packets)?;
        let format = opus.format();
        Ok(Self {
            kind: Kind::Opus,
            decoder: Decoder::Opus(Box::new(opus)),
            format,
            run_up,
            warning: None,
        })
    }

    fn flac(head: &[u8], packets: &mut PacketReader<impl Read>) -> Result<Self, String> {
        // Version, the number of headers, then a FLAC's beginning (RFC 9639, 10.1).
        let info = head.get(17..17 + STREAM_INFO_BYTES).and_then(|info| info.try_into().ok());
        let info: [u8; STREAM_INFO_BYTES] =
            info.ok_or_else(|| "expected Ogg FLAC, found that its header is cut short".to_owned())?;
        flac::check(&info)?;
        let count = head.get(7..9).map_or(0, |two| u16::from_be_bytes([two[0], two[1]]));
        for _ in 0..count {
            header_packet(packets)?;
        }
        let mut parameters = AudioCodecParameters::new();
        parameters.for_codec(CODEC_ID_FLAC).with_extra_data(flac::mended(info, None).into());
        let decoder = Decoder::Symphonia(Box::new(Codec::new(&parameters)?));
        let format = flac::format(&info);
        Ok(Self { kind: Kind::Flac, decoder, format, run_up: 0, warning: None })
    }

    /// What is not as it should be with it.
    pub(super) fn warning(&mut self) -> Option<String> {
        self.warning.take()
    }

    /// The format of its audio.
    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Whether nothing may be missing.
    pub(super) fn is_lossless(&self) -> bool {
        self.kind == Kind::Flac
    }

    /// Decodes a packet and appends what it gives; how many frames that is.
    pub(super) fn decode(
        &mut self,
        packet: &[u8],
        interleaved: &mut Vec<f32>,
    ) -> Result<usize, Failure> {
        match &mut self.decoder {
            // Empty packets may stand anywhere and say nothing.
            _ if packet.is_empty() => Ok(0),
            Decoder::Symphonia(codec) => codec.decode(packet, interleaved),
            Decoder::Opus(opus) => opus.decode(packet, interleaved),
        }
    }

    /// Forgets what was before: what follows does not go on from there.
    pub(super) fn reset(&mut self) {
        match &mut self.decoder {
            Decoder::Symphonia(codec) => codec.reset(),
            Decoder::Opus(opus) => opus.reset(),
        }
    }

    /// Frames of run-up that are still to be left out.
    pub(super) fn run_up_left(&self) -> u64 {
        self.run_up
    }

    /// So many of them were.
    pub(super) fn leave_out(&mut self, frames: u64) {
        self.run_up -= frames.min(self.run_up);
    }

    /// What the whole has to keep.
    pub(super) fn check_end(&mut self) -> Result<(), String> {
        let is_verified = match &mut self.decoder {
            Decoder::Symphonia(codec) => codec.is_verified(),
            Decoder::Opus(_) => None,
        };
        if is_verified == Some(false) { Err(wrong_sum()) } else { Ok(()) }
    }
}

/// What a first packet begins.
fn kind(head: &[u8]) -> Option<Kind> {
    match head {
        [1, b'v', b'o', b'r', b'b', b'i', b's', ..] => Some(Kind::Vorbis),
        [b'O', b'p', b'u', b's', b'H', b'e', b'a', b'd', ..] => Some(Kind::Opus),
        [0x7F, b'F', b'L', b'A', b'C', ..] => Some(Kind::Flac),
        _ => None,
    }
}

/// A packet that has to be there.
fn header_packet(packets: &mut PacketReader<impl Read>) -> Result<Vec<u8>, String> {
    match packets.next()? {
        Event::Packet { bytes, .. } => Ok(bytes),
        Event::Gap => Err("expected intact audio, found damage in its headers".to_owned()),
        Event::Start | Event::End => {
            Err("expected audio, found an Ogg that ends in its headers: the file is truncated"
                .to_owned())
        }
    }
}
