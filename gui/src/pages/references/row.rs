//! One row of the list: a song, or the side-chain input.

use burnish_session::references::ReferenceFacts;
use egui::{Align2, Rect, Response, Role, Sense, Stroke, StrokeKind, WidgetInfo, pos2};

use super::entry::{self, Entry, Field};
use super::trim::{self, TrimDrag};
use crate::format;
use crate::icons;
use crate::scene::Scene;
use crate::theme;
use crate::view::{ChosenReference, Edit, ReferenceEdit, ReferenceStatus, ReferenceView};
use crate::widgets::{ButtonLook, button, toggle};

/// Height of a row.
pub(super) const HEIGHT: f32 = 24.0;
const MARK_WIDTH: f32 = 24.0;
/// The mark of a file that something is not right with.
const WARNING_WIDTH: f32 = 18.0;
const FIND_WIDTH: f32 = 64.0;

/// Where the parts of a row lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    mark: Rect,
    pub(super) name: Rect,
    pub(super) loudness: Rect,
    pub(super) range: Rect,
    pub(super) peak: Rect,
    pub(super) ratio: Rect,
    pub(super) length: Rect,
    pub(super) trim: Rect,
    pub(super) free: Rect,
    remove: Rect,
}

impl Columns {
    pub(super) fn new(row: Rect) -> Self {
        let wide = if row.width() > 680.0 { 8.0 } else { 0.0 };
        let mut right = row.right();
        let mut take = |width: f32| {
            let place =
                Rect::from_min_max(pos2(right - width, row.top()), pos2(right - 4.0, row.bottom()));
            right -= width;
            place
        };
        let remove = take(26.0);
        let free = take(54.0 + wide);
        let trim = take(54.0 + wide);
        let length = take(48.0 + wide);
        let ratio = take(40.0 + wide);
        let peak = take(42.0 + wide);
        let range = take(40.0 + wide);
        let loudness = take(46.0 + wide);
        let mark = row.with_max_x(row.left() + MARK_WIDTH);
        let name = Rect::from_min_max(
            pos2(mark.right(), row.top()),
            pos2(loudness.left() - 4.0, row.bottom()),
        );
        Self { mark, name, loudness, range, peak, ratio, length, trim, free, remove }
    }

    /// The place of the facts, which a status takes while there are none.
    fn facts(&self) -> Rect {
        Rect::from_min_max(self.loudness.min, self.length.max)
    }
}

/// What is under way in the rows.
#[derive(Debug, Default)]
pub(super) struct RowState {
    /// The name or trim that is being typed.
    entry: Option<Entry>,
    /// The trim that is being dragged.
    trim_drag: Option<TrimDrag>,
}

/// Draws a song.
pub(super) fn show(scene: &mut Scene<'_>, state: &mut RowState, rect: Rect, place: usize) {
    let song = &scene.view.references.list[place];
    let columns = Columns::new(rect);
    let choice = ChosenReference::Song(place);
    let is_chosen = scene.view.references.chosen == choice;
    let number = place + 1;
    let name = format!("Choose reference {number}");
    let response = show_choice(scene, rect, &columns, &name, is_chosen, true);
    scene.ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(song.name.as_str()));
    if response.clicked() && !is_chosen {
        scene.edits.push(Edit::Reference(ReferenceEdit::Choose(choice)));
    }
    if response.double_clicked() {
        entry::begin(scene, &mut state.entry, Field::Name, place, &song.name);
    }
    let name_place = show_warnings(scene, columns.name, number, &song.warnings);
    show_name(scene, &mut state.entry, name_place, (place, song), is_chosen);
    let known = song.facts.as_ref().map_or_else(String::new, |facts| written(facts) + "\n");
    response.on_hover_text(format!(
        "{}\n{}\n{known}Click to compare with it, double-click to rename it.",
        song.name,
        song.path.display()
    ));
    match &song.status {
        ReferenceStatus::Waiting => show_loading(scene, columns.facts(), number, None),
        ReferenceStatus::Loading(progress) => {
            show_loading(scene, columns.facts(), number, Some(*progress));
        }
        ReferenceStatus::Ready => {
            if let Some(facts) = &song.facts {
                show_facts(scene, &columns, number, facts);
            }
        }
        ReferenceStatus::Failed(message) => {
            let room = Rect::from_min_max(columns.loudness.min, columns.free.max);
            show_failed(scene, room, place, message);
        }
    }
    if !matches!(song.status, ReferenceStatus::Failed(_)) {
        let trim = (place, song.trim_db);
        trim::show(scene, &mut state.entry, &mut state.trim_drag, columns.trim, trim);
        show_free_run(scene, columns.free, place, song.is_free_running);
    }
    show_remove(scene, columns.remove, place, &song.status);
    keep_focus_in_sight(scene, rect, number);
}

