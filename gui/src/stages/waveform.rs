//! The last seconds as a scrolling waveform in dB, with gain reduction hanging from the top.

use burnish_dsp::readings::HistoryPoint;
use burnish_dsp::units::gain_to_db;
use egui::{Align2, Pos2, Rect, Stroke, pos2};

use crate::format;
use crate::plots::{self, Axis};
use crate::scene::Scene;
use crate::theme;
use crate::view::HISTORY_POINTS;

/// Levels on the axis, dB, top and bottom.
const TOP_DB: f64 = 3.0;
const BOTTOM_DB: f64 = -33.0;
/// Gain reduction that fills the whole height.
const REDUCTION_RANGE_DB: f64 = 18.0;
const GUTTER: f32 = 26.0;

/// What is drawn.
pub(super) struct Waveform<'a> {
    /// The highest magnitude of what enters the stage.
    pub(super) input: fn(&HistoryPoint) -> f32,
    /// Whether the output is drawn too.
    pub(super) has_output: bool,
    /// The gain reduction of the stage.
    pub(super) reduction: Option<fn(&HistoryPoint) -> f32>,
    /// A level to keep to, and its name.
    pub(super) line: Option<(f64, &'a str)>,
    /// What to do when there is nothing to show.
    pub(super) empty: &'a str,
}

/// Draws the waveform with its scales inside `rect`.
pub(super) fn show(scene: &Scene<'_>, rect: Rect, waveform: &Waveform<'_>) {
    if rect.height() < 24.0 || rect.width() < 80.0 {
        return;
    }
    plots::well(scene.painter(), rect);
    let right_gutter = if waveform.reduction.is_some() { GUTTER } else { 4.0 };
    let plot = Rect::from_min_max(
        pos2(rect.left() + GUTTER, rect.top() + 4.0),
        pos2(rect.right() - right_gutter, rect.bottom() - 4.0),
    );
    let level = Axis::linear(TOP_DB, BOTTOM_DB, plot.top(), plot.bottom());
    grid(scene, plot, &level);
    let history = scene.view.history;
    if history.iter().all(|point| point.input_peak <= 0.0 && point.output_peak <= 0.0) {
        let font = theme::font(theme::TEXT_SIZE);
        scene.text_in(plot, Align2::CENTER_CENTER, waveform.empty, font, theme::QUIET);
    } else {
        let input =
            points(scene, plot, waveform.input, |peak| level.at(gain_to_db(f64::from(peak))));
        let base = plot.bottom();
        plots::area(scene.painter(), &input, base, theme::faded(theme::INPUT, 0.16));
        if waveform.has_output {
            let output = points(
                scene,
                plot,
                |point| point.output_peak,
                |peak| level.at(gain_to_db(f64::from(peak))),
            );
            plots::line(scene.painter(), input, 1.0, theme::faded(theme::INPUT, 0.7));
            plots::area(scene.painter(), &output, base, theme::faded(theme::MASTER, 0.30));
            plots::line(scene.painter(), output, 1.0, theme::faded(theme::MASTER, 0.9));
        } else {
            plots::line(scene.painter(), input, 1.0, theme::INPUT);
        }
    }
    if let Some(reduction) = waveform.reduction {
        show_reduction(scene, plot, reduction);
    }
    if let Some((at_db, name)) = waveform.line {
        ceiling(scene, plot, level.at(at_db), name);
    }
}

fn points(
    scene: &Scene<'_>,
    plot: Rect,
    value: impl Fn(&HistoryPoint) -> f32,
    y: impl Fn(f32) -> f32,
) -> Vec<Pos2> {
    let values = scene.view.history.iter().map(value);
    plots::history_points(plot, HISTORY_POINTS, scene.view.history_start, values, y)
}

fn grid(scene: &Scene<'_>, plot: Rect, level: &Axis) {
    let painter = scene.painter();
    let is_low = plot.height() < 90.0;
    for i in 0..6 {
        let db = -6.0 * f64::from(i);
        let y = level.at(db);
        if is_low && i % 2 == 1 {
            continue;
        }
        painter.hline(plot.x_range(), y, Stroke::new(1.0, theme::GRID));
        let at = pos2(plot.left() - 5.0, y);
        let font = theme::font(theme::LABEL_SIZE);
        painter.text(at, Align2::RIGHT_CENTER, format::decimal(db, 0), font, theme::FAINT);
    }
    for second in 1..10_u8 {
        let x = plot.left() + plot.width() * f32::from(second) / 10.0;
        painter.vline(x, plot.y_range(), Stroke::new(1.0, theme::GRID));
    }
}

fn show_reduction(scene: &Scene<'_>, plot: Rect, reduction: fn(&HistoryPoint) -> f32) {
    let axis = Axis::linear(0.0, REDUCTION_RANGE_DB, plot.top(), plot.bottom());
    let painter = scene.painter();
    let font = theme::font(theme::LABEL_SIZE);
    let marks: &[f64] = if plot.height() < 90.0 { &[6.0, 12.0] } else { &[3.0, 6.0, 9.0, 12.0] };
    for &db in marks {
        let at = pos2(plot.right() + 5.0, axis.at(db));
        let text = format::decimal(-db, 0);
        painter.text(at, Align2::LEFT_CENTER, text, font.clone(), theme::REDUCTION);
    }
    let points = points(scene, plot, reduction, |db| axis.at(f64::from(db)));
    if points.iter().any(|point| point.y > plot.top()) {
        plots::area(painter, &points, plot.top(), theme::faded(theme::REDUCTION, 0.38));
        plots::line(painter, points, 1.5, theme::REDUCTION);
    }
}

fn ceiling(scene: &Scene<'_>, plot: Rect, y: f32, name: &str) {
    let painter = scene.painter();
    plots::dashed(painter, &[pos2(plot.left(), y), pos2(plot.right(), y)], 1.0, theme::TEXT);
    let galley =
        painter.layout_no_wrap(format::minus(name), theme::font(theme::LABEL_SIZE), theme::TEXT);
    let at = pos2(plot.left() + 6.0, y + 3.0);
    let ground = Rect::from_min_size(at, galley.size()).expand2(egui::vec2(3.0, 0.0));
    painter.rect_filled(ground, 2, theme::faded(theme::WELL, 0.8));
    painter.galley(at, galley, theme::TEXT);
}
