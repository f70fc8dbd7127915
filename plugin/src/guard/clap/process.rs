//! A host's block, from the gate to the buffers and back.

use clap_sys::process::{
    CLAP_PROCESS_CONTINUE, CLAP_PROCESS_ERROR, clap_process, clap_process_status,
};

use super::super::gate::Stage;
use super::buses::HostBuses;
use super::events::Given;
use super::instance::Instance;
use super::parameters;

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
        Some(stream) => unsafe { stream.cut(instance.back(), block, given, outputs.bus(0)) },
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
