//! The glue between the editor and the host: builds the view, carries out the edits.

mod blind;
mod carry_out;
mod checking;
mod document;
mod files;
mod steps;
#[cfg(test)]
mod tests;
mod views;
pub(crate) mod window;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use burnish_dsp::chain::SNAPSHOTS;
use burnish_dsp::readings::{ChainSnapshot, HistoryPoint};
use burnish_dsp::reductions::{Reducing, ReductionHistogram};
use burnish_dsp::settings::ChainSettings;
use burnish_gui::{
    BalanceView, BlindView, CheckView, Edit, Editor, HISTORY_KEPT, Page, ReferenceView,
    SnapshotsView, Spectra, View,
};
use burnish_session::blind::{BlindTest, Candidate};
use burnish_session::preset::presets;
use burnish_session::snapshots::SnapshotBank;
use burnish_session::targets::targets;
use nice_plug::context::gui::GuiContext;

use self::checking::{Checking, Heard};
use self::document::{load_snapshot, store_loaded};
use self::steps::Steps;
use self::views::{BalanceReader, BalanceSources};
use crate::desk::{CompareReadings, Desk, Reference};
use crate::lock::lock;
use crate::parameters::BurnishParameters;
use crate::revision::ENGINE_REVISION;
use crate::spectra::SpectrumReader;
use crate::switches::Switch;
use crate::worker::WorkerKeeper;

/// The editor draws anew this often while it is open.
const FRAME: Duration = Duration::from_millis(16);
/// A session that is being loaded sets parameters first and the rest within this.
const LOADING: Duration = Duration::from_millis(500);

/// The editor of one instance; it outlives its windows.
pub(crate) struct BurnishEditor {
    desk: Arc<Desk>,
    parameters: Arc<BurnishParameters>,
    worker: Arc<WorkerKeeper>,
    host: Option<GuiContext>,
    editor: Editor,
    settings: ChainSettings,
    meters: ChainSnapshot,
    history: VecDeque<HistoryPoint>,
    /// Whether choosing another snapshot compares them at equal loudness.
    are_snapshots_matched: bool,
    /// Columns that have gone by before the first of them.
    history_start: u64,
    spectra: Option<(u32, SpectrumReader)>,
    readings: Option<CompareReadings>,
    references: Vec<Reference>,
    reference_views: Vec<ReferenceView>,
    /// The editor is made with the instance, on whatever stack the host has.
    balance: Box<BalanceReader>,
    checking: Checking,
    heard: Heard,
    /// Whether a window was open before.
    was_open: bool,
    steps: Steps,
    /// Since when the host has selected another snapshot than the parameters hold.
    selection_differs_since: Option<Instant>,
    /// Sessions that were loaded up to the last frame.
    restores: u32,
    preset_names: Vec<&'static str>,
    edits: Vec<Edit>,
}

impl BurnishEditor {
    fn new(desk: Arc<Desk>, parameters: Arc<BurnishParameters>, worker: Arc<WorkerKeeper>) -> Self {
        Self {
            desk,
            parameters,
            worker,
            host: None,
            editor: Editor::new(),
            settings: ChainSettings::default(),
            meters: ChainSnapshot::default(),
            history: VecDeque::with_capacity(HISTORY_KEPT),
            history_start: 0,
            are_snapshots_matched: true,
            spectra: None,
            readings: None,
            references: Vec::new(),
            reference_views: Vec::new(),
            balance: Box::default(),
            checking: Checking::new(48_000, 2),
            heard: Heard::default(),
            was_open: false,
            steps: Steps::default(),
            selection_differs_since: None,
            restores: 0,
            preset_names: presets().iter().map(|preset| preset.name).collect(),
            edits: Vec::new(),
        }
    }

    /// A window has opened.
    fn open(&mut self, context: &egui::Context, host: GuiContext) {
        Editor::install(context);
        context.set_zoom_factor(self.desk.session().editor_scale);
        self.host = Some(host);
        self.worker.start(&self.desk);
        if !std::mem::replace(&mut self.was_open, true)
            && self.desk.restores() == 0
            && self.parameters.settings() == ChainSettings::default()
        {
            // A fresh instance: first, is the mix fit?
            self.editor.choose_page(Page::Check);
        }
    }

