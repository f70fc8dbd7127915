//! The editor's window: in order, on its own thread, with sizes that exist.

use std::ffi::{CStr, c_char};

use clap_sys::ext::gui::{
    CLAP_WINDOW_API_COCOA, CLAP_WINDOW_API_WIN32, CLAP_WINDOW_API_X11, clap_gui_resize_hints,
    clap_plugin_gui, clap_window,
};
use clap_sys::plugin::clap_plugin;

use super::super::gate::Stage;
use super::super::gui_thread::{Call, Closing};
use super::super::{EDITOR_PIXELS, EDITOR_SCALES};
use super::ask::{ask, ask_plugin};
use super::instance::Instance;

pub(super) static GUI: clap_plugin_gui = clap_plugin_gui {
    is_api_supported: Some(is_api_supported),
    get_preferred_api: Some(get_preferred_api),
    create: Some(create),
    destroy: Some(destroy),
    set_scale: Some(set_scale),
    get_size: Some(get_size),
    can_resize: Some(can_resize),
    get_resize_hints: Some(get_resize_hints),
    adjust_size: Some(adjust_size),
    set_size: Some(set_size),
    set_parent: Some(set_parent),
    set_transient: Some(set_transient),
    suggest_title: Some(suggest_title),
    show: Some(show),
    hide: Some(hide),
};

/// Closes the framework's window, when [`super::super::gui_thread`] said so.
pub(super) fn close(instance: &Instance) {
    instance.set_parented(false);
    ask!(instance => gui.destroy());
}

/// Makes a call about the window that is open; false where there is none, or
/// where this thread has no business with it.
fn with_window(instance: Option<&Instance>, call: impl FnOnce(&Instance) -> Option<bool>) -> bool {
    let Some(instance) = instance else { return false };
    let Some(inside) = instance.host.gui.call() else { return false };
    let result = call(instance).unwrap_or(false);
    ended(instance, inside);
    result
}

/// Makes a call that needs no window.
fn at_any_time(instance: Option<&Instance>, call: impl FnOnce(&Instance) -> Option<bool>) -> bool {
    let Some(instance) = instance else { return false };
    let Some(inside) = instance.host.gui.call_if_open() else { return false };
    let result = call(instance).unwrap_or(false);
    ended(instance, inside);
    result
}

fn ended(instance: &Instance, inside: Call<'_>) {
    if inside.ends() {
        close(instance);
    }
}

unsafe extern "C" fn is_api_supported(
    plugin: *const clap_plugin,
    api: *const c_char,
    is_floating: bool,
) -> bool {
    !api.is_null() && ask_plugin!(plugin => gui.is_api_supported(api, is_floating)).unwrap_or(false)
}

unsafe extern "C" fn get_preferred_api(
    plugin: *const clap_plugin,
    api: *mut *const c_char,
    is_floating: *mut bool,
) -> bool {
    !api.is_null()
        && !is_floating.is_null()
        && ask_plugin!(plugin => gui.get_preferred_api(api, is_floating)).unwrap_or(false)
}

unsafe extern "C" fn create(
    plugin: *const clap_plugin,
    api: *const c_char,
    is_floating: bool,
) -> bool {
    // SAFETY: a host gives what it was given.
    let Some(instance) = (unsafe { Instance::of(plugin) }) else { return false };
    let is_possible = !api.is_null() && instance.gate.stage() >= Stage::Resting;
    let Some(opening) = is_possible.then(|| instance.host.gui.open()).flatten() else {
        return false;
    };
    let is_open = ask!(instance => gui.create(api, is_floating)).unwrap_or(false);
    if is_open {
        ended(instance, opening);
    } else {
        instance.host.gui.has_failed();
    }
    is_open
}

unsafe extern "C" fn destroy(plugin: *const clap_plugin) {
    // SAFETY: a host gives what it was given.
    let Some(instance) = (unsafe { Instance::of(plugin) }) else { return };
    if instance.host.gui.close() == Closing::Now {
        close(instance);
    }
}

unsafe extern "C" fn set_scale(plugin: *const clap_plugin, scale: f64) -> bool {
    // SAFETY: a host gives what it was given.
    let instance = unsafe { Instance::of(plugin) };
    EDITOR_SCALES.contains(&scale)
        && with_window(instance, |instance| ask!(instance => gui.set_scale(scale)))
}

