//! The chosen reference in the bar: its name and facts, and the next and previous.

use egui::{Align2, Rect, pos2};

use crate::format;
use crate::icons;
use crate::rest::{BLIND, is_blind};
use crate::scene::Scene;
use crate::theme;
use crate::view::{ChosenReference, Edit, ReferenceEdit, ReferenceStatus, ReferenceView};
use crate::widgets::{ButtonLook, button, disabled_button};

const STEP_WIDTH: f32 = 22.0;
const ACTION_WIDTH: f32 = 70.0;

/// Draws it, or the way to the first one.
pub(super) fn show(scene: &mut Scene<'_>, rect: Rect) {
    let view = scene.view.references;
    if view.list.is_empty() && view.chosen != ChosenReference::Live {
        show_none(scene, rect);
        return;
    }
    let previous = rect.with_max_x(rect.left() + STEP_WIDTH);
    let next = previous.translate(egui::vec2(STEP_WIDTH + 2.0, 0.0));
    show_step(scene, previous, -1);
    show_step(scene, next, 1);
    let words = rect.with_min_x(next.right() + 6.0);
    match (view.chosen, view.chosen_song()) {
        (ChosenReference::Live, _) => show_live(scene, words),
        (ChosenReference::Song(place), Some(song)) => show_song(scene, words, place, song),
        _ => {
            let text = "No reference chosen";
            let font = theme::font(theme::TEXT_SIZE);
            scene.text_in(words, Align2::LEFT_CENTER, text, font, theme::QUIET);
            scene.reading(words, "Reference", text);
        }
    }
}

fn show_none(scene: &mut Scene<'_>, rect: Rect) {
    let action = rect.with_min_x(rect.right() - ACTION_WIDTH);
    let words = rect.with_max_x(action.left() - theme::GAP);
    let text = if words.width() > 140.0 { "No reference yet" } else { "No reference" };
    let font = theme::font(theme::TEXT_SIZE);
    let place = scene.text_in(words, Align2::RIGHT_CENTER, text, font, theme::QUIET);
    scene.reading(place, "Reference", text);
    let help = "Chooses a song to compare with; WAV, FLAC, MP3, AAC, Ogg Vorbis, Opus or AIFF.";
    let look = ButtonLook::Plain;
    if button(scene, action, "Browse\u{2026}", "Browse reference", help, look).clicked() {
        scene.edits.push(Edit::Reference(ReferenceEdit::Browse));
    }
}

/// The button to the next song (`way` 1) or the previous one (-1), round and round.
fn show_step(scene: &mut Scene<'_>, rect: Rect, way: isize) {
    let view = scene.view.references;
    let count = view.list.len() as isize;
    let (name, sign) = match way {
        1 => ("Next reference", "\u{203a}"),
        _ => ("Previous reference", "\u{2039}"),
    };
    if is_blind(scene) {
        disabled_button(scene, rect, sign, name, BLIND);
        return;
    }
    if count < 2 {
        disabled_button(scene, rect, sign, name, "There is no other song in the list.");
        return;
    }
    let to = match view.chosen {
        ChosenReference::Song(place) => (place as isize + way).rem_euclid(count),
        _ if way > 0 => 0,
        _ => count - 1,
    };
    let to = to as usize;
    let help = format!("{name}: {}", view.list[to].name);
    if button(scene, rect, sign, name, &help, ButtonLook::Plain).clicked() {
        let choice = ChosenReference::Song(to);
        scene.edits.push(Edit::Reference(ReferenceEdit::Choose(choice)));
    }
}

fn show_live(scene: &Scene<'_>, rect: Rect) {
    let live = scene.view.references.live;
    if live.is_connected {
        let facts = format!("{} LUFS", format::level(live.integrated_lufs));
        show_ready(scene, rect, "Live (side-chain)", [&facts, &facts], "The side-chain input.");
        return;
    }
    let text = "Live: nothing has come in at the side-chain yet";
    icons::warning(scene.painter(), pos2(rect.left() + 8.0, rect.center().y), theme::ATTENTION);
    let words = rect.with_min_x(rect.left() + 22.0);
    let font = theme::font(theme::TEXT_SIZE);
    scene.text_in(words, Align2::LEFT_CENTER, text, font, theme::ATTENTION);
    scene.reading(words, "Reference", text).on_hover_text(text);
}

