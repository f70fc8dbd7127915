//! A preference test while it runs: hear, rank, describe.

use burnish_session::blind::{BlindEdit, BlindTest, Opinion, WORDS};
use egui::{
    Align2, Key, Margin, Rect, Role, Sense, Stroke, StrokeKind, TextEdit, UiBuilder, WidgetInfo,
    pos2, vec2,
};

use super::parts::{self, ask};
use crate::scene::Scene;
use crate::theme;
use crate::widgets::{Segment, segments};

const CHIP_HEIGHT: f32 = 22.0;
const LINE_HEIGHT: f32 = 24.0;
const RANK_WIDTH: f32 = 34.0;

/// Draws the page.
pub(super) fn show(
    scene: &mut Scene<'_>,
    typed: &mut String,
    title: Rect,
    body: Rect,
    test: &BlindTest,
) {
    let rest = parts::title(scene, title, "Blind test");
    let rest = parts::stop(scene, rest, "Stop? Nothing will be kept of it.");
    show_reveal(scene, rest, test);
    let height = (0.2 * body.height()).clamp(44.0, 76.0);
    let labels = body.with_max_y(body.top() + height);
    parts::labels(scene, labels, test, &words_about(test));
    let below = body.with_min_y(labels.bottom() + theme::GAP);
    if parts::measuring(scene, below) {
        return;
    }
    let label = scene.view.blind.heard.filter(|label| *label < test.labels().len());
    if let Some((label, opinion)) = label.and_then(|label| Some((label, test.opinion(label)?))) {
        let labels = test.labels();
        show_opinion(scene, typed, below, (label, labels), opinion);
    } else {
        let text = "Choose a label to hear it. Give each a rank, and words and notes if they help \
                    you to decide. Which is which comes out when you reveal it.";
        scene.paragraph(below, text, theme::font(theme::TEXT_SIZE), theme::QUIET);
    }
}

/// What is known of each label.
fn words_about(test: &BlindTest) -> Vec<String> {
    let words = |label: usize| match test.opinion(label).and_then(|opinion| opinion.rank) {
        _ if !test.was_heard(label) => "not heard yet".to_owned(),
        Some(rank) => format!("rank {rank}"),
        None => "no rank yet".to_owned(),
    };
    (0..test.labels().len()).map(words).collect()
}

fn show_reveal(scene: &mut Scene<'_>, rest: Rect, test: &BlindTest) {
    if rest.width() < 90.0 {
        return;
    }
    let place = rest.with_min_x(rest.right() - 84.0);
    let missing = test.missing();
    let wish = missing.map(|missing| format!("Still to do: {missing}."));
    let help = wish.as_deref().unwrap_or("Tells which label is what, and keeps the result.");
    if parts::button_if(scene, wish.is_none(), place, "Reveal", help) {
        ask(scene, BlindEdit::Reveal);
    }
    if let Some(wish) = &wish {
        let words = rest.with_max_x(place.left() - 12.0);
        let font = theme::font(theme::LABEL_SIZE);
        scene.text_in(words, Align2::RIGHT_CENTER, wish, font, theme::QUIET);
        scene.reading(words, "Before it can be revealed", wish);
    }
}

fn show_opinion(
    scene: &mut Scene<'_>,
    typed: &mut String,
    rect: Rect,
    (place, labels): (usize, &[&str]),
    opinion: &Opinion,
) {
    let (label, count) = (labels[place], labels.len());
    let line = rect.with_max_y(rect.top() + LINE_HEIGHT);
    show_rank(scene, line, (place, label), opinion, count);
    let chips = rect.with_min_y(line.bottom() + 6.0);
    let bottom = show_words(scene, chips, (place, label), opinion);
    let fields = rect.with_min_y(bottom + 6.0);
    let word = Rect::from_min_size(fields.min, vec2(140.0, LINE_HEIGHT));
    own_word(scene, typed, word, (place, label));
    let notes = fields.with_min_x(word.right() + theme::GAP);
    let notes = notes.with_max_y(notes.bottom().min(notes.top() + 120.0));
    show_notes(scene, notes, (place, label), opinion);
}

