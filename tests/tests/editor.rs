//! The editor: every control is there by its name, says what it wants as a
//! whole gesture, and nothing leaves the window.

use std::collections::VecDeque;
use std::path::Path;

use burnish_dsp::compare::Listen;
use burnish_dsp::dither::BitDepth;
use burnish_dsp::integration::{IntegrationMode, Place};
use burnish_dsp::meters::{BandReading, BandsSnapshot, ChainSnapshot, HistoryPoint, StagePeaks};
use burnish_dsp::monitor::Monitor;
use burnish_dsp::parameter::Kind;
use burnish_dsp::settings::{ChainSettings, Stage, parameter_index, parameters};
use burnish_gui::{
    BalanceView, BlindView, ChosenReference, Edit, Editor, HISTORY_KEPT, ReferenceStatus,
    ReferenceView, ReferencesView, SMALLEST_SIZE, Smoothing, SnapshotsView, Spectra, SpectrumLook,
    View,
};
use burnish_session::balance::Balance;
use burnish_session::blind::{BlindMode, BlindSetup, BlindSource, BlindTest, Candidate};
use burnish_session::references::ReferenceFacts;
use burnish_session::targets::targets;
use burnish_session::tonal_match::Proposal;
use egui::{Key, Modifiers, Pos2, Rect, UiBuilder, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use crate::support::limited;

/// Everything that a view points to, and what the editor asked for.
pub(crate) struct Model {
    pub(crate) editor: Editor,
    pub(crate) settings: ChainSettings,
    pub(crate) meters: ChainSnapshot,
    pub(crate) history: VecDeque<HistoryPoint>,
    pub(crate) scope: VecDeque<[f32; 2]>,
    pub(crate) spectra: Spectra,
    pub(crate) spectrum_look: SpectrumLook,
    pub(crate) is_bypassed: bool,
    pub(crate) listen: Listen,
    pub(crate) delta: Option<Stage>,
    pub(crate) monitor: Monitor,
    pub(crate) solo: Option<usize>,
    pub(crate) is_at_unity_gain: bool,
    pub(crate) integration: IntegrationMode,
    pub(crate) is_integration_paused: bool,
    pub(crate) references: Vec<ReferenceView>,
    pub(crate) chosen: ChosenReference,
    pub(crate) comparison: ReferencesView<'static>,
    pub(crate) snapshots: SnapshotsView<'static>,
    pub(crate) balance: Option<Balance>,
    pub(crate) proposal: Option<Proposal>,
    pub(crate) is_match_held: bool,
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) blind_test: Option<BlindTest>,
    pub(crate) blind_results: Vec<String>,
    pub(crate) blind_heard: Option<usize>,
    pub(crate) is_blind_level: bool,
    pub(crate) presets: Vec<&'static str>,
    pub(crate) notes: String,
    pub(crate) message: Option<String>,
    pub(crate) edits: Vec<Edit>,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            editor: Editor::new(),
            settings: limited(),
            meters: ChainSnapshot::default(),
            history: VecDeque::new(),
            scope: VecDeque::new(),
            spectra: Spectra::default(),
            spectrum_look: SpectrumLook::default(),
            is_bypassed: false,
            listen: Listen::Master,
            delta: None,
            monitor: Monitor::Off,
            solo: None,
            is_at_unity_gain: false,
            integration: IntegrationMode::FreeRunning,
            is_integration_paused: false,
            references: Vec::new(),
            chosen: ChosenReference::None,
            comparison: ReferencesView::default(),
            snapshots: SnapshotsView::default(),
            balance: None,
            proposal: None,
            is_match_held: false,
            candidates: Vec::new(),
            blind_test: None,
            blind_results: Vec::new(),
            blind_heard: None,
            is_blind_level: true,
            presets: vec!["Start", "A name of forty characters for a preset"],
            notes: String::new(),
            message: None,
            edits: Vec::new(),
        }
    }
}

impl Model {
    pub(crate) fn on(stage: Stage) -> Self {
        let mut model = Self::default();
        model.editor.choose_stage(stage);
        model
    }

    /// Draws a frame over the whole window, as a plug-in's window does.
    fn show(&mut self, ui: &mut egui::Ui) {
        let window = ui.ctx().content_rect();
        let mut ui = ui.new_child(UiBuilder::new().max_rect(window));
        ui.set_clip_rect(window);
        let view = View {
            settings: &self.settings,
            meters: &self.meters,
            history: &self.history,
            history_start: 0,
            scope: &self.scope,
            spectra: &self.spectra,
            spectrum_look: self.spectrum_look,
            is_bypassed: self.is_bypassed,
            listen: self.listen,
            delta: self.delta,
            monitor: self.monitor,
            solo: self.solo,
            is_at_unity_gain: self.is_at_unity_gain,
            integration: self.integration,
            is_integration_paused: self.is_integration_paused,
            references: ReferencesView {
                list: &self.references,
                chosen: self.chosen,
                ..self.comparison
            },
            snapshots: self.snapshots,
            balance: BalanceView {
                balance: self.balance.as_ref(),
                proposal: self.proposal.as_ref(),
                is_held: self.is_match_held,
                amount: 1.0,
                most_db: 3.0,
                ..BalanceView::default()
            },
            blind: BlindView {
                candidates: &self.candidates,
                test: self.blind_test.as_ref(),
                results: &self.blind_results,
                heard: self.blind_heard,
                is_level: self.is_blind_level,
            },
            targets: targets(),
            target: 0,
            presets: &self.presets,
            notes: &self.notes,
            sample_rate_hz: 48_000.0,
            latency_frames: 224,
            engine_revision: 7,
            message: self.message.as_deref(),
        };
        self.editor.show(&mut ui, &view, &mut self.edits);
    }
}

