//! The spectrum of the whole song: long-term average and highest of each bin.
//!
//! It is made where nothing is lost, on the audio thread, and costs every
//! block alike. Both channels go through one complex transform `Z` of
//! `L + i R`: `|L(k)|^2 + |R(k)|^2 = (|Z(k)|^2 + |Z(N-k)|^2) / 2`. The window of
//! `N` frames is cut by one step of decimation in frequency: with `M = N / 8`,
//! `y_r(n) = W^(n r) sum over q of x(n + q M) W^(q r M)`, `W = e^(-2 pi i / N)`,
//! and the transform of `y_r` holds the bins `8 k + r`. So a window becomes
//! tasks of about equal length: eight slices of those sums, eight transforms of
//! an eighth, eight slices of adding up. While the next half window fills,
//! the tasks are done one by one on a grid of frames, so that the result does
//! not depend on the block size.
//!
//! Readers get the sums through [`SharedSongSpectrum`], all of one window: a
//! counter that is odd while they are being written (a sequence lock) sends a
//! reader away until the next time, and never holds up the writer.

mod eighths;
mod shared;

use std::fmt;
use std::sync::Arc;

use multiversion::multiversion;
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

pub use self::shared::{SharedSongSpectrum, SongSpectrum};

use self::eighths::{Factors, LANES, PARTS, combine};
use super::window::{HIGHEST, window, window_frames};
use crate::shared::Shared;

/// Sums, transforms and foldings of all parts, and the publication.
const TASKS: usize = 3 * PARTS + 1;
/// Points of the grid of tasks in half a window.
const TICKS: usize = 32;
/// Frames between the eighths: at a distance of a power of two they would all
/// contend for the same few lines of the processor's cache.
const PAD: usize = 16;

/// By the frames of a window.
static PLANS: Shared<usize, Plan> = Shared::new();

/// What all windows of a length have in common.
struct Plan {
    /// Of an eighth.
    transform: Arc<dyn Fft<f32>>,
    factors: Vec<Factors>,
}

impl Plan {
    fn new(frames: usize) -> Self {
        let (part, window) = (frames / PARTS, window(frames));
        Self {
            transform: FftPlanner::new().plan_fft_forward(part),
            factors: (0..part).step_by(LANES).map(|n| Factors::new(n, &window)).collect(),
        }
    }
}

/// Measures the spectrum of a whole stream; belongs to the audio thread.
pub struct SongAnalyzer {
    plan: Arc<Plan>,
    window_frames: usize,
    /// Left and right in three half windows each: the older, the newer, and one
    /// that fills. Between the eighths lies a gap.
    halves: [Vec<f32>; 2],
    /// From one eighth to the next.
    half_stride: usize,
    /// Which half window fills.
    filling: usize,
    filled: usize,
    /// Complete half windows since the last reset, at most two.
    complete: usize,
    /// The next task of the newest window; [`TASKS`] when all are done.
    task: usize,
    parts: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    /// `|Z|^2` of all bins, by parts.
    powers: Vec<f32>,
    /// Sum over all windows of each bin up to Nyquist, by parts, Nyquist last.
    totals: Vec<f64>,
    highest: Vec<f32>,
    windows: u64,
    resets: u64,
    shared: Arc<SharedSongSpectrum>,
}

impl fmt::Debug for SongAnalyzer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SongAnalyzer")
            .field("window_frames", &self.window_frames)
            .field("windows", &self.windows)
            .finish_non_exhaustive()
    }
}

impl SongAnalyzer {
    /// Builds the analyser; the only place that allocates.
    pub fn new(sample_rate_hz: f64) -> Self {
        let frames = window_frames(sample_rate_hz);
        let part = frames / PARTS;
        let plan = PLANS.get(frames, || Plan::new(frames));
        let halves = vec![0.0; 3 * (PARTS / 2) * (part + PAD)];
        let none = Complex::new(0.0, 0.0);
        let bins = frames / 2 + 1;
        Self {
            scratch: vec![none; plan.transform.get_inplace_scratch_len()],
            plan,
            window_frames: frames,
            halves: [halves.clone(), halves],
            half_stride: part + PAD,
            filling: 0,
            filled: 0,
            complete: 0,
            task: TASKS,
            parts: vec![none; frames + PARTS * PAD],
            powers: vec![0.0; frames],
            totals: vec![0.0; bins],
            highest: vec![0.0; bins],
            windows: 0,
            resets: 0,
            shared: Arc::new(SharedSongSpectrum::new(sample_rate_hz, bins)),
        }
    }

    /// Where readers find the sums.
    pub fn shared(&self) -> &Arc<SharedSongSpectrum> {
        &self.shared
    }

    /// Begins a new song.
    pub fn reset(&mut self) {
        self.filled = 0;
        self.complete = 0;
        self.task = TASKS;
        self.totals.fill(0.0);
        self.highest.fill(0.0);
        self.windows = 0;
        self.resets += 1;
        self.publish();
    }

