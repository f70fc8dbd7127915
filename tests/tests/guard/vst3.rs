//! VST3 hosts that get everything wrong.

use std::ptr;
use std::sync::atomic::{AtomicI32, Ordering};
use std::thread;

use vst3::ComWrapper;
use vst3::Steinberg::Vst::BusDirections_::{kInput, kOutput};
use vst3::Steinberg::Vst::MediaTypes_::kAudio;
use vst3::Steinberg::Vst::SpeakerArr::{k51, kMono, kStereo};
use vst3::Steinberg::Vst::SymbolicSampleSizes_::kSample64;
use vst3::Steinberg::Vst::{
    BusInfo, IAudioProcessorTrait, IComponentHandler, IComponentTrait, IEditControllerTrait,
    IUnitInfo, IUnitInfoTrait, ParameterInfo, ProcessContext, ProcessData, UnitInfo,
};
use vst3::Steinberg::{IPluginFactoryTrait, int32, kInvalidArgument, kResultFalse, kResultOk};

use burnish_tests::raw::clap::Bus;
use burnish_tests::raw::vst3::{Changes, Handler, Raw, Stream, factory};

use super::linked;

const FRAMES: usize = 512;

fn stereo() -> Bus {
    Bus::new(2, FRAMES, 0.25)
}

/// What comes out for these inputs; the output begins as garbage.
fn heard(raw: &Raw, inputs: &mut [Bus]) -> Bus {
    let mut outputs = [Bus::new(2, FRAMES, f32::NAN)];
    assert_eq!(raw.played(FRAMES, inputs, &mut outputs, |_| {}), kResultOk);
    let [output] = outputs;
    output
}

#[test]
fn the_main_bus_alone_is_enough() {
    let (alone, both) = (Raw::playing(linked()), Raw::playing(linked()));
    for _ in 0..4 {
        let heard_alone = heard(&alone, &mut [stereo()]);
        let expected = heard(&both, &mut [stereo(), Bus::new(2, FRAMES, 0.0)]);
        for channel in 0..2 {
            assert!(heard_alone.samples[channel][..] == expected.samples[channel][..]);
        }
    }
    assert!(!heard(&alone, &mut [stereo()]).is_silent());
}

#[test]
fn what_is_missing_is_silent() {
    let raw = Raw::playing(linked());
    let mut none = Bus::new(2, 1, 0.0);
    none.pointers.fill(ptr::null_mut());
    for inputs in [&mut [][..], &mut [none]] {
        for _ in 0..3 {
            assert!(heard(&raw, inputs).is_silent());
        }
    }
    let mut outputs = [Bus::new(2, FRAMES, f32::NAN)];
    raw.played(FRAMES, &mut [stereo()], &mut outputs, |block| block.inputs = ptr::null_mut());
    assert!(outputs[0].is_silent());
    raw.played(FRAMES, &mut [stereo()], &mut outputs, |block| block.numInputs = -1);
    assert!(outputs[0].is_silent());
    let changes: [fn(&mut ProcessData); 4] = [
        |block| block.outputs = ptr::null_mut(),
        |block| block.numOutputs = 0,
        |block| block.numOutputs = -5,
        |block| block.numSamples = -1,
    ];
    for change in changes {
        raw.played(FRAMES, &mut [stereo()], &mut [stereo()], change);
    }
}

#[test]
fn more_and_fewer_channels_than_declared() {
    let raw = Raw::playing(linked());
    for (inputs, outputs) in [(4, 4), (1, 1), (64, 2), (2, 6), (0, 2), (1, 2), (2, 1)] {
        let mut given = [Bus::new(inputs, FRAMES, 0.25)];
        let mut wanted = [Bus::new(outputs, FRAMES, f32::NAN), stereo()];
        for _ in 0..3 {
            raw.played(FRAMES, &mut given, &mut wanted, |_| {});
        }
        assert!(wanted[0].is_finite(), "{inputs} in, {outputs} out");
        for samples in wanted[0].samples.iter().skip(2) {
            assert!(samples.iter().all(|sample| *sample == 0.0));
        }
        assert!(wanted[1].is_silent(), "a bus that nobody declared");
    }
}

