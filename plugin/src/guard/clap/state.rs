//! Saving and loading, through memory of our own: a host's stream may end, fail
//! or lie at any byte.

use std::ffi::c_void;
use std::ptr;

use clap_sys::ext::state::clap_plugin_state;
use clap_sys::plugin::clap_plugin;
use clap_sys::stream::{clap_istream, clap_ostream};

use super::super::stored::MOST_STATE_BYTES;
use super::ask::ask_plugin;
use super::gui;
use super::instance::Instance;
use crate::parameters::mended_json;

pub(super) static STATE: clap_plugin_state =
    clap_plugin_state { save: Some(save), load: Some(load) };

/// The framework writes the length of its state before it, in so many bytes.
const LENGTH_BYTES: usize = size_of::<u64>();
/// A state is read in steps of this many bytes, so that one that says it is long
/// but is not costs nothing.
const STEP_BYTES: usize = 1 << 16;

/// Reads `length` bytes behind those that are there already; false where they end before.
///
/// # Safety
///
/// `stream` is a host's.
unsafe fn read(stream: *const clap_istream, bytes: &mut Vec<u8>, length: usize) -> bool {
    // SAFETY: the caller's promise.
    let Some(read) = (unsafe { (*stream).read }) else { return false };
    let end = bytes.len() + length;
    while bytes.len() < end {
        let at = bytes.len();
        let asked = (end - at).min(STEP_BYTES);
        bytes.resize(at + asked, 0);
        // SAFETY: as many bytes are there as are asked for.
        let count = unsafe { read(stream, bytes[at..].as_mut_ptr().cast(), asked as u64) };
        match usize::try_from(count) {
            Ok(count @ 1..) if count <= asked => bytes.truncate(at + count),
            _ => return false,
        }
    }
    true
}

unsafe extern "C" fn load(plugin: *const clap_plugin, stream: *const clap_istream) -> bool {
    // SAFETY: a host gives what it was given.
    let Some(instance) = (unsafe { Instance::of(plugin) }) else { return false };
    if stream.is_null() {
        return false;
    }
    let mut bytes = Vec::new();
    // SAFETY: not null.
    if !unsafe { read(stream, &mut bytes, LENGTH_BYTES) } {
        return false;
    }
    let length = bytes.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
    let Some(length) = length.and_then(|length| usize::try_from(length).ok()) else { return false };
    // SAFETY: not null.
    if length > MOST_STATE_BYTES || !unsafe { read(stream, &mut bytes, length) } {
        return false;
    }
    // Two loads at once would mix two sessions.
    let Some(_pass) = instance.enter_load() else { return false };
    let call = instance.host.gui.call();
    // One value that the framework cannot read would cost it all others.
    let json = mended_json(bytes.split_off(LENGTH_BYTES));
    bytes.clear();
    bytes.extend_from_slice(&(json.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&json);
    let mut rest = &bytes[..];
    let memory =
        clap_istream { ctx: ptr::from_mut(&mut rest).cast(), read: Some(read_from_memory) };
    let is_loaded = ask_plugin!(plugin => state.load(&raw const memory)).unwrap_or(false);
    if call.is_some_and(super::super::gui_thread::Call::ends) {
        gui::close(instance);
    }
    is_loaded
}

unsafe extern "C" fn read_from_memory(
    stream: *const clap_istream,
    to: *mut c_void,
    size: u64,
) -> i64 {
    // SAFETY: the framework gives back the stream that it was given, and room for
    // as many bytes as it asks for.
    unsafe {
        let rest = &mut *(*stream).ctx.cast::<&[u8]>();
        let count = rest.len().min(usize::try_from(size).unwrap_or(usize::MAX));
        ptr::copy_nonoverlapping(rest.as_ptr(), to.cast(), count);
        *rest = &rest[count..];
        count as i64
    }
}

unsafe extern "C" fn save(plugin: *const clap_plugin, stream: *const clap_ostream) -> bool {
    if stream.is_null() {
        return false;
    }
    let mut bytes = Vec::<u8>::new();
    let memory =
        clap_ostream { ctx: ptr::from_mut(&mut bytes).cast(), write: Some(write_to_memory) };
    if !ask_plugin!(plugin => state.save(&raw const memory)).unwrap_or(false) {
        return false;
    }
    // SAFETY: not null.
    let Some(write) = (unsafe { (*stream).write }) else { return false };
    let mut rest = &bytes[..];
    while !rest.is_empty() {
        // SAFETY: as many bytes are there as are offered.
        let count = unsafe { write(stream, rest.as_ptr().cast(), rest.len() as u64) };
        match usize::try_from(count) {
            Ok(count @ 1..) if count <= rest.len() => rest = &rest[count..],
            _ => return false,
        }
    }
    true
}

unsafe extern "C" fn write_to_memory(
    stream: *const clap_ostream,
    from: *const c_void,
    size: u64,
) -> i64 {
    // SAFETY: the framework gives back the stream that it was given, and as many
    // bytes as it says.
    unsafe {
        let bytes = &mut *(*stream).ctx.cast::<Vec<u8>>();
        bytes.extend_from_slice(std::slice::from_raw_parts(from.cast(), size as usize));
    }
    size as i64
}
