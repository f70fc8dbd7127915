//! Nothing in the whole editor gives the answer away while a test runs.

use super::*;

#[test]
fn nothing_in_the_whole_editor_gives_the_answer_away_while_a_test_runs() {
    for size in [vec2(1100.0, 700.0), vec2(SMALLEST_SIZE[0] as f32, SMALLEST_SIZE[1] as f32)] {
        for page in [Page::Stage, Page::References, Page::Balance, Page::Blind] {
            let kinds: [(Kind, [&str; 3]); 2] = [
                (|| running(BlindMode::Preference, 6), ["Hear U", "Hear W", "Hear Z"]),
                (abx, ["Hear A", "Hear B", "Hear X"]),
            ];
            for (kind, labels) in kinds {
                let mut model = kind();
                model.editor.choose_page(page);
                let mut harness = window(model, size.x, size.y);
                assert_nothing_told(&harness, "before");
                for label in labels {
                    act(&mut harness, label);
                    assert_nothing_told(&harness, label);
                }
                assert!(harness.query_by_label("Meters").is_some());
                assert!(harness.query_by_label("Limiter On").is_none());
                assert!(harness.query_by_label("Integrated loudness").is_none());
                click(&mut harness, "Stop");
                assert_nothing_told(&harness, "stop");
            }
        }
    }
}

proptest! {
    /// Whatever is done in whatever order, a running test shows the same for every seed.
    #[test]
    fn no_story_of_a_test_shows_its_seed(
        steps in prop::collection::vec((0..8_usize, 0..4_usize), 0..40),
        is_abx: bool,
        seeds in [any::<u64>(), any::<u64>()],
    ) {
        let mode = if is_abx { BlindMode::Abx { trials: 100 } } else { BlindMode::Preference };
        let count = if is_abx { 2 } else { 4 };
        let setup = BlindSetup { mode, candidates: candidates(count) };
        let tell = |seed| {
            let mut test = BlindTest::new(&setup, seed).unwrap();
            let mut told = Vec::new();
            for (action, label) in &steps {
                let edit = match action {
                    0..=2 => BlindEdit::Hear(*label),
                    3 => BlindEdit::Rank(*label, 1),
                    4 => BlindEdit::Word(*label, "open".into(), true),
                    5 => BlindEdit::Answer(Answer::A),
                    6 => BlindEdit::Answer(Answer::B),
                    _ => BlindEdit::Extend(1),
                };
                told.push(format!("{:?} {test:?} {:?}", test.apply(&edit), test.missing()));
            }
            told
        };
        prop_assert_eq!(tell(seeds[0]), tell(seeds[1]));
    }
}
