//! Undo and redo: two buttons, and the keys that everybody knows.

use std::f32::consts::PI;

use egui::{
    Key, KeyboardShortcut, Modifiers, Popup, PopupCloseBehavior, Pos2, Rect, Response, RichText,
    Role, Sense, Shape, Stroke, StrokeKind, WidgetInfo, vec2,
};

use super::hidden::{HIDDEN_HELP, are_settings_hidden};
use crate::scene::Scene;
use crate::theme;
use crate::view::{Edit, SnapshotEdit};

const UNDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Z);
const REDO: [KeyboardShortcut; 2] = [
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z),
    KeyboardShortcut::new(Modifiers::COMMAND, Key::Y),
];

const LIST_WIDTH: f32 = 240.0;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Undo,
    Redo,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::Undo => "Undo",
            Self::Redo => "Redo",
        }
    }

    fn edit(self) -> Edit {
        Edit::Snapshot(match self {
            Self::Undo => SnapshotEdit::Undo,
            Self::Redo => SnapshotEdit::Redo,
        })
    }

    /// What it would take back or bring again.
    fn step<'a>(self, scene: &Scene<'a>) -> Option<&'a str> {
        let snapshots = &scene.view.snapshots;
        let step = match self {
            Self::Undo => snapshots.undo,
            Self::Redo => snapshots.redo,
        };
        // The name of a step would tell which snapshot is which.
        step.filter(|_| !are_settings_hidden(scene.view))
    }
}

/// Draws both buttons and answers to the keys.
pub(super) fn show(scene: &mut Scene<'_>, rect: Rect) {
    let (left, right) = rect.split_left_right_at_fraction(0.5);
    let asked_for = [
        show_button(scene, left.with_max_x(left.right() - 1.0), Way::Undo),
        show_button(scene, right.with_min_x(right.left() + 1.0), Way::Redo),
    ];
    let [is_undo, is_redo] = asked_for;
    let way = match pressed(scene) {
        _ if is_undo => Some(Way::Undo),
        _ if is_redo => Some(Way::Redo),
        way => way,
    };
    if let Some(way) = way.filter(|way| way.step(scene).is_some()) {
        scene.edits.push(way.edit());
    }
}

/// The keys, while no text field wants them and nothing is dragged.
fn pressed(scene: &Scene<'_>) -> Option<Way> {
    if scene.ui.ctx().text_edit_focused() || !scene.state.gestures.is_empty() {
        return None;
    }
    scene.ui.input_mut(|input| {
        // With shift first: a shortcut does not mind further keys.
        if REDO.iter().any(|shortcut| input.consume_shortcut(shortcut)) {
            Some(Way::Redo)
        } else {
            input.consume_shortcut(&UNDO).then_some(Way::Undo)
        }
    })
}

/// Says whether it was clicked; a right click opens the list of steps.
fn show_button(scene: &mut Scene<'_>, rect: Rect, way: Way) -> bool {
    let step = way.step(scene);
    let name = way.name();
    let sense = if step.is_some() { Sense::click() } else { Sense::hover() };
    let response = scene.interact(rect, name, sense);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, step.is_some(), name));
    let text = match step {
        Some(step) => format!("{name}: {step}"),
        None if are_settings_hidden(scene.view) => HIDDEN_HELP.to_owned(),
        None => format!("Nothing to {}", name.to_lowercase()),
    };
    scene.ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(text.as_str()));
    let is_active = step.is_some() && (response.hovered() || response.has_focus());
    let (fill, line, ink) = match step {
        None => (theme::PANEL, theme::LINE, theme::FAINT),
        Some(_) if is_active => (theme::HOVERED, theme::CHOSEN, theme::TEXT),
        Some(_) => (theme::RAISED, theme::LINE, theme::TEXT),
    };
    let stroke = Stroke::new(1.0, line);
    scene.painter().rect(rect, theme::CONTROL_RADIUS, fill, stroke, StrokeKind::Inside);
    draw_arrow(scene, rect.center(), way, ink);
    let shortcut = if way == Way::Undo { UNDO } else { REDO[1] };
    let keys = scene.ui.ctx().format_shortcut(&shortcut);
    let is_clicked = response.clicked();
    let popup = Popup::default_response_id(&response);
    let is_listed = step.is_some() && !Popup::is_id_open(scene.ui.ctx(), popup);
    if response.secondary_clicked() && step.is_some() {
        Popup::open_id(scene.ui.ctx(), popup);
    }
    show_list(scene, &response, way);
    if is_listed {
        response.on_hover_text(format!("{text}\n{keys}; right-click for all steps"));
    } else {
        response.on_hover_text(text);
    }
    is_clicked
}

/// All steps that way, to go several at once.
fn show_list(scene: &mut Scene<'_>, response: &Response, way: Way) {
    if way.step(scene).is_none() {
        return;
    }
    let (snapshots, edits) = (&scene.view.snapshots, &mut *scene.edits);
    let (steps, edit): (_, fn(usize) -> SnapshotEdit) = match way {
        Way::Undo => (snapshots.undo_steps, SnapshotEdit::UndoSteps),
        Way::Redo => (snapshots.redo_steps, SnapshotEdit::RedoSteps),
    };
    let popup = Popup::from_response(response).open_memory(None).gap(4.0).width(LIST_WIDTH);
    popup.close_behavior(PopupCloseBehavior::CloseOnClick).show(|ui| {
        ui.set_width(LIST_WIDTH);
        ui.label(RichText::new(format!("{} up to and with", way.name())).color(theme::QUIET));
        egui::ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
            for (place, step) in steps.iter().enumerate() {
                let item = egui::Button::new(*step).frame(false).truncate();
                let name = format!("{} {}: {step}", way.name(), place + 1);
                let item = ui.add(item);
                item.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
                if item.clicked() {
                    edits.push(Edit::Snapshot(edit(place + 1)));
                }
            }
        });
    });
}

/// An arrow that turns back to the left, or forward to the right.
fn draw_arrow(scene: &Scene<'_>, center: Pos2, way: Way, color: egui::Color32) {
    const RADIUS: f32 = 4.5;
    const POINTS: u8 = 12;
    let mirror = if way == Way::Undo { 1.0 } else { -1.0 };
    let at = |x: f32, y: f32| center + vec2(mirror * x, y);
    let arc = (0..=POINTS).map(|point| {
        let angle = PI * (f32::from(point) / f32::from(POINTS) - 0.5);
        at(1.0 + RADIUS * angle.cos(), 1.0 + RADIUS * angle.sin())
    });
    let mut points = vec![at(-4.0, 1.0 - RADIUS)];
    points.extend(arc);
    points.push(at(-2.5, 1.0 + RADIUS));
    scene.painter().add(Shape::line(points, Stroke::new(1.5, color)));
    let tip = at(-6.5, 1.0 - RADIUS);
    let head = vec![tip, tip + vec2(mirror * 4.5, -3.5), tip + vec2(mirror * 4.5, 3.5)];
    scene.painter().add(Shape::convex_polygon(head, color, Stroke::NONE));
}
