//! The page of the tonal balance: it says the next step, reads what was
//! measured, asks for what its controls say, and keeps inside the window.

use burnish_dsp::equalizer::BandShape;
use burnish_gui::{
    BalanceEdit, ChosenReference, Edit, LiveInput, Page, ReferenceStatus, SMALLEST_SIZE,
};
use burnish_session::balance::{BANDS, Balance, BandDynamics, Dynamics, NOMINAL_HZ, Side};
use burnish_session::tonal_match::{Limit, Move, Proposal};
use egui::{Key, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use crate::editor::{Model, assert_all_inside, click, drag, open, song, taken, window};

fn side(level_db: impl Fn(f64) -> f64, value: f64) -> Side {
    let band = BandDynamics { crest_db: Some(value), width_db: Some(value) };
    Side {
        curve_db: NOMINAL_HZ.map(|hz| Some(level_db(hz))),
        dynamics: Dynamics {
            integrated_lufs: Some(value),
            loudness_range_lu: Some(value),
            true_peak_dbtp: Some(value),
            plr_db: Some(value),
            bands: [band; 3],
        },
    }
}

fn proposal() -> Proposal {
    let made =
        |band, shape, frequency_hz, gain_db| Move { band, shape, frequency_hz, gain_db, q: 1.0 };
    Proposal {
        moves: vec![
            made(2, BandShape::Bell, 240.0, -2.14),
            made(7, BandShape::HighShelf, 12_500.0, 1.5),
        ],
        target_db: [Some(1.0); BANDS],
        distance_before_db: 4.23,
        distance_predicted_db: 1.31,
        limits: vec![Limit::Most(3.0)],
        ..Proposal::default()
    }
}

/// A model on the page with everything measured.
pub(crate) fn measured() -> Model {
    let master = side(|hz| if hz == 1000.0 { -6.0 } else { 0.0 }, -10.04);
    let reference = side(|_| 0.0, 9.0);
    let mut model = Model {
        references: vec![song("song.flac", ReferenceStatus::Ready)],
        chosen: ChosenReference::Song(0),
        balance: Some(Balance::new(Some(side(|_| 0.0, -22.7)), Some(master), &[reference])),
        proposal: Some(proposal()),
        ..Model::default()
    };
    model.editor.choose_page(Page::Balance);
    model
}

fn value(harness: &Harness<'_, Model>, name: &str) -> String {
    harness.get_by_label(name).value().unwrap_or_default()
}

#[test]
fn what_is_missing_is_the_next_step() {
    let mut model = Model::default();
    model.editor.choose_page(Page::Balance);
    let mut harness = open(model);
    let says = |harness: &mut Harness<'_, Model>, words: &str| {
        harness.run();
        let text = value(harness, "Difference missing");
        assert!(text.contains(words), "{text}");
    };
    says(&mut harness, "Load a reference");
    harness.state_mut().references = vec![song("song.flac", ReferenceStatus::Loading(0.5))];
    harness.state_mut().chosen = ChosenReference::Song(0);
    says(&mut harness, "being read");
    harness.state_mut().references[0].status = ReferenceStatus::Failed("no such file".into());
    says(&mut harness, "find it");
    harness.state_mut().chosen = ChosenReference::Live;
    says(&mut harness, "side-chain");
    assert!(!LiveInput::default().is_connected);
    harness.state_mut().balance = Some(Balance::new(None, None, &[side(|_| 0.0, 0.0)]));
    says(&mut harness, "Play the song");
    assert!(harness.query_by_label("Apply match").is_none());
    assert!(harness.query_by_label("Match distance").is_none());
}

