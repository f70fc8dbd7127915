//! A headless CLAP host over `clack-host`.

use std::cell::Cell;
use std::ffi::CString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use burnish_dsp::parameter::Kind;
use burnish_dsp::settings::{ChainParameter, ChainSettings, parameters};
use clack_extensions::gui::{
    GuiApiType, GuiConfiguration, GuiSize, HostGui, HostGuiImpl, PluginGui, Window as ClapWindow,
};
use clack_extensions::latency::{HostLatency, HostLatencyImpl, PluginLatency};
use clack_extensions::params::{
    HostParams, HostParamsImplMainThread, HostParamsImplShared, ParamClearFlags, ParamInfoBuffer,
    ParamInfoFlags, ParamRescanFlags, PluginParams,
};
use clack_extensions::render::{PluginRender, RenderMode};
use clack_extensions::state::{HostState, HostStateImpl, PluginState};
use clack_host::events::EventFlags;
use clack_host::events::event_types::{ParamValueEvent, TransportEvent, TransportFlags};
use clack_host::prelude::*;
use clack_host::utils::{BeatTime, ClapId, SecondsTime};

use crate::window::ParentWindow;

/// What went wrong, in one line.
pub type Error = Box<dyn std::error::Error>;

/// Where `cargo xtask bundle` puts the plug-in, unless `BURNISH_CLAP` names another place.
pub fn bundle_path() -> PathBuf {
    std::env::var_os("BURNISH_CLAP").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bundled/Burnish.clap"),
        PathBuf::from,
    )
}

/// How long a closed window's thread may take to end.
const WINDOW_CLOSES: Duration = Duration::from_millis(300);

/// What the plug-in has asked its host for.
#[derive(Debug, Default)]
pub struct Requests {
    callback: AtomicBool,
    restart: AtomicBool,
    /// Size packed as CLAP does, 0 when none was asked for.
    resize_width: AtomicU32,
    resize_height: AtomicU32,
    latency_changes: AtomicU32,
}

/// The host's side that the plug-in may call from any thread.
pub struct Shared {
    requests: Arc<Requests>,
    extensions: OnceLock<Extensions>,
}

#[derive(Clone, Copy)]
struct Extensions {
    parameters: Option<PluginParams>,
    state: Option<PluginState>,
    latency: Option<PluginLatency>,
    render: Option<PluginRender>,
    gui: Option<PluginGui>,
}

impl<'a> SharedHandler<'a> for Shared {
    fn initializing(&self, instance: InitializingPluginHandle<'a>) {
        let extensions = Extensions {
            parameters: instance.get_extension(),
            state: instance.get_extension(),
            latency: instance.get_extension(),
            render: instance.get_extension(),
            gui: instance.get_extension(),
        };
        // Called once for each instance.
        let _ = self.extensions.set(extensions);
    }

    fn request_restart(&self) {
        self.requests.restart.store(true, Ordering::Relaxed);
    }

    fn request_process(&self) {}

    fn request_callback(&self) {
        self.requests.callback.store(true, Ordering::Relaxed);
    }
}

impl HostParamsImplShared for Shared {
    fn request_flush(&self) {}
}

impl HostGuiImpl for Shared {
    fn resize_hints_changed(&self) {}

    fn request_resize(&self, size: GuiSize) -> Result<(), HostError> {
        self.requests.resize_width.store(size.width, Ordering::Relaxed);
        self.requests.resize_height.store(size.height, Ordering::Relaxed);
        Ok(())
    }

    fn request_show(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn request_hide(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn closed(&self, _was_destroyed: bool) {}
}

/// The host's side that the plug-in may call from the main thread.
pub struct MainThread<'a> {
    shared: &'a Shared,
    is_dirty: Cell<bool>,
}

impl<'a> MainThreadHandler<'a> for MainThread<'a> {}

impl HostParamsImplMainThread for MainThread<'_> {
    fn rescan(&self, _flags: ParamRescanFlags) {}

