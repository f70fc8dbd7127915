//! The editor's window: in order, on its own thread, with sizes that exist.

use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use vst3::Steinberg::IPlugViewContentScaleSupport_::ScaleFactor;
use vst3::Steinberg::{
    FIDString, IPlugFrame, IPlugView, IPlugViewContentScaleSupport,
    IPlugViewContentScaleSupportTrait, IPlugViewTrait, TBool, ViewRect, char16, int16,
    kInvalidArgument, kResultFalse, kResultOk, tresult,
};
use vst3::{Class, ComPtr, ComWrapper};

use super::super::gui_thread::{Call, Closing, GuiThread};
use super::super::{EDITOR_PIXELS, EDITOR_SCALES};
use super::frame::Frame;

/// A view in front of the framework's.
pub(super) struct View {
    back: ComPtr<IPlugView>,
    gui: Arc<GuiThread>,
    /// This view as the host knows it; null once there is none.
    front: Arc<AtomicPtr<IPlugView>>,
    frame: Mutex<Option<ComWrapper<Frame>>>,
}

impl Class for View {
    type Interfaces = (IPlugView, IPlugViewContentScaleSupport);
}

/// Whether a rectangle can be a window's.
///
/// # Safety
///
/// `rect` is null or a host's.
unsafe fn is_possible(rect: *const ViewRect) -> bool {
    // SAFETY: the caller's promise.
    unsafe { rect.as_ref() }.is_some_and(|rect| {
        let length = |from: i32, to: i32| u32::try_from(i64::from(to) - i64::from(from));
        [length(rect.left, rect.right), length(rect.top, rect.bottom)]
            .into_iter()
            .all(|length| length.is_ok_and(|length| EDITOR_PIXELS.contains(&length)))
    })
}

impl View {
    /// Stands before the framework's view, and gives what the host shall hold.
    pub(super) fn before(back: ComPtr<IPlugView>, gui: Arc<GuiThread>) -> *mut IPlugView {
        let front = Arc::<AtomicPtr<IPlugView>>::default();
        let view =
            ComWrapper::new(Self { back, gui, front: Arc::clone(&front), frame: Mutex::default() });
        let held = view.to_com_ptr::<IPlugView>().map_or(ptr::null_mut(), ComPtr::into_raw);
        front.store(held, Ordering::Release);
        held
    }

    /// Makes a call about the window that is open, and what has waited for one.
    fn with_window(&self, call: impl FnOnce() -> tresult) -> tresult {
        let Some(inside) = self.gui.call() else { return kResultFalse };
        let result = call();
        self.work_off();
        self.ended(inside);
        result
    }

    /// Makes a call that needs no window.
    fn at_any_time(&self, call: impl FnOnce() -> tresult) -> tresult {
        let Some(inside) = self.gui.call_if_open() else { return kResultFalse };
        let result = call();
        self.ended(inside);
        result
    }

    fn ended(&self, inside: Call<'_>) {
        if inside.ends() {
            // SAFETY: on the window's thread, with no other call inside.
            unsafe { self.back.removed() };
        }
    }

    fn frame(&self) -> Option<ComWrapper<Frame>> {
        self.frame.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn work_off(&self) {
        if let Some(frame) = self.frame() {
            frame.work_off();
        }
    }

    /// Gives the framework another frame, or none, and lets the old one go.
    fn change_frame(&self, frame: Option<ComWrapper<Frame>>) -> tresult {
        let given = frame
            .as_ref()
            .and_then(ComWrapper::as_com_ref::<IPlugFrame>)
            .map_or(ptr::null_mut(), |frame| frame.as_ptr());
        // SAFETY: null, or a frame that lives; the framework counts its own reference.
        let result = unsafe { self.back.setFrame(given) };
        let old = std::mem::replace(
            &mut *self.frame.lock().unwrap_or_else(PoisonError::into_inner),
            frame,
        );
        if let Some(old) = old {
            old.close();
        }
        result
    }
}

impl Drop for View {
    fn drop(&mut self) {
        self.front.store(ptr::null_mut(), Ordering::Release);
        if self.gui.close() == Closing::Now {
            // SAFETY: on the window's thread, with no other call inside.
            unsafe { self.back.removed() };
        }
        self.change_frame(None);
    }
}

// SAFETY of all: as of the interface; what a host gives is looked at first.
impl IPlugViewTrait for View {
    unsafe fn isPlatformTypeSupported(&self, kind: FIDString) -> tresult {
        if kind.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: not null.
        unsafe { self.back.isPlatformTypeSupported(kind) }
    }

