//! Reading audio files: WAV, AIFF, FLAC, MP3, AAC/M4A, Ogg Vorbis.

use std::fmt;
use std::fs::File;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

use crate::audio::{HIGHEST_RATE_HZ, LOWEST_RATE_HZ, StereoAudio};
use crate::error::{FileError, io_reason};
use crate::protection::is_copy_protected;

const EXPECTED: &str = "expected a WAV, AIFF, FLAC, MP3, AAC/M4A or Ogg Vorbis file";
/// How much shorter than its header says compressed audio may be: encoders
/// count their padding in different ways.
const LENGTH_TOLERANCE_S: f64 = 0.5;
/// Compressed audio of which more than one packet in so many is damaged is refused.
const MOST_DAMAGED_SHARE: u64 = 10;

/// Reads a whole file.
///
/// # Errors
/// One clear line when the file is missing, empty, damaged, truncated, copy-protected, not
/// audio, neither mono nor stereo, or of a sample rate outside 8 to 384 kHz.
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
    let mut reader = AudioReader::open(path)?;
    let (mut left, mut right) = (Vec::new(), Vec::new());
    while reader.read(&mut left, &mut right)? {
        if progress(reader.share_done()).is_break() {
            return Err(FileError::cancelled(path));
        }
    }
    Ok(StereoAudio {
        sample_rate_hz: reader.sample_rate_hz(),
        channels: reader.channels(),
        left,
        right,
    })
}

/// An open file that gives its audio piece by piece.
pub struct AudioReader {
    path: PathBuf,
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track_id: u32,
    promised_frames: Option<u64>,
    /// Whether the promise is counted, not estimated.
    is_promise_exact: bool,
    is_lossless: bool,
    /// The newest packet; at first that by which the format was found out.
    interleaved: Vec<f32>,
    sample_rate_hz: u32,
    channels: usize,
    frames: u64,
    packets: u64,
    damaged_packets: u64,
    samples_not_finite: u64,
}

impl fmt::Debug for AudioReader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AudioReader")
            .field("path", &self.path)
            .field("frames", &self.frames)
            .finish_non_exhaustive()
    }
}

impl AudioReader {
    /// Opens a file and reads as far as its first audio.
    ///
    /// # Errors
    /// As [`decode`].
    pub fn open(path: &Path) -> Result<Self, FileError> {
        let fail = |message: String| FileError::new(path, message);
        let metadata = std::fs::metadata(path)
            .map_err(|error| fail(format!("{EXPECTED}, found {}", io_reason(&error))))?;
        if metadata.is_dir() {
            return Err(fail(format!("{EXPECTED}, found a folder")));
        }
        // A pipe would keep one waiting for ever.
        if !metadata.is_file() {
            return Err(fail(format!("{EXPECTED}, found something that is no file")));
        }
        if metadata.len() == 0 {
            return Err(fail(format!("{EXPECTED}, found an empty file")));
        }
        let opened = unless_it_panics(path, || Self::probe(path));
        opened.map_err(|error| {
            if is_copy_protected(path) {
                return fail(format!(
                    "{EXPECTED}, found one that is copy-protected (DRM): only its shop's own player can open it"
                ));
            }
            error
        })
    }

    fn probe(path: &Path) -> Result<Self, FileError> {
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
        let is_lossless = codec.starts_with("pcm") || codec == "flac" || codec == "alac";
        // An MP3 without its encoder's tag is only guessed at by its first bit rate.
        let is_counted = format.format_info().short_name == "isomp4"
            || (codec == "mp3" && track.delay.is_some());
        let mut reader = Self {
            path: path.to_owned(),
            track_id: track.id,
            promised_frames: track.num_frames,
            is_promise_exact: is_lossless || is_counted,
            is_lossless,
            format,
            decoder,
            interleaved: Vec::new(),
            sample_rate_hz: 0,
            channels: 0,
            frames: 0,
            packets: 0,
            damaged_packets: 0,
            samples_not_finite: 0,
        };
        while reader.interleaved.is_empty() {
            if !reader.next_packet()? {
                return Err(match reader.check_length() {
                    Err(error) if reader.sample_rate_hz > 0 => error,
                    _ => fail("expected audio, found none in it (zero length)".to_owned()),
                });
            }
        }
        Ok(reader)
    }

    /// Frames per second.
    pub fn sample_rate_hz(&self) -> u32 {
        self.sample_rate_hz
    }

    /// Channels of the file, 1 or 2.
    pub fn channels(&self) -> u16 {
        self.channels as u16
    }

    /// Frames that the file says it holds; only where that is counted, not estimated.
    pub fn promised_frames(&self) -> Option<u64> {
        self.promised_frames.filter(|_| self.is_promise_exact)
    }

    /// Frames read up to now.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// The share of the file that has been read, 0 to 1; 0 where its length is unknown.
    pub fn share_done(&self) -> f32 {
        match self.promised_frames {
            Some(promised) if promised > 0 => (self.frames as f32 / promised as f32).min(1.0),
            _ => 0.0,
        }
    }

