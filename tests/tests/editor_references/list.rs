//! The list of references.

use super::*;

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