fn show_rank(
    scene: &mut Scene<'_>,
    line: Rect,
    (place, label): (usize, &str),
    opinion: &Opinion,
    count: usize,
) {
    let font = theme::font(theme::TEXT_SIZE);
    let head = line.with_max_x(line.left() + 70.0);
    scene.text_in(head, Align2::LEFT_CENTER, &format!("Rank of {label}"), font, theme::TEXT);
    let ranks: Vec<_> =
        (1..=count).map(|rank| (rank.to_string(), format!("{label}: rank {rank}"))).collect();
    let items: Vec<_> = ranks
        .iter()
        .map(|(text, name)| Segment {
            text,
            name,
            help: "1 is the best; two may share a rank.",
            color: theme::CHOSEN,
            is_disabled: false,
        })
        .collect();
    let cells = Rect::from_min_max(
        pos2(head.right() + theme::GAP, line.top()),
        pos2(head.right() + theme::GAP + RANK_WIDTH * count as f32, line.bottom()),
    );
    let chosen = opinion.rank.map(|rank| rank - 1);
    if let Some(clicked) = segments(scene, cells, &items, chosen) {
        ask(scene, BlindEdit::Rank(place, clicked + 1));
    }
    let hint = line.with_min_x((cells.right() + 12.0).min(line.right()));
    let font = theme::font(theme::LABEL_SIZE);
    let text = "1 is the best; two may share a rank";
    scene.text_in(hint, Align2::LEFT_CENTER, text, font, theme::FAINT);
}

/// Words to give and take away, in as many lines as they need; gives where they end.
fn show_words(
    scene: &mut Scene<'_>,
    rect: Rect,
    (place, label): (usize, &str),
    opinion: &Opinion,
) -> f32 {
    let mut at = rect.min;
    for word in WORDS.into_iter().chain(opinion.own_words()) {
        let is_own = !WORDS.contains(&word);
        let is_on = opinion.has(word);
        let text = if is_own { format!("{word} \u{00d7}") } else { word.to_owned() };
        let font = theme::font(theme::TEXT_SIZE);
        let galley = scene.painter().layout_no_wrap(text.clone(), font, theme::TEXT);
        let width = galley.size().x + 16.0;
        if at.x + width > rect.right() {
            at = pos2(rect.left(), at.y + CHIP_HEIGHT + 4.0);
        }
        let cell = Rect::from_min_size(at, vec2(width, CHIP_HEIGHT));
        if chip(scene, cell, &text, &format!("{label}: {word}"), is_on) {
            ask(scene, BlindEdit::Word(place, word.to_owned(), !is_on));
        }
        at.x += width + 4.0;
    }
    at.y + CHIP_HEIGHT
}

fn chip(scene: &Scene<'_>, rect: Rect, text: &str, name: &str, is_on: bool) -> bool {
    let response = scene.interact(rect, name, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, is_on, name));
    let is_active = response.hovered() || response.has_focus();
    let fill = match (is_on, is_active) {
        (true, _) => theme::CHOSEN,
        (false, true) => theme::HOVERED,
        (false, false) => theme::PANEL,
    };
    // What is given has a bright rim as well as a fill.
    let line = if is_on || response.has_focus() { theme::TEXT } else { theme::LINE };
    let stroke = Stroke::new(1.0, line);
    let radius = 0.5 * rect.height();
    scene.painter().rect(rect, radius, fill, stroke, StrokeKind::Inside);
    let ink = if is_on { theme::TEXT } else { theme::QUIET };
    let font = theme::font(theme::TEXT_SIZE);
    scene.text_in(rect, Align2::CENTER_CENTER, text, font, ink);
    response.on_hover_text("A word that fits; click to give it or to take it away.").clicked()
}

/// A field for words that are not among the given ones; Enter gives the word.
fn own_word(scene: &mut Scene<'_>, text: &mut String, rect: Rect, (place, label): (usize, &str)) {
    let name = format!("{label}: own word");
    let field = TextEdit::singleline(text)
        .id(scene.id("own word"))
        .char_limit(20)
        .margin(Margin::symmetric(6, 3))
        .hint_text("Own word, Enter");
    let response = scene.ui.place(rect, field).accessible_name(&name);
    let is_entered = response.lost_focus() && scene.ui.input(|input| input.key_pressed(Key::Enter));
    if is_entered && !text.trim().is_empty() {
        ask(scene, BlindEdit::Word(place, std::mem::take(text), true));
    }
}

fn show_notes(scene: &mut Scene<'_>, rect: Rect, (place, label): (usize, &str), opinion: &Opinion) {
    if rect.height() < 16.0 {
        return;
    }
    let id = scene.id("opinion notes").with(place);
    let mut text = opinion.notes.clone();
    let builder = UiBuilder::new().id_salt("blind notes").max_rect(rect);
    let mut ui = scene.ui.new_child(builder);
    ui.set_clip_rect(rect);
    let hint = format!("Notes about {label}");
    let name = format!("{label}: notes");
    let rows = ((rect.height() - 8.0) / 17.0).floor().max(1.0) as usize;
    let is_changed = egui::ScrollArea::vertical()
        .auto_shrink(false)
        .show(&mut ui, |ui| {
            let field = TextEdit::multiline(&mut text)
                .id(id)
                .desired_rows(rows)
                .desired_width(f32::INFINITY)
                .margin(Margin::symmetric(6, 3))
                .hint_text(hint);
            ui.add(field).accessible_name(name).changed()
        })
        .inner;
    if is_changed {
        ask(scene, BlindEdit::Notes(place, text));
    }
}
