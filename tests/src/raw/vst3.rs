//! A VST3 host in plain pointers, that can do what no host should.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicI32, Ordering};

use vst3::Steinberg::Vst::SymbolicSampleSizes_::kSample32;
use vst3::Steinberg::Vst::{
    AudioBusBuffers, AudioBusBuffers__type0, IAudioProcessor, IAudioProcessorTrait, IComponent,
    IComponentHandler, IComponentHandlerTrait, IComponentTrait, IEditController,
    IEditControllerTrait, IParamValueQueue, IParamValueQueueTrait, IParameterChanges,
    IParameterChangesTrait, ParamID, ParamValue, ParameterInfo, ProcessData, ProcessModes_,
    ProcessSetup,
};
use vst3::Steinberg::{
    IBStream, IBStreamTrait, IPluginBaseTrait, IPluginFactory, IPluginFactoryTrait, PClassInfo,
    int32, int64, kInvalidArgument, kNotImplemented, kResultOk, tresult,
};
use vst3::{Class, ComPtr, ComWrapper, Interface};

use super::Library;
use super::clap::Bus;
use super::pages::Edge;

/// An instance in a host that keeps no rule; not even that it is used by one thread.
pub struct Raw {
    pub component: ComPtr<IComponent>,
    pub processor: ComPtr<IAudioProcessor>,
    pub controller: ComPtr<IEditController>,
}

// SAFETY: calling from anywhere is what is tested.
unsafe impl Send for Raw {}
// SAFETY: as above.
unsafe impl Sync for Raw {}

/// The factory of the plug-in.
///
/// # Panics
/// When the library has none.
pub fn factory(library: Library) -> ComPtr<IPluginFactory> {
    // SAFETY: the plug-in's own entry gives a reference.
    unsafe { ComPtr::from_raw((library.vst3)().cast()).unwrap() }
}

impl Raw {
    pub fn new(library: Library) -> Self {
        let factory = factory(library);
        // SAFETY: the plug-in's own functions; places for what they give.
        unsafe {
            let mut info: PClassInfo = std::mem::zeroed();
            assert_eq!(factory.getClassInfo(0, &raw mut info), kResultOk);
            let mut object = ptr::null_mut::<c_void>();
            let result = factory.createInstance(
                info.cid.as_ptr(),
                IComponent::IID.as_ptr().cast(),
                &raw mut object,
            );
            assert_eq!(result, kResultOk);
            let component = ComPtr::from_raw(object.cast::<IComponent>()).unwrap();
            assert_eq!(component.initialize(ptr::null_mut()), kResultOk);
            Self {
                processor: component.cast().unwrap(),
                controller: component.cast().unwrap(),
                component,
            }
        }
    }

    /// Ready to play at 48 kHz, blocks of 512.
    pub fn playing(library: Library) -> Self {
        let raw = Self::new(library);
        assert_eq!(raw.set_up(48_000.0, 512), kResultOk);
        assert_eq!(raw.set_active(true), kResultOk);
        assert_eq!(raw.set_processing(true), kResultOk);
        raw
    }

    /// For audio in real time.
    #[allow(clippy::unnecessary_cast)]
    pub fn set_up(&self, sample_rate_hz: f64, frames: int32) -> tresult {
        self.set_up_in(ProcessModes_::kRealtime as int32, sample_rate_hz, frames)
    }

    /// For a render.
    #[allow(clippy::unnecessary_cast)]
    pub fn set_up_offline(&self, sample_rate_hz: f64, frames: int32) -> tresult {
        self.set_up_in(ProcessModes_::kOffline as int32, sample_rate_hz, frames)
    }

    #[allow(clippy::unnecessary_cast)]
    fn set_up_in(&self, mode: int32, sample_rate_hz: f64, frames: int32) -> tresult {
        let mut setup = ProcessSetup {
            processMode: mode,
            symbolicSampleSize: kSample32 as int32,
            maxSamplesPerBlock: frames,
            sampleRate: sample_rate_hz,
        };
        // SAFETY: an instance of the plug-in.
        unsafe { self.processor.setupProcessing(&raw mut setup) }
    }

    pub fn set_active(&self, is_active: bool) -> tresult {
        // SAFETY: an instance of the plug-in.
        unsafe { self.component.setActive(is_active.into()) }
    }

