use super::*;

fn candidates(count: usize) -> Vec<Candidate> {
    let sources = [
        BlindSource::Snapshot(0),
        BlindSource::Snapshot(1),
        BlindSource::Snapshot(2),
        BlindSource::Snapshot(3),
        BlindSource::Mix,
        BlindSource::Reference,
    ];
    assert_eq!(sources.len(), MOST_CANDIDATES, "all that there is to hear");
    sources[..count]
        .iter()
        .map(|source| Candidate { source: *source, name: format!("The {source:?}") })
        .collect()
}

fn preference(count: usize, seed: u64) -> BlindTest {
    let setup = BlindSetup { mode: BlindMode::Preference, candidates: candidates(count) };
    BlindTest::new(&setup, seed).unwrap()
}

fn abx(trials: usize, seed: u64) -> BlindTest {
    let setup = BlindSetup { mode: BlindMode::Abx { trials }, candidates: candidates(2) };
    BlindTest::new(&setup, seed).unwrap()
}

fn hear(test: &mut BlindTest, labels: &[usize]) {
    for label in labels {
        test.apply(&BlindEdit::Hear(*label)).unwrap();
    }
}

/// What X really is.
fn truth(test: &BlindTest) -> Answer {
    if test.source_of(2) == test.source_of(0) { Answer::A } else { Answer::B }
}

fn other(answer: Answer) -> Answer {
    if answer == Answer::A { Answer::B } else { Answer::A }
}

#[test]
fn every_order_is_equally_likely() {
    // The 0.999 quantiles of chi-square with 5 and 23 degrees of freedom.
    for (count, orders, quantile) in [(3, 6, 20.5), (4, 24, 49.7)] {
        let expected = 1000.0;
        let mut seen = std::collections::HashMap::new();
        for seed in 0..orders * 1000 {
            let test = preference(count, seed);
            let order: Vec<String> =
                (0..count).map(|i| format!("{:?}", test.source_of(i))).collect();
            *seen.entry(order).or_insert(0_u32) += 1;
        }
        assert_eq!(seen.len() as u64, orders);
        let chi_square: f64 =
            seen.values().map(|found| (f64::from(*found) - expected).powi(2) / expected).sum();
        assert!(chi_square < quantile, "{count} candidates: {chi_square}");
    }
}

#[test]
fn x_is_a_fair_coin_in_every_trial_whatever_it_was_before() {
    let tests = 4000_u32;
    let mut counts = [[0_u32; 2]; 8];
    let mut repeats = 0_u32;
    for seed in 0..u64::from(tests) {
        let mut test = abx(8, seed);
        hear(&mut test, &[0, 1]);
        let mut last = None;
        for count in &mut counts {
            let x = truth(&test);
            count[usize::from(test.source_of(2) == Some(BlindSource::Snapshot(0)))] += 1;
            repeats += u32::from(last == Some(x));
            last = Some(x);
            hear(&mut test, &[2]);
            test.apply(&BlindEdit::Answer(x)).unwrap();
        }
        assert_eq!(test.outcome().unwrap().correct, 8);
    }
    // Four standard deviations of a fair coin.
    for count in counts {
        assert!(f64::from(count[0].abs_diff(tests / 2)) < 2.0 * f64::from(tests).sqrt());
    }
    let pairs = 7 * tests;
    assert!(f64::from(repeats.abs_diff(pairs / 2)) < 2.0 * f64::from(pairs).sqrt());
}

#[test]
fn the_same_seed_gives_the_same_test() {
    assert!(preference(MOST_CANDIDATES, 7) == preference(MOST_CANDIDATES, 7));
    assert!(abx(16, 7) == abx(16, 7));
}

#[test]
fn labels_are_no_snapshots_letters_and_reveal_nothing() {
    for count in FEWEST_CANDIDATES..=MOST_CANDIDATES {
        let labels = preference(count, 1).labels();
        assert_eq!(labels.len(), count);
        for seed in 0..50 {
            assert_eq!(preference(count, seed).labels(), labels);
        }
        assert!(labels.iter().all(|label| !["A", "B", "C", "D"].contains(label)));
    }
    assert_eq!(preference(3, 1).labels(), ["X", "Y", "Z"]);
    assert_eq!(abx(16, 1).labels(), ["A", "B", "X"]);
}