    /// Appends the next piece to both channels; false at the end of the file.
    ///
    /// # Errors
    /// One clear line about damage; at the end also about what the whole of it lacks.
    pub fn read(&mut self, left: &mut Vec<f32>, right: &mut Vec<f32>) -> Result<bool, FileError> {
        let path = self.path.clone();
        unless_it_panics(&path, || {
            if self.interleaved.is_empty() && !self.next_packet()? {
                self.check_length()?;
                self.check_samples()?;
                return Ok(false);
            }
            self.hand_over(left, right);
            Ok(true)
        })
    }

    fn hand_over(&mut self, left: &mut Vec<f32>, right: &mut Vec<f32>) {
        let broken = self.interleaved.iter().filter(|sample| !sample.is_finite()).count();
        self.samples_not_finite += broken as u64;
        let frames = self.interleaved.chunks_exact(self.channels);
        self.frames += frames.len() as u64;
        left.extend(frames.clone().map(|frame| frame[0]));
        right.extend(frames.map(|frame| frame[frame.len() - 1]));
        self.interleaved.clear();
    }

    /// Decodes the next packet; it may hold nothing. False at the end.
    fn next_packet(&mut self) -> Result<bool, FileError> {
        let packet = match self.format.next_packet() {
            Ok(Some(packet)) => packet,
            // A stream that ends in mid-packet is judged by its length afterwards.
            Ok(None) | Err(Error::ResetRequired | Error::IoError(_)) => return Ok(false),
            Err(error) => return Err(self.damage(&error)),
        };
        if packet.track_id != self.track_id {
            return Ok(true);
        }
        self.packets += 1;
        match self.decoder.decode(&packet) {
            Ok(decoded) => {
                let spec = decoded.spec();
                let (rate_hz, channels) = (spec.rate(), spec.channels().count());
                decoded.copy_to_vec_interleaved(&mut self.interleaved);
                self.check_format(rate_hz, channels)?;
                Ok(true)
            }
            // Lossy decoders recover from a bad packet; in lossless audio it is damage.
            Err(Error::DecodeError(_)) if !self.is_lossless => {
                self.damaged_packets += 1;
                Ok(true)
            }
            Err(Error::IoError(_)) => Ok(false),
            Err(error) => Err(self.damage(&error)),
        }
    }

    fn fail(&self, message: String) -> FileError {
        FileError::new(&self.path, message)
    }

    fn seconds(&self, frames: u64) -> f64 {
        frames as f64 / f64::from(self.sample_rate_hz.max(1))
    }

    fn damage(&self, error: &Error) -> FileError {
        let read_s = self.seconds(self.frames);
        self.fail(format!("expected intact audio, found damage after {read_s:.1} s ({error})"))
    }

    fn check_format(&mut self, rate_hz: u32, channels: usize) -> Result<(), FileError> {
        if self.channels == 0 {
            if !(1..=2).contains(&channels) {
                return Err(self.fail(format!("expected 1 or 2 channels, found {channels}")));
            }
            if !(LOWEST_RATE_HZ..=HIGHEST_RATE_HZ).contains(&rate_hz) {
                return Err(self.fail(format!(
                    "expected a sample rate of {LOWEST_RATE_HZ} to {HIGHEST_RATE_HZ} Hz, found {rate_hz} Hz"
                )));
            }
            self.channels = channels;
            self.sample_rate_hz = rate_hz;
        } else if (self.channels, self.sample_rate_hz) != (channels, rate_hz) {
            return Err(self.fail(format!(
                "expected one format throughout, found {channels} channels at {rate_hz} Hz after {} at {} Hz",
                self.channels, self.sample_rate_hz
            )));
        }
        Ok(())
    }

    /// Whether the file holds as much as it promised, and intact for the most part.
    fn check_length(&self) -> Result<(), FileError> {
        let tolerance = if self.is_lossless {
            0
        } else {
            (LENGTH_TOLERANCE_S * f64::from(self.sample_rate_hz)) as u64
        };
        if let Some(promised) = self.promised_frames()
            && self.frames + tolerance < promised
        {
            return Err(self.fail(format!(
                "expected {:.2} s of audio as its header promises, found {:.2} s: the file is truncated or damaged",
                self.seconds(promised),
                self.seconds(self.frames)
            )));
        }
        if self.damaged_packets * MOST_DAMAGED_SHARE > self.packets {
            return Err(self.fail(format!(
                "expected intact audio, found damage in {} of {} packets",
                self.damaged_packets, self.packets
            )));
        }
        Ok(())
    }

    fn check_samples(&self) -> Result<(), FileError> {
        match self.samples_not_finite {
            0 => Ok(()),
            broken => Err(self.fail(format!(
                "expected numbers, found {broken} samples that are not (NaN or infinity)"
            ))),
        }
    }
}

/// Decoders are not free of mistakes: one that stumbles over a damaged file
/// must not take everything else with it.
fn unless_it_panics<T>(
    path: &Path,
    work: impl FnOnce() -> Result<T, FileError>,
) -> Result<T, FileError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let message = "expected intact audio, found damage that the decoder could not deal with";
        Err(FileError::new(path, message))
    })
}
