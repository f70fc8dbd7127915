//! The functions that a host calls an instance by.

use std::ffi::{c_char, c_void};
use std::ptr;

use clap_sys::host::clap_host;
use clap_sys::plugin::{clap_plugin, clap_plugin_descriptor};
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process, clap_process_status};

use super::super::Announced;
use super::super::gate::Stage;
use super::super::gui_thread::Closing;
use super::instance::Instance;
use super::{extensions, gui, process as blocks};

/// Makes an instance for a host, and gives what the host shall hold.
///
/// # Safety
///
/// `host` is a host that outlives the instance.
pub(super) unsafe fn create(
    descriptor: *const clap_plugin_descriptor,
    host: *const clap_host,
) -> *const clap_plugin {
    let front = clap_plugin {
        desc: descriptor,
        plugin_data: ptr::null_mut(),
        init: Some(init),
        destroy: Some(destroy),
        activate: Some(activate),
        deactivate: Some(deactivate),
        start_processing: Some(start_processing),
        stop_processing: Some(stop_processing),
        reset: Some(reset),
        process: Some(process),
        get_extension: Some(get_extension),
        on_main_thread: Some(on_main_thread),
    };
    // SAFETY: the caller's promise.
    unsafe { Instance::create(host, front) }
}

/// Ends an instance.
///
/// # Safety
///
/// `instance` was made by [`Instance::create`] and nothing uses it afterwards.
unsafe fn end(instance: *mut Instance) {
    // SAFETY: the caller's promise.
    let this = unsafe { &*instance };
    this.deactivate();
    if this.host.gui.close() == Closing::Now {
        gui::close(this);
    }
    if this.host.gui.is_open() || this.gate.stage() >= Stage::Active || this.enter().is_none() {
        // The window is another thread's, or audio is still inside: what is
        // in use is not freed. The host keeps some memory, and its life.
        return;
    }
    // SAFETY: nothing is inside, and the host is done with it.
    unsafe {
        if let Some(destroy) = (*this.back()).destroy {
            destroy(this.back());
        }
        drop(Box::from_raw(instance));
    }
}

unsafe extern "C" fn init(plugin: *const clap_plugin) -> bool {
    // SAFETY: a host gives what it was given.
    let Some(instance) = (unsafe { Instance::of(plugin) }) else { return false };
    let Some(pass) = instance.enter() else { return false };
    if instance.gate.stage() != Stage::New {
        return true;
    }
    instance.host.ask();
    // SAFETY: the framework's own functions and object, for the first time.
    let is_ready =
        unsafe { (*instance.back()).init.is_some_and(|initialise| initialise(instance.back())) };
    if is_ready {
        instance.gate.set_stage(Stage::Resting, &pass);
    }
    is_ready
}

unsafe extern "C" fn destroy(plugin: *const clap_plugin) {
    // SAFETY: a host gives what it was given, and this once.
    unsafe {
        if let Some(instance) = Instance::of(plugin) {
            end(ptr::from_ref(instance).cast_mut());
        }
    }
}

unsafe extern "C" fn activate(
    plugin: *const clap_plugin,
    sample_rate: f64,
    _min_frames: u32,
    max_frames: u32,
) -> bool {
    // SAFETY: a host gives what it was given.
    let Some(instance) = (unsafe { Instance::of(plugin) }) else { return false };
    Announced::checked(sample_rate, i64::from(max_frames))
        .is_some_and(|announced| instance.activate(announced))
}

unsafe extern "C" fn deactivate(plugin: *const clap_plugin) {
    // SAFETY: a host gives what it was given.
    if let Some(instance) = unsafe { Instance::of(plugin) } {
        instance.deactivate();
    }
}

unsafe extern "C" fn start_processing(plugin: *const clap_plugin) -> bool {
    // SAFETY: a host gives what it was given.
    let Some(instance) = (unsafe { Instance::of(plugin) }) else { return false };
    instance.enter().is_some_and(|pass| instance.start(&pass))
}

unsafe extern "C" fn stop_processing(plugin: *const clap_plugin) {
    // SAFETY: a host gives what it was given.
    let Some(instance) = (unsafe { Instance::of(plugin) }) else { return };
    if let Some(pass) = instance.enter() {
        instance.stop(&pass);
    }
}

unsafe extern "C" fn reset(plugin: *const clap_plugin) {
    // SAFETY: a host gives what it was given.
    let Some(instance) = (unsafe { Instance::of(plugin) }) else { return };
    let Some(_pass) = instance.enter() else { return };
    if instance.gate.stage() >= Stage::Active {
        // SAFETY: the framework's own function and object, alone and in order.
        unsafe {
            if let Some(reset) = (*instance.back()).reset {
                reset(instance.back());
            }
        }
    }
}

unsafe extern "C" fn process(
    plugin: *const clap_plugin,
    block: *const clap_process,
) -> clap_process_status {
    // SAFETY: a host gives what it was given; a block is null or a block.
    unsafe {
        match (Instance::of(plugin), block.as_ref()) {
            (Some(instance), Some(block)) => blocks::process(instance, block),
            _ => CLAP_PROCESS_ERROR,
        }
    }
}

unsafe extern "C" fn get_extension(
    plugin: *const clap_plugin,
    name: *const c_char,
) -> *const c_void {
    // SAFETY: a host gives what it was given; a name is null or a string.
    unsafe {
        match Instance::of(plugin) {
            Some(instance) if !name.is_null() => extensions::front(instance, name),
            _ => ptr::null(),
        }
    }
}

unsafe extern "C" fn on_main_thread(plugin: *const clap_plugin) {
    // SAFETY: a host gives what it was given.
    let Some(instance) = (unsafe { Instance::of(plugin) }) else { return };
    let Some(call) = instance.host.gui.call_if_open() else { return };
    // SAFETY: the framework's own function and object, on the window's thread.
    unsafe {
        if let Some(on_main_thread) = (*instance.back()).on_main_thread {
            on_main_thread(instance.back());
        }
    }
    if call.ends() {
        gui::close(instance);
    }
}
