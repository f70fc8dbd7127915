//! Nothing that is only for listening is ever part of a render, in either format.
//!
//! Each test auditions as a person would, hears that the audition works, and
//! starts the stream anew as every host does before it renders.

use std::sync::Arc;

use burnish_dsp::compare::Listen;
use burnish_dsp::monitor::Monitor;
use burnish_dsp::settings::Stage;

use crate::desk::{Desk, LATEST, Listening};

const RATE_HZ: f64 = 48_000.0;
const FRAMES: usize = 512;
const BLOCKS: usize = 4;

fn latest_desk() -> Arc<Desk> {
    LATEST.with_borrow(std::sync::Weak::upgrade).unwrap()
}

/// Everything at once that must not be printed.
fn audition(desk: &Desk) {
    desk.set_listen(Listen::Reference);
    desk.set_delta(Some(Stage::Limiter));
    desk.set_monitor(Monitor::Mono);
    desk.set_solo(Some(3));
    desk.set_unity_gain(true);
}

/// Reproducible noise, different on each side.
fn mix() -> [Vec<f32>; 2] {
    let mut state = 1_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 25) as f32 - 0.25
    };
    std::array::from_fn(|_| (0..FRAMES * BLOCKS).map(|_| noise()).collect())
}

/// With neutral settings the master is the mix, late by the latency.
#[track_caller]
fn assert_is_master(rendered: &[Vec<f32>; 2], latency_frames: usize) {
    for (channel, original) in rendered.iter().zip(mix()) {
        assert!(channel[latency_frames..] == original[..original.len() - latency_frames]);
    }
}

/// The delta of a stage that changes nothing is silence.
#[track_caller]
fn assert_is_audition(rendered: &[Vec<f32>; 2]) {
    assert!(rendered.iter().flatten().skip(FRAMES).all(|sample| *sample == 0.0));
}

mod clap_format {
    use clack_host::events::io::{InputEvents, OutputEvents};
    use clack_host::prelude::*;

    use super::{
        BLOCKS, FRAMES, Listening, RATE_HZ, assert_is_audition, assert_is_master, audition,
        latest_desk, mix,
    };

    struct Quiet;

    impl SharedHandler<'_> for Quiet {
        fn request_restart(&self) {}
        fn request_process(&self) {}
        fn request_callback(&self) {}
    }

    impl HostHandlers for Quiet {
        type Shared<'a> = Quiet;
        type MainThread<'a> = ();
        type AudioProcessor<'a> = ();
    }

    fn render(instance: &mut PluginInstance<Quiet>) -> [Vec<f32>; 2] {
        let configuration = PluginAudioConfiguration {
            sample_rate: RATE_HZ,
            min_frames_count: 1,
            max_frames_count: FRAMES as u32,
        };
        let mut audio =
            instance.activate(|_, ()| (), configuration).unwrap().start_processing().unwrap();
        let rendered = play(&mut audio);
        instance.deactivate(audio.stop_processing());
        rendered
    }

    fn play(audio: &mut StartedPluginAudioProcessor<Quiet>) -> [Vec<f32>; 2] {
        let [mut left, mut right] = mix();
        let mut input_ports = AudioPorts::with_capacity(2, 1);
        let mut output_ports = AudioPorts::with_capacity(2, 1);
        let mut rendered = [Vec::new(), Vec::new()];
        for block in 0..BLOCKS {
            let range = block * FRAMES..(block + 1) * FRAMES;
            let mut output = [[0.0_f32; FRAMES]; 2];
            let [out_left, out_right] = &mut output;
            let inputs = input_ports.with_input_buffers([AudioPortBuffer {
                latency: 0,
                channels: AudioPortBufferType::f32_input_only(
                    [&mut left[range.clone()], &mut right[range]]
                        .into_iter()
                        .map(InputChannel::variable),
                ),
            }]);
            let mut outputs = output_ports.with_output_buffers([AudioPortBuffer {
                latency: 0,
                channels: AudioPortBufferType::f32_output_only(
                    [&mut out_left[..], &mut out_right[..]].into_iter(),
                ),
            }]);
            audio
                .process(
                    &inputs,
                    &mut outputs,
                    &InputEvents::empty(),
                    &mut OutputEvents::void(),
                    None,
                    None,
                )
                .unwrap();
            for (channel, output) in rendered.iter_mut().zip(output) {
                channel.extend(output);
            }
        }
        rendered
    }

    #[test]
    fn a_render_in_clap_is_the_master() {
        // SAFETY: the entry is this program's own.
        let entry = unsafe { PluginEntry::load_from_raw(&crate::clap_entry, c"") }.unwrap();
        let info = HostInfo::new("Burnish tests", "Burnish", "", "1").unwrap();
        let mut instance = PluginInstance::<Quiet>::new(
            |()| Quiet,
            |_| (),
            &entry,
            c"audio.burnish.burnish",
            &info,
        )
        .unwrap();
        let desk = latest_desk();

        let configuration = PluginAudioConfiguration {
            sample_rate: RATE_HZ,
            min_frames_count: 1,
            max_frames_count: FRAMES as u32,
        };
        let mut audio =
            instance.activate(|_, ()| (), configuration).unwrap().start_processing().unwrap();
        audition(&desk);
        assert_is_audition(&play(&mut audio));
        instance.deactivate(audio.stop_processing());

        let rendered = render(&mut instance);
        assert_eq!(desk.listening(), Listening::default());
        assert_is_master(&rendered, desk.latency_frames());
    }
}

