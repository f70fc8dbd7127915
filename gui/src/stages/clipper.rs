//! The clipper: its transfer curve, and what it shaved off.

use burnish_dsp::clipper::static_output;
use burnish_dsp::settings::Stage;
use burnish_dsp::units::{db_to_gain, gain_to_db};
use egui::{Align2, Rect, Stroke, pos2, vec2};

use super::face::{Face, Title};
use super::waveform::{self, Waveform};
use super::{frame, reduction_bar};
use crate::flow::{Item, Part};
use crate::format;
use crate::plots::{self, Axis};
use crate::scene::{Scene, index_of, parameter};
use crate::theme;

/// Levels on both axes of the curve, dBFS.
const LEVELS_DB: [f64; 2] = [-24.0, 6.0];

/// The clipper.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ClipperFace;

impl Face for ClipperFace {
    fn stage(&self) -> Stage {
        Stage::Clipper
    }

    fn title(&self) -> Title {
        Title { name: "Clipper", purpose: "shaves short peaks before the limiter", has_note: true }
    }

    fn reading(&self, scene: &Scene<'_>) -> Option<(String, &'static str)> {
        Some(reduction_bar::reading(scene.view.meters.reduction.clipper_db))
    }

    fn miniature(&mut self, scene: &Scene<'_>, area: Rect, is_on: bool) {
        let reduction_db = [scene.view.meters.reduction.clipper_db; 2];
        reduction_bar::show(scene, area, reduction_db, 3.0, is_on);
    }

    fn show(&mut self, scene: &mut Scene<'_>, body: Rect) {
        let items = [
            Item::Knob("clipper.drive"),
            Item::Knob("clipper.threshold"),
            Item::Knob("clipper.softness"),
            Item::Space,
            Item::Block(&[&[Part::Choice("clipper.oversampling", 56.0, None)]]),
        ];
        let plot = frame::with_controls(scene, body, &items);
        let side = plot.height().min(0.45 * plot.width());
        let square = plot.with_max_x(plot.left() + side.max(0.3 * plot.width()));
        curve(scene, square);
        let rest = plot.with_min_x(square.right() + theme::GAP);
        let settings = &scene.view.settings.clipper;
        let threshold = parameter(index_of("clipper.threshold")).kind.format(settings.threshold_db);
        let name = format!("Threshold {}", format::minus(&threshold));
        waveform::show(
            scene,
            rest,
            &Waveform {
                input: |point| point.on_the_way.at_clipper,
                has_output: false,
                reduction: Some(|point| point.clipper_db),
                line: Some((settings.threshold_db, &name)),
                empty: "Play the mix: what is shaved off appears here.",
            },
        );
        let help = "Slate is what reaches the clipper with its drive, rose hangs from the top as far as peaks were \
                    shaved; the last 10 s.";
        scene.explain(rest, "Clipper history", help);
        let now_db = scene.view.meters.reduction.clipper_db.max(0.0);
        let most_db = scene.view.history.iter().map(|point| point.clipper_db).fold(0.0, f32::max);
        let text = format!(
            "Shaves {} dB  \u{00b7}  at most {} dB in the last 10 s",
            format::decimal(now_db, 1),
            format::decimal(f64::from(most_db), 1)
        );
        frame::title_note(scene, body, &text);
    }
}

fn curve(scene: &Scene<'_>, rect: Rect) {
    if rect.height() < 40.0 {
        return;
    }
    let settings = &scene.view.settings.clipper;
    let painter = scene.painter();
    plots::well(painter, rect);
    let plot = Rect::from_min_max(
        pos2(rect.left() + 28.0, rect.top() + 8.0),
        pos2(rect.right() - 10.0, rect.bottom() - 20.0),
    );
    let x = Axis::linear(LEVELS_DB[0], LEVELS_DB[1], plot.left(), plot.right());
    let y = Axis::linear(LEVELS_DB[1], LEVELS_DB[0], plot.top(), plot.bottom());
    let font = theme::font(theme::LABEL_SIZE);
    for db in [-24.0, -18.0, -12.0, -6.0, 0.0, 6.0] {
        let line = if db == 0.0 { theme::CHOSEN } else { theme::GRID };
        let (at_x, at_y) = (x.at(db), y.at(db));
        painter.vline(at_x, plot.y_range(), Stroke::new(1.0, line));
        painter.hline(plot.x_range(), at_y, Stroke::new(1.0, line));
        let text = format::decimal(db, 0);
        let below = pos2(at_x, plot.bottom() + 10.0);
        painter.text(below, Align2::CENTER_CENTER, &text, font.clone(), theme::FAINT);
        let beside = pos2(plot.left() - 5.0, at_y);
        painter.text(beside, Align2::RIGHT_CENTER, &text, font.clone(), theme::FAINT);
    }
    let inside = painter.with_clip_rect(plot);
    let ends = [pos2(plot.left(), plot.bottom()), pos2(plot.right(), plot.top())];
    plots::dashed(&inside, &ends, 1.0, theme::CHOSEN);
    let threshold_y = y.at(settings.threshold_db);
    plots::dashed(
        &inside,
        &[pos2(plot.left(), threshold_y), pos2(plot.right(), threshold_y)],
        1.0,
        theme::QUIET,
    );
    let points = (0..=120)
        .map(|i| {
            let [low, high] = LEVELS_DB;
            let input_db = low + (high - low) * f64::from(i) / 120.0;
            let output = static_output(settings, db_to_gain(input_db));
            pos2(x.at(input_db), y.at_unclamped(gain_to_db(output)))
        })
        .collect();
    plots::line(&inside, points, 2.0, theme::TEXT);
    let place = Rect::from_min_size(plot.min + vec2(6.0, 2.0), vec2(plot.width() - 8.0, 16.0));
    scene.text_in(place, Align2::LEFT_CENTER, "Out over in, dBFS", font, theme::QUIET);
    let help = "Output over input level: drive lifts the line, the threshold cuts it off, \
                softness rounds the corner. Steep peaks pass it by some dB.";
    scene.explain(rect, "Clipper curve", help);
}
