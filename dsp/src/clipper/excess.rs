//! What a knee takes away from one channel, found at a higher sample rate.

use crate::oversampler::FilterSpec;
use crate::smoothing::TICK_FRAMES;
use crate::tape::Tape;
use crate::vector::{add_scaled, filter, filter_symmetric, highest_magnitude};

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
    fn mean_excess(&self, from: f32, to: f32) -> f32 {
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

/// Frames worked on at once.
const RUN_FRAMES: usize = TICK_FRAMES;
/// Frames by which fine steps reach beyond an interval, on either side.
const FINE_REACH: usize = 1;
const MAX_INTERVALS: usize = RUN_FRAMES + 2 * FINE_REACH;
/// Points of the polynomial between two points of the oversampled signal.
const NODES: usize = 6;
/// How many of them lie before the interval.
const NODES_BEFORE: usize = 2;
/// Most points that may wait for what later intervals give them.
const MAX_WAITING: usize = NODES - 1;
/// A peak between samples exceeds the six around it, rarely by more than 6 dB,
const SAMPLES_HIDE: f32 = 0.5;
/// the waveform its points at twice the rate by at most 3 dB,
const TWICE_HIDES: f32 = 0.7;
/// and those at four times by 0.7 dB.
const FOUR_TIMES_HIDES: f32 = 0.9;

/// How an excess clipper is built.
#[derive(Clone, Debug)]
pub(crate) struct ExcessSpec<'a> {
    /// Oversampling factors to choose from: powers of two from 4 up.
    pub(crate) factors: &'a [usize],
    /// Length of both filters in frames, even.
    pub(crate) taps: usize,
    /// Cut-offs of the decimator (of Nyquist) to choose from.
    pub(crate) cutoffs: &'a [f64],
    /// Shape of the filters' window.
    pub(crate) beta: f64,
    /// Points for each frame at which the knee is integrated, a multiple of
    /// every factor; 0 evaluates it at the oversampled points alone.
    pub(crate) fine_points: usize,
}

/// The filters of one oversampling factor.
#[derive(Debug)]
struct Rate {
    factor: usize,
    /// By point within the interval, from 1.
    up: Vec<Vec<f32>>,
    /// By cut-off, then by point within the interval.
    down: Vec<Vec<Vec<f32>>>,
    fine: Option<FineSteps>,
}

/// The steps in which an interval between two oversampled points is walked.
#[derive(Debug)]
struct FineSteps {
    /// Weights of the nodes at the end of each step.
    ends: Vec<[f32; NODES]>,
    /// Weights of the nodes in the middle of each step, divided by the number of steps.
    middles: Vec<[f32; NODES]>,
}

impl FineSteps {
    fn new(steps: usize) -> Self {
        // Lagrange's polynomials through the nodes.
        let weights = |position: f64, scale: f64| {
            std::array::from_fn(|k| {
                let node = |k: usize| k as f64 - NODES_BEFORE as f64;
                let others = (0..NODES).filter(|&other| other != k);
                let product: f64 = others
                    .map(|other| (position - node(other)) / (node(k) - node(other)))
                    .product();
                (product * scale) as f32
            })
        };
        let n = steps as f64;
        Self {
            ends: (1..=steps).map(|step| weights(step as f64 / n, 1.0)).collect(),
            middles: (0..steps).map(|step| weights((step as f64 + 0.5) / n, 1.0 / n)).collect(),
        }
    }

    /// Adds the excess between the middle two of `nodes` to them all, by their
    /// weights; returns whether there was any.
    fn integrate(&self, nodes: &[f32; NODES], knee: &Knee, folded: &mut [f32]) -> bool {
        let ends = nodes[NODES_BEFORE].abs().max(nodes[NODES_BEFORE + 1].abs());
        if ends <= FOUR_TIMES_HIDES * knee.start {
            return false;
        }
        let mut found = false;
        let mut from = nodes[NODES_BEFORE];
        for (end, middle) in self.ends.iter().zip(&self.middles) {
            let to: f32 = end.iter().zip(nodes).map(|(weight, node)| weight * node).sum();
            let mean = knee.mean_excess(from, to);
            if mean != 0.0 {
                found = true;
                for (folded, weight) in folded.iter_mut().zip(middle) {
                    *folded += mean * weight;
                }
            }
            from = to;
        }
        found
    }
}

