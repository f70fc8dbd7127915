//! The header: name, snapshots, undo and redo, presets, target, notes, scale, help.

mod about;
mod hidden;
mod snapshots;
mod undo;

use burnish_session::preset::find_preset;
use egui::{
    Align2, PopupCloseBehavior, Rect, RichText, Role, Sense, Stroke, StrokeKind, TextEdit, Ui,
    WidgetInfo, pos2,
};

use self::hidden::{HIDDEN_HELP, are_settings_hidden};
use crate::format;
use crate::scene::Scene;
use crate::theme;
use crate::view::Edit;
use crate::widgets::{ButtonLook, button, menu_button, show_menu};

/// Magnifications to choose from.
const SCALES: [f32; 6] = [0.75, 1.0, 1.25, 1.5, 1.75, 2.0];
const BUTTON_HEIGHT: f32 = 26.0;
/// Notes, scale and help, with their gaps.
const RIGHT_WIDTH: f32 = 184.0;
/// Below this width of the header everything moves closer together.
const NARROW_WIDTH: f32 = 960.0;

const HELP: [(&str, &str); 11] = [
    ("Drag", "up or down turns a knob; with Shift ten times finer"),
    ("Wheel", "steps; on a band of the EQ it changes its Q or slope"),
    ("Double-click", "or Ctrl-click goes back to the neutral value"),
    ("Click a value", "to type it: -14, 3k, 250 Hz; Enter takes it, Esc leaves it"),
    ("Tab, arrows", "reach and turn knobs without a mouse; Esc gives the keys back"),
    ("EQ", "double-click an empty place for a new band, right-click a band to switch it"),
    ("Mix, Master", "compare at equal loudness; a render is always the master"),
    ("A B C D", "whole settings, compared at equal loudness; right-click for names and copies"),
    ("Ctrl+Z, Ctrl+Y", "a step back, and again (Cmd on a Mac); right-click an arrow for a list"),
    ("Delta", "lets you hear only what the chosen stage changes"),
    ("Reset", "starts all readings afresh, in Timeline those of the song too"),
];

/// The header, and what it remembers.
#[derive(Debug, Default)]
pub(crate) struct Header {
    /// The notes while they are being written.
    notes: Option<String>,
    /// The snapshot whose menu is open, or was last.
    snapshot_in_menu: usize,
}

impl Header {
    /// Draws the header.
    pub(crate) fn show(&mut self, scene: &mut Scene<'_>, rect: Rect) {
        scene.painter().rect_filled(rect, 0, theme::PANEL);
        let line = Stroke::new(1.0, theme::LINE);
        scene.painter().hline(rect.x_range(), rect.bottom() - 0.5, line);
        let title_end = about::show(scene, rect);

        let top = rect.center().y - 0.5 * BUTTON_HEIGHT;
        let at = |left: f32, width: f32| {
            Rect::from_min_max(pos2(left, top), pos2(left + width, top + BUTTON_HEIGHT))
        };
        let is_narrow = rect.width() < NARROW_WIDTH;
        let gap = if is_narrow { theme::GAP } else { 12.0 };
        let mut left = title_end + 1.5 * gap;
        let mut next = |width: f32| {
            let place = at(left, width);
            left += width + gap;
            place
        };
        let (snapshots_place, undo_place) = (
            next(if is_narrow { 128.0 } else { 160.0 }),
            next(if is_narrow { 54.0 } else { 62.0 }),
        );
        let right = rect.right() - theme::GAP;
        let right_start = right - RIGHT_WIDTH - theme::GAP;
        let room = right_start - undo_place.right() - 3.0 * gap;
        let (presets_place, targets_place) =
            (next((0.34 * room).clamp(84.0, 140.0)), next((0.62 * room).clamp(124.0, 220.0)));
        snapshots::show(scene, &mut self.snapshot_in_menu, snapshots_place);
        undo::show(scene, undo_place);
        presets(scene, presets_place);
        targets(scene, targets_place);

        help(scene, at(right - 28.0, 28.0));
        scales(scene, at(right - 28.0 - 84.0, 76.0));
        notes(scene, &mut self.notes, at(right - 28.0 - 84.0 - 72.0, 64.0));
        let stream_left = targets_place.right() + 12.0;
        stream(scene, Rect::from_min_max(pos2(stream_left, top), pos2(right_start, top + 26.0)));
    }
}

/// A button that does nothing for now.
fn disabled_button(scene: &Scene<'_>, rect: Rect, text: &str, name: &str, help: &str) {
    let response = scene.interact(rect, name, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, false, name));
    let stroke = Stroke::new(1.0, theme::LINE);
    scene.painter().rect(rect, theme::CONTROL_RADIUS, theme::PANEL, stroke, StrokeKind::Inside);
    let inner = rect.shrink2(egui::vec2(6.0, 0.0));
    let font = theme::font(theme::TEXT_SIZE);
    scene.text_in(inner, Align2::LEFT_CENTER, text, font, theme::FAINT);
    response.on_hover_text(help);
}

