//! The glue between the editor and the host: builds the view, carries out the edits.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use burnish_dsp::meters::{ChainSnapshot, HistoryPoint};
use burnish_dsp::settings::{ChainSettings, parameter_index, parameters};
use burnish_gui::{Edit, Editor, HISTORY_POINTS, View};
use burnish_session::preset::presets;
use burnish_session::targets::targets;
use nice_plug::context::gui::GuiContext;
use nice_plug::editor::dpi::LogicalSize;
use nice_plug::editor::{ResizeHint, SizeConstraints};
use nice_plug_egui::baseview::{HandlerError, WindowSize};
use nice_plug_egui::{
    EguiEditor, EguiEditorState, EguiNiceSettings, Frame, NiceEguiApp, RepaintNotifier,
    create_egui_editor,
};

use crate::desk::{Desk, ShownReference};
use crate::parameters::BurnishParameters;
use crate::spectra::SpectrumReader;
use crate::worker::Worker;

const SMALLEST: LogicalSize<f32> = LogicalSize { width: 800.0, height: 500.0 };
/// The editor draws anew this often while it is open.
const FRAME: Duration = Duration::from_millis(16);
/// Where the trim's button puts the highest true peak of the mix.
const HEADROOM_DBTP: f64 = -6.0;

/// The editor of one instance; it outlives its windows.
pub struct BurnishEditor {
    desk: Arc<Desk>,
    parameters: Arc<BurnishParameters>,
    host: Option<GuiContext>,
    editor: Editor,
    /// Started with the first window: without one no reference can be heard.
    worker: Option<Worker>,
    settings: ChainSettings,
    meters: ChainSnapshot,
    history: VecDeque<HistoryPoint>,
    spectra: Option<(u32, SpectrumReader)>,
    reference: ShownReference,
    preset_names: Vec<&'static str>,
    edits: Vec<Edit>,
}

/// Makes the editor that the host will open.
pub(crate) fn create(
    desk: Arc<Desk>,
    parameters: Arc<BurnishParameters>,
) -> Option<EguiEditor<BurnishEditor>> {
    let session = desk.session();
    let (width, height) = session.editor_size;
    let size =
        LogicalSize { width: width.max(SMALLEST.width), height: height.max(SMALLEST.height) };
    let settings = EguiNiceSettings::new().with_tile("Burnish").with_resize_hint(
        ResizeHint::resizable().with_size_constraints(SizeConstraints::min_logical_size(SMALLEST)),
    );
    let app = BurnishEditor {
        desk,
        parameters,
        host: None,
        editor: Editor::new(),
        worker: None,
        settings: ChainSettings::default(),
        meters: ChainSnapshot::default(),
        history: VecDeque::with_capacity(HISTORY_POINTS),
        spectra: None,
        reference: ShownReference::default(),
        preset_names: presets().iter().map(|preset| preset.name).collect(),
        edits: Vec::new(),
    };
    create_egui_editor(
        EguiEditorState::from_size(size, session.editor_scale.clamp(0.5, 3.0)),
        RepaintNotifier::default(),
        settings,
        app,
    )
}

impl NiceEguiApp for BurnishEditor {
    fn build(
        &mut self,
        context: egui::Context,
        host: GuiContext,
        _frame: &mut Frame,
    ) -> Result<(), HandlerError> {
        Editor::install(&context);
        context.set_zoom_factor(self.desk.session().editor_scale);
        self.host = Some(host);
        if self.worker.is_none() {
            match Worker::start(Arc::clone(&self.desk)) {
                Ok(worker) => self.worker = Some(worker),
                Err(error) => self.desk.say(format!(
                    "references cannot be loaded: expected to start a thread, found {error}"
                )),
            }
        }
        Ok(())
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut Frame) {
        self.read();
        self.show(ui);
        let edits = std::mem::take(&mut self.edits);
        for edit in &edits {
            self.carry_out(edit, ui.ctx());
        }
        ui.ctx().request_repaint_after(FRAME);
    }

    fn resized(&mut self, size: WindowSize) {
        let (width, height) = (size.logical.width as f32, size.logical.height as f32);
        self.desk.edit_session(|session| session.editor_size = (width, height));
    }
}

impl BurnishEditor {
    /// Takes in what the engine and the worker have to say.
    fn read(&mut self) {
        self.settings = self.parameters.settings();
        if let Some(meters) = self.desk.feed.latest() {
            self.meters = meters;
        }
        while let Some(point) = self.desk.feed.next_history() {
            if self.history.len() == HISTORY_POINTS {
                self.history.pop_front();
            }
            self.history.push_back(point);
        }
        self.reference = self.desk.reference();
        let rate_hz = self.desk.sample_rate_hz().unwrap_or(48_000);
        let (_, reader) = match self.spectra.take() {
            Some((present_hz, reader)) if present_hz == rate_hz => {
                self.spectra.insert((rate_hz, reader))
            }
            _ => self.spectra.insert((rate_hz, SpectrumReader::new(f64::from(rate_hz)))),
        };
        reader.update(&self.desk.feed, self.desk.song_spectrum());
        let difference_db =
            self.meters.output.loudness.integrated_lufs - self.reference.integrated_lufs;
        let gain_db = if difference_db.is_finite() { difference_db } else { 0.0 };
        let look = self.desk.session().spectrum.into();
        reader.draw(look, &self.reference.spectrum, gain_db);
    }

