//! What each character does to tones, passages and transients.

use super::*;

/// What tones that pass the ceiling by so much become, in the second from `start_s` on.
fn distortion_db(tones: &Tones, over_db: f64, character: Character) -> f64 {
    let input = tones.signal(5);
    let peak = input.left.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
    let peak_db = 20.0 * f64::from(peak).log10();
    let settings = LimiterSettings { character, ..limiting() };
    let gain = 10f64.powf((settings.ceiling_dbtp + over_db - peak_db) / 20.0);
    let driven = Signal::from_fn(input.frames(), |n| {
        [input.left[n], input.right[n]].map(|x| (f64::from(x) * gain) as f32)
    });
    let output = limited(&driven, &settings, 48_000.0);
    tones.residue_db(&output.left[4 * 48_000..])
}

#[test]
fn settled_tones_are_not_distorted() {
    let tone = |hz: f64| Tones::new(&[(hz, 0.5)], 48_000);
    // A tone with its octave is as asymmetric as an amplifier makes a bass.
    let asymmetric = |hz: f64| Tones::new(&[(hz, 0.5), (2.0 * hz, 0.25)], 48_000);
    let cases = [
        ("30 Hz", tone(30.0), -100.0),
        ("50 Hz", tone(50.0), -100.0),
        ("asymmetric 30 Hz", asymmetric(30.0), -100.0),
        ("asymmetric 50 Hz", asymmetric(50.0), -100.0),
        ("1 kHz", tone(1000.0), -140.0),
        ("SMPTE 60 Hz and 7 kHz", Tones::new(&[(60.0, 0.8), (7000.0, 0.2)], 48_000), -80.0),
        ("9973 Hz", tone(9973.0), -120.0),
        ("100 Hz and 9973 Hz", Tones::new(&[(100.0, 0.5), (9973.0, 0.5)], 48_000), -80.0),
    ];
    let mut failures = Vec::new();
    for (name, tones, most_db) in cases {
        for over_db in [2.0, 6.0] {
            for character in Character::ALL {
                let residue_db = distortion_db(&tones, over_db, *character);
                let case = format!("{name}, {over_db} dB over, {character:?}: {residue_db:.1} dB");
                println!("{case}");
                if residue_db >= most_db {
                    failures.push(case);
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn a_steady_tone_ends_up_at_the_ceiling() {
    for character in Character::ALL {
        let settings = LimiterSettings { gain_db: 6.0, character: *character, ..limiting() };
        for hz in [50.0, 1000.0] {
            let tone = Signal::sine(4 * 48_000, hz / 48_000.0, 10f64.powf(-1.0 / 20.0));
            let output = limited(&tone, &settings, 48_000.0);
            let level_db = output.true_peak_db_in(3 * 48_000..4 * 48_000 - 1000);
            // Transparent uses all the room, the others keep theirs for transients.
            let least_db = if *character == Character::Transparent { -1.2 } else { -2.3 };
            assert!((least_db..-0.98).contains(&level_db), "{character:?} {hz} Hz: {level_db}");
        }
    }
}

/// Gain reduction, ms by ms, of a tone of `hz` that is 8 dB over for some time.
fn reductions_db(character: Character, hz: f64, over_ms: usize) -> Vec<f64> {
    let spec = AudioSpec { sample_rate_hz: 48_000.0, max_block_frames: 512 };
    let mut limiter = Limiter::new(spec);
    limiter.configure(&LimiterSettings { character, ..limiting() });
    let (start, end) = (24_000, 24_000 + 48 * over_ms);
    let tone = Signal::mono(end + 96_000, |n| {
        let level = if (start..end).contains(&n) { 2.24 } else { 0.1 };
        (level * (std::f64::consts::TAU * hz / 48_000.0 * n as f64).sin()) as f32
    });
    let mut reductions = Vec::new();
    tone.through(&[48], |block| {
        limiter.process(block);
        let [left, right] = limiter.take_reduction_db();
        assert_eq!(left, right);
        reductions.push(left);
    });
    reductions
}

#[test]
fn release_is_short_after_a_peak_and_long_after_a_passage() {
    for character in Character::ALL {
        let recovery_ms = |over_ms: usize| {
            let reductions = reductions_db(*character, 1000.0, over_ms);
            // The end is seen as late as the look-ahead and the detectors make it.
            let end = 500 + over_ms + 5;
            let most = reductions.iter().copied().fold(0.0, f64::max);
            // A short peak is shared with the clippers.
            assert!(most > 0.4, "{character:?}, {over_ms} ms: {most} dB");
            reductions[end..].iter().position(|db| *db < most * (-1.0f64).exp()).unwrap()
        };
        let (peak, passage) = (recovery_ms(2), recovery_ms(3000));
        println!("{character:?}: recovers in {peak} ms after a peak, in {passage} ms after 3 s");
        // Punchy rides the power, whose average a peak this high moves too.
        let most_ms = if *character == Character::Punchy { 150 } else { 10 };
        assert!(peak <= most_ms, "{character:?}: {peak} ms");
        assert!(passage >= 200, "{character:?}: {passage} ms");
    }
}

#[test]
fn what_rings_is_taken_by_a_gain_unless_it_is_bright() {
    // 60 ms after it began, too soon for the gain that follows what lasts.
    let after_60_ms = |character, hz| {
        let reductions = reductions_db(character, hz, 100);
        reductions[560..565].iter().sum::<f64>() / 5.0
    };
    let dull = after_60_ms(Character::Transparent, 1000.0);
    let bright = after_60_ms(Character::Transparent, 15_000.0);
    let loud = after_60_ms(Character::Loud, 1000.0);
    println!("transparent {dull:.1} dB at 1 kHz, {bright:.1} dB at 15 kHz; loud {loud:.1} dB");
    assert!(dull > bright + 1.0 && dull > loud + 3.0);
}

/// Power above 10 kHz of the whole power, dB.
fn highs_db(signal: &Signal) -> f64 {
    let high_pass = Prototype::high_pass(0.707).digitize(10_000.0, 48_000.0);
    let mut sections = [Biquad::new(high_pass); 3];
    let (mut highs, mut all) = (0.0, 1e-12);
    for sample in &signal.left {
        let sample = f64::from(*sample);
        let high = sections.iter_mut().fold([sample; 2], |frame, section| section.process(frame));
        highs += high[0] * high[0];
        all += sample * sample;
    }
    10.0 * (highs / all).log10()
}

#[test]
fn in_music_without_highs_the_clippers_add_few() {
    // A string plucked four times a second, with partials up to 3 kHz.
    let plucked = Signal::mono(4 * 48_000, |n| {
        let t = (n % 12_000) as f64 / 48_000.0;
        let rounded = |x: f64| 0.5 - 0.5 * (std::f64::consts::PI * x.min(1.0)).cos();
        let envelope = rounded(t / 0.005) * rounded((0.25 - t) / 0.03);
        let partials = (1..=14).map(|k| {
            let k = f64::from(k);
            let decay = (-t * (4.0 + 2.0 * k)).exp();
            decay * (std::f64::consts::TAU * 220.0 * k * t + 0.7 * k).sin() / k
        });
        (0.9 * envelope * partials.sum::<f64>()) as f32
    });
    let before_db = highs_db(&plucked);
    // With all of the excess they were -60.0, -61.0 and -53.7 dB.
    for (character, most_db) in
        [(Character::Transparent, -66.0), (Character::Punchy, -65.0), (Character::Loud, -57.0)]
    {
        let settings = LimiterSettings { gain_db: 12.0, character, ..limiting() };
        let after_db = highs_db(&limited(&plucked, &settings, 48_000.0));
        println!("{character:?}: {before_db:.1} dB before, {after_db:.1} dB after");
        assert!(after_db < most_db, "{character:?}: {after_db} dB");
    }
}

/// How far 1 ms stands out of the 100 ms around it, exceeded for 1 % of the time, dB.
fn transient_db(signal: &Signal) -> f64 {
    let energy: Vec<f64> = signal
        .left
        .iter()
        .zip(&signal.right)
        .map(|(l, r)| f64::from(*l).powi(2) + f64::from(*r).powi(2))
        .collect();
    let mut sums = vec![0.0];
    sums.extend(energy.iter().scan(0.0, |sum, e| {
        *sum += e;
        Some(*sum)
    }));
    let mean = |centre: usize, half: usize| {
        (sums[centre + half] - sums[centre - half]) / (2 * half) as f64
    };
    let around: Vec<(f64, f64)> =
        (2400..energy.len() - 2400).map(|n| (mean(n, 24), mean(n, 2400))).collect();
    let loudest = around.iter().map(|(_, long)| *long).fold(0.0, f64::max);
    let mut ratios: Vec<f64> = around
        .iter()
        .filter(|(_, long)| *long > 1e-3 * loudest)
        .map(|(short, long)| short / long)
        .collect();
    ratios.sort_by(f64::total_cmp);
    10.0 * ratios[ratios.len() * 99 / 100].log10()
}

#[test]
fn the_characters_keep_transients_or_gain_loudness_as_their_names_say() {
    let music = material("mix.flac");
    let frames = 13 * 48_000..25 * 48_000;
    let excerpt =
        Signal { left: music.left[frames.clone()].to_vec(), right: music.right[frames].to_vec() };
    let measured = |character, gain_db| {
        let settings = LimiterSettings { character, gain_db, ..limiting() };
        let output = limited(&excerpt, &settings, 48_000.0);
        let spec = AudioSpec { sample_rate_hz: 48_000.0, max_block_frames: 512 };
        let mut meter = LoudnessMeter::new(spec);
        meter.process(&output.left, &output.right);
        (meter.snapshot().integrated_lufs, transient_db(&output))
    };
    // At the same drive.
    let [transparent, punchy, loud] = [Character::Transparent, Character::Punchy, Character::Loud]
        .map(|character| measured(character, 18.0).0);
    println!("at +18 dB {transparent:.2}, {punchy:.2}, {loud:.2} LUFS");
    assert!(loud > transparent + 0.3 && loud > punchy + 0.8);
    // At the same loudness.
    let [transparent, punchy, loud] = [Character::Transparent, Character::Punchy, Character::Loud]
        .map(|character| {
            let mut gain_db = 14.0;
            for _ in 0..4 {
                gain_db += (-9.0 - measured(character, gain_db).0) / 0.8;
            }
            let (lufs, transient) = measured(character, gain_db);
            assert!((lufs + 9.0).abs() < 0.1, "{character:?}: {lufs}");
            transient
        });
    println!("at -9 LUFS transients stand out by {transparent:.2}, {punchy:.2}, {loud:.2} dB");
    assert!(punchy > transparent + 0.05 && punchy > loud + 0.02);
}
