//! A bell or shelf whose gain follows the level in its own region.
//!
//! The level is the mean power (`quadrature`, then a one-pole of 5 ms; a
//! full-scale sine reads 0 dB) of what a band-pass of the bell's frequency and Q, or a Butterworth low- or
//! high-pass at a shelf's corner, lets through after the band's set gain. Above the
//! threshold the gain moves by two thirds of the excess, as a compressor of
//! ratio 3:1 does, with a knee of 6 dB, and stops at the range. The moving part
//! is a section of its own after the static ones, designed on a grid of 32
//! frames (see [`Prototype::digitize`]).

use super::design::HIGHEST_SHELF_Q;
use super::settings::{BandSettings, BandShape};
use crate::biquad::{Biquad, Coefficients, Frame, Prototype, Slide};
use crate::compressor::soft_knee_excess_db;
use crate::processor::AudioSpec;
use crate::quadrature::QuadraturePower;
use crate::smoothing::TICK_FRAMES;
use crate::units::power_to_db;

/// 1 - 1 / ratio, of 3:1.
const SLOPE: f64 = 2.0 / 3.0;
const KNEE_DB: f64 = 6.0;
const POWER_AVERAGE_MS: f64 = 5.0;
const SHELF_DETECTOR_Q: f64 = std::f64::consts::FRAC_1_SQRT_2;
/// A move this small is none.
const NOTHING_DB: f64 = 1e-4;

/// The moving part of a band.
#[derive(Debug)]
pub(super) struct DynamicGain {
    spec: AudioSpec,
    settings: BandSettings,
    region: Biquad,
    detector: QuadraturePower,
    section: Biquad,
    /// Where the section is going, and its way there in this tick.
    target: Option<Coefficients>,
    slide: Slide,
    power: f64,
    power_remains: f64,
    attack_remains: f64,
    release_remains: f64,
    offset_db: f64,
    /// The offset that the section was designed for, or is on its way to.
    designed_db: f64,
    /// Whether the settings have changed since.
    is_stale: bool,
}

impl DynamicGain {
    pub(super) fn new(spec: AudioSpec) -> Self {
        Self {
            spec,
            settings: BandSettings::neutral(0),
            region: Biquad::new(Coefficients::IDENTITY),
            detector: QuadraturePower::new(spec),
            section: Biquad::new(Coefficients::IDENTITY),
            target: None,
            slide: Slide::default(),
            power: 0.0,
            power_remains: per_tick(spec, POWER_AVERAGE_MS),
            attack_remains: 0.0,
            release_remains: 0.0,
            offset_db: 0.0,
            designed_db: 0.0,
            is_stale: false,
        }
    }

    pub(super) fn configure(&mut self, settings: &BandSettings, is_fresh: bool) {
        if is_fresh {
            self.region.reset();
            self.detector.reset();
            self.section.reset();
            self.power = 0.0;
            (self.offset_db, self.designed_db) = (0.0, 0.0);
            self.target = None;
            self.section.tune(Coefficients::IDENTITY);
        }
        if *settings == self.settings && !is_fresh {
            return;
        }
        let frequency_hz = settings.frequency_hz.min(0.49 * self.spec.sample_rate_hz);
        let q = settings.q;
        let region = match settings.shape {
            BandShape::LowShelf => Prototype::low_pass(SHELF_DETECTOR_Q),
            BandShape::HighShelf => Prototype::high_pass(SHELF_DETECTOR_Q),
            _ => Prototype::band_pass(q),
        };
        self.region.tune(region.digitize(frequency_hz, self.spec.sample_rate_hz));
        self.attack_remains = per_tick(self.spec, settings.attack_ms);
        self.release_remains = per_tick(self.spec, settings.release_ms);
        self.settings = *settings;
        self.is_stale = true;
    }

    /// Whether it moves the gain, or may at any time.
    pub(super) fn is_working(&self) -> bool {
        self.settings.is_dynamic() || self.designed_db != 0.0
    }

    /// How far the gain has moved, dB.
    pub(super) fn offset_db(&self) -> f64 {
        self.offset_db
    }

    /// Tells where the song is at the next frame.
    pub(super) fn anchor(&mut self, song_frame: i64) {
        self.detector.anchor(song_frame);
    }

    /// Makes the filters forget their beginning wholly.
    pub(super) fn settle(&mut self) {
        self.region.settle();
        self.section.settle();
    }

    /// Lets frames pass while it does not work.
    pub(super) fn skip(&mut self, frames: usize) {
        self.detector.skip(frames);
    }

    /// A tick was cut short: goes on to where it was going, in `frames` frames.
    pub(super) fn resume(&mut self, frames: usize) {
        if let Some(coefficients) = self.target {
            self.slide = self.section.slide_to(coefficients, frames);
        }
    }

    /// Follows the level by one step of the grid, to be there at the next, in
    /// `frames` frames.
    pub(super) fn tick(&mut self, frames: usize) {
        if let Some(coefficients) = self.target.take() {
            self.section.tune(coefficients);
        }
        if !self.is_working() {
            return;
        }
        self.region.clear_denormals();
        self.section.clear_denormals();
        let [left, right] = self.detector.take_mean();
        let mean = 0.5 * (left + right);
        self.power = mean + (self.power - mean) * self.power_remains;
        if self.power < 1e-30 {
            self.power = 0.0;
        }
        let settings = &self.settings;
        let target_db = if settings.is_dynamic() {
            let level_db = power_to_db(2.0 * self.power);
            let over_db = soft_knee_excess_db(level_db - settings.threshold_db, KNEE_DB);
            (SLOPE * over_db).min(settings.range_db.abs()).copysign(settings.range_db)
        } else {
            0.0
        };
        let is_moving_out = target_db.abs() > self.offset_db.abs();
        let remains = if is_moving_out { self.attack_remains } else { self.release_remains };
        self.offset_db = target_db + (self.offset_db - target_db) * remains;
        if self.offset_db.abs() < NOTHING_DB && target_db == 0.0 {
            self.offset_db = 0.0;
        }
        if self.offset_db != self.designed_db || self.is_stale {
            let coefficients = self.design();
            self.slide = self.section.slide_to(coefficients, frames);
            self.target = Some(coefficients);
            self.designed_db = self.offset_db;
            self.is_stale = false;
        }
    }

    /// Filters frames of the band's part of the signal in place.
    pub(super) fn process(&mut self, frames: &mut [Frame]) {
        for frame in &mut *frames {
            self.detector.push(self.region.process(*frame));
        }
        if self.target.is_some() {
            self.section.process_sliding(&self.slide, frames);
        } else {
            for frame in frames {
                *frame = self.section.process(*frame);
            }
        }
    }

    fn design(&self) -> Coefficients {
        if self.offset_db == 0.0 {
            return Coefficients::IDENTITY;
        }
        let (gain_db, q) = (self.offset_db, self.settings.q);
        let shelf_q = q.min(HIGHEST_SHELF_Q);
        let prototype = match self.settings.shape {
            BandShape::LowShelf => Prototype::low_shelf(gain_db, shelf_q),
            BandShape::HighShelf => Prototype::high_shelf(gain_db, shelf_q),
            _ => Prototype::bell(gain_db, q),
        };
        let rate_hz = self.spec.sample_rate_hz;
        prototype.digitize(self.settings.frequency_hz.min(0.49 * rate_hz), rate_hz)
    }
}

/// What remains after a tick of what decays to 1/e in `time_ms`.
fn per_tick(spec: AudioSpec, time_ms: f64) -> f64 {
    spec.one_pole_coefficient(time_ms).powi(TICK_FRAMES as i32)
}
