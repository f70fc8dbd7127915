//! The host as the framework sees it: complete, whatever the real one leaves out.

use std::ffi::{CStr, c_char, c_void};
use std::ptr;
use std::sync::OnceLock;

use clap_sys::ext::gui::{CLAP_EXT_GUI, clap_host_gui};
use clap_sys::ext::latency::{CLAP_EXT_LATENCY, clap_host_latency};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_host_params};
use clap_sys::ext::thread_check::{CLAP_EXT_THREAD_CHECK, clap_host_thread_check};
use clap_sys::ext::track_info::{CLAP_EXT_TRACK_INFO, clap_host_track_info, clap_track_info};
use clap_sys::host::clap_host;
use clap_sys::id::clap_id;

use super::super::gate::this_thread;
use super::super::gui_thread::GuiThread;

/// A host of ours in front of the real one.
pub(super) struct Host {
    /// What the framework holds; its data points here.
    front: clap_host,
    real: *const clap_host,
    extensions: OnceLock<Extensions>,
    /// The thread that created the instance, where the host tells of no threads.
    creator: usize,
    pub(super) gui: GuiThread,
}

#[derive(Clone, Copy, Default)]
struct Extensions {
    gui: Option<clap_host_gui>,
    latency: Option<clap_host_latency>,
    params: Option<clap_host_params>,
    thread_check: Option<clap_host_thread_check>,
    track_info: Option<clap_host_track_info>,
}

impl Host {
    /// Stands in front of `real`.
    ///
    /// # Safety
    ///
    /// `real` outlives what is returned.
    pub(super) unsafe fn before(real: *const clap_host) -> Box<Self> {
        // SAFETY: the caller's promise.
        let given = unsafe { *real };
        let front = clap_host {
            host_data: ptr::null_mut(),
            get_extension: Some(get_extension),
            request_restart: Some(request_restart),
            request_process: Some(request_process),
            request_callback: Some(request_callback),
            ..given
        };
        let mut host = Box::new(Self {
            front,
            real,
            extensions: OnceLock::new(),
            creator: this_thread(),
            gui: GuiThread::default(),
        });
        host.front.host_data = ptr::from_mut(&mut *host).cast();
        host
    }

    /// What the framework takes for its host.
    pub(super) fn front(&self) -> *const clap_host {
        &raw const self.front
    }

    /// Asks the real host what it has; once it may be asked, at initialisation.
    pub(super) fn ask(&self) {
        // SAFETY: each type is the one that belongs to its name; a host's
        // extensions live as long as the host.
        let _ = self.extensions.set(unsafe {
            Extensions {
                gui: self.extension(CLAP_EXT_GUI),
                latency: self.extension(CLAP_EXT_LATENCY),
                params: self.extension(CLAP_EXT_PARAMS),
                thread_check: self.extension(CLAP_EXT_THREAD_CHECK),
                track_info: self.extension(CLAP_EXT_TRACK_INFO),
            }
        });
    }

    /// # Safety
    ///
    /// `T` belongs to the name.
    unsafe fn extension<T: Copy>(&self, name: &CStr) -> Option<T> {
        // SAFETY: the real host lives; what it gives is null or what was asked for.
        unsafe {
            let get = (*self.real).get_extension?;
            let found = get(self.real, name.as_ptr()).cast::<T>();
            (!found.is_null()).then(|| *found)
        }
    }

    fn extensions(&self) -> Extensions {
        self.extensions.get().copied().unwrap_or_default()
    }

    pub(super) fn has_track_info(&self) -> bool {
        self.extensions().track_info.is_some_and(|info| info.get.is_some())
    }
}

/// # Safety
///
/// `host` is null or the front of a [`Host`] that lives.
unsafe fn of<'a>(host: *const clap_host) -> Option<&'a Host> {
    // SAFETY: the front's data is its own `Host`.
    unsafe { host.as_ref()?.host_data.cast::<Host>().as_ref() }
}

/// Calls a function of the real host, or of one of its extensions, where it has it.
macro_rules! ask {
    ($host:ident => $method:ident ( $($argument:expr),* )) => {{
        // SAFETY: the framework gives back the front that it was given, and the
        // real host outlives it.
        unsafe {
            of($host).and_then(|host| {
                (*host.real).$method.map(|ask| ask(host.real $(, $argument)*))
            })
        }
    }};
    ($host:ident => $extension:ident . $method:ident ( $($argument:expr),* )) => {{
        // SAFETY: as above.
        unsafe {
            of($host).and_then(|host| {
                let ask = host.extensions().$extension.and_then(|extension| extension.$method)?;
                Some(ask(host.real $(, $argument)*))
            })
        }
    }};
}

