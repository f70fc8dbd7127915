//! The response of the equaliser over the spectra of input, master and
//! reference, with a handle for each band.
//!
//! Drag a handle for frequency and gain, turn the wheel for Q, double-click or
//! ctrl-click for no gain, right-click to switch the band. A double-click on
//! an empty place takes the first idle band there.

use burnish_dsp::equalizer::{BAND_COUNT, BandChannel, BandSettings, BandShape};
use egui::{Align2, Painter, Pos2, Rect, Role, Sense, Stroke, WidgetInfo, pos2, vec2};

use super::axes::{Axes, SPECTRUM_DB};
use super::band::{band_index, has_gain, has_q, has_slope, toggle};
use super::response::ResponseCurves;
use super::spectra;
use super::state::EqualizerState;
use crate::format;
use crate::plots::{self, Axis};
use crate::scene::{Scene, parameter};
use crate::theme;
use crate::widgets::{Segment, segments};

const GUTTER: f32 = 30.0;
const HANDLE_RADIUS: f32 = 9.0;
const RANGES_DB: [f64; 3] = [6.0, 12.0, 24.0];

/// Draws the plot.
pub(super) fn show(
    scene: &mut Scene<'_>,
    state: &mut EqualizerState,
    responses: &ResponseCurves,
    rect: Rect,
) {
    if rect.height() < 60.0 {
        return;
    }
    plots::well(scene.painter(), rect);
    let plot = Rect::from_min_max(
        pos2(rect.left() + GUTTER, rect.top() + 4.0),
        pos2(rect.right() - GUTTER, rect.bottom() - 18.0),
    );
    let range_db = state.range_db;
    let axes = Axes {
        plot,
        frequency: Axis::frequency(plot),
        gain: Axis::linear(range_db, -range_db, plot.top(), plot.bottom()),
        level: Axis::linear(SPECTRUM_DB[0], SPECTRUM_DB[1], plot.top(), plot.bottom()),
    };
    let ground = scene.interact(plot, "EQ plot", Sense::click());
    grid(scene.painter(), &axes, range_db);
    spectra::show(scene, &axes);
    curves(scene, *state, responses, &axes);
    spectra::legend(scene, &axes);
    spectra::menu(scene, &axes);
    show_ranges(scene, state, &axes);
    // The chosen one lies on top.
    let chosen = state.band;
    for band in (0..BAND_COUNT).filter(|band| *band != chosen).chain([chosen]) {
        handle(scene, state, &axes, band);
    }
    if ground.double_clicked()
        && let Some(pointer) = ground.interact_pointer_pos()
    {
        take_idle_band(scene, state, &axes, pointer);
    }
}

fn grid(painter: &Painter, axes: &Axes, range_db: f64) {
    let font = theme::font(theme::LABEL_SIZE);
    plots::frequency_grid(painter, axes.plot, axes.plot.bottom() + 9.0);
    let step = range_db / 4.0;
    for i in -3..=3 {
        let gain_db = step * f64::from(i);
        let y = axes.gain.at(gain_db);
        let color = if i == 0 { theme::CHOSEN } else { theme::GRID };
        painter.hline(axes.plot.x_range(), y, Stroke::new(1.0, color));
        let decimals = usize::from(step.fract() != 0.0);
        let text = format::decimal(gain_db, decimals);
        let text = if gain_db > 0.0 { format!("+{text}") } else { text };
        let text = if i == 0 { "0".to_owned() } else { text };
        let at = pos2(axes.plot.left() - 5.0, y);
        painter.text(at, Align2::RIGHT_CENTER, text, font.clone(), theme::QUIET);
    }
    for level_db in [-18.0, -36.0, -54.0, -72.0] {
        let at = pos2(axes.plot.right() + 5.0, axes.level.at(level_db));
        let text = format::decimal(level_db, 0);
        painter.text(at, Align2::LEFT_CENTER, text, font.clone(), theme::FAINT);
    }
}

fn show_ranges(scene: &mut Scene<'_>, state: &mut EqualizerState, axes: &Axes) {
    let place = Rect::from_min_size(
        pos2(axes.plot.right() - 118.0, axes.plot.top() + 4.0),
        vec2(114.0, 20.0),
    );
    let texts = ["\u{00b1}6", "\u{00b1}12", "\u{00b1}24"];
    let names = ["Scale 6 dB", "Scale 12 dB", "Scale 24 dB"];
    let items: Vec<_> = texts
        .iter()
        .zip(names)
        .map(|(text, name)| Segment {
            text,
            name,
            help: "The height of the scale, dB.",
            color: theme::CHOSEN,
            is_disabled: false,
        })
        .collect();
    let chosen = RANGES_DB.iter().position(|range| *range == state.range_db);
    if let Some(clicked) = segments(scene, place, &items, chosen) {
        state.range_db = RANGES_DB[clicked];
    }
}

