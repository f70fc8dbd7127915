//! Partitioned FFT convolution of a stereo stream with a matrix of kernels.
//!
//! Overlap-save in uniform partitions (Gardner, "Efficient Convolution without
//! Input-Output Delay", JAES 43(3), 1995, section 1). Only the newest partition
//! has to wait for its input; the products of all older ones are summed at the
//! ticks while it fills, so that the load is spread evenly.
//!
//! Spectra of inputs before the beginning are not there at all, rather than zero:
//! memory is taken as the song fills it, and a reset has nothing to clear.

use std::sync::Arc;

use realfft::num_complex::Complex64;
use realfft::{ComplexToReal, RealToComplex};

use super::super::kernel::{Kernel, forward, inverse};
use crate::processor::StereoBlock;
use crate::smoothing::TICK_FRAMES;

/// The transforms, and room for them to work in.
pub(super) struct Transforms {
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
    scratch: Vec<Complex64>,
    time: Vec<f64>,
    faded: Vec<f64>,
}

impl Transforms {
    pub(super) fn new(partition_frames: usize) -> Self {
        let forward = forward(2 * partition_frames);
        let inverse = inverse(2 * partition_frames);
        let scratch_length = forward.get_scratch_len().max(inverse.get_scratch_len());
        Self {
            forward,
            inverse,
            scratch: vec![Complex64::default(); scratch_length],
            time: vec![0.0; 2 * partition_frames],
            faded: vec![0.0; partition_frames],
        }
    }
}

/// The kernel that is heard, and while they change the one that comes.
#[derive(Clone, Copy)]
pub(super) struct Heard<'a> {
    pub(super) kernel: &'a Kernel,
    /// It is faded in over the next partition.
    pub(super) coming: Option<&'a Kernel>,
}

/// The audio that is being convolved.
pub(super) struct Convolver {
    partition_frames: usize,
    partitions: usize,
    /// The last partition and the one that fills, left and right.
    input: [Vec<f64>; 2],
    /// What leaves while the next partition fills.
    output: [Vec<f32>; 2],
    filled: usize,
    /// Spectra of past inputs in a ring that begins empty, newest in the slot `newest`.
    past: [Vec<Complex64>; 2],
    newest: usize,
    /// By kernel (heard, coming), then by channel: what past inputs give to the
    /// next output.
    sums: [[Vec<Complex64>; 2]; 2],
}

impl Convolver {
    /// Full of silence; the only place that allocates.
    pub(super) fn new(partitions: usize, partition_frames: usize) -> Self {
        let bins = partition_frames + 1;
        let zeros = |length: usize| vec![Complex64::default(); length];
        Self {
            partition_frames,
            partitions,
            input: std::array::from_fn(|_| vec![0.0; 2 * partition_frames]),
            output: std::array::from_fn(|_| vec![0.0; partition_frames]),
            filled: 0,
            past: std::array::from_fn(|_| Vec::with_capacity(partitions * bins)),
            newest: 0,
            sums: std::array::from_fn(|_| std::array::from_fn(|_| zeros(bins))),
        }
    }

    /// Forgets all audio; `filled` frames of silence are in the partition that fills.
    pub(super) fn reset(&mut self, filled: usize) {
        for channel in 0..2 {
            self.input[channel].fill(0.0);
            self.output[channel].fill(0.0);
            self.past[channel].clear();
        }
        for sum in self.sums.iter_mut().flatten() {
            sum.fill(Complex64::default());
        }
        self.filled = filled;
        self.newest = 0;
    }

    /// Frames in the partition that fills.
    pub(super) fn filled(&self) -> usize {
        self.filled
    }

    /// Frames until something that is past is gone.
    pub(super) fn memory_frames(&self) -> usize {
        (self.partitions + 2) * self.partition_frames
    }

    /// Whether the next frame is the first of a tick.
    pub(super) fn is_at_tick(&self) -> bool {
        self.filled.is_multiple_of(TICK_FRAMES)
    }

    /// Frames until the next tick.
    pub(super) fn frames_to_tick(&self) -> usize {
        TICK_FRAMES - self.filled % TICK_FRAMES
    }

    /// This tick's share of what past inputs give to the next output.
    pub(super) fn tick(&mut self, heard: Heard<'_>) {
        let ticks = self.partition_frames / TICK_FRAMES;
        let tick = self.filled / TICK_FRAMES;
        let share = |tick: usize| 1 + (self.partitions - 1) * tick / ticks;
        for partition in share(tick)..share(tick + 1) {
            // By the time it is needed everything is one partition older.
            if let Some(slot) = self.slot_of_age(partition - 1) {
                self.add_products(heard, partition, slot);
            }
        }
    }

