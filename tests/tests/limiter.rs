//! The limiter holds its ceiling, whatever it is given.

mod character;

use burnish_dsp::biquad::{Biquad, Prototype};
use burnish_dsp::limiter::{Character, Limiter, LimiterSettings};
use burnish_dsp::loudness::LoudnessMeter;
use burnish_dsp::processor::{AudioSpec, Processor, StereoBlock};
use burnish_dsp::slot::Slot;
use proptest::prelude::*;

use crate::support::{Noise, Signal, Tones, limiting, material};

/// The most that the referee may find above the ceiling.
const TOLERANCE_DB: f64 = 0.02;

fn limited(input: &Signal, settings: &LimiterSettings, sample_rate_hz: f64) -> Signal {
    let mut limiter = Slot::<Limiter>::new(AudioSpec { sample_rate_hz, max_block_frames: 512 });
    limiter.configure(settings);
    input.padded(2000).through(&[512], |block| limiter.process(block))
}

fn stress_signals() -> Vec<(&'static str, Signal)> {
    let frames = 24_000;
    let is_burst = |n: usize| (n / 2400).is_multiple_of(2);
    let quarter =
        |n: usize| (std::f64::consts::FRAC_PI_2 * n as f64 + std::f64::consts::FRAC_PI_4).sin();
    let edge = |n: usize| (n.min(frames - n) as f64 / 480.0).min(1.0);
    let click = |n: usize, width: usize| match n % 5000 {
        phase if phase >= 2000 && phase < 2000 + width => 2.0,
        phase if phase >= 4100 && phase < 4100 + width => -2.0,
        _ => 0.0,
    };
    let mut white = Noise::new(7);
    let mut loud = Noise::new(8);
    let mut clipped = Noise::new(9);
    let mut pink_state = [0.0f32; 3];
    let mut pink_noise = Noise::new(10);
    let mut pink = move || {
        // Paul Kellet's economy filter.
        let white = pink_noise.sample();
        pink_state[0] = 0.997_65 * pink_state[0] + white * 0.099_046;
        pink_state[1] = 0.963 * pink_state[1] + white * 0.296_516;
        pink_state[2] = 0.57 * pink_state[2] + white * 1.052_691;
        pink_state.iter().sum::<f32>() + white * 0.1848
    };
    let gaussian_cosine = |n: usize| {
        // 0.1 to 0.45 of the sample rate, with offsets between samples.
        let burst = n / 1500;
        let frequency = 0.1 + 0.35 * (burst % 15) as f64 / 14.0;
        let t = (n % 1500) as f64 - 750.0 - 0.13 * (burst % 7) as f64;
        2.5 * (-0.5 * (t / 12.0).powi(2)).exp() * (std::f64::consts::TAU * frequency * t).cos()
    };
    vec![
        (
            "fs/4 at 45 degrees, +3 dBTP",
            Signal::mono(frames, |n| (edge(n) * quarter(n) * 1.412_54) as f32),
        ),
        (
            "fs/4 bursts",
            Signal::mono(frames, |n| if is_burst(n) { (2.0 * quarter(n)) as f32 } else { 0.0 }),
        ),
        (
            "1 kHz square bursts, +12 dB",
            Signal::mono(frames, |n| {
                let square = if (n / 24) % 2 == 0 { 2.0 } else { -2.0 };
                if is_burst(n) { square } else { 0.0 }
            }),
        ),
        ("one-sample clicks, +6 dB", Signal::mono(frames, |n| click(n, 1))),
        ("two-sample clicks, +6 dB", Signal::mono(frames, |n| click(n, 2))),
        (
            "white-noise bursts",
            Signal::mono(frames, |n| {
                let sample = 0.5 * white.gaussian();
                if is_burst(n) { sample } else { 0.0 }
            }),
        ),
        (
            "loud white-noise bursts",
            Signal::from_fn(frames, |n| {
                let frame = [2.0 * loud.gaussian(), 2.0 * loud.gaussian()];
                if (n / 1200) % 8 == 0 { frame } else { [0.0; 2] }
            }),
        ),
        (
            "clipped white noise",
            Signal::mono(frames, |_| (4.0 * clipped.gaussian()).clamp(-1.0, 1.0)),
        ),
        ("clipped pink noise", Signal::mono(frames, |_| (2.0 * pink()).clamp(-1.2, 1.2))),
        ("Gaussian cosines", Signal::mono(frames, |n| gaussian_cosine(n) as f32)),
        (
            "full-scale steps",
            Signal::mono(frames, |n| if (n / 3000) % 2 == 0 { 1.0 } else { -1.0 }),
        ),
        (
            "drums, +20 dB",
            Signal::mono(frames, |n| {
                let t = (n % 8000) as f64;
                let kick =
                    (-t / 1500.0).exp() * (0.008 * t * (1.0 + 40.0 * (-t / 300.0).exp())).sin();
                (10.0 * kick) as f32
            }),
        ),
    ]
}

