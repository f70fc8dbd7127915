//! How often each stage took how much gain since the meters were last reset.
//!
//! Counted on the audio thread, whoever looks, and read from any: only atomics.

use std::sync::atomic::{AtomicU32, Ordering};

/// Columns of a histogram.
pub const REDUCTION_BINS: usize = 48;
/// Width of a column, dB.
pub const REDUCTION_BIN_DB: f64 = 0.25;

/// How often there was how much gain reduction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReductionHistogram {
    counts: [u32; REDUCTION_BINS],
}

impl Default for ReductionHistogram {
    fn default() -> Self {
        Self { counts: [0; REDUCTION_BINS] }
    }
}

impl ReductionHistogram {
    /// Counts a moment with such a reduction.
    pub fn count(&mut self, reduction_db: f32) {
        let count = &mut self.counts[bin(reduction_db)];
        *count = count.saturating_add(1);
    }

    fn total(&self) -> f64 {
        self.counts.iter().copied().map(f64::from).sum::<f64>().max(1.0)
    }

    /// Share of the time in each column, 0 to 1.
    pub fn shares(&self) -> impl Iterator<Item = f64> + '_ {
        let total = self.total();
        self.counts.iter().map(move |&count| f64::from(count) / total)
    }

    /// Share of the time between two reductions.
    pub fn share_between(&self, low_db: f64, high_db: f64) -> f64 {
        let place = |db: f64| ((db / REDUCTION_BIN_DB) as usize).min(REDUCTION_BINS);
        let count: f64 =
            self.counts[place(low_db)..place(high_db)].iter().copied().map(f64::from).sum();
        count / self.total()
    }

    /// Whether nothing has been counted yet.
    pub fn is_empty(&self) -> bool {
        self.counts == [0; REDUCTION_BINS]
    }
}

fn bin(reduction_db: f32) -> usize {
    ((f64::from(reduction_db.max(0.0)) / REDUCTION_BIN_DB) as usize).min(REDUCTION_BINS - 1)
}

/// What the stages have that reduce gain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reducing<T> {
    /// Of the glue compressor.
    pub glue: T,
    /// Of the clipper.
    pub clipper: T,
    /// Of the limiter.
    pub limiter: T,
}

/// The histograms as threads share them.
#[derive(Debug)]
pub(crate) struct SharedReductions {
    counts: [[AtomicU32; REDUCTION_BINS]; 3],
}

impl SharedReductions {
    pub(crate) fn new() -> Self {
        Self { counts: std::array::from_fn(|_| std::array::from_fn(|_| AtomicU32::new(0))) }
    }

    /// Audio thread: counts a moment; a stage that is off has none.
    pub(crate) fn count(&self, reductions_db: Reducing<Option<f32>>) {
        let Reducing { glue, clipper, limiter } = reductions_db;
        for (counts, reduction_db) in self.counts.iter().zip([glue, clipper, limiter]) {
            if let Some(reduction_db) = reduction_db {
                counts[bin(reduction_db)].fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Audio thread: begins anew.
    pub(crate) fn reset(&self) {
        for count in self.counts.iter().flatten() {
            count.store(0, Ordering::Relaxed);
        }
    }

    /// What was counted up to now.
    pub(crate) fn read(&self) -> Reducing<ReductionHistogram> {
        let [glue, clipper, limiter] = [0, 1, 2].map(|stage: usize| ReductionHistogram {
            counts: std::array::from_fn(|n| self.counts[stage][n].load(Ordering::Relaxed)),
        });
        Reducing { glue, clipper, limiter }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_read_until_it_begins_anew() {
        let shared = SharedReductions::new();
        shared.count(Reducing { glue: Some(2.1), clipper: None, limiter: Some(99.0) });
        shared.count(Reducing { glue: Some(0.0), clipper: None, limiter: Some(-1.0) });
        let read = shared.read();
        assert!((read.glue.share_between(1.0, 3.0) - 0.5).abs() < 1e-12);
        assert!(read.clipper.is_empty() && !read.limiter.is_empty());
        assert_eq!(read.limiter.shares().last(), Some(0.5), "the last column holds all beyond it");
        shared.reset();
        assert_eq!(shared.read(), Reducing::default());
    }
}
