//! Under the plot: a tab for each band, and the controls of the chosen one.

use burnish_dsp::equalizer::{BAND_COUNT, BandSettings, BandShape};
use egui::{
    Align2, PopupCloseBehavior, Rect, Role, Sense, Stroke, StrokeKind, WidgetInfo, pos2, vec2,
};

use super::band::{band_index, has_gain, has_q, has_slope, toggle};
use super::state::EqualizerState;
use crate::flow;
use crate::format;
use crate::rest::BYPASSED;
use crate::scene::{Scene, parameter};
use crate::theme;
use crate::view::Edit;
use crate::widgets::toggle as toggle_pill;
use crate::widgets::{
    ButtonLook, Segment, button, disabled_button, knob, menu_button, segments, shape_icon,
    show_menu,
};

const TABS_HEIGHT: f32 = 30.0;
const NO_GAIN: &str = "This shape has no gain.";
const NO_Q: &str = "Has no effect on this shape and slope.";
const NO_DYNAMICS: &str = "Only bells and shelves can be dynamic.";
const AT_REST: &str = "Has no effect while the range is 0 dB.";
const KNOB_WIDTH: f32 = 58.0;
/// The least that switch, shapes, channel and slope need.
const BLOCKS_WIDTH: f32 = 340.0;

/// The height of tabs and controls.
pub(super) fn height() -> f32 {
    TABS_HEIGHT + theme::GAP + flow::ROW_HEIGHT
}

/// Draws tabs and controls.
pub(super) fn show(scene: &mut Scene<'_>, state: &mut EqualizerState, rect: Rect) {
    let tabs = rect.with_max_y(rect.top() + TABS_HEIGHT);
    let width = tabs.width() / BAND_COUNT as f32;
    for band in 0..BAND_COUNT {
        let left = tabs.left() + band as f32 * width;
        let place = Rect::from_min_size(pos2(left, tabs.top()), vec2(width - 4.0, TABS_HEIGHT));
        tab(scene, state, place, band);
    }
    let controls = rect.with_min_y(tabs.bottom() + theme::GAP);
    show_controls(scene, state, controls);
}

fn tab(scene: &mut Scene<'_>, state: &mut EqualizerState, rect: Rect, band: usize) {
    let settings = &scene.view.settings.equalizer.bands[band];
    let is_chosen = state.band == band;
    let name = format!("EQ band {}", band + 1);
    let response = scene.interact(rect, &name, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, is_chosen, &name));
    let (fill, line) = if is_chosen {
        (theme::CHOSEN, theme::QUIET)
    } else if response.hovered() {
        (theme::HOVERED, theme::CHOSEN)
    } else {
        (theme::RAISED, theme::LINE)
    };
    let stroke = Stroke::new(1.0, line);
    scene.painter().rect(rect, theme::CONTROL_RADIUS, fill, stroke, StrokeKind::Inside);
    let color = if settings.is_on { theme::TEXT } else { theme::FAINT };
    let number = rect.with_max_x(rect.left() + 20.0);
    let font = theme::strong_font(theme::TEXT_SIZE);
    scene.text_in(number, Align2::CENTER_CENTER, &(band + 1).to_string(), font, color);
    let icon = Rect::from_center_size(pos2(rect.left() + 29.0, rect.center().y), vec2(14.0, 10.0));
    shape_icon(scene.painter(), icon, settings.shape, color);
    let words = rect.with_min_x(icon.right() + 5.0).with_max_x(rect.right() - 4.0);
    let text = if settings.is_on {
        let frequency = parameter(band_index(band, "frequency")).kind;
        if words.width() < 48.0 {
            format::axis_frequency(settings.frequency_hz)
        } else {
            frequency.format(settings.frequency_hz)
        }
    } else {
        "off".to_owned()
    };
    let font = theme::font(theme::LABEL_SIZE);
    scene.text_in(words, Align2::RIGHT_CENTER, &text, font, color);
    if response.clicked() {
        state.band = band;
        scene.state.typing = None;
    }
    if response.secondary_clicked() {
        toggle(scene, band);
    }
    response.on_hover_text("Click for its controls, right-click to switch it in or out.");
}

