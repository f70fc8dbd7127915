//! How integrated values follow the transport, and what has been measured of the song.
//!
//! The audio thread reads the atomics and takes timelines from their hand-over; the lock is
//! between host state and activation.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};

use burnish_dsp::integration::{IntegrationMode, TimelineHandOver};
use burnish_dsp::loudness::timeline::{Timeline, TimelineContents, TimelineStore};

use crate::lock::lock;
use crate::saved_timeline;

/// What is kept of the loudness of the song.
#[derive(Debug, Default)]
struct SongLoudness {
    /// What the audio thread writes to, or will from its next block.
    store: Arc<TimelineStore>,
    /// What a session brought and this version could not read: it is saved
    /// again as it came, as long as nothing has been measured in its place.
    unread: Option<String>,
}

/// Integration, as editor, host state and audio thread share it.
#[derive(Debug)]
pub(crate) struct IntegrationDesk {
    mode: AtomicU8,
    is_paused: AtomicBool,
    /// Through which the audio thread gets another timeline.
    pub(crate) timelines: Arc<TimelineHandOver>,
    song: Mutex<SongLoudness>,
}

impl IntegrationDesk {
    pub(super) fn new() -> Self {
        Self {
            mode: AtomicU8::new(IntegrationMode::default() as u8),
            is_paused: AtomicBool::new(false),
            timelines: TimelineHandOver::new(),
            song: Mutex::default(),
        }
    }

    /// Audio thread: how integrated values follow the transport, and whether
    /// they are paused.
    pub(crate) fn now(&self) -> (IntegrationMode, bool) {
        let mode = usize::from(self.mode.load(Ordering::Relaxed));
        let mode = IntegrationMode::ALL.get(mode).copied().unwrap_or_default();
        (mode, self.is_paused.load(Ordering::Relaxed))
    }

    pub(super) fn set_mode(&self, mode: IntegrationMode) {
        self.mode.store(mode as u8, Ordering::Relaxed);
    }

    /// Pauses integrated values, or goes on.
    pub(crate) fn pause(&self, is_paused: bool) {
        self.is_paused.store(is_paused, Ordering::Relaxed);
    }

    /// The timeline for a new engine: what has been measured of the song outlives
    /// the stream. It allocates, and is not for the audio thread.
    pub(crate) fn take_timeline(&self) -> Box<Timeline> {
        let song = lock(&self.song);
        self.timelines.withdraw();
        Box::new(Timeline::new(Arc::clone(&song.store)))
    }

    /// What has been measured of the song, as text for the host's state.
    pub(crate) fn save_timeline(&self) -> String {
        let song = lock(&self.song);
        let contents = song.store.contents();
        match &song.unread {
            Some(unread) if contents.slots.is_empty() => unread.clone(),
            _ => saved_timeline::write(&contents),
        }
    }

    /// Takes what was measured in an earlier session; empty text is a song that
    /// was never measured.
    ///
    /// # Errors
    /// What could not be read of it; it is saved again as it came.
    pub(super) fn restore_timeline(&self, text: &str) -> Result<(), String> {
        let (contents, unread, result) = match saved_timeline::read(text) {
            Ok(contents) => (contents, None, Ok(())),
            Err(error) => {
                let is_kept = text.len() <= saved_timeline::MOST_UNREAD_BYTES;
                (TimelineContents::default(), is_kept.then(|| text.to_owned()), Err(error))
            }
        };
        let store = TimelineStore::with_contents(&contents);
        let mut song = lock(&self.song);
        *song = SongLoudness { store: Arc::clone(&store), unread };
        self.timelines.offer(Box::new(Timeline::new(store)));
        result
    }
}
