//! What is kept of a test: in the saved state, in the editor's list and in the
//! delivery sheet, in plain words.

use std::collections::HashSet;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::abx::AbxOutcome;
use super::opinion::{LONGEST_NOTES, LONGEST_WORD, MOST_OWN_WORDS, Opinion, WORDS};
use super::setup::MOST_CANDIDATES;
use super::words::listed;
use crate::saved::{self, Unknown};

/// As many results as are kept; beyond that the oldest go.
pub const MOST_RESULTS: usize = 100;
/// The longest name, label or date, characters.
const LONGEST_NAME: usize = 200;
/// The longest description of settings or levels, characters.
const LONGEST_DESCRIPTION: usize = 2000;
const MOST_UNKNOWN_BYTES: usize = 2048;

/// The kind of test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResultMode {
    /// A preference test.
    #[default]
    Preference,
    /// ABX.
    Abx,
}

/// One candidate of a result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Value")]
pub struct ResultEntry {
    /// Its label in the test.
    pub label: String,
    /// What it was.
    pub name: String,
    /// Its settings in a few words; empty where there is nothing to say.
    pub settings: String,
    /// Its rank from 1, the best; `None` in ABX.
    pub rank: Option<usize>,
    /// Words that were given to it.
    pub words: Vec<String>,
    /// Notes about it.
    pub notes: String,
    /// What another version knows of it.
    #[serde(flatten)]
    pub unknown: Unknown,
}

impl From<Value> for ResultEntry {
    fn from(found: Value) -> Self {
        let mut object = saved::object(found);
        let mut entry = Self::default();
        saved::take(&mut object, "label", &mut entry.label);
        saved::take(&mut object, "name", &mut entry.name);
        saved::take(&mut object, "settings", &mut entry.settings);
        saved::take(&mut object, "rank", &mut entry.rank);
        entry.words = saved::take_list(&mut object, "words").into_iter().flatten().collect();
        saved::take(&mut object, "notes", &mut entry.notes);
        entry.unknown = Unknown::of(object, MOST_UNKNOWN_BYTES);
        entry.mended()
    }
}

impl ResultEntry {
    pub(super) fn new(label: &str, name: &str, settings: String, opinion: Opinion) -> Self {
        let Opinion { rank, words, notes } = opinion;
        Self {
            label: label.to_owned(),
            name: name.to_owned(),
            settings,
            rank,
            words,
            notes,
            unknown: Unknown::default(),
        }
    }

    fn mended(mut self) -> Self {
        self.label = saved::line(&self.label, LONGEST_NAME);
        self.name = saved::line(&self.name, LONGEST_NAME);
        self.settings = saved::line(&self.settings, LONGEST_DESCRIPTION);
        self.rank = self.rank.filter(|rank| (1..=MOST_CANDIDATES).contains(rank));
        self.words = self.words.iter().map(|word| saved::line(word, LONGEST_WORD)).collect();
        let mut seen = HashSet::new();
        self.words.retain(|word| !word.is_empty() && seen.insert(word.clone()));
        self.words.truncate(WORDS.len() + MOST_OWN_WORDS);
        self.notes = saved::text(self.notes, LONGEST_NOTES);
        self
    }

    /// "Louder (Y): open, punchy. Notes: too much bass. Settings: limiter +6.0 dB".
    fn line(&self) -> String {
        let mut line = format!("{} ({})", self.name, self.label);
        if !self.words.is_empty() {
            line = format!("{line}: {}", self.words.join(", "));
        }
        let notes = self.notes.split_whitespace().collect::<Vec<_>>().join(" ");
        if !notes.is_empty() {
            line = format!("{line}. Notes: {notes}");
        }
        if !self.settings.is_empty() {
            line = format!("{line}. Settings: {}", self.settings);
        }
        line
    }
}

/// The result of a test.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct BlindResult {
    /// When, YYYY-MM-DD.
    pub date: String,
    /// The kind of test.
    pub mode: ResultMode,
    /// How equally loud the candidates were.
    pub level_note: String,
    /// The candidates in the order of their labels.
    pub entries: Vec<ResultEntry>,
    /// The score of ABX.
    pub outcome: Option<AbxOutcome>,
    /// What another version knows of it.
    #[serde(flatten)]
    pub unknown: Unknown,
}

impl BlindResult {
    /// One line: when, what, and how it came out.
    pub fn summary(&self) -> String {
        let date = if self.date.is_empty() { "undated" } else { &self.date };
        match (self.mode, self.outcome) {
            (ResultMode::Abx, Some(outcome)) => {
                let names: Vec<&str> = self.entries.iter().map(|entry| &*entry.name).collect();
                let score = outcome.score();
                let stopped =
                    if outcome.answered < outcome.planned { ", stopped early" } else { "" };
                format!("{date}  ABX {}: {score}, {}{stopped}", listed(&names), outcome.p_text())
            }
            (ResultMode::Abx, None) => format!("{date}  ABX without a score"),
            (ResultMode::Preference, _) => format!("{date}  Preference: {}", self.ranking()),
        }
    }

