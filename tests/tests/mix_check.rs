//! The mix check on music that was damaged in known ways, and on music that was not.

use burnish_session::measure::measure;
use burnish_session::mix_check::{Finding, MixCheck, Sureness};
use burnish_tests::damage::{Case, Strength, cases, pieces};

fn findings(case: &Case) -> Vec<Finding> {
    let audio = &case.audio;
    let mut check = MixCheck::new(audio.sample_rate_hz, audio.channels);
    check.take(&audio.left, &audio.right);
    check.report(&measure(audio), Some(case.bits), true).findings
}

/// At least 95 of 100 that a person would complain of are found, and nobody is sent back to a
/// mix that was left alone.
fn prove(piece: &str) {
    let pieces = pieces();
    let piece = pieces.iter().find(|one| one.name == piece).unwrap();
    let (mut plain, mut missed, mut alarms) = (0, Vec::new(), Vec::new());
    cases(piece, &mut |case| {
        let found = findings(case);
        match case.damage {
            Some((kind, Strength::Plain)) => {
                plain += 1;
                if found.iter().all(|finding| finding.kind != kind) {
                    missed.push(case.name.clone());
                }
            }
            Some(_) => {}
            None => alarms.extend(
                found
                    .into_iter()
                    .filter(|one| one.sureness != Sureness::Uncertain)
                    .filter(|one| !case.also.contains(&one.kind))
                    .map(|one| format!("{}: {one:?}", case.name)),
            ),
        }
    });
    assert!(plain > 30 && 20 * missed.len() <= plain, "missed {missed:?} of {plain}");
    assert!(alarms.is_empty(), "{alarms:#?}");
}

#[test]
fn damage_to_the_mix_is_found_and_nothing_where_there_is_none() {
    prove("mix");
}

#[test]
fn damage_to_the_release_is_found_and_nothing_where_there_is_none() {
    prove("reference");
}