/// Finds the excess of one channel.
///
/// The waveform is looked at ever more closely where it may reach the knee:
/// at the samples, at twice the rate, and only then at all oversampled points.
/// Every excess found there is given to the output frames around it by the
/// decimator's weights. With fine steps the excess is integrated along a
/// polynomial between the oversampled points (first-order antiderivative:
/// Parker, Zavalishin, Le Bivic, DAFx-16), so that its corners alias no more.
#[derive(Debug)]
pub(crate) struct ExcessClipper {
    rates: Vec<Rate>,
    rate: usize,
    cutoff: usize,
    /// The decimator in use, by point within the interval.
    weights: Vec<Vec<f32>>,
    taps: usize,
    /// Frames of neighbourhood that an interval needs besides the filters.
    reach: usize,
    tape: Tape,
    /// Oversampled points of a run and its neighbourhood.
    points: Vec<f32>,
    /// Excess at oversampled points that fine steps may still add to, then those of the run.
    folded: Vec<f32>,
    /// Excess of output frames; the first is the next to leave.
    output: Vec<f32>,
    /// Frames for which `output` or `folded` may still hold something.
    busy_frames: usize,
    /// Highest ratio of a peak before to after, since it was last taken.
    reduction: f32,
}

impl ExcessClipper {
    /// Builds all filters; the only place that allocates.
    pub(crate) fn new(spec: &ExcessSpec<'_>) -> Self {
        let rates: Vec<Rate> = spec
            .factors
            .iter()
            .map(|&factor| {
                let filter = FilterSpec { factor, taps: spec.taps, beta: spec.beta };
                let steps = spec.fine_points / factor;
                Rate {
                    factor,
                    up: filter.upsampling_phases(),
                    down: spec.cutoffs.iter().map(|&c| filter.downsampling_phases(c)).collect(),
                    fine: (steps > 0).then(|| FineSteps::new(steps)),
                }
            })
            .collect();
        let factor = spec.factors.iter().copied().max().unwrap_or(1);
        let reach = if spec.fine_points > 0 { FINE_REACH } else { 0 };
        let intervals = RUN_FRAMES + 2 * reach;
        let mut clipper = Self {
            rates,
            rate: 0,
            cutoff: 0,
            weights: vec![vec![0.0; spec.taps + 1]; factor],
            taps: spec.taps,
            reach,
            tape: Tape::new(spec.taps + 2 * reach + 1, RUN_FRAMES),
            points: vec![0.0; intervals * factor + 1],
            folded: vec![0.0; MAX_WAITING + RUN_FRAMES * factor],
            output: vec![0.0; RUN_FRAMES + spec.taps + 2 * reach + 1],
            busy_frames: 0,
            reduction: 1.0,
        };
        clipper.blend(0, 0.0);
        clipper
    }

    /// By how many frames the excess lags the input.
    pub(crate) fn latency_frames(&self) -> usize {
        self.taps + 2 * self.reach
    }

    /// Chooses factor and cut-off by their positions in the lists given to `new`.
    pub(crate) fn choose(&mut self, rate: usize, cutoff: usize) {
        if (rate, cutoff) != (self.rate, self.cutoff) {
            self.rate = rate;
            self.cutoff = cutoff;
            // What waits at the old rate's points has no place at the new one's.
            self.folded.fill(0.0);
            self.blend(cutoff, 0.0);
        }
    }

    /// Decimates with the chosen cut-off and, by a `share` of 0 to 1, with `other`
    /// (a position in the list given to `new`). What has been clipped before keeps
    /// the weights it had, so that nothing jumps.
    pub(crate) fn blend(&mut self, other: usize, share: f32) {
        let down = &self.rates[self.rate].down;
        for ((weights, from), to) in
            self.weights.iter_mut().zip(&down[self.cutoff]).zip(&down[other])
        {
            for ((weight, from), to) in weights.iter_mut().zip(from).zip(to) {
                *weight = from + share * (to - from);
            }
        }
    }

    /// Forgets all audio.
    pub(crate) fn reset(&mut self) {
        self.tape.reset();
        self.folded.fill(0.0);
        self.output.fill(0.0);
        self.busy_frames = 0;
        self.reduction = 1.0;
    }

    /// The highest ratio of a peak before to after since the last call, 1 or more.
    pub(crate) fn take_reduction(&mut self) -> f64 {
        f64::from(std::mem::replace(&mut self.reduction, 1.0))
    }

    /// Takes samples and writes the excess of those [`Self::latency_frames`] earlier.
    pub(crate) fn process(&mut self, input: &[f32], knee: &Knee, excess: &mut [f32]) {
        for (input, excess) in input.chunks(RUN_FRAMES).zip(excess.chunks_mut(RUN_FRAMES)) {
            self.process_run(input, knee, excess);
        }
    }

    fn process_run(&mut self, input: &[f32], knee: &Knee, excess: &mut [f32]) {
        let frames = input.len();
        self.tape.push(input);
        let intervals = frames + 2 * self.reach;
        // The first interval begins in the middle of the up-sampling filter.
        let first = self.taps / 2 - 1;
        let window = self.tape.newest(self.taps + intervals - 1);
        let around = &window[first - 2..first + intervals + 3];
        if highest_magnitude(around) > SAMPLES_HIDE * knee.start {
            let hot = self.find_hot_intervals(frames, knee);
            self.find_excess(frames, &hot, knee);
        }
        if self.busy_frames == 0 {
            excess.fill(0.0);
            return;
        }
        self.busy_frames = self.busy_frames.saturating_sub(frames);
        if self.reach > 0 {
            self.give_folded(frames);
        }
        excess.copy_from_slice(&self.output[..frames]);
        self.output.copy_within(frames.., 0);
        let end = self.output.len() - frames;
        self.output[end..].fill(0.0);
    }

