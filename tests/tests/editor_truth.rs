//! The editor says what is so: readings where there are any, of what they are
//! called, and clicks that do what they announce.

use burnish_dsp::compare::Listen;
use burnish_dsp::equalizer::BandShape;
use burnish_dsp::settings::Stage;
use burnish_gui::{
    BalanceEdit, ChosenReference, Edit, Page, ReferenceStatus, SnapshotEdit, SnapshotsView,
};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use crate::editor::{Model, click, index, open, song, taken, three_blind, window};

fn value(harness: &Harness<'_, Model>, name: &str) -> String {
    harness.get_by_label(name).value().unwrap_or_default()
}

#[test]
fn silence_and_no_data_are_no_numbers() {
    for (width, height) in [(1100.0, 700.0), (1600.0, 1000.0), (800.0, 500.0)] {
        for stage in Stage::ALL {
            let harness = window(Model::on(stage), width, height);
            assert_eq!(value(&harness, "Integrated loudness"), "-- LUFS");
            for name in ["Momentary", "Loudness range", "Peak to loudness ratio"] {
                if let Some(node) = harness.query_by_label(name) {
                    let text = node.value().unwrap_or_default();
                    assert!(text.starts_with("--"), "{stage:?}, {name}: {text}");
                }
            }
            assert_eq!(value(&harness, "Correlation").trim(), "--");
            for node in harness.query_all_by_role(egui::accesskit::Role::Meter) {
                let text = node.value().unwrap_or_default();
                assert!(!text.contains('\u{221e}'), "{stage:?}: {text}");
            }
            assert!(harness.query_by_label("Glue detector").is_none(), "there is no level");
        }
    }
}

#[test]
fn the_large_number_is_no_button() {
    let mut harness = open(Model::default());
    assert_eq!(click(&mut harness, "Integrated loudness"), []);
    assert_eq!(click(&mut harness, "Reset meters"), [Edit::ResetMeters]);
}

#[test]
fn the_trim_gives_the_gain_that_it_announces() {
    let gain_of = |peak_dbfs: f64, true_peak_dbtp: f64| {
        let mut model = Model::on(Stage::Trim);
        model.meters.input.max_peak_dbfs = [peak_dbfs, peak_dbfs - 3.0];
        model.meters.input.max_true_peak_dbtp = [true_peak_dbtp; 2];
        match click(&mut open(model), "Peaks to -6 dBFS")[..] {
            [Edit::TrimToHeadroom(gain_db)] => gain_db,
            ref edits => panic!("{edits:?}"),
        }
    };
    // True peak is another quantity, and is not spoken of.
    assert!((gain_of(-2.5, -1.2) + 3.5).abs() < 1e-9);
    let most_db = gain_of(-80.0, -79.0);
    assert!((most_db - 24.0).abs() < 1e-9 || most_db <= 24.0, "{most_db}");
    let mut harness = open(Model::on(Stage::Trim));
    assert!(harness.query_by_label("Peaks to -6 dBFS").is_none());
    assert_eq!(taken(&mut harness), []);
}

#[test]
fn a_steady_offset_is_amber_and_leaning_music_is_not() {
    let reading = |offset: f64, error: f64| {
        let mut model = Model::default();
        model.meters.output.loudness.measured_s = 30.0;
        model.meters.output.dc_offset = [offset, 0.0];
        model.meters.output.dc_error = [error; 2];
        value(&window(model, 1100.0, 900.0), "DC offset")
    };
    assert_eq!(reading(0.0013, 0.0012), "-- dBFS");
    assert_eq!(reading(0.01, 0.0001), "\u{2212}40.0 dBFS");
    assert_eq!(reading(0.01, f64::INFINITY), "-- dBFS");
}

#[test]
fn bypassed_the_meters_say_what_they_are_of() {
    let mut model = Model { is_bypassed: true, ..Model::default() };
    model.meters.output.loudness.measured_s = 30.0;
    let measured = value(&open(model), "Measured");
    assert!(measured.starts_with("Of the master, not heard: "), "{measured}");
}

#[test]
fn the_glue_dot_is_where_its_detector_is() {
    let mut model = Model::on(Stage::Glue);
    model.settings.glue.is_on = true;
    model.meters.reduction.glue_power = [0.01, 0.001];
    model.meters.reduction.glue_db = [2.5, 0.0];
    assert_eq!(value(&open(model), "Glue detector"), "\u{2212}20.0 dBFS, \u{2212}2.5 dB");
    let mut off = Model::on(Stage::Glue);
    off.settings.glue.is_on = false;
    off.meters.reduction.glue_power = [0.01; 2];
    assert!(open(off).query_by_label("Glue detector").is_none());
}

