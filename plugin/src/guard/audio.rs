//! The audio buffers that the framework sees, and the way from and to the host's.

use std::ptr;

/// The channels that a host gives for a bus, as it gives them: either pointer
/// may be null, and the count be anything.
#[derive(Clone, Copy, Debug)]
pub(super) struct HostChannels {
    /// One pointer a channel, each to as many samples as the block has frames.
    pub(super) pointers: *const *mut f32,
    pub(super) count: usize,
}

impl HostChannels {
    /// A bus that is not there.
    pub(super) const NONE: Self = Self { pointers: ptr::null(), count: 0 };

    /// The samples of a channel; `None` where the host has none.
    ///
    /// # Safety
    ///
    /// `pointers` is null or points to `count` pointers.
    unsafe fn channel(self, channel: usize) -> Option<*mut f32> {
        if self.pointers.is_null() || channel >= self.count {
            return None;
        }
        // SAFETY: not null and inside, as the caller promises.
        let samples = unsafe { self.pointers.add(channel).read_unaligned() };
        (!samples.is_null()).then_some(samples)
    }

    /// Whether there is any place to read from or write to.
    ///
    /// # Safety
    ///
    /// As for [`Self::channel`].
    pub(super) unsafe fn is_there(self) -> bool {
        // SAFETY: as the caller promises.
        (0..self.count.min(64)).any(|channel| unsafe { self.channel(channel) }.is_some())
    }

    /// Writes silence to `frames` frames of all channels.
    ///
    /// # Safety
    ///
    /// As for [`Self::channel`], and each channel that is not null has that many samples.
    pub(super) unsafe fn silence(self, frames: usize) {
        for channel in 0..self.count {
            // SAFETY: as the caller promises; zero bytes are zero samples.
            unsafe {
                if let Some(samples) = self.channel(channel) {
                    ptr::write_bytes(samples.cast::<u8>(), 0, frames * size_of::<f32>());
                }
            }
        }
    }
}

/// Up to two channels in place, with the pointers that a wrapper wants.
#[derive(Debug)]
pub(super) struct Bus {
    channels: [Box<[f32]>; 2],
    pointers: [*mut f32; 2],
    count: usize,
}

// SAFETY: the pointers point to the heap memory that the same value owns.
unsafe impl Send for Bus {}

