//! Measured responses against the analytic prototypes.

mod automation;
mod linear_phase;
mod stereo;

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
