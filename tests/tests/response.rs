//! Measured responses against the analytic prototypes.

use burnish_dsp::biquad::{Prototype, high_pass_6, high_pass_12};
use burnish_dsp::equalizer::{
    BandResponse, BandSettings, BandShape, Equalizer, EqualizerPhase, EqualizerSettings, Slope,
};
use burnish_dsp::processor::{AudioSpec, Processor};
use burnish_dsp::slot::Slot;
use burnish_dsp::stereo::{Stereo, StereoSettings};

use crate::support::{Noise, Signal};

fn response_db<P: Processor>(
    settings: &P::Settings,
    rate_hz: f64,
    frequencies_hz: &[f64],
    impulse: [f32; 2],
) -> Vec<f64> {
    let frames = 1 << 16;
    let mut stage = Slot::<P>::new(AudioSpec { sample_rate_hz: rate_hz, max_block_frames: 4096 });
    stage.configure(settings);
    let input = Signal::from_fn(frames, |n| if n == 0 { impulse } else { [0.0; 2] });
    let output = input.through(&[4096], |block| stage.process(block));
    frequencies_hz
        .iter()
        .map(|hz| {
            let w = std::f64::consts::TAU * hz / rate_hz;
            let (mut re, mut im) = (0.0, 0.0);
            for (n, x) in output.left.iter().enumerate() {
                re += f64::from(*x) * (w * n as f64).cos();
                im += f64::from(*x) * (w * n as f64).sin();
            }
            10.0 * (re * re + im * im).log10() - 20.0 * f64::from(impulse[0].abs()).log10()
        })
        .collect()
}

fn one_band(band: BandSettings) -> EqualizerSettings {
    let mut settings = EqualizerSettings::default();
    settings.bands[2] = BandSettings { is_on: true, ..band };
    settings
}

const FREQUENCIES_HZ: [f64; 9] =
    [20.0, 60.0, 150.0, 500.0, 1000.0, 3000.0, 8000.0, 14_000.0, 20_000.0];

#[test]
fn the_drawn_curve_is_the_measured_response() {
    for shape in BandShape::ALL {
        for slope in [Slope::Db6, Slope::Db12, Slope::Db48] {
            let band = BandSettings {
                is_on: true,
                shape: *shape,
                slope,
                frequency_hz: 1700.0,
                gain_db: 7.0,
                q: 1.3,
                ..BandSettings::neutral(2)
            };
            let measured =
                response_db::<Equalizer>(&one_band(band), 48_000.0, &FREQUENCIES_HZ, [0.5; 2]);
            for (hz, measured_db) in FREQUENCIES_HZ.iter().zip(measured) {
                let drawn_db = BandResponse::new(&band, 48_000.0).db(*hz);
                // Below -90 dB the 32-bit output's own rounding is measured.
                if drawn_db > -90.0 {
                    assert!(
                        (drawn_db - measured_db).abs() < 0.1,
                        "{shape:?} {slope:?} {hz} Hz: drawn {drawn_db}, measured {measured_db}"
                    );
                }
            }
        }
    }
}

/// How far a filter strays from its analogue prototype up to 20 kHz, dB.
fn worst_db(prototype: &Prototype, frequency_hz: f64, rate_hz: f64) -> f64 {
    let digital = prototype.digitize_matched(frequency_hz, rate_hz);
    let everywhere = (0..300).map(|i| 20.0 * 1000f64.powf(f64::from(i) / 299.0));
    let around = (-50..=50).map(|i| frequency_hz * (f64::from(i) / 50.0 / prototype.pole_q).exp());
    everywhere
        .chain(around)
        .filter(|hz| (20.0..=20_000.0).contains(hz))
        .map(|hz| {
            let wanted = prototype.power_response(hz / frequency_hz).max(1e-12);
            let found: f64 =
                digital.iter().map(|section| section.power_response(hz, rate_hz)).product();
            (10.0 * (found.max(1e-12) / wanted).log10()).abs()
        })
        .fold(0.0, f64::max)
}

const CENTRES_HZ: [f64; 15] = [
    10.0, 20.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 3000.0, 5000.0, 8000.0, 10_000.0, 13_000.0,
    16_000.0, 18_000.0, 20_000.0,
];
const GAINS_DB: [f64; 12] =
    [-24.0, -18.0, -12.0, -6.0, -3.0, -0.5, 0.5, 3.0, 6.0, 12.0, 18.0, 24.0];

