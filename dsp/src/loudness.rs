//! Loudness after ITU-R BS.1770-5 and EBU R 128 (Tech 3341, Tech 3342).
//!
//! `loudness = -0.691 + 10 log10(sum of the channels' K-weighted mean squares)`.
//! The stream is cut into steps of 10 ms. Momentary (400 ms) and short-term
//! (3 s) loudness are rectangular windows of whole steps, read at every step:
//! the shortest events of Tech 3341 need a reading every 18 ms. Every tenth
//! step the momentary window is a gating block (75 % overlap) of the
//! integrated loudness and the short-term window a block of the loudness range.
//!
//! The windows are summed anew from their steps each time and the histograms
//! sum whole numbers, so no running sum can drift; frames are summed strictly
//! one after the other, so no reading depends on the block size.
//!
//! Beside the measurement a second integrated loudness runs over a *span* that
//! begins anew whenever the sound changes, for comparing at equal loudness.
//!
//! While a measurement is paused, momentary and short-term loudness go on; no
//! window that reaches into the pause counts afterwards.

mod histogram;
mod k_weighting;
mod level;
mod scale;
pub mod timeline;
mod window;

pub(crate) use self::level::MOST_APART_S;
pub use self::level::{Level, Span};
pub(crate) use self::scale::ABSOLUTE_GATE_LUFS;

use self::histogram::Histogram;
use self::k_weighting::{Energies, KWeighting};
use self::scale::{INTEGRATED_GATE_LU, RANGE_GATE_LU, RANGE_PERCENTILES, lufs};
use self::window::{Streak, Window};
use crate::processor::AudioSpec;
use crate::step_clock::StepClock;

/// Steps in the window of momentary loudness: 400 ms.
const MOMENTARY_STEPS: usize = 40;
/// Steps in the window of short-term loudness: 3 s.
const SHORT_TERM_STEPS: usize = 300;
/// Steps from one gating block to the next: 100 ms.
const HOP_STEPS: u64 = 10;
/// What the loudness meter reads; negative infinity where there is no reading yet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LoudnessSnapshot {
    /// Momentary loudness (400 ms), LUFS.
    pub momentary_lufs: f64,
    /// Short-term loudness (3 s), LUFS.
    pub short_term_lufs: f64,
    /// Gated integrated loudness since the last reset, LUFS.
    pub integrated_lufs: f64,
    /// Highest momentary loudness since the last reset, LUFS.
    pub max_momentary_lufs: f64,
    /// Highest short-term loudness since the last reset, LUFS.
    pub max_short_term_lufs: f64,
    /// Loudness range since the last reset, LU; not settled in the first 60 s.
    pub loudness_range_lu: f64,
    /// How long has been measured since the last reset, seconds.
    pub measured_s: f64,
}

impl Default for LoudnessSnapshot {
    fn default() -> Self {
        Self {
            momentary_lufs: f64::NEG_INFINITY,
            short_term_lufs: f64::NEG_INFINITY,
            integrated_lufs: f64::NEG_INFINITY,
            max_momentary_lufs: f64::NEG_INFINITY,
            max_short_term_lufs: f64::NEG_INFINITY,
            loudness_range_lu: f64::NEG_INFINITY,
            measured_s: 0.0,
        }
    }
}

/// What one slot of a [timeline](timeline::Timeline) needs of the loudness.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SlotLoudness {
    /// K-weighted sum of squares of both channels.
    pub(crate) energy: f64,
    /// Highest momentary power read within the slot, of windows that lie
    /// wholly in the pass; 0 when there was none.
    pub(crate) momentary_power: f64,
}

/// Measures the loudness of a stereo stream.
#[derive(Debug)]
pub struct LoudnessMeter {
    sample_rate_hz: f64,
    k_weighting: KWeighting,
    clock: StepClock,
    /// Energies of the step and of the slot under way.
    energies: Energies,
    momentary: Window,
    short_term: Window,
    integrated_blocks: Histogram,
    range_blocks: Histogram,
    span_blocks: Histogram,
    span: Streak,
    span_lufs: f64,
    is_paused: bool,
    /// The stream is mono: both channels are the same one.
    is_mono: bool,
    /// Since the start, or the end of the last pause.
    measurement: Streak,
    /// Since playback last jumped.
    pass: Streak,
    slot_momentary_power: f64,
    frames: u64,
    /// All readings but the time, as of the last step.
    readings: LoudnessSnapshot,
}

