//! Keeps the plug-in in memory for threads that outlive every instance: one that
//! waits for a drive is left behind, and may come back after the host has unloaded
//! the plug-in. On Linux the linker says so already (`build.rs`).

use std::sync::Once;

/// Keeps the library that this function belongs to until the process ends.
pub(crate) fn keep_loaded() {
    static ONCE: Once = Once::new();
    ONCE.call_once(keep);
}

#[cfg(target_os = "macos")]
fn keep() {
    use std::ffi::{c_char, c_int, c_void};

    /// `Dl_info` of `dlfcn.h`.
    #[repr(C)]
    struct Info {
        file_name: *const c_char,
        file_base: *mut c_void,
        symbol_name: *const c_char,
        symbol_address: *mut c_void,
    }
    const NOW: c_int = 0x2;
    const NO_DELETE: c_int = 0x80;
    unsafe extern "C" {
        fn dladdr(address: *const c_void, info: *mut Info) -> c_int;
        fn dlopen(path: *const c_char, mode: c_int) -> *mut c_void;
    }
    let here = keep_loaded as fn() as *const c_void;
    let mut info = Info {
        file_name: std::ptr::null(),
        file_base: std::ptr::null_mut(),
        symbol_name: std::ptr::null(),
        symbol_address: std::ptr::null_mut(),
    };
    // SAFETY: the address is that of a function of this library and `info` is
    // written to only while this call lasts. The name belongs to the loader and is
    // valid as long as the library is loaded. What is opened is never closed.
    unsafe {
        if dladdr(here, &raw mut info) != 0 && !info.file_name.is_null() {
            dlopen(info.file_name, NOW | NO_DELETE);
        }
    }
}

#[cfg(windows)]
fn keep() {
    use std::ffi::c_void;

    const PIN: u32 = 0x1;
    const FROM_ADDRESS: u32 = 0x4;
    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn GetModuleHandleExW(flags: u32, name: *const c_void, module: *mut *mut c_void) -> i32;
    }
    let here = keep_loaded as fn() as *const c_void;
    let mut module = std::ptr::null_mut();
    // SAFETY: with `FROM_ADDRESS` the name is any address within the library, as
    // that of this function is; the handle is written to a place that outlives the call.
    unsafe {
        GetModuleHandleExW(PIN | FROM_ADDRESS, here, &raw mut module);
    }
}

#[cfg(not(any(target_os = "macos", windows)))]
fn keep() {}
