//! CLAP hosts that get everything wrong.

use std::ptr;
use std::thread;

use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::ext::audio_ports_config::{
    CLAP_EXT_AUDIO_PORTS_CONFIG, clap_plugin_audio_ports_config,
};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_param_info, clap_plugin_params};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_plugin_state};
use clap_sys::process::{CLAP_PROCESS_CONTINUE, CLAP_PROCESS_ERROR, clap_process};
use clap_sys::stream::{clap_istream, clap_ostream};
use proptest::prelude::*;

use burnish_tests::raw::clap::{
    Bus, Events, Raw, block, factory, nonsense, nothing, playing_from, row,
};
use burnish_tests::raw::pages::Edge;

use super::linked;

const FRAMES: u32 = 512;

/// What comes out for these inputs; the outputs begin as garbage.
fn played(raw: &Raw, inputs: &mut [Bus], change: impl FnOnce(&mut clap_process)) -> Vec<Bus> {
    let frames = FRAMES as usize;
    let mut outputs = vec![Bus::new(2, frames, f32::NAN)];
    let (mut input_row, mut output_row) = (row(inputs), row(&mut outputs));
    let mut block = block(FRAMES, &mut input_row, &mut output_row);
    change(&mut block);
    raw.process(&block);
    outputs
}

fn stereo() -> Bus {
    Bus::new(2, FRAMES as usize, 0.25)
}

#[test]
fn the_main_bus_alone_is_enough() {
    let (alone, both) = (Raw::playing(linked()), Raw::playing(linked()));
    for _ in 0..4 {
        let heard = played(&alone, &mut [stereo()], |_| {});
        let expected = played(&both, &mut [stereo(), Bus::new(2, FRAMES as usize, 0.0)], |_| {});
        for channel in 0..2 {
            assert!(heard[0].samples[channel][..] == expected[0].samples[channel][..]);
        }
    }
    assert!(!played(&alone, &mut [stereo()], |_| {})[0].is_silent());
}

#[test]
fn what_is_missing_is_silent() {
    let raw = Raw::playing(linked());
    let mut none = Bus::new(2, 1, 0.0);
    none.pointers.fill(ptr::null_mut());
    for inputs in [&mut [][..], &mut [none]] {
        for _ in 0..3 {
            assert!(played(&raw, inputs, |_| {})[0].is_silent());
        }
    }
    assert!(
        played(&raw, &mut [stereo()], |block| {
            block.audio_inputs = ptr::null();
        })[0]
            .is_silent()
    );
    // Counts that say more than there is are only dangerous with a pointer.
    let mut no_data = Edge::new(&[clap_audio_buffer {
        data32: ptr::null_mut(),
        data64: ptr::null_mut(),
        channel_count: 2,
        latency: 0,
        constant_mask: 0,
    }]);
    let heard = played(&raw, &mut [stereo()], |block| {
        block.audio_inputs = no_data.pointer();
        block.audio_inputs_count = 1;
    });
    assert!(heard[0].is_silent());
}

#[test]
fn outputs_that_are_missing_take_nothing() {
    let raw = Raw::playing(linked());
    for _ in 0..2 {
        played(&raw, &mut [stereo()], |block| block.audio_outputs_count = 0);
        played(&raw, &mut [stereo()], |block| block.audio_outputs = ptr::null_mut());
        let mut outputs = [Bus::new(2, FRAMES as usize, 9.0)];
        outputs[0].pointers[1] = ptr::null_mut();
        let mut inputs = [stereo()];
        let (mut input_row, mut output_row) = (row(&mut inputs), row(&mut outputs));
        raw.process(&block(FRAMES, &mut input_row, &mut output_row));
        assert!(outputs[0].samples[0].iter().all(|sample| *sample != 9.0));
        assert!(outputs[0].samples[1].iter().all(|sample| *sample == 9.0));
    }
}

#[test]
fn more_and_fewer_channels_than_declared() {
    let raw = Raw::playing(linked());
    for (inputs, outputs) in [(4, 4), (1, 1), (64, 2), (2, 6), (0, 2), (1, 2), (2, 1)] {
        let mut given = [Bus::new(inputs, FRAMES as usize, 0.25)];
        let mut wanted = [Bus::new(outputs, FRAMES as usize, f32::NAN), stereo()];
        let (mut input_row, mut output_row) = (row(&mut given), row(&mut wanted));
        for _ in 0..3 {
            raw.process(&block(FRAMES, &mut input_row, &mut output_row));
        }
        assert!(wanted[0].is_finite(), "{inputs} in, {outputs} out");
        for samples in wanted[0].samples.iter().skip(2) {
            assert!(samples.iter().all(|sample| *sample == 0.0));
        }
        assert!(wanted[1].is_silent(), "a bus that nobody declared");
    }
}