fn presets(scene: &mut Scene<'_>, rect: Rect) {
    if are_settings_hidden(scene.view) {
        disabled_button(scene, rect, "Presets", "Presets", HIDDEN_HELP);
        return;
    }
    let help = "Starting points; all settings change.";
    let response = menu_button(scene, rect, "Presets", "Presets", help);
    let presets = scene.view.presets;
    let edits = &mut *scene.edits;
    show_menu(&response, 200.0, PopupCloseBehavior::CloseOnClick, |ui| {
        if presets.is_empty() {
            ui.weak("No presets are installed.");
        }
        for (i, preset) in presets.iter().enumerate() {
            let item = ui.add(egui::Button::new(*preset).frame(false).truncate());
            let about = find_preset(preset).map_or_else(String::new, |preset| {
                format!("{}. Assumes {}.", preset.purpose, preset.assumes)
            });
            let is_chosen = item.clicked();
            item.on_hover_text(about);
            if is_chosen {
                edits.push(Edit::Preset(i));
            }
        }
    });
}

fn targets(scene: &mut Scene<'_>, rect: Rect) {
    let view = scene.view;
    let chosen = view.targets.get(view.target);
    let text = chosen.map_or_else(|| "No target".to_owned(), describe);
    let help = "Where this master is going: marks the meters and says what the platform will do.";
    let response = menu_button(scene, rect, &text, "Target", help);
    let edits = &mut *scene.edits;
    show_menu(&response, 230.0, PopupCloseBehavior::CloseOnClick, |ui| {
        for (i, target) in view.targets.iter().enumerate() {
            let item = egui::Button::selectable(i == view.target, describe(target)).truncate();
            if ui.add(item).on_hover_text(&target.note).clicked() {
                edits.push(Edit::Target(i));
            }
        }
    });
}

fn describe(target: &burnish_session::targets::Target) -> String {
    match target.playback_lufs {
        Some(lufs) => {
            let decimals = usize::from(lufs.fract() != 0.0);
            format!("{}  {} LUFS", target.name, format::decimal(lufs, decimals))
        }
        None => target.name.clone(),
    }
}

fn notes(scene: &mut Scene<'_>, buffer: &mut Option<String>, rect: Rect) {
    let has_notes = !scene.view.notes.trim().is_empty();
    let text = if has_notes { "Notes \u{2022}" } else { "Notes" };
    let help = if has_notes { "Notes kept with the song." } else { "Notes to keep with the song." };
    let response = button(scene, rect, text, "Notes", help, ButtonLook::Plain);
    let (view, edits) = (scene.view, &mut *scene.edits);
    let mut is_open = false;
    show_menu(&response, 320.0, PopupCloseBehavior::CloseOnClickOutside, |ui| {
        is_open = true;
        let is_new = buffer.is_none();
        let notes = buffer.get_or_insert_with(|| view.notes.to_owned());
        let field = TextEdit::multiline(notes)
            .desired_rows(8)
            .desired_width(f32::INFINITY)
            .hint_text("What was changed and why, versions, wishes");
        let field = ui.add(field).accessible_name("Notes text");
        if is_new {
            field.request_focus();
        }
        if field.changed() {
            edits.push(Edit::Notes(notes.clone()));
        }
    });
    if !is_open {
        *buffer = None;
    }
}

fn scales(scene: &mut Scene<'_>, rect: Rect) {
    let current = scene.ui.ctx().zoom_factor();
    let percent = |scale: f32| format!("{} %", (scale * 100.0).round());
    let help = "Magnifies the whole window.";
    let response = menu_button(scene, rect, &percent(current), "Scale", help);
    let edits = &mut *scene.edits;
    show_menu(&response, 80.0, PopupCloseBehavior::CloseOnClick, |ui| {
        for scale in SCALES {
            let is_current = (scale - current).abs() < 0.01;
            if ui.add(egui::Button::selectable(is_current, percent(scale))).clicked() {
                edits.push(Edit::Scale(scale));
            }
        }
    });
}

fn help(scene: &mut Scene<'_>, rect: Rect) {
    let response = button(scene, rect, "?", "Help", "How to use it.", ButtonLook::Plain);
    show_menu(&response, 420.0, PopupCloseBehavior::CloseOnClickOutside, |ui| {
        for (what, how) in HELP {
            help_line(ui, what, how);
        }
        ui.separator();
        ui.weak("Nothing that is only for listening ever reaches a render.");
    });
}

fn help_line(ui: &mut Ui, what: &str, how: &str) {
    ui.horizontal_top(|ui| {
        let heading = RichText::new(what).font(theme::strong_font(theme::TEXT_SIZE));
        ui.add_sized([100.0, 18.0], egui::Label::new(heading).halign(egui::Align::Min));
        ui.add(egui::Label::new(RichText::new(how).color(theme::QUIET)).wrap());
    });
}

/// Sample rate and latency, where there is room.
fn stream(scene: &Scene<'_>, rect: Rect) {
    let view = scene.view;
    if rect.width() < 60.0 {
        return;
    }
    let text = if view.sample_rate_hz > 0.0 {
        let latency_ms = view.latency_frames as f64 / view.sample_rate_hz * 1000.0;
        let rate = (view.sample_rate_hz / 100.0).round() / 10.0;
        if rect.width() < 170.0 {
            format!("{rate} kHz")
        } else {
            format!("{rate} kHz  \u{00b7}  latency {} ms", format::decimal(latency_ms, 1))
        }
    } else {
        "Waiting for the host".to_owned()
    };
    let font = theme::font(theme::LABEL_SIZE);
    let place = scene.text_in(rect, Align2::RIGHT_CENTER, &text, font, theme::QUIET);
    let help = format!("{} frames, which hosts compensate for.", view.latency_frames);
    scene.explain(place, "Stream", &help);
}
