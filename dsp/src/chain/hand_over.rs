//! How what a chain does not have from the start reaches it while it runs.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crossbeam::queue::ArrayQueue;

use super::path::SignalPath;
use super::snapshot_output::SnapshotOutput;
use super::snapshot_settings::SNAPSHOTS;
use crate::equalizer::{KernelMaker, KernelOrders};
use crate::processor::AudioSpec;
use crate::settings::ChainSettings;

/// Paths that a change needs: one at work, and one beside it.
pub(super) const CROSSING_PATHS: usize = 2;

/// Some of what a chain with one path lacks.
#[derive(Debug)]
pub(super) struct OtherPaths {
    pub(super) paths: Vec<SignalPath>,
    /// Of all snapshots, with the last path.
    pub(super) outputs: Vec<SnapshotOutput>,
}

impl OtherPaths {
    /// Builds the paths of these numbers, which order their kernels there, or make
    /// them themselves; the only place that allocates.
    pub(super) fn new(
        spec: AudioSpec,
        numbers: Range<usize>,
        orders: Option<&[Arc<KernelOrders>; SNAPSHOTS]>,
    ) -> Self {
        let outputs = if numbers.end == SNAPSHOTS { SNAPSHOTS } else { 0 };
        let path = |number: usize| {
            let mut path = SignalPath::new(spec);
            path.order_kernels(orders.map(|orders| Arc::clone(&orders[number])));
            path
        };
        Self {
            paths: numbers.map(path).collect(),
            outputs: (0..outputs).map(|_| SnapshotOutput::new(spec)).collect(),
        }
    }
}

/// Carries the other paths of one stream to the audio thread, without locks, and
/// the kernels of all: most streams never need them, and they are most of what a
/// chain is made of.
#[derive(Debug)]
pub struct PathHandOver {
    spec: AudioSpec,
    /// Paths that the chain has asked for, and that there are.
    wanted: AtomicUsize,
    built: AtomicUsize,
    incoming: ArrayQueue<Box<OtherPaths>>,
    outgoing: ArrayQueue<Box<OtherPaths>>,
    /// Of each path; while rendering each makes its own, so that nothing depends
    /// on how quick another thread is.
    orders: Option<[Arc<KernelOrders>; SNAPSHOTS]>,
    maker: Mutex<Option<KernelMaker>>,
}

impl PathHandOver {
    /// For a stream that is played; nothing has been asked for yet.
    pub fn new(spec: AudioSpec) -> Arc<Self> {
        Self::build_for(spec, Some(std::array::from_fn(|_| KernelOrders::new())))
    }

    /// For a stream that is rendered: all comes at once that is prepared.
    pub fn for_render(spec: AudioSpec) -> Arc<Self> {
        let hand_over = Self::build_for(spec, None);
        hand_over.build(CROSSING_PATHS);
        hand_over
    }

    fn build_for(spec: AudioSpec, orders: Option<[Arc<KernelOrders>; SNAPSHOTS]>) -> Arc<Self> {
        Arc::new(Self {
            spec,
            wanted: AtomicUsize::new(1),
            built: AtomicUsize::new(1),
            // There is room for one path, and then for the others.
            incoming: ArrayQueue::new(2),
            outgoing: ArrayQueue::new(2),
            orders,
            maker: Mutex::new(None),
        })
    }

    /// Any thread but the audio thread: builds the paths and makes the kernels that
    /// the chain has asked for, and frees what it has given back. True when it has
    /// built or made something.
    pub fn serve(&self) -> bool {
        while self.outgoing.pop().is_some() {}
        let has_built = self.build(self.wanted.load(Ordering::Acquire));
        self.make_kernels() || has_built
    }

    /// The same before these settings reach the chain, so that it has not to wait.
    pub fn prepare(&self, all: &[ChainSettings; SNAPSHOTS]) {
        if all.iter().any(|settings| settings.equalizer.phase != all[0].equalizer.phase) {
            self.build(SNAPSHOTS);
        } else if all.iter().any(|settings| settings != &all[0]) {
            self.prepare_change();
        }
    }

    /// The same before something is loaded, or another phase chosen.
    pub fn prepare_change(&self) {
        self.build(CROSSING_PATHS);
    }

    /// Once for each path.
    fn build(&self, count: usize) -> bool {
        let first = self.built.fetch_max(count, Ordering::AcqRel);
        if first < count {
            let others = OtherPaths::new(self.spec, first..count, self.orders.as_ref());
            // There is room: more than twice it does not come this far.
            let _ = self.incoming.push(Box::new(others));
        }
        first < count
    }

    fn make_kernels(&self) -> bool {
        let mut has_made = false;
        for orders in self.orders.iter().flatten() {
            while let Some(order) = orders.next() {
                let mut maker = self.maker.lock().unwrap_or_else(PoisonError::into_inner);
                maker.get_or_insert_with(|| KernelMaker::new(self.spec)).make(orders, order);
                has_made = true;
            }
        }
        has_made
    }

    /// Where the path of this number orders its kernels.
    pub(super) fn orders_of(&self, path: usize) -> Option<Arc<KernelOrders>> {
        self.orders.as_ref().map(|orders| Arc::clone(&orders[path]))
    }

    /// Audio thread: asks for so many paths in all.
    pub(super) fn want(&self, count: usize) {
        self.wanted.fetch_max(count, Ordering::AcqRel);
    }

    pub(super) fn take(&self) -> Option<Box<OtherPaths>> {
        self.incoming.pop()
    }

    /// Gives back what is left of them, to be freed elsewhere.
    pub(super) fn give_back(&self, rest: Box<OtherPaths>) {
        debug_assert!(!self.outgoing.is_full(), "they are taken once");
        let _ = self.outgoing.push(rest);
    }
}
