//! Signals, blocks and an independent true-peak referee.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use burnish_dsp::limiter::LimiterSettings;
use burnish_dsp::processor::StereoBlock;
use burnish_dsp::settings::ChainSettings;
use burnish_session::audio::StereoAudio;
use burnish_session::decode::decode;

/// Neutral settings with the limiter at work.
pub fn limited() -> ChainSettings {
    ChainSettings { limiter: limiting(), ..ChainSettings::default() }
}

/// The limiter at work, otherwise as it is at first.
pub fn limiting() -> LimiterSettings {
    LimiterSettings { is_on: true, ..LimiterSettings::default() }
}

/// Where the demo's music is.
pub fn material_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../material").join(name)
}

/// A piece of the demo's music.
pub fn material(name: &str) -> StereoAudio {
    decode(&material_path(name)).unwrap_or_else(|error| panic!("{error}"))
}

/// Set in a program that does the work of one test alone.
const ALONE: &str = "BURNISH_TESTS_ALONE";

/// Does `work` in a program of its own, which may end it, or whose memory it is to
/// measure: this program, told to run nothing but the test of that path.
#[track_caller]
pub fn alone(test: &str, work: impl FnOnce()) {
    if std::env::var_os(ALONE).is_some() {
        return work();
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(ALONE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("1 passed"), "{test}: {}\n{said}\n{errors}", output.status);
}

/// Reproducible white noise, uniform in -1..1.
#[derive(Clone, Debug)]
pub struct Noise(u64);

impl Noise {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn sample(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    /// Normally distributed, standard deviation 1 (sum of twelve).
    pub fn gaussian(&mut self) -> f32 {
        (0..12).map(|_| self.sample()).sum::<f32>() * 0.5
    }
}

/// A stereo signal.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    pub left: Vec<f32>,
    pub right: Vec<f32>,
}

impl Signal {
    /// One frame after another from a function of the frame's number.
    pub fn from_fn(frames: usize, mut frame: impl FnMut(usize) -> [f32; 2]) -> Self {
        let (left, right) = (0..frames).map(|n| frame(n).into()).unzip();
        Self { left, right }
    }

    /// Both channels alike.
    pub fn mono(frames: usize, mut sample: impl FnMut(usize) -> f32) -> Self {
        Self::from_fn(frames, |n| [sample(n); 2])
    }

    pub fn noise(frames: usize, amplitude: f32, seed: u64) -> Self {
        let mut noise = Noise::new(seed);
        Self::from_fn(frames, |_| [amplitude * noise.sample(), amplitude * noise.sample()])
    }

    pub fn sine(frames: usize, frequency: f64, amplitude: f64) -> Self {
        Self::mono(frames, |n| {
            (amplitude * (std::f64::consts::TAU * frequency * n as f64).sin()) as f32
        })
    }

    pub fn frames(&self) -> usize {
        self.left.len()
    }

    /// The signal after `process` has worked on it in blocks of the given sizes, in turn.
    pub fn through(
        &self,
        block_sizes: &[usize],
        mut process: impl FnMut(&mut StereoBlock<'_>),
    ) -> Self {
        let mut output = self.clone();
        let mut start = 0;
        for size in block_sizes.iter().cycle() {
            let end = (start + size).min(output.frames());
            process(&mut StereoBlock::new(
                &mut output.left[start..end],
                &mut output.right[start..end],
            ));
            start = end;
            if start == output.frames() {
                return output;
            }
        }
        output
    }

    /// Silence added at the end.
    pub fn padded(&self, frames: usize) -> Self {
        let mut padded = self.clone();
        padded.left.resize(self.frames() + frames, 0.0);
        padded.right.resize(self.frames() + frames, 0.0);
        padded
    }

    pub fn is_finite(&self) -> bool {
        self.left.iter().chain(&self.right).all(|sample| sample.is_finite())
    }

    /// True peak of both channels, by the referee.
    pub fn true_peak_db(&self) -> f64 {
        self.true_peak_db_in(0..self.frames())
    }

    /// True peak of both channels within some frames, by the referee.
    pub fn true_peak_db_in(&self, frames: Range<usize>) -> f64 {
        true_peak_db(&self.left, frames.clone()).max(true_peak_db(&self.right, frames))
    }
}

/// Tones of whole periods in a second, and what else is in a recording of them.
#[derive(Clone, Debug)]
pub struct Tones {
    /// Frequency in Hz, a whole number, and amplitude.
    tones: Vec<(f64, f64)>,
    rate_hz: usize,
}

impl Tones {
    pub fn new(tones: &[(f64, f64)], rate_hz: usize) -> Self {
        Self { tones: tones.to_vec(), rate_hz }
    }

    pub fn signal(&self, seconds: usize) -> Signal {
        Signal::mono(seconds * self.rate_hz, |n| {
            let t = std::f64::consts::TAU * n as f64 / self.rate_hz as f64;
            let sum: f64 =
                self.tones.iter().map(|(hz, amplitude)| amplitude * (hz * t + 0.3).sin()).sum();
            sum as f32
        })
    }

    /// Power of all but the tones and their mean in a second, dB re the tones.
    pub fn residue_db(&self, second: &[f32]) -> f64 {
        let rest = &second[..self.rate_hz];
        let count = rest.len() as f64;
        let mean = rest.iter().map(|x| f64::from(*x)).sum::<f64>() / count;
        let mut rest: Vec<f64> = rest.iter().map(|x| f64::from(*x) - mean).collect();
        let mut tone_power = 0.0;
        for (hz, _) in &self.tones {
            let w = std::f64::consts::TAU * hz / count;
            let (mut re, mut im) = (0.0, 0.0);
            for (n, x) in rest.iter().enumerate() {
                re += 2.0 / count * x * (w * n as f64).cos();
                im += 2.0 / count * x * (w * n as f64).sin();
            }
            for (n, x) in rest.iter_mut().enumerate() {
                *x -= re * (w * n as f64).cos() + im * (w * n as f64).sin();
            }
            tone_power += 0.5 * (re * re + im * im);
        }
        let residue: f64 = rest.iter().map(|x| x * x).sum::<f64>() / count;
        10.0 * (residue / tone_power).log10()
    }
}

const REFEREE_PHASES: usize = 64;
const REFEREE_HALF_TAPS: isize = 128;

/// A 256-tap Kaiser-windowed (beta 12) sinc at 64 phases, evaluated wherever
/// the samples come within 12 dB of the highest: nothing of it is shared with
/// the detector under test.
pub fn true_peak_db(samples: &[f32], frames: Range<usize>) -> f64 {
    use std::sync::LazyLock;
    static BANK: LazyLock<Vec<Vec<f64>>> = LazyLock::new(|| {
        let i0 = |x: f64| {
            let mut term = 1.0;
            let mut sum = 1.0;
            for k in 1..100 {
                term *= (x / (2.0 * f64::from(k))).powi(2);
                sum += term;
            }
            sum
        };
        (0..REFEREE_PHASES)
            .map(|phase| {
                let fraction = phase as f64 / REFEREE_PHASES as f64;
                (1 - REFEREE_HALF_TAPS..=REFEREE_HALF_TAPS)
                    .map(|k| {
                        let t = fraction - k as f64;
                        let x = std::f64::consts::PI * t;
                        let sinc = if x.abs() < 1e-12 { 1.0 } else { x.sin() / x };
                        let w = (1.0 - (t / REFEREE_HALF_TAPS as f64).powi(2)).max(0.0).sqrt();
                        sinc * i0(12.0 * w) / i0(12.0)
                    })
                    .collect()
            })
            .collect()
    });
    let at = |n: isize| samples.get(n as usize).map_or(0.0, |sample| f64::from(*sample));
    let highest =
        samples[frames.clone()].iter().fold(0.0f64, |highest, s| highest.max(f64::from(s.abs())));
    let mut peak = highest;
    for n in frames.start as isize..frames.end as isize {
        if at(n).abs().max(at(n + 1).abs()) < 0.5 * highest {
            continue;
        }
        // A quarter-sample look decides where the fine one is worth its time.
        let value = |phase: usize| -> f64 {
            BANK[phase]
                .iter()
                .enumerate()
                .map(|(i, tap)| tap * at(n + 1 - REFEREE_HALF_TAPS + i as isize))
                .sum::<f64>()
                .abs()
        };
        let coarse = [16, 32, 48].map(value).into_iter().fold(at(n).abs(), f64::max);
        if coarse > 0.93 * peak {
            peak = (0..REFEREE_PHASES).map(value).fold(peak, f64::max);
        }
    }
    20.0 * peak.log10()
}

#[test]
fn the_referee_finds_a_peak_between_samples() {
    // fs/4 at 45 degrees: samples at -3.01 dBFS, true peak at 0.
    let samples: Vec<f32> = (0..4000)
        .map(|n| {
            let n = f64::from(n);
            let fade = (n.min(4000.0 - n) / 800.0).min(1.0);
            let angle = std::f64::consts::FRAC_PI_2 * n + std::f64::consts::FRAC_PI_4;
            (fade * angle.sin()) as f32
        })
        .collect();
    let peak_db = true_peak_db(&samples, 0..4000);
    assert!(peak_db.abs() < 0.01, "{peak_db}");
}
