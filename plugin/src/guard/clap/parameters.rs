//! Parameters: indices, buffers and values that a host gets wrong.

use std::ffi::c_char;

use clap_sys::events::{clap_input_events, clap_output_events};
use clap_sys::ext::params::{clap_param_info, clap_plugin_params};
use clap_sys::id::clap_id;
use clap_sys::plugin::clap_plugin;

use super::ask::{ask, ask_plugin};
use super::events::{Given, Incoming, Outgoing};
use super::gui;
use super::instance::Instance;

pub(super) static PARAMS: clap_plugin_params = clap_plugin_params {
    count: Some(count),
    get_info: Some(get_info),
    get_value: Some(get_value),
    value_to_text: Some(value_to_text),
    text_to_value: Some(text_to_value),
    flush: Some(flush),
};

unsafe extern "C" fn count(plugin: *const clap_plugin) -> u32 {
    ask_plugin!(plugin => params.count()).unwrap_or(0)
}

unsafe extern "C" fn get_info(
    plugin: *const clap_plugin,
    index: u32,
    info: *mut clap_param_info,
) -> bool {
    let count = ask_plugin!(plugin => params.count()).unwrap_or(0);
    index < count
        && !info.is_null()
        && ask_plugin!(plugin => params.get_info(index, info)).unwrap_or(false)
}

unsafe extern "C" fn get_value(
    plugin: *const clap_plugin,
    parameter: clap_id,
    value: *mut f64,
) -> bool {
    !value.is_null() && ask_plugin!(plugin => params.get_value(parameter, value)).unwrap_or(false)
}

unsafe extern "C" fn value_to_text(
    plugin: *const clap_plugin,
    parameter: clap_id,
    value: f64,
    text: *mut c_char,
    capacity: u32,
) -> bool {
    value.is_finite()
        && !text.is_null()
        && capacity > 0
        && ask_plugin!(plugin => params.value_to_text(parameter, value, text, capacity))
            .unwrap_or(false)
}

unsafe extern "C" fn text_to_value(
    plugin: *const clap_plugin,
    parameter: clap_id,
    text: *const c_char,
    value: *mut f64,
) -> bool {
    !text.is_null()
        && !value.is_null()
        && ask_plugin!(plugin => params.text_to_value(parameter, text, value)).unwrap_or(false)
        // SAFETY: not null, and just written to.
        && unsafe { *value }.is_finite()
}

/// Never beside a block: it waits for the block to end.
unsafe extern "C" fn flush(
    plugin: *const clap_plugin,
    incoming: *const clap_input_events,
    outgoing: *const clap_output_events,
) {
    // SAFETY: a host gives what it was given.
    let Some(instance) = (unsafe { Instance::of(plugin) }) else { return };
    let Some(_pass) = instance.enter() else { return };
    let call = instance.host.gui.call();
    flush_inside(instance, Given::of(incoming), outgoing);
    if call.is_some_and(super::super::gui_thread::Call::ends) {
        gui::close(instance);
    }
}

/// The same for who has a pass already: all events of the host at once.
pub(super) fn flush_inside(instance: &Instance, given: Given, outgoing: *const clap_output_events) {
    let mut incoming = Incoming::of(given, 0, given.count());
    let mut outgoing = Outgoing::to(outgoing, 0);
    let (incoming, outgoing) = (incoming.list(), outgoing.list());
    ask!(instance => params.flush(incoming, outgoing));
}
