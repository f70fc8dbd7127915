//! What a timeline has measured, slot by slot, where any thread may read it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};

use crate::units::power_to_db;

/// Slots in a second: each is one hop of the gating blocks, 100 ms.
pub const SLOTS_PER_SECOND: usize = 10;
/// Slots of the longest song: 3 h.
pub const SLOTS: usize = 3 * 3600 * SLOTS_PER_SECOND;
/// Values kept of each slot, in the order of `Lane`.
pub const LANES: usize = 4;

/// Nothing has been measured.
pub(super) const NONE: u16 = 0;
/// Something was measured, and it was silence.
const SILENCE: u16 = 1;
const LOWEST: u16 = 2;
/// The level of [`LOWEST`], dB.
const LOWEST_DB: f64 = -120.0;
/// Levels reach up to +43.8 dB.
const STEP_DB: f64 = 0.0025;

/// What is kept of a slot, each as a level in 16 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// K-weighted mean square of both channels.
    Power,
    /// Highest momentary loudness read every 10 ms, where the 400 ms were played in one go.
    Momentary,
    /// True peak, left.
    PeakLeft,
    /// True peak, right.
    PeakRight,
}

impl Lane {
    pub(super) const PEAKS: [Self; 2] = [Self::PeakLeft, Self::PeakRight];
}

/// The code of a level in dB; what is not a number is silence.
pub(super) fn code_of(level_db: f64) -> u16 {
    if level_db >= LOWEST_DB {
        let steps = ((level_db - LOWEST_DB) / STEP_DB).round();
        LOWEST.saturating_add(steps as u16)
    } else {
        SILENCE
    }
}

/// The level of a code in dB: none where nothing was measured, negative
/// infinity for silence.
pub(super) fn level_of(code: u16) -> Option<f64> {
    match code {
        NONE => None,
        SILENCE => Some(f64::NEG_INFINITY),
        _ => Some(LOWEST_DB + f64::from(code - LOWEST) * STEP_DB),
    }
}

/// The code of a mean square.
pub(super) fn code_of_power(power: f64) -> u16 {
    code_of(power_to_db(power))
}

/// The mean square of a code.
pub(super) fn power_of(code: u16) -> Option<f64> {
    level_of(code).map(|level_db| 10f64.powf(0.1 * level_db))
}

/// A copy of what a timeline has measured, to be saved and restored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimelineContents {
    /// The slot that the first of `slots` belongs to.
    pub first_slot: usize,
    /// Every slot from the first to the last that was ever touched.
    pub slots: Vec<[u16; LANES]>,
}

/// Slots for 3 h of song in fixed memory (864 kB), written by the audio thread.
///
/// Every value is an atomic of its own: a reader may see a slot of which one
/// value is of this pass and another still of the last, never a broken one.
#[derive(Debug)]
pub struct TimelineStore {
    lanes: [Box<[AtomicU16]>; LANES],
    /// First touched slot in the upper half, the one after the last in the lower.
    touched: AtomicU64,
}

const UNTOUCHED: (usize, usize) = (SLOTS, 0);

fn packed((first, end): (usize, usize)) -> u64 {
    ((first as u64) << 32) | end as u64
}

impl TimelineStore {
    /// Nothing measured yet.
    pub fn new() -> Arc<Self> {
        Arc::new(Self::default())
    }

    /// What was saved; what lies beyond the last slot is left out.
    pub fn with_contents(contents: &TimelineContents) -> Arc<Self> {
        let store = Self::default();
        let slots = contents.slots.iter().zip(contents.first_slot.min(SLOTS)..SLOTS);
        for (codes, slot) in slots {
            for (lane, code) in store.lanes.iter().zip(codes) {
                lane[slot].store(*code, Ordering::Relaxed);
            }
            store.touch(slot);
        }
        Arc::new(store)
    }

    /// A copy of everything that was measured.
    pub fn contents(&self) -> TimelineContents {
        let (first, end) = self.touched();
        let codes = |slot: usize| {
            std::array::from_fn(|lane| self.lanes[lane][slot].load(Ordering::Relaxed))
        };
        let slots: Vec<_> = (first..end).map(codes).collect();
        TimelineContents { first_slot: if slots.is_empty() { 0 } else { first }, slots }
    }

    /// The first slot that was touched, and the one after the last.
    pub(super) fn touched(&self) -> (usize, usize) {
        let packed = self.touched.load(Ordering::Relaxed);
        ((packed >> 32) as usize, (packed & u64::from(u32::MAX)) as usize)
    }

    /// Playback has been in this slot. Only one thread writes.
    pub(super) fn touch(&self, slot: usize) {
        let (first, end) = self.touched();
        let touched = (first.min(slot), end.max(slot + 1));
        self.touched.store(packed(touched), Ordering::Relaxed);
    }

    pub(super) fn read(&self, lane: Lane, slot: usize) -> u16 {
        self.lanes[lane as usize][slot].load(Ordering::Relaxed)
    }

    pub(super) fn write(&self, lane: Lane, slot: usize, code: u16) {
        self.lanes[lane as usize][slot].store(code, Ordering::Relaxed);
    }

    pub(super) fn clear(&self) {
        let (first, end) = self.touched();
        for lane in &self.lanes {
            for code in lane.iter().take(end).skip(first) {
                code.store(NONE, Ordering::Relaxed);
            }
        }
        self.touched.store(packed(UNTOUCHED), Ordering::Relaxed);
    }
}

impl Default for TimelineStore {
    fn default() -> Self {
        let lane = |_| (0..SLOTS).map(|_| AtomicU16::new(NONE)).collect();
        Self { lanes: std::array::from_fn(lane), touched: AtomicU64::new(packed(UNTOUCHED)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_hold_every_level_to_an_eighth_of_a_hundredth() {
        for n in 0..1600 {
            let level_db = -119.99 + 0.1021 * f64::from(n);
            let kept = level_of(code_of(level_db)).unwrap();
            assert!(
                (kept - level_db).abs() <= 0.5 * STEP_DB + 1e-9,
                "{level_db} is kept as {kept}"
            );
        }
        for silent in [f64::NEG_INFINITY, -121.0, f64::NAN] {
            assert_eq!(level_of(code_of(silent)), Some(f64::NEG_INFINITY));
        }
        assert_eq!(code_of(f64::INFINITY), u16::MAX);
        assert_eq!(level_of(NONE), None);
        assert_eq!(power_of(SILENCE), Some(0.0));
    }

    #[test]
    fn what_was_saved_comes_back() {
        let contents = TimelineContents {
            first_slot: 30,
            slots: vec![[5, 6, 7, 8], [0; 4], [1, 0, 65_535, 2]],
        };
        assert_eq!(TimelineStore::with_contents(&contents).contents(), contents);
        assert_eq!(TimelineStore::new().contents(), TimelineContents::default());
        let long = TimelineContents { first_slot: SLOTS - 2, ..contents };
        assert_eq!(TimelineStore::with_contents(&long).contents().slots.len(), 2);
        let beyond = TimelineContents { first_slot: usize::MAX, ..long };
        assert_eq!(TimelineStore::with_contents(&beyond).contents(), TimelineContents::default());
    }
}
