//! Which settings each snapshot has, as the audio thread sees it.

use burnish_dsp::chain::{Chain, SnapshotSettings};
use burnish_dsp::settings::ChainSettings;

use crate::desk::{Desk, StoredSnapshots};

/// Which snapshots run beside the current one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SideBySide {
    /// None.
    No,
    /// Those that were ever set: they are compared.
    Set,
    /// All, as they are: they are under test.
    All,
}

/// Follows what the desk says of the snapshots.
#[derive(Debug)]
pub(super) struct SnapshotSelection {
    stored: Box<StoredSnapshots>,
    /// The one whose settings are the parameters'.
    loaded: usize,
    /// The snapshot on its way to the parameters, and for how many frames.
    waiting: Option<(usize, usize)>,
    /// After so many they are taken to have arrived.
    patience_frames: usize,
}

impl SnapshotSelection {
    pub(super) fn new(desk: &Desk, patience_frames: usize) -> Self {
        // What was sent to an earlier engine is in there as well.
        let _ = desk.snapshots.take_changed();
        Self {
            stored: Box::new(desk.snapshots.stored()),
            loaded: desk.snapshots.loaded(),
            waiting: None,
            patience_frames,
        }
    }

    /// Takes changes in; `settings` are what the parameters say in this block.
    /// `frames` is how much of the patience it takes up: none while rendering,
    /// when frames say nothing about time and the stored settings sound as they should.
    pub(super) fn follow(&mut self, desk: &Desk, settings: &ChainSettings, frames: usize) {
        if let Some(stored) = desk.snapshots.take_changed() {
            *self.stored = stored;
        }
        self.waiting = desk.snapshots.arriving().map(|arriving| match self.waiting {
            Some((same, waited)) if same == arriving => (arriving, waited + frames),
            _ => (arriving, frames),
        });
        if let Some((arriving, waited)) = self.waiting {
            let has_arrived = *settings == self.stored.settings[arriving];
            if has_arrived || waited > self.patience_frames {
                desk.snapshots.arrived(arriving);
            }
        }
        self.loaded = desk.snapshots.loaded();
    }

    /// Gives a chain that was just built its first settings.
    #[inline(never)] // Its copies of all settings leave the stack with it.
    pub(super) fn configure(&self, chain: &mut Chain, settings: &ChainSettings, current: usize) {
        chain.configure_snapshots(&self.settings(settings, current, SideBySide::No));
    }

    /// Settings of all: those of the loaded one are the parameters'.
    pub(super) fn settings(
        &self,
        settings: &ChainSettings,
        current: usize,
        side_by_side: SideBySide,
    ) -> SnapshotSettings {
        let mut all = self.stored.settings;
        all[self.loaded] = *settings;
        if side_by_side == SideBySide::Set {
            // One that was never set is no master to compare with: it is not what
            // the others are brought down to.
            let own = all[current];
            for (place, settings) in all.iter_mut().enumerate() {
                if !self.stored.are_set[place] && place != self.loaded && place != current {
                    *settings = own;
                }
            }
        }
        SnapshotSettings { all, current, are_side_by_side: side_by_side != SideBySide::No }
    }
}