    /// Computes the oversampled points that may matter and returns, for each
    /// interval of the run and its neighbourhood, whether its own do.
    fn find_hot_intervals(&mut self, frames: usize, knee: &Knee) -> [bool; MAX_INTERVALS] {
        const GROUP: usize = 8;
        let intervals = frames + 2 * self.reach;
        let first = self.taps / 2 - 1;
        let window = self.tape.newest(self.taps + intervals - 1);
        let Rate { factor, up, .. } = &self.rates[self.rate];
        let mut is_loud = [false; MAX_INTERVALS];
        let floor = SAMPLES_HIDE * knee.start;
        for (i, is_loud) in is_loud[..intervals].iter_mut().enumerate() {
            let around = &window[first + i - 2..first + i + 4];
            *is_loud = around.iter().any(|sample| sample.abs() > floor);
        }
        let mut is_hot = [false; MAX_INTERVALS];
        let mut phase = [0.0; GROUP];
        let floor = TWICE_HIDES * knee.start;
        for start in (0..intervals).step_by(GROUP) {
            let end = (start + GROUP).min(intervals);
            // Fine steps look at the points of the neighbours too.
            let wider = start.saturating_sub(self.reach)..(end + self.reach).min(intervals);
            if !is_loud[wider].contains(&true) {
                continue;
            }
            let input = &window[start..];
            let phase = &mut phase[..end - start];
            let middle = factor / 2;
            filter_symmetric(input, &up[middle - 1][..self.taps / 2], phase);
            for (i, value) in (start..end).zip(phase.iter()) {
                self.points[i * factor + middle] = *value;
                let ends = window[first + i].abs().max(window[first + i + 1].abs());
                is_hot[i] = is_loud[i] && ends.max(value.abs()) > floor;
            }
        }
        for start in (0..intervals).step_by(GROUP) {
            let end = (start + GROUP).min(intervals);
            let wider = start.saturating_sub(self.reach)..(end + self.reach).min(intervals);
            if !is_hot[wider].contains(&true) {
                continue;
            }
            let phase = &mut phase[..end - start];
            for p in (1..*factor).filter(|p| *p != factor / 2) {
                filter(&window[start..], &up[p - 1], phase);
                for (i, value) in (start..end).zip(phase.iter()) {
                    self.points[i * factor + p] = *value;
                }
            }
            for i in start..=end {
                self.points[i * factor] = window[first + i];
            }
        }
        is_hot
    }

    /// Evaluates the knee in the hot intervals of the run.
    fn find_excess(&mut self, frames: usize, is_hot: &[bool; MAX_INTERVALS], knee: &Knee) {
        let Rate { factor, fine, .. } = &self.rates[self.rate];
        let mut found = false;
        for frame in 0..frames {
            if !is_hot[frame + self.reach] {
                continue;
            }
            let start = (frame + self.reach) * factor;
            for p in 0..*factor {
                let value = self.points[start + p];
                let excess = knee.excess(value);
                if excess != 0.0 {
                    self.reduction = self.reduction.max(value / (value - excess));
                }
                if let Some(fine) = fine {
                    let before = start + p - NODES_BEFORE;
                    if let Some(nodes) = self.points[before..].first_chunk::<NODES>() {
                        let folded = &mut self.folded[frame * factor + p..];
                        found |= fine.integrate(nodes, knee, folded);
                    }
                } else if excess != 0.0 {
                    found = true;
                    let output = &mut self.output[frame..=frame + self.taps];
                    add_scaled(output, &self.weights[p], excess);
                }
            }
        }
        if found {
            self.busy_frames = RUN_FRAMES + self.latency_frames() + 1;
        }
    }

    /// Gives the excess at points that nothing is added to any more to the output.
    fn give_folded(&mut self, frames: usize) {
        let factor = self.rates[self.rate].factor;
        let complete = frames * factor;
        for (i, excess) in self.folded[..complete].iter().enumerate() {
            if *excess != 0.0 {
                // The first point lies `NODES_BEFORE` before the run's first interval.
                let point = i + factor - NODES_BEFORE;
                let (frame, p) = (point / factor, point % factor);
                let output = &mut self.output[frame..=frame + self.taps];
                add_scaled(output, &self.weights[p], *excess);
            }
        }
        self.folded.copy_within(complete..complete + MAX_WAITING, 0);
        self.folded[MAX_WAITING..].fill(0.0);
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
