//! The power of a signal without the ripple that squaring leaves.
//!
//! The square of a tone swings between nothing and twice its mean at twice its
//! frequency; a gain that follows that swing distorts bass. Two all-pass
//! networks turn the signal into a pair that is a quarter of a period apart;
//! the sum of their squares is steady for a steady tone, and over time as much
//! as the square itself, since an all-pass keeps all energy.
//!
//! Between 20 Hz and 2 kHz the pair is a quarter of a period apart within 0.015
//! degrees, so the ripple lies 72 dB below the power; above, where averaging is
//! enough, within 10 degrees up to 5 kHz.

use crate::biquad::Frame;
use crate::processor::AudioSpec;

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
}

impl QuadraturePower {
    pub(crate) fn new(spec: AudioSpec) -> Self {
        let coefficients = std::array::from_fn(|section| {
            std::array::from_fn(|lane| {
                // The bilinear transform without warping: the networks belong
                // together, and end far below Nyquist.
                let pole = std::f64::consts::PI * POLES_HZ[lane / 2][section] / spec.sample_rate_hz;
                (pole - 1.0) / (pole + 1.0)
            })
        });
        Self { coefficients, inputs: [[0.0; LANES]; SECTIONS], outputs: [[0.0; LANES]; SECTIONS] }
    }

    pub(crate) fn reset(&mut self) {
        self.inputs = [[0.0; LANES]; SECTIONS];
        self.outputs = [[0.0; LANES]; SECTIONS];
    }

    /// The power of the frame: its mean over time is that of the squared samples.
    #[inline]
    pub(crate) fn process(&mut self, [left, right]: Frame) -> Frame {
        let mut lanes = [left, right, left, right];
        for section in 0..SECTIONS {
            let (c, x1) = (&self.coefficients[section], &mut self.inputs[section]);
            let y1 = &mut self.outputs[section];
            for lane in 0..LANES {
                let y = c[lane] * (lanes[lane] - y1[lane]) + x1[lane];
                x1[lane] = lanes[lane];
                y1[lane] = y;
                lanes[lane] = y;
            }
        }
        let [in_left, in_right, quadrature_left, quadrature_right] = lanes;
        [
            0.5 * (in_left * in_left + quadrature_left * quadrature_left),
            0.5 * (in_right * in_right + quadrature_right * quadrature_right),
        ]
    }

    /// Clears what has decayed below hearing by far, before it becomes denormal.
    pub(crate) fn clear_denormals(&mut self) {
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

    fn powers(frequency_hz: f64, sample_rate_hz: f64) -> Vec<f64> {
        let mut power = QuadraturePower::new(AudioSpec { sample_rate_hz, max_block_frames: 64 });
        let step = std::f64::consts::TAU * frequency_hz / sample_rate_hz;
        (0..2 * sample_rate_hz as usize)
            .map(|n| {
                let [left, right] = power.process([(step * n as f64 + 0.4).sin(), 0.5]);
                // In the other channel a constant, which has no quadrature.
                assert!(n < sample_rate_hz as usize || (right - 0.25).abs() < 1e-6);
                left
            })
            .skip(sample_rate_hz as usize)
            .collect()
    }

    #[test]
    fn a_steady_tone_has_a_steady_power() {
        for sample_rate_hz in [44_100.0, 96_000.0] {
            for (frequency_hz, ripple) in [
                (20.0, 3e-4),
                (30.0, 3e-4),
                (50.0, 3e-4),
                (1000.0, 3e-4),
                (1990.0, 3e-4),
                (5000.0, 0.18),
            ] {
                let powers = powers(frequency_hz, sample_rate_hz);
                for power in powers {
                    let stray = (2.0 * power - 1.0).abs();
                    assert!(stray < ripple, "{frequency_hz} Hz: {power} at {sample_rate_hz} Hz");
                }
            }
        }
    }

    #[test]
    fn over_time_it_is_the_power_of_the_samples() {
        let spec = AudioSpec { sample_rate_hz: 48_000.0, max_block_frames: 64 };
        let mut power = QuadraturePower::new(spec);
        let (mut found, mut expected) = (0.0, 0.0);
        for n in 0..480_000u32 {
            let t = f64::from(n) / 48_000.0;
            let x =
                if n < 400_000 { (t * t * 5000.0).sin() * (1.0 + (3.0 * t).cos()) } else { 0.0 };
            found += power.process([x, 0.0])[0];
            expected += x * x;
        }
        assert!((found / expected - 1.0).abs() < 1e-9, "{}", found / expected);
    }
}
