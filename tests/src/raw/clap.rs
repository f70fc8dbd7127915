//! A CLAP host in plain pointers, that can do what no host should.

use std::cell::Cell;
use std::ffi::{CStr, CString, c_char, c_void};
use std::ptr;

use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_VALUE, clap_event_header, clap_event_param_value,
    clap_event_transport, clap_input_events,
};
use clap_sys::ext::gui::{
    CLAP_EXT_GUI, CLAP_WINDOW_API_X11, clap_plugin_gui, clap_window, clap_window_handle,
};
use clap_sys::ext::latency::{CLAP_EXT_LATENCY, clap_plugin_latency};
use clap_sys::ext::params::{
    CLAP_EXT_PARAMS, CLAP_PARAM_IS_AUTOMATABLE, clap_param_info, clap_plugin_params,
};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_plugin_state};
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{clap_process, clap_process_status};
use clap_sys::stream::{clap_istream, clap_ostream};
use clap_sys::version::CLAP_VERSION;

use super::Library;
use super::pages::Edge;

/// A host that has nothing to offer: no extension, not even functions to call.
fn bare_host() -> clap_host {
    clap_host {
        clap_version: CLAP_VERSION,
        host_data: ptr::null_mut(),
        name: c"bare".as_ptr(),
        vendor: ptr::null(),
        url: ptr::null(),
        version: ptr::null(),
        get_extension: None,
        request_restart: None,
        request_process: None,
        request_callback: None,
    }
}

/// The factory of the plug-in.
///
/// # Panics
/// When the library has none.
pub fn factory(library: Library) -> *const clap_plugin_factory {
    let entry = library.clap;
    // SAFETY: the plug-in's own entry.
    unsafe {
        assert!(entry.init.unwrap()(ptr::null()));
        entry.get_factory.unwrap()(CLAP_PLUGIN_FACTORY_ID.as_ptr()).cast()
    }
}

/// A parameter as a host sees it.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub id: u32,
    pub name: String,
    /// The highest value; the lowest is 0.
    pub most: f64,
    pub is_automatable: bool,
}

/// An instance in a host that keeps no rule; not even that it is used by one thread.
pub struct Raw {
    pub plugin: *const clap_plugin,
    _host: Box<clap_host>,
}

// SAFETY: calling from anywhere is what is tested.
unsafe impl Send for Raw {}
// SAFETY: as above.
unsafe impl Sync for Raw {}

impl Raw {
    /// Created, and nothing else.
    pub fn new(library: Library) -> Self {
        let host = Box::new(bare_host());
        // SAFETY: the host lives as long as the instance.
        let plugin = unsafe {
            let factory = factory(library);
            let descriptor = (*factory).get_plugin_descriptor.unwrap()(factory, 0);
            (*factory).create_plugin.unwrap()(factory, &raw const *host, (*descriptor).id)
        };
        assert!(!plugin.is_null());
        Self { plugin, _host: host }
    }

    pub fn initialised(library: Library) -> Self {
        let raw = Self::new(library);
        // SAFETY: an instance of the plug-in.
        assert!(unsafe { (*raw.plugin).init.unwrap()(raw.plugin) });
        raw
    }

    /// Ready to play at 48 kHz, blocks of 512.
    pub fn playing(library: Library) -> Self {
        let raw = Self::initialised(library);
        assert!(raw.activate(48_000.0, 512));
        assert!(raw.start());
        raw
    }

    pub fn activate(&self, sample_rate_hz: f64, frames: u32) -> bool {
        // SAFETY: an instance of the plug-in.
        unsafe { (*self.plugin).activate.unwrap()(self.plugin, sample_rate_hz, 1, frames) }
    }

    pub fn deactivate(&self) {
        // SAFETY: an instance of the plug-in.
        unsafe { (*self.plugin).deactivate.unwrap()(self.plugin) }
    }

