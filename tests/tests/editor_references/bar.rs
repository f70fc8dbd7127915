//! The listening bar with a reference, and what it says.

use super::*;

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
