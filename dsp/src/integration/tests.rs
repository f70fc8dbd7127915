use super::*;
use crate::loudness::timeline::TimelineStore;

const RATE_HZ: f64 = 48_000.0;
const LATENCY: usize = 275;

/// A song with passages of different loudness.
fn song(seconds: usize) -> Vec<f32> {
    let mut state = 1_u32;
    (0..seconds * RATE_HZ as usize)
        .map(|n| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (state >> 8) as f32 / (1 << 23) as f32 - 1.0;
            let level = [0.1, 0.5, 0.2, 0.02][n / 100_000 % 4];
            level * noise
        })
        .collect()
}

/// A host with a song, a chain that only delays, and its meters.
struct Host {
    integration: Integration,
    input_meters: Meters,
    meters: Meters,
    line: Vec<f32>,
    block_frames: usize,
}

impl Host {
    fn new(mode: IntegrationMode) -> Self {
        let spec = AudioSpec { sample_rate_hz: RATE_HZ, max_block_frames: 4096 };
        let mut integration = Integration::new(spec);
        let timeline = Box::new(Timeline::new(TimelineStore::new()));
        integration.attach(timeline, TimelineHandOver::new());
        integration.choose(mode, false);
        Self {
            integration,
            input_meters: Meters::new(spec),
            meters: Meters::new(spec),
            line: vec![0.0; LATENCY],
            block_frames: 512,
        }
    }

    fn block(&mut self, samples: &[f32], transport: Transport) {
        self.input_meters.process(samples, samples);
        self.integration.enter(transport, LATENCY, &mut self.input_meters);
        self.line.extend(samples);
        let mut output: Vec<f32> = self.line.drain(..samples.len()).collect();
        let mut right = output.clone();
        let run = StereoBlock::new(&mut output, &mut right);
        self.integration.measure(&run, &mut self.meters);
    }

    /// Plays frames `from..to` of the song.
    fn play(&mut self, song: &[f32], from: usize, to: usize) {
        let mut position = from as i64;
        for block in song[from..to].chunks(self.block_frames) {
            self.block(block, Transport { is_playing: true, position_frames: Some(position) });
            position += block.len() as i64;
        }
    }

    fn stop(&mut self, frames: usize) {
        for block in vec![0.0; frames].chunks(512) {
            self.block(block, Transport { is_playing: false, position_frames: Some(0) });
        }
    }

    fn read(&self) -> MeterSnapshot {
        self.integration.shown(self.meters.snapshot())
    }

    fn timeline(&self) -> TimelineSnapshot {
        self.integration.snapshot().timeline
    }
}

/// The song measured as a file.
fn of_file(song: &[f32]) -> MeterSnapshot {
    let mut meters = Meters::new(AudioSpec { sample_rate_hz: RATE_HZ, max_block_frames: 4096 });
    meters.process(song, song);
    meters.finish();
    meters.snapshot()
}

#[track_caller]
fn assert_same_song(read: &MeterSnapshot, file: &MeterSnapshot, tolerance: f64) {
    for (what, read, file) in [
        ("integrated", read.loudness.integrated_lufs, file.loudness.integrated_lufs),
        ("max momentary", read.loudness.max_momentary_lufs, file.loudness.max_momentary_lufs),
        ("max short-term", read.loudness.max_short_term_lufs, file.loudness.max_short_term_lufs),
        ("range", read.loudness.loudness_range_lu, file.loudness.loudness_range_lu),
        ("true peak", read.max_true_peak_dbtp[0], file.max_true_peak_dbtp[0]),
        ("plr", read.plr_db, file.plr_db),
    ] {
        assert!((read - file).abs() <= tolerance, "{what}: {read}, the file {file}");
    }
}

