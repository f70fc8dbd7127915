//! Blind tests: hearing without knowing.
//!
//! A preference test shuffles some candidates behind labels, and a
//! person ranks and describes what is heard. An ABX test asks again and again
//! whether X is A or B, and says how often guessing would have done as well.
//!
//! A test is plain logic: it knows neither sound nor screen. While it runs,
//! nothing that can be shown of it tells which label is what: names come out
//! only once it is revealed, the running score of ABX never before the end, and
//! even its `Debug` form is the same for every order. The one way to the answer
//! is [`BlindTest::source_of`], which is for the audio side only. A running
//! test is not saved, because the saved state would hold the answer.

mod abx;
mod describe;
mod opinion;
mod result;
mod setup;
mod shuffle;
#[cfg(test)]
mod tests;
mod words;

use std::fmt;

use self::abx::Abx;
pub use self::abx::{AbxOutcome, Answer, p_value};
pub use self::describe::describe;
pub use self::opinion::{MOST_OWN_WORDS, Opinion, WORDS};
pub use self::result::{BlindResult, BlindResults, MOST_RESULTS, ResultEntry, ResultMode};
pub use self::setup::{
    ABX_CANDIDATES, BlindMode, BlindSetup, BlindSource, Candidate, FEWEST_CANDIDATES,
    FEWEST_TRIALS, MOST_CANDIDATES, MOST_TRIALS, USUAL_TRIALS,
};
pub(crate) use self::shuffle::SplitMix64;
use self::words::listed;
use crate::saved::Unknown;

/// The last letters of the alphabet: the first four are the snapshots'.
const LETTERS: [&str; MOST_CANDIDATES] = ["U", "V", "W", "X", "Y", "Z"];
const ABX_LETTERS: [&str; 3] = ["A", "B", "X"];
/// The label X of ABX.
const X: usize = 2;

/// How far a test is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nothing may give the answer away.
    Running,
    /// All is told.
    Revealed,
    /// It was put away.
    Closed,
}

/// What a person does in a test. Labels count from 0, in ABX A, B, X.
#[derive(Clone, Debug, PartialEq)]
pub enum BlindEdit {
    /// Hear a label.
    Hear(usize),
    /// Give a label a rank from 1, the best. Two may share one: hearing no
    /// difference is an answer too.
    Rank(usize, usize),
    /// Give a label a word, or take it away.
    Word(usize, String, bool),
    /// Change the notes about a label.
    Notes(usize, String),
    /// Say what X is; after the last trial the test is revealed.
    Answer(Answer),
    /// Add trials to ABX, before the score is known; the result tells of it.
    Extend(usize),
    /// Tell which label is what.
    Reveal,
    /// End before the end. ABX reveals the trials that were answered; all else
    /// is put away without a result.
    Stop,
    /// Put a revealed test away.
    Close,
}

/// A test.
#[derive(Clone, PartialEq)]
pub struct BlindTest {
    /// In the order of their labels: the secret.
    candidates: Vec<Candidate>,
    phase: Phase,
    heard: Option<usize>,
    was_heard: Vec<bool>,
    course: Course,
}

#[derive(Clone, PartialEq)]
enum Course {
    /// What is thought of each label.
    Preference(Vec<Opinion>),
    Abx(Abx),
}

impl BlindTest {
    /// A test that begins. The same seed gives the same order; the seed must
    /// come from where nobody can guess it.
    ///
    /// # Errors
    /// Says what was expected of the candidates or the trials.
    pub fn new(setup: &BlindSetup, seed: u64) -> Result<Self, String> {
        if let Some(problem) = setup.problem() {
            return Err(problem);
        }
        let mut random = SplitMix64::new(seed);
        let mut candidates = setup.candidates.clone();
        random.shuffle(&mut candidates);
        let (labels, course) = match setup.mode {
            BlindMode::Preference => {
                let opinions = vec![Opinion::default(); candidates.len()];
                (candidates.len(), Course::Preference(opinions))
            }
            BlindMode::Abx { trials } => (ABX_LETTERS.len(), Course::Abx(Abx::new(trials, random))),
        };
        Ok(Self {
            candidates,
            phase: Phase::Running,
            heard: None,
            was_heard: vec![false; labels],
            course,
        })
    }

    /// How far it is.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Whether nothing may give the answer away.
    pub fn is_running(&self) -> bool {
        self.phase == Phase::Running
    }