    fn clear(&self, _parameter: ClapId, _flags: ParamClearFlags) {}
}

impl HostLatencyImpl for MainThread<'_> {
    fn changed(&self) {
        self.shared.requests.latency_changes.fetch_add(1, Ordering::Relaxed);
    }
}

impl HostStateImpl for MainThread<'_> {
    fn mark_dirty(&self) {
        self.is_dirty.set(true);
    }
}

struct Side;

impl HostHandlers for Side {
    type Shared<'a> = Shared;
    type MainThread<'a> = MainThread<'a>;
    type AudioProcessor<'a> = ();

    fn declare_extensions(builder: &mut HostExtensions<Self>, _shared: &Shared) {
        builder
            .register::<HostParams>()
            .register::<HostLatency>()
            .register::<HostState>()
            .register::<HostGui>();
    }
}

/// A parameter change at a frame of the next block.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    /// Frame within the block.
    pub frame: u32,
    /// Position in the parameter table.
    pub index: usize,
    /// The value as the host carries it, from [`Host::host_value`].
    pub host_value: f64,
}

/// What a host shows of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownParameter {
    /// Full name.
    pub name: String,
    /// Group.
    pub module: String,
    /// Lowest value as the host carries it.
    pub minimum: f64,
    /// Highest value.
    pub maximum: f64,
    /// Default.
    pub default: f64,
    /// Whether the host's own bypass button is to move it.
    pub is_bypass: bool,
}

/// The plug-in in its host. Fields are dropped in order: audio before instance before library.
pub struct Host {
    audio: Option<StartedPluginAudioProcessor<Side>>,
    instance: PluginInstance<Side>,
    requests: Arc<Requests>,
    extensions: Extensions,
    /// CLAP ids in the order of the parameter table.
    ids: Vec<ClapId>,
    /// What the host is told of each parameter, in the order of the table.
    shown: Vec<ShownParameter>,
    /// Parameters that are no settings of the chain, by name.
    switches: Vec<(ClapId, ShownParameter)>,
    /// Switches to be moved with the next block.
    moved: Vec<(ClapId, f64)>,
    /// What comes in at the side-chain next; silence when it is too short.
    side_chain: [Vec<f32>; 2],
    max_block_frames: usize,
    position_frames: u64,
    sample_rate_hz: f64,
    /// Position of the song while it plays.
    song_frame: Option<i64>,
    window: Option<ParentWindow>,
    _library: PluginEntry,
}

impl Host {
    /// Loads the bundle and makes one instance of the plug-in.
    ///
    /// # Errors
    /// When there is no bundle, or it is not Burnish.
    pub fn load(path: &Path) -> Result<Self, Error> {
        if !path.exists() {
            return Err(format!(
                "{}: expected the plug-in's bundle, found nothing; make it with `cargo xtask bundle`",
                path.display()
            )
            .into());
        }
        // SAFETY: the bundle is our own; loading it runs no code but its own entry.
        let library = unsafe { PluginEntry::load(path.as_os_str())? };
        let factory =
            library.get_plugin_factory().ok_or("expected a plug-in factory, found none")?;
        let id: CString = factory
            .plugin_descriptors()
            .find_map(|descriptor| descriptor.id().map(Into::into))
            .ok_or("expected one plug-in in the bundle, found none")?;
        let requests = Arc::new(Requests::default());
        let for_shared = Arc::clone(&requests);
        let info = HostInfo::new("Burnish tests", "Burnish", "", env!("CARGO_PKG_VERSION"))?;
        let mut instance = PluginInstance::<Side>::new(
            move |()| Shared { requests: Arc::clone(&for_shared), extensions: OnceLock::new() },
            |shared| MainThread { shared, is_dirty: Cell::new(false) },
            &library,
            &id,
            &info,
        )?;
        let extensions = instance
            .access_shared_handler(|shared| shared.extensions.get().copied())
            .ok_or("the plug-in was never initialised")?;
        let Told { ids, shown, switches } = read_parameters(&mut instance, &extensions)?;
        Ok(Self {
            audio: None,
            instance,
            requests,
            extensions,
            ids,
            shown,
            switches,
            moved: Vec::new(),
            side_chain: [Vec::new(), Vec::new()],
            max_block_frames: 0,
            position_frames: 0,
            sample_rate_hz: 0.0,
            song_frame: None,
            window: None,
            _library: library,
        })
    }

