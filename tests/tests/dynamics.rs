//! Gains that follow the level: the glue compressor, dynamic bands, the mono guard.

use burnish_dsp::compressor::{Compressor, CompressorSettings, Ratio, static_reduction_db};
use burnish_dsp::equalizer::{BandSettings, BandShape, Equalizer, EqualizerSettings};
use burnish_dsp::loudness::LoudnessMeter;
use burnish_dsp::processor::{AudioSpec, Processor, StereoBlock};
use burnish_dsp::slot::Slot;
use burnish_dsp::stereo::{Stereo, StereoSettings};

use crate::support::{Signal, Tones, material};

const SPEC: AudioSpec = AudioSpec { sample_rate_hz: 48_000.0, max_block_frames: 512 };

fn through<P: Processor>(settings: &P::Settings, input: &Signal) -> Signal {
    let mut stage = Slot::<P>::new(SPEC);
    stage.configure(settings);
    input.through(&[512], |block| stage.process(block))
}

fn power(samples: &[f32]) -> f64 {
    samples.iter().map(|x| f64::from(*x).powi(2)).sum()
}

/// 4:1 above -20 dBFS, 10 and 100 ms, as the peers are measured.
fn peers_settings() -> CompressorSettings {
    CompressorSettings {
        is_on: true,
        threshold_db: -20.0,
        ratio: Ratio::R4,
        knee_db: 6.0,
        attack_ms: 10.0,
        release_ms: 100.0,
        is_auto_release: false,
        detector_high_pass_hz: 20.0,
        range_db: 40.0,
        is_auto_makeup: false,
        makeup_db: 0.0,
        ..CompressorSettings::default()
    }
}

#[test]
fn the_static_curve_is_the_theoretical_one_at_any_frequency() {
    for ratio in Ratio::ALL {
        for knee_db in [0.0, 6.0, 18.0] {
            for hz in [30.0, 50.0, 200.0, 1000.0, 9000.0] {
                for level_dbfs in [-30.0, -23.0, -20.0, -17.0, -8.0, -1.0] {
                    let settings =
                        CompressorSettings { ratio: *ratio, knee_db, ..peers_settings() };
                    let tone = Signal::sine(96_000, hz / 48_000.0, 10f64.powf(level_dbfs / 20.0));
                    let output = through::<Compressor>(&settings, &tone);
                    let last = 48_000..;
                    let found_db = -10.0
                        * (power(&output.left[last.clone()]) / power(&tone.left[last])).log10();
                    let wanted_db = static_reduction_db(&settings, level_dbfs);
                    assert!(
                        (found_db - wanted_db).abs() < 0.1,
                        "{ratio:?}, knee {knee_db}, {hz} Hz at {level_dbfs} dBFS: {found_db} dB, \
                         not {wanted_db}"
                    );
                }
            }
        }
    }
}

#[test]
fn attack_and_release_take_their_times() {
    for (attack_ms, release_ms) in [(1.0, 50.0), (10.0, 100.0), (30.0, 400.0), (30.0, 1200.0)] {
        let settings = CompressorSettings { attack_ms, release_ms, ..peers_settings() };
        let mut glue = Compressor::new(SPEC);
        glue.configure(&settings);
        // Two seconds far over the threshold, then just below it.
        let tone = Signal::mono(6 * 48_000, |n| {
            let level = if n < 96_000 { 0.9 } else { 0.05 };
            (level * (std::f64::consts::TAU * 5000.0 / 48_000.0 * n as f64).sin()) as f32
        });
        let mut reductions = Vec::new();
        tone.through(&[24], |block: &mut StereoBlock<'_>| {
            glue.process(block);
            reductions.push(glue.take_reduction_db()[0]);
        });
        let most = reductions[3000];
        let covered = most * (1.0 - (-1.0f64).exp());
        let ms = |block: usize| 0.5 * block as f64;
        let attack = ms(reductions.iter().position(|db| *db > covered).unwrap());
        let release = ms(reductions[4000..].iter().position(|db| *db < most - covered).unwrap());
        // The level itself is an average over 5 ms: this far over it crosses the
        // threshold at once, and takes up to 27 ms to fall below it again.
        println!("{attack_ms}/{release_ms} ms: {attack}/{release} ms");
        assert!((attack - attack_ms).abs() < 2.0 + 0.1 * attack_ms, "{attack}, not {attack_ms}");
        let stray = release - release_ms;
        assert!((0.0..30.0).contains(&stray), "{release}, not {release_ms}");
    }
}

