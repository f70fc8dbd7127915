//! Songs of which only pages are held sound as those that are held whole.

use super::*;
use crate::chain::SnapshotSettings;
use crate::transport::Transport;

const BLOCK: usize = 480;
const SPEC: AudioSpec = AudioSpec { sample_rate_hz: 48_000.0, max_block_frames: BLOCK };
/// Longer than what is held of them.
const FRAMES: usize = 60 * PAGE_FRAMES + 4321;
/// Ten milliseconds, and the block in which they begin.
const FADE: usize = 2 * BLOCK;

fn sample(song: usize, frame: usize) -> [f32; 2] {
    let phase = frame as f32 * (0.01 + 0.003 * song as f32);
    [0.2 * phase.sin(), 0.2 * (phase + 0.3).cos()]
}

/// One comparison of twenty songs, held whole or in pages.
struct Player {
    chain: Chain,
    compare: Compare,
    hand_over: Arc<HandOver>,
    fillers: Vec<PageFiller>,
    song_frame: i64,
    chosen: usize,
}

impl Player {
    fn new(are_paged: bool) -> Self {
        let hand_over = HandOver::new();
        let mut chain = Chain::with_snapshots(SPEC);
        chain.configure_snapshots(&SnapshotSettings::default());
        let mut fillers = Vec::new();
        for number in 0..MOST_LOADED {
            let song = if are_paged {
                let (pages, filler) = Pages::of(FRAMES);
                fillers.push(filler);
                Song::Paged(pages)
            } else {
                Song::Whole([0, 1].map(|c| (0..FRAMES).map(|n| sample(number, n)[c]).collect()))
            };
            let audio = ReferenceAudio { song, short_term_lufs: Vec::new() };
            let control = ReferenceControl {
                first_frame: 0,
                end_frame: usize::MAX,
                trim_db: 0.0,
                // Some play on by themselves, and some a loop.
                is_free_running: number % 5 == 4,
                integrated_lufs: -20.0,
                true_peak_dbtp: -10.0,
            };
            let control = match number % 5 {
                3 => ReferenceControl {
                    first_frame: 20 * PAGE_FRAMES + 5,
                    end_frame: 21 * PAGE_FRAMES,
                    ..control
                },
                _ => control,
            };
            let id = ReferenceId(number as u32);
            hand_over.send(ReferenceMessage::Put(id, Arc::new(audio), control)).unwrap();
        }
        let compare = Compare::new(SPEC, Arc::clone(&hand_over));
        Self { chain, compare, hand_over, fillers, song_frame: 0, chosen: 0 }
    }

    /// A block of the song; `None` listens to the master.
    fn play(&mut self, is_reference_heard: bool) -> [Vec<f32>; 2] {
        let id = ReferenceId(self.chosen as u32);
        let source = if is_reference_heard { Source::Reference(id) } else { Source::Master };
        let request = Request {
            source,
            compared: Compared { reference: true, ..Compared::default() },
            reference: Some(id),
            transport: Transport { is_playing: true, position_frames: Some(self.song_frame) },
            ..Request::default()
        };
        let wave = |n: usize| 0.1 * ((self.song_frame as f32 + n as f32) * 0.02).sin();
        let mut left: Vec<f32> = (0..BLOCK).map(wave).collect();
        let mut right = left.clone();
        let mut block = StereoBlock::new(&mut left, &mut right);
        self.chain.process(&mut block);
        self.compare.process(&request, &mut block, &self.chain, None);
        self.hand_over.collect();
        self.song_frame += BLOCK as i64;
        [left, right]
    }

    fn fill(&mut self) {
        for (number, filler) in self.fillers.iter_mut().enumerate() {
            while let Some((first, frames)) = filler.missing() {
                let run: Vec<_> = (first..first + frames).map(|n| sample(number, n)).collect();
                filler.fill(first, &run);
            }
        }
    }
}

#[test]
fn switching_among_twenty_songs_in_pages_is_that_of_whole_ones_to_the_bit() {
    let (mut whole, mut paged) = (Player::new(false), Player::new(true));
    for block in 0..4000 {
        for player in [&mut whole, &mut paged] {
            player.chosen = block / 13 * 7 % MOST_LOADED;
            // A host's loop between two places that were there before.
            if block % 1500 == 1499 {
                player.song_frame = 30 * BLOCK as i64;
            }
        }
        let is_reference_heard = block % 29 < 25;
        // The first songs have just come.
        let (expected, heard) = (whole.play(is_reference_heard), paged.play(is_reference_heard));
        assert!(block < 10 || heard == expected, "block {block}");
        // Less often than the thread looks that does it.
        if block % 20 == 0 || block < 10 {
            paged.fill();
        }
    }
}

#[test]
fn after_a_jump_to_a_missing_page_the_song_fades_in_and_never_clicks() {
    let (mut whole, mut paged) = (Player::new(false), Player::new(true));
    let (mut last, mut bent) = (0.0f32, 0.0f32);
    let mut differing = 0;
    for block in 0..3000 {
        let late = block % 200;
        for player in [&mut whole, &mut paged] {
            player.chosen = block / 600;
            if late == 0 {
                // Far from where it was each time.
                player.song_frame = (block / 200 * 7 % 13 * 70_000) as i64;
            }
        }
        let (expected, heard) = (whole.play(true), paged.play(true));
        // For two blocks nobody brings anything.
        if !(block > 100 && late < 2) {
            paged.fill();
        }
        for frame in &heard[0] {
            let step = frame - last;
            bent = if block > 20 { bent.max(step.abs()) } else { 0.0 };
            last = *frame;
        }
        if heard != expected {
            differing += 1;
            assert!(block < 10 || late * BLOCK < 3 * BLOCK + FADE, "{late} blocks after a jump");
        }
    }
    assert!(differing > 10, "{differing}");
    // The steepest of the songs, and what a cross-fade adds.
    assert!(bent < 0.03, "{bent}");
}

#[test]
fn a_song_that_is_not_fed_falls_silent_without_a_click_and_comes_back() {
    let mut paged = Player::new(true);
    paged.play(true);
    paged.fill();
    let mut heard = Vec::new();
    // What is ahead lasts for some four seconds.
    for _ in 0..600 {
        heard.extend(paged.play(true)[0].clone());
    }
    assert!(heard[550 * BLOCK..].iter().all(|sample| *sample == 0.0));
    paged.fill();
    for _ in 0..100 {
        heard.extend(paged.play(true)[0].clone());
    }
    let tail = &heard[650 * BLOCK..];
    assert!(tail.iter().any(|sample| sample.abs() > 0.01));
    let steps = heard[20 * BLOCK..].windows(2).map(|pair| (pair[1] - pair[0]).abs());
    let steepest = steps.fold(0.0, f32::max);
    assert!(steepest < 0.01, "{steepest}");
}
