//! On and off: a pill whose handle lies left or right.

use egui::{Align2, Rect, Role, Sense, Stroke, StrokeKind, WidgetInfo, pos2, vec2};

use crate::scene::{Scene, parameter};
use crate::theme;

const PILL_WIDTH: f32 = 24.0;
const PILL_HEIGHT: f32 = 14.0;

/// A switch parameter with its short name to the right.
pub(crate) fn switch(scene: &mut Scene<'_>, rect: Rect, index: usize) {
    let parameter = parameter(index);
    let is_on = scene.value(index) >= 0.5;
    let is_clicked = toggle(scene, rect, &parameter.name, parameter.help, is_on);
    let left = rect.left() + PILL_WIDTH + 6.0;
    let label = Rect::from_min_max(pos2(left.min(rect.right()), rect.top()), rect.max);
    let color = if is_on { theme::TEXT } else { theme::QUIET };
    let font = theme::font(theme::LABEL_SIZE);
    scene.text_in(label, Align2::LEFT_CENTER, parameter.short_name, font, color);
    if is_clicked {
        scene.set_once(index, if is_on { 0.0 } else { 1.0 });
    }
}

/// A pill at the left of `rect`, all of which answers; says whether it was clicked.
pub(crate) fn toggle(scene: &Scene<'_>, rect: Rect, name: &str, help: &str, is_on: bool) -> bool {
    let response = scene.interact(rect, name, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, is_on, name));
    let place = pos2(rect.left() + 0.5 * PILL_WIDTH, rect.center().y);
    let pill = Rect::from_center_size(place, vec2(PILL_WIDTH, PILL_HEIGHT));
    let is_active = response.hovered() || response.has_focus();
    let painter = scene.painter();
    let radius = 0.5 * PILL_HEIGHT;
    if is_on {
        let fill = if is_active { theme::TEXT } else { theme::faded(theme::TEXT, 0.82) };
        painter.rect_filled(pill, radius, fill);
        painter.circle_filled(pos2(pill.right() - radius, place.y), radius - 2.5, theme::PANEL);
    } else {
        let line = Stroke::new(1.0, if is_active { theme::TEXT } else { theme::FAINT });
        painter.rect(pill, radius, theme::WELL, line, StrokeKind::Inside);
        painter.circle_filled(pos2(pill.left() + radius, place.y), radius - 4.0, line.color);
    }
    let is_clicked = response.clicked();
    let state = if is_on { "On" } else { "Off" };
    response.on_hover_text(format!("{help}\n{state}; click to change."));
    is_clicked
}