#[test]
fn the_three_sides_are_read_beside_each_other() {
    let mut harness = open(measured());
    let minus = "\u{2212}";
    assert_eq!(
        value(&harness, "Compared Integrated"),
        format!("mix {minus}22.7, master {minus}10.0, reference 9.0 LUFS")
    );
    for name in ["LRA", "True peak", "PLR", "Crest low", "Crest high", "Width mid", "Width high"] {
        let text = value(&harness, &format!("Compared {name}"));
        assert!(text.contains("reference 9.0"), "{name}: {text}");
    }
    assert!(value(&harness, "Tonal distance").starts_with("1.2 dB"));
    let difference = value(&harness, "Difference");
    assert!(difference.starts_with("1 of 31 bands outside"), "{difference}");
    assert!(difference.contains("rule of thumb"), "{difference}");
    let mono = &mut harness.state_mut().balance.as_mut().unwrap().master.as_mut().unwrap().dynamics;
    (mono.bands[0].width_db, mono.plr_db) = (Some(f64::NEG_INFINITY), None);
    harness.run();
    assert!(value(&harness, "Compared Width low").contains(&format!("master {minus}\u{221e}")));
    assert!(value(&harness, "Compared PLR").contains("master --"));
}

#[test]
fn several_references_say_whose_spread_the_tolerance_is() {
    let mut model = measured();
    let references = [side(|_| 0.0, 8.0), side(|hz| if hz == 500.0 { 4.0 } else { 0.0 }, 10.0)];
    model.balance = Some(Balance::new(None, Some(side(|_| 0.0, 9.0)), &references));
    let harness = open(model);
    let difference = value(&harness, "Difference");
    assert!(difference.contains("standard deviation of 2 references"), "{difference}");
}

#[test]
fn the_moves_are_said_in_words_with_what_limited_them() {
    let harness = open(measured());
    let minus = "\u{2212}";
    assert_eq!(value(&harness, "Move 1"), format!("Band 3: bell 240 Hz, {minus}2.1 dB, Q 1.0"));
    assert_eq!(value(&harness, "Move 2"), "Band 8: high shelf 12.5kHz, +1.5 dB, Q 1.0");
    assert_eq!(value(&harness, "Match distance"), "4.2 dB now, 1.3 dB predicted");
    assert!(value(&harness, "Match limited by").contains("the moves together are held at 3 dB"));
}

#[test]
fn every_control_asks_for_what_it_says() {
    let ask = |edit| vec![Edit::Balance(edit)];
    for size in [vec2(SMALLEST_SIZE[0] as f32, SMALLEST_SIZE[1] as f32), vec2(1100.0, 700.0)] {
        let mut harness = window(measured(), size.x, size.y);
        assert_eq!(click(&mut harness, "Apply match"), ask(BalanceEdit::Apply));
        assert_eq!(click(&mut harness, "Match at most 6 dB"), ask(BalanceEdit::MostDb(6.0)));
        assert_eq!(click(&mut harness, "Match at most 12 dB"), ask(BalanceEdit::MostDb(12.0)));
        assert_eq!(click(&mut harness, "Match at most 3 dB"), [], "it is there already");
        assert_eq!(click(&mut harness, "Match amount"), ask(BalanceEdit::Amount(0.5)));
        let edits = drag(&mut harness, "Match amount", vec2(-400.0, 0.0));
        assert_eq!(edits.last(), Some(&Edit::Balance(BalanceEdit::Amount(0.0))));
        harness.get_by_label("Match amount").focus();
        harness.run();
        taken(&mut harness);
        harness.key_press(Key::ArrowLeft);
        harness.run();
        assert_eq!(taken(&mut harness), ask(BalanceEdit::Amount(0.95)));
        harness.get_by_label("Match amount").set_value_accesskit(30.0);
        harness.run();
        assert_eq!(taken(&mut harness), ask(BalanceEdit::Amount(0.3)));
        // One reference has no average.
        let average = "Compare with the average";
        assert!(harness.get_by_label(average).accesskit_node().is_disabled());
        harness.state_mut().references.push(song("other.flac", ReferenceStatus::Ready));
        harness.run();
        assert_eq!(click(&mut harness, average), ask(BalanceEdit::Average(true)));
        assert_eq!(click(&mut harness, "Compare with this reference"), []);
    }
}

