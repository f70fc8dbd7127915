//! The page of the blind test: what it asks for, and that nothing in the whole
//! editor gives the answer away while a test runs.

pub(crate) mod layout;
mod running;
mod secrets;

use burnish_dsp::compare::Listen;
use burnish_dsp::settings::Stage;
use burnish_gui::{BlindPageEdit, Edit, Page, SMALLEST_SIZE};
use burnish_session::blind::{
    Answer, BlindEdit, BlindMode, BlindSetup, BlindSource, BlindTest, Candidate, MOST_CANDIDATES,
};
use egui::{Key, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use proptest::prelude::*;

use crate::editor::{Model, assert_all_inside, assert_apart, click, open, taken, window};

const NAMES: [&str; MOST_CANDIDATES] = [
    "Cautious master",
    "Noisier master",
    "Sculpted master",
    "Fourth master",
    "Bare mix",
    "Another song of about forty characters..",
];

fn candidates(count: usize) -> Vec<Candidate> {
    let sources = [
        BlindSource::Snapshot(0),
        BlindSource::Snapshot(1),
        BlindSource::Snapshot(2),
        BlindSource::Snapshot(3),
        BlindSource::Mix,
        BlindSource::Reference,
    ];
    let named = |(i, source): (usize, &BlindSource)| Candidate {
        source: *source,
        name: NAMES[i].to_owned(),
    };
    sources[..count].iter().enumerate().map(named).collect()
}

/// The page with all that can be tested, and with readings that would tell.
fn page(count: usize) -> Model {
    let mut model = Model { candidates: candidates(count), ..Model::default() };
    model.editor.choose_page(Page::Blind);
    for (offset, point) in [(0.0, &mut model.meters.input), (0.5, &mut model.meters.output)] {
        point.loudness.integrated_lufs = -12.34 - offset;
        point.loudness.momentary_lufs = -11.23 - offset;
        point.loudness.short_term_lufs = -10.12 - offset;
        point.loudness.loudness_range_lu = 7.89;
        point.max_true_peak_dbtp = [-1.67; 2];
        point.true_peak_dbtp = [-3.45; 2];
        point.plr_db = 9.87;
    }
    model
}

fn running(mode: BlindMode, count: usize) -> Model {
    let mut model = page(count);
    let setup = BlindSetup { mode, candidates: candidates(count) };
    model.blind_test = Some(BlindTest::new(&setup, 42).unwrap());
    model
}

/// A kind of test that runs.
type Kind = fn() -> Model;

fn abx() -> Model {
    running(BlindMode::Abx { trials: 16 }, 2)
}

/// Carries out what was asked for, as the plug-in does.
fn carry_out(model: &mut Model, edits: &[Edit]) {
    for edit in edits {
        let Edit::Blind(BlindPageEdit::Test(edit)) = edit else { panic!("{edit:?}") };
        let test = model.blind_test.as_mut().unwrap();
        test.apply(edit).unwrap();
        model.blind_heard = test.heard_label();
    }
}

fn act(harness: &mut Harness<'_, Model>, name: &str) {
    let edits = click(harness, name);
    assert_eq!(edits.len(), 1, "{name}: {edits:?}");
    carry_out(harness.state_mut(), &edits);
    harness.run();
}

fn asked(edit: BlindEdit) -> [Edit; 1] {
    [Edit::Blind(BlindPageEdit::Test(edit))]
}

/// Names and values of all that is accessible.
fn words(harness: &Harness<'_, Model>) -> Vec<String> {
    let nodes = harness.root().children_recursive();
    let words = nodes.flat_map(|node| {
        let node = node.accesskit_node();
        [node.label(), node.value(), node.description()]
    });
    words.flatten().collect()
}

#[track_caller]
fn assert_nothing_told(harness: &Harness<'_, Model>, what: &str) {
    let told = words(harness);
    assert!(told.len() > 8, "{what}: {told:?}");
    for text in told {
        for name in NAMES {
            assert!(!text.contains(name), "{what}: \"{text}\" tells a name");
        }
        for unit in ["LUFS", "dBTP", "dBFS", " LU", "LRA"] {
            // Where the master is going is not a reading.
            let is_target = text.contains("Spotify");
            assert!(is_target || !text.contains(unit), "{what}: \"{text}\" is a reading");
        }
        for reading in ["12.3", "12.8", "11.2", "11.7", "10.1", "10.6", "7.9", "1.7", "3.5", "9.9"]
        {
            assert!(!text.contains(reading), "{what}: \"{text}\" is a reading");
        }
        for score in ["right", "correct", "wrong"] {
            assert!(!text.contains(score), "{what}: \"{text}\" tells the score");
        }
    }
}

#[test]
fn a_test_is_set_up_from_the_candidates() {
    let mut harness = open(page(6));
    let expected = |mode, places: &[usize]| {
        let all = candidates(6);
        let candidates = places.iter().map(|place| all[*place].clone()).collect();
        [Edit::Blind(BlindPageEdit::Start(BlindSetup { mode, candidates }))]
    };
    let start = click(&mut harness, "Start");
    assert_eq!(start, expected(BlindMode::Preference, &[0, 1, 2, 3]), "the masters");
    assert_eq!(click(&mut harness, "Test Bare mix"), []);
    assert_eq!(click(&mut harness, "Test Noisier master"), []);
    assert_eq!(click(&mut harness, "Start"), expected(BlindMode::Preference, &[0, 2, 3, 4]));
    click(&mut harness, "Test: ABX");
    assert_eq!(click(&mut harness, "Start"), [], "ABX takes two");
    let why = harness.get_by_label("Before it can start").value().unwrap();
    assert!(why.contains("exactly 2"), "{why}");
    click(&mut harness, "Test Sculpted master");
    click(&mut harness, &format!("Test {}", NAMES[3]));
    let abx = |trials| BlindMode::Abx { trials };
    assert_eq!(click(&mut harness, "Start"), expected(abx(16), &[0, 4]));
    click(&mut harness, "Trials");
    click(&mut harness, "25 trials");
    assert_eq!(click(&mut harness, "Start"), expected(abx(25), &[0, 4]));
    assert_eq!(click(&mut harness, "Make me three"), [Edit::Blind(BlindPageEdit::MakeThree)]);
}

#[test]
fn earlier_results_are_listed_the_newest_first() {
    let mut model = page(4);
    model.blind_results = (0..50).map(|day| format!("Day {day:02}  Preference")).collect();
    let harness = open(model);
    assert!(harness.query_by_label("Day 49  Preference").is_some());
    assert!(harness.query_by_label("Day 00  Preference").is_none(), "further down");
}