    /// What the plug-in tells of its parameters, in the order of the table.
    pub fn shown_parameters(&self) -> &[ShownParameter] {
        &self.shown
    }

    /// Starts the stream.
    ///
    /// # Errors
    /// When the plug-in refuses.
    pub fn activate(&mut self, sample_rate_hz: f64, max_block_frames: usize) -> Result<(), Error> {
        self.deactivate();
        let configuration = PluginAudioConfiguration {
            sample_rate: sample_rate_hz,
            min_frames_count: 1,
            max_frames_count: max_block_frames as u32,
        };
        let stopped = self.instance.activate(|_, _| (), configuration)?;
        self.audio = Some(stopped.start_processing().map_err(|error| error.to_string())?);
        self.max_block_frames = max_block_frames;
        self.sample_rate_hz = sample_rate_hz;
        self.position_frames = 0;
        Ok(())
    }

    /// Stops the stream.
    pub fn deactivate(&mut self) {
        if let Some(audio) = self.audio.take() {
            self.instance.deactivate(audio.stop_processing());
        }
    }

    /// Whether a restart was asked for since the last call.
    pub fn take_restart_request(&self) -> bool {
        self.requests.restart.swap(false, Ordering::Relaxed)
    }

    /// Tells the plug-in whether what follows is an offline render.
    ///
    /// # Errors
    /// When the plug-in cannot switch.
    pub fn set_offline(&mut self, is_offline: bool) -> Result<(), Error> {
        let render = self.extensions.render.ok_or("the plug-in does not know render modes")?;
        let mode = if is_offline { RenderMode::Offline } else { RenderMode::Realtime };
        render.set(&self.instance.plugin_handle(), mode).map_err(|error| format!("{error:?}"))?;
        Ok(())
    }

    /// Latency that the plug-in reports, frames.
    pub fn latency_frames(&mut self) -> usize {
        self.extensions
            .latency
            .map_or(0, |latency| latency.get(&self.instance.plugin_handle()) as usize)
    }

    /// Starts the song at a frame, or jumps there; `None` stops it. A host that
    /// was never asked to play gives the plug-in no transport at all.
    pub fn play_from(&mut self, song_frame: Option<i64>) {
        self.song_frame = song_frame;
    }

    /// Moves a switch that is no setting of the chain, such as "Snapshot", with
    /// the next block.
    ///
    /// # Errors
    /// When the plug-in has no such parameter.
    pub fn move_switch(&mut self, name: &str, position: f64) -> Result<(), Error> {
        let (id, _) = self
            .switches
            .iter()
            .find(|(_, shown)| shown.name == name)
            .ok_or_else(|| format!("the plug-in has no parameter \"{name}\""))?;
        self.moved.push((*id, position));
        Ok(())
    }

    /// The parameter that the host's bypass button moves.
    pub fn bypass(&self) -> Option<&str> {
        let (_, shown) = self.switches.iter().find(|(_, shown)| shown.is_bypass)?;
        Some(&shown.name)
    }

    /// Where a switch stands.
    pub fn switch(&mut self, name: &str) -> Option<f64> {
        let extension = self.extensions.parameters?;
        let (id, _) = self.switches.iter().find(|(_, shown)| shown.name == name)?;
        extension.get_value(&self.instance.plugin_handle(), *id)
    }

