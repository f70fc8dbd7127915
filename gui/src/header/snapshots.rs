//! The snapshots A to D in the header, and their menu.

use egui::{
    Align2, Checkbox, Popup, PopupCloseBehavior, Rect, Response, RichText, Role, Sense, Shape,
    Stroke, StrokeKind, TextEdit, Ui, WidgetInfo, pos2, vec2,
};

use super::hidden::{HIDDEN_HELP, are_settings_hidden};
use crate::format;
use crate::scene::Scene;
use crate::theme;
use crate::view::{
    Edit, MOST_NAME_CHARACTERS, SNAPSHOT_LETTERS, SNAPSHOTS, SnapshotEdit, SnapshotsView,
};
use crate::widgets::show_menu;

const MENU_BUTTON_WIDTH: f32 = 22.0;
const MENU_WIDTH: f32 = 280.0;
const MATCH_HELP: &str = "All work at once on the same mix: a change is instant and without a \
     gap, and those that are louder are turned down to the quietest of those that were ever set. \
     It takes more of the processor. A render has the current one, at its own loudness.";

/// Draws the four segments and the button of their menu; `in_menu` is whose menu is open.
pub(super) fn show(scene: &mut Scene<'_>, in_menu: &mut usize, rect: Rect) {
    let cells = rect.with_max_x(rect.right() - MENU_BUTTON_WIDTH - 2.0);
    let stroke = Stroke::new(1.0, theme::LINE);
    scene.painter().rect(cells, theme::CONTROL_RADIUS, theme::WELL, stroke, StrokeKind::Inside);
    let width = cells.width() / SNAPSHOTS as f32;
    let mut asked_for = None;
    for place in 0..SNAPSHOTS {
        let left = cells.left() + place as f32 * width;
        let cell = Rect::from_min_max(pos2(left, cells.top()), pos2(left + width, cells.bottom()));
        let response = segment(scene, cell, place);
        let is_other = place != scene.view.snapshots.current;
        let is_empty = scene.view.snapshots.is_empty[place];
        if response.clicked() && is_other && !is_empty {
            scene.edits.push(Edit::Snapshot(SnapshotEdit::Choose(place)));
        }
        // One that was never set offers what it may begin with.
        if response.secondary_clicked() || (response.clicked() && is_other && is_empty) {
            asked_for = Some(place);
        }
    }
    menu(scene, in_menu, rect.with_min_x(rect.right() - MENU_BUTTON_WIDTH), asked_for);
}

fn segment(scene: &Scene<'_>, cell: Rect, place: usize) -> Response {
    let name = format!("Snapshot {}", SNAPSHOT_LETTERS[place]);
    if are_settings_hidden(scene.view) {
        let response = scene.interact(cell, &name, Sense::hover());
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, false, false, &name));
        return response.on_hover_text(HIDDEN_HELP);
    }
    let snapshots = &scene.view.snapshots;
    let is_current = place == snapshots.current;
    let response = scene.interact(cell, &name, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_current, &name));
    let text = describe(snapshots, place);
    scene.ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(text.as_str()));
    draw(scene, cell, place, &response);
    let help = if snapshots.is_empty[place] {
        "Click to go on from a copy of the current one, or from neutral settings."
    } else {
        "Click to hear, edit and render it; right-click for its name and copies."
    };
    response.on_hover_text(format!("{text}\n{help}"))
}

/// Name and state in words.
fn describe(snapshots: &SnapshotsView<'_>, place: usize) -> String {
    let mut text = SNAPSHOT_LETTERS[place].to_owned();
    let name = snapshots.names[place];
    if !name.is_empty() {
        text = format!("{text}: {name}");
    }
    if place == snapshots.current {
        text += ", the current one";
    } else if snapshots.is_empty[place] {
        text += ", not set yet";
    } else if snapshots.is_same_as_current[place] {
        text += ", the same settings as the current one";
    }
    let down_db = snapshots.turned_down_db[place];
    if snapshots.are_side_by_side && down_db >= 0.05 {
        text = format!("{text}, {} dB down for equal loudness", format::decimal(down_db, 1));
    }
    text
}

fn draw(scene: &Scene<'_>, cell: Rect, place: usize, response: &Response) {
    let snapshots = &scene.view.snapshots;
    let is_current = place == snapshots.current;
    let inner = cell.shrink(2.0);
    if is_current {
        scene.painter().rect_filled(inner, 3, theme::CHOSEN);
        let y = inner.bottom() - 1.5;
        let line = inner.left() + 4.0..=inner.right() - 4.0;
        scene.painter().hline(line, y, Stroke::new(1.5, theme::MASTER));
    } else if response.hovered() {
        scene.painter().rect_filled(inner, 3, theme::RAISED);
    }
    if response.has_focus() {
        let stroke = Stroke::new(1.0, theme::TEXT);
        scene.painter().rect_stroke(inner, 3, stroke, StrokeKind::Inside);
    }
    let (font, color) = if is_current {
        (theme::strong_font(theme::TEXT_SIZE), theme::TEXT)
    } else if snapshots.is_empty[place] {
        (theme::font(theme::TEXT_SIZE), theme::FAINT)
    } else {
        (theme::font(theme::TEXT_SIZE), theme::QUIET)
    };
    scene.text_in(inner, Align2::CENTER_CENTER, SNAPSHOT_LETTERS[place], font, color);
    if !is_current && !snapshots.is_empty[place] && snapshots.is_same_as_current[place] {
        // Two short lines: equal.
        for y in [-1.5, 1.5] {
            let at = pos2(inner.right() - 5.0, inner.top() + 5.0 + y);
            let ends = [at - vec2(2.5, 0.0), at + vec2(2.5, 0.0)];
            scene.painter().line_segment(ends, Stroke::new(1.0, theme::QUIET));
        }
    }
}

