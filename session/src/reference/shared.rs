//! Songs that are loaded in this process: instances that want the same file at
//! the same rate share one.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::SystemTime;

use super::progress::Progress;
use super::song::{PlayableReference, ReferenceDetails, SongFormat};

/// What a file was when it was looked at, and what was made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    path: PathBuf,
    bytes: u64,
    modified: SystemTime,
    format: SongFormat,
}

impl Key {
    /// Asks the drive; `None` where it does not tell enough to know the file again.
    pub(super) fn of(path: &Path, format: SongFormat) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        let modified = metadata.modified().ok()?;
        Some(Self { path: path.to_owned(), bytes: metadata.len(), modified, format })
    }
}

/// A song as long as anybody holds it.
#[derive(Debug)]
struct Known {
    key: Key,
    song: Weak<PlayableReference>,
    /// Without a hash as long as nobody has read the file a second time.
    details: ReferenceDetails,
}

#[derive(Debug)]
struct Songs {
    known: Vec<Known>,
    /// Files that somebody reads just now.
    coming: Vec<(Key, Weak<Progress>)>,
}

static SONGS: Mutex<Songs> = Mutex::new(Songs { known: Vec::new(), coming: Vec::new() });

/// Held for moments only, and never while a file is touched.
fn songs() -> MutexGuard<'static, Songs> {
    let mut songs = SONGS.lock().unwrap_or_else(PoisonError::into_inner);
    songs.known.retain(|known| known.song.strong_count() > 0);
    songs.coming.retain(|(_, progress)| progress.strong_count() > 0);
    songs
}

/// What whoever wants a song has to do for it.
#[derive(Debug)]
pub(super) enum Claim {
    /// Nothing: here it is.
    Known(Arc<PlayableReference>, Box<ReferenceDetails>),
    /// To see whether the other one who reads it comes to an end.
    Coming(Arc<Progress>),
    /// To read it.
    Read,
}

/// Asks for a song; who is to read it is known as the one who does.
pub(super) fn claim(key: &Key, progress: &Arc<Progress>) -> Claim {
    let mut songs = songs();
    let known = songs.known.iter().find(|known| known.key == *key);
    if let Some((song, known)) = known.and_then(|known| Some((known.song.upgrade()?, known))) {
        return Claim::Known(song, Box::new(known.details.clone()));
    }
    let coming = songs.coming.iter().find(|(coming, _)| coming == key);
    if let Some(other) = coming.and_then(|(_, progress)| progress.upgrade()) {
        return Claim::Coming(other);
    }
    songs.coming.push((key.clone(), Arc::downgrade(progress)));
    Claim::Read
}

/// Shares a song that has been read; one that was there before takes its place.
pub(super) fn share(
    key: &Key,
    song: PlayableReference,
    details: &ReferenceDetails,
) -> Arc<PlayableReference> {
    let mut songs = songs();
    let known = songs.known.iter().find(|known| known.key == *key);
    if let Some(known) = known.and_then(|known| known.song.upgrade()) {
        return known;
    }
    songs.coming.retain(|(coming, _)| coming != key);
    let song = Arc::new(song);
    songs.known.push(Known {
        key: key.clone(),
        song: Arc::downgrade(&song),
        details: details.clone(),
    });
    song
}

/// The file's hash is known now.
pub(super) fn describe(key: &Key, details: &ReferenceDetails) {
    if let Some(known) = songs().known.iter_mut().find(|known| known.key == *key) {
        known.details = details.clone();
    }
}
