//! The equaliser without phase: one symmetric FIR filter for all bands, by
//! partitioned FFT convolution.
//!
//! The kernel comes from [`super::kernel`]. The convolution is overlap-save in
//! uniform partitions (Gardner, "Efficient Convolution without Input-Output
//! Delay", JAES 43(3), 1995, section 1). Only the newest partition has to wait
//! for its input; the products of all older ones are summed at the ticks while
//! it fills, so that the load is spread evenly. A new kernel is faded in over
//! one partition.

use std::sync::Arc;

use realfft::num_complex::Complex64;
use realfft::{ComplexToReal, RealToComplex};

use super::kernel::{Designer, Kernel, forward, inverse};
use super::settings::EqualizerSettings;
use crate::processor::{AudioSpec, StereoBlock};
use crate::smoothing::TICK_FRAMES;

/// Length of the kernel at up to 50 kHz; it doubles with the rate.
const TAPS: usize = 16_384;
/// Frames in a partition at up to 50 kHz.
const PARTITION_FRAMES: usize = 512;

/// The filters, and the audio that waits in them.
pub(super) struct LinearPhase {
    partition_frames: usize,
    partitions: usize,
    wanted: Option<EqualizerSettings>,
    designer: Designer,
    kernels: [Kernel; 2],
    active: usize,
    /// What the active kernel was made for.
    active_settings: Option<EqualizerSettings>,
    /// Whether the other kernel is heard too at the end of this partition.
    is_fading: bool,
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
    scratch: Vec<Complex64>,
    /// The last partition and the one that fills, left and right.
    input: [Vec<f64>; 2],
    /// What leaves while the next partition fills.
    output: [Vec<f32>; 2],
    filled: usize,
    /// Spectra of past inputs, newest at `newest`.
    past: [Vec<Complex64>; 2],
    newest: usize,
    /// By kernel, then by channel: what past inputs give to the next output.
    sums: [[Vec<Complex64>; 2]; 2],
    time: Vec<f64>,
    faded: Vec<f64>,
}

impl std::fmt::Debug for LinearPhase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LinearPhase").field("wanted", &self.wanted).finish_non_exhaustive()
    }
}

/// Taps of the kernel, and frames in a partition.
fn lengths(spec: AudioSpec) -> (usize, usize) {
    let times = (spec.sample_rate_hz / 50_000.0).ceil().max(1.0) as usize;
    let times = times.next_power_of_two();
    (TAPS * times, PARTITION_FRAMES * times)
}

/// Plans the transforms, which takes 24 kB of stack, before there is anything else on it.
pub(crate) fn plan(spec: AudioSpec) {
    let (taps, partition_frames) = lengths(spec);
    drop((inverse(taps), forward(2 * partition_frames), inverse(2 * partition_frames)));
}

impl LinearPhase {
    /// Builds the filters; the only place that allocates.
    pub(super) fn new(spec: AudioSpec) -> Self {
        let (taps, partition_frames) = lengths(spec);
        let partitions = taps / partition_frames;
        let bins = partition_frames + 1;
        let forward = forward(2 * partition_frames);
        let inverse = inverse(2 * partition_frames);
        let zeros = |length: usize| vec![Complex64::default(); length];
        let scratch_length = forward.get_scratch_len().max(inverse.get_scratch_len());
        Self {
            partition_frames,
            partitions,
            wanted: None,
            designer: Designer::new(spec.sample_rate_hz, taps, partition_frames),
            kernels: std::array::from_fn(|_| Kernel::new(partitions, partition_frames)),
            active: 0,
            active_settings: None,
            is_fading: false,
            scratch: zeros(scratch_length),
            forward,
            inverse,
            input: std::array::from_fn(|_| vec![0.0; 2 * partition_frames]),
            output: std::array::from_fn(|_| vec![0.0; partition_frames]),
            filled: 0,
            past: std::array::from_fn(|_| zeros(partitions * bins)),
            newest: 0,
            sums: std::array::from_fn(|_| std::array::from_fn(|_| zeros(bins))),
            time: vec![0.0; 2 * partition_frames],
            faded: vec![0.0; partition_frames],
        }
    }

    /// By how many frames the output lags: half the kernel, and the partition
    /// that has to fill before it can be transformed.
    pub(super) fn latency_frames(&self) -> usize {
        self.designer.taps() / 2 + self.partition_frames
    }

    /// Takes new settings: at once when `is_fresh`, else as soon as they are worked in.
    pub(super) fn configure(&mut self, settings: &EqualizerSettings, is_fresh: bool) {
        if !is_fresh {
            self.wanted = Some(*settings);
            return;
        }
        self.wanted = None;
        self.is_fading = false;
        self.designer.rest();
        if self.active_settings.as_ref() == Some(settings) {
            return;
        }
        let other = 1 - self.active;
        self.designer.begin(settings);
        while !self.designer.is_ready() {
            self.designer.advance(&mut self.kernels[other]);
        }
        self.designer.rest();
        self.active = other;
        self.active_settings = Some(*settings);
    }

