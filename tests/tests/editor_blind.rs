//! The page of the blind test: what it asks for, and that nothing in the whole
//! editor gives the answer away while a test runs.

use burnish_dsp::compare::Listen;
use burnish_dsp::settings::Stage;
use burnish_gui::{BlindPageEdit, Edit, Page, SMALLEST_SIZE};
use burnish_session::blind::{
    Answer, BlindEdit, BlindMode, BlindSetup, BlindSource, BlindTest, Candidate,
};
use egui::{Key, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use proptest::prelude::*;

use crate::editor::{Model, assert_all_inside, assert_apart, click, open, taken, window};

const NAMES: [&str; 6] = [
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
        BlindSource::Snapshot(4),
        BlindSource::Snapshot(5),
    ];
    let named = |(i, source): (usize, &BlindSource)| Candidate {
        source: *source,
        name: NAMES.get(i).map_or_else(|| format!("More of them {i}"), |name| (*name).to_owned()),
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
fn labels_are_heard_ranked_and_described() {
    let mut harness = open(running(BlindMode::Preference, 3));
    assert!(harness.query_by_label("X: rank 1").is_none(), "nothing was heard yet");
    assert_eq!(click(&mut harness, "Hear Y"), asked(BlindEdit::Hear(1)));
    act(&mut harness, "Hear Y");
    assert_eq!(click(&mut harness, "Y: rank 2"), asked(BlindEdit::Rank(1, 2)));
    act(&mut harness, "Y: open");
    let edits = click(&mut harness, "Y: open");
    assert_eq!(edits, asked(BlindEdit::Word(1, "open".into(), false)));
    harness.get_by_label("Y: own word").click();
    harness.run();
    harness.get_by_label("Y: own word").type_text("glassy");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    let edits = taken(&mut harness);
    assert_eq!(edits, asked(BlindEdit::Word(1, "glassy".into(), true)));
    carry_out(harness.state_mut(), &edits);
    harness.run();
    let edits = click(&mut harness, "Y: glassy");
    assert_eq!(edits, asked(BlindEdit::Word(1, "glassy".into(), false)));
    harness.get_by_label("Y: notes").click();
    harness.run();
    harness.get_by_label("Y: notes").type_text("too much bass");
    harness.run();
    assert_eq!(taken(&mut harness), asked(BlindEdit::Notes(1, "too much bass".into())));
}

#[test]
fn with_the_keyboard_on_a_label_figures_and_letters_choose() {
    let mut harness = open(running(BlindMode::Preference, 3));
    harness.key_press(Key::Num2);
    harness.run();
    assert_eq!(taken(&mut harness), [], "the keys are the host's");
    harness.get_by_label("Hear X").focus();
    harness.run();
    harness.key_press(Key::Num2);
    harness.run();
    assert_eq!(taken(&mut harness), asked(BlindEdit::Hear(1)));
    harness.key_press(Key::Z);
    harness.run();
    assert_eq!(taken(&mut harness), asked(BlindEdit::Hear(2)));
}

#[test]
fn a_test_is_revealed_once_nothing_is_missing_and_then_put_away() {
    let mut harness = open(running(BlindMode::Preference, 3));
    assert_eq!(click(&mut harness, "Reveal"), []);
    let missing = |harness: &Harness<'_, Model>| {
        harness.get_by_label("Before it can be revealed").value().unwrap()
    };
    assert_eq!(missing(&harness), "Still to do: hear X, Y and Z; rank X, Y and Z.");
    for (label, rank) in [("X", 2), ("Y", 1), ("Z", 2)] {
        act(&mut harness, &format!("Hear {label}"));
        act(&mut harness, &format!("{label}: rank {rank}"));
    }
    act(&mut harness, "Z: dull");
    let edits = click(&mut harness, "Reveal");
    assert_eq!(edits, asked(BlindEdit::Reveal));
    carry_out(harness.state_mut(), &edits);
    harness.run();
    let names: Vec<String> = {
        let test = harness.state().blind_test.as_ref().unwrap();
        test.revealed().unwrap().iter().map(|candidate| candidate.name.clone()).collect()
    };
    for (label, name, rank) in [("X", &names[0], 2), ("Y", &names[1], 1), ("Z", &names[2], 2)] {
        let told = harness.get_by_label(&format!("{label} was")).value().unwrap();
        assert!(told.starts_with(&format!("{name}; rank {rank}")), "{told}");
    }
    assert!(harness.query_by_label("Integrated loudness").is_some(), "the meters are back");
    assert_eq!(click(&mut harness, "Done"), asked(BlindEdit::Close));
}

#[test]
fn while_a_test_or_its_reveal_chooses_what_is_heard_the_bar_says_so_and_ends_it() {
    let mut harness = open(running(BlindMode::Preference, 2));
    let heard = |harness: &Harness<'_, Model>| {
        ["Hear Mix", "Hear Master", "Hear Reference"]
            .into_iter()
            .filter(|name| {
                let node = harness.get_by_label(name);
                node.accesskit_node().is_selected() == Some(true)
            })
            .count()
    };
    assert_eq!(heard(&harness), 0);
    // No single click ends a test that runs: its page asks.
    assert_eq!(click(&mut harness, "End the test"), []);
    harness.run();
    assert_eq!(click(&mut harness, "Go on"), []);
    harness.run();
    for name in ["Hear Y", "Y: rank 1", "Hear Z", "Z: rank 2", "Reveal"] {
        act(&mut harness, name);
    }
    assert_eq!(heard(&harness), 0, "what is lit is not heard");
    for (name, edit) in [
        ("Hear Mix", Edit::Listen(Listen::Mix)),
        ("Hear Master", Edit::Listen(Listen::Master)),
        ("Delta", Edit::Delta(Some(Stage::Limiter))),
    ] {
        assert_eq!(click(&mut harness, name), [edit], "{name}");
    }
    assert_eq!(click(&mut harness, "End the test"), asked(BlindEdit::Close));
}

