//! Hosts in plain pointers, that can do what no host should: for tests of the
//! guard, and for the soak.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "only tests use it: a failed unwrap is a failed test, names say the rest"
)]

pub mod clap;
pub mod pages;
pub mod vst3;

use std::ffi::{CStr, CString, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use ::clap_sys::entry::clap_plugin_entry;

use crate::error::Error;

/// Where the plug-in begins, for both formats.
#[derive(Clone, Copy)]
pub struct Library {
    /// For CLAP.
    pub clap: &'static clap_plugin_entry,
    /// For VST3.
    pub vst3: extern "system" fn() -> *mut c_void,
}

impl Library {
    /// Loads a library and never lets it go.
    ///
    /// # Errors
    /// When it is not there or is no plug-in of both formats.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let name = CString::new(path.as_os_str().as_bytes())?;
        // SAFETY: the library is our own, and stays.
        unsafe {
            let library = libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL);
            if library.is_null() {
                let why = CStr::from_ptr(libc::dlerror()).to_string_lossy().into_owned();
                return Err(format!("{}: expected the plug-in, found {why}", path.display()).into());
            }
            let find = |symbol: &CStr| {
                let found = libc::dlsym(library, symbol.as_ptr());
                let missing = || format!("{}: expected {symbol:?} in it", path.display());
                if found.is_null() { Err(missing()) } else { Ok(found) }
            };
            let clap = find(c"clap_entry")?.cast::<clap_plugin_entry>();
            let vst3 = find(c"GetPluginFactory")?;
            Ok(Self {
                clap: &*clap,
                vst3: std::mem::transmute::<*mut c_void, extern "system" fn() -> *mut c_void>(vst3),
            })
        }
    }
}