#[test]
fn a_settled_tone_is_not_distorted() {
    // 6 dB of reduction at 4:1 are 8 dB over the threshold.
    let settings = CompressorSettings { knee_db: 0.0, ..peers_settings() };
    for (hz, most_db) in [(30.0, -120.0), (50.0, -120.0), (1000.0, -120.0)] {
        let tones = Tones::new(&[(hz, 10f64.powf(-12.0 / 20.0))], 48_000);
        let output = through::<Compressor>(&settings, &tones.signal(4));
        let residue_db = tones.residue_db(&output.left[3 * 48_000..]);
        println!("{hz} Hz: residue {residue_db:.1} dB");
        assert!(residue_db < most_db, "{hz} Hz: {residue_db} dB");
    }
    // SMPTE: 60 Hz and 7 kHz, 4:1.
    let loud = 10f64.powf(-12.0 / 20.0);
    let tones = Tones::new(&[(60.0, 0.8 * loud), (7000.0, 0.2 * loud)], 48_000);
    let output = through::<Compressor>(&settings, &tones.signal(4));
    let residue_db = tones.residue_db(&output.left[3 * 48_000..]);
    println!("SMPTE: residue {residue_db:.1} dB");
    assert!(residue_db < -80.0, "{residue_db} dB");
}

/// Gain reduction after a burst has ended, until it has fallen by 63.2 %, ms.
fn recovery_ms(settings: &CompressorSettings, burst_ms: usize) -> f64 {
    let mut glue = Compressor::new(SPEC);
    glue.configure(settings);
    let end = 48 * (500 + burst_ms);
    let tone = Signal::mono(end + 6 * 48_000, |n| {
        let level = if (24_000..end).contains(&n) { 0.5 } else { 0.01 };
        (level * (0.7 * n as f64).sin()) as f32
    });
    let mut reductions = Vec::new();
    tone.through(&[48], |block: &mut StereoBlock<'_>| {
        glue.process(block);
        reductions.push(glue.take_reduction_db()[0]);
    });
    let most = reductions.iter().copied().fold(0.0, f64::max);
    let end = end / 48;
    reductions[end..].iter().position(|db| *db < most * (-1.0f64).exp()).unwrap() as f64
}

#[test]
fn automatic_release_is_quick_after_a_peak_and_slow_after_a_passage() {
    let settings = CompressorSettings { is_auto_release: true, ..peers_settings() };
    let (peak, passage) = (recovery_ms(&settings, 60), recovery_ms(&settings, 3000));
    println!("recovers in {peak} ms after 60 ms, in {passage} ms after 3 s");
    assert!(peak < 200.0 && passage > 800.0, "{peak} ms, {passage} ms");
}

#[test]
fn range_mix_link_and_detector_do_what_they_say() {
    let tone = Signal::sine(96_000, 1000.0 / 48_000.0, 0.5);
    let reduction_db = |settings: &CompressorSettings, input: &Signal, is_left: bool| {
        let output = through::<Compressor>(settings, input);
        let (out, of) =
            if is_left { (&output.left, &input.left) } else { (&output.right, &input.right) };
        -10.0 * (power(&out[48_000..]) / power(&of[48_000..])).log10()
    };
    let whole = reduction_db(&peers_settings(), &tone, true);
    assert!((whole - 10.5).abs() < 0.2, "{whole}");
    let capped = CompressorSettings { range_db: 3.0, ..peers_settings() };
    assert!((reduction_db(&capped, &tone, true) - 3.0).abs() < 0.01);
    let mixed = CompressorSettings { mix_percent: 50.0, ..peers_settings() };
    let wanted = -20.0 * (0.5 + 0.5 * 10f64.powf(-whole / 20.0)).log10();
    assert!((reduction_db(&mixed, &tone, true) - wanted).abs() < 0.01);
    // Only the left channel is loud.
    let lopsided = Signal::from_fn(96_000, |n| [tone.left[n], 0.01 * tone.left[n]]);
    let linked = CompressorSettings { link_percent: 100.0, ..peers_settings() };
    let alone = CompressorSettings { link_percent: 0.0, ..peers_settings() };
    let [left, right] = [true, false].map(|is_left| reduction_db(&linked, &lopsided, is_left));
    assert!((left - right).abs() < 1e-6 && left > 5.0);
    assert!(reduction_db(&alone, &lopsided, false).abs() < 1e-6);
    assert!((reduction_db(&alone, &lopsided, true) - whole).abs() < 0.01);
    // Bass no longer pumps the mix.
    let bass = Signal::sine(96_000, 40.0 / 48_000.0, 0.5);
    let deaf = CompressorSettings { detector_high_pass_hz: 150.0, ..peers_settings() };
    assert!(reduction_db(&peers_settings(), &bass, true) > 10.0);
    assert!(reduction_db(&deaf, &bass, true) < 0.1);
}