pub(crate) fn window(model: Model, width: f32, height: f32) -> Harness<'static, Model> {
    Harness::builder()
        .with_size(vec2(width, height))
        .with_step_dt(1.0 / 60.0)
        .with_max_steps(64)
        .with_context_setup(Editor::install)
        .build_ui_state(|ui, model: &mut Model| model.show(ui), model)
}

pub(crate) fn open(model: Model) -> Harness<'static, Model> {
    window(model, 1100.0, 700.0)
}

pub(crate) fn taken(harness: &mut Harness<'_, Model>) -> Vec<Edit> {
    std::mem::take(&mut harness.state_mut().edits)
}

pub(crate) fn index(id: &str) -> usize {
    parameter_index(id).unwrap()
}

/// Clicks the part with this name and gives what was asked for.
pub(crate) fn click(harness: &mut Harness<'_, Model>, name: &str) -> Vec<Edit> {
    harness.get_by_label(name).click();
    harness.run();
    harness.remove_cursor();
    harness.run();
    taken(harness)
}

pub(crate) fn drag(harness: &mut Harness<'_, Model>, name: &str, way: egui::Vec2) -> Vec<Edit> {
    let center = harness.get_by_label(name).rect().center();
    harness.hover_at(center);
    harness.drag_at(center);
    for step in 1_u8..=10 {
        harness.hover_at(center + way * f32::from(step) / 10.0);
    }
    harness.drop_at(center + way);
    harness.run();
    taken(harness)
}

/// Begin, at least one Set, End, all of one parameter; gives the last value.
#[track_caller]
fn assert_gesture(edits: &[Edit], index: usize) -> f64 {
    let id = &parameters()[index].id;
    let begins = [Edit::Begin(index), Edit::BeginRun(index)];
    assert!(edits.first().is_some_and(|edit| begins.contains(edit)), "{id}: {edits:?}");
    assert_eq!(edits.last(), Some(&Edit::End(index)), "{id}: {edits:?}");
    let mut last = f64::NAN;
    for edit in &edits[1..edits.len() - 1] {
        let Edit::Set(of, value) = edit else { panic!("{id}: {edits:?}") };
        assert_eq!(*of, index, "{id}");
        last = *value;
    }
    assert!(!last.is_nan(), "{id}: no value in {edits:?}");
    last
}

#[test]
fn every_parameter_has_a_control_that_makes_whole_gestures() {
    for stage in Stage::ALL {
        let mut harness = open(Model::on(stage));
        for (index, parameter) in parameters().iter().enumerate() {
            if parameter.stage != stage {
                continue;
            }
            if let Some(band) = parameter.band {
                click(&mut harness, &format!("EQ band {}", band + 1));
            }
            let default = parameter.default;
            match parameter.kind {
                Kind::Continuous { .. } => {
                    let is_high = parameter.kind.to_normalized(default) > 0.5;
                    let way = vec2(0.0, if is_high { 40.0 } else { -40.0 });
                    let edits = drag(&mut harness, &parameter.name, way);
                    let value = assert_gesture(&edits, index);
                    assert_eq!(value < default, is_high, "{}: {value}", parameter.id);
                }
                Kind::Switch => {
                    let shown = parameter.read(&harness.state().settings);
                    let edits = click(&mut harness, &parameter.name);
                    assert_eq!(assert_gesture(&edits, index), 1.0 - shown);
                }
                Kind::Choice(names) => {
                    let other = usize::from(default < 0.5);
                    let mut name = format!("{}: {}", parameter.name, names[other]);
                    if names.len() > 5 && harness.query_by_label(&name).is_none() {
                        // Too many for segments: a menu.
                        assert!(click(&mut harness, &parameter.name).is_empty());
                        names[other].clone_into(&mut name);
                    }
                    let edits = click(&mut harness, &name);
                    assert_eq!(assert_gesture(&edits, index), other as f64);
                }
            }
        }
    }
}

