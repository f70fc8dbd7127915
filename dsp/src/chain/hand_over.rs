//! How the paths that only side by side needs reach a chain that runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam::queue::ArrayQueue;

use super::path::SignalPath;
use super::snapshots::{SNAPSHOTS, SnapshotOutput};
use crate::processor::AudioSpec;
use crate::settings::ChainSettings;

/// What a chain with one path lacks for all snapshots.
#[derive(Debug)]
pub(super) struct OtherPaths {
    pub(super) paths: Vec<SignalPath>,
    pub(super) outputs: Vec<SnapshotOutput>,
}

impl OtherPaths {
    /// Builds them; the only place that allocates.
    pub(super) fn new(spec: AudioSpec) -> Self {
        Self {
            paths: (1..SNAPSHOTS).map(|_| SignalPath::new(spec)).collect(),
            outputs: (0..SNAPSHOTS).map(|_| SnapshotOutput::new(spec)).collect(),
        }
    }
}

/// Carries the other paths of one stream to the audio thread, without locks: most
/// streams never need them, and they are most of what a chain is made of.
#[derive(Debug)]
pub struct PathHandOver {
    spec: AudioSpec,
    is_wanted: AtomicBool,
    is_built: AtomicBool,
    incoming: ArrayQueue<Box<OtherPaths>>,
    outgoing: ArrayQueue<Box<OtherPaths>>,
}

impl PathHandOver {
    /// Nothing has been asked for yet.
    pub fn new(spec: AudioSpec) -> Arc<Self> {
        Arc::new(Self {
            spec,
            is_wanted: AtomicBool::new(false),
            is_built: AtomicBool::new(false),
            incoming: ArrayQueue::new(1),
            outgoing: ArrayQueue::new(1),
        })
    }

    /// Any thread but the audio thread: builds the paths when the chain has asked
    /// for them, and frees what it has given back. True when it has built them.
    pub fn serve(&self) -> bool {
        drop(self.outgoing.pop());
        self.is_wanted.load(Ordering::Acquire) && self.build()
    }

    /// The same before these settings reach the chain, so that it has not to wait.
    pub fn prepare(&self, all: &[ChainSettings; SNAPSHOTS]) {
        if all.iter().any(|settings| settings.equalizer.phase != all[0].equalizer.phase) {
            self.build();
        }
    }

    /// Once for the stream.
    fn build(&self) -> bool {
        let is_first = !self.is_built.swap(true, Ordering::AcqRel);
        if is_first {
            // There is room: this is the only one.
            let _ = self.incoming.push(Box::new(OtherPaths::new(self.spec)));
        }
        is_first
    }

    pub(super) fn want(&self) {
        self.is_wanted.store(true, Ordering::Release);
    }

    pub(super) fn take(&self) -> Option<Box<OtherPaths>> {
        self.incoming.pop()
    }

    /// Gives back what is left of them, to be freed elsewhere.
    pub(super) fn give_back(&self, rest: Box<OtherPaths>) {
        debug_assert!(self.outgoing.is_empty(), "they are taken once");
        let _ = self.outgoing.push(rest);
    }
}
