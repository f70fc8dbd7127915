//! Gain reduction on the card of a stage.

use egui::{Rect, Stroke, pos2, vec2};

use crate::format;
use crate::plots::Axis;
use crate::scene::Scene;
use crate::theme;

/// The whole length of a bar, dB.
const RANGE_DB: f64 = 12.0;
const HEIGHT: f32 = 8.0;

/// Where a bar lies on a card.
pub(super) fn place(area: Rect) -> Rect {
    Rect::from_center_size(area.center(), vec2(area.width(), HEIGHT))
}

/// How much is taken off, as the number of a card.
pub(super) fn reading(reduction_db: f64) -> (String, &'static str) {
    (format::decimal(-reduction_db.max(0.0), 1), "dB")
}

/// Gain reduction from the right, one thin bar for each channel, with the mark
/// of what is still gentle.
pub(super) fn show(
    scene: &Scene<'_>,
    area: Rect,
    reduction_db: [f64; 2],
    gentle_db: f64,
    is_on: bool,
) {
    let rect = place(area);
    let axis = Axis::linear(0.0, RANGE_DB, rect.right(), rect.left());
    let painter = scene.painter();
    painter.rect_filled(rect, 2, theme::GROUND);
    for (i, db) in reduction_db.into_iter().enumerate() {
        let top = rect.top() + 0.5 * rect.height() * i as f32;
        let half = Rect::from_min_max(
            pos2(axis.at(db), top),
            pos2(rect.right(), top + 0.5 * rect.height()),
        );
        if is_on && db > 0.0 {
            painter.rect_filled(half, 1, theme::REDUCTION);
        }
    }
    let mark = Stroke::new(1.0, theme::QUIET);
    painter.vline(axis.at(gentle_db), rect.top() - 3.0..=rect.bottom() + 3.0, mark);
}
