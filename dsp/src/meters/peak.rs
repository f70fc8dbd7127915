//! Sample peak and true peak of one channel, with hold, decay and maxima.

use crate::step_clock::StepClock;
use crate::true_peak::TruePeakDetector;
use crate::vector::highest_magnitude;

/// Longest run of frames given to [`ChannelPeaks::process`] at once.
pub(super) const RUN_FRAMES: usize = 256;

/// How long a peak is held before it decays: 1 s.
const HOLD_STEPS: usize = StepClock::STEPS_PER_SECOND;
/// Decay afterwards: 20 dB in 1.5 s, as a factor for each step.
const DECAY_PER_STEP: f32 = 0.984_766_3;
/// Below this (-200 dBFS) a decayed peak is silence.
const NEGLIGIBLE: f32 = 1e-10;
/// The close look at a true peak is taken only where the waveform comes within
/// 3 dB of the reading that is still shown. The detector compares the gate with
/// the waveform at twice the sample rate, which hides at most 3 dB of a peak:
/// what is lower can raise neither the reading nor the maximum.
const GATE: f32 = 0.7;
/// And never below -100 dBFS.
const LOWEST_GATE: f32 = 1e-5;
/// Full scale of a 16-bit file, 32767/32768, counts as full scale too.
const FULL_SCALE: f32 = 32_767.0 / 32_768.0;

/// A peak reading that holds, then decays.
#[derive(Clone, Copy, Debug, Default)]
struct PeakHold {
    held: f32,
    hold_steps_left: usize,
    /// Highest of the step that is under way.
    step: f32,
    /// Highest of the slot of a timeline that is under way.
    slot: f32,
    max: f32,
}

impl PeakHold {
    fn observe(&mut self, peak: f32, is_paused: bool) {
        self.step = self.step.max(peak);
        self.slot = self.slot.max(peak);
        if !is_paused {
            self.max = self.max.max(peak);
        }
    }

    /// Returns the highest of the step that ends.
    fn complete_step(&mut self) -> f32 {
        let step = std::mem::take(&mut self.step);
        if step >= self.held {
            self.held = step;
            self.hold_steps_left = HOLD_STEPS;
        } else if self.hold_steps_left > 0 {
            self.hold_steps_left -= 1;
        } else {
            self.held = step.max(self.held * DECAY_PER_STEP);
            if self.held < NEGLIGIBLE {
                self.held = 0.0;
            }
        }
        step
    }

    fn reading(&self) -> f32 {
        self.held.max(self.step)
    }
}

/// The peak meters of one channel.
#[derive(Debug)]
pub(super) struct ChannelPeaks {
    sample: PeakHold,
    interpolated: PeakHold,
    detector: TruePeakDetector,
    gate: f32,
    /// Maxima and counts stand still.
    is_paused: bool,
    /// Every slot of a timeline needs its own true peak.
    has_slots: bool,
    clipped_samples: u64,
}

impl ChannelPeaks {
    pub(super) fn new() -> Self {
        Self {
            sample: PeakHold::default(),
            interpolated: PeakHold::default(),
            detector: TruePeakDetector::new(),
            gate: LOWEST_GATE,
            is_paused: false,
            has_slots: false,
            clipped_samples: 0,
        }
    }

    pub(super) fn pause(&mut self, is_paused: bool) {
        self.is_paused = is_paused;
    }

    /// The next frame is the first of a slot.
    pub(super) fn begin_slot(&mut self) {
        self.has_slots = true;
        self.sample.slot = 0.0;
        self.interpolated.slot = 0.0;
    }

    /// No slot follows.
    pub(super) fn end_slots(&mut self) {
        self.has_slots = false;
    }

    /// True peak since the slot began; never below the sample peak.
    pub(super) fn slot_true_peak(&self) -> f32 {
        self.interpolated.slot.max(self.sample.slot)
    }

    /// Forgets everything but whether it is paused.
    pub(super) fn reset(&mut self) {
        self.sample = PeakHold::default();
        self.interpolated = PeakHold::default();
        self.detector.reset();
        self.gate = LOWEST_GATE;
        self.clipped_samples = 0;
    }

    /// Measures at most [`RUN_FRAMES`] finite samples of one step.
    pub(super) fn process(&mut self, samples: &[f32]) {
        self.sample.observe(highest_magnitude(samples), self.is_paused);
        let clipped: u32 = samples.iter().map(|sample| u32::from(sample.abs() >= FULL_SCALE)).sum();
        if !self.is_paused {
            self.clipped_samples += u64::from(clipped);
        }
        self.interpolate(samples);
    }

    /// Shows the detector silence until it has seen everything. The gate does
    /// not move meanwhile.
    pub(super) fn flush(&mut self) {
        for _ in 0..TruePeakDetector::LATENCY_FRAMES.div_ceil(RUN_FRAMES) {
            self.interpolate(&[0.0; RUN_FRAMES]);
        }
    }

    fn interpolate(&mut self, samples: &[f32]) {
        let mut peaks = [0.0; RUN_FRAMES];
        let peaks = &mut peaks[..samples.len()];
        self.detector.process(samples, self.gate, peaks);
        let peak = highest_magnitude(peaks);
        // Samples near the largest float overflow in the interpolation.
        self.interpolated.observe(if peak.is_finite() { peak } else { 0.0 }, self.is_paused);
    }

    /// Moves hold and decay on by a step; returns the true peak of that step.
    pub(super) fn complete_step(&mut self) -> f32 {
        let step = self.sample.complete_step().max(self.interpolated.complete_step());
        // A pause or a slot can leave a maximum below what is still shown.
        let mut lowest = self.true_peak().min(self.max_true_peak());
        if self.has_slots {
            lowest = lowest.min(self.slot_true_peak());
        }
        self.gate = (GATE * lowest).max(LOWEST_GATE);
        step
    }

    /// Sample peak with hold and decay.
    pub(super) fn peak(&self) -> f32 {
        self.sample.reading()
    }

    /// Highest sample peak since the last reset.
    pub(super) fn max_peak(&self) -> f32 {
        self.sample.max
    }

    /// True peak with hold and decay; never below the sample peak.
    pub(super) fn true_peak(&self) -> f32 {
        self.interpolated.reading().max(self.peak())
    }

    /// True peak of the step that is under way.
    pub(super) fn step_true_peak(&self) -> f32 {
        self.interpolated.step.max(self.sample.step)
    }

    /// Highest true peak since the last reset; never below the sample peak.
    pub(super) fn max_true_peak(&self) -> f32 {
        self.interpolated.max.max(self.sample.max)
    }

    /// Samples at or above full scale since the last reset.
    pub(super) fn clipped_samples(&self) -> u64 {
        self.clipped_samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peak_is_held_for_a_second_and_then_falls_20_db_in_a_second_and_a_half() {
        let mut peak = PeakHold::default();
        peak.observe(0.5, false);
        for _ in 0..=100 {
            peak.complete_step();
            assert_eq!(peak.reading(), 0.5);
        }
        for _ in 0..150 {
            peak.complete_step();
        }
        assert!((peak.reading() - 0.05).abs() < 1e-4, "{}", peak.reading());
        assert_eq!(peak.max, 0.5);
        for _ in 0..2000 {
            peak.complete_step();
        }
        assert_eq!(peak.reading(), 0.0);
    }
}
