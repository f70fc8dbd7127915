//! K-weighting: the two filters of BS.1770-5 Annex 1, at any sample rate.
//!
//! The recommendation tabulates coefficients for 48 kHz only. The analogue
//! prototypes behind the tables are known (a shelf of 4 dB at 1682 Hz and a
//! high-pass at 38 Hz, see [`shelf`] and [`high_pass`]); the bilinear transform
//! with `K = tan(pi f0 / fs)` gives the tables to 9e-16 and serves every other
//! rate. The tabulated high-pass leaves its numerator at 1, -2, 1, a little
//! above unity gain; that gain is kept at all rates.

use std::f64::consts::PI;

use crate::biquad::{Biquad, Coefficients, Frame};

const HIGH_PASS_HZ: f64 = 38.135_470_876_024_44;
const HIGH_PASS_Q: f64 = 0.500_327_037_323_877_3;

/// Stage 1, the head: a high shelf.
pub(super) fn shelf(sample_rate_hz: f64) -> Coefficients {
    const SHELF_HZ: f64 = 1_681.974_450_955_533;
    const SHELF_DB: f64 = 3.999_843_853_973_347;
    const SHELF_Q: f64 = 0.707_175_236_955_419_6;
    /// Exponent that gives the gain at the design frequency from the shelf's.
    const MIDDLE_EXPONENT: f64 = 0.499_666_774_154_541_6;
    let k = (PI * SHELF_HZ / sample_rate_hz).tan();
    let high_gain = 10f64.powf(SHELF_DB / 20.0);
    let band_gain = high_gain.powf(MIDDLE_EXPONENT);
    let scale = 1.0 / (1.0 + k / SHELF_Q + k * k);
    Coefficients {
        b: [
            (high_gain + band_gain * k / SHELF_Q + k * k) * scale,
            2.0 * (k * k - high_gain) * scale,
            (high_gain - band_gain * k / SHELF_Q + k * k) * scale,
        ],
        a: [2.0 * (k * k - 1.0) * scale, (1.0 - k / SHELF_Q + k * k) * scale],
    }
}

/// Stage 2, the revised low-frequency B curve: a high-pass.
pub(super) fn high_pass(sample_rate_hz: f64) -> Coefficients {
    let denominator = |k: f64| 1.0 + k / HIGH_PASS_Q + k * k;
    let k = (PI * HIGH_PASS_HZ / sample_rate_hz).tan();
    let k_at_48_khz = (PI * HIGH_PASS_HZ / 48_000.0).tan();
    let scale = 1.0 / denominator(k);
    let gain = denominator(k_at_48_khz) * scale;
    Coefficients {
        b: [gain, -2.0 * gain, gain],
        a: [2.0 * (k * k - 1.0) * scale, (1.0 - k / HIGH_PASS_Q + k * k) * scale],
    }
}

/// Sums of squares of both channels.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Energies {
    /// Of the step under way.
    pub(super) step: Frame,
    /// Of the slot of a timeline under way, which has a grid of its own.
    pub(super) slot: Frame,
}

/// The running filters of both channels.
#[derive(Debug)]
pub(super) struct KWeighting {
    shelf: Biquad,
    high_pass: Biquad,
}

impl KWeighting {
    pub(super) fn new(sample_rate_hz: f64) -> Self {
        Self {
            shelf: Biquad::new(shelf(sample_rate_hz)),
            high_pass: Biquad::new(high_pass(sample_rate_hz)),
        }
    }

    /// Filters frames and adds the squares of each channel to both energies,
    /// one by one, so that the sums do not depend on how the frames were grouped.
    pub(super) fn accumulate(&mut self, left: &[f32], right: &[f32], energies: &mut Energies) {
        let mut sums = *energies;
        for (&left, &right) in left.iter().zip(right) {
            let x = [f64::from(finite(left)), f64::from(finite(right))];
            let y = self.high_pass.process(self.shelf.process(x));
            for channel in 0..2 {
                let square = y[channel] * y[channel];
                sums.step[channel] += square;
                sums.slot[channel] += square;
            }
        }
        *energies = sums;
    }

    /// Clears state that has decayed; to be called every few milliseconds.
    pub(super) fn clear_denormals(&mut self) {
        self.shelf.clear_denormals();
        self.high_pass.clear_denormals();
    }

    pub(super) fn reset(&mut self) {
        self.shelf.reset();
        self.high_pass.reset();
    }
}

/// What is not a finite number counts as silence.
#[inline]
fn finite(sample: f32) -> f32 {
    if sample.abs() <= f32::MAX { sample } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_of_the_recommendation_come_out_at_48_khz() {
        let shelf = shelf(48_000.0);
        let high_pass = high_pass(48_000.0);
        let pairs = [
            (shelf.b[0], 1.535_124_859_586_97),
            (shelf.b[1], -2.691_696_189_406_38),
            (shelf.b[2], 1.198_392_810_852_85),
            (shelf.a[0], -1.690_659_293_182_41),
            (shelf.a[1], 0.732_480_774_215_85),
            (high_pass.b[0], 1.0),
            (high_pass.b[1], -2.0),
            (high_pass.b[2], 1.0),
            (high_pass.a[0], -1.990_047_454_833_98),
            (high_pass.a[1], 0.990_072_250_366_21),
        ];
        for (ours, table) in pairs {
            assert!((ours - table).abs() < 1e-14, "{ours} is not {table}");
        }
    }

    #[test]
    fn the_curve_is_the_same_at_every_rate() {
        let curve_db = |hz: f64, rate: f64| {
            let power =
                shelf(rate).power_response(hz, rate) * high_pass(rate).power_response(hz, rate);
            10.0 * power.log10()
        };
        for rate in [44_100.0, 88_200.0, 96_000.0, 192_000.0, 384_000.0] {
            for hz in [20.0, 40.0, 100.0, 997.0, 1500.0, 3000.0, 6000.0] {
                let difference = curve_db(hz, rate) - curve_db(hz, 48_000.0);
                assert!(difference.abs() < 0.03, "{difference} dB at {hz} Hz, {rate}");
            }
        }
    }
}
