//! A button that cannot be pressed at the moment, and says why.

use egui::{Align2, Rect, Response, Role, Sense, Stroke, StrokeKind, WidgetInfo};

use crate::scene::Scene;
use crate::theme;

/// The place of a button whose action is not to be had; `reason` says why.
pub(crate) fn disabled_button(
    scene: &Scene<'_>,
    rect: Rect,
    text: &str,
    name: &str,
    reason: &str,
) -> Response {
    let response = scene.interact(rect, name, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, false, name));
    let stroke = Stroke::new(1.0, theme::LINE);
    scene.painter().rect_stroke(rect, theme::CONTROL_RADIUS, stroke, StrokeKind::Inside);
    let inner = rect.shrink2(egui::vec2(4.0, 0.0));
    let font = theme::font(theme::TEXT_SIZE);
    scene.text_in(inner, Align2::CENTER_CENTER, text, font, theme::FAINT);
    response.on_hover_text(reason)
}