impl Bus {
    /// Room for blocks of `frames` frames on `count` channels, at most two.
    pub(super) fn new(count: usize, frames: usize) -> Self {
        let count = count.min(2);
        let frames_of = |channel| if channel < count { frames } else { 0 };
        let mut channels = [0, 1].map(|channel| vec![0.0; frames_of(channel)].into_boxed_slice());
        let pointers = channels.each_mut().map(|samples| samples.as_mut_ptr());
        Self { channels, pointers, count }
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// What a wrapper takes for its channels.
    pub(super) fn pointers(&mut self) -> *mut *mut f32 {
        self.pointers.as_mut_ptr()
    }

    /// Takes the frames `start..end` of what the host gives. Missing channels
    /// are silent; of two that belong on one, the mean is taken.
    ///
    /// # Safety
    ///
    /// `host` as for [`HostChannels::channel`], each channel that is not null
    /// with at least `end` samples; `end - start` is at most this bus's frames.
    pub(super) unsafe fn take(&mut self, host: HostChannels, start: usize, end: usize) {
        let frames = end - start;
        for (channel, samples) in self.channels[..self.count].iter_mut().enumerate() {
            let samples = &mut samples[..frames];
            // SAFETY: inside the host's samples and ours, as the caller promises.
            // Bytes are copied since a host's samples may lie anywhere.
            unsafe {
                match host.channel(channel) {
                    Some(given) => copy(given.add(start), samples.as_mut_ptr(), frames),
                    None => samples.fill(0.0),
                }
            }
        }
        if self.count == 1 {
            // SAFETY: as above.
            if let Some(right) = unsafe { host.channel(1) } {
                for (frame, sample) in self.channels[0][..frames].iter_mut().enumerate() {
                    // SAFETY: as above.
                    let right = unsafe { right.add(start + frame).read_unaligned() };
                    *sample = 0.5 * (*sample + right);
                }
            }
        }
    }

    /// Gives the first `end - start` frames to the host's `start..end`. Channels
    /// that the host has beyond ours are silenced.
    ///
    /// # Safety
    ///
    /// As for [`Self::take`]; the host's channels may be written to.
    pub(super) unsafe fn give(&self, host: HostChannels, start: usize, end: usize) {
        let frames = end - start;
        for channel in 0..host.count {
            // SAFETY: inside the host's samples and ours, as the caller promises.
            unsafe {
                let Some(wanted) = host.channel(channel) else { continue };
                let wanted = wanted.add(start);
                if channel < self.count {
                    copy(self.channels[channel].as_ptr(), wanted, frames);
                } else {
                    ptr::write_bytes(wanted.cast::<u8>(), 0, frames * size_of::<f32>());
                }
            }
        }
    }
}

/// Copies samples that may overlap and need not be aligned.
///
/// # Safety
///
/// Both have `frames` samples.
unsafe fn copy(from: *const f32, to: *mut f32, frames: usize) {
    // SAFETY: as the caller promises; bytes need no alignment.
    unsafe { ptr::copy(from.cast::<u8>(), to.cast::<u8>(), frames * size_of::<f32>()) };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(channels: &mut [*mut f32]) -> HostChannels {
        HostChannels { pointers: channels.as_ptr(), count: channels.len() }
    }

    #[test]
    fn what_the_host_does_not_give_is_silent() {
        let mut bus = Bus::new(2, 8);
        let mut left = [1.0; 8];
        let mut given = [left.as_mut_ptr(), ptr::null_mut()];
        // SAFETY: `left` has eight samples.
        unsafe { bus.take(host(&mut given), 0, 8) };
        assert_eq!(*bus.channels[0], [1.0; 8]);
        assert_eq!(*bus.channels[1], [0.0; 8]);
        for missing in [HostChannels::NONE, HostChannels { count: 2, ..HostChannels::NONE }] {
            // SAFETY: nothing is given.
            unsafe { bus.take(missing, 0, 8) };
            assert_eq!(*bus.channels[0], [0.0; 8]);
        }
    }

    #[test]
    fn two_channels_on_one_are_their_mean() {
        let mut bus = Bus::new(1, 2);
        let (mut left, mut right) = ([1.0, 0.5, 0.25], [0.0, 0.5, -0.25]);
        let mut given = [left.as_mut_ptr(), right.as_mut_ptr()];
        // SAFETY: both have three samples.
        unsafe { bus.take(host(&mut given), 1, 3) };
        assert_eq!(*bus.channels[0], [0.5, 0.0]);
    }

    #[test]
    fn channels_beyond_ours_are_silenced() {
        let mut bus = Bus::new(2, 2);
        let (mut left, mut right) = ([0.1, 0.2], [0.3, 0.4]);
        let mut given = [left.as_mut_ptr(), right.as_mut_ptr()];
        let mut out = [[9.0_f32; 4]; 3];
        let [a, b, c] = &mut out;
        let mut wanted = [a.as_mut_ptr(), b.as_mut_ptr(), c.as_mut_ptr(), ptr::null_mut()];
        // SAFETY: all have as many samples as is said.
        unsafe {
            bus.take(host(&mut given), 0, 2);
            bus.give(host(&mut wanted), 1, 3);
        }
        assert_eq!(out, [[9.0, 0.1, 0.2, 9.0], [9.0, 0.3, 0.4, 9.0], [9.0, 0.0, 0.0, 9.0]]);
    }

    #[test]
    #[allow(clippy::cast_ptr_alignment)]
    fn samples_may_lie_at_odd_addresses() {
        let mut bytes = [0_u8; 13];
        bytes[1..5].copy_from_slice(&0.75_f32.to_ne_bytes());
        let mut given = [bytes[1..].as_mut_ptr().cast::<f32>()];
        let mut bus = Bus::new(2, 1);
        // SAFETY: three samples lie there, if at an odd address.
        unsafe {
            bus.take(host(&mut given), 0, 1);
            bus.give(host(&mut given), 1, 2);
        }
        assert_eq!(bytes[5..9], 0.75_f32.to_ne_bytes());
    }
}