    pub fn set_processing(&self, is_processing: bool) -> tresult {
        // SAFETY: an instance of the plug-in.
        unsafe { self.processor.setProcessing(is_processing.into()) }
    }

    /// The id of a parameter.
    pub fn parameter(&self, name: &str) -> ParamID {
        // SAFETY: an instance of the plug-in, and a zeroed info is one.
        unsafe {
            let mut info: ParameterInfo = std::mem::zeroed();
            for index in 0..self.controller.getParameterCount() {
                assert_eq!(self.controller.getParameterInfo(index, &raw mut info), kResultOk);
                let title: Vec<_> =
                    info.title.iter().copied().take_while(|unit| *unit != 0).collect();
                if String::from_utf16_lossy(&title) == name {
                    return info.id;
                }
            }
        }
        panic!("no parameter is called {name}")
    }

    pub fn value(&self, parameter: ParamID) -> ParamValue {
        // SAFETY: an instance of the plug-in.
        unsafe { self.controller.getParamNormalized(parameter) }
    }

    /// The value of a text, as a person would type it.
    pub fn value_of(&self, parameter: ParamID, text: &str) -> Option<ParamValue> {
        let mut text: Vec<_> = text.encode_utf16().chain([0]).collect();
        let mut value = 0.0;
        // SAFETY: an instance of the plug-in, and a text that ends.
        let result = unsafe {
            self.controller.getParamValueByString(parameter, text.as_mut_ptr(), &raw mut value)
        };
        (result == kResultOk).then_some(value)
    }

    /// Plays a block of `frames` frames, after a change of what is right in it.
    #[allow(clippy::unnecessary_cast)]
    pub fn played(
        &self,
        frames: usize,
        inputs: &mut [Bus],
        outputs: &mut [Bus],
        change: impl FnOnce(&mut ProcessData),
    ) -> tresult {
        let (mut input_row, mut output_row) = (row(inputs), row(outputs));
        let mut data = ProcessData {
            processMode: ProcessModes_::kRealtime as int32,
            symbolicSampleSize: kSample32 as int32,
            numSamples: frames as int32,
            numInputs: input_row.len() as int32,
            numOutputs: output_row.len() as int32,
            inputs: input_row.pointer(),
            outputs: output_row.pointer(),
            inputParameterChanges: ptr::null_mut(),
            outputParameterChanges: ptr::null_mut(),
            inputEvents: ptr::null_mut(),
            outputEvents: ptr::null_mut(),
            processContext: ptr::null_mut(),
        };
        change(&mut data);
        // SAFETY: an instance of the plug-in; what the block says is the test's matter.
        unsafe { self.processor.process(&raw mut data) }
    }
}

/// Buses in a row before a closed page.
fn row(buses: &mut [Bus]) -> Edge<AudioBusBuffers> {
    let buffer = |bus: &mut Bus| AudioBusBuffers {
        numChannels: bus.samples.len() as int32,
        silenceFlags: u64::MAX,
        __field0: AudioBusBuffers__type0 { channelBuffers32: bus.pointers.pointer() },
    };
    Edge::new(&buses.iter_mut().map(buffer).collect::<Vec<_>>())
}

/// Changes of one parameter, as wrong as one likes; any further queue is none.
pub struct Changes {
    pub id: ParamID,
    pub points: Vec<(int32, ParamValue)>,
    /// Added to what the lists say they count.
    pub says_more: int32,
    queue: Cell<*mut IParamValueQueue>,
}

impl Class for Changes {
    type Interfaces = (IParameterChanges, IParamValueQueue);
}

impl Changes {
    pub fn of(id: ParamID, points: &[(int32, ParamValue)], says_more: int32) -> ComWrapper<Self> {
        let queue = Cell::new(ptr::null_mut());
        let changes = ComWrapper::new(Self { id, points: points.to_vec(), says_more, queue });
        changes.queue.set(changes.as_com_ref::<IParamValueQueue>().unwrap().as_ptr());
        changes
    }

    pub fn list(changes: &ComWrapper<Self>) -> *mut IParameterChanges {
        changes.as_com_ref::<IParameterChanges>().unwrap().as_ptr()
    }
}

impl IParameterChangesTrait for Changes {
    unsafe fn getParameterCount(&self) -> int32 {
        1 + self.says_more
    }

