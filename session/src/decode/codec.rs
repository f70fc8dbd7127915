//! A decoder that is fed packet by packet: symphonia's, but for ALAC.

use symphonia::core::codecs::audio::well_known::CODEC_ID_ALAC;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::packet::PacketRef;
use symphonia::core::units::{Duration, Timestamp};

use super::alac::Alac;
use super::source::Format;
use super::words::found;

/// Why a packet gave no audio.
pub(super) enum Failure {
    /// This one is damaged; the next may not be.
    Damage(String),
    /// Nothing more can come.
    Fatal(String),
}

enum Decoder {
    Symphonia(Box<dyn AudioDecoder>),
    Alac(Box<Alac>),
}

/// A decoder and what it gives.
pub(super) struct Codec {
    decoder: Decoder,
    format: Format,
    newest: Vec<f32>,
}

impl Codec {
    /// A decoder for such packets; lossless audio is verified where the file tells how.
    pub(super) fn new(parameters: &AudioCodecParameters) -> Result<Self, String> {
        let format = Format { sample_rate_hz: 0, channels: 0 };
        if parameters.codec == CODEC_ID_ALAC {
            let description = parameters.extra_data.as_deref().unwrap_or_default();
            let decoder = Decoder::Alac(Box::new(Alac::new(description)?));
            return Ok(Self { decoder, format, newest: Vec::new() });
        }
        // What is cut off at the ends is cut off here, where it is known why.
        let options = AudioDecoderOptions::default().gapless(true).verify(true);
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(parameters, &options)
            .map_err(|error| found(&format!("an encoding that cannot be read ({error})")))?;
        let decoder = Decoder::Symphonia(decoder);
        Ok(Self { decoder, format, newest: Vec::new() })
    }

    /// The format of what was decoded last.
    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Decodes a packet and appends what it gives; how many frames that is.
    pub(super) fn decode(
        &mut self,
        packet: &[u8],
        interleaved: &mut Vec<f32>,
    ) -> Result<usize, Failure> {
        let decoder = match &mut self.decoder {
            Decoder::Symphonia(decoder) => decoder,
            Decoder::Alac(alac) => {
                self.format = alac.format();
                return alac
                    .decode(packet, interleaved)
                    .map_err(|text| Failure::Damage(text.to_owned()));
            }
        };
        let packet = PacketRef::new(0, Timestamp::ZERO, Duration::ZERO, packet);
        match decoder.decode_ref(&packet) {
            Ok(decoded) => {
                let (spec, frames) = (decoded.spec(), decoded.frames());
                let channels = spec.channels().count();
                if frames > 0 || self.format.channels == 0 {
                    self.format = Format { sample_rate_hz: spec.rate(), channels };
                }
                decoded.copy_to_vec_interleaved(&mut self.newest);
                interleaved.extend_from_slice(&self.newest);
                Ok(frames)
            }
            Err(Error::DecodeError(text)) => Err(Failure::Damage(text.to_owned())),
            // The packet ends before what it should hold.
            Err(error @ Error::IoError(_)) => Err(Failure::Damage(error.to_string())),
            Err(error) => Err(Failure::Fatal(error.to_string())),
        }
    }

    /// Forgets what was before: what follows does not go on from there.
    pub(super) fn reset(&mut self) {
        // Packets of ALAC know nothing of each other.
        if let Decoder::Symphonia(decoder) = &mut self.decoder {
            decoder.reset();
        }
    }

    /// Whether all that was decoded is what was encoded; `None` where the file does not tell.
    pub(super) fn is_verified(&mut self) -> Option<bool> {
        match &mut self.decoder {
            Decoder::Symphonia(decoder) => decoder.finalize().verify_ok,
            Decoder::Alac(_) => None,
        }
    }
}
