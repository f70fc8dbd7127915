//! The kernels of the linear-phase equaliser, worked out a little at a time.
//!
//! A kernel is the bands' analogue magnitude, sampled at every bin, brought to
//! time and windowed. The window is `1 - (1 - w)^4` of a Kaiser window `w` of beta
//! 5: flat for most of its length, for what it takes from the kernel it takes
//! from the lowest and narrowest bands. Bands on parts of the stereo signal make
//! it a matrix of four kernels. Each step of the work is bounded, so that no
//! block of audio has to bear it all.

use std::sync::Arc;

use realfft::num_complex::Complex64;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

use super::design::analogue_power;
use super::settings::{BandChannel, EqualizerSettings};
use crate::oversampler::kaiser;
use crate::processor::AudioSpec;
use crate::shared::Shared;

/// Length of the kernel at up to 50 kHz; it doubles with the rate.
const TAPS: usize = 16_384;
/// Frames in a partition at up to 50 kHz.
const PARTITION_FRAMES: usize = 512;
const WINDOW_BETA: f64 = 5.0;
/// Bins worked out in one step.
const BINS_PER_STEP: usize = 64;

/// Places in the matrix: left from left, left from right, right from left, right from right.
pub(super) type Matrix<T> = [T; 4];
const UNITY: Matrix<f64> = [1.0, 0.0, 0.0, 1.0];

/// The gains of all bands at one frequency, as one matrix.
fn matrix_at(settings: &EqualizerSettings, frequency_hz: f64) -> Matrix<f64> {
    let mut total = UNITY;
    for band in settings.bands.iter().filter(|band| !band.is_static_neutral()) {
        let gain = analogue_power(band, frequency_hz).sqrt();
        let (sum, difference) = (0.5 * (1.0 + gain), 0.5 * (gain - 1.0));
        let [ll, lr, rl, rr] = match band.channel {
            BandChannel::Stereo => [gain, 0.0, 0.0, gain],
            BandChannel::Left => [gain, 0.0, 0.0, 1.0],
            BandChannel::Right => [1.0, 0.0, 0.0, gain],
            BandChannel::Mid => [sum, difference, difference, sum],
            BandChannel::Side => [sum, -difference, -difference, sum],
        };
        total = [
            ll * total[0] + lr * total[2],
            ll * total[1] + lr * total[3],
            rl * total[0] + rr * total[2],
            rl * total[1] + rr * total[3],
        ];
    }
    total
}

/// A kernel matrix in the frequency domain, cut into partitions.
///
/// The default has no room: it stands where one is lent out. Another one has room for all places, but memory only
/// for those that were ever used: vectors that are filled no further than they have to be.
#[derive(Debug, Default)]
pub(super) struct Kernel {
    /// For each place the spectra of its partitions in a row, as far as they were ever made.
    pub(super) spectra: Matrix<Vec<Complex64>>,
    /// Whether a place is anything but zero.
    pub(super) is_used: Matrix<bool>,
}

impl Kernel {
    pub(super) fn new(partitions: usize, partition_frames: usize) -> Self {
        let length = partitions * (partition_frames + 1);
        Self { spectra: std::array::from_fn(|_| Vec::with_capacity(length)), is_used: [false; 4] }
    }
}

/// Taps of the kernel, and frames in a partition.
pub(super) fn lengths(spec: AudioSpec) -> (usize, usize) {
    let times = (spec.sample_rate_hz / 50_000.0).ceil().max(1.0) as usize;
    let times = times.next_power_of_two();
    (TAPS * times, PARTITION_FRAMES * times)
}

/// What makes the kernels at a sample rate.
pub(super) fn designer(spec: AudioSpec) -> Designer {
    let (taps, partition_frames) = lengths(spec);
    Designer::new(spec.sample_rate_hz, taps, partition_frames)
}

type Forward = Arc<dyn RealToComplex<f64>>;
type Inverse = Arc<dyn ComplexToReal<f64>>;

/// By length.
static WINDOWS: Shared<usize, Vec<f64>> = Shared::new();
static FORWARD: Shared<usize, Forward> = Shared::new();
static INVERSE: Shared<usize, Inverse> = Shared::new();

/// The transform of so many frames.
pub(super) fn forward(frames: usize) -> Forward {
    Arc::clone(&FORWARD.get(frames, || RealFftPlanner::new().plan_fft_forward(frames)))
}

/// The way back to so many frames.
pub(super) fn inverse(frames: usize) -> Inverse {
    Arc::clone(&INVERSE.get(frames, || RealFftPlanner::new().plan_fft_inverse(frames)))
}

fn window(taps: usize) -> Vec<f64> {
    let half = (taps / 2) as f64;
    let at = |n: usize| kaiser((n as f64 - half) / half, WINDOW_BETA);
    (0..taps).map(|n| 1.0 - (1.0 - at(n)).powi(4)).collect()
}

/// What is worked on next.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    /// Nothing.
    Rest,
    /// The matrix from this bin on.
    Bins(usize),
    /// From frequency to time, at this place.
    Time(usize),
    /// The spectrum of a partition, at this place.
    Partition(usize, usize),
    /// The kernel is whole and waits to be taken.
    Ready,
}

/// Works settings into a kernel.
pub(super) struct Designer {
    sample_rate_hz: f64,
    partition_frames: usize,
    settings: EqualizerSettings,
    step: Step,
    /// Gains by bin.
    gains: Matrix<Vec<f64>>,
    /// Filled when it is needed first, as is `scratch`.
    spectrum: Vec<Complex64>,
    time: Vec<f64>,
    window: Arc<Vec<f64>>,
    inverse: Inverse,
    scratch: Vec<Complex64>,
    partition: Vec<f64>,
    partition_forward: Forward,
    partition_scratch: Vec<Complex64>,
}

