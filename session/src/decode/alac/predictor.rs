//! The predictor: what a sample is likely to be, and what is learnt from what it is.

/// As many coefficients as mean that the predictor runs behind another.
const ORDER_OF_TWO: usize = 31;

/// Foretells a channel within a packet.
pub(super) struct Predictor {
    /// Whether each sample's difference to the one before was coded, not it itself.
    is_of_differences: bool,
    shift: u32,
    /// The coefficient of the newest sample first.
    coefficients: Vec<i32>,
}

impl Predictor {
    /// A predictor of such coefficients, which are so many bits too large.
    pub(super) fn new(is_of_differences: bool, shift: u32, coefficients: Vec<i32>) -> Self {
        let is_of_differences = is_of_differences || coefficients.len() == ORDER_OF_TWO;
        Self { is_of_differences, shift, coefficients }
    }

    /// Makes samples of such a width of residuals.
    pub(super) fn run(&mut self, samples: &mut [i32], width: u32) {
        let order = self.coefficients.len();
        if order == 0 {
            return;
        }
        let room = 32 - width;
        let wrapped = |sample: i32| sample << room >> room;
        if self.is_of_differences {
            for n in 1..samples.len() {
                samples[n] = wrapped(samples[n].wrapping_add(samples[n - 1]));
            }
        }
        for n in 1..samples.len().min(order + 1) {
            samples[n] = wrapped(samples[n].wrapping_add(samples[n - 1]));
        }
        for n in order + 1..samples.len() {
            let base = samples[n - order - 1];
            let residual = samples[n];
            let past = &samples[n - order..n];
            let newest_first = || past.iter().rev();
            let sum =
                newest_first().zip(&self.coefficients).fold(0_i32, |sum, (sample, weight)| {
                    sum.wrapping_add(weight.wrapping_mul(sample.wrapping_sub(base)))
                });
            let foretold = sum.wrapping_add((1 << self.shift) >> 1) >> self.shift;
            let sample = wrapped(residual.wrapping_add(base).wrapping_add(foretold));
            let oldest_first = past.iter().zip(self.coefficients.iter_mut().rev());
            learn(oldest_first, base, residual, self.shift);
            samples[n] = sample;
        }
    }
}

/// Moves each coefficient by one towards what the residual was, until it is used up.
fn learn<'a>(
    past: impl Iterator<Item = (&'a i32, &'a mut i32)>,
    base: i32,
    mut residual: i32,
    shift: u32,
) {
    let sign = residual.signum();
    for ((sample, weight), nth) in past.zip(1_i32..) {
        if residual.signum() != sign || sign == 0 {
            break;
        }
        let difference = base.wrapping_sub(*sample);
        let moved = difference.signum() * sign;
        *weight = weight.wrapping_sub(moved);
        let used = difference.wrapping_mul(moved) >> shift;
        residual = residual.wrapping_sub(used.wrapping_mul(nth));
    }
}