#[test]
fn abx_asks_what_x_is_and_keeps_the_score_to_itself() {
    let mut harness = open(abx());
    assert_eq!(click(&mut harness, "X is A"), [], "nothing was heard yet");
    let mut told = Vec::new();
    for trial in 1..=16 {
        let value = harness.get_by_label("Trial").value().unwrap();
        assert_eq!(value, format!("Trial {trial} of 16"));
        for label in ["Hear A", "Hear B", "Hear X"] {
            act(&mut harness, label);
        }
        assert_nothing_told(&harness, &value);
        let mut seen = words(&harness);
        seen.retain(|text| !text.contains("Trial ") && !text.contains("of 16"));
        told.push(seen);
        if trial == 1 {
            assert_eq!(click(&mut harness, "X is B"), asked(BlindEdit::Answer(Answer::B)));
        }
        act(&mut harness, "X is A");
    }
    // Right or wrong, every trial looks like the last, but for how the way out is asked for.
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{told:?}");
    let test = harness.state().blind_test.as_ref().unwrap();
    let outcome = test.outcome().unwrap();
    let name = test.revealed().unwrap()[0].name.clone();
    let score = harness.get_by_label("Score").value().unwrap();
    assert_eq!(score, format!("{} of 16 right, {}", outcome.correct, outcome.p_text()));
    assert_eq!(harness.get_by_label("A was").value().unwrap(), name);
    let meaning = harness.get_by_label("What it means").value().unwrap();
    assert!(meaning.contains("Pure guessing"), "{meaning}");
}

#[test]
fn abx_can_be_extended_and_stopped_but_asks_before_it_stops() {
    let mut harness = open(abx());
    assert_eq!(click(&mut harness, "Add trials"), asked(BlindEdit::Extend(8)));
    assert_eq!(click(&mut harness, "Stop"), []);
    let question = harness.get_by_label("Question").value().unwrap();
    assert!(question.contains("Nothing will be kept"), "{question}");
    assert_eq!(click(&mut harness, "Go on"), []);
    for label in ["Hear A", "Hear B", "Hear X", "X is B"] {
        act(&mut harness, label);
    }
    assert_eq!(click(&mut harness, "Stop"), []);
    let question = harness.get_by_label("Question").value().unwrap();
    assert!(question.contains("after 1 of 16"), "{question}");
    assert_eq!(click(&mut harness, "Stop now"), asked(BlindEdit::Stop));
    assert!(harness.query_by_label("Question").is_none());
}

