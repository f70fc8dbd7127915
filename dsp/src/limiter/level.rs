//! The slow gains before the clippers: steady level, ringing and mean power.
//!
//! A tone that lasts gets a constant gain, so the fast stages leave it alone;
//! a transient shorter than the hold passes by and is left to them. Peaks come
//! from the true-peak detector; the highest of the last 34 ms covers a period
//! of the lowest bass, and its minimum over the hold is the level that lasted.
//! What rings for less than that gets half the reduction, and soon, or nearly all
//! of it in dull music; in bright music it is a drum, and passes by too.

use super::character::Constants;
use super::sliding::SlidingMax;
use super::timbre::Timbre;
use crate::processor::AudioSpec;
use crate::smoothing::TICK_FRAMES;
use crate::units::{db_to_gain, gain_to_db, power_to_db};

const BASS_PERIOD_MS: f64 = 34.0;
/// What rings has its peaks no further apart than this (half a period of 42 Hz),
const RINGING_PERIOD_MS: f64 = 12.0;
/// for so long: a peak of 5 ms alone does not.
const RINGING_HOLD_MS: f64 = 17.0;
const LONGEST_HOLD_MS: f64 = 400.0;
/// For so long after a peak over the ceiling the slow gains stay at work.
const ALERT_MS: f64 = 1000.0;
const STEADY_RISE_MS: f64 = 100.0;
const STEADY_FALL_MS: f64 = 300.0;
/// Less reduction than this is none.
const NOTHING_DB: f64 = 1e-6;

/// A level that has lasted, of one channel.
#[derive(Debug)]
struct LastingLevel {
    recent: SlidingMax<f32>,
    /// Of negated values: a minimum.
    lasting: SlidingMax<f32>,
}

impl LastingLevel {
    /// Windows of so many ticks: the longest time between peaks, and the hold.
    fn new(period_ticks: usize, hold_ticks: usize) -> Self {
        Self { recent: SlidingMax::new(period_ticks), lasting: SlidingMax::new(hold_ticks) }
    }

    fn reset(&mut self) {
        self.recent.reset(0.0);
        self.lasting.reset(0.0);
    }

    fn push(&mut self, peak: f32) -> f64 {
        let highest = self.recent.push(peak);
        f64::from(-self.lasting.push(-highest))
    }
}

/// What remains after a tick of the distance to a target.
#[derive(Clone, Copy, Debug, Default)]
struct Remains {
    rising: f64,
    falling: f64,
}

/// A level in dB that rises and falls with time constants of its own.
#[derive(Clone, Copy, Debug, Default)]
struct Follower {
    db: f64,
}

impl Follower {
    fn push(&mut self, target_db: f64, remains: Remains) -> f64 {
        let coefficient = if target_db > self.db { remains.rising } else { remains.falling };
        self.db = target_db + (self.db - target_db) * coefficient;
        if self.db < NOTHING_DB {
            self.db = 0.0;
        }
        self.db
    }
}

/// By how much a level is above another, dB; 0 if it is not.
fn over_db(level: f64, start: f64) -> f64 {
    if level <= start { 0.0 } else { gain_to_db(level / start) }
}

/// A character's time constants.
#[derive(Clone, Copy, Debug, Default)]
struct Pace {
    steady: Remains,
    ringing: Remains,
    power: Remains,
    /// Of the average of power.
    mean_power: f64,
    smoothing: Remains,
}

impl Pace {
    fn new(constants: &Constants, tick_ms: f64) -> Self {
        let remains = |ms: f64| (-tick_ms / ms).exp();
        let pair =
            |rise_ms, fall_ms| Remains { rising: remains(rise_ms), falling: remains(fall_ms) };
        let ringing = constants.ringing.map(|ringing| pair(ringing.rise_ms, ringing.fall_ms));
        let power = constants.power.map(|power| pair(power.attack_ms, power.release_ms));
        Self {
            steady: pair(STEADY_RISE_MS, STEADY_FALL_MS),
            ringing: ringing.unwrap_or_default(),
            power: power.unwrap_or_default(),
            mean_power: constants.power.map_or(0.0, |power| remains(power.average_ms)),
            smoothing: pair(constants.smoothing_ms, constants.smoothing_ms),
        }
    }
}

