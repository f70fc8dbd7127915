//! What the chain as a whole keeps.

use super::*;

#[test]
fn a_chain_that_is_read_allocates_nothing_and_its_song_spectrum_fits_any_blocks() {
    let input = Signal::noise(60_000, 0.5, 13);
    let read = |sizes: &[usize]| {
        let mut chain: Chain = built(48_000.0, &busy());
        let shared = chain.attach(MeterFeed::new());
        let mut signal = input.clone();
        let mut start = 0;
        assert_no_alloc(|| {
            for size in sizes.iter().cycle() {
                let end = (start + size).min(60_000);
                chain.process(&mut StereoBlock::new(
                    &mut signal.left[start..end],
                    &mut signal.right[start..end],
                ));
                start = end;
                if start == 60_000 {
                    break;
                }
            }
        });
        let mut spectrum = SongSpectrum::default();
        assert!(shared.master.read(&mut spectrum));
        assert_no_alloc(|| chain.reset_meters());
        let mut after = SongSpectrum::default();
        assert!(shared.master.read(&mut after));
        assert_eq!(after.windows, 0);
        spectrum
    };
    let whole = read(&[MAX_BLOCK]);
    assert!(whole.windows > 10);
    for sizes in [&[1][..], &[64], &[3, 700, 32, 1, 1024, 129]] {
        let cut = read(sizes);
        assert_eq!(cut.windows, whole.windows);
        assert!(cut.average == whole.average && cut.highest == whole.highest);
    }
}

#[test]
fn latency_is_the_same_for_all_settings_and_at_most_five_milliseconds_in_the_limiter() {
    for rate in RATES_HZ {
        let neutral: Chain = built(rate, &limited());
        let worked: Chain = built(rate, &busy());
        assert_eq!(neutral.latency_frames(), worked.latency_frames());
    }
    let limiter = Slot::<Limiter>::new(spec(48_000.0));
    assert!(limiter.latency_frames() <= 240, "{}", limiter.latency_frames());
}

#[test]
fn only_the_equalizers_phase_changes_the_latency_and_everything_stays_aligned() {
    let mut chain: Chain = built(48_000.0, &limited());
    let before = chain.latency_frames();
    let settings = ChainSettings { equalizer: neutral_linear(), ..limited() };
    chain.configure(&settings);
    let latency = chain.latency_frames();
    assert_eq!(latency - before, 8704);
    // Below the ceiling and neutral but for the delay: bit-exact, and dry with it.
    let input = Signal::noise(30_000, 0.3, 23);
    let mut dry = Signal { left: Vec::new(), right: Vec::new() };
    chain.listen_to_delta(Some(Stage::Trim));
    let output = input.through(&[400, 31], |block| {
        chain.process(block);
        dry.left.extend_from_slice(chain.dry()[0]);
        dry.right.extend_from_slice(chain.dry()[1]);
    });
    assert!(output.left[latency..] == input.left[..input.frames() - latency]);
    assert!(dry == output);
    chain.configure(&limited());
    assert_eq!(chain.latency_frames(), before);
}

#[test]
fn what_a_gain_gives_to_everything_is_no_part_of_a_delta() {
    // Nothing is limited, clipped or compressed: there is no change to hear.
    let input = Signal::noise(20_000, 0.05, 24);
    let settings = ChainSettings {
        glue: CompressorSettings {
            is_on: true,
            threshold_db: 0.0,
            makeup_db: 3.0,
            is_auto_makeup: false,
            ..CompressorSettings::default()
        },
        clipper: ClipperSettings { is_on: true, drive_db: 4.0, ..ClipperSettings::default() },
        limiter: LimiterSettings { gain_db: 6.0, ..limiting() },
        ..limited()
    };
    for stage in [Stage::Glue, Stage::Clipper, Stage::Limiter] {
        let mut chain: Chain = built(48_000.0, &settings);
        chain.listen_to_delta(Some(stage));
        let mut highest = 0.0f32;
        input.through(&[256], |block| {
            chain.process(block);
            let delta = chain.delta().unwrap();
            highest = delta.left.iter().fold(highest, |highest, x| highest.max(x.abs()));
        });
        assert!(highest < 1e-6, "{stage:?}: {highest}");
    }
}

#[test]
fn switching_a_stage_never_clicks() {
    // A low tone through every switch: the steepest step between samples stays
    // near the tone's own.
    let tone = Signal::sine(48_000, 50.0 / 48_000.0, 0.4);
    let steepest = |signal: &Signal| {
        signal.left.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
    };
    let mut loud = busy();
    loud.dither.depth = BitDepth::Off;
    // Gain that the limiter holds down would be a step of its own kind.
    loud.limiter.gain_db = 0.0;
    loud.trim.gain_db = 0.0;
    loud.clipper.drive_db = 0.0;
    let mut chain: Chain = built(48_000.0, &limited());
    let mut blocks = 0;
    let output = tone.through(&[480], |block| {
        let settings = if (blocks / 13) % 2 == 0 { limited() } else { loud };
        chain.configure(&settings);
        chain.process(block);
        blocks += 1;
    });
    assert!(steepest(&output) < 4.0 * steepest(&tone), "{}", steepest(&output));
}

#[test]
fn delta_and_dry_are_aligned_with_the_output() {
    let input = Signal::noise(9000, 0.3, 21);
    for stage in Stage::ALL {
        let mut chain: Chain = built(48_000.0, &limited());
        let latency = chain.latency_frames();
        chain.listen_to_delta(Some(stage));
        let mut dry = Signal { left: Vec::new(), right: Vec::new() };
        let output = input.through(&[400, 31], |block| {
            chain.process(block);
            let delta = chain.delta().unwrap();
            // A neutral stage changes nothing.
            assert!(delta.left.iter().chain(delta.right.iter()).all(|sample| *sample == 0.0));
            let aligned = chain.dry();
            dry.left.extend_from_slice(aligned[0]);
            dry.right.extend_from_slice(aligned[1]);
        });
        assert!(output.left[latency..] == input.left[..input.frames() - latency]);
        assert!(dry == output);
    }
}

#[test]
fn the_delta_of_the_trim_is_what_it_adds() {
    let input = Signal::noise(6000, 0.2, 22);
    let settings = ChainSettings {
        trim: TrimSettings { gain_db: 6.0, ..TrimSettings::default() },
        ..limited()
    };
    let mut chain: Chain = built(48_000.0, &settings);
    chain.listen_to_delta(Some(Stage::Trim));
    let latency = chain.latency_frames();
    let delta = input.through(&[256], |block| {
        chain.process(block);
        let delta = chain.delta().unwrap();
        block.left.copy_from_slice(delta.left);
        block.right.copy_from_slice(delta.right);
    });
    let factor = 10f32.powf(6.0 / 20.0) - 1.0;
    for n in latency..input.frames() {
        assert!((delta.left[n] - factor * input.left[n - latency]).abs() < 1e-6);
    }
}

#[test]
fn without_settings_nothing_is_changed() {
    // Loud enough that any limiter would see it.
    let hot = Signal::noise(48_000, 1.5, 3);
    let mut chain = Chain::build(spec(48_000.0));
    chain.configure(&burnish_dsp::settings::ChainSettings::default());
    let latency = chain.latency_frames();
    let output = hot.through(&[MAX_BLOCK], |block| chain.process(block));
    assert!(output.left[latency..] == hot.left[..48_000 - latency]);
    assert!(output.right[latency..] == hot.right[..48_000 - latency]);
}