    pub fn start(&self) -> bool {
        // SAFETY: an instance of the plug-in.
        unsafe { (*self.plugin).start_processing.unwrap()(self.plugin) }
    }

    pub fn stop(&self) {
        // SAFETY: an instance of the plug-in.
        unsafe { (*self.plugin).stop_processing.unwrap()(self.plugin) }
    }

    pub fn reset(&self) {
        // SAFETY: an instance of the plug-in.
        unsafe { (*self.plugin).reset.unwrap()(self.plugin) }
    }

    pub fn on_main_thread(&self) {
        // SAFETY: an instance of the plug-in.
        unsafe { (*self.plugin).on_main_thread.unwrap()(self.plugin) }
    }

    pub fn process(&self, block: &clap_process) -> clap_process_status {
        // SAFETY: an instance of the plug-in; what the block says is the test's matter.
        unsafe { (*self.plugin).process.unwrap()(self.plugin, block) }
    }

    /// An extension of the plug-in.
    pub fn extension<T: Copy>(&self, name: &CStr) -> T {
        // SAFETY: the tests ask for the type that belongs to the name.
        unsafe {
            let found = (*self.plugin).get_extension.unwrap()(self.plugin, name.as_ptr());
            assert!(!found.is_null(), "{name:?}");
            *found.cast::<T>()
        }
    }

    /// All parameters that a host is shown.
    pub fn parameters(&self) -> Vec<Parameter> {
        let params: clap_plugin_params = self.extension(CLAP_EXT_PARAMS);
        // SAFETY: an instance of the plug-in, and a zeroed info is one.
        unsafe {
            let mut info: clap_param_info = std::mem::zeroed();
            (0..params.count.unwrap()(self.plugin))
                .map(|index| {
                    assert!(params.get_info.unwrap()(self.plugin, index, &raw mut info));
                    Parameter {
                        id: info.id,
                        name: CStr::from_ptr(info.name.as_ptr()).to_string_lossy().into_owned(),
                        most: info.max_value,
                        is_automatable: info.flags & CLAP_PARAM_IS_AUTOMATABLE != 0,
                    }
                })
                .collect()
        }
    }

    /// The id of a parameter.
    pub fn parameter(&self, name: &str) -> u32 {
        let all = self.parameters();
        let found = all.iter().find(|parameter| parameter.name == name);
        found.unwrap_or_else(|| panic!("no parameter is called {name}")).id
    }

    pub fn value(&self, parameter: u32) -> f64 {
        let params: clap_plugin_params = self.extension(CLAP_EXT_PARAMS);
        let mut value = f64::NAN;
        // SAFETY: an instance of the plug-in.
        assert!(unsafe { params.get_value.unwrap()(self.plugin, parameter, &raw mut value) });
        value
    }

    /// What the plug-in makes of a text.
    pub fn value_of(&self, parameter: u32, text: &str) -> Option<f64> {
        let params: clap_plugin_params = self.extension(CLAP_EXT_PARAMS);
        let text = CString::new(text).ok()?;
        let mut value = 0.0;
        // SAFETY: an instance of the plug-in, a text and a place.
        let is_read = unsafe {
            params.text_to_value.unwrap()(self.plugin, parameter, text.as_ptr(), &raw mut value)
        };
        is_read.then_some(value)
    }

    pub fn latency(&self) -> u32 {
        let latency: clap_plugin_latency = self.extension(CLAP_EXT_LATENCY);
        // SAFETY: an instance of the plug-in.
        unsafe { latency.get.unwrap()(self.plugin) }
    }

    /// Opens the editor in an X11 window; false where it is refused.
    pub fn open_window(&self, parent: u32) -> bool {
        let gui: clap_plugin_gui = self.extension(CLAP_EXT_GUI);
        let window = clap_window {
            api: CLAP_WINDOW_API_X11.as_ptr(),
            specific: clap_window_handle { x11: parent.into() },
        };
        // SAFETY: an instance of the plug-in, and a window.
        unsafe {
            gui.create.unwrap()(self.plugin, CLAP_WINDOW_API_X11.as_ptr(), false)
                && gui.set_parent.unwrap()(self.plugin, &raw const window)
                && gui.show.unwrap()(self.plugin)
        }
    }

