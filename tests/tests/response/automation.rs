//! What moves makes no steps.

use super::*;

/// What a moving band adds to a tone far above it, dB re the tone. Steps at
/// every tick would put lines 1500 Hz apart into the spectrum.
fn zipper_db(band_at: impl Fn(f64) -> BandSettings) -> f64 {
    const RATE: usize = 48_000;
    let spec = AudioSpec { sample_rate_hz: RATE as f64, max_block_frames: 32 };
    let mut stage = Slot::<Equalizer>::new(spec);
    let mut block = 0;
    let tone = Signal::sine(2 * RATE, 150.0 / RATE as f64, 0.25);
    let output = tone.through(&[32], |samples| {
        stage.configure(&one_band(band_at(f64::from(block) * 32.0 / RATE as f64)));
        stage.process(samples);
        block += 1;
    });
    // A window without side lobes where we look: Blackman-Harris, over a second.
    let windowed: Vec<f64> = output.left[RATE / 2..RATE / 2 + RATE]
        .iter()
        .enumerate()
        .map(|(n, x)| {
            let a = std::f64::consts::TAU * n as f64 / RATE as f64;
            let w = 0.358_75 - 0.488_29 * a.cos() + 0.141_28 * (2.0 * a).cos()
                - 0.011_68 * (3.0 * a).cos();
            w * f64::from(*x)
        })
        .collect();
    let power = |hz: f64| {
        let w = std::f64::consts::TAU * hz / RATE as f64;
        let (mut re, mut im) = (0.0, 0.0);
        for (n, x) in windowed.iter().enumerate() {
            re += x * (w * n as f64).cos();
            im += x * (w * n as f64).sin();
        }
        re * re + im * im
    };
    let tone: f64 = (100..200).map(|hz| power(f64::from(hz))).sum();
    let zipper: f64 = (1250..1750).map(|hz| power(f64::from(hz))).sum();
    10.0 * (zipper / tone).log10()
}

#[test]
fn automation_has_no_zipper_noise() {
    let band = BandSettings { frequency_hz: 150.0, q: 1.0, ..BandSettings::neutral(2) };
    let swing = |t: f64| (std::f64::consts::TAU * 2.0 * t).sin();
    let gain = zipper_db(|t| BandSettings { gain_db: 12.0 * swing(t), ..band });
    let frequency = zipper_db(|t| BandSettings {
        gain_db: 9.0,
        frequency_hz: 150.0 * 4f64.powf(swing(t)),
        ..band
    });
    let q = zipper_db(|t| BandSettings { gain_db: -9.0, q: 2f64.powf(2.0 * swing(t)), ..band });
    println!("gain {gain:.1}, frequency {frequency:.1}, Q {q:.1} dB");
    for zipper in [gain, frequency, q] {
        assert!(zipper < -100.0, "{zipper} dB");
    }
}

#[test]
fn automation_in_linear_phase_makes_no_steps() {
    let spec = AudioSpec { sample_rate_hz: 48_000.0, max_block_frames: 64 };
    let mut stage = Slot::<Equalizer>::new(spec);
    let mut blocks = 0;
    let tone = Signal::sine(96_000, 200.0 / 48_000.0, 0.25);
    let output = tone.through(&[64], |block| {
        let swing = (f64::from(blocks) * 0.05).sin();
        stage.configure(&EqualizerSettings {
            phase: EqualizerPhase::Linear,
            ..one_band(BandSettings {
                frequency_hz: 200.0 * 2f64.powf(swing),
                gain_db: 12.0 * swing,
                ..BandSettings::neutral(2)
            })
        });
        stage.process(block);
        blocks += 1;
    });
    // A tone of at most +12 dB curves this much from one sample to the next.
    let w = std::f64::consts::TAU * 200.0 / 48_000.0;
    let most = 0.25 * 3.99 * w * w;
    let bend = output.left[20_000..]
        .windows(3)
        .map(|x| f64::from((x[2] - 2.0 * x[1] + x[0]).abs()))
        .fold(0.0, f64::max);
    assert!(bend < 1.1 * most, "{bend}, not {most}");
}