fn curve_points(axes: &Axes, frequencies_hz: &[f64], gains_db: &[f64]) -> Vec<Pos2> {
    frequencies_hz
        .iter()
        .zip(gains_db)
        .map(|(&frequency_hz, &gain_db)| {
            pos2(axes.frequency.at(frequency_hz), axes.gain.at_unclamped(gain_db))
        })
        .collect()
}

/// The chosen band alone, the sum, and the sums of the parts that differ from it.
fn curves(scene: &Scene<'_>, state: EqualizerState, curves: &ResponseCurves, axes: &Axes) {
    let settings = &scene.view.settings.equalizer;
    let painter = scene.painter().with_clip_rect(axes.plot.intersect(scene.ui.clip_rect()));
    let frequencies_hz = curves.frequencies_hz();
    let zero = axes.gain.at(0.0);
    let band = state.band;
    if settings.bands[band].is_on {
        let points = curve_points(axes, frequencies_hz, curves.band(band));
        plots::area(&painter, &points, zero, theme::faded(theme::TEXT, 0.10));
        plots::line(&painter, points, 1.0, theme::faded(theme::TEXT, 0.45));
    }
    let sum = curve_points(axes, frequencies_hz, &curves.sum(settings, BandChannel::Stereo));
    for part in ResponseCurves::parts(settings) {
        let points = curve_points(axes, frequencies_hz, &curves.sum(settings, part));
        let name = BandChannel::NAMES[part.index() as usize];
        // The word stands where the part differs most from both channels.
        let distance = |(a, b): (&Pos2, &Pos2)| (a.y - b.y).abs();
        let place = points
            .iter()
            .zip(&sum)
            .max_by(|a, b| distance(*a).total_cmp(&distance(*b)))
            .map(|(part, both)| (*part, part.y > both.y));
        plots::line(&painter, points, 1.25, theme::QUIET);
        if let Some((at, is_below)) = place {
            let y = at.y.clamp(axes.plot.top() + 40.0, axes.plot.bottom() - 40.0);
            let below = if is_below { 24.0 } else { -24.0 };
            let font = theme::font(theme::LABEL_SIZE);
            painter.text(pos2(at.x, y + below), Align2::CENTER_CENTER, name, font, theme::QUIET);
        }
    }
    plots::line(&painter, sum, 2.0, theme::TEXT);
}

/// Where a band's handle lies.
fn handle_at(axes: &Axes, band: &BandSettings) -> Pos2 {
    let gain_db = if has_gain(band.shape) { band.gain_db } else { 0.0 };
    // A tilt pivots on its frequency, where its gain is none.
    let gain_db = if band.shape == BandShape::Tilt { 0.5 * gain_db } else { gain_db };
    let inside = axes.plot.shrink(HANDLE_RADIUS);
    inside.clamp(pos2(axes.frequency.at(band.frequency_hz), axes.gain.at(gain_db)))
}