unsafe extern "C" fn request_restart(host: *const clap_host) {
    ask!(host => request_restart());
}

unsafe extern "C" fn request_process(host: *const clap_host) {
    ask!(host => request_process());
}

unsafe extern "C" fn request_callback(host: *const clap_host) {
    ask!(host => request_callback());
}

unsafe extern "C" fn get_extension(host: *const clap_host, name: *const c_char) -> *const c_void {
    if name.is_null() {
        return ptr::null();
    }
    // SAFETY: not null, and the framework's names are strings.
    let (name, host) = unsafe { (CStr::from_ptr(name), of(host)) };
    if name == CLAP_EXT_GUI {
        ptr::from_ref(&GUI).cast()
    } else if name == CLAP_EXT_LATENCY {
        ptr::from_ref(&LATENCY).cast()
    } else if name == CLAP_EXT_PARAMS {
        ptr::from_ref(&PARAMS).cast()
    } else if name == CLAP_EXT_THREAD_CHECK {
        ptr::from_ref(&THREAD_CHECK).cast()
    } else if name == CLAP_EXT_TRACK_INFO && host.is_some_and(Host::has_track_info) {
        ptr::from_ref(&TRACK_INFO).cast()
    } else {
        ptr::null()
    }
}

static GUI: clap_host_gui = clap_host_gui {
    resize_hints_changed: Some(resize_hints_changed),
    request_resize: Some(request_resize),
    request_show: Some(request_show),
    request_hide: Some(request_hide),
    closed: Some(closed),
};

unsafe extern "C" fn resize_hints_changed(host: *const clap_host) {
    ask!(host => gui.resize_hints_changed());
}

unsafe extern "C" fn request_resize(host: *const clap_host, width: u32, height: u32) -> bool {
    ask!(host => gui.request_resize(width, height)).unwrap_or(false)
}

unsafe extern "C" fn request_show(host: *const clap_host) -> bool {
    ask!(host => gui.request_show()).unwrap_or(false)
}

unsafe extern "C" fn request_hide(host: *const clap_host) -> bool {
    ask!(host => gui.request_hide()).unwrap_or(false)
}

unsafe extern "C" fn closed(host: *const clap_host, was_destroyed: bool) {
    ask!(host => gui.closed(was_destroyed));
}

static LATENCY: clap_host_latency = clap_host_latency { changed: Some(latency_changed) };

unsafe extern "C" fn latency_changed(host: *const clap_host) {
    ask!(host => latency.changed());
}

static PARAMS: clap_host_params = clap_host_params {
    rescan: Some(rescan),
    clear: Some(clear),
    request_flush: Some(request_flush),
};

unsafe extern "C" fn rescan(host: *const clap_host, flags: u32) {
    ask!(host => params.rescan(flags));
}

unsafe extern "C" fn clear(host: *const clap_host, parameter: clap_id, flags: u32) {
    ask!(host => params.clear(parameter, flags));
}

unsafe extern "C" fn request_flush(host: *const clap_host) {
    ask!(host => params.request_flush());
}

static THREAD_CHECK: clap_host_thread_check = clap_host_thread_check {
    is_main_thread: Some(is_main_thread),
    is_audio_thread: Some(is_audio_thread),
};

/// With a window open, only its own thread may touch it, whatever the host says.
unsafe extern "C" fn is_main_thread(host: *const clap_host) -> bool {
    // SAFETY: the framework gives back the front that it was given.
    let Some(front) = (unsafe { of(host) }) else { return false };
    front.gui.is_here()
        && ask!(host => thread_check.is_main_thread())
            .unwrap_or_else(|| this_thread() == front.creator)
}

unsafe extern "C" fn is_audio_thread(host: *const clap_host) -> bool {
    ask!(host => thread_check.is_audio_thread()).unwrap_or(false)
}

static TRACK_INFO: clap_host_track_info = clap_host_track_info { get: Some(track_info) };

unsafe extern "C" fn track_info(host: *const clap_host, info: *mut clap_track_info) -> bool {
    !info.is_null() && ask!(host => track_info.get(info)).unwrap_or(false)
}
