//! Analogue prototypes, and one section that follows them.

use std::f64::consts::PI;

use super::section::Coefficients;

/// Poles above Nyquist would alias down; they are held just below it.
const HIGHEST_POLE_W: f64 = 0.98 * PI;

/// `a1` and `a2` of a pair of poles at `ratio` times the design frequency.
pub(super) fn impulse_invariant_poles(
    ratio: f64,
    pole_q: f64,
    frequency_hz: f64,
    sample_rate_hz: f64,
) -> [f64; 2] {
    let w = (2.0 * PI * ratio * frequency_hz / sample_rate_hz).min(HIGHEST_POLE_W);
    let q = 0.5 / pole_q;
    let decay = (-q * w).exp();
    let a1 = if q <= 1.0 {
        -2.0 * decay * ((1.0 - q * q).sqrt() * w).cos()
    } else {
        // As two real poles: no overflow however low the Q.
        let spread = (q * q - 1.0).sqrt();
        -((spread - q) * w).exp() - ((-spread - q) * w).exp()
    };
    [a1, decay * decay]
}

/// An analogue second-order prototype in units of its design frequency:
/// `(n2 s^2 + n1 s + n0) / (s^2 + s pole / q + pole^2)`.
#[derive(Clone, Copy, Debug)]
pub struct Prototype {
    /// Numerator, highest power last.
    pub numerator: [f64; 3],
    /// Natural frequency of the poles relative to the design frequency.
    pub pole: f64,
    /// Quality of the poles.
    pub pole_q: f64,
}

impl Prototype {
    /// Bell of gain `gain_db` and quality `q` (RBJ's definition: bandwidth at half the gain in dB).
    pub fn bell(gain_db: f64, q: f64) -> Self {
        let a = 10f64.powf(gain_db / 40.0);
        Self { numerator: [1.0, a / q, 1.0], pole: 1.0, pole_q: a * q }
    }

    /// Low shelf; the design frequency has half the gain in dB.
    pub fn low_shelf(gain_db: f64, q: f64) -> Self {
        let a = 10f64.powf(gain_db / 40.0);
        Self { numerator: [a, a.sqrt() / q, 1.0], pole: 1.0 / a.sqrt(), pole_q: q }
    }

    /// High shelf; the design frequency has half the gain in dB.
    pub fn high_shelf(gain_db: f64, q: f64) -> Self {
        let a = 10f64.powf(gain_db / 40.0);
        Self { numerator: [a, a * a.sqrt() / q, a * a], pole: a.sqrt(), pole_q: q }
    }

    /// Tilt of first order: `+gain_db` far above, `-gain_db` far below, 0 dB at the
    /// design frequency. (As a second order, with a pole on a zero.)
    pub fn tilt(gain_db: f64) -> Self {
        let gain = 10f64.powf(gain_db / 20.0);
        let pole = gain.sqrt();
        Self { numerator: [1.0, 1.0 + gain, gain], pole, pole_q: pole / (1.0 + gain) }
    }

    /// Low-pass of first order, 6 dB per octave; likewise.
    pub fn low_pass_6() -> Self {
        Self { numerator: [1.0, 1.0, 0.0], pole: 1.0, pole_q: 0.5 }
    }

    /// Notch.
    pub fn notch(q: f64) -> Self {
        Self { numerator: [1.0, 0.0, 1.0], pole: 1.0, pole_q: q }
    }

    /// Band-pass of unit gain at its centre.
    pub fn band_pass(q: f64) -> Self {
        Self { numerator: [0.0, 1.0 / q, 0.0], pole: 1.0, pole_q: q }
    }

    /// Low-pass.
    pub fn low_pass(q: f64) -> Self {
        Self { numerator: [1.0, 0.0, 0.0], pole: 1.0, pole_q: q }
    }

    /// High-pass.
    pub fn high_pass(q: f64) -> Self {
        Self { numerator: [0.0, 0.0, 1.0], pole: 1.0, pole_q: q }
    }

