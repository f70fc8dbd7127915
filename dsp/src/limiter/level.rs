//! The slow gains before the clippers: steady level and mean power.
//!
//! A tone that lasts gets a constant gain, so the fast stages leave it alone;
//! a transient shorter than the hold passes by and is left to them. Peaks come
//! from the true-peak detector; the highest of the last 34 ms covers a period
//! of the lowest bass, and its minimum over the hold is the level that lasted.

use super::character::Constants;
use super::sliding::SlidingMax;
use crate::processor::AudioSpec;
use crate::smoothing::TICK_FRAMES;
use crate::units::{gain_to_db, power_to_db};

const BASS_PERIOD_MS: f64 = 34.0;
const LONGEST_HOLD_MS: f64 = 400.0;
/// For so long after a peak over the ceiling the slow gains stay at work.
const ALERT_MS: f64 = 1000.0;
const STEADY_RISE_MS: f64 = 100.0;
const STEADY_FALL_MS: f64 = 300.0;
/// Less reduction than this is none.
const NOTHING_DB: f64 = 1e-6;

/// One channel's steady level.
#[derive(Debug)]
struct SteadyLevel {
    recent: SlidingMax<f32>,
    /// Of negated values: a minimum.
    lasting: SlidingMax<f32>,
}

impl SteadyLevel {
    fn push(&mut self, peak: f32) -> f64 {
        let highest = self.recent.push(peak);
        f64::from(-self.lasting.push(-highest))
    }
}

/// A level in dB that rises and falls with time constants of its own.
#[derive(Clone, Copy, Debug, Default)]
struct Follower {
    db: f64,
}

impl Follower {
    fn push(&mut self, target_db: f64, rise: f64, fall: f64) -> f64 {
        let coefficient = if target_db > self.db { rise } else { fall };
        self.db = target_db + (self.db - target_db) * coefficient;
        if self.db < NOTHING_DB {
            self.db = 0.0;
        }
        self.db
    }
}

/// The slow gain reduction of both channels, one step a tick.
#[derive(Debug)]
pub(super) struct SlowGain {
    tick_ms: f64,
    constants: Constants,
    levels: [SteadyLevel; 2],
    /// The highest peak of both channels.
    alert: SlidingMax<f32>,
    is_alert: bool,
    steady: [Follower; 2],
    mean_power: [f64; 2],
    /// By how much the mean power was over, so that the beat of a bass and its
    /// harmonics is no modulation either.
    recent_over_db: SlidingMax<f64>,
    power: Follower,
    smoothed: [Follower; 2],
}

impl SlowGain {
    pub(super) fn new(spec: AudioSpec, constants: Constants) -> Self {
        let tick_ms = TICK_FRAMES as f64 * 1000.0 / spec.sample_rate_hz;
        let ticks = |ms: f64| (ms / tick_ms).ceil() as usize + 1;
        let level = || SteadyLevel {
            recent: SlidingMax::new(ticks(BASS_PERIOD_MS)),
            lasting: SlidingMax::new(ticks(LONGEST_HOLD_MS)),
        };
        let mut slow = Self {
            tick_ms,
            constants,
            levels: [level(), level()],
            alert: SlidingMax::new(ticks(ALERT_MS)),
            is_alert: false,
            steady: [Follower::default(); 2],
            mean_power: [0.0; 2],
            recent_over_db: SlidingMax::new(ticks(BASS_PERIOD_MS)),
            power: Follower::default(),
            smoothed: [Follower::default(); 2],
        };
        slow.set_constants(constants);
        slow
    }

    pub(super) fn set_constants(&mut self, constants: Constants) {
        self.constants = constants;
        let hold_ticks = (constants.hold_ms / self.tick_ms).ceil() as usize;
        for level in &mut self.levels {
            level.lasting.set_window(hold_ticks);
        }
    }

    pub(super) fn reset(&mut self) {
        for level in &mut self.levels {
            level.recent.reset(0.0);
            level.lasting.reset(0.0);
        }
        self.alert.reset(0.0);
        self.is_alert = false;
        self.steady = [Follower::default(); 2];
        self.mean_power = [0.0; 2];
        self.recent_over_db.reset(0.0);
        self.power = Follower::default();
        self.smoothed = [Follower::default(); 2];
    }

    /// Whether a peak has passed the ceiling of late. If none has, nothing is
    /// done at all: what stays below the ceiling keeps every bit.
    pub(super) fn is_alert(&self) -> bool {
        self.is_alert
    }

    /// Takes the highest peak and the mean power (both channels) of a tick, and
    /// returns the gain reduction of each channel in dB.
    ///
    /// `ceiling` is a magnitude; `link` 0 to 1 is the share of common reduction.
    pub(super) fn tick(
        &mut self,
        peaks: [f32; 2],
        mean_power: f64,
        ceiling: f64,
        link: f64,
    ) -> [f64; 2] {
        self.is_alert = f64::from(self.alert.push(peaks[0].max(peaks[1]))) > ceiling;
        let at_work = if self.is_alert { 1.0 } else { 0.0 };
        let coefficient = |ms: f64| (-self.tick_ms / ms).exp();
        let power_db = self.constants.power.map_or(0.0, |power| {
            let remains = coefficient(power.average_ms);
            self.mean_power[0] = mean_power + (self.mean_power[0] - mean_power) * remains;
            self.mean_power[1] =
                self.mean_power[0] + (self.mean_power[1] - self.mean_power[0]) * remains;
            let over_db = power_to_db(2.0 * self.mean_power[1]) - gain_to_db(ceiling) + 6.0;
            self.power.push(
                at_work * 0.5 * self.recent_over_db.push(over_db.max(0.0)),
                coefficient(power.attack_ms),
                coefficient(power.release_ms),
            )
        });
        let over_db =
            |level: f64| (gain_to_db(level / ceiling) - self.constants.steady_offset_db).max(0.0);
        let mut own = [0.0; 2];
        for c in 0..2 {
            own[c] = over_db(self.levels[c].push(peaks[c]));
        }
        let common = own[0].max(own[1]);
        let (rise, fall) = (coefficient(STEADY_RISE_MS), coefficient(STEADY_FALL_MS));
        let smoothing = coefficient(self.constants.smoothing_ms);
        std::array::from_fn(|c| {
            let wanted_db = at_work * (own[c] + link * (common - own[c]));
            let steady_db = self.steady[c].push(wanted_db, rise, fall);
            self.smoothed[c].push(steady_db.max(power_db), smoothing, smoothing)
        })
    }
}
