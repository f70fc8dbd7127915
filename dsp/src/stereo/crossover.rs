//! Linkwitz-Riley crossovers of state-variable filters that may be retuned at any time.

/// A second-order Butterworth state-variable filter by trapezoidal integration
/// (Zavalishin, "The Art of VA Filter Design"; Simper, Cytomic, 2013).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Svf {
    a1: f64,
    a2: f64,
    a3: f64,
    ic1: f64,
    ic2: f64,
}

/// 1 / Q of a Butterworth section.
const K: f64 = std::f64::consts::SQRT_2;

impl Svf {
    pub(super) fn tune(&mut self, corner_hz: f64, sample_rate_hz: f64) {
        let g = (std::f64::consts::PI * (corner_hz / sample_rate_hz).min(0.49)).tan();
        self.a1 = 1.0 / (1.0 + g * (g + K));
        self.a2 = g * self.a1;
        self.a3 = g * self.a2;
    }

    /// Band and low output of the next sample.
    fn advance(&mut self, x: f64) -> (f64, f64) {
        let v3 = x - self.ic2;
        let band = self.a1 * self.ic1 + self.a2 * v3;
        let low = self.ic2 + self.a2 * self.ic1 + self.a3 * v3;
        self.ic1 = 2.0 * band - self.ic1;
        self.ic2 = 2.0 * low - self.ic2;
        (band, low)
    }

    fn low_pass(&mut self, x: f64) -> f64 {
        self.advance(x).1
    }

    fn high_pass(&mut self, x: f64) -> f64 {
        let (band, low) = self.advance(x);
        x - K * band - low
    }

    /// The all-pass that the two bands of a crossover add up to.
    pub(super) fn all_pass(&mut self, x: f64) -> f64 {
        let (band, _) = self.advance(x);
        x - 2.0 * K * band
    }

    pub(super) fn clear_denormals(&mut self) {
        if self.ic1.abs() < 1e-30 && self.ic2.abs() < 1e-30 {
            self.ic1 = 0.0;
            self.ic2 = 0.0;
        }
    }
}

/// A fourth-order crossover for one signal, and its all-pass for another.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Crossover {
    low: [Svf; 2],
    high: [Svf; 2],
    all_pass: Svf,
}

impl Crossover {
    pub(super) fn tune(&mut self, corner_hz: f64, sample_rate_hz: f64) {
        for filter in self.low.iter_mut().chain(&mut self.high) {
            filter.tune(corner_hz, sample_rate_hz);
        }
        self.all_pass.tune(corner_hz, sample_rate_hz);
    }

    /// The sample's low and high band.
    pub(super) fn split(&mut self, x: f64) -> (f64, f64) {
        let [first, second] = &mut self.low;
        let low = second.low_pass(first.low_pass(x));
        let [first, second] = &mut self.high;
        (low, second.high_pass(first.high_pass(x)))
    }

    /// Gives another signal the phase that the sum of both bands has.
    pub(super) fn all_pass(&mut self, x: f64) -> f64 {
        self.all_pass.all_pass(x)
    }

    pub(super) fn clear_denormals(&mut self) {
        self.low.iter_mut().chain(&mut self.high).for_each(Svf::clear_denormals);
        self.all_pass.clear_denormals();
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
            let (low, high) = crossover.split(x);
            let sum = low + high;
            assert!((sum - crossover.all_pass(x)).abs() < 1e-12);
            energy += sum * sum;
        }
        assert!((energy - 1.0).abs() < 1e-9);
    }
}
