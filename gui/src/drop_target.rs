//! Files that are dragged onto the window become the reference.

use egui::{Align2, Rect, Stroke, StrokeKind};

use crate::scene::Scene;
use crate::theme;
use crate::view::Edit;

/// Takes the first file that was dropped, and says what will happen while one hovers.
pub(crate) fn show(scene: &mut Scene<'_>, window: Rect) {
    let (dropped, is_hovered) = scene.ui.input(|input| {
        let dropped = input.raw.dropped_files.first().map(|file| file.path().to_owned());
        (dropped, !input.raw.hovered_files.is_empty())
    });
    if let Some(path) = dropped {
        scene.edits.push(Edit::LoadReference(path));
    } else if is_hovered {
        let painter = scene.painter();
        painter.rect_filled(window, 0, theme::faded(theme::GROUND, 0.85));
        let stroke = Stroke::new(2.0, theme::REFERENCE);
        let frame = window.shrink(theme::GAP);
        painter.rect_stroke(frame, theme::PANEL_RADIUS, stroke, StrokeKind::Inside);
        let font = theme::strong_font(theme::VALUE_SIZE);
        let text = "Drop the song to compare with it";
        scene.text(window.center(), Align2::CENTER_CENTER, text, font, theme::TEXT);
    }
}