    /// What comes in at the side-chain from the next block on.
    pub fn set_side_chain(&mut self, left: &[f32], right: &[f32]) {
        self.side_chain = [left.to_vec(), right.to_vec()];
    }

    /// Plays one block in place.
    ///
    /// # Errors
    /// When the stream was not started or the plug-in fails.
    pub fn process(
        &mut self,
        left: &mut [f32],
        right: &mut [f32],
        changes: &[Change],
    ) -> Result<(), Error> {
        let frames = left.len();
        if frames > self.max_block_frames {
            return Err(format!(
                "expected a block of at most {} frames, found {frames}",
                self.max_block_frames
            )
            .into());
        }
        let audio = self.audio.as_mut().ok_or("processing before activation")?;
        let mut events = EventBuffer::with_capacity(changes.len());
        for (id, position) in self.moved.drain(..) {
            events.push(&ParamValueEvent::new(0, id, Pckn::match_all(), position));
        }
        for change in changes {
            events.push(&ParamValueEvent::new(
                change.frame,
                self.ids[change.index],
                Pckn::match_all(),
                change.host_value,
            ));
        }
        let mut input = [left.to_vec(), right.to_vec()];
        let mut side_chain = self.side_chain.each_mut().map(|channel| {
            let rest = channel.split_off(frames.min(channel.len()));
            let mut block = std::mem::replace(channel, rest);
            block.resize(frames, 0.0);
            block
        });
        let mut input_ports = AudioPorts::with_capacity(4, 2);
        let mut output_ports = AudioPorts::with_capacity(2, 1);
        let inputs = input_ports.with_input_buffers([&mut input, &mut side_chain].map(|port| {
            AudioPortBuffer {
                latency: 0,
                channels: AudioPortBufferType::f32_input_only(
                    port.iter_mut().map(InputChannel::variable),
                ),
            }
        }));
        let mut outputs = output_ports.with_output_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_output_only([left, right].into_iter()),
        }]);
        let mut output_events = EventBuffer::new();
        audio.process(
            &inputs,
            &mut outputs,
            &InputEvents::from_buffer(&events),
            &mut OutputEvents::from_buffer(&mut output_events),
            Some(self.position_frames),
            self.song_frame.map(|frame| transport(frame, self.sample_rate_hz)).as_ref(),
        )?;
        self.position_frames += frames as u64;
        self.song_frame = self.song_frame.map(|frame| frame + frames as i64);
        Ok(())
    }

    /// Gives the plug-in parameter changes without a block of audio.
    ///
    /// # Errors
    /// When the plug-in has no parameters.
    pub fn flush(&mut self, changes: &[Change]) -> Result<(), Error> {
        let extension = self.extensions.parameters.ok_or("the plug-in has no parameters")?;
        let mut events = EventBuffer::with_capacity(changes.len());
        for change in changes {
            let id = self.ids[change.index];
            events.push(&ParamValueEvent::new(0, id, Pckn::match_all(), change.host_value));
        }
        let mut output_events = EventBuffer::new();
        let input = InputEvents::from_buffer(&events);
        let mut output = OutputEvents::from_buffer(&mut output_events);
        if let Some(audio) = &mut self.audio {
            extension.flush_active(&mut audio.plugin_handle(), &input, &mut output);
        } else {
            let mut plugin =
                self.instance.inactive_plugin_handle().ok_or("the plug-in is active")?;
            extension.flush(&mut plugin, &input, &mut output);
        }
        Ok(())
    }

    /// Clears all audio, as hosts do when the transport jumps.
    pub fn reset(&mut self) {
        if let Some(audio) = &mut self.audio {
            audio.reset();
        }
    }

    /// The value as the host carries it of a parameter's value in the user's
    /// units, through the plug-in's own text conversion.
    ///
    /// # Errors
    /// When the plug-in does not understand the text.
    pub fn host_value(&mut self, index: usize, value: f64) -> Result<f64, Error> {
        let parameter = &parameters()[index];
        let text = exact_text(parameter, value);
        let extension = self.extensions.parameters.ok_or("the plug-in has no parameters")?;
        extension
            .text_to_value(
                &self.instance.plugin_handle(),
                self.ids[index],
                &CString::new(text.clone())?,
            )
            .ok_or_else(|| format!("{}: \"{text}\" was not understood", parameter.id).into())
    }

    /// The text that the plug-in shows for a value as the host carries it.
    ///
    /// # Errors
    /// When the plug-in has none.
    pub fn text(&mut self, index: usize, host_value: f64) -> Result<String, Error> {
        let extension = self.extensions.parameters.ok_or("the plug-in has no parameters")?;
        let mut buffer = [0; 128];
        let text = extension
            .value_to_text(&self.instance.plugin_handle(), self.ids[index], host_value, &mut buffer)
            .map_err(|_| format!("{}: no text for {host_value}", parameters()[index].id))?;
        Ok(String::from_utf8_lossy(text).into_owned())
    }

    /// A parameter's present value, as the host carries it.
    pub fn value(&mut self, index: usize) -> Option<f64> {
        let extension = self.extensions.parameters?;
        extension.get_value(&self.instance.plugin_handle(), self.ids[index])
    }

    /// The changes, at the start of a block, that bring every parameter to `settings`.
    ///
    /// # Errors
    /// When the plug-in does not understand a value.
    pub fn changes_to(&mut self, settings: &ChainSettings) -> Result<Vec<Change>, Error> {
        (0..parameters().len())
            .map(|index| {
                let value = parameters()[index].read(settings);
                Ok(Change { frame: 0, index, host_value: self.host_value(index, value)? })
            })
            .collect()
    }

    /// The plug-in's state, as a session file would keep it.
    ///
    /// # Errors
    /// When the plug-in cannot save.
    pub fn save_state(&mut self) -> Result<Vec<u8>, Error> {
        let extension = self.extensions.state.ok_or("the plug-in keeps no state")?;
        let mut state = Vec::new();
        extension.save(&self.instance.plugin_handle(), &mut state)?;
        Ok(state)
    }

    /// Gives the plug-in a saved state.
    ///
    /// # Errors
    /// When the plug-in refuses it.
    pub fn load_state(&mut self, state: &[u8]) -> Result<(), Error> {
        let extension = self.extensions.state.ok_or("the plug-in keeps no state")?;
        extension.load(&self.instance.plugin_handle(), &mut &*state)?;
        Ok(())
    }

    /// Opens the editor in a window of its own on the X display.
    ///
    /// # Errors
    /// When there is no display or the plug-in has no editor for it.
    pub fn open_editor(&mut self, width: u32, height: u32) -> Result<(), Error> {
        let gui = self.extensions.gui.ok_or("the plug-in has no editor")?;
        let configuration = GuiConfiguration { api_type: GuiApiType::X11, is_floating: false };
        let window = ParentWindow::open(width, height)?;
        let plugin = self.instance.plugin_handle();
        gui.create(&plugin, configuration)?;
        // SAFETY: the window is kept in `self` until the editor is closed.
        unsafe { gui.set_parent(&plugin, ClapWindow::from_x11_handle(window.id().into()))? };
        gui.set_size(&plugin, GuiSize { width, height })?;
        gui.show(&plugin)?;
        self.window = Some(window);
        Ok(())
    }

    /// Opens the editor in a window that is as large as the plug-in asks for.
    ///
    /// # Errors
    /// When there is no display or the plug-in has no editor for it.
    pub fn open_editor_as_it_is(&mut self) -> Result<(), Error> {
        let gui = self.extensions.gui.ok_or("the plug-in has no editor")?;
        let configuration = GuiConfiguration { api_type: GuiApiType::X11, is_floating: false };
        let plugin = self.instance.plugin_handle();
        gui.create(&plugin, configuration)?;
        let size = gui.get_size(&plugin).ok_or("the editor has no size")?;
        let window = ParentWindow::open(size.width, size.height)?;
        // SAFETY: the window is kept in `self` until the editor is closed.
        unsafe { gui.set_parent(&plugin, ClapWindow::from_x11_handle(window.id().into()))? };
        gui.show(&plugin)?;
        self.window = Some(window);
        Ok(())
    }

    /// Whether the editor is open.
    pub fn is_editor_open(&self) -> bool {
        self.window.is_some()
    }

    /// The size of the editor, open or not, in pixels.
    ///
    /// # Errors
    /// When the plug-in has no editor.
    pub fn editor_size(&mut self) -> Result<(u32, u32), Error> {
        let gui = self.extensions.gui.ok_or("the plug-in has no editor")?;
        let size = gui.get_size(&self.instance.plugin_handle()).ok_or("the editor has no size")?;
        Ok((size.width, size.height))
    }

    /// Gives the open editor another size.
    ///
    /// # Errors
    /// When no editor is open or it refuses.
    pub fn resize_editor(&mut self, width: u32, height: u32) -> Result<(), Error> {
        let gui = self.extensions.gui.ok_or("the plug-in has no editor")?;
        self.window.as_ref().ok_or("no editor is open")?.resize(width, height)?;
        gui.set_size(&self.instance.plugin_handle(), GuiSize { width, height })?;
        Ok(())
    }

    /// A picture of the open editor: width, height and rows of RGB.
    ///
    /// # Errors
    /// When no editor is open or the display gives no picture.
    pub fn picture(&self) -> Result<(u32, u32, Vec<u8>), Error> {
        self.window.as_ref().ok_or("no editor is open")?.picture()
    }

    /// Closes the editor.
    pub fn close_editor(&mut self) {
        if let (Some(gui), Some(_)) = (self.extensions.gui, &self.window) {
            gui.destroy(&self.instance.plugin_handle());
            // The window's own thread still takes leave of the X server; a program
            // that ends meanwhile pulls the ground from under it.
            std::thread::sleep(WINDOW_CLOSES);
        }
        self.window = None;
    }

    /// Does what the plug-in has asked of the main thread since the last call.
    pub fn idle(&mut self) {
        if self.requests.callback.swap(false, Ordering::Relaxed) {
            self.instance.call_on_main_thread_callback();
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.close_editor();
        self.deactivate();
    }
}