mod vst3_format {
    use std::ptr::null_mut;

    use nice_plug::wrapper::vst3::Wrapper;
    use nice_plug::wrapper::vst3::vst3::ComWrapper;
    use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{
        AudioBusBuffers, AudioBusBuffers__type0, IAudioProcessorTrait, IComponentTrait,
        ProcessData, ProcessModes_, ProcessSetup, SymbolicSampleSizes_,
    };
    use nice_plug::wrapper::vst3::vst3::Steinberg::{IPluginBaseTrait, kResultOk};

    use super::{
        BLOCKS, FRAMES, Listening, RATE_HZ, assert_is_audition, assert_is_master, audition,
        latest_desk, mix,
    };
    use crate::Burnish;

    type Component = ComWrapper<Wrapper<Burnish>>;

    fn start(component: &Component, is_offline: bool) {
        let mode = if is_offline { ProcessModes_::kOffline } else { ProcessModes_::kRealtime };
        let mut setup = ProcessSetup {
            processMode: mode as i32,
            symbolicSampleSize: SymbolicSampleSizes_::kSample32 as i32,
            maxSamplesPerBlock: FRAMES as i32,
            sampleRate: RATE_HZ,
        };
        // SAFETY: the calls come in the order of the VST3 workflow, from one thread.
        unsafe {
            assert_eq!(component.setupProcessing(&raw mut setup), kResultOk);
            assert_eq!(component.setActive(1), kResultOk);
            component.setProcessing(1);
        }
    }

    fn stop(component: &Component) {
        // SAFETY: as above.
        unsafe {
            component.setProcessing(0);
            assert_eq!(component.setActive(0), kResultOk);
        }
    }

    fn play(component: &Component) -> [Vec<f32>; 2] {
        let mut mix = mix();
        let mut rendered = [vec![0.0; FRAMES * BLOCKS], vec![0.0; FRAMES * BLOCKS]];
        for block in 0..BLOCKS {
            let bus = |channels: &mut [*mut f32; 2]| AudioBusBuffers {
                numChannels: 2,
                silenceFlags: 0,
                __field0: AudioBusBuffers__type0 { channelBuffers32: channels.as_mut_ptr() },
            };
            let mut from = mix.each_mut().map(|channel| channel[block * FRAMES..].as_mut_ptr());
            let mut to = rendered.each_mut().map(|channel| channel[block * FRAMES..].as_mut_ptr());
            let (mut input, mut output) = (bus(&mut from), bus(&mut to));
            let mut data = ProcessData {
                processMode: ProcessModes_::kRealtime as i32,
                symbolicSampleSize: SymbolicSampleSizes_::kSample32 as i32,
                numSamples: FRAMES as i32,
                numInputs: 1,
                numOutputs: 1,
                inputs: &raw mut input,
                outputs: &raw mut output,
                inputParameterChanges: null_mut(),
                outputParameterChanges: null_mut(),
                inputEvents: null_mut(),
                outputEvents: null_mut(),
                processContext: null_mut(),
            };
            // SAFETY: every pointer is to `FRAMES` live samples.
            assert_eq!(unsafe { component.process(&raw mut data) }, kResultOk);
        }
        rendered
    }

    #[test]
    fn a_render_in_vst3_is_the_master() {
        let component: Component = ComWrapper::new(Wrapper::<Burnish>::new());
        // SAFETY: a component may be initialised without a host.
        unsafe { component.initialize(null_mut()) };
        let desk = latest_desk();

        start(&component, false);
        audition(&desk);
        assert_is_audition(&play(&component));
        stop(&component);

        // The first render of a VST3 host is not told to be one: see `activate`.
        start(&component, true);
        let rendered = play(&component);
        assert_eq!(desk.listening(), Listening::default());
        assert_is_master(&rendered, desk.latency_frames());
        stop(&component);
        // SAFETY: initialised above.
        unsafe { component.terminate() };
    }
}

#[test]
fn an_engine_that_knows_it_renders_ignores_every_audition() {
    use nice_plug::prelude::{Buffer, BufferConfig, ProcessMode};

    let desk = Desk::new();
    let config = BufferConfig {
        sample_rate: RATE_HZ as f32,
        min_buffer_size: None,
        max_buffer_size: FRAMES as u32,
        process_mode: ProcessMode::Offline,
    };
    let settings = burnish_dsp::settings::ChainSettings::default();
    let mut engine = crate::engine::Engine::new(&config, &settings, Arc::clone(&desk));
    audition(&desk);
    let mut rendered = mix();
    let [left, right] = &mut rendered;
    for (left, right) in left.chunks_mut(FRAMES).zip(right.chunks_mut(FRAMES)) {
        let mut buffer = Buffer::default();
        // SAFETY: the slices outlive the buffer.
        unsafe {
            buffer.set_slices(left.len(), |slices| *slices = vec![left, right]);
        }
        engine.process(&mut buffer, &settings, burnish_dsp::transport::Transport::default());
    }
    assert_is_master(&rendered, engine.latency_frames());
    assert_eq!(desk.listening().delta, Some(Stage::Limiter), "what a person chose stays chosen");
}
