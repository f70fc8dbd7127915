//! The level-matched third octaves of mix, master and reference.

use burnish_session::balance::{Curve, centre_hz};
use egui::{Align2, Color32, Painter, Pos2, Rect, Stroke, pos2};

use crate::format;
use crate::plots::{self, Axis};
use crate::scene::Scene;
use crate::theme;

/// Levels at the upper and the lower edge, dB from each curve's own mean.
const LEVELS_DB: [f64; 2] = [18.0, -36.0];
pub(super) const GUTTER: f32 = 30.0;
/// Room for the frequencies below a plot.
pub(super) const SCALE: f32 = 16.0;

/// How a curve is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) enum Line {
    Solid,
    Dashed,
    Dotted,
}

impl Line {
    pub(super) fn draw(self, painter: &Painter, points: &[Pos2], color: Color32) {
        match self {
            Self::Solid => plots::line(painter, points.to_vec(), 1.5, color),
            Self::Dashed => plots::dashed(painter, points, 1.25, color),
            Self::Dotted => plots::dotted(painter, points, color),
        }
    }
}

/// Draws the plot.
pub(super) fn show(scene: &Scene<'_>, rect: Rect) {
    if rect.height() < 40.0 {
        return;
    }
    plots::well(scene.painter(), rect);
    let plot = inside(rect);
    let painter = scene.painter().with_clip_rect(rect.intersect(scene.ui.clip_rect()));
    plots::frequency_grid(&painter, plot, plot.bottom() + 0.5 * SCALE);
    let axis = Axis::linear(LEVELS_DB[0], LEVELS_DB[1], plot.top(), plot.bottom());
    let step = if plot.height() < 120.0 { 18.0 } else { 6.0 };
    scale(&painter, plot, &axis, LEVELS_DB[1], LEVELS_DB[0], step);
    let Some(balance) = scene.view.balance.balance else {
        empty(scene, plot, "Play the song: its third octaves appear here.");
        return;
    };
    let reference = match balance.references {
        0 | 1 => "Reference".to_owned(),
        count => format!("Average of {count} references"),
    };
    let sides = [
        ("Mix", &balance.mix, Line::Dashed, theme::INPUT),
        ("Master", &balance.master, Line::Solid, theme::MASTER),
        (reference.as_str(), &balance.reference, Line::Dotted, theme::REFERENCE),
    ];
    let mut entries = Vec::new();
    for (name, side, line, color) in sides {
        let Some(side) = side else { continue };
        for points in runs(plot, &axis, &side.curve_db) {
            line.draw(&painter, &points, color);
        }
        entries.push((name, line, color));
    }
    legend(scene, plot, &entries);
    let help = "Long-term level in third octaves, each curve less its own mean from 80 Hz to \
                12 kHz: loudness has no part in it.";
    scene.explain(plot, "Tonal balance", help);
}

/// The place of the curves in their well.
pub(super) fn inside(rect: Rect) -> Rect {
    Rect::from_min_max(
        pos2(rect.left() + GUTTER, rect.top() + 6.0),
        pos2(rect.right() - 8.0, rect.bottom() - SCALE),
    )
}

/// Horizontal lines with their values at the left.
pub(super) fn scale(painter: &Painter, plot: Rect, axis: &Axis, low: f64, high: f64, step: f64) {
    let count = ((high - low) / step).round() as usize;
    for n in 0..=count {
        let db = low + step * n as f64;
        let y = axis.at(db);
        let color = if db == 0.0 { theme::CHOSEN } else { theme::GRID };
        painter.hline(plot.x_range(), y, Stroke::new(1.0, color));
        let text = if db == 0.0 { "0".to_owned() } else { format::decimal(db, 0) };
        let text = if db > 0.0 { format!("+{text}") } else { text };
        let at = pos2(plot.left() - 5.0, y);
        painter.text(at, Align2::RIGHT_CENTER, text, theme::font(theme::LABEL_SIZE), theme::FAINT);
    }
}

/// Points of a curve, cut where bands are missing.
pub(super) fn runs(plot: Rect, axis: &Axis, curve_db: &Curve) -> Vec<Vec<Pos2>> {
    let frequency = Axis::frequency(plot);
    let mut runs = vec![Vec::new()];
    for (band, db) in curve_db.iter().enumerate() {
        match db {
            Some(db) if !db.is_nan() => {
                let point = pos2(frequency.at(centre_hz(band)), axis.at(*db));
                if let Some(run) = runs.last_mut() {
                    run.push(point);
                }
            }
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| run.len() > 1);
    runs
}

/// What each kind of line means, from the left as far as there is room.
pub(super) fn legend(scene: &Scene<'_>, plot: Rect, entries: &[(&str, Line, Color32)]) {
    let painter = scene.painter();
    let mut x = plot.left() + 8.0;
    let y = plot.top() + 8.0;
    for (name, line, color) in entries {
        let font = theme::font(theme::LABEL_SIZE);
        let text = painter.layout_no_wrap((*name).to_owned(), font, theme::QUIET);
        let right = x + 23.0 + text.size().x;
        if right > plot.right() {
            break;
        }
        line.draw(painter, &[pos2(x, y), pos2(x + 18.0, y)], *color);
        painter.galley(pos2(x + 23.0, y - 0.5 * text.size().y), text, theme::QUIET);
        x = right + 14.0;
    }
}

/// What stands in a plot while there is nothing to draw.
pub(super) fn empty(scene: &Scene<'_>, plot: Rect, text: &str) {
    let font = theme::font(theme::TEXT_SIZE);
    scene.text_in(plot.shrink(8.0), Align2::CENTER_CENTER, text, font, theme::QUIET);
}
