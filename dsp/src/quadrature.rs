//! The power of a signal without the ripple that squaring leaves.
//!
//! The square of a tone swings between nothing and twice its mean at twice its
//! frequency; a gain that follows that swing distorts bass. Two all-pass
//! networks turn the signal into a pair that is a quarter of a period apart;
//! the sum of their squares is steady for a steady tone, and over time as much
//! as the square itself, since an all-pass keeps all energy.
//!
//! Between 20 Hz and 1.5 kHz the pair is a quarter of a period apart within 0.02
//! degrees, so the ripple lies 70 dB below the power; above, averaging is enough.
//!
//! Only bass needs this, so it is done at about 12 kHz: the squares of a few
//! samples sum up to the square of their sum over their number, plus what is
//! left, and only that slow part is replaced (as in a Haar transform:
//! no power is lost or counted twice).

use crate::biquad::Frame;
use crate::processor::AudioSpec;
use crate::smoothing::phase_in;

/// Steps between two looks for state that has decayed.
const CLEARING_STEPS: u32 = 256;
/// Rate of the slow part.
const SLOW_HZ: f64 = 12_000.0;
/// First-order sections of each network.
const SECTIONS: usize = 6;
/// Pole frequencies of the two networks, Hz: `20 sc((2 i + 1) K / 24)`, `i` = 0,
/// 1, .. 11 in turn to one and to the other, with Jacobi's function `sc` and the
/// quarter period `K` for the modulus `sqrt(1 - (20 / 2000)^2)` (S. D. Bedrosian,
/// "Normalized Design of 90° Phase-Difference Networks", IRE Transactions on
/// Circuit Theory 7(2), 1960).
const POLES_HZ: [[f64; SECTIONS]; 2] = [
    [
        5.045_023_008_6,
        31.973_917_234_5,
        93.569_376_777_2,
        257.384_104_373,
        718.486_117_88,
        2_436.153_962_32,
    ],
    [
        16.419_323_498_7,
        55.672_613_575_4,
        155.409_752_663,
        427.490_289_855,
        1_251.019_689_16,
        7_928.606_030_63,
    ],
];
/// Both networks of both channels: left and right in phase, left and right in quadrature.
const LANES: usize = 4;
type Lanes = [f64; LANES];

/// Measures the power of two channels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QuadraturePower {
    coefficients: [Lanes; SECTIONS],
    inputs: [Lanes; SECTIONS],
    outputs: [Lanes; SECTIONS],
    /// Frames whose sum is one sample of the slow part.
    step_frames: usize,
    frames: usize,
    sum: Frame,
    square_sum: Frame,
    /// Of the whole steps that have not been taken yet.
    energy: Frame,
    energy_frames: usize,
    /// What was taken last.
    mean: Frame,
    steps_to_clearing: u32,
}

impl QuadraturePower {
    pub(crate) fn new(spec: AudioSpec) -> Self {
        let step_frames = (spec.sample_rate_hz / SLOW_HZ).round().max(1.0) as usize;
        let slow_hz = spec.sample_rate_hz / step_frames as f64;
        let coefficients = std::array::from_fn(|section| {
            std::array::from_fn(|lane| {
                // The bilinear transform without warping: the networks belong together.
                let pole = std::f64::consts::PI * POLES_HZ[lane / 2][section] / slow_hz;
                (pole - 1.0) / (pole + 1.0)
            })
        });
        Self {
            coefficients,
            inputs: [[0.0; LANES]; SECTIONS],
            outputs: [[0.0; LANES]; SECTIONS],
            step_frames,
            frames: 0,
            sum: [0.0; 2],
            square_sum: [0.0; 2],
            energy: [0.0; 2],
            energy_frames: 0,
            mean: [0.0; 2],
            steps_to_clearing: CLEARING_STEPS,
        }
    }

    pub(crate) fn reset(&mut self) {
        self.inputs = [[0.0; LANES]; SECTIONS];
        self.outputs = [[0.0; LANES]; SECTIONS];
        (self.frames, self.energy_frames) = (0, 0);
        self.steps_to_clearing = CLEARING_STEPS;
        (self.sum, self.square_sum, self.energy) = ([0.0; 2], [0.0; 2], [0.0; 2]);
        self.mean = [0.0; 2];
    }

    /// Lays the steps through the song, of which `song_frame` comes next. A step
    /// that this cuts counts as far as it went: it is no longer than another.
    pub(crate) fn anchor(&mut self, song_frame: i64) {
        let frames = phase_in(song_frame, self.step_frames);
        if frames != self.frames {
            if self.frames > 0 {
                self.complete_step();
            }
            self.frames = frames;
        }
    }