/// A transport that plays, with a timeline in seconds and no tempo.
fn transport(song_frame: i64, sample_rate_hz: f64) -> TransportEvent {
    let zero = BeatTime::from_bits(0);
    TransportEvent {
        header: EventHeader::new_core(0, EventFlags::empty()),
        flags: TransportFlags::IS_PLAYING | TransportFlags::HAS_SECONDS_TIMELINE,
        song_pos_beats: zero,
        song_pos_seconds: SecondsTime::from_float(song_frame as f64 / sample_rate_hz),
        tempo: 0.0,
        tempo_inc: 0.0,
        loop_start_beats: zero,
        loop_end_beats: zero,
        loop_start_seconds: SecondsTime::from_bits(0),
        loop_end_seconds: SecondsTime::from_bits(0),
        bar_start: zero,
        bar_number: 0,
        time_signature_numerator: 0,
        time_signature_denominator: 0,
    }
}

/// The host library puts the length of the JSON before it.
const STATE_PREFIX: usize = size_of::<u64>();

/// A saved state: the host library's JSON with Burnish's own session unpacked in it.
///
/// # Errors
/// When the state is not one of Burnish's.
pub fn read_state(state: &[u8]) -> Result<serde_json::Value, Error> {
    let json = state.get(STATE_PREFIX..).ok_or("expected a state, found too few bytes")?;
    let mut whole: serde_json::Value = serde_json::from_slice(json)?;
    let text = whole["fields"]["session"].as_str().ok_or("expected a session in the state")?;
    let session = serde_json::from_str(text)?;
    whole["fields"]["session"] = session;
    Ok(whole)
}