#[test]
fn true_peaks_stay_below_the_ceiling_on_stress_signals() {
    for (name, signal) in stress_signals() {
        for rate in [44_100.0, 48_000.0, 96_000.0, 192_000.0] {
            for character in Character::ALL {
                let settings = LimiterSettings { character: *character, ..limiting() };
                let over_db =
                    limited(&signal, &settings, rate).true_peak_db() - settings.ceiling_dbtp;
                let case = format!("{name}, {character:?}, {rate} Hz: {over_db:+.4} dB");
                println!("{case}");
                assert!(over_db <= TOLERANCE_DB, "{case}");
            }
        }
    }
}

#[test]
fn true_peaks_stay_below_the_ceiling_on_music() {
    for (name, start, gains_db) in
        [("mix.flac", 13, [6.0, 15.0, 24.0]), ("reference.flac", 4, [0.0, 6.0, 18.0])]
    {
        let music = material(name);
        let frames = start * 48_000..(start + 6) * 48_000;
        let excerpt = Signal {
            left: music.left[frames.clone()].to_vec(),
            right: music.right[frames].to_vec(),
        };
        for character in Character::ALL {
            for gain_db in gains_db {
                let settings = LimiterSettings { character: *character, gain_db, ..limiting() };
                let over_db =
                    limited(&excerpt, &settings, 48_000.0).true_peak_db() - settings.ceiling_dbtp;
                let case = format!("{name}, +{gain_db} dB, {character:?}: {over_db:+.4} dB");
                println!("{case}");
                assert!(over_db <= TOLERANCE_DB, "{case}");
            }
        }
    }
}