    unsafe fn getParameterData(&self, index: int32) -> *mut IParamValueQueue {
        if index == 0 { self.queue.get() } else { ptr::null_mut() }
    }

    unsafe fn addParameterData(&self, _: *const ParamID, _: *mut int32) -> *mut IParamValueQueue {
        ptr::null_mut()
    }
}

impl IParamValueQueueTrait for Changes {
    unsafe fn getParameterId(&self) -> ParamID {
        self.id
    }

    unsafe fn getPointCount(&self) -> int32 {
        self.points.len() as int32 + self.says_more
    }

    unsafe fn getPoint(&self, index: int32, offset: *mut int32, value: *mut ParamValue) -> tresult {
        let Some(point) = self.points.get(index as usize) else { return kInvalidArgument };
        // SAFETY: the plug-in gives places.
        unsafe { (*offset, *value) = *point };
        kResultOk
    }

    unsafe fn addPoint(&self, _: int32, _: ParamValue, _: *mut int32) -> tresult {
        kInvalidArgument
    }
}

/// A stream over some bytes, which answers as it likes.
pub struct Stream {
    pub bytes: RefCell<Vec<u8>>,
    pub position: Cell<usize>,
    /// What it says it has read or written of what was asked for.
    pub answer: fn(int32) -> int32,
}

impl Class for Stream {
    type Interfaces = (IBStream,);
}

impl Stream {
    pub fn of(bytes: &[u8], answer: fn(int32) -> int32) -> ComWrapper<Self> {
        let bytes = RefCell::new(bytes.to_vec());
        ComWrapper::new(Self { bytes, position: Cell::new(0), answer })
    }

    pub fn pointer(stream: &ComWrapper<Self>) -> *mut IBStream {
        stream.as_com_ref::<IBStream>().unwrap().as_ptr()
    }
}

impl IBStreamTrait for Stream {
    unsafe fn read(&self, to: *mut c_void, asked: int32, read: *mut int32) -> tresult {
        let bytes = self.bytes.borrow();
        let answer = (self.answer)(asked);
        let rest = &bytes[self.position.get()..];
        let count = (answer.clamp(0, asked) as usize).min(rest.len());
        // SAFETY: no more than there is room for.
        unsafe {
            ptr::copy_nonoverlapping(rest.as_ptr(), to.cast(), count);
            *read = if (0..=asked).contains(&answer) { count as int32 } else { answer };
        }
        self.position.set(self.position.get() + count);
        kResultOk
    }

    unsafe fn write(&self, from: *mut c_void, offered: int32, written: *mut int32) -> tresult {
        let answer = (self.answer)(offered);
        let count = answer.clamp(0, offered) as usize;
        // SAFETY: no more than is offered.
        unsafe {
            let from = std::slice::from_raw_parts(from.cast::<u8>(), count);
            self.bytes.borrow_mut().extend_from_slice(from);
            *written = answer;
        }
        kResultOk
    }

    unsafe fn seek(&self, _: int64, _: int32, _: *mut int64) -> tresult {
        // Not every host's stream can.
        kNotImplemented
    }

    unsafe fn tell(&self, _: *mut int64) -> tresult {
        kNotImplemented
    }
}

/// A handler that answers a restart as some hosts do: by calling again at once.
pub struct Handler {
    pub component: RefCell<Option<ComPtr<IComponent>>>,
    pub restarts: AtomicI32,
    /// What the calls from inside said, all or'ed.
    pub said: AtomicI32,
}

// SAFETY: only the tests' own thread sets it.
unsafe impl Sync for Handler {}

impl Class for Handler {
    type Interfaces = (IComponentHandler,);
}

impl IComponentHandlerTrait for Handler {
    unsafe fn beginEdit(&self, _: ParamID) -> tresult {
        kResultOk
    }

    unsafe fn performEdit(&self, _: ParamID, _: ParamValue) -> tresult {
        kResultOk
    }

    unsafe fn endEdit(&self, _: ParamID) -> tresult {
        kResultOk
    }

    unsafe fn restartComponent(&self, flags: int32) -> tresult {
        self.restarts.fetch_or(flags, Ordering::SeqCst);
        if let Some(component) = &*self.component.borrow() {
            // SAFETY: an instance of the plug-in.
            let said = unsafe { component.setActive(0) | component.setActive(1) };
            self.said.fetch_or(said, Ordering::SeqCst);
        }
        kResultOk
    }
}