    /// Squared magnitude at `ratio` times the design frequency.
    pub fn power_response(&self, ratio: f64) -> f64 {
        let [n0, n1, n2] = self.numerator;
        let w2 = ratio * ratio;
        let numerator = (n0 - n2 * w2).powi(2) + n1 * n1 * w2;
        let p2 = self.pole * self.pole;
        let denominator = (p2 - w2).powi(2) + p2 * w2 / (self.pole_q * self.pole_q);
        numerator / denominator
    }

    /// One section, matched at three frequencies.
    pub fn digitize(&self, frequency_hz: f64, sample_rate_hz: f64) -> Coefficients {
        let nyquist_hz = sample_rate_hz / 2.0;
        let [a1, a2] =
            impulse_invariant_poles(self.pole, self.pole_q, frequency_hz, sample_rate_hz);
        let power = |phi: [f64; 3], c: [f64; 3]| phi[0] * c[0] + phi[1] * c[1] + phi[2] * c[2];
        let a_squared = [(1.0 + a1 + a2).powi(2), (1.0 - a1 + a2).powi(2), -4.0 * a2];
        // The third point of the match: the design frequency, kept off Nyquist.
        let match_hz = frequency_hz.min(0.8 * nyquist_hz);
        let phi1 = (PI * match_hz / sample_rate_hz).sin().powi(2);
        let phi = [1.0 - phi1, phi1, 4.0 * phi1 * (1.0 - phi1)];
        let wanted = self.power_response(match_hz / frequency_hz) * power(phi, a_squared);
        if self.numerator[0] == 0.0 && self.numerator[1] == 0.0 {
            // A high-pass keeps both zeros at DC exactly.
            let gain = (wanted / (16.0 * phi1 * phi1)).sqrt();
            return Coefficients { b: [gain, -2.0 * gain, gain], a: [a1, a2] };
        }
        let b_dc = a_squared[0] * self.power_response(0.0);
        let b_nyquist = a_squared[1] * self.power_response(nyquist_hz / frequency_hz);
        let b_curve = (wanted - b_dc * phi[0] - b_nyquist * phi[1]) / phi[2];
        let half_sum = 0.5 * (b_dc.sqrt() + b_nyquist.sqrt());
        let b0 = 0.5 * (half_sum + (half_sum * half_sum + b_curve).max(0.0).sqrt());
        let b1 = 0.5 * (b_dc.sqrt() - b_nyquist.sqrt());
        let b2 = if b0 == 0.0 { 0.0 } else { -b_curve / (4.0 * b0) };
        Coefficients { b: [b0, b1, b2], a: [a1, a2] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn db(power: f64) -> f64 {
        10.0 * power.log10()
    }

    #[test]
    fn the_prototypes_have_their_defining_gains() {
        let bell = Prototype::bell(6.0, 2.0);
        assert!((db(bell.power_response(1.0)) - 6.0).abs() < 1e-9);
        assert!(db(bell.power_response(0.0)).abs() < 1e-9);
        let shelf = Prototype::high_shelf(-8.0, 0.7);
        assert!((db(shelf.power_response(1.0)) + 4.0).abs() < 1e-9);
        assert!((db(shelf.power_response(1e6)) + 8.0).abs() < 1e-6);
        let shelf = Prototype::low_shelf(5.0, 0.7);
        assert!((db(shelf.power_response(0.0)) - 5.0).abs() < 1e-9);
    }

    #[test]
    fn digital_bells_meet_the_prototype_at_the_matched_points() {
        for frequency_hz in [30.0, 1000.0, 8000.0, 16_000.0] {
            for gain_db in [-12.0, 3.0, 12.0] {
                let prototype = Prototype::bell(gain_db, 1.0);
                let digital = prototype.digitize(frequency_hz, 44_100.0);
                let at = |hz: f64| db(digital.power_response(hz, 44_100.0));
                assert!((at(frequency_hz) - gain_db).abs() < 0.01);
                assert!(at(0.0).abs() < 0.01);
            }
        }
    }
}
