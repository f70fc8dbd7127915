//! Hosts call on small stacks: nothing big travels by value.
//!
//! Ardour activates a plug-in on its audio thread, and threads on macOS have
//! 512 kB. A stack that overflows ends the program, so every test does its work
//! in a program of its own.

use std::thread;

use burnish_dsp::bypass::Bypass;
use burnish_dsp::chain::{Chain, SnapshotSettings};
use burnish_dsp::compare::{Compare, HandOver, LiveReference, Request};
use burnish_dsp::equalizer::{BandSolo, EqualizerPhase};
use burnish_dsp::monitor::MonitorRack;
use burnish_dsp::processor::{AudioSpec, StereoBlock};
use burnish_dsp::settings::parameters;
use burnish_tests::host::{Host, bundle_path, exact_text};
use burnish_tests::raw::Library;
use burnish_tests::raw::clap::Bus;
use burnish_tests::raw::vst3::{Changes, Raw, Stream};
use vst3::Steinberg::Vst::IComponentTrait;
use vst3::Steinberg::kResultOk;

use crate::contract::busy;
use crate::support::alone;

/// What a host's thread has.
const STACK_BYTES: usize = 64 * 1024;
const RATES_HZ: [f64; 2] = [48_000.0, 192_000.0];
const BLOCK_FRAMES: usize = 4096;
/// Does `work` on a thread with a small stack; `test` is the name of the test that asks.
#[track_caller]
fn on_a_small_stack(test: &str, work: impl FnOnce() + Send + 'static) {
    alone(&format!("small_stack::{test}"), || {
        thread::Builder::new().stack_size(STACK_BYTES).spawn(work).unwrap().join().unwrap();
    });
}

/// Every rate, in real time and as a render, which makes in place what the worker makes otherwise.
fn lives() -> impl Iterator<Item = (f64, bool)> {
    RATES_HZ.into_iter().flat_map(|rate_hz| [false, true].map(|is_offline| (rate_hz, is_offline)))
}

fn tone(frames: usize) -> Vec<f32> {
    (0..frames).map(|n| 0.9 * (n as f32 * 0.03).sin()).collect()
}

#[test]
fn an_instance_lives_from_its_making_to_its_end_on_a_small_stack() {
    on_a_small_stack("an_instance_lives_from_its_making_to_its_end_on_a_small_stack", || {
        for (rate_hz, is_offline) in lives() {
            let mut host = Host::load(&bundle_path()).unwrap();
            host.set_offline(is_offline).unwrap();
            host.activate(rate_hz, BLOCK_FRAMES).unwrap();
            let (mut left, mut right) = (tone(BLOCK_FRAMES), tone(BLOCK_FRAMES));
            host.process(&mut left, &mut right, &[]).unwrap();
            let changes = host.changes_to(&busy()).unwrap();
            host.set_side_chain(&tone(BLOCK_FRAMES), &tone(BLOCK_FRAMES));
            host.process(&mut left, &mut right, &changes).unwrap();
            host.play_from(Some(0));
            for _ in 0..4 {
                host.process(&mut left, &mut right, &[]).unwrap();
            }
            host.reset();
            let state = host.save_state().unwrap();
            host.load_state(&state).unwrap();
            host.process(&mut left, &mut right, &[]).unwrap();
            host.flush(&changes).unwrap();
            host.deactivate();
            host.flush(&changes).unwrap();
            host.load_state(&state).unwrap();
            // With all that was set before: linear phase among it.
            host.activate(rate_hz, BLOCK_FRAMES).unwrap();
            host.process(&mut left, &mut right, &[]).unwrap();
            assert_eq!(host.save_state().unwrap(), state);
        }
    });
}

