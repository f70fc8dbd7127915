//! Small drawn signs, sharp at every scale.

use egui::{Align2, Color32, Painter, Pos2, Shape, Stroke, vec2};

use crate::theme;

/// A triangle with an exclamation mark: something needs attention.
pub(crate) fn warning(painter: &Painter, center: Pos2, color: Color32) {
    let triangle =
        vec![center + vec2(0.0, -7.0), center + vec2(8.0, 6.5), center + vec2(-8.0, 6.5)];
    painter.add(Shape::closed_line(triangle, Stroke::new(1.5, color)));
    painter
        .line_segment([center + vec2(0.0, -2.0), center + vec2(0.0, 2.0)], Stroke::new(1.6, color));
    painter.circle_filled(center + vec2(0.0, 4.2), 0.9, color);
}

/// The mark of the house: a bar that has been taken down and rounded off.
pub(crate) fn mark(painter: &Painter, center: Pos2) {
    let stroke = Stroke::new(2.0, theme::MASTER);
    for (i, height) in [5.0, 9.0, 12.0, 9.0, 5.0_f32].into_iter().enumerate() {
        let x = (i as f32 - 2.0) * 4.0;
        let half = 0.5 * height.min(9.0);
        painter.line_segment([center + vec2(x, half), center + vec2(x, -half)], stroke);
    }
}

/// A point toward the next stage.
pub(crate) fn chevron(painter: &Painter, center: Pos2, color: Color32) {
    let points = vec![center + vec2(-2.0, -4.0), center + vec2(2.0, 0.0), center + vec2(-2.0, 4.0)];
    painter.add(Shape::line(points, Stroke::new(1.5, color)));
}

/// A triangle that points right at what it marks, as wide as `size`.
pub(crate) fn pointer_right(painter: &Painter, tip: Pos2, size: f32, color: Color32) {
    let triangle = vec![tip, tip + vec2(-size, -0.6 * size), tip + vec2(-size, 0.6 * size)];
    painter.add(Shape::convex_polygon(triangle, color, Stroke::NONE));
}

/// A triangle that points down at what it marks, as high as `size`.
pub(crate) fn pointer_down(painter: &Painter, tip: Pos2, size: f32, color: Color32) {
    let triangle = vec![tip, tip + vec2(-0.7 * size, -size), tip + vec2(0.7 * size, -size)];
    painter.add(Shape::convex_polygon(triangle, color, Stroke::NONE));
}

/// Two upright bars.
pub(crate) fn pause(painter: &Painter, center: Pos2, color: Color32) {
    for x in [-2.5, 2.5] {
        let stroke = Stroke::new(2.0, color);
        painter.line_segment([center + vec2(x, -4.5), center + vec2(x, 4.5)], stroke);
    }
}

/// A triangle that points right, in the middle of its button.
pub(crate) fn play(painter: &Painter, center: Pos2, color: Color32) {
    let triangle =
        vec![center + vec2(-3.5, -5.0), center + vec2(5.0, 0.0), center + vec2(-3.5, 5.0)];
    painter.add(Shape::convex_polygon(triangle, color, Stroke::NONE));
}

/// A pen: what it stands beside can be written anew.
pub(crate) fn pen(painter: &Painter, center: Pos2, color: Color32) {
    let stroke = Stroke::new(1.4, color);
    let (tip, end) = (center + vec2(-4.5, 4.5), center + vec2(4.0, -4.0));
    painter.line_segment([center + vec2(-3.0, 3.0), end], Stroke::new(3.0, color));
    painter.line_segment([tip, center + vec2(-2.0, 2.0)], stroke);
}

/// A word in a rounded frame: a state that must not rest on colour alone.
pub(crate) fn badge(painter: &Painter, right_center: Pos2, text: &str, color: Color32) -> f32 {
    let galley =
        painter.layout_no_wrap(text.to_owned(), theme::strong_font(theme::LABEL_SIZE), color);
    let size = galley.size() + vec2(10.0, 2.0);
    let rect = Align2::RIGHT_CENTER.anchor_size(right_center, size);
    let stroke = Stroke::new(1.0, color);
    painter.rect(rect, 3, theme::faded(color, 0.15), stroke, egui::StrokeKind::Inside);
    painter.galley(rect.min + vec2(5.0, 1.0), galley, color);
    size.x
}
