//! Reading audio files: WAV, AIFF, FLAC, MP3, AAC/M4A, Ogg Vorbis.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;

use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

use crate::audio::{HIGHEST_RATE_HZ, LOWEST_RATE_HZ, StereoAudio};
use crate::error::{FileError, io_reason};

const EXPECTED: &str = "expected a WAV, AIFF, FLAC, MP3, AAC/M4A or Ogg Vorbis file";

/// Reads a whole file.
///
/// # Errors
/// One clear line when the file is missing, empty, damaged, not audio, neither
/// mono nor stereo, or of a sample rate outside 8 to 384 kHz.
pub fn decode(path: &Path) -> Result<StereoAudio, FileError> {
    decode_with(path, &mut |_| ControlFlow::Continue(()))
}

/// Like [`decode`]; `progress` is told the share done, 0 to 1, now and then, and may stop it.
///
/// # Errors
/// As [`decode`]; also when `progress` stopped it.
pub fn decode_with(
    path: &Path,
    progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
) -> Result<StereoAudio, FileError> {
    let fail = |message: String| FileError::new(path, message);
    let metadata = std::fs::metadata(path)
        .map_err(|error| fail(format!("{EXPECTED}, found {}", io_reason(&error))))?;
    if metadata.is_dir() {
        return Err(fail(format!("{EXPECTED}, found a folder")));
    }
    if metadata.len() == 0 {
        return Err(fail(format!("{EXPECTED}, found an empty file")));
    }
    let mut stream = Stream::open(path)?;
    let mut audio = Collected::default();
    while let Some(()) = stream.next(path, &mut audio)? {
        if progress(stream.share_done(audio.frames())).is_break() {
            return Err(fail("loading was cancelled".to_owned()));
        }
    }
    audio.finish(path, &stream)
}

/// An open file, ready to give packets.
struct Stream {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track_id: u32,
    promised_frames: Option<u64>,
    is_lossless: bool,
    interleaved: Vec<f32>,
}

impl Stream {
    fn open(path: &Path) -> Result<Self, FileError> {
        let fail = |message: String| FileError::new(path, message);
        let file = File::open(path)
            .map_err(|error| fail(format!("{EXPECTED}, found {}", io_reason(&error))))?;
        let mut hint = Hint::new();
        if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
            hint.with_extension(extension);
        }
        let source = MediaSourceStream::new(Box::new(file), MediaSourceStreamOptions::default());
        let format = symphonia::default::get_probe()
            .probe(&hint, source, FormatOptions::default(), MetadataOptions::default())
            .map_err(|error| fail(format!("{EXPECTED}, found something else ({error})")))?;
        let track = format
            .default_track(TrackType::Audio)
            .ok_or_else(|| fail(format!("{EXPECTED}, found no audio in it")))?;
        let parameters = track
            .codec_params
            .as_ref()
            .and_then(|parameters| parameters.audio())
            .ok_or_else(|| fail(format!("{EXPECTED}, found an unknown encoding")))?;
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(parameters, &AudioDecoderOptions::default())
            .map_err(|error| {
                fail(format!("{EXPECTED}, found an encoding that cannot be read ({error})"))
            })?;
        let codec = decoder.codec_info().short_name;
        Ok(Self {
            track_id: track.id,
            promised_frames: track.num_frames,
            is_lossless: codec.starts_with("pcm") || codec == "flac" || codec == "alac",
            format,
            decoder,
            interleaved: Vec::new(),
        })
    }

    fn share_done(&self, frames: usize) -> f32 {
        match self.promised_frames {
            Some(promised) if promised > 0 => (frames as f32 / promised as f32).min(1.0),
            _ => 0.0,
        }
    }

    /// Decodes the next packet into `audio`; `None` at the end.
    fn next(&mut self, path: &Path, audio: &mut Collected) -> Result<Option<()>, FileError> {
        let packet = match self.format.next_packet() {
            Ok(Some(packet)) => packet,
            // A stream that ends in mid-packet is judged by its length afterwards.
            Ok(None) | Err(Error::ResetRequired | Error::IoError(_)) => return Ok(None),
            Err(error) => return Err(FileError::new(path, audio.damage(&error))),
        };
        if packet.track_id != self.track_id {
            return Ok(Some(()));
        }
        match self.decoder.decode(&packet) {
            Ok(decoded) => {
                let spec = decoded.spec();
                let (rate_hz, channels) = (spec.rate(), spec.channels().count());
                audio.check(path, rate_hz, channels)?;
                self.interleaved.clear();
                decoded.copy_to_vec_interleaved(&mut self.interleaved);
                audio.take(&self.interleaved, channels);
                Ok(Some(()))
            }
            // Lossy decoders recover from a bad packet; in lossless audio it is damage.
            Err(Error::DecodeError(_)) if !self.is_lossless => Ok(Some(())),
            Err(Error::IoError(_)) => Ok(None),
            Err(error) => Err(FileError::new(path, audio.damage(&error))),
        }
    }
}