    /// Draws the window and does what is asked for in it.
    fn frame(&mut self, ui: &mut egui::Ui) {
        self.read();
        self.follow_switches();
        self.take_picked();
        self.show(ui);
        let edits = std::mem::take(&mut self.edits);
        for edit in &edits {
            self.carry_out(edit, ui.ctx());
        }
        self.desk.meters.want_mix_bands(self.editor.page() == Page::Balance);
        ui.ctx().request_repaint_after(FRAME);
    }

    /// Takes in what the engine and the worker have to say.
    fn read(&mut self) {
        self.settings = self.parameters.settings();
        let restores = self.desk.restores();
        if std::mem::replace(&mut self.restores, restores) != restores {
            self.steps.clear();
        }
        if let Some(meters) = self.desk.meters.feed.latest() {
            self.meters = meters;
        }
        if let Some(readings) = self.desk.readings.pop() {
            self.readings = Some(readings);
        }
        while let Some(point) = self.desk.meters.feed.next_history() {
            if self.history.len() == HISTORY_KEPT {
                self.history.pop_front();
                self.history_start += 1;
            }
            self.history.push_back(point);
        }
        self.references = self.desk.references.list();
        self.reference_views = views::reference_views(&self.references);
        self.read_spectra();
    }

    fn read_spectra(&mut self) {
        let rate_hz = self.desk.stream.sample_rate_hz().unwrap_or(48_000);
        let (_, reader) = match self.spectra.take() {
            Some((present_hz, reader)) if present_hz == rate_hz => {
                self.spectra.insert((rate_hz, reader))
            }
            _ => self.spectra.insert((rate_hz, SpectrumReader::new(f64::from(rate_hz)))),
        };
        let master = self.desk.meters.spectra().map(|spectra| spectra.song.master);
        let channels = if self.desk.stream.is_mono() { 1 } else { 2 };
        self.checking.follow(rate_hz, channels);
        let checking = &mut self.checking;
        reader.update(&self.desk.meters.feed, master, &mut |chunk| checking.hear(chunk));
        self.heard = self.checking.heard();
        let (spectrum, integrated_lufs) = match self.desk.references.chosen() {
            burnish_gui::ChosenReference::Song(place) => {
                let details = self.references.get(place).and_then(|r| r.details.as_ref());
                details.and_then(|details| {
                    Some((&details.spectrum, details.measures.as_ref()?.integrated_lufs))
                })
            }
            _ => None,
        }
        .unwrap_or((views::no_spectrum(), 0.0));
        let difference_db = self.meters.output.loudness.integrated_lufs - integrated_lufs;
        let gain_db = if difference_db.is_finite() { difference_db } else { 0.0 };
        let look = self.desk.session().spectrum.into();
        reader.draw(look, spectrum, gain_db);
        if self.editor.page() == Page::Balance {
            self.balance.update(&BalanceSources {
                desk: &self.desk,
                meters: &self.meters,
                master: &reader.song,
                readings: self.readings.as_ref(),
                references: &self.references,
                equalizer: &self.settings.equalizer,
                sample_rate_hz: f64::from(rate_hz),
            });
        }
    }

    /// Gives the parameters the settings of the selected snapshot, where a host
    /// has moved on without the editor.
    fn follow_switches(&mut self) {
        let Some(host) = self.host.clone() else { return };
        let setter = host.param_setter();
        let snapshots = &self.desk.snapshots;
        if let Some(arriving) = snapshots.arriving()
            && self.settings == snapshots.bank().settings(arriving)
        {
            // Also while no audio runs.
            snapshots.arrived(arriving);
        }
        let switches = self.parameters.switches();
        let selected = switches.of(Switch::Snapshot);
        if snapshots.arriving().is_some() || selected == snapshots.loaded() {
            self.selection_differs_since = None;
        } else if self.selection_differs_since.get_or_insert_with(Instant::now).elapsed() > LOADING
        {
            self.selection_differs_since = None;
            store_loaded(&self.desk, &self.parameters);
            let settings = snapshots.bank().settings(selected);
            load_snapshot(selected, &settings, &self.desk, &self.parameters, &setter);
        }
    }

