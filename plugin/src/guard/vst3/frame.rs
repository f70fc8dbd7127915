//! The host's frame and run loop as the framework sees them: always there.
//!
//! On Linux the framework wants to be called back by the host's run loop, and
//! ends the process where the host refuses. It also never lets go of what it
//! registers, with two sockets each, so a thousand openings of the editor would
//! use up all that a process may have.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use vst3::Steinberg::Linux::{
    FileDescriptor, IEventHandler, IEventHandlerTrait, IRunLoop, IRunLoopTrait, ITimerHandler,
    TimerInterval,
};
use vst3::Steinberg::{
    IPlugFrame, IPlugFrameTrait, IPlugView, ViewRect, kInvalidArgument, kResultFalse, kResultOk,
    tresult,
};
use vst3::{Class, ComPtr, ComRef};

/// A frame in front of the host's.
pub(super) struct Frame {
    host: ComPtr<IPlugFrame>,
    run_loop: Option<ComPtr<IRunLoop>>,
    /// The view as the host knows it; null once there is none.
    view: Arc<AtomicPtr<IPlugView>>,
    registered: Mutex<Vec<Registered>>,
}

/// What the framework has registered.
struct Registered {
    /// With the reference that the framework never gives back.
    handler: *mut IEventHandler,
    socket: FileDescriptor,
    /// Whether the host's run loop has it.
    is_with_host: bool,
}

// SAFETY: a handler is an object that counts its references and may be called
// from any thread that holds one.
unsafe impl Send for Registered {}

impl Class for Frame {
    type Interfaces = (IPlugFrame, IRunLoop);
}

impl Frame {
    pub(super) fn before(host: ComPtr<IPlugFrame>, view: Arc<AtomicPtr<IPlugView>>) -> Self {
        let run_loop = host.cast::<IRunLoop>();
        Self { host, run_loop, view, registered: Mutex::default() }
    }

    fn registered(&self) -> MutexGuard<'_, Vec<Registered>> {
        self.registered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what waits for a run loop that the host does not have.
    pub(super) fn work_off(&self) {
        let waiting: Vec<_> = self
            .registered()
            .iter()
            .filter(|registered| !registered.is_with_host)
            .filter_map(|registered| {
                // SAFETY: the framework's reference keeps it until `close`.
                let handler = unsafe { ComRef::from_raw(registered.handler) }?;
                Some((handler.to_com_ptr(), registered.socket))
            })
            .collect();
        for (handler, socket) in waiting {
            // SAFETY: it is held, and the socket is its own.
            unsafe { handler.onFDIsSet(socket) };
        }
    }

    /// Takes back from the host what the framework has registered, and lets it
    /// go; the framework uses this frame no more.
    pub(super) fn close(&self) {
        let all = std::mem::take(&mut *self.registered());
        for Registered { handler, is_with_host, .. } in all {
            if is_with_host && let Some(run_loop) = &self.run_loop {
                // SAFETY: the host's own function; the handler lives.
                unsafe { run_loop.unregisterEventHandler(handler) };
            }
            // SAFETY: this is the reference that nice-plug 0.4.2 makes in
            // `RunLoopEventHandler::new` and never gives back. A test counts
            // sockets: it fails once the framework gives it back itself.
            drop(unsafe { ComPtr::from_raw(handler) });
        }
    }
}

// SAFETY of both: as of the interface; the host's objects live while they are held.
impl IPlugFrameTrait for Frame {
    unsafe fn resizeView(&self, _: *mut IPlugView, size: *mut ViewRect) -> tresult {
        let view = self.view.load(Ordering::Acquire);
        if view.is_null() || size.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: as above, and the view is the one that the host knows.
        unsafe { self.host.resizeView(view, size) }
    }
}

impl IRunLoopTrait for Frame {
    unsafe fn registerEventHandler(
        &self,
        handler: *mut IEventHandler,
        socket: FileDescriptor,
    ) -> tresult {
        if handler.is_null() {
            return kInvalidArgument;
        }
        let is_with_host = self.run_loop.as_ref().is_some_and(|run_loop| {
            // SAFETY: as above; the handler is not null.
            unsafe { run_loop.registerEventHandler(handler, socket) == kResultOk }
        });
        self.registered().push(Registered { handler, socket, is_with_host });
        kResultOk
    }

    unsafe fn unregisterEventHandler(&self, handler: *mut IEventHandler) -> tresult {
        let mut registered = self.registered();
        let place = registered.iter().position(|registered| ptr::eq(registered.handler, handler));
        let Some(place) = place else { return kInvalidArgument };
        let Registered { is_with_host, .. } = registered.remove(place);
        drop(registered);
        match &self.run_loop {
            // SAFETY: as above.
            Some(run_loop) if is_with_host => unsafe { run_loop.unregisterEventHandler(handler) },
            _ => kResultOk,
        }
    }

    unsafe fn registerTimer(
        &self,
        handler: *mut ITimerHandler,
        interval: TimerInterval,
    ) -> tresult {
        self.run_loop.as_ref().map_or(kResultFalse, |run_loop| {
            // SAFETY: as above.
            unsafe { run_loop.registerTimer(handler, interval) }
        })
    }

    unsafe fn unregisterTimer(&self, handler: *mut ITimerHandler) -> tresult {
        self.run_loop.as_ref().map_or(kResultFalse, |run_loop| {
            // SAFETY: as above.
            unsafe { run_loop.unregisterTimer(handler) }
        })
    }
}
