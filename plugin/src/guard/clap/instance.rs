//! One instance of the plug-in: what the host holds, in front of what the
//! framework made.

use std::cell::UnsafeCell;
use std::ffi::{c_char, c_void};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process, clap_process_status};
use nice_plug::wrapper::clap::Wrapper;

use super::super::Announced;
use super::super::gate::{Gate, Pass, Stage};
use super::super::gui_thread::Closing;
use super::extensions::{self, Extensions};
use super::host::Host;
use super::process::{self, Stream};
use super::{descriptor, gui};
use crate::Burnish;

/// How long a call waits for one of another thread that it may not meet.
const PATIENCE: Duration = Duration::from_secs(2);

/// One instance.
pub(super) struct Instance {
    /// What the host holds; its data points here.
    front: clap_plugin,
    /// What the framework made.
    back: *const clap_plugin,
    pub(super) host: Box<Host>,
    pub(super) gate: Gate,
    /// For loads of a state, which do not stop the audio.
    loads: Gate,
    is_parented: AtomicBool,
    extensions: Extensions,
    /// There while activated; only touched with a pass of the gate.
    stream: UnsafeCell<Option<Box<Stream>>>,
}

impl Instance {
    /// Makes an instance for a host, and gives what the host shall hold.
    ///
    /// # Safety
    ///
    /// `host` is a host that outlives the instance.
    pub(super) unsafe fn create(host: *const clap_host) -> *const clap_plugin {
        // SAFETY: the host outlives the instance, and so its front.
        let host = unsafe { Host::before(host) };
        // SAFETY: the front lives in the instance, which is freed after the wrapper.
        let wrapper = unsafe { Wrapper::<Burnish>::new(host.front()) };
        // The framework takes this count back when it is told to destroy itself.
        // SAFETY: the pointer comes from an `Arc` that is never given back otherwise.
        let back = unsafe { (*Arc::into_raw(wrapper)).clap_plugin.as_ptr() };
        let front = clap_plugin {
            desc: descriptor().clap_plugin_descriptor(),
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
        let instance = Box::into_raw(Box::new(Self {
            front,
            back,
            host,
            gate: Gate::new(),
            loads: Gate::new(),
            is_parented: AtomicBool::new(false),
            // Some hosts ask before they initialise; the framework allows it.
            // SAFETY: the framework's plug-in, just made.
            extensions: unsafe { Extensions::of(back) },
            stream: UnsafeCell::new(None),
        }));
        // SAFETY: just made, and nobody else has it yet.
        unsafe {
            (*instance).front.plugin_data = instance.cast();
            &raw const (*instance).front
        }
    }

    /// The instance that a host means; `None` for null.
    ///
    /// # Safety
    ///
    /// `plugin` is null or was made by [`Self::create`] and is not destroyed.
    pub(super) unsafe fn of<'a>(plugin: *const clap_plugin) -> Option<&'a Self> {
        // SAFETY: the front's data is its own instance.
        unsafe { plugin.as_ref()?.plugin_data.cast::<Self>().as_ref() }
    }

    /// What the framework takes for itself.
    pub(super) fn back(&self) -> *const clap_plugin {
        self.back
    }

    /// The framework's extensions.
    pub(super) fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// A pass for what must not meet the audio; `None` where the wait was in vain.
    pub(super) fn enter(&self) -> Option<Pass<'_>> {
        self.gate.enter(PATIENCE)
    }

