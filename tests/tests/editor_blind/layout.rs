//! Nothing leaves the window and nothing overlaps, in any state of a test.

use super::*;

/// Every state of the page, with names and notes as long as they can be.
pub(crate) fn states() -> Vec<(&'static str, Model)> {
    let mut with_opinions = running(BlindMode::Preference, MOST_CANDIDATES);
    let mut edits: Vec<BlindEdit> = (0..MOST_CANDIDATES).map(BlindEdit::Hear).collect();
    for label in 0..MOST_CANDIDATES {
        edits.push(BlindEdit::Rank(label, MOST_CANDIDATES - label));
        edits.push(BlindEdit::Notes(label, "What was heard about it. ".repeat(8)));
        for word in ["open", "harsh", "muddy"] {
            edits.push(BlindEdit::Word(label, word.into(), true));
        }
        for own in ["wwwwwwwwwwwwwwwwwwww", "mmmmmmmmmmmmmmmmmmmm", "glassy", "a"] {
            edits.push(BlindEdit::Word(label, own.into(), true));
        }
    }
    let asked = |edits: Vec<BlindEdit>| -> Vec<Edit> {
        edits.into_iter().map(|edit| Edit::Blind(BlindPageEdit::Test(edit))).collect()
    };
    carry_out(&mut with_opinions, &asked(edits.clone()));
    let mut revealed = running(BlindMode::Preference, MOST_CANDIDATES);
    edits.push(BlindEdit::Reveal);
    carry_out(&mut revealed, &asked(edits));
    let mut stopped = running(BlindMode::Abx { trials: 5 }, 2);
    let answers = [0, 1, 2].map(BlindEdit::Hear).to_vec();
    let answers = [answers, vec![BlindEdit::Extend(95), BlindEdit::Answer(Answer::A)]].concat();
    let mut long = abx();
    carry_out(&mut long, &asked([vec![BlindEdit::Extend(84)], answers[..3].to_vec()].concat()));
    carry_out(&mut stopped, &asked([answers, vec![BlindEdit::Stop]].concat()));
    let mut full = page(MOST_CANDIDATES);
    for candidate in &mut full.candidates {
        "A name that has just about 40 characters".clone_into(&mut candidate.name);
    }
    full.blind_results = vec!["A result that goes on and on ".repeat(8); 60];
    let mut unlevel = running(BlindMode::Preference, 2);
    unlevel.is_level = false;
    vec![
        ("nothing to compare", page(0)),
        ("set up", full),
        ("unlevel", unlevel),
        ("begun", running(BlindMode::Preference, 3)),
        ("with opinions", with_opinions),
        ("revealed", revealed),
        ("ABX begun", abx()),
        ("ABX long", long),
        ("ABX stopped", stopped),
    ]
}

#[test]
fn nothing_leaves_the_window_in_any_state() {
    let smallest = vec2(SMALLEST_SIZE[0] as f32, SMALLEST_SIZE[1] as f32);
    for size in [smallest, vec2(1100.0, 700.0), vec2(1600.0, 1000.0)] {
        for (name, model) in states() {
            let mut harness = window(model, size.x, size.y);
            harness.run();
            assert_all_inside(&harness, size, &format!("{name} at {size}"));
            if harness.query_by_label("Stop").is_some() {
                click(&mut harness, "Stop");
                assert_all_inside(&harness, size, &format!("{name}, stopping, at {size}"));
            }
        }
    }
}

#[test]
fn no_two_controls_of_the_page_overlap() {
    let smallest = vec2(SMALLEST_SIZE[0] as f32, SMALLEST_SIZE[1] as f32);
    for size in [smallest, vec2(1100.0, 700.0)] {
        for (state, model) in states() {
            let harness = window(model, size.x, size.y);
            let is_control = |name: &str| {
                let starts =
                    ["Hear ", "Test", "X is ", "Start", "Stop", "Reveal", "Done", "Make me"];
                starts.iter().any(|start| name.starts_with(start))
                    && name != "Hear Mix"
                    && name != "Hear Master"
                    && name != "Hear Reference"
                    || name.contains(": ") && !name.contains("EQ")
            };
            let is_shown = |name: &str| is_control(name) && !name.ends_with("notes");
            let count = assert_apart(&harness, &format!("{state} at {size}"), is_shown);
            assert!(count > 0, "{state}");
        }
    }
}
