//! Loudness by position in the song: what is played again replaces what was measured there.
//!
//! The song is cut into slots of 100 ms, the hop of BS.1770's gating blocks.
//! Each keeps its K-weighted energy, so that four slots in a row make a gating
//! block and thirty a window of the loudness range, whenever each of them was
//! played. A slot that changes takes the 4 blocks and 30 windows that contain it
//! out of the histograms and puts the new ones in; the cost of a slot and of a
//! reading is constant.
//!
//! A slot counts once it has been played from its first frame to its last
//! without a jump; until then an older value stays. Blocks and windows are made
//! only of slots that all have been measured.
//!
//! Loudness is kept in steps of 0.0025 LU, so nothing read here is further than
//! 0.00125 LU from the sum of what was played. The maxima: short-term is read
//! every 100 ms (Tech 3341 needs 136 ms). Momentary would have to be read every
//! 18 ms, so each slot also keeps the highest reading of every 10 ms whose
//! 400 ms were played in one go; it is dropped when one of the four slots
//! before is replaced, and what remains is the block read every 100 ms. A
//! slot's true peak is that of the 100 ms in which the detector reports, 2 ms late.
//!
//! The slots last for 3 h from position 0; what lies before or beyond is not measured.

mod highest;
mod store;

use std::sync::Arc;

pub use self::store::{LANES, SLOTS, SLOTS_PER_SECOND, TimelineContents, TimelineStore};

use self::highest::Highest;
use self::store::{Lane, NONE, code_of, code_of_power, level_of, power_of};
use super::SlotLoudness;
use super::histogram::Histogram;
use super::scale::{
    ABSOLUTE_GATE_LUFS, INTEGRATED_GATE_LU, OFFSET_DB, RANGE_GATE_LU, RANGE_PERCENTILES, lufs,
};

/// Slots of a gating block: 400 ms.
const BLOCK_SLOTS: usize = 4;
/// Slots of a window of short-term loudness: 3 s.
const WINDOW_SLOTS: usize = 30;
/// How far the windows that contain a slot reach.
const REACH: usize = WINDOW_SLOTS - 1;

/// What a timeline reads of the whole song; negative infinity where there is no reading yet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimelineSnapshot {
    /// Gated integrated loudness of all measured slots, LUFS.
    pub integrated_lufs: f64,
    /// Highest momentary loudness, LUFS.
    pub max_momentary_lufs: f64,
    /// Highest short-term loudness, LUFS.
    pub max_short_term_lufs: f64,
    /// Loudness range, LU; negative infinity before there are readings.
    pub loudness_range_lu: f64,
    /// Highest true peak, left and right, dBTP.
    pub max_true_peak_dbtp: [f64; 2],
    /// How much of the song has been measured, seconds.
    pub measured_s: f64,
    /// From the first to the last slot that playback has ever been in, seconds:
    /// what is known of the length of the song, which hosts do not tell.
    pub span_s: f64,
}

impl Default for TimelineSnapshot {
    fn default() -> Self {
        Self {
            integrated_lufs: f64::NEG_INFINITY,
            max_momentary_lufs: f64::NEG_INFINITY,
            max_short_term_lufs: f64::NEG_INFINITY,
            loudness_range_lu: f64::NEG_INFINITY,
            max_true_peak_dbtp: [f64::NEG_INFINITY; 2],
            measured_s: 0.0,
            span_s: 0.0,
        }
    }
}

/// What has been measured of a slot.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SlotMeasures {
    pub(crate) loudness: SlotLoudness,
    /// True peak, left and right, full scale 1.0.
    pub(crate) peaks: [f32; 2],
}

/// Where playback is.
#[derive(Clone, Copy, Debug)]
struct Playhead {
    /// Position of the next frame.
    frame: i64,
    /// The slot it lies in; none before or beyond the timeline.
    slot: Option<usize>,
    /// The first frame after the slot.
    end: i64,
    /// Whether the slot has been played from its first frame.
    is_whole: bool,
}

/// The measured song.
#[derive(Debug)]
pub struct Timeline {
    store: Arc<TimelineStore>,
    sample_rate_hz: f64,
    blocks: Histogram,
    windows: Histogram,
    momentary: Highest,
    peaks: [Highest; 2],
    measured_slots: usize,
    readings: TimelineSnapshot,
    playhead: Option<Playhead>,
}

impl Timeline {
    /// Builds it over what the store holds; the only place that allocates. It
    /// has to be the only one that writes to the store.
    pub fn new(store: Arc<TimelineStore>) -> Self {
        let mut timeline = Self {
            store,
            sample_rate_hz: 48_000.0,
            blocks: Histogram::new(),
            windows: Histogram::new(),
            momentary: Highest::new(),
            peaks: [Highest::new(), Highest::new()],
            measured_slots: 0,
            readings: TimelineSnapshot::default(),
            playhead: None,
        };
        timeline.take_in_store();
        timeline
    }

