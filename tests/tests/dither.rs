//! What dither promises: an error that knows nothing of the signal.

use burnish_dsp::dither::{BitDepth, Dither, DitherSettings, NoiseShape};
use burnish_dsp::processor::AudioSpec;
use burnish_dsp::slot::Slot;

use crate::support::Signal;

fn dithered(settings: DitherSettings, rate_hz: f64, input: &Signal) -> Signal {
    let mut stage =
        Slot::<Dither>::new(AudioSpec { sample_rate_hz: rate_hz, max_block_frames: 512 });
    stage.configure(&settings);
    input.through(&[512], |block| stage.process(block))
}

fn settings(depth: BitDepth, shape: NoiseShape) -> DitherSettings {
    DitherSettings { depth, shape, ..DitherSettings::default() }
}

const DEPTHS: [(BitDepth, f64); 3] =
    [(BitDepth::Bits16, 32_768.0), (BitDepth::Bits20, 524_288.0), (BitDepth::Bits24, 8_388_608.0)];

#[test]
fn every_sample_is_a_whole_step_of_the_chosen_depth() {
    let noise = Signal::noise(50_000, 0.99, 5);
    for (depth, steps) in DEPTHS {
        for shape in NoiseShape::ALL {
            let output = dithered(settings(depth, *shape), 48_000.0, &noise);
            for sample in output.left.iter().chain(&output.right) {
                let step = f64::from(*sample) * steps;
                assert!(step == step.round() && (-steps..steps).contains(&step), "{step}");
            }
        }
    }
}

#[test]
fn mean_and_variance_of_the_error_do_not_depend_on_the_signal() {
    // Constants from 0 to 1 LSB. A float cannot hold 1/16 of a step of 24 bits.
    for (depth, steps) in &DEPTHS[..2] {
        for sixteenth in 0..=16 {
            let level = f64::from(sixteenth) / 16.0;
            let input = Signal::mono(200_000, |_| (level / steps) as f32);
            let settings =
                DitherSettings { is_auto_blank: false, ..settings(*depth, NoiseShape::Flat) };
            let output = dithered(settings, 48_000.0, &input);
            for channel in [&output.left, &output.right] {
                let errors: Vec<f64> =
                    channel.iter().map(|x| f64::from(*x) * steps - level).collect();
                let count = errors.len() as f64;
                let mean = errors.iter().sum::<f64>() / count;
                let variance = errors.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / count;
                assert!(mean.abs() < 0.005, "{level} LSB, {depth:?}: mean {mean}");
                assert!((variance - 0.25).abs() < 0.005, "{level} LSB, {depth:?}: {variance}");
            }
        }
    }
}

/// Power of a whole number of periods in `samples`, re 1 LSB rms squared.
fn power_at(samples: &[f64], periods: f64) -> f64 {
    let count = samples.len() as f64;
    let w = std::f64::consts::TAU * periods / count;
    let (mut re, mut im) = (0.0, 0.0);
    for (n, x) in samples.iter().enumerate() {
        re += x * (w * n as f64).cos();
        im += x * (w * n as f64).sin();
    }
    2.0 * (re * re + im * im) / (count * count)
}

#[test]
fn a_tone_below_one_step_has_no_harmonics() {
    let seconds = 8;
    let input = Signal::sine(seconds * 48_000, 997.0 / 48_000.0, 0.75 / 32_768.0);
    let output = dithered(settings(BitDepth::Bits16, NoiseShape::Flat), 48_000.0, &input);
    let steps: Vec<f64> = output.left.iter().map(|x| f64::from(*x) * 32_768.0).collect();
    let at = |hz: f64| power_at(&steps, hz * seconds as f64);
    let tone = at(997.0);
    assert!((10.0 * (tone / (0.5 * 0.75 * 0.75)).log10()).abs() < 0.1);
    // White noise of 0.25 LSB^2 puts this much into one of 192 000 bins, on average.
    let noise = 0.25 / (0.5 * steps.len() as f64);
    for harmonic in 2..=9 {
        let power = at(997.0 * f64::from(harmonic));
        // Exceeded by chance once in e^12 times.
        assert!(power < 12.0 * noise, "harmonic {harmonic}: {power}, noise {noise}");
    }
    // Undithered rounding would have put H3 at -12 dB re 1 LSB.
    let rounded: Vec<f64> = input.left.iter().map(|x| (f64::from(*x) * 32_768.0).round()).collect();
    assert!(power_at(&rounded, 3.0 * 997.0 * seconds as f64) > 1000.0 * noise);
}

