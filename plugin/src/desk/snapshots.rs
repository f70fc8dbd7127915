//! The snapshots, between editor, host and audio thread.
//!
//! The host's parameters hold the settings of one snapshot, the *loaded* one;
//! the others lie here. The host parameter says which is *selected*. While the
//! two differ, as when a host's automation has moved on and no editor is open,
//! the selected one sounds as it is stored; an open editor then gives its
//! settings to the parameters, and once they have arrived it is the loaded one.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::lock::lock;
use burnish_dsp::chain::SNAPSHOTS;
use burnish_dsp::settings::ChainSettings;
use burnish_session::snapshots::SnapshotBank;
use crossbeam::queue::ArrayQueue;

/// Nothing is on its way to the parameters.
const NONE: u8 = u8::MAX;

/// The snapshots as they are stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct StoredSnapshots {
    pub(crate) settings: [ChainSettings; SNAPSHOTS],
    /// Whether each was ever given settings.
    pub(crate) are_set: [bool; SNAPSHOTS],
}

impl StoredSnapshots {
    fn of(bank: &SnapshotBank) -> Self {
        Self {
            settings: bank.all_settings(),
            are_set: std::array::from_fn(|place| bank.is_set(place)),
        }
    }
}

/// The snapshots.
#[derive(Debug)]
pub(crate) struct SnapshotDesk {
    bank: Mutex<SnapshotBank>,
    loaded: AtomicU8,
    /// The snapshot whose settings are on their way to the parameters.
    arriving: AtomicU8,
    /// Stored settings for the audio thread; only the newest matter.
    changed: ArrayQueue<StoredSnapshots>,
}

impl SnapshotDesk {
    pub(crate) fn new() -> Self {
        Self {
            bank: Mutex::default(),
            loaded: AtomicU8::new(0),
            arriving: AtomicU8::new(NONE),
            changed: ArrayQueue::new(1),
        }
    }

    /// The bank; the entry of the loaded snapshot is not up to date.
    pub(crate) fn bank(&self) -> SnapshotBank {
        lock(&self.bank).clone()
    }

    /// All as they are stored.
    pub(crate) fn stored(&self) -> StoredSnapshots {
        StoredSnapshots::of(&lock(&self.bank))
    }

    /// Changes the bank, and tells the audio thread.
    pub(crate) fn edit(&self, edit: impl FnOnce(&mut SnapshotBank)) {
        let mut bank = lock(&self.bank);
        edit(&mut bank);
        self.changed.force_push(StoredSnapshots::of(&bank));
    }

    /// The snapshot whose settings the host's parameters hold.
    pub(crate) fn loaded(&self) -> usize {
        usize::from(self.loaded.load(Ordering::Acquire)).min(SNAPSHOTS - 1)
    }

    /// Takes a saved bank.
    pub(crate) fn restore(&self, bank: SnapshotBank, loaded: usize) {
        self.arriving.store(NONE, Ordering::Release);
        self.loaded.store(loaded.min(SNAPSHOTS - 1) as u8, Ordering::Release);
        self.edit(|present| *present = bank);
    }

    /// Editor: the parameters are being given the settings of this snapshot.
    pub(crate) fn expect(&self, snapshot: usize) {
        self.arriving.store(snapshot.min(SNAPSHOTS - 1) as u8, Ordering::Release);
    }

    /// The snapshot whose settings are on their way to the parameters.
    pub(crate) fn arriving(&self) -> Option<usize> {
        Some(self.arriving.load(Ordering::Acquire)).filter(|a| *a != NONE).map(usize::from)
    }

    /// The parameters now hold the settings of the snapshot that was expected.
    pub(crate) fn arrived(&self, snapshot: usize) {
        self.loaded.store(snapshot as u8, Ordering::Release);
        self.arriving.store(NONE, Ordering::Release);
    }

    /// Audio thread: stored settings that have changed since the last call.
    pub(crate) fn take_changed(&self) -> Option<StoredSnapshots> {
        self.changed.pop()
    }
}
