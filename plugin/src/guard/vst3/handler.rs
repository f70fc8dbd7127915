//! The host's handler of edits as the framework sees it: always there.

use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use vst3::Steinberg::Vst::{IComponentHandler, IComponentHandlerTrait, ParamID, ParamValue};
use vst3::Steinberg::{int32, kResultOk, tresult};
use vst3::{Class, ComPtr, ComRef};

use super::super::gate::this_thread;

/// Stands before the host's handler, which may come, go and change at any time.
#[derive(Default)]
pub(super) struct Handler {
    host: Mutex<Option<ComPtr<IComponentHandler>>>,
    /// The thread that is in a call of the host's, which a restart has to wait for.
    busy: AtomicUsize,
    /// What to restart when it ends.
    waiting: AtomicI32,
}

impl Class for Handler {
    type Interfaces = (IComponentHandler,);
}

impl Handler {
    /// Takes another handler, or none.
    ///
    /// # Safety
    ///
    /// `host` is null or a host's handler.
    pub(super) unsafe fn set(&self, host: *mut IComponentHandler) {
        // SAFETY: the caller's promise.
        let host = unsafe { ComRef::from_raw(host) }.map(|host| host.to_com_ptr());
        *self.host.lock().unwrap_or_else(PoisonError::into_inner) = host;
    }

    fn host(&self) -> Option<ComPtr<IComponentHandler>> {
        self.host.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Holds restarts back on this thread until [`Self::release`]: a host answers
    /// one by calling again at once, which must not meet the call that is inside.
    pub(super) fn hold(&self) {
        self.busy.store(this_thread(), Ordering::Release);
    }

    /// Lets the restarts go that were held back.
    pub(super) fn release(&self) {
        self.busy.store(0, Ordering::Release);
        let flags = self.waiting.swap(0, Ordering::AcqRel);
        if flags != 0
            && let Some(host) = self.host()
        {
            // SAFETY: a host's handler lives while it is held.
            unsafe { host.restartComponent(flags) };
        }
    }
}

// SAFETY of all: as of the interface; a host's handler lives while it is held. A
// host without one has nothing to say to it.
impl IComponentHandlerTrait for Handler {
    unsafe fn beginEdit(&self, id: ParamID) -> tresult {
        // SAFETY: as above.
        self.host().map_or(kResultOk, |host| unsafe { host.beginEdit(id) })
    }

    unsafe fn performEdit(&self, id: ParamID, value: ParamValue) -> tresult {
        // SAFETY: as above.
        self.host().map_or(kResultOk, |host| unsafe { host.performEdit(id, value) })
    }

    unsafe fn endEdit(&self, id: ParamID) -> tresult {
        // SAFETY: as above.
        self.host().map_or(kResultOk, |host| unsafe { host.endEdit(id) })
    }

    unsafe fn restartComponent(&self, flags: int32) -> tresult {
        if self.busy.load(Ordering::Acquire) == this_thread() {
            self.waiting.fetch_or(flags, Ordering::AcqRel);
            return kResultOk;
        }
        // SAFETY: as above.
        self.host().map_or(kResultOk, |host| unsafe { host.restartComponent(flags) })
    }
}
