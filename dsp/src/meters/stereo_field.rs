//! Correlation and mono-sum loss.
//!
//! With `LP` a one-pole average: correlation is
//! `LP(L R) / sqrt(LP(L^2) LP(R^2))`, 1 for mono at any balance, -1 for
//! inverted polarity. Mono-sum loss is
//! `10 log10(2 E[((L + R) / 2)^2] / (E[L^2] + E[R^2]))`: 0 dB for mono,
//! -3 dB for unrelated channels, negative infinity for inverted ones.
//! The averages move on once a step of 10 ms, by the mean of that step.
//!
//! The DC offset is the plain mean of each channel's samples since the last
//! reset. What a converter or a plug-in adds is there in every second; a low note
//! or a limited drum leaves an offset of its own in each, of either sign. So the
//! means of whole seconds are told apart by how they scatter: the standard error
//! of their mean is what the music itself may account for.

use crate::step_clock::StepClock;
use crate::units::power_to_db;

/// Time constant of a correlation, seconds.
pub(super) const CORRELATION_S: f64 = 0.3;
const MONO_LOSS_S: f64 = 3.0;
/// Mean power (-120 dB) below which a channel is silent.
pub(super) const SILENT_POWER: f64 = 1e-12;

/// Sums or means of the products that both readings are made of.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Products {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) cross: f64,
}

impl Products {
    pub(super) fn add(&mut self, other: Self) {
        self.left += other.left;
        self.right += other.right;
        self.cross += other.cross;
    }

    pub(super) fn scaled(self, factor: f64) -> Self {
        Self { left: self.left * factor, right: self.right * factor, cross: self.cross * factor }
    }

    /// Moves a fraction of the way towards `target`.
    pub(super) fn follow(&mut self, target: Self, fraction: f64) {
        let towards = |value: f64, target: f64| {
            let moved = value + fraction * (target - value);
            // Long before it becomes denormal.
            if moved.abs() < 1e-30 { 0.0 } else { moved }
        };
        self.left = towards(self.left, target.left);
        self.right = towards(self.right, target.right);
        self.cross = towards(self.cross, target.cross);
    }

    /// `None` while a channel is silent: it is like nothing then, and unlike nothing.
    pub(super) fn correlation(self) -> Option<f64> {
        (self.left.min(self.right) >= SILENT_POWER)
            .then(|| (self.cross / (self.left * self.right).sqrt()).clamp(-1.0, 1.0))
    }

    pub(super) fn mono_loss_db(self) -> f64 {
        let power = self.left + self.right;
        if power < SILENT_POWER {
            return 0.0;
        }
        power_to_db((0.5 * (power + 2.0 * self.cross) / power).min(1.0))
    }
}

/// How the two channels belong together, now and over everything.
#[derive(Debug)]
pub(super) struct StereoField {
    correlation_fraction: f64,
    mono_loss_fraction: f64,
    step: Products,
    for_correlation: Products,
    for_mono_loss: Products,
    overall: Products,
    /// Sums of the samples of each channel, and what they were when the step began.
    offsets: [f64; 2],
    offsets_before: [f64; 2],
    overall_frames: u64,
    seconds: Seconds,
}

/// The means of whole seconds of each channel.
#[derive(Clone, Copy, Debug, Default)]
struct Seconds {
    /// Steps of the second that is under way, and the sums of its means.
    steps: usize,
    under_way: [f64; 2],
    /// Whole seconds; sums of their means, and of the squares of those.
    count: u64,
    sums: [f64; 2],
    squares: [f64; 2],
}

impl Seconds {
    /// Takes the mean of a step in.
    fn add(&mut self, mean: [f64; 2]) {
        self.under_way[0] += mean[0];
        self.under_way[1] += mean[1];
        self.steps += 1;
        if self.steps < StepClock::STEPS_PER_SECOND {
            return;
        }
        for (channel, under_way) in self.under_way.iter_mut().enumerate() {
            let mean = std::mem::take(under_way) / StepClock::STEPS_PER_SECOND as f64;
            self.sums[channel] += mean;
            self.squares[channel] += mean * mean;
        }
        self.steps = 0;
        self.count += 1;
    }

