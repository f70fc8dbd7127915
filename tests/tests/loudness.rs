//! The loudness meter against the EBU's signals and against an independent implementation.
//!
//! The signals of EBU Tech 3341 (2023) Table 1 and Tech 3342 (2023) Table 1
//! are made here from their descriptions. Left out are the film sound of 3341
//! cases 7 and 8 and 3342 cases 5 and 6, and the five channels of case 6: its
//! point, that channels add by power, is made with the two that there are.

mod ebu;
mod referee;
mod true_peaks;

use std::sync::Arc;

use burnish_dsp::chain::Chain;
use burnish_dsp::loudness::{LoudnessMeter, LoudnessSnapshot};
use burnish_dsp::meters::Meters;
use burnish_dsp::processor::AudioSpec;
use burnish_dsp::readings::MeterFeed;
use ebur128::{EbuR128, Mode};

use crate::support::{Noise, Signal, limited};

const RATES_HZ: [usize; 5] = [44_100, 48_000, 88_200, 96_000, 192_000];

/// No divisor or multiple of a meter's step.
const BLOCK_FRAMES: usize = 509;

fn spec(rate_hz: usize) -> AudioSpec {
    AudioSpec { sample_rate_hz: rate_hz as f64, max_block_frames: BLOCK_FRAMES }
}

fn gain(db: f64) -> f64 {
    10f64.powf(0.05 * db)
}

#[track_caller]
fn assert_near(what: &str, rate_hz: usize, read: f64, expected: f64, tolerance: f64) {
    assert!(
        (read - expected).abs() <= tolerance,
        "{what} at {rate_hz} Hz reads {read:.3}, not {expected}"
    );
}

/// Fades 10 ms in and out, as the EBU's true-peak signals do.
fn faded(rate_hz: usize, mut samples: Vec<f32>) -> Vec<f32> {
    let fade_frames = rate_hz / 100;
    for n in 0..fade_frames {
        let gain = n as f32 / fade_frames as f32;
        let last = samples.len() - 1 - n;
        samples[n] *= gain;
        samples[last] *= gain;
    }
    samples
}

/// A meter that is shown 1 kHz tones, one after the other.
struct Bench {
    rate_hz: usize,
    meter: LoudnessMeter,
    /// Ten periods of the tone at full scale.
    tone: Vec<f64>,
}

impl Bench {
    fn new(rate_hz: usize) -> Self {
        let turn = std::f64::consts::TAU * 1000.0 / rate_hz as f64;
        Self {
            rate_hz,
            meter: LoudnessMeter::new(spec(rate_hz)),
            tone: (0..rate_hz / 100).map(|n| (turn * n as f64).sin()).collect(),
        }
    }

    /// Plays a tone in both channels, silence for no level, and shows the
    /// readings after every block.
    fn play_and_watch(
        &mut self,
        seconds: f64,
        level_dbfs: impl Into<Option<f64>>,
        mut watch: impl FnMut(LoudnessSnapshot),
    ) {
        let amplitude = level_dbfs.into().map_or(0.0, gain);
        let frames = (seconds * self.rate_hz as f64).round() as usize;
        let mut block = [0.0; BLOCK_FRAMES];
        for start in (0..frames).step_by(BLOCK_FRAMES) {
            let block = &mut block[..BLOCK_FRAMES.min(frames - start)];
            let phases = self.tone.iter().cycle().skip(start % self.tone.len());
            for (sample, phase) in block.iter_mut().zip(phases) {
                *sample = (amplitude * phase) as f32;
            }
            self.meter.process(block, block);
            watch(self.meter.snapshot());
        }
    }

    fn play(&mut self, seconds: f64, level_dbfs: impl Into<Option<f64>>) {
        self.play_and_watch(seconds, level_dbfs, |_| ());
    }

    fn play_all(&mut self, parts: &[(f64, f64)]) {
        for &(seconds, level_dbfs) in parts {
            self.play(seconds, level_dbfs);
        }
    }

    fn read(&self) -> LoudnessSnapshot {
        self.meter.snapshot()
    }
}

