//! True-peak detection: the highest magnitude of the continuous waveform that the samples describe.
//!
//! BS.1770's own 4x interpolator reads up to 0.6 dB low. This detector looks
//! closely, but only where it matters: a 2x look (the samples and a 32-tap
//! midpoint) finds local maxima above a gate; around each, seven points of an
//! 8x grid are interpolated with all taps (Kaiser, beta 6) and a parabola is
//! laid through the highest three. What differs between lengths is what they
//! see near Nyquist: on noise 48 taps read up to 0.6 dB low, 192 less than
//! 0.03 dB.

use crate::oversampler::{dot, kaiser, sinc};

const BETA: f64 = 6.0;
/// Points of the grid in one sample interval.
const GRID: usize = 8;
const MIDPOINT_BETA: f64 = 5.0;
const LEAST_MIDPOINT_TAPS: usize = 32;

/// The detector of meters and of a limiter's last word.
pub type TruePeakDetector = Detector<192>;
/// A quarter of the taps and of the delay, where a later stage sees to the rest.
pub type QuickPeakDetector = Detector<48>;

#[derive(Debug)]
struct Filters<const TAPS: usize> {
    /// `phases[k - 1]` interpolates at k/8 of the way to the next sample.
    phases: [[f32; TAPS]; GRID - 1],
    midpoint: Vec<f32>,
}

impl<const TAPS: usize> Filters<TAPS> {
    fn new() -> Self {
        let windowed = |taps: usize, index: usize, fraction: f64, beta: f64| {
            // Tap `index` weighs the sample `index - (taps / 2 - 1)` after the base.
            let distance = index as f64 - (taps / 2 - 1) as f64 - fraction;
            (sinc(distance) * kaiser(distance / (taps / 2) as f64, beta)) as f32
        };
        let phases = std::array::from_fn(|k| {
            let fraction = (k + 1) as f64 / GRID as f64;
            std::array::from_fn(|i| windowed(TAPS, i, fraction, BETA))
        });
        // An even number from 32 up.
        let taps = (TAPS / 6 * 2).max(LEAST_MIDPOINT_TAPS);
        let midpoint = (0..taps).map(|i| windowed(taps, i, 0.5, MIDPOINT_BETA)).collect();
        Self { phases, midpoint }
    }
}

/// Finds true peaks of one channel with a close look of `TAPS` taps (even, 32 or more).
#[derive(Debug)]
pub struct Detector<const TAPS: usize> {
    filters: Box<Filters<TAPS>>,
    /// The last samples, each stored twice so that a window never wraps.
    samples: Vec<f32>,
    position: usize,
    /// Magnitude between the last centre and the one before.
    last_midpoint: f32,
    /// Peaks around the frames before, at and after the centre.
    pending: [f32; 3],
}

impl<const TAPS: usize> Detector<TAPS> {
    /// By how many frames `peaks` lags the input of [`Self::process`].
    pub const LATENCY_FRAMES: usize = TAPS / 2 + 1;
    /// Samples kept: a window of the close look on either side of its centre.
    const HISTORY: usize = TAPS + 2;

    /// Builds the detector; the only place that allocates.
    pub fn new() -> Self {
        Self {
            filters: Box::new(Filters::new()),
            samples: vec![0.0; 2 * Self::HISTORY],
            position: 0,
            last_midpoint: 0.0,
            pending: [0.0; 3],
        }
    }

    /// Forgets all audio.
    pub fn reset(&mut self) {
        self.samples.fill(0.0);
        self.position = 0;
        self.last_midpoint = 0.0;
        self.pending = [0.0; 3];
    }

    /// Writes for each input frame the highest magnitude (linear, full scale
    /// 1.0) of the waveform within one sample interval of the frame that
    /// entered [`Self::LATENCY_FRAMES`] earlier; never less than that sample's
    /// own. Peaks below `gate` are given by their samples only: choose it
    /// below the smallest level of interest.
    pub fn process(&mut self, input: &[f32], gate: f32, peaks: &mut [f32]) {
        for (peak, sample) in peaks.iter_mut().zip(input) {
            *peak = self.advance(*sample, gate);
        }
    }

