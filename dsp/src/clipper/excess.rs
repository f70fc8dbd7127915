//! What a knee takes away from one channel, found at a higher sample rate.

use crate::oversampler::{Downsampler, Upsampler};

/// A knee from straight to flat: linear up to `start`, a parabola, then `threshold`.
///
/// With `d = (|u| - start) / (threshold - start)`: `start + (threshold - start)
/// (d - d^2 / 4)` up to `d = 2`, the threshold beyond. Value and slope are
/// continuous at both ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Knee {
    start: f32,
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
        if over <= 0.0 {
            return 0.0;
        }
        let d = over * self.inverse_width;
        let excess = if self.inverse_width == 0.0 || d >= 2.0 {
            magnitude - self.threshold
        } else {
            0.25 * over * d
        };
        excess.copysign(u)
    }
}

/// Finds the excess of one channel; delays by `taps` frames.
#[derive(Debug)]
pub(crate) struct ExcessClipper {
    /// One pair of filters for each oversampling factor; the decimators
    /// further by cut-off.
    rates: Vec<Rate>,
    rate: usize,
    cutoff: usize,
    taps: usize,
    high: Vec<f32>,
    /// Frames for which an interpolated sample may still reach the knee.
    hot_frames: usize,
    /// Frames for which the decimator still holds something.
    tail_frames: usize,
    /// Highest ratio of a peak before to after, since it was last taken.
    reduction: f32,
}

#[derive(Debug)]
struct Rate {
    factor: usize,
    up: Upsampler,
    down: Vec<Downsampler>,
}

impl ExcessClipper {
    /// Filters for every one of `factors`, with decimators cut at each of
    /// `cutoffs` (of Nyquist); the only place that allocates.
    pub(crate) fn new(factors: &[usize], taps: usize, cutoffs: &[f64], beta: f64) -> Self {
        let rates = factors
            .iter()
            .map(|&factor| Rate {
                factor,
                up: Upsampler::new(factor, taps, beta),
                down: cutoffs
                    .iter()
                    .map(|&cutoff| Downsampler::new(factor, taps, cutoff, beta))
                    .collect(),
            })
            .collect();
        let highest = factors.iter().copied().max().unwrap_or(1);
        Self {
            rates,
            rate: 0,
            cutoff: 0,
            taps,
            high: vec![0.0; highest],
            hot_frames: 0,
            tail_frames: 0,
            reduction: 1.0,
        }
    }

    /// Chooses factor and cut-off by their positions in the lists given to `new`.
    pub(crate) fn choose(&mut self, rate: usize, cutoff: usize) {
        if (rate, cutoff) != (self.rate, self.cutoff) {
            self.rate = rate;
            self.cutoff = cutoff;
            self.rates[rate].down[cutoff].reset();
            self.tail_frames = 0;
        }
    }

    /// Forgets all audio.
    pub(crate) fn reset(&mut self) {
        for rate in &mut self.rates {
            rate.up.reset();
            rate.down.iter_mut().for_each(Downsampler::reset);
        }
        self.hot_frames = 0;
        self.tail_frames = 0;
        self.reduction = 1.0;
    }

    /// Takes the next sample and returns the excess of the one `taps` frames earlier.
    pub(crate) fn process(&mut self, sample: f32, knee: &Knee) -> f32 {
        // Every upsampler follows the stream, so that a change of rate finds it ready.
        for (index, rate) in self.rates.iter_mut().enumerate() {
            if index != self.rate {
                rate.up.skip(sample);
            }
        }
        let Rate { factor, up, down } = &mut self.rates[self.rate];
        let down = &mut down[self.cutoff];
        let high = &mut self.high[..*factor];
        // A peak between samples exceeds its neighbours, rarely by more than 6 dB.
        if sample.abs() > 0.5 * knee.start {
            self.hot_frames = self.taps + 1;
        }
        let mut is_clipping = false;
        if self.hot_frames > 0 {
            self.hot_frames -= 1;
            up.process(sample, high);
            for value in high.iter_mut() {
                let excess = knee.excess(*value);
                if excess != 0.0 {
                    is_clipping = true;
                    self.reduction = self.reduction.max(*value / (*value - excess));
                }
                *value = excess;
            }
        } else {
            up.skip(sample);
            high.fill(0.0);
        }
        if is_clipping {
            self.tail_frames = self.taps + 1;
        }
        if self.tail_frames == 0 {
            // The decimator holds nothing but zeros, and so it stays.
            return 0.0;
        }
        self.tail_frames -= 1;
        down.process(high)
    }

    /// The highest ratio of a peak before to after since the last call, 1 or more.
    pub(crate) fn take_reduction(&mut self) -> f64 {
        f64::from(std::mem::replace(&mut self.reduction, 1.0))
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
    fn a_hard_knee_clips_exactly() {
        let knee = Knee::new(0.5, 0.5);
        assert_eq!(knee.excess(0.75), 0.25);
        assert_eq!(knee.excess(-0.75), -0.25);
        assert_eq!(knee.excess(0.5), 0.0);
    }
}
