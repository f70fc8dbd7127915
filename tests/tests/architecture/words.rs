//! Rust source as words and marks: without comments, texts and what is only there for tests.

/// A word, a mark of one character, or `::`, and the line it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As it stands there.
    pub text: String,
    /// Its line, from 1.
    pub line: usize,
}

impl Word {
    /// Whether it is a name or a number.
    pub fn is_name(&self) -> bool {
        self.text.starts_with(|first: char| first.is_alphanumeric() || first == '_')
    }
}

/// All words of a file but those of its tests.
pub fn words_of(source: &str) -> Vec<Word> {
    without_tests(&all_words(source))
}

fn all_words(source: &str) -> Vec<Word> {
    let mut rest = source;
    let mut line = 1;
    let mut words = Vec::new();
    while let Some(first) = rest.chars().next() {
        let length = skipped(rest).unwrap_or_else(|| {
            let length = word_length(rest, first);
            words.push(Word { text: rest[..length].to_owned(), line });
            length
        });
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    words
}

fn word_length(rest: &str, first: char) -> usize {
    let name = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    match name {
        0 if rest.starts_with("::") => 2,
        0 => first.len_utf8(),
        _ => name,
    }
}

/// The length of a space, a comment, a text or a character; `None` where a word begins.
fn skipped(rest: &str) -> Option<usize> {
    let first = rest.chars().next()?;
    if first.is_whitespace() {
        return Some(first.len_utf8());
    }
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(block_comment(rest));
    }
    let text = ["br", "cr", "b", "c", "r", ""]
        .into_iter()
        .find_map(|prefix| Some((prefix, rest.strip_prefix(prefix)?)))
        .filter(|(_, text)| text.starts_with(['"', '#', '\'']));
    match text {
        Some((prefix, text)) if text.starts_with('"') && !prefix.ends_with('r') => {
            Some(prefix.len() + quoted(text, '"'))
        }
        Some((prefix, text)) if prefix.ends_with('r') && is_raw(text) => {
            let hashes = text.chars().take_while(|c| *c == '#').count();
            let end = format!("\"{}", "#".repeat(hashes));
            let begin = prefix.len() + hashes + 1;
            Some(rest[begin..].find(&end).map_or(rest.len(), |at| begin + at + end.len()))
        }
        // The name after `r#` is a name like others.
        Some(("r", text)) if text.starts_with('#') => Some(2),
        Some((prefix @ ("" | "b"), text)) if text.starts_with('\'') => {
            let mut inner = text[1..].chars();
            let is_character = inner.next() == Some('\\') || inner.next() == Some('\'');
            // Otherwise it is the mark of a lifetime.
            Some(prefix.len() + if is_character { quoted(text, '\'') } else { 1 })
        }
        _ => None,
    }
}

fn is_raw(text: &str) -> bool {
    text.trim_start_matches('#').starts_with('"')
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// From a mark to its twin, both included.
fn quoted(text: &str, mark: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if c == mark => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

fn without_tests(words: &[Word]) -> Vec<Word> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let rest = &words[at..];
        if starts_with(rest, &["#", "!", "[", "cfg", "(", "test", ")", "]"]) {
            return Vec::new();
        }
        let is_test = starts_with(rest, &["#", "[", "cfg", "(", "test", ")", "]"])
            || starts_with(rest, &["#", "[", "cfg", "(", "all", "(", "test"]);
        if is_test {
            at += item_length(rest);
        } else {
            kept.push(words[at].clone());
            at += 1;
        }
    }
    kept
}

/// Whether words begin with these.
pub fn starts_with(words: &[Word], begin: &[&str]) -> bool {
    words.len() >= begin.len() && words.iter().zip(begin).all(|(word, text)| word.text == *text)
}

/// How many words an item has, its attributes included.
fn item_length(words: &[Word]) -> usize {
    let mut at = 0;
    while starts_with(&words[at..], &["#"]) {
        at += 1 + bracket_length(&words[at + 1..]);
    }
    while at < words.len() {
        match words[at].text.as_str() {
            ";" | "," => return at + 1,
            "{" => return at + bracket_length(&words[at..]),
            "(" | "[" => at += bracket_length(&words[at..]),
            "}" => return at,
            _ => at += 1,
        }
    }
    at
}

/// How many words there are from an opening bracket to its twin.
pub fn bracket_length(words: &[Word]) -> usize {
    let mut depth = 0;
    for (at, word) in words.iter().enumerate() {
        match word.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    words.len()
}