fn handle(scene: &mut Scene<'_>, state: &mut EqualizerState, axes: &Axes, band: usize) {
    let settings = scene.view.settings.equalizer.bands[band];
    let center = handle_at(axes, &settings);
    let area = Rect::from_center_size(center, vec2(20.0, 20.0));
    let name = format!("EQ {} handle", band + 1);
    let response = scene.interact(area, &name, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let is_chosen = state.band == band;
    let is_active = response.hovered() || response.dragged();
    paint_dynamics(scene, axes, center, band);
    paint_handle(scene.painter(), center, band, settings.is_on, is_chosen, is_active);

    if response.clicked() || response.drag_started() || response.secondary_clicked() {
        state.band = band;
    }
    if response.secondary_clicked() {
        toggle(scene, band);
    } else if scene.is_reset_click(&response) {
        scene.reset(band_index(band, "gain"));
    }
    let (frequency, gain) = (band_index(band, "frequency"), band_index(band, "gain"));
    if response.drag_started() {
        scene.begin_drag(frequency);
        if has_gain(settings.shape) {
            scene.begin_drag(gain);
        }
        if !settings.is_on {
            // Within the gesture: it is one step.
            toggle(scene, band);
        }
    }
    if response.dragged() {
        // How far a whole height of the plot moves the gain, dB.
        let height_db = 2.0 * state.range_db;
        drag(scene, axes, height_db, response.drag_delta(), ([frequency, gain], settings.shape));
    }
    if response.drag_stopped() {
        scene.end_drag(frequency);
        scene.end_drag(gain);
    }
    let turns = scene.wheel_turns(&response);
    if turns != 0.0 {
        turn(scene, band, &settings, turns);
    }
    if !response.dragged() {
        response.on_hover_text(describe(band, &settings));
    }
}

/// How far a dynamic band may move, and where it is now.
fn paint_dynamics(scene: &Scene<'_>, axes: &Axes, center: Pos2, band: usize) {
    let settings = &scene.view.settings.equalizer.bands[band];
    if !settings.is_dynamic() {
        return;
    }
    let painter = scene.painter();
    let at = |offset_db: f64| pos2(center.x, axes.gain.at(settings.gain_db + offset_db));
    let end = at(settings.range_db);
    painter.line_segment([center, end], Stroke::new(1.0, theme::faded(theme::REDUCTION, 0.6)));
    let cap = [end - vec2(5.0, 0.0), end + vec2(5.0, 0.0)];
    painter.line_segment(cap, Stroke::new(1.5, theme::REDUCTION));
    let offset_db = scene.view.meters.reduction.equalizer_db[band];
    if offset_db.abs() > 0.05 {
        let now = at(offset_db);
        painter.line_segment([center, now], Stroke::new(3.0, theme::REDUCTION));
    }
}

fn paint_handle(
    painter: &Painter,
    center: Pos2,
    band: usize,
    is_on: bool,
    is_chosen: bool,
    is_active: bool,
) {
    let (fill, line, ink) = match (is_on, is_chosen) {
        (true, true) => (theme::TEXT, theme::TEXT, theme::GROUND),
        (true, false) => (theme::CHOSEN, theme::TEXT, theme::TEXT),
        (false, true) => (theme::WELL, theme::TEXT, theme::TEXT),
        (false, false) => (theme::WELL, theme::FAINT, theme::FAINT),
    };
    let radius = if is_active { HANDLE_RADIUS + 1.0 } else { HANDLE_RADIUS };
    painter.circle(center, radius, fill, Stroke::new(1.25, line));
    let text = (band + 1).to_string();
    let font = theme::strong_font(theme::LABEL_SIZE);
    painter.text(center, Align2::CENTER_CENTER, text, font, ink);
}

/// Moves a handle as far as the pointer moved.
fn drag(
    scene: &mut Scene<'_>,
    axes: &Axes,
    height_db: f64,
    delta: egui::Vec2,
    ([frequency, gain], shape): ([usize; 2], BandShape),
) {
    let fine = scene.fineness();
    let [low, high] = plots::FREQUENCIES_HZ;
    let (min, max) = parameter(frequency).kind.bounds();
    // The control's range is wider than the plot's.
    let share = (high / low).ln() / (max / min).ln();
    let across = f64::from(delta.x / axes.plot.width());
    scene.drag_by(frequency, across * share * fine);
    if has_gain(shape) {
        let (min, max) = parameter(gain).kind.bounds();
        let upward = f64::from(-delta.y / axes.plot.height());
        let per_height = height_db / (max - min);
        let factor = if shape == BandShape::Tilt { 2.0 } else { 1.0 };
        scene.drag_by(gain, upward * per_height * factor * fine);
    }
}

/// The wheel changes the Q, or the slope where that is what a band has.
fn turn(scene: &mut Scene<'_>, band: usize, settings: &BandSettings, turns: f64) {
    if scene.ui.input(|input| input.modifiers.alt) && has_slope(settings.shape) {
        let index = band_index(band, "slope");
        let value = scene.value(index) + turns.signum();
        scene.step_to(index, value);
    } else if has_q(settings) {
        let travel = turns * 0.02 * scene.fineness();
        scene.nudge(band_index(band, "q"), travel);
    } else if has_slope(settings.shape) {
        let index = band_index(band, "slope");
        let value = scene.value(index) + turns.signum();
        scene.step_to(index, value);
    }
}

fn describe(band: usize, settings: &BandSettings) -> String {
    let value =
        |id: &str, value: f64| format::minus(&parameter(band_index(band, id)).kind.format(value));
    let shape = BandShape::NAMES[settings.shape.index() as usize];
    let mut parts = vec![
        format!("Band {}", band + 1),
        if settings.is_on { shape.to_owned() } else { format!("{shape}, off") },
        value("frequency", settings.frequency_hz),
    ];
    if has_gain(settings.shape) {
        parts.push(value("gain", settings.gain_db));
    }
    if has_q(settings) {
        parts.push(format!("Q {}", value("q", settings.q)));
    }
    if has_slope(settings.shape) {
        parts.push(value("slope", settings.slope.index()));
    }
    if settings.is_dynamic() {
        let range = value("range", settings.range_db);
        parts.push(format!(
            "moves up to {range} above {}",
            value("threshold", settings.threshold_db)
        ));
    }
    parts.join("  \u{00b7}  ")
}

/// The first band that does nothing becomes a bell where the pointer is.
fn take_idle_band(scene: &mut Scene<'_>, state: &mut EqualizerState, axes: &Axes, pointer: Pos2) {
    let bands = &scene.view.settings.equalizer.bands;
    // Bells first: the outer bands keep their shapes.
    let is_idle_bell = |band: &&BandSettings| !band.is_on && band.shape == BandShape::Bell;
    let position = bands
        .iter()
        .position(|band| is_idle_bell(&band))
        .or_else(|| bands.iter().position(|band| !band.is_on));
    let Some(band) = position else { return };
    state.band = band;
    scene.set_together(&[
        (band_index(band, "shape"), BandShape::Bell.index()),
        (band_index(band, "frequency"), axes.frequency.value(pointer.x)),
        (band_index(band, "gain"), axes.gain.value(pointer.y)),
        (band_index(band, "on"), 1.0),
    ]);
}