impl Designer {
    /// For kernels of `taps` taps, an even multiple of `partition_frames`.
    pub(super) fn new(sample_rate_hz: f64, taps: usize, partition_frames: usize) -> Self {
        let inverse = inverse(taps);
        let partition_forward = forward(2 * partition_frames);
        Self {
            sample_rate_hz,
            partition_frames,
            settings: EqualizerSettings::default(),
            step: Step::Rest,
            gains: std::array::from_fn(|_| vec![0.0; taps / 2 + 1]),
            spectrum: Vec::with_capacity(taps / 2 + 1),
            time: vec![0.0; taps],
            window: WINDOWS.get(taps, || window(taps)),
            scratch: Vec::with_capacity(inverse.get_scratch_len()),
            inverse,
            partition: vec![0.0; 2 * partition_frames],
            partition_scratch: partition_forward.make_scratch_vec(),
            partition_forward,
        }
    }

    /// Length of a kernel.
    pub(super) fn taps(&self) -> usize {
        self.time.len()
    }

    /// The settings that the kernel which is whole, or on its way, follows.
    pub(super) fn settings(&self) -> &EqualizerSettings {
        &self.settings
    }

    /// Whether nothing is under way.
    pub(super) fn is_resting(&self) -> bool {
        self.step == Step::Rest
    }

    /// Whether the kernel is whole.
    pub(super) fn is_ready(&self) -> bool {
        self.step == Step::Ready
    }

    /// Begins anew with these settings.
    pub(super) fn begin(&mut self, settings: &EqualizerSettings) {
        self.settings = *settings;
        self.step = Step::Bins(0);
    }

    /// The kernel has been taken.
    pub(super) fn rest(&mut self) {
        self.step = Step::Rest;
    }

    /// Does all of the work at once.
    pub(super) fn make(&mut self, settings: &EqualizerSettings, kernel: &mut Kernel) {
        self.begin(settings);
        while !self.is_ready() {
            self.advance(kernel);
        }
        self.rest();
    }

    /// Does one step of the work on `kernel`.
    pub(super) fn advance(&mut self, kernel: &mut Kernel) {
        self.step = match self.step {
            Step::Bins(first) => self.work_out_bins(first, &mut kernel.is_used),
            Step::Time(place) if kernel.is_used[place] => {
                self.bring_to_time(place);
                Step::Partition(place, 0)
            }
            Step::Time(place) => next_place(place),
            Step::Partition(place, partition) => {
                let bins = self.partition_frames + 1;
                let spectra = &mut kernel.spectra[place];
                fill_to(spectra, (partition + 1) * bins);
                let spectrum = &mut spectra[partition * bins..][..bins];
                self.transform_partition(partition, spectrum);
                if (partition + 1) * self.partition_frames < self.taps() {
                    Step::Partition(place, partition + 1)
                } else {
                    next_place(place)
                }
            }
            step @ (Step::Rest | Step::Ready) => step,
        };
    }

    fn work_out_bins(&mut self, first: usize, is_used: &mut Matrix<bool>) -> Step {
        let bins = self.taps() / 2 + 1;
        if first == 0 {
            *is_used = [false; 4];
        }
        let end = (first + BINS_PER_STEP).min(bins);
        for bin in first..end {
            let frequency_hz = bin as f64 * self.sample_rate_hz / self.time.len() as f64;
            let gains = matrix_at(&self.settings, frequency_hz);
            for place in 0..4 {
                self.gains[place][bin] = gains[place];
                is_used[place] |= gains[place] != 0.0;
            }
        }
        if end < bins { Step::Bins(end) } else { Step::Time(0) }
    }

    /// The windowed kernel of a place, its centre in the middle.
    fn bring_to_time(&mut self, place: usize) {
        let half = self.time.len() / 2;
        fill_to(&mut self.spectrum, half + 1);
        fill_to(&mut self.scratch, self.inverse.get_scratch_len());
        for (bin, (spectrum, gain)) in self.spectrum.iter_mut().zip(&self.gains[place]).enumerate()
        {
            // Turned by half the length.
            let sign = if bin % 2 == 0 { 1.0 } else { -1.0 };
            *spectrum = Complex64::new(sign * gain, 0.0);
        }
        // The lengths are those that the plan was made for.
        let result = self.inverse.process_with_scratch(
            &mut self.spectrum,
            &mut self.time,
            &mut self.scratch,
        );
        debug_assert!(result.is_ok());
        let scale = 0.5 / half as f64;
        for (tap, window) in self.time.iter_mut().zip(self.window.iter()) {
            *tap *= scale * window;
        }
    }

    /// The spectrum of one partition of the kernel, scaled for a transform and back.
    fn transform_partition(&mut self, partition: usize, spectrum: &mut [Complex64]) {
        let frames = self.partition_frames;
        let (taps, padding) = self.partition.split_at_mut(frames);
        taps.copy_from_slice(&self.time[partition * frames..][..frames]);
        padding.fill(0.0);
        let result = self.partition_forward.process_with_scratch(
            &mut self.partition,
            spectrum,
            &mut self.partition_scratch,
        );
        debug_assert!(result.is_ok());
        // The transforms multiply by their length; here it is taken back.
        let scale = 1.0 / (2 * frames) as f64;
        for bin in spectrum {
            *bin *= scale;
        }
    }
}

/// Fills a vector up to a length that it has room for; what is never filled takes no memory.
fn fill_to(values: &mut Vec<Complex64>, length: usize) {
    debug_assert!(length <= values.capacity(), "a kernel is made where there is room for it");
    if values.len() < length {
        values.resize(length, Complex64::default());
    }
}

fn next_place(place: usize) -> Step {
    if place < 3 { Step::Time(place + 1) } else { Step::Ready }
}