/// Edits what a saved state keeps beside the parameters (reference, notes, target...).
///
/// # Errors
/// When the state is not one of Burnish's.
pub fn edit_session(
    state: &[u8],
    edit: impl FnOnce(&mut serde_json::Value),
) -> Result<Vec<u8>, Error> {
    edit_state(state, |whole| edit(&mut whole["fields"]["session"]))
}

/// Puts another text in the place of a field that a saved state keeps.
///
/// # Errors
/// When the state is not one of Burnish's.
pub fn with_field(state: &[u8], field: &str, text: &str) -> Result<Vec<u8>, Error> {
    edit_state(state, |whole| whole["fields"][field] = text.into())
}

/// A state as it was saved before there was a parameter.
///
/// # Errors
/// When the state is not one of Burnish's, or has no such parameter.
pub fn without_parameter(state: &[u8], id: &str) -> Result<Vec<u8>, Error> {
    let mut is_removed = false;
    let state = edit_state(state, |whole| {
        let parameters = whole["params"].as_object_mut();
        is_removed = parameters.is_some_and(|parameters| parameters.remove(id).is_some());
    })?;
    if is_removed { Ok(state) } else { Err(format!("the state has no parameter \"{id}\"").into()) }
}

fn edit_state(state: &[u8], edit: impl FnOnce(&mut serde_json::Value)) -> Result<Vec<u8>, Error> {
    let mut whole = read_state(state)?;
    edit(&mut whole);
    let session = whole["fields"]["session"].to_string();
    whole["fields"]["session"] = serde_json::Value::String(session);
    let json = serde_json::to_vec(&whole)?;
    let mut state = (json.len() as u64).to_le_bytes().to_vec();
    state.extend(json);
    Ok(state)
}

