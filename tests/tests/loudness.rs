//! The loudness meter against the EBU's signals and against an independent implementation.
//!
//! The signals of EBU Tech 3341 (2023) Table 1 and Tech 3342 (2023) Table 1
//! are made here from their descriptions. Left out are the film sound of 3341
//! cases 7 and 8 and 3342 cases 5 and 6, and the five channels of case 6: its
//! point, that channels add by power, is made with the two that there are.

use std::sync::Arc;

use burnish_dsp::chain::Chain;
use burnish_dsp::loudness::{LoudnessMeter, LoudnessSnapshot};
use burnish_dsp::meters::{MeterFeed, Meters};
use burnish_dsp::processor::AudioSpec;
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

#[test]
fn tech_3341_cases_1_and_2_steady_tones() {
    for rate_hz in RATES_HZ {
        for level in [-23.0, -33.0] {
            let mut bench = Bench::new(rate_hz);
            bench.play_and_watch(20.0, level, |read| {
                if read.measured_s > 1.0 {
                    assert_near("momentary", rate_hz, read.momentary_lufs, level, 0.1);
                }
                if read.measured_s > 3.5 {
                    assert_near("short-term", rate_hz, read.short_term_lufs, level, 0.1);
                }
            });
            assert_near("integrated", rate_hz, bench.read().integrated_lufs, level, 0.1);
        }
    }
}

#[test]
fn tech_3341_cases_3_to_5_gates() {
    let cases: [&[(f64, f64)]; 3] = [
        &[(10.0, -36.0), (60.0, -23.0), (10.0, -36.0)],
        &[(10.0, -72.0), (10.0, -36.0), (60.0, -23.0), (10.0, -36.0), (10.0, -72.0)],
        &[(20.0, -26.0), (20.1, -20.0), (20.0, -26.0)],
    ];
    for rate_hz in RATES_HZ {
        for parts in cases {
            let mut bench = Bench::new(rate_hz);
            bench.play_all(parts);
            assert_near("integrated", rate_hz, bench.read().integrated_lufs, -23.0, 0.1);
        }
    }
}

#[test]
fn tech_3341_case_6_channels_add_by_power() {
    for rate_hz in RATES_HZ {
        let turn = 1000.0 / rate_hz as f64;
        let left = Signal::sine(20 * rate_hz, turn, gain(-28.0)).left;
        let right = Signal::sine(20 * rate_hz, turn, gain(-24.0)).right;
        let mut meter = LoudnessMeter::new(spec(rate_hz));
        meter.process(&left, &right);
        let expected = 10.0 * (0.5 * (gain(-28.0).powi(2) + gain(-24.0).powi(2))).log10();
        assert_near("integrated", rate_hz, meter.snapshot().integrated_lufs, expected, 0.1);
    }
}

#[test]
fn tech_3341_case_9_short_term_is_steady_over_its_window() {
    for rate_hz in RATES_HZ {
        let mut bench = Bench::new(rate_hz);
        for _ in 0..5 {
            for (seconds, level) in [(1.34, -20.0), (1.66, -30.0)] {
                bench.play_and_watch(seconds, level, |read| {
                    if read.measured_s > 3.0 {
                        assert_near("short-term", rate_hz, read.short_term_lufs, -23.0, 0.1);
                    }
                });
            }
        }
    }
}

#[test]
fn tech_3341_case_10_max_short_term_wherever_the_tone_begins() {
    for rate_hz in RATES_HZ {
        for n in 0..20 {
            let mut bench = Bench::new(rate_hz);
            bench.play(0.15 * f64::from(n), None);
            bench.play(3.0, -23.0);
            bench.play(1.0, None);
            assert_near("max S", rate_hz, bench.read().max_short_term_lufs, -23.0, 0.1);
        }
    }
}

#[test]
fn tech_3341_case_11_live_max_short_term() {
    for rate_hz in RATES_HZ {
        let mut bench = Bench::new(rate_hz);
        for n in 0..20 {
            let level = -38.0 + f64::from(n);
            let delay_s = 0.15 * f64::from(n);
            let mut highest = f64::NEG_INFINITY;
            let mut watch = |read: LoudnessSnapshot| highest = highest.max(read.short_term_lufs);
            bench.play_and_watch(delay_s, None, &mut watch);
            bench.play_and_watch(3.0, level, &mut watch);
            bench.play_and_watch(3.0 - delay_s, None, &mut watch);
            assert_near("max S", rate_hz, highest, level, 0.1);
        }
    }
}

