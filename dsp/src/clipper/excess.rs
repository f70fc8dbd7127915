//! What a knee takes away from one channel: found at a higher sample rate, and
//! subtracted from the delayed signal.

use std::ops::Range;
use std::sync::Arc;

use super::fine_steps::{FineSteps, NODES, NODES_BEFORE};
use super::knee::Knee;
use crate::oversampler::FilterSpec;
use crate::shared::Shared;
use crate::smoothing::TICK_FRAMES;
use crate::tape::Tape;
use crate::vector::{
    LANES, add_all_scaled, add_scaled, filter, filter_symmetric, highest_magnitude,
};

/// Frames worked on at once.
const RUN_FRAMES: usize = TICK_FRAMES;
/// Frames by which fine steps reach beyond an interval, on either side.
const FINE_REACH: usize = 1;
const MAX_INTERVALS: usize = RUN_FRAMES + 2 * FINE_REACH;
const _: () = assert!(MAX_INTERVALS + 5 <= u64::BITS as usize, "a bit for each sample around");
/// Most points that may wait for what later intervals give them.
const MAX_WAITING: usize = NODES - 1;
/// A peak between samples exceeds the six around it, rarely by more than 6 dB,
const SAMPLES_HIDE: f32 = 0.5;
/// the waveform its points at twice the rate by at most 3 dB.
const TWICE_HIDES: f32 = 0.7;

/// Some of the intervals between the samples of a run and its neighbourhood: a bit for each.
#[derive(Clone, Copy, Debug, Default)]
struct Intervals(u64);

impl Intervals {
    /// Those with a sample above `floor` among the six around them. `samples` begins
    /// two before the first interval and ends three after the last.
    fn near_loud_samples(samples: &[f32], floor: f32) -> Self {
        debug_assert!(samples.len() <= MAX_INTERVALS + 5);
        let mut loud = 0u64;
        for (group, samples) in samples.chunks(LANES).enumerate() {
            let bit = |(lane, sample): (usize, &f32)| u32::from(sample.abs() > floor) << lane;
            let bits = samples.iter().enumerate().map(bit).fold(0, |bits, bit| bits | bit);
            loud |= u64::from(bits) << (group * LANES);
        }
        Self((0..6).fold(0, |near, distance| near | loud >> distance))
    }

    fn add(&mut self, interval: usize) {
        self.0 |= 1 << interval;
    }

    fn has(self, interval: usize) -> bool {
        self.0 >> interval & 1 == 1
    }

    /// Whether any of at most 63 intervals in a row is among them.
    fn has_any(self, range: Range<usize>) -> bool {
        self.0 >> range.start & ((1 << range.len()) - 1) != 0
    }
}

/// How an excess clipper is built.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ExcessSpec {
    /// Oversampling factors to choose from: powers of two from 4 up.
    pub(crate) factors: &'static [usize],
    /// Length of both filters in frames, even.
    pub(crate) taps: usize,
    /// Cut-offs of the decimator (of Nyquist) to choose from.
    pub(crate) cutoffs: &'static [f64],
    /// Shape of the filters' window.
    pub(crate) beta: f64,
    /// Points for each frame at which the knee is integrated, a multiple of
    /// every factor; 0 evaluates it at the oversampled points alone.
    pub(crate) fine_points: usize,
}

static RATES: Shared<ExcessSpec, Vec<Rate>> = Shared::new();

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

impl Rate {
    fn new(factor: usize, spec: &ExcessSpec) -> Self {
        let filter = FilterSpec { factor, taps: spec.taps, beta: spec.beta };
        let steps = spec.fine_points / factor;
        Self {
            factor,
            up: filter.upsampling_phases(),
            down: spec.cutoffs.iter().map(|&c| filter.downsampling_phases(c)).collect(),
            fine: (steps > 0).then(|| FineSteps::new(steps)),
        }
    }
}

