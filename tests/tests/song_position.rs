//! The same frames of the song become the same frames of the master, wherever it was begun.

use burnish_dsp::chain::Chain;
use burnish_dsp::clipper::ClipperSettings;
use burnish_dsp::compressor::CompressorSettings;
use burnish_dsp::dither::{BitDepth, DitherSettings, NoiseShape};
use burnish_dsp::equalizer::{BandChannel, BandShape, EqualizerPhase, EqualizerSettings};
use burnish_dsp::limiter::{Character, LimiterSettings};
use burnish_dsp::processor::AudioSpec;
use burnish_dsp::settings::ChainSettings;
use burnish_dsp::stereo::StereoSettings;
use burnish_dsp::transport::Transport;
use burnish_dsp::trim::TrimSettings;
use burnish_session::render::render;
use burnish_tests::host::{Host, bundle_path};

use crate::support::{Signal, limiting, material};

const RATE_HZ: f64 = 48_000.0;
const MAX_BLOCK: usize = 512;
/// As hosts cut them.
const BLOCK_SIZES: [usize; 5] = [512, 64, 333, 480, 17];

/// Every stage at work; without automatic make-up, whose memory of 3 s decays for minutes.
fn at_work() -> ChainSettings {
    let mut equalizer = EqualizerSettings::default();
    for (i, band) in equalizer.bands.iter_mut().enumerate() {
        band.is_on = true;
        band.gain_db = if i % 2 == 0 { -3.0 } else { 2.0 };
        band.channel = BandChannel::ALL[i % BandChannel::ALL.len()];
        band.shape = [BandShape::Bell, BandShape::LowShelf, BandShape::HighShelf][i % 3];
        if i < 4 {
            band.range_db = if i % 2 == 0 { -6.0 } else { 4.0 };
            band.threshold_db = -30.0;
        }
    }
    ChainSettings {
        trim: TrimSettings { gain_db: 2.0, is_dc_blocked: true, ..TrimSettings::default() },
        equalizer,
        glue: CompressorSettings {
            is_on: true,
            threshold_db: -24.0,
            is_auto_makeup: false,
            link_percent: 60.0,
            ..CompressorSettings::default()
        },
        stereo: StereoSettings {
            side_gain_db: 1.0,
            high_width_percent: 130.0,
            is_bass_mono: true,
            is_guarded: true,
            ..StereoSettings::default()
        },
        clipper: ClipperSettings { is_on: true, drive_db: 3.0, ..ClipperSettings::default() },
        limiter: LimiterSettings { gain_db: 6.0, transient_link_percent: 50.0, ..limiting() },
        dither: DitherSettings::default(),
    }
}

fn at(song_frame: i64) -> Transport {
    Transport { is_playing: true, position_frames: Some(song_frame) }
}

fn chain(settings: &ChainSettings) -> Chain {
    let mut chain = Chain::new(AudioSpec { sample_rate_hz: RATE_HZ, max_block_frames: MAX_BLOCK });
    chain.configure(settings);
    chain
}

/// The song from a frame on, with a host that tells where it is.
fn play(chain: &mut Chain, song: &Signal, from: usize) -> Signal {
    let mut song_frame = from as i64;
    let rest = Signal { left: song.left[from..].to_vec(), right: song.right[from..].to_vec() };
    rest.through(&BLOCK_SIZES, |block| {
        chain.follow(at(song_frame));
        chain.process(block);
        song_frame += block.frames() as i64;
    })
}

fn song(seconds: usize) -> Signal {
    let mix = material("mix.flac");
    let frames = seconds * RATE_HZ as usize;
    Signal { left: mix.left[..frames].to_vec(), right: mix.right[..frames].to_vec() }
}

/// The last frame of the song that differs between two masters, of which one begins later.
fn last_difference(whole: &Signal, later: &Signal, from: usize) -> Option<usize> {
    (0..later.frames())
        .rev()
        .find(|n| {
            later.left[*n] != whole.left[from + n] || later.right[*n] != whole.right[from + n]
        })
        .map(|n| from + n)
}

#[track_caller]
fn assert_settles(what: &str, whole: &Signal, later: &Signal, from: usize, within_s: usize) {
    let within = within_s * RATE_HZ as usize;
    assert!(later.frames() > within + RATE_HZ as usize, "nothing is left to compare");
    let last = last_difference(whole, later, from).unwrap_or_default();
    assert!(last < within, "{what}, from {from}: frame {last} differs");
}

/// Settings by name, all of which have to settle to the bit.
fn cases() -> Vec<(String, ChainSettings)> {
    let mut cases = Vec::new();
    for character in Character::ALL.iter().copied() {
        for phase in EqualizerPhase::ALL.iter().copied() {
            let mut settings = at_work();
            settings.limiter.character = character;
            settings.equalizer.phase = phase;
            cases.push((format!("{character:?}, {phase:?}"), settings));
            let shape = NoiseShape::ALL[cases.len() / 2 % NoiseShape::ALL.len()];
            let dither = DitherSettings { depth: BitDepth::Bits16, shape, ..settings.dither };
            let name = format!("{character:?}, {phase:?}, {shape:?}");
            cases.push((name, ChainSettings { dither, ..settings }));
        }
    }
    cases
}

