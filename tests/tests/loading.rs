//! Whatever is loaded, the output goes from what it was to what it will be, and nowhere else.

use burnish_dsp::chain::{Chain, SNAPSHOTS, SnapshotSettings};
use burnish_dsp::clipper::ClipperSettings;
use burnish_dsp::compressor::{CompressorSettings, Ratio};
use burnish_dsp::equalizer::{
    BandSettings, BandShape, Equalizer, EqualizerPhase, EqualizerSettings,
};
use burnish_dsp::limiter::LimiterSettings;
use burnish_dsp::processor::{AudioSpec, Processor};
use burnish_dsp::settings::{ChainSettings, parameter_index};
use burnish_session::preset::presets;
use burnish_tests::host::{Change, Host, bundle_path};

use crate::support::{Signal, limited, material};

const RATE_HZ: f64 = 48_000.0;
const BLOCK: usize = 240;
/// Where something is loaded.
const AT: usize = 120 * BLOCK;
const FRAMES: usize = 400 * BLOCK;
const WINDOW: usize = 480;
/// Whole periods in the latency of the linear phase, so that two that are apart
/// by it do not cancel.
const NEAR_1_KHZ: f64 = 181.0 / 8704.0;

fn chain(settings: &SnapshotSettings) -> Chain {
    let spec = AudioSpec { sample_rate_hz: RATE_HZ, max_block_frames: BLOCK };
    let mut chain = Chain::with_snapshots(spec);
    chain.configure_snapshots(settings);
    chain
}

fn same(settings: &ChainSettings) -> SnapshotSettings {
    SnapshotSettings { all: [*settings; SNAPSHOTS], current: 0, are_side_by_side: false }
}

/// Level of 10 ms from a frame on, dB.
fn level_db(signal: &Signal, start: usize) -> f64 {
    let window = start..start + WINDOW;
    let channels = signal.left[window.clone()].iter().chain(&signal.right[window]);
    10.0 * (channels.map(|x| f64::from(*x).powi(2)).sum::<f64>() / WINDOW as f64 + 1e-12).log10()
}

/// By how much a tone is louder than at both ends of the change, quieter than at
/// both, and how much it moves within 10 ms outside the cross-fade, dB.
fn excursions_db(output: &Signal) -> [f64; 3] {
    let ends = [AT - 2 * WINDOW, FRAMES - 2 * WINDOW].map(|start| level_db(output, start));
    let (quiet, loud) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
    let levels: Vec<f64> =
        (AT - WINDOW..FRAMES - WINDOW).step_by(48).map(|start| level_db(output, start)).collect();
    let over = levels.iter().fold(f64::MIN, |over, level| over.max(level - loud));
    let under = levels.iter().fold(f64::MIN, |under, level| under.max(quiet - level));
    // A ramp takes 10 ms at least: what moves by 6 dB in one window goes on in
    // the same direction, or has come from there.
    let moves: Vec<f64> = levels.windows(11).map(|pair| pair[10] - pair[0]).collect();
    let largest = |moves: &[f64]| moves.iter().fold(0.0f64, |most, x| most.max(x.abs()));
    let ramp = moves.iter().filter(|x| x.abs() > 6.0).count();
    // 20 ms of fade, and a window on either side.
    let beyond = if ramp > 45 { largest(&moves) } else { 0.0 };
    [over, under, beyond]
}

#[track_caller]
fn assert_moves_well(what: &str, output: &Signal, ceiling_dbtp: f64) {
    let [over, under, beyond] = excursions_db(output);
    // The clippers' first say of a new level, before the slow gain has found it.
    assert!(over < 2.0, "{what}: {over} dB louder than before and after");
    assert!(under < 1.0, "{what}: {under} dB quieter than before and after");
    assert!(beyond == 0.0, "{what}: {beyond} dB within 10 ms");
    // Where the signal is cut off there are peaks that nobody has made.
    let peak = output.true_peak_db_in(1000..FRAMES - 1000);
    assert!(peak < ceiling_dbtp + 0.05, "{what}: {peak} dBTP");
}