#[test]
fn a_snapshot_that_was_never_set_offers_what_to_begin_with() {
    let model = || Model {
        snapshots: SnapshotsView { is_empty: [false, true, true, true], ..Default::default() },
        ..Model::default()
    };
    let asked = |item: &str| {
        let mut harness = open(model());
        assert_eq!(click(&mut harness, "Snapshot B"), [], "nothing is lost by a look");
        click(&mut harness, item)
    };
    assert_eq!(
        asked("Copy A here and go on in B"),
        [Edit::Snapshot(SnapshotEdit::CopyAndChoose(0, 1))]
    );
    assert_eq!(asked("Begin B with neutral settings"), [Edit::Snapshot(SnapshotEdit::Choose(1))]);
    assert_eq!(value(&open(model()), "Snapshot B"), "B, not set yet");
}

#[test]
fn a_list_of_steps_opens_on_the_arrow() {
    let steps = &["Limiter gain", "Preset Loud", "EQ 3"][..];
    let model = || Model {
        snapshots: SnapshotsView {
            undo: Some(steps[0]),
            undo_steps: steps,
            redo: Some(steps[2]),
            redo_steps: steps,
            ..SnapshotsView::default()
        },
        ..Model::default()
    };
    for (arrow, item, edit) in [
        ("Undo", "Undo 2: Preset Loud", SnapshotEdit::UndoSteps(2)),
        ("Redo", "Redo 3: EQ 3", SnapshotEdit::RedoSteps(3)),
    ] {
        let mut harness = open(model());
        harness.get_by_label(arrow).click_secondary();
        harness.run();
        assert_eq!(taken(&mut harness), [], "{arrow}");
        assert_eq!(click(&mut harness, item), [Edit::Snapshot(edit)]);
    }
}

#[test]
fn an_added_band_is_one_gesture() {
    let mut harness = open(Model::on(Stage::Equalizer));
    let plot = harness.get_by_label("EQ 1 handle").rect().center() + egui::vec2(60.0, -60.0);
    for _ in 0..2 {
        harness.hover_at(plot);
        harness.drag_at(plot);
        harness.drop_at(plot);
    }
    harness.run();
    let edits = taken(&mut harness);
    let begun = edits.iter().take_while(|edit| matches!(edit, Edit::Begin(_))).count();
    let ended = edits.iter().rev().take_while(|edit| matches!(edit, Edit::End(_))).count();
    assert!(begun >= 3 && begun == ended, "all is held until all is set: {edits:?}");
    assert!(edits.iter().any(|edit| matches!(edit, Edit::Set(of, 1.0) if index_is_on(*of))));
}

fn index_is_on(of: usize) -> bool {
    (1..=8).any(|band| of == index(&format!("eq.{band}.on")))
}

#[test]
fn turns_of_the_wheel_are_a_run_and_a_reset_is_none() {
    let gain = index("limiter.gain");
    let mut model = Model::on(Stage::Limiter);
    model.settings.limiter.is_on = true;
    model.settings.limiter.gain_db = 3.0;
    let mut harness = open(model);
    let knob = harness.get_by_label("Limiter Gain").rect().center();
    harness.hover_at(knob);
    harness.run();
    harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Line,
        delta: egui::vec2(0.0, 1.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: egui::Modifiers::NONE,
    });
    harness.run();
    assert_eq!(taken(&mut harness).first(), Some(&Edit::BeginRun(gain)));
    for _ in 0..2 {
        harness.drag_at(knob);
        harness.drop_at(knob);
    }
    harness.run();
    assert_eq!(taken(&mut harness).first(), Some(&Edit::Begin(gain)));
}

/// Whether a control answers to anything, and whether it is lit.
fn lit(harness: &Harness<'_, Model>, name: &str) -> bool {
    let node = harness.get_by_label(name);
    node.accesskit_node().is_selected().unwrap_or(false)
        || node.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True)
}

const CHOICES: [&str; 3] = ["Hear Mix", "Hear Master", "Hear Reference"];

