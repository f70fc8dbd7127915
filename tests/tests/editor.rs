//! The editor: every control is there by its name, says what it wants as a
//! whole gesture, and nothing leaves the window.

mod controls;
mod hearing;
mod layout;
mod readings;

use std::collections::VecDeque;
use std::path::Path;

use burnish_dsp::compare::Listen;
use burnish_dsp::dither::BitDepth;
use burnish_dsp::integration::{IntegrationMode, Place};
use burnish_dsp::meters::{BandReading, BandsSnapshot};
use burnish_dsp::monitor::Monitor;
use burnish_dsp::parameter::Kind;
use burnish_dsp::readings::{ChainSnapshot, HistoryPoint, StagePeaks};
use burnish_dsp::reductions::{Reducing, ReductionHistogram};
use burnish_dsp::settings::{ChainSettings, Stage, parameter_index, parameters};
use burnish_gui::{
    BalanceView, BlindView, CheckView, ChosenReference, Edit, Editor, HISTORY_KEPT,
    ReferenceStatus, ReferenceView, ReferencesView, SMALLEST_SIZE, Smoothing, SnapshotsView,
    Spectra, SpectrumLook, View,
};
use burnish_session::balance::Balance;
use burnish_session::blind::{BlindMode, BlindSetup, BlindSource, BlindTest, Candidate};
use burnish_session::mix_check::Report;
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
    pub(crate) reductions: Reducing<ReductionHistogram>,
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
    pub(crate) report: Option<Report>,
    pub(crate) heard_s: f64,
    pub(crate) is_level: bool,
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
            reductions: Reducing::default(),
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
            report: None,
            heard_s: 0.0,
            is_level: true,
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
            reductions: &self.reductions,
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
            },
            check: CheckView { report: self.report.as_ref(), heard_s: self.heard_s },
            is_level: self.is_level,
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
        point.bands =
            Some(BandsSnapshot { recent: [band; 3], overall: [band; 3], compared: [band; 3] });
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
    for _ in 0..1000 {
        model.reductions.glue.count(level);
    }
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

/// The least side of a control that can be hit, points.
const LEAST: f32 = 8.0;

/// The controls of these names lie apart, and none is too small to be hit; how many there are.
#[track_caller]
pub(crate) fn assert_apart(
    harness: &Harness<'_, Model>,
    what: &str,
    is_control: impl Fn(&str) -> bool,
) -> usize {
    let controls: Vec<_> = harness
        .root()
        .children_recursive()
        .filter_map(|node| {
            let name = node.accesskit_node().label()?;
            is_control(&name).then(|| (name, node.rect().shrink(1.0)))
        })
        .collect();
    for (i, (name, rect)) in controls.iter().enumerate() {
        assert!(rect.width() > LEAST && rect.height() > LEAST, "{what}: {name} at {rect:?}");
        for (other, place) in &controls[i + 1..] {
            assert!(!rect.intersects(*place), "{what}: {name} and {other} overlap");
        }
    }
    controls.len()
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
