//! References: finished songs to compare with.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use burnish_dsp::spectrum::{SongAnalyzer, SongSpectrum};

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
    /// Its spectrum at the stream's sample rate, measured exactly as the master's is.
    pub spectrum: SongSpectrum,
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
    let spectrum = song_spectrum(&audio);
    stage(1.0)?;
    Ok(Reference { path: path.to_owned(), name: display_name(path), audio, measures, spectrum })
}

/// The spectrum of a whole file.
pub fn song_spectrum(audio: &StereoAudio) -> SongSpectrum {
    let mut analyzer = SongAnalyzer::new(f64::from(audio.sample_rate_hz));
    analyzer.process(&audio.left, &audio.right);
    analyzer.finish();
    let mut spectrum = SongSpectrum::default();
    analyzer.shared().read(&mut spectrum);
    spectrum
}