#[test]
fn samples_of_64_bits_are_silenced_and_not_read() {
    let raw = Raw::playing(linked());
    let mut samples = Edge::new(&[1.0_f64; FRAMES as usize]);
    let mut pointers = Edge::new(&[samples.pointer()]);
    let mut bus = Edge::new(&[clap_audio_buffer {
        data32: ptr::null_mut(),
        data64: pointers.pointer(),
        channel_count: 1,
        latency: 0,
        constant_mask: 0,
    }]);
    let mut inputs = [stereo()];
    let mut input_row = row(&mut inputs);
    raw.process(&block(FRAMES, &mut input_row, &mut bus));
    assert!(samples.iter().all(|sample| *sample == 0.0));
}

#[test]
fn events_at_impossible_times_still_arrive() {
    let raw = Raw::playing(linked());
    let parameter = raw.parameter("Trim Gain");
    for (time, value) in [(FRAMES, 0.7), (FRAMES + 1, 0.6), (1 << 31, 0.4), (u32::MAX, 0.3)] {
        let events = Events::of(parameter, &[(time, value)]);
        let heard = played(&raw, &mut [stereo()], |block| block.in_events = events.list());
        assert!(heard[0].is_finite());
        assert!((raw.value(parameter) - value).abs() < 1e-6, "at {time}");
    }
    // Out of order, each before the one before it.
    let backwards: Vec<_> = (0..FRAMES).rev().map(|time| (time, f64::from(time) / 512.0)).collect();
    let events = Events::of(parameter, &backwards);
    played(&raw, &mut [stereo()], |block| block.in_events = events.list());
    assert!(raw.value(parameter).abs() < 1e-6);
}

#[test]
fn broken_events_are_passed_over() {
    let raw = Raw::playing(linked());
    let parameter = raw.parameter("Trim Gain");
    let mut events =
        Events::of(parameter, &[(0, 0.25), (1, f64::NAN), (2, f64::INFINITY), (3, 0.9), (4, 0.9)]);
    // One too short to be what it says, one of a space that nobody knows.
    events.all[3][0].header.size = 16;
    events.all[4][0].header.space_id = 77;
    events.says_more = 3;
    let heard = played(&raw, &mut [stereo()], |block| block.in_events = events.list());
    assert!(heard[0].is_finite());
    assert!((raw.value(parameter) - 0.25).abs() < 1e-6);
    // Far beyond its range is the end of its range.
    let events = Events::of(parameter, &[(0, 1e300)]);
    played(&raw, &mut [stereo()], |block| block.in_events = events.list());
    assert!((raw.value(parameter) - 1.0).abs() < 1e-6);
}

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
fn a_block_longer_than_announced_is_cut() {
    let (raw, expected) = (Raw::initialised(linked()), Raw::playing(linked()));
    assert!(raw.activate(48_000.0, 64));
    for _ in 0..3 {
        let heard = played(&raw, &mut [stereo()], |_| {});
        let expected = played(&expected, &mut [stereo()], |_| {});
        assert!(heard[0].samples[1][..] == expected[0].samples[1][..]);
    }
}

