//! Comparing in a real host: switches, side-chain, sessions, and what a render contains.

use std::path::Path;
use std::time::{Duration, Instant};

use burnish_session::preset::find_preset;
use burnish_session::snapshots::SnapshotBank;
use burnish_tests::host::{Host, bundle_path};
use burnish_tests::saved_state::{edit_session, read_state};
use serde_json::json;

use crate::support::{Signal, limited, material, material_path};

const BLOCK: usize = 512;

fn host() -> Host {
    let mut host = Host::load(&bundle_path()).unwrap_or_else(|error| panic!("{error}"));
    host.activate(48_000.0, BLOCK).unwrap();
    host
}

fn through(host: &mut Host, input: &Signal) -> Signal {
    input.through(&[BLOCK], |block| host.process(block.left, block.right, &[]).unwrap())
}

/// Four trims in four snapshots.
fn bank() -> SnapshotBank {
    SnapshotBank::from([0.0, -6.0, -12.0, 3.0].map(|gain_db| {
        let mut settings = limited();
        settings.trim.gain_db = gain_db;
        settings
    }))
}

/// A host with these snapshots and nothing else.
fn with_snapshots() -> Host {
    let mut host = host();
    let state = edit_session(&host.save_state().unwrap(), |session| {
        session["snapshots"] = serde_json::to_value(bank()).unwrap();
    })
    .unwrap();
    host.load_state(&state).unwrap();
    host
}

fn level_db(signal: &Signal) -> f64 {
    let tail = &signal.left[signal.left.len() - 4800..];
    let power: f64 = tail.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / 4800.0;
    10.0 * power.log10()
}

#[test]
fn a_controller_switches_snapshots_without_an_editor() {
    let mut host = with_snapshots();
    let tone = Signal::sine(24_000, 997.0 / 48_000.0, 0.1);
    let plain_db = level_db(&through(&mut host, &tone));
    for (position, gain_db) in [(1.0, -6.0), (2.0, -12.0), (3.0, 3.0), (0.0, 0.0)] {
        host.move_switch("Snapshot", position).unwrap();
        let change_db = level_db(&through(&mut host, &tone)) - plain_db;
        assert!((change_db - gain_db).abs() < 0.01, "{change_db} for {gain_db}");
    }
}

#[test]
fn a_render_has_the_selected_snapshot_and_a_session_brings_it_back() {
    let mut host = with_snapshots();
    let tone = Signal::sine(24_000, 997.0 / 48_000.0, 0.1);
    let plain_db = level_db(&through(&mut host, &tone));
    host.move_switch("Snapshot", 2.0).unwrap();
    // The listening switches are for listening.
    host.move_switch("Listen To", 0.0).unwrap();
    through(&mut host, &tone);
    let state = host.save_state().unwrap();
    let mut again = self::host();
    again.load_state(&state).unwrap();
    assert_eq!(again.switch("Snapshot").map(f64::round), Some(2.0));
    again.set_offline(true).unwrap();
    again.activate(48_000.0, BLOCK).unwrap();
    // Whatever a controller does while it renders.
    again.move_switch("Listen To", 0.0).unwrap();
    let change_db = level_db(&through(&mut again, &tone)) - plain_db;
    assert!((change_db + 12.0).abs() < 0.01, "{change_db}");
    // Names, settings and all else of the four come back.
    let saved = read_state(&again.save_state().unwrap()).unwrap();
    let bank: SnapshotBank =
        serde_json::from_value(saved["fields"]["session"]["snapshots"].clone()).unwrap();
    assert_eq!(bank.all_settings(), self::bank().all_settings());
}

/// Plays until a condition holds, as a host that goes on with silence.
fn play_until(host: &mut Host, what: &str, mut holds: impl FnMut(&mut Host) -> bool) {
    let started = Instant::now();
    while !holds(host) {
        assert!(started.elapsed() < Duration::from_mins(1), "{what}");
        std::thread::sleep(Duration::from_millis(20));
        host.process(&mut [0.0; 64], &mut [0.0; 64], &[]).unwrap();
    }
}

fn references(host: &mut Host) -> serde_json::Value {
    let state = read_state(&host.save_state().unwrap()).unwrap();
    state["fields"]["session"]["references"].clone()
}

fn load_references(host: &mut Host, paths: &[&Path]) {
    let state = edit_session(&host.save_state().unwrap(), |session| {
        session["references"] = paths.iter().map(|path| json!({ "path": path })).collect();
        session["chosen_reference"] = json!({ "song": 0 });
    })
    .unwrap();
    host.load_state(&state).unwrap();
    // The worker starts with the stream.
    host.activate(48_000.0, BLOCK).unwrap();
    let count = paths.len();
    play_until(host, "the references to be read", |host| {
        let list = references(host);
        (0..count).all(|n| list[n]["sha256"].as_str().is_some_and(|hash| !hash.is_empty()))
    });
}

