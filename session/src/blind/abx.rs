//! ABX: is X A or B? The score is kept from everyone until the end, because who
//! knows it decides by it when to stop.

use serde::{Deserialize, Serialize};

use super::setup::MOST_TRIALS;
use super::shuffle::SplitMix64;

/// Below this chance of guessing as well, a difference counts as heard: the
/// usual mark, which one test in twenty passes by luck.
const USUAL_MARK: f64 = 0.05;

/// What X is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// X is A.
    A,
    /// X is B.
    B,
}

/// The trials.
#[derive(Clone, PartialEq)]
pub(super) struct Abx {
    random: SplitMix64,
    x: Answer,
    answered: usize,
    correct: usize,
    planned: usize,
    planned_at_first: usize,
}

impl Abx {
    pub(super) fn new(trials: usize, mut random: SplitMix64) -> Self {
        let x = toss(&mut random);
        Self { random, x, answered: 0, correct: 0, planned: trials, planned_at_first: trials }
    }

    pub(super) fn x(&self) -> Answer {
        self.x
    }

    pub(super) fn planned(&self) -> usize {
        self.planned
    }

    /// The trial under way, from 1.
    pub(super) fn trial(&self) -> usize {
        (self.answered + 1).min(self.planned)
    }

    /// Takes an answer and hides another X; says whether that was the last trial.
    pub(super) fn answer(&mut self, answer: Answer) -> bool {
        self.answered += 1;
        self.correct += usize::from(answer == self.x);
        self.x = toss(&mut self.random);
        self.answered >= self.planned
    }

    pub(super) fn extend(&mut self, trials: usize) -> Result<(), String> {
        let planned = self.planned + trials;
        if planned > MOST_TRIALS {
            return Err(format!("expected at most {MOST_TRIALS} trials, found {planned}"));
        }
        self.planned = planned;
        Ok(())
    }

    pub(super) fn outcome(&self) -> AbxOutcome {
        AbxOutcome {
            correct: self.correct,
            answered: self.answered,
            planned: self.planned,
            planned_at_first: self.planned_at_first,
        }
    }
}

fn toss(random: &mut SplitMix64) -> Answer {
    if random.coin() { Answer::A } else { Answer::B }
}

/// The score of an ABX test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AbxOutcome {
    /// How many answers were right.
    pub correct: usize,
    /// How many there were.
    pub answered: usize,
    /// How many were planned in the end.
    pub planned: usize,
    /// How many were planned before the test began.
    pub planned_at_first: usize,
}

impl AbxOutcome {
    /// The chance that guessing does as well or better.
    pub fn p_value(&self) -> f64 {
        p_value(self.correct, self.answered)
    }

    /// Whether guessing alone seldom does as well.
    pub fn is_heard(&self) -> bool {
        self.p_value() <= USUAL_MARK
    }

    /// "12 of 16 right".
    pub fn score(&self) -> String {
        format!("{} of {} right", self.correct, self.answered)
    }

    /// "p = 0.038".
    pub fn p_text(&self) -> String {
        let p = self.p_value();
        if p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {p:.3}") }
    }

    /// What the score means, and what it does not, sentence by sentence.
    pub fn lines(&self) -> Vec<String> {
        let Self { correct, answered, planned, planned_at_first } = *self;
        let chance = self.p_value();
        let mut lines = vec![format!(
            "Pure guessing gets {correct} or more of {answered} right in {} of such tests ({}).",
            percent(chance),
            self.p_text()
        )];
        lines.push(if self.is_heard() {
            "Guessing seldom does that, so a difference was very likely heard; luck does it now \
             and then, so repeat it if much depends on it. It does not say which of the two is \
             better."
                .to_owned()
        } else {
            "That can well be guessing. It is no proof that there is no difference: one that is \
             small, or heard only now and then, is easily missed in so few trials."
                .to_owned()
        });
        if planned > planned_at_first {
            lines.push(format!(
                "Extended from {planned_at_first} to {planned} trials on the way, before the score \
                 was known; p is exact only for a number fixed beforehand."
            ));
        }
        if answered < planned {
            lines.push(format!(
                "Stopped early, after {answered} of {planned} trials; p is exact only for a number \
                 fixed beforehand."
            ));
        }
        lines
    }

    /// Brings what was saved, perhaps by hand, into order.
    pub(super) fn mended(mut self) -> Self {
        self.answered = self.answered.min(MOST_TRIALS);
        self.correct = self.correct.min(self.answered);
        self.planned = self.planned.clamp(self.answered, MOST_TRIALS);
        self.planned_at_first = self.planned_at_first.min(self.planned);
        self
    }
}

/// The chance that guessing gets at least `correct` of `trials` right: the upper
/// tail of the binomial distribution with 1/2, exact. 1 without trials.
pub fn p_value(correct: usize, trials: usize) -> f64 {
    let mut term = 0.5_f64.powi(trials as i32);
    let mut sum = 0.0;
    // From the smallest term on: C(n, k - 1) = C(n, k) k / (n - k + 1).
    for k in (correct..=trials).rev() {
        sum += term;
        term *= k as f64 / (trials - k + 1) as f64;
    }
    sum.min(1.0)
}

fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    match percent {
        _ if percent < 0.1 => "less than 0.1 %".to_owned(),
        _ if percent < 9.95 => format!("{percent:.1} %"),
        _ => format!("{percent:.0} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chance_of_guessing_is_the_binomial_one() {
        // 1 - pbinom(correct - 1, trials, 0.5) of R.
        let known = [
            (5, 5, 0.031_25),
            (12, 16, 0.038_406_372_070_312_5),
            (13, 16, 0.010_635_375_976_562_5),
            (14, 16, 0.002_090_454_101_562_5),
            (16, 16, 1.525_878_906_25e-5),
            (8, 16, 0.598_190_307_617_187_5),
            (60, 100, 0.028_443_966_820_490),
        ];
        for (correct, trials, expected) in known {
            let p = p_value(correct, trials);
            assert!((p / expected - 1.0).abs() < 1e-9, "{correct} of {trials}: {p}");
        }
        for trials in 0..=100 {
            assert!((p_value(0, trials) - 1.0).abs() < 1e-12, "none of {trials}");
            for correct in 1..=trials {
                // Near 1 two neighbours may be the same double.
                let (more, fewer) = (p_value(correct, trials), p_value(correct - 1, trials));
                assert!(more < fewer || (more == fewer && fewer > 1.0 - 1e-9));
            }
        }
    }

    #[test]
    fn a_score_says_what_it_does_not_mean() {
        let outcome = |correct, answered, planned, planned_at_first| AbxOutcome {
            correct,
            answered,
            planned,
            planned_at_first,
        };
        let text = |outcome: AbxOutcome| outcome.lines().join(" ");
        let good = text(outcome(14, 16, 16, 16));
        assert!(good.contains("0.2 %") && good.contains("p = 0.002"), "{good}");
        assert!(good.contains("very likely heard") && good.contains("which of the two is better"));
        assert!(!good.contains("Stopped") && !good.contains("Extended"));
        let even = text(outcome(8, 16, 16, 16));
        assert!(even.contains("60 %") && even.contains("no proof that there is no difference"));
        let short = text(outcome(6, 7, 16, 16));
        assert!(short.contains("Stopped early, after 7 of 16 trials"), "{short}");
        let long = text(outcome(20, 24, 24, 16));
        assert!(long.contains("Extended from 16 to 24 trials"), "{long}");
        assert_eq!(outcome(40, 40, 40, 40).p_text(), "p < 0.001");
    }
}
