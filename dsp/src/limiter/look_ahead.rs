//! The last stage's gain: a minimum over the look-ahead, a release, and three boxes.
//!
//! Every frame's needed reduction is held for the look-ahead, released
//! exponentially and averaged by three boxes whose orders sum to the
//! look-ahead, so the gain has arrived, smoothly, when the peak does. Sums are
//! kept in integers: they never drift, and with no reduction the gain is
//! exactly one.

use super::sliding::SlidingMax;

/// One in fixed point; the product with three boxes at 384 kHz fits 63 bits.
const ONE: f64 = (1u64 << 36) as f64;
/// Shares of the three boxes (side lobes of the smoothing 50 dB down).
const BOX_SHARES: [f64; 2] = [0.404, 0.335];
/// The gain comes back by no more than this in a frame (0.1 dB). What decays
/// exponentially is the reduction: in 3 ms that brings 12 dB back at up to 0.2 dB a
/// frame, but 40 dB at 6 dB a frame, and a gain that bends so fast turns what lies
/// near Nyquist into peaks that no detector saw before. A matter of frames, not of
/// time: above 8 dB at 44.1 kHz and 3 ms, above 12 dB at 96 kHz.
const FASTEST_RETURN: f64 = 1.011_579_454_259_899;
/// From less than this (-80 dB) it comes back at once: no music is so loud.
const LEAST_GAIN: f64 = 1e-4;

/// A moving sum.
#[derive(Debug)]
struct MovingSum {
    ring: Vec<i64>,
    position: usize,
    sum: i64,
}

impl MovingSum {
    fn new(length: usize) -> Self {
        Self { ring: vec![0; length.max(1)], position: 0, sum: 0 }
    }

    fn reset(&mut self) {
        self.ring.fill(0);
        self.position = 0;
        self.sum = 0;
    }

    fn push(&mut self, value: i64) -> i64 {
        self.sum += value - std::mem::replace(&mut self.ring[self.position], value);
        self.position += 1;
        if self.position == self.ring.len() {
            self.position = 0;
        }
        self.sum
    }
}

/// The gain of one channel.
#[derive(Debug)]
pub(super) struct LookAhead {
    frames: usize,
    hold: SlidingMax<i64>,
    released: i64,
    boxes: [MovingSum; 3],
    scale: f64,
    /// Frames for which a sum may still hold something.
    busy_frames: usize,
}

impl LookAhead {
    /// A look-ahead of `frames`: the gain fits audio delayed by `frames - 1`.
    pub(super) fn new(frames: usize) -> Self {
        let frames = frames.max(4);
        // Orders (length - 1) of the boxes sum to frames - 1.
        let order = (frames - 1) as f64;
        let first = (BOX_SHARES[0] * order).round() as usize;
        let second = (BOX_SHARES[1] * order).round() as usize;
        let lengths = [first + 1, second + 1, frames - first - second];
        let product: usize = lengths.iter().product();
        Self {
            frames,
            hold: SlidingMax::new(frames),
            released: 0,
            boxes: lengths.map(MovingSum::new),
            scale: 1.0 / (product as f64 * ONE),
            busy_frames: 0,
        }
    }

    pub(super) fn reset(&mut self) {
        self.hold.reset(0);
        self.released = 0;
        self.boxes.iter_mut().for_each(MovingSum::reset);
        self.busy_frames = 0;
    }

    /// Whether the gain is exactly one and stays so until a reduction is needed.
    pub(super) fn is_idle(&self) -> bool {
        self.busy_frames == 0 && self.released == 0
    }

    /// Takes over another's state; both look equally far ahead.
    pub(super) fn follow(&mut self, other: &Self) {
        self.hold.follow(&other.hold);
        self.released = other.released;
        for (sum, other) in self.boxes.iter_mut().zip(&other.boxes) {
            sum.ring.copy_from_slice(&other.ring);
            sum.position = other.position;
            sum.sum = other.sum;
        }
        self.busy_frames = other.busy_frames;
    }

    /// Takes the highest gain that the next frame may have (1 or less) and
    /// returns the gain for the frame that came `frames - 1` earlier.
    pub(super) fn push(&mut self, allowed_gain: f64, release_coefficient: f64) -> f64 {
        // One more than rounding down gives, so that rounding never lets a peak through.
        let needed = if allowed_gain < 1.0 { ((1.0 - allowed_gain) * ONE) as i64 + 1 } else { 0 };
        if needed > 0 {
            self.busy_frames = 2 * self.frames;
        } else if self.is_idle() {
            // All rings hold zeros; where they stand does not matter.
            return 1.0;
        }
        let held = self.hold.push(needed);
        let released = self.released as f64;
        let gain = (ONE - released).max(LEAST_GAIN * ONE);
        let returning = (released * release_coefficient).max(ONE - gain * FASTEST_RETURN);
        self.released = held.max(returning as i64);
        // What is left of a release at -150 dB is not heard, but would keep the sums busy.
        if self.released < 2048 && held == 0 {
            self.released = 0;
        }
        self.busy_frames =
            if self.released > 0 { 2 * self.frames } else { self.busy_frames.saturating_sub(1) };
        let sum = self.boxes.iter_mut().fold(self.released, |value, sum| sum.push(value));
        1.0 - sum as f64 * self.scale
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gain_has_arrived_when_the_peak_does_and_returns_to_exactly_one() {
        for frames in [4, 13, 48, 96] {
            let mut gain = LookAhead::new(frames);
            let needs: Vec<f64> = (0..2000)
                .map(|n| {
                    if n == 100 {
                        0.5
                    } else if n == 130 {
                        0.8
                    } else {
                        1.0
                    }
                })
                .collect();
            let gains: Vec<f64> = needs.iter().map(|&need| gain.push(need, 0.9)).collect();
            for n in 0..needs.len() - frames {
                assert!(gains[n + frames - 1] <= needs[n] + 1e-12);
            }
            assert_eq!(gains[50], 1.0);
            assert_eq!(gains[1999], 1.0);
            // No step between frames is larger than a smooth attack needs.
            let steepest = gains.windows(2).map(|g| (g[1] - g[0]).abs()).fold(0.0, f64::max);
            assert!(frames < 48 || steepest < 0.05, "{steepest}");
        }
    }

    #[test]
    fn however_deep_a_reduction_is_it_comes_back_no_faster_than_a_tenth_of_a_db_a_frame() {
        let mut gain = LookAhead::new(96);
        let mut gains: Vec<f64> = (0..4000)
            .map(|n| gain.push(if n == 100 { 0.001 } else { 1.0 }, (-1.0f64 / 132.0).exp()))
            .collect();
        // From where the peak passes.
        gains.drain(..196);
        let fastest = gains.windows(2).map(|g| g[1] / g[0]).fold(0.0, f64::max);
        assert!(fastest <= FASTEST_RETURN * 1.000_001, "{fastest}");
        assert_eq!(gains.last(), Some(&1.0));
        // What no music is does not hold the gain down.
        let mut gain = LookAhead::new(96);
        gain.push(1e-30, 0.99);
        assert_eq!((0..4000).fold(0.0, |_, _| gain.push(1.0, 0.99)), 1.0);
    }
}
