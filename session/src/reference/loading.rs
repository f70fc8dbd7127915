//! A file that is being loaded, by threads that nobody has to wait for.
//!
//! A read from a drive that hangs returns when it likes, or never. The thread
//! that waits for it owns all it needs and ends when its read returns; whoever
//! asked for the file goes on meanwhile, and sees how long nothing has moved.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use super::hash::file_sha256;
use super::pipeline::{self, Loaded};
use super::progress::Progress;
use super::shared::{self, Claim, Key};
use super::song::{PlayableReference, ReferenceDetails, SongFormat};
use crate::error::FileError;

/// How often there is something to tell.
pub(super) const INTERVAL: Duration = Duration::from_millis(40);

/// A drive that has not answered for so long is given up on, seconds. One that
/// was asleep takes up to ten to turn again.
pub const NO_ANSWER_S: u64 = 20;

/// Whoever waits for another instance that reads the same file waits no longer
/// than this while nothing moves there.
const OTHER_STALLED: Duration = Duration::from_millis(500);

/// What is told of a file that is being loaded.
#[derive(Debug)]
pub enum Told {
    /// It can be played; the rest of the work goes on.
    Playable(Arc<PlayableReference>),
    /// All is done, or cannot be.
    Ended(Box<Result<ReferenceDetails, FileError>>),
}

/// A reference that is being loaded. Dropping it stops the work; nobody waits
/// for that.
#[derive(Debug)]
pub struct Loading {
    path: PathBuf,
    progress: Arc<Progress>,
    told: Receiver<Told>,
    beats: u64,
    moved: Instant,
}

impl Loading {
    /// Starts to load a file for such a stream.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(path: &Path, format: SongFormat) -> Result<Self, FileError> {
        let progress = Arc::<Progress>::default();
        let (tell, told) = channel();
        std::thread::Builder::new()
            .name("burnish-reader".to_owned())
            .spawn({
                let (path, progress) = (path.to_owned(), Arc::clone(&progress));
                move || {
                    let result = load(&path, format, &progress, &tell);
                    // Nobody may be left to tell it to.
                    let _ = tell.send(Told::Ended(Box::new(result)));
                }
            })
            .map_err(|error| {
                FileError::new(path, format!("expected to start a thread, found {error}"))
            })?;
        Ok(Self { path: path.to_owned(), progress, told, beats: 0, moved: Instant::now() })
    }

    /// What there is to tell, which is waited for no longer than `patience`.
    pub fn receive(&mut self, patience: Duration) -> Option<Told> {
        let told = match self.told.recv_timeout(patience) {
            Ok(told) => Some(told),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => {
                let error = FileError::new(&self.path, "reading it failed unexpectedly");
                Some(Told::Ended(Box::new(Err(error))))
            }
        };
        let beats = self.progress.beats();
        if told.is_some() || beats != self.beats {
            self.beats = beats;
            self.moved = Instant::now();
        }
        told
    }

    /// The share done, 0 to 1.
    pub fn share(&self) -> f32 {
        self.progress.share()
    }

    /// How long nothing had moved when it was asked last.
    pub fn silence(&self) -> Duration {
        self.moved.elapsed()
    }
}

impl Drop for Loading {
    fn drop(&mut self) {
        self.progress.cancel();
    }
}

fn load(
    path: &Path,
    format: SongFormat,
    progress: &Arc<Progress>,
    tell: &Sender<Told>,
) -> Result<ReferenceDetails, FileError> {
    let key = Key::of(path, format);
    let known = key.as_ref().and_then(|key| known(key, progress));
    let (song, mut details) = if let Some(known) = known {
        known
    } else {
        let Loaded { playable, measures, spectrum, warnings } =
            pipeline::load(path, format, progress)?;
        let details = ReferenceDetails { measures, spectrum, sha256: String::new(), warnings };
        // A file that was changed while it was read is not the one of that key.
        let is_same = |key: &&Key| Key::of(path, format).as_ref() == Some(*key);
        let song = match key.as_ref().filter(is_same) {
            Some(key) => shared::share(key, playable, &details),
            None => Arc::new(playable),
        };
        (song, details)
    };
    let _ = tell.send(Told::Playable(song));
    if details.sha256.is_empty() {
        details.sha256 = file_sha256(path, progress).map_err(|_| FileError::cancelled(path))?;
        if let Some(key) = &key {
            shared::describe(key, &details);
        }
    }
    Ok(details)
}

/// The song if it is there already, or another instance comes to its end with it.
fn known(
    key: &Key,
    progress: &Arc<Progress>,
) -> Option<(Arc<PlayableReference>, ReferenceDetails)> {
    let mut moved = Instant::now();
    loop {
        let other = match shared::claim(key, progress) {
            Claim::Known(song, details) => return Some((song, *details)),
            Claim::Read => return None,
            Claim::Coming(other) => other,
        };
        let beats = other.beats();
        std::thread::sleep(INTERVAL);
        if other.beats() != beats {
            moved = Instant::now();
            progress.beat();
        }
        progress.show(other.share());
        if progress.is_cancelled() || other.is_cancelled() || moved.elapsed() > OTHER_STALLED {
            return None;
        }
    }
}
