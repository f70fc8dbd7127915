//! What the music is made of, which tells how to take its peaks away.
//!
//! What music lacks cannot hide what a clipper adds there. Music without highs
//! lays the highs of a clipper's excess bare: it is kinder to leave them out and
//! let a gain do the rest. The peaks of bright music (drums above all) are made of
//! highs, which hide the excess; there a gain costs more.

use crate::biquad::{Biquad, Prototype};
use crate::processor::{AudioSpec, StereoBlock};
use crate::smoothing::TICK_FRAMES;

const AVERAGE_MS: f64 = 100.0;
/// The top octave is what lies above this, or above that share of Nyquist.
const TOP_HZ: f64 = 13_000.0;
const TOP_OF_NYQUIST: f64 = 0.55;
/// Its share of all power that makes music wholly bright: -18 dB. At -42 dB and
/// below lay acoustic instruments and an orchestra, at -37 to -23 dB bands, at
/// -15 dB drums alone.
const BRIGHT_SHARE: f64 = 0.016;
/// What dull music has little of lies above this.
const PRESENCE_HZ: f64 = 3000.0;
/// Its share of all power from which music is not dull at all: -16 dB. At -30 to
/// -19 dB lay flutes, strings and an orchestra, at -19 dB and above most else.
const PRESENT_SHARE: f64 = 0.025;
/// Less mean power than this (-120 dBFS) is silence, which is neither.
const SILENCE: f64 = 1e-12;

/// Two shares, 0 to 1; music of a usual balance has little of either.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Timbre {
    /// Much of the power lies in the top octave.
    pub(super) bright: f64,
    /// Little of the power lies above 3 kHz.
    pub(super) dull: f64,
}

/// Power above a corner, averaged.
#[derive(Debug)]
struct PowerAbove {
    high_pass: Biquad,
    /// Of the present tick.
    energy: f64,
    average: f64,
}

impl PowerAbove {
    fn new(corner_hz: f64, sample_rate_hz: f64) -> Self {
        let prototype = Prototype::high_pass(std::f64::consts::FRAC_1_SQRT_2);
        let high_pass = Biquad::new(prototype.digitize(corner_hz, sample_rate_hz));
        Self { high_pass, energy: 0.0, average: 0.0 }
    }

    fn reset(&mut self) {
        self.high_pass.reset();
        (self.energy, self.average) = (0.0, 0.0);
    }

    fn tick(&mut self, remains: f64) -> f64 {
        self.high_pass.clear_denormals();
        average(&mut self.average, &mut self.energy, remains)
    }
}

/// Brings an average towards the mean power of a tick of two channels.
fn average(average: &mut f64, energy: &mut f64, remains: f64) -> f64 {
    let power = std::mem::take(energy) / TICK_FRAMES as f64;
    *average = power + (*average - power) * remains;
    *average
}

/// Measures the timbre of two channels together.
#[derive(Debug)]
pub(super) struct TimbreMeter {
    top: PowerAbove,
    presence: PowerAbove,
    energy: f64,
    power: f64,
    /// What remains of the averages after a tick.
    remains: f64,
}

impl TimbreMeter {
    pub(super) fn new(spec: AudioSpec) -> Self {
        let rate_hz = spec.sample_rate_hz;
        let nyquist_hz = 0.5 * rate_hz;
        Self {
            top: PowerAbove::new(TOP_HZ.min(TOP_OF_NYQUIST * nyquist_hz), rate_hz),
            presence: PowerAbove::new(PRESENCE_HZ.min(TOP_OF_NYQUIST * nyquist_hz), rate_hz),
            energy: 0.0,
            power: 0.0,
            remains: spec.one_pole_coefficient(AVERAGE_MS / TICK_FRAMES as f64),
        }
    }

    pub(super) fn reset(&mut self) {
        self.top.reset();
        self.presence.reset();
        (self.energy, self.power) = (0.0, 0.0);
    }

    /// Takes a run of frames in.
    pub(super) fn push(&mut self, run: &StereoBlock<'_>) {
        let (mut top, mut presence) = (self.top.high_pass, self.presence.high_pass);
        let mut energies = [0.0; 3];
        for (l, r) in run.left.iter().zip(run.right.iter()) {
            let frame = [f64::from(*l), f64::from(*r)];
            let parts = [frame, top.process(frame), presence.process(frame)];
            for (energy, [l, r]) in energies.iter_mut().zip(parts) {
                *energy += l * l + r * r;
            }
        }
        (self.top.high_pass, self.presence.high_pass) = (top, presence);
        self.energy += energies[0];
        self.top.energy += energies[1];
        self.presence.energy += energies[2];
    }

    /// Ends a tick.
    pub(super) fn tick(&mut self) -> Timbre {
        let power = average(&mut self.power, &mut self.energy, self.remains);
        let top = self.top.tick(self.remains);
        let presence = self.presence.tick(self.remains);
        if power < SILENCE {
            // Nothing is left to decay until it becomes denormal.
            self.reset();
            return Timbre::default();
        }
        let bright = (top / (BRIGHT_SHARE * power)).min(1.0);
        let dull = (1.0 - presence / (PRESENT_SHARE * power)).max(0.0);
        Timbre { bright: bright * bright, dull: dull * dull }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The timbre after a second of tones, each a frequency in Hz and an amplitude.
    fn after_a_second(tones: &[(f64, f64)], sample_rate_hz: f64) -> Timbre {
        let spec = AudioSpec { sample_rate_hz, max_block_frames: TICK_FRAMES };
        let mut meter = TimbreMeter::new(spec);
        let mut found = Timbre::default();
        for tick in 0..sample_rate_hz as usize / TICK_FRAMES {
            let mut left: [f32; TICK_FRAMES] = std::array::from_fn(|i| {
                let t = (tick * TICK_FRAMES + i) as f64 / sample_rate_hz;
                let tone = |(hz, amplitude): &(f64, f64)| {
                    amplitude * (std::f64::consts::TAU * hz * t).sin()
                };
                tones.iter().map(tone).sum::<f64>() as f32
            });
            let mut right = left;
            meter.push(&StereoBlock::new(&mut left, &mut right));
            found = meter.tick();
        }
        found
    }

    #[test]
    fn it_is_the_balance_of_the_spectrum_at_any_level_and_rate() {
        for rate in [44_100.0, 48_000.0, 96_000.0] {
            for level in [1e-3, 1.0] {
                let with = |hz: f64, db: f64| {
                    let other = level * 10f64.powf(db / 20.0);
                    after_a_second(&[(200.0, level), (hz, other)], rate)
                };
                assert!(with(17_000.0, -35.0).bright < 0.01);
                let half = with(17_000.0, -19.0).bright;
                assert!((0.2..0.8).contains(&half), "{half} at {rate} Hz");
                assert_eq!(with(17_000.0, -15.0).bright, 1.0);

                assert!(with(6000.0, -40.0).dull > 0.95);
                let half = with(6000.0, -22.0).dull;
                assert!((0.2..0.8).contains(&half), "{half} at {rate} Hz");
                assert_eq!(with(6000.0, -14.0).dull, 0.0);
            }
        }
    }

    #[test]
    fn silence_is_neither_bright_nor_dull() {
        assert_eq!(after_a_second(&[], 48_000.0), Timbre::default());
        assert_eq!(after_a_second(&[(17_000.0, 1e-7)], 48_000.0), Timbre::default());
    }
}