unsafe extern "C" fn get_size(
    plugin: *const clap_plugin,
    width: *mut u32,
    height: *mut u32,
) -> bool {
    // SAFETY: a host gives what it was given.
    let instance = unsafe { Instance::of(plugin) };
    !width.is_null()
        && !height.is_null()
        && at_any_time(instance, |instance| ask!(instance => gui.get_size(width, height)))
}

unsafe extern "C" fn can_resize(plugin: *const clap_plugin) -> bool {
    // SAFETY: a host gives what it was given.
    let instance = unsafe { Instance::of(plugin) };
    at_any_time(instance, |instance| ask!(instance => gui.can_resize()))
}

unsafe extern "C" fn get_resize_hints(
    plugin: *const clap_plugin,
    hints: *mut clap_gui_resize_hints,
) -> bool {
    // SAFETY: a host gives what it was given.
    let instance = unsafe { Instance::of(plugin) };
    !hints.is_null()
        && at_any_time(instance, |instance| ask!(instance => gui.get_resize_hints(hints)))
}

unsafe extern "C" fn adjust_size(
    plugin: *const clap_plugin,
    width: *mut u32,
    height: *mut u32,
) -> bool {
    if width.is_null() || height.is_null() {
        return false;
    }
    // SAFETY: not null; a host gives what it was given.
    let instance = unsafe {
        *width = (*width).clamp(*EDITOR_PIXELS.start(), *EDITOR_PIXELS.end());
        *height = (*height).clamp(*EDITOR_PIXELS.start(), *EDITOR_PIXELS.end());
        Instance::of(plugin)
    };
    with_window(instance, |instance| ask!(instance => gui.adjust_size(width, height)))
}

unsafe extern "C" fn set_size(plugin: *const clap_plugin, width: u32, height: u32) -> bool {
    // SAFETY: a host gives what it was given.
    let instance = unsafe { Instance::of(plugin) };
    EDITOR_PIXELS.contains(&width)
        && EDITOR_PIXELS.contains(&height)
        && with_window(instance, |instance| ask!(instance => gui.set_size(width, height)))
}

/// The system's window API that the editor is made for.
const API: &CStr = if cfg!(target_os = "macos") {
    CLAP_WINDOW_API_COCOA
} else if cfg!(target_os = "windows") {
    CLAP_WINDOW_API_WIN32
} else {
    CLAP_WINDOW_API_X11
};

/// A window gets one parent, and it has to be one of this system.
unsafe extern "C" fn set_parent(plugin: *const clap_plugin, window: *const clap_window) -> bool {
    if window.is_null() {
        return false;
    }
    // SAFETY: not null, and an API is null or a string; a handle is as wide as a
    // pointer in each of its readings. A host gives what it was given.
    let (is_possible, instance) = unsafe {
        let api = (*window).api;
        let is_ours = !api.is_null() && CStr::from_ptr(api) == API;
        (is_ours && !(*window).specific.ptr.is_null(), Instance::of(plugin))
    };
    is_possible
        && with_window(instance, |instance| {
            if instance.is_parented() {
                return None;
            }
            let is_set = ask!(instance => gui.set_parent(window))?;
            instance.set_parented(is_set);
            Some(is_set)
        })
}

/// For windows that float, which ours does not.
unsafe extern "C" fn set_transient(_: *const clap_plugin, _: *const clap_window) -> bool {
    false
}

/// For windows that float, which ours does not.
unsafe extern "C" fn suggest_title(_: *const clap_plugin, _: *const c_char) {}

/// A window without a parent would stand alone on the screen.
unsafe extern "C" fn show(plugin: *const clap_plugin) -> bool {
    // SAFETY: a host gives what it was given.
    let instance = unsafe { Instance::of(plugin) };
    with_window(instance, |instance| {
        instance.is_parented().then(|| ask!(instance => gui.show())).flatten()
    })
}

unsafe extern "C" fn hide(plugin: *const clap_plugin) -> bool {
    // SAFETY: a host gives what it was given.
    let instance = unsafe { Instance::of(plugin) };
    with_window(instance, |instance| {
        instance.is_parented().then(|| ask!(instance => gui.hide())).flatten()
    })
}