    fn advance(&mut self, sample: f32, gate: f32) -> f32 {
        self.samples[self.position] = sample;
        self.samples[self.position + Self::HISTORY] = sample;
        self.position += 1;
        if self.position == Self::HISTORY {
            self.position = 0;
        }
        // The newest sample is half a close look after the centre.
        let window = &self.samples[self.position..self.position + Self::HISTORY];
        let centre = Self::HISTORY - 1 - TAPS / 2;
        let here = window[centre].abs();
        let next = window[centre + 1].abs();
        self.pending = [self.pending[1], self.pending[2].max(here), next];
        // Between samples this far below the gate nothing reaches it.
        let midpoint = if here.max(next) > 0.25 * gate {
            let taps = &self.filters.midpoint;
            let start = centre + 1 - taps.len() / 2;
            dot(&window[start..start + taps.len()], taps).abs()
        } else {
            0.0
        };
        if here > gate && here >= self.last_midpoint && here >= midpoint {
            let peak = self.look_closely(centre, false);
            self.pending = self.pending.map(|pending| pending.max(peak));
        }
        if midpoint > gate && midpoint > here && midpoint >= next {
            let peak = self.look_closely(centre, true).max(midpoint);
            self.pending[1] = self.pending[1].max(peak);
            self.pending[2] = self.pending[2].max(peak);
        }
        self.last_midpoint = midpoint;
        self.pending[0]
    }

    /// The height of the peak near a sample, or near the midpoint after it.
    fn look_closely(&self, centre: usize, is_midpoint: bool) -> f32 {
        const REACH: usize = GRID / 2 - 1;
        let window = &self.samples[self.position..self.position + Self::HISTORY];
        let mut points = [0.0f32; 2 * REACH + 1];
        for (i, point) in points.iter_mut().enumerate() {
            // Grid steps from the centre sample.
            let step =
                i as isize - REACH as isize + if is_midpoint { GRID as isize / 2 } else { 0 };
            *point = if step == 0 {
                window[centre]
            } else {
                let (base, phase) =
                    if step < 0 { (centre - 1, step + GRID as isize) } else { (centre, step) };
                let start = base + 1 - TAPS / 2;
                dot(&window[start..start + TAPS], &self.filters.phases[phase as usize - 1])
            };
        }
        let mut highest = 0;
        for i in 1..points.len() {
            if points[i].abs() > points[highest].abs() {
                highest = i;
            }
        }
        let top = points[highest].abs();
        if highest == 0 || highest == points.len() - 1 {
            return top;
        }
        let (before, after) = (points[highest - 1].abs(), points[highest + 1].abs());
        let curvature = 2.0 * top - before - after;
        if curvature <= 0.0 { top } else { top + (before - after).powi(2) / (8.0 * curvature) }
    }
}

impl<const TAPS: usize> Default for Detector<TAPS> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn highest_db(input: &[f32], gate: f32) -> f64 {
        let mut detector = TruePeakDetector::new();
        let mut padded = input.to_vec();
        padded.extend([0.0; TruePeakDetector::LATENCY_FRAMES + 1]);
        let mut peaks = vec![0.0; padded.len()];
        detector.process(&padded, gate, &mut peaks);
        20.0 * f64::from(peaks.iter().copied().fold(0.0f32, f32::max)).log10()
    }

    #[test]
    fn sines_read_true_at_any_frequency_and_phase() {
        for frequency in [0.0005, 0.01, 0.1, 0.25, 0.31, 0.4, 0.4166] {
            for phase in [0.0, 0.2, 0.25, 0.4, 0.77] {
                let input: Vec<f32> = (0..6000)
                    .map(|n| {
                        let fade = (f64::from(n) / 1000.0).min((6000.0 - f64::from(n)) / 1000.0);
                        let envelope = 0.5 - 0.5 * (std::f64::consts::PI * fade.min(1.0)).cos();
                        let angle = std::f64::consts::TAU * (frequency * f64::from(n) + phase);
                        (envelope * 0.5 * angle.sin()) as f32
                    })
                    .collect();
                let reading = highest_db(&input, 0.1);
                assert!((reading + 6.0206).abs() < 0.03, "{frequency} {phase}: {reading}");
            }
        }
    }

    #[test]
    fn a_peak_halfway_between_samples_is_found_at_its_place() {
        let mut input = vec![0.0f32; 600];
        for (n, sample) in input.iter_mut().enumerate() {
            *sample = sinc(n as f64 - 300.5) as f32;
        }
        let mut detector = TruePeakDetector::new();
        let mut peaks = vec![0.0; input.len()];
        detector.process(&input, 0.3, &mut peaks);
        let at = |frame: usize| peaks[frame + TruePeakDetector::LATENCY_FRAMES];
        assert!((at(300) - 1.0).abs() < 0.01 && (at(301) - 1.0).abs() < 0.01);
        assert!(at(298) < 0.5 && at(303) < 0.5);
    }

    #[test]
    fn the_reading_is_never_below_the_samples() {
        let mut state = 1u32;
        let input: Vec<f32> = (0..5000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state as i32 as f32) / 2_147_483_648.0
            })
            .collect();
        let mut detector = TruePeakDetector::new();
        let mut peaks = vec![0.0; input.len()];
        detector.process(&input, 0.5, &mut peaks);
        for n in TruePeakDetector::LATENCY_FRAMES..input.len() {
            assert!(peaks[n] >= input[n - TruePeakDetector::LATENCY_FRAMES].abs());
        }
    }
}
