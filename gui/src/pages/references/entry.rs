//! A name or a trim while it is typed in its place.
//!
//! Enter takes it, escape leaves all as it was, and leaving the field takes what
//! can be understood. A field that is out of sight keeps what was typed.

use std::path::PathBuf;

use egui::{Align2, Key, Margin, Rect, Stroke, StrokeKind, TextEdit};

use crate::scene::Scene;
use crate::theme;
use crate::view::ReferenceView;
use crate::widgets::{select_all, show_error};

/// What of a reference is being typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Name,
    Trim,
}

/// What was typed so far.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    field: Field,
    song: usize,
    /// The song's file: another song that has taken its place is not meant.
    path: PathBuf,
    text: String,
    /// What is wrong with it.
    error: Option<String>,
    /// Whether the field has just opened and must take the focus.
    is_new: bool,
}

/// Opens the field.
pub(super) fn begin(
    scene: &Scene<'_>,
    open: &mut Option<Entry>,
    field: Field,
    song: usize,
    text: &str,
) {
    let Some(reference) = scene.view.references.list.get(song) else { return };
    *open = Some(Entry {
        field,
        song,
        path: reference.path.clone(),
        text: text.to_owned(),
        error: None,
        is_new: true,
    });
}

/// Whether this is being typed.
pub(super) fn is_open(scene: &Scene<'_>, open: Option<&Entry>, field: Field, song: usize) -> bool {
    let list = scene.view.references.list;
    open.is_some_and(|entry| {
        let is_same = |reference: &ReferenceView| reference.path == entry.path;
        (entry.field, entry.song) == (field, song) && list.get(song).is_some_and(is_same)
    })
}

/// Draws the field; gives what was typed once it is taken and `parse` understands it.
pub(super) fn show<T>(
    scene: &mut Scene<'_>,
    open: &mut Option<Entry>,
    rect: Rect,
    align: Align2,
    name: &str,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Option<T> {
    let mut entry = open.take()?;
    let id = scene.id(name);
    let stroke = Stroke::new(1.0, if entry.error.is_some() { theme::OVER } else { theme::INPUT });
    let place = rect.shrink2(egui::vec2(0.0, 2.0));
    scene.painter().rect(place, 3, theme::GROUND, stroke, StrokeKind::Inside);
    let field = TextEdit::singleline(&mut entry.text)
        .id(id)
        .font(theme::font(theme::TEXT_SIZE))
        .align(align)
        .margin(Margin::ZERO)
        .frame(egui::Frame::NONE);
    let inner = place.shrink2(egui::vec2(4.0, 0.0));
    let response = scene.ui.place(inner, field).accessible_name(name);
    if entry.is_new {
        entry.is_new = false;
        response.request_focus();
        select_all(scene, id, entry.text.chars().count());
        *open = Some(entry);
        return None;
    }
    if response.changed() {
        entry.error = None;
    }
    if let Some(error) = &entry.error {
        show_error(scene, &response, error);
    }
    let (is_cancelled, is_entered) =
        scene.ui.input(|input| (input.key_pressed(Key::Escape), input.key_pressed(Key::Enter)));
    if is_cancelled {
        response.surrender_focus();
        return None;
    }
    if !response.lost_focus() {
        *open = Some(entry);
        return None;
    }
    match parse(&entry.text) {
        Ok(value) => Some(value),
        Err(error) => {
            // What was left behind unfinished changes nothing.
            if is_entered {
                entry.error = Some(error);
                response.request_focus();
                *open = Some(entry);
            }
            None
        }
    }
}
