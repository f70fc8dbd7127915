//! Mid/side and stereo: levels, width in three bands, mono bass, and a guard for mono.
//!
//! The side signal is split by Linkwitz-Riley crossovers of fourth order
//! (Linkwitz, "Active Crossover Networks for Noncoincident Drivers", JAES
//! 24(1), 1976), whose bands sum to an all-pass; the mid signal passes the same
//! all-passes, so that at equal widths the sum is flat and the image stays
//! where it was.

mod crossover;
mod guard;
mod settings;

pub use settings::*;

use self::crossover::Crossover;
use self::guard::MonoGuard;
use crate::processor::{AudioSpec, Processor, StereoBlock};
use crate::smoothing::{Glide, Ramp, TICK_FRAMES, TickGrid};
use crate::units::db_to_gain;

const RAMP_MS: f64 = 10.0;
const GLIDE_MS: f64 = 10.0;

/// The stereo stage.
#[derive(Debug)]
pub struct Stereo {
    settings: Option<StereoSettings>,
    spec: AudioSpec,
    grid: TickGrid,
    low: Crossover,
    high: Crossover,
    bass: Crossover,
    /// Corners as base-2 logarithms: low, high, mono bass.
    corners: [Glide; 3],
    mid_gain: Ramp,
    /// Gain of the side signal in each band: its level times its width.
    side_gains: [Ramp; 3],
    bass_mono: Ramp,
    guard: MonoGuard,
}

impl Stereo {
    /// The most that the guard took from the side signal since the last call, dB.
    pub fn take_guard_db(&mut self) -> f64 {
        self.guard.take_reduction_db()
    }

    fn tick(&mut self) {
        if self.corners.iter().any(|corner| !corner.is_settled()) {
            let [low, high, bass] = self.corners.each_mut().map(|corner| corner.advance().exp2());
            self.tune(low, high, bass);
        }
        self.low.clear_denormals();
        self.high.clear_denormals();
        self.bass.clear_denormals();
    }

    fn tune(&mut self, low_hz: f64, high_hz: f64, bass_hz: f64) {
        let rate = self.spec.sample_rate_hz;
        self.low.tune(low_hz, rate);
        self.high.tune(high_hz, rate);
        self.bass.tune(bass_hz, rate);
    }
}

impl Processor for Stereo {
    type Settings = StereoSettings;

    fn new(spec: AudioSpec) -> Self {
        let ramp_frames = spec.frames_in_ms(RAMP_MS);
        let remains = spec.one_pole_coefficient(GLIDE_MS).powi(TICK_FRAMES as i32);
        Self {
            settings: None,
            spec,
            grid: TickGrid::default(),
            low: Crossover::default(),
            high: Crossover::default(),
            bass: Crossover::default(),
            corners: [Glide::new(0.0, remains, 1e-4); 3],
            mid_gain: Ramp::new(1.0, ramp_frames),
            side_gains: [Ramp::new(1.0, ramp_frames); 3],
            bass_mono: Ramp::new(0.0, ramp_frames),
            guard: MonoGuard::new(spec),
        }
    }

    fn configure(&mut self, settings: &StereoSettings) {
        if self.settings.as_ref() == Some(settings) {
            return;
        }
        let is_fresh = self.settings.is_none();
        let ramp_to = |ramp: &mut Ramp, target: f64| {
            if is_fresh { ramp.snap(target) } else { ramp.set(target) }
        };
        let side_gain = db_to_gain(settings.side_gain_db);
        let widths =
            [settings.low_width_percent, settings.mid_width_percent, settings.high_width_percent];
        ramp_to(&mut self.mid_gain, db_to_gain(settings.mid_gain_db));
        for (ramp, width_percent) in self.side_gains.iter_mut().zip(widths) {
            ramp_to(ramp, side_gain * width_percent / 100.0);
        }
        if settings.is_bass_mono && self.bass_mono.is_settled() && self.bass_mono.value() == 0.0 {
            // It rested: what it remembers is long past.
            self.bass.reset();
        }
        ramp_to(&mut self.bass_mono, f64::from(u8::from(settings.is_bass_mono)));
        let corners_hz =
            [settings.low_crossover_hz, settings.high_crossover_hz, settings.mono_below_hz];
        for (corner, hz) in self.corners.iter_mut().zip(corners_hz) {
            if is_fresh { corner.snap(hz.log2()) } else { corner.set(hz.log2()) }
        }
        if is_fresh {
            self.tune(corners_hz[0], corners_hz[1], corners_hz[2]);
        }
        self.guard.configure(settings.is_guarded, settings.guard_limit_db);
        self.settings = Some(*settings);
    }

    fn reset(&mut self) {
        let settings = self.settings.take();
        *self = Self::new(self.spec);
        if let Some(settings) = settings {
            self.configure(&settings);
        }
    }

    fn anchor(&mut self, song_frame: i64) {
        self.grid.anchor(song_frame);
    }

    fn process(&mut self, block: &mut StereoBlock<'_>) {
        let mut start = 0;
        while start < block.frames() {
            if self.grid.is_at_tick() {
                self.tick();
                self.guard.tick();
            }
            let end = start + self.grid.take(block.frames() - start);
            let run = block.slice(start, end);
            let has_bass_mono = !self.bass_mono.is_settled() || self.bass_mono.value() != 0.0;
            let is_guarded = self.guard.is_working();
            // Copies stay in registers.
            let (mut low_crossover, mut high_crossover) = (self.low, self.high);
            for (l, r) in run.left.iter_mut().zip(run.right) {
                let mid = 0.5 * (f64::from(*l) + f64::from(*r));
                let side = 0.5 * (f64::from(*l) - f64::from(*r));

                let low = low_crossover.split(mid, side, 0.0);
                // The low band passes the high crossover's all-pass too, to stay in step.
                let high = high_crossover.split(low.companion, low.high, low.low);
                let [low_gain, middle_gain, high_gain] =
                    self.side_gains.each_mut().map(Ramp::advance);
                let mut side =
                    low_gain * high.passenger + middle_gain * high.low + high_gain * high.high;
                let mut mid = high.companion;

                if has_bass_mono {
                    let bass_mono = self.bass_mono.advance();
                    let bass = self.bass.split(mid, side, 0.0);
                    side += bass_mono * (bass.high - side);
                    mid += bass_mono * (bass.companion - mid);
                }

                let mid = self.mid_gain.advance() * mid;
                let side = if is_guarded { self.guard.process(mid, side) } else { side };
                *l = (mid + side) as f32;
                *r = (mid - side) as f32;
            }
            (self.low, self.high) = (low_crossover, high_crossover);
            start = end;
        }
    }

    fn is_neutral(settings: &StereoSettings) -> bool {
        let neutral = StereoSettings::default();
        !settings.is_on
            || (settings.mid_gain_db == 0.0
                && settings.side_gain_db == 0.0
                && settings.low_width_percent == neutral.low_width_percent
                && settings.mid_width_percent == neutral.mid_width_percent
                && settings.high_width_percent == neutral.high_width_percent
                && !settings.is_bass_mono
                && !settings.is_guarded)
    }
}