/// Takes the excess of one channel away.
///
/// The waveform is looked at ever more closely where it may reach the knee:
/// at the samples, at twice the rate, and only then at all oversampled points.
/// Every excess found there is given to the output frames around it by the
/// decimator's weights. With fine steps the excess is integrated along a
/// polynomial between the oversampled points (first-order antiderivative:
/// Parker, Zavalishin, Le Bivic, DAFx-16), so that its corners alias no more.
#[derive(Debug)]
pub(crate) struct ExcessClipper {
    rates: Arc<Vec<Rate>>,
    rate: usize,
    cutoff: usize,
    /// The decimator in use, by point within the interval; zeros fill it up to whole [`LANES`].
    weights: Vec<Vec<f32>>,
    taps: usize,
    /// Frames of neighbourhood that an interval needs besides the filters.
    reach: usize,
    tape: Tape,
    /// Oversampled points of a run and its neighbourhood.
    points: Vec<f32>,
    /// What the knee takes away at those of the run.
    excess: Vec<f32>,
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
    pub(crate) fn new(spec: &ExcessSpec) -> Self {
        let rate = |&factor: &usize| Rate::new(factor, spec);
        let rates = RATES.get(spec.clone(), || spec.factors.iter().map(rate).collect());
        let factor = spec.factors.iter().copied().max().unwrap_or(1);
        let reach = if spec.fine_points > 0 { FINE_REACH } else { 0 };
        let intervals = RUN_FRAMES + 2 * reach;
        let width = (spec.taps + 1).next_multiple_of(LANES);
        let mut clipper = Self {
            rates,
            rate: 0,
            cutoff: 0,
            weights: vec![vec![0.0; width]; factor],
            taps: spec.taps,
            reach,
            tape: Tape::new(spec.taps + 2 * reach + 1, RUN_FRAMES),
            points: vec![0.0; intervals * factor + 1],
            excess: vec![0.0; RUN_FRAMES * factor],
            folded: vec![0.0; MAX_WAITING + RUN_FRAMES * factor],
            output: vec![0.0; RUN_FRAMES + width + 2 * reach],
            busy_frames: 0,
            reduction: 1.0,
        };
        clipper.blend(0, 0.0);
        clipper
    }

    /// By how many frames the output lags the input.
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

    /// Replaces samples by those [`Self::latency_frames`] earlier, less their excess.
    pub(crate) fn process(&mut self, samples: &mut [f32], knee: &Knee) {
        for run in samples.chunks_mut(RUN_FRAMES) {
            self.process_run(run, knee);
        }
    }

    fn process_run(&mut self, run: &mut [f32], knee: &Knee) {
        let frames = run.len();
        self.tape.push(run);
        let intervals = frames + 2 * self.reach;
        // The first interval begins in the middle of the up-sampling filter.
        let first = self.taps / 2 - 1;
        let window = self.tape.newest(self.taps + intervals - 1);
        let around = &window[first - 2..first + intervals + 3];
        if highest_magnitude(around) > SAMPLES_HIDE * knee.start {
            let hot = self.find_hot_intervals(frames, knee);
            if hot.has_any(self.reach..self.reach + frames) {
                self.find_excess(frames, hot, knee);
            }
        }
        if self.busy_frames == 0 {
            run.copy_from_slice(&self.tape.newest(self.latency_frames() + frames)[..frames]);
            return;
        }
        self.busy_frames = self.busy_frames.saturating_sub(frames);
        if self.reach > 0 {
            self.give_folded(frames);
        }
        let delayed = &self.tape.newest(self.latency_frames() + frames)[..frames];
        for ((sample, delayed), excess) in run.iter_mut().zip(delayed).zip(&self.output) {
            *sample = delayed - excess;
        }
        self.output.copy_within(frames.., 0);
        let end = self.output.len() - frames;
        self.output[end..].fill(0.0);
    }

