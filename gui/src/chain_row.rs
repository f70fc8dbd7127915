//! The chain row: the stages in the order of the signal, each with its switch
//! and a live miniature. A click shows a stage large.

use burnish_dsp::dither::BitDepth;
use burnish_dsp::equalizer::BandChannel;
use burnish_dsp::parameter::Kind;
use burnish_dsp::settings::Stage;
use egui::{Align2, Rect, Role, Sense, Stroke, StrokeKind, WidgetInfo, pos2, vec2};

use crate::format;
use crate::icons;
use crate::page::Page;
use crate::plots::{self, Axis};
use crate::scene::{Scene, index_of, parameter};
use crate::theme;
use crate::view::Edit;
use crate::widgets::{correlation_bar, toggle};

const ARROW_WIDTH: f32 = 14.0;
/// The whole length of a gain reduction bar, dB.
const REDUCTION_RANGE_DB: f64 = 12.0;

/// Draws the row.
pub(crate) fn show(scene: &mut Scene<'_>, rect: Rect, is_folded: bool) {
    let count = Stage::ALL.len() as f32;
    let width = (rect.width() - ARROW_WIDTH * (count - 1.0)) / count;
    for (i, stage) in Stage::ALL.into_iter().enumerate() {
        let left = rect.left() + i as f32 * (width + ARROW_WIDTH);
        let card = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
        if i > 0 {
            let arrow = pos2(left - 0.5 * ARROW_WIDTH, rect.center().y);
            icons::chevron(scene.painter(), arrow, theme::FAINT);
        }
        show_card(scene, card, stage, is_folded);
    }
}

/// Whether a stage is in the path.
pub(crate) fn is_on(scene: &Scene<'_>, stage: Stage) -> bool {
    match stage {
        Stage::Dither => scene.view.settings.dither.depth != BitDepth::Off,
        _ => scene.is_on(&format!("{}.on", stage.id())),
    }
}

/// Switches a stage in or out. The dither, which has a depth instead of a
/// switch, comes back at the depth it had.
pub(crate) fn switch_stage(scene: &mut Scene<'_>, stage: Stage, is_on: bool) {
    if stage == Stage::Dither {
        let index = index_of("dither.depth");
        if is_on {
            let depth = scene.state.dither_depth;
            scene.set_once(index, depth);
        } else {
            scene.state.dither_depth = scene.value(index);
            scene.set_once(index, BitDepth::Off.index());
        }
    } else {
        scene.set_once(index_of(&format!("{}.on", stage.id())), f64::from(u8::from(is_on)));
    }
}

fn help_of(stage: Stage) -> &'static str {
    match stage {
        Stage::Dither => "Switches the dither in or out.",
        _ => parameter(index_of(&format!("{}.on", stage.id()))).help,
    }
}

fn show_card(scene: &mut Scene<'_>, card: Rect, stage: Stage, is_folded: bool) {
    let is_chosen = scene.state.page == Page::Stage && scene.state.stage == stage;
    let is_on = is_on(scene, stage);
    let name = format!("Show {}", stage.name());
    let response = scene.interact(card, &name, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_chosen, &name));
    let (fill, line) = match (is_chosen, response.hovered() || response.has_focus()) {
        (true, _) => (theme::RAISED, theme::QUIET),
        (false, true) => (theme::RAISED, theme::CHOSEN),
        (false, false) => (theme::PANEL, theme::LINE),
    };
    let stroke = Stroke::new(1.0, line);
    scene.painter().rect(card, theme::PANEL_RADIUS, fill, stroke, StrokeKind::Inside);
    if is_chosen {
        let under = [
            pos2(card.left() + 6.0, card.bottom() - 1.5),
            pos2(card.right() - 6.0, card.bottom() - 1.5),
        ];
        scene.painter().line_segment(under, Stroke::new(3.0, theme::TEXT));
    }
    if response.clicked() {
        choose(scene, stage);
    }

    let inner = card.shrink2(vec2(theme::GAP, 4.0));
    let head_height = if is_folded { inner.height() } else { 22.0 };
    let head = Rect::from_min_size(inner.min, vec2(inner.width(), head_height));
    let pill = Rect::from_min_size(head.min, vec2(26.0, head.height()));
    // Wide enough to hit, and clear of the name.
    let switch_name = format!("{} On", stage.name());
    if toggle(scene, pill, &switch_name, help_of(stage), is_on) {
        switch_stage(scene, stage, !is_on);
    }
    let color = if is_on { theme::TEXT } else { theme::FAINT };
    let label = Rect::from_min_max(pos2(pill.right() + 6.0, head.top()), head.max);
    let font = if is_chosen {
        theme::strong_font(theme::TEXT_SIZE)
    } else {
        theme::font(theme::TEXT_SIZE)
    };
    let name = scene.text_in(label, Align2::LEFT_CENTER, stage.name(), font, color);
    let rest = Rect::from_min_max(pos2(name.right() + 6.0, head.top()), head.max);
    if !is_on {
        if rest.width() > 16.0 {
            let font = theme::font(theme::LABEL_SIZE);
            scene.text_in(rest, Align2::RIGHT_CENTER, "off", font, theme::FAINT);
        }
    } else if let Some((number, unit)) = reading(scene, stage).filter(|_| rest.width() > 30.0) {
        let number = (number.as_str(), theme::font(theme::LABEL_SIZE), theme::TEXT);
        let unit = if rest.width() < 44.0 { "" } else { unit };
        scene.quantity(rest, Align2::RIGHT_CENTER, number, unit);
    }
    if !is_folded {
        let area = Rect::from_min_max(pos2(inner.left(), head.bottom() + 4.0), inner.max)
            .with_max_y(inner.bottom() - 4.0);
        miniature(scene, area, stage, is_on);
    }
}