/// Draws the side-chain input.
pub(super) fn show_live(scene: &mut Scene<'_>, rect: Rect) {
    let view = scene.view.references;
    let columns = Columns::new(rect);
    let is_chosen = view.chosen == ChosenReference::Live;
    let name = "Choose the live reference";
    let is_connected = view.live.is_connected;
    let response = show_choice(scene, rect, &columns, name, is_chosen, is_connected);
    let font = if is_chosen {
        theme::strong_font(theme::TEXT_SIZE)
    } else {
        theme::font(theme::TEXT_SIZE)
    };
    if is_connected {
        let title = "Live (side-chain)";
        scene.text_in(columns.name, Align2::LEFT_CENTER, title, font, theme::TEXT);
        let loudness = format::level(view.live.integrated_lufs);
        show_number(scene, columns.loudness, &loudness);
        scene.reading(columns.loudness, "Live reference loudness", &format!("{loudness} LUFS"));
        response
            .clone()
            .on_hover_text("Compares with the track that plays at the side-chain input.");
    } else {
        let words = columns.name.with_max_x(rect.right());
        let text = "Live (side-chain): give Burnish's side-chain input a reference track";
        let color = if is_chosen { theme::ATTENTION } else { theme::FAINT };
        scene.text_in(words, Align2::LEFT_CENTER, text, font, color);
        scene.reading(words, "Live reference", text).on_hover_text(text);
    }
    if response.clicked() && !is_chosen {
        scene.edits.push(Edit::Reference(ReferenceEdit::Choose(ChosenReference::Live)));
    }
}

/// The ground of a row, its mark, and what answers to a click.
fn show_choice(
    scene: &Scene<'_>,
    rect: Rect,
    columns: &Columns,
    name: &str,
    is_chosen: bool,
    is_enabled: bool,
) -> Response {
    let place = columns.mark.union(columns.name);
    let sense = if is_enabled { Sense::click() } else { Sense::hover() };
    let response = scene.interact(place, name, sense);
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, is_enabled, is_chosen, name));
    let painter = scene.painter();
    let ground = rect.shrink2(egui::vec2(0.0, 1.0));
    if is_chosen {
        painter.rect_filled(ground, 3, theme::faded(theme::REFERENCE, 0.18));
        painter.rect_filled(ground.with_max_x(ground.left() + 3.0), 1, theme::REFERENCE);
    } else if is_enabled && response.hovered() {
        painter.rect_filled(ground, 3, theme::RAISED);
    }
    if response.has_focus() {
        let stroke = Stroke::new(1.0, theme::TEXT);
        painter.rect_stroke(place.shrink(1.0), 3, stroke, StrokeKind::Inside);
    }
    let center = columns.mark.center();
    let line = if is_chosen { theme::REFERENCE } else { theme::FAINT };
    if is_enabled || is_chosen {
        painter.circle_stroke(center, 5.0, Stroke::new(1.5, line));
    }
    if is_chosen {
        painter.circle_filled(center, 2.5, theme::REFERENCE);
    }
    response
}