#[test]
fn moves_are_held_and_let_go_of_at_every_size() {
    for size in [vec2(SMALLEST_SIZE[0] as f32, SMALLEST_SIZE[1] as f32), vec2(1100.0, 700.0)] {
        let mut harness = window(measured(), size.x, size.y);
        let hold = |is_held| vec![Edit::Balance(BalanceEdit::Hold(is_held))];
        assert_eq!(click(&mut harness, "Hold the moves"), hold(true));
        // The distances have their room beside it.
        let [distance, button] =
            ["Match distance", "Hold the moves"].map(|name| harness.get_by_label(name).rect());
        assert!(distance.right() < button.left() && distance.width() > 90.0, "{distance} {button}");
        assert!(button.right() < harness.get_by_label("Apply match").rect().left());
        harness.state_mut().is_match_held = true;
        harness.run();
        assert!(harness.query_by_label("Hold the moves").is_none());
        assert_eq!(click(&mut harness, "Let go of the moves"), hold(false));
        harness.get_by_label("Let go of the moves").hover();
        harness.run_steps(60);
        assert!(harness.query_by_label_contains("These moves are held").is_some());
    }
}

#[test]
fn without_moves_there_is_nothing_to_apply_and_the_reason_is_said() {
    let mut model = measured();
    model.proposal = Some(Proposal {
        limits: vec![Limit::NoFreeBand],
        distance_before_db: 3.0,
        distance_predicted_db: 3.0,
        ..Proposal::default()
    });
    let harness = open(model);
    assert!(harness.query_by_label("Apply match").is_none());
    assert!(harness.query_by_label("Hold the moves").is_none());
    assert!(value(&harness, "Match limited by").contains("all 8 bands"));
}

#[test]
fn a_small_window_shows_readings_or_moves() {
    let mut harness = window(measured(), SMALLEST_SIZE[0] as f32, SMALLEST_SIZE[1] as f32);
    assert!(harness.query_by_label("Compared PLR").is_some());
    assert!(harness.query_by_label("Move 1").is_none());
    assert_eq!(click(&mut harness, "Show moves"), []);
    assert!(harness.query_by_label("Compared PLR").is_none());
    assert!(harness.query_by_label("Move 2").is_some());
    let mut harness = open(measured());
    harness.run();
    assert!(harness.query_by_label("Show moves").is_none(), "there is room for both");
}

/// Everything as extreme as it can be.
fn extreme(value: f64) -> Model {
    let mut model = measured();
    let long = "A name that has just about 40 characters";
    model.references = vec![song(long, ReferenceStatus::Ready), song(long, ReferenceStatus::Ready)];
    model.message = Some(long.repeat(5));
    let mut balance = Balance::new(
        Some(side(|_| value, value)),
        Some(side(|hz| if hz > 100.0 { value } else { 0.0 }, value)),
        &[side(|_| 0.0, value), side(|_| value, value)],
    );
    balance.difference_db = Some([Some(value); BANDS]);
    balance.tolerance_db = [value.abs(); BANDS];
    balance.references = 20;
    model.balance = Some(balance);
    let moves = (0..8).map(|band| Move {
        band,
        shape: BandShape::HighShelf,
        frequency_hz: value,
        gain_db: value,
        q: value,
    });
    model.proposal = Some(Proposal {
        moves: moves.collect(),
        target_db: [Some(value); BANDS],
        predicted_db: [value; BANDS],
        distance_before_db: value,
        distance_predicted_db: value,
        limits: vec![Limit::Most(12.0), Limit::FewBands(7), Limit::EqualizerOff],
        ..Proposal::default()
    });
    model
}

#[test]
fn nothing_leaves_the_window_whatever_is_compared() {
    let smallest = vec2(SMALLEST_SIZE[0] as f32, SMALLEST_SIZE[1] as f32);
    for size in [smallest, vec2(1100.0, 700.0), vec2(1600.0, 1000.0)] {
        let mut empty = Model::default();
        empty.editor.choose_page(Page::Balance);
        let values = [99.9, -99.9, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e300];
        let models = values.map(extreme).into_iter().chain(vec![empty, measured()]);
        for (n, model) in models.enumerate() {
            let mut harness = window(model, size.x, size.y);
            harness.run();
            assert_all_inside(&harness, size, &format!("model {n} at {size}"));
            if harness.query_by_label("Show moves").is_some() {
                click(&mut harness, "Show moves");
                assert_all_inside(&harness, size, &format!("moves of model {n} at {size}"));
            }
        }
    }
}
