//! The mix check in the editor: its card, its page, and the trim that it offers.

use burnish_dsp::settings::parameter_index;
use burnish_gui::{CheckView, Edit, Page, SMALLEST_SIZE};
use burnish_session::mix_check::{Channel, Finding, Kind, Report, Span, Sureness, Verdict};
use egui::vec2;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use crate::editor::{Model, assert_all_inside, click, open, window};

fn finding(kind: Kind, sureness: Sureness) -> Finding {
    Finding {
        kind,
        sureness,
        value: -12.34,
        limit: -3.0,
        count: Some(212),
        spans: vec![
            Span { from_s: 12.3, to_s: 15.3 },
            Span { from_s: 61.0, to_s: 64.0 },
            Span { from_s: 3599.9, to_s: 3602.0 },
        ],
        band_hz: Some([2000.0, 4500.0]),
        channel: Some(Channel::Right),
    }
}

fn on_the_page(verdict: Verdict, findings: Vec<Finding>) -> Model {
    let mut model =
        Model { report: Some(Report { verdict, findings }), heard_s: 42.0, ..Model::default() };
    model.editor.choose_page(Page::Check);
    model
}

fn value(harness: &Harness<'_, Model>, name: &str) -> String {
    harness.get_by_label(name).value().unwrap_or_default()
}

#[test]
fn the_card_opens_the_page_and_goes_back() {
    let mut harness = open(Model::default());
    assert_eq!(value(&harness, "Show Check"), "--");
    click(&mut harness, "Show Check");
    assert_eq!(harness.state().editor.page(), Page::Check);
    assert!(harness.query_by_label("Check waits").is_some());
    assert!(harness.query_by_label("Verdict").is_none());
    click(&mut harness, "Show Check");
    assert_eq!(harness.state().editor.page(), Page::Stage);
    click(&mut harness, "Show Check");
    click(&mut harness, "Show Limiter");
    assert_eq!(harness.state().editor.page(), Page::Stage);
}

#[test]
fn the_verdict_is_one_so_far_until_enough_was_heard() {
    let mut harness = open(on_the_page(Verdict::Master, Vec::new()));
    assert!(value(&harness, "Verdict").starts_with("Master it"));
    assert_eq!(value(&harness, "Show Check"), "fit");
    harness.state_mut().heard_s = CheckView::ENOUGH_S - 0.1;
    harness.run();
    assert!(value(&harness, "Verdict").starts_with("So far: Master it"));
    assert_eq!(value(&harness, "Heard of the mix"), "heard 0:29");
}

#[test]
fn the_trim_is_one_gesture_and_is_not_offered_twice() {
    let mut harness = open(on_the_page(Verdict::Trim { gain_db: -5.3 }, Vec::new()));
    let edits = click(&mut harness, "Trim as the check says");
    let (on, gain) = (parameter_index("trim.on").unwrap(), parameter_index("trim.gain").unwrap());
    let sets: Vec<(usize, f64)> = edits
        .iter()
        .filter_map(|edit| match edit {
            Edit::Set(index, value) => Some((*index, *value)),
            _ => None,
        })
        .collect();
    assert!(sets.iter().all(|(index, _)| [on, gain].contains(index)), "{edits:?}");
    let set = sets.iter().find(|(index, _)| *index == gain).unwrap();
    assert!((set.1 + 5.3).abs() < 1e-9);
    harness.state_mut().settings.trim.gain_db = -5.3;
    harness.state_mut().settings.trim.is_on = true;
    harness.run();
    assert!(harness.query_by_label("Trim as the check says").is_none());
    assert!(harness.query_by_label("Trim is set").is_some());
}

#[test]
fn a_finding_says_all_that_is_known_of_it() {
    let findings =
        vec![finding(Kind::Clipping, Sureness::Certain), finding(Kind::Mud, Sureness::Uncertain)];
    let verdict = Verdict::Mix { because: vec!["Clipping"] };
    let mut harness = open(on_the_page(verdict, findings));
    for (kind, name) in [(Kind::Mud, "Finding Mud"), (Kind::Clipping, "Finding Clipping")] {
        click(&mut harness, name);
        let said = value(&harness, "About the finding");
        let words = kind.words();
        for text in [words.why, words.in_the_mix, words.mastering, words.source] {
            assert!(said.contains(text), "{said}");
        }
    }
    assert!(value(&harness, "Finding Mud").starts_with("uncertain: "));
    assert_eq!(value(&harness, "Show Check"), "to the mix");
    assert!(click(&mut harness, "Listen again").contains(&Edit::CheckAgain));
}

#[test]
fn every_finding_has_its_place_in_every_window() {
    let all: Vec<Finding> = Kind::ALL.iter().map(|kind| finding(*kind, Sureness::Likely)).collect();
    let because: Vec<&str> = Kind::ALL.iter().map(|kind| kind.words().name).collect();
    for (findings, verdict) in [
        (all, Verdict::Mix { because }),
        (Vec::new(), Verdict::Trim { gain_db: -23.9 }),
        (Vec::new(), Verdict::Nothing),
    ] {
        for [width, height] in [SMALLEST_SIZE, [1100, 700], [1600, 1000]] {
            let model = on_the_page(verdict.clone(), findings.clone());
            let size = vec2(width as f32, height as f32);
            let mut harness = window(model, size.x, size.y);
            harness.run();
            assert_all_inside(&harness, size, "the check");
        }
    }
}