    /// Where the spectrum of an input lies that is so many partitions older than the newest.
    fn slot_of_age(&self, age: usize) -> Option<usize> {
        let slots = self.past[0].len() / (self.partition_frames + 1);
        (age < slots).then(|| (self.newest + self.partitions - age) % self.partitions)
    }

    /// The slot for the next input; there is room for all of them from the start.
    fn take_slot(&mut self) {
        let bins = self.partition_frames + 1;
        let slots = self.past[0].len() / bins;
        self.newest = if slots < self.partitions {
            for past in &mut self.past {
                past.resize((slots + 1) * bins, Complex64::default());
            }
            slots
        } else {
            (self.newest + 1) % self.partitions
        };
    }

    /// Trades frames of at most this tick for those that leave; whether that
    /// completes the partition, which [`Self::complete`] has to be told then.
    pub(super) fn exchange(&mut self, run: &mut StereoBlock<'_>) -> bool {
        let frames = run.frames();
        let place = self.partition_frames + self.filled;
        for (c, samples) in run.channels().into_iter().enumerate() {
            let waiting = &self.output[c][self.filled..];
            let input = self.input[c][place..].iter_mut();
            for ((sample, input), output) in samples.iter_mut().zip(input).zip(waiting) {
                *input = f64::from(*sample);
                *sample = *output;
            }
        }
        self.filled += frames;
        self.filled == self.partition_frames
    }

    /// Lets silence in, and adds what leaves to `run`; otherwise as [`Self::exchange`].
    pub(super) fn ring(&mut self, run: &mut StereoBlock<'_>) -> bool {
        let frames = run.frames();
        let place = self.partition_frames + self.filled;
        for (c, samples) in run.channels().into_iter().enumerate() {
            for (sample, output) in samples.iter_mut().zip(&self.output[c][self.filled..]) {
                *sample += *output;
            }
            self.input[c][place..place + frames].fill(0.0);
        }
        self.filled += frames;
        self.filled == self.partition_frames
    }

    /// Makes the output for the time of the next partition.
    pub(super) fn complete(&mut self, heard: Heard<'_>, transforms: &mut Transforms) {
        let (frames, bins) = (self.partition_frames, self.partition_frames + 1);
        self.filled = 0;
        self.take_slot();
        let Transforms { forward, scratch, time, .. } = transforms;
        for (past, input) in self.past.iter_mut().zip(&mut self.input) {
            time.copy_from_slice(input);
            let spectrum = &mut past[self.newest * bins..][..bins];
            // The lengths are those that the plan was made for.
            let result = forward.process_with_scratch(time, spectrum, scratch);
            debug_assert!(result.is_ok());
            input.copy_within(frames.., 0);
        }
        self.add_products(heard, 0, self.newest);
        for channel in 0..2 {
            self.bring_to_time(0, channel, transforms);
            if heard.coming.is_some() {
                transforms.faded.copy_from_slice(&transforms.time[frames..]);
                self.bring_to_time(1, channel, transforms);
                let new = transforms.time[frames..].iter_mut();
                for (i, (new, old)) in new.zip(&transforms.faded).enumerate() {
                    let fade = (i + 1) as f64 / frames as f64;
                    *new = old + fade * (*new - old);
                }
            }
            let made = &transforms.time[frames..];
            for (output, sample) in self.output[channel].iter_mut().zip(made) {
                *output = *sample as f32;
            }
        }
    }

    /// Adds what the input in `slot` gives through a partition of the kernels.
    fn add_products(&mut self, heard: Heard<'_>, partition: usize, slot: usize) {
        let bins = self.partition_frames + 1;
        let kernels = [Some(heard.kernel), heard.coming];
        for (sums, kernel) in self.sums.iter_mut().zip(kernels) {
            let Some(Kernel { spectra, is_used }) = kernel else { continue };
            for place in (0..4).filter(|&place| is_used[place]) {
                let (channel, source) = (place / 2, place % 2);
                let past = &self.past[source][slot * bins..][..bins];
                let spectrum = &spectra[place][partition * bins..][..bins];
                for ((sum, x), h) in sums[channel].iter_mut().zip(past).zip(spectrum) {
                    *sum += x * h;
                }
            }
        }
    }

    /// One channel's output in the second half of `time`; its sum begins anew.
    fn bring_to_time(&mut self, kernel: usize, channel: usize, transforms: &mut Transforms) {
        let sum = &mut self.sums[kernel][channel];
        // The ends of a real signal's spectrum are real.
        let last = sum.len() - 1;
        sum[0].im = 0.0;
        sum[last].im = 0.0;
        let Transforms { inverse, scratch, time, .. } = transforms;
        let result = inverse.process_with_scratch(sum, time, scratch);
        debug_assert!(result.is_ok());
        sum.fill(Complex64::default());
    }
}