    /// The same for what must not meet another load of a state.
    pub(super) fn enter_load(&self) -> Option<Pass<'_>> {
        self.loads.enter(PATIENCE)
    }

    /// Whether the window has got its parent.
    pub(super) fn is_parented(&self) -> bool {
        self.is_parented.load(Ordering::Acquire)
    }

    pub(super) fn set_parented(&self, is_parented: bool) {
        self.is_parented.store(is_parented, Ordering::Release);
    }

    /// The audio's buffers, while activated.
    #[allow(clippy::mut_from_ref)]
    pub(super) fn stream<'a>(&'a self, _pass: &'a mut Pass<'_>) -> &'a mut Option<Box<Stream>> {
        // SAFETY: whoever has a pass is alone, and it lends itself to one at a time.
        unsafe { &mut *self.stream.get() }
    }

    fn activate(&self, announced: Announced) -> bool {
        let Some(mut pass) = self.enter() else { return false };
        if self.gate.stage() != Stage::Resting {
            // A host that activates twice has what it wants only if it asks for the same.
            let same = |stream: &Option<Box<Stream>>| {
                stream.as_ref().is_some_and(|stream| stream.announced() == announced)
            };
            return self.gate.stage() >= Stage::Active && same(self.stream(&mut pass));
        }
        let frames = announced.block_frames as u32;
        // SAFETY: the framework's own function and object, alone and in order.
        let is_active = unsafe {
            (*self.back)
                .activate
                .is_some_and(|activate| activate(self.back, announced.sample_rate_hz, 1, frames))
        };
        if is_active {
            let channels = |is_input, port| self.extensions.channels(self.back, is_input, port);
            let stream = Stream::new(announced, channels(false, 0), channels(true, 1));
            *self.stream(&mut pass) = Some(Box::new(stream));
            self.gate.set_stage(Stage::Active, &pass);
        }
        is_active
    }

    /// Brings the instance back to rest, whatever it does.
    fn deactivate(&self) {
        let Some(mut pass) = self.enter() else { return };
        if self.gate.stage() < Stage::Active {
            return;
        }
        self.stop(&pass);
        // SAFETY: the framework's own function and object, alone and in order.
        unsafe {
            if let Some(deactivate) = (*self.back).deactivate {
                deactivate(self.back);
            }
        }
        *self.stream(&mut pass) = None;
        self.gate.set_stage(Stage::Resting, &pass);
    }

    pub(super) fn start(&self, pass: &Pass<'_>) -> bool {
        if self.gate.stage() == Stage::Playing {
            return true;
        }
        if self.gate.stage() < Stage::Active {
            return false;
        }
        // SAFETY: the framework's own function and object, alone and in order.
        let plays = unsafe { (*self.back).start_processing.is_some_and(|start| start(self.back)) };
        if plays {
            self.gate.set_stage(Stage::Playing, pass);
        }
        plays
    }

    fn stop(&self, pass: &Pass<'_>) {
        if self.gate.stage() != Stage::Playing {
            return;
        }
        // SAFETY: the framework's own function and object, alone and in order.
        unsafe {
            if let Some(stop) = (*self.back).stop_processing {
                stop(self.back);
            }
        }
        self.gate.set_stage(Stage::Active, pass);
    }

    /// Ends the instance.
    ///
    /// # Safety
    ///
    /// `instance` was made by [`Self::create`] and nothing uses it afterwards.
    unsafe fn destroy(instance: *mut Self) {
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
            if let Some(destroy) = (*this.back).destroy {
                destroy(this.back);
            }
            drop(Box::from_raw(instance));
        }
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
        unsafe { (*instance.back).init.is_some_and(|initialise| initialise(instance.back)) };
    if is_ready {
        instance.gate.set_stage(Stage::Resting, &pass);
    }
    is_ready
}

unsafe extern "C" fn destroy(plugin: *const clap_plugin) {
    // SAFETY: a host gives what it was given, and this once.
    unsafe {
        if let Some(instance) = Instance::of(plugin) {
            Instance::destroy(ptr::from_ref(instance).cast_mut());
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
            if let Some(reset) = (*instance.back).reset {
                reset(instance.back);
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
            (Some(instance), Some(block)) => process::process(instance, block),
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
        if let Some(on_main_thread) = (*instance.back).on_main_thread {
            on_main_thread(instance.back);
        }
    }
    if call.ends() {
        gui::close(instance);
    }
}
