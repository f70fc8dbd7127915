use super::*;

const RATE: f64 = 48_000.0;

fn meters() -> Meters {
    Meters::new(AudioSpec { sample_rate_hz: RATE, max_block_frames: 512 })
}

fn sine(hz: f64, gain: f64, phase: f64, seconds: f64) -> Vec<f32> {
    let step = std::f64::consts::TAU * hz / RATE;
    (0..(seconds * RATE) as usize)
        .map(|n| (gain * (step * n as f64 + phase).sin()) as f32)
        .collect()
}

fn measured(left: &[f32], right: &[f32]) -> MeterSnapshot {
    let mut meters = meters();
    meters.process(left, right);
    meters.finish();
    meters.snapshot()
}

#[test]
fn silence_reads_as_the_default() {
    let silence = vec![0.0; 48_000 * 4];
    let mut read = measured(&silence, &silence);
    read.loudness.measured_s = 0.0;
    let nothing =
        MeterSnapshot { bands: Some(BandsSnapshot::default()), ..MeterSnapshot::default() };
    assert_eq!(read, nothing);
    assert_eq!(measured(&[], &[]), nothing);
}

#[test]
fn correlation_and_mono_loss_follow_their_definitions() {
    let tone = sine(1000.0, 0.5, 0.0, 20.0);
    let inverted: Vec<f32> = tone.iter().map(|sample| -sample).collect();
    let quieter: Vec<f32> = tone.iter().map(|sample| 0.25 * sample).collect();
    let quadrature = sine(1000.0, 0.5, std::f64::consts::FRAC_PI_2, 20.0);
    let silence = vec![0.0; tone.len()];
    let cases = [
        (&tone, 1.0, 0.0),
        (&inverted, -1.0, f64::NEG_INFINITY),
        (&quieter, 1.0, -1.338),
        (&quadrature, 0.0, -3.01),
        (&silence, 0.0, -3.01),
    ];
    for (right, correlation, loss_db) in cases {
        let read = measured(&tone, right);
        for value in [read.correlation, read.overall_correlation.unwrap_or(0.0)] {
            assert!((value - correlation).abs() < 1e-3, "{value}, not {correlation}");
        }
        for value in [read.mono_loss_db, read.overall_mono_loss_db] {
            assert!(value == loss_db || (value - loss_db).abs() < 0.01, "{value}, not {loss_db}");
        }
    }
}

#[test]
fn peaks_between_the_samples_are_found_up_to_the_last_frame() {
    // A quarter of the sampling rate, between the samples: 3 dB hidden.
    let tone = sine(RATE / 4.0, 0.5, std::f64::consts::FRAC_PI_4, 1.0);
    let read = measured(&tone, &tone);
    assert!((read.max_peak_dbfs[0] + 9.03).abs() < 0.01);
    assert!(read.max_true_peak_dbtp[0] > -6.1);
    // The burst lies wholly within what the detector has not seen yet.
    let mut late = vec![0.0; 48_000];
    late[47_950..].copy_from_slice(&tone[..50]);
    let mut meters = meters();
    meters.process(&late, &late);
    assert_eq!(meters.snapshot().max_true_peak_dbtp, meters.snapshot().max_peak_dbfs);
    meters.finish();
    assert!(meters.snapshot().max_true_peak_dbtp[0] > -6.1);
}

#[test]
fn dc_reads_its_level() {
    let dc = vec![0.25; 48_000];
    let read = measured(&dc, &dc);
    assert!((read.peak_dbfs[0] + 12.04).abs() < 0.01);
    assert_eq!(read.correlation, 1.0);
    assert_eq!(read.mono_loss_db, 0.0);
    assert!(read.max_true_peak_dbtp[0] >= read.max_peak_dbfs[0]);
    assert_eq!(read.dc_offset, [0.25; 2]);
}

#[test]
fn a_dc_offset_is_told_from_the_music_that_sits_on_it() {
    let left: Vec<f32> = sine(50.0, 0.5, 0.0, 20.0).iter().map(|x| x + 0.002).collect();
    let right = sine(50.0, 0.5, 0.0, 20.0);
    let [offset_left, offset_right] = measured(&left, &right).dc_offset;
    assert!((offset_left - 0.002).abs() < 1e-6, "{offset_left}");
    assert!(offset_right.abs() < 1e-6, "{offset_right}");
}

