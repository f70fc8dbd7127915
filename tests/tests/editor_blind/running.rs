//! While a test runs, and when it is revealed: hearing, ranking, answering, ending.

use super::*;

#[test]
fn labels_are_heard_ranked_and_described() {
    let mut harness = open(running(BlindMode::Preference, 3));
    assert!(harness.query_by_label("X: rank 1").is_none(), "nothing was heard yet");
    assert_eq!(click(&mut harness, "Hear Y"), asked(BlindEdit::Hear(1)));
    act(&mut harness, "Hear Y");
    assert_eq!(click(&mut harness, "Y: rank 2"), asked(BlindEdit::Rank(1, 2)));
    act(&mut harness, "Y: open");
    let edits = click(&mut harness, "Y: open");
    assert_eq!(edits, asked(BlindEdit::Word(1, "open".into(), false)));
    harness.get_by_label("Y: own word").click();
    harness.run();
    harness.get_by_label("Y: own word").type_text("glassy");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    let edits = taken(&mut harness);
    assert_eq!(edits, asked(BlindEdit::Word(1, "glassy".into(), true)));
    carry_out(harness.state_mut(), &edits);
    harness.run();
    let edits = click(&mut harness, "Y: glassy");
    assert_eq!(edits, asked(BlindEdit::Word(1, "glassy".into(), false)));
    harness.get_by_label("Y: notes").click();
    harness.run();
    harness.get_by_label("Y: notes").type_text("too much bass");
    harness.run();
    assert_eq!(taken(&mut harness), asked(BlindEdit::Notes(1, "too much bass".into())));
}

#[test]
fn with_the_keyboard_on_a_label_figures_and_letters_choose() {
    let mut harness = open(running(BlindMode::Preference, 3));
    harness.key_press(Key::Num2);
    harness.run();
    assert_eq!(taken(&mut harness), [], "the keys are the host's");
    harness.get_by_label("Hear X").focus();
    harness.run();
    harness.key_press(Key::Num2);
    harness.run();
    assert_eq!(taken(&mut harness), asked(BlindEdit::Hear(1)));
    harness.key_press(Key::Z);
    harness.run();
    assert_eq!(taken(&mut harness), asked(BlindEdit::Hear(2)));
}

#[test]
fn a_test_is_revealed_once_nothing_is_missing_and_then_put_away() {
    let mut harness = open(running(BlindMode::Preference, 3));
    assert_eq!(click(&mut harness, "Reveal"), []);
    let missing = |harness: &Harness<'_, Model>| {
        harness.get_by_label("Before it can be revealed").value().unwrap()
    };
    assert_eq!(missing(&harness), "Still to do: hear X, Y and Z; rank X, Y and Z.");
    for (label, rank) in [("X", 2), ("Y", 1), ("Z", 2)] {
        act(&mut harness, &format!("Hear {label}"));
        act(&mut harness, &format!("{label}: rank {rank}"));
    }
    act(&mut harness, "Z: dull");
    let edits = click(&mut harness, "Reveal");
    assert_eq!(edits, asked(BlindEdit::Reveal));
    carry_out(harness.state_mut(), &edits);
    harness.run();
    let names: Vec<String> = {
        let test = harness.state().blind_test.as_ref().unwrap();
        test.revealed().unwrap().iter().map(|candidate| candidate.name.clone()).collect()
    };
    for (label, name, rank) in [("X", &names[0], 2), ("Y", &names[1], 1), ("Z", &names[2], 2)] {
        let told = harness.get_by_label(&format!("{label} was")).value().unwrap();
        assert!(told.starts_with(&format!("{name}; rank {rank}")), "{told}");
    }
    assert!(harness.query_by_label("Integrated loudness").is_some(), "the meters are back");
    assert_eq!(click(&mut harness, "Done"), asked(BlindEdit::Close));
}

