//! The references in the editor: their page, the listening bar, and what is
//! dropped and pasted.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use burnish_dsp::compare::{LevelMatch, Listen};
use burnish_dsp::monitor::Monitor;
use burnish_gui::{
    ChosenReference, Edit, LiveInput, Page, ReferenceEdit, ReferenceStatus, ReferenceView,
    SMALLEST_SIZE,
};

use burnish_session::references::{MOST_REFERENCES, MOST_REGIONS, Region};
use egui::{Event, Key, Modifiers, Pos2, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use crate::editor::{
    Model, assert_all_inside, click, drag, extreme, open, song, taken, three_blind, window,
};

const SMALLEST: Vec2 = vec2(SMALLEST_SIZE[0] as f32, SMALLEST_SIZE[1] as f32);
const SIZES: [Vec2; 3] = [SMALLEST, vec2(1100.0, 700.0), vec2(1600.0, 1000.0)];

/// What the editor asked for about the references.
fn asked<const N: usize>(edits: [ReferenceEdit; N]) -> Vec<Edit> {
    edits.into_iter().map(Edit::Reference).collect()
}

/// The page with a list whose first song is chosen.
fn page(list: Vec<ReferenceView>) -> Model {
    let chosen = if list.is_empty() { ChosenReference::None } else { ChosenReference::Song(0) };
    let mut model = Model { references: list, chosen, ..Model::default() };
    model.editor.choose_page(Page::References);
    model
}

fn ready(name: &str) -> ReferenceView {
    let waveform = (0..1000_u16).map(|i| f32::from(i % 100) / 100.0).collect();
    ReferenceView { waveform: Arc::new(waveform), ..song(name, ReferenceStatus::Ready) }
}

fn ready_songs(count: usize) -> Vec<ReferenceView> {
    (1..=count).map(|number| ready(&format!("song {number}.flac"))).collect()
}

/// A song of 200 s with a region from 50 to 100 s and one from 150 to 160 s.
fn looped() -> ReferenceView {
    let regions =
        vec![Region { start_s: 50.0, end_s: 100.0 }, Region { start_s: 150.0, end_s: 160.0 }];
    ReferenceView { regions, ..ready("song.flac") }
}

fn value(harness: &Harness<'_, Model>, name: &str) -> String {
    harness.get_by_label(name).value().unwrap()
}

fn is_disabled(harness: &Harness<'_, Model>, name: &str) -> bool {
    harness.get_by_label(name).accesskit_node().is_disabled()
}

fn type_in(harness: &mut Harness<'_, Model>, field: &str, text: &str) -> Vec<Edit> {
    harness.get_by_label(field).type_text(text);
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    taken(harness)
}

/// Drags on the waveform from one place of the song to another, shares of it.
fn drag_on_waveform(harness: &mut Harness<'_, Model>, from: f32, to: f32) -> Vec<Edit> {
    let plot = harness.get_by_label("Reference waveform").rect();
    let at = |share: f32| Pos2::new(plot.left() + share * plot.width(), plot.center().y + 8.0);
    harness.hover_at(at(from));
    harness.drag_at(at(from));
    harness.hover_at(at(0.5 * (from + to)));
    harness.hover_at(at(to));
    harness.run();
    harness.drop_at(at(to));
    harness.run();
    taken(harness)
}

#[track_caller]
fn assert_region(region: Region, start_s: f64, end_s: f64) {
    let is_near = |a: f64, b: f64| (a - b).abs() < 1.0;
    assert!(is_near(region.start_s, start_s) && is_near(region.end_s, end_s), "{region:?}");
}

#[test]
fn an_empty_page_says_what_to_do_and_why() {
    for size in SIZES {
        let mut harness = window(page(Vec::new()), size.x, size.y);
        assert!(value(&harness, "No references").contains("Add a song you admire"));
        let browse = asked([ReferenceEdit::Browse]);
        assert_eq!(click(&mut harness, "Add first reference"), browse);
        assert_eq!(click(&mut harness, "Add references"), browse);
        assert_eq!(click(&mut harness, "Browse reference"), browse);
        assert!(value(&harness, "Live reference").contains("side-chain input"));
        assert!(is_disabled(&harness, "Choose the live reference"));
    }
}

#[test]
fn a_song_is_chosen_renamed_and_taken_away() {
    for size in SIZES {
        let mut harness = window(page(ready_songs(3)), size.x, size.y);
        assert_eq!(
            click(&mut harness, "Choose reference 2"),
            asked([ReferenceEdit::Choose(ChosenReference::Song(1))])
        );
        assert_eq!(click(&mut harness, "Choose reference 1"), [], "it is chosen already");
        assert_eq!(click(&mut harness, "Remove reference 3"), asked([ReferenceEdit::Remove(2)]));
        assert_eq!(click(&mut harness, "Rename reference 1"), []);
        assert!(harness.ctx.egui_wants_keyboard_input());
        let renamed = asked([ReferenceEdit::Rename(0, "Night drive".into())]);
        assert_eq!(type_in(&mut harness, "Reference 1 name field", " Night drive "), renamed);
        assert!(!harness.ctx.egui_wants_keyboard_input(), "the keys belong to the host again");
    }
}

#[test]
fn a_song_that_plays_with_something_missing_says_so_in_its_row() {
    for size in SIZES {
        let mut songs = ready_songs(2);
        songs[1].warnings = vec!["damaged in a place at 0:04.02: 1.02 s lost".to_owned()];
        let mut harness = window(page(songs), size.x, size.y);
        assert!(value(&harness, "Reference 2 warning").contains("1.02 s lost"));
        assert!(harness.query_by_label("Reference 1 warning").is_none());
        // It is chosen and renamed like any other.
        assert_eq!(
            click(&mut harness, "Choose reference 2"),
            asked([ReferenceEdit::Choose(ChosenReference::Song(1))])
        );
    }
}

#[test]
fn a_double_click_renames_an_empty_name_is_not_taken_and_escape_leaves_all_as_it_was() {
    let mut harness = open(page(ready_songs(2)));
    for _ in 0..2 {
        harness.get_by_label("Choose reference 1").click();
    }
    harness.run();
    assert_eq!(type_in(&mut harness, "Reference 1 name field", " "), []);
    assert!(harness.query_by_label_contains("expected a name").is_some());
    harness.key_press(Key::Escape);
    harness.run();
    assert_eq!(taken(&mut harness), []);
    assert!(harness.query_by_label("Reference 1 name field").is_none());
}

#[test]
fn a_name_that_is_typed_stays_when_another_song_finishes_and_goes_with_its_own_song() {
    let mut harness = open(page(ready_songs(2)));
    click(&mut harness, "Rename reference 1");
    harness.get_by_label("Reference 1 name field").type_text("Half a na");
    harness.run();
    harness.state_mut().references[1].status = ReferenceStatus::Loading(0.5);
    harness.run();
    assert_eq!(value(&harness, "Reference 1 name field"), "Half a na");
    harness.state_mut().references.remove(0);
    harness.run();
    assert!(harness.query_by_label("Reference 1 name field").is_none());
    assert_eq!(taken(&mut harness), []);
}

#[test]
fn every_status_is_said_in_words_with_what_can_be_done() {
    for size in SIZES {
        let list = vec![
            song("waiting.wav", ReferenceStatus::Waiting),
            song("loading.wav", ReferenceStatus::Loading(0.43)),
            ready("ready.wav"),
            song("failed.wav", ReferenceStatus::Failed("no such file".into())),
        ];
        let mut harness = window(page(list), size.x, size.y);
        assert_eq!(value(&harness, "Reference 1 status"), "Waiting");
        assert_eq!(value(&harness, "Reference 2 status"), "Reading  43 %");
        let facts = value(&harness, "Reference 3 facts");
        let minus = "\u{2212}";
        let expected =
            format!("{minus}9.8 LUFS, LRA 5.2 LU, {minus}0.3 dBTP, PLR 9.5 dB, 3:20 long");
        assert_eq!(facts, expected);
        harness.state_mut().chosen = ChosenReference::Song(3);
        harness.run();
        assert_eq!(value(&harness, "Reference 4 status"), "no such file");
        assert_eq!(click(&mut harness, "Find reference 4"), asked([ReferenceEdit::Find(3)]));
        assert_eq!(click(&mut harness, "Find reference"), asked([ReferenceEdit::Find(3)]));
        assert!(value(&harness, "Reference failed").contains("failed.wav: no such file"));
        assert_eq!(value(&harness, "Waveform"), "no such file");
    }
}

#[test]
fn a_trim_is_dragged_typed_stepped_and_reset() {
    let mut harness = open(page(ready_songs(2)));
    // A gesture is marked off from those before and after it.
    let last = |edits: &[Edit]| match edits {
        [Edit::EndRun, .., Edit::Reference(ReferenceEdit::Trim(song, trim_db)), Edit::EndRun] => {
            (*song, *trim_db)
        }
        _ => panic!("{edits:?}"),
    };
    let alone =
        |trim_db| [Edit::EndRun, Edit::Reference(ReferenceEdit::Trim(1, trim_db)), Edit::EndRun];
    let (song, trim_db) = last(&drag(&mut harness, "Reference 2 trim", vec2(0.0, -30.0)));
    assert_eq!(song, 1);
    assert!(trim_db > 1.0 && trim_db < 5.0, "{trim_db}");
    let (_, most_db) = last(&drag(&mut harness, "Reference 2 trim", vec2(0.0, 300.0)));
    assert_eq!(most_db, -12.0);

    assert_eq!(click(&mut harness, "Reference 2 trim"), []);
    let typed = type_in(&mut harness, "Reference 2 trim field", "-2.5 dB");
    assert_eq!(typed, alone(-2.5));
    click(&mut harness, "Reference 2 trim");
    assert_eq!(type_in(&mut harness, "Reference 2 trim field", "loud"), []);
    assert!(harness.query_by_label_contains("expected -12 to 12 dB").is_some());
    harness.key_press(Key::Escape);
    harness.run();

    harness.get_by_label("Reference 2 trim").focus();
    harness.run();
    harness.key_press(Key::ArrowUp);
    harness.run();
    assert_eq!(taken(&mut harness), asked([ReferenceEdit::Trim(1, 0.1)]));
    harness.get_by_label("Reference 2 trim").decrement_accesskit();
    harness.run();
    assert_eq!(taken(&mut harness), asked([ReferenceEdit::Trim(1, -0.1)]));
    harness.state_mut().references[1].trim_db = 4.0;
    harness.run();
    harness.get_by_label("Reference 2 trim").click_modifiers(Modifiers::COMMAND);
    harness.run();
    assert_eq!(taken(&mut harness), alone(0.0));
}

#[test]
fn a_song_follows_the_transport_or_runs_freely() {
    let mut harness = open(page(ready_songs(1)));
    let name = "Reference 1 free-running";
    assert_eq!(click(&mut harness, name), asked([ReferenceEdit::FreeRun(0, true)]));
    harness.state_mut().references[0].is_free_running = true;
    harness.run();
    assert_eq!(click(&mut harness, name), asked([ReferenceEdit::FreeRun(0, false)]));
}

#[test]
fn equal_loudness_is_integrated_or_short_term() {
    for size in SIZES {
        let mut harness = window(page(ready_songs(1)), size.x, size.y);
        assert_eq!(
            click(&mut harness, "Equal loudness: Short-term"),
            asked([ReferenceEdit::LevelMatch(LevelMatch::ShortTerm)])
        );
        assert_eq!(click(&mut harness, "Equal loudness: Integrated"), []);
    }
}

#[test]
fn the_side_chain_can_be_chosen_once_it_is_connected() {
    for list in [Vec::new(), ready_songs(2)] {
        let mut harness = open(page(list));
        assert!(is_disabled(&harness, "Choose the live reference"));
        harness.state_mut().comparison.live =
            LiveInput { is_connected: true, integrated_lufs: -11.04 };
        harness.run();
        assert_eq!(value(&harness, "Live reference loudness"), "\u{2212}11.0 LUFS");
        assert_eq!(
            click(&mut harness, "Choose the live reference"),
            asked([ReferenceEdit::Choose(ChosenReference::Live)])
        );
        harness.state_mut().chosen = ChosenReference::Live;
        harness.state_mut().listen = Listen::Reference;
        harness.run();
        assert!(value(&harness, "Reference").contains("Live (side-chain)"));
        assert!(value(&harness, "Hearing").contains("live reference at the side-chain"));
    }
}

#[test]
fn paths_are_typed_and_several_lines_are_several_files() {
    let mut harness = open(page(ready_songs(1)));
    assert_eq!(click(&mut harness, "Reference path"), []);
    let typed = type_in(&mut harness, "Reference path", "\"/music/a b.flac\"");
    assert_eq!(typed, asked([ReferenceEdit::Add(vec!["/music/a b.flac".into()])]));
    assert_eq!(value(&harness, "Reference path"), "");

    click(&mut harness, "Reference path");
    harness.get_by_label("Reference path").type_text("/music/c.wav");
    harness.run();
    // What is typed outlives a look at another page.
    harness.state_mut().editor.choose_page(Page::Stage);
    harness.run();
    harness.state_mut().editor.choose_page(Page::References);
    harness.run();
    assert_eq!(value(&harness, "Reference path"), "/music/c.wav");
    let added = asked([ReferenceEdit::Add(vec!["/music/c.wav".into()])]);
    assert_eq!(click(&mut harness, "Add path"), added);

    let lines = "file:///music/d%20e.wav\n/music/f.mp3\n";
    let files: Vec<PathBuf> = vec!["/music/d e.wav".into(), "/music/f.mp3".into()];
    for pasted in [Event::Paste(lines.into()), Event::Text(lines.into())] {
        click(&mut harness, "Reference path");
        harness.event(pasted);
        harness.run();
        assert_eq!(taken(&mut harness), asked([ReferenceEdit::Add(files.clone())]));
        assert_eq!(value(&harness, "Reference path"), "");
    }
}

#[test]
fn twenty_are_the_most_all_can_be_reached_and_the_reason_is_said() {
    for size in SIZES {
        let mut harness = window(page(ready_songs(MOST_REFERENCES)), size.x, size.y);
        harness.run();
        assert!(is_disabled(&harness, "Add references"));
        assert_eq!(click(&mut harness, "Add references"), []);
        assert!(value(&harness, "References are full").contains("remove one first"));
        assert!(harness.query_by_label("Reference path").is_none());
        assert_all_inside(&harness, size, "20 references");
        // The next and previous buttons bring their song into sight.
        harness.state_mut().chosen = ChosenReference::Song(MOST_REFERENCES - 1);
        harness.run();
        let edits = click(&mut harness, "Remove reference 20");
        assert_eq!(edits, asked([ReferenceEdit::Remove(19)]));
        assert_all_inside(&harness, size, "the last of 20 references");
        // So does the keyboard: backwards from the last to the first.
        harness.get_by_label("Choose reference 20").focus();
        for _ in 0..150 {
            harness.key_press_modifiers(Modifiers::SHIFT, Key::Tab);
            harness.run();
            if harness.query_by_label("Choose reference 1").is_some() {
                break;
            }
        }
        assert!(harness.query_by_label("Choose reference 1").is_some(), "{size}");
    }
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

#[test]
fn the_reference_can_be_heard_once_it_is_ready() {
    for size in SIZES {
        let mut harness = window(Model::default(), size.x, size.y);
        assert!(is_disabled(&harness, "Hear Reference"));
        assert_eq!(click(&mut harness, "Hear Reference"), []);
        assert_eq!(click(&mut harness, "Browse reference"), asked([ReferenceEdit::Browse]));
        harness.state_mut().references = vec![song("song.flac", ReferenceStatus::Loading(0.43))];
        harness.state_mut().chosen = ChosenReference::Song(0);
        harness.run();
        assert!(is_disabled(&harness, "Hear Reference"));
        let text = value(&harness, "Reference loading");
        assert!(text.contains("song.flac") && text.contains("43 %"), "{text}");
        harness.state_mut().references = vec![song("song.flac", ReferenceStatus::Ready)];
        harness.run();
        let text = value(&harness, "Reference");
        assert!(text.contains("song.flac") && text.contains("\u{2212}9.8 LUFS"), "{text}");
        let edits = click(&mut harness, "Hear Reference");
        assert_eq!(edits, [Edit::Listen(Listen::Reference)]);
    }
}

#[test]
fn next_and_previous_go_round_the_list() {
    for size in SIZES {
        let mut harness = window(
            Model {
                references: ready_songs(1),
                chosen: ChosenReference::Song(0),
                ..Model::default()
            },
            size.x,
            size.y,
        );
        for name in ["Next reference", "Previous reference"] {
            assert!(is_disabled(&harness, name));
            assert_eq!(click(&mut harness, name), []);
        }
        harness.state_mut().references = ready_songs(3);
        for (chosen, next, previous) in [
            (ChosenReference::Song(0), 1, 2),
            (ChosenReference::Song(2), 0, 1),
            (ChosenReference::Live, 0, 2),
            (ChosenReference::None, 0, 2),
        ] {
            harness.state_mut().chosen = chosen;
            harness.run();
            for (name, to) in [("Next reference", next), ("Previous reference", previous)] {
                let choose = ReferenceEdit::Choose(ChosenReference::Song(to));
                assert_eq!(click(&mut harness, name), asked([choose]), "{name} {chosen:?}");
            }
        }
    }
}

#[test]
fn the_pages_open_from_the_bar_and_close_again() {
    for size in SIZES {
        let mut harness = window(Model::default(), size.x, size.y);
        for (name, page) in [
            ("References page", Page::References),
            ("Balance page", Page::Balance),
            ("Blind page", Page::Blind),
        ] {
            assert_eq!(click(&mut harness, name), []);
            assert_eq!(harness.state().editor.page(), page);
            let node = harness.get_by_label(name);
            let toggled = format!("{:?}", node.accesskit_node().toggled());
            assert!(toggled.contains("True"), "{name}: {toggled}");
        }
        click(&mut harness, "Blind page");
        assert_eq!(harness.state().editor.page(), Page::Stage);
    }
}

#[test]
fn the_strip_says_what_equal_loudness_costs_and_the_way_back_ends_it() {
    let mut harness = open(Model { references: ready_songs(2), ..Model::default() });
    harness.state_mut().chosen = ChosenReference::Song(1);
    harness.state_mut().comparison.turned_down_db = 3.2;
    harness.run();
    let said = value(&harness, "Hearing");
    assert!(said.contains("the master, 3.2 dB lower so that"), "{said}");
    let stop = Edit::Reference(ReferenceEdit::StopComparing);
    assert_eq!(click(&mut harness, "Back to the plain master"), std::slice::from_ref(&stop));

    harness.state_mut().listen = Listen::Reference;
    harness.state_mut().monitor = Monitor::Mono;
    harness.state_mut().references[1].trim_db = -1.5;
    harness.state_mut().comparison.shortfall_db = 1.2;
    harness.state_mut().comparison.level_match = LevelMatch::ShortTerm;
    harness.run();
    let said = value(&harness, "Hearing");
    for words in [
        "the reference \u{201c}song 2.flac\u{201d}",
        "matched by short-term loudness",
        "trimmed by \u{2212}1.5 dB",
        "still 1.2 dB quieter: no headroom left",
        "summed to mono",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let back = [Edit::Listen(Listen::Master), stop, Edit::Monitor(Monitor::Off)];
    assert_eq!(click(&mut harness, "Back to the plain master"), back);
    // A long name does not push out what matters more.
    harness.state_mut().references[1].name = "A name that has just about 40 characters".into();
    harness.run();
    let said = value(&harness, "Hearing");
    assert!(said.contains("A name that has just about\u{2026}\u{201d}, still 1.2 dB"), "{said}");
    // What cannot be told from nothing is not said.
    harness.state_mut().listen = Listen::Master;
    harness.state_mut().monitor = Monitor::Off;
    harness.state_mut().comparison.turned_down_db = 0.04;
    harness.run();
    assert_eq!(value(&harness, "Hearing"), "Hearing the master: what a render contains");
}

#[test]
fn a_blind_test_tells_nothing_but_its_label() {
    for size in SIZES {
        for listen in [Listen::Mix, Listen::Master, Listen::Reference] {
            let mut model = page(ready_songs(2));
            model.editor.choose_page(Page::Stage);
            model.listen = listen;
            model.comparison.turned_down_db = 3.2;
            model.comparison.shortfall_db = 1.2;
            model.blind_test = Some(three_blind());
            let mut harness = window(model, size.x, size.y);
            assert!(value(&harness, "Hearing").contains("Blind test: nothing chosen yet"));
            harness.state_mut().blind_heard = Some(1);
            harness.run();
            let expected = "Blind test: hearing Y. A render still contains the master.";
            assert_eq!(value(&harness, "Hearing"), expected);
            for name in ["Hear Mix", "Hear Master", "Hear Reference"] {
                let node = harness.get_by_label(name);
                let toggled = format!("{:?}", node.accesskit_node().toggled());
                assert!(!toggled.contains("True"), "{name} is shown as chosen");
            }
            for name in [
                "Hear Mix",
                "Hear Master",
                "Hear Reference",
                "Delta",
                "Unity gain",
                "Monitor Mono",
                "Next reference",
                "Previous reference",
            ] {
                assert!(is_disabled(&harness, name), "{name}");
                assert_eq!(click(&mut harness, name), [], "{name}");
            }
            assert_eq!(harness.state().editor.page(), Page::Blind);
        }
    }
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("the editor does not read files".into())
    }
}

#[test]
fn all_dropped_songs_become_references() {
    let mut harness = open(Model::default());
    let paths: Vec<PathBuf> = vec!["/music/a.flac".into(), "/music/b.mp3".into()];
    for path in &paths {
        harness.input_mut().dropped_files.push(Arc::new(Dropped(path.clone())));
    }
    harness.run();
    assert_eq!(taken(&mut harness), asked([ReferenceEdit::Add(paths)]));
}

#[test]
fn a_pasted_path_becomes_a_reference_unless_it_is_pasted_into_a_text() {
    let mut harness = open(Model::default());
    let path = "/music/a.flac";
    // The plug-in's window hands on a pasted text as if it had been typed.
    for event in [Event::Paste(path.into()), Event::Text(path.into())] {
        harness.event(event);
        harness.run();
        assert_eq!(taken(&mut harness), asked([ReferenceEdit::Add(vec![path.into()])]));
    }
    for other in ["loud", "/", "-14", "/music/a.flac\nand a wish"] {
        harness.event(Event::Paste(other.into()));
        harness.run();
        assert_eq!(taken(&mut harness), [], "{other}");
    }
    click(&mut harness, "Notes");
    harness.event(Event::Paste(path.into()));
    harness.run();
    assert_eq!(taken(&mut harness), [Edit::Notes(path.into())]);
}

#[test]
fn nothing_leaves_the_window_whatever_the_references_are() {
    let long = "A name that has just about 40 characters";
    for size in SIZES {
        for value in [99.9, -99.9, f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
            let mut model = extreme(value);
            let mut extremes = model.references[0].clone();
            extremes.trim_db = value;
            extremes.regions = vec![Region { start_s: value, end_s: value }; MOST_REGIONS];
            extremes.region = Some(7);
            extremes.waveform = Arc::new(vec![value as f32; 1000]);
            let failed = ReferenceStatus::Failed(long.repeat(4));
            let loading = ReferenceStatus::Loading(value as f32);
            model.references = vec![
                extremes.clone(),
                ReferenceView { status: failed, ..extremes.clone() },
                ReferenceView { status: loading, ..extremes },
                song("x", ReferenceStatus::Waiting),
            ];
            model.comparison.live = LiveInput { is_connected: true, integrated_lufs: value };
            model.comparison.position_s = Some(value);
            model.comparison.turned_down_db = value;
            model.comparison.shortfall_db = value;
            model.comparison.level_match = LevelMatch::ShortTerm;
            let choices = [
                ChosenReference::None,
                ChosenReference::Live,
                ChosenReference::Song(99),
                ChosenReference::Song(1),
                ChosenReference::Song(2),
                ChosenReference::Song(0),
            ];
            model.editor.choose_page(Page::References);
            let mut harness = window(model, size.x, size.y);
            for chosen in choices {
                for listen in [Listen::Master, Listen::Reference] {
                    harness.state_mut().chosen = chosen;
                    harness.state_mut().listen = listen;
                    harness.state_mut().delta = None;
                    harness.run();
                    assert_all_inside(&harness, size, &format!("{value} {chosen:?} at {size}"));
                }
            }
            // The last drag and the last field too.
            drag_on_waveform_if_there(&mut harness);
            assert_all_inside(&harness, size, &format!("a drag in {value}"));
        }
    }
}

fn drag_on_waveform_if_there(harness: &mut Harness<'_, Model>) {
    if harness.query_by_label("Reference waveform").is_some() {
        drag_on_waveform(harness, 0.3, 0.6);
    }
}

#[test]
fn no_two_controls_of_the_bar_and_the_list_overlap() {
    for size in SIZES {
        let mut model = page(ready_songs(3));
        model.references[1].name = "A name that has just about 40 characters".into();
        model.chosen = ChosenReference::Song(1);
        let harness = window(model, size.x, size.y);
        let is_control = |name: &str| {
            ["Hear ", "Monitor ", "Choose reference", "Remove reference", "Find reference", "Add "]
                .iter()
                .any(|start| name.starts_with(start))
                || ["page", "trim", "free-running", "Delta", "Unity gain", "Reference path"]
                    .iter()
                    .any(|end| name.ends_with(end))
                || ["Next reference", "Previous reference", "Reference"].contains(&name)
        };
        let controls: Vec<_> = harness
            .root()
            .children_recursive()
            .filter_map(|node| {
                let name = node.accesskit_node().label()?;
                is_control(&name).then(|| (name, node.rect().shrink(1.0)))
            })
            .collect();
        assert!(controls.len() > 20, "{}", controls.len());
        for (i, (name, rect)) in controls.iter().enumerate() {
            assert!(rect.width() > 8.0 && rect.height() > 8.0, "{name} at {size}: {rect:?}");
            for (other, place) in &controls[i + 1..] {
                assert!(!rect.intersects(*place), "{name} and {other} overlap at {size}");
            }
        }
    }
}
