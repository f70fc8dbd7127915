//! The audio's side of an instance.

use vst3::Steinberg::Vst::SymbolicSampleSizes_::kSample32;
use vst3::Steinberg::Vst::{
    BusDirection, IAudioProcessorTrait, IProcessContextRequirementsTrait, ProcessData,
    ProcessSetup, SpeakerArrangement,
};
use vst3::Steinberg::Vst::{BusDirections_::kInput, MediaTypes_::kAudio};
use vst3::Steinberg::{TBool, int32, kInvalidArgument, kResultFalse, kResultOk, tresult, uint32};

use super::super::Announced;
use super::super::gate::{Pass, Stage};
use super::arrangement::{Layout, arrangement};
use super::component::{Component, is_side_chain};
use super::process::HostBuses;

/// A host's list of arrangements; `None` where there is no such list.
///
/// # Safety
///
/// `list` is null or as long as it says.
unsafe fn arrangements<'a>(
    list: *const SpeakerArrangement,
    count: int32,
) -> Option<&'a [SpeakerArrangement]> {
    match usize::try_from(count) {
        Ok(0) => Some(&[]),
        // SAFETY: the caller's promise.
        Ok(count) if !list.is_null() => Some(unsafe { std::slice::from_raw_parts(list, count) }),
        _ => None,
    }
}

// SAFETY of all: as of the interface; what a host gives is looked at first.
impl IAudioProcessorTrait for Component {
    unsafe fn setBusArrangements(
        &self,
        inputs: *mut SpeakerArrangement,
        input_count: int32,
        outputs: *mut SpeakerArrangement,
        output_count: int32,
    ) -> tresult {
        // SAFETY: null or as long as it says.
        let lists =
            unsafe { (arrangements(inputs, input_count), arrangements(outputs, output_count)) };
        let (Some(inputs), Some(outputs)) = lists else { return kInvalidArgument };
        let Some(layout) = Layout::asked(inputs, outputs) else { return kResultFalse };
        let Some(_pass) = self.enter() else { return kResultFalse };
        if self.gate.stage() >= Stage::Active {
            return kResultFalse;
        }
        // The framework knows side-chains with as many channels as the mix has.
        let main = arrangement(layout.main);
        let (mut inputs, mut outputs) = ([main, main], [main]);
        let count = if layout.side_chain.is_some() { 2 } else { 1 };
        // SAFETY: as long as it says.
        let result = unsafe {
            self.back.setBusArrangements(inputs.as_mut_ptr(), count, outputs.as_mut_ptr(), 1)
        };
        if result == kResultOk
            && let Some(channels) = layout.side_chain
        {
            self.side_chain_channels.set(channels);
        }
        result
    }

    #[allow(clippy::unnecessary_cast)]
    unsafe fn getBusArrangement(
        &self,
        direction: BusDirection,
        index: int32,
        arranged: *mut SpeakerArrangement,
    ) -> tresult {
        if arranged.is_null() || index < 0 {
            return kInvalidArgument;
        }
        // SAFETY: a place, and an index that is one.
        unsafe {
            let result = self.back.getBusArrangement(direction, index, arranged);
            if result == kResultOk && is_side_chain(kAudio as int32, direction, index) {
                *arranged = arrangement(self.side_chain_channels.get());
            }
            debug_assert!(direction == kInput as int32 || index == 0 || result != kResultOk);
            result
        }
    }

    #[allow(clippy::unnecessary_cast)]
    unsafe fn canProcessSampleSize(&self, size: int32) -> tresult {
        if size == kSample32 as int32 { kResultOk } else { kResultFalse }
    }

    unsafe fn getLatencySamples(&self) -> uint32 {
        // SAFETY: the framework's own function.
        unsafe { self.back.getLatencySamples() }
    }

    #[allow(clippy::unnecessary_cast)]
    unsafe fn setupProcessing(&self, setup: *mut ProcessSetup) -> tresult {
        // SAFETY: null or a host's.
        let Some(setup) = (unsafe { setup.as_ref() }) else { return kInvalidArgument };
        let announced = Announced::checked(setup.sampleRate, i64::from(setup.maxSamplesPerBlock));
        let Some(announced) = announced.filter(|_| setup.symbolicSampleSize == kSample32 as int32)
        else {
            return kResultFalse;
        };
        let Some(mut pass) = self.enter() else { return kResultFalse };
        let is_active = self.gate.stage() >= Stage::Active;
        let audio = self.audio(&mut pass);
        if is_active && audio.announced != Some(announced) {
            return kResultFalse;
        }
        audio.announced = Some(announced);
        let mut setup =
            ProcessSetup { maxSamplesPerBlock: announced.block_frames as int32, ..*setup };
        // The framework keeps the mode of the setup before: twice the same is the same.
        // SAFETY: the framework's own function, alone; the setup lives until it returns.
        unsafe {
            self.back.setupProcessing(&raw mut setup);
            self.back.setupProcessing(&raw mut setup)
        }
    }

    unsafe fn setProcessing(&self, state: TBool) -> tresult {
        let Some(pass) = self.enter() else { return kResultFalse };
        if state == 0 {
            self.stop(&pass);
            return kResultOk;
        }
        if self.gate.stage() < Stage::Active {
            return kResultFalse;
        }
        // SAFETY: the framework's own function, alone and in order.
        let result = unsafe { self.back.setProcessing(1) };
        if result == kResultOk {
            self.gate.set_stage(Stage::Playing, &pass);
        }
        result
    }

    unsafe fn process(&self, block: *mut ProcessData) -> tresult {
        // SAFETY: null or a host's.
        let Some(block) = (unsafe { block.as_ref() }) else { return kInvalidArgument };
        let frames = usize::try_from(block.numSamples).unwrap_or(0);
        let outputs = HostBuses::of(block.outputs, block.numOutputs, block.symbolicSampleSize);
        // SAFETY: what the block points to is as long as it says.
        let silence = |first| unsafe { outputs.silence(first, frames) };
        let Some(mut pass) = self.gate.enter_now() else {
            // Something that it may not meet goes on in another thread.
            silence(0);
            return kResultOk;
        };
        self.handler.hold();
        // SAFETY: as above.
        let result = unsafe { self.process_inside(block, frames, outputs, &mut pass) };
        if result != kResultOk {
            silence(0);
        }
        silence(1);
        // SAFETY: as above.
        unsafe { outputs.say_not_silent() };
        drop(pass);
        self.handler.release();
        result
    }

    unsafe fn getTailSamples(&self) -> uint32 {
        // SAFETY: the framework's own function.
        unsafe { self.back.getTailSamples() }
    }
}

impl Component {
    /// Works on a host's block, alone.
    ///
    /// # Safety
    ///
    /// What the block points to is null or as long as it says.
    unsafe fn process_inside(
        &self,
        block: &ProcessData,
        frames: usize,
        outputs: HostBuses,
        pass: &mut Pass<'_>,
    ) -> tresult {
        let Some(stream) = &mut self.audio(pass).stream else { return kResultFalse };
        let output = outputs.bus(0);
        // SAFETY: the caller's promise.
        unsafe {
            if frames == 0 || !output.is_there() {
                // A host that has no audio to give means the changes alone.
                outputs.silence(0, frames);
                stream.flush(&self.back, block)
            } else {
                stream.cut(&self.back, block, frames, output)
            }
        }
    }
}

impl IProcessContextRequirementsTrait for Component {
    unsafe fn getProcessContextRequirements(&self) -> uint32 {
        // SAFETY: the framework's own function.
        unsafe { self.back.getProcessContextRequirements() }
    }
}
