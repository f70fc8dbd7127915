//! The correlation of left and right, −1 to +1.

use egui::{Align2, Rect, Stroke, pos2};

use crate::format;
use crate::plots::Axis;
use crate::scene::Scene;
use crate::theme;

/// A bar from −1 to +1 with the reading as a mark; what lies left of 0 needs
/// attention. A silent channel, which reads exactly 0, has no mark.
pub(crate) fn correlation_bar(scene: &Scene<'_>, rect: Rect, correlation: f64, has_labels: bool) {
    let correlation = if correlation.is_nan() { 0.0 } else { correlation.clamp(-1.0, 1.0) };
    let has_reading = correlation != 0.0;
    let axis = Axis::linear(-1.0, 1.0, rect.left() + 3.0, rect.right() - 3.0);
    let bar = if has_labels {
        Rect::from_min_max(rect.min, pos2(rect.right(), rect.bottom() - 14.0))
    } else {
        rect
    };
    let painter = scene.painter();
    painter.rect_filled(bar, 2, theme::GROUND);
    let (zero, mark) = (axis.at(0.0), axis.at(correlation));
    let color = if correlation < -0.01 { theme::ATTENTION } else { theme::GOOD };
    let filled = Rect::from_min_max(
        pos2(zero.min(mark), bar.top() + 2.0),
        pos2(zero.max(mark), bar.bottom() - 2.0),
    );
    painter.rect_filled(filled, 1, theme::faded(color, 0.4));
    painter.vline(zero, bar.y_range(), Stroke::new(1.0, theme::CHOSEN));
    if has_reading {
        painter.vline(mark, bar.y_range(), Stroke::new(3.0, color));
    }
    if has_labels {
        for value in [-1.0, -0.5, 0.0, 0.5, 1.0] {
            let text = if value == 0.0 { "0".to_owned() } else { label(value) };
            scene.text(
                pos2(axis.at(value), rect.bottom()),
                if value < -0.9 {
                    Align2::LEFT_BOTTOM
                } else if value > 0.9 {
                    Align2::RIGHT_BOTTOM
                } else {
                    Align2::CENTER_BOTTOM
                },
                &text,
                theme::font(theme::LABEL_SIZE),
                theme::FAINT,
            );
        }
    }
}

fn label(value: f64) -> String {
    let decimals = usize::from(value.fract() != 0.0);
    let text = format::decimal(value, decimals);
    if value > 0.0 { format!("+{text}") } else { text }
}
