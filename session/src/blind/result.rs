//! What is kept of a test: in the saved state, in the editor's list and in the
//! delivery sheet, in plain words.

use serde::{Deserialize, Deserializer, Serialize};

use super::opinion::{LONGEST_NOTES, Opinion};
use super::{AbxOutcome, MOST_CANDIDATES, listed};

/// As many results as are kept; beyond that the oldest go.
pub const MOST_RESULTS: usize = 100;

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
#[serde(default)]
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
}

impl ResultEntry {
    pub(super) fn new(label: &str, name: &str, settings: String, opinion: Opinion) -> Self {
        let Opinion { rank, words, notes } = opinion;
        Self { label: label.to_owned(), name: name.to_owned(), settings, rank, words, notes }
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
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

    /// Brings what was saved, perhaps by hand, within its ranges.
    fn mended(mut self) -> Self {
        self.entries.truncate(MOST_CANDIDATES);
        for entry in &mut self.entries {
            entry.rank = entry.rank.filter(|rank| (1..=MOST_CANDIDATES).contains(rank));
            entry.notes = entry.notes.chars().take(LONGEST_NOTES).collect();
        }
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

impl<'de> Deserialize<'de> for BlindResults {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut results = Self::default();
        let saved = serde_json::Value::deserialize(deserializer)?;
        for value in saved.as_array().into_iter().flatten() {
            // An empty object would be read as a result that never was.
            if value.get("entries").is_some()
                && let Ok(result) = BlindResult::deserialize(value)
            {
                results.keep(result.mended());
            }
        }
        Ok(results)
    }
}