#[test]
fn a_song_played_once_reads_as_its_file_whatever_the_block_size() {
    let song = song(20);
    let file = of_file(&song);
    let mut first = None;
    for block_frames in [1, 17, 512, 4096] {
        let mut host = Host::new(IntegrationMode::Timeline);
        host.block_frames = block_frames;
        host.stop(1000);
        host.play(&song, 0, song.len());
        host.stop(10_000);
        // Short-term maxima are read every 100 ms in one and every 10 ms in the other.
        assert_same_song(&host.read(), &file, 0.05);
        assert!(
            (host.read().loudness.integrated_lufs - file.loudness.integrated_lufs).abs() < 0.002
        );
        assert_eq!((host.timeline().measured_s, host.timeline().span_s), (20.0, 20.0));
        assert_eq!(*first.get_or_insert(host.timeline()), host.timeline(), "{block_frames}");
    }
}

#[test]
fn passages_in_any_order_with_loops_and_jumps_make_the_same_song() {
    let song = song(20);
    let mut host = Host::new(IntegrationMode::Timeline);
    let second = RATE_HZ as usize;
    host.play(&song, 12 * second, 20 * second);
    host.play(&song, 0, 5 * second + 777);
    for _ in 0..3 {
        host.play(&song, 4 * second + 123, 9 * second + 321);
    }
    host.stop(10_000);
    let gap = host.timeline();
    assert_eq!((gap.measured_s, gap.span_s), (17.0, 20.0));
    host.play(&song, 9 * second, 12 * second + 100);
    host.stop(10_000);
    assert_eq!(host.timeline().measured_s, 20.0);
    // At the seams the K-weighting still rings of what was played before.
    assert_same_song(&host.read(), &of_file(&song), 0.05);
}

#[test]
fn an_edited_passage_replaces_what_was_measured_of_it() {
    let mut song = song(20);
    let mut host = Host::new(IntegrationMode::Timeline);
    song[200_000..300_000].iter_mut().for_each(|sample| *sample *= 4.0);
    host.play(&song, 0, song.len());
    host.stop(5000);
    let loud = host.read();
    song[200_000..300_000].iter_mut().for_each(|sample| *sample *= 0.25);
    host.play(&song, 190_000, 310_000);
    host.stop(5000);
    let file = of_file(&song);
    assert!(loud.loudness.integrated_lufs > file.loudness.integrated_lufs + 1.0);
    assert!(loud.max_true_peak_dbtp[0] > file.max_true_peak_dbtp[0] + 3.0);
    assert_same_song(&host.read(), &file, 0.05);
    assert_eq!(host.timeline().measured_s, 20.0);
}

#[test]
fn a_slot_that_was_not_played_as_a_whole_does_not_count() {
    let song = song(3);
    let mut host = Host::new(IntegrationMode::Timeline);
    // A slot is 4800 frames: one and two nearly whole ones, three times.
    for _ in 0..3 {
        host.play(&song, 4801, 14_399);
    }
    host.stop(1000);
    assert_eq!(host.timeline().measured_s, 0.0);
    assert!((host.timeline().span_s - 0.2).abs() < 1e-9);
    host.play(&song, 4800, 14_400);
    host.stop(1000);
    assert!((host.timeline().measured_s - 0.2).abs() < 1e-9);
    // What was measured stays until it has been replaced as a whole.
    let before = host.timeline();
    host.play(&vec![0.9; 20_000], 4801, 9599);
    host.stop(1000);
    assert_eq!(host.timeline(), before);
}

#[test]
fn before_the_start_and_beyond_three_hours_nothing_is_measured_and_that_is_said() {
    let song = song(3);
    let mut host = Host::new(IntegrationMode::Timeline);
    let end = 3 * 3600 * 48_000;
    let play_at = |host: &mut Host, start: i64| {
        for (n, block) in song.chunks(512).enumerate() {
            let position_frames = Some(start.saturating_add(512 * n as i64));
            host.block(block, Transport { is_playing: true, position_frames });
        }
    };
    play_at(&mut host, end);
    assert_eq!(host.integration.snapshot().place, Place::BeyondEnd);
    assert_eq!(host.timeline(), TimelineSnapshot::default());
    play_at(&mut host, i64::MAX - 100);
    play_at(&mut host, i64::MIN);
    assert_eq!(host.integration.snapshot().place, Place::BeforeStart);
    assert_eq!(host.timeline(), TimelineSnapshot::default());
    // A second of count-in.
    play_at(&mut host, -48_000);
    assert_eq!(host.integration.snapshot().place, Place::Playing);
    host.stop(1000);
    assert_eq!(host.timeline().measured_s, 2.0);
    // The last slots.
    play_at(&mut host, end - 48_000);
    assert_eq!(host.timeline().measured_s, 3.0);
    assert_eq!(host.timeline().span_s, 3.0 * 3600.0);
}

