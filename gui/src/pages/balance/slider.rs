//! A slider for the amount of the match: a value that is no parameter of the chain.

use egui::accesskit::{Action, ActionData};
use egui::{Rect, Response, Role, Sense, Stroke, WidgetInfo, pos2, vec2};

use crate::scene::Scene;
use crate::theme;
use crate::widgets::key_steps;

/// Steps of a turn of the wheel and of an arrow key.
const STEP: f64 = 0.05;
const HANDLE: f32 = 6.0;

/// A share of 0 to 1; gives the new one when a person has moved it. A
/// double-click or ctrl-click goes to 1.
pub(super) fn slider(
    scene: &Scene<'_>,
    rect: Rect,
    name: &str,
    help: &str,
    share: f64,
) -> Option<f64> {
    let response = scene.interact(rect, name, Sense::click_and_drag());
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    describe(scene, &response, name, share);
    let track = rect.shrink2(vec2(HANDLE, 0.0));
    paint(scene, track, &response, share);
    let asked = asked(scene, &response, track, share);
    response.on_hover_text(help);
    let asked = (asked?.clamp(0.0, 1.0) * 100.0).round() / 100.0;
    (asked != share).then_some(asked)
}

fn asked(scene: &Scene<'_>, response: &Response, track: Rect, share: f64) -> Option<f64> {
    if scene.is_reset_click(response) {
        return Some(1.0);
    }
    if response.dragged() || response.clicked() {
        let pointer = response.interact_pointer_pos()?;
        return Some(f64::from((pointer.x - track.left()) / track.width().max(1.0)));
    }
    let steps = scene.wheel_turns(response) + key_steps(scene, response);
    let typed = scene.ui.input(|input| {
        let requests = input.accesskit_action_requests(response.id, Action::SetValue);
        requests
            .filter_map(|request| match request.data {
                Some(ActionData::NumericValue(percent)) => Some(0.01 * percent),
                _ => None,
            })
            .last()
    });
    typed.or_else(|| (steps != 0.0).then(|| share + steps * STEP * scene.fineness()))
}

fn describe(scene: &Scene<'_>, response: &Response, name: &str, share: f64) {
    let percent = 100.0 * share;
    response.widget_info(|| WidgetInfo {
        value: Some(percent),
        ..WidgetInfo::labeled(Role::Slider, true, name)
    });
    scene.ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(100.0);
        node.set_value(format!("{percent:.0} %"));
        node.add_action(Action::Increment);
        node.add_action(Action::Decrement);
        node.add_action(Action::SetValue);
    });
}

fn paint(scene: &Scene<'_>, track: Rect, response: &Response, share: f64) {
    let is_active = response.hovered() || response.dragged() || response.has_focus();
    let color = if is_active { theme::TEXT } else { theme::faded(theme::TEXT, 0.82) };
    let y = track.center().y;
    let x = track.left() + share as f32 * track.width();
    let painter = scene.painter();
    painter.hline(track.x_range(), y, Stroke::new(3.0, theme::TRACK));
    painter.hline(track.left()..=x, y, Stroke::new(3.0, color));
    painter.circle(pos2(x, y), HANDLE - 1.0, theme::RAISED, Stroke::new(1.5, color));
}