fn choose(scene: &mut Scene<'_>, stage: Stage) {
    scene.state.page = Page::Stage;
    scene.state.stage = stage;
    scene.state.typing = None;
    // The delta follows the eye: one hears what one looks at.
    if scene.view.delta.is_some_and(|heard| heard != stage) {
        scene.edits.push(Edit::Delta(Some(stage)));
    }
}

/// The most telling number of a stage.
fn reading(scene: &Scene<'_>, stage: Stage) -> Option<(String, &'static str)> {
    let (settings, meters) = (scene.view.settings, scene.view.meters);
    let highest = |values: [f64; 2]| values[0].max(values[1]);
    let taken = |db: f64| (format::decimal(-db.max(0.0), 1), "dB");
    match stage {
        Stage::Trim => {
            let peak = highest(meters.input.max_peak_dbfs) + settings.trim.gain_db;
            Some((format::level(peak), "dBFS"))
        }
        Stage::Equalizer => {
            let count = settings.equalizer.bands.iter().filter(|band| !band.is_neutral()).count();
            Some((count.to_string(), if count == 1 { "band" } else { "bands" }))
        }
        Stage::Glue => Some(taken(highest(meters.reduction.glue_db))),
        Stage::Stereo => Some((format::correlation(meters.output.correlation), "")),
        Stage::Clipper => Some(taken(meters.reduction.clipper_db)),
        Stage::Limiter => Some(taken(highest(meters.reduction.limiter_db))),
        Stage::Dither => None,
    }
}

fn miniature(scene: &Scene<'_>, area: Rect, stage: Stage, is_on: bool) {
    let (settings, meters) = (scene.view.settings, scene.view.meters);
    let bar = Rect::from_center_size(area.center(), vec2(area.width(), 8.0));
    match stage {
        Stage::Trim => peak_bar(scene, area, is_on),
        Stage::Equalizer => curve(scene, area, is_on),
        Stage::Glue => reduction_bar(scene, bar, meters.reduction.glue_db, 3.0, is_on),
        Stage::Stereo => {
            if is_on {
                let bar = Rect::from_center_size(area.center(), vec2(area.width(), 10.0));
                correlation_bar(scene, bar, meters.output.correlation, false);
            } else {
                scene.painter().rect_filled(bar, 2, theme::GROUND);
            }
        }
        Stage::Clipper => {
            reduction_bar(scene, bar, [meters.reduction.clipper_db; 2], 3.0, is_on);
        }
        Stage::Limiter => reduction_bar(scene, bar, meters.reduction.limiter_db, 4.0, is_on),
        Stage::Dither => {
            let depth = parameter(index_of("dither.depth"));
            let text = match depth.kind {
                Kind::Choice(names) => names[settings.dither.depth.index() as usize],
                _ => "",
            };
            let text = if is_on { text } else { "32-bit float" };
            let color = if is_on { theme::TEXT } else { theme::FAINT };
            let font = theme::font(theme::TEXT_SIZE);
            scene.text_in(area, Align2::CENTER_CENTER, text, font, color);
        }
    }
}

/// Input peaks of both channels after the trim, with the mark of -6 dBFS.
fn peak_bar(scene: &Scene<'_>, area: Rect, is_on: bool) {
    let gain_db = if is_on { scene.view.settings.trim.gain_db } else { 0.0 };
    let axis = Axis::linear(-48.0, 0.0, area.left(), area.right());
    let painter = scene.painter();
    for (i, level) in scene.view.meters.input.peak_dbfs.into_iter().enumerate() {
        let top = area.center().y - 6.5 + 7.0 * i as f32;
        let bar = Rect::from_min_max(pos2(area.left(), top), pos2(area.right(), top + 6.0));
        painter.rect_filled(bar, 1, theme::GROUND);
        if level.is_finite() {
            let color = if level + gain_db > 0.0 { theme::OVER } else { theme::INPUT };
            let color = if is_on { color } else { theme::FAINT };
            painter.rect_filled(bar.with_max_x(axis.at(level + gain_db)), 1, color);
        }
    }
    let mark = Stroke::new(1.0, theme::QUIET);
    painter.vline(axis.at(-6.0), area.center().y - 9.0..=area.center().y + 9.0, mark);
}

fn curve(scene: &Scene<'_>, area: Rect, is_on: bool) {
    let settings = &scene.view.settings.equalizer;
    let painter = scene.painter().with_clip_rect(area);
    let (x, y) = (Axis::frequency(area), Axis::linear(15.0, -15.0, area.top(), area.bottom()));
    painter.hline(area.x_range(), area.center().y, Stroke::new(1.0, theme::LINE));
    let frequencies_hz = scene.state.curves.frequencies_hz();
    let sum = scene.state.curves.sum(settings, BandChannel::Stereo);
    let points: Vec<_> = frequencies_hz
        .iter()
        .zip(sum)
        .step_by(4)
        .map(|(&frequency_hz, gain_db)| pos2(x.at(frequency_hz), y.at_unclamped(gain_db)))
        .collect();
    let color = if is_on { theme::TEXT } else { theme::FAINT };
    if is_on {
        plots::area(&painter, &points, area.center().y, theme::faded(theme::TEXT, 0.1));
    }
    plots::line(&painter, points, 1.5, color);
}

/// Gain reduction from the right, one thin bar for each channel, with the mark
/// of what is still gentle.
fn reduction_bar(
    scene: &Scene<'_>,
    rect: Rect,
    reduction_db: [f64; 2],
    gentle_db: f64,
    is_on: bool,
) {
    let axis = Axis::linear(0.0, REDUCTION_RANGE_DB, rect.right(), rect.left());
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
