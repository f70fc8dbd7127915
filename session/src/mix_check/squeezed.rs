//! Whether a limiter has held the mix down already, at any level.
//!
//! Where nothing holds them, the peaks of short blocks spread over many decibels and only few come
//! near the highest. Behind a limiter many stand within half a decibel of one level. A loud song
//! with few peaks far above its loudness says the same, less surely.

use super::finding::{Finding, Kind, Span, Sureness};
use super::levels::LevelCounts;
use crate::measure::Measures;

/// The blocks whose peaks are counted, seconds.
const BLOCK_S: f64 = 0.02;
const STEP_DB: f64 = 0.05;
/// Peaks within this of the highest stand at one level, dB.
const PLATEAU_DB: f64 = 0.6;
/// They are counted against those within this, dB.
const LOUD_DB: f64 = 6.0;
/// The level is looked for this far below the highest: single peaks pass some limiters, dB.
const TOP_DB: f64 = 2.0;
/// What it is told apart by: the blocks in so many dB below it.
const BELOW_DB: f64 = 2.4;
/// The share of loud blocks whose peaks stand at one level, beyond what the blocks below it let
/// expect, from which on it is told, per cent.
const FOUND_PERCENT: f64 = 8.5;
/// From here on it is likely,
const LIKELY_PERCENT: f64 = 15.0;
/// and certain.
const CERTAIN_PERCENT: f64 = 20.0;
/// A mix whose peaks lie so little above its loudness was held down somehow, dB.
const LEAST_PLR_DB: f64 = 10.0;
/// Loud blocks without which nothing is said.
const FEWEST: u64 = 50;
/// Seconds of a passage.
const SPAN_S: f64 = 3.0;

/// Looks for what a limiter leaves.
#[derive(Debug)]
pub(super) struct Squeezed {
    sample_rate_hz: f64,
    block_frames: usize,
    peaks: LevelCounts,
    peak: f32,
    in_block: usize,
    before: [f32; 2],
    last: [f32; 2],
    /// The peak of each block, dB.
    blocks: Vec<f32>,
}

impl Squeezed {
    pub(super) fn new(sample_rate_hz: f64) -> Self {
        Self {
            sample_rate_hz,
            block_frames: ((BLOCK_S * sample_rate_hz) as usize).max(1),
            peaks: LevelCounts::new(STEP_DB),
            peak: 0.0,
            in_block: 0,
            before: [0.0; 2],
            last: [0.0; 2],
            blocks: Vec::new(),
        }
    }

    pub(super) fn take(&mut self, left: &[f32], right: &[f32]) {
        for (left, right) in left.iter().zip(right) {
            for (channel, sample) in [*left, *right].into_iter().enumerate() {
                let (before, top) = (self.before[channel], self.last[channel]);
                if top.abs() >= before.abs() && top.abs() >= sample.abs() {
                    // The top of the parabola through the three.
                    let (slope, bend) = (sample - before, before - 2.0 * top + sample);
                    let rise = if bend == 0.0 { 0.0 } else { slope * slope / (8.0 * bend) };
                    self.peak = self.peak.max((top - rise).abs());
                }
                self.before[channel] = top;
                self.last[channel] = sample;
            }
            self.in_block += 1;
            if self.in_block == self.block_frames {
                self.in_block = 0;
                let level_db = 20.0 * std::mem::take(&mut self.peak).max(1e-9).log10();
                self.peaks.count(f64::from(level_db));
                self.blocks.push(level_db);
            }
        }
    }

    /// The share of loud blocks that stand at one level beyond what the blocks below it let
    /// expect, per cent, and that level.
    fn plateau(&self) -> Option<(f64, f64)> {
        let highest_db = self.peaks.highest_db()?;
        let loud = self.peaks.between(highest_db - LOUD_DB, highest_db);
        if loud < FEWEST {
            return None;
        }
        let steps = (TOP_DB / STEP_DB) as usize;
        (0..=steps)
            .map(|step| {
                let top_db = highest_db - STEP_DB * step as f64;
                let foot_db = top_db - PLATEAU_DB;
                let at = self.peaks.between(foot_db, top_db) as f64;
                let below = self.peaks.between(foot_db - BELOW_DB, foot_db) as f64;
                let expected = below * PLATEAU_DB / BELOW_DB;
                (100.0 * (at - expected).max(0.0) / loud as f64, top_db)
            })
            .max_by(|a, b| a.0.total_cmp(&b.0))
    }

    /// What there is to be seen.
    pub(super) fn evidence(&self, measures: &Measures) -> String {
        format!("{:.1?} plr {:.1} psr {:.1}", self.plateau(), measures.plr_db, measures.min_psr_db)
    }

    pub(super) fn findings(&self, measures: &Measures) -> Vec<Finding> {
        let Some((share_percent, level_db)) = self.plateau() else { return Vec::new() };
        let sureness = if share_percent >= CERTAIN_PERCENT {
            Sureness::Certain
        } else if share_percent >= LIKELY_PERCENT {
            Sureness::Likely
        } else if share_percent >= FOUND_PERCENT || measures.plr_db < LEAST_PLR_DB {
            Sureness::Uncertain
        } else {
            return Vec::new();
        };
        vec![
            Finding::new(Kind::Limiting, sureness, share_percent, FOUND_PERCENT)
                .at(self.worst(level_db)),
        ]
    }

    /// The three seconds in which most blocks stand at that level.
    fn worst(&self, level_db: f64) -> Vec<Span> {
        let of_span = (SPAN_S / BLOCK_S) as usize;
        let at = |block: &f32| {
            let below_db = level_db - f64::from(*block);
            usize::from((-STEP_DB..=PLATEAU_DB).contains(&below_db))
        };
        let mut held: usize = self.blocks.iter().take(of_span).map(at).sum();
        let mut most = (held, 0);
        for start in 1..=self.blocks.len().saturating_sub(of_span) {
            held = held + at(&self.blocks[start + of_span - 1]) - at(&self.blocks[start - 1]);
            most = most.max((held, usize::MAX - start));
        }
        let start = if most.1 == 0 { 0 } else { usize::MAX - most.1 };
        let block_s = self.block_frames as f64 / self.sample_rate_hz;
        let from_s = start as f64 * block_s;
        vec![Span { from_s, to_s: from_s + SPAN_S.min(self.blocks.len() as f64 * block_s) }]
    }
}