    /// Computes the oversampled points that may matter and returns those
    /// intervals of the run and its neighbourhood of which some do.
    fn find_hot_intervals(&mut self, frames: usize, knee: &Knee) -> Intervals {
        const GROUP: usize = 8;
        let intervals = frames + 2 * self.reach;
        let first = self.taps / 2 - 1;
        let window = self.tape.newest(self.taps + intervals - 1);
        let Rate { factor, up, .. } = &self.rates[self.rate];
        let around = &window[first - 2..first + intervals + 3];
        let loud = Intervals::near_loud_samples(around, SAMPLES_HIDE * knee.start);
        // Fine steps look at the points of the neighbours too.
        let wider = |start: usize, end: usize| start.saturating_sub(self.reach)..end + self.reach;
        let mut hot = Intervals::default();
        let mut phase = [0.0; GROUP];
        let floor = TWICE_HIDES * knee.start;
        for start in (0..intervals).step_by(GROUP) {
            let end = (start + GROUP).min(intervals);
            if !loud.has_any(wider(start, end)) {
                continue;
            }
            let input = &window[start..];
            let phase = &mut phase[..end - start];
            let middle = factor / 2;
            filter_symmetric(input, &up[middle - 1][..self.taps / 2], phase);
            for (i, value) in (start..end).zip(phase.iter()) {
                self.points[i * factor + middle] = *value;
                let ends = window[first + i].abs().max(window[first + i + 1].abs());
                if ends.max(value.abs()) > floor && loud.has(i) {
                    hot.add(i);
                }
            }
        }
        for start in (0..intervals).step_by(GROUP) {
            let end = (start + GROUP).min(intervals);
            if !hot.has_any(wider(start, end)) {
                continue;
            }
            let phase = &mut phase[..end - start];
            let points = &mut self.points[start * factor..=end * factor];
            for p in (1..*factor).filter(|p| *p != factor / 2) {
                filter(&window[start..], &up[p - 1], phase);
                for (points, value) in points.chunks_exact_mut(*factor).zip(phase.iter()) {
                    points[p] = *value;
                }
            }
            let samples = &window[first + start..=first + end];
            for (point, sample) in points.iter_mut().step_by(*factor).zip(samples) {
                *point = *sample;
            }
        }
        hot
    }

    /// Evaluates the knee in the hot intervals of the run.
    fn find_excess(&mut self, frames: usize, hot: Intervals, knee: &Knee) {
        let Rate { factor, fine, .. } = &self.rates[self.rate];
        let points = self.reach * factor..(self.reach + frames) * factor;
        let excess = &mut self.excess[..points.len()];
        knee.excess_of_all(&self.points[points], excess);
        let mut found = false;
        let mut highest = 0.0f32;
        for frame in (0..frames).filter(|frame| hot.has(frame + self.reach)) {
            let start = (frame + self.reach) * factor;
            let points = &self.points[start..start + factor];
            highest = points.iter().fold(highest, |highest, point| highest.max(point.abs()));
            if let Some(fine) = fine {
                for p in 0..*factor {
                    let before = start + p - NODES_BEFORE;
                    if let Some(nodes) = self.points[before..].first_chunk::<NODES>() {
                        let folded = &mut self.folded[frame * factor + p..];
                        found |= fine.integrate(nodes, knee, folded);
                    }
                }
            } else {
                let excess = &excess[frame * factor..][..*factor];
                if excess.iter().any(|excess| *excess != 0.0) {
                    found = true;
                    let output = &mut self.output[frame..frame + self.weights[0].len()];
                    add_all_scaled(output, &self.weights, excess);
                }
            }
        }
        let kept = highest - knee.excess(highest);
        if kept < highest {
            self.reduction = self.reduction.max(highest / kept);
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
                let output = &mut self.output[frame..frame + self.weights[0].len()];
                add_scaled(output, &self.weights[p], *excess);
            }
        }
        self.folded.copy_within(complete..complete + MAX_WAITING, 0);
        self.folded[MAX_WAITING..].fill(0.0);
    }
}
