//! Clipper: shaves peaks with a knee from hard to soft, at 4 to 16 times the sample rate.
//!
//! Only the *excess*, what the knee takes away, passes through the
//! oversampling filters; it is subtracted from the delayed input. What does not
//! reach the knee is therefore left alone to the bit, and the filters' own
//! pass band never colours the music.

pub(crate) mod excess;
mod fine_steps;
pub(crate) mod knee;
mod settings;

pub use settings::*;

use self::excess::{ExcessClipper, ExcessSpec};
use self::knee::Knee;
use crate::processor::{AudioSpec, Processor, StereoBlock};
use crate::smoothing::{Ramp, TICK_FRAMES};
use crate::units::{db_to_gain, gain_to_db};

/// Flat to 0.01 dB up to 20 kHz at 44.1 kHz, images 100 dB down from 0.56 of the sample rate on.
const TAPS: usize = 64;
const KAISER_BETA: f64 = 10.0;
/// Points a frame at which the knee is integrated.
const FINE_POINTS: usize = 32;
/// Where the softest knee begins below the threshold.
const SOFTEST_KNEE_DB: f64 = 12.0;
const RAMP_MS: f64 = 10.0;

/// What a level that stands still becomes, full scale 1.0: the static curve of
/// drive and knee, for drawing it.
pub fn static_output(settings: &ClipperSettings, input: f64) -> f64 {
    let knee_db = SOFTEST_KNEE_DB * settings.softness_percent / 100.0;
    let knee =
        Knee::new(db_to_gain(settings.threshold_db - knee_db), db_to_gain(settings.threshold_db));
    let driven = input * db_to_gain(settings.drive_db);
    driven - f64::from(knee.excess(driven as f32))
}

/// The clipper.
#[derive(Debug)]
pub struct Clipper {
    settings: Option<ClipperSettings>,
    channels: [ExcessClipper; 2],
    drive: Ramp,
    threshold: Ramp,
    knee_start: Ramp,
}

impl Clipper {
    /// The most that was shaved off a peak since the last call, dB.
    pub fn take_reduction_db(&mut self) -> f64 {
        let [left, right] = self.channels.each_mut().map(ExcessClipper::take_reduction);
        gain_to_db(left.max(right))
    }

    /// Works on at most [`TICK_FRAMES`] frames, on one alone while a setting moves.
    fn process_run(&mut self, run: &mut StereoBlock<'_>) {
        let drive = self.drive.advance();
        let knee = Knee::new(self.knee_start.advance(), self.threshold.advance());
        for (clip, samples) in self.channels.iter_mut().zip(run.channels()) {
            if drive != 1.0 {
                for sample in &mut *samples {
                    *sample = (f64::from(*sample) * drive) as f32;
                }
            }
            clip.process(samples, &knee);
        }
    }
}

impl Processor for Clipper {
    type Settings = ClipperSettings;

    fn new(spec: AudioSpec) -> Self {
        let ramp_frames = spec.frames_in_ms(RAMP_MS);
        let channel = || {
            ExcessClipper::new(&ExcessSpec {
                factors: &[4, 8, 16],
                taps: TAPS,
                cutoffs: &[1.0],
                beta: KAISER_BETA,
                fine_points: FINE_POINTS,
            })
        };
        Self {
            settings: None,
            channels: [channel(), channel()],
            drive: Ramp::new(1.0, ramp_frames),
            threshold: Ramp::new(1.0, ramp_frames),
            knee_start: Ramp::new(1.0, ramp_frames),
        }
    }

    fn configure(&mut self, settings: &ClipperSettings) {
        if self.settings.as_ref() == Some(settings) {
            return;
        }
        let knee_db = SOFTEST_KNEE_DB * settings.softness_percent / 100.0;
        let targets = [
            (&mut self.drive, db_to_gain(settings.drive_db)),
            (&mut self.threshold, db_to_gain(settings.threshold_db)),
            (&mut self.knee_start, db_to_gain(settings.threshold_db - knee_db)),
        ];
        for (ramp, target) in targets {
            if self.settings.is_none() { ramp.snap(target) } else { ramp.set(target) }
        }
        let rate = settings.oversampling.index() as usize;
        for channel in &mut self.channels {
            channel.choose(rate, 0);
        }
        self.settings = Some(*settings);
    }

    fn reset(&mut self) {
        self.channels.iter_mut().for_each(ExcessClipper::reset);
        if let Some(settings) = self.settings.take() {
            self.configure(&settings);
        }
    }