fn show_controls(scene: &mut Scene<'_>, state: &mut EqualizerState, rect: Rect) {
    let band = state.band;
    let settings = scene.view.settings.equalizer.bands[band];
    // Shapes, channel and slope to the left; to the right all knobs, or, where
    // there is no room, those of one page.
    let has_room = rect.width() >= BLOCKS_WIDTH + theme::GAP + 7.0 * KNOB_WIDTH;
    let page = (!has_room).then_some(state.has_dynamics_page);
    let knobs = knobs(&settings, page);
    let room = rect.width() - theme::GAP - BLOCKS_WIDTH;
    let knob_width = (room / knobs.len() as f32).clamp(KNOB_WIDTH, 88.0);
    let left = rect.right() - knob_width * knobs.len() as f32;
    let blocks = rect.with_max_x(left - theme::GAP);
    show_blocks(scene, state, blocks, !has_room);
    for (i, (id, quiet)) in knobs.into_iter().enumerate() {
        let left = left + i as f32 * knob_width;
        let size = vec2(knob_width, flow::ROW_HEIGHT - 4.0);
        let cell = Rect::from_min_size(pos2(left, rect.top()), size);
        knob(scene, cell, band_index(band, id), quiet);
    }
}

/// The knobs of a band, each with the reason why it has no effect. `page`: all,
/// or those of the set curve, or those of its dynamics.
fn knobs(settings: &BandSettings, page: Option<bool>) -> Vec<(&'static str, Option<&'static str>)> {
    let no_gain = (!has_gain(settings.shape)).then_some(NO_GAIN);
    let no_q = (!has_q(settings)).then_some(NO_Q);
    let no_dynamics = (!settings.shape.can_be_dynamic()).then_some(NO_DYNAMICS);
    let at_rest = no_dynamics.or((settings.range_db == 0.0).then_some(AT_REST));
    let mut knobs = Vec::new();
    if page != Some(true) {
        knobs.extend([("frequency", None), ("gain", no_gain), ("q", no_q)]);
    }
    if page != Some(false) {
        knobs.extend([
            ("range", no_dynamics),
            ("threshold", at_rest),
            ("attack", at_rest),
            ("release", at_rest),
        ]);
    }
    knobs
}

/// Switch, shape, channel and slope.
fn show_blocks(scene: &mut Scene<'_>, state: &mut EqualizerState, blocks: Rect, has_pages: bool) {
    let band = state.band;
    let top = blocks.top() + 2.0;
    let first = Rect::from_min_max(pos2(blocks.left(), top), pos2(blocks.right(), top + 38.0));
    show_switch(scene, first.with_max_x(first.left() + 68.0).translate(vec2(0.0, 7.0)), band);
    let shapes = first.with_min_x(first.left() + 72.0);
    show_shapes(scene, shapes, band);

    let second = first.translate(vec2(0.0, 40.0));
    let buttons = Rect::from_min_size(second.min + vec2(0.0, 14.0), vec2(64.0, 24.0));
    show_buttons(scene, state, buttons, has_pages);
    let slope_width = 88.0;
    let channel_width = (second.width() - 72.0 - 8.0 - slope_width).clamp(132.0, 250.0);
    let channel =
        second.with_min_x(second.left() + 72.0).with_max_x(second.left() + 72.0 + channel_width);
    let short = if channel_width < 200.0 {
        ["L+R", "Mid", "Side", "L", "R"]
    } else {
        ["Stereo", "Mid", "Side", "Left", "Right"]
    };
    flow::labelled_choice(scene, channel, band_index(band, "channel"), Some(&short));
    let slope = second
        .with_min_x(channel.right() + 8.0)
        .with_max_x((channel.right() + 8.0 + slope_width).min(second.right()));
    show_slope(scene, slope, band);
}

/// Solo, and, where there is no room for all knobs, the page.
fn show_buttons(scene: &mut Scene<'_>, state: &mut EqualizerState, rect: Rect, has_pages: bool) {
    let band = state.band;
    let solo = if has_pages { rect.with_max_x(rect.left() + 30.0) } else { rect };
    let is_tilt = scene.view.settings.equalizer.bands[band].shape == BandShape::Tilt;
    let why_not = if is_tilt {
        Some("A tilt works on everything: there is no region to hear alone.")
    } else {
        scene.view.is_bypassed.then_some(BYPASSED)
    };
    let is_on = scene.view.solo == Some(band);
    let look = if is_on { ButtonLook::Filled(theme::ATTENTION) } else { ButtonLook::Plain };
    let text = if has_pages { "S" } else { "Solo" };
    let help = "Hear only the region that this band works on. Never part of a render.";
    if let Some(why_not) = why_not {
        disabled_button(scene, solo, text, "Solo band", why_not);
    } else if button(scene, solo, text, "Solo band", help, look).clicked() {
        scene.edits.push(Edit::Solo(if is_on { None } else { Some(band) }));
    }
    if has_pages {
        let page = rect.with_min_x(solo.right() + 2.0);
        let is_on = state.has_dynamics_page;
        let look = if is_on { ButtonLook::Filled(theme::CHOSEN) } else { ButtonLook::Plain };
        let help = "The knobs of the band's dynamics, or of its set curve.";
        if button(scene, page, "Dyn", "Dynamics page", help, look).clicked() {
            state.has_dynamics_page = !is_on;
        }
    }
}

