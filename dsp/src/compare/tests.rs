use super::*;
use crate::chain::SnapshotSettings;
use crate::transport::Transport;

const SPEC: AudioSpec = AudioSpec { sample_rate_hz: 48_000.0, max_block_frames: 480 };
const SONG: ReferenceId = ReferenceId(7);
const OTHER: ReferenceId = ReferenceId(8);

/// A chain with a comparison behind it, fed with a steady wave.
struct Rig {
    chain: Chain,
    compare: Compare,
    hand_over: Arc<HandOver>,
    request: Request,
    amplitude: f32,
    played: usize,
}

impl Rig {
    fn new(settings: &SnapshotSettings) -> Self {
        let hand_over = HandOver::new();
        let mut chain = Chain::with_snapshots(SPEC);
        chain.configure_snapshots(settings);
        Self {
            chain,
            compare: Compare::new(SPEC, Arc::clone(&hand_over)),
            hand_over,
            request: Request::default(),
            amplitude: 0.1,
            played: 0,
        }
    }

    /// Blocks of 10 ms; returns what was heard at the left.
    fn play(&mut self, blocks: usize) -> Vec<f32> {
        let mut heard = Vec::new();
        for _ in 0..blocks {
            let wave = |n: usize| self.amplitude * ((self.played + n) as f32 * 0.13).sin();
            let mut left: Vec<f32> = (0..480).map(wave).collect();
            let mut right = left.clone();
            self.played += 480;
            let mut block = StereoBlock::new(&mut left, &mut right);
            self.chain.process(&mut block);
            self.compare.process(&self.request, &mut block, &self.chain, None);
            self.hand_over.collect();
            heard.extend(left);
        }
        heard
    }

    fn listen(&mut self, source: Source) {
        self.request.source = source;
        match source {
            Source::Mix => self.request.compared.mix = true,
            Source::Reference(_) => self.request.compared.reference = true,
            _ => {}
        }
    }

    fn put(&self, id: ReferenceId, song: &Arc<ReferenceAudio>, control: ReferenceControl) {
        self.hand_over.send(ReferenceMessage::Put(id, Arc::clone(song), control)).unwrap();
    }
}

/// Mixes of the same song, `gain_db` apart.
fn trimmed(gains_db: [f64; SNAPSHOTS]) -> SnapshotSettings {
    let mut settings = SnapshotSettings::default();
    for settings in &mut settings.all {
        settings.limiter.is_on = true;
    }
    for (settings, gain_db) in settings.all.iter_mut().zip(gains_db) {
        settings.trim.gain_db = gain_db;
    }
    settings
}

fn song(amplitude: f32) -> Arc<ReferenceAudio> {
    let left: Vec<f32> = (0..48_000).map(|n| amplitude * (n as f32 * 0.17).sin()).collect();
    Arc::new(ReferenceAudio::whole(left.clone(), left))
}

fn left(audio: &ReferenceAudio) -> &[f32] {
    match &audio.song {
        Song::Whole([left, _]) => left,
        Song::Paged(_) => &[],
    }
}

fn whole(integrated_lufs: f64, true_peak_dbtp: f64) -> ReferenceControl {
    ReferenceControl {
        first_frame: 0,
        end_frame: usize::MAX,
        trim_db: 0.0,
        is_free_running: true,
        integrated_lufs,
        true_peak_dbtp,
    }
}

fn highest(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |highest, sample| highest.max(sample.abs()))
}

fn steepest(samples: &[f32]) -> f32 {
    samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
}

fn lufs_of(samples: &[f32]) -> f64 {
    let mut meter = crate::loudness::LoudnessMeter::new(SPEC);
    meter.process(samples, samples);
    meter.snapshot().integrated_lufs
}