#[test]
fn the_error_is_unrelated_to_the_signal_and_between_the_channels() {
    let input = Signal::noise(400_000, 0.2, 8);
    let output = dithered(settings(BitDepth::Bits16, NoiseShape::Flat), 48_000.0, &input);
    let error = |out: &[f32], dry: &[f32]| -> Vec<f64> {
        out.iter().zip(dry).map(|(a, b)| (f64::from(*a) - f64::from(*b)) * 32_768.0).collect()
    };
    let (left, right) = (error(&output.left, &input.left), error(&output.right, &input.right));
    let correlation = |a: &[f64], b: &[f64]| {
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
    };
    let signal: Vec<f64> = input.left.iter().map(|x| f64::from(*x)).collect();
    // Five standard deviations of the correlation of unrelated signals.
    let chance = 5.0 / (left.len() as f64).sqrt();
    for value in [correlation(&left, &right), correlation(&left, &signal)] {
        assert!(value.abs() < chance, "{value}");
    }
    let lag_1 = correlation(&left[1..], &left[..left.len() - 1]);
    assert!(lag_1.abs() < chance, "{lag_1}");
}

#[test]
fn shaped_noise_has_the_designed_spectrum() {
    // Total gain over flat dither, dB, and the taps of 1 - sum c z^-k.
    let cases: [(NoiseShape, f64, &[f64]); 2] = [
        (NoiseShape::Lipshitz5, 12.19, &[2.033, -2.165, 1.959, -1.590, 0.6149]),
        (
            NoiseShape::FWeighted9,
            18.40,
            &[2.412, -3.370, 3.937, -4.174, 3.353, -2.205, 1.281, -0.569, 0.0847],
        ),
    ];
    let input = Signal::noise(1 << 18, 0.2, 9);
    for (shape, total_db, taps) in cases {
        let output = dithered(settings(BitDepth::Bits16, shape), 44_100.0, &input);
        let errors: Vec<f64> = output
            .left
            .iter()
            .zip(&input.left)
            .map(|(a, b)| (f64::from(*a) - f64::from(*b)) * 32_768.0)
            .collect();
        let power = errors.iter().map(|e| e * e).sum::<f64>() / errors.len() as f64;
        let found_db = 10.0 * (power / 0.25).log10();
        assert!((found_db - total_db).abs() < 0.1, "{shape:?}: {found_db} dB");
        let ntf_power = |w: f64| {
            let (mut re, mut im) = (1.0, 0.0);
            for (k, c) in taps.iter().enumerate() {
                re -= c * (w * (k + 1) as f64).cos();
                im += c * (w * (k + 1) as f64).sin();
            }
            re * re + im * im
        };
        // Gerzon and Craven: on average over frequency a shaper gains nothing.
        let mean_db = (0..4000)
            .map(|i| 10.0 * ntf_power(std::f64::consts::PI * (f64::from(i) + 0.5) / 4000.0).log10())
            .sum::<f64>()
            / 4000.0;
        assert!(mean_db.abs() < 0.05, "{shape:?}: {mean_db} dB");
        // Averages over bands of 64 bins follow the design.
        for kilohertz in [1.0, 3.5, 6.0, 10.0, 14.0, 20.0] {
            let bins = 64;
            let first = (kilohertz * 1000.0 / 44_100.0 * errors.len() as f64).round() as usize;
            let (mut found, mut wanted) = (0.0, 0.0);
            for bin in first..first + bins {
                found += power_at(&errors, bin as f64);
                let w = std::f64::consts::TAU * bin as f64 / errors.len() as f64;
                wanted += ntf_power(w) * 0.25 / (0.5 * errors.len() as f64);
            }
            // The mean of 64 has a deviation of 0.54 dB; the deep dips are filled a little.
            let stray_db = 10.0 * (found / wanted).log10();
            assert!(stray_db.abs() < 2.2, "{shape:?} at {kilohertz} kHz: {stray_db} dB");
        }
    }
}

#[test]
fn digital_silence_is_blanked_and_where_it_does_not_fit_noise_stays_flat() {
    let silence = Signal::mono(10_000, |_| 0.0);
    let blank = settings(BitDepth::Bits16, NoiseShape::Lipshitz5);
    assert!(dithered(blank, 48_000.0, &silence) == silence);
    let open = DitherSettings { is_auto_blank: false, ..blank };
    assert!(dithered(open, 48_000.0, &silence) != silence);
    // At 96 kHz the curves do not fit the ear any more.
    let noise = Signal::noise(100_000, 0.2, 3);
    let flat = settings(BitDepth::Bits16, NoiseShape::Flat);
    assert!(dithered(blank, 96_000.0, &noise) == dithered(flat, 96_000.0, &noise));
}
