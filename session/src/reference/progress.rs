//! How far a file is that is being loaded.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

/// Share of the whole work after which a song can be played.
pub(super) const PLAYABLE_SHARE: f32 = 0.95;

/// What the threads of one file and whoever asked for it tell each other.
#[derive(Debug, Default)]
pub(super) struct Progress {
    is_cancelled: AtomicBool,
    /// The share done, as the bits of an `f32`.
    share: AtomicU32,
    /// Counts whatever moves.
    beats: AtomicU64,
}

impl Progress {
    /// Whether nobody wants it any more.
    pub(super) fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }

    /// Nobody wants it any more.
    pub(super) fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
    }

    /// Something has moved.
    pub(super) fn beat(&self) {
        self.beats.fetch_add(1, Ordering::Relaxed);
    }

    /// How often something has moved.
    pub(super) fn beats(&self) -> u64 {
        self.beats.load(Ordering::Relaxed)
    }

    /// The share done, 0 to 1.
    pub(super) fn share(&self) -> f32 {
        f32::from_bits(self.share.load(Ordering::Relaxed))
    }

    /// Shows the share done, 0 to 1.
    pub(super) fn show(&self, share: f32) {
        self.share.store(share.to_bits(), Ordering::Relaxed);
    }
}