#[test]
fn before_all_are_equally_loud_nothing_can_be_heard_or_answered() {
    let kinds: [Kind; 2] = [|| running(BlindMode::Preference, 3), abx];
    for kind in kinds {
        let mut model = kind();
        let label = if model.blind_test.as_ref().unwrap().trial().is_some() { "A" } else { "Y" };
        model.is_level = false;
        let mut harness = open(model);
        let text = harness.get_by_label("Level match").value().unwrap();
        assert!(text.contains("play on for a few seconds"), "{text}");
        assert_eq!(click(&mut harness, &format!("Hear {label}")), []);
        assert!(harness.query_by_label("X is A").is_none());
        harness.state_mut().is_level = true;
        harness.run();
        assert_eq!(click(&mut harness, &format!("Hear {label}")).len(), 1);
    }
}

#[test]
fn nothing_in_the_whole_editor_gives_the_answer_away_while_a_test_runs() {
    for size in [vec2(1100.0, 700.0), vec2(SMALLEST_SIZE[0] as f32, SMALLEST_SIZE[1] as f32)] {
        for page in [Page::Stage, Page::References, Page::Balance, Page::Blind] {
            let kinds: [(Kind, [&str; 3]); 2] = [
                (|| running(BlindMode::Preference, 6), ["Hear U", "Hear W", "Hear Z"]),
                (abx, ["Hear A", "Hear B", "Hear X"]),
            ];
            for (kind, labels) in kinds {
                let mut model = kind();
                model.editor.choose_page(page);
                let mut harness = window(model, size.x, size.y);
                assert_nothing_told(&harness, "before");
                for label in labels {
                    act(&mut harness, label);
                    assert_nothing_told(&harness, label);
                }
                assert!(harness.query_by_label("Meters").is_some());
                assert!(harness.query_by_label("Limiter On").is_none());
                assert!(harness.query_by_label("Integrated loudness").is_none());
                click(&mut harness, "Stop");
                assert_nothing_told(&harness, "stop");
            }
        }
    }
}

#[test]
fn earlier_results_are_listed_the_newest_first() {
    let mut model = page(4);
    model.blind_results = (0..50).map(|day| format!("Day {day:02}  Preference")).collect();
    let harness = open(model);
    assert!(harness.query_by_label("Day 49  Preference").is_some());
    assert!(harness.query_by_label("Day 00  Preference").is_none(), "further down");
}

/// Every state of the page, with names and notes as long as they can be.
fn states() -> Vec<(&'static str, Model)> {
    let mut with_opinions = running(BlindMode::Preference, 8);
    let mut edits: Vec<BlindEdit> = (0..8).map(BlindEdit::Hear).collect();
    for label in 0..8 {
        edits.push(BlindEdit::Rank(label, 8 - label));
        edits.push(BlindEdit::Notes(label, "What was heard about it. ".repeat(8)));
        for word in ["open", "harsh", "muddy"] {
            edits.push(BlindEdit::Word(label, word.into(), true));
        }
        for own in ["wwwwwwwwwwwwwwwwwwww", "mmmmmmmmmmmmmmmmmmmm", "glassy", "a"] {
            edits.push(BlindEdit::Word(label, own.into(), true));
        }
    }
    let asked = |edits: Vec<BlindEdit>| -> Vec<Edit> {
        edits.into_iter().map(|edit| Edit::Blind(BlindPageEdit::Test(edit))).collect()
    };
    carry_out(&mut with_opinions, &asked(edits.clone()));
    let mut revealed = running(BlindMode::Preference, 8);
    edits.push(BlindEdit::Reveal);
    carry_out(&mut revealed, &asked(edits));
    let mut stopped = running(BlindMode::Abx { trials: 5 }, 2);
    let answers = [0, 1, 2].map(BlindEdit::Hear).to_vec();
    let answers = [answers, vec![BlindEdit::Extend(95), BlindEdit::Answer(Answer::A)]].concat();
    let mut long = abx();
    carry_out(&mut long, &asked([vec![BlindEdit::Extend(84)], answers[..3].to_vec()].concat()));
    carry_out(&mut stopped, &asked([answers, vec![BlindEdit::Stop]].concat()));
    let mut full = page(8);
    for candidate in &mut full.candidates {
        "A name that has just about 40 characters".clone_into(&mut candidate.name);
    }
    full.blind_results = vec!["A result that goes on and on ".repeat(8); 60];
    let mut unlevel = running(BlindMode::Preference, 2);
    unlevel.is_level = false;
    vec![
        ("nothing to compare", page(0)),
        ("set up", full),
        ("unlevel", unlevel),
        ("begun", running(BlindMode::Preference, 3)),
        ("with opinions", with_opinions),
        ("revealed", revealed),
        ("ABX begun", abx()),
        ("ABX long", long),
        ("ABX stopped", stopped),
    ]
}