#[test]
fn automatic_make_up_only_matches_the_loudness() {
    for name in ["mix.flac", "reference.flac"] {
        let music = material(name);
        let input = Signal {
            left: music.left[14 * 48_000..28 * 48_000].to_vec(),
            right: music.right[14 * 48_000..28 * 48_000].to_vec(),
        };
        let loudness = |signal: &Signal| {
            let mut meter = LoudnessMeter::new(SPEC);
            meter.process(&signal.left[4 * 48_000..], &signal.right[4 * 48_000..]);
            meter.snapshot().integrated_lufs
        };
        let settings = CompressorSettings {
            threshold_db: -30.0,
            is_auto_makeup: true,
            is_auto_release: true,
            ..peers_settings()
        };
        let (before, after) =
            (loudness(&input), loudness(&through::<Compressor>(&settings, &input)));
        let plain = CompressorSettings { is_auto_makeup: false, ..settings };
        let without = loudness(&through::<Compressor>(&plain, &input));
        println!("{name}: {before:.2} LUFS, {without:.2} without make-up, {after:.2} with");
        assert!(before - without > 2.0, "it compresses: {before} to {without}");
        assert!((before - after).abs() < 0.3, "{before} to {after}");
    }
}

#[test]
fn the_guard_keeps_the_mono_loss_at_its_limit() {
    // Side 10 dB above mid: a mono sum would lose 10.4 dB.
    let wide = Signal::from_fn(6 * 48_000, |n| {
        let mid = 0.1 * (0.09 * n as f32).sin();
        let side = 0.316 * (0.131 * n as f32).sin();
        [mid + side, mid - side]
    });
    let loss_db = |signal: &Signal| {
        let last = 5 * 48_000..;
        let (left, right) = (&signal.left[last.clone()], &signal.right[last]);
        let sum: f64 = left.iter().zip(right).map(|(l, r)| (0.5 * f64::from(l + r)).powi(2)).sum();
        -10.0 * (2.0 * sum / (power(left) + power(right))).log10()
    };
    assert!((loss_db(&wide) - 10.4).abs() < 0.1);
    for guard_limit_db in [1.0, 3.0, 6.0] {
        let settings =
            StereoSettings { is_guarded: true, guard_limit_db, ..StereoSettings::default() };
        let guarded = loss_db(&through::<Stereo>(&settings, &wide));
        assert!((guarded - guard_limit_db).abs() < 0.1, "{guarded}, not {guard_limit_db} dB");
    }
    // What is below the limit keeps its width; the crossover turns its phase alone.
    let narrow = Signal::from_fn(6 * 48_000, |n| {
        let (mid, side) = (0.3 * (0.09 * n as f32).sin(), 0.05 * (0.131 * n as f32).sin());
        [mid + side, mid - side]
    });
    let settings = StereoSettings { is_guarded: true, ..StereoSettings::default() };
    let output = through::<Stereo>(&settings, &narrow);
    assert!((loss_db(&output) - loss_db(&narrow)).abs() < 0.005);
}

fn one_band(band: BandSettings) -> EqualizerSettings {
    let mut settings = EqualizerSettings::default();
    settings.bands[2] = BandSettings { is_on: true, ..band };
    settings
}