#[test]
fn only_an_offset_that_is_there_all_the_time_is_one() {
    // Every second leans to one side or the other, as limited drums do.
    let leaning = |seconds: usize, steady: f64| -> Vec<f32> {
        let lean = |n: usize| [0.002, -0.001, 0.0015, -0.0025, 0.0005, -0.0003][(n / 48_000) % 6];
        let tone = sine(50.0, 0.5, 0.0, seconds as f64);
        let leans = tone.iter().enumerate().map(|(n, x)| f64::from(*x) + lean(n) + steady);
        leans.map(|x| x as f32).collect()
    };
    for seconds in [1, 2, 4, 9, 30] {
        let music = leaning(seconds, 0.0);
        assert_eq!(measured(&music, &music).steady_dc(), [None; 2], "{seconds} s");
    }
    let silence = vec![0.0; 10 * 48_000];
    assert_eq!(measured(&silence, &silence).steady_dc(), [None; 2]);
    let [left, right] = measured(&leaning(30, 0.004), &leaning(30, -0.01)).steady_dc();
    assert!((left.unwrap() - 0.004).abs() < 0.001, "{left:?}");
    assert!((right.unwrap() + 0.01).abs() < 0.001, "{right:?}");
    // A converter's, with nothing else there.
    let still = vec![0.001; 4 * 48_000];
    assert!((measured(&still, &still).steady_dc()[0].unwrap() - 0.001).abs() < 1e-6);
}

#[test]
fn what_is_not_finite_counts_as_silence() {
    let mut tone = sine(997.0, 0.1, 0.0, 2.0);
    for sample in tone.iter_mut().step_by(500) {
        *sample = 0.0;
    }
    let clean = measured(&tone, &tone);
    let dirt = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY];
    for (n, sample) in tone.iter_mut().step_by(500).enumerate() {
        *sample = dirt[n % 3];
    }
    assert_eq!(clean, measured(&tone, &tone));
}

#[test]
fn the_largest_floats_do_not_break_a_reading() {
    let read = measured(&vec![f32::MAX; 48_000], &vec![-f32::MAX; 48_000]);
    let text = format!("{read:?}");
    assert!(!text.contains("NaN"), "{text}");
    assert!(read.max_true_peak_dbtp[0].is_finite());
}

#[test]
fn ratios_to_loudness_come_from_the_same_readings() {
    let mut meters = meters();
    let loud = sine(997.0, 0.5, 0.0, 4.0);
    let quiet = sine(997.0, 0.05, 0.0, 10.0);
    meters.process(&loud, &loud);
    let read = meters.snapshot();
    assert!((read.psr_db - (-6.02 + 6.02)).abs() < 0.05, "{}", read.psr_db);
    meters.process(&quiet, &quiet);
    let read = meters.snapshot();
    let peak = read.max_true_peak_dbtp[0].max(read.max_true_peak_dbtp[1]);
    assert_eq!(read.plr_db, peak - read.loudness.integrated_lufs);
    // The loud passage has left the last three seconds.
    assert!(read.psr_db.abs() < 0.05, "{}", read.psr_db);
}

#[test]
fn samples_at_full_scale_are_counted() {
    let read = measured(&[1.0, 0.5, -1.0, 0.999_9], &[32_767.0 / 32_768.0, 0.0, 2.0, 0.0]);
    assert_eq!(read.clipped_samples, 4);
}

#[test]
fn readings_do_not_depend_on_the_block_size() {
    let left = sine(3001.0, 0.7, 0.0, 5.0);
    let right = sine(4999.0, 0.2, 1.0, 5.0);
    let mut whole = meters();
    whole.process(&left, &right);
    for frames in [1, 17, 64, 512, 4096] {
        let mut cut = meters();
        for (left, right) in left.chunks(frames).zip(right.chunks(frames)) {
            cut.process(left, right);
        }
        assert_eq!(cut.snapshot(), whole.snapshot(), "blocks of {frames}");
    }
    whole.reset();
    let mut new = meters();
    for meters in [&mut whole, &mut new] {
        meters.process(&right, &left);
        meters.finish();
    }
    assert_eq!(whole.snapshot(), new.snapshot());
}
