//! What is to be tested, and how.

use crate::snapshots::SNAPSHOTS;

/// The fewest candidates of a test.
pub const FEWEST_CANDIDATES: usize = 2;
/// The most candidates of a preference test: the mix, every snapshot and a reference.
pub const MOST_CANDIDATES: usize = SNAPSHOTS + 2;
/// The candidates of ABX.
pub const ABX_CANDIDATES: usize = 2;
/// The fewest trials of ABX: with fewer even a perfect score proves nothing at the 5 % mark.
pub const FEWEST_TRIALS: usize = 5;
/// The most trials: ears tire long before.
pub const MOST_TRIALS: usize = 100;
/// The usual number of trials.
pub const USUAL_TRIALS: usize = 16;

/// Something that can be put to the test.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// What is heard.
    pub source: BlindSource,
    /// What it is called once revealed.
    pub name: String,
}

/// What is heard of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlindSource {
    /// The untouched mix.
    Mix,
    /// The master of a snapshot, from 0.
    Snapshot(usize),
    /// The chosen reference.
    Reference,
}

/// The kind of test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlindMode {
    /// Rank and describe candidates, [`FEWEST_CANDIDATES`] to [`MOST_CANDIDATES`].
    Preference,
    /// Tell candidates apart, [`ABX_CANDIDATES`] of them, in this many trials.
    Abx {
        /// Chosen before the test begins, [`FEWEST_TRIALS`] to [`MOST_TRIALS`].
        trials: usize,
    },
}

/// What is to be tested, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct BlindSetup {
    /// The kind of test.
    pub mode: BlindMode,
    /// The candidates in any order.
    pub candidates: Vec<Candidate>,
}

impl BlindSetup {
    /// What has to change before this can be tested; `None` when nothing has to.
    pub fn problem(&self) -> Option<String> {
        let count = self.candidates.len();
        let is_double = (1..count).any(|i| {
            self.candidates[..i].iter().any(|other| other.source == self.candidates[i].source)
        });
        match self.mode {
            _ if is_double => Some("expected different candidates, found one twice".to_owned()),
            BlindMode::Preference if !(FEWEST_CANDIDATES..=MOST_CANDIDATES).contains(&count) => {
                Some(format!(
                    "a preference test takes {FEWEST_CANDIDATES} to {MOST_CANDIDATES} candidates, chosen: {count}"
                ))
            }
            BlindMode::Abx { .. } if count != ABX_CANDIDATES => {
                Some(format!("ABX takes exactly {ABX_CANDIDATES} candidates, chosen: {count}"))
            }
            BlindMode::Abx { trials } if !(FEWEST_TRIALS..=MOST_TRIALS).contains(&trials) => {
                Some(format!("ABX takes {FEWEST_TRIALS} to {MOST_TRIALS} trials, chosen: {trials}"))
            }
            _ => None,
        }
    }
}