    /// The kind of test, with the trials that are planned now.
    pub fn mode(&self) -> BlindMode {
        match &self.course {
            Course::Preference(_) => BlindMode::Preference,
            Course::Abx(abx) => BlindMode::Abx { trials: abx.planned() },
        }
    }

    /// What can be heard; depends on nothing but how many candidates there are.
    pub fn labels(&self) -> &'static [&'static str] {
        match &self.course {
            Course::Preference(opinions) => &LETTERS[MOST_CANDIDATES - opinions.len()..],
            Course::Abx(_) => &ABX_LETTERS,
        }
    }

    /// The label that is heard; `None` before the first was chosen.
    pub fn heard_label(&self) -> Option<usize> {
        self.heard
    }

    /// Whether a label has been heard: in the test, X in this trial.
    pub fn was_heard(&self, label: usize) -> bool {
        self.was_heard.get(label).copied().unwrap_or(false)
    }

    /// What a label is. For the audio side only: what this says must never
    /// reach a screen, a log, a parameter or a file while the test runs.
    pub fn source_of(&self, label: usize) -> Option<BlindSource> {
        let place = match &self.course {
            Course::Abx(abx) if label == X => abx.x() as usize,
            _ => label,
        };
        self.candidates.get(place).map(|candidate| candidate.source)
    }

    /// What has to sound now. For the audio side only, like [`Self::source_of`];
    /// `None` before the first label was chosen and after the test was put away.
    pub fn heard_source(&self) -> Option<BlindSource> {
        if self.phase == Phase::Closed {
            return None;
        }
        self.source_of(self.heard?)
    }

    /// What is thought of a label in a preference test.
    pub fn opinion(&self, label: usize) -> Option<&Opinion> {
        match &self.course {
            Course::Preference(opinions) => opinions.get(label),
            Course::Abx(_) => None,
        }
    }

    /// The trial that is under way, from 1, in ABX.
    pub fn trial(&self) -> Option<usize> {
        match &self.course {
            Course::Abx(abx) => Some(abx.trial()),
            Course::Preference(_) => None,
        }
    }

    /// The candidates in the order of their labels, once revealed.
    pub fn revealed(&self) -> Option<&[Candidate]> {
        (self.phase == Phase::Revealed).then_some(self.candidates.as_slice())
    }

    /// The score of ABX, once revealed.
    pub fn outcome(&self) -> Option<AbxOutcome> {
        match &self.course {
            Course::Abx(abx) if self.phase == Phase::Revealed => Some(abx.outcome()),
            _ => None,
        }
    }

    /// What is still to be done before the test can be revealed, or in ABX before
    /// X can be named; `None` when nothing is.
    pub fn missing(&self) -> Option<String> {
        let labels = self.labels();
        let unheard = labels.iter().enumerate().filter(|(i, _)| !self.was_heard[*i]);
        let unheard: Vec<&str> = unheard.map(|(_, label)| *label).collect();
        let mut wishes = Vec::new();
        if !unheard.is_empty() {
            wishes.push(format!("hear {}", few(&unheard)));
        }
        if let Course::Preference(opinions) = &self.course {
            let unranked =
                labels.iter().zip(opinions).filter(|(_, opinion)| opinion.rank.is_none());
            let unranked: Vec<&str> = unranked.map(|(label, _)| *label).collect();
            if !unranked.is_empty() {
                wishes.push(format!("rank {}", few(&unranked)));
            }
        }
        (!wishes.is_empty()).then(|| wishes.join("; "))
    }

    /// Carries out what the person does.
    ///
    /// # Errors
    /// Says in words why it cannot be done now; nothing has changed then.
    pub fn apply(&mut self, edit: &BlindEdit) -> Result<(), String> {
        match (self.phase, edit) {
            (Phase::Closed, _) => Err("the test was put away".to_owned()),
            (_, BlindEdit::Hear(label)) => self.hear(*label),
            (Phase::Revealed, BlindEdit::Close) => {
                self.phase = Phase::Closed;
                Ok(())
            }
            (Phase::Revealed, _) => Err("the test is over".to_owned()),
            (_, BlindEdit::Close) => Err("reveal or stop the test first".to_owned()),
            (_, BlindEdit::Rank(label, rank)) => self.rank(*label, *rank),
            (_, BlindEdit::Word(label, word, is_on)) => self.opine(*label)?.set_word(word, *is_on),
            (_, BlindEdit::Notes(label, notes)) => {
                self.opine(*label)?.set_notes(notes);
                Ok(())
            }
            (_, BlindEdit::Answer(answer)) => self.answer(*answer),
            (_, BlindEdit::Extend(trials)) => match &mut self.course {
                Course::Abx(abx) => abx.extend(*trials),
                Course::Preference(_) => Err("only ABX has trials".to_owned()),
            },
            (_, BlindEdit::Reveal) => self.reveal(),
            (_, BlindEdit::Stop) => {
                self.stop();
                Ok(())
            }
        }
    }

    /// What is kept of a revealed test. `date` is written as it is given
    /// (YYYY-MM-DD), `level_note` says how equally loud the candidates were, and
    /// `describe` gives the settings behind a source in a few words.
    pub fn result(
        &self,
        date: &str,
        level_note: &str,
        describe: impl Fn(BlindSource) -> String,
    ) -> Option<BlindResult> {
        let candidates = self.revealed()?;
        let labelled = candidates.iter().zip(self.labels()).enumerate();
        let entries = labelled.map(|(i, (candidate, label))| {
            let opinion = self.opinion(i).cloned().unwrap_or_default();
            let settings = describe(candidate.source);
            ResultEntry::new(label, &candidate.name, settings, opinion)
        });
        Some(BlindResult {
            date: date.to_owned(),
            mode: match self.course {
                Course::Preference(_) => ResultMode::Preference,
                Course::Abx(_) => ResultMode::Abx,
            },
            level_note: level_note.to_owned(),
            entries: entries.collect(),
            outcome: self.outcome(),
            unknown: Unknown::default(),
        })
    }

    fn hear(&mut self, label: usize) -> Result<(), String> {
        let is_there = match (&self.course, self.phase) {
            // After the last trial there is no X any more.
            (Course::Abx(_), Phase::Revealed) => label < X,
            _ => label < self.was_heard.len(),
        };
        if !is_there {
            return Err(format!("there is no label {}", label + 1));
        }
        self.heard = Some(label);
        self.was_heard[label] = true;
        Ok(())
    }

    fn opine(&mut self, label: usize) -> Result<&mut Opinion, String> {
        match &mut self.course {
            Course::Preference(opinions) => {
                opinions.get_mut(label).ok_or_else(|| format!("there is no label {}", label + 1))
            }
            Course::Abx(_) => Err("ABX asks only what X is".to_owned()),
        }
    }

    fn rank(&mut self, label: usize, rank: usize) -> Result<(), String> {
        let most = self.candidates.len();
        let opinion = self.opine(label)?;
        if !(1..=most).contains(&rank) {
            return Err(format!("expected a rank of 1 to {most}, found {rank}"));
        }
        opinion.rank = Some(rank);
        Ok(())
    }

    fn answer(&mut self, answer: Answer) -> Result<(), String> {
        let missing = self.missing();
        let Course::Abx(abx) = &mut self.course else {
            return Err("a preference test has no X to be named".to_owned());
        };
        if let Some(missing) = missing {
            return Err(format!("{missing} first"));
        }
        if abx.answer(answer) {
            self.phase = Phase::Revealed;
            self.heard = None;
        } else {
            // Every trial begins with what is known, and the new X is unheard.
            self.heard = Some(0);
            self.was_heard[X] = false;
        }
        Ok(())
    }

    fn reveal(&mut self) -> Result<(), String> {
        if matches!(self.course, Course::Abx(_)) {
            return Err("ABX is revealed after its last trial".to_owned());
        }
        if let Some(missing) = self.missing() {
            return Err(format!("{missing} first"));
        }
        self.phase = Phase::Revealed;
        Ok(())
    }

    fn stop(&mut self) {
        self.heard = None;
        self.phase = match &self.course {
            Course::Abx(abx) if abx.trial() > 1 => Phase::Revealed,
            _ => Phase::Closed,
        };
    }
}

impl fmt::Debug for BlindTest {
    /// The same for every order of the candidates while the test runs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("BlindTest")
            .field("mode", &self.mode())
            .field("phase", &self.phase)
            .field("trial", &self.trial())
            .field("heard", &self.heard)
            .field("revealed", &self.revealed())
            .field("outcome", &self.outcome())
            .finish_non_exhaustive()
    }
}

/// The labels while they are few, or how many they are.
fn few(labels: &[&str]) -> String {
    if labels.len() > 4 { format!("{} labels", labels.len()) } else { listed(labels) }
}
