//! A host's block, cut into blocks that the framework can do nothing wrong with.

use std::ptr;

use nice_plug::wrapper::vst3::Wrapper;
use vst3::Steinberg::Vst::ProcessContext_::StatesAndFlags_::{
    kContTimeValid, kPlaying, kProjectTimeMusicValid, kSystemTimeValid, kTempoValid,
};
use vst3::Steinberg::Vst::SymbolicSampleSizes_::{kSample32, kSample64};
use vst3::Steinberg::Vst::{
    AudioBusBuffers, AudioBusBuffers__type0, IAudioProcessorTrait, ProcessContext, ProcessData,
};
use vst3::Steinberg::{int32, kResultOk, tresult};

use super::super::Announced;
use super::super::audio::{Bus, HostChannels};
use super::changes::Changes;
use crate::Burnish;

/// The buses that a host gives.
#[derive(Clone, Copy)]
pub(super) struct HostBuses {
    buffers: *mut AudioBusBuffers,
    count: usize,
    /// Samples of 32 bits that one of the host's takes.
    width: usize,
}

impl HostBuses {
    #[allow(clippy::unnecessary_cast)]
    pub(super) fn of(buffers: *mut AudioBusBuffers, count: int32, sample_size: int32) -> Self {
        let count = if buffers.is_null() { 0 } else { usize::try_from(count).unwrap_or(0) };
        let width = match sample_size {
            size if size == kSample32 as int32 => 1,
            size if size == kSample64 as int32 => 2,
            // Who knows: nothing is touched.
            _ => 0,
        };
        Self { buffers, count, width }
    }

    fn channels(self, index: usize) -> HostChannels {
        if index >= self.count {
            return HostChannels::NONE;
        }
        // SAFETY: inside what the host says that there is; both readings of the
        // union are pointers to pointers.
        let buffer = unsafe { *self.buffers.add(index) };
        HostChannels {
            // SAFETY: as above.
            pointers: unsafe { buffer.__field0.channelBuffers32 }.cast_const(),
            count: usize::try_from(buffer.numChannels).unwrap_or(0),
        }
    }

    /// The channels of a bus; none where there is no such bus of 32-bit samples.
    pub(super) fn bus(self, index: usize) -> HostChannels {
        if self.width == 1 { self.channels(index) } else { HostChannels::NONE }
    }

    /// Silences all buses from one on.
    ///
    /// # Safety
    ///
    /// They are outputs of that many frames.
    pub(super) unsafe fn silence(self, first: usize, frames: usize) {
        for index in first..self.count {
            // SAFETY: the caller's promise.
            unsafe { self.channels(index).silence(self.width * frames) };
        }
    }

    /// Says of all buses that something is in them.
    ///
    /// # Safety
    ///
    /// They are outputs.
    pub(super) unsafe fn say_not_silent(self) {
        for index in 0..self.count {
            // SAFETY: the caller's promise.
            unsafe { (*self.buffers.add(index)).silenceFlags = 0 };
        }
    }
}

/// What an activated instance has for its audio.
pub(super) struct Stream {
    announced: Announced,
    main: Bus,
    /// No channels in a layout without it.
    side_chain: Bus,
    changes: Changes,
}

impl Stream {
    pub(super) fn new(announced: Announced, channels: usize, side_chain_channels: usize) -> Self {
        Self {
            announced,
            main: Bus::new(channels, announced.block_frames),
            side_chain: Bus::new(side_chain_channels, announced.block_frames),
            changes: Changes::new(),
        }
    }

    #[allow(clippy::unnecessary_cast)]
    /// Takes only the changes of a host's block, all at once.
    ///
    /// # Safety
    ///
    /// What the block points to is null or as long as it says.
    pub(super) unsafe fn flush(&mut self, back: &Wrapper<Burnish>, block: &ProcessData) -> tresult {
        // SAFETY: the caller's promise.
        unsafe { self.changes.begin(block.inputParameterChanges, 1) };
        self.changes.due_at(0, 1);
        let mut only_changes = ProcessData {
            symbolicSampleSize: kSample32 as int32,
            numSamples: 0,
            numInputs: 0,
            numOutputs: 0,
            inputs: ptr::null_mut(),
            outputs: ptr::null_mut(),
            inputParameterChanges: self.changes.list(),
            inputEvents: ptr::null_mut(),
            processContext: ptr::null_mut(),
            ..*block
        };
        // SAFETY: without frames there are no buses, and the changes are ours.
        let result = unsafe { back.process(&raw mut only_changes) };
        self.changes.end();
        result
    }