/// The slow gain reduction of both channels, one step a tick.
#[derive(Debug)]
pub(super) struct SlowGain {
    tick_ms: f64,
    constants: Constants,
    pace: Pace,
    /// Where the steady gain begins, of the ceiling.
    steady_start: f64,
    steady_levels: [LastingLevel; 2],
    ringing_levels: [LastingLevel; 2],
    /// The highest peak of both channels.
    alert: SlidingMax<f32>,
    is_alert: bool,
    steady: [Follower; 2],
    ringing: [Follower; 2],
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
        let level = |period_ms: f64, hold_ms: f64| {
            std::array::from_fn(|_| LastingLevel::new(ticks(period_ms), ticks(hold_ms)))
        };
        let mut slow = Self {
            tick_ms,
            constants,
            pace: Pace::default(),
            steady_start: 1.0,
            steady_levels: level(BASS_PERIOD_MS, LONGEST_HOLD_MS),
            ringing_levels: level(RINGING_PERIOD_MS, RINGING_HOLD_MS),
            alert: SlidingMax::new(ticks(ALERT_MS)),
            is_alert: false,
            steady: [Follower::default(); 2],
            ringing: [Follower::default(); 2],
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
        self.pace = Pace::new(&constants, self.tick_ms);
        self.steady_start = db_to_gain(constants.steady_offset_db);
        let hold_ticks = (constants.hold_ms / self.tick_ms).ceil() as usize;
        for level in &mut self.steady_levels {
            level.lasting.set_window(hold_ticks);
        }
        if constants.ringing.is_none() {
            self.reset_ringing();
        }
    }

    fn reset_ringing(&mut self) {
        self.ringing_levels.iter_mut().for_each(LastingLevel::reset);
        self.ringing = [Follower::default(); 2];
    }

    pub(super) fn reset(&mut self) {
        self.steady_levels.iter_mut().for_each(LastingLevel::reset);
        self.reset_ringing();
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

    /// Takes the highest peak and the mean power (both channels) of a tick and the
    /// timbre, and returns the gain reduction of each channel in dB.
    ///
    /// `ceiling` is a magnitude; `link` 0 to 1 is the share of common reduction.
    pub(super) fn tick(
        &mut self,
        peaks: [f32; 2],
        mean_power: f64,
        timbre: Timbre,
        ceiling: f64,
        link: f64,
    ) -> [f64; 2] {
        self.is_alert = f64::from(self.alert.push(peaks[0].max(peaks[1]))) > ceiling;
        let at_work = if self.is_alert { 1.0 } else { 0.0 };
        let pace = self.pace;
        let power_db = self.constants.power.map_or(0.0, |_| {
            let remains = pace.mean_power;
            self.mean_power[0] = mean_power + (self.mean_power[0] - mean_power) * remains;
            self.mean_power[1] =
                self.mean_power[0] + (self.mean_power[1] - self.mean_power[0]) * remains;
            let over_db = power_to_db(2.0 * self.mean_power[1]) - gain_to_db(ceiling) + 6.0;
            self.power.push(at_work * 0.5 * self.recent_over_db.push(over_db.max(0.0)), pace.power)
        });
        let mut steady = [0.0; 2];
        let mut ringing = [0.0; 2];
        for c in 0..2 {
            let lasting = self.steady_levels[c].push(peaks[c]);
            steady[c] = over_db(lasting, ceiling * self.steady_start);
            if let Some(constants) = self.constants.ringing {
                let ringing_db = over_db(self.ringing_levels[c].push(peaks[c]), ceiling);
                let share = constants.share + constants.more_when_dull * timbre.dull;
                ringing[c] = share * (1.0 - timbre.bright) * ringing_db;
            }
        }
        let linked =
            |own: [f64; 2]| own.map(|db| at_work * (db + link * (own[0].max(own[1]) - db)));
        let (steady, ringing) = (linked(steady), linked(ringing));
        std::array::from_fn(|c| {
            let steady_db = self.steady[c].push(steady[c], pace.steady);
            let ringing_db = self.ringing[c].push(ringing[c], pace.ringing);
            let wanted_db = steady_db.max(ringing_db).max(power_db);
            self.smoothed[c].push(wanted_db, pace.smoothing)
        })
    }
}