#[test]
fn the_master_passes_to_the_bit() {
    let mut rig = Rig::new(&trimmed([-3.0, 0.0, 0.0, 0.0]));
    let mut chain = Chain::new(SPEC);
    chain.configure(&trimmed([-3.0; SNAPSHOTS]).all[0]);
    let mut plain = Rig::new(&SnapshotSettings::default());
    plain.chain = chain;
    assert_eq!(rig.play(50), plain.play(50));
}

#[test]
fn the_mix_is_as_loud_as_the_master_and_switching_does_not_click() {
    let mut rig = Rig::new(&trimmed([6.0, 0.0, 0.0, 0.0]));
    let master = rig.play(400);
    rig.listen(Source::Mix);
    let mut heard = rig.play(400);
    let difference_lu = lufs_of(&heard[48_000..]) - lufs_of(&master[48_000..]);
    assert!(difference_lu.abs() < 0.02, "{difference_lu}");
    rig.listen(Source::Master);
    heard.extend(rig.play(100));
    assert!(steepest(&heard) < 0.2 * 0.135, "{}", steepest(&heard));
    assert_eq!((rig.compare.turned_down_db(), rig.compare.shortfall_db()), (0.0, 0.0));
}

#[test]
fn a_mix_without_headroom_turns_the_master_down_until_the_comparison_ends() {
    let mut rig = Rig::new(&trimmed([12.0, 0.0, 0.0, 0.0]));
    // The limiter is at its ceiling: the master is some 5 dB louder than the mix can be.
    rig.amplitude = 0.5;
    let plain = rig.play(400);
    rig.listen(Source::Mix);
    let mix = rig.play(400);
    let down_db = rig.compare.turned_down_db();
    rig.listen(Source::Master);
    let master = rig.play(400);
    assert!(highest(&mix) < 1.0);
    let difference_lu = lufs_of(&mix[48_000..]) - lufs_of(&master[48_000..]);
    // The difference is that since the start, when the limiter had just set in.
    assert!(difference_lu.abs() < 0.1, "{difference_lu}");
    let turned_lu = lufs_of(&plain[48_000..]) - lufs_of(&master[48_000..]);
    assert!((turned_lu - down_db).abs() < 0.05, "{turned_lu} and {down_db}");
    rig.request.compared = Compared::default();
    rig.play(50);
    assert_eq!(rig.compare.turned_down_db(), 0.0);
    let again = rig.play(300);
    assert!((lufs_of(&again) - lufs_of(&plain[48_000..])).abs() < 0.02);
}

#[test]
fn a_changed_knob_is_matched_within_seconds_and_not_averaged_with_what_was() {
    let mut rig = Rig::new(&trimmed([0.0; SNAPSHOTS]));
    rig.play(1000);
    let mut changed = trimmed([9.0, 0.0, 0.0, 0.0]);
    changed.all[0].limiter.is_on = false;
    rig.chain.configure_snapshots(&changed);
    let master = rig.play(300);
    rig.listen(Source::Mix);
    let mix = rig.play(200);
    let difference_lu = lufs_of(&mix[48_000..]) - lufs_of(&master[48_000..]);
    assert!(difference_lu.abs() < 0.02, "{difference_lu}");
}

#[test]
fn snapshots_side_by_side_are_equally_loud_in_step_and_change_without_a_click() {
    let mut settings = trimmed([0.0, 5.0, -4.0, 0.0]);
    settings.are_side_by_side = true;
    let mut rig = Rig::new(&settings);
    rig.listen(Source::Snapshot(0));
    rig.play(400);
    let loudness = [0, 1, 2].map(|snapshot| {
        rig.listen(Source::Snapshot(snapshot));
        rig.play(100);
        let heard = rig.play(200);
        assert!(steepest(&heard) < 0.1 * 0.131, "{}", steepest(&heard));
        lufs_of(&heard)
    });
    for lufs in loudness {
        assert!((lufs - loudness[2]).abs() < 0.02, "{loudness:?}");
    }
    let down_db = rig.compare.snapshots_down_db();
    assert!((down_db[1] - 9.0).abs() < 0.05 && down_db[2].abs() < 0.001, "{down_db:?}");
    assert!(rig.compare.is_level());
    // The master of a render is the current one's, whatever is heard.
    rig.listen(Source::Master);
    rig.play(30);
    assert!((highest(&rig.play(10)) - 0.1).abs() < 0.001);
}

