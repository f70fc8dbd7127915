//! The curve that tells how much of a peak is kept.

/// A knee from straight to flat: linear up to `start`, a parabola, then `threshold`.
///
/// With `d = (|u| - start) / (threshold - start)`: `start + (threshold - start)
/// (d - d^2 / 4)` up to `d = 2`, the threshold beyond. Value and slope are
/// continuous at both ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Knee {
    pub(super) start: f32,
    threshold: f32,
    /// 1 / (threshold - start), or 0 for a hard corner.
    inverse_width: f32,
}

impl Knee {
    /// A knee that begins at magnitude `start` and never passes `threshold`.
    pub(crate) fn new(start: f64, threshold: f64) -> Self {
        let width = threshold - start;
        let inverse_width = if width > 1e-6 { 1.0 / width } else { 0.0 };
        let start = if inverse_width == 0.0 { threshold } else { start };
        Self {
            start: start as f32,
            threshold: threshold as f32,
            inverse_width: inverse_width as f32,
        }
    }

    /// What the knee takes away from `u`, with its sign; exactly zero up to `start`.
    pub(crate) fn excess(&self, u: f32) -> f32 {
        let magnitude = u.abs();
        let over = magnitude - self.start;
        let over = if over > 0.0 { over } else { 0.0 };
        let d = over * self.inverse_width;
        let bend = 0.25 * over * d;
        let flat = magnitude - self.threshold;
        // A hard corner has no bend: it begins at the threshold.
        let is_bend = self.inverse_width != 0.0 && d < 2.0;
        let excess = if is_bend || over == 0.0 { bend } else { flat };
        excess.copysign(u)
    }

    /// The same for many.
    pub(super) fn excess_of_all(&self, points: &[f32], excess: &mut [f32]) {
        for (excess, u) in excess.iter_mut().zip(points) {
            *excess = self.excess(*u);
        }
    }

    /// The integral of the excess between two magnitudes, the lower first.
    fn integral(&self, from: f32, to: f32) -> f32 {
        let bend_end = 2.0 * self.threshold - self.start;
        let mut integral = 0.0;
        if from < bend_end && to > self.start {
            let from = from.max(self.start) - self.start;
            let to = to.min(bend_end) - self.start;
            let mean_square = (from * from + from * to + to * to) * (1.0 / 3.0);
            integral += (to - from) * 0.25 * self.inverse_width * mean_square;
        }
        if to > bend_end {
            let from = from.max(bend_end);
            integral += (to - from) * (0.5 * (from + to) - self.threshold);
        }
        integral
    }

    /// The mean excess while the waveform moves in a straight line.
    pub(super) fn mean_excess(&self, from: f32, to: f32) -> f32 {
        let (first, last) = (from.abs(), to.abs());
        if first.max(last) <= self.start {
            return 0.0;
        }
        if from * to < 0.0 {
            let first = self.integral(0.0, first).copysign(from);
            return (first + self.integral(0.0, last).copysign(to)) / (from - to).abs();
        }
        let (low, high) = (first.min(last), first.max(last));
        if high - low < 1e-6 * high {
            return self.excess(0.5 * (from + to));
        }
        (self.integral(low, high) / (high - low)).copysign(from + to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_knee_is_continuous_monotonic_and_bounded() {
        let knee = Knee::new(0.5, 0.8);
        let shaped = |u: f32| u - knee.excess(u);
        let mut last = 0.0;
        for i in 0..4000 {
            let u = i as f32 * 0.0005;
            let y = shaped(u);
            assert!(y >= last - 1e-6 && y - last < 0.0006 && y <= 0.8 + 1e-6);
            assert_eq!(shaped(-u), -y);
            last = y;
        }
        assert_eq!(knee.excess(0.5), 0.0);
        assert!((shaped(1.1) - 0.8).abs() < 1e-6);
    }

    #[test]
    fn the_mean_excess_is_the_mean_of_many_points() {
        for knee in [Knee::new(0.5, 0.8), Knee::new(0.6, 0.6), Knee::new(0.59, 0.6)] {
            for (from, to) in [
                (0.2, 0.4),
                (0.4, 0.7),
                (0.7, 0.55),
                (0.3, 2.0),
                (-0.4, -0.9),
                (0.8, -1.9),
                (-1.0, -1.0),
            ] {
                const POINTS: usize = 20_000;
                let mean = (0..POINTS)
                    .map(|i| {
                        let position = (i as f32 + 0.5) / POINTS as f32;
                        f64::from(knee.excess(from + (to - from) * position))
                    })
                    .sum::<f64>()
                    / POINTS as f64;
                let got = f64::from(knee.mean_excess(from, to));
                assert!((got - mean).abs() < 2e-6, "{from} to {to}: {got}, not {mean}");
            }
        }
    }

    #[test]
    fn a_hard_knee_clips_exactly() {
        let knee = Knee::new(0.5, 0.5);
        assert_eq!(knee.excess(0.75), 0.25);
        assert_eq!(knee.excess(-0.75), -0.25);
        assert_eq!(knee.excess(0.5), 0.0);
    }
}
