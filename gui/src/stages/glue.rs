//! The glue compressor: its curve with the level on it, and how often it reduces by how much.

use burnish_dsp::compressor::{CompressorSettings, static_reduction_db};
use burnish_dsp::settings::Stage;
use burnish_dsp::units::power_to_db;
use egui::{Align2, Rect, Stroke, pos2, vec2};

use super::face::{Face, Title};
use super::{frame, reduction_bar, reduction_histogram};
use crate::flow::{Item, Part};
use crate::format;
use crate::plots::{self, Axis};
use crate::scene::Scene;
use crate::theme;

const AUTO_RELEASE: &str = "Has no effect while the release is automatic.";
const AUTO_MAKEUP: &str = "Has no effect while the make-up is automatic.";
/// Levels on both axes of the curve, dBFS.
const LEVELS_DB: [f64; 2] = [-60.0, 0.0];

/// The glue compressor.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct GlueFace;

impl Face for GlueFace {
    fn stage(&self) -> Stage {
        Stage::Glue
    }

    fn title(&self) -> Title {
        Title { name: "Glue compressor", purpose: "1 to 3 dB hold a mix together", has_note: true }
    }

    fn reading(&self, scene: &Scene<'_>) -> Option<(String, &'static str)> {
        let [left, right] = scene.view.meters.reduction.glue_db;
        Some(reduction_bar::reading(left.max(right)))
    }

    fn miniature(&mut self, scene: &Scene<'_>, area: Rect, is_on: bool) {
        reduction_bar::show(scene, area, scene.view.meters.reduction.glue_db, 3.0, is_on);
    }

    fn show(&mut self, scene: &mut Scene<'_>, body: Rect) {
        let settings = &scene.view.settings.glue;
        let items = [
            Item::Knob("glue.threshold"),
            Item::Block(&[
                &[Part::Choice("glue.ratio", 40.0, None)],
                &[Part::Switch("glue.auto_release"), Part::Switch("glue.auto_makeup")],
            ]),
            Item::Knob("glue.knee"),
            Item::Knob("glue.attack"),
            Item::knob_if(!settings.is_auto_release, "glue.release", AUTO_RELEASE),
            Item::Knob("glue.detector_high_pass"),
            Item::Knob("glue.link"),
            Item::Knob("glue.range"),
            Item::Knob("glue.mix"),
            Item::knob_if(!settings.is_auto_makeup, "glue.makeup", AUTO_MAKEUP),
        ];
        let plot = frame::with_controls(scene, body, &items);
        let [left, right] = scene.view.meters.reduction.glue_db;
        let now_db = left.max(right).max(0.0);
        let side = plot.height().min(0.45 * plot.width());
        let square = plot.with_max_x(plot.left() + side.max(0.3 * plot.width()));
        curve(scene, square, settings, seen(scene));
        let rest = plot.with_min_x(square.right() + theme::GAP);
        reduction_histogram::show(scene, rest, &scene.view.reductions.glue, 1.0..=3.0, now_db);
        let help = "The song should stay between the dashed lines: below, the compressor does \
                    nothing; above, it is heard working.";
        scene.explain(rest, "Glue histogram", help);
        let text = format!("Gain reduction {} dB", format::decimal(-now_db, 1));
        frame::title_note(scene, body, &text);
    }
}

/// The static curve with its range cap.
fn reduction_at(settings: &CompressorSettings, level_db: f64) -> f64 {
    static_reduction_db(settings, level_db).min(settings.range_db)
}

/// What the compressor sees and does.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Seen {
    level_db: f64,
    reduction_db: f64,
}

/// Of the louder channel; `None` in silence and while the stage is off.
fn seen(scene: &Scene<'_>) -> Option<Seen> {
    let reduction = &scene.view.meters.reduction;
    let louder = usize::from(reduction.glue_power[1] > reduction.glue_power[0]);
    let level_db = power_to_db(reduction.glue_power[louder]);
    let is_there = scene.view.settings.glue.is_on && level_db > LEVELS_DB[0];
    is_there.then(|| Seen { level_db, reduction_db: reduction.glue_db[louder].max(0.0) })
}

fn curve(scene: &Scene<'_>, rect: Rect, settings: &CompressorSettings, seen: Option<Seen>) {
    if rect.height() < 40.0 {
        return;
    }
    let painter = scene.painter();
    plots::well(painter, rect);
    let plot = Rect::from_min_max(
        pos2(rect.left() + 28.0, rect.top() + 8.0),
        pos2(rect.right() - 10.0, rect.bottom() - 20.0),
    );
    let x = Axis::linear(LEVELS_DB[0], LEVELS_DB[1], plot.left(), plot.right());
    let y = Axis::linear(LEVELS_DB[1], LEVELS_DB[0], plot.top(), plot.bottom());
    let font = theme::font(theme::LABEL_SIZE);
    for db in [-60.0, -48.0, -36.0, -24.0, -12.0, 0.0] {
        let (at_x, at_y) = (x.at(db), y.at(db));
        painter.vline(at_x, plot.y_range(), Stroke::new(1.0, theme::GRID));
        painter.hline(plot.x_range(), at_y, Stroke::new(1.0, theme::GRID));
        let text = format::decimal(db, 0);
        let below = pos2(at_x, plot.bottom() + 10.0);
        painter.text(below, Align2::CENTER_CENTER, &text, font.clone(), theme::FAINT);
        let beside = pos2(plot.left() - 5.0, at_y);
        painter.text(beside, Align2::RIGHT_CENTER, &text, font.clone(), theme::FAINT);
    }
    let ends = [pos2(plot.left(), plot.bottom()), pos2(plot.right(), plot.top())];
    plots::dashed(painter, &ends, 1.0, theme::CHOSEN);
    let threshold_x = x.at(settings.threshold_db);
    painter.vline(threshold_x, plot.y_range(), Stroke::new(1.0, theme::CHOSEN));
    let points = (0..=120)
        .map(|i| {
            let [low, high] = LEVELS_DB;
            let level_db = low + (high - low) * f64::from(i) / 120.0;
            pos2(x.at(level_db), y.at(level_db - reduction_at(settings, level_db)))
        })
        .collect();
    plots::line(painter, points, 2.0, theme::TEXT);
    if let Some(Seen { level_db, reduction_db }) = seen {
        let dot = pos2(x.at(level_db), y.at(level_db - reduction_db));
        let inside = painter.with_clip_rect(plot.expand(5.0));
        if reduction_db > 0.05 {
            let from = pos2(dot.x, y.at(level_db));
            inside.line_segment([from, dot], Stroke::new(2.0, theme::REDUCTION));
        }
        inside.circle(dot, 4.5, theme::REDUCTION, Stroke::new(1.5, theme::PANEL));
        let reading = format!(
            "{} dBFS, {} dB",
            format::decimal(level_db, 1),
            format::decimal(-reduction_db, 1)
        );
        let place = Rect::from_center_size(dot, vec2(9.0, 9.0));
        scene.reading(place, "Glue detector", &reading);
    }
    let place = Rect::from_min_size(plot.min + vec2(6.0, 2.0), vec2(plot.width() - 8.0, 16.0));
    scene.text_in(place, Align2::LEFT_CENTER, "Out over in, dBFS", font, theme::QUIET);
    let help = "Output over input level. The dot lies over the level that the detector sees, lower \
                by what is taken away now (the rose line): on its way to the curve and back it \
                takes attack and release.";
    scene.explain(rect, "Glue curve", help);
}
