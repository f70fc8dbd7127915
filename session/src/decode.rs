//! Reading audio files: WAV (RF64 and BW64 too), AIFF, FLAC, MP3, AAC/M4A, Ogg Vorbis and Opus.
//!
//! What was decoded is the file, or the person is told. Damage to lossless audio is an
//! error; what is lost of lossy audio is silence of the same length, so that all that
//! follows stays in its place, and a warning says how much and where.
//!
//! Containers in which parts are easily lost (WAV, AIFF, Ogg, MP3, ADTS) are read here, and
//! ALAC, in which damage is; other codecs, FLAC and MP4 are symphonia's.

mod aac;
mod adts;
mod aiff;
mod alac;
mod bits;
mod codec;
mod contents;
mod demuxed;
mod flac;
mod frames;
mod mp3;
mod mp4;
mod ogg;
mod pcm;
mod played;
mod section;
mod source;
mod tags;
mod wav;
mod words;

#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use crate::audio::{HIGHEST_RATE_HZ, LOWEST_RATE_HZ, StereoAudio, Take};
use crate::error::{FileError, io_reason};
use crate::protection::is_copy_protected;

use self::source::{Format, Source};
pub(crate) use self::tags::behind_tags;
use self::words::{EXPECTED, at};

/// Samples beyond +60 dBFS are no audio: numbers of another kind were read as floating point.
const LOUDEST_GAIN: f32 = 1000.0;

/// A file that was read, and what there is to say about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// The audio.
    pub audio: StereoAudio,
    /// What is not as it should be with the file, a sentence each: what was lost and
    /// where, what was guessed.
    pub warnings: Vec<String>,
}

/// Reads a whole file whose warnings nobody has to see; see [`decode_with`].
///
/// # Errors
/// One clear line when the file is missing, empty, damaged, truncated, copy-protected, not
/// audio, neither mono nor stereo, or of a sample rate outside 8 to 384 kHz.
pub fn decode(path: &Path) -> Result<StereoAudio, FileError> {
    decode_with(path, &mut |_| ControlFlow::Continue(())).map(|decoded| decoded.audio)
}

/// Reads a whole file; `progress` is told the share done, 0 to 1, now and then, and may stop it.
///
/// # Errors
/// As [`decode`]; also when `progress` stopped it.
pub fn decode_with(
    path: &Path,
    progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
) -> Result<Decoded, FileError> {
    let mut reader = AudioReader::open(path)?;
    let (mut left, mut right) = (Vec::new(), Vec::new());
    reader.read_all(progress, &mut |piece, other| {
        left.extend_from_slice(piece);
        right.extend_from_slice(other);
        Ok(())
    })?;
    let audio = StereoAudio {
        sample_rate_hz: reader.sample_rate_hz(),
        channels: reader.channels(),
        left,
        right,
    };
    Ok(Decoded { audio, warnings: reader.warnings() })
}

/// An open file that gives its audio piece by piece.
pub struct AudioReader {
    path: PathBuf,
    source: Box<dyn Source>,
    format: Format,
    /// The newest piece; at first that by which the format was found out.
    interleaved: Vec<f32>,
    frames: u64,
    not_finite: Unusable,
    too_loud: Unusable,
}

/// Samples that are no audio.
#[derive(Clone, Copy, Debug, Default)]
struct Unusable {
    samples: u64,
    /// The frame of the first one.
    first: u64,
}