    /// What has been measured, readable from any thread.
    pub fn store(&self) -> &Arc<TimelineStore> {
        &self.store
    }

    /// What the timeline reads now.
    pub fn snapshot(&self) -> TimelineSnapshot {
        self.readings
    }

    /// Forgets all that was measured.
    pub fn clear(&mut self) {
        self.store.clear();
        self.blocks.reset();
        self.windows.reset();
        self.momentary.reset();
        self.peaks.iter_mut().for_each(Highest::reset);
        self.measured_slots = 0;
        self.readings = TimelineSnapshot::default();
        self.playhead = None;
    }

    /// The rate that positions are counted in.
    pub(crate) fn set_sample_rate_hz(&mut self, sample_rate_hz: f64) {
        self.sample_rate_hz = sample_rate_hz;
        self.playhead = None;
    }

    /// Says where the next frame lies. True when it does not follow the last
    /// one: a new pass begins.
    pub(crate) fn seek(&mut self, position: Option<i64>) -> bool {
        if self.playhead.map(|playhead| playhead.frame) == position {
            return false;
        }
        self.playhead = position.map(|frame| self.playhead_at(frame));
        self.playhead.is_some()
    }

    /// Frames until the slot ends.
    pub(crate) fn frames_left(&self) -> usize {
        // Beyond the timeline there is no end, before it there is always a frame.
        self.playhead.filter(|playhead| playhead.frame < playhead.end).map_or(
            usize::MAX,
            |playhead| {
                let left = playhead.end.saturating_sub(playhead.frame);
                usize::try_from(left).unwrap_or(usize::MAX)
            },
        )
    }

    /// Moves on by at least a frame and at most [`Self::frames_left`]. True when that ended a slot,
    /// which `measures` are those of.
    pub(crate) fn advance(
        &mut self,
        frames: usize,
        measures: impl FnOnce() -> SlotMeasures,
    ) -> bool {
        self.touch();
        let Some(playhead) = &mut self.playhead else { return false };
        playhead.frame = playhead.frame.saturating_add(frames as i64);
        let Playhead { frame, slot, end, is_whole } = *playhead;
        if frame < end {
            return false;
        }
        if let Some(slot) = slot.filter(|_| is_whole) {
            let slot_frames = end - self.start_of(slot as i64);
            self.write(slot, &measures(), slot_frames as f64);
        }
        self.playhead = Some(self.playhead_at(frame));
        true
    }

    fn start_of(&self, slot: i64) -> i64 {
        (slot as f64 * self.sample_rate_hz / SLOTS_PER_SECOND as f64).round() as i64
    }

    fn playhead_at(&self, frame: i64) -> Playhead {
        let outside = |end| Playhead { frame, slot: None, end, is_whole: false };
        if frame < 0 {
            return outside(0);
        }
        if frame >= self.start_of(SLOTS as i64) {
            return outside(i64::MAX);
        }
        let mut slot = (frame as f64 * SLOTS_PER_SECOND as f64 / self.sample_rate_hz) as i64;
        // Where slots do not begin on whole frames, the quotient may be one off.
        if self.start_of(slot) > frame {
            slot -= 1;
        } else if self.start_of(slot + 1) <= frame {
            slot += 1;
        }
        let is_whole = frame == self.start_of(slot);
        let end = self.start_of(slot + 1);
        Playhead { frame, slot: Some((slot as usize).min(SLOTS - 1)), end, is_whole }
    }

    fn touch(&mut self) {
        let Some(slot) = self.playhead.and_then(|playhead| playhead.slot) else { return };
        self.store.touch(slot);
        self.read_span();
    }

    fn read_span(&mut self) {
        let (first, end) = self.store.touched();
        let seconds = |slots: usize| slots as f64 / SLOTS_PER_SECOND as f64;
        self.readings.span_s = seconds(end.saturating_sub(first));
        self.readings.measured_s = seconds(self.measured_slots);
    }

    /// Replaces what was measured of a slot.
    fn write(&mut self, slot: usize, measures: &SlotMeasures, slot_frames: f64) {
        let power = code_of_power(measures.loudness.energy / slot_frames);
        let old = self.store.read(Lane::Power, slot);
        if power != old {
            self.tally_around(slot, Histogram::remove);
            self.store.write(Lane::Power, slot, power);
            self.tally_around(slot, Histogram::add);
            self.measured_slots += usize::from(old == NONE);
        }
        let momentary = match measures.loudness.momentary_power {
            power if power > 0.0 => code_of_power(power),
            _ => NONE,
        };
        self.replace(Lane::Momentary, slot, momentary);
        for slot in slot + 1..(slot + 1 + BLOCK_SLOTS).min(SLOTS) {
            self.replace(Lane::Momentary, slot, NONE);
        }
        for (lane, peak) in Lane::PEAKS.into_iter().zip(measures.peaks) {
            self.replace(lane, slot, code_of(crate::units::gain_to_db(f64::from(peak))));
        }
        self.read();
    }

