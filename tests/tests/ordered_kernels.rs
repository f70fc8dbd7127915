//! Kernels of the linear phase that another thread makes: what is heard in the
//! meantime, and that in the end it is as if they had always been there.

use std::sync::Arc;
use std::thread;

use burnish_dsp::chain::{Chain, PathHandOver, SNAPSHOTS, SnapshotSettings};
use burnish_dsp::equalizer::EqualizerPhase;
use burnish_dsp::processor::{AudioSpec, StereoBlock};
use burnish_dsp::settings::ChainSettings;
use burnish_dsp::transport::Transport;
use nice_assert_no_alloc::assert_no_alloc;

use crate::support::{Signal, limited};

const BLOCK: usize = 512;
const SPEC: AudioSpec = AudioSpec { sample_rate_hz: 48_000.0, max_block_frames: BLOCK };
/// Enough for a kernel to be faded in, and for all that the old one made to have left.
const SETTLED: usize = 60;
/// Enough for another path to be fed, and for the cross-fade to it.
const CROSSED: usize = 90;

fn bell(phase: EqualizerPhase, gain_db: f64) -> ChainSettings {
    let mut settings = limited();
    let band = &mut settings.equalizer.bands[3];
    (band.is_on, band.gain_db, band.frequency_hz) = (true, gain_db, 1000.0);
    settings.equalizer.phase = phase;
    settings
}

fn all_of(settings: &ChainSettings) -> SnapshotSettings {
    SnapshotSettings { all: [*settings; SNAPSHOTS], current: 0, are_side_by_side: false }
}

/// Somebody else does what was asked for.
fn serve(paths: &Arc<PathHandOver>) -> bool {
    let paths = Arc::clone(paths);
    thread::spawn(move || paths.serve()).join().unwrap()
}

/// A chain that is given its paths and kernels by hand, fed beside others.
struct Stream {
    paths: Arc<PathHandOver>,
    chain: Chain,
    noise: Signal,
    block: usize,
    /// Frames since the reset.
    song_frame: usize,
}

impl Stream {
    fn new(settings: &ChainSettings) -> Self {
        let paths = PathHandOver::new(SPEC);
        let mut chain = Chain::with_snapshots_on_demand(SPEC, Arc::clone(&paths));
        chain.configure_snapshots(&all_of(settings));
        let noise = Signal::noise(100 * BLOCK, 0.1, 7);
        Self { paths, chain, noise, block: 0, song_frame: 0 }
    }

    fn configure(&mut self, settings: &ChainSettings) {
        assert_no_alloc(|| self.chain.configure_snapshots(&all_of(settings)));
    }

    fn reset(&mut self) {
        self.chain.reset();
        self.song_frame = 0;
    }

    /// Asserts that it is as a chain that never knew anything but these settings.
    #[track_caller]
    fn assert_settled_on(&mut self, settings: &ChainSettings, what: &str) {
        let mut new = chain(settings);
        // It hears the same music from here on: all but that is gone soon.
        new.follow(Transport { is_playing: true, position_frames: Some(self.song_frame as i64) });
        self.is_the_same_as(&mut new, SETTLED + 100);
        assert!(self.is_the_same_as(&mut new, 20), "{what}");
        assert_eq!(self.chain.latency_frames(), new.latency_frames(), "{what}");
    }

    /// Plays so many blocks, and gives them to `beside` too; whether what leaves
    /// has been the same from the first to the last.
    fn is_the_same_as(&mut self, beside: &mut Chain, blocks: usize) -> bool {
        let mut is_same = true;
        for _ in 0..blocks {
            let start = self.block % 100 * BLOCK;
            self.block += 1;
            self.song_frame += BLOCK;
            let input = |channel: &[f32]| channel[start..start + BLOCK].to_vec();
            let (mut left, mut right) = (input(&self.noise.left), input(&self.noise.right));
            let (mut other_left, mut other_right) = (left.clone(), right.clone());
            let mut block = StereoBlock::new(&mut left, &mut right);
            assert_no_alloc(|| self.chain.process(&mut block));
            beside.process(&mut StereoBlock::new(&mut other_left, &mut other_right));
            is_same &= left == other_left && right == other_right;
        }
        is_same
    }
}