#[test]
fn without_a_position_everything_is_measured_and_that_is_said() {
    let song = song(5);
    for (is_playing, position_frames) in [(false, None), (true, None), (false, Some(0))] {
        let mut host = Host::new(IntegrationMode::Timeline);
        for block in song.chunks(512) {
            host.block(block, Transport { is_playing, position_frames });
        }
        assert!(host.integration.snapshot().is_fallback);
        assert_eq!(host.read(), host.meters.snapshot());
        assert!(host.read().loudness.integrated_lufs.is_finite());
    }
    let mut host = Host::new(IntegrationMode::ResetOnPlay);
    for block in song.chunks(512) {
        host.block(block, Transport::default());
    }
    assert!(host.integration.snapshot().is_fallback);
    assert_eq!(host.read().loudness.measured_s, 5.0);
}

#[test]
fn a_song_measured_earlier_is_shown_before_it_moves() {
    let song = song(5);
    let mut host = Host::new(IntegrationMode::Timeline);
    host.play(&song, 0, song.len());
    host.stop(1000);
    let contents = host.integration.timeline.as_ref().unwrap().store().contents();
    let mut later = Host::new(IntegrationMode::Timeline);
    let hand_over = Arc::clone(later.integration.hand_over.as_ref().unwrap());
    let store = TimelineStore::with_contents(&contents);
    hand_over.offer(Box::new(Timeline::new(store)));
    later.stop(1000);
    assert_eq!(later.timeline(), host.timeline());
    assert!(!later.integration.snapshot().is_fallback);
    assert_eq!(later.read().loudness.integrated_lufs, host.read().loudness.integrated_lufs);
    // The one it had is on its way back.
    later.stop(1000);
    assert_eq!(hand_over.outgoing.len(), 1);
}

#[test]
fn reset_on_play_measures_each_run_of_the_song_alone() {
    let song = song(6);
    let mut host = Host::new(IntegrationMode::ResetOnPlay);
    // Played before the song is started: measured, until there is a start.
    host.stop(5000);
    host.play(&vec![0.9; 100_000], 0, 100_000);
    host.stop(5000);
    host.play(&song, 0, 3 * 48_000);
    // A loop is no start.
    host.play(&song, 48_000, 6 * 48_000);
    host.stop(48_000);
    let mut played = song[..3 * 48_000].to_vec();
    played.extend(&song[48_000..]);
    let file = of_file(&played);
    let read = host.read();
    assert_eq!(read.loudness.integrated_lufs, file.loudness.integrated_lufs);
    assert_eq!(read.loudness.max_short_term_lufs, file.loudness.max_short_term_lufs);
    assert_eq!(read.loudness.measured_s, 8.0);
    assert_eq!(read.max_true_peak_dbtp, file.max_true_peak_dbtp);
    assert_eq!(host.input_meters.snapshot().loudness.measured_s, 8.0);
}

#[test]
fn a_pause_stops_the_song_and_a_reset_empties_it() {
    let song = song(6);
    let mut host = Host::new(IntegrationMode::Timeline);
    host.play(&song, 0, 3 * 48_000);
    host.integration.choose(IntegrationMode::Timeline, true);
    host.play(&song, 3 * 48_000, 5 * 48_000);
    assert!((host.timeline().measured_s - 2.9).abs() < 1e-9, "{}", host.timeline().measured_s);
    host.integration.choose(IntegrationMode::Timeline, false);
    host.play(&song, 5 * 48_000, 6 * 48_000);
    host.stop(1000);
    assert!((host.timeline().measured_s - 3.9).abs() < 1e-9, "{}", host.timeline().measured_s);
    host.integration.reset_values();
    assert_eq!(host.timeline(), TimelineSnapshot::default());
}

