//! References: finished songs to compare with.
//!
//! A file is read, measured and resampled in one pass by three threads that
//! hand pieces on to each other: it can be played as soon as its last frame has
//! gone through. What is played of it lies in a file ([`SongStore`]), shared by
//! all instances of the process, and is never held whole.
//!
//! A drive may keep whoever touches it waiting for ever. So only threads that
//! nobody waits for touch a file ([`Loading`]).

mod level;
mod loading;
mod pipeline;
mod progress;
mod shared;

use std::fs::File;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use burnish_dsp::spectrum::{SongAnalyzer, SongSpectrum};
use sha2::{Digest, Sha256};

use crate::audio::StereoAudio;
use crate::error::FileError;
use crate::measure::Measures;

pub use self::level::{MONO_DB, WAVEFORM_SHARES, region_loudness, song_region_loudness};
pub use self::loading::{Loading, NO_ANSWER_S, Told};
pub use self::pipeline::{MOST_AUDIO_BYTES, MOST_MINUTES};
use self::progress::Progress;
pub use crate::store::SongStore;

/// Share of the whole work after which a song can be played.
const PLAYABLE_SHARE: f32 = 0.95;
/// Bytes hashed at a time.
const HASHED_BYTES: usize = 1 << 20;
/// How often there is something to tell.
const INTERVAL: Duration = Duration::from_millis(40);

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
    /// Highest magnitude in each of [`WAVEFORM_SHARES`] equal shares of the song
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

/// What there is to tell while a reference is loaded.
#[derive(Debug)]
pub enum LoadEvent {
    /// The share done, 0 to 1.
    Progress(f32),
    /// It can be played; the rest of the work goes on.
    Playable(Arc<PlayableReference>),
}

/// Reads, measures and resamples a reference. `events` is called on this
/// thread some twenty times a second and may stop the work, which then ends
/// at once.
///
/// # Errors
/// One clear line, as [`crate::decode::decode`]; also when it was stopped, when
/// the song is longer than [`MOST_MINUTES`] or than [`MOST_AUDIO_BYTES`] hold, and
/// when the drive has not answered for [`NO_ANSWER_S`].
pub fn load_reference(
    path: &Path,
    stream_rate_hz: f64,
    events: &mut dyn FnMut(LoadEvent) -> ControlFlow<()>,
) -> Result<ReferenceDetails, FileError> {
    let format = SongFormat { sample_rate_hz: stream_rate_hz.round() as u32, is_mono: false };
    let mut loading = Loading::start(path, format)?;
    loop {
        let event = match loading.receive(INTERVAL) {
            Some(Told::Playable(playable)) => LoadEvent::Playable(playable),
            Some(Told::Ended(result)) => {
                let details = (*result)?;
                // Whoever shows it shows the end, too.
                let _ = events(LoadEvent::Progress(1.0));
                return Ok(details);
            }
            None => {
                if loading.silence() >= Duration::from_secs(NO_ANSWER_S) {
                    return Err(FileError::no_answer(path, NO_ANSWER_S));
                }
                LoadEvent::Progress(loading.share())
            }
        };
        if events(event).is_break() {
            return Err(FileError::cancelled(path));
        }
    }
}

/// Somebody has asked to stop.
#[derive(Clone, Copy, Debug)]
struct Cancelled;

/// SHA-256 of a file as hexadecimal digits; empty where it cannot be read.
fn file_sha256(path: &Path, progress: &Progress) -> Result<String, Cancelled> {
    use std::fmt::Write as _;
    let Ok(mut file) = File::open(path) else { return Ok(String::new()) };
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    let mut hasher = Sha256::new();
    let mut bytes = vec![0; HASHED_BYTES];
    let mut done = 0;
    loop {
        match file.read(&mut bytes) {
            Ok(0) => break,
            Ok(count) => {
                hasher.update(&bytes[..count]);
                done += count as u64;
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return Ok(String::new()),
        }
        progress.beat();
        let share = (done as f32 / length.max(1) as f32).min(1.0);
        progress.show(PLAYABLE_SHARE + (1.0 - PLAYABLE_SHARE) * share);
        if progress.is_cancelled() {
            return Err(Cancelled);
        }
    }
    Ok(hasher.finalize().iter().fold(String::new(), |mut digits, byte| {
        // Writing to a string does not fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    }))
}

/// The spectrum of a whole file.
pub fn song_spectrum(audio: &StereoAudio) -> SongSpectrum {
    let mut analyzer = SongAnalyzer::new(f64::from(audio.sample_rate_hz));
    analyzer.process(&audio.left, &audio.right);
    spectrum_of(analyzer)
}

/// What an analyser has measured, at the end of the song.
pub(crate) fn spectrum_of(mut analyzer: SongAnalyzer) -> SongSpectrum {
    analyzer.finish();
    let mut spectrum = SongSpectrum::default();
    analyzer.shared().read(&mut spectrum);
    spectrum
}