impl Unusable {
    fn count(&mut self, samples: usize, first: u64) {
        if samples > 0 && self.samples == 0 {
            self.first = first;
        }
        self.samples += samples as u64;
    }
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
        unless_it_panics(|| Self::start(path)).map_err(|message| {
            if is_copy_protected(path) {
                return fail(format!(
                    "{EXPECTED}, found one that is copy-protected (DRM): only its shop's own player can open it"
                ));
            }
            fail(message)
        })
    }

    fn start(path: &Path) -> Result<Self, String> {
        let mut source = contents::open(path)?;
        // Before anything is made room for by it.
        let announced = source.format();
        if announced.channels > 0 {
            check(announced)?;
        }
        let mut interleaved = Vec::new();
        while interleaved.is_empty() {
            if !source.read(&mut interleaved)? {
                return Err("expected audio, found none in it (zero length)".to_owned());
            }
        }
        let format = source.format();
        check(format)?;
        Ok(Self {
            path: path.to_owned(),
            source,
            format,
            interleaved,
            frames: 0,
            not_finite: Unusable::default(),
            too_loud: Unusable::default(),
        })
    }

    /// Frames per second.
    pub fn sample_rate_hz(&self) -> u32 {
        self.format.sample_rate_hz
    }

    /// Channels of the file, 1 or 2.
    pub fn channels(&self) -> u16 {
        self.format.channels as u16
    }

    /// Frames that the file says it holds; only where that is counted, not estimated.
    pub fn promised_frames(&self) -> Option<u64> {
        self.source.promised_frames()
    }

    /// Bits of an integer sample, where the file's samples are stored as such.
    pub fn integer_bits(&self) -> Option<u32> {
        self.source.integer_bits()
    }

    /// Frames read up to now.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// The share of the file that has been read, 0 to 1; 0 where its length is unknown.
    pub fn share_done(&self) -> f32 {
        match self.source.estimated_frames() {
            Some(promised) if promised > 0 => (self.frames as f32 / promised as f32).min(1.0),
            _ => 0.0,
        }
    }

    /// What is not as it should be with the file, a sentence each; all of it is known at its end.
    pub fn warnings(&self) -> Vec<String> {
        self.source.warnings()
    }

    /// Appends the next piece to both channels; false at the end of the file.
    ///
    /// # Errors
    /// One clear line about damage; at the end also about what the whole of it lacks.
    pub fn read(&mut self, left: &mut Vec<f32>, right: &mut Vec<f32>) -> Result<bool, FileError> {
        let read = unless_it_panics(|| {
            if self.interleaved.is_empty() && !self.source.read(&mut self.interleaved)? {
                self.check_samples()?;
                return Ok(false);
            }
            let found = self.source.format();
            if found != self.format {
                return Err(words::format_changed(self.format, found));
            }
            self.hand_over(left, right);
            Ok(true)
        });
        read.map_err(|message| FileError::new(&self.path, message))
    }

    /// Gives all that is left piece by piece; `progress` is told the share done, 0 to 1, and may
    /// stop it.
    ///
    /// # Errors
    /// As [`Self::read`]; what `take` says; also when `progress` stopped it.
    pub fn read_all(
        &mut self,
        progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
        take: &mut Take<'_>,
    ) -> Result<(), FileError> {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        while self.read(&mut left, &mut right)? {
            take(&left, &right)?;
            left.clear();
            right.clear();
            if progress(self.share_done()).is_break() {
                return Err(FileError::cancelled(&self.path));
            }
        }
        Ok(())
    }

    fn hand_over(&mut self, left: &mut Vec<f32>, right: &mut Vec<f32>) {
        let channels = self.format.channels;
        let count = |unusable: &mut Unusable, is_unusable: fn(f32) -> bool| {
            let found = self.interleaved.iter().filter(|sample| is_unusable(**sample)).count();
            if found > 0 {
                let place = self.interleaved.iter().position(|sample| is_unusable(*sample));
                unusable.count(found, self.frames + (place.unwrap_or(0) / channels) as u64);
            }
        };
        count(&mut self.not_finite, |sample| !sample.is_finite());
        count(&mut self.too_loud, |sample| sample.is_finite() && sample.abs() > LOUDEST_GAIN);
        let frames = self.interleaved.chunks_exact(channels);
        self.frames += frames.len() as u64;
        left.extend(frames.clone().map(|frame| frame[0]));
        right.extend(frames.map(|frame| frame[frame.len() - 1]));
        self.interleaved.clear();
    }

    fn check_samples(&self) -> Result<(), String> {
        let place = |unusable: &Unusable| at(unusable.first, self.format.sample_rate_hz);
        if self.not_finite.samples > 0 {
            return Err(format!(
                "expected numbers, found {} samples that are not (NaN or infinity), the first at {}",
                self.not_finite.samples,
                place(&self.not_finite)
            ));
        }
        if self.too_loud.samples > 0 {
            return Err(format!(
                "expected audio, found {} samples beyond +60 dBFS, the first at {}",
                self.too_loud.samples,
                place(&self.too_loud)
            ));
        }
        Ok(())
    }
}

/// Refuses what has more channels than two, or a rate that no audio has.
fn check(format: Format) -> Result<(), String> {
    if !(1..=2).contains(&format.channels) {
        return Err(format!("expected 1 or 2 channels, found {}", format.channels));
    }
    if !(LOWEST_RATE_HZ..=HIGHEST_RATE_HZ).contains(&format.sample_rate_hz) {
        return Err(format!(
            "expected a sample rate of {LOWEST_RATE_HZ} to {HIGHEST_RATE_HZ} Hz, found {} Hz",
            format.sample_rate_hz
        ));
    }
    Ok(())
}

/// Decoders are not free of mistakes: one that stumbles over a damaged file
/// must not take everything else with it.
fn unless_it_panics<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err("expected intact audio, found damage that the decoder could not deal with".to_owned())
    })
}