fn menu(scene: &mut Scene<'_>, in_menu: &mut usize, rect: Rect, asked_for: Option<usize>) {
    let name = "Snapshot menu";
    if are_settings_hidden(scene.view) {
        let response = scene.interact(rect, name, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, false, name));
        response.on_hover_text(HIDDEN_HELP);
        return;
    }
    let response = scene.interact(rect, name, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    draw_menu_button(scene, rect, &response);
    let popup = Popup::default_response_id(&response);
    if let Some(place) = asked_for {
        *in_menu = place;
        Popup::open_id(scene.ui.ctx(), popup);
    } else if response.clicked() {
        *in_menu = scene.view.snapshots.current;
    }
    let place = *in_menu;
    let (snapshots, edits) = (&scene.view.snapshots, &mut *scene.edits);
    let mut ask = |edit| edits.push(Edit::Snapshot(edit));
    show_menu(&response, MENU_WIDTH, PopupCloseBehavior::CloseOnClickOutside, |ui| {
        if snapshots.is_empty[place] {
            show_beginnings(ui, snapshots, place, &mut ask);
            return;
        }
        show_name(ui, snapshots, place, &mut ask);
        show_copies(ui, place, &mut ask);
        ui.separator();
        show_match(ui, snapshots.are_matched, &mut ask);
    });
    if !Popup::is_id_open(scene.ui.ctx(), popup) {
        response.on_hover_text("Names and copies of the snapshots, and how they are compared.");
    }
}

fn draw_menu_button(scene: &Scene<'_>, rect: Rect, response: &Response) {
    let is_active = response.hovered() || response.has_focus();
    let (fill, line) =
        if is_active { (theme::HOVERED, theme::CHOSEN) } else { (theme::RAISED, theme::LINE) };
    let stroke = Stroke::new(1.0, line);
    scene.painter().rect(rect, theme::CONTROL_RADIUS, fill, stroke, StrokeKind::Inside);
    let at = rect.center();
    let triangle = vec![at + vec2(-3.5, -2.0), at + vec2(3.5, -2.0), at + vec2(0.0, 2.5)];
    scene.painter().add(Shape::convex_polygon(triangle, theme::QUIET, Stroke::NONE));
}

fn show_name(
    ui: &mut Ui,
    snapshots: &SnapshotsView<'_>,
    place: usize,
    ask: &mut impl FnMut(SnapshotEdit),
) {
    ui.horizontal(|ui| {
        let letter = RichText::new(SNAPSHOT_LETTERS[place]);
        ui.label(letter.font(theme::strong_font(theme::VALUE_SIZE)));
        let mut name = snapshots.names[place].to_owned();
        let field = TextEdit::singleline(&mut name)
            .id_salt(("snapshot name", place))
            .char_limit(MOST_NAME_CHARACTERS)
            .desired_width(f32::INFINITY)
            .hint_text("What is it called?");
        let field = ui.add(field).accessible_name("Snapshot name");
        if field.changed() {
            ask(SnapshotEdit::Rename(place, name));
        }
    });
}

fn show_copies(ui: &mut Ui, place: usize, ask: &mut impl FnMut(SnapshotEdit)) {
    for other in (0..SNAPSHOTS).filter(|other| *other != place) {
        let text = format!("Copy {} to {}", SNAPSHOT_LETTERS[place], SNAPSHOT_LETTERS[other]);
        let response = ui.add(egui::Button::new(text).frame(false));
        if response.on_hover_text("Gives it all settings; it keeps its name.").clicked() {
            ask(SnapshotEdit::Copy(place, other));
            ui.close();
        }
    }
}

fn show_match(ui: &mut Ui, are_matched: bool, ask: &mut impl FnMut(SnapshotEdit)) {
    let mut is_asked_for = are_matched;
    let text = "Switch at equal loudness";
    if ui.add(Checkbox::new(&mut is_asked_for, text)).changed() {
        ask(SnapshotEdit::Match(is_asked_for));
    }
    ui.add(egui::Label::new(RichText::new(MATCH_HELP).color(theme::QUIET)).wrap());
}

/// What a snapshot that was never set may begin with.
fn show_beginnings(
    ui: &mut Ui,
    snapshots: &SnapshotsView<'_>,
    place: usize,
    ask: &mut impl FnMut(SnapshotEdit),
) {
    let [own, letter] = [snapshots.current, place].map(|place| SNAPSHOT_LETTERS[place]);
    ui.label(RichText::new(format!("{letter} is not set yet")).color(theme::QUIET));
    let mut item = |text: String, help: &str, edit: SnapshotEdit| {
        let response = ui.add(egui::Button::new(text).frame(false));
        if response.on_hover_text(help).clicked() {
            ask(edit);
            ui.close();
        }
    };
    let help = "Both sound the same then, and you change one of them.";
    item(
        format!("Copy {own} here and go on in {letter}"),
        help,
        SnapshotEdit::CopyAndChoose(snapshots.current, place),
    );
    let help = "Nothing is changed: what goes in leaves.";
    item(format!("Begin {letter} with neutral settings"), help, SnapshotEdit::Choose(place));
}