    /// Standard error of the mean of all; infinite before there are three, and in silence.
    fn error(&self) -> [f64; 2] {
        if self.count < 3 {
            return [f64::INFINITY; 2];
        }
        let count = self.count as f64;
        std::array::from_fn(|channel| {
            if self.squares[channel] == 0.0 {
                return f64::INFINITY;
            }
            let mean = self.sums[channel] / count;
            let variance = (self.squares[channel] / count - mean * mean).max(0.0);
            (variance / (count - 1.0)).sqrt()
        })
    }
}

impl StereoField {
    pub(super) fn new() -> Self {
        let fraction =
            |time_s: f64| 1.0 - (-1.0 / (time_s * StepClock::STEPS_PER_SECOND as f64)).exp();
        Self {
            correlation_fraction: fraction(CORRELATION_S),
            mono_loss_fraction: fraction(MONO_LOSS_S),
            step: Products::default(),
            for_correlation: Products::default(),
            for_mono_loss: Products::default(),
            overall: Products::default(),
            offsets: [0.0; 2],
            offsets_before: [0.0; 2],
            overall_frames: 0,
            seconds: Seconds::default(),
        }
    }

    pub(super) fn reset(&mut self) {
        *self = Self::new();
    }

    /// Takes finite frames in, one by one, so that the sums do not depend on
    /// how the frames were grouped.
    pub(super) fn process(&mut self, left: &[f32], right: &[f32]) {
        let mut sums = self.step;
        let mut offsets = self.offsets;
        for (&left, &right) in left.iter().zip(right) {
            let (left, right) = (f64::from(left), f64::from(right));
            sums.left += left * left;
            sums.right += right * right;
            sums.cross += left * right;
            offsets[0] += left;
            offsets[1] += right;
        }
        self.step = sums;
        self.offsets = offsets;
        self.overall_frames += left.len() as u64;
    }

    /// Ends a step of `frames` frames.
    pub(super) fn complete_step(&mut self, frames: usize) {
        let step = std::mem::take(&mut self.step);
        self.overall.add(step);
        let mean = step.scaled(1.0 / frames as f64);
        self.for_correlation.follow(mean, self.correlation_fraction);
        self.for_mono_loss.follow(mean, self.mono_loss_fraction);
        let before = std::mem::replace(&mut self.offsets_before, self.offsets);
        let mean = |channel: usize| (self.offsets[channel] - before[channel]) / frames as f64;
        self.seconds.add([mean(0), mean(1)]);
    }

    pub(super) fn correlation(&self) -> f64 {
        self.for_correlation.correlation().unwrap_or(0.0)
    }

    pub(super) fn mono_loss_db(&self) -> f64 {
        self.for_mono_loss.mono_loss_db()
    }

    pub(super) fn overall_correlation(&self) -> Option<f64> {
        self.overall_mean().correlation()
    }

    pub(super) fn overall_mono_loss_db(&self) -> f64 {
        self.overall_mean().mono_loss_db()
    }

    /// Mean of the samples of each channel since the last reset.
    pub(super) fn dc_offset(&self) -> [f64; 2] {
        self.offsets.map(|sum| sum / self.overall_frames.max(1) as f64)
    }

    /// How far the music itself may have moved that mean: the standard error of
    /// the means of whole seconds, infinite before there are three.
    pub(super) fn dc_error(&self) -> [f64; 2] {
        self.seconds.error()
    }

    fn overall_mean(&self) -> Products {
        let mut sums = self.overall;
        sums.add(self.step);
        sums.scaled(1.0 / self.overall_frames.max(1) as f64)
    }
}
