//! One instance of the plug-in: what the host holds, in front of what the
//! framework made.

use std::cell::UnsafeCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use nice_plug::wrapper::clap::Wrapper;

use super::super::Announced;
use super::super::gate::{Gate, Pass, Stage};
use super::framework::Extensions;
use super::host::Host;
use super::stream::Stream;
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
    /// Makes an instance for a host, and gives what the host shall hold: `front`, whose data
    /// is the instance.
    ///
    /// # Safety
    ///
    /// `host` is a host that outlives the instance.
    pub(super) unsafe fn create(host: *const clap_host, front: clap_plugin) -> *const clap_plugin {
        // SAFETY: the host outlives the instance, and so its front.
        let host = unsafe { Host::before(host) };
        // SAFETY: the front lives in the instance, which is freed after the wrapper.
        let wrapper = unsafe { Wrapper::<Burnish>::new(host.front()) };
        // The framework takes this count back when it is told to destroy itself.
        // SAFETY: the pointer comes from an `Arc` that is never given back otherwise.
        let back = unsafe { (*Arc::into_raw(wrapper)).clap_plugin.as_ptr() };
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

    /// Activates the framework's plug-in, and makes the buffers.
    pub(super) fn activate(&self, announced: Announced) -> bool {
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
    pub(super) fn deactivate(&self) {
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

    /// Starts the audio, unless it plays.
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

    /// Stops the audio, if it plays.
    pub(super) fn stop(&self, pass: &Pass<'_>) {
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
}
