//! References: finished songs to compare with.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use burnish_dsp::meters::CHUNK_FRAMES;
use burnish_dsp::spectrum::SpectrumAnalyzer;

use crate::audio::StereoAudio;
use crate::decode::decode_with;
use crate::error::FileError;
use crate::measure::{Measures, measure};
use crate::resample::resample;

/// Share of the whole work that decoding is.
const DECODING_SHARE: f32 = 0.6;

/// A song that is ready to be compared with.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Where it came from.
    pub path: PathBuf,
    /// File name.
    pub name: String,
    /// The song at the stream's sample rate.
    pub audio: StereoAudio,
    /// What it measures, as it is on disk.
    pub measures: Measures,
    /// Long-term average spectrum at the frequencies asked for, dBFS.
    pub spectrum_db: Vec<f32>,
}

/// The name under which a file is shown.
pub fn display_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Reads, measures and resamples a reference. `progress` is told the share
/// done, 0 to 1, and may stop it.
///
/// # Errors
/// One clear line, as [`crate::decode::decode`]; also when it was stopped.
pub fn load_reference(
    path: &Path,
    stream_rate_hz: f64,
    frequencies_hz: &[f32],
    smoothing_octaves: f32,
    progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
) -> Result<Reference, FileError> {
    let cancelled = || FileError::new(path, "loading was cancelled");
    let original = decode_with(path, &mut |share| progress(DECODING_SHARE * share))?;
    let mut stage = |share: f32| match progress(share) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(cancelled()),
    };
    stage(DECODING_SHARE)?;
    let measures = measure(&original);
    stage(0.8)?;
    let audio = resample(&original, stream_rate_hz.round() as u32)
        .map_err(|message| FileError::new(path, message))?;
    stage(0.9)?;
    let spectrum_db = average_spectrum(&audio, frequencies_hz, smoothing_octaves);
    stage(1.0)?;
    Ok(Reference { path: path.to_owned(), name: display_name(path), audio, measures, spectrum_db })
}

/// The long-term average spectrum of a whole file.
fn average_spectrum(
    audio: &StereoAudio,
    frequencies_hz: &[f32],
    smoothing_octaves: f32,
) -> Vec<f32> {
    let mut analyzer = SpectrumAnalyzer::new(f64::from(audio.sample_rate_hz));
    let frames = audio.left.chunks_exact(CHUNK_FRAMES).zip(audio.right.chunks_exact(CHUNK_FRAMES));
    for (left, right) in frames {
        analyzer.push(&std::array::from_fn(|i| [left[i], right[i]]));
    }
    let mut spectrum_db = vec![0.0; frequencies_hz.len()];
    analyzer.average(frequencies_hz, smoothing_octaves, &mut spectrum_db);
    spectrum_db
}
