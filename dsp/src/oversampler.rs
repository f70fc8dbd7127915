//! Windowed sinc filters between the sample rate and a multiple of it.
//!
//! Both directions use a Kaiser-windowed sinc (Kaiser, "Nonrecursive Digital
//! Filter Design Using the I0-sinh Window Function", 1974), stored by phase:
//! what one output needs of its inputs, or one input gives to its outputs.

/// The modified Bessel function of the first kind, order zero, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..200 {
        term *= quarter / f64::from(k * k);
        sum += term;
        if term < sum * 1e-18 {
            break;
        }
    }
    sum
}

/// `sin(pi x) / (pi x)`.
pub(crate) fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-12 {
        1.0
    } else {
        (std::f64::consts::PI * x).sin() / (std::f64::consts::PI * x)
    }
}

/// The Kaiser window at `position` in -1..1; zero outside.
pub(crate) fn kaiser(position: f64, beta: f64) -> f64 {
    if position.abs() > 1.0 {
        return 0.0;
    }
    bessel_i0(beta * (1.0 - position * position).sqrt()) / bessel_i0(beta)
}

/// Between which rates, and how well.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FilterSpec {
    /// How many times the sample rate.
    pub(crate) factor: usize,
    /// Length of the filter in frames of the sample rate, even.
    pub(crate) taps: usize,
    /// Shape of the window: the higher, the deeper the stop band and the wider the transition.
    pub(crate) beta: f64,
}

impl FilterSpec {
    /// The filter for cut-off `cutoff` (of the sample rate's Nyquist frequency)
    /// at a distance in frames.
    fn tap(&self, distance: f64, cutoff: f64) -> f64 {
        cutoff * sinc(cutoff * distance) * kaiser(2.0 * distance / self.taps as f64, self.beta)
    }

    /// For each point `p / factor`, `p` from 1, of the way from one sample to
    /// the next: the weights of the `taps` samples around, oldest first. The
    /// point 0 is the sample itself.
    pub(crate) fn upsampling_phases(&self) -> Vec<Vec<f32>> {
        (1..self.factor)
            .map(|p| {
                let position = p as f64 / self.factor as f64;
                let first = 1.0 - (self.taps / 2) as f64;
                let weights: Vec<f64> =
                    (0..self.taps).map(|k| self.tap(first + k as f64 - position, 1.0)).collect();
                let sum: f64 = weights.iter().sum();
                weights.iter().map(|weight| (weight / sum) as f32).collect()
            })
            .collect()
    }

    /// For each point `p / factor`, `p` from 0, after a sample: what it gives
    /// to the `taps + 1` output frames around that sample, oldest first. The
    /// weights of all points that one output receives sum to 1.
    pub(crate) fn downsampling_phases(&self, cutoff: f64) -> Vec<Vec<f32>> {
        let weights: Vec<Vec<f64>> = (0..self.factor)
            .map(|p| {
                let position = p as f64 / self.factor as f64;
                let first = -((self.taps / 2) as f64);
                (0..=self.taps).map(|k| self.tap(first + k as f64 - position, cutoff)).collect()
            })
            .collect();
        let sum: f64 = weights.iter().flatten().sum();
        weights
            .iter()
            .map(|phase| phase.iter().map(|weight| (weight / sum) as f32).collect())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The response in dB of all phases together at `frequency` (of the sample rate).
    fn response_db(spec: &FilterSpec, cutoff: f64, frequency: f64) -> f64 {
        let phases = spec.downsampling_phases(cutoff);
        let (mut re, mut im) = (0.0, 0.0);
        for (p, phase) in phases.iter().enumerate() {
            for (k, weight) in phase.iter().enumerate() {
                let time = k as f64 - p as f64 / spec.factor as f64;
                let angle = std::f64::consts::TAU * frequency * time;
                re += f64::from(*weight) * angle.cos();
                im += f64::from(*weight) * angle.sin();
            }
        }
        10.0 * (re * re + im * im).log10()
    }

    #[test]
    fn the_stop_band_is_deep_and_the_pass_band_flat() {
        for factor in [4, 8, 16] {
            let spec = FilterSpec { factor, taps: 64, beta: 10.0 };
            // 20 kHz at 44.1 kHz.
            for frequency in [0.0, 0.1, 0.3, 0.4, 20.0 / 44.1] {
                let db = response_db(&spec, 1.0, frequency);
                assert!(db.abs() < 0.01, "factor {factor}, {frequency} fs: {db} dB");
            }
            for frequency in [0.56, 0.6, 0.8, 1.0, 1.4, 1.9] {
                let db = response_db(&spec, 1.0, frequency);
                assert!(db < -95.0, "factor {factor}, {frequency} fs: {db} dB");
            }
        }
    }

    #[test]
    fn a_sine_is_interpolated_where_it_is() {
        let spec = FilterSpec { factor: 8, taps: 64, beta: 10.0 };
        let phases = spec.upsampling_phases();
        for frequency in [0.01, 0.2, 0.4] {
            let sine = |time: f64| (std::f64::consts::TAU * frequency * time).sin();
            for start in 0..7 {
                for (p, phase) in phases.iter().enumerate() {
                    let value: f64 = phase
                        .iter()
                        .enumerate()
                        .map(|(k, weight)| f64::from(*weight) * sine((start + k) as f64))
                        .sum();
                    let expected = sine((start + 31) as f64 + (p + 1) as f64 / 8.0);
                    assert!((value - expected).abs() < 1e-4, "{frequency}: {value} {expected}");
                }
            }
        }
    }
}
