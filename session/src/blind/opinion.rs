//! What a person thinks of a label.

/// Words to choose from.
pub const WORDS: [&str; 12] = [
    "open", "dull", "clear", "harsh", "punchy", "flat", "warm", "thin", "loud", "muddy", "wide",
    "narrow",
];
/// As many words of one's own as a label can have.
pub const MOST_OWN_WORDS: usize = 4;
/// The longest word of one's own, letters.
pub(super) const LONGEST_WORD: usize = 20;
/// The longest notes about a label, letters.
pub(super) const LONGEST_NOTES: usize = 2000;

/// What a person thinks of a label.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Opinion {
    /// From 1, the best; `None` before it was given.
    pub rank: Option<usize>,
    /// Words that fit, of [`WORDS`] or one's own, in the order in which they were given.
    pub words: Vec<String>,
    /// Whatever else.
    pub notes: String,
}

impl Opinion {
    /// Whether a word was given.
    pub fn has(&self, word: &str) -> bool {
        self.words.iter().any(|given| given == word)
    }

    /// The words that are not of [`WORDS`].
    pub fn own_words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str).filter(|word| !WORDS.contains(word))
    }

    pub(super) fn set_word(&mut self, word: &str, is_on: bool) -> Result<(), String> {
        let word: String = word.trim().to_lowercase().chars().take(LONGEST_WORD).collect();
        let word = word.trim_end();
        if word.is_empty() {
            return Err("expected a word, found nothing".to_owned());
        }
        if !is_on {
            self.words.retain(|given| given != word);
        } else if !self.has(word) {
            if !WORDS.contains(&word) && self.own_words().count() >= MOST_OWN_WORDS {
                return Err(format!("a label takes {MOST_OWN_WORDS} words of your own"));
            }
            self.words.push(word.to_owned());
        }
        Ok(())
    }

    pub(super) fn set_notes(&mut self, notes: &str) {
        self.notes = notes.chars().take(LONGEST_NOTES).collect();
    }
}
