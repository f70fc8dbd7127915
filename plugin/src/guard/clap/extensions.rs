//! The extensions of the plug-in that need little guarding, and where all are found.

use std::ffi::{CStr, c_char, c_void};
use std::ptr;

use clap_sys::ext::audio_ports::{
    CLAP_EXT_AUDIO_PORTS, clap_audio_port_info, clap_plugin_audio_ports,
};
use clap_sys::ext::audio_ports_config::{
    CLAP_EXT_AUDIO_PORTS_CONFIG, clap_audio_ports_config, clap_plugin_audio_ports_config,
};
use clap_sys::ext::gui::CLAP_EXT_GUI;
use clap_sys::ext::latency::{CLAP_EXT_LATENCY, clap_plugin_latency};
use clap_sys::ext::params::CLAP_EXT_PARAMS;
use clap_sys::ext::remote_controls::{
    CLAP_EXT_REMOTE_CONTROLS, clap_plugin_remote_controls, clap_remote_controls_page,
};
use clap_sys::ext::render::{
    CLAP_EXT_RENDER, CLAP_RENDER_OFFLINE, CLAP_RENDER_REALTIME, clap_plugin_render,
    clap_plugin_render_mode,
};
use clap_sys::ext::state::CLAP_EXT_STATE;
use clap_sys::ext::tail::{CLAP_EXT_TAIL, clap_plugin_tail};
use clap_sys::ext::track_info::{CLAP_EXT_TRACK_INFO, clap_plugin_track_info};
use clap_sys::id::clap_id;
use clap_sys::plugin::clap_plugin;

use super::super::gate::Stage;
use super::ask::ask_plugin;
use super::instance::Instance;
use super::{gui, parameters, state};

/// What a host gets for a name: ours, where the framework has one at all.
///
/// # Safety
///
/// `name` is a string.
pub(super) unsafe fn front(instance: &Instance, name: *const c_char) -> *const c_void {
    // SAFETY: the caller's promise.
    let name = unsafe { CStr::from_ptr(name) };
    let back = instance.extensions();
    /// Ours for a name, if the framework has it.
    macro_rules! fronts {
        ($($name:ident => $extension:ident: $front:expr),* $(,)?) => {
            $(if name == $name && back.$extension.is_some() {
                return ptr::from_ref(&$front).cast();
            })*
        };
    }
    fronts! {
        CLAP_EXT_GUI => gui: gui::GUI,
        CLAP_EXT_PARAMS => params: parameters::PARAMS,
        CLAP_EXT_STATE => state: state::STATE,
        CLAP_EXT_LATENCY => latency: LATENCY,
        CLAP_EXT_TAIL => tail: TAIL,
        CLAP_EXT_RENDER => render: RENDER,
        CLAP_EXT_AUDIO_PORTS => ports: PORTS,
        CLAP_EXT_AUDIO_PORTS_CONFIG => layouts: LAYOUTS,
        CLAP_EXT_REMOTE_CONTROLS => remote_controls: REMOTE_CONTROLS,
        CLAP_EXT_TRACK_INFO => track_info: TRACK_INFO,
    }
    ptr::null()
}

static LATENCY: clap_plugin_latency = clap_plugin_latency { get: Some(latency) };

unsafe extern "C" fn latency(plugin: *const clap_plugin) -> u32 {
    ask_plugin!(plugin => latency.get()).unwrap_or(0)
}

static TAIL: clap_plugin_tail = clap_plugin_tail { get: Some(tail) };

unsafe extern "C" fn tail(plugin: *const clap_plugin) -> u32 {
    ask_plugin!(plugin => tail.get()).unwrap_or(0)
}

static RENDER: clap_plugin_render = clap_plugin_render {
    has_hard_realtime_requirement: Some(has_hard_realtime_requirement),
    set: Some(set_render_mode),
};

unsafe extern "C" fn has_hard_realtime_requirement(plugin: *const clap_plugin) -> bool {
    ask_plugin!(plugin => render.has_hard_realtime_requirement()).unwrap_or(false)
}

unsafe extern "C" fn set_render_mode(
    plugin: *const clap_plugin,
    mode: clap_plugin_render_mode,
) -> bool {
    [CLAP_RENDER_REALTIME, CLAP_RENDER_OFFLINE].contains(&mode)
        && ask_plugin!(plugin => render.set(mode)).unwrap_or(false)
}

static PORTS: clap_plugin_audio_ports =
    clap_plugin_audio_ports { count: Some(port_count), get: Some(port) };

unsafe extern "C" fn port_count(plugin: *const clap_plugin, is_input: bool) -> u32 {
    ask_plugin!(plugin => ports.count(is_input)).unwrap_or(0)
}

unsafe extern "C" fn port(
    plugin: *const clap_plugin,
    index: u32,
    is_input: bool,
    info: *mut clap_audio_port_info,
) -> bool {
    let count = ask_plugin!(plugin => ports.count(is_input)).unwrap_or(0);
    index < count
        && !info.is_null()
        && ask_plugin!(plugin => ports.get(index, is_input, info)).unwrap_or(false)
}

static LAYOUTS: clap_plugin_audio_ports_config = clap_plugin_audio_ports_config {
    count: Some(layout_count),
    get: Some(layout),
    select: Some(select_layout),
};

unsafe extern "C" fn layout_count(plugin: *const clap_plugin) -> u32 {
    ask_plugin!(plugin => layouts.count()).unwrap_or(0)
}

unsafe extern "C" fn layout(
    plugin: *const clap_plugin,
    index: u32,
    config: *mut clap_audio_ports_config,
) -> bool {
    let count = ask_plugin!(plugin => layouts.count()).unwrap_or(0);
    index < count
        && !config.is_null()
        && ask_plugin!(plugin => layouts.get(index, config)).unwrap_or(false)
}

/// A layout is chosen at rest: the engine and the buffers are made for it.
unsafe extern "C" fn select_layout(plugin: *const clap_plugin, layout: clap_id) -> bool {
    // SAFETY: a host gives what it was given.
    let Some(instance) = (unsafe { Instance::of(plugin) }) else { return false };
    let Some(_pass) = instance.enter() else { return false };
    let count = ask_plugin!(plugin => layouts.count()).unwrap_or(0);
    instance.gate.stage() == Stage::Resting
        && layout < count
        && ask_plugin!(plugin => layouts.select(layout)).unwrap_or(false)
}

static REMOTE_CONTROLS: clap_plugin_remote_controls =
    clap_plugin_remote_controls { count: Some(page_count), get: Some(page) };

unsafe extern "C" fn page_count(plugin: *const clap_plugin) -> u32 {
    ask_plugin!(plugin => remote_controls.count()).unwrap_or(0)
}

unsafe extern "C" fn page(
    plugin: *const clap_plugin,
    index: u32,
    page: *mut clap_remote_controls_page,
) -> bool {
    let count = ask_plugin!(plugin => remote_controls.count()).unwrap_or(0);
    index < count
        && !page.is_null()
        && ask_plugin!(plugin => remote_controls.get(index, page)).unwrap_or(false)
}

static TRACK_INFO: clap_plugin_track_info =
    clap_plugin_track_info { changed: Some(track_info_changed) };

unsafe extern "C" fn track_info_changed(plugin: *const clap_plugin) {
    // SAFETY: a host gives what it was given.
    let Some(instance) = (unsafe { Instance::of(plugin) }) else { return };
    let Some(call) = instance.host.gui.call_if_open() else { return };
    ask_plugin!(plugin => track_info.changed());
    if call.ends() {
        gui::close(instance);
    }
}