/// Something like music: a bass, chords, drums, a quiet passage and a pause.
fn music(rate_hz: usize, seconds: usize) -> Signal {
    let mut noise = Noise::new(7);
    let rate = rate_hz as f64;
    Signal::from_fn(seconds * rate_hz, |n| {
        let t = n as f64 / rate;
        let angle = std::f64::consts::TAU * t;
        let beat = (t * 2.0).fract();
        let bar = (t / 2.0).floor();
        let bass = 0.25 * (angle * 55.0 * (1.0 + 0.125 * (bar % 3.0))).sin();
        let chord: f64 = [220.0, 277.2, 329.6, 1760.0].iter().map(|hz| (angle * hz).sin()).sum();
        let drum = f64::from(noise.sample()) * (-12.0 * beat).exp();
        let level = match t as usize % 12 {
            0..=6 => 1.0,
            7..=9 => 0.2,
            10 => 0.5,
            _ => 0.0,
        };
        let side = 0.05 * (angle * 661.0).sin();
        let middle = bass + 0.05 * chord * (1.0 - beat) + 0.3 * drum;
        [(level * (middle + side)) as f32, (level * (middle - side)) as f32]
    })
}

#[test]
fn a_render_that_nobody_watches_reads_the_same() {
    let signal = music(48_000, 20);
    let read = |is_watched: bool| {
        let mut settings = limited();
        settings.limiter.gain_db = 6.0;
        let mut chain = Chain::new(spec(48_000));
        let feed = MeterFeed::new();
        chain.attach(Arc::clone(&feed));
        chain.configure(&settings);
        let mut seen = None;
        signal.through(&[BLOCK_FRAMES], |block| {
            chain.process(block);
            if is_watched {
                seen = feed.latest().or(seen);
                while feed.next_history().is_some() {}
                while feed.next_input().is_some() {}
                while feed.next_output().is_some() {}
            }
        });
        // The last that was published, and what the chain itself reads.
        (seen.or_else(|| feed.latest()).expect("something was published"), chain.snapshot())
    };
    let (watched, unwatched) = (read(true), read(false));
    assert_eq!(watched, unwatched);
    assert_eq!(watched.0.output.loudness.measured_s, 20.0);
}

#[test]
fn a_reset_meter_is_a_new_one() {
    let signal = music(48_000, 8);
    let mut used = Meters::new(spec(48_000));
    used.process(&signal.right, &vec![f32::NAN; signal.frames()]);
    used.process(&signal.left[..777], &signal.left[..777]);
    used.finish();
    used.reset();
    let mut new = Meters::new(spec(48_000));
    assert_eq!(used.snapshot(), new.snapshot());
    for meters in [&mut used, &mut new] {
        meters.process(&signal.left, &signal.right);
        meters.finish();
    }
    assert_eq!(used.snapshot(), new.snapshot());
}

#[test]
fn no_input_makes_a_reading_that_is_not_a_number() {
    let dirt = [
        f32::NAN,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::MAX,
        f32::MIN_POSITIVE,
        f32::from_bits(1),
        0.0,
        -1.0,
    ];
    for rate_hz in [8000, 48_000, 384_000] {
        let mut noise = Noise::new(3);
        let mut meters = Meters::new(spec(rate_hz));
        for _ in 0..100 {
            let mut block = || -> Vec<f32> {
                let pick = |x: f32| dirt[((x + 1.0) * 4.0) as usize % dirt.len()];
                (0..rate_hz / 25).map(|_| pick(noise.sample())).collect()
            };
            meters.process(&block(), &block());
            let read = format!("{:?}", meters.snapshot());
            assert!(!read.contains("NaN"), "{read}");
        }
        // And it recovers.
        meters.reset();
        let tone = Signal::sine(4 * rate_hz, 997.0 / rate_hz as f64, 0.1);
        meters.process(&tone.left, &tone.right);
        assert_near("integrated", rate_hz, meters.snapshot().loudness.integrated_lufs, -20.0, 0.3);
    }
}