/// A value in full precision, as a person would type it.
fn exact_text(parameter: &ChainParameter, value: f64) -> String {
    match parameter.kind {
        Kind::Continuous { .. } => format!("{}", parameter.kind.snap(value)),
        Kind::Choice(_) | Kind::Switch => parameter.kind.format(value),
    }
}

/// What the plug-in tells of its parameters.
struct Told {
    ids: Vec<ClapId>,
    shown: Vec<ShownParameter>,
    switches: Vec<(ClapId, ShownParameter)>,
}

/// What the plug-in tells of its parameters, matched by name with the table.
fn read_parameters(
    instance: &mut PluginInstance<Side>,
    extensions: &Extensions,
) -> Result<Told, Error> {
    let extension = extensions.parameters.ok_or("the plug-in has no parameters")?;
    let plugin = instance.plugin_handle();
    let count = extension.count(&plugin);
    let mut buffer = ParamInfoBuffer::new();
    let mut told = Vec::new();
    for index in 0..count {
        let info = extension
            .get_info(&plugin, index, &mut buffer)
            .ok_or_else(|| format!("the plug-in tells nothing of parameter {index}"))?;
        let shown = ShownParameter {
            name: String::from_utf8_lossy(info.name).into_owned(),
            module: String::from_utf8_lossy(info.module).into_owned(),
            minimum: info.min_value,
            maximum: info.max_value,
            default: info.default_value,
            is_bypass: info.flags.contains(ParamInfoFlags::IS_BYPASS),
        };
        told.push((info.id, shown));
    }
    let is_setting = |name: &str| parameters().iter().any(|parameter| parameter.name == name);
    let switches = told.iter().filter(|(_, shown)| !is_setting(&shown.name)).cloned().collect();
    let (ids, shown) = parameters()
        .iter()
        .map(|parameter| {
            told.iter().find(|(_, shown)| shown.name == parameter.name).cloned().ok_or_else(|| {
                format!("the plug-in has no parameter \"{}\"", parameter.name).into()
            })
        })
        .collect::<Result<_, Error>>()?;
    Ok(Told { ids, shown, switches })
}