#[test]
fn tech_3341_case_12_momentary_is_steady_over_its_window() {
    for rate_hz in RATES_HZ {
        let mut bench = Bench::new(rate_hz);
        for _ in 0..25 {
            for (seconds, level) in [(0.18, -20.0), (0.22, -30.0)] {
                bench.play_and_watch(seconds, level, |read| {
                    if read.measured_s > 1.0 {
                        assert_near("momentary", rate_hz, read.momentary_lufs, -23.0, 0.1);
                    }
                });
            }
        }
    }
}

#[test]
fn tech_3341_case_13_max_momentary_wherever_the_tone_begins() {
    for rate_hz in RATES_HZ {
        for n in 0..20 {
            let mut bench = Bench::new(rate_hz);
            bench.play(0.02 * f64::from(n), None);
            bench.play(0.4, -23.0);
            bench.play(1.0, None);
            assert_near("max M", rate_hz, bench.read().max_momentary_lufs, -23.0, 0.1);
        }
    }
}

#[test]
fn tech_3341_case_14_live_max_momentary() {
    for rate_hz in RATES_HZ {
        let mut bench = Bench::new(rate_hz);
        for n in 0..20 {
            let level = -38.0 + f64::from(n);
            let delay_s = 0.02 * f64::from(n);
            let mut highest = f64::NEG_INFINITY;
            let mut watch = |read: LoudnessSnapshot| highest = highest.max(read.momentary_lufs);
            bench.play_and_watch(delay_s, None, &mut watch);
            bench.play_and_watch(0.4, level, &mut watch);
            bench.play_and_watch(0.4 - delay_s, None, &mut watch);
            assert_near("max M", rate_hz, highest, level, 0.1);
        }
    }
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

#[track_caller]
fn assert_true_peak(rate_hz: usize, samples: &[f32], expected_dbtp: f64) {
    let mut meters = Meters::new(spec(rate_hz));
    for block in samples.chunks(BLOCK_FRAMES) {
        meters.process(block, block);
    }
    meters.finish();
    for read in meters.snapshot().max_true_peak_dbtp {
        assert!(
            read >= expected_dbtp - 0.4 && read <= expected_dbtp + 0.2,
            "true peak at {rate_hz} Hz reads {read:.3}, not {expected_dbtp}"
        );
    }
}

#[test]
fn tech_3341_cases_15_to_19_true_peak_of_tones() {
    // Samples in a period, amplitude, phase in degrees, true peak.
    let cases = [
        (4.0, gain(-6.0), 0.0, -6.0),
        (4.0, gain(-6.0), 45.0, -6.0),
        (6.0, gain(-6.0), 60.0, -6.0),
        (8.0, gain(-6.0), 67.5, -6.0),
        (4.0, 1.4141, 45.0, 3.0),
    ];
    for rate_hz in RATES_HZ {
        for (period, amplitude, degrees, expected) in cases {
            let phase = f64::to_radians(degrees);
            let samples = (0..rate_hz)
                .map(|n| {
                    let angle = std::f64::consts::TAU * n as f64 / period + phase;
                    (amplitude * angle.sin()) as f32
                })
                .collect();
            assert_true_peak(rate_hz, &faded(rate_hz, samples), expected);
        }
    }
}

/// A tone of a sixth of the sampling rate with one period of a quarter of it
/// put in at full scale, made at four times the rate, low-passed and decimated
/// from one of the four offsets.
fn true_peak_burst(rate_hz: usize, offset: usize) -> Vec<f32> {
    const HALF_TAPS: usize = 4 * 256;
    // A twentieth of a second on either side is enough; whole periods before the burst.
    let around = 4 * (rate_hz / 20 / 6 * 6);
    let base = |n: usize| gain(-6.0) * (std::f64::consts::TAU * n as f64 / 24.0).sin();
    let mut oversampled: Vec<f64> = (0..around).map(base).collect();
    oversampled.extend((0..16).map(|n| (std::f64::consts::TAU * f64::from(n) / 16.0).sin()));
    oversampled.extend((0..around).map(base));
    let mut low_pass: Vec<f64> = (0..=2 * HALF_TAPS)
        .map(|n| {
            let x = std::f64::consts::PI * (n as f64 - HALF_TAPS as f64) / 4.0;
            let sinc = if x == 0.0 { 1.0 } else { x.sin() / x };
            // Blackman-Harris: side lobes below -92 dB.
            let turn = std::f64::consts::PI * n as f64 / HALF_TAPS as f64;
            let window = 0.358_75 - 0.488_29 * turn.cos() + 0.141_28 * (2.0 * turn).cos()
                - 0.011_68 * (3.0 * turn).cos();
            sinc * window
        })
        .collect();
    let sum: f64 = low_pass.iter().sum();
    for tap in &mut low_pass {
        *tap /= sum;
    }
    let decimated = (offset..oversampled.len())
        .step_by(4)
        .map(|centre| {
            let first = centre.saturating_sub(HALF_TAPS);
            let taps = &low_pass[HALF_TAPS - (centre - first)..];
            let heard = taps.iter().zip(&oversampled[first..]);
            heard.map(|(tap, sample)| tap * sample).sum::<f64>() as f32
        })
        .collect();
    faded(rate_hz, decimated)
}

#[test]
fn tech_3341_cases_20_to_23_true_peak_of_bursts() {
    for rate_hz in RATES_HZ {
        for offset in 0..4 {
            assert_true_peak(rate_hz, &true_peak_burst(rate_hz, offset), 0.0);
        }
    }
}

#[test]
fn tech_3342_cases_1_to_4_loudness_range() {
    let cases: [(&[(f64, f64)], f64); 4] = [
        (&[(20.0, -20.0), (20.0, -30.0)], 10.0),
        (&[(20.0, -20.0), (20.0, -15.0)], 5.0),
        (&[(20.0, -40.0), (20.0, -20.0)], 20.0),
        (&[(20.0, -50.0), (20.0, -35.0), (20.0, -20.0), (20.0, -35.0), (20.0, -50.0)], 15.0),
    ];
    for rate_hz in RATES_HZ {
        for (parts, expected) in cases {
            let mut bench = Bench::new(rate_hz);
            bench.play_all(parts);
            assert_near("range", rate_hz, bench.read().loudness_range_lu, expected, 1.0);
        }
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

/// Compares M and S every 100 ms and I every second with the `ebur128` crate.
fn compare_with_the_referee(rate_hz: usize, signal: &Signal) {
    const TOLERANCE_LU: f64 = 0.05;
    let mut meter = LoudnessMeter::new(spec(rate_hz));
    let mut referee =
        EbuR128::new(2, rate_hz as u32, Mode::I | Mode::S | Mode::M).expect("a usual format");
    let blocks = signal.left.chunks(rate_hz / 10).zip(signal.right.chunks(rate_hz / 10));
    for (n, (left, right)) in blocks.enumerate() {
        meter.process(left, right);
        referee.add_frames_planar_f32(&[left, right]).expect("two channels");
        if left.len() < rate_hz / 10 {
            break;
        }
        let read = meter.snapshot();
        let compare = |what: &str, ours: f64, referee: Result<f64, ebur128::Error>| {
            let referee = referee.expect("the mode was asked for");
            // Far below the gate the tails of the filters differ.
            if referee > -70.0 || ours > -70.0 {
                assert_near(what, rate_hz, ours, referee, TOLERANCE_LU);
            }
        };
        if n >= 4 {
            compare("momentary", read.momentary_lufs, referee.loudness_momentary());
        }
        if n >= 30 {
            compare("short-term", read.short_term_lufs, referee.loudness_shortterm());
        }
        if n % 10 == 9 {
            compare("integrated", read.integrated_lufs, referee.loudness_global());
        }
    }
    assert!(meter.snapshot().integrated_lufs > -40.0);
}

#[test]
fn readings_agree_with_the_referee() {
    for rate_hz in [32_000, 44_100, 48_000, 96_000] {
        compare_with_the_referee(rate_hz, &music(rate_hz, 30));
    }
}

#[test]
fn real_music_reads_as_the_referee_reads_it() {
    for name in ["mix.flac", "reference.flac"] {
        let music = crate::support::material(name);
        let signal = Signal { left: music.left, right: music.right };
        compare_with_the_referee(music.sample_rate_hz as usize, &signal);
    }
}

/// Sizes from 1 to 5000 frames, small ones as often as large ones.
fn random_block_sizes(seed: u64) -> Vec<usize> {
    let mut noise = Noise::new(seed);
    let mut roll = || 0.5 + 0.5 * f64::from(noise.sample());
    (0..997).map(|_| 5000f64.powf(roll()).round().max(1.0) as usize).collect()
}

#[test]
fn no_reading_depends_on_the_block_size() {
    for rate_hz in RATES_HZ.into_iter().chain([22_050]) {
        let signal = music(rate_hz, 8);
        let read = |sizes: &[usize]| {
            let mut meters = Meters::new(spec(rate_hz));
            let (mut start, mut sizes) = (0, sizes.iter().cycle());
            while start < signal.frames() {
                let end = signal.frames().min(start + sizes.next().expect("sizes for ever"));
                meters.process(&signal.left[start..end], &signal.right[start..end]);
                start = end;
            }
            meters.finish();
            meters.snapshot()
        };
        let whole = read(&[signal.frames()]);
        for frames in [1, 17, 64, 512, 4096] {
            assert_eq!(read(&[frames]), whole, "blocks of {frames} at {rate_hz} Hz");
        }
        for seed in 1..4 {
            assert_eq!(read(&random_block_sizes(seed)), whole, "seed {seed} at {rate_hz} Hz");
        }
    }
}

/// The highest error of the true-peak meter, dB, for a sine of this frequency at many phases.
fn true_peak_error_db(rate_hz: usize, hz: f64) -> f64 {
    const PHASES: u8 = 16;
    // A crest lies within the steady part of the lowest tone.
    let frames = rate_hz / 5;
    let turn = std::f64::consts::TAU * hz / rate_hz as f64;
    let errors = (0..PHASES).map(|phase| {
        let phase = std::f64::consts::PI * f64::from(phase) / f64::from(PHASES);
        let samples = (0..frames).map(|n| (0.5 * (turn * n as f64 + phase).sin()) as f32);
        let samples = faded(rate_hz, samples.collect());
        let mut meters = Meters::new(spec(rate_hz));
        meters.process(&samples, &samples);
        meters.finish();
        let read = meters.snapshot();
        assert!(read.max_true_peak_dbtp[0] >= read.max_peak_dbfs[0], "{hz} Hz at {rate_hz}");
        (read.max_true_peak_dbtp[0] - 20.0 * 0.5f64.log10()).abs()
    });
    errors.fold(0.0, f64::max)
}

#[test]
fn the_true_peak_of_a_sine_is_right_from_20_hz_to_20_khz_at_any_phase() {
    for rate_hz in [44_100, 48_000] {
        let rate = rate_hz as f64;
        // Where the samples fall on the same few phases for ever, and all over the band.
        let awkward = [3.0, 4.0, 5.0, 6.0, 8.0, 12.0].map(|period| rate / period);
        let sweep = (0..=60).map(|n| 20.0 * 1000f64.powf(f64::from(n) / 60.0));
        let top = (0..=20).map(|n| 16_000.0 + 200.0 * f64::from(n));
        let mut worst = (0.0, 0.0);
        for hz in sweep.chain(top).chain(awkward) {
            let error_db = true_peak_error_db(rate_hz, hz);
            if error_db > worst.0 {
                worst = (error_db, hz);
            }
        }
        println!("true peak at {rate_hz} Hz: {:.4} dB off at {:.0} Hz", worst.0, worst.1);
        assert!(worst.0 <= 0.1, "{} dB at {} Hz, {rate_hz}", worst.0, worst.1);
    }
}

#[test]
fn meter_and_limiter_agree() {
    for rate_hz in RATES_HZ {
        let frames = 2 * rate_hz;
        let noise = Signal::noise(frames, 0.9, 5);
        let signals = [("noise", noise), ("music", music(rate_hz, 2))];
        for (name, signal) in signals {
            for ceiling_dbtp in [-1.0, -3.0] {
                let mut settings = limited();
                settings.limiter.gain_db = 12.0;
                settings.limiter.ceiling_dbtp = ceiling_dbtp;
                let mut chain = Chain::new(spec(rate_hz));
                chain.configure(&settings);
                signal.padded(chain.latency_frames()).through(&[BLOCK_FRAMES], |block| {
                    chain.process(block);
                });
                chain.finish_meters();
                for peak_dbtp in chain.snapshot().output.max_true_peak_dbtp {
                    let over_db = peak_dbtp - ceiling_dbtp;
                    println!("{name} at {rate_hz} Hz: {over_db:+.4} dB to the ceiling");
                    assert!(over_db.abs() <= 0.1, "{name}: {over_db} dB at {rate_hz} Hz");
                    assert!(over_db <= 0.02, "{name}: {over_db} dB over at {rate_hz} Hz");
                }
            }
        }
    }
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
