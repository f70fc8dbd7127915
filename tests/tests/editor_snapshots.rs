//! Snapshots, undo and redo in the header, and the history behind them.

use burnish_gui::{Edit, SMALLEST_SIZE, SnapshotEdit, SnapshotsView};

use burnish_session::history::{History, MOST_STEPS};
use egui::{Key, Modifiers, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use proptest::prelude::*;

use crate::editor::{Model, assert_all_inside, click, open, taken, three_blind, window};

const LONG: &str = "A name that has just about 40 characters";
const SIZES: [[u32; 2]; 3] = [SMALLEST_SIZE, [1100, 700], [1600, 1000]];

fn size(size: [u32; 2]) -> Vec2 {
    vec2(size[0] as f32, size[1] as f32)
}

fn with(snapshots: SnapshotsView<'static>) -> Model {
    Model { snapshots, ..Model::default() }
}

fn value(harness: &Harness<'_, Model>, name: &str) -> String {
    harness.get_by_label(name).value().unwrap_or_default()
}

fn is_disabled(harness: &Harness<'_, Model>, name: &str) -> bool {
    harness.get_by_label(name).accesskit_node().is_disabled()
}

fn press(harness: &mut Harness<'_, Model>, modifiers: Modifiers, key: Key) -> Vec<Edit> {
    harness.key_press_modifiers(modifiers, key);
    harness.run();
    taken(harness)
}

const UNDO: Edit = Edit::Snapshot(SnapshotEdit::Undo);
const REDO: Edit = Edit::Snapshot(SnapshotEdit::Redo);

#[test]
fn a_snapshot_is_chosen_by_its_letter() {
    for [width, height] in SIZES {
        let mut harness = window(Model::default(), width as f32, height as f32);
        for (place, letter) in ["A", "B", "C", "D"].iter().enumerate() {
            let expected: &[Edit] = match place {
                // It is the current one already.
                0 => &[],
                _ => &[Edit::Snapshot(SnapshotEdit::Choose(place))],
            };
            assert_eq!(click(&mut harness, &format!("Snapshot {letter}")), expected);
        }
    }
}

#[test]
fn each_says_its_name_and_whether_it_equals_the_current_one() {
    let harness = open(with(SnapshotsView {
        names: ["", "Louder", "", LONG],
        current: 1,
        is_same_as_current: [true, true, false, false],
        are_side_by_side: true,
        turned_down_db: [1.26, 0.0, 0.01, 99.9],
        ..SnapshotsView::default()
    }));
    let same = "A, the same settings as the current one, 1.3 dB down for equal loudness";
    assert_eq!(value(&harness, "Snapshot A"), same);
    assert_eq!(value(&harness, "Snapshot B"), "B: Louder, the current one");
    assert_eq!(value(&harness, "Snapshot C"), "C");
    assert!(value(&harness, "Snapshot D").starts_with(&format!("D: {LONG}, 99.9 dB down")));
}

#[test]
fn the_menu_renames_copies_and_runs_side_by_side() {
    let current = SnapshotsView { current: 2, names: ["", "", "v2", ""], ..Default::default() };
    for [width, height] in SIZES {
        let mut harness = window(with(current), width as f32, height as f32);
        assert_eq!(click(&mut harness, "Snapshot menu"), []);
        assert_eq!(value(&harness, "Snapshot name"), "v2");
        let expected = [Edit::Snapshot(SnapshotEdit::Match(true))];
        assert_eq!(click(&mut harness, "Switch at equal loudness"), expected);
        click(&mut harness, "Snapshot name");
        harness.get_by_label("Snapshot name").type_text("b");
        harness.run();
        let renamed = Edit::Snapshot(SnapshotEdit::Rename(2, "v2b".into()));
        assert_eq!(taken(&mut harness).last(), Some(&renamed));
        assert!(harness.query_by_label("Copy C to C").is_none());
        let copied = [Edit::Snapshot(SnapshotEdit::Copy(2, 3))];
        assert_eq!(click(&mut harness, "Copy C to D"), copied);
        assert!(harness.query_by_label("Snapshot name").is_none(), "a copy closes the menu");
    }
}

#[test]
fn a_right_click_opens_the_menu_of_that_snapshot() {
    let mut harness =
        open(with(SnapshotsView { names: ["", "Wide", "", ""], ..Default::default() }));
    harness.get_by_label("Snapshot B").click_secondary();
    harness.run();
    harness.remove_cursor();
    harness.run();
    assert_eq!(taken(&mut harness), []);
    assert_eq!(value(&harness, "Snapshot name"), "Wide");
    let copied = [Edit::Snapshot(SnapshotEdit::Copy(1, 0))];
    assert_eq!(click(&mut harness, "Copy B to A"), copied);
}

#[test]
fn a_name_ends_at_forty_characters() {
    let names = [&LONG[..38], "", "", ""];
    let mut harness = open(with(SnapshotsView { names, ..Default::default() }));
    click(&mut harness, "Snapshot menu");
    click(&mut harness, "Snapshot name");
    harness.get_by_label("Snapshot name").type_text("and more");
    harness.run();
    let edits = taken(&mut harness);
    let Some(Edit::Snapshot(SnapshotEdit::Rename(0, name))) = edits.last() else {
        panic!("{edits:?}")
    };
    assert_eq!(name.chars().count(), 40, "{name}");
}

#[test]
fn undo_and_redo_name_their_steps_and_wait_while_there_are_none() {
    let mut harness = open(Model::default());
    assert!(is_disabled(&harness, "Undo") && is_disabled(&harness, "Redo"));
    assert_eq!(value(&harness, "Undo"), "Nothing to undo");
    assert_eq!(click(&mut harness, "Undo"), []);
    assert_eq!(press(&mut harness, Modifiers::COMMAND, Key::Z), []);
    harness.state_mut().snapshots.undo = Some("Limiter gain");
    harness.state_mut().snapshots.redo = Some("Preset Loud");
    harness.run();
    assert!(!is_disabled(&harness, "Undo") && !is_disabled(&harness, "Redo"));
    assert_eq!(value(&harness, "Undo"), "Undo: Limiter gain");
    assert_eq!(value(&harness, "Redo"), "Redo: Preset Loud");
    assert_eq!(click(&mut harness, "Undo"), [UNDO]);
    assert_eq!(click(&mut harness, "Redo"), [REDO]);
}

#[test]
fn the_keys_undo_unless_a_text_field_has_them() {
    let snapshots =
        SnapshotsView { undo: Some("Glue"), redo: Some("Glue"), ..SnapshotsView::default() };
    let mut harness = open(with(snapshots));
    let shift = Modifiers::COMMAND.plus(Modifiers::SHIFT);
    assert_eq!(press(&mut harness, Modifiers::COMMAND, Key::Z), [UNDO]);
    assert_eq!(press(&mut harness, Modifiers::COMMAND, Key::Y), [REDO]);
    assert_eq!(press(&mut harness, shift, Key::Z), [REDO]);
    assert_eq!(press(&mut harness, Modifiers::NONE, Key::Z), []);
    click(&mut harness, "Notes");
    for (modifiers, key) in [(Modifiers::COMMAND, Key::Z), (Modifiers::COMMAND, Key::Y)] {
        let edits = press(&mut harness, modifiers, key);
        assert!(!edits.iter().any(|edit| matches!(edit, Edit::Snapshot(_))), "{edits:?}");
    }
}

#[test]
fn a_blind_test_hides_what_would_tell_the_candidates_apart() {
    let mut harness = open(Model {
        blind_test: Some(three_blind()),
        ..with(SnapshotsView {
            names: ["Quiet", "Louder", "", ""],
            current: 1,
            is_same_as_current: [false, true, true, false],
            undo: Some("Snapshot B"),
            redo: Some("Snapshot A"),
            ..SnapshotsView::default()
        })
    });
    let parts = ["Snapshot A", "Snapshot B", "Snapshot C", "Snapshot D", "Snapshot menu", "Undo"];
    for name in parts.into_iter().chain(["Redo", "Presets"]) {
        assert!(is_disabled(&harness, name), "{name}");
        let told = value(&harness, name);
        for secret in ["Quiet", "Louder", "current", "Snapshot"] {
            assert!(!told.contains(secret), "{name}: {told}");
        }
        assert_eq!(click(&mut harness, name), [], "{name}");
        harness.get_by_label(name).click_secondary();
        harness.run();
        assert!(harness.query_by_label("Snapshot name").is_none(), "{name}");
    }
    for place in ["A", "B", "C", "D"] {
        let name = format!("Snapshot {place}");
        let node = harness.get_by_label(&name);
        assert_ne!(node.accesskit_node().toggled(), Some(egui::accesskit::Toggled::True));
    }
    assert_eq!(press(&mut harness, Modifiers::COMMAND, Key::Z), []);
}

#[test]
fn the_header_holds_everything_side_by_side_whatever_it_shows() {
    let full = SnapshotsView {
        names: [LONG; 4],
        current: 3,
        is_same_as_current: [true; 4],
        are_side_by_side: true,
        turned_down_db: [f64::INFINITY, f64::NAN, 99.9, -99.9],
        undo: Some(LONG),
        redo: Some(LONG),
        ..SnapshotsView::default()
    };
    let names = [
        "Snapshot A",
        "Snapshot B",
        "Snapshot C",
        "Snapshot D",
        "Snapshot menu",
        "Undo",
        "Redo",
        "Presets",
        "Target",
        "Notes",
        "Scale",
        "Help",
    ];
    for wanted in SIZES {
        for snapshots in [SnapshotsView::default(), full] {
            let mut harness = window(with(snapshots), wanted[0] as f32, wanted[1] as f32);
            let places: Vec<_> =
                names.iter().map(|name| harness.get_by_label(name).rect()).collect();
            for (i, place) in places.iter().enumerate() {
                assert!(place.width() >= 20.0 && place.height() >= 20.0, "{}", names[i]);
                if let Some(next) = places.get(i + 1) {
                    assert!(place.right() <= next.left() + 0.5, "{} at {wanted:?}", names[i]);
                }
            }
            click(&mut harness, "Snapshot menu");
            assert_all_inside(&harness, size(wanted), "the menu of the snapshots");
        }
    }
}

proptest! {
    #[test]
    fn the_history_is_that_of_a_plain_list(
        doings in prop::collection::vec((0..4_u8, 0..5_i32), 0..700)
    ) {
        let mut history = History::new();
        // All states from the first to the last, and which of them is present.
        let (mut states, mut present) = (vec![0], 0);
        for (doing, value) in doings {
            match doing {
                0 => {
                    if let Some(step) = history.undo() {
                        prop_assert_eq!(step.from, states[present]);
                        present -= 1;
                        prop_assert_eq!(step.to, states[present]);
                    } else {
                        prop_assert_eq!(present, 0);
                    }
                }
                1 => {
                    if let Some(step) = history.redo() {
                        prop_assert_eq!(step.from, states[present]);
                        present += 1;
                        prop_assert_eq!(step.to, states[present]);
                    } else {
                        prop_assert_eq!(present, states.len() - 1);
                    }
                }
                _ => {
                    history.record(value.to_string(), states[present], value);
                    if value != states[present] {
                        states.truncate(present + 1);
                        states.push(value);
                        if states.len() > MOST_STEPS + 1 {
                            states.remove(0);
                        }
                        present = states.len() - 1;
                        let name = value.to_string();
                        prop_assert_eq!(history.undo_name(), Some(name.as_str()));
                    }
                }
            }
            prop_assert_eq!(history.undo_name().is_some(), present > 0);
            prop_assert_eq!(history.redo_name().is_some(), present + 1 < states.len());
        }
    }
}