#[test]
fn snapshots_that_do_not_run_are_the_master() {
    let mut rig = Rig::new(&trimmed([0.0, 12.0, 0.0, 0.0]));
    rig.listen(Source::Snapshot(1));
    let heard = rig.play(20);
    assert!((highest(&heard) - 0.1).abs() < 0.001);
    assert_eq!(rig.compare.snapshots_down_db(), [0.0; SNAPSHOTS]);
}

#[test]
fn references_come_and_go_without_a_step_and_are_given_back() {
    let mut rig = Rig::new(&SnapshotSettings::default());
    let songs = [song(0.4), song(0.4)];
    // Without a reference its button leaves the master on.
    rig.listen(Source::Reference(SONG));
    let master = rig.play(300);
    assert!((highest(&master) - 0.1).abs() < 0.001);
    let master_lufs = lufs_of(&master);
    let lufs = lufs_of(left(&songs[0]));
    rig.put(SONG, &songs[0], whole(lufs, -8.0));
    rig.put(OTHER, &songs[1], whole(lufs, -8.0));
    let mut heard = rig.play(30);
    rig.listen(Source::Reference(OTHER));
    heard.extend(rig.play(30));
    let reference_lufs = lufs_of(&rig.play(100));
    assert!((reference_lufs - master_lufs).abs() < 0.1, "{reference_lufs} and {master_lufs}");
    rig.hand_over.send(ReferenceMessage::Take(OTHER)).unwrap();
    heard.extend(rig.play(5));
    // The slope of two songs at once, at the middle of their cross-fade.
    assert!(steepest(&heard) < 0.1 * 0.17 * 1.5, "{}", steepest(&heard));
    rig.hand_over.send(ReferenceMessage::Take(SONG)).unwrap();
    rig.play(5);
    for song in &songs {
        assert_eq!(Arc::strong_count(song), 1);
    }
}

#[test]
fn a_reference_follows_the_song_and_jumps_without_a_click() {
    let mut rig = Rig::new(&SnapshotSettings::default());
    let slow: Vec<f32> = (0..480_000).map(|n| 0.3 * (n as f32 * 0.01).sin()).collect();
    let song = Arc::new(ReferenceAudio::whole(slow.clone(), slow));
    rig.put(SONG, &song, ReferenceControl { is_free_running: false, ..whole(-20.0, -10.0) });
    rig.listen(Source::Reference(SONG));
    rig.request.reference = Some(SONG);
    let mut heard = Vec::new();
    let mut position = 0;
    for block in 0..200 {
        if block % 40 == 39 {
            position += 100_000;
        }
        rig.request.transport =
            Transport { is_playing: block < 150, position_frames: Some(position) };
        heard.extend(rig.play(1));
        if block < 150 {
            position += 480;
        }
        if block == 100 {
            let at = rig.compare.reference_position(SONG).unwrap();
            assert_eq!(at as i64, position.rem_euclid(480_000));
        }
    }
    assert!(steepest(&heard[4800..]) < 0.02, "{}", steepest(&heard[4800..]));
    // It stands still with the song.
    assert_eq!(highest(&heard[heard.len() - 4800..]), 0.0);
}

#[test]
fn a_loop_goes_round_without_a_click_and_stays_inside() {
    let mut rig = Rig::new(&SnapshotSettings::default());
    let song = song(0.3);
    let control = ReferenceControl {
        first_frame: 10_001,
        end_frame: 14_567,
        ..whole(lufs_of(left(&song)), -10.0)
    };
    rig.put(SONG, &song, control);
    rig.play(300);
    rig.listen(Source::Reference(SONG));
    rig.play(30);
    let mut heard = Vec::new();
    for _ in 0..200 {
        heard.extend(rig.play(1));
        let at = rig.compare.reference_position(SONG).unwrap();
        assert!((10_001..14_567).contains(&at), "{at}");
    }
    assert!(steepest(&heard) < 1.5 * highest(&heard) * 0.18, "{}", steepest(&heard));
}

