//! Level meters: bars that fill from one end, with a scale.

use burnish_dsp::units::SILENCE_DB;
use egui::{Align2, Color32, Painter, Rect, Stroke, pos2};

use crate::format;
use crate::plots::Axis;
use crate::theme;

/// What a bar shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bar {
    /// The level now.
    pub(crate) level_db: f64,
    /// The highest since the last reset, drawn as a line.
    pub(crate) max_db: f64,
    /// Its colour while the level is in order.
    pub(crate) color: Color32,
    /// From where on it needs attention.
    pub(crate) attention_db: f64,
    /// From where on it is over.
    pub(crate) over_db: f64,
}

/// The colour of a level on a bar.
fn level_color(bar: &Bar, level_db: f64) -> Color32 {
    if level_db > bar.over_db {
        theme::OVER
    } else if level_db > bar.attention_db {
        theme::ATTENTION
    } else {
        bar.color
    }
}

/// An upright bar on an axis whose loudest end is the top.
pub(crate) fn meter_bar(painter: &Painter, rect: Rect, axis: &Axis, bar: &Bar) {
    painter.rect_filled(rect, 2, theme::GROUND);
    if bar.level_db > SILENCE_DB {
        // Each zone is filled as far as the level reaches into it.
        let zones = [
            (f64::NEG_INFINITY, bar.attention_db, bar.color),
            (bar.attention_db, bar.over_db, theme::ATTENTION),
            (bar.over_db, f64::INFINITY, theme::OVER),
        ];
        for (from_db, to_db, color) in zones {
            if bar.level_db > from_db {
                let top = axis.at(bar.level_db.min(to_db));
                let bottom = if from_db.is_finite() { axis.at(from_db) } else { rect.bottom() };
                let fill = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), bottom));
                painter.rect_filled(fill, 1, color);
            }
        }
    }
    if bar.max_db > SILENCE_DB {
        let y = axis.at(bar.max_db).clamp(rect.top() + 1.0, rect.bottom() - 1.0);
        let color = level_color(bar, bar.max_db);
        painter.hline(rect.x_range(), y, Stroke::new(2.0, color));
    }
}

/// Numbers of a scale, right-aligned at `x`.
pub(crate) fn scale(painter: &Painter, x: f32, axis: &Axis, marks_db: &[f64]) {
    for &mark_db in marks_db {
        painter.text(
            pos2(x, axis.at(mark_db)),
            Align2::RIGHT_CENTER,
            format::decimal(mark_db, 0),
            theme::font(theme::LABEL_SIZE),
            theme::FAINT,
        );
    }
}
