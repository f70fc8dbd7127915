use super::*;
use crate::spectrum::{CurveDrawer, CurveLook, SpectrumAnalyzer, log_frequencies};

fn noise(seed: u32, frames: usize) -> Vec<f32> {
    let mut state = seed;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.cast_signed() as f32 / 2_147_483_648.0
    };
    std::iter::repeat_with(next).take(frames).collect()
}

fn analyzed(rate: f64, left: &[f32], right: &[f32], block: usize) -> SongSpectrum {
    let mut analyzer = SongAnalyzer::new(rate);
    for (left, right) in left.chunks(block).zip(right.chunks(block)) {
        analyzer.process(left, right);
    }
    analyzer.finish();
    let mut copy = SongSpectrum::default();
    assert!(analyzer.shared().read(&mut copy));
    copy
}

/// The definition: one window after another, each channel on its own.
fn by_definition(rate: f64, channels: [&[f32]; 2]) -> (Vec<f64>, Vec<f64>) {
    let frames = window_frames(rate);
    let window = window(frames);
    let transform = realfft::RealFftPlanner::<f64>::new().plan_fft_forward(frames);
    let (mut total, mut highest) = (vec![0.0; frames / 2 + 1], vec![0.0f64; frames / 2 + 1]);
    let (mut time, mut bins) = (transform.make_input_vec(), transform.make_output_vec());
    let count = channels[0].len() / (frames / 2) - 1;
    for n in 0..count {
        let mut power = vec![0.0; bins.len()];
        for channel in channels {
            for (i, time) in time.iter_mut().enumerate() {
                *time = f64::from(channel[n * frames / 2 + i]) * f64::from(window[i]);
            }
            transform.process(&mut time, &mut bins).unwrap();
            power.iter_mut().zip(&bins).for_each(|(power, bin)| *power += 0.5 * bin.norm_sqr());
        }
        for (k, power) in power.into_iter().enumerate() {
            total[k] += power / count as f64;
            highest[k] = highest[k].max(power);
        }
    }
    (total, highest)
}

#[test]
fn average_and_highest_equal_their_definition_at_every_rate() {
    for rate in [8000.0, 44_100.0, 96_000.0, 192_000.0] {
        let frames = 7 * window_frames(rate) / 2 + 100;
        let (mut left, right) = (noise(1, frames), noise(2, frames));
        left.iter_mut().enumerate().for_each(|(n, x)| *x *= (n as f32 * 0.01).sin());
        let (average, highest) = by_definition(rate, [&left, &right]);
        let read = analyzed(rate, &left, &right, 512);
        assert_eq!(read.windows, 6);
        let floor = 1e-6 * highest.iter().copied().fold(0.0, f64::max);
        for (read, expected) in [(&read.average, average), (&read.highest, highest)] {
            assert_eq!(read.len(), expected.len());
            for (bin, (read, expected)) in read.iter().zip(expected).enumerate() {
                let error = (f64::from(*read) - expected).abs();
                assert!(error < 1e-4 * expected + floor, "bin {bin}: {read}, not {expected}");
            }
        }
    }
}

#[test]
fn the_spectrum_does_not_depend_on_the_block_size() {
    let (left, right) = (noise(3, 60_000), noise(4, 60_000));
    let whole = analyzed(48_000.0, &left, &right, 60_000);
    for block in [1, 17, 128, 1000, 4096] {
        let cut = analyzed(48_000.0, &left, &right, block);
        assert_eq!(cut.windows, whole.windows);
        assert!(cut.average == whole.average && cut.highest == whole.highest);
    }
}

