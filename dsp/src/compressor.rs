//! Glue compressor: a feed-forward bus compressor in the manner of a VCA.
//!
//! `detect` measures the mean power of the high-passed signal (free of ripple,
//! `quadrature`, then a one-pole of 5 ms),
//! the static curve with its soft knee turns level into reduction (Giannoulis,
//! Massberg, Reiss, "Digital Dynamic Range Compressor Design", JAES 60(6),
//! 2012), and the reduction in dB follows with the stated attack and release:
//! each is the time to cover 63.2 % of a step of the reduction, counted after
//! the power average. The whole side-chain runs on a grid of a sixth of a
//! millisecond; the gain is a straight line between grid points.

mod curve;
mod makeup;
mod settings;

pub(crate) use curve::soft_knee_excess_db;
pub use curve::static_reduction_db;
pub use settings::*;

use self::makeup::LoudnessMakeup;
use crate::biquad::{Biquad, Coefficients, Frame, Prototype};
use crate::processor::{AudioSpec, Processor, StereoBlock};
use crate::quadrature::QuadraturePower;
use crate::smoothing::{Ramp, TickGrid};
use crate::units::{db_to_gain, power_to_db};

/// Grid of the side-chain.
const GRID_HZ: f64 = 6000.0;
const POWER_AVERAGE_MS: f64 = 5.0;
/// Auto release: the slow follower takes part in sustained reduction only.
const AUTO_FAST_RELEASE_MS: f64 = 80.0;
const AUTO_SLOW_ATTACK_MS: f64 = 400.0;
const AUTO_SLOW_RELEASE_MS: f64 = 1200.0;
const RAMP_MS: f64 = 20.0;
/// A side-chain corner at the bottom of its range means "off".
const DETECTOR_OFF_HZ: f64 = 20.0;

/// Coefficients for one step of the grid.
#[derive(Clone, Copy, Debug, Default)]
struct Times {
    attack: f64,
    release: f64,
    slow_attack: f64,
    slow_release: f64,
}

/// How one channel's reduction follows its target.
#[derive(Clone, Copy, Debug, Default)]
struct Follower {
    fast_db: f64,
    slow_db: f64,
}

impl Follower {
    fn advance(&mut self, target_db: f64, times: &Times, is_auto: bool) -> f64 {
        let follow = |state: &mut f64, attack: f64, release: f64| {
            let coefficient = if target_db > *state { attack } else { release };
            *state = target_db + (*state - target_db) * coefficient;
            if *state < 1e-9 {
                *state = 0.0;
            }
        };
        follow(&mut self.fast_db, times.attack, times.release);
        follow(&mut self.slow_db, times.slow_attack, times.slow_release);
        if is_auto { self.fast_db.max(self.slow_db) } else { self.fast_db }
    }
}

/// The glue compressor.
#[derive(Debug)]
pub struct Compressor {
    settings: Option<CompressorSettings>,
    spec: AudioSpec,
    grid: TickGrid,
    times: Times,
    detector_high_pass: Biquad,
    detector: QuadraturePower,
    power: [f64; 2],
    power_coefficient: f64,
    followers: [Follower; 2],
    /// Gain of each channel, a line from grid point to grid point.
    gain: [Ramp; 2],
    makeup: LoudnessMakeup,
    makeup_db: Ramp,
    makeup_gain: Ramp,
    mix: Ramp,
    most_reduction_db: [f64; 2],
    most_power: [f64; 2],
    /// A run of frames, and the gain of each.
    frames: Box<[Frame]>,
    gains: Box<[Frame]>,
}

impl Compressor {
    /// The most gain reduction since the last call, left and right, dB.
    pub fn take_reduction_db(&mut self) -> [f64; 2] {
        std::mem::take(&mut self.most_reduction_db)
    }

    /// The highest power that the detector has seen since the last call, left and
    /// right, 1.0 for a full-scale sine: what the static curve is read at.
    pub fn take_power(&mut self) -> [f64; 2] {
        std::mem::take(&mut self.most_power)
    }