fn show_name(
    scene: &mut Scene<'_>,
    entry: &mut Option<Entry>,
    rect: Rect,
    (place, song): (usize, &ReferenceView),
    is_chosen: bool,
) {
    let number = place + 1;
    if entry::is_open(scene, entry.as_ref(), Field::Name, place) {
        let parse = |text: &str| {
            let text = text.trim();
            if text.is_empty() { Err("expected a name".to_owned()) } else { Ok(text.to_owned()) }
        };
        let field = format!("Reference {number} name field");
        let typed = entry::show(scene, entry, rect, Align2::LEFT_CENTER, &field, parse);
        if let Some(name) = typed.filter(|name| *name != song.name) {
            scene.edits.push(Edit::Reference(ReferenceEdit::Rename(place, name)));
        }
        return;
    }
    let (font, words) = if is_chosen {
        (theme::strong_font(theme::TEXT_SIZE), rect.with_max_x(rect.right() - 22.0))
    } else {
        (theme::font(theme::TEXT_SIZE), rect)
    };
    let is_failed = matches!(song.status, ReferenceStatus::Failed(_));
    let color = if is_failed { theme::QUIET } else { theme::TEXT };
    scene.text_in(words, Align2::LEFT_CENTER, &song.name, font, color);
    if is_chosen {
        let pen = rect.with_min_x(rect.right() - 20.0).shrink2(egui::vec2(0.0, 2.0));
        let name = format!("Rename reference {number}");
        let response = button(scene, pen, "", &name, "Renames it.", ButtonLook::Bare);
        icons::pen(scene.painter(), pen.center(), theme::QUIET);
        if response.clicked() {
            entry::begin(scene, entry, Field::Name, place, &song.name);
        }
    }
}

/// A mark where something is not as it should be with the file, though it plays; what is
/// left of the place for the name.
fn show_warnings(scene: &Scene<'_>, rect: Rect, number: usize, warnings: &[String]) -> Rect {
    if warnings.is_empty() {
        return rect;
    }
    let mark = rect.with_max_x(rect.left() + WARNING_WIDTH);
    icons::warning(scene.painter(), pos2(mark.left() + 6.0, mark.center().y), theme::ATTENTION);
    let text = warnings.join("\n");
    scene.reading(mark, &format!("Reference {number} warning"), &text).on_hover_text(&text);
    rect.with_min_x(mark.right())
}

fn show_facts(scene: &Scene<'_>, columns: &Columns, number: usize, facts: &ReferenceFacts) {
    let texts = [
        format::level(facts.integrated_lufs),
        format::level(facts.loudness_range_lu.unwrap_or(f64::NAN)),
        format::level(facts.true_peak_dbtp),
        format::level(facts.plr_db),
        format::duration(facts.duration_s),
    ];
    let places = [columns.loudness, columns.range, columns.peak, columns.ratio, columns.length];
    for (place, text) in places.iter().zip(&texts) {
        show_number(scene, *place, text);
    }
    scene.reading(columns.facts(), &format!("Reference {number} facts"), &written(facts));
}

/// The facts in one line.
fn written(facts: &ReferenceFacts) -> String {
    format!(
        "{} LUFS, LRA {} LU, {} dBTP, PLR {} dB, {} long",
        format::level(facts.integrated_lufs),
        format::level(facts.loudness_range_lu.unwrap_or(f64::NAN)),
        format::level(facts.true_peak_dbtp),
        format::level(facts.plr_db),
        format::duration(facts.duration_s)
    )
}

fn show_number(scene: &Scene<'_>, rect: Rect, text: &str) {
    let font = theme::font(theme::TEXT_SIZE);
    scene.text_in(rect, Align2::RIGHT_CENTER, text, font, theme::TEXT);
}