/// Level of a tone after a band has settled on it, dB re its own level.
fn dynamic_gain_db(band: BandSettings, hz: f64, level_dbfs: f64) -> f64 {
    let spec = AudioSpec { sample_rate_hz: 48_000.0, max_block_frames: 512 };
    let mut stage = Slot::<Equalizer>::new(spec);
    stage.configure(&one_band(band));
    let tone = Signal::sine(3 * 48_000, hz / 48_000.0, 10f64.powf(level_dbfs / 20.0));
    let output = tone.through(&[512], |block| stage.process(block));
    let power = |x: &[f32]| x[96_000..].iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
    10.0 * (power(&output.left) / power(&tone.left)).log10()
}

#[test]
fn a_dynamic_band_moves_by_two_thirds_of_the_excess_up_to_its_range() {
    for shape in [BandShape::Bell, BandShape::LowShelf, BandShape::HighShelf] {
        for (range_db, level_dbfs, wanted_db) in [
            (-18.0, -40.0, 0.0),
            (-18.0, -27.1, 0.0),
            (-18.0, -24.0, -0.5),
            (-18.0, -18.0, -4.0),
            (-6.0, -6.0, -6.0),
            (6.0, -18.0, 4.0),
        ] {
            // A tone well inside the region: on a bell's centre, an octave or
            // more inside a shelf's.
            let hz = match shape {
                BandShape::LowShelf => 125.0,
                BandShape::HighShelf => 8000.0,
                _ => 1000.0,
            };
            let band = BandSettings {
                shape,
                frequency_hz: 1000.0,
                range_db,
                threshold_db: -24.0,
                ..BandSettings::neutral(2)
            };
            let found_db = dynamic_gain_db(band, hz, level_dbfs);
            let stray = (found_db - wanted_db).abs();
            assert!(stray < 0.1, "{shape:?} {range_db} at {level_dbfs} dBFS: {found_db}");
        }
    }
    // Far outside the region nothing happens, however loud it is.
    let band = BandSettings {
        frequency_hz: 1000.0,
        q: 4.0,
        range_db: -12.0,
        threshold_db: -24.0,
        ..BandSettings::neutral(2)
    };
    let aside_db = dynamic_gain_db(band, 60.0, -3.0);
    assert!(aside_db.abs() < 0.05, "{aside_db}");
}

#[test]
fn a_dynamic_band_attacks_and_releases_in_its_times() {
    let spec = AudioSpec { sample_rate_hz: 48_000.0, max_block_frames: 64 };
    for (attack_ms, release_ms) in [(30.0, 100.0), (100.0, 400.0)] {
        let band = BandSettings {
            frequency_hz: 3000.0,
            range_db: -6.0,
            threshold_db: -40.0,
            attack_ms,
            release_ms,
            ..BandSettings::neutral(2)
        };
        let mut equalizer = Equalizer::new(spec);
        equalizer.configure(&one_band(band));
        // Two seconds loud enough for the whole range, two silent.
        let tone = Signal::mono(192_000, |n| {
            let sine = (std::f64::consts::TAU * 3000.0 / 48_000.0 * n as f64).sin();
            if n < 96_000 { (0.5 * sine) as f32 } else { 0.0 }
        });
        let mut moved = Vec::new();
        tone.through(&[32], |block: &mut StereoBlock<'_>| {
            equalizer.process(block);
            moved.push(equalizer.dynamic_db()[2]);
        });
        let ms = |block: usize| block as f64 * 32.0 / 48.0;
        let covered = 6.0 * (1.0 - (-1.0f64).exp());
        let attack = ms(moved.iter().position(|db| *db < -covered).unwrap());
        let half = moved.len() / 2;
        let release = ms(moved[half..].iter().position(|db| *db > covered - 6.0).unwrap());
        // The level itself is an average over 5 ms, which at these levels takes
        // under a millisecond to rise and some 25 ms to fall below the threshold.
        assert!((attack - attack_ms).abs() < 2.0, "attack {attack}, not {attack_ms} ms");
        assert!((release - release_ms - 27.0).abs() < 8.0, "release {release}, not {release_ms}");
    }
}
