//! What both kinds of test are drawn with.

use burnish_session::blind::{BlindEdit, BlindTest};
use egui::{Align2, Key, Rect, Role, Sense, Stroke, StrokeKind, WidgetInfo, pos2, vec2};

use crate::icons;
use crate::scene::Scene;
use crate::theme;
use crate::view::{BlindPageEdit, Edit};
use crate::widgets::{ButtonLook, button};

const BUTTON_GAP: f32 = theme::GAP;
const NUMBER_KEYS: [Key; 8] =
    [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8];

/// Asks for an action of the test.
pub(super) fn ask(scene: &mut Scene<'_>, edit: BlindEdit) {
    scene.edits.push(Edit::Blind(BlindPageEdit::Test(edit)));
}

/// The page's title; gives what is left of the line.
pub(super) fn title(scene: &Scene<'_>, rect: Rect, text: &str) -> Rect {
    let font = theme::strong_font(theme::VALUE_SIZE);
    let end = scene.text_in(rect, Align2::LEFT_CENTER, text, font, theme::TEXT).right();
    rect.with_min_x(end + 12.0)
}

/// A button that stays in sight, but quiet, while it cannot be pressed.
pub(super) fn button_if(
    scene: &Scene<'_>,
    is_ready: bool,
    rect: Rect,
    text: &str,
    help: &str,
) -> bool {
    if is_ready {
        let look = ButtonLook::Filled(theme::CHOSEN);
        return button(scene, rect, text, text, help, look).clicked();
    }
    let response = scene.interact(rect, text, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, false, text));
    let stroke = Stroke::new(1.0, theme::LINE);
    scene.painter().rect(rect, theme::CONTROL_RADIUS, theme::PANEL, stroke, StrokeKind::Inside);
    let font = theme::font(theme::TEXT_SIZE);
    scene.text_in(rect.shrink(4.0), Align2::CENTER_CENTER, text, font, theme::FAINT);
    response.on_hover_text(help);
    false
}

/// Cells of equal width beside each other.
pub(super) fn columns(rect: Rect, count: usize) -> impl Iterator<Item = Rect> {
    let width = (rect.width() - BUTTON_GAP * (count as f32 - 1.0)) / count as f32;
    (0..count).map(move |i| {
        let left = rect.left() + i as f32 * (width + BUTTON_GAP);
        Rect::from_min_max(pos2(left, rect.top()), pos2(left + width, rect.bottom()))
    })
}

/// Large buttons to hear the labels, each with a word about it. With the
/// keyboard on one of them, figures and letters choose too.
pub(super) fn labels(scene: &mut Scene<'_>, rect: Rect, test: &BlindTest, words: &[String]) {
    let labels = test.labels();
    let mut has_focus = false;
    for (i, cell) in columns(rect, labels.len()).enumerate() {
        let response = label_button(scene, cell, labels[i], &words[i], i);
        has_focus |= response.has_focus();
        if response.clicked() && scene.view.is_level {
            ask(scene, BlindEdit::Hear(i));
        }
    }
    if has_focus && scene.view.is_level {
        let pressed = scene.ui.input(|input| {
            (0..labels.len()).find(|i| {
                let letter = Key::from_name(labels[*i]);
                input.key_pressed(NUMBER_KEYS[*i])
                    || letter.is_some_and(|letter| input.key_pressed(letter))
            })
        });
        if let Some(label) = pressed {
            ask(scene, BlindEdit::Hear(label));
        }
    }
}

fn label_button(
    scene: &Scene<'_>,
    rect: Rect,
    label: &str,
    words: &str,
    place: usize,
) -> egui::Response {
    let is_level = scene.view.is_level;
    let is_heard = is_level && scene.view.blind.heard == Some(place);
    let name = format!("Hear {label}");
    let sense = if is_level { Sense::click() } else { Sense::hover() };
    let response = scene.interact(rect, &name, sense);
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, is_level, is_heard, &name));
    let is_active = is_level && (response.hovered() || response.has_focus());
    let fill = match (is_heard, is_active) {
        (true, _) => theme::CHOSEN,
        (false, true) => theme::HOVERED,
        (false, false) => theme::RAISED,
    };
    let line = if is_heard || response.has_focus() { theme::TEXT } else { theme::LINE };
    let stroke = Stroke::new(if is_heard { 2.0 } else { 1.0 }, line);
    let radius = theme::CONTROL_RADIUS;
    scene.painter().rect(rect, radius, fill, stroke, StrokeKind::Inside);
    let ink = if is_level { theme::TEXT } else { theme::FAINT };
    let size = theme::LARGE_SIZE.min(0.5 * rect.height());
    let letter = rect.with_max_y(rect.bottom() - 0.34 * rect.height());
    scene.text_in(letter, Align2::CENTER_CENTER, label, theme::strong_font(size), ink);
    if is_heard {
        let at = pos2(rect.left() + 14.0, letter.center().y);
        icons::play(scene.painter(), at, theme::TEXT);
    }
    let below = rect.with_min_y(letter.bottom() - 3.0).shrink2(vec2(3.0, 0.0));
    let words = if is_heard { "hearing" } else { words };
    let font = theme::font(theme::LABEL_SIZE);
    scene.text_in(below, Align2::CENTER_CENTER, words, font, theme::QUIET);
    let help = format!("Hear {label}, as loud as all others.");
    response.on_hover_text(help)
}

/// Says that the candidates are not equally loud yet; whether it had to.
pub(super) fn measuring(scene: &Scene<'_>, rect: Rect) -> bool {
    if scene.view.is_level {
        return false;
    }
    let text = "Measuring: play on for a few seconds until all are equally loud.";
    let line = rect.with_max_y((rect.top() + 24.0).min(rect.bottom()));
    let font = theme::font(theme::TEXT_SIZE);
    let sign = pos2(line.left() + 8.0, line.center().y);
    icons::warning(scene.painter(), sign, theme::ATTENTION);
    let words = line.with_min_x(line.left() + 24.0);
    scene.text_in(words, Align2::LEFT_CENTER, text, font, theme::TEXT);
    scene.reading(line, "Level match", text);
    true
}

/// The way out, which asks once more; gives what is left of the title's line.
pub(super) fn stop(scene: &mut Scene<'_>, rect: Rect, question: &str) -> Rect {
    let at = |right: f32, width: f32| {
        Rect::from_min_max(pos2(right - width, rect.top()), pos2(right, rect.bottom()))
    };
    if !scene.state.is_stop_asked {
        let place = at(rect.right(), 64.0);
        let help = "Ends the test before its end; asks once more.";
        if button(scene, place, "Stop", "Stop", help, ButtonLook::Plain).clicked() {
            scene.state.is_stop_asked = true;
        }
        return rect.with_max_x(place.left() - theme::GAP);
    }
    let now = at(rect.right(), 84.0);
    let on = at(now.left() - theme::GAP, 64.0);
    let look = ButtonLook::Filled(theme::ATTENTION);
    if button(scene, now, "Stop now", "Stop now", question, look).clicked() {
        scene.state.is_stop_asked = false;
        ask(scene, BlindEdit::Stop);
    }
    let help = "Goes on with the test.";
    if button(scene, on, "Go on", "Go on", help, ButtonLook::Plain).clicked() {
        scene.state.is_stop_asked = false;
    }
    let words = rect.with_max_x(on.left() - theme::GAP);
    let font = theme::font(theme::TEXT_SIZE);
    scene.text_in(words, Align2::RIGHT_CENTER, question, font, theme::ATTENTION);
    scene.reading(words, "Question", question);
    rect.with_max_x(rect.left())
}