    unsafe fn attached(&self, parent: *mut c_void, kind: FIDString) -> tresult {
        if parent.is_null() || kind.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: not null; a window of another system's kind is refused.
        unsafe {
            if self.back.isPlatformTypeSupported(kind) != kResultOk {
                return kInvalidArgument;
            }
            let Some(opening) = self.gui.open() else { return kResultFalse };
            let result = self.back.attached(parent, kind);
            if result == kResultOk {
                self.ended(opening);
            } else {
                self.gui.has_failed();
            }
            result
        }
    }

    unsafe fn removed(&self) -> tresult {
        match self.gui.close() {
            // SAFETY: on the window's thread, with no other call inside.
            Closing::Now => unsafe { self.back.removed() },
            Closing::Later => kResultOk,
            Closing::Never => kResultFalse,
        }
    }

    unsafe fn onWheel(&self, distance: f32) -> tresult {
        // SAFETY: a number.
        self.with_window(|| unsafe { self.back.onWheel(distance) })
    }

    unsafe fn onKeyDown(&self, key: char16, code: int16, modifiers: int16) -> tresult {
        // SAFETY: numbers.
        self.with_window(|| unsafe { self.back.onKeyDown(key, code, modifiers) })
    }

    unsafe fn onKeyUp(&self, key: char16, code: int16, modifiers: int16) -> tresult {
        // SAFETY: numbers.
        self.with_window(|| unsafe { self.back.onKeyUp(key, code, modifiers) })
    }

    unsafe fn getSize(&self, size: *mut ViewRect) -> tresult {
        if size.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: not null.
        self.at_any_time(|| unsafe { self.back.getSize(size) })
    }

    unsafe fn onSize(&self, size: *mut ViewRect) -> tresult {
        // SAFETY: null or a host's.
        if !unsafe { is_possible(size) } {
            return kInvalidArgument;
        }
        // SAFETY: not null.
        self.with_window(|| unsafe { self.back.onSize(size) })
    }

    unsafe fn onFocus(&self, state: TBool) -> tresult {
        // SAFETY: a number.
        self.with_window(|| unsafe { self.back.onFocus(state) })
    }

    unsafe fn setFrame(&self, frame: *mut IPlugFrame) -> tresult {
        // SAFETY: null or a host's.
        let host = unsafe { vst3::ComRef::from_raw(frame) }.map(|frame| frame.to_com_ptr());
        self.at_any_time(|| {
            let frame =
                host.map(|host| ComWrapper::new(Frame::before(host, Arc::clone(&self.front))));
            self.change_frame(frame)
        })
    }

    unsafe fn canResize(&self) -> tresult {
        // SAFETY: the framework's own function.
        self.at_any_time(|| unsafe { self.back.canResize() })
    }

    unsafe fn checkSizeConstraint(&self, rect: *mut ViewRect) -> tresult {
        // SAFETY: null or a host's.
        if !unsafe { is_possible(rect) } {
            return kInvalidArgument;
        }
        // SAFETY: not null.
        self.with_window(|| unsafe { self.back.checkSizeConstraint(rect) })
    }
}

impl IPlugViewContentScaleSupportTrait for View {
    unsafe fn setContentScaleFactor(&self, factor: ScaleFactor) -> tresult {
        let Some(scaled) = self.back.cast::<IPlugViewContentScaleSupport>() else {
            return kResultFalse;
        };
        if !EDITOR_SCALES.contains(&f64::from(factor)) {
            return kInvalidArgument;
        }
        // SAFETY: a number in its range.
        self.at_any_time(|| unsafe { scaled.setContentScaleFactor(factor) })
    }
}
