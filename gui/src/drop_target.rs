//! Songs from elsewhere: files dragged onto the window, and paths pasted
//! while no text field has the keys, become references.

use std::path::{Path, PathBuf};

use burnish_session::references::MOST_REFERENCES;
use egui::{Align2, Event, Rect, Stroke, StrokeKind};

use crate::scene::Scene;
use crate::theme;
use crate::view::{Edit, ReferenceEdit};

/// Takes what was dropped or pasted, and says what will happen while files hover.
pub(crate) fn show(scene: &mut Scene<'_>, window: Rect) {
    let (mut paths, is_hovered) = scene.ui.input(|input| {
        let dropped = input.raw.dropped_files.iter().map(|file| file.path().to_owned());
        (dropped.collect::<Vec<_>>(), !input.raw.hovered_files.is_empty())
    });
    if !scene.ui.ctx().text_edit_focused() {
        paths.extend(pasted(scene));
    }
    if !paths.is_empty() {
        scene.edits.push(Edit::Reference(ReferenceEdit::Add(paths)));
    } else if is_hovered {
        show_hovering(scene, window);
    }
}

fn show_hovering(scene: &Scene<'_>, window: Rect) {
    let painter = scene.painter();
    painter.rect_filled(window, 0, theme::faded(theme::GROUND, 0.85));
    let stroke = Stroke::new(2.0, theme::REFERENCE);
    let frame = window.shrink(theme::GAP);
    painter.rect_stroke(frame, theme::PANEL_RADIUS, stroke, StrokeKind::Inside);
    let font = theme::strong_font(theme::VALUE_SIZE);
    let text = if scene.view.references.list.len() < MOST_REFERENCES {
        "Drop songs to compare with them"
    } else {
        "20 references are the most: remove one first"
    };
    scene.text(window.center(), Align2::CENTER_CENTER, text, font, theme::TEXT);
}

/// The files whose paths were pasted in this frame, when there is nothing but paths.
fn pasted(scene: &Scene<'_>) -> Vec<PathBuf> {
    scene.ui.input(|input| {
        let texts = input.events.iter().filter_map(pasted_text);
        let paths = texts.map(paths_in).filter(|paths| paths.iter().all(|path| is_whole(path)));
        paths.flatten().collect()
    })
}

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
fn is_whole(path: &Path) -> bool {
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
