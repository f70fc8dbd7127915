//! The editor of a session with anything in any place, and loads that meet.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};

use super::*;
use burnish_dsp::compare::Listen;
use burnish_dsp::settings::Stage;
use burnish_gui::{ChosenReference, ReferenceEdit, SnapshotEdit};
use burnish_session::blind::{
    Answer, BlindEdit, BlindMode, BlindSetup, BlindSource, FEWEST_TRIALS,
};
use nice_plug::params::Params;

/// What 0.1.0 saved, with something in every field.
const STATE: &str = include_str!("../../../tests/fixtures/state-0.1.json");

struct Instance {
    parameters: Arc<BurnishParameters>,
    editor: BurnishEditor,
}

impl Instance {
    fn new() -> Self {
        let desk = Desk::new();
        let parameters = Arc::new(BurnishParameters::new(Arc::clone(&desk)));
        let editor = BurnishEditor::new(desk, Arc::clone(&parameters), Arc::default());
        Self { parameters, editor }
    }

    fn load(&self, session: &Value) {
        let fields = BTreeMap::from([("session".to_owned(), session.to_string())]);
        self.parameters.deserialize_fields(&fields);
    }

    /// What is saved of the session, as text.
    fn saved(&self) -> String {
        self.parameters.serialize_fields()["session"].clone()
    }

    /// Draws every page in a window of the session's size, as a window would.
    fn draw(&mut self) {
        let session = self.editor.desk.session();
        let (width, height) = session.editor_size;
        let context = egui::Context::default();
        Editor::install(&context);
        context.set_zoom_factor(session.editor_scale);
        for page in [Page::Stage, Page::References, Page::Balance, Page::Blind] {
            self.editor.editor.choose_page(page);
            let size = egui::vec2(width, height);
            let input = egui::RawInput {
                screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, size)),
                ..egui::RawInput::default()
            };
            let mut output = context.run_ui(input, |ui| self.editor.frame(ui));
            output.textures_delta.clear();
            assert!(!context.tessellate(output.shapes, output.pixels_per_point).is_empty());
        }
    }
}

fn full_session() -> Value {
    let state: Value = serde_json::from_str(STATE).unwrap();
    serde_json::from_str(state["fields"]["session"].as_str().unwrap()).unwrap()
}