/// Settings that give back in one place what they take in another.
fn extremes() -> Vec<(&'static str, ChainSettings)> {
    let plain = limited();
    let with = |change: &dyn Fn(&mut ChainSettings)| {
        let mut settings = plain;
        change(&mut settings);
        settings
    };
    let cut = |settings: &mut ChainSettings| {
        let band = &mut settings.equalizer.bands[3];
        (band.is_on, band.gain_db, band.frequency_hz) = (true, -18.0, 1000.0);
    };
    vec![
        ("default", plain),
        ("trim -18", with(&|s| s.trim.gain_db = -18.0)),
        ("limiter +18", with(&|s| s.limiter.gain_db = 18.0)),
        ("trim -18, limiter +18", with(&|s| (s.trim.gain_db, s.limiter.gain_db) = (-18.0, 18.0))),
        (
            "fast glue, make-up",
            with(&|s| {
                s.glue = CompressorSettings {
                    is_on: true,
                    threshold_db: -50.0,
                    ratio: Ratio::R10,
                    attack_ms: 0.1,
                    is_auto_makeup: false,
                    makeup_db: 20.0,
                    ..s.glue
                };
            }),
        ),
        (
            "cut, clipper",
            with(&|s| {
                cut(s);
                s.clipper = ClipperSettings { is_on: true, drive_db: 12.0, ..s.clipper };
            }),
        ),
        (
            "linear, cut, limiter +18",
            with(&|s| {
                cut(s);
                s.equalizer.phase = EqualizerPhase::Linear;
                s.limiter = LimiterSettings { gain_db: 18.0, ..s.limiter };
            }),
        ),
    ]
}

#[test]
fn what_is_loaded_is_never_louder_than_before_and_after() {
    let tone = Signal::sine(FRAMES, NEAR_1_KHZ, 0.25);
    let all = extremes();
    for (from, before) in &all {
        for (to, after) in &all {
            let mut chain = chain(&same(before));
            let mut frame = 0;
            let output = tone.through(&[BLOCK], |block| {
                if frame == AT {
                    chain.expect_load();
                    chain.configure_snapshots(&same(after));
                }
                chain.process(block);
                frame += block.frames();
            });
            assert_moves_well(&format!("{from} to {to}"), &output, -1.0);
        }
    }
}

#[test]
fn another_snapshot_is_never_louder_than_before_and_after() {
    let tone = Signal::sine(FRAMES, NEAR_1_KHZ, 0.25);
    let all = extremes();
    for pair in all.windows(2).chain([&[all[6], all[2]][..], &[all[3], all[0]]]) {
        let [(from, before), (to, after)] = pair else { unreachable!() };
        let mut settings = same(before);
        settings.all[2] = *after;
        let mut chain = chain(&settings);
        let mut frame = 0;
        let output = tone.through(&[BLOCK], |block| {
            if frame == AT {
                settings.current = 2;
                chain.configure_snapshots(&settings);
            }
            chain.process(block);
            frame += block.frames();
        });
        assert_moves_well(&format!("{from} to {to}"), &output, -1.0);
    }
}

#[test]
fn a_load_does_not_depend_on_the_block_size_and_ends_in_the_settings_alone() {
    let mix = material("mix.flac");
    let frames = 4 * RATE_HZ as usize;
    let music = Signal { left: mix.left[..frames].to_vec(), right: mix.right[..frames].to_vec() };
    let all = extremes();
    for (before, after) in [(0, 3), (3, 6), (6, 0), (6, 3)] {
        let load = |sizes: &[usize]| {
            let mut chain = chain(&same(&all[before].1));
            let mut frame = 0;
            let mut dry = Signal { left: Vec::new(), right: Vec::new() };
            let output = music.through(sizes, |block| {
                if frame == AT {
                    chain.expect_load();
                    chain.configure_snapshots(&same(&all[after].1));
                    assert!(chain.is_crossing());
                }
                chain.process(block);
                dry.left.extend_from_slice(chain.dry()[0]);
                dry.right.extend_from_slice(chain.dry()[1]);
                frame += block.frames();
            });
            assert!(!chain.is_crossing());
            (output, dry, chain.latency_frames())
        };
        let (output, dry, latency) = load(&[BLOCK]);
        for sizes in [&[1][..], &[60], &[24, 8, 120, 3, 5]] {
            assert!(load(sizes).0 == output, "{before} to {after} in blocks of {sizes:?}");
        }
        // The mix is in step with the master again.
        let late = 3 * RATE_HZ as usize;
        assert!(dry.left[late..] == music.left[late - latency..frames - latency]);
        let alone = chain(&same(&all[after].1));
        assert_eq!(latency, alone.latency_frames());
    }
}