#[test]
fn nothing_that_can_be_shown_of_a_running_test_depends_on_the_order() {
    type Shown = (String, Option<String>, Option<usize>);
    let shown = |test: &BlindTest| -> Shown {
        assert_eq!(test.revealed(), None);
        assert_eq!(test.outcome(), None);
        assert_eq!(test.result("2026-11-26", "", |_| String::new()), None);
        (format!("{test:?} {test:#?}"), test.missing(), test.trial())
    };
    for make in [|seed| preference(3, seed), |seed| abx(16, seed)] {
        let story = |seed| -> Vec<Shown> {
            let mut test = make(seed);
            let mut told = vec![shown(&test)];
            for label in 0..3 {
                hear(&mut test, &[label]);
                told.push(shown(&test));
            }
            // Right or wrong, it looks the same.
            let _ = test.apply(&BlindEdit::Answer(Answer::A));
            told.push(shown(&test));
            told
        };
        let first = story(0);
        assert!(!first.iter().any(|(text, ..)| text.contains("Snapshot") || text.contains("The ")));
        for seed in 1..50 {
            assert_eq!(story(seed), first);
        }
    }
}

#[test]
fn a_preference_counts_once_everything_was_heard_and_ranked() {
    let mut test = preference(3, 5);
    assert_eq!(test.missing().unwrap(), "hear X, Y and Z; rank X, Y and Z");
    assert_eq!(test.heard_source(), None);
    hear(&mut test, &[0, 2]);
    assert_eq!(test.heard_label(), Some(2));
    assert_eq!(test.heard_source(), test.source_of(2));
    for (label, rank) in [(0, 1), (1, 2), (2, 2)] {
        test.apply(&BlindEdit::Rank(label, rank)).unwrap();
    }
    assert_eq!(test.apply(&BlindEdit::Reveal).unwrap_err(), "hear Y first");
    assert!(test.is_running());
    hear(&mut test, &[1]);
    test.apply(&BlindEdit::Word(0, "open".into(), true)).unwrap();
    test.apply(&BlindEdit::Word(0, " Glassy ".into(), true)).unwrap();
    test.apply(&BlindEdit::Word(0, "dull".into(), true)).unwrap();
    test.apply(&BlindEdit::Word(0, "dull".into(), false)).unwrap();
    test.apply(&BlindEdit::Notes(1, "Cymbals\nsizzle".into())).unwrap();
    assert_eq!(test.apply(&BlindEdit::Close).unwrap_err(), "reveal or stop the test first");
    test.apply(&BlindEdit::Reveal).unwrap();

    let names: Vec<String> = test.revealed().unwrap().iter().map(|c| c.name.clone()).collect();
    let result = test
        .result("2026-11-26", "Equally loud within 0.1 LU", |source| format!("{source:?}"))
        .unwrap();
    assert_eq!(
        result.summary(),
        format!("2026-11-26  Preference: 1. {}; 2. {} and {}", names[0], names[1], names[2])
    );
    let text = result.text();
    assert!(text.contains(&format!("1. {} (X): open, glassy. Settings: ", names[0])), "{text}");
    assert!(text.contains(&format!("2. {} (Y). Notes: Cymbals sizzle. ", names[1])), "{text}");
    assert!(text.contains("Equally loud within 0.1 LU\n"), "{text}");

    assert_eq!(test.apply(&BlindEdit::Rank(0, 2)).unwrap_err(), "the test is over");
    hear(&mut test, &[1]);
    test.apply(&BlindEdit::Close).unwrap();
    assert_eq!(test.heard_source(), None);
    assert!(test.apply(&BlindEdit::Hear(0)).is_err());
}

#[test]
fn x_cannot_be_named_before_all_three_were_heard_and_x_anew_in_every_trial() {
    let mut test = abx(5, 3);
    let answer = BlindEdit::Answer(Answer::A);
    assert_eq!(test.apply(&answer).unwrap_err(), "hear A, B and X first");
    hear(&mut test, &[0, 1, 2]);
    test.apply(&answer).unwrap();
    assert_eq!((test.trial(), test.heard_label()), (Some(2), Some(0)));
    assert_eq!(test.apply(&answer).unwrap_err(), "hear X first");
    assert!(test.apply(&BlindEdit::Reveal).is_err());
    for _ in 2..=5 {
        assert!(test.is_running());
        hear(&mut test, &[2]);
        test.apply(&answer).unwrap();
    }
    assert_eq!(test.phase(), Phase::Revealed);
    assert!(test.apply(&BlindEdit::Hear(2)).is_err(), "there is no X any more");
    hear(&mut test, &[1]);
}