#[test]
#[allow(clippy::unnecessary_cast)]
fn samples_of_64_bits_are_silenced_and_not_read() {
    let raw = Raw::playing(linked());
    // A channel of 512 samples of 64 bits has room for 1024 of 32.
    let mut outputs = [Bus::new(2, 2 * FRAMES, 9.0)];
    raw.played(FRAMES, &mut [Bus::new(2, 2 * FRAMES, 0.5)], &mut outputs, |block| {
        block.symbolicSampleSize = kSample64 as int32;
    });
    assert!(outputs[0].is_silent());
}

#[test]
fn changes_at_impossible_times_still_arrive() {
    let raw = Raw::playing(linked());
    let parameter = raw.parameter("Trim Gain");
    let play = |points: &[(int32, f64)], says_more| {
        let changes = Changes::of(parameter, points, says_more);
        let mut outputs = [Bus::new(2, FRAMES, f32::NAN)];
        let result = raw.played(FRAMES, &mut [stereo()], &mut outputs, |block| {
            block.inputParameterChanges = Changes::list(&changes);
        });
        assert_eq!(result, kResultOk);
        assert!(outputs[0].is_finite());
        raw.value(parameter)
    };
    for time in [512, 513, int32::MAX, -1, int32::MIN] {
        let value = 0.25 + f64::from(time % 7).abs() / 100.0;
        assert!((play(&[(time, value)], 0) - value).abs() < 1e-6, "at {time}");
    }
    let backwards: Vec<_> = (0..512).rev().map(|time| (time, f64::from(time) / 512.0)).collect();
    assert!(play(&backwards, 0).abs() < 1e-6);
    assert!((play(&[(0, 0.5), (1, f64::NAN), (2, f64::INFINITY)], 3) - 0.5).abs() < 1e-6);
    assert!((play(&[(0, 1e300)], 0) - 1.0).abs() < 1e-6);
    let every_frame: Vec<_> = (0..512).map(|time| (time, f64::from(time) / 511.0)).collect();
    assert!((play(&every_frame, 0) - 1.0).abs() < 1e-6);
}

#[test]
fn a_block_of_no_frames_takes_the_changes() {
    let raw = Raw::playing(linked());
    let parameter = raw.parameter("Trim Gain");
    let changes = Changes::of(parameter, &[(0, 0.25), (7, 0.75)], 0);
    let result = raw.played(0, &mut [], &mut [], |block| {
        block.inputParameterChanges = Changes::list(&changes);
    });
    assert_eq!(result, kResultOk);
    assert!((raw.value(parameter) - 0.75).abs() < 1e-6);
}

#[test]
fn calls_out_of_order_are_refused_in_silence() {
    let raw = Raw::new(linked());
    let refused = |raw: &Raw| {
        let mut outputs = [Bus::new(2, FRAMES, f32::NAN)];
        let result = raw.played(FRAMES, &mut [stereo()], &mut outputs, |_| {});
        assert_ne!(result, kResultOk);
        assert!(outputs[0].is_silent());
    };
    refused(&raw);
    assert_eq!(raw.set_processing(true), kResultFalse);
    assert_eq!(raw.set_active(true), kResultFalse, "nothing was announced");
    // An edit is not lost meanwhile.
    let parameter = raw.parameter("Trim Gain");
    // SAFETY: an instance of the plug-in.
    unsafe { raw.controller.setParamNormalized(parameter, 0.75) };
    assert!((raw.value(parameter) - 0.75).abs() < 1e-6);
    for rate in [f64::NAN, f64::INFINITY, -48_000.0, 0.0, 1.0, 1e9] {
        assert_eq!(raw.set_up(rate, 512), kResultFalse, "{rate} Hz");
    }
    assert_eq!(raw.set_up(48_000.0, 0), kResultFalse);
    assert_eq!(raw.set_up(48_000.0, -7), kResultFalse);
    assert_eq!(raw.set_active(true), kResultFalse);
    refused(&raw);
    assert_eq!(raw.set_up(48_000.0, int32::MAX), kResultOk, "long blocks are cut");
    assert_eq!(raw.set_active(true), kResultOk);
    assert_eq!(raw.set_active(true), kResultOk, "it is");
    assert_eq!(raw.set_up(96_000.0, 512), kResultFalse, "not under the audio");
    assert!(heard(&raw, &mut [stereo()]).is_finite(), "nobody said that audio starts");
    assert_eq!(raw.set_active(false), kResultOk);
    refused(&raw);
    // SAFETY: an instance of the plug-in; null is what is tested.
    unsafe {
        assert_eq!(raw.processor.process(ptr::null_mut()), kInvalidArgument);
        assert_eq!(raw.processor.setupProcessing(ptr::null_mut()), kInvalidArgument);
    }
}

