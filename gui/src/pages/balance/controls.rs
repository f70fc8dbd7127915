//! The controls of the match: how much, how far, and whether.

use egui::{Align2, Rect, pos2};

use super::slider::slider;
use crate::format;
use crate::scene::Scene;
use crate::theme;
use crate::view::{BalanceEdit, Edit};
use crate::widgets::{ButtonLook, Segment, button, segments};

const LABEL: f32 = 46.0;
const PERCENT: f32 = 44.0;
const MOST: f32 = 120.0;
const HOLD: f32 = 48.0;
const APPLY: f32 = 96.0;
const DISTANCE: f32 = 96.0;
/// All between the parts.
const GAPS: f32 = 44.0;
const LIMITS_DB: [f64; 3] = [3.0, 6.0, 12.0];

/// Draws the row.
pub(super) fn show(scene: &mut Scene<'_>, rect: Rect) {
    let font = theme::font(theme::TEXT_SIZE);
    let between = |left: f32, right: f32| {
        Rect::from_min_max(pos2(left, rect.top()), pos2(right, rect.bottom()))
    };
    let label = between(rect.left(), rect.left() + LABEL);
    scene.text_in(label, Align2::LEFT_CENTER, "Match", font, theme::TEXT);
    // What is written needs its room; the track takes what is left.
    let written = LABEL + PERCENT + MOST + DISTANCE + HOLD + APPLY + GAPS;
    let track = between(label.right(), label.right() + (rect.width() - written).clamp(60.0, 200.0));
    show_amount(scene, track);
    let percent = between(track.right() + 4.0, track.right() + 4.0 + PERCENT);
    let text = format!("{} %", format::decimal(100.0 * scene.view.balance.amount, 0));
    let font = theme::font(theme::TEXT_SIZE);
    scene.text_in(percent, Align2::LEFT_CENTER, &text, font, theme::TEXT);
    let most = between(percent.right() + theme::GAP, percent.right() + theme::GAP + MOST);
    show_most(scene, most);
    let apply = between(rect.right() - APPLY, rect.right());
    let has_moves = show_apply(scene, apply);
    let hold = between(apply.left() - 8.0 - HOLD, apply.left() - 8.0);
    if has_moves {
        show_hold(scene, hold);
    }
    let end = if has_moves { hold.left() } else { rect.right() };
    show_distance(scene, between(most.right() + 12.0, end - 12.0));
}

fn show_amount(scene: &mut Scene<'_>, rect: Rect) {
    let help = "How much of the difference the moves take. Half is often enough: a reference is a \
                direction, not a destination.";
    if let Some(amount) = slider(scene, rect, "Match amount", help, scene.view.balance.amount) {
        let_go(scene);
        scene.edits.push(Edit::Balance(BalanceEdit::Amount(amount)));
    }
}

fn show_most(scene: &mut Scene<'_>, rect: Rect) {
    let help = "The most that the moves together may cut or boost, at any frequency. Beyond 3 dB \
                a mix wants work, not a master.";
    let texts = LIMITS_DB.map(|db| format!("\u{00b1}{db}"));
    let names = LIMITS_DB.map(|db| format!("Match at most {db} dB"));
    let items: Vec<_> = texts
        .iter()
        .zip(&names)
        .map(|(text, name)| Segment { text, name, help, color: theme::CHOSEN, is_disabled: false })
        .collect();
    let chosen = LIMITS_DB.iter().position(|db| *db == scene.view.balance.most_db);
    if let Some(clicked) = segments(scene, rect, &items, chosen)
        && Some(clicked) != chosen
    {
        let_go(scene);
        scene.edits.push(Edit::Balance(BalanceEdit::MostDb(LIMITS_DB[clicked])));
    }
}

/// Moves that were held are not those that are asked for now.
fn let_go(scene: &mut Scene<'_>) {
    if scene.view.balance.is_held {
        scene.edits.push(Edit::Balance(BalanceEdit::Hold(false)));
    }
}

/// The button, while there is something to apply.
fn show_apply(scene: &mut Scene<'_>, rect: Rect) -> bool {
    let has_moves = scene.view.balance.proposal.is_some_and(|it| !it.moves.is_empty());
    if !has_moves {
        return false;
    }
    let help = "Gives the moves to the bands of the EQ, as one step of undo. Bands in use stay as \
                they are.";
    let look = ButtonLook::Filled(theme::MASTER);
    if button(scene, rect, "Apply to EQ", "Apply match", help, look).clicked() {
        scene.edits.push(Edit::Balance(BalanceEdit::Apply));
    }
    true
}

/// Beside what is held, or could be.
fn show_hold(scene: &mut Scene<'_>, rect: Rect) {
    let is_held = scene.view.balance.is_held;
    let (name, help) = if is_held {
        (
            "Let go of the moves",
            "These moves are held; the distances are of the music that plays now. Click to let \
             them follow it again.",
        )
    } else {
        (
            "Hold the moves",
            "Keeps these moves, whatever plays, until another amount or limit is chosen. Without it they stand still until the music \
             changes or others would come clearly nearer.",
        )
    };
    let look = if is_held { ButtonLook::Filled(theme::ATTENTION) } else { ButtonLook::Plain };
    if button(scene, rect, "Hold", name, help, look).clicked() {
        scene.edits.push(Edit::Balance(BalanceEdit::Hold(!is_held)));
    }
}

fn show_distance(scene: &Scene<'_>, rect: Rect) {
    let Some(proposal) = scene.view.balance.proposal else { return };
    let [before, predicted] = [proposal.distance_before_db, proposal.distance_predicted_db]
        .map(|db| format::decimal(db, 1));
    let text = format!("{before} \u{2192} {predicted} dB");
    let font = theme::font(theme::TEXT_SIZE);
    scene.text_in(rect, Align2::LEFT_CENTER, &text, font, theme::TEXT);
    let value = format!("{before} dB now, {predicted} dB predicted");
    let help = "Distance to the reference now, and as predicted with the moves made. What a \
                limiter after the EQ does is not predicted.";
    scene.reading(rect, "Match distance", &value).on_hover_text(help);
}
