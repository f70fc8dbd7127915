//! Tonal balance, dynamics and width of mix, master and reference; EQ moves to match.
//!
//! Above, the level-matched curves; below them, by how much the reference
//! differs from the master, with the tolerance, and what the proposed moves
//! would do about it. Beside them the readings and the moves, one at a time
//! where there is no room for both; at the foot the controls of the match.

mod controls;
mod curves;
mod difference;
mod moves;
mod readings;
mod slider;

use burnish_session::balance::Balance;
use egui::{Align2, Rect, pos2, vec2};

use super::body::{Body, Title};
use crate::format;
use crate::page::Page;
use crate::scene::Scene;
use crate::theme;
use crate::view::{BalanceEdit, ChosenReference, Edit, ReferenceStatus};
use crate::widgets::{Segment, segments};

const TITLE_HEIGHT: f32 = 24.0;
const CONTROLS_HEIGHT: f32 = 24.0;
/// Width of the column at the right.
const COLUMN: f32 = 236.0;
const NARROW_COLUMN: f32 = 206.0;
/// Below this width the column is narrow and the title says less.
const NARROW: f32 = 640.0;
/// Share of the plots' height that the levels get.
const LEVELS_SHARE: f32 = 0.5;

/// The page, and what it remembers.
#[derive(Debug, Default)]
pub(super) struct BalancePage {
    /// Whether the moves of a match are shown where there is no room for the readings too.
    has_moves_page: bool,
}

impl Body for BalancePage {
    fn page(&self) -> Page {
        Page::Balance
    }

    fn title(&self) -> Title {
        Title {
            text: "Balance",
            short: "Tone",
            name: "Balance page",
            help: "Tonal balance, dynamics and width beside the reference's. \
                   Again: back to the stage.",
        }
    }

    fn show(&mut self, scene: &mut Scene<'_>, rect: Rect) {
        scene.panel(rect);
        let inner = rect.shrink2(vec2(12.0, 8.0));
        let is_narrow = inner.width() < NARROW;
        show_title(scene, inner.with_max_y(inner.top() + TITLE_HEIGHT), is_narrow);
        let foot = inner.with_min_y(inner.bottom() - CONTROLS_HEIGHT);
        let body = Rect::from_min_max(
            pos2(inner.left(), inner.top() + TITLE_HEIGHT + 6.0),
            pos2(inner.right(), foot.top() - theme::GAP),
        );
        let width = if is_narrow { NARROW_COLUMN } else { COLUMN };
        let column = body.with_min_x(body.right() - width);
        let plots = body.with_max_x(column.left() - theme::GAP);
        let split = plots.top() + (LEVELS_SHARE * plots.height()).round();
        curves::show(scene, plots.with_max_y(split - 4.0));
        difference::show(scene, plots.with_min_y(split), missing(scene));
        self.show_column(scene, column);
        controls::show(scene, foot);
    }
}

impl BalancePage {
    /// The readings and the moves, under each other or one of them.
    fn show_column(&mut self, scene: &mut Scene<'_>, rect: Rect) {
        if rect.height() >= readings::HEIGHT + theme::GAP + moves::HEIGHT {
            let (above, below) = rect.split_top_bottom_at_y(rect.top() + readings::HEIGHT);
            readings::show(scene, above);
            moves::show(scene, below.with_min_y(below.top() + theme::GAP));
            return;
        }
        let (head, rest) = rect.split_top_bottom_at_y(rect.top() + 20.0);
        let help = "There is room for one of the two.";
        let item =
            |text, name| Segment { text, name, help, color: theme::CHOSEN, is_disabled: false };
        let items = [item("Readings", "Show readings"), item("Moves", "Show moves")];
        let shown = usize::from(self.has_moves_page);
        if let Some(clicked) = segments(scene, head, &items, Some(shown)) {
            self.has_moves_page = clicked == 1;
        }
        let rest = rest.with_min_y(rest.top() + 2.0);
        if self.has_moves_page {
            moves::show(scene, rest);
        } else {
            readings::show(scene, rest);
        }
    }
}

/// The next step, in words, where something to compare is missing.
fn missing(scene: &Scene<'_>) -> Option<&'static str> {
    let balance = scene.view.balance.balance;
    let references = &scene.view.references;
    if balance.is_none_or(|balance| balance.reference.is_none()) {
        let status = references.chosen_song().map(|song| &song.status);
        return Some(match (references.chosen, status) {
            (ChosenReference::Live, _) => "Play the reference into the side-chain input.",
            (_, Some(ReferenceStatus::Waiting | ReferenceStatus::Loading(_))) => {
                "The reference is being read."
            }
            (_, Some(ReferenceStatus::Failed(_))) => {
                "The reference could not be read: find it, or choose another."
            }
            _ => "Load a reference: how the master differs from it appears here.",
        });
    }
    balance
        .is_none_or(|balance| balance.master.is_none())
        .then_some("Play the song: the master has not been measured yet.")
}

fn show_title(scene: &mut Scene<'_>, rect: Rect, is_narrow: bool) {
    let font = theme::strong_font(theme::VALUE_SIZE);
    let width = if is_narrow { 170.0 } else { 200.0 };
    let choice = Rect::from_min_max(pos2(rect.right() - width, rect.top()), rect.max);
    let room = rect.with_max_x(choice.left() - 12.0);
    let end = scene.text_in(room, Align2::LEFT_CENTER, "Tonal balance", font, theme::TEXT).right();
    let rest = room.with_min_x((end + 12.0).min(room.right()));
    let font = theme::font(theme::TEXT_SIZE);
    match scene.view.balance.balance.and_then(Balance::distance_db) {
        Some(distance_db) => {
            let distance = format::decimal(distance_db, 1);
            let text = if is_narrow {
                format!("{distance} dB apart")
            } else {
                format!("master and reference are {distance} dB apart")
            };
            scene.text_in(rest, Align2::LEFT_CENTER, &text, font, theme::QUIET);
            let help = "The root mean square of their difference in third octaves from 80 Hz to \
                        12 kHz, both brought to the same level first.";
            let value = format!("{distance} dB");
            scene.reading(rest, "Tonal distance", &value).on_hover_text(help);
        }
        None if is_narrow => {}
        None => {
            let text = "tone, dynamics and width beside the reference";
            scene.text_in(rest, Align2::LEFT_CENTER, text, font, theme::QUIET);
        }
    }
    show_average(scene, choice);
}

fn show_average(scene: &mut Scene<'_>, rect: Rect) {
    let references = &scene.view.references;
    let ready = references.list.iter().filter(|song| song.status == ReferenceStatus::Ready).count();
    let is_live = references.chosen == ChosenReference::Live;
    let is_average = scene.view.balance.is_average && !is_live;
    let items = [
        Segment {
            text: "This one",
            name: "Compare with this reference",
            help: "Compare with the chosen reference only.",
            color: theme::CHOSEN,
            is_disabled: false,
        },
        Segment {
            text: "Average",
            name: "Compare with the average",
            help: if is_live {
                "The live reference is compared with by itself."
            } else {
                "Compare with the average of all references; their spread is the tolerance. \
                 Takes at least two."
            },
            color: theme::CHOSEN,
            is_disabled: is_live || ready < 2 && !is_average,
        },
    ];
    if let Some(clicked) = segments(scene, rect, &items, Some(usize::from(is_average)))
        && (clicked == 1) != is_average
    {
        scene.edits.push(Edit::Balance(BalanceEdit::Average(clicked == 1)));
    }
}