#[test]
fn a_block_longer_than_announced_is_cut() {
    let (raw, expected) = (Raw::new(linked()), Raw::playing(linked()));
    assert_eq!(raw.set_up(48_000.0, 64), kResultOk);
    assert_eq!(raw.set_active(true), kResultOk);
    for _ in 0..3 {
        let (heard, expected) = (heard(&raw, &mut [stereo()]), heard(&expected, &mut [stereo()]));
        assert!(heard.samples[1][..] == expected.samples[1][..]);
    }
}

#[test]
#[allow(clippy::unnecessary_cast)]
fn mono_with_a_side_chain_is_taken_mono_and_stereo() {
    let (audio, input, output) = (kAudio as int32, kInput as int32, kOutput as int32);
    for side_chain in [kMono, kStereo] {
        for main in [kMono, kStereo] {
            let raw = Raw::new(linked());
            let (mut inputs, mut outputs) = ([main, side_chain], [main]);
            // SAFETY: an instance of the plug-in; as long as they say.
            unsafe {
                let set = raw.processor.setBusArrangements(
                    inputs.as_mut_ptr(),
                    2,
                    outputs.as_mut_ptr(),
                    1,
                );
                assert_eq!(set, kResultOk);
                for (index, expected) in [(0, main), (1, side_chain)] {
                    let (mut arranged, mut info) = (0, std::mem::zeroed::<BusInfo>());
                    raw.processor.getBusArrangement(input, index, &raw mut arranged);
                    assert_eq!(arranged, expected);
                    raw.component.getBusInfo(audio, input, index, &raw mut info);
                    assert_eq!(info.channelCount, expected.count_ones() as int32);
                }
                let mut arranged = 0;
                raw.processor.getBusArrangement(output, 0, &raw mut arranged);
                assert_eq!(arranged, main);
            }
            assert_eq!(raw.set_up(48_000.0, 512), kResultOk);
            assert_eq!(raw.set_active(true), kResultOk);
            let channels = main.count_ones() as usize;
            let side_channels = side_chain.count_ones() as usize;
            let mut outputs = [Bus::new(channels, FRAMES, f32::NAN)];
            for _ in 0..3 {
                let mut inputs =
                    [Bus::new(channels, FRAMES, 0.25), Bus::new(side_channels, FRAMES, 0.5)];
                assert_eq!(raw.played(FRAMES, &mut inputs, &mut outputs, |_| {}), kResultOk);
            }
            assert!(outputs[0].is_finite() && !outputs[0].is_silent());
        }
    }
}

