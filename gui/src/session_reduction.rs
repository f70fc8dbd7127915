//! How often there was how much gain reduction since the meters were last reset.
//!
//! The history that the editor is shown holds the last seconds only. New
//! columns of it are recognised by the measured time of the input, which runs on
//! the same grid of 10 ms (that of the output may be the song's), and counted.

use std::collections::VecDeque;

use burnish_dsp::readings::{ChainSnapshot, HistoryPoint};
use burnish_dsp::settings::ChainSettings;

/// Columns of the histogram.
pub(crate) const BINS: usize = 48;
/// Width of a column, dB.
pub(crate) const BIN_DB: f64 = 0.25;
/// Columns of the history in a second.
const POINTS_PER_SECOND: f64 = 100.0;
/// Below this magnitude (-60 dBFS) the stage has nothing to do and is not counted.
const AUDIBLE: f32 = 0.001;

/// A histogram of gain reduction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Histogram {
    counts: [u32; BINS],
    total: u32,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: [0; BINS], total: 0 }
    }
}

impl Histogram {
    fn add(&mut self, reduction_db: f32) {
        let bin = (f64::from(reduction_db.max(0.0)) / BIN_DB) as usize;
        self.counts[bin.min(BINS - 1)] += 1;
        self.total += 1;
    }

    /// Share of the time in each column, 0 to 1.
    pub(crate) fn shares(&self) -> impl Iterator<Item = f64> + '_ {
        let total = f64::from(self.total.max(1));
        self.counts.iter().map(move |&count| f64::from(count) / total)
    }

    /// Share of the time between two reductions.
    pub(crate) fn share_between(&self, low_db: f64, high_db: f64) -> f64 {
        let bins = (low_db / BIN_DB) as usize..((high_db / BIN_DB) as usize).min(BINS);
        let count: u32 = self.counts[bins].iter().sum();
        f64::from(count) / f64::from(self.total.max(1))
    }

    /// Whether nothing has been counted yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.total == 0
    }
}

/// Histograms since the last reset.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct SessionReduction {
    /// Of the glue compressor.
    pub(crate) glue: Histogram,
    /// Of the clipper.
    pub(crate) clipper: Histogram,
    /// Of the limiter.
    pub(crate) limiter: Histogram,
    counted_points: u64,
}

impl SessionReduction {
    /// Counts the columns that are new since the last frame, of each stage while it is on.
    pub(crate) fn update(
        &mut self,
        settings: &ChainSettings,
        meters: &ChainSnapshot,
        history: &VecDeque<HistoryPoint>,
    ) {
        let measured_s = meters.input.loudness.measured_s;
        let points = (measured_s.max(0.0) * POINTS_PER_SECOND).round() as u64;
        if points < self.counted_points {
            *self = Self::default();
        }
        let new = (points - self.counted_points).min(history.len() as u64) as usize;
        self.counted_points = points;
        for point in history.range(history.len() - new..) {
            if point.input_peak > AUDIBLE {
                for (is_on, histogram, reduction_db) in [
                    (settings.glue.is_on, &mut self.glue, point.glue_db),
                    (settings.clipper.is_on, &mut self.clipper, point.clipper_db),
                    (settings.limiter.is_on, &mut self.limiter, point.limiter_db),
                ] {
                    if is_on {
                        histogram.add(reduction_db);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_new_columns_are_counted_and_a_reset_starts_afresh() {
        let mut meters = ChainSnapshot::default();
        let point = HistoryPoint { input_peak: 0.5, glue_db: 2.1, ..HistoryPoint::default() };
        let mut history: VecDeque<_> = std::iter::repeat_n(point, 30).collect();
        let mut session = SessionReduction::default();
        let mut settings = ChainSettings::default();
        settings.glue.is_on = true;
        meters.input.loudness.measured_s = 0.2;
        session.update(&settings, &meters, &history);
        assert_eq!(session.glue.total, 20);
        assert_eq!(session.limiter.total, 0, "nor does a stage that is off");
        session.update(&settings, &meters, &history);
        assert_eq!(session.glue.total, 20);
        history.extend(std::iter::repeat_n(HistoryPoint::default(), 5));
        meters.input.loudness.measured_s = 0.25;
        session.update(&settings, &meters, &history);
        assert_eq!(session.glue.total, 20, "silence counts for nothing");
        assert!((session.glue.share_between(1.0, 3.0) - 1.0).abs() < 1e-12);
        meters.input.loudness.measured_s = 0.0;
        session.update(&settings, &meters, &history);
        assert!(session.glue.is_empty());
    }
}