    pub fn close_window(&self) {
        let gui: clap_plugin_gui = self.extension(CLAP_EXT_GUI);
        // SAFETY: an instance of the plug-in.
        unsafe { gui.destroy.unwrap()(self.plugin) }
    }

    /// The state as the plug-in writes it, `None` where it does not.
    pub fn save(&self) -> Option<Vec<u8>> {
        unsafe extern "C" fn write(
            stream: *const clap_ostream,
            from: *const c_void,
            size: u64,
        ) -> i64 {
            // SAFETY: the context is the vector below; as much is read as there is.
            unsafe {
                let bytes = &mut *(*stream).ctx.cast::<Vec<u8>>();
                bytes.extend_from_slice(std::slice::from_raw_parts(from.cast(), size as usize));
            }
            size as i64
        }
        let state: clap_plugin_state = self.extension(CLAP_EXT_STATE);
        let mut bytes = Vec::<u8>::new();
        let stream = clap_ostream { ctx: ptr::from_mut(&mut bytes).cast(), write: Some(write) };
        // SAFETY: an instance of the plug-in, and a stream.
        let is_saved = unsafe { state.save.unwrap()(self.plugin, &raw const stream) };
        is_saved.then_some(bytes)
    }

    /// Loads a state; false where the plug-in refuses.
    pub fn load(&self, bytes: &[u8]) -> bool {
        unsafe extern "C" fn read(stream: *const clap_istream, to: *mut c_void, size: u64) -> i64 {
            // SAFETY: the context is the slice below; no more is written than there
            // is room for.
            unsafe {
                let rest = &mut *(*stream).ctx.cast::<&[u8]>();
                let count = rest.len().min(size as usize);
                ptr::copy_nonoverlapping(rest.as_ptr(), to.cast(), count);
                *rest = &rest[count..];
                count as i64
            }
        }
        let state: clap_plugin_state = self.extension(CLAP_EXT_STATE);
        let mut rest = bytes;
        let stream = clap_istream { ctx: ptr::from_mut(&mut rest).cast(), read: Some(read) };
        // SAFETY: an instance of the plug-in, and a stream.
        unsafe { state.load.unwrap()(self.plugin, &raw const stream) }
    }

    pub fn flush(&self, events: &Events) {
        let params: clap_plugin_params = self.extension(CLAP_EXT_PARAMS);
        // SAFETY: an instance of the plug-in, and a list.
        unsafe { params.flush.unwrap()(self.plugin, events.list(), ptr::null()) }
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // SAFETY: an instance of the plug-in, used no more.
        unsafe { (*self.plugin).destroy.unwrap()(self.plugin) }
    }
}

/// A list of events, as wrong as one likes.
pub struct Events {
    list: Cell<clap_input_events>,
    pub all: Vec<Edge<clap_event_param_value>>,
    /// Added to what the list says it counts.
    pub says_more: u32,
}

// SAFETY: it is only read while it is shared.
unsafe impl Sync for Events {}

impl Events {
    /// Values of a parameter at times.
    pub fn of(parameter: u32, values: &[(u32, f64)]) -> Self {
        let event = |(time, value): &(u32, f64)| {
            Edge::new(&[clap_event_param_value {
                header: clap_event_header {
                    size: size_of::<clap_event_param_value>() as u32,
                    time: *time,
                    space_id: CLAP_CORE_EVENT_SPACE_ID,
                    type_: CLAP_EVENT_PARAM_VALUE,
                    flags: 0,
                },
                param_id: parameter,
                cookie: ptr::null_mut(),
                note_id: -1,
                port_index: -1,
                channel: -1,
                key: -1,
                value: *value,
            }])
        };
        let list = clap_input_events { ctx: ptr::null_mut(), size: Some(size), get: Some(get) };
        Self { list: Cell::new(list), all: values.iter().map(event).collect(), says_more: 0 }
    }

