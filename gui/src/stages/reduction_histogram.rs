//! How often there was how much gain reduction, with the zone to stay in.

use std::ops::RangeInclusive;

use burnish_dsp::reductions::{REDUCTION_BIN_DB, REDUCTION_BINS, ReductionHistogram};
use egui::{Align2, Rect, Stroke, pos2};

use crate::format;
use crate::plots::{self, Axis};
use crate::scene::Scene;
use crate::theme;

/// The widest reduction on the axis, dB.
const RANGE_DB: f64 = REDUCTION_BIN_DB * REDUCTION_BINS as f64;

/// Draws a histogram, the zone, and the reduction now.
pub(super) fn show(
    scene: &Scene<'_>,
    rect: Rect,
    histogram: &ReductionHistogram,
    zone_db: RangeInclusive<f64>,
    now_db: f64,
) {
    if rect.height() < 40.0 || rect.width() < 80.0 {
        return;
    }
    let painter = scene.painter();
    plots::well(painter, rect);
    let plot = Rect::from_min_max(
        pos2(rect.left() + 12.0, rect.top() + 26.0),
        pos2(rect.right() - 12.0, rect.bottom() - 20.0),
    );
    let axis = Axis::linear(0.0, RANGE_DB, plot.left(), plot.right());
    let font = theme::font(theme::LABEL_SIZE);

    let zone = Rect::from_min_max(
        pos2(axis.at(*zone_db.start()), plot.top()),
        pos2(axis.at(*zone_db.end()), plot.bottom()),
    );
    painter.rect_filled(zone, 0, theme::faded(theme::GOOD, 0.10));
    for x in [zone.left(), zone.right()] {
        let points = [pos2(x, plot.top()), pos2(x, plot.bottom())];
        plots::dashed(painter, &points, 1.0, theme::faded(theme::GOOD, 0.7));
    }
    let name = format!("{} to {} dB", zone_db.start(), zone_db.end());
    let at = pos2(zone.center().x, plot.top() + 3.0);
    painter.text(at, Align2::CENTER_TOP, name, font.clone(), theme::GOOD);

    for db in [0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0] {
        let at = pos2(axis.at(db), plot.bottom() + 10.0);
        painter.text(at, Align2::CENTER_CENTER, format::decimal(db, 0), font.clone(), theme::FAINT);
    }
    painter.hline(plot.x_range(), plot.bottom(), Stroke::new(1.0, theme::LINE));

    let head = Rect::from_min_max(
        pos2(plot.left(), rect.top() + 4.0),
        pos2(plot.right(), rect.top() + 22.0),
    );
    let title = scene.text_in(
        head,
        Align2::LEFT_CENTER,
        "Gain reduction, dB, since the last reset",
        font.clone(),
        theme::QUIET,
    );
    if histogram.is_empty() {
        let text = "Play the song: how much it is reduced appears here.";
        let place = plot.with_min_y(plot.top() + 14.0);
        scene.text_in(
            place,
            Align2::CENTER_CENTER,
            text,
            theme::font(theme::TEXT_SIZE),
            theme::QUIET,
        );
    } else {
        bars(scene, plot, &axis, histogram);
        let share = 100.0 * histogram.share_between(*zone_db.start(), *zone_db.end());
        let text = format!("{} % in the zone", format::decimal(share, 0));
        let rest = head.with_min_x(title.right() + 8.0);
        scene.text_in(rest, Align2::RIGHT_CENTER, &text, font, theme::TEXT);
    }
    if now_db > 0.0 {
        let x = axis.at(now_db);
        painter.vline(x, plot.y_range(), Stroke::new(1.5, theme::TEXT));
    }
}

fn bars(scene: &Scene<'_>, plot: Rect, axis: &Axis, histogram: &ReductionHistogram) {
    let highest = histogram.shares().fold(0.0, f64::max).max(1e-9);
    let room = plot.height() - 18.0;
    for (bin, share) in histogram.shares().enumerate() {
        if share <= 0.0 {
            continue;
        }
        // The root keeps rare but strong reductions in sight.
        let height = (room * (share / highest).sqrt() as f32).max(1.0);
        let left = axis.at(bin as f64 * REDUCTION_BIN_DB);
        let right = axis.at((bin + 1) as f64 * REDUCTION_BIN_DB) - 1.0;
        let bar = Rect::from_min_max(
            pos2(left, plot.bottom() - height),
            pos2(right.max(left + 1.0), plot.bottom()),
        );
        scene.painter().rect_filled(bar, 1, theme::faded(theme::REDUCTION, 0.85));
    }
}
