//! The file that a master becomes: its samples in the format that was asked for, and the
//! measures of just these samples.
//!
//! What is said of a master is measured from what went into the file: rounded, held at full
//! scale, in as many channels as the file has. So a check of the file says the same.

use std::io::{self, BufWriter};

use burnish_dsp::dither::OverFullScale;

use crate::error::FileError;
use crate::measure::{Measures, Measuring};
use crate::output::{Naming, Output, OutputFile};
use crate::wav::{Bits, MOST_RIFF_BYTES, WavSpec, WavWriter};

/// Frames that are worked on at a time.
const BLOCK_FRAMES: usize = 4096;

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// RIFF or, when that grows beyond 4 GiB, RF64.
    Wav,
}

impl Container {
    /// All of them, as their names are listed.
    pub const ALL: [Self; 1] = [Container::Wav];

    /// What its files are called.
    pub fn naming(self) -> Naming {
        match self {
            Container::Wav => Naming { what: "WAV", extensions: &["wav", "wave", "bwf"] },
        }
    }
}

/// What kind of file it is, and of what samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileFormat {
    /// The kind of file.
    pub container: Container,
    /// Its samples.
    pub bits: Bits,
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Written {
    /// Measures of the samples that are in the file.
    pub measures: Measures,
    /// What lay beyond full scale and was cut off.
    pub over_full_scale: OverFullScale,
}

/// Writes a master piece by piece, and measures what it writes.
#[derive(Debug)]
pub struct MasterWriter {
    output: Output,
    sink: Sink,
    bits: Bits,
    channels: usize,
    measuring: Measuring,
    over_full_scale: OverFullScale,
    integers: Vec<i32>,
    floats: Vec<f32>,
    /// Both channels as they are in the file.
    held: [Vec<f32>; 2],
}

#[derive(Debug)]
enum Sink {
    Wav(Box<WavWriter<BufWriter<OutputFile>>>),
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
    ) -> Result<Self, FileError> {
        let file = BufWriter::new(output.begin()?);
        let sink = match format.container {
            Container::Wav => {
                let spec = WavSpec { sample_rate_hz, channels, bits: format.bits };
                WavWriter::new(file, spec, frames, &[], &[], MOST_RIFF_BYTES)
                    .map(|writer| Sink::Wav(Box::new(writer)))
            }
        };
        Ok(Self {
            output: output.clone(),
            sink: sink.map_err(|error| output.cannot_write(&error))?,
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
        }
    }

    /// Gives the file its name, and says what is in it.
    ///
    /// # Errors
    /// When the disk is full, or what stands there has become something else meanwhile.
    pub fn finish(self) -> Result<Written, FileError> {
        let Self { output, sink, measuring, over_full_scale, .. } = self;
        let measures = measuring.finish();
        let file = match sink {
            Sink::Wav(writer) => writer.finish(),
        };
        file.and_then(|file| file.into_inner().map_err(io::IntoInnerError::into_error))
            .map_err(|error| output.cannot_write(&error))?
            .finish()?;
        Ok(Written { measures, over_full_scale })
    }
}