#[test]
fn the_phase_changes_without_gap_or_click_either_way() {
    // A low tone: a click would have frequencies far from it.
    let tone = Signal::sine(FRAMES, 60.0 / RATE_HZ, 0.25);
    let mut linear = limited();
    linear.equalizer.bands[2].is_on = true;
    linear.equalizer.bands[2].gain_db = 3.0;
    let minimum = linear;
    linear.equalizer.phase = EqualizerPhase::Linear;
    for (what, before, after) in [("to linear", minimum, linear), ("to minimum", linear, minimum)] {
        // Nobody has said that anything is loaded.
        let mut chain = chain(&same(&before));
        let mut settings = same(&before);
        let mut frame = 0;
        let output = tone.through(&[BLOCK], |block| {
            if frame == AT {
                // Other snapshots keep their phase.
                settings.all[0] = after;
                chain.configure_snapshots(&settings);
            }
            if frame > AT {
                chain.configure_snapshots(&settings);
            }
            chain.process(block);
            frame += block.frames();
        });
        let played = &output.left[AT - WINDOW..];
        // 60 Hz: a window of a whole period.
        let least = played
            .windows(800)
            .step_by(100)
            .map(|period| period.iter().fold(0.0f32, |most, x| most.max(x.abs())))
            .fold(f32::MAX, f32::min);
        // Two phases of the same tone may cancel while they cross.
        assert!(least > 0.1, "{what}: {least}");
        let sharpest =
            played.windows(3).map(|x| (x[2] - 2.0 * x[1] + x[0]).abs()).fold(0.0, f32::max);
        assert!(sharpest < 0.002, "{what}: {sharpest}");
    }
}

#[test]
fn a_session_loaded_over_a_bypassed_one_makes_no_burst() {
    let host = || {
        let mut host = Host::load(&bundle_path()).unwrap_or_else(|error| panic!("{error}"));
        host.activate(RATE_HZ, BLOCK).unwrap();
        host
    };
    let tone = Signal::sine(FRAMES, 1000.0 / RATE_HZ, 0.05);
    let bypass = host().bypass().unwrap().to_owned();
    let index = parameter_index("trim.gain").unwrap();
    for (from_db, to_db) in [(18.0, 0.0), (0.0, 18.0), (18.0, -18.0)] {
        for (was_bypassed, is_bypassed) in [(1.0, 0.0), (0.0, 1.0), (0.0, 0.0)] {
            let state = {
                let mut other = host();
                other.move_switch(&bypass, is_bypassed).unwrap();
                let host_value = other.host_value(index, to_db).unwrap();
                let change = [Change { frame: 0, index, host_value }];
                other.process(&mut [0.0; 64], &mut [0.0; 64], &change).unwrap();
                other.save_state().unwrap()
            };
            let mut host = host();
            host.move_switch(&bypass, was_bypassed).unwrap();
            let host_value = host.host_value(index, from_db).unwrap();
            let mut changes = vec![Change { frame: 0, index, host_value }];
            let mut frame = 0;
            let output = tone.through(&[BLOCK], |block| {
                if frame == AT {
                    host.load_state(&state).unwrap();
                }
                host.process(block.left, block.right, &changes).unwrap();
                changes.clear();
                frame += block.frames();
            });
            let what = format!("{from_db} to {to_db} dB, bypass {was_bypassed} to {is_bypassed}");
            assert_moves_well(&what, &output, -1.0);
        }
    }
}

#[test]
fn sessions_of_every_preset_load_over_each_other_below_the_ceiling() {
    let mix = material("mix.flac");
    let song = 14 * RATE_HZ as usize..;
    let music = Signal { left: mix.left[song.clone()].to_vec(), right: mix.right[song].to_vec() };
    let mut chain = chain(&same(&presets()[0].settings));
    let ceiling = |n: usize| presets()[n % presets().len()].settings.limiter.ceiling_dbtp;
    let highest = (0..presets().len()).map(ceiling).fold(f64::MIN, f64::max);
    let mut blocks = 0;
    let output = music.through(&[BLOCK], |block| {
        if blocks % 100 == 99 {
            let preset = &presets()[(blocks / 100 + 1) % presets().len()];
            chain.expect_load();
            chain.configure_snapshots(&same(&preset.settings));
        }
        chain.process(block);
        blocks += 1;
    });
    let peak = output.true_peak_db();
    assert!(peak < highest + 0.05, "{peak} dBTP");
}

