//! The upper row: adding songs, and what is brought to equal loudness by.

use burnish_dsp::compare::LevelMatch;
use burnish_session::references::MOST_REFERENCES;
use egui::{Align2, Id, Key, Margin, Rect, Stroke, StrokeKind, TextEdit, pos2};

use crate::format;
use crate::paths::{pasted_text, paths_in};
use crate::scene::Scene;
use crate::theme;
use crate::view::{Edit, ReferenceEdit};
use crate::widgets::{ButtonLook, Segment, button, disabled_button, segments};

const ADD_WIDTH: f32 = 64.0;
const ADD_PATH_WIDTH: f32 = 40.0;
const MATCH_WIDTH: f32 = 172.0;
const LABEL_WIDTH: f32 = 92.0;

/// Draws the row; `path` is what is being typed.
pub(super) fn show(scene: &mut Scene<'_>, path: &mut String, rect: Rect) {
    let is_full = scene.view.references.list.len() >= MOST_REFERENCES;
    let add = rect.with_max_x(rect.left() + ADD_WIDTH);
    let level_match = rect.with_min_x(rect.right() - MATCH_WIDTH);
    let label = Rect::from_min_max(
        pos2(level_match.left() - LABEL_WIDTH, rect.top()),
        pos2(level_match.left() - theme::GAP, rect.bottom()),
    );
    let field = Rect::from_min_max(
        pos2(add.right() + theme::GAP, rect.top()),
        pos2(label.left() - theme::GAP, rect.bottom()),
    );
    let text = "Add\u{2026}";
    if is_full {
        let full = format::full(MOST_REFERENCES, "references");
        disabled_button(scene, add, text, "Add references", &full);
        let font = theme::font(theme::LABEL_SIZE);
        let place = scene.text_in(field, Align2::LEFT_CENTER, &full, font, theme::QUIET);
        scene.reading(place, "References are full", &full);
    } else {
        let help = "Chooses songs to compare with; WAV, FLAC, MP3, AAC, Ogg Vorbis, Opus or AIFF.";
        if button(scene, add, text, "Add references", help, ButtonLook::Plain).clicked() {
            scene.edits.push(Edit::Reference(ReferenceEdit::Browse));
        }
        show_path(scene, path, field);
    }
    let font = theme::font(theme::LABEL_SIZE);
    scene.text_in(label, Align2::RIGHT_CENTER, "Equal loudness", font, theme::QUIET);
    show_level_match(scene, level_match);
}

/// The field for paths, and its button once there is something in it.
fn show_path(scene: &mut Scene<'_>, text: &mut String, rect: Rect) {
    let id = scene.id("Reference path");
    take_lines(scene, id);
    let place = if text.trim().is_empty() {
        rect
    } else {
        rect.with_max_x(rect.right() - ADD_PATH_WIDTH - 4.0)
    };
    let has_focus = scene.ui.memory(|memory| memory.has_focus(id));
    let stroke = Stroke::new(1.0, if has_focus { theme::INPUT } else { theme::LINE });
    scene.painter().rect(place, theme::CONTROL_RADIUS, theme::WELL, stroke, StrokeKind::Inside);
    let field = TextEdit::singleline(text)
        .id(id)
        .font(theme::font(theme::TEXT_SIZE))
        .hint_text("or paste a path here")
        .align(Align2::LEFT_CENTER)
        .margin(Margin::ZERO)
        .frame(egui::Frame::NONE);
    let inner = place.shrink2(egui::vec2(theme::GAP, 0.0));
    let response = scene.ui.place(inner, field).accessible_name("Reference path");
    let is_entered = response.lost_focus() && scene.ui.input(|input| input.key_pressed(Key::Enter));
    let mut is_added = false;
    if !text.trim().is_empty() {
        let add = rect.with_min_x(rect.right() - ADD_PATH_WIDTH);
        let help = "Adds the file at this path.";
        is_added = button(scene, add, "Add", "Add path", help, ButtonLook::Plain).clicked();
    }
    if is_entered || is_added {
        add(scene, &std::mem::take(text));
    }
}

/// Several lines that are pasted into the field are several files, and none of its text.
fn take_lines(scene: &mut Scene<'_>, id: Id) {
    if !scene.ui.memory(|memory| memory.has_focus(id)) {
        return;
    }
    let mut lines = String::new();
    scene.ui.input_mut(|input| {
        input.events.retain(|event| {
            let text = pasted_text(event).filter(|text| text.trim().contains('\n'));
            lines.extend(text.into_iter().flat_map(|text| [text, "\n"]));
            text.is_none()
        });
    });
    add(scene, &lines);
}

fn add(scene: &mut Scene<'_>, text: &str) {
    let paths = paths_in(text);
    if !paths.is_empty() {
        scene.edits.push(Edit::Reference(ReferenceEdit::Add(paths)));
    }
}

fn show_level_match(scene: &mut Scene<'_>, rect: Rect) {
    let item =
        |text, name, help| Segment { text, name, help, color: theme::CHOSEN, is_disabled: false };
    let items = [
        item(
            "Integrated",
            "Equal loudness: Integrated",
            "One gain for the whole song, from its integrated loudness.",
        ),
        item(
            "Short-term",
            "Equal loudness: Short-term",
            "Passages are as loud as each other while they play, from their short-term loudness.",
        ),
    ];
    let choices = [LevelMatch::Integrated, LevelMatch::ShortTerm];
    let current = scene.view.references.level_match;
    let chosen = choices.iter().position(|choice| *choice == current);
    let clicked = segments(scene, rect, &items, chosen).map(|clicked| choices[clicked]);
    if let Some(choice) = clicked.filter(|choice| *choice != current) {
        scene.edits.push(Edit::Reference(ReferenceEdit::LevelMatch(choice)));
    }
}