    /// All of it, line by line.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.summary()];
        if !self.level_note.is_empty() {
            lines.push(self.level_note.clone());
        }
        for (rank, entries) in self.ranked() {
            for entry in entries {
                let place = rank.map_or_else(String::new, |rank| format!("{rank}. "));
                lines.push(format!("{place}{}", entry.line()));
            }
        }
        match self.outcome {
            Some(outcome) => lines.extend(outcome.lines()),
            None => lines.push(
                "One person's preference in one sitting, at equal loudness; it may differ on \
                 another day."
                    .to_owned(),
            ),
        }
        lines
    }

    /// All of it as a block of plain text.
    pub fn text(&self) -> String {
        self.lines().join("\n")
    }

    /// "1. Louder; 2. Mix and Heavier EQ".
    fn ranking(&self) -> String {
        let places = self.ranked().into_iter().map(|(rank, entries)| {
            let names: Vec<&str> = entries.iter().map(|entry| &*entry.name).collect();
            match rank {
                Some(rank) => format!("{rank}. {}", listed(&names)),
                None => format!("unranked: {}", listed(&names)),
            }
        });
        places.collect::<Vec<_>>().join("; ")
    }

    /// The entries by rank, those without one last.
    fn ranked(&self) -> Vec<(Option<usize>, Vec<&ResultEntry>)> {
        let mut groups: Vec<(Option<usize>, Vec<&ResultEntry>)> = Vec::new();
        let mut entries: Vec<&ResultEntry> = self.entries.iter().collect();
        entries.sort_by_key(|entry| entry.rank.unwrap_or(usize::MAX));
        for entry in entries {
            match groups.last_mut() {
                Some((rank, group)) if *rank == entry.rank => group.push(entry),
                _ => groups.push((entry.rank, vec![entry])),
            }
        }
        groups
    }

    /// Reads one as it is found; `None` of what never was a result.
    fn read(found: Value) -> Option<Self> {
        let mut object = saved::object(found);
        if !object.get("entries").is_some_and(Value::is_array) {
            return None;
        }
        let entries = saved::take_list(&mut object, "entries").into_iter().flatten();
        let entries = entries.map(Value::Object).map(ResultEntry::from);
        let mut result = Self { entries: entries.collect(), ..Self::default() };
        saved::take(&mut object, "date", &mut result.date);
        saved::take(&mut object, "level_note", &mut result.level_note);
        saved::take(&mut object, "outcome", &mut result.outcome);
        // Where the kind cannot be read, a score is of ABX.
        let has_score = result.outcome.is_some();
        result.mode = if has_score { ResultMode::Abx } else { ResultMode::Preference };
        saved::take(&mut object, "mode", &mut result.mode);
        result.unknown = Unknown::of(object, MOST_UNKNOWN_BYTES);
        Some(result.mended())
    }

    /// Brings what was saved, perhaps by hand, within its ranges.
    fn mended(mut self) -> Self {
        self.date = saved::line(&self.date, LONGEST_NAME);
        self.level_note = saved::line(&self.level_note, LONGEST_DESCRIPTION);
        self.entries.truncate(MOST_CANDIDATES);
        self.entries = self.entries.into_iter().map(ResultEntry::mended).collect();
        self.outcome = self.outcome.map(AbxOutcome::mended);
        self
    }
}

/// The results of a session, newest last. Reading leaves out what is damaged and
/// keeps the rest.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct BlindResults {
    list: Vec<BlindResult>,
}

impl BlindResults {
    /// All of them.
    pub fn list(&self) -> &[BlindResult] {
        &self.list
    }

    /// Keeps another one, and at most [`MOST_RESULTS`].
    pub fn keep(&mut self, result: BlindResult) {
        self.list.push(result);
        let surplus = self.list.len().saturating_sub(MOST_RESULTS);
        self.list.drain(..surplus);
    }

    /// One line each.
    pub fn summaries(&self) -> Vec<String> {
        self.list.iter().map(BlindResult::summary).collect()
    }
}

impl BlindResults {
    /// Brings what was saved, perhaps by hand, within its ranges.
    #[must_use]
    pub fn mended(self) -> Self {
        let surplus = self.list.len().saturating_sub(MOST_RESULTS);
        let newest = self.list.into_iter().skip(surplus);
        Self { list: newest.map(BlindResult::mended).collect() }
    }
}

impl<'de> Deserialize<'de> for BlindResults {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Value::Array(found) = Value::deserialize(deserializer)? else {
            return Ok(Self::default());
        };
        let mut list: Vec<_> = found.into_iter().filter_map(BlindResult::read).collect();
        list.drain(..list.len().saturating_sub(MOST_RESULTS));
        Ok(Self { list })
    }
}