/// The paths to everything within a value, as JSON pointers.
fn paths(value: &Value, path: &str) -> Vec<String> {
    let below = |name: String, value: &Value| {
        let path = format!("{path}/{name}");
        [paths(value, &path), vec![path]].concat()
    };
    match value {
        Value::Array(list) => {
            list.iter().enumerate().flat_map(|(n, value)| below(n.to_string(), value)).collect()
        }
        Value::Object(fields) => {
            fields.iter().flat_map(|(name, value)| below(name.clone(), value)).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn whatever_is_loaded_is_saved_as_it_was_loaded_and_can_be_shown() {
    let full = full_session();
    let mut instance = Instance::new();
    let mut seen = HashSet::new();
    for path in paths(&full, "") {
        for junk in [
            json!(null),
            json!(-1),
            json!(0),
            json!(1e-30),
            json!(1e300),
            json!(true),
            json!("\u{1}x\n\u{202e}"),
            json!("\u{e4}".repeat(5000)),
            json!([]),
            json!({}),
            json!({ "song": 1 }),
        ] {
            let mut session = full.clone();
            *session.pointer_mut(&path).unwrap() = junk;
            instance.load(&session);
            let saved = instance.saved();
            instance.load(&serde_json::from_str(&saved).unwrap());
            assert_eq!(instance.saved(), saved, "{session}");
            // Most of it comes out the same, and is drawn once.
            if seen.insert(saved) {
                instance.draw();
            }
        }
    }
    assert!(seen.len() > 100, "{}", seen.len());
}

#[test]
fn loads_and_saves_that_meet_never_mix_two_sessions() {
    let instance = Instance::new();
    let full = full_session();
    let sessions = [json!({}), full].map(|session| {
        instance.load(&session);
        instance.saved()
    });
    assert_ne!(sessions[0], sessions[1]);
    std::thread::scope(|scope| {
        for text in &sessions {
            let (instance, sessions) = (&instance, &sessions);
            scope.spawn(move || {
                let fields = BTreeMap::from([("session".to_owned(), text.clone())]);
                for _ in 0..300 {
                    instance.parameters.deserialize_fields(&fields);
                    let saved = instance.saved();
                    assert!(sessions.contains(&saved), "{saved}");
                }
            });
        }
    });
}

#[test]
fn a_song_whose_name_is_no_text_loses_no_session() {
    let instance = Instance::new();
    #[cfg(unix)]
    let path = {
        use std::os::unix::ffi::OsStringExt;
        std::ffi::OsString::from_vec(b"/music/S\xe4ngerin.wav".to_vec())
    };
    #[cfg(not(unix))]
    let path = std::ffi::OsString::from("C:\\music\\S\u{e4}ngerin.wav");
    let desk = &instance.editor.desk;
    desk.references.add(&[path.clone().into()]);
    desk.edit_session(|session| "loud".clone_into(&mut session.notes));
    let saved = instance.saved();
    desk.restore(crate::desk::Session::default());
    instance.load(&serde_json::from_str(&saved).unwrap());
    assert_eq!(desk.session().notes, "loud");
    assert_eq!(desk.references.list()[0].saved.path.as_os_str(), path);
}

/// A test of two snapshots, running or revealed, that holds what is heard.
fn begin_test(desk: &Desk, is_revealed: bool) {
    let candidates = (0..2).map(|place| Candidate {
        source: BlindSource::Snapshot(place),
        name: format!("Snapshot {place}"),
    });
    let setup = BlindSetup { mode: BlindMode::Preference, candidates: candidates.collect() };
    blind::start(desk, &setup);
    let act = |edit| blind::act(desk, &edit, |_| ChainSettings::default());
    for label in 0..2 {
        act(BlindEdit::Hear(label));
        act(BlindEdit::Rank(label, label + 1));
    }
    if is_revealed {
        act(BlindEdit::Reveal);
    }
    assert!(desk.listening().blind.is_some());
}

/// One edit of each kind that a test could stand in the way of.
fn held_edits() -> Vec<Edit> {
    let region = burnish_session::references::Region { start_s: 0.0, end_s: 1.0 };
    [
        vec![
            Edit::Listen(Listen::Mix),
            Edit::Listen(Listen::Master),
            Edit::Listen(Listen::Reference),
            Edit::Delta(Some(Stage::Limiter)),
            Edit::Solo(Some(0)),
            Edit::UnityGain(true),
        ],
        [
            SnapshotEdit::Choose(1),
            SnapshotEdit::Copy(0, 1),
            SnapshotEdit::SideBySide(true),
            SnapshotEdit::Undo,
            SnapshotEdit::Redo,
        ]
        .map(Edit::Snapshot)
        .to_vec(),
        [
            ReferenceEdit::Choose(ChosenReference::Live),
            ReferenceEdit::Remove(0),
            ReferenceEdit::Trim(0, 1.0),
            ReferenceEdit::FreeRun(0, true),
            ReferenceEdit::AddRegion(0, region),
            ReferenceEdit::MoveRegion(0, 0, region),
            ReferenceEdit::RemoveRegion(0, 0),
            ReferenceEdit::ChooseRegion(0, None),
            ReferenceEdit::LevelMatch(burnish_dsp::compare::LevelMatch::ShortTerm),
            ReferenceEdit::StopComparing,
        ]
        .map(Edit::Reference)
        .to_vec(),
    ]
    .concat()
}

#[test]
fn an_edit_that_a_test_stands_in_the_way_of_ends_its_reveal_or_says_why_it_waits() {
    for edit in held_edits() {
        let desk = Desk::new();
        assert!(blind::give_way(&desk, &edit));
        begin_test(&desk, true);
        assert!(blind::give_way(&desk, &edit), "{edit:?}");
        assert!(
            desk.listening().blind.is_none(),
            "{edit:?}: the reveal still chooses what is heard"
        );
        assert!(lock(&desk.blind).is_none());
        assert_eq!(desk.session().blind_results.summaries().len(), 1, "the result is kept");

        let desk = Desk::new();
        begin_test(&desk, false);
        assert!(!blind::give_way(&desk, &edit), "{edit:?}");
        assert!(desk.listening().blind.is_some());
        let message = desk.messages.newest().unwrap_or_default();
        assert!(message.contains("end it"), "{edit:?}: {message}");
    }
    // What neither changes the test nor what is heard goes its way.
    for edit in [
        Edit::Reference(ReferenceEdit::Add(vec!["/nowhere/song.wav".into()])),
        Edit::Reference(ReferenceEdit::Rename(0, "Song".to_owned())),
        Edit::Notes("later".to_owned()),
        Edit::Monitor(burnish_dsp::monitor::Monitor::Mono),
        Edit::Delta(None),
    ] {
        for is_revealed in [false, true] {
            let desk = Desk::new();
            begin_test(&desk, is_revealed);
            assert!(blind::give_way(&desk, &edit), "{edit:?}");
            assert!(
                desk.listening().blind.is_some() && desk.messages.newest().is_none(),
                "{edit:?}"
            );
        }
    }
}

#[test]
fn a_test_that_ends_by_itself_leaves_the_master_to_be_heard() {
    // The last answer of ABX, and stopping after some, choose nothing to go on with.
    for stops in [false, true] {
        let desk = Desk::new();
        let candidates = (0..2).map(|place| Candidate {
            source: BlindSource::Snapshot(place),
            name: format!("Snapshot {place}"),
        });
        let mode = BlindMode::Abx { trials: FEWEST_TRIALS };
        blind::start(&desk, &BlindSetup { mode, candidates: candidates.collect() });
        let act = |edit| blind::act(&desk, &edit, |_| ChainSettings::default());
        for _ in 0..if stops { 2 } else { FEWEST_TRIALS } {
            for label in 0..3 {
                act(BlindEdit::Hear(label));
                assert!(desk.listening().blind.is_some_and(|blind| blind.source.is_some()));
            }
            act(BlindEdit::Answer(Answer::A));
        }
        if stops {
            act(BlindEdit::Stop);
        }
        assert!(lock(&desk.blind).as_ref().is_some_and(|test| !test.is_running()));
        assert!(desk.listening().blind.is_some_and(|blind| blind.source.is_none()), "{stops}");
    }
}

#[test]
fn only_snapshots_that_were_set_are_put_to_a_test() {
    let offered = |are_set, has_reference| -> Vec<String> {
        let candidates = views::candidates(["", "Loud", "", ""], are_set, has_reference);
        candidates.into_iter().map(|candidate| candidate.name).collect()
    };
    assert_eq!(offered([true, false, false, false], false), ["Snapshot A", "Mix"]);
    let all = ["Snapshot A", "B: Loud", "Snapshot D", "Mix", "Reference"];
    assert_eq!(offered([true, true, false, true], true), all);
}
