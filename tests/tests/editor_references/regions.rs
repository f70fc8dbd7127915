//! The waveform and its regions.

use super::*;

#[track_caller]
fn assert_region(region: Region, start_s: f64, end_s: f64) {
    let is_near = |a: f64, b: f64| (a - b).abs() < 1.0;
    assert!(is_near(region.start_s, start_s) && is_near(region.end_s, end_s), "{region:?}");
}

#[test]
fn a_drag_on_the_waveform_makes_a_region_and_is_shown_meanwhile() {
    for size in SIZES {
        for (from, to) in [(0.25, 0.5), (0.5, 0.25)] {
            let mut harness = window(page(vec![ready("song.flac")]), size.x, size.y);
            let edits = drag_on_waveform(&mut harness, from, to);
            let [Edit::Reference(ReferenceEdit::AddRegion(0, region))] = edits[..] else {
                panic!("{edits:?}")
            };
            assert_region(region, 50.0, 100.0);
            assert!(harness.query_by_label("Dragged region").is_none());
        }
    }
    let mut harness = open(page(vec![ready("song.flac")]));
    let plot = harness.get_by_label("Reference waveform").rect();
    harness.hover_at(plot.center());
    harness.drag_at(plot.center());
    harness.hover_at(plot.center() + vec2(100.0, 0.0));
    harness.run();
    assert!(value(&harness, "Dragged region").starts_with("1:40"));
    harness.key_press(Key::Escape);
    harness.run();
    harness.drop_at(plot.center() + vec2(100.0, 0.0));
    harness.run();
    assert_eq!(taken(&mut harness), [], "escape gives the drag up");
}

#[test]
fn a_drag_beyond_the_ends_of_the_waveform_stays_within_the_song() {
    let mut harness = open(page(vec![ready("song.flac")]));
    let edits = drag_on_waveform(&mut harness, 0.9, 1.4);
    let [Edit::Reference(ReferenceEdit::AddRegion(0, region))] = edits[..] else {
        panic!("{edits:?}")
    };
    assert_eq!(region.end_s, 200.0);
}

#[test]
fn regions_are_played_moved_and_taken_away() {
    for size in SIZES {
        let mut harness = window(page(vec![looped()]), size.x, size.y);
        let play = |region| asked([ReferenceEdit::ChooseRegion(0, region)]);
        assert_eq!(click(&mut harness, "Region 2"), play(Some(1)));
        assert_eq!(click(&mut harness, "Play region 1"), play(Some(0)));
        assert_eq!(click(&mut harness, "Play whole song"), [], "that is what plays");
        let plot = harness.get_by_label("Reference waveform").rect();
        let inside = Pos2::new(plot.left() + 0.4 * plot.width(), plot.center().y);
        harness.hover_at(inside);
        harness.drag_at(inside);
        harness.drop_at(inside);
        harness.run();
        assert_eq!(taken(&mut harness), play(Some(0)), "a click inside it");
        assert!(is_disabled(&harness, "Remove region"));
        let remove = asked([ReferenceEdit::RemoveRegion(0, 0)]);
        assert_eq!(click(&mut harness, "Remove region 1"), remove);
        harness.state_mut().references[0].region = Some(0);
        harness.run();
        assert_eq!(click(&mut harness, "Remove region"), remove);
        assert_eq!(click(&mut harness, "Play whole song"), play(None));

        let tenth = vec2(0.1 * plot.width(), 0.0);
        for (grip, start_s, end_s) in [
            ("Region 1 start", 70.0, 100.0),
            ("Region 1 end", 50.0, 120.0),
            ("Region 1", 70.0, 120.0),
        ] {
            let edits = drag(&mut harness, grip, tenth);
            let [Edit::EndRun, Edit::Reference(ReferenceEdit::MoveRegion(0, 0, region))] =
                edits[..]
            else {
                panic!("{grip}: {edits:?}")
            };
            assert_region(region, start_s, end_s);
        }
    }
}

#[test]
fn an_edge_is_moved_by_the_arrow_keys_and_a_region_made_without_dragging() {
    let mut model = page(vec![looped()]);
    model.comparison.position_s = Some(20.0);
    let mut harness = open(model);
    harness.get_by_label("Region 1 end").focus();
    harness.run();
    harness.key_press(Key::ArrowRight);
    harness.run();
    let edits = taken(&mut harness);
    let [Edit::Reference(ReferenceEdit::MoveRegion(0, 0, region))] = edits[..] else {
        panic!("{edits:?}")
    };
    assert!((region.end_s - 100.1).abs() < 1e-9 && region.start_s == 50.0, "{region:?}");
    let region = Region { start_s: 20.0, end_s: 28.0 };
    assert_eq!(click(&mut harness, "Add region"), asked([ReferenceEdit::AddRegion(0, region)]));
}

#[test]
fn eight_regions_are_the_most() {
    let regions: Vec<_> = (0..MOST_REGIONS)
        .map(|i| Region { start_s: 24.0 * i as f64, end_s: 24.0 * i as f64 + 10.0 })
        .collect();
    for size in SIZES {
        let list = vec![ReferenceView { regions: regions.clone(), ..ready("song.flac") }];
        let mut harness = window(page(list), size.x, size.y);
        assert!(is_disabled(&harness, "Add region"));
        assert_eq!(drag_on_waveform(&mut harness, 0.06, 0.11), []);
        assert!(harness.query_by_label("Play region 8").is_some());
        assert_all_inside(&harness, size, "8 regions");
    }
}

#[test]
fn the_position_is_written_and_a_song_without_facts_can_be_looked_at() {
    let mut model = page(vec![ready("song.flac")]);
    model.comparison.position_s = Some(83.0);
    let mut harness = open(model);
    assert_eq!(value(&harness, "Reference position"), "1:23 / 3:20");
    harness.state_mut().references[0].facts = None;
    harness.run();
    assert!(harness.query_by_label("Reference waveform").is_none());
    assert!(is_disabled(&harness, "Add region"));
}
