//! Paths of files in a text that was pasted: one a line, as file managers write them.

use std::path::{Path, PathBuf};

use egui::Event;

/// What an event pastes. The plug-in's window gives a pasted text as if it had been typed.
pub(crate) fn pasted_text(event: &Event) -> Option<&str> {
    match event {
        Event::Paste(text) | Event::Text(text) => Some(text),
        _ => None,
    }
}

/// The paths in a text, one a line, without quotes, and taken out of `file:` addresses.
pub(crate) fn paths_in(text: &str) -> Vec<PathBuf> {
    text.lines().filter_map(path_in).collect()
}

fn path_in(line: &str) -> Option<PathBuf> {
    let line = line.trim();
    let bare = ['"', '\'']
        .iter()
        .find_map(|quote| line.strip_prefix(*quote)?.strip_suffix(*quote))
        .unwrap_or(line)
        .trim();
    // What file managers copy beside the addresses.
    if bare.is_empty() || bare.starts_with("x-special/") || ["copy", "cut"].contains(&bare) {
        return None;
    }
    let Some(address) = bare.strip_prefix("file://") else { return Some(bare.into()) };
    let path = decoded(address.strip_prefix("localhost").unwrap_or(address));
    // "file:///C:/Music" is C:/Music.
    let is_on_drive = path.starts_with('/') && has_drive(&path[1..]);
    Some(if is_on_drive { path[1..].into() } else { path.into() })
}

/// Whether a path says where its file is without any folder to start from.
pub(crate) fn is_whole(path: &Path) -> bool {
    let text = path.to_string_lossy();
    text.len() > 2 && (text.starts_with('/') || text.starts_with("\\\\") || has_drive(&text))
}

fn has_drive(text: &str) -> bool {
    matches!(text.as_bytes(), [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic())
}

/// Undoes the "%20" of addresses.
fn decoded(address: &str) -> String {
    let mut bytes = Vec::with_capacity(address.len());
    let mut rest = address.as_bytes();
    while let [first, after @ ..] = rest {
        let code = match after {
            [high, low, ..] if *first == b'%' => hexadecimal(*high, *low),
            _ => None,
        };
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hexadecimal(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    Some((16 * digit(high)? + digit(low)?) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_addresses_are_taken_off_paths() {
        let text = "copy\n \"/music/a b.flac\"\r\n'C:\\Songs\\c.wav'\n\n\
                    file:///music/d%20%C3%A9%25.mp3\nfile://localhost/e.wav\nfile:///C:/f.wav\n";
        let expected =
            ["/music/a b.flac", "C:\\Songs\\c.wav", "/music/d \u{e9}%.mp3", "/e.wav", "C:/f.wav"];
        assert_eq!(paths_in(text), expected.map(PathBuf::from));
        assert_eq!(paths_in("file:///100%"), [PathBuf::from("/100%")]);
        assert_eq!(paths_in(" \n\"\"\n"), Vec::<PathBuf>::new());
    }

    #[test]
    fn only_whole_paths_are_taken_for_paths() {
        for whole in ["/music/a.wav", "C:\\a.wav", "d:/a.wav", "\\\\server\\a.wav"] {
            assert!(is_whole(Path::new(whole)), "{whole}");
        }
        for other in ["/", "a", "-14", "less bass", "a: b"] {
            assert!(!is_whole(Path::new(other)), "{other}");
        }
    }
}
