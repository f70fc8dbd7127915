//! Linkwitz-Riley crossovers of state-variable filters that may be retuned at any time.

use crate::biquad::Frame;

/// 1 / Q of a Butterworth section.
const K: f64 = std::f64::consts::SQRT_2;

/// A second-order Butterworth state-variable filter for two signals at once, by
/// trapezoidal integration (Zavalishin, "The Art of VA Filter Design"; Simper,
/// Cytomic, 2013).
#[derive(Clone, Copy, Debug, Default)]
struct Svf {
    a1: f64,
    a2: f64,
    a3: f64,
    ic1: Frame,
    ic2: Frame,
}

/// What leaves the filter.
struct Outputs {
    low: Frame,
    /// The sum of low- and high-pass of the crossover that the filter belongs to.
    all_pass: Frame,
}

impl Svf {
    fn tune(&mut self, corner_hz: f64, sample_rate_hz: f64) {
        let g = (std::f64::consts::PI * (corner_hz / sample_rate_hz).min(0.49)).tan();
        self.a1 = 1.0 / (1.0 + g * (g + K));
        self.a2 = g * self.a1;
        self.a3 = g * self.a2;
    }

    #[inline]
    fn advance(&mut self, x: Frame) -> Outputs {
        let mut outputs = Outputs { low: [0.0; 2], all_pass: [0.0; 2] };
        for c in 0..2 {
            let v3 = x[c] - self.ic2[c];
            let band = self.a1 * self.ic1[c] + self.a2 * v3;
            let low = self.ic2[c] + self.a2 * self.ic1[c] + self.a3 * v3;
            self.ic1[c] = 2.0 * band - self.ic1[c];
            self.ic2[c] = 2.0 * low - self.ic2[c];
            outputs.low[c] = low;
            outputs.all_pass[c] = x[c] - 2.0 * K * band;
        }
        outputs
    }

    fn clear_denormals(&mut self) {
        for c in 0..2 {
            if self.ic1[c].abs() < 1e-30 && self.ic2[c].abs() < 1e-30 {
                (self.ic1[c], self.ic2[c]) = (0.0, 0.0);
            }
        }
    }

    fn reset(&mut self) {
        (self.ic1, self.ic2) = ([0.0; 2], [0.0; 2]);
    }
}

/// What leaves a crossover.
pub(super) struct Bands {
    /// The companion, in phase with the sum of both bands.
    pub(super) companion: f64,
    /// What lies below the corner.
    pub(super) low: f64,
    /// What lies above.
    pub(super) high: f64,
    /// The passenger, in phase with the sum of both bands.
    pub(super) passenger: f64,
}

/// A fourth-order crossover for one signal, and its all-pass for others.
///
/// The low band is a Butterworth low-pass twice. Both bands sum to a
/// second-order all-pass, which the first low-pass gives as well; the high band
/// is what the low one leaves of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Crossover {
    first: Svf,
    second: Svf,
}

impl Crossover {
    pub(super) fn tune(&mut self, corner_hz: f64, sample_rate_hz: f64) {
        self.first.tune(corner_hz, sample_rate_hz);
        self.second.tune(corner_hz, sample_rate_hz);
    }

    /// Splits `x`; `companion` and `passenger` are given the phase that its bands sum to.
    #[inline]
    pub(super) fn split(&mut self, companion: f64, x: f64, passenger: f64) -> Bands {
        let Outputs { low, all_pass } = self.first.advance([companion, x]);
        let second = self.second.advance([low[1], passenger]);
        Bands {
            companion: all_pass[0],
            low: second.low[0],
            high: all_pass[1] - second.low[0],
            passenger: second.all_pass[1],
        }
    }

    pub(super) fn clear_denormals(&mut self) {
        self.first.clear_denormals();
        self.second.clear_denormals();
    }

    /// Forgets all audio; the corner stays.
    pub(super) fn reset(&mut self) {
        self.first.reset();
        self.second.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_bands_sum_to_the_all_pass() {
        let mut crossover = Crossover::default();
        crossover.tune(700.0, 48_000.0);
        let mut energy = 0.0;
        for n in 0..4000 {
            let x = if n == 0 { 1.0 } else { 0.0 };
            let bands = crossover.split(x, x, x);
            let sum = bands.low + bands.high;
            assert!((sum - bands.companion).abs() < 1e-12);
            assert!((sum - bands.passenger).abs() < 1e-12);
            energy += sum * sum;
        }
        assert!((energy - 1.0).abs() < 1e-9);
    }

    #[test]
    fn the_bands_fall_off_at_24_db_an_octave() {
        let mut crossover = Crossover::default();
        crossover.tune(1000.0, 192_000.0);
        let bands: Vec<Bands> = (0..60_000)
            .map(|n| crossover.split(0.0, if n == 0 { 1.0 } else { 0.0 }, 0.0))
            .collect();
        let db = |hz: f64, of: fn(&Bands) -> f64| {
            let (mut re, mut im) = (0.0, 0.0);
            for (n, band) in bands.iter().enumerate() {
                let angle = std::f64::consts::TAU * hz / 192_000.0 * n as f64;
                re += of(band) * angle.cos();
                im += of(band) * angle.sin();
            }
            10.0 * (re * re + im * im).log10()
        };
        assert!((db(1000.0, |b| b.low) + 6.02).abs() < 0.02);
        assert!((db(1000.0, |b| b.high) + 6.02).abs() < 0.02);
        // 1 / (1 + r^4), four octaves off.
        let expected = -20.0 * (1.0 + 16f64.powi(4)).log10();
        assert!((db(62.5, |b| b.high) - expected).abs() < 0.1);
        assert!((db(16_000.0, |b| b.low) - expected).abs() < 2.0);
    }
}