    pub fn list(&self) -> *const clap_input_events {
        let list =
            clap_input_events { ctx: ptr::from_ref(self).cast_mut().cast(), ..self.list.get() };
        self.list.set(list);
        self.list.as_ptr()
    }
}

unsafe extern "C" fn size(list: *const clap_input_events) -> u32 {
    // SAFETY: the context is the list's own.
    let events = unsafe { &*(*list).ctx.cast::<Events>() };
    events.all.len() as u32 + events.says_more
}

unsafe extern "C" fn get(list: *const clap_input_events, index: u32) -> *const clap_event_header {
    // SAFETY: the context is the list's own.
    let events = unsafe { &*(*list).ctx.cast::<Events>() };
    events.all.get(index as usize).map_or(ptr::null(), |event| event.as_ptr().cast())
}

/// A bus: samples, pointers to them and the description, each before a closed page.
pub struct Bus {
    pub samples: Vec<Edge<f32>>,
    pub pointers: Edge<*mut f32>,
}

impl Bus {
    pub fn new(channels: usize, frames: usize, value: f32) -> Self {
        let mut samples: Vec<_> = (0..channels).map(|_| Edge::new(&vec![value; frames])).collect();
        let pointers: Vec<_> = samples.iter_mut().map(Edge::pointer).collect();
        Self { samples, pointers: Edge::new(&pointers) }
    }

    pub fn buffer(&mut self) -> clap_audio_buffer {
        clap_audio_buffer {
            data32: self.pointers.pointer(),
            data64: ptr::null_mut(),
            channel_count: self.samples.len() as u32,
            latency: 0,
            constant_mask: u64::MAX,
        }
    }

    pub fn is_finite(&self) -> bool {
        self.samples.iter().all(|samples| samples.iter().all(|sample| sample.is_finite()))
    }

    pub fn is_silent(&self) -> bool {
        self.samples.iter().all(|samples| samples.iter().all(|sample| *sample == 0.0))
    }
}

/// Buses in a row before a closed page.
pub fn row(buses: &mut [Bus]) -> Edge<clap_audio_buffer> {
    Edge::new(&buses.iter_mut().map(Bus::buffer).collect::<Vec<_>>())
}

/// A block of so many frames with these buses and nothing else.
pub fn block(
    frames: u32,
    inputs: &mut Edge<clap_audio_buffer>,
    outputs: &mut Edge<clap_audio_buffer>,
) -> clap_process {
    clap_process {
        steady_time: -1,
        frames_count: frames,
        transport: ptr::null(),
        audio_inputs: inputs.pointer(),
        audio_outputs: outputs.pointer(),
        audio_inputs_count: inputs.len() as u32,
        audio_outputs_count: outputs.len() as u32,
        in_events: ptr::null(),
        out_events: ptr::null(),
    }
}

/// A transport that plays from a second of the song, without a tempo.
pub fn playing_from(seconds: i64) -> clap_event_transport {
    use clap_sys::events::{CLAP_TRANSPORT_HAS_SECONDS_TIMELINE, CLAP_TRANSPORT_IS_PLAYING};
    // SAFETY: a transport is plain numbers.
    let mut transport: clap_event_transport = unsafe { std::mem::zeroed() };
    transport.flags = CLAP_TRANSPORT_IS_PLAYING | CLAP_TRANSPORT_HAS_SECONDS_TIMELINE;
    transport.song_pos_seconds = seconds << 31;
    transport
}

/// A name that no host should ask for.
pub fn nonsense() -> *const c_char {
    c"burnish.nonsense".as_ptr()
}

/// Nothing at all.
pub fn nothing<T>() -> *mut T {
    ptr::null_mut::<c_void>().cast()
}