/// The filter of `make` at every centre, gain and Q, at the two lowest rates of mastering.
#[track_caller]
fn assert_follows(what: &str, make: fn(f64, f64) -> Prototype, qs: &[f64]) {
    let mut worst = (0.0, String::new());
    for rate_hz in [44_100.0, 48_000.0] {
        for frequency_hz in CENTRES_HZ {
            for gain_db in GAINS_DB {
                for q in qs {
                    let stray = worst_db(&make(gain_db, *q), frequency_hz, rate_hz);
                    if stray > worst.0 {
                        let at = format!("{frequency_hz} Hz, {gain_db} dB, Q {q}, {rate_hz} Hz");
                        worst = (stray, at);
                    }
                }
            }
        }
    }
    println!("{what}: {:.3} dB at {}", worst.0, worst.1);
    assert!(worst.0 < 0.25, "{what}: {} dB at {}", worst.0, worst.1);
}

const QS: [f64; 9] = [0.1, 0.3, 0.5, 0.71, 1.0, 2.0, 4.0, 10.0, 20.0];

#[test]
fn bells_follow_the_analogue_prototype_up_to_20_khz() {
    assert_follows("bell", Prototype::bell, &QS);
}

#[test]
fn shelves_follow_the_analogue_prototype_up_to_20_khz() {
    assert_follows("low shelf", Prototype::low_shelf, &QS[..6]);
    assert_follows("high shelf", Prototype::high_shelf, &QS[..6]);
}

#[test]
fn passes_and_notches_follow_the_analogue_prototype_up_to_20_khz() {
    assert_follows("tilt", |gain_db, _| Prototype::tilt(gain_db), &QS[..1]);
    assert_follows("low-pass, 6 dB", |_, _| Prototype::low_pass_6(), &QS[..1]);
    assert_follows("low-pass", |_, q| Prototype::low_pass(q), &QS);
    assert_follows("notch", |_, q| Prototype::notch(q), &QS);
}

#[test]
fn a_high_pass_of_6_db_follows_the_analogue_prototype_up_to_20_khz() {
    for rate_hz in [44_100.0, 48_000.0, 96_000.0] {
        for frequency_hz in CENTRES_HZ {
            let sections = high_pass_6(frequency_hz, rate_hz);
            let worst = (0..300)
                .map(|i| 20.0 * 1000f64.powf(f64::from(i) / 299.0))
                .map(|hz| {
                    let ratio = (hz / frequency_hz).powi(2);
                    let wanted = ratio / (1.0 + ratio);
                    let found: f64 = sections
                        .iter()
                        .map(|section| section.power_response(hz, rate_hz))
                        .product();
                    (10.0 * (found / wanted).log10()).abs()
                })
                .fold(0.0, f64::max);
            println!("{frequency_hz} Hz at {rate_hz} Hz: {worst:.3} dB");
            assert!(worst < 0.25, "{frequency_hz} Hz at {rate_hz} Hz: {worst} dB");
        }
    }
}

#[test]
fn a_high_pass_of_12_db_follows_the_analogue_prototype_with_any_resonance() {
    let mut worst = (0.0, String::new());
    for rate_hz in [44_100.0, 48_000.0, 96_000.0] {
        for frequency_hz in CENTRES_HZ {
            for q in QS {
                let sections = high_pass_12(q, frequency_hz, rate_hz);
                let prototype = Prototype::high_pass(q);
                let everywhere = (0..300).map(|i| 20.0 * 1000f64.powf(f64::from(i) / 299.0));
                let around = (-50..=50).map(|i| frequency_hz * (f64::from(i) / 50.0 / q).exp());
                for hz in everywhere.chain(around).filter(|hz| (20.0..=20_000.0).contains(hz)) {
                    let wanted = prototype.power_response(hz / frequency_hz).max(1e-12);
                    let found: f64 = sections
                        .iter()
                        .map(|section| section.power_response(hz, rate_hz))
                        .product();
                    let stray = (10.0 * (found.max(1e-12) / wanted).log10()).abs();
                    if stray > worst.0 {
                        worst = (stray, format!("{frequency_hz} Hz, Q {q}, at {hz} of {rate_hz}"));
                    }
                }
            }
        }
    }
    println!("high-pass, 12 dB: {:.3} dB at {}", worst.0, worst.1);
    assert!(worst.0 < 0.25, "{} dB at {}", worst.0, worst.1);
}