#[test]
fn a_song_begun_a_little_later_settles_to_the_same_bits() {
    let song = song(25);
    for (n, (name, settings)) in cases().into_iter().enumerate() {
        let whole = play(&mut chain(&settings), &song, 0);
        for from in [n + 1, 63 - 4 * n] {
            let later = play(&mut chain(&settings), &song, from);
            assert_settles(&name, &whole, &later, from, 20);
        }
    }
}

#[test]
fn a_jump_settles_to_the_same_bits_as_a_start() {
    let song = song(25);
    for (name, mut settings) in cases().into_iter().step_by(5) {
        // What the glue's slow release remembers of the noise is over a bit for 40 s.
        settings.glue.is_auto_release = false;
        let whole = play(&mut chain(&settings), &song, 0);
        // Something else was played before, and the host did not reset.
        let mut jumped = chain(&settings);
        let noise = Signal::noise(30_011, 0.5, 5);
        play(&mut jumped, &noise, 0);
        let later = play(&mut jumped, &song, 1_000);
        assert_settles(&name, &whole, &later, 1_000, 20);
    }
}

#[test]
fn without_a_position_the_song_begins_with_the_stream() {
    let song = song(3);
    for (name, settings) in cases() {
        let mut unknown = chain(&settings);
        let output = song.through(&BLOCK_SIZES, |block| unknown.process(block));
        assert!(output == play(&mut chain(&settings), &song, 0), "{name}");
        unknown.reset();
        let again = song.through(&BLOCK_SIZES, |block| unknown.process(block));
        assert!(output == again, "{name}");
        // A song that stands still has no place to hold on to.
        let mut stopped = chain(&settings);
        let standing = Transport { is_playing: false, position_frames: Some(77) };
        let output_stopped = song.through(&BLOCK_SIZES, |block| {
            stopped.follow(standing);
            stopped.process(block);
        });
        assert!(output == output_stopped, "{name}");
    }
}

#[test]
fn any_jump_is_silent_and_does_not_depend_on_the_block_size() {
    // The audio goes on; only the host's position jumps.
    let tone = Signal::sine(96_000, 100.0 / RATE_HZ, 0.3);
    let steepest = |signal: &Signal| {
        signal.left.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
    };
    for phase in EqualizerPhase::ALL.iter().copied() {
        let mut settings = at_work();
        settings.equalizer.phase = phase;
        settings.limiter.gain_db = 0.0;
        let jumps = |sizes: &[usize]| {
            let mut chain = chain(&settings);
            let mut frame = 0;
            // At every 6000th frame it jumps back by an odd number of frames.
            let place = |frame: usize| frame as i64 - 4_321 * (frame / 6_000) as i64;
            tone.through(sizes, |block| {
                let mut start = 0;
                while start < block.frames() {
                    let end = (start + 6_000 - frame % 6_000).min(block.frames());
                    chain.follow(at(place(frame)));
                    chain.process(&mut block.slice(start, end));
                    frame += end - start;
                    start = end;
                }
            })
        };
        let output = jumps(&[512]);
        let loudest_step = steepest(&play(&mut chain(&settings), &tone, 0));
        assert!(steepest(&output) < 1.1 * loudest_step, "{phase:?}: {}", steepest(&output));
        for sizes in [&[1][..], &[37], &[3, 500, 32, 129]] {
            assert!(jumps(sizes) == output, "{phase:?} in blocks of {sizes:?}");
        }
    }
}

#[test]
fn two_bounces_of_the_plug_in_are_one() {
    let song = song(24);
    let settings = ChainSettings {
        dither: DitherSettings { depth: BitDepth::Bits24, ..DitherSettings::default() },
        ..at_work()
    };
    let bounce = |from: usize| {
        let mut host = Host::load(&bundle_path()).unwrap_or_else(|error| panic!("{error}"));
        host.set_offline(true).unwrap();
        host.activate(RATE_HZ, MAX_BLOCK).unwrap();
        let mut changes = host.changes_to(&settings).unwrap();
        host.play_from(Some(from as i64));
        let rest = Signal { left: song.left[from..].to_vec(), right: song.right[from..].to_vec() };
        rest.through(&BLOCK_SIZES, |block| {
            host.process(block.left, block.right, &changes).unwrap();
            changes.clear();
        })
    };
    let whole = bounce(0);
    for from in [29, 2_000] {
        assert_settles("the plug-in", &whole, &bounce(from), from, 20);
    }
    let mut mix = material("mix.flac");
    mix.left.clone_from(&song.left);
    mix.right.clone_from(&song.right);
    let rendered = render(&mix, &settings, |_| {});
    let frames = song.frames() - rendered.facts.latency_frames;
    assert!(rendered.audio.left[..frames] == whole.left[rendered.facts.latency_frames..]);
    assert!(rendered.audio.right[..frames] == whole.right[rendered.facts.latency_frames..]);
}