#[test]
fn while_a_test_or_its_reveal_chooses_what_is_heard_the_bar_says_so_and_ends_it() {
    let mut harness = open(running(BlindMode::Preference, 2));
    let heard = |harness: &Harness<'_, Model>| {
        ["Hear Mix", "Hear Master", "Hear Reference"]
            .into_iter()
            .filter(|name| {
                let node = harness.get_by_label(name);
                node.accesskit_node().is_selected() == Some(true)
            })
            .count()
    };
    assert_eq!(heard(&harness), 0);
    // No single click ends a test that runs: its page asks.
    assert_eq!(click(&mut harness, "End the test"), []);
    harness.run();
    assert_eq!(click(&mut harness, "Go on"), []);
    harness.run();
    for name in ["Hear Y", "Y: rank 1", "Hear Z", "Z: rank 2", "Reveal"] {
        act(&mut harness, name);
    }
    assert_eq!(heard(&harness), 0, "what is lit is not heard");
    for (name, edit) in [
        ("Hear Mix", Edit::Listen(Listen::Mix)),
        ("Hear Master", Edit::Listen(Listen::Master)),
        ("Delta", Edit::Delta(Some(Stage::Limiter))),
    ] {
        assert_eq!(click(&mut harness, name), [edit], "{name}");
    }
    assert_eq!(click(&mut harness, "End the test"), asked(BlindEdit::Close));
}

#[test]
fn abx_asks_what_x_is_and_keeps_the_score_to_itself() {
    let mut harness = open(abx());
    assert_eq!(click(&mut harness, "X is A"), [], "nothing was heard yet");
    let mut told = Vec::new();
    for trial in 1..=16 {
        let value = harness.get_by_label("Trial").value().unwrap();
        assert_eq!(value, format!("Trial {trial} of 16"));
        for label in ["Hear A", "Hear B", "Hear X"] {
            act(&mut harness, label);
        }
        assert_nothing_told(&harness, &value);
        let mut seen = words(&harness);
        seen.retain(|text| !text.contains("Trial ") && !text.contains("of 16"));
        told.push(seen);
        if trial == 1 {
            assert_eq!(click(&mut harness, "X is B"), asked(BlindEdit::Answer(Answer::B)));
        }
        act(&mut harness, "X is A");
    }
    // Right or wrong, every trial looks like the last, but for how the way out is asked for.
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{told:?}");
    let test = harness.state().blind_test.as_ref().unwrap();
    let outcome = test.outcome().unwrap();
    let name = test.revealed().unwrap()[0].name.clone();
    let score = harness.get_by_label("Score").value().unwrap();
    assert_eq!(score, format!("{} of 16 right, {}", outcome.correct, outcome.p_text()));
    assert_eq!(harness.get_by_label("A was").value().unwrap(), name);
    let meaning = harness.get_by_label("What it means").value().unwrap();
    assert!(meaning.contains("Pure guessing"), "{meaning}");
}

#[test]
fn abx_can_be_extended_and_stopped_but_asks_before_it_stops() {
    let mut harness = open(abx());
    assert_eq!(click(&mut harness, "Add trials"), asked(BlindEdit::Extend(8)));
    assert_eq!(click(&mut harness, "Stop"), []);
    let question = harness.get_by_label("Question").value().unwrap();
    assert!(question.contains("Nothing will be kept"), "{question}");
    assert_eq!(click(&mut harness, "Go on"), []);
    for label in ["Hear A", "Hear B", "Hear X", "X is B"] {
        act(&mut harness, label);
    }
    assert_eq!(click(&mut harness, "Stop"), []);
    let question = harness.get_by_label("Question").value().unwrap();
    assert!(question.contains("after 1 of 16"), "{question}");
    assert_eq!(click(&mut harness, "Stop now"), asked(BlindEdit::Stop));
    assert!(harness.query_by_label("Question").is_none());
}

#[test]
fn before_all_are_equally_loud_nothing_can_be_heard_or_answered() {
    let kinds: [Kind; 2] = [|| running(BlindMode::Preference, 3), abx];
    for kind in kinds {
        let mut model = kind();
        let label = if model.blind_test.as_ref().unwrap().trial().is_some() { "A" } else { "Y" };
        model.is_level = false;
        let mut harness = open(model);
        let text = harness.get_by_label("Level match").value().unwrap();
        assert!(text.contains("play on for a few seconds"), "{text}");
        assert_eq!(click(&mut harness, &format!("Hear {label}")), []);
        assert!(harness.query_by_label("X is A").is_none());
        harness.state_mut().is_level = true;
        harness.run();
        assert_eq!(click(&mut harness, &format!("Hear {label}")).len(), 1);
    }
}
