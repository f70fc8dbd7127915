//! Buttons, and buttons that open a menu.

use egui::{
    Align2, Color32, Popup, PopupCloseBehavior, Rect, Response, Role, Sense, Shape, Stroke,
    StrokeKind, Ui, WidgetInfo, pos2,
};

use super::segmented::ink_on;
use crate::scene::Scene;
use crate::theme;

/// How a button looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ButtonLook {
    /// Raised, with its line.
    Plain,
    /// Nothing but its text until the pointer is on it.
    Bare,
    /// Filled: it is on, or it is what to do next.
    Filled(Color32),
}

/// A button; says that it was clicked through the response.
pub(crate) fn button(
    scene: &Scene<'_>,
    rect: Rect,
    text: &str,
    name: &str,
    help: &str,
    look: ButtonLook,
) -> Response {
    let response = scene.interact(rect, name, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    let color = paint(scene, rect, &response, look);
    let inner = rect.shrink2(egui::vec2(4.0, 0.0));
    scene.text_in(inner, Align2::CENTER_CENTER, text, theme::font(theme::TEXT_SIZE), color);
    response.on_hover_text(help)
}

/// A button that shows what is chosen and opens a menu.
pub(crate) fn menu_button(
    scene: &Scene<'_>,
    rect: Rect,
    text: &str,
    name: &str,
    help: &str,
) -> Response {
    let response = scene.interact(rect, name, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, name));
    scene.ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(text));
    let color = paint(scene, rect, &response, ButtonLook::Plain);
    let arrow = pos2(rect.right() - 10.0, rect.center().y + 0.5);
    let room = Rect::from_min_max(rect.min, pos2(arrow.x - 6.0, rect.bottom()));
    let inner = room.shrink2(egui::vec2(6.0, 0.0));
    scene.text_in(inner, Align2::LEFT_CENTER, text, theme::font(theme::TEXT_SIZE), color);
    let triangle = vec![
        pos2(arrow.x - 3.5, arrow.y - 2.0),
        pos2(arrow.x + 3.5, arrow.y - 2.0),
        pos2(arrow.x, arrow.y + 2.5),
    ];
    scene.painter().add(Shape::convex_polygon(triangle, theme::QUIET, Stroke::NONE));
    if Popup::is_id_open(scene.ui.ctx(), Popup::default_response_id(&response)) {
        response
    } else {
        response.on_hover_text(help)
    }
}

/// The menu of a [`menu_button`], as long as it is open.
pub(crate) fn show_menu(
    response: &Response,
    width: f32,
    close_behavior: PopupCloseBehavior,
    contents: impl FnOnce(&mut Ui),
) {
    /// What the smallest window has below its header; longer ones scroll.
    const MOST_HEIGHT: f32 = 430.0;
    Popup::menu(response).gap(4.0).width(width).close_behavior(close_behavior).show(|ui| {
        ui.set_width(width);
        // Room for all of it from the first frame on, which is laid out before it is measured.
        let area = egui::ScrollArea::vertical().max_height(MOST_HEIGHT);
        area.min_scrolled_height(MOST_HEIGHT).show(ui, contents);
    });
}

fn paint(scene: &Scene<'_>, rect: Rect, response: &Response, look: ButtonLook) -> Color32 {
    let is_active = response.hovered() || response.has_focus();
    let is_down = response.is_pointer_button_down_on();
    let (fill, line, ink) = match look {
        ButtonLook::Plain | ButtonLook::Bare if is_down => {
            (theme::CHOSEN, theme::CHOSEN, theme::TEXT)
        }
        ButtonLook::Plain | ButtonLook::Bare if is_active => {
            (theme::HOVERED, theme::CHOSEN, theme::TEXT)
        }
        ButtonLook::Plain => (theme::RAISED, theme::LINE, theme::TEXT),
        ButtonLook::Bare => (Color32::TRANSPARENT, Color32::TRANSPARENT, theme::QUIET),
        ButtonLook::Filled(color) => {
            let line = if is_active { theme::TEXT } else { color };
            (color, line, ink_on(color))
        }
    };
    let stroke = Stroke::new(1.0, line);
    scene.painter().rect(rect, theme::CONTROL_RADIUS, fill, stroke, StrokeKind::Inside);
    ink
}
