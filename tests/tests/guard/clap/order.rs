//! Calls out of order, beside each other, or of nonsense.

use super::state::{load, save};
use super::*;

#[test]
fn audio_before_it_was_activated_is_refused_in_silence() {
    for raw in [Raw::new(linked()), Raw::initialised(linked())] {
        let mut inputs = [stereo()];
        let mut outputs = [Bus::new(2, FRAMES as usize, f32::NAN)];
        let (mut input_row, mut output_row) = (row(&mut inputs), row(&mut outputs));
        let block = block(FRAMES, &mut input_row, &mut output_row);
        assert_eq!(raw.process(&block), CLAP_PROCESS_ERROR);
        assert!(outputs[0].is_silent());
        assert!(!raw.start());
        raw.stop();
        raw.reset();
        raw.deactivate();
    }
    let raw = Raw::new(linked());
    assert!(!raw.activate(48_000.0, 512), "it was never initialised");
    assert_eq!(
        raw.process(&{
            let mut none = Edge::new(&[]);
            let mut nothing = Edge::new(&[]);
            block(0, &mut none, &mut nothing)
        }),
        CLAP_PROCESS_ERROR
    );
}

#[test]
fn audio_after_it_was_deactivated_is_refused_in_silence() {
    let raw = Raw::playing(linked());
    assert!(!played(&raw, &mut [stereo()], |_| {})[0].samples[0].is_empty());
    raw.deactivate();
    assert!(played(&raw, &mut [stereo()], |_| {})[0].is_silent());
    assert!(raw.activate(96_000.0, 64));
    // Nobody said that audio starts.
    assert!(played(&raw, &mut [stereo()], |_| {})[0].is_finite());
}

#[test]
fn a_stream_that_cannot_be_is_refused() {
    let raw = Raw::initialised(linked());
    for rate in [f64::NAN, f64::INFINITY, -48_000.0, 0.0, 1.0, 1e9] {
        assert!(!raw.activate(rate, 512), "{rate} Hz");
    }
    assert!(!raw.activate(48_000.0, 0));
    assert!(raw.activate(48_000.0, u32::MAX), "long blocks are cut");
    assert!(played(&raw, &mut [stereo()], |_| {})[0].is_finite());
}

#[test]
fn changes_beside_the_audio_wait_for_it() {
    let raw = Raw::playing(linked());
    let parameter = raw.parameter("Trim Gain");
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut inputs = [stereo()];
            for _ in 0..400 {
                assert!(played(&raw, &mut inputs, |_| {})[0].is_finite());
            }
        });
        for turn in 0..2 {
            let raw = &raw;
            scope.spawn(move || {
                for step in 0..2_000 {
                    let value = f64::from(step % 7) / 7.0;
                    raw.flush(&Events::of(parameter, &[(turn, value), (u32::MAX, value)]));
                }
            });
        }
        // Beside them what belongs to the main thread, in any order.
        for _ in 0..40 {
            raw.stop();
            raw.start();
            raw.reset();
            raw.on_main_thread();
            raw.deactivate();
            raw.activate(48_000.0, 256);
        }
    });
    assert!(played(&raw, &mut [stereo()], |_| {})[0].is_finite());
}

#[test]
fn indices_buffers_and_texts_are_looked_at() {
    let raw = Raw::playing(linked());
    let params: clap_plugin_params = raw.extension(CLAP_EXT_PARAMS);
    // SAFETY: an instance of the plug-in; what it is given is what is tested.
    unsafe {
        let plugin = raw.plugin;
        let mut info: clap_param_info = std::mem::zeroed();
        let count = params.count.unwrap()(plugin);
        for index in [count, count + 1, u32::MAX] {
            assert!(!params.get_info.unwrap()(plugin, index, &raw mut info));
        }
        assert!(!params.get_info.unwrap()(plugin, 0, nothing()));
        let id = raw.parameter("Trim Gain");
        let mut text = Edge::new(&[1; 3]);
        let to_text = params.value_to_text.unwrap();
        assert!(!to_text(plugin, id, 0.5, text.pointer(), 0));
        assert!(!to_text(plugin, id, f64::NAN, text.pointer(), 3));
        assert!(!to_text(plugin, id, 0.5, nothing(), 3));
        assert!(to_text(plugin, id, 0.5, text.pointer(), 3));
        assert_eq!(text[2], 0);
        let mut value = 0.0;
        assert!(!params.text_to_value.unwrap()(plugin, id, nothing(), &raw mut value));
        assert!(!params.text_to_value.unwrap()(plugin, id, c"loud".as_ptr(), nothing()));
        assert!(!params.get_value.unwrap()(plugin, id, nothing()));
        assert!(!params.get_value.unwrap()(plugin, id ^ 1, &raw mut value));
        assert!((*plugin).get_extension.unwrap()(plugin, nothing()).is_null());
        assert!((*plugin).get_extension.unwrap()(plugin, nonsense()).is_null());
        assert_eq!((*plugin).process.unwrap()(plugin, nothing()), CLAP_PROCESS_ERROR);
        params.flush.unwrap()(plugin, nothing(), nothing());
        let factory = factory(linked());
        let create = (*factory).create_plugin.unwrap();
        assert!(create(factory, nothing(), nonsense()).is_null());
        assert!((*factory).get_plugin_descriptor.unwrap()(factory, 1).is_null());
    }
}