    /// Collects the power of the side-chain signal over one run of the grid, and
    /// the loudness with and without the gains. In one loop: while one filter
    /// waits for its recursion, the others work.
    fn measure(&mut self, frames: &[Frame], gains: &[Frame], has_makeup: bool) {
        let mut high_pass = self.detector_high_pass;
        let mut makeup = self.makeup;
        for (frame, gain) in frames.iter().zip(gains) {
            self.detector.push(high_pass.process(*frame));
            if has_makeup {
                makeup.measure(*frame, *gain);
            }
        }
        (self.detector_high_pass, self.makeup) = (high_pass, makeup);
    }

    /// The gain of each frame of a run, before make-up.
    fn advance_gains(&mut self, gains: &mut [Frame]) {
        let is_whole = self.mix.is_settled() && self.mix.value() == 1.0;
        for (channel, ramp) in self.gain.iter_mut().enumerate() {
            ramp.advance_run(gains.len(), |frame, gain| gains[frame][channel] = gain);
        }
        if !is_whole {
            for gain in gains {
                let mix = self.mix.advance();
                *gain = gain.map(|gain| 1.0 + mix * (gain - 1.0));
            }
        }
    }

    /// One step of the grid: level, reduction, gain.
    fn tick(&mut self, settings: &CompressorSettings) {
        self.detector_high_pass.clear_denormals();
        let means = self.detector.take_mean();
        for c in 0..2 {
            let mean = means[c];
            self.power[c] = mean + (self.power[c] - mean) * self.power_coefficient;
            if self.power[c] < 1e-30 {
                self.power[c] = 0.0;
            }
        }
        // Mean power of a full-scale sine reads 0 dB.
        let reduction_db = |power: f64| {
            static_reduction_db(settings, power_to_db(2.0 * power)).min(settings.range_db)
        };
        let link = settings.link_percent / 100.0;
        let mut wanted_db = [reduction_db(0.5 * (self.power[0] + self.power[1])); 2];
        if link < 1.0 {
            for c in 0..2 {
                let own_db = reduction_db(self.power[c]);
                wanted_db[c] = own_db + link * (wanted_db[c] - own_db);
            }
        }
        let reduction_db: Frame = std::array::from_fn(|c| {
            self.followers[c].advance(wanted_db[c], &self.times, settings.is_auto_release)
        });
        let left = db_to_gain(-reduction_db[0]);
        let is_alike = reduction_db[0] == reduction_db[1];
        let right = if is_alike { left } else { db_to_gain(-reduction_db[1]) };
        for c in 0..2 {
            self.most_reduction_db[c] = self.most_reduction_db[c].max(reduction_db[c]);
            let linked = 0.5 * link * (self.power[0] + self.power[1]);
            let power = 2.0 * (linked + (1.0 - link) * self.power[c]);
            self.most_power[c] = self.most_power[c].max(power);
            self.gain[c].set([left, right][c]);
        }
        let makeup_db =
            if settings.is_auto_makeup { self.makeup.makeup_db() } else { settings.makeup_db };
        self.makeup_db.set(makeup_db);
        self.makeup_gain.set(db_to_gain(self.makeup_db.value()));
    }
}

impl Processor for Compressor {
    type Settings = CompressorSettings;

    fn new(spec: AudioSpec) -> Self {
        let grid = TickGrid::new((spec.sample_rate_hz / GRID_HZ).round() as usize);
        let step_ms = grid.tick_frames() as f64 * 1000.0 / spec.sample_rate_hz;
        Self {
            settings: None,
            spec,
            times: Times::default(),
            detector_high_pass: Biquad::new(Coefficients::IDENTITY),
            detector: QuadraturePower::new(spec),
            power: [0.0; 2],
            power_coefficient: (-step_ms / POWER_AVERAGE_MS).exp(),
            followers: [Follower::default(); 2],
            gain: [Ramp::new(1.0, grid.tick_frames()); 2],
            makeup: LoudnessMakeup::new(spec),
            makeup_db: Ramp::new(0.0, spec.frames_in_ms(RAMP_MS)),
            makeup_gain: Ramp::new(1.0, grid.tick_frames()),
            mix: Ramp::new(1.0, spec.frames_in_ms(RAMP_MS)),
            most_reduction_db: [0.0; 2],
            most_power: [0.0; 2],
            frames: vec![[0.0; 2]; grid.tick_frames()].into(),
            gains: vec![[0.0; 2]; grid.tick_frames()].into(),
            grid,
        }
    }