#[test]
fn the_stages_can_be_switched_and_chosen_from_the_chain_row() {
    let mut harness = open(Model::default());
    for stage in Stage::ALL {
        click(&mut harness, &format!("Show {}", stage.name()));
        assert_eq!(harness.state().editor.stage(), stage);
    }
    let edits = click(&mut harness, "Limiter On");
    assert_eq!(assert_gesture(&edits, index("limiter.on")), 0.0);
    assert_eq!(harness.state().editor.stage(), Stage::Dither, "a switch is not a choice");
    // The dither has no switch of its own: it goes to 24 bit and back to off.
    let edits = click(&mut harness, "Dither On");
    assert_eq!(assert_gesture(&edits, index("dither.depth")), BitDepth::Bits24.index());
    harness.state_mut().settings.dither.depth = BitDepth::Bits16;
    let edits = click(&mut harness, "Dither On");
    assert_eq!(assert_gesture(&edits, index("dither.depth")), BitDepth::Off.index());
    harness.state_mut().settings.dither.depth = BitDepth::Off;
    let edits = click(&mut harness, "Dither On");
    assert_eq!(assert_gesture(&edits, index("dither.depth")), BitDepth::Bits16.index());
}

#[test]
fn a_value_can_be_typed() {
    let mut harness = open(Model::on(Stage::Trim));
    assert!(click(&mut harness, "Trim Gain value").is_empty());
    harness.get_by_label("Trim Gain field").type_text("-3");
    harness.key_press(Key::Enter);
    harness.run();
    let gain = index("trim.gain");
    assert_eq!(taken(&mut harness), [Edit::Begin(gain), Edit::Set(gain, -3.0), Edit::End(gain)]);
    assert!(harness.query_by_label("Trim Gain field").is_none());
    assert!(!harness.ctx.egui_wants_keyboard_input(), "the keys belong to the host again");
}

#[test]
fn units_and_prefixes_can_be_typed() {
    let mut harness = open(Model::on(Stage::Stereo));
    click(&mut harness, "Stereo High crossover value");
    harness.get_by_label("Stereo High crossover field").type_text("5.5 kHz");
    harness.key_press(Key::Enter);
    harness.run();
    let edits = taken(&mut harness);
    assert_eq!(assert_gesture(&edits, index("stereo.high_crossover")), 5500.0);
}

#[test]
fn what_cannot_be_understood_stays_with_its_reason_and_escape_leaves_all_as_it_was() {
    let mut harness = open(Model::on(Stage::Trim));
    click(&mut harness, "Trim Gain value");
    harness.get_by_label("Trim Gain field").type_text("loud");
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(taken(&mut harness), []);
    assert!(harness.query_by_label_contains("expected -24 to 24 dB").is_some());
    harness.key_press(Key::Escape);
    harness.run();
    assert_eq!(taken(&mut harness), []);
    assert!(harness.query_by_label("Trim Gain field").is_none());
    assert!(!harness.ctx.egui_wants_keyboard_input());
}

#[test]
fn a_double_click_and_a_ctrl_click_go_back_to_the_neutral_value() {
    let gain = index("limiter.gain");
    let mut model = Model::on(Stage::Limiter);
    model.settings.limiter.gain_db = 6.0;
    let mut harness = open(model);
    for _ in 0..2 {
        harness.get_by_label("Limiter Gain").click();
    }
    harness.run();
    let reset = [Edit::Begin(gain), Edit::Set(gain, 0.0), Edit::End(gain)];
    assert_eq!(taken(&mut harness), reset);
    // Long enough not to be a third click.
    harness.run_steps(60);
    harness.get_by_label("Limiter Gain").click_modifiers(Modifiers::COMMAND);
    harness.run();
    assert_eq!(taken(&mut harness), reset);
}

#[test]
fn a_plain_click_on_a_knob_changes_nothing_and_keeps_no_keys() {
    let mut harness = open(Model::on(Stage::Limiter));
    assert_eq!(click(&mut harness, "Limiter Gain"), []);
    assert!(!harness.ctx.egui_wants_keyboard_input());
}

