//! After a test: which label was what.

use burnish_session::blind::{AbxOutcome, BlindEdit, BlindTest, Candidate, Opinion};
use egui::{Align2, Rect, Stroke, pos2, vec2};

use super::parts::{self, ask};
use crate::scene::Scene;
use crate::theme;
use crate::widgets::{ButtonLook, button};

const HEAD_HEIGHT: f32 = 18.0;
const LABEL_WIDTH: f32 = 34.0;
const RANK_WIDTH: f32 = 44.0;

/// Draws the page.
pub(super) fn show(scene: &mut Scene<'_>, title: Rect, body: Rect, test: &BlindTest) {
    scene.state.is_stop_asked = false;
    let rest = parts::title(scene, title, "Blind test: revealed");
    let done = rest.with_min_x(rest.right() - 84.0);
    let help = "Puts the test away and goes back to the master; the result is kept.";
    let look = ButtonLook::Filled(theme::CHOSEN);
    if button(scene, done, "Done", "Done", help, look).clicked() {
        ask(scene, BlindEdit::Close);
    }
    let Some(candidates) = test.revealed() else { return };
    match test.outcome() {
        Some(outcome) => show_score(scene, body, test, candidates, outcome),
        None => show_table(scene, body, test, candidates),
    }
}

fn show_table(scene: &mut Scene<'_>, body: Rect, test: &BlindTest, candidates: &[Candidate]) {
    let head = body.with_max_y(body.top() + HEAD_HEIGHT);
    for (cell, text) in cells(head).into_iter().zip(["", "Rank", "It was", "Words", "Notes"]) {
        let font = theme::font(theme::LABEL_SIZE);
        scene.text_in(cell, Align2::LEFT_CENTER, text, font, theme::QUIET);
    }
    let count = candidates.len();
    let mut order: Vec<usize> = (0..count).collect();
    let rank = |label: usize| test.opinion(label).and_then(|opinion| opinion.rank);
    order.sort_by_key(|label| rank(*label).unwrap_or(usize::MAX));
    let height = ((body.bottom() - head.bottom()) / count as f32).clamp(20.0, 34.0);
    for (i, label) in order.into_iter().enumerate() {
        let top = head.bottom() + i as f32 * height;
        let row = Rect::from_min_size(pos2(body.left(), top), vec2(body.width(), height));
        scene.painter().hline(row.x_range(), row.top(), Stroke::new(1.0, theme::LINE));
        let opinion = test.opinion(label).cloned().unwrap_or_default();
        show_row(scene, row, (label, test.labels()[label]), &candidates[label].name, &opinion);
    }
}

/// Label, rank, name, words and notes.
fn cells(row: Rect) -> [Rect; 5] {
    let rest = row.width() - LABEL_WIDTH - RANK_WIDTH;
    let widths = [LABEL_WIDTH, RANK_WIDTH, 0.32 * rest, 0.32 * rest, 0.36 * rest];
    let mut left = row.left();
    widths.map(|width| {
        let cell = Rect::from_min_max(pos2(left, row.top()), pos2(left + width, row.bottom()));
        left += width;
        cell.with_max_x(cell.right() - 6.0)
    })
}

fn show_row(
    scene: &mut Scene<'_>,
    row: Rect,
    (place, label): (usize, &str),
    candidate: &str,
    opinion: &Opinion,
) {
    let [key, rank, name, words, notes] = cells(row);
    hear_button(scene, key.shrink2(vec2(0.0, 1.5)), place, label);
    let given = opinion.rank.map_or_else(String::new, |rank| rank.to_string());
    let said = opinion.words.join(", ");
    let noted = opinion.notes.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_first = opinion.rank == Some(1);
    let strong = theme::strong_font(theme::TEXT_SIZE);
    let plain = theme::font(theme::TEXT_SIZE);
    let name_font = if is_first { strong.clone() } else { plain.clone() };
    scene.text_in(rank, Align2::LEFT_CENTER, &given, strong, theme::TEXT);
    scene.text_in(name, Align2::LEFT_CENTER, candidate, name_font, theme::TEXT);
    scene.text_in(words, Align2::LEFT_CENTER, &said, plain.clone(), theme::QUIET);
    scene.text_in(notes, Align2::LEFT_CENTER, &noted, plain, theme::QUIET);
    let mut all = format!("{candidate}; rank {given}");
    for part in [said, noted] {
        if !part.is_empty() {
            all = format!("{all}; {part}");
        }
    }
    let place = row.with_min_x(rank.left());
    scene.reading(place, &format!("{label} was"), &all).on_hover_text(&all);
}

fn hear_button(scene: &mut Scene<'_>, rect: Rect, place: usize, label: &str) {
    let is_heard = scene.view.blind.heard == Some(place);
    let look = if is_heard { ButtonLook::Filled(theme::TEXT) } else { ButtonLook::Plain };
    let help = "Hear it once more, now that it is known.";
    if button(scene, rect, label, &format!("Hear {label}"), help, look).clicked() {
        ask(scene, BlindEdit::Hear(place));
    }
}

fn show_score(
    scene: &mut Scene<'_>,
    body: Rect,
    test: &BlindTest,
    candidates: &[Candidate],
    outcome: AbxOutcome,
) {
    let line = body.with_max_y(body.top() + 34.0);
    let score = outcome.score();
    let font = theme::strong_font(theme::LARGE_SIZE);
    let end = scene.text_in(line, Align2::LEFT_CENTER, &score, font, theme::TEXT).right();
    let chance = line.with_min_x(end + 16.0);
    let font = theme::font(theme::VALUE_SIZE);
    scene.text_in(chance, Align2::LEFT_CENTER, &outcome.p_text(), font, theme::QUIET);
    scene.reading(line, "Score", &format!("{score}, {}", outcome.p_text()));
    let mut top = line.bottom() + 6.0;
    for (i, candidate) in candidates.iter().enumerate() {
        let label = test.labels()[i];
        let row = Rect::from_min_max(pos2(body.left(), top), pos2(body.right(), top + 24.0));
        hear_button(scene, row.with_max_x(row.left() + 28.0).shrink(1.0), i, label);
        let words = row.with_min_x(row.left() + 38.0);
        let font = theme::font(theme::TEXT_SIZE);
        let text = format!("{label} was {}", candidate.name);
        scene.text_in(words, Align2::LEFT_CENTER, &text, font, theme::TEXT);
        scene.reading(words, &format!("{label} was"), &candidate.name);
        top = row.bottom() + 2.0;
    }
    let words = body.with_min_y(top + theme::GAP);
    let text = outcome.lines().join("\n");
    scene.paragraph(words, &text, theme::font(theme::TEXT_SIZE), theme::QUIET);
    scene.reading(words, "What it means", &text);
}
