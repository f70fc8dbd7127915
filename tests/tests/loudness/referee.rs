//! Readings beside those of another implementation, on music and at any block size.

use super::*;

/// Compares M and S every 100 ms and I every second with the `ebur128` crate.
fn compare_with_the_referee(rate_hz: usize, signal: &Signal) {
    const TOLERANCE_LU: f64 = 0.05;
    let mut meter = LoudnessMeter::new(spec(rate_hz));
    let mut referee =
        EbuR128::new(2, rate_hz as u32, Mode::I | Mode::S | Mode::M).expect("a usual format");
    let blocks = signal.left.chunks(rate_hz / 10).zip(signal.right.chunks(rate_hz / 10));
    for (n, (left, right)) in blocks.enumerate() {
        meter.process(left, right);
        referee.add_frames_planar_f32(&[left, right]).expect("two channels");
        if left.len() < rate_hz / 10 {
            break;
        }
        let read = meter.snapshot();
        let compare = |what: &str, ours: f64, referee: Result<f64, ebur128::Error>| {
            let referee = referee.expect("the mode was asked for");
            // Far below the gate the tails of the filters differ.
            if referee > -70.0 || ours > -70.0 {
                assert_near(what, rate_hz, ours, referee, TOLERANCE_LU);
            }
        };
        if n >= 4 {
            compare("momentary", read.momentary_lufs, referee.loudness_momentary());
        }
        if n >= 30 {
            compare("short-term", read.short_term_lufs, referee.loudness_shortterm());
        }
        if n % 10 == 9 {
            compare("integrated", read.integrated_lufs, referee.loudness_global());
        }
    }
    assert!(meter.snapshot().integrated_lufs > -40.0);
}

#[test]
fn readings_agree_with_the_referee() {
    for rate_hz in [32_000, 44_100, 48_000, 96_000] {
        compare_with_the_referee(rate_hz, &music(rate_hz, 30));
    }
}

#[test]
fn real_music_reads_as_the_referee_reads_it() {
    for name in ["mix.flac", "reference.flac"] {
        let music = crate::support::material(name);
        let signal = Signal { left: music.left, right: music.right };
        compare_with_the_referee(music.sample_rate_hz as usize, &signal);
    }
}

/// Sizes from 1 to 5000 frames, small ones as often as large ones.
fn random_block_sizes(seed: u64) -> Vec<usize> {
    let mut noise = Noise::new(seed);
    let mut roll = || 0.5 + 0.5 * f64::from(noise.sample());
    (0..997).map(|_| 5000f64.powf(roll()).round().max(1.0) as usize).collect()
}

#[test]
fn no_reading_depends_on_the_block_size() {
    for rate_hz in RATES_HZ.into_iter().chain([22_050]) {
        let signal = music(rate_hz, 8);
        let read = |sizes: &[usize]| {
            let mut meters = Meters::new(spec(rate_hz));
            let (mut start, mut sizes) = (0, sizes.iter().cycle());
            while start < signal.frames() {
                let end = signal.frames().min(start + sizes.next().expect("sizes for ever"));
                meters.process(&signal.left[start..end], &signal.right[start..end]);
                start = end;
            }
            meters.finish();
            meters.snapshot()
        };
        let whole = read(&[signal.frames()]);
        for frames in [1, 17, 64, 512, 4096] {
            assert_eq!(read(&[frames]), whole, "blocks of {frames} at {rate_hz} Hz");
        }
        for seed in 1..4 {
            assert_eq!(read(&random_block_sizes(seed)), whole, "seed {seed} at {rate_hz} Hz");
        }
    }
}
