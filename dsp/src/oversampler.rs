//! Polyphase FIR filters between the sample rate and a multiple of it.
//!
//! Both directions use the same Kaiser-windowed sinc (Kaiser, 1974) with
//! `taps` taps for each phase. The prototype has an odd length and its centre
//! on a phase-0 tap, so up and down together delay by exactly `taps` frames.

/// The modified Bessel function of the first kind, order zero, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..200 {
        term *= quarter / f64::from(k * k);
        sum += term;
        if term < sum * 1e-18 {
            break;
        }
    }
    sum
}

/// `sin(pi x) / (pi x)`.
pub(crate) fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-12 {
        1.0
    } else {
        (std::f64::consts::PI * x).sin() / (std::f64::consts::PI * x)
    }
}

/// The Kaiser window at `position` in -1..1.
pub(crate) fn kaiser(position: f64, beta: f64) -> f64 {
    bessel_i0(beta * (1.0 - position * position).max(0.0).sqrt()) / bessel_i0(beta)
}

/// A low-pass for `factor`-fold oversampling: `factor * taps + 1` coefficients,
/// unity gain at DC, cut at `cutoff` times the base rate's Nyquist frequency.
fn prototype(factor: usize, taps: usize, cutoff: f64, beta: f64) -> Vec<f64> {
    let half = (factor * taps / 2) as f64;
    let mut h: Vec<f64> = (0..=factor * taps)
        .map(|n| {
            let t = n as f64 - half;
            sinc(cutoff * t / factor as f64) * kaiser(t / half, beta)
        })
        .collect();
    let sum: f64 = h.iter().sum();
    for tap in &mut h {
        *tap /= sum;
    }
    h
}

/// A contiguous view of the last samples of a stream, without moving memory for every sample.
#[derive(Debug)]
struct History {
    samples: Vec<f32>,
    length: usize,
    position: usize,
}

impl History {
    fn new(length: usize) -> Self {
        Self { samples: vec![0.0; 2 * length], length, position: 0 }
    }

    fn reset(&mut self) {
        self.samples.fill(0.0);
        self.position = 0;
    }

    /// Takes the next sample; each is stored twice, so that a window never wraps.
    fn push(&mut self, sample: f32) {
        self.samples[self.position] = sample;
        self.samples[self.position + self.length] = sample;
        self.position += 1;
        if self.position == self.length {
            self.position = 0;
        }
    }

    /// All samples, oldest first.
    fn window(&self) -> &[f32] {
        &self.samples[self.position..self.position + self.length]
    }
}

/// The dot product, in eight lanes that the compiler turns into vector instructions.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0f32; 8];
    let (a_chunks, b_chunks) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a_chunks.zip(b_chunks) {
        for i in 0..8 {
            lanes[i] += x[i] * y[i];
        }
    }
    let pairs =
        [lanes[0] + lanes[4], lanes[1] + lanes[5], lanes[2] + lanes[6], lanes[3] + lanes[7]];
    (pairs[0] + pairs[2]) + (pairs[1] + pairs[3]) + rest
}

/// Raises one channel to a multiple of its sample rate.
#[derive(Debug)]
pub struct Upsampler {
    phases: Vec<Vec<f32>>,
    history: History,
}

impl Upsampler {
    /// `taps` for each phase (even), cut at Nyquist; delays by half of `taps`.
    pub fn new(factor: usize, taps: usize, beta: f64) -> Self {
        let h = prototype(factor, taps, 1.0, beta);
        let window = taps + 1;
        // Phase p of the newest window holds h[p], h[p + factor], ... against
        // newest to oldest; stored oldest first to meet the window's order.
        let phases = (0..factor)
            .map(|phase| {
                (0..window)
                    .rev()
                    .map(|k| {
                        h.get(phase + k * factor).map_or(0.0, |tap| (tap * factor as f64) as f32)
                    })
                    .collect()
            })
            .collect();
        Self { phases, history: History::new(window) }
    }

    /// Forgets all audio.
    pub fn reset(&mut self) {
        self.history.reset();
    }

    /// Takes a sample without computing anything: for stretches where the result is not needed.
    pub fn skip(&mut self, sample: f32) {
        self.history.push(sample);
    }

    /// Takes a sample and writes the next `factor` samples.
    pub fn process(&mut self, sample: f32, output: &mut [f32]) {
        self.history.push(sample);
        let window = self.history.window();
        for (output, phase) in output.iter_mut().zip(&self.phases) {
            *output = dot(window, phase);
        }
    }
}

/// Brings one channel from a multiple back to its sample rate.
#[derive(Debug)]
pub struct Downsampler {
    taps: Vec<f32>,
    history: History,
}

impl Downsampler {
    /// `taps` for each phase (even), cut at `cutoff` times Nyquist; delays by half of `taps`.
    pub fn new(factor: usize, taps: usize, cutoff: f64, beta: f64) -> Self {
        let h = prototype(factor, taps, cutoff, beta);
        // One frame's samples enter oldest first; the frame's own first sample
        // (phase 0) is the one that the result belongs to.
        let mut padded = vec![0.0f32; (taps + 1) * factor];
        let length = padded.len();
        for (n, tap) in h.iter().enumerate() {
            padded[length - factor - n] = *tap as f32;
        }
        Self { taps: padded, history: History::new(length) }
    }

    /// Forgets all audio.
    pub fn reset(&mut self) {
        self.history.reset();
    }

    /// Takes `factor` samples without computing a result.
    pub fn skip(&mut self, input: &[f32]) {
        for sample in input {
            self.history.push(*sample);
        }
    }

    /// Takes `factor` samples and returns the next sample at the base rate.
    pub fn process(&mut self, input: &[f32]) -> f32 {
        self.skip(input);
        dot(self.history.window(), &self.taps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_and_down_is_a_flat_delay() {
        for factor in [2, 4, 8] {
            let taps = 32;
            let mut up = Upsampler::new(factor, taps, 10.0);
            let mut down = Downsampler::new(factor, taps, 1.0, 10.0);
            let mut high = vec![0.0; factor];
            let frequency = 0.3; // of the sample rate
            let input: Vec<f32> = (0..400)
                .map(|n| (2.0 * std::f32::consts::PI * frequency * n as f32 * 0.5).sin())
                .collect();
            let output: Vec<f32> = input
                .iter()
                .map(|&x| {
                    up.process(x, &mut high);
                    down.process(&high)
                })
                .collect();
            for n in 100..400 {
                assert!((output[n] - input[n - taps]).abs() < 1e-4, "factor {factor} frame {n}");
            }
        }
    }

    #[test]
    fn images_are_below_the_stop_band() {
        let (factor, taps) = (4, 32);
        let h = prototype(factor, taps, 1.0, 10.0);
        for f in [0.62, 0.8, 1.0, 1.5, 1.9] {
            let w = std::f64::consts::PI * 2.0 * f / factor as f64;
            let (mut re, mut im) = (0.0, 0.0);
            for (n, tap) in h.iter().enumerate() {
                re += tap * (w * n as f64).cos();
                im += tap * (w * n as f64).sin();
            }
            let db = 10.0 * (re * re + im * im).log10();
            assert!(db < -95.0, "{f} fs: {db}");
        }
    }
}