    fn show(&mut self, ui: &mut egui::Ui) {
        if self.spectra.is_none() {
            return;
        }
        let mut editor = std::mem::take(&mut self.editor);
        let mut edits = std::mem::take(&mut self.edits);
        let Some((_, reader)) = &self.spectra else { return };
        let desk = &self.desk;
        let session = desk.session();
        let listening = desk.listening();
        let (integration, is_integration_paused) = desk.integration.now();
        let message = desk.messages.newest();
        let bank = desk.snapshots.bank();
        let (undo_steps, redo_steps) = (self.steps.undo_names(), self.steps.redo_names());
        let blind = lock(&desk.blind).clone();
        let is_blind = blind.as_ref().is_some_and(BlindTest::is_running);
        let has_live = self.readings.is_some_and(|readings| readings.live.is_some());
        let can_hear_reference = views::can_hear_reference(desk, &self.references, has_live);
        let loaded = desk.snapshots.loaded();
        let are_set = std::array::from_fn(|place| place == loaded || bank.is_set(place));
        let candidates: Vec<Candidate> =
            views::candidates(bank.names(), are_set, can_hear_reference);
        let results = session.blind_results.summaries();
        let hidden = Hidden::default();
        let reductions = desk.meters.feed.reductions();
        let view = View {
            settings: &self.settings,
            // While a blind test runs no reading may give anything away.
            meters: if is_blind { &hidden.meters } else { &self.meters },
            history: if is_blind { &hidden.history } else { &self.history },
            history_start: self.history_start,
            reductions: if is_blind { &hidden.reductions } else { &reductions },
            scope: if is_blind { &hidden.scope } else { &reader.scope },
            spectra: if is_blind { &hidden.spectra } else { &reader.spectra },
            spectrum_look: session.spectrum.into(),
            is_bypassed: self.parameters.is_bypassed(),
            listen: listening.listen,
            delta: listening.delta,
            monitor: listening.monitor,
            solo: listening.solo,
            is_at_unity_gain: listening.is_at_unity_gain,
            integration,
            is_integration_paused,
            references: views::references_view(
                &self.reference_views,
                desk,
                self.readings.as_ref().filter(|_| !is_blind),
            ),
            snapshots: SnapshotsView {
                undo_steps: &undo_steps,
                redo_steps: &redo_steps,
                ..self.snapshots_view(&bank)
            },
            balance: BalanceView {
                balance: self.balance.balance.as_ref().filter(|_| !is_blind),
                is_average: session.is_average_reference,
                proposal: self.balance.keeper.proposal().filter(|_| !is_blind),
                is_held: self.balance.keeper.is_held(),
                amount: session.match_amount,
                most_db: session.match_most_db,
            },
            blind: BlindView {
                candidates: &candidates,
                test: blind.as_ref(),
                results: &results,
                heard: blind
                    .as_ref()
                    .filter(|_| listening.blind.is_some_and(|blind| blind.source.is_some()))
                    .and_then(BlindTest::heard_label),
            },
            check: CheckView {
                report: self.heard.report.as_deref().filter(|_| !is_blind),
                heard_s: self.heard.seconds,
            },
            is_level: self.readings.is_some_and(|readings| readings.is_level),
            targets: targets(),
            target: targets().iter().position(|target| target.id == session.target).unwrap_or(0),
            presets: &self.preset_names,
            notes: &session.notes,
            sample_rate_hz: desk.stream.sample_rate_hz().map_or(0.0, f64::from),
            latency_frames: desk.stream.latency_frames(),
            engine_revision: ENGINE_REVISION,
            message: message.as_deref(),
        };
        editor.show(ui, &view, &mut edits);
        (self.editor, self.edits) = (editor, edits);
    }

    fn snapshots_view<'a>(&'a self, bank: &'a SnapshotBank) -> SnapshotsView<'a> {
        let current = self.parameters.switches().of(Switch::Snapshot);
        let own = self.snapshot_settings(current);
        SnapshotsView {
            names: bank.names(),
            current,
            is_same_as_current: std::array::from_fn(|snapshot: usize| {
                snapshot == current || bank.settings(snapshot) == own
            }),
            is_empty: std::array::from_fn(|snapshot| {
                snapshot != current
                    && snapshot != self.desk.snapshots.loaded()
                    && !bank.is_set(snapshot)
            }),
            are_matched: self.are_snapshots_matched,
            are_side_by_side: self.desk.listening().are_side_by_side,
            turned_down_db: self
                .readings
                .map_or([0.0; SNAPSHOTS], |readings| readings.snapshots_down_db),
            undo: self.steps.undo_name(),
            redo: self.steps.redo_name(),
            undo_steps: &[],
            redo_steps: &[],
        }
    }
}

/// What is shown in the place of readings during a blind test.
#[derive(Debug, Default)]
struct Hidden {
    meters: ChainSnapshot,
    history: VecDeque<HistoryPoint>,
    reductions: Reducing<ReductionHistogram>,
    scope: VecDeque<[f32; 2]>,
    spectra: Spectra,
}