    /// Forgets all audio; kernels under way are dropped, the settings come anew.
    pub(super) fn reset(&mut self) {
        for channel in 0..2 {
            self.input[channel].fill(0.0);
            self.output[channel].fill(0.0);
            self.past[channel].fill(Complex64::default());
        }
        for sum in self.sums.iter_mut().flatten() {
            sum.fill(Complex64::default());
        }
        self.filled = 0;
        self.newest = 0;
        self.is_fading = false;
        self.wanted = None;
        self.designer.rest();
    }

    /// Filters a block in place.
    pub(super) fn process(&mut self, block: &mut StereoBlock<'_>) {
        let mut start = 0;
        while start < block.frames() {
            if self.filled.is_multiple_of(TICK_FRAMES) {
                self.tick();
            }
            let to_tick = TICK_FRAMES - self.filled % TICK_FRAMES;
            let frames = to_tick.min(block.frames() - start);
            let place = self.partition_frames + self.filled;
            let mut run = block.slice(start, start + frames);
            for (c, samples) in run.channels().into_iter().enumerate() {
                let waiting = &self.output[c][self.filled..];
                let input = self.input[c][place..].iter_mut();
                for ((sample, input), output) in samples.iter_mut().zip(input).zip(waiting) {
                    *input = f64::from(*sample);
                    *sample = *output;
                }
            }
            self.filled += frames;
            start += frames;
            if self.filled == self.partition_frames {
                self.filled = 0;
                self.complete_partition();
            }
        }
    }

    /// This tick's share of the work: on the next kernel, and on what past
    /// inputs give to the next output.
    fn tick(&mut self) {
        if self.designer.is_resting()
            && let Some(wanted) = self.wanted.take()
            && Some(wanted) != self.active_settings
        {
            self.designer.begin(&wanted);
        }
        self.designer.advance(&mut self.kernels[1 - self.active]);
        let ticks = self.partition_frames / TICK_FRAMES;
        let tick = self.filled / TICK_FRAMES;
        let share = |tick: usize| 1 + (self.partitions - 1) * tick / ticks;
        for partition in share(tick)..share(tick + 1) {
            // By the time it is needed everything is one partition older.
            let slot = (self.newest + partition - 1) % self.partitions;
            self.add_products(self.active, partition, slot);
            if self.is_fading {
                self.add_products(1 - self.active, partition, slot);
            }
        }
    }

    /// Adds what the input in `slot` gives through a partition of a kernel.
    fn add_products(&mut self, kernel: usize, partition: usize, slot: usize) {
        let bins = self.partition_frames + 1;
        let Kernel { spectra, is_used } = &self.kernels[kernel];
        for place in (0..4).filter(|&place| is_used[place]) {
            let (channel, source) = (place / 2, place % 2);
            let past = &self.past[source][slot * bins..][..bins];
            let spectrum = &spectra[place][partition * bins..][..bins];
            for ((sum, x), h) in self.sums[kernel][channel].iter_mut().zip(past).zip(spectrum) {
                *sum += x * h;
            }
        }
    }

    /// Makes the output for the time of the next partition.
    fn complete_partition(&mut self) {
        let (frames, bins) = (self.partition_frames, self.partition_frames + 1);
        self.newest = if self.newest == 0 { self.partitions - 1 } else { self.newest - 1 };
        for (past, input) in self.past.iter_mut().zip(&mut self.input) {
            self.time.copy_from_slice(input);
            let spectrum = &mut past[self.newest * bins..][..bins];
            // The lengths are those that the plan was made for.
            let result =
                self.forward.process_with_scratch(&mut self.time, spectrum, &mut self.scratch);
            debug_assert!(result.is_ok());
            input.copy_within(frames.., 0);
        }
        let (active, other) = (self.active, 1 - self.active);
        self.add_products(active, 0, self.newest);
        if self.is_fading {
            self.add_products(other, 0, self.newest);
        }
        for channel in 0..2 {
            self.bring_to_time(active, channel);
            if self.is_fading {
                self.faded.copy_from_slice(&self.time[frames..]);
                self.bring_to_time(other, channel);
                for (i, (new, old)) in self.time[frames..].iter_mut().zip(&self.faded).enumerate() {
                    let fade = (i + 1) as f64 / frames as f64;
                    *new = old + fade * (*new - old);
                }
            }
            for (output, sample) in self.output[channel].iter_mut().zip(&self.time[frames..]) {
                *output = *sample as f32;
            }
        }
        if self.is_fading {
            self.active = other;
            self.active_settings = Some(*self.designer.settings());
            self.designer.rest();
        }
        self.is_fading = self.designer.is_ready();
    }

    /// One channel's output in the second half of `time`; its sum begins anew.
    fn bring_to_time(&mut self, kernel: usize, channel: usize) {
        let sum = &mut self.sums[kernel][channel];
        // The ends of a real signal's spectrum are real.
        let last = sum.len() - 1;
        sum[0].im = 0.0;
        sum[last].im = 0.0;
        let result = self.inverse.process_with_scratch(sum, &mut self.time, &mut self.scratch);
        debug_assert!(result.is_ok());
        sum.fill(Complex64::default());
    }
}
