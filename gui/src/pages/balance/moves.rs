//! The moves that are proposed, in words.

use burnish_dsp::equalizer::BandShape;
use burnish_session::tonal_match::{Move, Proposal};
use egui::{Align2, Rect, pos2, vec2};

use crate::format;
use crate::scene::Scene;
use crate::theme;

const ROW: f32 = 16.0;
/// The most moves there can be, one for each band.
const MOST_MOVES: f32 = 8.0;
/// Room for what limited the proposal, two lines.
const NOTES: f32 = 30.0;
pub(super) const HEIGHT: f32 = (1.0 + MOST_MOVES) * ROW + NOTES;

/// Draws the list.
pub(super) fn show(scene: &Scene<'_>, rect: Rect) {
    let font = theme::font(theme::LABEL_SIZE);
    let Some(proposal) = scene.view.balance.proposal else {
        let text = "Moves that bring the master nearer to the reference appear here.";
        scene.paragraph(rect, text, font, theme::QUIET);
        return;
    };
    let notes = notes(proposal);
    let height = if notes.is_empty() { rect.height() } else { rect.height() - NOTES };
    let rows = 1.0 + proposal.moves.len() as f32;
    let row_height = (height / rows.max(1.0)).clamp(8.0, ROW);
    let row = |n: usize| {
        let top = rect.top() + n as f32 * row_height;
        Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), row_height))
    };
    let title =
        if proposal.moves.is_empty() { "No moves proposed" } else { "Proposed moves of the EQ" };
    scene.text_in(row(0), Align2::LEFT_CENTER, title, font.clone(), theme::QUIET);
    for (n, made) in proposal.moves.iter().enumerate() {
        line(scene, row(n + 1), n, made);
    }
    if !notes.is_empty() {
        let top = row(proposal.moves.len() + 1).top() + 2.0;
        let place = rect.with_min_y(top.min(rect.bottom()));
        scene.paragraph(place, &notes, font, theme::ATTENTION);
        scene.reading(place, "Match limited by", &notes);
    }
}

/// What kept the proposal from doing more, as a sentence.
fn notes(proposal: &Proposal) -> String {
    let limits: Vec<String> = proposal.limits.iter().map(ToString::to_string).collect();
    if limits.is_empty() { String::new() } else { format!("Limited: {}.", limits.join("; ")) }
}

fn line(scene: &Scene<'_>, row: Rect, n: usize, made: &Move) {
    let name = BandShape::NAMES[made.shape.index() as usize].to_lowercase();
    let frequency = format::axis_frequency(made.frequency_hz);
    let band = format!("Band {}", made.band + 1);
    let what = if frequency.ends_with('k') {
        format!("{name} {frequency}Hz")
    } else {
        format!("{name} {frequency} Hz")
    };
    let gain = format!("{} dB", format::signed(made.gain_db));
    let q = format!("Q {}", format::decimal(made.q, 1));
    let columns = [
        (0.0, 0.20, Align2::LEFT_CENTER, &band),
        (0.20, 0.60, Align2::LEFT_CENTER, &what),
        (0.60, 0.83, Align2::RIGHT_CENTER, &gain),
        (0.83, 1.0, Align2::RIGHT_CENTER, &q),
    ];
    for (from, to, anchor, text) in columns {
        let cell = Rect::from_min_max(
            pos2(row.left() + from * row.width(), row.top()),
            pos2(row.left() + to * row.width(), row.bottom()),
        );
        scene.text_in(cell, anchor, text, theme::font(theme::LABEL_SIZE), theme::TEXT);
    }
    let value = format!("{band}: {what}, {gain}, {q}");
    scene.reading(row, &format!("Move {}", n + 1), &value).on_hover_text(value.as_str());
}
