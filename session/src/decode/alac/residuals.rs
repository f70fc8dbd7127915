//! What the predictor did not foretell, in codes whose width follows its size.

use super::super::bits::Bits;

/// A mean that is larger counts as this.
const MOST_MEAN: u32 = 0xFFFF;
/// More ones than this stand for a number as it is.
const MOST_ONES: u32 = 9;
/// Below this mean a run of zeros may come.
const RUN_BELOW: u32 = 128;
/// A run this long may be followed by another.
const LONGEST_RUN: u32 = 0xFFFF;

/// How the codes follow what comes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Adaptation {
    /// How fast.
    pub(super) pace: u32,
    /// The mean to begin with.
    pub(super) history: u32,
    /// The widest code.
    pub(super) most_k: u32,
}

impl Adaptation {
    /// The same at another pace.
    pub(super) fn at(self, pace: u32) -> Self {
        Self { pace, ..self }
    }
}

/// Reads as many residuals of such a width as there is room for, which holds zeros.
pub(super) fn read(
    bits: &mut Bits<'_>,
    adaptation: Adaptation,
    width: u32,
    residuals: &mut [i32],
) -> Result<(), &'static str> {
    let Adaptation { pace, history, most_k } = adaptation;
    let mut mean = history;
    // Behind a run the next is not zero, so it is coded one lower.
    let mut is_behind_run = 0;
    let mut n = 0;
    while n < residuals.len() {
        let k = ((mean >> 9) + 3).ilog2();
        let value = code(bits, k.min(most_k), width)?.wrapping_add(is_behind_run);
        is_behind_run = 0;
        // The lowest bit is the sign.
        residuals[n] = (value >> 1) as i32 ^ (value & 1).wrapping_neg() as i32;
        n += 1;
        mean = if value > MOST_MEAN {
            MOST_MEAN
        } else {
            mean.wrapping_add(pace * value).wrapping_sub(pace.wrapping_mul(mean) >> 9)
        };
        if mean < RUN_BELOW && n < residuals.len() {
            let k = mean.leading_zeros() - 24 + ((mean + 16) >> 6);
            let zeros = code(bits, k.min(most_k), 16)?;
            n += zeros as usize;
            if n > residuals.len() {
                return Err("a run that goes beyond its packet");
            }
            is_behind_run = u32::from(zeros < LONGEST_RUN);
            mean = 0;
        }
    }
    Ok(())
}

/// A number in a Rice code, or as it is in so many bits.
fn code(bits: &mut Bits<'_>, k: u32, width: u32) -> Result<u32, &'static str> {
    let ones = bits.take_ones(MOST_ONES)?;
    if ones == MOST_ONES {
        return bits.take(width);
    }
    if k < 2 {
        return Ok(ones * k);
    }
    let value = (ones << k) - ones;
    // Of the first two, one bit is left out.
    match bits.take(k - 1)? {
        0 => Ok(value),
        high => Ok(value + (high << 1) + bits.take(1)? - 1),
    }
}
