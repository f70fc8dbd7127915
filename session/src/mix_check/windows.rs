//! Windows over a stereo stream, as spectra.

use std::fmt;
use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

/// The spectra of both channels in one window. The squares of the magnitudes of all bins add up
/// to the mean square of the samples under a Hann window.
#[derive(Debug)]
pub(super) struct Window<'a> {
    pub(super) bins: [&'a [Complex<f32>]; 2],
    /// Where it begins, seconds.
    pub(super) start_s: f64,
    /// The width of a bin, Hz.
    pub(super) bin_hz: f64,
}

impl Window<'_> {
    /// Power of a bin, the mean of both channels.
    pub(super) fn power(&self, bin: usize) -> f32 {
        0.5 * (self.bins[0][bin].norm_sqr() + self.bins[1][bin].norm_sqr())
    }
}

/// Cuts a stream into Hann windows that begin half a window apart.
pub(super) struct Windows {
    sample_rate_hz: f64,
    transform: Arc<dyn RealToComplex<f32>>,
    shape: Vec<f32>,
    recent: [Vec<f32>; 2],
    time: Vec<f32>,
    bins: [Vec<Complex<f32>>; 2],
    scratch: Vec<Complex<f32>>,
    /// Frames before the first of `recent`.
    passed: u64,
}

impl fmt::Debug for Windows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Windows")
            .field("frames", &self.shape.len())
            .field("passed", &self.passed)
            .finish_non_exhaustive()
    }
}

impl Windows {
    /// Windows of the power of two that is nearest to so many seconds.
    pub(super) fn new(sample_rate_hz: f64, window_s: f64) -> Self {
        let frames = 1usize << (window_s * sample_rate_hz).log2().round().clamp(6.0, 22.0) as u32;
        let transform = RealFftPlanner::new().plan_fft_forward(frames);
        // The sum of the squares of a Hann window is 3/8 of its length; a bin but the outermost
        // two stands for two of the whole spectrum.
        let scale = (2.0 / (0.375 * (frames as f64).powi(2))).sqrt();
        let shape = (0..frames)
            .map(|n| {
                let turn = std::f64::consts::TAU * n as f64 / frames as f64;
                (scale * (0.5 - 0.5 * turn.cos())) as f32
            })
            .collect();
        Self {
            sample_rate_hz,
            shape,
            recent: [Vec::with_capacity(frames), Vec::with_capacity(frames)],
            time: transform.make_input_vec(),
            bins: [transform.make_output_vec(), transform.make_output_vec()],
            scratch: transform.make_scratch_vec(),
            transform,
            passed: 0,
        }
    }

    /// How many bins a window has.
    pub(super) fn bins(&self) -> usize {
        self.bins[0].len()
    }

    /// The width of a bin, Hz.
    pub(super) fn bin_hz(&self) -> f64 {
        self.sample_rate_hz / self.shape.len() as f64
    }

    /// Takes the next piece in and tells of every window that is full.
    pub(super) fn take(&mut self, left: &[f32], right: &[f32], tell: &mut dyn FnMut(&Window<'_>)) {
        let frames = self.shape.len();
        let (mut left, mut right) = (left, right);
        while !left.is_empty() {
            let missing = (frames - self.recent[0].len()).min(left.len());
            for (recent, channel) in self.recent.iter_mut().zip([&mut left, &mut right]) {
                let (taken, rest) = channel.split_at(missing);
                recent.extend_from_slice(taken);
                *channel = rest;
            }
            if self.recent[0].len() == frames {
                self.tell(tell);
                for recent in &mut self.recent {
                    recent.drain(..frames / 2);
                }
                self.passed += (frames / 2) as u64;
            }
        }
    }

    fn tell(&mut self, tell: &mut dyn FnMut(&Window<'_>)) {
        for (recent, bins) in self.recent.iter().zip(&mut self.bins) {
            for ((time, sample), shape) in self.time.iter_mut().zip(recent).zip(&self.shape) {
                *time = sample * shape;
            }
            // It fails for buffers of another length only, and these are its own.
            let _ = self.transform.process_with_scratch(&mut self.time, bins, &mut self.scratch);
        }
        tell(&Window {
            bins: [&self.bins[0], &self.bins[1]],
            start_s: self.passed as f64 / self.sample_rate_hz,
            bin_hz: self.bin_hz(),
        });
    }
}
