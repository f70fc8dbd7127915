//! One instance of the plug-in: what the host holds, in front of what the
//! framework made.

use std::cell::UnsafeCell;
use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::time::Duration;

use nice_plug::wrapper::vst3::Wrapper;
use vst3::Steinberg::Vst::BusDirections_::kInput;
use vst3::Steinberg::Vst::ChannelContext::IInfoListener;
use vst3::Steinberg::Vst::MediaTypes_::kAudio;
use vst3::Steinberg::Vst::{
    BusDirection, BusInfo, IAudioProcessor, IComponent, IComponentHandler, IComponentTrait,
    IEditController, IEditControllerTrait, IProcessContextRequirements, IUnitInfo, IoMode,
    MediaType, RoutingInfo,
};
use vst3::Steinberg::{
    FUnknown, IBStream, IPluginBaseTrait, TBool, TUID, int32, kInvalidArgument, kResultFalse,
    kResultOk, tresult,
};
use vst3::{Class, ComWrapper};

use super::super::Announced;
use super::super::gate::{Gate, Pass, Stage};
use super::super::gui_thread::GuiThread;
use super::arrangement::SideChainChannels;
use super::handler::Handler;
use super::process::Stream;
use super::stream::{self, Memory};
use crate::Burnish;
use crate::parameters::mended_json;

/// How long a call waits for one of another thread that it may not meet.
const PATIENCE: Duration = Duration::from_secs(2);

/// One instance.
pub(super) struct Component {
    /// What the framework made. Freed by hand: it stays where its window belongs to
    /// another thread.
    pub(super) back: ManuallyDrop<ComWrapper<Wrapper<Burnish>>>,
    pub(super) gate: Gate,
    /// For loads of a state, which do not stop the audio.
    pub(super) loads: Gate,
    pub(super) handler: ComWrapper<Handler>,
    pub(super) gui: Arc<GuiThread>,
    pub(super) side_chain_channels: SideChainChannels,
    /// Only touched with a pass of the gate.
    audio: UnsafeCell<Audio>,
}

/// What belongs to whoever has a pass.
#[derive(Default)]
pub(super) struct Audio {
    /// What the host has announced last.
    pub(super) announced: Option<Announced>,
    /// There while activated.
    pub(super) stream: Option<Box<Stream>>,
}

impl Class for Component {
    type Interfaces = (
        IComponent,
        IEditController,
        IAudioProcessor,
        IProcessContextRequirements,
        IUnitInfo,
        IInfoListener,
    );
}

impl Component {
    pub(super) fn new() -> Self {
        let back = ComWrapper::new(Wrapper::<Burnish>::new());
        let handler = ComWrapper::new(Handler::default());
        if let Some(front) = handler.as_com_ref::<IComponentHandler>() {
            // SAFETY: the handler lives; the framework counts its own reference.
            unsafe { back.setComponentHandler(front.as_ptr()) };
        }
        let gate = Gate::new();
        if let Some(pass) = gate.enter_now() {
            gate.set_stage(Stage::Resting, &pass);
        }
        Self {
            back: ManuallyDrop::new(back),
            gate,
            loads: Gate::new(),
            handler,
            gui: Arc::default(),
            side_chain_channels: SideChainChannels::default(),
            audio: UnsafeCell::default(),
        }
    }

    /// A pass for what must not meet the audio; `None` where the wait was in vain.
    pub(super) fn enter(&self) -> Option<Pass<'_>> {
        self.gate.enter(PATIENCE)
    }

    /// The audio's part.
    #[allow(clippy::mut_from_ref)]
    pub(super) fn audio<'a>(&'a self, _pass: &'a mut Pass<'_>) -> &'a mut Audio {
        // SAFETY: whoever has a pass is alone, and it lends itself to one at a time.
        unsafe { &mut *self.audio.get() }
    }

    fn activate(&self, pass: &mut Pass<'_>) -> tresult {
        if self.gate.stage() >= Stage::Active {
            return kResultOk;
        }
        let Some(announced) = self.audio(pass).announced else { return kResultFalse };
        // SAFETY: the framework's own function, alone and in order.
        let result = unsafe { self.back.setActive(1) };
        if result == kResultOk {
            let stream = Stream::new(announced, self.channels(0), self.channels(1));
            self.audio(pass).stream = Some(Box::new(stream));
            self.gate.set_stage(Stage::Active, pass);
        }
        result
    }

    fn deactivate(&self, pass: &mut Pass<'_>) -> tresult {
        if self.gate.stage() < Stage::Active {
            return kResultOk;
        }
        self.stop(pass);
        // SAFETY: the framework's own function, alone and in order.
        let result = unsafe { self.back.setActive(0) };
        self.audio(pass).stream = None;
        self.gate.set_stage(Stage::Resting, pass);
        result
    }

    pub(super) fn stop(&self, pass: &Pass<'_>) {
        use vst3::Steinberg::Vst::IAudioProcessorTrait;
        if self.gate.stage() == Stage::Playing {
            // SAFETY: the framework's own function, alone and in order.
            unsafe { self.back.setProcessing(0) };
            self.gate.set_stage(Stage::Active, pass);
        }
    }

    /// Channels of an input of the framework's layout; 0 where there is none.
    #[allow(clippy::unnecessary_cast)]
    fn channels(&self, index: int32) -> usize {
        let (audio, input) = (kAudio as int32, kInput as int32);
        // SAFETY: the framework's own functions; a zeroed info is one.
        unsafe {
            let mut info: BusInfo = std::mem::zeroed();
            let is_there = index < self.back.getBusCount(audio, input)
                && self.back.getBusInfo(audio, input, index, &raw mut info) == kResultOk;
            if is_there { usize::try_from(info.channelCount).unwrap_or(0) } else { 0 }
        }
    }
}

