//! The one line about the last action that failed.

use egui::{Align2, Rect, Stroke, StrokeKind, pos2};

use crate::icons;
use crate::scene::Scene;
use crate::theme;
use crate::view::Edit;
use crate::widgets::{ButtonLook, button};

/// The message with a sign, its words, and a button that takes it away.
pub(crate) fn show(scene: &mut Scene<'_>, rect: Rect, text: &str) {
    let stroke = Stroke::new(1.0, theme::ATTENTION);
    let fill = theme::faded(theme::ATTENTION, 0.12);
    scene.painter().rect(rect, theme::CONTROL_RADIUS, fill, stroke, StrokeKind::Inside);
    icons::warning(scene.painter(), pos2(rect.left() + 18.0, rect.center().y), theme::ATTENTION);
    let close = Rect::from_min_max(pos2(rect.right() - 80.0, rect.top() + 3.0), rect.max)
        .with_max_y(rect.bottom() - 3.0)
        .with_max_x(rect.right() - 4.0);
    let words = Rect::from_min_max(
        pos2(rect.left() + 36.0, rect.top()),
        pos2(close.left() - theme::GAP, rect.bottom()),
    );
    let place = words;
    scene.text_in(words, Align2::LEFT_CENTER, text, theme::font(theme::TEXT_SIZE), theme::TEXT);
    scene.reading(place, "Message", text).on_hover_text(text);
    let help = "Takes the message away.";
    if button(scene, close, "Dismiss", "Dismiss message", help, ButtonLook::Plain).clicked() {
        scene.edits.push(Edit::DismissMessage);
    }
}
