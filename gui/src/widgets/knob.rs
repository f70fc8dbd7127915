//! A knob: an arc with the value under it.
//!
//! Drag up or down, with shift ten times finer; turn the wheel; arrow keys
//! while it has the focus; double-click or ctrl-click for the neutral value;
//! click the value to type. Bipolar knobs fill from the top.

use std::f32::consts::PI;

use burnish_dsp::parameter::{Kind, Taper};
use egui::accesskit::{Action, ActionData};
use egui::{
    Align2, EventFilter, Key, Pos2, Rect, Response, Role, Sense, Stroke, WidgetInfo, pos2, vec2,
};

use super::value_field;
use crate::plots;
use crate::scene::{Scene, parameter};
use crate::theme;

/// Points of travel of the pointer for the whole range.
const TRAVEL_POINTS: f64 = 180.0;
/// Travel for one turn of the wheel or one press of an arrow key.
const STEP: f64 = 0.01;
const LABEL_HEIGHT: f32 = 16.0;
const VALUE_HEIGHT: f32 = 20.0;
const LARGEST_DIAL: f32 = 44.0;
/// The gap at the bottom of the arc, from straight down to either end.
const OPENING: f32 = 0.25 * PI;

/// A knob for a parameter, with its short name above and its value below.
/// `is_quiet` draws it as having no effect at the moment, which the tooltip explains.
pub(crate) fn knob(scene: &mut Scene<'_>, rect: Rect, index: usize, is_quiet: Option<&str>) {
    let parameter = parameter(index);
    let label = Rect::from_min_size(rect.min, vec2(rect.width(), LABEL_HEIGHT));
    let label_color = if is_quiet.is_some() { theme::FAINT } else { theme::QUIET };
    let font = theme::font(theme::LABEL_SIZE);
    scene.text_in(label, Align2::CENTER_CENTER, parameter.short_name, font, label_color);

    let room = rect.height() - LABEL_HEIGHT - VALUE_HEIGHT;
    let size = room.min(LARGEST_DIAL).min(rect.width()).max(16.0);
    let center = pos2(rect.center().x, rect.top() + LABEL_HEIGHT + 0.5 * size + 1.0);
    let dial = Rect::from_center_size(center, vec2(size, size));
    let response = scene.interact(dial, &parameter.name, Sense::click_and_drag());
    operate(scene, &response, index);
    describe(scene, &response, index);
    paint(scene, &response, center, 0.5 * size, index, is_quiet.is_some());

    let top = dial.bottom() - 1.0;
    let value = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + VALUE_HEIGHT));
    value_field(scene, value, index, is_quiet.is_some());

    if !scene.is_dragged(index) {
        let help = match is_quiet {
            Some(reason) => format!("{}\n{reason}", parameter.help),
            None => parameter.help.to_owned(),
        };
        response.on_hover_text(help);
    }
}

/// Answers to the pointer, the wheel, the keys and assistive technology.
fn operate(scene: &mut Scene<'_>, response: &Response, index: usize) {
    if scene.is_reset_click(response) {
        scene.reset(index);
        return;
    }
    if response.drag_started() {
        scene.begin_drag(index);
    }
    if response.dragged() {
        let upward = f64::from(-response.drag_delta().y + 0.25 * response.drag_delta().x);
        scene.drag_by(index, upward / TRAVEL_POINTS * scene.fineness());
        scene.ui.ctx().set_cursor_icon(egui::CursorIcon::ResizeVertical);
    } else if response.hovered() {
        scene.ui.ctx().set_cursor_icon(egui::CursorIcon::ResizeVertical);
    }
    if response.drag_stopped() {
        scene.end_drag(index);
    }
    let turns = scene.wheel_turns(response);
    let steps = turns + key_steps(scene, response);
    if steps != 0.0 {
        scene.nudge(index, steps * STEP * scene.fineness());
    }
    if let Some(value) = asked_value(scene, response) {
        scene.set_once(index, value);
    }
    if response.has_focus() && scene.ui.input(|input| input.key_pressed(Key::Enter)) {
        scene.state.begin_typing(index);
    }
}

