//! The stereo stage: the image now, the width of each band, and what mono would lose.

use burnish_dsp::settings::Stage;
use burnish_dsp::stereo::StereoSettings;
use egui::{Align2, Rect, Sense, Stroke, pos2, vec2};

use super::face::{Face, Title};
use super::frame;
use crate::flow::{Item, Part};
use crate::format;
use crate::plots::{self, Axis};
use crate::scene::{Scene, index_of, parameter};
use crate::theme;
use crate::widgets::{correlation_bar, goniometer};

const NO_MONO_BASS: &str = "Has no effect while mono bass is off.";
const NO_GUARD: &str = "Has no effect while the mono guard is off.";
const READINGS_HEIGHT: f32 = 74.0;
const LEAST_WIDTHS_HEIGHT: f32 = 120.0;

/// The stereo stage.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StereoFace;

impl Face for StereoFace {
    fn stage(&self) -> Stage {
        Stage::Stereo
    }

    fn title(&self) -> Title {
        Title { name: "Stereo", purpose: "width with an eye on mono", has_note: false }
    }

    fn reading(&self, scene: &Scene<'_>) -> Option<(String, &'static str)> {
        Some((format::correlation(scene.view.meters.output.correlation), ""))
    }

    fn miniature(&mut self, scene: &Scene<'_>, area: Rect, is_on: bool) {
        if is_on {
            let bar = Rect::from_center_size(area.center(), vec2(area.width(), 10.0));
            correlation_bar(scene, bar, scene.view.meters.output.correlation, false);
        } else {
            let bar = Rect::from_center_size(area.center(), vec2(area.width(), 8.0));
            scene.painter().rect_filled(bar, 2, theme::GROUND);
        }
    }

    fn show(&mut self, scene: &mut Scene<'_>, body: Rect) {
        let settings = &scene.view.settings.stereo;
        let items = [
            Item::Knob("stereo.mid_gain"),
            Item::Knob("stereo.side_gain"),
            Item::Knob("stereo.low_width"),
            Item::Knob("stereo.mid_width"),
            Item::Knob("stereo.high_width"),
            Item::Knob("stereo.low_crossover"),
            Item::Knob("stereo.high_crossover"),
            Item::Block(&[&[Part::Switch("stereo.bass_mono")], &[Part::Switch("stereo.guard")]]),
            Item::knob_if(settings.is_bass_mono, "stereo.mono_below", NO_MONO_BASS),
            Item::knob_if(settings.is_guarded, "stereo.guard_limit", NO_GUARD),
        ];
        let plot = frame::with_controls(scene, body, &items);
        let side = plot.height().min(0.45 * plot.width());
        let square = plot.with_max_x(plot.left() + side);
        if plot.height() > 40.0 {
            plots::well(scene.painter(), square);
            goniometer(scene, square.shrink(6.0), scene.view.scope);
            let help = "The master, every frame a dot: middle upward, sides across.";
            scene.explain(square, "Large goniometer", help);
        }
        let rest = plot.with_min_x(square.right() + theme::GAP);
        if rest.height() < READINGS_HEIGHT + LEAST_WIDTHS_HEIGHT {
            // The meters beside it have the readings too.
            show_widths(scene, rest);
            return;
        }
        let widths = rest.with_max_y(rest.bottom() - READINGS_HEIGHT - theme::GAP);
        show_widths(scene, widths);
        show_readings(scene, rest.with_min_y(widths.bottom() + theme::GAP));
    }
}

/// Width over frequency: a band that reaches from the middle to both edges is
/// as wide as it came in at half the way, twice as wide at the edges.
fn show_widths(scene: &mut Scene<'_>, rect: Rect) {
    if rect.height() < 50.0 {
        return;
    }
    plots::well(scene.painter(), rect);
    let plot = Rect::from_min_max(
        pos2(rect.left() + 34.0, rect.top() + 26.0),
        pos2(rect.right() - 10.0, rect.bottom() - 18.0),
    );
    plots::frequency_grid(scene.painter(), plot, plot.bottom() + 9.0);
    let settings = scene.view.settings.stereo;
    let font = theme::font(theme::LABEL_SIZE);
    let head = Rect::from_min_max(
        pos2(rect.left() + 10.0, rect.top() + 3.0),
        pos2(rect.right() - 10.0, rect.top() + 19.0),
    );
    scene.text_in(head, Align2::LEFT_CENTER, "Width of each band", font.clone(), theme::QUIET);
    bands(scene, plot, &settings);

    let painter = scene.painter();
    for percent in [200.0, 100.0, 0.0] {
        let half = 0.25 * plot.height() * (percent / 100.0) as f32;
        let y = plot.center().y - half;
        let at = pos2(plot.left() - 5.0, y);
        let text = format::decimal(percent, 0);
        painter.text(at, Align2::RIGHT_CENTER, text, font.clone(), theme::FAINT);
        if percent == 100.0 {
            let color = theme::QUIET;
            for y in [y, plot.center().y + half] {
                let line = [pos2(plot.left(), y), pos2(plot.right(), y)];
                plots::dashed(painter, &line, 1.0, theme::faded(color, 0.6));
            }
        }
    }
    painter.hline(plot.x_range(), plot.center().y, Stroke::new(1.0, theme::CHOSEN));
    scene.explain(rect, "Band widths", "100 % leaves a band as wide as it is, 0 % makes it mono.");
    let axis = Axis::frequency(plot);
    for id in ["stereo.low_crossover", "stereo.high_crossover"] {
        crossover(scene, plot, &axis, id);
    }
}