#[test]
fn short_term_matching_follows_the_passages() {
    let mut rig = Rig::new(&SnapshotSettings::default());
    let song = song(0.3);
    let lufs = lufs_of(left(&song));
    let known = Arc::new(ReferenceAudio {
        song: Song::Whole([0, 1].map(|_| left(&song).to_vec())),
        // The whole is said to be 10 LU quieter than it is in this passage.
        short_term_lufs: vec![lufs as f32; 10],
    });
    rig.put(SONG, &known, whole(lufs - 10.0, -10.0));
    let master_lufs = lufs_of(&rig.play(400));
    rig.listen(Source::Reference(SONG));
    rig.request.level_match = LevelMatch::ShortTerm;
    rig.play(100);
    let heard_lufs = lufs_of(&rig.play(200));
    assert!((heard_lufs - master_lufs).abs() < 0.3, "{heard_lufs} and {master_lufs}");
    rig.request.level_match = LevelMatch::Integrated;
    rig.play(100);
    let heard_lufs = lufs_of(&rig.play(200));
    assert!((heard_lufs - master_lufs - 10.0).abs() < 0.3, "{heard_lufs} and {master_lufs}");
}

#[test]
fn neutral_snapshots_do_not_depend_on_running_side_by_side() {
    let mut settings = trimmed([-2.0, 0.0, 0.0, 0.0]);
    let mut alone = Rig::new(&settings);
    settings.are_side_by_side = true;
    let mut together = Rig::new(&settings);
    assert_eq!(alone.play(100), together.play(100));
}

#[test]
fn a_blind_choice_sounds_alike_whether_it_changes_anything_or_not() {
    let envelope = |first: Source, second: Source| -> Vec<f32> {
        let mut settings = trimmed([0.0; SNAPSHOTS]);
        settings.are_side_by_side = true;
        let mut rig = Rig::new(&settings);
        rig.listen(first);
        rig.request.blind_choices = 1;
        rig.play(400);
        rig.listen(second);
        rig.request.blind_choices = 2;
        rig.play(10)
    };
    let same = envelope(Source::Snapshot(1), Source::Snapshot(1));
    let other = envelope(Source::Snapshot(1), Source::Snapshot(2));
    // The two sound alike here: only the switch could tell them apart.
    let difference = same.iter().zip(&other).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(difference < 1e-4, "{difference}");
    assert!(same.iter().any(|sample| sample.abs() > 0.09));
    // Silence in the middle of the choice, and no click on either side of it.
    assert!(highest(&same[930..990]) < 0.01, "{}", highest(&same[930..990]));
    assert!(steepest(&same) < 0.1 * 0.131);
}

#[test]
fn a_trim_is_heard_but_not_in_a_blind_test() {
    let mut rig = Rig::new(&SnapshotSettings::default());
    let song = song(0.3);
    let control = ReferenceControl { trim_db: 4.0, ..whole(lufs_of(left(&song)), -10.0) };
    rig.put(SONG, &song, control);
    let master_lufs = lufs_of(&rig.play(400));
    rig.listen(Source::Reference(SONG));
    rig.play(50);
    let trimmed_lu = lufs_of(&rig.play(200)) - master_lufs;
    assert!((trimmed_lu - 4.0).abs() < 0.1, "{trimmed_lu}");
    rig.request.blind_choices = 1;
    rig.play(50);
    let blind_lu = lufs_of(&rig.play(200)) - master_lufs;
    assert!(blind_lu.abs() < 0.1, "{blind_lu}");
}
