//! What is not used is not there: an instance is small, and grows when it is asked to.

use std::sync::Arc;
use std::thread;

use burnish_dsp::chain::{Chain, PathHandOver, SNAPSHOTS, SnapshotSettings};
use burnish_dsp::compare::{Compare, HandOver, Request, Source};
use burnish_dsp::equalizer::EqualizerPhase;
use burnish_dsp::processor::AudioSpec;
use burnish_dsp::settings::ChainSettings;
use burnish_session::snapshots::SnapshotBank;
use burnish_tests::host::{Host, bundle_path};
use burnish_tests::saved_state::edit_session;
use nice_assert_no_alloc::assert_no_alloc;

use crate::support::{Signal, alone, limited};

const BLOCK: usize = 512;
const SPEC: AudioSpec = AudioSpec { sample_rate_hz: 48_000.0, max_block_frames: BLOCK };

/// Four trims in four snapshots.
fn trims() -> [ChainSettings; SNAPSHOTS] {
    [0.0, -6.0, -9.0, 3.0].map(|gain_db| {
        let mut settings = limited();
        settings.trim.gain_db = gain_db;
        settings
    })
}

/// The same, one of them in linear phase.
fn one_linear() -> [ChainSettings; SNAPSHOTS] {
    let mut all = trims();
    all[2].equalizer.phase = EqualizerPhase::Linear;
    all
}

fn serve(paths: &Arc<PathHandOver>) -> bool {
    let paths = Arc::clone(paths);
    thread::spawn(move || paths.serve()).join().unwrap()
}

#[test]
fn one_path_does_until_the_others_arrive_and_nothing_clicks_when_they_do() {
    let tone = Signal::sine(4 * 48_000, 60.0 / 48_000.0, 0.1);
    for source in [Source::Snapshot(1), Source::Snapshot(2)] {
        let paths = PathHandOver::new(SPEC);
        let mut chain = Chain::with_snapshots_on_demand(SPEC, Arc::clone(&paths));
        let mut alone = Chain::new(SPEC);
        let mut compare = Compare::new(SPEC, HandOver::new());
        let mut settings = SnapshotSettings { all: trims(), current: 1, are_side_by_side: false };
        let request = Request { source, ..Request::default() };
        let mut blocks = 0;
        let output = tone.through(&[BLOCK], |block| {
            blocks += 1;
            settings.are_side_by_side = blocks > 50;
            if blocks == 100 {
                assert!(serve(&paths), "they were asked for");
            }
            let mut expected = Signal { left: block.left.to_vec(), right: block.right.to_vec() };
            assert_no_alloc(|| {
                chain.configure_snapshots(&settings);
                chain.process(block);
                compare.process(&request, block, &chain, None);
            });
            assert_eq!(chain.snapshot_output(3).is_some(), blocks >= 100);
            if blocks < 100 {
                alone.configure(&settings.all[1]);
                expected = expected.through(&[BLOCK], |block| alone.process(block));
                assert!(block.left == expected.left && block.right == expected.right);
            }
        });
        // They were asked for once, and what was left of them is freed here.
        assert!(!serve(&paths));
        let latency = chain.latency_frames();
        let steps =
            output.left[latency + 4800..].windows(3).map(|x| (x[2] - 2.0 * x[1] + x[0]).abs());
        let sharpest = steps.fold(0.0, f32::max);
        assert!(sharpest < 0.0005, "{sharpest}, {source:?}");
        // All are brought to the quietest, of -9 dB, whichever is heard.
        let level = output.left[3 * 48_000..].iter().copied().fold(0.0, f32::max);
        let level_db = 20.0 * (level / 0.1).log10();
        assert!((level_db + 9.0).abs() < 0.1, "{level_db}, {source:?}");
    }
}

