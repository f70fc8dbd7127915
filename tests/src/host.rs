//! A headless CLAP host over `clack-host`.

mod editor;
mod side;
mod told;
mod values;

use std::cell::Cell;
use std::ffi::CString;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};

use clack_extensions::render::RenderMode;
use clack_host::events::EventFlags;
use clack_host::events::event_types::{ParamValueEvent, TransportEvent, TransportFlags};
use clack_host::prelude::*;
use clack_host::utils::{BeatTime, ClapId, SecondsTime};

use self::side::{Extensions, MainThread, Requests, Shared, Side};
pub use self::told::ShownParameter;
use self::told::{Told, read_parameters};
pub use self::values::exact_text;
use crate::error::Error;
use crate::window::ParentWindow;

/// Where `cargo xtask bundle` puts the plug-in, unless `BURNISH_CLAP` names another place.
pub fn bundle_path() -> PathBuf {
    std::env::var_os("BURNISH_CLAP").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bundled/Burnish.clap"),
        PathBuf::from,
    )
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
