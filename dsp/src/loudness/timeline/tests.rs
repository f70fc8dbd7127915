use super::*;

/// Reproducible numbers from 0 to below 1.
struct Dice(u32);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(self.0 >> 8) / f64::from(1 << 24)
    }

    fn measures(&mut self) -> SlotMeasures {
        let power = |roll: f64| if roll < 0.05 { 0.0 } else { 10f64.powf(-8.0 * roll) };
        SlotMeasures {
            loudness: SlotLoudness {
                energy: power(self.roll()),
                momentary_power: power(self.roll()),
            },
            peaks: [self.roll() as f32, self.roll() as f32],
        }
    }
}

fn level(lufs: f64) -> SlotMeasures {
    SlotMeasures {
        loudness: SlotLoudness {
            energy: super::super::scale::power_of(lufs),
            momentary_power: 0.0,
        },
        peaks: [0.5; 2],
    }
}

fn timeline() -> Timeline {
    Timeline::new(TimelineStore::new())
}

fn fill(timeline: &mut Timeline, slots: std::ops::Range<usize>, lufs: f64) {
    for slot in slots {
        timeline.store.touch(slot);
        timeline.write(slot, &level(lufs), 1.0);
    }
}

#[test]
fn nothing_is_read_of_nothing() {
    assert_eq!(timeline().snapshot(), TimelineSnapshot::default());
}

#[test]
fn blocks_and_windows_need_neighbours_that_are_all_measured() {
    let mut timeline = timeline();
    fill(&mut timeline, 0..3, -20.0);
    fill(&mut timeline, 4..7, -20.0);
    assert_eq!(timeline.snapshot().integrated_lufs, f64::NEG_INFINITY);
    fill(&mut timeline, 3..4, -20.0);
    assert!((timeline.snapshot().integrated_lufs + 20.0).abs() < 0.002);
    assert_eq!(timeline.snapshot().max_short_term_lufs, f64::NEG_INFINITY);
    fill(&mut timeline, 7..29, -20.0);
    assert_eq!(timeline.snapshot().max_short_term_lufs, f64::NEG_INFINITY);
    fill(&mut timeline, 29..30, -20.0);
    assert!((timeline.snapshot().max_short_term_lufs + 20.0).abs() < 0.002);
}

#[test]
fn an_edited_chorus_changes_the_song_as_if_it_had_always_been_so() {
    let mut edited = timeline();
    fill(&mut edited, 0..600, -20.0);
    fill(&mut edited, 600..1200, -9.0);
    fill(&mut edited, 1200..1800, -20.0);
    let before = edited.snapshot();
    fill(&mut edited, 600..1200, -14.0);
    let mut new = timeline();
    fill(&mut new, 0..600, -20.0);
    fill(&mut new, 600..1200, -14.0);
    fill(&mut new, 1200..1800, -20.0);
    assert_eq!(edited.snapshot(), new.snapshot());
    assert!(before.integrated_lufs > edited.snapshot().integrated_lufs + 3.0);
    assert!((edited.snapshot().max_momentary_lufs + 14.0).abs() < 0.01);
    assert!((edited.snapshot().loudness_range_lu - 6.0).abs() < 0.01);
}

#[test]
fn replacing_slots_at_random_leaves_what_measuring_them_once_would() {
    let mut dice = Dice(5);
    let mut timeline = timeline();
    for n in 0..20_000 {
        // A few hundred slots at both ends of the timeline, over and over.
        let slot = match (dice.roll() * 400.0) as usize {
            slot if n % 2 == 0 => slot,
            slot => SLOTS - 1 - slot,
        };
        timeline.store.touch(slot);
        let measures = dice.measures();
        timeline.write(slot, &measures, 1.0);
        if n % 4000 == 0 || n == 19_999 {
            let rebuilt = Timeline::new(TimelineStore::with_contents(&timeline.store.contents()));
            assert_eq!(rebuilt.snapshot(), timeline.snapshot(), "after {n}");
        }
    }
    timeline.clear();
    assert_eq!(timeline.snapshot(), TimelineSnapshot::default());
    assert_eq!(timeline.store.contents(), TimelineContents::default());
    fill(&mut timeline, 10..50, -23.0);
    assert!((timeline.snapshot().integrated_lufs + 23.0).abs() < 0.002);
    assert_eq!((timeline.snapshot().measured_s, timeline.snapshot().span_s), (4.0, 4.0));
}

#[test]
fn three_hours_played_again_and_again_neither_grow_nor_drift() {
    let mut timeline = timeline();
    let capacity = timeline.store.contents().slots.capacity();
    assert_eq!(capacity, 0);
    for pass in 0..3 {
        fill(&mut timeline, 0..SLOTS, -30.0 + 5.0 * f64::from(pass));
        let expected = -30.0 + 5.0 * f64::from(pass);
        assert!((timeline.snapshot().integrated_lufs - expected).abs() < 0.002);
        assert_eq!(timeline.snapshot().measured_s, 3.0 * 3600.0);
        assert_eq!(timeline.snapshot().span_s, 3.0 * 3600.0);
    }
}

#[test]
fn a_momentary_maximum_goes_when_what_it_was_made_of_is_replaced() {
    let mut timeline = timeline();
    fill(&mut timeline, 0..100, -20.0);
    let mut burst = level(-20.0);
    burst.loudness.momentary_power = super::super::scale::power_of(-19.0);
    timeline.write(50, &burst, 1.0);
    assert!((timeline.snapshot().max_momentary_lufs + 19.0).abs() < 0.003);
    fill(&mut timeline, 45..46, -20.0);
    assert!((timeline.snapshot().max_momentary_lufs + 19.0).abs() < 0.003);
    fill(&mut timeline, 46..47, -20.0);
    assert!((timeline.snapshot().max_momentary_lufs + 20.0).abs() < 0.01);
}

#[test]
fn slots_lie_where_they_belong_at_rates_that_are_no_multiple_of_ten() {
    for rate in [8000.0, 22_050.0, 44_100.0, 44_100.0 / 1.001, 48_000.0, 192_000.0] {
        let mut timeline = timeline();
        timeline.set_sample_rate_hz(rate);
        for slot in [0, 1, 7, 12_345, SLOTS - 1] {
            let start = timeline.start_of(slot as i64);
            let end = timeline.start_of(slot as i64 + 1);
            for (frame, is_whole) in [(start, true), (start + 1, false), (end - 1, false)] {
                let playhead = timeline.playhead_at(frame);
                assert_eq!((playhead.slot, playhead.end), (Some(slot), end), "{rate}");
                assert_eq!(playhead.is_whole, is_whole);
            }
        }
        for frame in [i64::MIN, -1, timeline.start_of(SLOTS as i64), i64::MAX] {
            let playhead = timeline.playhead_at(frame);
            assert_eq!((playhead.slot, playhead.is_whole), (None, false));
            assert!(playhead.end > frame || frame == i64::MAX);
        }
    }
}
