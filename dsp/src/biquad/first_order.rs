//! First-order sections, matched at DC and Nyquist in the same way as those of second order.

use std::f64::consts::PI;

use super::section::Coefficients;

/// `(n1 s + n0) / (s + pole)` in units of the design frequency, digitised.
pub fn digitize(
    numerator: [f64; 2],
    pole: f64,
    frequency_hz: f64,
    sample_rate_hz: f64,
) -> Coefficients {
    let nyquist_ratio = 0.5 * sample_rate_hz / frequency_hz;
    let p = (-2.0 * PI * pole * frequency_hz / sample_rate_hz).exp();
    let magnitude = |ratio: f64| {
        ((numerator[0].powi(2) + (numerator[1] * ratio).powi(2)) / (pole * pole + ratio * ratio))
            .sqrt()
    };
    let at_dc = (1.0 - p) * magnitude(0.0);
    let at_nyquist = (1.0 + p) * magnitude(nyquist_ratio);
    Coefficients { b: [0.5 * (at_dc + at_nyquist), 0.5 * (at_dc - at_nyquist), 0.0], a: [-p, 0.0] }
}

/// 6 dB per octave high-pass.
pub fn high_pass(frequency_hz: f64, sample_rate_hz: f64) -> Coefficients {
    digitize([0.0, 1.0], 1.0, frequency_hz, sample_rate_hz)
}
