//! A window as eight parts: the step of decimation in frequency.

use multiversion::multiversion;
use rustfft::num_complex::Complex;

/// Parts that a window is cut into.
pub(super) const PARTS: usize = 8;
/// Frames that are summed up side by side.
pub(super) const LANES: usize = 8;

/// Complex numbers side by side: real and imaginary parts.
type Row = [[f32; LANES]; 2];

/// What a group of frames is summed up with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Factors {
    /// The window at `n + q M`.
    window: [[f32; LANES]; PARTS],
    /// `W^(n r)`.
    twiddles: [Row; PARTS],
}

impl Factors {
    /// Those of the frames from `first`.
    pub(super) fn new(first: usize, window: &[f32]) -> Self {
        let turn = |n: usize, r: usize| {
            -std::f64::consts::TAU * (n * r % window.len()) as f64 / window.len() as f64
        };
        let part = window.len() / PARTS;
        let lanes = |of: &dyn Fn(usize) -> f32| std::array::from_fn(|lane| of(first + lane));
        Self {
            window: std::array::from_fn(|q| lanes(&|n| window[q * part + n])),
            twiddles: std::array::from_fn(|r| {
                [lanes(&|n| turn(n, r).cos() as f32), lanes(&|n| turn(n, r).sin() as f32)]
            }),
        }
    }
}

macro_rules! row_operations {
    ($($name:ident: |$a:ident, $b:ident| $value:expr;)+) => {$(
        #[inline(always)]
        fn $name(x: Row, y: Row) -> Row {
            let mut out = [[0.0; LANES]; 2];
            for lane in 0..LANES {
                let ($a, $b) = (x[0][lane], y[0][lane]);
                out[0][lane] = $value;
            }
            for lane in 0..LANES {
                let ($a, $b) = (x[1][lane], y[1][lane]);
                out[1][lane] = $value;
            }
            out
        }
    )+};
}

row_operations! {
    plus: |a, b| a + b;
    minus: |a, b| a - b;
    // Times 1 / sqrt 2.
    plus_scaled: |a, b| std::f32::consts::FRAC_1_SQRT_2 * (a + b);
    minus_scaled: |a, b| std::f32::consts::FRAC_1_SQRT_2 * (a - b);
}

/// Times `-i`.
#[expect(clippy::inline_always, reason = "as below")]
#[inline(always)]
fn turned([re, im]: Row) -> Row {
    let mut out = [im, re];
    for lane in 0..LANES {
        out[1][lane] = -re[lane];
    }
    out
}

/// The sums of the parts over some groups of frames. `halves` are the older and
/// the newer half window, each of left and right, `stride` what lies between
/// the starts of two eighths there.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn combine(
    factors: &[Factors],
    first: usize,
    halves: [[&[f32]; 2]; 2],
    stride: usize,
    parts: &mut [Complex<f32>],
) {
    let gap = parts.len() / PARTS;
    for (group, factors) in factors.iter().enumerate() {
        let n = first + group * LANES;
        let x0 = windowed(factors, halves, stride, 0, n);
        let x4 = windowed(factors, halves, stride, 4, n);
        let (a, b) = (plus(x0, x4), minus(x0, x4));
        let x2 = windowed(factors, halves, stride, 2, n);
        let x6 = windowed(factors, halves, stride, 6, n);
        let (c, d) = (plus(x2, x6), turned(minus(x2, x6)));
        let x1 = windowed(factors, halves, stride, 1, n);
        let x5 = windowed(factors, halves, stride, 5, n);
        let (e, f) = (plus(x1, x5), minus(x1, x5));
        let x3 = windowed(factors, halves, stride, 3, n);
        let x7 = windowed(factors, halves, stride, 7, n);
        let (g, h) = (plus(x3, x7), minus(x3, x7));
        let (even, odd) = (plus(a, c), plus(e, g));
        let (across, aslant) = (minus(a, c), turned(minus(e, g)));
        // W^M = (1 - i) / sqrt 2 and W^3M = (-1 - i) / sqrt 2.
        let (difference, sum) = (minus_scaled(f, h), turned(plus_scaled(f, h)));
        let (near, far) = (plus(b, d), minus(b, d));
        let (one, three) = (plus(difference, sum), minus(sum, difference));
        let w = &factors.twiddles;
        store(plus(even, odd), w[0], parts, n);
        store(plus(near, one), w[1], parts, n + gap);
        store(plus(across, aslant), w[2], parts, n + 2 * gap);
        store(plus(far, three), w[3], parts, n + 3 * gap);
        store(minus(even, odd), w[4], parts, n + 4 * gap);
        store(minus(near, one), w[5], parts, n + 5 * gap);
        store(minus(across, aslant), w[6], parts, n + 6 * gap);
        store(minus(far, three), w[7], parts, n + 7 * gap);
    }
}

/// Frames of the `q`th eighth of the window.
#[expect(clippy::inline_always, reason = "as below")]
#[inline(always)]
fn windowed(factors: &Factors, halves: [[&[f32]; 2]; 2], stride: usize, q: usize, n: usize) -> Row {
    let [left, right] = halves[q / (PARTS / 2)];
    let place = q % (PARTS / 2) * stride + n;
    let (left, right) = (&left[place..place + LANES], &right[place..place + LANES]);
    let mut row = [[0.0; LANES]; 2];
    for lane in 0..LANES {
        row[0][lane] = left[lane] * factors.window[q][lane];
    }
    for lane in 0..LANES {
        row[1][lane] = right[lane] * factors.window[q][lane];
    }
    row
}

#[expect(clippy::inline_always, reason = "what is not inlined keeps the baseline's vector units")]
#[inline(always)]
fn store([re, im]: Row, [cos, sin]: Row, parts: &mut [Complex<f32>], place: usize) {
    let out = &mut parts[place..place + LANES];
    let (mut turned_re, mut turned_im) = ([0.0; LANES], [0.0; LANES]);
    for lane in 0..LANES {
        turned_re[lane] = re[lane] * cos[lane] - im[lane] * sin[lane];
    }
    for lane in 0..LANES {
        turned_im[lane] = re[lane] * sin[lane] + im[lane] * cos[lane];
    }
    for lane in 0..LANES {
        out[lane] = Complex::new(turned_re[lane], turned_im[lane]);
    }
}
