//! Digital filters whose magnitude follows an analogue prototype up to 20 kHz.
//!
//! Two zeros, as in Vicanek's method, can meet the prototype at three
//! frequencies; between them, near Nyquist, they miss by up to 2.5 dB at
//! 44.1 kHz. Here four zeros are fitted to the whole curve. With
//! `x = sin^2(w/2)` the squared magnitude of a numerator is a polynomial in
//! `x`, so the zeros come from linear least squares on
//! `|H(w)|^2 |A(w)|^2 = c0 + c1 x + ... + c4 x^4`, weighted for equal error in
//! dB, with the poles `A` placed by impulse invariance. The polynomial splits
//! into two quadratics, and each gives a minimum-phase
//! section in closed form (M. Vicanek, "Matched Second Order Digital Filters",
//! 2016, equations 31 to 33).
//!
//! Zeros near the unit circle fit badly this way and poles do not, so a curve
//! whose zeros are the sharper pair is designed upside down and inverted: a cut
//! is exactly what undoes the boost.

use std::f64::consts::PI;

use realfft::num_complex::Complex64;

use super::first_order;
use super::prototype::{Prototype, impulse_invariant_poles};
use super::section::Coefficients;

/// Above this nothing is promised, and the fit looks little further.
const HIGHEST_HZ: f64 = 20_000.0;
const FIT_TO: f64 = 1.03 * HIGHEST_HZ;
/// Points of the fit: over the whole range, around poles and zeros, and spread by octaves.
const EVEN_POINTS: usize = 20;
const LOCAL_POINTS: usize = 9;
const OCTAVE_POINTS: usize = 8;
const LOWEST_HZ: f64 = 20.0;
const SHARPEST_Q: f64 = 1e6;
/// Zeros on the unit circle: of a notch, or those of a high-pass at DC.
const UNDAMPED_Q: f64 = f64::INFINITY;
/// Coefficients of the fitted polynomial.
const TERMS: usize = 5;
const DEGREE: usize = TERMS - 1;
/// The roots have converged when a step changes them by less.
const CONVERGED: f64 = 1e-13;
const MOST_STEPS: usize = 60;
/// A squared magnitude that is a zero.
const NOTHING: f64 = 1e-24;
/// A root whose imaginary part is smaller is real.
const REAL: f64 = 1e-9;

/// A filter of two sections.
pub type Pair = [Coefficients; 2];

/// Two quadratics in `x`, lowest power first.
type Factors = ([f64; 3], [f64; 3]);

/// Squared magnitude of `1 + a1 z^-1 + a2 z^-2` as a polynomial in `x`.
fn magnitude_polynomial([a1, a2]: [f64; 2]) -> [f64; 3] {
    let at_dc = (1.0 + a1 + a2).powi(2);
    let at_nyquist = (1.0 - a1 + a2).powi(2);
    [at_dc, at_nyquist - at_dc - 16.0 * a2, 16.0 * a2]
}

