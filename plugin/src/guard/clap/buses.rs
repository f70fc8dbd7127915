//! The buses that a host gives, whatever it gives.

use clap_sys::audio_buffer::clap_audio_buffer;

use super::super::audio::HostChannels;

/// The buses of one direction.
#[derive(Clone, Copy)]
pub(super) struct HostBuses {
    buffers: *const clap_audio_buffer,
    count: usize,
}

impl HostBuses {
    pub(super) fn of(buffers: *const clap_audio_buffer, count: u32) -> Self {
        Self { buffers, count: if buffers.is_null() { 0 } else { count as usize } }
    }

    fn buffer(self, index: usize) -> Option<clap_audio_buffer> {
        // SAFETY: inside what the host says that there is.
        (index < self.count).then(|| unsafe { *self.buffers.add(index) })
    }

    /// The channels of a bus; none where there is no such bus or it has no 32-bit samples.
    pub(super) fn bus(self, index: usize) -> HostChannels {
        self.buffer(index).map_or(HostChannels::NONE, |buffer| HostChannels {
            pointers: buffer.data32.cast_const(),
            count: buffer.channel_count as usize,
        })
    }

    /// Silences all buses from one on, in either width of samples.
    ///
    /// # Safety
    ///
    /// They are outputs of that many frames.
    pub(super) unsafe fn silence(self, first: usize, frames: usize) {
        for index in first..self.count {
            let Some(buffer) = self.buffer(index) else { return };
            let count = buffer.channel_count as usize;
            // SAFETY: the caller's promise. A sample of 64 bits is two of 32.
            unsafe {
                if !buffer.data32.is_null() {
                    HostChannels { pointers: buffer.data32, count }.silence(frames);
                } else if !buffer.data64.is_null() {
                    HostChannels { pointers: buffer.data64.cast(), count }.silence(2 * frames);
                }
            }
        }
    }
}
