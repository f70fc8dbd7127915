//! The file that a master becomes: its samples in the format that was asked for, and the
//! measures of just these samples.
//!
//! What is said of a master is measured from what went into the file: rounded, held at full
//! scale, in as many channels as the file has. So a check of the file says the same.

use std::fmt;
use std::io::{self, BufWriter};
use std::path::Path;

use burnish_dsp::dither::OverFullScale;

use crate::audio::StereoAudio;
use crate::error::FileError;
use crate::file_format::{Bits, Container, FileFormat};
use crate::flac::FlacWriter;
use crate::measure::{Measures, Measuring};
use crate::metadata::{self, BEXT_LOUDNESS_AT, Carried, bext_loudness};
use crate::output::{Output, OutputFile};
use crate::wav::{MOST_RIFF_BYTES, WavSpec, WavWriter};

/// Frames that are worked on at a time.
const BLOCK_FRAMES: usize = 4096;

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Written {
    /// Measures of the samples that are in the file.
    pub measures: Measures,
    /// What lay beyond full scale and was cut off.
    pub over_full_scale: OverFullScale,
}

/// Writes a master piece by piece, and measures what it writes.
pub struct MasterWriter {
    output: Output,
    sink: Sink,
    /// The file says how loud it is.
    has_loudness: bool,
    bits: Bits,
    channels: usize,
    measuring: Measuring,
    over_full_scale: OverFullScale,
    integers: Vec<i32>,
    floats: Vec<f32>,
    /// Both channels as they are in the file.
    held: [Vec<f32>; 2],
}

enum Sink {
    Wav(Box<WavWriter<BufWriter<OutputFile>>>),
    Flac(Box<FlacWriter>),
}

impl fmt::Debug for MasterWriter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("MasterWriter").field("output", &self.output).finish_non_exhaustive()
    }
}

impl MasterWriter {
    /// Begins the file; `frames` is its length, where that is known.
    ///
    /// # Errors
    /// When the place cannot be written to.
    pub fn begin(
        output: &Output,
        format: FileFormat,
        sample_rate_hz: u32,
        channels: u16,
        frames: Option<u64>,
        carried: &Carried,
    ) -> Result<Self, FileError> {
        let file = BufWriter::new(output.begin()?);
        let sink = match format.container {
            Container::Wav => {
                let spec = WavSpec { sample_rate_hz, channels, bits: format.bits };
                let (front, behind) = (&carried.front, &carried.behind);
                WavWriter::new(file, spec, frames, front, behind, MOST_RIFF_BYTES)
                    .map(|writer| Sink::Wav(Box::new(writer)))
            }
            Container::Flac => {
                let bits = format.bits.count();
                FlacWriter::new(file, sample_rate_hz, bits, channels, frames, carried)
                    .map(|writer| Sink::Flac(Box::new(writer)))
            }
        };
        Ok(Self {
            output: output.clone(),
            sink: sink.map_err(|error| output.cannot_write(&error))?,
            has_loudness: carried.front.iter().any(metadata::has_loudness),
            bits: format.bits,
            channels: usize::from(channels),
            measuring: Measuring::new(sample_rate_hz, channels),
            over_full_scale: OverFullScale::default(),
            integers: Vec::new(),
            floats: Vec::new(),
            held: [Vec::new(), Vec::new()],
        })
    }

    /// Appends frames; of a mono file the right channel does not count.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn write(&mut self, left: &[f32], right: &[f32]) -> Result<(), FileError> {
        for (left, right) in left.chunks(BLOCK_FRAMES).zip(right.chunks(BLOCK_FRAMES)) {
            let written = match self.bits.full_scale() {
                Some(full_scale) => self.write_integers([left, right], full_scale),
                None => self.write_floats([left, right]),
            };
            written.map_err(|error| self.output.cannot_write(&error))?;
            let [left, right] = &self.held;
            self.measuring.take(left, if self.channels == 1 { left } else { right });
        }
        Ok(())
    }

    fn write_integers(&mut self, channels: [&[f32]; 2], full_scale: f64) -> io::Result<()> {
        let frames = channels[0].len();
        self.integers.resize(frames * self.channels, 0);
        for (channel, samples) in channels.iter().take(self.channels).enumerate() {
            let held = &mut self.held[channel];
            held.clear();
            for (frame, &sample) in samples.iter().enumerate() {
                self.over_full_scale.count(sample);
                let step = (f64::from(sample) * full_scale).round();
                let step = step.clamp(-full_scale, full_scale - 1.0);
                self.integers[frame * self.channels + channel] = step as i32;
                held.push((step / full_scale) as f32);
            }
        }
        match &mut self.sink {
            Sink::Wav(writer) => writer.write_integers(&self.integers),
            Sink::Flac(writer) => writer.write(&self.integers),
        }
    }

    fn write_floats(&mut self, channels: [&[f32]; 2]) -> io::Result<()> {
        self.floats.clear();
        for (held, samples) in self.held.iter_mut().zip(channels) {
            held.clear();
            held.extend_from_slice(samples);
        }
        for frame in 0..channels[0].len() {
            self.floats.extend(channels.iter().take(self.channels).map(|samples| samples[frame]));
        }
        match &mut self.sink {
            Sink::Wav(writer) => writer.write_floats(&self.floats),
            Sink::Flac(_) => Err(io::Error::other("FLAC holds integers only")),
        }
    }

    /// Gives the file its name, and says what is in it.
    ///
    /// # Errors
    /// When the disk is full, or what stands there has become something else meanwhile.
    pub fn finish(self) -> Result<Written, FileError> {
        let Self { output, sink, has_loudness, measuring, over_full_scale, .. } = self;
        let measures = measuring.finish();
        let file = match sink {
            Sink::Wav(mut writer) => {
                let loudness = if has_loudness { bext_loudness(&measures) } else { Vec::new() };
                writer.rewrite(*b"bext", BEXT_LOUDNESS_AT, &loudness).and_then(|()| writer.finish())
            }
            Sink::Flac(writer) => writer.finish(),
        };
        file.and_then(|file| file.into_inner().map_err(io::IntoInnerError::into_error))
            .map_err(|error| output.cannot_write(&error))?
            .finish()?;
        Ok(Written { measures, over_full_scale })
    }
}

/// Writes audio as a WAV file, without metadata; an existing file is replaced. Mono audio is
/// written as mono. Integers are rounded to the nearest and held at full scale; what the chain
/// has dithered for that depth falls on them exactly.
///
/// # Errors
/// When the folder does not exist, cannot be written to, or the disk is full.
pub fn write_wav(path: &Path, audio: &StereoAudio, bits: Bits) -> Result<(), FileError> {
    let output = Output::to(path, &[])?;
    let format = FileFormat { container: Container::Wav, bits };
    let frames = Some(audio.frames() as u64);
    let mut writer = MasterWriter::begin(
        &output,
        format,
        audio.sample_rate_hz,
        audio.channels,
        frames,
        &Carried::default(),
    )?;
    writer.write(&audio.left, &audio.right)?;
    writer.finish().map(drop)
}