#[test]
fn wheel_arrows_and_assistive_technology_step_a_knob() {
    let gain = index("limiter.gain");
    let mut harness = open(Model::on(Stage::Limiter));
    let center = harness.get_by_label("Limiter Gain").rect().center();
    harness.hover_at(center);
    harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Line,
        delta: vec2(0.0, 1.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    harness.run();
    let step = assert_gesture(&taken(&mut harness), gain);
    assert!(step > 0.0 && step < 1.0, "{step}");
    harness.remove_cursor();

    harness.get_by_label("Limiter Gain").focus();
    harness.run();
    harness.key_press(Key::ArrowUp);
    harness.run();
    assert_eq!(assert_gesture(&taken(&mut harness), gain), step);

    harness.get_by_label("Limiter Gain").increment_accesskit();
    harness.run();
    assert_eq!(assert_gesture(&taken(&mut harness), gain), step);
    harness.get_by_label("Limiter Gain").set_value_accesskit(7.25);
    harness.run();
    assert_eq!(assert_gesture(&taken(&mut harness), gain), 7.25);
}

#[test]
fn shift_makes_a_drag_ten_times_finer() {
    let gain = index("limiter.gain");
    let mut harness = open(Model::on(Stage::Limiter));
    let coarse = assert_gesture(&drag(&mut harness, "Limiter Gain", vec2(0.0, -60.0)), gain);
    harness.event(egui::Event::ModifiersChanged(Modifiers::SHIFT));
    harness.run();
    let fine = assert_gesture(&drag(&mut harness, "Limiter Gain", vec2(0.0, -60.0)), gain);
    assert!((coarse / fine - 10.0).abs() < 0.3, "{coarse} {fine}");
}

#[test]
fn a_control_that_vanishes_under_the_pointer_ends_its_gesture() {
    let gain = index("limiter.gain");
    let mut harness = open(Model::on(Stage::Limiter));
    let center = harness.get_by_label("Limiter Gain").rect().center();
    harness.hover_at(center);
    harness.drag_at(center);
    harness.hover_at(center - vec2(0.0, 20.0));
    harness.run();
    harness.state_mut().editor.choose_stage(Stage::Glue);
    harness.run();
    assert_gesture(&taken(&mut harness), gain);
}

#[test]
fn a_band_is_dragged_for_frequency_and_gain_and_switched_by_a_right_click() {
    let [on, frequency, gain] = ["eq.3.on", "eq.3.frequency", "eq.3.gain"].map(index);
    let mut model = Model::on(Stage::Equalizer);
    model.settings.equalizer.bands[2].is_on = true;
    let mut harness = open(model);
    let edits = drag(&mut harness, "EQ 3 handle", vec2(80.0, -30.0));
    let last = |of: usize| {
        edits.iter().rev().find_map(|edit| match edit {
            Edit::Set(index, value) if *index == of => Some(*value),
            _ => None,
        })
    };
    assert!(last(frequency).unwrap() > 300.0);
    assert!(last(gain).unwrap() > 0.5);
    for index in [frequency, gain] {
        for edge in [Edit::Begin(index), Edit::End(index)] {
            assert_eq!(edits.iter().filter(|edit| **edit == edge).count(), 1, "{edits:?}");
        }
    }
    harness.get_by_label("EQ 3 handle").click_secondary();
    harness.run();
    assert_eq!(assert_gesture(&taken(&mut harness), on), 0.0);
}

#[test]
fn a_double_click_on_the_plot_takes_an_idle_band() {
    let mut harness = open(Model::on(Stage::Equalizer));
    let plot = harness.get_by_label("EQ 1 handle").rect().center() + vec2(60.0, -60.0);
    for _ in 0..2 {
        harness.hover_at(plot);
        harness.drag_at(plot);
        harness.event(egui::Event::PointerButton {
            pos: plot,
            button: egui::PointerButton::Primary,
            pressed: false,
            modifiers: Modifiers::NONE,
        });
    }
    harness.run();
    let edits = taken(&mut harness);
    assert!(edits.contains(&Edit::Set(index("eq.3.on"), 1.0)), "{edits:?}");
    let gain = edits.iter().find_map(|edit| match edit {
        Edit::Set(of, value) if *of == index("eq.3.gain") => Some(*value),
        _ => None,
    });
    assert!(gain.unwrap() > 0.5, "{edits:?}");
}

/// A blind test of three that has just begun.
pub(crate) fn three_blind() -> BlindTest {
    let sources = [BlindSource::Mix, BlindSource::Snapshot(0), BlindSource::Snapshot(1)];
    let candidates = sources.map(|source| Candidate { source, name: "Candidate".to_owned() });
    let setup = BlindSetup { mode: BlindMode::Preference, candidates: candidates.into() };
    BlindTest::new(&setup, 1).unwrap()
}

/// A reference of which everything ordinary is known.
pub(crate) fn song(name: &str, status: ReferenceStatus) -> ReferenceView {
    ReferenceView {
        name: name.to_owned(),
        path: Path::new("/music").join(name),
        status,
        facts: Some(ReferenceFacts {
            integrated_lufs: -9.84,
            loudness_range_lu: Some(5.2),
            true_peak_dbtp: -0.3,
            plr_db: 9.5,
            duration_s: 200.0,
        }),
        ..ReferenceView::default()
    }
}

/// A way of listening to something else.
type Change = fn(&mut Model);

#[test]
fn anything_but_the_plain_master_is_announced_in_words_with_a_way_back() {
    let mut harness = open(Model::default());
    let hearing = |harness: &Harness<'_, Model>| harness.get_by_label("Hearing").value().unwrap();
    assert!(hearing(&harness).contains("the master"));
    assert!(harness.query_by_label("Back to the master").is_none());
    let cases: [(Change, &str, Edit); 5] = [
        (|m| m.listen = Listen::Mix, "the untouched mix", Edit::Listen(Listen::Master)),
        (|m| m.listen = Listen::Reference, "the reference", Edit::Listen(Listen::Master)),
        (|m| m.delta = Some(Stage::Glue), "only what Glue changes", Edit::Delta(None)),
        (|m| m.monitor = Monitor::Mono, "summed to mono", Edit::Monitor(Monitor::Off)),
        (|m| m.monitor = Monitor::Side, "only the sides", Edit::Monitor(Monitor::Off)),
    ];
    for (change, words, back) in cases {
        let model = harness.state_mut();
        (model.listen, model.delta, model.monitor) = (Listen::Master, None, Monitor::Off);
        change(model);
        harness.run();
        assert!(hearing(&harness).contains(words), "{}", hearing(&harness));
        assert_eq!(click(&mut harness, "Back to the master"), [back]);
    }
}

#[test]
fn a_bypass_is_announced_before_anything_else_and_ended_alone() {
    let mut model = Model::default();
    (model.is_bypassed, model.listen, model.delta) = (true, Listen::Mix, Some(Stage::Glue));
    let mut harness = open(model);
    let said = harness.get_by_label("Hearing").value().unwrap();
    assert!(said.contains("Bypassed") && said.contains("a render contains"), "{said}");
    assert_eq!(click(&mut harness, "End the bypass"), [Edit::Bypass(false)]);
}

#[test]
fn listening_delta_and_monitor_ask_for_what_they_say() {
    let mut harness = open(Model::on(Stage::Clipper));
    assert_eq!(click(&mut harness, "Hear Mix"), [Edit::Listen(Listen::Mix)]);
    assert_eq!(click(&mut harness, "Monitor Mono"), [Edit::Monitor(Monitor::Mono)]);
    assert_eq!(click(&mut harness, "Delta"), [Edit::Delta(Some(Stage::Clipper))]);
    harness.state_mut().delta = Some(Stage::Clipper);
    harness.run();
    // The delta follows the stage that is looked at.
    assert_eq!(click(&mut harness, "Show Glue"), [Edit::Delta(Some(Stage::Glue))]);
    assert_eq!(click(&mut harness, "Delta"), [Edit::Delta(None)]);
}

#[test]
fn menus_and_buttons_ask_for_what_they_say() {
    let mut model = Model::on(Stage::Trim);
    model.meters.input.max_peak_dbfs = [-9.0, -8.0];
    model.message = Some("The preset could not be read".into());
    let mut harness = open(model);
    assert_eq!(click(&mut harness, "Reset meters"), [Edit::ResetMeters]);
    assert_eq!(click(&mut harness, "Peaks to -6 dBFS"), [Edit::TrimToHeadroom(2.0)]);
    assert_eq!(click(&mut harness, "Dismiss message"), [Edit::DismissMessage]);
    assert_eq!(click(&mut harness, "Presets"), []);
    assert_eq!(click(&mut harness, "Start"), [Edit::Preset(0)]);
    assert_eq!(click(&mut harness, "Scale"), []);
    assert_eq!(click(&mut harness, "150 %"), [Edit::Scale(1.5)]);
    assert_eq!(click(&mut harness, "Target"), []);
    let second = &targets()[1].name;
    harness.get_all_by_label_contains(second).last().unwrap().click();
    harness.run();
    assert_eq!(taken(&mut harness), [Edit::Target(1)]);
    assert_eq!(click(&mut harness, "Help"), []);
}

/// What the meter column says of what it measures.
fn measured(harness: &mut Harness<'_, Model>) -> String {
    harness.run();
    harness.get_by_label("Measured").value().unwrap()
}

#[test]
fn the_measurement_is_paused_reset_and_follows_the_transport_as_chosen() {
    let mut harness = open(Model::default());
    assert_eq!(click(&mut harness, "Pause measuring"), [Edit::PauseMeters(true)]);
    harness.state_mut().is_integration_paused = true;
    harness.run();
    assert!(harness.query_by_label("Pause measuring").is_none());
    assert_eq!(click(&mut harness, "Start measuring"), [Edit::PauseMeters(false)]);
    for mode in IntegrationMode::ALL {
        let name = format!("Integration: {}", mode.name());
        assert_eq!(click(&mut harness, &name), [Edit::Integration(mode)]);
    }
    // A song that took an hour to measure is not lost by a click on its loudness.
    harness.state_mut().integration = IntegrationMode::Timeline;
    harness.run();
    assert_eq!(click(&mut harness, "Integrated loudness"), []);
    assert_eq!(click(&mut harness, "Reset meters"), [Edit::ResetMeters]);
}

#[test]
fn the_meters_say_what_they_are_of() {
    let mut harness = open(Model::default());
    assert_eq!(measured(&mut harness), "Play to measure");
    harness.state_mut().meters.output.loudness.measured_s = 221.4;
    assert_eq!(measured(&mut harness), "3:41 measured since the reset");
    harness.state_mut().integration = IntegrationMode::Timeline;
    assert_eq!(measured(&mut harness), "Play the song to measure it");
    let integration = &mut harness.state_mut().meters.integration;
    integration.mode = IntegrationMode::Timeline;
    integration.is_fallback = true;
    assert_eq!(measured(&mut harness), "The host gives no position: free-running");
    harness.state_mut().meters.integration.place = Place::Stopped;
    assert_eq!(measured(&mut harness), "Free-running until the song plays");
    let integration = &mut harness.state_mut().meters.integration;
    integration.is_fallback = false;
    integration.timeline.span_s = 221.4;
    integration.timeline.measured_s = 0.62 * 221.4;
    assert_eq!(measured(&mut harness), "62 % of 3:41 measured");
    harness.state_mut().meters.integration.timeline.measured_s = 221.3;
    assert_eq!(measured(&mut harness), "99 % of 3:41 measured");
    harness.state_mut().is_integration_paused = true;
    assert_eq!(measured(&mut harness), "Paused: 99 % of 3:41 measured");
    harness.state_mut().meters.integration.place = Place::BeyondEnd;
    assert_eq!(measured(&mut harness), "Paused: Not measured beyond 3 h");
    harness.state_mut().integration = IntegrationMode::ResetOnPlay;
    harness.state_mut().is_integration_paused = false;
    harness.state_mut().meters.integration.mode = IntegrationMode::ResetOnPlay;
    assert_eq!(measured(&mut harness), "3:41 measured since the start");
}

#[test]
fn the_folded_column_has_the_same_choice_in_a_menu() {
    let mut model = Model { integration: IntegrationMode::Timeline, ..Model::default() };
    model.meters.integration.mode = IntegrationMode::Timeline;
    (model.meters.integration.timeline.measured_s, model.meters.integration.timeline.span_s) =
        (50.0, 100.0);
    let mut harness = window(model, SMALLEST_SIZE[0] as f32, SMALLEST_SIZE[1] as f32);
    let value = harness.get_by_label("Integration mode").value();
    assert_eq!(value.as_deref(), Some("Timeline 50 %"));
    assert_eq!(click(&mut harness, "Integration mode"), []);
    let expected = [Edit::Integration(IntegrationMode::ResetOnPlay)];
    assert_eq!(click(&mut harness, "Reset on play"), expected);
    assert_eq!(click(&mut harness, "Pause measuring"), [Edit::PauseMeters(true)]);
}

#[test]
fn the_headroom_button_waits_for_a_peak() {
    let harness = open(Model::on(Stage::Trim));
    assert!(harness.query_by_label("Peaks to -6 dBFS").is_none());
}

#[test]
fn notes_are_written_in_a_field_that_keeps_the_keys() {
    let mut harness = open(Model { notes: "v2".into(), ..Model::default() });
    assert_eq!(click(&mut harness, "Notes"), []);
    assert_eq!(harness.get_by_label("Notes text").value().as_deref(), Some("v2"));
    assert!(harness.ctx.egui_wants_keyboard_input());
    harness.get_by_label("Notes text").type_text(" less bass");
    harness.run();
    assert_eq!(taken(&mut harness), [Edit::Notes("v2 less bass".into())]);
}

#[test]
fn readings_are_written_alike_and_silence_has_one_sign() {
    let mut harness = open(Model::default());
    let value =
        |harness: &Harness<'_, Model>, name: &str| harness.get_by_label(name).value().unwrap();
    let silence = "--";
    assert_eq!(value(&harness, "Integrated loudness"), format!("{silence} LUFS"));
    assert_eq!(value(&harness, "Momentary"), format!("{silence} LUFS"));
    assert_eq!(value(&harness, "True peak maximum left"), format!("{silence} dBTP"));
    let output = &mut harness.state_mut().meters.output;
    output.loudness.integrated_lufs = -12.04;
    output.loudness.momentary_lufs = -9.96;
    output.max_true_peak_dbtp = [-1.0, 0.4];
    harness.run();
    assert_eq!(value(&harness, "Integrated loudness"), "\u{2212}12.0 LUFS");
    assert_eq!(value(&harness, "Momentary"), "\u{2212}10.0 LUFS");
    assert_eq!(value(&harness, "True peak maximum right"), "0.4 dBTP");
    // Spotify plays at -14 LUFS.
    assert_eq!(value(&harness, "Platform"), "Spotify: \u{2212}2.0 dB");
}

/// Names of forty characters and every number as extreme as it can be.
pub(crate) fn extreme(value: f64) -> Model {
    let long = "A name that has just about 40 characters".to_owned();
    let mut model = Model {
        references: vec![ReferenceView {
            facts: Some(ReferenceFacts {
                integrated_lufs: value,
                loudness_range_lu: Some(value),
                true_peak_dbtp: value,
                plr_db: value,
                duration_s: value,
            }),
            ..song(&long, ReferenceStatus::Ready)
        }],
        chosen: ChosenReference::Song(0),
        notes: long.clone(),
        message: Some(long.repeat(5)),
        delta: Some(Stage::Equalizer),
        listen: Listen::Reference,
        monitor: Monitor::Mono,
        integration: IntegrationMode::Timeline,
        is_integration_paused: true,
        ..Model::default()
    };
    let integration = &mut model.meters.integration;
    integration.mode = IntegrationMode::Timeline;
    (integration.timeline.measured_s, integration.timeline.span_s) = (value, value);
    for point in [&mut model.meters.input, &mut model.meters.output] {
        point.peak_dbfs = [value; 2];
        point.max_peak_dbfs = [value; 2];
        point.true_peak_dbtp = [value; 2];
        point.max_true_peak_dbtp = [value; 2];
        point.correlation = value;
        point.mono_loss_db = value;
        point.plr_db = value;
        point.psr_db = value;
        point.clipped_samples = u64::MAX;
        point.dc_offset = [value; 2];
        let band = BandReading {
            level_dbfs: value,
            peak_dbfs: value,
            crest_db: value,
            correlation: Some(value),
            mono_loss_db: value,
        };
        point.bands = Some(BandsSnapshot { recent: [band; 3], overall: [band; 3] });
        point.loudness.momentary_lufs = value;
        point.loudness.short_term_lufs = value;
        point.loudness.integrated_lufs = value;
        point.loudness.max_momentary_lufs = value;
        point.loudness.max_short_term_lufs = value;
        point.loudness.loudness_range_lu = value;
        point.loudness.measured_s = value;
    }
    let reduction = &mut model.meters.reduction;
    reduction.glue_db = [value; 2];
    reduction.limiter_db = [value; 2];
    (reduction.guard_db, reduction.clipper_db) = (value, value);
    let level = value as f32;
    let point = HistoryPoint {
        input_peak: level,
        output_peak: level,
        glue_db: level,
        clipper_db: level,
        limiter_db: level,
        on_the_way: StagePeaks { trimmed: level, at_clipper: level, at_limiter: level },
    };
    model.history = std::iter::repeat_n(point, HISTORY_KEPT).collect();
    model.scope = std::iter::repeat_n([level, -level], 4000).collect();
    model.spectra = Spectra {
        frequencies_hz: (0..100_u8).map(|i| 20.0 * 1.072_f32.powi(i32::from(i))).collect(),
        input_db: vec![level; 100],
        master_db: vec![level; 100],
        peak_db: vec![level; 100],
        reference_db: vec![level; 100],
    };
    for parameter in parameters() {
        parameter.write(&mut model.settings, value);
    }
    model
}

#[track_caller]
pub(crate) fn assert_all_inside(harness: &Harness<'_, Model>, size: egui::Vec2, what: &str) {
    let window = Rect::from_min_size(Pos2::ZERO, size).expand(0.5);
    for node in harness.root().children_recursive() {
        let Some(bounds) = node.accesskit_node().bounding_box() else { continue };
        let rect = Rect::from_min_max(
            Pos2::new(bounds.x0 as f32, bounds.y0 as f32),
            Pos2::new(bounds.x1 as f32, bounds.y1 as f32),
        );
        let name = node.accesskit_node().label();
        assert!(!rect.any_nan() && rect.is_finite(), "{what}: {name:?} at {rect:?}");
        assert!(window.contains_rect(rect), "{what}: {name:?} at {rect:?} leaves {size}");
    }
}

#[test]
fn the_spectra_are_shown_as_chosen() {
    for size in [vec2(800.0, 500.0), vec2(1100.0, 700.0)] {
        let mut harness = window(Model::on(Stage::Equalizer), size.x, size.y);
        let look = SpectrumLook::default();
        let choices = [
            ("Spectrum: Average", SpectrumLook { is_average: true, ..look }),
            ("Smoothing 1/24 octave", SpectrumLook { smoothing: Smoothing::TwentyFourth, ..look }),
            ("Smoothing 1 octave", SpectrumLook { smoothing: Smoothing::Octave, ..look }),
            ("Tilt 4.5 dB per octave", SpectrumLook { tilt_db_per_octave: 4.5, ..look }),
            ("Peak hold: On", SpectrumLook { is_peak_held: true, ..look }),
        ];
        assert_eq!(click(&mut harness, "Spectrum"), []);
        for (name, expected) in choices {
            assert_eq!(click(&mut harness, name), [Edit::SpectrumLook(expected)], "{name}");
        }
        // What is there already is not asked for.
        assert_eq!(click(&mut harness, "Smoothing 1/6 octave"), []);
        harness.state_mut().spectrum_look = SpectrumLook { is_average: true, ..look };
        harness.run();
        assert_eq!(click(&mut harness, "Spectrum: Live"), [Edit::SpectrumLook(look)]);
    }
}

#[test]
fn every_band_is_read_and_what_a_converter_stumbles_over_draws_attention() {
    let mut harness = open(Model::default());
    let value =
        |harness: &Harness<'_, Model>, name: &str| harness.get_by_label(name).value().unwrap();
    let none = "crest -- dB, correlation --, mono sum -- dB";
    assert_eq!(value(&harness, "Low band"), none);
    let output = &mut harness.state_mut().meters.output;
    output.loudness.measured_s = 10.0;
    output.dc_offset = [0.0, -0.01];
    output.dc_error = [0.001; 2];
    output.clipped_samples = 12;
    let low = BandReading {
        level_dbfs: -20.0,
        peak_dbfs: -9.0,
        crest_db: 11.04,
        correlation: Some(-0.256),
        mono_loss_db: f64::NEG_INFINITY,
    };
    let recent = [low, BandReading::default(), BandReading { mono_loss_db: -0.1, ..low }];
    output.bands = Some(BandsSnapshot { recent, overall: recent });
    harness.run();
    let minus = "\u{2212}";
    assert_eq!(
        value(&harness, "Low band"),
        format!("crest 11.0 dB, correlation {minus}0.26, mono sum {minus}\u{221e} dB")
    );
    assert_eq!(value(&harness, "Mid band"), none);
    assert!(value(&harness, "High band").ends_with(&format!("mono sum {minus}0.1 dB")));
    assert_eq!(value(&harness, "DC offset"), format!("{minus}40.0 dBFS"));
    assert_eq!(value(&harness, "Full scale"), "12 smp");
    // The bands fold away in the smallest window; what matters most does not.
    harness.set_size(vec2(800.0, 500.0));
    harness.run();
    assert!(harness.query_by_label("Low band").is_none());
    assert!(harness.query_by_label("Full scale").is_some());
}

#[test]
fn nothing_leaves_the_window_whatever_is_shown() {
    let smallest = vec2(SMALLEST_SIZE[0] as f32, SMALLEST_SIZE[1] as f32);
    for size in [smallest, vec2(1100.0, 700.0), vec2(1600.0, 1000.0)] {
        for stage in Stage::ALL {
            let models: Vec<(&str, Model)> = vec![
                ("empty", Model::default()),
                ("loud", extreme(99.9)),
                ("deep", extreme(-99.9)),
                ("infinite", extreme(f64::INFINITY)),
                ("silent", extreme(f64::NEG_INFINITY)),
                ("undefined", extreme(f64::NAN)),
            ];
            for (name, mut model) in models {
                model.editor.choose_stage(stage);
                let mut harness = window(model, size.x, size.y);
                harness.run();
                let what = format!("{name} {} {size}", stage.name());
                assert_all_inside(&harness, size, &what);
            }
        }
    }
}

#[test]
fn solo_and_unity_gain_are_asked_for_said_in_words_and_taken_back() {
    let mut harness = open(Model::on(Stage::Equalizer));
    click(&mut harness, "EQ band 3");
    assert_eq!(click(&mut harness, "Solo band"), [Edit::Solo(Some(2))]);
    assert_eq!(click(&mut harness, "Unity gain"), [Edit::UnityGain(true)]);
    harness.state_mut().solo = Some(2);
    harness.state_mut().is_at_unity_gain = true;
    harness.run();
    let heard = harness.get_by_label("Hearing").value().unwrap_or_default();
    assert!(heard.contains("EQ band 3") && heard.contains("limiter's gain"), "{heard}");
    assert_eq!(click(&mut harness, "Solo band"), [Edit::Solo(None)]);
    let back = click(&mut harness, "Back to the master");
    assert_eq!(back, [Edit::Solo(None), Edit::UnityGain(false)]);
}

#[test]
fn a_narrow_window_shows_the_dynamics_of_a_band_on_a_page_of_their_own() {
    let mut harness = window(Model::on(Stage::Equalizer), 800.0, 500.0);
    assert!(harness.query_by_label("EQ 1 Q").is_some());
    assert!(harness.query_by_label("EQ 1 Range").is_none());
    assert!(click(&mut harness, "Dynamics page").is_empty());
    for name in ["EQ 1 Range", "EQ 1 Threshold", "EQ 1 Attack", "EQ 1 Release"] {
        assert!(harness.query_by_label(name).is_some(), "{name}");
    }
    assert!(harness.query_by_label("EQ 1 Q").is_none());
}

#[test]
fn no_two_controls_of_a_stage_overlap() {
    let smallest = vec2(SMALLEST_SIZE[0] as f32, SMALLEST_SIZE[1] as f32);
    for size in [smallest, vec2(1100.0, 700.0), vec2(1600.0, 1000.0)] {
        for stage in Stage::ALL {
            let harness = window(Model::on(stage), size.x, size.y);
            let is_control = |name: &str| {
                parameters()
                    .iter()
                    .any(|parameter| name.starts_with(&parameter.name) && !name.ends_with("border"))
            };
            let controls: Vec<_> = harness
                .root()
                .children_recursive()
                .filter_map(|node| {
                    let name = node.accesskit_node().label()?;
                    is_control(&name).then(|| (name, node.rect().shrink(1.0)))
                })
                .collect();
            assert!(controls.len() > 3, "{stage:?}");
            for (i, (name, rect)) in controls.iter().enumerate() {
                for (other, place) in &controls[i + 1..] {
                    assert!(!rect.intersects(*place), "{name} and {other} overlap at {size}");
                }
            }
        }
    }
}
