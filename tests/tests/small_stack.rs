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
use burnish_tests::host::{Host, bundle_path};

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

fn tone(frames: usize) -> Vec<f32> {
    (0..frames).map(|n| 0.9 * (n as f32 * 0.03).sin()).collect()
}

#[test]
fn an_instance_lives_from_its_making_to_its_end_on_a_small_stack() {
    on_a_small_stack("an_instance_lives_from_its_making_to_its_end_on_a_small_stack", || {
        for rate_hz in RATES_HZ {
            let mut host = Host::load(&bundle_path()).unwrap();
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