#[test]
fn a_layout_does_not_change_under_the_audio() {
    let raw = Raw::playing(linked());
    let layouts: clap_plugin_audio_ports_config = raw.extension(CLAP_EXT_AUDIO_PORTS_CONFIG);
    // SAFETY: an instance of the plug-in.
    unsafe {
        let count = layouts.count.unwrap()(raw.plugin);
        assert!(!layouts.select.unwrap()(raw.plugin, 1), "it plays");
        raw.deactivate();
        assert!(!layouts.select.unwrap()(raw.plugin, count));
        for layout in 0..count {
            assert!(layouts.select.unwrap()(raw.plugin, layout));
            assert!(raw.activate(48_000.0, 512));
            assert!(played(&raw, &mut [stereo()], |_| {})[0].is_finite());
            raw.deactivate();
        }
        assert!(!layouts.get.unwrap()(raw.plugin, count, nothing()));
        assert!(!layouts.get.unwrap()(raw.plugin, 0, nothing()));
    }
}

#[derive(Clone, Copy, Debug)]
enum Call {
    Init,
    Activate(u8),
    Deactivate,
    Start,
    Stop,
    Reset,
    MainThread,
    Process(u16),
    Flush,
    SaveAndLoad,
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let call = prop_oneof![
        1 => Just(Call::Init),
        3 => (0_u8..5).prop_map(Call::Activate),
        2 => Just(Call::Deactivate),
        2 => Just(Call::Start),
        2 => Just(Call::Stop),
        2 => Just(Call::Reset),
        1 => Just(Call::MainThread),
        6 => (0_u16..700).prop_map(Call::Process),
        2 => Just(Call::Flush),
        1 => Just(Call::SaveAndLoad),
    ];
    proptest::collection::vec(call, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever a host calls after whatever, what comes out is audio.
    #[test]
    fn any_order_of_calls(calls in calls(), is_initialised in any::<bool>()) {
        let raw = if is_initialised { Raw::initialised(linked()) } else { Raw::new(linked()) };
        let parameter = raw.parameter("Trim Gain");
        let transport = playing_from(3);
        for call in calls {
            match call {
                // SAFETY: an instance of the plug-in.
                Call::Init => assert!(unsafe { (*raw.plugin).init.unwrap()(raw.plugin) }),
                Call::Activate(which) => {
                    let rates = [44_100.0, 48_000.0, 8_000.0, f64::NAN, 192_000.0];
                    raw.activate(rates[usize::from(which)], 1 << (2 * which));
                }
                Call::Deactivate => raw.deactivate(),
                Call::Start => { raw.start(); }
                Call::Stop => raw.stop(),
                Call::Reset => raw.reset(),
                Call::MainThread => raw.on_main_thread(),
                Call::Process(frames) => {
                    let events = Events::of(parameter, &[(3, 0.5), (1, 0.2), (900, 0.9)]);
                    let heard = played(&raw, &mut [stereo()], |block| {
                        block.frames_count = u32::from(frames).min(FRAMES);
                        block.in_events = events.list();
                        block.transport = &raw const transport;
                    });
                    let frames = usize::from(frames).min(FRAMES as usize);
                    for samples in &heard[0].samples {
                        prop_assert!(samples[..frames].iter().all(|sample| sample.is_finite()));
                        prop_assert!(samples[frames..].iter().all(|sample| sample.is_nan()));
                    }
                }
                Call::Flush => raw.flush(&Events::of(parameter, &[(u32::MAX, 0.1)])),
                Call::SaveAndLoad => {
                    let saved = save(&raw, |size| size as i64);
                    prop_assert!(load(&raw, &saved.unwrap(), |size| size as i64));
                }
            }
        }
    }
}