    fn show(&mut self, ui: &mut egui::Ui) {
        let Some((_, reader)) = &self.spectra else { return };
        let session = self.desk.session();
        let listening = self.desk.listening();
        let (integration, is_integration_paused) = self.desk.integration();
        let message = self.desk.message();
        let view = View {
            settings: &self.settings,
            meters: &self.meters,
            history: &self.history,
            scope: &reader.scope,
            spectra: &reader.spectra,
            spectrum_look: session.spectrum.into(),
            listen: listening.listen,
            delta: listening.delta,
            monitor: listening.monitor,
            solo: listening.solo,
            is_at_unity_gain: listening.is_at_unity_gain,
            integration,
            is_integration_paused,
            reference: &self.reference.status,
            targets: targets(),
            target: targets().iter().position(|target| target.id == session.target).unwrap_or(0),
            presets: &self.preset_names,
            notes: &session.notes,
            sample_rate_hz: self.desk.sample_rate_hz().map_or(0.0, f64::from),
            latency_frames: self.desk.latency_frames(),
            message: message.as_deref(),
        };
        self.editor.show(ui, &view, &mut self.edits);
    }

    fn carry_out(&mut self, edit: &Edit, context: &egui::Context) {
        let Some(host) = &self.host else { return };
        let setter = host.param_setter();
        match edit {
            Edit::Begin(index) => self.parameters.begin(*index, &setter),
            Edit::Set(index, value) => self.parameters.set(*index, *value, &setter),
            Edit::End(index) => self.parameters.end(*index, &setter),
            Edit::Listen(listen) => self.desk.set_listen(*listen),
            Edit::Delta(stage) => self.desk.set_delta(*stage),
            Edit::Monitor(monitor) => self.desk.set_monitor(*monitor),
            Edit::Solo(band) => self.desk.set_solo(*band),
            Edit::UnityGain(is_on) => self.desk.set_unity_gain(*is_on),
            Edit::BrowseReference => browse(&self.desk),
            Edit::LoadReference(path) => choose_reference(&self.desk, Some(path.clone())),
            Edit::RemoveReference => choose_reference(&self.desk, None),
            Edit::Target(position) => {
                if let Some(target) = targets().get(*position) {
                    self.desk.edit_session(|session| session.target.clone_from(&target.id));
                }
            }
            Edit::Preset(position) => {
                if let Some(preset) = presets().get(*position) {
                    self.parameters.set_all(&preset.settings, &setter);
                }
            }
            Edit::Notes(notes) => {
                self.desk.edit_session(|session| session.notes.clone_from(notes));
            }
            Edit::ResetMeters => self.desk.ask_for_meter_reset(),
            Edit::PauseMeters(is_paused) => self.desk.pause_integration(*is_paused),
            Edit::Integration(mode) => self.desk.set_integration(*mode),
            Edit::TrimToHeadroom => self.trim_to_headroom(host),
            Edit::SpectrumLook(look) => {
                self.desk.edit_session(|session| session.spectrum = (*look).into());
            }
            Edit::DismissMessage => self.desk.dismiss_message(),
            Edit::Scale(scale) => {
                context.set_zoom_factor(*scale);
                self.desk.edit_session(|session| session.editor_scale = *scale);
            }
        }
    }

    /// Sets the trim so that the highest true peak seen up to now would have reached -6 dBTP.
    fn trim_to_headroom(&self, host: &GuiContext) {
        let peaks_dbtp = self.meters.input.max_true_peak_dbtp;
        let peak_dbtp = peaks_dbtp[0].max(peaks_dbtp[1]);
        if !peak_dbtp.is_finite() {
            self.desk.say("play the mix first: there is no peak to go by yet".to_owned());
            return;
        }
        if let Some(index) = parameter_index("trim.gain") {
            let gain_db = parameters()[index].kind.snap(HEADROOM_DBTP - peak_dbtp);
            let setter = host.param_setter();
            self.parameters.begin(index, &setter);
            self.parameters.set(index, gain_db, &setter);
            self.parameters.end(index, &setter);
        }
    }
}

fn choose_reference(desk: &Desk, path: Option<PathBuf>) {
    desk.edit_session(|session| session.reference = path);
}

/// Asks for a file without holding up the editor.
fn browse(desk: &Arc<Desk>) {
    const EXTENSIONS: [&str; 9] = ["wav", "flac", "mp3", "m4a", "aac", "ogg", "oga", "aif", "aiff"];
    // The dialog is made here, as some systems demand of their main thread, and waited for elsewhere.
    let dialog = rfd::AsyncFileDialog::new()
        .set_title("Choose a reference")
        .add_filter("Audio", &EXTENSIONS)
        .pick_file();
    let waiting = std::thread::Builder::new().name("burnish-dialog".to_owned()).spawn({
        let desk = Arc::clone(desk);
        move || {
            if let Some(file) = pollster::block_on(dialog) {
                choose_reference(&desk, Some(file.path().to_owned()));
            }
        }
    });
    if let Err(error) = waiting {
        desk.say(format!("the file dialog did not open: {error}"));
    }
}
