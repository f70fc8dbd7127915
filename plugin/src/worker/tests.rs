use std::path::{Path, PathBuf};
use std::time::Instant;

use burnish_dsp::chain::{Chain, PathHandOver, SNAPSHOTS, SnapshotSettings};
use burnish_dsp::processor::AudioSpec;

use super::*;
use burnish_gui::ReferenceStatus;
use burnish_session::references::ReferenceFacts;

const RATE_HZ: f32 = 48_000.0;

/// A desk with these references, and the stream started.
fn desk(paths: &[PathBuf]) -> Arc<Desk> {
    let desk = Desk::new();
    desk.references.add(paths);
    desk.stream.start(RATE_HZ, 0, false);
    desk
}

fn material(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../material").join(name)
}

/// Waits for something to become true.
#[track_caller]
fn wait_for(what: &str, mut is_true: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_true() {
        assert!(started.elapsed() < Duration::from_mins(2), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn has_settled(desk: &Desk) -> bool {
    desk.references.list().iter().all(|reference| match reference.status {
        ReferenceStatus::Ready => reference.details.is_some(),
        ReferenceStatus::Failed(_) => true,
        _ => false,
    })
}

#[test]
fn a_missing_reference_is_reported_and_keeps_what_is_known_of_it() {
    let path = PathBuf::from("/nowhere/Signal Fires.flac");
    let desk = desk(std::slice::from_ref(&path));
    let facts = ReferenceFacts {
        integrated_lufs: -9.0,
        loudness_range_lu: Some(4.0),
        true_peak_dbtp: -0.5,
        plr_db: 8.5,
        duration_s: 200.0,
    };
    desk.references.edit(0, |reference| {
        reference.saved.facts = Some(facts);
        reference.saved.sha256 = "ab".repeat(32);
    });
    let keeper = WorkerKeeper::default();
    keeper.start(&desk);
    wait_for("a message", || has_settled(&desk));
    let reference = &desk.references.list()[0];
    let ReferenceStatus::Failed(message) = &reference.status else {
        panic!("{:?}", reference.status);
    };
    assert!(message.contains("expected") && message.contains("no such file"), "{message}");
    assert_eq!(reference.saved.path, path);
    assert_eq!(reference.saved.facts, Some(facts));
    assert_eq!(reference.saved.sha256.len(), 64);
}

#[test]
fn references_are_measured_one_after_the_other_and_what_fails_stops_none() {
    let desk =
        desk(&[material("mix.flac"), "/nowhere/gone.wav".into(), material("reference.flac")]);
    let keeper = WorkerKeeper::default();
    keeper.start(&desk);
    wait_for("all to be read", || has_settled(&desk));
    let list = desk.references.list();
    assert!(matches!(list[1].status, ReferenceStatus::Failed(_)));
    let facts = list[2].saved.facts.unwrap();
    // The figures that come with the file.
    assert!((facts.integrated_lufs + 10.0).abs() < 0.1, "{facts:?}");
    assert!(facts.true_peak_dbtp < 0.0);
    assert!(list[2].details.as_ref().unwrap().spectrum.windows > 0);
    assert_eq!(list[2].saved.sha256.len(), 64);
    assert!(!list[2].waveform.is_empty());
    // Another rate: all of it again, without losing the list.
    desk.stream.start(44_100.0, 0, false);
    wait_for("the new rate", || {
        desk.references.list().iter().any(|r| r.status != ReferenceStatus::Ready)
    });
    wait_for("all to be read again", || has_settled(&desk));
    assert_eq!(desk.references.list().len(), 3);
}

#[test]
fn a_rate_that_changes_while_a_song_is_read_fails_none() {
    let desk = desk(&[material("mix.flac"), material("reference.flac")]);
    let keeper = WorkerKeeper::default();
    keeper.start(&desk);
    for rate_hz in [96_000.0, 44_100.0, 88_200.0, 48_000.0] {
        wait_for("a song to be under way", || {
            let list = desk.references.list();
            list.iter().any(|r| matches!(r.status, ReferenceStatus::Loading(_)))
        });
        desk.stream.start(rate_hz, 0, false);
    }
    wait_for("the last rate", || {
        let list = desk.references.list();
        list.iter().all(|r| r.status == ReferenceStatus::Ready && r.details.is_some())
    });
}

#[test]
fn a_stream_gets_the_paths_that_it_asks_for() {
    let desk = desk(&[]);
    let spec = AudioSpec { sample_rate_hz: f64::from(RATE_HZ), max_block_frames: 64 };
    let paths = PathHandOver::new(spec);
    let mut chain = Chain::with_snapshots_on_demand(spec, Arc::clone(&paths));
    desk.stream.set_paths(Some(paths));
    let keeper = WorkerKeeper::default();
    keeper.start(&desk);
    let settings = SnapshotSettings { are_side_by_side: true, ..SnapshotSettings::default() };
    wait_for("the paths", || {
        chain.configure_snapshots(&settings);
        chain.snapshot_output(SNAPSHOTS - 1).is_some()
    });
}

#[test]
fn what_is_taken_out_while_it_loads_is_gone_at_once() {
    let desk = desk(&[material("mix.flac"), material("reference.flac")]);
    let keeper = WorkerKeeper::default();
    keeper.start(&desk);
    desk.references.remove(0);
    wait_for("the other", || has_settled(&desk));
    assert_eq!(desk.references.list().len(), 1);
    assert_eq!(desk.references.list()[0].status, ReferenceStatus::Ready);
}
