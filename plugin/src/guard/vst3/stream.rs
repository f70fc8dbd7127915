//! States on their way: a host's stream may end, fail or lie at any byte, so the
//! framework gets memory.

use std::ffi::c_void;
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use vst3::Steinberg::IBStream_::IStreamSeekMode_::{kIBSeekCur, kIBSeekEnd, kIBSeekSet};
use vst3::Steinberg::{
    IBStream, IBStreamTrait, int32, int64, kInvalidArgument, kResultFalse, kResultOk, tresult,
};
use vst3::{Class, ComRef, ComWrapper};

use super::super::stored::MOST_STATE_BYTES;

const STEP_BYTES: int32 = 1 << 16;

/// A stream in memory.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<Contents>);

#[derive(Debug, Default)]
struct Contents {
    bytes: Vec<u8>,
    position: usize,
}

impl Class for Memory {
    type Interfaces = (IBStream,);
}

impl Memory {
    pub(super) fn new(bytes: Vec<u8>) -> ComWrapper<Self> {
        ComWrapper::new(Self(Mutex::new(Contents { bytes, position: 0 })))
    }

    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// For the framework, as long as the memory lives.
pub(super) fn stream(memory: &ComWrapper<Memory>) -> *mut IBStream {
    memory.as_com_ref::<IBStream>().map_or(ptr::null_mut(), |stream| stream.as_ptr())
}

// SAFETY of all: as of the interface; what is asked for is looked at first.
impl IBStreamTrait for Memory {
    unsafe fn read(&self, to: *mut c_void, asked: int32, count: *mut int32) -> tresult {
        let mut contents = self.contents();
        let Some(asked) = usize::try_from(asked).ok().filter(|_| !to.is_null()) else {
            return kInvalidArgument;
        };
        let rest = &contents.bytes[contents.position..];
        let read = rest.len().min(asked);
        // SAFETY: there is room for what is asked for.
        unsafe {
            ptr::copy_nonoverlapping(rest.as_ptr(), to.cast(), read);
            if let Some(count) = count.as_mut() {
                *count = read as int32;
            }
        }
        contents.position += read;
        kResultOk
    }

    unsafe fn write(&self, from: *mut c_void, offered: int32, count: *mut int32) -> tresult {
        let mut contents = self.contents();
        let Some(length) = usize::try_from(offered).ok().filter(|_| !from.is_null()) else {
            return kInvalidArgument;
        };
        let position = contents.position;
        contents.bytes.truncate(position);
        // SAFETY: as many bytes are there as are offered.
        unsafe {
            let bytes = std::slice::from_raw_parts(from.cast::<u8>(), length);
            contents.bytes.extend_from_slice(bytes);
            if let Some(count) = count.as_mut() {
                *count = offered;
            }
        }
        contents.position += length;
        kResultOk
    }

    #[allow(clippy::unnecessary_cast)]
    unsafe fn seek(&self, position: int64, mode: int32, result: *mut int64) -> tresult {
        let mut contents = self.contents();
        let from = match mode {
            mode if mode == kIBSeekSet as int32 => 0,
            mode if mode == kIBSeekCur as int32 => contents.position as int64,
            mode if mode == kIBSeekEnd as int32 => contents.bytes.len() as int64,
            _ => return kInvalidArgument,
        };
        let wanted = from.saturating_add(position).clamp(0, contents.bytes.len() as int64);
        contents.position = wanted as usize;
        // SAFETY: null or a place.
        if let Some(result) = unsafe { result.as_mut() } {
            *result = wanted;
        }
        kResultOk
    }

    unsafe fn tell(&self, position: *mut int64) -> tresult {
        // SAFETY: null or a place.
        let Some(position) = (unsafe { position.as_mut() }) else { return kInvalidArgument };
        *position = self.contents().position as int64;
        kResultOk
    }
}

/// All that a host's stream holds from where it stands; `None` where it fails,
/// lies, or never ends.
///
/// # Safety
///
/// `stream` is null or a host's.
pub(super) unsafe fn read_all(stream: *mut IBStream) -> Option<Vec<u8>> {
    // SAFETY: the caller's promise.
    let stream = unsafe { ComRef::from_raw(stream) }?;
    let mut bytes = Vec::new();
    loop {
        let at = bytes.len();
        bytes.resize(at + STEP_BYTES as usize, 0);
        let mut count = 0;
        // Some hosts call the end a failure: the count says what there was.
        // SAFETY: there is room for what is asked for.
        unsafe { stream.read(bytes[at..].as_mut_ptr().cast(), STEP_BYTES, &raw mut count) };
        let count = usize::try_from(count).ok().filter(|count| *count <= STEP_BYTES as usize)?;
        bytes.truncate(at + count);
        if count == 0 {
            return (!bytes.is_empty()).then_some(bytes);
        }
        if bytes.len() > MOST_STATE_BYTES {
            return None;
        }
    }
}

/// Gives all that the memory holds to a host's stream.
///
/// # Safety
///
/// `stream` is null or a host's.
pub(super) unsafe fn write_all(memory: &Memory, stream: *mut IBStream) -> tresult {
    // SAFETY: the caller's promise.
    let Some(stream) = (unsafe { ComRef::from_raw(stream) }) else { return kInvalidArgument };
    let mut bytes = std::mem::take(&mut memory.contents().bytes);
    let mut rest = &mut bytes[..];
    while !rest.is_empty() {
        let offered = rest.len().min(int32::MAX as usize);
        let mut count = 0;
        // SAFETY: as many bytes are there as are offered.
        let result =
            unsafe { stream.write(rest.as_mut_ptr().cast(), offered as int32, &raw mut count) };
        match usize::try_from(count) {
            Ok(count @ 1..) if count <= offered && result == kResultOk => rest = &mut rest[count..],
            // Some hosts count nothing and have taken all.
            Ok(0) if result == kResultOk && offered == rest.len() => return kResultOk,
            _ => return kResultFalse,
        }
    }
    kResultOk
}