#[test]
fn nothing_leaves_the_window_in_any_state() {
    let smallest = vec2(SMALLEST_SIZE[0] as f32, SMALLEST_SIZE[1] as f32);
    for size in [smallest, vec2(1100.0, 700.0), vec2(1600.0, 1000.0)] {
        for (name, model) in states() {
            let mut harness = window(model, size.x, size.y);
            harness.run();
            assert_all_inside(&harness, size, &format!("{name} at {size}"));
            if harness.query_by_label("Stop").is_some() {
                click(&mut harness, "Stop");
                assert_all_inside(&harness, size, &format!("{name}, stopping, at {size}"));
            }
        }
    }
}

#[test]
fn no_two_controls_of_the_page_overlap() {
    let smallest = vec2(SMALLEST_SIZE[0] as f32, SMALLEST_SIZE[1] as f32);
    for size in [smallest, vec2(1100.0, 700.0)] {
        for (state, model) in states() {
            let harness = window(model, size.x, size.y);
            let is_control = |name: &str| {
                let starts =
                    ["Hear ", "Test", "X is ", "Start", "Stop", "Reveal", "Done", "Make me"];
                starts.iter().any(|start| name.starts_with(start))
                    && name != "Hear Mix"
                    && name != "Hear Master"
                    && name != "Hear Reference"
                    || name.contains(": ") && !name.contains("EQ")
            };
            let is_shown = |name: &str| is_control(name) && !name.ends_with("notes");
            let count = assert_apart(&harness, &format!("{state} at {size}"), is_shown);
            assert!(count > 0, "{state}");
        }
    }
}

proptest! {
    /// Whatever is done in whatever order, a running test shows the same for every seed.
    #[test]
    fn no_story_of_a_test_shows_its_seed(
        steps in prop::collection::vec((0..8_usize, 0..4_usize), 0..40),
        is_abx: bool,
        seeds in [any::<u64>(), any::<u64>()],
    ) {
        let mode = if is_abx { BlindMode::Abx { trials: 100 } } else { BlindMode::Preference };
        let count = if is_abx { 2 } else { 4 };
        let setup = BlindSetup { mode, candidates: candidates(count) };
        let tell = |seed| {
            let mut test = BlindTest::new(&setup, seed).unwrap();
            let mut told = Vec::new();
            for (action, label) in &steps {
                let edit = match action {
                    0..=2 => BlindEdit::Hear(*label),
                    3 => BlindEdit::Rank(*label, 1),
                    4 => BlindEdit::Word(*label, "open".into(), true),
                    5 => BlindEdit::Answer(Answer::A),
                    6 => BlindEdit::Answer(Answer::B),
                    _ => BlindEdit::Extend(1),
                };
                told.push(format!("{:?} {test:?} {:?}", test.apply(&edit), test.missing()));
            }
            told
        };
        prop_assert_eq!(tell(seeds[0]), tell(seeds[1]));
    }
}
