//! Steps of 10 ms: the common grid of all meters.

/// Cuts a stream into steps of 10 ms.
///
/// Where the rate is no multiple of 100 Hz the steps differ by a frame, so
/// that any number of them stays within a frame of its nominal length.
#[derive(Debug)]
pub(crate) struct StepClock {
    nominal_frames: f64,
    steps: u64,
    length: usize,
    elapsed: usize,
}

impl StepClock {
    /// Steps in a second.
    pub(crate) const STEPS_PER_SECOND: usize = 100;

    pub(crate) fn new(sample_rate_hz: f64) -> Self {
        let nominal_frames = (sample_rate_hz / Self::STEPS_PER_SECOND as f64).max(1.0);
        let mut clock = Self { nominal_frames, steps: 0, length: 0, elapsed: 0 };
        clock.begin(0);
        clock
    }

    fn begin(&mut self, step: u64) {
        let end_of = |steps: u64| (steps as f64 * self.nominal_frames).round() as u64;
        self.length = (end_of(step + 1) - end_of(step)) as usize;
        self.steps = step;
        self.elapsed = 0;
    }

    /// Frames until the current step is complete, at least 1.
    pub(crate) fn frames_left(&self) -> usize {
        self.length - self.elapsed
    }

    /// Whether the current step has begun.
    pub(crate) fn is_within_step(&self) -> bool {
        self.elapsed > 0
    }

    /// Length of the current step.
    pub(crate) fn step_frames(&self) -> usize {
        self.length
    }

    /// Moves on by at most [`Self::frames_left`]; true when that completed a step.
    pub(crate) fn advance(&mut self, frames: usize) -> bool {
        self.elapsed += frames;
        let is_complete = self.elapsed >= self.length;
        if is_complete {
            self.begin(self.steps + 1);
        }
        is_complete
    }

    /// Complete steps since the start.
    pub(crate) fn steps(&self) -> u64 {
        self.steps
    }

    pub(crate) fn reset(&mut self) {
        self.begin(0);
    }
}