#[test]
fn below_the_ceiling_everything_passes_to_the_bit() {
    // Below the ceiling by more than the detector's margin. A tone faded, for
    // one cut off in mid-swing overshoots between its samples; and a finished
    // song, whose true peak is -1.01 dBTP.
    let tone = Signal::mono(96_000, |n| {
        let fade = (n.min(96_000 - n) as f64 / 2000.0).min(1.0);
        (fade * 0.88 * (std::f64::consts::TAU * 997.0 / 48_000.0 * n as f64).sin()) as f32
    });
    let music = material("reference.flac");
    let song = Signal { left: music.left, right: music.right };
    for character in Character::ALL {
        for (name, signal, ceiling_dbtp) in [("tone", &tone, -1.0), ("song", &song, -0.93)] {
            let settings = LimiterSettings { character: *character, ceiling_dbtp, ..limiting() };
            let mut limiter =
                Slot::<Limiter>::new(AudioSpec { sample_rate_hz: 48_000.0, max_block_frames: 512 });
            limiter.configure(&settings);
            let latency = limiter.latency_frames();
            let output = signal.padded(latency).through(&[512], |block| limiter.process(block));
            assert!(output.left[latency..] == signal.left[..], "{character:?}, {name}");
            assert!(output.right[latency..] == signal.right[..], "{character:?}, {name}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_signal_passes_the_ceiling(
        seed in 1u64..10_000,
        gain_db in 0.0f64..24.0,
        ceiling_dbtp in -12.0f64..0.0,
        character in 0usize..3,
        link in 0.0f64..100.0,
        burst in 1usize..3000,
        bandwidth in 0.02f32..1.0,
        rate in prop::sample::select(vec![44_100.0, 48_000.0, 96_000.0]),
    ) {
        let mut noise = Noise::new(seed);
        let mut state = [0.0f32; 2];
        let input = Signal::from_fn(8000, |n| {
            for channel in &mut state {
                *channel += bandwidth * (noise.gaussian() - *channel);
            }
            if (n / burst) % 3 == 2 { [0.0; 2] } else { state }
        });
        let settings = LimiterSettings {
            gain_db,
            ceiling_dbtp,
            character: Character::ALL[character],
            transient_link_percent: link,
            release_link_percent: link,
            ..limiting()
        };
        let over_db = limited(&input, &settings, rate).true_peak_db() - ceiling_dbtp;
        prop_assert!(over_db <= TOLERANCE_DB, "{over_db:+.4} dB over");
    }

    #[test]
    fn no_signal_passes_a_moving_ceiling(
        seed in 1u64..10_000,
        moves in prop::collection::vec((0.0f64..24.0, -12.0f64..0.0, 600usize..5000), 3..6),
        character in 0usize..3,
        bandwidth in 0.02f32..1.0,
        rate in prop::sample::select(vec![44_100.0, 48_000.0, 96_000.0]),
    ) {
        let mut noise = Noise::new(seed);
        let mut state = [0.0f32; 2];
        let frames: usize = moves.iter().map(|(_, _, frames)| frames).sum();
        let mut output = Signal::from_fn(frames, |_| {
            for channel in &mut state {
                *channel += bandwidth * (noise.gaussian() - *channel);
            }
            state
        })
        .padded(4000);
        let spec = AudioSpec { sample_rate_hz: rate, max_block_frames: 8192 };
        let mut limiter = Slot::<Limiter>::new(spec);
        let latency = limiter.latency_frames();
        let settings = |gain_db, ceiling_dbtp| LimiterSettings {
            gain_db,
            ceiling_dbtp,
            character: Character::ALL[character],
            ..limiting()
        };
        let mut start = 0;
        for (gain_db, ceiling_dbtp, frames) in &moves {
            limiter.configure(&settings(*gain_db, *ceiling_dbtp));
            let end = start + frames;
            limiter.process(&mut StereoBlock::new(
                &mut output.left[start..end],
                &mut output.right[start..end],
            ));
            start = end;
        }
        limiter.process(&mut StereoBlock::new(
            &mut output.left[start..],
            &mut output.right[start..],
        ));
        // A setting glides for 10 ms and acts on a grid of 32 frames. Until it has
        // arrived the ceiling may be as high as any since it last stood still: a
        // glide that is interrupted sets off again from where it has come to.
        let glide = (0.01 * rate) as usize + 96;
        let mut highest_dbtp = f64::NEG_INFINITY;
        let mut start = latency;
        for (_, ceiling_dbtp, frames) in &moves {
            let end = start + frames;
            let settled = start + glide.min(*frames);
            highest_dbtp = ceiling_dbtp.max(highest_dbtp);
            let over_db = output.true_peak_db_in(start..settled) - highest_dbtp;
            prop_assert!(over_db <= TOLERANCE_DB, "{over_db:+.4} dB over while it moves");
            let over_db = output.true_peak_db_in(settled..end) - ceiling_dbtp;
            prop_assert!(over_db <= TOLERANCE_DB, "{over_db:+.4} dB over");
            if settled < end {
                highest_dbtp = *ceiling_dbtp;
            }
            start = end;
        }
    }
}