#[test]
fn references_are_heard_by_switches_and_land_on_the_master_with_a_new_stream() {
    let mut host = host();
    load_references(&mut host, &[&material_path("reference.flac"), &material_path("mix.flac")]);
    let song = material("reference.flac");
    let silence = Signal::noise(48_000, 0.01, 1);
    host.play_from(Some(0));
    through(&mut host, &silence);
    host.move_switch("Listen To", 2.0).unwrap();
    through(&mut host, &silence);
    // It follows the song: after two seconds of playing and a latency.
    let latency = host.latency_frames();
    let heard = through(&mut host, &silence);
    let from = 2 * 48_000 - latency;
    let likeness = correlation(&heard.left[4800..], &song.left[from + 4800..from + 48_000]);
    assert!(likeness > 0.9999, "{likeness}");
    // The next one.
    host.move_switch("Next Reference", 1.0).unwrap();
    let other = material("mix.flac");
    let heard = through(&mut host, &silence);
    let from = 3 * 48_000 - latency;
    let likeness = correlation(&heard.left[4800..], &other.left[from + 4800..from + 48_000]);
    assert!(likeness > 0.9999, "{likeness}");
    host.activate(48_000.0, BLOCK).unwrap();
    let latency = host.latency_frames();
    let master = through(&mut host, &silence);
    assert!(master.left[latency..] == silence.left[..48_000 - latency]);
}

fn correlation(a: &[f32], b: &[f32]) -> f64 {
    let product = |a: &[f32], b: &[f32]| -> f64 {
        a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    product(a, b) / (product(a, a) * product(b, b)).sqrt()
}

#[test]
fn the_side_chain_is_a_live_reference_in_step_with_the_master() {
    let mut host = host();
    let state = edit_session(&host.save_state().unwrap(), |session| {
        session["chosen_reference"] = json!("live");
    })
    .unwrap();
    host.load_state(&state).unwrap();
    let mix = Signal::noise(5 * 48_000, 0.05, 1);
    let song = Signal::noise(5 * 48_000, 0.2, 2);
    through(&mut host, &mix);
    host.set_side_chain(&song.left, &song.right);
    host.move_switch("Listen To", 2.0).unwrap();
    let heard = through(&mut host, &mix);
    let latency = host.latency_frames();
    let (from, to) = (4 * 48_000, 5 * 48_000);
    let likeness = correlation(&heard.left[from..to], &song.left[from - latency..to - latency]);
    assert!(likeness > 0.999_99, "{likeness}");
    // A side-chain that falls silent gives silence, whatever the host does meanwhile.
    let silence = |frames: usize| Signal { left: vec![0.0; frames], right: vec![0.0; frames] };
    through(&mut host, &silence(6 * 48_000 + 100));
    host.reset();
    let rest = silence(300).through(&[300, 17, 512], |block| {
        host.process(block.left, block.right, &[]).unwrap();
    });
    assert!(rest.left.iter().all(|sample| *sample == 0.0));
    // Noise of a quarter of its level: as loud as the master.
    let gain = level_db(&heard) - level_db(&song);
    assert!((gain + 12.04).abs() < 0.1, "{gain}");
}

#[test]
fn a_missing_reference_keeps_its_name_hash_and_measures() {
    let mut host = host();
    let entry = json!({
        "path": "/nowhere/Signal Fires.flac",
        "name": "The one with the bass",
        "sha256": "ab",
        "facts": {
            "integrated_lufs": -9.0, "loudness_range_lu": 4.0, "true_peak_dbtp": -0.5,
            "plr_db": 8.5, "duration_s": 200.0
        },
        "regions": [{ "start_s": 10.0, "end_s": 20.0 }],
        "region": 0,
    });
    let state = edit_session(&host.save_state().unwrap(), |session| {
        session["references"] = json!([entry, { "path": material_path("reference.flac") }]);
    })
    .unwrap();
    host.load_state(&state).unwrap();
    host.activate(48_000.0, BLOCK).unwrap();
    // What can be read is read all the same.
    play_until(&mut host, "the other reference", |host| {
        references(host)[1]["sha256"].as_str().is_some_and(|hash| hash.len() == 64)
    });
    let kept = references(&mut host);
    for (key, value) in entry.as_object().unwrap() {
        assert_eq!(&kept[0][key], value, "{key}");
    }
}

#[test]
fn a_session_with_four_snapshots_stays_small() {
    let settings = find_preset("start").expect("built in").settings;
    let mut host = host();
    let changes = host.changes_to(&settings).unwrap();
    host.process(&mut [0.0; 64], &mut [0.0; 64], &changes).unwrap();
    let state = host.save_state().unwrap();
    let bytes = state.len();
    assert!(bytes < 60_000, "a session of {bytes} bytes");
}