/// Silence, a tone of 1 kHz at -23 dBFS in both channels, and silence, seconds each.
fn tone_between(before_s: f64, tone_s: f64, after_s: f64) -> Vec<f32> {
    let frames = |seconds: f64| (seconds * RATE_HZ).round() as usize;
    let turn = std::f64::consts::TAU * 1000.0 / RATE_HZ;
    let amplitude = crate::units::db_to_gain(-23.0);
    let tone = (0..frames(tone_s)).map(|n| (amplitude * (turn * n as f64).sin()) as f32);
    let mut samples = vec![0.0; frames(before_s)];
    samples.extend(tone);
    samples.resize(samples.len() + frames(after_s), 0.0);
    samples
}

#[test]
fn the_songs_maxima_pass_cases_10_and_13_of_tech_3341() {
    for n in 0..20 {
        let mut host = Host::new(IntegrationMode::Timeline);
        let song = tone_between(0.15 * f64::from(n), 3.0, 1.0);
        host.play(&song, 0, song.len());
        host.stop(1000);
        let read = host.timeline().max_short_term_lufs;
        assert!((read + 23.0).abs() <= 0.1, "max S {read} at {n}");

        let mut host = Host::new(IntegrationMode::Timeline);
        // Played as the whole of a longer song: momentary needs 400 ms in one go before it.
        let song = tone_between(0.5 + 0.02 * f64::from(n), 0.4, 1.0);
        host.play(&song, 0, song.len());
        host.stop(1000);
        let read = host.timeline().max_momentary_lufs;
        assert!((read + 23.0).abs() <= 0.1, "max M {read} at {n}");
    }
}

#[test]
fn the_songs_loudness_passes_cases_3_to_5_of_tech_3341_and_1_to_4_of_tech_3342() {
    /// Seconds and dBFS of each part, integrated loudness, loudness range.
    type Case = (&'static [(f64, f64)], f64, f64);
    let cases: [Case; 7] = [
        (&[(10.0, -36.0), (60.0, -23.0), (10.0, -36.0)], -23.0, f64::NAN),
        (
            &[(10.0, -72.0), (10.0, -36.0), (60.0, -23.0), (10.0, -36.0), (10.0, -72.0)],
            -23.0,
            f64::NAN,
        ),
        (&[(20.0, -26.0), (20.1, -20.0), (20.0, -26.0)], -23.0, f64::NAN),
        (&[(20.0, -20.0), (20.0, -30.0)], f64::NAN, 10.0),
        (&[(20.0, -20.0), (20.0, -15.0)], f64::NAN, 5.0),
        (&[(20.0, -40.0), (20.0, -20.0)], f64::NAN, 20.0),
        (
            &[(20.0, -50.0), (20.0, -35.0), (20.0, -20.0), (20.0, -35.0), (20.0, -50.0)],
            f64::NAN,
            15.0,
        ),
    ];
    for (parts, integrated_lufs, range_lu) in cases {
        let mut song = Vec::new();
        for (seconds, level_dbfs) in parts {
            let gain = crate::units::db_to_gain(level_dbfs + 23.0) as f32;
            song.extend(tone_between(0.0, *seconds, 0.0).iter().map(|sample| gain * sample));
        }
        let mut host = Host::new(IntegrationMode::Timeline);
        host.play(&song, 0, song.len());
        host.stop(1000);
        let read = host.timeline();
        if integrated_lufs.is_finite() {
            let error = read.integrated_lufs - integrated_lufs;
            assert!(error.abs() <= 0.1, "{parts:?}: {error}");
        }
        if range_lu.is_finite() {
            let error = read.loudness_range_lu - range_lu;
            assert!(error.abs() <= 1.0, "{parts:?}: {error}");
        }
    }
}