    /// Lets frames pass unmeasured.
    pub(crate) fn skip(&mut self, frames: usize) {
        self.frames = (self.frames + frames) % self.step_frames;
        (self.sum, self.square_sum) = ([0.0; 2], [0.0; 2]);
    }

    /// Takes a frame in.
    #[inline]
    pub(crate) fn push(&mut self, frame: Frame) {
        for channel in 0..2 {
            self.sum[channel] += frame[channel];
            self.square_sum[channel] += frame[channel] * frame[channel];
        }
        self.frames += 1;
        if self.frames == self.step_frames {
            self.complete_step();
        }
    }

    /// Mean power since the last call, of all whole steps; the same again when
    /// none has been completed.
    pub(crate) fn take_mean(&mut self) -> Frame {
        let frames = std::mem::take(&mut self.energy_frames);
        if frames > 0 {
            self.mean = std::mem::take(&mut self.energy).map(|energy| energy / frames as f64);
        }
        self.mean
    }

    fn complete_step(&mut self) {
        let count = self.step_frames as f64;
        let [left, right] = std::mem::take(&mut self.sum);
        let mut lanes = [left, right, left, right];
        for section in 0..SECTIONS {
            let (c, x1) = (&self.coefficients[section], &mut self.inputs[section]);
            let y1 = &mut self.outputs[section];
            for lane in 0..LANES {
                let y = (c[lane] * lanes[lane] + x1[lane]) - c[lane] * y1[lane];
                x1[lane] = lanes[lane];
                y1[lane] = y;
                lanes[lane] = y;
            }
        }
        let sums = [left, right];
        for channel in 0..2 {
            let (i, q) = (lanes[channel], lanes[channel + 2]);
            let slow = 0.5 * (i * i + q * q) - sums[channel] * sums[channel];
            self.energy[channel] += self.square_sum[channel] + slow / count;
        }
        self.square_sum = [0.0; 2];
        self.energy_frames += self.frames;
        self.frames = 0;
        self.steps_to_clearing -= 1;
        if self.steps_to_clearing == 0 {
            self.steps_to_clearing = CLEARING_STEPS;
            self.clear_denormals();
        }
    }

    /// Clears what has decayed below hearing by far, before it becomes denormal.
    fn clear_denormals(&mut self) {
        const NEGLIGIBLE: f64 = 1e-30;
        let states = self.inputs.iter_mut().chain(&mut self.outputs).flatten();
        for state in states {
            if state.abs() < NEGLIGIBLE {
                *state = 0.0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean powers of a millisecond each, in the second second.
    fn powers(frequency_hz: f64, sample_rate_hz: f64) -> Vec<f64> {
        let mut power = QuadraturePower::new(AudioSpec { sample_rate_hz, max_block_frames: 64 });
        let step = std::f64::consts::TAU * frequency_hz / sample_rate_hz;
        let mut powers = Vec::new();
        for n in 0..2 * sample_rate_hz as usize {
            // In the other channel a constant, which has no quadrature.
            power.push([(step * n as f64 + 0.4).sin(), 0.5]);
            if (n + 1) % (sample_rate_hz as usize / 1000) == 0 {
                let [left, right] = power.take_mean();
                if n > sample_rate_hz as usize {
                    assert!((right - 0.25).abs() < 1e-6);
                    powers.push(left);
                }
            }
        }
        powers
    }

    #[test]
    fn a_steady_tone_has_a_steady_power() {
        for sample_rate_hz in [44_100.0, 48_000.0, 96_000.0] {
            for (frequency_hz, ripple) in [(20.0, 4e-4), (30.0, 4e-4), (50.0, 4e-4), (100.0, 6e-4)]
            {
                for power in powers(frequency_hz, sample_rate_hz) {
                    let stray = (2.0 * power - 1.0).abs();
                    assert!(stray < ripple, "{frequency_hz} Hz: {power} at {sample_rate_hz} Hz");
                }
            }
        }
    }

    #[test]
    fn over_time_it_is_the_power_of_the_samples() {
        for sample_rate_hz in [8000.0, 44_100.0, 48_000.0] {
            let spec = AudioSpec { sample_rate_hz, max_block_frames: 64 };
            let mut power = QuadraturePower::new(spec);
            let (mut found, mut expected) = (0.0, 0.0);
            for n in 0..480_000u32 {
                let t = f64::from(n) / 48_000.0;
                let swell = 1.0 + (3.0 * t).cos();
                let x = if n < 400_000 { (t * t * 5000.0).sin() * swell } else { 0.0 };
                power.push([x, 0.0]);
                expected += x * x;
            }
            found += power.take_mean()[0] * 480_000.0;
            assert!((found / expected - 1.0).abs() < 1e-4, "{}", found / expected);
        }
    }
}