fn show_switch(scene: &mut Scene<'_>, rect: Rect, band: usize) {
    let table = parameter(band_index(band, "on"));
    let is_on = scene.view.settings.equalizer.bands[band].is_on;
    let is_clicked = toggle_pill(scene, rect, &table.name, table.help, is_on);
    let label = rect.with_min_x(rect.left() + 30.0);
    let color = if is_on { theme::TEXT } else { theme::QUIET };
    let font = theme::font(theme::LABEL_SIZE);
    scene.text_in(label, Align2::LEFT_CENTER, &format!("Band {}", band + 1), font, color);
    if is_clicked {
        toggle(scene, band);
    }
}

/// The shapes as pictures.
fn show_shapes(scene: &mut Scene<'_>, rect: Rect, band: usize) {
    let index = band_index(band, "shape");
    let table = parameter(index);
    let chosen = scene.view.settings.equalizer.bands[band].shape;
    let label = rect.with_max_y(rect.top() + 14.0);
    let font = theme::font(theme::LABEL_SIZE);
    let text = format!("{}: {}", table.short_name, BandShape::NAMES[chosen.index() as usize]);
    scene.text_in(label, Align2::LEFT_CENTER, &text, font, theme::QUIET);
    let width = rect.width().min(7.0 * 52.0);
    let place = Rect::from_min_size(pos2(rect.left(), label.bottom()), vec2(width, 24.0));
    let names: Vec<_> =
        BandShape::NAMES.iter().map(|name| format!("{}: {name}", table.name)).collect();
    let items: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(i, name)| Segment {
            text: "",
            name,
            help: BandShape::NAMES[i],
            color: theme::CHOSEN,
            is_disabled: false,
        })
        .collect();
    let clicked = segments(scene, place, &items, Some(chosen.index() as usize));
    let cell = width / items.len() as f32;
    for (i, shape) in BandShape::ALL.iter().enumerate() {
        let at = pos2(place.left() + (i as f32 + 0.5) * cell, place.center().y);
        let icon = Rect::from_center_size(at, vec2(18.0, 11.0));
        let color = if *shape == chosen { theme::TEXT } else { theme::QUIET };
        shape_icon(scene.painter(), icon, *shape, color);
    }
    if let Some(clicked) = clicked {
        scene.set_once(index, clicked as f64);
    }
}

/// The slope of a pass; six are too many for segments.
fn show_slope(scene: &mut Scene<'_>, rect: Rect, band: usize) {
    let index = band_index(band, "slope");
    let table = parameter(index);
    let has_effect = has_slope(scene.view.settings.equalizer.bands[band].shape);
    let label = rect.with_max_y(rect.top() + 14.0);
    let font = theme::font(theme::LABEL_SIZE);
    let color = if has_effect { theme::QUIET } else { theme::FAINT };
    scene.text_in(label, Align2::LEFT_CENTER, table.short_name, font, color);
    let place = Rect::from_min_max(
        pos2(rect.left(), label.bottom()),
        pos2(rect.right(), label.bottom() + 24.0),
    );
    let opacity = scene.ui.opacity();
    if !has_effect {
        scene.ui.set_opacity(0.55 * opacity);
    }
    let text = format::minus(&table.kind.format(scene.value(index)));
    let help = if has_effect {
        table.help.to_owned()
    } else {
        format!("{}\nHas no effect on other shapes.", table.help)
    };
    let response = menu_button(scene, place, &text, &table.name, &help);
    scene.ui.set_opacity(opacity);
    let mut clicked = None;
    if let burnish_dsp::parameter::Kind::Choice(names) = table.kind {
        let chosen = scene.value(index) as usize;
        show_menu(&response, 110.0, PopupCloseBehavior::CloseOnClick, |ui| {
            for (i, name) in names.iter().enumerate() {
                if ui.add(egui::Button::selectable(i == chosen, *name)).clicked() {
                    clicked = Some(i);
                }
            }
        });
    }
    if let Some(clicked) = clicked {
        scene.set_once(index, clicked as f64);
    }
}