#[test]
fn any_bell_or_shelf_at_any_rate_follows_its_prototype() {
    let mut noise = Noise::new(11);
    let mut random =
        |low: f64, high: f64| low + 0.5 * (high - low) * (1.0 + f64::from(noise.sample()));
    let mut worst = [(0.0, String::new()), (0.0, String::new()), (0.0, String::new())];
    for n in 0..6000 {
        let frequency_hz = 10.0 * 2000f64.powf(random(0.0, 1.0));
        let gain_db = random(-24.0, 24.0);
        let q = 0.1 * 200f64.powf(random(0.0, 1.0));
        let rate_hz = [44_100.0, 48_000.0, 96_000.0, 192_000.0][n % 4];
        let prototypes = [
            Prototype::bell(gain_db, q),
            Prototype::low_shelf(gain_db, q.min(2.0)),
            Prototype::high_shelf(gain_db, q.min(2.0)),
        ];
        for (worst, prototype) in worst.iter_mut().zip(prototypes) {
            let stray = worst_db(&prototype, frequency_hz, rate_hz);
            if stray > worst.0 {
                *worst = (stray, format!("{frequency_hz} Hz {gain_db} dB Q {q} at {rate_hz} Hz"));
            }
        }
    }
    for (stray, at) in worst {
        println!("{stray:.3} dB: {at}");
        assert!(stray < 0.25, "{stray} dB: {at}");
    }
}

#[test]
fn a_high_pass_falls_at_its_slope() {
    for (slope, octave_db) in [(Slope::Db12, 12.0), (Slope::Db24, 24.0), (Slope::Db48, 48.0)] {
        let band = BandSettings {
            is_on: true,
            shape: BandShape::HighPass,
            slope,
            frequency_hz: 400.0,
            ..BandSettings::neutral(2)
        };
        let at = |hz| BandResponse::new(&band, 48_000.0).db(hz);
        assert!((at(400.0) + 3.01).abs() < 0.05);
        assert!((at(100.0) - at(50.0) - octave_db).abs() < 0.3);
        assert!(at(4000.0).abs() < 0.02);
    }
}

#[test]
fn sweeping_a_band_at_any_speed_stays_bounded() {
    let mut equalizer =
        Slot::<Equalizer>::new(AudioSpec { sample_rate_hz: 44_100.0, max_block_frames: 64 });
    let mut blocks = 0usize;
    let input = Signal::noise(88_200, 0.25, 17);
    let output = input.through(&[64], |block| {
        let jump = blocks % 7;
        equalizer.configure(&one_band(BandSettings {
            frequency_hz: if jump < 3 { 22_000.0 } else { 10.0 + 300.0 * jump as f64 },
            gain_db: if jump.is_multiple_of(2) { 12.0 } else { -12.0 },
            q: if jump == 1 { 20.0 } else { 0.3 },
            ..BandSettings::neutral(2)
        }));
        equalizer.process(block);
        blocks += 1;
    });
    assert!(output.is_finite());
    let highest = output.left.iter().fold(0.0f32, |highest, x| highest.max(x.abs()));
    assert!(highest < 4.0, "{highest}");
}

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

#[test]
fn three_bands_of_equal_width_sum_flat() {
    let settings = StereoSettings {
        low_width_percent: 150.0,
        mid_width_percent: 150.0,
        high_width_percent: 150.0,
        ..StereoSettings::default()
    };
    let widened = 20.0 * 1.5f64.log10();
    for rate_hz in [44_100.0, 96_000.0] {
        // A side-only signal rises by exactly the width, at every frequency.
        let side = response_db::<Stereo>(&settings, rate_hz, &FREQUENCIES_HZ, [0.5, -0.5]);
        let mid = response_db::<Stereo>(&settings, rate_hz, &FREQUENCIES_HZ, [0.5, 0.5]);
        for (side_db, mid_db) in side.iter().zip(mid) {
            assert!((side_db - widened).abs() < 0.05, "{side:?}");
            assert!(mid_db.abs() < 0.05);
        }
    }
}

#[test]
fn mid_and_side_have_levels_of_their_own_and_bass_can_be_mono() {
    let at = |settings: &StereoSettings, impulse| {
        response_db::<Stereo>(settings, 48_000.0, &FREQUENCIES_HZ, impulse)
    };
    let (mid, side) = ([0.5, 0.5], [0.5, -0.5]);
    let settings =
        StereoSettings { mid_gain_db: -2.0, side_gain_db: 3.0, ..StereoSettings::default() };
    for (of_mid, of_side) in at(&settings, mid).iter().zip(at(&settings, side)) {
        assert!((of_mid + 2.0).abs() < 0.01 && (of_side - 3.0).abs() < 0.05);
    }
    let settings =
        StereoSettings { is_bass_mono: true, mono_below_hz: 150.0, ..StereoSettings::default() };
    // 20, 60, 150 Hz and up: the side is gone in the bass, half the power at
    // the border or less, and whole above.
    let of_side = at(&settings, side);
    assert!(of_side[0] < -30.0 && of_side[1] < -12.0, "{of_side:?}");
    assert!((-6.5..=-2.5).contains(&of_side[2]), "{of_side:?}");
    assert!(of_side[4..].iter().all(|db| db.abs() < 0.1), "{of_side:?}");
    assert!(at(&settings, mid).iter().all(|db| db.abs() < 0.05));
}
