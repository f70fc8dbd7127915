//! Under the plot: a tab for each band, and the controls of the chosen one.

use burnish_dsp::equalizer::{BAND_COUNT, BandSettings, BandShape};
use egui::{
    Align2, PopupCloseBehavior, Rect, Role, Sense, Stroke, StrokeKind, WidgetInfo, pos2, vec2,
};

use super::equalizer::band_index;
use crate::flow;
use crate::format;
use crate::scene::{Scene, parameter};
use crate::theme;
use crate::widgets::toggle as toggle_pill;
use crate::widgets::{Segment, knob, menu_button, segments, shape_icon, show_menu};

const TABS_HEIGHT: f32 = 30.0;
const NO_GAIN: &str = "This shape has no gain.";
const NO_Q: &str = "Has no effect on this shape and slope.";

/// The height of tabs and controls.
pub(super) fn height() -> f32 {
    TABS_HEIGHT + theme::GAP + flow::ROW_HEIGHT
}

/// Whether a shape has a gain.
pub(super) fn has_gain(shape: BandShape) -> bool {
    matches!(shape, BandShape::Bell | BandShape::LowShelf | BandShape::HighShelf | BandShape::Tilt)
}

/// Whether a shape has a slope.
pub(super) fn has_slope(shape: BandShape) -> bool {
    matches!(shape, BandShape::HighPass | BandShape::LowPass)
}

/// Whether the Q changes anything.
pub(super) fn has_q(band: &BandSettings) -> bool {
    match band.shape {
        BandShape::Tilt => false,
        BandShape::HighPass | BandShape::LowPass => band.slope.order() == 2,
        _ => true,
    }
}

/// Draws tabs and controls.
pub(super) fn show(scene: &mut Scene<'_>, rect: Rect) {
    let tabs = rect.with_max_y(rect.top() + TABS_HEIGHT);
    let width = tabs.width() / BAND_COUNT as f32;
    for band in 0..BAND_COUNT {
        let left = tabs.left() + band as f32 * width;
        let place = Rect::from_min_size(pos2(left, tabs.top()), vec2(width - 4.0, TABS_HEIGHT));
        tab(scene, place, band);
    }
    let controls = rect.with_min_y(tabs.bottom() + theme::GAP);
    show_controls(scene, controls, scene.state.band);
}

fn tab(scene: &mut Scene<'_>, rect: Rect, band: usize) {
    let settings = &scene.view.settings.equalizer.bands[band];
    let is_chosen = scene.state.band == band;
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
        scene.state.band = band;
        scene.state.typing = None;
    }
    if response.secondary_clicked() {
        toggle(scene, band);
    }
    response.on_hover_text("Click for its controls, right-click to switch it in or out.");
}

/// Switches a band in or out.
pub(super) fn toggle(scene: &mut Scene<'_>, band: usize) {
    let index = band_index(band, "on");
    let is_on = scene.value(index) >= 0.5;
    scene.set_once(index, if is_on { 0.0 } else { 1.0 });
}

fn show_controls(scene: &mut Scene<'_>, rect: Rect, band: usize) {
    let settings = &scene.view.settings.equalizer.bands[band];
    // Shapes, channel and slope to the left, the three knobs to the right.
    let knob_width = (0.1 * rect.width()).clamp(60.0, 88.0);
    let knobs = rect.with_min_x(rect.right() - 3.0 * knob_width);
    let blocks = rect.with_max_x(knobs.left() - theme::GAP);
    let top = rect.top() + 2.0;
    let first = Rect::from_min_max(pos2(blocks.left(), top), pos2(blocks.right(), top + 38.0));
    show_switch(scene, first.with_max_x(first.left() + 68.0).translate(vec2(0.0, 7.0)), band);
    let shapes = first.with_min_x(first.left() + 72.0);
    show_shapes(scene, shapes, band);

    let second = first.translate(vec2(0.0, 40.0));
    let channel_width = (second.width() - 72.0 - 116.0).clamp(150.0, 250.0);
    let channel =
        second.with_min_x(second.left() + 72.0).with_max_x(second.left() + 72.0 + channel_width);
    let short = ["Stereo", "Mid", "Side", "Left", "Right"];
    flow::labelled_choice(scene, channel, band_index(band, "channel"), Some(&short));
    let slope = second
        .with_min_x(channel.right() + 12.0)
        .with_max_x((channel.right() + 12.0 + 104.0).min(second.right()));
    show_slope(scene, slope, band);

    let cell = |i: u8| {
        let left = knobs.left() + f32::from(i) * knob_width;
        Rect::from_min_size(pos2(left, knobs.top()), vec2(knob_width, flow::ROW_HEIGHT - 4.0))
    };
    let no_gain = (!has_gain(settings.shape)).then_some(NO_GAIN);
    let no_q = (!has_q(settings)).then_some(NO_Q);
    knob(scene, cell(0), band_index(band, "frequency"), None);
    knob(scene, cell(1), band_index(band, "gain"), no_gain);
    knob(scene, cell(2), band_index(band, "q"), no_q);
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