/// What has been decoded up to now.
#[derive(Default)]
struct Collected {
    sample_rate_hz: u32,
    channels: usize,
    left: Vec<f32>,
    right: Vec<f32>,
}

impl Collected {
    fn frames(&self) -> usize {
        self.left.len()
    }

    fn seconds(&self, frames: u64) -> f64 {
        frames as f64 / f64::from(self.sample_rate_hz.max(1))
    }

    fn damage(&self, error: &Error) -> String {
        format!(
            "expected intact audio, found damage after {:.1} s ({error})",
            self.seconds(self.frames() as u64)
        )
    }

    fn check(&mut self, path: &Path, rate_hz: u32, channels: usize) -> Result<(), FileError> {
        if self.channels == 0 {
            if !(1..=2).contains(&channels) {
                let message = format!("expected 1 or 2 channels, found {channels}");
                return Err(FileError::new(path, message));
            }
            if !(LOWEST_RATE_HZ..=HIGHEST_RATE_HZ).contains(&rate_hz) {
                let message = format!(
                    "expected a sample rate of {LOWEST_RATE_HZ} to {HIGHEST_RATE_HZ} Hz, found {rate_hz} Hz"
                );
                return Err(FileError::new(path, message));
            }
            self.channels = channels;
            self.sample_rate_hz = rate_hz;
        } else if (self.channels, self.sample_rate_hz) != (channels, rate_hz) {
            let message = format!(
                "expected one format throughout, found {channels} channels at {rate_hz} Hz after {} at {} Hz",
                self.channels, self.sample_rate_hz
            );
            return Err(FileError::new(path, message));
        }
        Ok(())
    }

    fn take(&mut self, interleaved: &[f32], channels: usize) {
        for frame in interleaved.chunks_exact(channels) {
            self.left.push(frame[0]);
            self.right.push(frame[channels - 1]);
        }
    }

    fn finish(self, path: &Path, stream: &Stream) -> Result<StereoAudio, FileError> {
        let fail = |message: String| Err(FileError::new(path, message));
        if self.frames() == 0 {
            return fail("expected audio, found none in it (zero length)".to_owned());
        }
        if let Some(promised) = stream.promised_frames
            && stream.is_lossless
            && (self.frames() as u64) < promised
        {
            return fail(format!(
                "expected {:.2} s of audio as its header promises, found {:.2} s: the file is truncated",
                self.seconds(promised),
                self.seconds(self.frames() as u64)
            ));
        }
        let broken = self.left.iter().chain(&self.right).filter(|x| !x.is_finite()).count();
        if broken > 0 {
            return fail(format!(
                "expected numbers, found {broken} samples that are not (NaN or infinity)"
            ));
        }
        Ok(StereoAudio {
            sample_rate_hz: self.sample_rate_hz,
            channels: self.channels as u16,
            left: self.left,
            right: self.right,
        })
    }
}