fn evaluate(polynomial: &[f64], x: f64) -> f64 {
    polynomial.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

/// The section whose squared magnitude is the quadratic; `None` when it is
/// negative somewhere, so that there is none.
fn minimum_phase([c0, c1, c2]: [f64; 3]) -> Option<[f64; 3]> {
    let (at_dc, at_nyquist, curve) = (c0, c0 + c1 + c2, -0.25 * c2);
    if at_dc < 0.0 || at_nyquist < 0.0 {
        return None;
    }
    let half_sum = 0.5 * (at_dc.sqrt() + at_nyquist.sqrt());
    let under_root = half_sum * half_sum + curve;
    // A touch below zero is rounding: a zero on the unit circle.
    if under_root < -1e-9 * (at_dc + at_nyquist) {
        return None;
    }
    let b0 = 0.5 * (half_sum + under_root.max(0.0).sqrt());
    let b1 = 0.5 * (at_dc.sqrt() - at_nyquist.sqrt());
    (b0 > 0.0).then(|| [b0, b1, -curve / (4.0 * b0)])
}

/// The roots of a polynomial with real coefficients, none of them zero
/// (Aberth's method, started on the radii of the Newton polygon so that roots
/// of very different size are all found).
fn roots(c: [f64; TERMS]) -> Option<[Complex64; DEGREE]> {
    let mut roots = [Complex64::default(); DEGREE];
    let mut corner = 0;
    while corner < DEGREE {
        let slope = |k: usize| (c[k].abs() / c[corner].abs()).ln() / (k - corner) as f64;
        let next = (corner + 1..TERMS).max_by(|a, b| slope(*a).total_cmp(&slope(*b)))?;
        let radius = (-slope(next)).exp();
        for k in corner..next {
            let turn = (k - corner) as f64 / (next - corner) as f64;
            roots[k] = Complex64::from_polar(radius, 2.0 * PI * turn + 0.4 + k as f64);
        }
        corner = next;
    }
    for _ in 0..MOST_STEPS {
        let mut largest_step = 0.0f64;
        for k in 0..DEGREE {
            let z = roots[k];
            let (mut value, mut slope) = (Complex64::from(c[DEGREE]), Complex64::default());
            for coefficient in c[..DEGREE].iter().rev() {
                slope = slope * z + value;
                value = value * z + coefficient;
            }
            if value == Complex64::default() {
                continue;
            }
            let newton = value / slope;
            let others: Complex64 =
                (0..DEGREE).filter(|j| *j != k).map(|j| (z - roots[j]).inv()).sum();
            let step = newton / (1.0 - newton * others);
            roots[k] = z - step;
            largest_step = largest_step.max(step.norm() / z.norm());
        }
        if !largest_step.is_finite() {
            return None;
        }
        if largest_step < CONVERGED {
            break;
        }
    }
    // Roots that nearly coincide converge slowly; what their product is, counts.
    Some(roots)
}

/// Whether the factors give the polynomial again, at every octave of `x`.
fn is_product(c: [f64; TERMS], (first, second): &Factors) -> bool {
    (0..45).map(|octave| 0.5f64.powi(octave)).all(|x| {
        let wanted = evaluate(&c, x);
        (evaluate(first, x) * evaluate(second, x) - wanted).abs() <= 1e-4 * wanted.abs()
    })
}

/// Splits a polynomial that is positive from 0 to 1 into quadratics that are.
fn split(c: [f64; TERMS]) -> Option<Factors> {
    let mut roots = roots(c)?;
    roots.sort_by(|a, b| a.norm_sqr().total_cmp(&b.norm_sqr()));
    let mut quadratics = [[0.0; 3]; 2];
    let mut found = 0;
    let mut unpaired: Option<f64> = None;
    for root in roots {
        let quadratic = if root.im.abs() <= REAL * root.norm() {
            // Real ones in twos, by size.
            let Some(other) = unpaired.take() else {
                unpaired = Some(root.re);
                continue;
            };
            [other * root.re, -other - root.re, 1.0]
        } else if root.im > 0.0 {
            [root.norm_sqr(), -2.0 * root.re, 1.0]
        } else {
            continue;
        };
        *quadratics.get_mut(found)? = quadratic;
        found += 1;
    }
    let [first, second] = quadratics;
    let sign = evaluate(&first, 0.5).signum();
    let gain = sign * c[DEGREE];
    let factors = (first.map(|k| sign * k), second.map(|k| gain * k));
    (found == 2 && unpaired.is_none() && is_product(c, &factors)).then_some(factors)
}

/// Solves the normal equations in place.
fn solve(matrix: &mut [[f64; TERMS]; TERMS], right: &mut [f64; TERMS]) {
    for i in 0..TERMS {
        for j in i + 1..TERMS {
            let factor = matrix[j][i] / matrix[i][i];
            for k in i..TERMS {
                matrix[j][k] -= factor * matrix[i][k];
            }
            right[j] -= factor * right[i];
        }
    }
    for i in (0..TERMS).rev() {
        let known: f64 = (i + 1..TERMS).map(|k| matrix[i][k] * right[k]).sum();
        right[i] = (right[i] - known) / matrix[i][i];
    }
}

/// Calls `visit` with every angular frequency of the fit.
fn for_each_point(
    prototype: &Prototype,
    frequency_hz: f64,
    sample_rate_hz: f64,
    mut visit: impl FnMut(f64),
) {
    let to_w = 2.0 * PI / sample_rate_hz;
    let highest = to_w * FIT_TO.min(0.5 * sample_rate_hz);
    for i in 0..EVEN_POINTS {
        let position = 0.5 - 0.5 * (PI * i as f64 / (EVEN_POINTS - 1) as f64).cos();
        visit(highest * position);
    }
    let pairs = [(prototype.pole, prototype.pole_q), prototype.zero()];
    for (ratio, q) in pairs {
        let centre = to_w * ratio * frequency_hz;
        // Zeros on the unit circle are known and need no points.
        if !centre.is_finite() || q > SHARPEST_Q {
            continue;
        }
        for i in 0..LOCAL_POINTS {
            let octaves = 3.0 * i as f64 / (LOCAL_POINTS - 1) as f64 - 1.5;
            let w = centre * (octaves / q.max(0.5)).exp();
            if w > 0.0 && w <= highest {
                visit(w);
            }
        }
    }
    for i in 0..OCTAVE_POINTS {
        let ratio = (0.5 * HIGHEST_HZ / LOWEST_HZ).powf(i as f64 / (OCTAVE_POINTS - 1) as f64);
        visit((to_w * LOWEST_HZ * ratio).min(highest));
    }
}

/// The polynomial that comes nearest to the squared magnitude `power(w)` over
/// the poles' `denominator`; the prototype says where to look.
fn fit(
    prototype: &Prototype,
    power: impl Fn(f64) -> f64,
    frequency_hz: f64,
    sample_rate_hz: f64,
    denominator: &[f64; 3],
) -> [f64; TERMS] {
    let mut matrix = [[0.0; TERMS]; TERMS];
    let mut right = [0.0; TERMS];
    // Columns of like size keep the equations well conditioned.
    let mut scale = [0.0f64; TERMS];
    let row = |w: f64| {
        let x = (0.5 * w).sin().powi(2);
        let wanted = power(w) * evaluate(denominator, x);
        let mut row = [0.0; TERMS];
        if !(NOTHING..1.0 / NOTHING).contains(&wanted) {
            // At a zero or on a pole there is nothing to compare.
            return row;
        }
        let mut value = 1.0 / wanted;
        for entry in &mut row {
            *entry = value;
            value *= x;
        }
        row
    };
    for_each_point(prototype, frequency_hz, sample_rate_hz, |w| {
        for (scale, entry) in scale.iter_mut().zip(row(w)) {
            *scale = scale.max(entry.abs());
        }
    });
    for_each_point(prototype, frequency_hz, sample_rate_hz, |w| {
        let row = row(w);
        for i in 0..TERMS {
            right[i] += row[i] / scale[i];
            for j in 0..TERMS {
                matrix[i][j] += row[i] / scale[i] * row[j] / scale[j];
            }
        }
    });
    solve(&mut matrix, &mut right);
    for (c, scale) in right.iter_mut().zip(scale) {
        *c /= scale;
    }
    right
}

impl Prototype {
    /// Natural frequency relative to the design frequency, and quality, of the zeros.
    pub(super) fn zero(&self) -> (f64, f64) {
        let [n0, n1, n2] = self.numerator;
        ((n0 / n2).sqrt(), if n1 == 0.0 { UNDAMPED_Q } else { (n0 * n2).sqrt() / n1 })
    }

    /// What undoes the filter.
    fn inverse(&self) -> Self {
        let [n0, n1, n2] = self.numerator;
        let pole = (n0 / n2).sqrt();
        Self {
            numerator: [self.pole * self.pole / n2, self.pole / self.pole_q / n2, 1.0 / n2],
            pole,
            pole_q: if n1 == 0.0 { UNDAMPED_Q } else { pole * n2 / n1 },
        }
    }

    /// Two sections that follow the prototype up to 20 kHz.
    ///
    /// `frequency_hz` below Nyquist. At 44.1 kHz within 0.22 dB for bells,
    /// notches and low-passes of Q 0.1 to 20 and shelves of Q up to 2, at any
    /// gain to 24 dB; for high-passes there is [`high_pass_12`]. The tests of
    /// the response measure it.
    pub fn digitize_matched(&self, frequency_hz: f64, sample_rate_hz: f64) -> Pair {
        let fallback = || [self.digitize(frequency_hz, sample_rate_hz), Coefficients::IDENTITY];
        if self.numerator[2] == 0.0 {
            return self.two_quadratics(frequency_hz, sample_rate_hz).unwrap_or_else(fallback);
        }
        let (zero, zero_q) = self.zero();
        let sharpness = zero_q / self.pole_q;
        let is_even = (sharpness - 1.0).abs() < 1e-9;
        let is_upside_down = if is_even { zero < self.pole } else { sharpness > 1.0 };
        let pair = if is_upside_down {
            self.inverse().two_quadratics(frequency_hz, sample_rate_hz).map(invert)
        } else {
            self.two_quadratics(frequency_hz, sample_rate_hz)
        };
        pair.unwrap_or_else(fallback)
    }

    fn two_quadratics(&self, frequency_hz: f64, sample_rate_hz: f64) -> Option<Pair> {
        let power = |w: f64| self.power_response(w * sample_rate_hz / (2.0 * PI * frequency_hz));
        self.two_quadratics_for(power, frequency_hz, sample_rate_hz)
    }

    /// Quadratics for another curve than the prototype's own, over its poles.
    fn two_quadratics_for(
        &self,
        power: impl Fn(f64) -> f64,
        frequency_hz: f64,
        sample_rate_hz: f64,
    ) -> Option<Pair> {
        let poles = impulse_invariant_poles(self.pole, self.pole_q, frequency_hz, sample_rate_hz);
        let denominator = magnitude_polynomial(poles);
        let c = fit(self, power, frequency_hz, sample_rate_hz, &denominator);
        let (first, second) = split(c)?;
        // The zeros that lie lower go with the poles and take all the gain; the
        // others are but a correction near Nyquist. Boosts and cuts are then
        // arranged alike, and a gain that moves through 0 dB moves smoothly.
        let (zeros, correction) = (minimum_phase(first)?, minimum_phase(second)?);
        let gain = correction[0];
        Some([
            Coefficients { b: zeros.map(|b| gain * b), a: poles },
            Coefficients { b: correction.map(|b| b / gain), a: [0.0; 2] },
        ])
    }
}

/// A high-pass of first order, 6 dB per octave: a difference of neighbours,
/// which is exactly zero at DC, and two sections for what then is missing.
pub fn high_pass_6(frequency_hz: f64, sample_rate_hz: f64) -> [Coefficients; 3] {
    let low_pass = Prototype::low_pass_6();
    let power = |w: f64| {
        let ratio = w * sample_rate_hz / (2.0 * PI * frequency_hz);
        low_pass.power_response(ratio) * (ratio / (2.0 * (0.5 * w).sin())).powi(2)
    };
    low_pass.two_quadratics_for(power, frequency_hz, sample_rate_hz).map_or_else(
        || {
            let section = first_order::high_pass(frequency_hz, sample_rate_hz);
            [section, Coefficients::IDENTITY, Coefficients::IDENTITY]
        },
        |[first, second]| {
            let difference = Coefficients { b: [1.0, -1.0, 0.0], a: [0.0; 2] };
            [difference, first, second]
        },
    )
}

/// A high-pass of second order, likewise: two differences, and two sections for
/// what then is missing. Unlike [`Prototype::digitize_matched`] it follows the
/// prototype up to 20 kHz with any resonance.
pub fn high_pass_12(q: f64, frequency_hz: f64, sample_rate_hz: f64) -> [Coefficients; 3] {
    let low_pass = Prototype::low_pass(q);
    let power = |w: f64| {
        let ratio = w * sample_rate_hz / (2.0 * PI * frequency_hz);
        low_pass.power_response(ratio) * (ratio / (2.0 * (0.5 * w).sin())).powi(4)
    };
    low_pass.two_quadratics_for(power, frequency_hz, sample_rate_hz).map_or_else(
        || {
            let [first, second] =
                Prototype::high_pass(q).digitize_matched(frequency_hz, sample_rate_hz);
            [Coefficients::IDENTITY, first, second]
        },
        |[first, second]| {
            let differences = Coefficients { b: [1.0, -2.0, 1.0], a: [0.0; 2] };
            [differences, first, second]
        },
    )
}

fn invert([first, second]: Pair) -> Pair {
    let monic = |b: [f64; 3]| [b[1] / b[0], b[2] / b[0]];
    let gain = 1.0 / (first.b[0] * second.b[0]);
    [
        Coefficients { b: [gain, gain * first.a[0], gain * first.a[1]], a: monic(first.b) },
        Coefficients { b: [1.0, 0.0, 0.0], a: monic(second.b) },
    ]
}