impl LoudnessMeter {
    /// Builds the meter; the only place that allocates.
    pub fn new(spec: AudioSpec) -> Self {
        Self {
            sample_rate_hz: spec.sample_rate_hz,
            k_weighting: KWeighting::new(spec.sample_rate_hz),
            clock: StepClock::new(spec.sample_rate_hz),
            energies: Energies::default(),
            momentary: Window::new(MOMENTARY_STEPS),
            short_term: Window::new(SHORT_TERM_STEPS),
            integrated_blocks: Histogram::new(),
            range_blocks: Histogram::new(),
            span_blocks: Histogram::new(),
            span: Streak::default(),
            span_lufs: f64::NEG_INFINITY,
            is_paused: false,
            is_mono: false,
            measurement: Streak::default(),
            pass: Streak::default(),
            slot_momentary_power: 0.0,
            frames: 0,
            readings: LoudnessSnapshot::default(),
        }
    }

    /// Says that the stream is mono, the right channel being a copy of the left:
    /// its loudness is that of one channel, as BS.1770 defines it. Played from
    /// two speakers it is 3 dB louder.
    pub fn set_mono(&mut self, is_mono: bool) {
        self.is_mono = is_mono;
    }

    /// Forgets everything: audio, maxima, integrated values. A pause goes on.
    pub fn reset(&mut self) {
        self.k_weighting.reset();
        self.clock.reset();
        self.energies = Energies::default();
        self.measurement = Streak::default();
        self.pass = Streak::default();
        self.slot_momentary_power = 0.0;
        self.momentary.reset();
        self.short_term.reset();
        self.integrated_blocks.reset();
        self.range_blocks.reset();
        self.begin_span();
        self.frames = 0;
        self.readings = LoudnessSnapshot::default();
    }

    /// Measures a block of any length; both channels are equally long. Samples
    /// that are not finite count as silence.
    pub fn process(&mut self, left: &[f32], right: &[f32]) {
        debug_assert_eq!(left.len(), right.len());
        let end = left.len().min(right.len());
        let mut start = 0;
        while start < end {
            let stop = end.min(start + self.clock.frames_left());
            let (left, right) = (&left[start..stop], &right[start..stop]);
            self.k_weighting.accumulate(left, right, &mut self.energies);
            let step_frames = self.clock.step_frames();
            if self.clock.advance(stop - start) {
                self.complete_step(step_frames);
            }
            start = stop;
        }
        if !self.is_paused {
            self.frames += end as u64;
        }
    }

    /// Pauses the integrated and maximum values, or goes on with them.
    pub fn pause(&mut self, is_paused: bool) {
        if self.is_paused && !is_paused {
            self.measurement.begin(self.clock.is_within_step());
        }
        self.is_paused = is_paused;
    }

    /// Begins the span anew: what came before it does not count in
    /// [`Self::span`]. A pause does not concern it.
    pub fn begin_span(&mut self) {
        self.span.begin(self.clock.is_within_step());
        self.span_blocks.reset();
        self.span_lufs = f64::NEG_INFINITY;
    }

    /// What has been measured since the span began.
    pub fn span(&self) -> Span {
        Span {
            integrated_lufs: self.span_lufs,
            counted_s: self.span_blocks.count() as f64 * HOP_STEPS as f64
                / StepClock::STEPS_PER_SECOND as f64,
            elapsed_s: self.span.steps() as f64 / StepClock::STEPS_PER_SECOND as f64,
        }
    }

