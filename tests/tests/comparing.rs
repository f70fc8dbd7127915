//! Every comparison is equally loud, in step, and free of clicks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use burnish_dsp::chain::{Chain, SNAPSHOTS, SnapshotSettings};
use burnish_dsp::compare::{
    Compare, HandOver, LevelMatch, ReferenceAudio, ReferenceControl, ReferenceId, ReferenceMessage,
    Request, Source,
};
use burnish_dsp::equalizer::EqualizerPhase;
use burnish_dsp::processor::{AudioSpec, StereoBlock};
use burnish_dsp::settings::ChainSettings;
use burnish_dsp::transport::Transport;
use burnish_session::audio::StereoAudio;
use burnish_session::preset::find_preset;
use ebur128::{EbuR128, Mode};
use nice_assert_no_alloc::assert_no_alloc;

use crate::support::{Noise, Signal, limited, material};

const RATE_HZ: u32 = 48_000;
const BLOCK: usize = 256;

fn spec() -> AudioSpec {
    AudioSpec { sample_rate_hz: f64::from(RATE_HZ), max_block_frames: BLOCK }
}

/// Integrated loudness by the referee.
fn lufs(signal: &Signal) -> f64 {
    let mut referee = EbuR128::new(2, RATE_HZ, Mode::I).unwrap();
    referee.add_frames_planar_f32(&[&signal.left, &signal.right]).unwrap();
    referee.loudness_global().unwrap()
}

/// A chain and what is heard of it.
struct Player {
    chain: Chain,
    compare: Compare,
    hand_over: Arc<HandOver>,
    request: Request,
    /// Where the song is while it plays.
    song_frame: Option<i64>,
}

impl Player {
    fn new(settings: &SnapshotSettings) -> Self {
        let hand_over = HandOver::new();
        let mut chain = Chain::with_snapshots(spec());
        chain.configure_snapshots(settings);
        let compare = Compare::new(spec(), Arc::clone(&hand_over));
        Self { chain, compare, hand_over, request: Request::default(), song_frame: None }
    }

    fn process(&mut self, block: &mut StereoBlock<'_>) {
        self.request.transport = Transport { is_playing: true, position_frames: self.song_frame };
        self.song_frame = self.song_frame.map(|frame| frame + block.frames() as i64);
        self.chain.process(block);
        self.compare.process(&self.request, block, &self.chain, None);
    }

    /// The whole piece while one source is heard; the first blocks still fade.
    fn hear(&mut self, source: Source, mix: &StereoAudio) -> Signal {
        self.request.source = source;
        self.request.compared.mix |= source == Source::Mix;
        self.request.compared.reference |= matches!(source, Source::Reference(_));
        let input = Signal { left: mix.left.clone(), right: mix.right.clone() };
        input.through(&[BLOCK], |block| self.process(block))
    }
}

/// The start preset, driven so hard that the mix has no headroom to follow.
fn driven(gain_db: f64) -> ChainSettings {
    let mut settings = find_preset("start").expect("built in").settings;
    settings.limiter.gain_db = gain_db;
    settings
}

fn cut(audio: &StereoAudio, frames: usize) -> StereoAudio {
    StereoAudio {
        left: audio.left[..frames].to_vec(),
        right: audio.right[..frames].to_vec(),
        ..*audio
    }
}

fn snapshots(all: &[ChainSettings; SNAPSHOTS]) -> SnapshotSettings {
    SnapshotSettings { all: *all, current: 0, are_side_by_side: true }
}

fn reference_of(audio: &StereoAudio) -> (Arc<ReferenceAudio>, ReferenceControl) {
    let signal = Signal { left: audio.left.clone(), right: audio.right.clone() };
    let control = ReferenceControl {
        first_frame: 0,
        end_frame: usize::MAX,
        trim_db: 0.0,
        is_free_running: false,
        integrated_lufs: lufs(&signal),
        true_peak_dbtp: signal.true_peak_db(),
    };
    (Arc::new(ReferenceAudio::whole(signal.left, signal.right)), control)
}