    fn process(&mut self, block: &mut StereoBlock<'_>) {
        let mut start = 0;
        while start < block.frames() {
            let is_moving =
                ![&self.drive, &self.threshold, &self.knee_start].into_iter().all(Ramp::is_settled);
            let frames = if is_moving { 1 } else { TICK_FRAMES.min(block.frames() - start) };
            self.process_run(&mut block.slice(start, start + frames));
            start += frames;
        }
    }

    fn latency_frames(&self, _settings: &ClipperSettings) -> usize {
        self.channels[0].latency_frames()
    }

    fn plain_gain(settings: &ClipperSettings) -> f64 {
        db_to_gain(settings.drive_db)
    }

    fn is_neutral(settings: &ClipperSettings) -> bool {
        !settings.is_on
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE_HZ: f64 = 48_000.0;

    fn clipped(settings: &ClipperSettings, input: &[f32]) -> Vec<f32> {
        let spec = AudioSpec { sample_rate_hz: RATE_HZ, max_block_frames: input.len() };
        let mut clipper = Clipper::new(spec);
        clipper.configure(settings);
        let (mut left, mut right) = (input.to_vec(), input.to_vec());
        clipper.process(&mut StereoBlock::new(&mut left, &mut right));
        assert_eq!(left, right);
        left
    }

    /// One second of a sine after it has settled, less its fundamental, in dBFS
    /// (rms of the residue against that of a full-scale sine).
    fn residue_dbfs(settings: &ClipperSettings, frequency_hz: f64) -> f64 {
        let frames = RATE_HZ as usize;
        let input: Vec<f32> = (0..frames + 4800)
            .map(|n| (std::f64::consts::TAU * frequency_hz * n as f64 / RATE_HZ + 0.3).sin() as f32)
            .collect();
        let output = &clipped(settings, &input)[4800..];
        // Whole periods: the projection is exact.
        let (mut re, mut im) = (0.0, 0.0);
        for (n, y) in output.iter().enumerate() {
            let angle = std::f64::consts::TAU * frequency_hz * n as f64 / RATE_HZ;
            re += 2.0 / frames as f64 * f64::from(*y) * angle.cos();
            im += 2.0 / frames as f64 * f64::from(*y) * angle.sin();
        }
        let power: f64 = output
            .iter()
            .enumerate()
            .map(|(n, y)| {
                let angle = std::f64::consts::TAU * frequency_hz * n as f64 / RATE_HZ;
                (f64::from(*y) - re * angle.cos() - im * angle.sin()).powi(2)
            })
            .sum();
        10.0 * (2.0 * power / frames as f64).log10()
    }

    #[test]
    fn a_10_khz_tone_6_db_over_has_no_aliases_above_minus_100_dbfs() {
        // All harmonics of such a tone lie beyond the stop band: what is left of them are aliases.
        for oversampling in Oversampling::ALL.iter().copied() {
            for softness_percent in [0.0, 10.0, 50.0, 100.0] {
                let settings = ClipperSettings {
                    is_on: true,
                    drive_db: 6.0,
                    threshold_db: 0.0,
                    softness_percent,
                    oversampling,
                };
                for frequency_hz in [9_973.0, 10_007.0, 11_003.0] {
                    let residue = residue_dbfs(&settings, frequency_hz);
                    assert!(
                        residue < -100.0,
                        "{oversampling:?}, {softness_percent} %, {frequency_hz} Hz: {residue:.1} dBFS"
                    );
                }
            }
        }
    }

    #[test]
    fn below_the_knee_nothing_changes_to_the_bit() {
        let settings = ClipperSettings { is_on: true, ..ClipperSettings::default() };
        let input: Vec<f32> = (0..4000).map(|n| 0.2 * (n as f32 * 0.37).sin()).collect();
        let output = clipped(&settings, &input);
        let latency = output.len() - 3000;
        let spec = AudioSpec { sample_rate_hz: RATE_HZ, max_block_frames: 64 };
        let delay = Clipper::new(spec).latency_frames(&settings);
        assert_eq!(output[latency..], input[latency - delay..input.len() - delay]);
    }

    #[test]
    fn a_steady_level_follows_the_static_curve() {
        for softness_percent in [0.0, 30.0, 100.0] {
            let settings = ClipperSettings {
                is_on: true,
                drive_db: 3.0,
                threshold_db: -2.0,
                softness_percent,
                ..ClipperSettings::default()
            };
            for level in [0.1, 0.4, 0.6, 0.9, 1.5] {
                let output = clipped(&settings, &[level; 1000]);
                let expected = static_output(&settings, f64::from(level));
                assert!((f64::from(output[999]) - expected).abs() < 1e-5, "{level}");
            }
        }
    }
}
