//! A host's block, cut into blocks that the framework can do nothing wrong with.

use std::ptr;

use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::process::{
    CLAP_PROCESS_CONTINUE, CLAP_PROCESS_ERROR, clap_process, clap_process_status,
};

use super::super::Announced;
use super::super::audio::{Bus, HostChannels};
use super::super::gate::Stage;
use super::events::{Event, Given, Incoming, Outgoing};
use super::instance::Instance;
use super::parameters;
use super::transport::Song;

/// What an activated instance has for its audio.
pub(super) struct Stream {
    announced: Announced,
    main: Bus,
    /// No channels in a layout without it.
    side_chain: Bus,
}

impl Stream {
    pub(super) fn new(announced: Announced, channels: usize, side_chain_channels: usize) -> Self {
        Self {
            announced,
            main: Bus::new(channels, announced.block_frames),
            side_chain: Bus::new(side_chain_channels, announced.block_frames),
        }
    }

    pub(super) fn announced(&self) -> Announced {
        self.announced
    }

    /// Lets the framework work on what is in the buses.
    fn work(&mut self, instance: &Instance, block: clap_process) -> clap_process_status {
        let buffer = |bus: &mut Bus| clap_audio_buffer {
            data32: bus.pointers(),
            data64: ptr::null_mut(),
            channel_count: bus.count() as u32,
            latency: 0,
            constant_mask: 0,
        };
        let inputs = [buffer(&mut self.main), buffer(&mut self.side_chain)];
        let mut outputs = [buffer(&mut self.main)];
        let block = clap_process {
            audio_inputs: inputs.as_ptr(),
            audio_inputs_count: if self.side_chain.count() > 0 { 2 } else { 1 },
            audio_outputs: outputs.as_mut_ptr(),
            audio_outputs_count: 1,
            ..block
        };
        // SAFETY: the framework's own function and object, alone and in order;
        // all that the block points to lives here and is as long as it says.
        unsafe {
            let back = instance.back();
            (*back).process.map_or(CLAP_PROCESS_ERROR, |process| process(back, &raw const block))
        }
    }
}

/// The buses that a host gives.
#[derive(Clone, Copy)]
struct HostBuses {
    buffers: *const clap_audio_buffer,
    count: usize,
}

impl HostBuses {
    fn of(buffers: *const clap_audio_buffer, count: u32) -> Self {
        Self { buffers, count: if buffers.is_null() { 0 } else { count as usize } }
    }

    fn buffer(self, index: usize) -> Option<clap_audio_buffer> {
        // SAFETY: inside what the host says that there is.
        (index < self.count).then(|| unsafe { *self.buffers.add(index) })
    }

    /// The channels of a bus; none where there is no such bus or it has no 32-bit samples.
    fn bus(self, index: usize) -> HostChannels {
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
    unsafe fn silence(self, first: usize, frames: usize) {
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

/// Works on a host's block.
///
/// # Safety
///
/// What the block points to is null or as long as it says.
pub(super) unsafe fn process(instance: &Instance, block: &clap_process) -> clap_process_status {
    let frames = block.frames_count as usize;
    let outputs = HostBuses::of(block.audio_outputs, block.audio_outputs_count);
    // SAFETY: the caller's promise.
    let silence = |first| unsafe { outputs.silence(first, frames) };
    let Some(mut pass) = instance.gate.enter_now() else {
        // Something that it may not meet goes on in another thread.
        silence(0);
        return CLAP_PROCESS_CONTINUE;
    };
    if instance.gate.stage() < Stage::Active || !instance.start(&pass) {
        silence(0);
        return CLAP_PROCESS_ERROR;
    }
    let given = Given::of(block.in_events);
    // SAFETY: the caller's promise.
    if frames == 0 || !unsafe { outputs.bus(0).is_there() } {
        parameters::flush_inside(instance, given, block.out_events);
        silence(0);
        return CLAP_PROCESS_CONTINUE;
    }
    let status = match instance.stream(&mut pass) {
        // SAFETY: the caller's promise.
        Some(stream) => unsafe { stream.cut(instance, block, given, outputs.bus(0)) },
        None => CLAP_PROCESS_ERROR,
    };
    if status == CLAP_PROCESS_ERROR {
        silence(0);
    }
    silence(1);
    // SAFETY: the caller's promise; there is an output.
    unsafe { (*block.audio_outputs).constant_mask = 0 };
    status
}

impl Stream {
    /// Works on a host's block of at least one frame: from change to change, and
    /// never more than was announced.
    ///
    /// # Safety
    ///
    /// What the block points to is null or as long as it says; so is `output`.
    unsafe fn cut(
        &mut self,
        instance: &Instance,
        block: &clap_process,
        given: Given,
        output: HostChannels,
    ) -> clap_process_status {
        let frames = block.frames_count as usize;
        let inputs = HostBuses::of(block.audio_inputs, block.audio_inputs_count);
        // SAFETY: the caller's promise.
        let said = unsafe { block.transport.as_ref() };
        let mut song = said.map(|said| Song::said(*said, 0));
        let events = given.count();
        let mut next = 0;
        let mut start = 0;
        let mut status = CLAP_PROCESS_CONTINUE;
        while start < frames {
            let mut end = frames.min(start + self.announced.block_frames);
            let first = next;
            while next < events {
                if let Some((time, event)) = given.event(next) {
                    // After the end is at the end; before the last one is with it.
                    let time = (time as usize).min(frames - 1);
                    if time > start {
                        end = end.min(time);
                        break;
                    }
                    if let Event::Transport(said) = event {
                        song = Some(Song::said(said, time));
                    }
                }
                next += 1;
            }
            // SAFETY: the caller's promise, and a piece is no longer than the buses.
            unsafe {
                self.main.take(inputs.bus(0), start, end);
                self.side_chain.take(inputs.bus(1), start, end);
            }
            let now = song.map(|song| song.at(start, self.announced.sample_rate_hz));
            let mut incoming = Incoming::of(given, first, next);
            let mut outgoing = Outgoing::to(block.out_events, start as u32);
            let is_steady = block.steady_time >= 0;
            status = self.work(
                instance,
                clap_process {
                    steady_time: if is_steady { block.steady_time + start as i64 } else { -1 },
                    frames_count: (end - start) as u32,
                    transport: now.as_ref().map_or(ptr::null(), ptr::from_ref),
                    in_events: incoming.list(),
                    out_events: outgoing.list(),
                    ..*block
                },
            );
            if status == CLAP_PROCESS_ERROR {
                return status;
            }
            // SAFETY: as above.
            unsafe { self.main.give(output, start, end) };
            start = end;
        }
        status
    }
}
