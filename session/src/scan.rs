//! Measuring a file while it is read: it is never held whole, however long it is.

use std::ops::ControlFlow;
use std::path::Path;

use burnish_dsp::spectrum::{SongAnalyzer, SongSpectrum};

use crate::decode::AudioReader;
use crate::error::FileError;
use crate::file_format::Bits;
use crate::measure::{Measures, Measuring};
use crate::mix_check::{MixCheck, Report};
use crate::song_spectrum::spectrum_of;

/// What is wanted of a scan beside the measures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The spectrum of the song.
    pub spectrum: bool,
    /// Whether it is fit to be mastered.
    pub check: bool,
}

/// What one pass over a file tells.
#[derive(Clone, Debug)]
pub struct Scan {
    /// What it measures.
    pub measures: Measures,
    /// Its length in frames.
    pub frames: u64,
    /// The coarsest format whose steps every sample falls on.
    pub resolution: Bits,
    /// Its spectrum, where that was asked for.
    pub spectrum: Option<SongSpectrum>,
    /// Whether it is fit, where that was asked for.
    pub report: Option<Report>,
    /// What is not as it should be with the file, a sentence each.
    pub warnings: Vec<String>,
}

/// Finds the coarsest format whose steps every sample falls on.
#[derive(Debug)]
struct Resolution(Bits);

impl Resolution {
    fn take(&mut self, samples: &[f32]) {
        while let Some(full_scale) = self.0.full_scale() {
            let is_step = |sample: &f32| {
                let steps = f64::from(*sample) * full_scale;
                steps == steps.round()
            };
            if samples.iter().all(is_step) {
                return;
            }
            self.0 = if self.0 == Bits::B16 { Bits::B24 } else { Bits::F32 };
        }
    }
}

/// A scan under way.
#[derive(Debug)]
pub struct Scanning {
    meter: Measuring,
    analyzer: Option<SongAnalyzer>,
    check: Option<MixCheck>,
    resolution: Resolution,
    frames: u64,
}

impl Scanning {
    /// Nothing heard yet of audio of a sample rate, Hz, and so many channels.
    pub fn new(sample_rate_hz: u32, channels: u16, wanted: Wanted) -> Self {
        Self {
            meter: Measuring::new(sample_rate_hz, channels),
            analyzer: wanted.spectrum.then(|| SongAnalyzer::new(f64::from(sample_rate_hz))),
            check: wanted.check.then(|| MixCheck::new(sample_rate_hz, channels)),
            resolution: Resolution(Bits::B16),
            frames: 0,
        }
    }

    /// Takes the next piece in; the channels of mono audio are equal.
    pub fn take(&mut self, left: &[f32], right: &[f32]) {
        self.meter.take(left, right);
        if let Some(analyzer) = &mut self.analyzer {
            analyzer.process(left, right);
        }
        if let Some(check) = &mut self.check {
            check.take(left, right);
        }
        self.resolution.take(left);
        self.resolution.take(right);
        self.frames += left.len() as u64;
    }

    /// What all of it tells, beside what is to be said of the file.
    pub fn finish(self, warnings: Vec<String>) -> Scan {
        self.finish_of(None, warnings)
    }

    /// The same, of a file whose integer samples have so many bits.
    fn finish_of(self, integer_bits: Option<u32>, warnings: Vec<String>) -> Scan {
        let measures = self.meter.finish();
        let bits = integer_bits
            .map(|bits| [u16::try_from(bits).unwrap_or(u16::MAX), self.resolution.0.count()]);
        Scan {
            report: self.check.map(|check| check.report(&measures, bits, true)),
            measures,
            frames: self.frames,
            resolution: self.resolution.0,
            spectrum: self.analyzer.map(spectrum_of),
            warnings,
        }
    }
}

/// Reads and measures a whole file; `progress` is told the share done, 0 to 1, and may stop it.
///
/// # Errors
/// As [`crate::decode::decode`]; also when `progress` stopped it.
pub fn scan(
    path: &Path,
    wanted: Wanted,
    progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
) -> Result<Scan, FileError> {
    let mut reader = AudioReader::open(path)?;
    let mut scanning = Scanning::new(reader.sample_rate_hz(), reader.channels(), wanted);
    reader.read_all(progress, &mut |left, right| {
        scanning.take(left, right);
        Ok(())
    })?;
    Ok(scanning.finish_of(reader.integer_bits(), reader.warnings()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;
    use crate::measure::measure;
    use crate::song_spectrum::song_spectrum;

    #[test]
    fn a_file_measures_the_same_in_pieces_and_whole() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for name in ["material/mix.flac", "tests/fixtures/chorus.mp3", "tests/fixtures/chorus.ogg"]
        {
            let path = root.join(name);
            let audio = decode(&path).unwrap();
            let scanned = scan(&path, Wanted { spectrum: true, check: true }, &mut |_| {
                ControlFlow::Continue(())
            })
            .unwrap();
            assert_eq!(scanned.measures, measure(&audio), "{name}");
            assert_eq!(scanned.frames, audio.left.len() as u64);
            let (spectrum, whole) = (scanned.spectrum.unwrap(), song_spectrum(&audio));
            assert!(spectrum.average == whole.average && spectrum.windows == whole.windows);
        }
        let path = root.join("material/mix.flac");
        assert!(scan(&path, Wanted::default(), &mut |_| ControlFlow::Break(())).is_err());
    }

    #[test]
    fn the_resolution_is_the_coarsest_that_holds_every_sample() {
        let step = |bits: i32| 0.5f32.powi(bits - 1);
        for (samples, bits) in [
            (vec![], Bits::B16),
            (vec![0.0, -1.0, 1.0 - step(16)], Bits::B16),
            (vec![0.0, step(16) * 0.5], Bits::B24),
            (vec![step(24)], Bits::B24),
            (vec![step(25)], Bits::F32),
            // What is beyond full scale has to be cut off, not rounded.
            (vec![1.0], Bits::B16),
        ] {
            let mut resolution = Resolution(Bits::B16);
            for sample in &samples {
                resolution.take(&[*sample]);
            }
            assert_eq!(resolution.0, bits, "{samples:?}");
        }
    }
}
