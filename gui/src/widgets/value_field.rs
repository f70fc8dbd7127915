//! A parameter's value as text, which a click turns into a field to type in.
//!
//! Enter takes the text, escape leaves everything as it was, and leaving the
//! field takes the text if it can be understood. What cannot be understood
//! stays, with the reason under it.

use egui::{Align2, Key, Margin, Rect, Role, Sense, Stroke, StrokeKind, TextEdit, WidgetInfo};

use super::text_field::{select_all, show_error};
use crate::format;
use crate::scene::{Scene, parameter};
use crate::theme;

/// The value of a parameter, centred in `rect`.
pub(crate) fn value_field(scene: &mut Scene<'_>, rect: Rect, index: usize, is_quiet: bool) {
    if scene.state.is_typing(index) {
        type_in(scene, rect, index);
        return;
    }
    let parameter = parameter(index);
    let name = format!("{} value", parameter.name);
    let response = scene.interact(rect, &name, Sense::click());
    let text = format::minus(&parameter.kind.format(scene.value(index)));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    scene.ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(text.as_str()));
    let (number, unit) = format::split_unit(&text);
    let color = if is_quiet { theme::FAINT } else { theme::TEXT };
    if response.hovered() || response.has_focus() {
        scene.painter().rect_filled(rect.shrink2(egui::vec2(2.0, 1.0)), 3, theme::RAISED);
        scene.ui.ctx().set_cursor_icon(egui::CursorIcon::Text);
    }
    let number = (number, theme::font(theme::TEXT_SIZE), color);
    scene.quantity(rect, Align2::CENTER_CENTER, number, unit);
    if response.clicked() {
        scene.state.begin_typing(index);
    }
    response.on_hover_text(format!("Click to type: {}", parameter.kind.describe_range()));
}

fn type_in(scene: &mut Scene<'_>, rect: Rect, index: usize) {
    let Some(mut typing) = scene.state.typing.take() else { return };
    let parameter = parameter(index);
    let name = format!("{} field", parameter.name);
    let id = scene.id(&name);
    if typing.is_new {
        let text = parameter.kind.format(scene.value(index));
        format::split_unit(&text).0.clone_into(&mut typing.text);
        // "3.20 kHz" must come back as kHz.
        if text.ends_with("kHz") {
            typing.text.push('k');
        }
    }
    let field = TextEdit::singleline(&mut typing.text)
        .id(id)
        .font(theme::font(theme::TEXT_SIZE))
        .align(Align2::CENTER_CENTER)
        .margin(Margin::symmetric(2, 0))
        .frame(egui::Frame::NONE);
    let place = rect.shrink2(egui::vec2(1.0, 0.0));
    let stroke = Stroke::new(1.0, if typing.error.is_some() { theme::OVER } else { theme::INPUT });
    scene.painter().rect(place, 3, theme::GROUND, stroke, StrokeKind::Inside);
    let response = scene.ui.place(place, field).accessible_name(name);
    if typing.is_new {
        typing.is_new = false;
        response.request_focus();
        select_all(scene, id, typing.text.chars().count());
        scene.state.typing = Some(typing);
        return;
    }
    if response.changed() {
        typing.error = None;
    }
    if let Some(error) = &typing.error {
        show_error(scene, &response, error);
    }
    let is_cancelled = scene.ui.input(|input| input.key_pressed(Key::Escape));
    if is_cancelled {
        response.surrender_focus();
        return;
    }
    if !response.lost_focus() {
        scene.state.typing = Some(typing);
        return;
    }
    let is_entered = scene.ui.input(|input| input.key_pressed(Key::Enter));
    match parameter.kind.parse(&typing.text) {
        Ok(value) => scene.set_once(index, value),
        Err(error) if is_entered => {
            typing.error = Some(error);
            response.request_focus();
            scene.state.typing = Some(typing);
        }
        // What was left behind unfinished changes nothing.
        Err(_) => {}
    }
}
