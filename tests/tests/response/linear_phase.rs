//! The equaliser in linear phase.

use super::*;

/// What an impulse becomes in linear phase, from the first frame on.
fn linear_kernel(settings: &EqualizerSettings, rate_hz: f64) -> (Vec<f64>, usize) {
    let spec = AudioSpec { sample_rate_hz: rate_hz, max_block_frames: 4096 };
    let mut stage = Slot::<Equalizer>::new(spec);
    stage.configure(&EqualizerSettings { phase: EqualizerPhase::Linear, ..*settings });
    let latency = stage.latency_frames();
    let input = Signal::mono(2 * latency + 1, |n| if n == 0 { 1.0 } else { 0.0 });
    let output = input.through(&[4096], |block| stage.process(block));
    (output.left.iter().map(|x| f64::from(*x)).collect(), latency)
}

/// Gain at a frequency of a kernel that is symmetric around `centre`, dB.
fn symmetric_response_db(kernel: &[f64], centre: usize, hz: f64, rate_hz: f64) -> f64 {
    let w = std::f64::consts::TAU * hz / rate_hz;
    let sum: f64 =
        kernel.iter().enumerate().map(|(n, x)| x * (w * (n as f64 - centre as f64)).cos()).sum();
    20.0 * sum.abs().log10()
}

#[test]
fn in_linear_phase_delay_is_flat_and_magnitude_is_the_prototypes() {
    let band = |shape, frequency_hz, gain_db, q, slope| BandSettings {
        is_on: true,
        shape,
        frequency_hz,
        gain_db,
        q,
        slope,
        ..BandSettings::neutral(2)
    };
    let cases = [
        ("bell", band(BandShape::Bell, 1000.0, 9.0, 2.0, Slope::Db12)),
        ("low bell", band(BandShape::Bell, 60.0, -9.0, 1.0, Slope::Db12)),
        ("high bell", band(BandShape::Bell, 18_000.0, 12.0, 4.0, Slope::Db12)),
        ("low shelf", band(BandShape::LowShelf, 80.0, 6.0, 0.71, Slope::Db12)),
        ("high shelf", band(BandShape::HighShelf, 12_000.0, -12.0, 0.71, Slope::Db12)),
        ("tilt", band(BandShape::Tilt, 700.0, 4.0, 0.71, Slope::Db12)),
        ("high-pass", band(BandShape::HighPass, 30.0, 0.0, 0.71, Slope::Db12)),
        ("steep high-pass", band(BandShape::HighPass, 80.0, 0.0, 0.71, Slope::Db24)),
        ("low-pass", band(BandShape::LowPass, 16_000.0, 0.0, 0.71, Slope::Db24)),
    ];
    for rate_hz in [44_100.0, 96_000.0] {
        for (name, band) in &cases {
            let (kernel, latency) = linear_kernel(&one_band(*band), rate_hz);
            for k in 1..latency {
                let pair = (kernel[latency - k], kernel[latency + k]);
                assert!((pair.0 - pair.1).abs() < 1e-6, "{name}: {pair:?} at {k}");
            }
            let mut worst = 0.0f64;
            for i in 0..200 {
                let hz = 20.0 * 1000f64.powf(f64::from(i) / 199.0);
                let found_db = symmetric_response_db(&kernel, latency, hz, rate_hz);
                let wanted_db = band.analogue_db(hz);
                // Where next to nothing is left, the kernel's end and rounding show.
                if wanted_db > -40.0 {
                    worst = worst.max((found_db - wanted_db).abs());
                }
            }
            println!("{name} at {rate_hz} Hz: {worst:.3} dB");
            assert!(worst < 0.25, "{name} at {rate_hz} Hz: {worst} dB");
            // The drawn curve is the same.
            let drawn = BandResponse::linear(band);
            assert!((drawn.db(300.0) - band.analogue_db(300.0)).abs() < 1e-9);
            // How early something is heard before a transient, 60 dB below it.
            let peak = kernel[latency].abs();
            let first = kernel.iter().position(|x| x.abs() > 1e-3 * peak).unwrap();
            println!("  rings {:.1} ms before", 1000.0 * (latency - first) as f64 / rate_hz);
        }
    }
}

#[test]
fn in_linear_phase_parts_of_the_stereo_signal_are_kept_apart() {
    use burnish_dsp::equalizer::BandChannel;
    // (channel, input, expected gain of left and right, dB, of a +6 dB bell at 1 kHz)
    let cases = [
        (BandChannel::Left, [1.0, 1.0], [6.0, 0.0]),
        (BandChannel::Right, [1.0, 1.0], [0.0, 6.0]),
        (BandChannel::Mid, [1.0, 1.0], [6.0, 6.0]),
        (BandChannel::Mid, [1.0, -1.0], [0.0, 0.0]),
        (BandChannel::Side, [1.0, -1.0], [6.0, 6.0]),
        (BandChannel::Side, [1.0, 1.0], [0.0, 0.0]),
    ];
    for (channel, signs, wanted_db) in cases {
        let band = BandSettings {
            channel,
            frequency_hz: 1000.0,
            gain_db: 6.0,
            ..BandSettings::neutral(2)
        };
        for phase in [EqualizerPhase::Linear, EqualizerPhase::Minimum] {
            let spec = AudioSpec { sample_rate_hz: 48_000.0, max_block_frames: 4096 };
            let mut stage = Slot::<Equalizer>::new(spec);
            stage.configure(&EqualizerSettings { phase, ..one_band(band) });
            let tone = Signal::sine(48_000, 1000.0 / 48_000.0, 0.1);
            let input = Signal::from_fn(tone.frames(), |n| signs.map(|s: f32| s * tone.left[n]));
            let output = input.through(&[4096], |block| stage.process(block));
            let power = |x: &[f32]| x[24_000..].iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
            for (side, wanted_db) in [&output.left, &output.right].into_iter().zip(wanted_db) {
                let found_db = 10.0 * (power(side) / power(&tone.left)).log10();
                assert!((found_db - wanted_db).abs() < 0.05, "{channel:?} {phase:?}: {found_db}");
            }
        }
    }
}