#[test]
#[allow(clippy::unnecessary_cast)]
fn arrangements_and_indices_are_looked_at() {
    let raw = Raw::new(linked());
    let (audio, input) = (kAudio as int32, kInput as int32);
    let (mut inputs, mut outputs) = ([k51, kStereo], [k51]);
    // SAFETY: an instance of the plug-in; what it is given is what is tested.
    unsafe {
        let set = |inputs: *mut u64, ins, outputs: *mut u64, outs| {
            raw.processor.setBusArrangements(inputs, ins, outputs, outs)
        };
        assert_eq!(set(inputs.as_mut_ptr(), 1, outputs.as_mut_ptr(), 1), kResultFalse);
        assert_eq!(set(inputs.as_mut_ptr(), -1, outputs.as_mut_ptr(), 1), kInvalidArgument);
        assert_eq!(set(ptr::null_mut(), 2, ptr::null_mut(), 1), kInvalidArgument);
        assert_eq!(set(ptr::null_mut(), 0, ptr::null_mut(), 0), kResultFalse);
        let mut bus: BusInfo = std::mem::zeroed();
        for index in [-1, 2, int32::MAX, int32::MIN] {
            let found = raw.component.getBusInfo(audio, input, index, &raw mut bus);
            assert_eq!(found, kInvalidArgument);
            let mut arranged = 0;
            let found = raw.processor.getBusArrangement(input, index, &raw mut arranged);
            assert_eq!(found, kInvalidArgument);
        }
        let count = raw.controller.getParameterCount();
        let mut info: ParameterInfo = std::mem::zeroed();
        for index in [-1, count, count + 1, int32::MAX] {
            let found = raw.controller.getParameterInfo(index, &raw mut info);
            assert_eq!(found, kInvalidArgument);
        }
        let units = raw.component.cast::<IUnitInfo>().unwrap();
        let mut unit: UnitInfo = std::mem::zeroed();
        for index in [-1, units.getUnitCount(), int32::MAX] {
            assert_eq!(units.getUnitInfo(index, &raw mut unit), kInvalidArgument);
        }
        let id = raw.parameter("Trim Gain");
        let mut text = [0; 128];
        for value in [f64::NAN, f64::INFINITY] {
            let told = raw.controller.getParamStringByValue(id, value, &raw mut text);
            assert_eq!(told, kInvalidArgument);
            assert_eq!(raw.controller.setParamNormalized(id, value), kInvalidArgument);
            assert!(raw.controller.normalizedParamToPlain(id, value).is_finite());
            assert!(raw.controller.plainParamToNormalized(id, value).is_finite());
        }
        assert!(raw.controller.createView(ptr::null()).is_null());
        assert!(raw.controller.createView(c"toaster".as_ptr()).is_null());
        let factory = factory(linked());
        assert_eq!(factory.getClassInfo(0, ptr::null_mut()), kInvalidArgument);
        let made = factory.createInstance(ptr::null(), ptr::null(), ptr::null_mut());
        assert_eq!(made, kInvalidArgument);
    }
}

#[test]
fn streams_that_lie_are_refused() {
    let raw = Raw::playing(linked());
    let save = |answer: fn(int32) -> int32| {
        let stream = Stream::of(&[], answer);
        // SAFETY: an instance of the plug-in, and a stream.
        let result = unsafe { raw.component.getState(Stream::pointer(&stream)) };
        (result == kResultOk).then(|| stream.bytes.borrow().clone())
    };
    let load = |bytes: &[u8], answer: fn(int32) -> int32| {
        let stream = Stream::of(bytes, answer);
        // SAFETY: an instance of the plug-in, and a stream.
        unsafe { raw.component.setState(Stream::pointer(&stream)) == kResultOk }
    };
    let saved = save(|size| size).unwrap();
    assert_eq!(save(|size| size.min(7)), Some(saved.clone()), "in small bites");
    assert!(load(&saved, |size| size));
    assert!(load(&saved, |size| size.min(5)), "in small bites");
    let lies: [fn(int32) -> int32; 4] =
        [|_| -1, |size| size.saturating_add(1), |_| int32::MAX, |_| int32::MIN];
    for lie in lies {
        assert!(save(lie).is_none());
        assert!(!load(&saved, lie));
    }
    assert!(!load(&[], |size| size), "nothing is no state");
    for length in (0..saved.len()).step_by(97) {
        assert!(!load(&saved[..length], |size| size), "{length} bytes of {}", saved.len());
    }
    // SAFETY: an instance of the plug-in; null is what is tested.
    unsafe {
        assert_ne!(raw.component.setState(ptr::null_mut()), kResultOk);
        assert_ne!(raw.component.getState(ptr::null_mut()), kResultOk);
    }
    assert!(load(&saved, |size| size), "none of it did any harm");
}