    /// Replaces one of the values that only their highest matters of.
    fn replace(&mut self, lane: Lane, slot: usize, code: u16) {
        let old = self.store.read(lane, slot);
        if old == code {
            return;
        }
        self.store.write(lane, slot, code);
        let highest = match lane {
            Lane::Momentary => &mut self.momentary,
            Lane::PeakLeft => &mut self.peaks[0],
            Lane::PeakRight => &mut self.peaks[1],
            Lane::Power => return,
        };
        if old != NONE {
            highest.remove(old);
        }
        if code != NONE {
            highest.add(code);
        }
    }

    /// Adds or removes all blocks and windows that contain a slot.
    fn tally_around(&mut self, slot: usize, change: fn(&mut Histogram, f64)) {
        let powers: [Option<f64>; 2 * REACH + 1] = std::array::from_fn(|i| {
            let near = (slot + i).checked_sub(REACH).filter(|near| *near < SLOTS)?;
            power_of(self.store.read(Lane::Power, near))
        });
        let containing = |slots: usize| powers[REACH + 1 - slots..REACH + slots].windows(slots);
        tally(&mut self.blocks, change, containing(BLOCK_SLOTS), is_block);
        tally(&mut self.windows, change, containing(WINDOW_SLOTS), is_window);
    }

    /// Takes in everything that the store holds.
    fn take_in_store(&mut self) {
        let (first, end) = self.store.touched();
        let slots = first..end.min(SLOTS);
        let powers: Vec<Option<f64>> =
            slots.clone().map(|slot| power_of(self.store.read(Lane::Power, slot))).collect();
        self.measured_slots = powers.iter().flatten().count();
        tally(&mut self.blocks, Histogram::add, powers.windows(BLOCK_SLOTS), is_block);
        tally(&mut self.windows, Histogram::add, powers.windows(WINDOW_SLOTS), is_window);
        let [left, right] = &mut self.peaks;
        for (lane, highest) in [
            (Lane::Momentary, &mut self.momentary),
            (Lane::PeakLeft, left),
            (Lane::PeakRight, right),
        ] {
            for code in slots.clone().map(|slot| self.store.read(lane, slot)) {
                if code != NONE {
                    highest.add(code);
                }
            }
        }
        self.read();
    }

    fn read(&mut self) {
        let loudness = |power: Option<f64>| power.map_or(f64::NEG_INFINITY, lufs);
        let level =
            |highest: &Highest| highest.get().and_then(level_of).unwrap_or(f64::NEG_INFINITY);
        let [low, high] = RANGE_PERCENTILES;
        self.readings = TimelineSnapshot {
            integrated_lufs: loudness(self.blocks.gated_mean(INTEGRATED_GATE_LU)),
            max_momentary_lufs: loudness(self.blocks.highest())
                .max(level(&self.momentary) + OFFSET_DB),
            max_short_term_lufs: loudness(self.windows.highest()),
            loudness_range_lu: self
                .windows
                .range_lu(RANGE_GATE_LU, low, high)
                .unwrap_or(f64::NEG_INFINITY),
            max_true_peak_dbtp: [level(&self.peaks[0]), level(&self.peaks[1])],
            ..self.readings
        };
        self.read_span();
    }
}

/// Adds or removes the mean powers of those windows that are wholly measured
/// and pass the absolute gate. They are always summed in the same order, so
/// what is removed is to the bit what was added.
fn tally<'a>(
    histogram: &mut Histogram,
    change: fn(&mut Histogram, f64),
    windows: impl Iterator<Item = &'a [Option<f64>]>,
    passes_gate: fn(f64) -> bool,
) {
    for window in windows {
        let energy: Option<f64> = window.iter().copied().sum();
        let Some(energy) = energy else { continue };
        let power = energy / window.len() as f64;
        if passes_gate(lufs(power)) {
            change(histogram, power);
        }
    }
}

fn is_block(loudness_lufs: f64) -> bool {
    loudness_lufs > ABSOLUTE_GATE_LUFS
}

fn is_window(loudness_lufs: f64) -> bool {
    loudness_lufs >= ABSOLUTE_GATE_LUFS
}

#[cfg(test)]
mod tests;
