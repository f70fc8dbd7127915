//! Writing WAV files: whole or not at all.

use std::io::BufWriter;
use std::path::Path;

use hound::{SampleFormat, WavSpec, WavWriter};

use crate::audio::StereoAudio;
use crate::error::FileError;
use crate::output::{Naming, Output, OutputFile};

/// Sample format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bits {
    /// 16-bit integers.
    B16,
    /// 24-bit integers.
    B24,
    /// 32-bit floating point.
    F32,
}

/// The name of a WAV file.
pub const WAV: Naming = Naming { what: "WAV", extensions: &["wav", "wave", "bwf"] };

/// Writes a file: to a temporary one beside it, renamed at the end, so that no
/// half-written file is ever found under its name. An existing file is replaced.
///
/// Audio that came from a mono file and is still equal in both channels is
/// written as mono. Integers are rounded to the nearest and held at full scale;
/// what the chain has dithered for that depth falls on them exactly.
///
/// # Errors
/// When the folder does not exist, cannot be written to, or the disk is full.
pub fn write_wav(path: &Path, audio: &StereoAudio, bits: Bits) -> Result<(), FileError> {
    write_wav_to(&Output::to(path, &[])?, audio, bits)
}

/// As [`write_wav`], at a place that has been made sure of.
///
/// # Errors
/// When the disk is full, or what stands there has become something else meanwhile.
pub fn write_wav_to(output: &Output, audio: &StereoAudio, bits: Bits) -> Result<(), FileError> {
    let mut file = output.begin()?;
    let written = write_samples(BufWriter::new(&mut file), audio, bits);
    written.map_err(|error| match error {
        hound::Error::IoError(error) => output.cannot_write(&error),
        other => output.cannot_write(&std::io::Error::other(other)),
    })?;
    file.finish()
}

fn write_samples(
    file: BufWriter<&mut OutputFile>,
    audio: &StereoAudio,
    bits: Bits,
) -> Result<(), hound::Error> {
    let is_mono = audio.channels == 1 && audio.left == audio.right;
    let (bits_per_sample, sample_format) = match bits {
        Bits::B16 => (16, SampleFormat::Int),
        Bits::B24 => (24, SampleFormat::Int),
        Bits::F32 => (32, SampleFormat::Float),
    };
    let spec = WavSpec {
        channels: if is_mono { 1 } else { 2 },
        sample_rate: audio.sample_rate_hz,
        bits_per_sample,
        sample_format,
    };
    let mut writer = WavWriter::new(file, spec)?;
    let full_scale = 2f64.powi(i32::from(bits_per_sample) - 1);
    let mut write = |sample: f32| match bits {
        Bits::F32 => writer.write_sample(sample),
        Bits::B16 | Bits::B24 => {
            let value = (f64::from(sample) * full_scale).round();
            writer.write_sample(value.clamp(-full_scale, full_scale - 1.0) as i32)
        }
    };
    for (left, right) in audio.left.iter().zip(&audio.right) {
        write(*left)?;
        if !is_mono {
            write(*right)?;
        }
    }
    writer.finalize()
}
