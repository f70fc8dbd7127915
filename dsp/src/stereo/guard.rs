//! The mono guard: holds the side signal back when too much would be lost in a mono sum.
//!
//! With mid and side power M and S a mono sum keeps M / (M + S) of the power.
//! Where that falls below the limit, the side gain is capped at
//! `sqrt((10^(limit / 10) - 1) M / S)`.

use crate::processor::AudioSpec;
use crate::smoothing::{Ramp, TICK_FRAMES};
use crate::units::gain_to_db;

/// Window of the power measurement.
const WINDOW_MS: f64 = 400.0;
/// How fast the cap follows.
const FOLLOW_MS: f64 = 150.0;

#[derive(Debug)]
pub(super) struct MonoGuard {
    is_on: bool,
    /// The highest side to mid power ratio allowed.
    highest_ratio: f64,
    remains: f64,
    follow: f64,
    mid_power: f64,
    side_power: f64,
    cap: f64,
    gain: Ramp,
    least_gain: f64,
}

impl MonoGuard {
    pub(super) fn new(spec: AudioSpec) -> Self {
        Self {
            is_on: false,
            highest_ratio: 1.0,
            remains: spec.one_pole_coefficient(WINDOW_MS),
            follow: spec.one_pole_coefficient(FOLLOW_MS).powi(TICK_FRAMES as i32),
            mid_power: 0.0,
            side_power: 0.0,
            cap: 1.0,
            gain: Ramp::new(1.0, TICK_FRAMES),
            least_gain: 1.0,
        }
    }

    pub(super) fn configure(&mut self, is_on: bool, limit_db: f64) {
        if is_on && !self.is_working() {
            // It rested: what it measured is long past.
            self.mid_power = 0.0;
            self.side_power = 0.0;
        }
        self.is_on = is_on;
        self.highest_ratio = 10f64.powf(limit_db / 10.0) - 1.0;
    }

    /// Whether it measures, or still lets go.
    pub(super) fn is_working(&self) -> bool {
        self.is_on || self.cap != 1.0 || self.gain.value() != 1.0 || !self.gain.is_settled()
    }

    pub(super) fn tick(&mut self) {
        if !self.is_working() {
            return;
        }
        let wanted = if self.is_on && self.side_power > self.highest_ratio * self.mid_power {
            (self.highest_ratio * self.mid_power / self.side_power).sqrt()
        } else {
            1.0
        };
        self.cap = wanted + (self.cap - wanted) * self.follow;
        if (1.0 - self.cap).abs() < 1e-6 {
            self.cap = 1.0;
        }
        if self.mid_power < 1e-30 && self.side_power < 1e-30 {
            self.mid_power = 0.0;
            self.side_power = 0.0;
        }
        self.least_gain = self.least_gain.min(self.cap);
        self.gain.set(self.cap);
    }

    /// Measures the frame and returns the side signal as the guard allows it.
    pub(super) fn process(&mut self, mid: f64, side: f64) -> f64 {
        self.mid_power = mid * mid + (self.mid_power - mid * mid) * self.remains;
        self.side_power = side * side + (self.side_power - side * side) * self.remains;
        self.gain.advance() * side
    }

    pub(super) fn take_reduction_db(&mut self) -> f64 {
        -gain_to_db(std::mem::replace(&mut self.least_gain, self.cap))
    }
}