fn show_loading(scene: &Scene<'_>, rect: Rect, number: usize, progress: Option<f32>) {
    let progress =
        progress.map(|share| if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 });
    let text = match progress {
        None => "Waiting".to_owned(),
        Some(share) => format!("Reading  {} %", (100.0 * share).round()),
    };
    let font = theme::font(theme::LABEL_SIZE);
    let words = rect.with_max_x(rect.left() + 84.0);
    scene.text_in(words, Align2::LEFT_CENTER, &text, font, theme::QUIET);
    let bar = Rect::from_min_max(
        pos2(words.right() + 4.0, rect.center().y - 2.0),
        pos2(rect.right(), rect.center().y + 2.0),
    );
    scene.painter().rect_filled(bar, 2, theme::GROUND);
    let filled = bar.with_max_x(bar.left() + progress.unwrap_or(0.0) * bar.width());
    scene.painter().rect_filled(filled, 2, theme::REFERENCE);
    scene.reading(rect, &format!("Reference {number} status"), &text);
}

fn show_failed(scene: &mut Scene<'_>, rect: Rect, place: usize, message: &str) {
    let number = place + 1;
    icons::warning(scene.painter(), pos2(rect.left() + 8.0, rect.center().y), theme::ATTENTION);
    let find = rect.with_min_x(rect.right() - FIND_WIDTH).shrink2(egui::vec2(0.0, 2.0));
    let words = Rect::from_min_max(
        pos2(rect.left() + 22.0, rect.top()),
        pos2(find.left() - 6.0, rect.bottom()),
    );
    let font = theme::font(theme::LABEL_SIZE);
    let found = format::found(message);
    scene.text_in(words, Align2::LEFT_CENTER, found, font, theme::ATTENTION);
    scene.reading(words, &format!("Reference {number} status"), message).on_hover_text(message);
    let name = format!("Find reference {number}");
    let help = "Chooses the file again; its name, trim and regions stay.";
    if button(scene, find, "Find it\u{2026}", &name, help, ButtonLook::Plain).clicked() {
        scene.edits.push(Edit::Reference(ReferenceEdit::Find(place)));
    }
}

fn show_free_run(scene: &mut Scene<'_>, rect: Rect, place: usize, is_free: bool) {
    let pill = rect.with_min_x(rect.right() - 24.0);
    let name = format!("Reference {} free-running", place + 1);
    let help =
        "Off: plays where the song is, so that the same places meet. On: plays on by itself.";
    if toggle(scene, pill, &name, help, is_free) {
        scene.edits.push(Edit::Reference(ReferenceEdit::FreeRun(place, !is_free)));
    }
}

fn show_remove(scene: &mut Scene<'_>, rect: Rect, place: usize, status: &ReferenceStatus) {
    let help = match status {
        ReferenceStatus::Waiting | ReferenceStatus::Loading(_) => "Cancels reading it.",
        _ => "Takes it out of the list; the file stays.",
    };
    let rect = rect.shrink2(egui::vec2(0.0, 2.0));
    let name = format!("Remove reference {}", place + 1);
    if button(scene, rect, "\u{00d7}", &name, help, ButtonLook::Bare).clicked() {
        scene.edits.push(Edit::Reference(ReferenceEdit::Remove(place)));
    }
}

/// A row with the air around it that keeps it clear of the fading edges.
pub(super) fn with_air(row: Rect) -> Rect {
    row.expand2(egui::vec2(0.0, 14.0))
}

/// A row that the keyboard goes to comes into sight.
fn keep_focus_in_sight(scene: &Scene<'_>, rect: Rect, number: usize) {
    let parts = [
        format!("Choose reference {number}"),
        format!("Reference {number} trim"),
        format!("Reference {number} free-running"),
        format!("Remove reference {number}"),
        format!("Find reference {number}"),
    ];
    let is_new = |name: &String| {
        let id = scene.id(name);
        scene.ui.memory(|memory| memory.has_focus(id) && !memory.had_focus_last_frame(id))
    };
    if parts.iter().any(is_new) {
        scene.ui.scroll_to_rect(with_air(rect), None);
    }
}
