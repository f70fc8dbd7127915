//! The trim of a reference: dragged, stepped by arrow keys, or typed.

use burnish_dsp::parameter::{Kind, Unit};
use burnish_session::references::MOST_TRIM_DB;
use egui::accesskit::Action;
use egui::{Align2, EventFilter, Key, Rect, Response, Role, Sense, WidgetInfo};

use super::entry::{self, Entry, Field};
use crate::format;
use crate::scene::Scene;
use crate::theme;
use crate::view::{Edit, ReferenceEdit};

const KIND: Kind = Kind::linear(-MOST_TRIM_DB, MOST_TRIM_DB, 0.1, Unit::Decibels);
/// How far the trim moves with one point of a drag, dB.
const DB_PER_POINT: f64 = 0.1;
/// How far it moves with an arrow key.
const STEP_DB: f64 = 0.1;

/// A drag under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct TrimDrag {
    song: usize,
    /// Where the pointer has moved it, finer than its steps.
    trim_db: f64,
}

/// Draws the trim of a song, right-aligned.
pub(super) fn show(
    scene: &mut Scene<'_>,
    entry: &mut Option<Entry>,
    drag: &mut Option<TrimDrag>,
    rect: Rect,
    (song, trim_db): (usize, f64),
) {
    let trim_db = if trim_db.is_finite() { trim_db } else { 0.0 };
    if entry::is_open(scene, entry.as_ref(), Field::Trim, song) {
        let name = format!("Reference {} trim field", song + 1);
        let parse = |text: &str| KIND.parse(text);
        if let Some(typed_db) = entry::show(scene, entry, rect, Align2::RIGHT_CENTER, &name, parse)
        {
            ask_alone(scene, song, trim_db, typed_db);
        }
        return;
    }
    let name = format!("Reference {} trim", song + 1);
    let response = scene.interact(rect, &name, Sense::click_and_drag());
    let text = format!("{} dB", format::signed(trim_db));
    response.widget_info(|| WidgetInfo {
        value: Some(trim_db),
        ..WidgetInfo::labeled(Role::Slider, true, &name)
    });
    scene.ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_value(text.as_str());
        node.add_action(Action::Increment);
        node.add_action(Action::Decrement);
    });
    if response.hovered() || response.has_focus() || response.dragged() {
        scene.painter().rect_filled(rect.shrink2(egui::vec2(0.0, 3.0)), 3, theme::HOVERED);
        scene.ui.ctx().set_cursor_icon(egui::CursorIcon::ResizeVertical);
    }
    let is_neutral = trim_db.abs() < 0.05;
    let color = if is_neutral { theme::FAINT } else { theme::TEXT };
    let inner = rect.shrink2(egui::vec2(4.0, 0.0));
    let font = theme::font(theme::TEXT_SIZE);
    scene.text_in(inner, Align2::RIGHT_CENTER, &format::signed(trim_db), font, color);
    operate(scene, entry, drag, &response, (song, trim_db));
    if !response.dragged() {
        response.on_hover_text(
            "Gain on top of equal loudness. Drag up or down, click to type: -12 to 12 dB; \
             Ctrl-click for 0 dB.",
        );
    }
}

fn operate(
    scene: &mut Scene<'_>,
    entry: &mut Option<Entry>,
    drag: &mut Option<TrimDrag>,
    response: &Response,
    (song, trim_db): (usize, f64),
) {
    let is_reset = scene.ui.input(|input| input.modifiers.command);
    if response.clicked() && is_reset {
        ask_alone(scene, song, trim_db, 0.0);
    } else if response.clicked() {
        entry::begin(scene, entry, Field::Trim, song, &format!("{trim_db:.1}"));
    }
    follow(scene, drag, response, (song, trim_db));
    let steps = key_steps(scene, response);
    if steps != 0.0 {
        ask(scene, song, trim_db, trim_db + STEP_DB * steps);
    }
}

/// Begins, continues and ends a drag.
fn follow(
    scene: &mut Scene<'_>,
    under_way: &mut Option<TrimDrag>,
    response: &Response,
    (song, trim_db): (usize, f64),
) {
    if response.drag_started() {
        scene.edits.push(Edit::EndRun);
        *under_way = Some(TrimDrag { song, trim_db });
    }
    let Some(mut drag) = under_way.filter(|drag| drag.song == song) else { return };
    // A frame that is drawn twice has moved the pointer once.
    if response.dragged() && scene.ui.ctx().current_pass_index() == 0 {
        let delta = response.drag_delta();
        let upward = f64::from(-delta.y + 0.25 * delta.x);
        drag.trim_db += upward * DB_PER_POINT * scene.fineness();
        drag.trim_db = drag.trim_db.clamp(-MOST_TRIM_DB, MOST_TRIM_DB);
        ask(scene, song, trim_db, drag.trim_db);
    }
    let is_over = response.drag_stopped() || !response.dragged();
    if is_over {
        scene.edits.push(Edit::EndRun);
    }
    *under_way = (!is_over).then_some(drag);
}

fn key_steps(scene: &Scene<'_>, response: &Response) -> f64 {
    let mut steps = 0.0;
    if response.has_focus() {
        let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        scene.ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        steps += scene.ui.input(|input| {
            input.num_presses(Key::ArrowUp) as f64 - input.num_presses(Key::ArrowDown) as f64
        });
    }
    let requests = |action| {
        scene.ui.input(|input| input.num_accesskit_action_requests(response.id, action)) as f64
    };
    steps + requests(Action::Increment) - requests(Action::Decrement)
}

/// The same as a step of its own.
fn ask_alone(scene: &mut Scene<'_>, song: usize, from_db: f64, to_db: f64) {
    let count = scene.edits.len();
    scene.edits.push(Edit::EndRun);
    ask(scene, song, from_db, to_db);
    if scene.edits.len() == count + 1 {
        scene.edits.pop();
    } else {
        scene.edits.push(Edit::EndRun);
    }
}

/// Asks for a trim that is not there yet.
fn ask(scene: &mut Scene<'_>, song: usize, from_db: f64, to_db: f64) {
    let to_db = KIND.snap(to_db);
    if to_db != from_db {
        scene.edits.push(Edit::Reference(ReferenceEdit::Trim(song, to_db)));
    }
}