    fn configure(&mut self, settings: &CompressorSettings) {
        if self.settings.as_ref() == Some(settings) {
            return;
        }
        let step_ms = self.grid.tick_frames() as f64 * 1000.0 / self.spec.sample_rate_hz;
        let coefficient = |time_ms: f64| (-step_ms / time_ms).exp();
        let release_ms =
            if settings.is_auto_release { AUTO_FAST_RELEASE_MS } else { settings.release_ms };
        self.times = Times {
            attack: coefficient(settings.attack_ms),
            release: coefficient(release_ms),
            slow_attack: coefficient(AUTO_SLOW_ATTACK_MS),
            slow_release: coefficient(AUTO_SLOW_RELEASE_MS),
        };
        let coefficients = if settings.detector_high_pass_hz <= DETECTOR_OFF_HZ {
            Coefficients::IDENTITY
        } else {
            Prototype::high_pass(std::f64::consts::FRAC_1_SQRT_2)
                .digitize(settings.detector_high_pass_hz, self.spec.sample_rate_hz)
        };
        self.detector_high_pass.tune(coefficients);
        let mix = settings.mix_percent / 100.0;
        if self.settings.is_none() {
            self.mix.snap(mix);
            let makeup_db = if settings.is_auto_makeup { 0.0 } else { settings.makeup_db };
            self.makeup_db.snap(makeup_db);
            self.makeup_gain.snap(db_to_gain(makeup_db));
        } else {
            self.mix.set(mix);
        }
        self.settings = Some(*settings);
    }

    fn reset(&mut self) {
        self.grid.reset();
        self.detector_high_pass.reset();
        self.detector.reset();
        self.power = [0.0; 2];
        self.followers = [Follower::default(); 2];
        self.gain.iter_mut().for_each(|gain| gain.snap(1.0));
        self.makeup = LoudnessMakeup::new(self.spec);
        self.most_reduction_db = [0.0; 2];
        self.most_power = [0.0; 2];
        if let Some(settings) = self.settings.take() {
            self.configure(&settings);
        }
    }

    fn anchor(&mut self, song_frame: i64) {
        self.grid.anchor(song_frame);
        self.detector.anchor(song_frame);
    }

    fn process(&mut self, block: &mut StereoBlock<'_>) {
        let settings = self.settings.unwrap_or_default();
        // Empty boxes stand in meanwhile.
        let (mut all_frames, mut all_gains) =
            (std::mem::take(&mut self.frames), std::mem::take(&mut self.gains));
        let mut start = 0;
        while start < block.frames() {
            if self.grid.is_at_tick() {
                self.tick(&settings);
            }
            let end = start + self.grid.take(block.frames() - start);
            let run = block.slice(start, end);
            let (frames, gains) = (&mut all_frames[..end - start], &mut all_gains[..end - start]);
            for (frame, (l, r)) in frames.iter_mut().zip(run.left.iter().zip(&*run.right)) {
                *frame = [f64::from(*l), f64::from(*r)];
            }
            self.advance_gains(gains);
            self.measure(frames, gains, settings.is_auto_makeup);
            self.makeup_db.advance_run(frames.len(), |_, _| ());
            self.makeup_gain.advance_run(frames.len(), |frame, makeup| {
                frames[frame] = frames[frame].map(|x| x * makeup);
            });
            let outputs = run.left.iter_mut().zip(run.right);
            for ((frame, gain), (l, r)) in frames.iter().zip(gains).zip(outputs) {
                *l = (frame[0] * gain[0]) as f32;
                *r = (frame[1] * gain[1]) as f32;
            }
            start = end;
        }
        (self.frames, self.gains) = (all_frames, all_gains);
    }

    fn plain_gain(settings: &CompressorSettings) -> f64 {
        if settings.is_auto_makeup { 1.0 } else { db_to_gain(settings.makeup_db) }
    }

    fn is_neutral(settings: &CompressorSettings) -> bool {
        !settings.is_on
    }
}