fn bands(scene: &Scene<'_>, plot: Rect, settings: &StereoSettings) {
    let painter = scene.painter();
    let axis = Axis::frequency(plot);
    let low = axis.at(settings.low_crossover_hz);
    let high = axis.at(settings.high_crossover_hz);
    let bands = [
        ("Low", plot.left(), low, settings.low_width_percent),
        ("Mid", low, high, settings.mid_width_percent),
        ("High", high, plot.right(), settings.high_width_percent),
    ];
    let side =
        (10f64.powf(settings.side_gain_db / 20.0) / 10f64.powf(settings.mid_gain_db / 20.0)) as f32;
    for (_, left, right, percent) in bands {
        let half = 0.25 * plot.height() * (percent / 100.0) as f32 * side.min(4.0);
        let half = half.clamp(1.5, 0.5 * plot.height());
        let area = Rect::from_min_max(
            pos2(left + 1.0, plot.center().y - half),
            pos2((right - 1.0).max(left + 2.0), plot.center().y + half),
        );
        painter.rect_filled(area, 2, theme::faded(theme::MASTER, 0.32));
        painter.rect_stroke(area, 2, Stroke::new(1.0, theme::MASTER), egui::StrokeKind::Inside);
    }
    if settings.is_bass_mono {
        let right = axis.at(settings.mono_below_hz);
        let mono = plot.with_max_x(right);
        painter.rect_filled(mono, 0, theme::faded(theme::WELL, 0.75));
        painter.hline(mono.x_range(), plot.center().y, Stroke::new(3.0, theme::MASTER));
        let edge = [pos2(right, plot.top()), pos2(right, plot.bottom())];
        plots::dashed(painter, &edge, 1.0, theme::TEXT);
        let label = mono.with_max_y(plot.bottom() - 1.0).with_min_y(plot.bottom() - 15.0);
        let font = theme::font(theme::LABEL_SIZE);
        scene.text_in(label, Align2::CENTER_CENTER, "mono", font, theme::TEXT);
    }
    for (name, left, right, percent) in bands {
        let label =
            Rect::from_min_max(pos2(left, plot.top() + 1.0), pos2(right, plot.top() + 17.0));
        let text = format!("{name} {} %", format::decimal(percent, 0));
        let font = theme::font(theme::LABEL_SIZE);
        scene.text_in(label, Align2::CENTER_CENTER, &text, font, theme::TEXT);
    }
}

/// A border between two bands that can be dragged.
fn crossover(scene: &mut Scene<'_>, plot: Rect, axis: &Axis, id: &str) {
    let index = index_of(id);
    let parameter = parameter(index);
    let x = axis.at(scene.value(index));
    let grip = Rect::from_center_size(pos2(x, plot.center().y), vec2(10.0, plot.height()));
    let grip = grip.intersect(plot);
    let name = format!("{} border", parameter.name);
    let response = scene.interact(grip, &name, Sense::click_and_drag());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Splitter, true, &name));
    let is_active = response.hovered() || response.dragged();
    let color = if is_active { theme::TEXT } else { theme::QUIET };
    let stroke = Stroke::new(if is_active { 2.0 } else { 1.0 }, color);
    scene.painter().vline(x, plot.y_range(), stroke);
    if is_active {
        scene.ui.ctx().set_cursor_icon(egui::CursorIcon::ResizeHorizontal);
    }
    if scene.is_reset_click(&response) {
        scene.reset(index);
    }
    if response.drag_started() {
        scene.begin_drag(index);
    }
    if response.dragged()
        && let Some(pointer) = response.interact_pointer_pos()
    {
        scene.drag_to(index, axis.value(pointer.x));
    }
    if response.drag_stopped() {
        scene.end_drag(index);
    }
    let value = format::minus(&parameter.kind.format(scene.value(index)));
    response.on_hover_text(format!("{}: {value}. Drag to move it.", parameter.short_name));
}

/// Correlation, mono sum and guard, in words and numbers.
fn show_readings(scene: &Scene<'_>, rect: Rect) {
    if rect.height() < 30.0 {
        return;
    }
    let meters = scene.view.meters;
    let bar = Rect::from_min_max(
        pos2(rect.left() + 78.0, rect.top()),
        pos2(rect.right() - 52.0, rect.top() + 12.0),
    );
    let line = |row: u8| {
        let top = rect.top() - 3.0 + 20.0 * f32::from(row);
        Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + 18.0))
    };
    let label = |row: u8, text: &str| {
        let font = theme::font(theme::LABEL_SIZE);
        scene.text_in(line(row), Align2::LEFT_CENTER, text, font, theme::QUIET);
    };
    let value = |row: u8, text: &str, unit: &str| {
        let number = (text, theme::font(theme::TEXT_SIZE), theme::TEXT);
        scene.quantity(line(row), Align2::RIGHT_CENTER, number, unit);
    };
    label(0, "Correlation");
    correlation_bar(scene, bar, meters.output.correlation, false);
    value(0, &format::correlation(meters.output.correlation), "");
    label(1, "A mono sum loses");
    let output = &meters.output;
    value(1, &format::mono_loss(output.mono_loss_db, output.correlation), "dB");
    label(2, "Since the last reset");
    let correlation = output.overall_correlation.unwrap_or_default();
    let overall = format::mono_loss(output.overall_mono_loss_db, correlation);
    value(2, &overall, "dB");
    if line(3).bottom() <= rect.bottom() + 8.0 {
        label(3, "Guard holds the sides back by");
        value(3, &format::decimal(meters.reduction.guard_db.max(0.0), 1), "dB");
    }
}