#[test]
fn calls_beside_the_audio_wait_for_it() {
    let raw = Raw::playing(linked());
    let parameter = raw.parameter("Trim Gain");
    thread::scope(|scope| {
        scope.spawn(|| {
            for step in 0..400 {
                let changes = Changes::of(parameter, &[(step % 600, 0.5)], 0);
                let mut outputs = [Bus::new(2, FRAMES, f32::NAN)];
                raw.played(FRAMES, &mut [stereo()], &mut outputs, |block| {
                    block.inputParameterChanges = Changes::list(&changes);
                });
                assert!(outputs[0].is_finite());
            }
        });
        scope.spawn(|| {
            for _ in 0..400 {
                // SAFETY: an instance of the plug-in; null is no handler.
                unsafe {
                    raw.controller.setParamNormalized(parameter, 0.25);
                    raw.controller.setComponentHandler(ptr::null_mut());
                }
            }
        });
        for _ in 0..30 {
            raw.set_processing(false);
            raw.set_processing(true);
            raw.set_active(false);
            raw.set_up(48_000.0, 512);
            raw.set_active(true);
        }
    });
    assert!(heard(&raw, &mut [stereo()]).is_finite());
}

#[test]
fn a_host_that_answers_a_restart_by_calling_again_is_served() {
    let raw = Raw::new(linked());
    let handler = ComWrapper::new(Handler {
        component: Some(raw.component.clone()).into(),
        restarts: AtomicI32::new(0),
        said: AtomicI32::new(0),
    });
    // SAFETY: an instance of the plug-in, and a handler that lives longer.
    unsafe {
        let pointer = handler.as_com_ref::<IComponentHandler>().unwrap().as_ptr();
        raw.controller.setComponentHandler(pointer);
    }
    assert_eq!(raw.set_up(48_000.0, 512), kResultOk);
    // The latency is told for the first time: that asks for a restart.
    assert_eq!(raw.set_active(true), kResultOk);
    assert!(handler.restarts.load(Ordering::SeqCst) != 0);
    assert_eq!(handler.said.load(Ordering::SeqCst), kResultOk);
    // Linear phase changes it in the middle of the audio.
    let phase = raw.parameter("EQ Phase");
    handler.restarts.store(0, Ordering::SeqCst);
    // SAFETY: an instance of the plug-in.
    let before = unsafe { raw.processor.getLatencySamples() };
    let changes = Changes::of(phase, &[(0, 1.0)], 0);
    let mut outputs = [Bus::new(2, FRAMES, f32::NAN)];
    raw.played(FRAMES, &mut [stereo()], &mut outputs, |block| {
        block.inputParameterChanges = Changes::list(&changes);
    });
    assert!(handler.restarts.load(Ordering::SeqCst) != 0);
    assert_eq!(handler.said.load(Ordering::SeqCst), kResultOk);
    // SAFETY: an instance of the plug-in.
    assert!(unsafe { raw.processor.getLatencySamples() } > before);
    assert!(heard(&raw, &mut [stereo()]).is_finite());
    *handler.component.borrow_mut() = None;
}

#[test]
fn what_the_song_says_may_be_nonsense() {
    let raw = Raw::playing(linked());
    // SAFETY: a context is plain numbers.
    let mut context: ProcessContext = unsafe { std::mem::zeroed() };
    context.state = u32::MAX;
    for (samples, number) in [(i64::MAX, f64::NAN), (i64::MIN, f64::INFINITY), (-1, -1.0)] {
        context.projectTimeSamples = samples;
        context.continousTimeSamples = samples;
        context.systemTime = samples;
        context.tempo = number;
        context.sampleRate = number;
        context.projectTimeMusic = number;
        let mut outputs = [Bus::new(2, FRAMES, f32::NAN)];
        for _ in 0..3 {
            let result = raw.played(FRAMES, &mut [stereo()], &mut outputs, |block| {
                block.processContext = &raw mut context;
            });
            assert_eq!(result, kResultOk);
            assert!(outputs[0].is_finite());
        }
    }
}