#[test]
fn a_band_that_is_replaced_while_it_moves_goes_no_further_than_it_was_going() {
    let tone = Signal::sine(24_000, 1000.0 / RATE_HZ, 0.01);
    let with = |band: BandSettings| {
        let mut settings = EqualizerSettings::default();
        settings.bands[3] = BandSettings { is_on: true, ..band };
        settings
    };
    let bell = |frequency_hz, gain_db, q| BandSettings {
        shape: BandShape::Bell,
        frequency_hz,
        gain_db,
        q,
        ..BandSettings::neutral(3)
    };
    for (frequency_hz, gain_db, q) in
        [(30.0, 18.0, 12.0), (1000.0, 18.0, 12.0), (18_000.0, -18.0, 0.3), (200.0, 0.0, 0.1)]
    {
        for frames_later in [32, 64, 160, 320] {
            let mut equalizer =
                Equalizer::new(AudioSpec { sample_rate_hz: RATE_HZ, max_block_frames: 32 });
            equalizer.configure(&with(bell(frequency_hz, gain_db, q)));
            let mut frame = 0;
            let output = tone.through(&[32], |block| {
                if frame == 9600 {
                    // All of it glides to the other end,
                    equalizer.configure(&with(bell(1000.0, 12.0, 0.7)));
                }
                if frame == 9600 + frames_later {
                    // and on the way it becomes something else.
                    let shape = BandShape::HighShelf;
                    equalizer.configure(&with(BandSettings { shape, ..bell(8000.0, 1.0, 0.7) }));
                }
                equalizer.process(block);
                frame += block.frames();
            });
            // No bell is above 18 dB; what glides may ring a little on top.
            let peak = output.left.iter().fold(0.0f32, |most, x| most.max(x.abs()));
            let what =
                format!("{frequency_hz} Hz, {gain_db} dB, Q {q}, {frames_later} frames later");
            assert!(peak < 0.01 * 10.0f32.powf(19.0 / 20.0), "{what}: {peak}");
        }
    }
}

#[test]
fn a_host_that_changes_the_phase_of_a_playing_song_hears_no_gap() {
    let mut host = Host::load(&bundle_path()).unwrap_or_else(|error| panic!("{error}"));
    host.activate(RATE_HZ, BLOCK).unwrap();
    let phase = parameter_index("eq.phase").unwrap();
    let bell = ["eq.4.on", "eq.4.gain"].map(|id| parameter_index(id).unwrap());
    let mut changes = vec![
        Change { frame: 0, index: bell[0], host_value: host.host_value(bell[0], 1.0).unwrap() },
        Change { frame: 0, index: bell[1], host_value: host.host_value(bell[1], 3.0).unwrap() },
    ];
    let other = [0.0, 1.0].map(|value| host.host_value(phase, value).unwrap());
    let tone = Signal::sine(600 * BLOCK, 60.0 / RATE_HZ, 0.25);
    let mut blocks = 0;
    let output = tone.through(&[BLOCK], |block| {
        for (at, host_value) in [(100, other[1]), (350, other[0])] {
            if blocks == at {
                changes.push(Change { frame: 17, index: phase, host_value });
            }
        }
        host.process(block.left, block.right, &changes).unwrap();
        changes.clear();
        blocks += 1;
        if (100..250).contains(&blocks) || (350..500).contains(&blocks) {
            // As a host does that plays: what is asked for may come.
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    });
    assert!(host.take_restart_request(), "the latency has changed");
    let played = &output.left[50 * BLOCK..];
    let least = played
        .windows(800)
        .step_by(100)
        .map(|period| period.iter().fold(0.0f32, |most, x| most.max(x.abs())))
        .fold(f32::MAX, f32::min);
    // Two phases of the same tone may weaken each other while they cross.
    assert!(least > 0.1, "{least}");
    let sharpest = played.windows(3).map(|x| (x[2] - 2.0 * x[1] + x[0]).abs()).fold(0.0, f32::max);
    assert!(sharpest < 0.002, "{sharpest}");
}
