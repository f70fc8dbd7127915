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
    desk.listen(Listen::Mix);
    desk.listening.set_side_by_side(true);
    desk.listening.set_delta(Some(Stage::Limiter));
    desk.listening.set_monitor(Monitor::Mono);
    desk.listening.set_solo(Some(3));
    desk.listening.set_unity_gain(true);
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
        let mut input_ports = AudioPorts::with_capacity(4, 2);
        let mut output_ports = AudioPorts::with_capacity(2, 1);
        let mut side_chain = [[0.0_f32; FRAMES]; 2];
        let mut rendered = [Vec::new(), Vec::new()];
        for block in 0..BLOCKS {
            let range = block * FRAMES..(block + 1) * FRAMES;
            let mut output = [[0.0_f32; FRAMES]; 2];
            let [out_left, out_right] = &mut output;
            let [side_left, side_right] = &mut side_chain;
            let ports = [
                [&mut left[range.clone()], &mut right[range]],
                [&mut side_left[..], &mut side_right[..]],
            ];
            let inputs = input_ports.with_input_buffers(ports.map(|port| AudioPortBuffer {
                latency: 0,
                channels: AudioPortBufferType::f32_input_only(
                    port.into_iter().map(InputChannel::variable),
                ),
            }));
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
        assert_is_master(&rendered, desk.stream.latency_frames());
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
        let mut side_chain = [vec![0.0; FRAMES], vec![0.0; FRAMES]];
        for block in 0..BLOCKS {
            let bus = |channels: &mut [*mut f32; 2]| AudioBusBuffers {
                numChannels: 2,
                silenceFlags: 0,
                __field0: AudioBusBuffers__type0 { channelBuffers32: channels.as_mut_ptr() },
            };
            let mut from = mix.each_mut().map(|channel| channel[block * FRAMES..].as_mut_ptr());
            let mut to = rendered.each_mut().map(|channel| channel[block * FRAMES..].as_mut_ptr());
            let mut beside = side_chain.each_mut().map(Vec::as_mut_ptr);
            let mut inputs = [bus(&mut from), bus(&mut beside)];
            let mut output = bus(&mut to);
            let mut data = ProcessData {
                processMode: ProcessModes_::kRealtime as i32,
                symbolicSampleSize: SymbolicSampleSizes_::kSample32 as i32,
                numSamples: FRAMES as i32,
                numInputs: 2,
                numOutputs: 1,
                inputs: inputs.as_mut_ptr(),
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
        assert_is_master(&rendered, desk.stream.latency_frames());
        stop(&component);
        // SAFETY: initialised above.
        unsafe { component.terminate() };
    }
}

/// A render in a host that does not say so, while a blind test waits in the editor.
#[test]
fn a_blind_test_is_not_part_of_a_render() {
    use burnish_dsp::compare::{Compared, Source};

    let desk = Desk::new();
    let compared = Compared { mix: true, reference: true, live: true };
    desk.listening.set_blind(Some(compared));
    desk.listening.hear_blind(Source::Mix);
    let mut settings = burnish_dsp::settings::ChainSettings::default();
    settings.limiter.gain_db = 12.0;
    let render = |desk: &Arc<Desk>| {
        // As `activate` does.
        desk.listen_to_master();
        engine_output(desk, &settings, nice_plug::prelude::ProcessMode::Realtime)
    };
    let (with_test, plain) = (render(&desk), render(&Desk::new()));
    let first = with_test[0].iter().zip(&plain[0]).position(|(a, b)| a != b);
    assert_eq!(first, None, "of {} frames", plain[0].len());
    assert!(with_test == plain);
    assert!(desk.listening().blind.is_some(), "the test goes on afterwards");
}

#[test]
fn an_engine_that_knows_it_renders_ignores_every_audition() {
    let desk = Desk::new();
    audition(&desk);
    let settings = burnish_dsp::settings::ChainSettings::default();
    let rendered = engine_output(&desk, &settings, nice_plug::prelude::ProcessMode::Offline);
    assert_is_master(&rendered, desk.stream.latency_frames());
    assert_eq!(desk.listening().delta, Some(Stage::Limiter), "what a person chose stays chosen");
}

/// Switches that are moved are obeyed; those that come with a session are not.
#[test]
fn a_session_opens_on_the_master_wherever_its_switches_stand() {
    use nice_plug::prelude::{Buffer, BufferConfig, ProcessMode};

    use crate::switches::{Switch, SwitchPositions};

    let config = BufferConfig {
        sample_rate: RATE_HZ as f32,
        min_buffer_size: None,
        max_buffer_size: FRAMES as u32,
        process_mode: ProcessMode::Realtime,
    };
    let settings = burnish_dsp::settings::ChainSettings::default();
    let to_mix = SwitchPositions::read(|switch| match switch {
        Switch::Listen => Listen::Mix as usize,
        other => other.default_position(),
    });
    for is_loaded in [false, true] {
        let desk = Desk::new();
        let master = SwitchPositions::default();
        let mut engine =
            crate::engine::Engine::new(&config, &settings, master, false, false, Arc::clone(&desk));
        let mut process = |switches: SwitchPositions| {
            let [mut left, mut right] = mix();
            let mut buffer = Buffer::default();
            // SAFETY: the slices outlive the buffer.
            unsafe {
                buffer.set_slices(FRAMES, |slices| {
                    *slices = vec![&mut left[..FRAMES], &mut right[..FRAMES]];
                });
            }
            let transport = burnish_dsp::transport::Transport::default();
            engine.process(&mut buffer, None, &settings, switches, false, transport);
        };
        process(master);
        if is_loaded {
            desk.restore(crate::desk::Session::default());
        }
        process(to_mix);
        let expected = if is_loaded { Listen::Master } else { Listen::Mix };
        assert_eq!(desk.listening().listen, expected);
    }
}

/// What an engine of its own makes of the mix.
fn engine_output(
    desk: &Arc<Desk>,
    settings: &burnish_dsp::settings::ChainSettings,
    process_mode: nice_plug::prelude::ProcessMode,
) -> [Vec<f32>; 2] {
    use nice_plug::prelude::{Buffer, BufferConfig};

    let config = BufferConfig {
        sample_rate: RATE_HZ as f32,
        min_buffer_size: None,
        max_buffer_size: FRAMES as u32,
        process_mode,
    };
    let switches = crate::switches::SwitchPositions::default();
    let mut engine =
        crate::engine::Engine::new(&config, settings, switches, false, false, Arc::clone(desk));
    desk.stream.latency_changed(engine.latency_frames());
    // Long enough for what is compared to be measured.
    let mut rendered = [Vec::new(), Vec::new()];
    for round in 0..60 {
        let mut heard = mix();
        let [left, right] = &mut heard;
        for (left, right) in left.chunks_mut(FRAMES).zip(right.chunks_mut(FRAMES)) {
            let mut buffer = Buffer::default();
            // SAFETY: the slices outlive the buffer.
            unsafe {
                buffer.set_slices(left.len(), |slices| *slices = vec![left, right]);
            }
            let transport = burnish_dsp::transport::Transport::default();
            engine.process(&mut buffer, None, settings, switches, false, transport);
        }
        if round == 0 || settings.limiter.gain_db > 0.0 {
            for (rendered, heard) in rendered.iter_mut().zip(heard) {
                rendered.extend(heard);
            }
        }
    }
    rendered
}
