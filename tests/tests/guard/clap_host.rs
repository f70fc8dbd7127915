//! A CLAP host in plain pointers, that can do what no host should.

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_void};
use std::ptr;

use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_VALUE, clap_event_header, clap_event_param_value,
    clap_event_transport, clap_input_events,
};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_param_info, clap_plugin_params};
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{clap_process, clap_process_status};
use clap_sys::version::CLAP_VERSION;

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

pub fn factory() -> *const clap_plugin_factory {
    // SAFETY: the plug-in's own entry.
    unsafe {
        let entry = &burnish::clap_entry;
        assert!(entry.init.unwrap()(ptr::null()));
        entry.get_factory.unwrap()(CLAP_PLUGIN_FACTORY_ID.as_ptr()).cast()
    }
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
    pub fn new() -> Self {
        let host = Box::new(bare_host());
        // SAFETY: the host lives as long as the instance.
        let plugin = unsafe {
            let factory = factory();
            let descriptor = (*factory).get_plugin_descriptor.unwrap()(factory, 0);
            (*factory).create_plugin.unwrap()(factory, &raw const *host, (*descriptor).id)
        };
        assert!(!plugin.is_null());
        Self { plugin, _host: host }
    }

    pub fn initialised() -> Self {
        let raw = Self::new();
        // SAFETY: an instance of the plug-in.
        assert!(unsafe { (*raw.plugin).init.unwrap()(raw.plugin) });
        raw
    }

    /// Ready to play at 48 kHz, blocks of 512.
    pub fn playing() -> Self {
        let raw = Self::initialised();
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

    /// The id of a parameter.
    pub fn parameter(&self, name: &str) -> u32 {
        let params: clap_plugin_params = self.extension(CLAP_EXT_PARAMS);
        // SAFETY: an instance of the plug-in, and a zeroed info is one.
        unsafe {
            let mut info: clap_param_info = std::mem::zeroed();
            for index in 0..params.count.unwrap()(self.plugin) {
                assert!(params.get_info.unwrap()(self.plugin, index, &raw mut info));
                if CStr::from_ptr(info.name.as_ptr()).to_str() == Ok(name) {
                    return info.id;
                }
            }
        }
        panic!("no parameter is called {name}")
    }

    pub fn value(&self, parameter: u32) -> f64 {
        let params: clap_plugin_params = self.extension(CLAP_EXT_PARAMS);
        let mut value = f64::NAN;
        // SAFETY: an instance of the plug-in.
        assert!(unsafe { params.get_value.unwrap()(self.plugin, parameter, &raw mut value) });
        value
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