#[test]
fn who_needs_one_path_asks_for_no_other() {
    let paths = PathHandOver::new(SPEC);
    let mut chain = Chain::with_snapshots_on_demand(SPEC, Arc::clone(&paths));
    let input = Signal::noise(20 * BLOCK, 0.3, 7);
    let mut current = 0;
    input.through(&[BLOCK], |block| {
        current = (current + 1) % SNAPSHOTS;
        chain.configure_snapshots(&SnapshotSettings {
            all: trims(),
            current,
            are_side_by_side: false,
        });
        chain.process(block);
    });
    paths.prepare(&trims());
    assert!(!serve(&paths));
}

#[test]
fn paths_that_are_prepared_are_as_if_they_had_always_been_there() {
    for all in [trims(), one_linear()] {
        for are_side_by_side in [false, true] {
            let paths = PathHandOver::new(SPEC);
            let mut prepared = Chain::with_snapshots_on_demand(SPEC, Arc::clone(&paths));
            paths.prepare(&one_linear());
            let mut chain = Chain::with_snapshots(SPEC);
            let mut settings = SnapshotSettings { all, current: 1, are_side_by_side };
            let input = Signal::noise(60 * BLOCK, 0.3, 8);
            let [expected, found] = [&mut chain, &mut prepared].map(|chain| {
                let mut blocks = 0;
                settings.current = 1;
                input.through(&[BLOCK], |block| {
                    blocks += 1;
                    settings.current = if blocks > 30 { 3 } else { 1 };
                    chain.configure_snapshots(&settings);
                    chain.process(block);
                })
            });
            assert!(found == expected);
        }
    }
}

#[test]
fn a_session_that_is_loaded_into_a_running_stream_renders_as_one_that_was_there_before() {
    let host = || Host::load(&bundle_path()).unwrap_or_else(|error| panic!("{error}"));
    let mut first = host();
    let state = edit_session(&first.save_state().unwrap(), |session| {
        session["snapshots"] = serde_json::to_value(SnapshotBank::from(one_linear())).unwrap();
    })
    .unwrap();
    let input = Signal::noise(40 * BLOCK, 0.3, 9);
    let render = |host: &mut Host| {
        let mut blocks = 0;
        input.through(&[BLOCK], |block| {
            blocks += 1;
            if blocks == 20 {
                host.move_switch("Snapshot", 2.0).unwrap();
            }
            host.process(block.left, block.right, &[]).unwrap();
        })
    };
    first.load_state(&state).unwrap();
    first.activate(SPEC.sample_rate_hz, BLOCK).unwrap();
    let mut second = host();
    second.activate(SPEC.sample_rate_hz, BLOCK).unwrap();
    second.load_state(&state).unwrap();
    assert!(render(&mut first) == render(&mut second));
}

/// Memory of this program that is in use, MB.
#[cfg(target_os = "linux")]
fn resident_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1000.0
}

#[test]
#[cfg(target_os = "linux")]
fn an_active_instance_takes_less_than_12_mb() {
    alone("on_demand::an_active_instance_takes_less_than_12_mb", || {
        const INSTANCES: usize = 4;
        let load = || Host::load(&bundle_path()).unwrap_or_else(|error| panic!("{error}"));
        let tone = Signal::sine(48_000, 997.0 / 48_000.0, 0.8);
        // All stay: what one rate has given back is no room for the next.
        let mut kept = Vec::new();
        for rate_hz in [48_000.0, 192_000.0] {
            let mut hosts: Vec<Host> = (0..INSTANCES).map(|_| load()).collect();
            let before_mb = resident_mb();
            for host in &mut hosts {
                host.activate(rate_hz, 4096).unwrap();
                tone.through(&[4096], |block| host.process(block.left, block.right, &[]).unwrap());
            }
            let each_mb = (resident_mb() - before_mb) / INSTANCES as f64;
            assert!(each_mb < 12.0, "{each_mb} MB at {rate_hz} Hz");
            kept.append(&mut hosts);
        }
    });
}