#[test]
fn an_instance_of_the_vst3_lives_on_a_small_stack() {
    on_a_small_stack("an_instance_of_the_vst3_lives_on_a_small_stack", || {
        for (rate_hz, is_offline) in lives() {
            let raw = Raw::new(Library::load(&bundle_path()).unwrap());
            let activate = || {
                let frames = i32::try_from(BLOCK_FRAMES).unwrap();
                let set = if is_offline { Raw::set_up_offline } else { Raw::set_up };
                assert_eq!(set(&raw, rate_hz, frames), kResultOk);
                assert_eq!(raw.set_active(true), kResultOk);
                assert_eq!(raw.set_processing(true), kResultOk);
            };
            let play = |change: Option<(u32, f64)>| {
                let (mut inputs, mut output) = ([sounding(), sounding()], [sounding()]);
                let changes = change.map(|(id, value)| Changes::of(id, &[(7, value)], 0));
                let result = raw.played(BLOCK_FRAMES, &mut inputs, &mut output, |block| {
                    if let Some(changes) = &changes {
                        block.inputParameterChanges = Changes::list(changes);
                    }
                });
                assert_eq!(result, kResultOk);
                assert!(output[0].is_finite());
            };
            activate();
            play(None);
            for parameter in parameters() {
                let id = raw.parameter(&parameter.name);
                let text = exact_text(parameter, parameter.read(&busy()));
                let value = raw.value_of(id, &text).unwrap();
                play(Some((id, value)));
            }
            // It is the last to come: it changes the latency, and is only wanted once all else is at work.
            play(Some((raw.parameter("EQ Phase"), 1.0)));
            let state = saved(&raw);
            load(&raw, &state);
            play(None);
            assert_eq!(raw.set_processing(false), kResultOk);
            assert_eq!(raw.set_active(false), kResultOk);
            load(&raw, &state);
            // With all that was set before: linear phase among it.
            activate();
            play(None);
            assert_eq!(saved(&raw), state);
            assert_eq!(raw.set_active(false), kResultOk);
        }
    });
}

/// A bus with a tone on it.
fn sounding() -> Bus {
    Bus::new(2, BLOCK_FRAMES, 0.5)
}

/// What the VST3 saves.
fn saved(raw: &Raw) -> Vec<u8> {
    let stream = Stream::of(&[], |size| size);
    // SAFETY: an instance of the plug-in, and a stream.
    assert_eq!(unsafe { raw.component.getState(Stream::pointer(&stream)) }, kResultOk);
    stream.bytes.borrow().clone()
}

fn load(raw: &Raw, state: &[u8]) {
    let stream = Stream::of(state, |size| size);
    // SAFETY: an instance of the plug-in, and a stream.
    assert_eq!(unsafe { raw.component.setState(Stream::pointer(&stream)) }, kResultOk);
}

#[test]
fn the_engine_is_built_and_works_on_a_small_stack() {
    on_a_small_stack("the_engine_is_built_and_works_on_a_small_stack", || {
        for sample_rate_hz in RATES_HZ {
            let spec = AudioSpec { sample_rate_hz, max_block_frames: BLOCK_FRAMES };
            let mut chain = Box::new(Chain::with_snapshots(spec));
            let mut compare = Compare::new(spec, HandOver::new());
            let mut live = LiveReference::new(spec, chain.longest_latency_frames());
            let mut solo = BandSolo::new(spec);
            let mut monitor = MonitorRack::new(spec);
            let mut bypass = Bypass::new(spec);
            let mut settings = busy();
            for phase in [EqualizerPhase::Minimum, EqualizerPhase::Linear] {
                settings.equalizer.phase = phase;
                let all = [settings; burnish_dsp::chain::SNAPSHOTS];
                chain.configure_snapshots(&SnapshotSettings {
                    all,
                    current: 0,
                    are_side_by_side: true,
                });
                let (mut left, mut right) = (tone(BLOCK_FRAMES), tone(BLOCK_FRAMES));
                live.process(&left, &right, chain.latency_frames());
                let mut block = StereoBlock::new(&mut left, &mut right);
                chain.process(&mut block);
                compare.process(&Request::default(), &mut block, &chain, Some(&live));
                solo.choose(Some(1), &settings.equalizer);
                solo.process(&mut block);
                monitor.process(&mut block);
                bypass.process(&mut block, chain.dry());
                chain.reset();
                chain.reset_meters();
            }
        }
    });
}
