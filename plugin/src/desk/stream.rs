//! The stream that the host has started: its rate, its channels, its latency, its paths.
//!
//! The host's thread writes, everybody reads; the audio thread touches the latency alone. The
//! lock is between host and worker.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use burnish_dsp::chain::{PathHandOver, SNAPSHOTS};
use burnish_dsp::settings::ChainSettings;

use crate::lock::lock;

/// The present stream.
#[derive(Debug, Default)]
pub(crate) struct StreamDesk {
    /// 0 before the host has started it.
    sample_rate_hz: AtomicU32,
    is_mono: AtomicBool,
    /// Counts the streams that were started.
    count: AtomicU32,
    latency_frames: AtomicUsize,
    /// Through which it gets the paths of all snapshots, should it need them.
    paths: Mutex<Option<Arc<PathHandOver>>>,
}

impl StreamDesk {
    /// The host starts a stream.
    pub(crate) fn start(&self, sample_rate_hz: f32, latency_frames: usize, is_mono: bool) {
        self.is_mono.store(is_mono, Ordering::Relaxed);
        self.sample_rate_hz.store(sample_rate_hz.round() as u32, Ordering::Relaxed);
        self.latency_frames.store(latency_frames, Ordering::Relaxed);
        // Whoever sees the new stream sees its rate.
        self.count.fetch_add(1, Ordering::Release);
    }

    /// Its sample rate, Hz; `None` before the host has started it.
    pub(crate) fn sample_rate_hz(&self) -> Option<u32> {
        Some(self.sample_rate_hz.load(Ordering::Relaxed)).filter(|rate| *rate > 0)
    }

    /// Whether it has one channel.
    pub(crate) fn is_mono(&self) -> bool {
        self.is_mono.load(Ordering::Relaxed)
    }

    /// Counts the streams: a new one has no references yet.
    pub(crate) fn count(&self) -> u32 {
        self.count.load(Ordering::Acquire)
    }

    /// Audio thread: the latency has changed with the equaliser's phase.
    pub(crate) fn latency_changed(&self, latency_frames: usize) {
        self.latency_frames.store(latency_frames, Ordering::Relaxed);
    }

    pub(crate) fn latency_frames(&self) -> usize {
        self.latency_frames.load(Ordering::Relaxed)
    }

    /// The paths of the stream that the host starts, or none: it has ended.
    pub(crate) fn set_paths(&self, paths: Option<Arc<PathHandOver>>) {
        *lock(&self.paths) = paths;
    }

    /// Not under the lock: the host may end the stream meanwhile.
    fn paths(&self) -> Option<Arc<PathHandOver>> {
        lock(&self.paths).clone()
    }

    /// Worker: builds the paths and makes the kernels that the audio thread has
    /// asked for; whether there were any.
    pub(crate) fn serve_paths(&self) -> bool {
        self.paths().is_some_and(|paths| paths.serve())
    }

    /// Builds the paths that all snapshots need.
    pub(super) fn prepare_paths(&self, all: &[ChainSettings; SNAPSHOTS]) {
        if let Some(paths) = self.paths() {
            paths.prepare(all);
        }
    }

    /// Builds what a change of all settings, or of the phase, needs, so that the audio
    /// thread has not to wait for it.
    pub(crate) fn prepare_change(&self) {
        if let Some(paths) = self.paths() {
            paths.prepare_change();
        }
    }
}
