//! The test signals of EBU Tech 3341 and 3342.

use super::*;

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
