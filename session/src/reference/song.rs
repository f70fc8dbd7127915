//! What a song is made into, and what is known of it.

use std::sync::Arc;

use burnish_dsp::spectrum::SongSpectrum;

use crate::measure::Measures;
use crate::store::SongStore;

/// What a song is made into for the stream that it is played in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SongFormat {
    /// Frames per second.
    pub sample_rate_hz: u32,
    /// One channel is played, and counts: the sum of both, and its loudness.
    pub is_mono: bool,
}

/// A song that can be played and compared with.
#[derive(Debug)]
pub struct PlayableReference {
    /// The song at the stream's sample rate.
    pub audio: SongStore,
    /// Gated integrated loudness as it is played, from both channels, LUFS: that
    /// of a mono file is 3 dB above its [`Measures`]. Negative infinity of silence.
    pub integrated_lufs: f64,
    /// Highest true peak of both channels, dBTP.
    pub true_peak_dbtp: f64,
    /// Highest magnitude in each of [`WAVEFORM_SHARES`](super::WAVEFORM_SHARES) equal shares of the song
    /// (fewer where it has fewer frames), full scale 1.0.
    pub waveform: Arc<Vec<f32>>,
    /// Short-term loudness as it is played, LUFS: the value at `k` is that of the
    /// 3 s that end `0.1 * (k + 1)` s into the song. The first whole window
    /// stands for all that would begin before the song; a song shorter than 3 s
    /// has its integrated loudness throughout. Negative infinity where it is silent.
    pub short_term_lufs: Vec<f32>,
}

/// What is known of a reference besides.
#[derive(Clone, Debug)]
pub struct ReferenceDetails {
    /// What it measures, as it is on disk.
    pub measures: Measures,
    /// Its spectrum at the stream's sample rate, measured exactly as the master's is.
    pub spectrum: SongSpectrum,
    /// SHA-256 of the file as hexadecimal digits; empty when the file could not
    /// be read a second time.
    pub sha256: String,
    /// What is not as it should be with the file, a sentence each.
    pub warnings: Vec<String>,
}