    /// Takes frames in. Samples that are not finite count as silence.
    pub fn process(&mut self, left: &[f32], right: &[f32]) {
        debug_assert_eq!(left.len(), right.len());
        let hop = self.window_frames / 2;
        // An eighth of an eighth: no run of frames reaches from one into the next.
        let tick = hop / TICKS;
        let end = left.len().min(right.len());
        let mut start = 0;
        while start < end {
            let frames = (end - start).min(tick - self.filled % tick);
            let eighth = self.filling * (PARTS / 2) + self.filled / (self.window_frames / PARTS);
            let place = eighth * self.half_stride + self.filled % (self.window_frames / PARTS);
            for (half, samples) in self.halves.iter_mut().zip([left, right]) {
                keep(&samples[start..start + frames], &mut half[place..place + frames]);
            }
            start += frames;
            self.filled += frames;
            if self.filled.is_multiple_of(tick) && self.task < TASKS {
                self.work();
            }
            if self.filled == hop {
                self.filled = 0;
                self.filling = (self.filling + 1) % 3;
                self.complete = (self.complete + 1).min(2);
                if self.complete == 2 {
                    self.task = 0;
                }
            }
        }
    }

    /// Ends the measurement of a file: the newest window is worked out.
    pub fn finish(&mut self) {
        while self.task < TASKS {
            self.work();
        }
    }

    /// The next task of the newest window.
    fn work(&mut self) {
        let part = self.task % PARTS;
        match self.task / PARTS {
            0 => self.sum_up(part),
            1 => self.transform(part),
            2 => self.fold(part),
            _ => {
                self.windows += 1;
                self.publish();
            }
        }
        self.task += 1;
    }

    /// An eighth of the sums that the parts are transformed from.
    fn sum_up(&mut self, slice: usize) {
        let length = self.half_stride * PARTS / 2;
        // What fills is the oldest, the one after it the older half of the window.
        let halves = [1, 2].map(|age| {
            let start = (self.filling + age) % 3 * length;
            [0, 1].map(|channel| &self.halves[channel][start..start + length])
        });
        let groups = self.plan.factors.len() / PARTS;
        let factors = &self.plan.factors[slice * groups..][..groups];
        combine(factors, slice * groups * LANES, halves, self.half_stride, &mut self.parts);
    }

    fn transform(&mut self, part: usize) {
        let length = self.window_frames / PARTS;
        let bins = &mut self.parts[part * (length + PAD)..][..length];
        self.plan.transform.process_with_scratch(bins, &mut self.scratch);
        square(bins, &mut self.powers[part * length..][..length]);
    }

    /// Adds a part's bins to the sums, each with its mirror image: that of bin
    /// `8 k + r` is `N - 8 k - r`, in part `8 - r`.
    fn fold(&mut self, part: usize) {
        let length = self.window_frames / PARTS;
        let half = length / 2;
        let near = &self.powers[part * length..][..length];
        let far = &self.powers[(PARTS - part) % PARTS * length..][..length];
        let totals = &mut self.totals[part * half..][..half];
        let highest = &mut self.highest[part * half..][..half];
        if part == 0 {
            add(0.5 * near[0], &mut totals[0], &mut highest[0]);
            add_all(&near[1..half], &far[half + 1..], &mut totals[1..], &mut highest[1..]);
            let nyquist = self.totals.len() - 1;
            let power = 0.5 * self.powers[half];
            add(power, &mut self.totals[nyquist], &mut self.highest[nyquist]);
        } else {
            add_all(&near[..half], &far[half..], totals, highest);
        }
    }

    fn publish(&self) {
        self.shared.write(&self.totals, &self.highest, self.windows, self.resets);
    }
}

/// Samples as they are measured.
#[multiversion(targets("x86_64+avx2"))]
fn keep(samples: &[f32], kept: &mut [f32]) {
    for (kept, &sample) in kept.iter_mut().zip(samples) {
        let finite = if sample.abs() <= f32::MAX { sample } else { 0.0 };
        *kept = finite.clamp(-HIGHEST, HIGHEST);
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn square(bins: &[Complex<f32>], powers: &mut [f32]) {
    for (power, bin) in powers.iter_mut().zip(bins) {
        *power = bin.re * bin.re + bin.im * bin.im;
    }
}

/// `near` upward with `far` downward.
#[multiversion(targets("x86_64+avx2"))]
fn add_all(near: &[f32], far: &[f32], totals: &mut [f64], highest: &mut [f32]) {
    let mirrored = near.iter().zip(far.iter().rev());
    for ((total, highest), (near, far)) in totals.iter_mut().zip(highest).zip(mirrored) {
        let power = 0.25 * (near + far);
        *total += f64::from(power);
        *highest = if power > *highest { power } else { *highest };
    }
}

fn add(power: f32, total: &mut f64, highest: &mut f32) {
    *total += f64::from(power);
    *highest = highest.max(power);
}

#[cfg(test)]
mod tests;
