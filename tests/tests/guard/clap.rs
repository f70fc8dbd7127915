//! CLAP hosts that get everything wrong.

mod order;
mod state;

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