#[test]
fn a_test_that_ends_sooner_or_later_than_planned_says_so() {
    let mut test = abx(5, 9);
    hear(&mut test, &[0, 1]);
    test.apply(&BlindEdit::Extend(3)).unwrap();
    assert!(test.apply(&BlindEdit::Extend(100)).is_err());
    assert_eq!(test.mode(), BlindMode::Abx { trials: 8 });
    for trial in 0..6 {
        hear(&mut test, &[2]);
        let x = truth(&test);
        let said = if trial == 0 { other(x) } else { x };
        test.apply(&BlindEdit::Answer(said)).unwrap();
    }
    test.apply(&BlindEdit::Stop).unwrap();
    let outcome = test.outcome().unwrap();
    assert_eq!((outcome.correct, outcome.answered), (5, 6));
    assert_eq!((outcome.planned, outcome.planned_at_first), (8, 5));
    let text = test.result("2026-11-26", "", |_| String::new()).unwrap().text();
    assert!(text.contains("Stopped early, after 6 of 8") && text.contains("from 5 to 8"), "{text}");
}

#[test]
fn a_test_that_is_stopped_without_an_answer_leaves_nothing() {
    for mut test in [preference(3, 1), abx(16, 1)] {
        hear(&mut test, &[0]);
        test.apply(&BlindEdit::Stop).unwrap();
        assert_eq!(test.phase(), Phase::Closed);
        assert_eq!(test.result("2026-11-26", "", |_| String::new()), None);
        assert_eq!(test.revealed(), None);
    }
}

#[test]
fn what_cannot_be_tested_says_why() {
    let problem = |mode, candidates: Vec<Candidate>| {
        let setup = BlindSetup { mode, candidates };
        let problem = setup.problem();
        assert_eq!(BlindTest::new(&setup, 1).err(), problem);
        problem.unwrap_or_default()
    };
    assert!(problem(BlindMode::Preference, candidates(1)).contains("2 to 6"));
    assert!(problem(BlindMode::Abx { trials: 16 }, candidates(3)).contains("exactly 2"));
    assert!(problem(BlindMode::Abx { trials: 4 }, candidates(2)).contains("5 to 100"));
    assert!(problem(BlindMode::Abx { trials: 101 }, candidates(2)).contains("5 to 100"));
    let twice = [candidates(2), candidates(1)].concat();
    assert!(problem(BlindMode::Preference, twice).contains("twice"));
    assert_eq!(problem(BlindMode::Preference, candidates(MOST_CANDIDATES)), "");
}

#[test]
fn what_does_not_fit_the_test_changes_nothing() {
    let mut test = preference(3, 1);
    for edit in [
        BlindEdit::Hear(3),
        BlindEdit::Rank(0, 0),
        BlindEdit::Rank(0, 4),
        BlindEdit::Rank(3, 1),
        BlindEdit::Word(0, "  ".into(), true),
        BlindEdit::Answer(Answer::A),
        BlindEdit::Extend(4),
    ] {
        let before = test.clone();
        assert!(test.apply(&edit).is_err(), "{edit:?}");
        assert!(test == before, "{edit:?}");
    }
    for word in ["one", "two", "three", "four"] {
        test.apply(&BlindEdit::Word(0, word.into(), true)).unwrap();
    }
    assert!(test.apply(&BlindEdit::Word(0, "five".into(), true)).is_err());
    test.apply(&BlindEdit::Word(0, "open".into(), true)).unwrap();
}

#[test]
fn results_survive_saving_the_oldest_go_first_and_what_is_damaged_is_left_out() {
    let mut results = BlindResults::default();
    for day in 0..MOST_RESULTS + 5 {
        let entries = vec![ResultEntry { name: "Louder".into(), ..ResultEntry::default() }];
        results.keep(BlindResult { date: format!("{day}"), entries, ..BlindResult::default() });
    }
    assert_eq!(results.list().len(), MOST_RESULTS);
    assert_eq!(results.list()[0].date, "5");
    let json = serde_json::to_string(&results).unwrap();
    assert_eq!(serde_json::from_str::<BlindResults>(&json).unwrap(), results);

    let json = r#"[
        {"date": "2026-01-02", "entries": [{"name": "Old", "rank": 99}], "of_the_future": 1},
        {"date": 3, "entries": "damaged"},
        {},
        null,
        {"mode": "abx", "entries": [], "outcome": {"correct": 30, "answered": 20}}
    ]"#;
    let read: BlindResults = serde_json::from_str(json).unwrap();
    assert_eq!(read.list().len(), 2);
    assert_eq!(read.list()[0].entries[0].rank, None);
    assert_eq!(read.list()[1].outcome.unwrap().correct, 20);
    for nonsense in ["null", "{}", "7", "\"text\""] {
        let read: BlindResults = serde_json::from_str(nonsense).unwrap();
        assert_eq!(read, BlindResults::default());
    }
}