#[test]
fn a_sine_reads_its_level_and_the_average_agrees_with_the_editors() {
    let rate = 48_000.0;
    let frames = 48_000 * 20;
    let step = std::f64::consts::TAU * 997.0 / rate;
    let sine = |n: usize| (0.1 * (step * n as f64).sin()) as f32;
    let signal = |seed| -> Vec<f32> {
        noise(seed, frames).iter().enumerate().map(|(n, x)| 0.01 * x + sine(n)).collect()
    };
    let (left, right) = (signal(5), signal(6));
    let song = analyzed(rate, &left, &right, 512);
    let mut live = SpectrumAnalyzer::new(rate);
    let both: Vec<[f32; 2]> = left.iter().zip(&right).map(|(l, r)| [*l, *r]).collect();
    live.push(&both);
    let mut frequencies_hz = log_frequencies(200, 20.0, 20_000.0);
    frequencies_hz.push(997.0);
    let (mut ours, mut theirs) = (vec![0.0; 201], vec![0.0; 201]);
    for smoothing_octaves in [1.0 / 24.0, 1.0 / 6.0, 1.0] {
        let look = CurveLook { smoothing_octaves, tilt_db_per_octave: 3.0 };
        let average = song.average.iter().copied();
        CurveDrawer::default().draw(average, rate, look, &frequencies_hz, &mut ours);
        live.average(&frequencies_hz, look, &mut theirs);
        assert!((ours[200] + 20.0).abs() < 0.15, "{}", ours[200]);
        for ((ours, theirs), hz) in ours.iter().zip(&theirs).zip(&frequencies_hz) {
            assert!((ours - theirs).abs() < 0.5, "{ours} {theirs} at {hz}");
        }
    }
}

#[test]
fn what_is_not_finite_is_silence_and_a_reset_begins_anew() {
    let mut analyzer = SongAnalyzer::new(44_100.0);
    let mut copy = SongSpectrum::default();
    assert!(analyzer.shared().read(&mut copy) && copy.windows == 0);
    assert!(!analyzer.shared().read(&mut copy), "nothing new");
    let dirt = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY].repeat(10_000);
    analyzer.process(&dirt, &dirt);
    assert!(analyzer.shared().read(&mut copy));
    assert!(copy.windows > 3 && copy.average.iter().chain(&copy.highest).all(|x| *x == 0.0));
    analyzer.process(&vec![f32::MAX; 30_000], &vec![-f32::MAX; 30_000]);
    assert!(analyzer.shared().read(&mut copy));
    assert!(copy.average[0] > 0.0 && copy.average.iter().all(|x| x.is_finite()));
    analyzer.reset();
    assert!(analyzer.shared().read(&mut copy));
    assert_eq!((copy.windows, copy.resets), (0, 1));
    // Nothing of before the reset gets into what follows.
    analyzer.process(&vec![0.0; 30_000], &vec![0.0; 30_000]);
    analyzer.finish();
    assert!(analyzer.shared().read(&mut copy));
    assert!(copy.windows > 0 && copy.average.iter().chain(&copy.highest).all(|x| *x == 0.0));
}

#[test]
fn a_reader_never_sees_a_half_written_window() {
    let windows = if cfg!(miri) { 6 } else { 2000 };
    // Every window is the same, so an average of whole windows never moves.
    let hop = window_frames(8000.0) / 2;
    let period = noise(7, hop);
    let expected = analyzed(8000.0, &period.repeat(4), &period.repeat(4), hop).average;
    let mut analyzer = SongAnalyzer::new(8000.0);
    let shared = Arc::clone(analyzer.shared());
    let reader = std::thread::spawn(move || {
        let (mut copy, mut reads) = (SongSpectrum::default(), 0);
        while copy.windows < windows {
            if shared.read(&mut copy) && copy.windows > 0 {
                reads += 1;
                for (read, expected) in copy.average.iter().zip(&expected) {
                    assert!((read - expected).abs() <= 1e-5 * expected, "{}", copy.windows);
                }
            }
        }
        reads
    });
    for _ in 0..windows + 10 {
        analyzer.process(&period, &period);
    }
    analyzer.finish();
    assert!(reader.join().unwrap() > 0);
}