fn chain(settings: &ChainSettings) -> Chain {
    let mut chain = Chain::new(SPEC);
    chain.configure(settings);
    chain
}

#[test]
fn a_kernel_is_waited_for_with_the_old_one_and_comes_to_the_same_bits() {
    let (before, after) = (bell(EqualizerPhase::Linear, 3.0), bell(EqualizerPhase::Linear, -6.0));
    let mut stream = Stream::new(&before);
    let (mut old, mut new) = (chain(&before), chain(&after));
    assert!(stream.is_the_same_as(&mut old, SETTLED), "the first kernel is there at once");
    // What ran beside has heard the same music from the start.
    let mut all_along = Stream::new(&before);
    all_along.is_the_same_as(&mut new, SETTLED);
    stream.configure(&after);
    assert!(stream.is_the_same_as(&mut old, 20), "nobody has made it yet");
    all_along.is_the_same_as(&mut new, 20);
    assert!(serve(&stream.paths));
    stream.is_the_same_as(&mut old, SETTLED);
    all_along.is_the_same_as(&mut new, SETTLED);
    assert!(stream.is_the_same_as(&mut new, 20));
    assert!(!serve(&stream.paths), "one kernel was ordered, and no path");
}

#[test]
fn another_phase_is_not_heard_before_its_path_and_its_kernel_are_there() {
    let (before, after) = (bell(EqualizerPhase::Minimum, 3.0), bell(EqualizerPhase::Linear, 3.0));
    for (before, after, orders) in [(before, after, 2), (after, before, 1)] {
        let mut stream = Stream::new(&before);
        let mut old = chain(&before);
        let latency_frames = old.latency_frames();
        assert!(stream.is_the_same_as(&mut old, SETTLED));
        for _ in 0..orders {
            stream.configure(&after);
            assert!(stream.is_the_same_as(&mut old, 100), "heard too early");
            assert_eq!(stream.chain.latency_frames(), latency_frames);
            assert!(serve(&stream.paths), "nobody has asked");
        }
        for _ in 0..CROSSED {
            stream.configure(&after);
            stream.is_the_same_as(&mut old, 1);
        }
        assert!(!stream.chain.is_crossing());
        stream.assert_settled_on(&after, "once it is heard");
    }
}

#[test]
fn what_is_ordered_and_reset_and_changed_again_ends_as_it_was_set_last() {
    let mut random = 12_345_u32;
    let mut next = |below: u32| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 16) % below
    };
    for round in 0..40 {
        let mut settings = bell(EqualizerPhase::Linear, 2.0);
        let mut stream = Stream::new(&settings);
        let mut beside = chain(&settings);
        for _ in 0..30 {
            match next(6) {
                0 => settings = bell(EqualizerPhase::Linear, f64::from(next(12)) - 6.0),
                1 => settings = bell(EqualizerPhase::Minimum, f64::from(next(12)) - 6.0),
                2 => {
                    serve(&stream.paths);
                }
                3 => stream.reset(),
                4 => stream.chain.expect_load(),
                _ => {
                    stream.is_the_same_as(&mut beside, next(40) as usize);
                }
            }
            stream.configure(&settings);
            stream.is_the_same_as(&mut beside, next(4) as usize);
        }
        for _ in 0..3 * CROSSED {
            serve(&stream.paths);
            stream.configure(&settings);
            stream.is_the_same_as(&mut beside, 1);
        }
        assert!(!stream.chain.is_crossing(), "round {round}");
        stream.assert_settled_on(&settings, &format!("round {round}"));
    }
}
