//! Songs from elsewhere: files dragged onto the window, and paths pasted
//! while no text field has the keys, become references.

use std::path::PathBuf;

use burnish_session::references::MOST_REFERENCES;
use egui::{Align2, Rect, Stroke, StrokeKind};

use crate::format;
use crate::paths::{is_whole, pasted_text, paths_in};
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
        "Drop songs to compare with them".to_owned()
    } else {
        format::full(MOST_REFERENCES, "references")
    };
    scene.text(window.center(), Align2::CENTER_CENTER, &text, font, theme::TEXT);
}

/// The files whose paths were pasted in this frame, when there is nothing but paths.
fn pasted(scene: &Scene<'_>) -> Vec<PathBuf> {
    scene.ui.input(|input| {
        let texts = input.events.iter().filter_map(pasted_text);
        let paths = texts.map(paths_in).filter(|paths| paths.iter().all(|path| is_whole(path)));
        paths.flatten().collect()
    })
}