fn show_song(scene: &mut Scene<'_>, rect: Rect, place: usize, song: &ReferenceView) {
    let name = &song.name;
    match &song.status {
        ReferenceStatus::Waiting => show_loading(scene, rect, name, 0.0),
        ReferenceStatus::Loading(progress) => show_loading(scene, rect, name, *progress),
        ReferenceStatus::Ready => {
            let Some(facts) = song.facts else { return };
            let help = format!(
                "{name}\n{} long, {} LUFS, LRA {} LU, {} dBTP, PLR {} dB",
                format::duration(facts.duration_s),
                format::level(facts.integrated_lufs),
                format::level(facts.loudness_range_lu.unwrap_or(f64::NAN)),
                format::level(facts.true_peak_dbtp),
                format::level(facts.plr_db)
            );
            let short = format!("{} LUFS", format::level(facts.integrated_lufs));
            let long = format!("{short}  \u{00b7}  PLR {} dB", format::level(facts.plr_db));
            show_ready(scene, rect, name, [&short, &long], &help);
        }
        ReferenceStatus::Failed(message) => show_failed(scene, rect, place, name, message),
    }
}

fn show_failed(scene: &mut Scene<'_>, rect: Rect, place: usize, name: &str, message: &str) {
    let is_narrow = rect.width() < 200.0;
    let (action, width) =
        if is_narrow { ("Find", 42.0) } else { ("Find it\u{2026}", ACTION_WIDTH) };
    let find = rect.with_min_x(rect.right() - width);
    let sign = pos2(rect.left() + 8.0, rect.center().y);
    icons::warning(scene.painter(), sign, theme::ATTENTION);
    let text = format!("{name}: {message}");
    let words = Rect::from_min_max(
        pos2(rect.left() + 22.0, rect.top()),
        pos2(find.left() - 6.0, rect.bottom()),
    );
    let font = theme::font(theme::TEXT_SIZE);
    let found = format!("{name}: {}", format::found(message));
    scene.text_in(words, Align2::LEFT_CENTER, &found, font, theme::ATTENTION);
    scene.reading(words, "Reference failed", &text).on_hover_text(&text);
    let help = "Chooses the file again; its name, trim and regions stay.";
    if button(scene, find, action, "Find reference", help, ButtonLook::Plain).clicked() {
        scene.edits.push(Edit::Reference(ReferenceEdit::Find(place)));
    }
}

fn show_loading(scene: &Scene<'_>, rect: Rect, name: &str, progress: f32) {
    let progress = if progress.is_finite() { progress.clamp(0.0, 1.0) } else { 0.0 };
    let percent = format!("{} %", (100.0 * progress).round());
    let words = rect.with_max_y(rect.bottom() - 4.0);
    let font = theme::font(theme::TEXT_SIZE);
    let galley = scene.painter().layout_no_wrap(percent.clone(), font.clone(), theme::QUIET);
    let room = words.with_max_x((words.right() - galley.size().x - 8.0).max(words.left()));
    let end = scene.text_in(room, Align2::LEFT_CENTER, name, font, theme::QUIET).right();
    let at = pos2(end + 8.0, words.center().y - 0.5 * galley.size().y);
    scene.painter().with_clip_rect(rect).galley(at, galley, theme::QUIET);
    let bar = rect.with_min_y(rect.bottom() - 3.0);
    scene.painter().rect_filled(bar, 1, theme::GROUND);
    let filled = bar.with_max_x(bar.left() + progress * bar.width());
    scene.painter().rect_filled(filled, 1, theme::REFERENCE);
    let text = format!("Reading {name}  {percent}");
    scene.reading(rect, "Reference loading", &text).on_hover_text(&text);
}

/// A name, and of the facts as many as leave it room; assistive technology gets all.
fn show_ready(scene: &Scene<'_>, rect: Rect, name: &str, facts: [&str; 2], help: &str) {
    const LEAST_NAME: f32 = 110.0;
    let dot = pos2(rect.left() + 5.0, rect.center().y);
    scene.painter().circle_filled(dot, 3.5, theme::REFERENCE);
    let place = rect.with_min_x(rect.left() + 14.0);
    let font = theme::font(theme::TEXT_SIZE);
    let lay =
        |text: &str| scene.painter().layout_no_wrap(text.to_owned(), font.clone(), theme::QUIET);
    let fitting = facts
        .iter()
        .rev()
        .map(|text| lay(text))
        .find(|facts| place.width() - facts.size().x - 10.0 >= LEAST_NAME);
    let facts_width = fitting.as_ref().map_or(0.0, |facts| facts.size().x + 10.0);
    let room = place.with_max_x((place.right() - facts_width).max(place.left()));
    let end = scene.text_in(room, Align2::LEFT_CENTER, name, font.clone(), theme::TEXT).right();
    if let Some(facts) = fitting {
        let at = pos2(end + 10.0, place.center().y - 0.5 * facts.size().y);
        scene.painter().with_clip_rect(rect).galley(at, facts, theme::QUIET);
    }
    scene.reading(rect, "Reference", &format!("{name} {}", facts[1])).on_hover_text(help);
}