#[test]
fn a_block_of_no_frames_takes_the_changes() {
    let raw = Raw::playing(linked());
    let parameter = raw.parameter("Trim Gain");
    let events = Events::of(parameter, &[(0, 0.25), (7, 0.75)]);
    let (mut inputs, mut outputs) = ([Bus::new(2, 0, 0.0)], [Bus::new(2, 0, 0.0)]);
    let (mut input_row, mut output_row) = (row(&mut inputs), row(&mut outputs));
    let mut block = block(0, &mut input_row, &mut output_row);
    block.in_events = events.list();
    assert_eq!(raw.process(&block), CLAP_PROCESS_CONTINUE);
    assert!((raw.value(parameter) - 0.75).abs() < 1e-6);
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

/// A stream over some bytes, which answers as it likes.
struct Stream {
    bytes: Vec<u8>,
    position: usize,
    answer: fn(u64) -> i64,
}

unsafe extern "C" fn read(
    stream: *const clap_istream,
    to: *mut std::ffi::c_void,
    size: u64,
) -> i64 {
    // SAFETY: the context is the stream's own; as much is written as there is room for.
    unsafe {
        let stream = &mut *(*stream).ctx.cast::<Stream>();
        let answer = (stream.answer)(size);
        let count =
            (answer.clamp(0, size as i64) as usize).min(stream.bytes.len() - stream.position);
        ptr::copy_nonoverlapping(stream.bytes[stream.position..].as_ptr(), to.cast(), count);
        stream.position += count;
        if (0..=size as i64).contains(&answer) { count as i64 } else { answer }
    }
}

unsafe extern "C" fn write(
    stream: *const clap_ostream,
    from: *const std::ffi::c_void,
    size: u64,
) -> i64 {
    // SAFETY: the context is the stream's own; as much is read as there is.
    unsafe {
        let stream = &mut *(*stream).ctx.cast::<Stream>();
        let answer = (stream.answer)(size);
        let count = answer.clamp(0, size as i64) as usize;
        stream.bytes.extend_from_slice(std::slice::from_raw_parts(from.cast(), count));
        answer
    }
}

fn load(raw: &Raw, bytes: &[u8], answer: fn(u64) -> i64) -> bool {
    let state: clap_plugin_state = raw.extension(CLAP_EXT_STATE);
    let mut stream = Stream { bytes: bytes.to_vec(), position: 0, answer };
    let given = clap_istream { ctx: ptr::from_mut(&mut stream).cast(), read: Some(read) };
    // SAFETY: an instance of the plug-in, and a stream.
    unsafe { state.load.unwrap()(raw.plugin, &raw const given) }
}

fn save(raw: &Raw, answer: fn(u64) -> i64) -> Option<Vec<u8>> {
    let state: clap_plugin_state = raw.extension(CLAP_EXT_STATE);
    let mut stream = Stream { bytes: Vec::new(), position: 0, answer };
    let given = clap_ostream { ctx: ptr::from_mut(&mut stream).cast(), write: Some(write) };
    // SAFETY: an instance of the plug-in, and a stream.
    let is_saved = unsafe { state.save.unwrap()(raw.plugin, &raw const given) };
    is_saved.then_some(stream.bytes)
}

#[test]
fn streams_that_lie_are_refused() {
    let raw = Raw::playing(linked());
    let all = |size: u64| size as i64;
    let saved = save(&raw, all).unwrap();
    assert_eq!(save(&raw, |size| size.min(7) as i64), Some(saved.clone()), "in small bites");
    assert!(load(&raw, &saved, all));
    assert!(load(&raw, &saved, |size| size.min(3) as i64), "in small bites");
    let lies: [fn(u64) -> i64; 4] = [|_| -1, |size| size as i64 + 1, |_| i64::MAX, |_| i64::MIN];
    for lie in lies {
        assert!(save(&raw, lie).is_none());
        assert!(!load(&raw, &saved, lie));
    }
    for length in (0..saved.len()).step_by(97) {
        assert!(!load(&raw, &saved[..length], all), "{length} bytes of {}", saved.len());
    }
    for length in [u64::MAX, 1 << 62, 1 << 40, (64 << 20) + 1] {
        let mut bytes = saved.clone();
        bytes[..8].copy_from_slice(&length.to_le_bytes());
        assert!(!load(&raw, &bytes, all), "{length} bytes are promised");
    }
    let state: clap_plugin_state = raw.extension(CLAP_EXT_STATE);
    // SAFETY: an instance of the plug-in.
    unsafe {
        assert!(!state.load.unwrap()(raw.plugin, nothing()));
        assert!(!state.save.unwrap()(raw.plugin, nothing()));
        let without = clap_istream { ctx: ptr::null_mut(), read: None };
        assert!(!state.load.unwrap()(raw.plugin, &raw const without));
    }
    assert!(load(&raw, &saved, all), "none of it did any harm");
}

#[test]
fn one_value_of_an_odd_kind_costs_no_other() {
    let raw = Raw::playing(linked());
    let gain = raw.parameter("Trim Gain");
    raw.flush(&Events::of(gain, &[(0, 0.75)]));
    let saved = raw.save().unwrap();
    let json = String::from_utf8(saved[8..].to_vec()).unwrap();
    let start = json.find("\"limiter.gain\":").unwrap();
    let end = start + json[start..].find('}').unwrap() + 1;
    let odd = format!("{}\"limiter.gain\":{{\"f32\":null}}{}", &json[..start], &json[end..]);
    let mut bytes = (odd.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(odd.as_bytes());
    raw.flush(&Events::of(gain, &[(0, 0.25)]));
    assert!(raw.load(&bytes));
    assert!((raw.value(gain) - 0.75).abs() < 1e-6);
    // What was loaded can be saved, and loads again.
    let again = raw.save().unwrap();
    assert!(raw.load(&again));
    assert_eq!(raw.save().unwrap(), again);
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
