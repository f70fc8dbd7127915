//! Reference less master in third octaves, the tolerance, and what the moves would do.

use burnish_session::balance::{BANDS, Balance, Curve, centre_hz, edges_hz};
use burnish_session::tonal_match::Proposal;
use egui::epaint::{BandPoint, BandShape};
use egui::{Painter, Rect, pos2};

use super::curves::{Line, empty, inside, legend, runs, scale};
use crate::format;
use crate::plots::{self, Axis};
use crate::scene::Scene;
use crate::theme;

/// Half the height of the scale, dB: the first that holds the curve.
const RANGES_DB: [f64; 3] = [6.0, 12.0, 24.0];

/// Draws the plot; `missing` is the next step while there is nothing to compare.
pub(super) fn show(scene: &Scene<'_>, rect: Rect, missing: Option<&str>) {
    if rect.height() < 40.0 {
        return;
    }
    plots::well(scene.painter(), rect);
    let plot = inside(rect);
    let painter = scene.painter().with_clip_rect(rect.intersect(scene.ui.clip_rect()));
    let difference = scene.view.balance.balance.and_then(|balance| {
        balance.difference_db.as_ref().map(|difference_db| (balance, difference_db))
    });
    let range_db = range(difference.map(|(_, curve)| curve));
    let axis = Axis::linear(range_db, -range_db, plot.top(), plot.bottom());
    plots::frequency_grid(&painter, plot, plot.bottom() + 8.0);
    let step = if plot.height() < 100.0 { range_db } else { 0.5 * range_db };
    scale(&painter, plot, &axis, -range_db, range_db, step);
    let Some((balance, difference_db)) = difference else {
        let text = missing.unwrap_or("The song and the reference have no band in common.");
        empty(scene, plot, text);
        scene.reading(plot, "Difference missing", text);
        return;
    };
    tolerance(&painter, plot, &axis, balance);
    let outside = mark_outside(&painter, plot, &axis, balance);
    for points in runs(plot, &axis, difference_db) {
        Line::Solid.draw(&painter, &points, theme::TEXT);
    }
    let mut entries = vec![("Reference less master, dB", Line::Solid, theme::TEXT)];
    if let Some(proposal) = scene.view.balance.proposal.filter(|it| !it.moves.is_empty()) {
        moves(&painter, plot, &axis, proposal);
        entries.push(("Moves, predicted", Line::Dashed, theme::MASTER));
        entries.push(("Target", Line::Dotted, theme::QUIET));
    }
    legend(scene, plot, &entries);
    let tolerance = describe_tolerance(balance);
    let value = format!("{outside} of {BANDS} bands outside the tolerance; {tolerance}");
    scene.reading(plot, "Difference", &value).on_hover_text(format!(
        "Above 0 the master has less than the reference, below 0 more, once both are at the same \
         level. Shaded: {tolerance}. Bars mark what lies outside: {outside} of {BANDS} bands."
    ));
}

/// The height of the scale: nothing moves while a curve wanders within it.
fn range(difference_db: Option<&Curve>) -> f64 {
    let bands = difference_db.into_iter().flatten().flatten();
    let widest = bands.fold(0.0_f64, |widest, db| widest.max(db.abs()));
    RANGES_DB.into_iter().find(|range| widest <= *range).unwrap_or(RANGES_DB[2])
}

fn describe_tolerance(balance: &Balance) -> String {
    if balance.is_tolerance_measured {
        format!("tolerance, the standard deviation of {} references", balance.references)
    } else {
        let least = balance.tolerance_db.iter().copied().fold(f64::INFINITY, f64::min);
        format!(
            "tolerance, {} dB and more at the ends, a rule of thumb: one reference has no spread",
            format::decimal(least, 0)
        )
    }
}

fn tolerance(painter: &Painter, plot: Rect, axis: &Axis, balance: &Balance) {
    let frequency = Axis::frequency(plot);
    let band = |band: usize| {
        let tolerance_db = balance.tolerance_db[band];
        let heights = axis.at(tolerance_db)..=axis.at(-tolerance_db);
        BandPoint::new(frequency.at(centre_hz(band)), heights)
    };
    let points = (0..BANDS).map(band).collect();
    painter.add(BandShape::filled(points, theme::faded(theme::REFERENCE, 0.16)));
}

/// Bars from the edge of the tolerance to the curve; says how many there are.
fn mark_outside(painter: &Painter, plot: Rect, axis: &Axis, balance: &Balance) -> usize {
    let frequency = Axis::frequency(plot);
    let mut count = 0;
    for band in 0..BANDS {
        let excess_db = balance.excess_db(band);
        let Some(db) = balance.difference_db.and_then(|curve| curve[band]) else { continue };
        if excess_db == 0.0 || excess_db.is_nan() {
            continue;
        }
        count += 1;
        let [left, right] = edges_hz(band).map(|hz| frequency.at(hz));
        let (from, to) = (axis.at(db - excess_db), axis.at(db));
        let bar = Rect::from_two_pos(pos2(left + 1.0, from), pos2(right - 1.0, to));
        painter.rect_filled(bar, 1, theme::faded(theme::ATTENTION, 0.6));
    }
    count
}

fn moves(painter: &Painter, plot: Rect, axis: &Axis, proposal: &Proposal) {
    for points in runs(plot, axis, &proposal.target_db) {
        Line::Dotted.draw(painter, &points, theme::QUIET);
    }
    let predicted_db = proposal.predicted_db.map(Some);
    for points in runs(plot, axis, &predicted_db) {
        Line::Dashed.draw(painter, &points, theme::MASTER);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_holds_the_curve() {
        assert_eq!(range(None), 6.0);
        let mut curve: Curve = [Some(0.0); BANDS];
        curve[3] = None;
        assert_eq!(range(Some(&curve)), 6.0);
        curve[4] = Some(-6.5);
        assert_eq!(range(Some(&curve)), 12.0);
        curve[5] = Some(99.0);
        assert_eq!(range(Some(&curve)), 24.0);
    }
}