#[test]
fn nothing_that_a_bypass_overrules_is_lit_or_answers() {
    let mut model = Model { is_bypassed: true, listen: Listen::Mix, ..Model::default() };
    model.settings.limiter.is_on = true;
    model.settings.limiter.gain_db = 3.0;
    let mut harness = open(model);
    for name in CHOICES {
        assert!(!lit(&harness, name), "{name}");
    }
    for name in ["Hear Mix", "Unity gain", "Delta", "Monitor Mono", "Monitor Side"] {
        assert_eq!(click(&mut harness, name), [], "{name}");
    }
}

#[test]
fn a_reference_that_cannot_be_played_is_not_lit_and_the_master_is_named() {
    let gone = song("gone.wav", ReferenceStatus::Failed("expected a file, found none".into()));
    for list in [vec![gone], vec![]] {
        let mut model = Model { listen: Listen::Reference, ..Model::default() };
        model.references = list;
        model.chosen = ChosenReference::Song(0);
        let harness = open(model);
        assert!(!lit(&harness, "Hear Reference"));
        let heard = value(&harness, "Hearing");
        assert!(heard.starts_with("Hearing the master, because"), "{heard}");
    }
}

#[test]
fn a_delta_is_all_that_is_lit_and_a_choice_ends_it() {
    let mut harness =
        open(Model { delta: Some(Stage::Glue), listen: Listen::Mix, ..Model::default() });
    for name in CHOICES {
        assert!(!lit(&harness, name), "{name}");
    }
    let edits = click(&mut harness, "Hear Mix");
    assert_eq!(edits, [Edit::Delta(None), Edit::Listen(Listen::Mix)]);
}

#[test]
fn unity_gain_is_there_only_where_the_limiter_gives_gain() {
    for (is_on, gain_db) in [(false, 6.0), (true, 0.0)] {
        let mut model = Model { is_at_unity_gain: true, ..Model::default() };
        model.settings.limiter.is_on = is_on;
        model.settings.limiter.gain_db = gain_db;
        let mut harness = open(model);
        assert_eq!(click(&mut harness, "Unity gain"), []);
        assert_eq!(value(&harness, "Hearing"), "Hearing the master: what a render contains");
    }
}

#[test]
fn until_all_is_measured_nothing_is_called_as_loud() {
    let mut model = Model { listen: Listen::Mix, ..Model::default() };
    for (is_level, words) in
        [(false, "still being made as loud as the master"), (true, "mix, as loud as the master")]
    {
        model.is_level = is_level;
        let harness = open(model);
        let heard = value(&harness, "Hearing");
        assert!(heard.contains(words), "{heard}");
        model = Model { listen: Listen::Mix, ..Model::default() };
    }
}

#[test]
fn no_region_of_a_tilt_is_heard_alone() {
    let mut model = Model::on(Stage::Equalizer);
    model.settings.equalizer.bands[0].shape = BandShape::Tilt;
    let mut harness = open(model);
    assert_eq!(click(&mut harness, "Solo band"), []);
}

#[test]
fn no_band_is_heard_alone_in_a_bypass() {
    let mut model = Model::on(Stage::Equalizer);
    model.is_bypassed = true;
    let mut harness = open(model);
    assert_eq!(click(&mut harness, "Solo band"), []);
}

#[test]
fn the_pages_of_what_a_blind_test_hides_do_not_answer() {
    let mut harness = open(Model { blind_test: Some(three_blind()), ..Model::default() });
    for name in ["References page", "Balance page"] {
        let node = harness.get_by_label(name);
        assert!(node.accesskit_node().is_disabled(), "{name}");
        assert_eq!(click(&mut harness, name), []);
    }
}

#[test]
fn moves_that_are_held_let_go_when_others_are_asked_for() {
    let mut model = Model { is_match_held: true, ..Model::default() };
    model.editor.choose_page(Page::Balance);
    let mut harness = open(model);
    let edits = click(&mut harness, "Match at most 6 dB");
    let [held, most] = [BalanceEdit::Hold(false), BalanceEdit::MostDb(6.0)].map(Edit::Balance);
    assert_eq!(edits, [held, most]);
}

#[test]
fn the_live_reference_is_no_average() {
    let mut model = Model { chosen: ChosenReference::Live, ..Model::default() };
    model.references =
        vec![song("one.wav", ReferenceStatus::Ready), song("two.wav", ReferenceStatus::Ready)];
    model.editor.choose_page(Page::Balance);
    let mut harness = open(model);
    assert_eq!(click(&mut harness, "Compare with the average"), []);
}