impl Drop for Component {
    fn drop(&mut self) {
        if let Some(mut pass) = self.gate.enter(PATIENCE) {
            self.deactivate(&mut pass);
        }
        // SAFETY: null is no handler.
        unsafe { self.handler.set(std::ptr::null_mut()) };
        if self.gui.is_here() {
            // SAFETY: never touched again.
            unsafe { ManuallyDrop::drop(&mut self.back) };
        }
    }
}

// SAFETY of all: as of the interface; what a host gives is looked at first.
impl IPluginBaseTrait for Component {
    unsafe fn initialize(&self, context: *mut FUnknown) -> tresult {
        // SAFETY: null or a host's.
        unsafe { self.back.initialize(context) }
    }

    unsafe fn terminate(&self) -> tresult {
        if let Some(mut pass) = self.enter() {
            self.deactivate(&mut pass);
        }
        // SAFETY: null is no handler.
        unsafe {
            self.handler.set(std::ptr::null_mut());
            self.back.terminate()
        }
    }
}

/// A direction and kind of a bus that is a side-chain's.
#[allow(clippy::unnecessary_cast)]
pub(super) fn is_side_chain(kind: MediaType, direction: BusDirection, index: int32) -> bool {
    kind == kAudio as int32 && direction == kInput as int32 && index == 1
}

impl IComponentTrait for Component {
    unsafe fn getControllerClassId(&self, class: *mut TUID) -> tresult {
        // SAFETY: the framework does not look at it.
        unsafe { self.back.getControllerClassId(class) }
    }

    unsafe fn setIoMode(&self, mode: IoMode) -> tresult {
        // SAFETY: a number.
        unsafe { self.back.setIoMode(mode) }
    }

    unsafe fn getBusCount(&self, kind: MediaType, direction: BusDirection) -> int32 {
        // SAFETY: numbers.
        unsafe { self.back.getBusCount(kind, direction) }
    }

    unsafe fn getBusInfo(
        &self,
        kind: MediaType,
        direction: BusDirection,
        index: int32,
        info: *mut BusInfo,
    ) -> tresult {
        if info.is_null() || index < 0 {
            return kInvalidArgument;
        }
        // SAFETY: a place, and an index that is one.
        unsafe {
            let result = self.back.getBusInfo(kind, direction, index, info);
            if result == kResultOk && is_side_chain(kind, direction, index) {
                (*info).channelCount = self.side_chain_channels.get() as int32;
            }
            result
        }
    }

    unsafe fn getRoutingInfo(&self, from: *mut RoutingInfo, to: *mut RoutingInfo) -> tresult {
        if from.is_null() || to.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: neither is null.
        unsafe { self.back.getRoutingInfo(from, to) }
    }

    unsafe fn activateBus(
        &self,
        kind: MediaType,
        direction: BusDirection,
        index: int32,
        state: TBool,
    ) -> tresult {
        // SAFETY: numbers.
        unsafe { self.back.activateBus(kind, direction, index, state) }
    }

    unsafe fn setActive(&self, state: TBool) -> tresult {
        let Some(mut pass) = self.enter() else { return kResultFalse };
        self.handler.hold();
        let result = if state == 0 { self.deactivate(&mut pass) } else { self.activate(&mut pass) };
        drop(pass);
        self.handler.release();
        result
    }

    unsafe fn setState(&self, state: *mut IBStream) -> tresult {
        // SAFETY: null or a host's.
        let Some(bytes) = (unsafe { stream::read_all(state) }) else { return kResultFalse };
        // Two loads at once would mix two sessions.
        let Some(_pass) = self.loads.enter(PATIENCE) else { return kResultFalse };
        let _call = self.gui.call();
        // One value that the framework cannot read would cost it all others.
        let memory = Memory::new(mended_json(bytes));
        // SAFETY: the memory lives until the call returns.
        unsafe { IComponentTrait::setState(&**self.back, stream::stream(&memory)) }
    }

    unsafe fn getState(&self, state: *mut IBStream) -> tresult {
        if state.is_null() {
            return kInvalidArgument;
        }
        let memory = Memory::new(Vec::new());
        // SAFETY: the memory lives until the call returns; not null.
        unsafe {
            match IComponentTrait::getState(&**self.back, stream::stream(&memory)) {
                result if result == kResultOk => stream::write_all(&memory, state),
                result => result,
            }
        }
    }
}