/// Steps asked for by arrow keys and assistive technology, upward positive.
pub(crate) fn key_steps(scene: &Scene<'_>, response: &Response) -> f64 {
    let mut steps = 0.0;
    if response.has_focus() {
        let filter = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        scene.ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        scene.ui.input(|input| {
            let presses = |key| input.num_presses(key) as f64;
            steps += presses(Key::ArrowUp) + presses(Key::ArrowRight);
            steps -= presses(Key::ArrowDown) + presses(Key::ArrowLeft);
        });
    }
    scene.ui.input(|input| {
        let requests = |action| input.num_accesskit_action_requests(response.id, action) as f64;
        steps += requests(Action::Increment) - requests(Action::Decrement);
    });
    steps
}

fn asked_value(scene: &Scene<'_>, response: &Response) -> Option<f64> {
    scene.ui.input(|input| {
        let requests = input.accesskit_action_requests(response.id, Action::SetValue);
        requests
            .filter_map(|request| match request.data {
                Some(ActionData::NumericValue(value)) => Some(value),
                _ => None,
            })
            .last()
    })
}

fn describe(scene: &Scene<'_>, response: &Response, index: usize) {
    let parameter = parameter(index);
    let value = scene.value(index);
    response.widget_info(|| WidgetInfo {
        value: Some(value),
        ..WidgetInfo::labeled(Role::Slider, true, &parameter.name)
    });
    let (min, max) = parameter.kind.bounds();
    scene.ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_min_numeric_value(min);
        node.set_max_numeric_value(max);
        node.set_value(parameter.kind.format(value));
        node.add_action(Action::Increment);
        node.add_action(Action::Decrement);
        node.add_action(Action::SetValue);
    });
}

fn paint(
    scene: &Scene<'_>,
    response: &Response,
    center: Pos2,
    outer: f32,
    index: usize,
    is_quiet: bool,
) {
    let kind = &parameter(index).kind;
    let value = scene.value(index);
    let position = kind.to_normalized(value) as f32;
    let origin = origin_of(kind) as f32;
    let is_active = response.hovered() || response.dragged() || response.has_focus();
    let color = match (is_quiet, is_active) {
        (true, _) => theme::FAINT,
        (false, true) => theme::TEXT,
        (false, false) => theme::faded(theme::TEXT, 0.82),
    };
    let painter = scene.painter();
    let radius = outer - 2.0;
    plots::line(painter, arc(center, radius, 0.0, 1.0), 3.0, theme::TRACK);
    if (position - origin).abs() > 1e-4 {
        let (low, high) = (position.min(origin), position.max(origin));
        plots::line(painter, arc(center, radius, low, high), 3.0, color);
    }
    let body = if is_active { theme::HOVERED } else { theme::RAISED };
    painter.circle(center, radius - 5.0, body, Stroke::new(1.0, theme::LINE));
    let direction = direction_at(position);
    let pointer = [center + direction * (radius - 13.0), center + direction * (radius - 6.0)];
    painter.line_segment(pointer, Stroke::new(2.0, color));
    if response.has_focus() {
        painter.circle_stroke(center, radius - 5.0, Stroke::new(1.0, theme::TEXT));
    }
}

/// Where the arc starts to fill: at zero in the middle of a bipolar range, else at the low end.
fn origin_of(kind: &Kind) -> f64 {
    match *kind {
        Kind::Continuous { min, max, taper: Taper::Linear, .. } if min < 0.0 && max > 0.0 => {
            kind.to_normalized(0.0)
        }
        // Equal steps around a neutral 100 %.
        Kind::Continuous { min, max, .. } if min == 0.0 && max == 200.0 => 0.5,
        _ => 0.0,
    }
}

fn direction_at(position: f32) -> egui::Vec2 {
    let angle = 0.5 * PI + OPENING + position * (2.0 * PI - 2.0 * OPENING);
    vec2(angle.cos(), angle.sin())
}

fn arc(center: Pos2, radius: f32, from: f32, to: f32) -> Vec<Pos2> {
    let steps = ((to - from) * 48.0).ceil().max(2.0) as usize;
    (0..=steps)
        .map(|step| {
            let position = from + (to - from) * step as f32 / steps as f32;
            center + direction_at(position) * radius
        })
        .collect()
}
