//! What an activated instance has for its audio: a host's block is cut into blocks that the
//! framework can do nothing wrong with.

use std::ptr;

use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{
    CLAP_PROCESS_CONTINUE, CLAP_PROCESS_ERROR, clap_process, clap_process_status,
};

use super::super::Announced;
use super::super::audio::{Bus, HostChannels};
use super::buses::HostBuses;
use super::events::{Event, Given, Incoming, Outgoing};
use super::transport::Song;

/// Buffers of its own for every bus.
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

    /// Works on a host's block of at least one frame: from change to change, and
    /// never more than was announced.
    ///
    /// # Safety
    ///
    /// What the block points to is null or as long as it says; so is `output`. `back` is the
    /// framework's plug-in, active, and nobody else is in it.
    pub(super) unsafe fn cut(
        &mut self,
        back: *const clap_plugin,
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
            let piece = clap_process {
                steady_time: if is_steady { block.steady_time + start as i64 } else { -1 },
                frames_count: (end - start) as u32,
                transport: now.as_ref().map_or(ptr::null(), ptr::from_ref),
                in_events: incoming.list(),
                out_events: outgoing.list(),
                ..*block
            };
            // SAFETY: the caller's promise.
            status = unsafe { self.work(back, piece) };
            if status == CLAP_PROCESS_ERROR {
                return status;
            }
            // SAFETY: as above.
            unsafe { self.main.give(output, start, end) };
            start = end;
        }
        status
    }

    /// Lets the framework work on what is in the buses.
    ///
    /// # Safety
    ///
    /// `back` is the framework's plug-in, active, and nobody else is in it.
    unsafe fn work(
        &mut self,
        back: *const clap_plugin,
        block: clap_process,
    ) -> clap_process_status {
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
            (*back).process.map_or(CLAP_PROCESS_ERROR, |process| process(back, &raw const block))
        }
    }
}