    /// Works on a host's block of at least one frame: from change to change, and
    /// never more than was announced.
    ///
    /// # Safety
    ///
    /// What the block points to is null or as long as it says; so is `output`.
    pub(super) unsafe fn cut(
        &mut self,
        back: &Wrapper<Burnish>,
        block: &ProcessData,
        frames: usize,
        output: HostChannels,
    ) -> tresult {
        let inputs = HostBuses::of(block.inputs, block.numInputs, block.symbolicSampleSize);
        // SAFETY: the caller's promise.
        let said = unsafe {
            self.changes.begin(block.inputParameterChanges, frames);
            block.processContext.as_ref().copied()
        };
        let mut start = 0;
        let mut result = kResultOk;
        while start < frames && result == kResultOk {
            let next = self.changes.due_at(start, frames).unwrap_or(frames);
            let end = next.min(start + self.announced.block_frames).min(frames);
            // SAFETY: the caller's promise, and a piece is no longer than the buses.
            unsafe {
                self.main.take(inputs.bus(0), start, end);
                self.side_chain.take(inputs.bus(1), start, end);
            }
            let mut now = said.map(|said| later(said, start, self.announced.sample_rate_hz));
            let context = now.as_mut().map_or(ptr::null_mut(), ptr::from_mut);
            result = self.work(back, block, end - start, context);
            if result == kResultOk {
                // SAFETY: as above.
                unsafe { self.main.give(output, start, end) };
            }
            start = end;
        }
        self.changes.end();
        result
    }

    /// Lets the framework work on what is in the buses.
    fn work(
        &mut self,
        back: &Wrapper<Burnish>,
        block: &ProcessData,
        frames: usize,
        context: *mut ProcessContext,
    ) -> tresult {
        let buffer = |bus: &mut Bus| AudioBusBuffers {
            numChannels: bus.count() as int32,
            silenceFlags: 0,
            __field0: AudioBusBuffers__type0 { channelBuffers32: bus.pointers() },
        };
        let mut inputs = [buffer(&mut self.main), buffer(&mut self.side_chain)];
        let mut outputs = [buffer(&mut self.main)];
        let mut piece = ProcessData {
            numSamples: frames as int32,
            numInputs: if self.side_chain.count() > 0 { 2 } else { 1 },
            numOutputs: 1,
            inputs: inputs.as_mut_ptr(),
            outputs: outputs.as_mut_ptr(),
            inputParameterChanges: self.changes.list(),
            // Neither notes nor changes of its own go this way.
            outputParameterChanges: ptr::null_mut(),
            inputEvents: ptr::null_mut(),
            outputEvents: ptr::null_mut(),
            processContext: context,
            ..*block
        };
        // SAFETY: alone and in order; all that the piece points to lives here and
        // is as long as it says.
        unsafe { back.process(&raw mut piece) }
    }
}

/// Where the song is some frames after a host said where: on, while it plays.
#[allow(clippy::unnecessary_cast)]
fn later(mut said: ProcessContext, frames: usize, sample_rate_hz: f64) -> ProcessContext {
    let has = |flag| said.state & flag as u32 != 0;
    let (is_playing, has_beats) = (has(kPlaying), has(kProjectTimeMusicValid));
    let (has_system_time, has_frames) = (has(kSystemTimeValid), has(kContTimeValid));
    let has_tempo = has(kTempoValid) && said.tempo.is_finite() && said.tempo > 0.0;
    if !has_tempo {
        said.state &= !(kTempoValid as u32);
    }
    let seconds = frames as f64 / sample_rate_hz;
    if has_frames {
        said.continousTimeSamples = said.continousTimeSamples.saturating_add(frames as i64);
    }
    if has_system_time {
        said.systemTime = said.systemTime.saturating_add((seconds * 1e9).round() as i64);
    }
    if is_playing {
        said.projectTimeSamples = said.projectTimeSamples.saturating_add(frames as i64);
        if has_tempo && has_beats {
            said.projectTimeMusic += seconds / 60.0 * said.tempo;
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::unnecessary_cast)]
    fn a_song_goes_on_while_it_plays() {
        // SAFETY: a context is plain numbers.
        let mut said: ProcessContext = unsafe { std::mem::zeroed() };
        said.projectTimeSamples = 1000;
        said.tempo = 120.0;
        said.state = (kTempoValid | kProjectTimeMusicValid) as u32;
        assert_eq!(later(said, 48_000, 48_000.0).projectTimeSamples, 1000);
        said.state |= kPlaying as u32;
        let now = later(said, 48_000, 48_000.0);
        assert_eq!((now.projectTimeSamples, now.projectTimeMusic), (49_000, 2.0));
        said.tempo = f64::NAN;
        let now = later(said, 48_000, 48_000.0);
        assert_eq!((now.projectTimeSamples, now.projectTimeMusic), (49_000, 0.0));
    }
}