/// The gain of what is heard against what it is, dB.
fn gain_db(heard: &Signal, of: &Signal) -> f64 {
    let product = |a: &[f32], b: &[f32]| -> f64 {
        a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    // Behind the cross-fade and the ramp of the gain.
    let range = heard.frames() / 2..heard.frames();
    let (heard, of) = (&heard.left[range.clone()], &of.left[range]);
    20.0 * (product(heard, of) / product(of, of)).log10()
}

#[test]
fn mix_master_snapshots_and_reference_are_within_a_tenth_of_a_lu() {
    let (song, id) = (material("reference.flac"), ReferenceId(5));
    for piece in ["mix.flac", "reference.flac"] {
        let mix = material(piece);
        let all = [driven(9.0), driven(16.0), limited(), driven(3.0)];
        let mut player = Player::new(&snapshots(&all));
        let (audio, control) = reference_of(&song);
        player.hand_over.send(ReferenceMessage::Put(id, Arc::clone(&audio), control)).unwrap();
        player.request.reference = Some(id);
        player.request.compared.mix = true;
        player.request.compared.reference = true;
        // Once through the whole song, noting what each of them is.
        let whole = Signal { left: mix.left.clone(), right: mix.right.clone() };
        let empty = || Signal { left: Vec::new(), right: Vec::new() };
        let mut own: [Signal; SNAPSHOTS + 1] = std::array::from_fn(|_| empty());
        let mut note = |player: &mut Player, input: &Signal| {
            own = std::array::from_fn(|_| empty());
            let heard = input.through(&[BLOCK], |block| {
                player.process(block);
                for (n, own) in own.iter_mut().enumerate() {
                    let dry = player.chain.dry();
                    let [left, right] = player.chain.snapshot_output(n).unwrap_or(dry);
                    own.left.extend_from_slice(left);
                    own.right.extend_from_slice(right);
                }
            });
            (heard, own.clone())
        };
        let (_, own) = note(&mut player, &whole);
        let loudness = own.map(|signal| lufs(&signal));
        assert!(player.compare.is_level());
        // Then a little of each: its loudness is that of the song, with its gain.
        // The reference first, for the mix's own loudness goes on being measured.
        let passage = cut(&mix, 4800);
        let passage = Signal { left: passage.left, right: passage.right };
        player.request.source = Source::Reference(id);
        player.song_frame = Some(0);
        let (heard, _) = note(&mut player, &passage);
        let from_start = Signal { left: song.left.clone(), right: song.right.clone() };
        let mut heard_lufs = vec![control.integrated_lufs + gain_db(&heard, &from_start)];
        for n in 0..=SNAPSHOTS {
            player.request.source = if n < SNAPSHOTS { Source::Snapshot(n) } else { Source::Mix };
            let (heard, own) = note(&mut player, &passage);
            heard_lufs.push(loudness[n] + gain_db(&heard, &own[n]));
        }
        for lufs in &heard_lufs {
            assert!((lufs - heard_lufs[0]).abs() < 0.1, "{piece}: {heard_lufs:?}");
        }
        assert!(player.compare.shortfall_db() < 0.001);
    }
}

#[test]
fn nothing_that_is_compared_is_raised_over_full_scale() {
    let mix = material("mix.flac");
    let mut player = Player::new(&SnapshotSettings {
        all: [driven(20.0); SNAPSHOTS],
        current: 0,
        are_side_by_side: false,
    });
    player.hear(Source::Master, &mix);
    let heard = player.hear(Source::Mix, &mix);
    assert!(player.compare.turned_down_db() > 1.0, "{}", player.compare.turned_down_db());
    let peak_db = heard.true_peak_db();
    // The fade from the master's level is behind it after the first quarter of a second.
    assert!(peak_db < 0.05, "{peak_db}");
}

#[test]
fn side_by_side_is_what_each_snapshot_makes_alone_to_the_bit() {
    let mix = cut(&material("mix.flac"), 5 * 48_000);
    let mut linear = driven(6.0);
    linear.equalizer.phase = EqualizerPhase::Linear;
    let all = [driven(9.0), driven(3.0), limited(), driven(12.0)];
    for all in [all, [driven(9.0), linear, driven(1.0), driven(2.0)]] {
        let mut chain = Chain::with_snapshots(spec());
        chain.configure_snapshots(&snapshots(&all));
        let latency = chain.latency_frames();
        let input = Signal { left: mix.left.clone(), right: mix.right.clone() }.padded(latency);
        let mut outputs = all.map(|_| Signal { left: Vec::new(), right: Vec::new() });
        let master = input.through(&[BLOCK, 17, 1], |block| {
            chain.process(block);
            for (snapshot, output) in outputs.iter_mut().enumerate() {
                let [left, right] = chain.snapshot_output(snapshot).unwrap();
                output.left.extend_from_slice(left);
                output.right.extend_from_slice(right);
            }
        });
        assert!(master == outputs[0]);
        for (output, settings) in outputs.iter().zip(&all) {
            let mut alone = Chain::new(spec());
            alone.configure(settings);
            let wait = latency - alone.latency_frames();
            let expected = input.through(&[BLOCK], |block| alone.process(block));
            let frames = mix.left.len();
            assert!(output.left[latency..] == expected.left[latency - wait..][..frames]);
            assert!(output.right[latency..] == expected.right[latency - wait..][..frames]);
        }
    }
}

#[test]
fn snapshots_change_without_a_click_however_they_run() {
    // A low tone that every snapshot gives another level.
    let tone = Signal::sine(6 * 48_000, 60.0 / 48_000.0, 0.1);
    let mut all = [limited(); SNAPSHOTS];
    for (settings, gain_db) in all.iter_mut().zip([0.0, 6.0, -9.0, 3.0]) {
        settings.trim.gain_db = gain_db;
        settings.equalizer.bands[0].is_on = true;
        settings.equalizer.bands[0].gain_db = gain_db;
    }
    let mut with_linear = all;
    with_linear[2].equalizer.phase = EqualizerPhase::Linear;
    for (all, are_side_by_side) in [(all, false), (all, true), (with_linear, false)] {
        let mut settings = SnapshotSettings { all, current: 0, are_side_by_side };
        let mut chain = Chain::with_snapshots(spec());
        chain.configure_snapshots(&settings);
        let mut blocks = 0;
        let output = tone.through(&[BLOCK], |block| {
            blocks += 1;
            if blocks % 50 == 0 {
                settings.current = (settings.current + 1) % SNAPSHOTS;
                chain.configure_snapshots(&settings);
            }
            chain.process(block);
        });
        // A step would have all frequencies; a glide has none far from the tone.
        let latency = chain.latency_frames();
        let steps =
            output.left[latency + 4800..].windows(3).map(|x| (x[2] - 2.0 * x[1] + x[0]).abs());
        let sharpest = steps.fold(0.0, f32::max);
        assert!(sharpest < 0.002, "{sharpest}, side by side: {are_side_by_side}");
    }
}

/// A short smooth song, its own for every number.
fn short_song(number: usize) -> Arc<ReferenceAudio> {
    let frames = 2400 + 240 * (number % 11);
    let left: Vec<f32> = (0..frames)
        .map(|n| 0.1 * (std::f32::consts::TAU * n as f32 / frames as f32).sin())
        .collect();
    Arc::new(ReferenceAudio::whole(left.clone(), left))
}

#[test]
fn ten_thousand_references_come_and_go_while_playing() {
    const SONGS: usize = 10_000;
    let hand_over = HandOver::new();
    let is_done = Arc::new(AtomicBool::new(false));
    let worker = std::thread::spawn({
        let (hand_over, is_done) = (Arc::clone(&hand_over), Arc::clone(&is_done));
        move || {
            let mut noise = Noise::new(3);
            let mut alive = Vec::new();
            let mut listed: Vec<ReferenceId> = Vec::new();
            let send = |mut message: ReferenceMessage| {
                while let Err(back) = hand_over.send(message) {
                    message = back;
                    hand_over.collect();
                    std::thread::yield_now();
                }
                hand_over.collect();
            };
            for number in 0..SONGS {
                let song = short_song(number);
                alive.push(Arc::downgrade(&song));
                let control = ReferenceControl {
                    first_frame: 0,
                    end_frame: usize::MAX,
                    trim_db: 0.0,
                    is_free_running: true,
                    integrated_lufs: -23.0,
                    true_peak_dbtp: -20.0,
                };
                // Few names, so that songs are also put in the place of others.
                let id = ReferenceId(number as u32 % 30);
                if !listed.contains(&id) && listed.len() >= 18 {
                    let place = (noise.sample().abs() * listed.len() as f32) as usize;
                    send(ReferenceMessage::Take(listed.swap_remove(place.min(17))));
                }
                if !listed.contains(&id) {
                    listed.push(id);
                }
                send(ReferenceMessage::Put(id, song, control));
                if number % 3 == 0 {
                    let place = (noise.sample().abs() * listed.len() as f32) as usize;
                    send(ReferenceMessage::Take(listed.swap_remove(place.min(listed.len() - 1))));
                }
            }
            for id in listed {
                send(ReferenceMessage::Take(id));
            }
            is_done.store(true, Ordering::Release);
            alive
        }
    });
    let mut chain = Chain::with_snapshots(spec());
    chain.configure(&limited());
    let mut compare = Compare::new(spec(), Arc::clone(&hand_over));
    let mut request = Request { level_match: LevelMatch::Integrated, ..Request::default() };
    request.compared.reference = true;
    let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
    let (mut last, mut slope, mut sharpest) = (0.0, 0.0, 0.0f32);
    let (mut blocks, mut after, mut played) = (0_usize, 0, 0.0f32);
    // On after the last was taken out, until it has been given back.
    while after < 400 {
        after += usize::from(is_done.load(Ordering::Acquire));
        blocks += 1;
        for (n, (l, r)) in left.iter_mut().zip(&mut right).enumerate() {
            let phase = (blocks * 64 + n) as f32 * 0.01;
            (*l, *r) = (0.1 * phase.sin(), 0.1 * phase.sin());
        }
        let id = ReferenceId((blocks / 37) as u32 % 30);
        request.reference = Some(id);
        request.source =
            if blocks % 5 < 4 && after == 0 { Source::Reference(id) } else { Source::Master };
        assert_no_alloc(|| {
            let mut block = StereoBlock::new(&mut left, &mut right);
            chain.process(&mut block);
            compare.process(&request, &mut block, &chain, None);
        });
        for sample in left {
            let now = sample - last;
            // The first blocks are where the wave begins.
            if blocks > 20 {
                sharpest = sharpest.max((now - slope).abs());
            }
            (last, slope) = (sample, now);
        }
        if matches!(compare.heard(), Source::Reference(_)) {
            played += 1.0;
        }
        if after > 0 {
            hand_over.collect();
        }
    }
    let alive = worker.join().unwrap();
    assert_eq!(alive.len(), SONGS);
    assert_eq!(alive.iter().filter(|song| song.strong_count() > 0).count(), 0);
    assert!(played / blocks as f32 > 0.05, "{played} of {blocks} blocks were a reference");
    assert!(sharpest < 0.002, "{sharpest}");
}