    /// What comparing at equal loudness has to know, together with the highest peak.
    pub fn level(&self, true_peak_dbtp: f64) -> Level {
        Level {
            span: self.span(),
            song_lufs: self.readings.integrated_lufs,
            short_term_lufs: self.readings.short_term_lufs,
            momentary_lufs: self.readings.momentary_lufs,
            true_peak_dbtp,
        }
    }

    /// Whether the last 3 s all belong to the measurement.
    pub(crate) fn has_whole_short_term(&self) -> bool {
        !self.is_paused && self.measurement.covers(SHORT_TERM_STEPS)
    }

    /// Playback has jumped: momentary windows that reach further back belong
    /// to no slot.
    pub(crate) fn begin_pass(&mut self) {
        self.pass.begin(self.clock.is_within_step());
        self.begin_slot();
    }

    /// The next frame is the first of a slot.
    pub(crate) fn begin_slot(&mut self) {
        self.energies.slot = [0.0; 2];
        self.slot_momentary_power = 0.0;
    }

    /// What has been measured since the slot began.
    pub(crate) fn slot(&self) -> SlotLoudness {
        SlotLoudness {
            energy: self.sum(self.energies.slot),
            momentary_power: self.slot_momentary_power,
        }
    }

    /// What the meter reads now.
    pub fn snapshot(&self) -> LoudnessSnapshot {
        LoudnessSnapshot { measured_s: self.frames as f64 / self.sample_rate_hz, ..self.readings }
    }

    fn sum(&self, [left, right]: [f64; 2]) -> f64 {
        if self.is_mono { left } else { left + right }
    }

    fn complete_step(&mut self, step_frames: usize) {
        let energy = self.sum(self.energies.step);
        self.energies.step = [0.0; 2];
        self.k_weighting.clear_denormals();
        self.momentary.push(energy, step_frames);
        self.short_term.push(energy, step_frames);
        self.pass.complete_step();
        self.measurement.complete_step();
        self.span.complete_step();
        let is_block = self.clock.steps().is_multiple_of(HOP_STEPS);
        // Between two blocks, so that no step has all the work.
        if self.clock.steps() % HOP_STEPS == HOP_STEPS / 2
            && let Some(mean) = self.span_blocks.gated_mean(INTEGRATED_GATE_LU)
        {
            self.span_lufs = lufs(mean);
        }

        if let Some(power) = self.momentary.power() {
            let loudness = lufs(power);
            self.readings.momentary_lufs = loudness;
            if self.pass.covers(MOMENTARY_STEPS) {
                self.slot_momentary_power = self.slot_momentary_power.max(power);
            }
            if is_block && loudness > ABSOLUTE_GATE_LUFS && self.span.covers(MOMENTARY_STEPS) {
                self.span_blocks.add(power);
            }
            if !self.is_paused && self.measurement.covers(MOMENTARY_STEPS) {
                self.readings.max_momentary_lufs = self.readings.max_momentary_lufs.max(loudness);
                if is_block && loudness > ABSOLUTE_GATE_LUFS {
                    self.integrated_blocks.add(power);
                    if let Some(mean) = self.integrated_blocks.gated_mean(INTEGRATED_GATE_LU) {
                        self.readings.integrated_lufs = lufs(mean);
                    }
                }
            }
        }
        if let Some(power) = self.short_term.power() {
            let loudness = lufs(power);
            self.readings.short_term_lufs = loudness;
            if !self.is_paused && self.measurement.covers(SHORT_TERM_STEPS) {
                self.readings.max_short_term_lufs = self.readings.max_short_term_lufs.max(loudness);
                if is_block {
                    self.add_range_block(power);
                    self.read_range();
                }
            }
        }
    }

    fn add_range_block(&mut self, power: f64) {
        if lufs(power) >= ABSOLUTE_GATE_LUFS {
            self.range_blocks.add(power);
        }
    }

    fn read_range(&mut self) {
        let [low, high] = RANGE_PERCENTILES;
        if let Some(range) = self.range_blocks.range_lu(RANGE_GATE_LU, low, high) {
            self.readings.loudness_range_lu = range;
        }
    }
}

#[cfg(test)]
mod tests;
