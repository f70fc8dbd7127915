//! How bright the music is, which tells how to take its peaks away.
//!
//! Music without highs lays the highs of a clipper's excess bare: it is kinder
//! to leave them out and let a gain do the rest. The peaks of bright music (drums
//! above all) are made of highs, which hide the excess; there a gain costs more.

use crate::biquad::{Biquad, Prototype};
use crate::processor::{AudioSpec, StereoBlock};
use crate::smoothing::TICK_FRAMES;

/// Highs are what lies above this, or above that share of Nyquist.
const HIGHS_HZ: f64 = 13_000.0;
const HIGHS_OF_NYQUIST: f64 = 0.55;
const AVERAGE_MS: f64 = 100.0;
/// Their share of all power that makes music wholly bright: -18 dB. At -39 dB and
/// below lie acoustic instruments and an orchestra, at -31 to -27 dB bands, at
/// -12 dB drums alone.
const BRIGHT_SHARE: f64 = 0.016;
/// Less mean power than this (-120 dBFS) is silence, which has no brightness.
const SILENCE: f64 = 1e-12;

/// Measures the brightness of two channels together.
#[derive(Debug)]
pub(super) struct Brightness {
    high_pass: Biquad,
    /// Of the present tick.
    high_energy: f64,
    energy: f64,
    /// Averages, one step a tick.
    high_power: f64,
    power: f64,
    remains: f64,
}

impl Brightness {
    pub(super) fn new(spec: AudioSpec) -> Self {
        let corner_hz = HIGHS_HZ.min(HIGHS_OF_NYQUIST * 0.5 * spec.sample_rate_hz);
        let prototype = Prototype::high_pass(std::f64::consts::FRAC_1_SQRT_2);
        Self {
            high_pass: Biquad::new(prototype.digitize(corner_hz, spec.sample_rate_hz)),
            high_energy: 0.0,
            energy: 0.0,
            high_power: 0.0,
            power: 0.0,
            remains: spec.one_pole_coefficient(AVERAGE_MS / TICK_FRAMES as f64),
        }
    }

    pub(super) fn reset(&mut self) {
        self.high_pass.reset();
        (self.high_energy, self.energy) = (0.0, 0.0);
        (self.high_power, self.power) = (0.0, 0.0);
    }

    /// Takes a run of frames in.
    pub(super) fn push(&mut self, run: &StereoBlock<'_>) {
        let (mut high_pass, mut high_energy, mut energy) = (self.high_pass, 0.0, 0.0);
        for (l, r) in run.left.iter().zip(run.right.iter()) {
            let (l, r) = (f64::from(*l), f64::from(*r));
            let high = high_pass.process([l, r]);
            high_energy += high[0] * high[0] + high[1] * high[1];
            energy += l * l + r * r;
        }
        self.high_pass = high_pass;
        self.high_energy += high_energy;
        self.energy += energy;
    }

    /// Ends a tick; returns the brightness, 0 for dark to 1.
    pub(super) fn tick(&mut self) -> f64 {
        let frames = TICK_FRAMES as f64;
        let towards = |average: f64, energy: f64| {
            energy / frames + (average - energy / frames) * self.remains
        };
        self.high_power = towards(self.high_power, std::mem::take(&mut self.high_energy));
        self.power = towards(self.power, std::mem::take(&mut self.energy));
        self.high_pass.clear_denormals();
        if self.power < SILENCE {
            return 0.0;
        }
        let share = self.high_power / (BRIGHT_SHARE * self.power);
        (share * share).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The brightness after a second of tones, each a frequency in Hz and an amplitude.
    fn after_a_second(tones: &[(f64, f64)], sample_rate_hz: f64) -> f64 {
        let spec = AudioSpec { sample_rate_hz, max_block_frames: TICK_FRAMES };
        let mut brightness = Brightness::new(spec);
        let mut found = 0.0;
        for tick in 0..sample_rate_hz as usize / TICK_FRAMES {
            let mut left: [f32; TICK_FRAMES] = std::array::from_fn(|i| {
                let t = (tick * TICK_FRAMES + i) as f64 / sample_rate_hz;
                let tone = |(hz, amplitude): &(f64, f64)| {
                    amplitude * (std::f64::consts::TAU * hz * t).sin()
                };
                tones.iter().map(tone).sum::<f64>() as f32
            });
            let mut right = left;
            brightness.push(&StereoBlock::new(&mut left, &mut right));
            found = brightness.tick();
        }
        found
    }

    #[test]
    fn it_is_the_share_of_the_highs_at_any_level_and_rate() {
        for rate in [44_100.0, 48_000.0, 96_000.0] {
            for level in [1e-3, 1.0] {
                let with_highs = |db: f64| {
                    let highs = level * 10f64.powf(db / 20.0);
                    after_a_second(&[(1000.0, level), (17_000.0, highs)], rate)
                };
                assert!(after_a_second(&[(1000.0, level)], rate) < 1e-3);
                assert!(with_highs(-35.0) < 0.01);
                let half = with_highs(-19.0);
                assert!((0.2..0.8).contains(&half), "{half} at {rate} Hz");
                assert_eq!(with_highs(-15.0), 1.0);
            }
        }
    }

    #[test]
    fn silence_is_dark() {
        assert_eq!(after_a_second(&[], 48_000.0), 0.0);
        assert_eq!(after_a_second(&[(17_000.0, 1e-7)], 48_000.0), 0.0);
    }
}
