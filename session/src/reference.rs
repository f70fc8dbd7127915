//! References: finished songs to compare with.
//!
//! A file is read, measured and resampled in one pass by three threads that
//! hand pieces on to each other: it can be played as soon as its last frame has
//! gone through. What is played of it lies in a file ([`SongStore`]), shared by
//! all instances of the process, and is never held whole.
//!
//! A drive may keep whoever touches it waiting for ever. So only threads that
//! nobody waits for touch a file ([`Loading`]).

mod hash;
mod level;
mod loading;
mod pipeline;
mod progress;
mod shared;
mod song;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::error::FileError;

pub use self::level::{MONO_DB, WAVEFORM_SHARES, region_loudness, song_region_loudness};
use self::loading::INTERVAL;
pub use self::loading::{Loading, NO_ANSWER_S, Told};
pub use self::pipeline::{MOST_AUDIO_BYTES, MOST_MINUTES};
pub use self::song::{PlayableReference, ReferenceDetails, SongFormat};
pub use crate::song_spectrum::song_spectrum;
pub use crate::store::SongStore;

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
