//! The buttons that open the pages for comparing in the large place.

use egui::{Rect, Stroke};

use crate::page::Page;
use crate::scene::Scene;
use crate::theme;
use crate::widgets::{Segment, segments};

const WIDE: f32 = 78.0;
const FOLDED: f32 = 46.0;

/// The width of all three.
pub(super) fn width(is_folded: bool) -> f32 {
    3.0 * if is_folded { FOLDED } else { WIDE }
}

/// Draws them; the one that is open goes back to the stage.
pub(super) fn show(scene: &mut Scene<'_>, rect: Rect, is_folded: bool) {
    let pages = [Page::References, Page::Balance, Page::Blind];
    let item =
        |text, name, help| Segment { text, name, help, color: theme::CHOSEN, is_disabled: false };
    let items = [
        item(
            if is_folded { "Refs" } else { "References" },
            "References page",
            "The songs to compare with, their waveforms and loops. Again: back to the stage.",
        ),
        item(
            if is_folded { "Tone" } else { "Balance" },
            "Balance page",
            "Tonal balance, dynamics and width beside the reference's. Again: back to the stage.",
        ),
        item(
            "Blind",
            "Blind page",
            "Chooses between masters without knowing which is which. Again: back to the stage.",
        ),
    ];
    let open = pages.iter().position(|page| *page == scene.state.page);
    if let Some(clicked) = segments(scene, rect, &items, open) {
        let is_open = open == Some(clicked);
        scene.state.page = if is_open { Page::Stage } else { pages[clicked] };
    }
    if let Some(open) = open {
        // The line under what is open joins it to the large place.
        let width = rect.width() / 3.0;
        let left = rect.left() + open as f32 * width;
        let line = left + 8.0..=left + width - 8.0;
        let stroke = Stroke::new(2.0, theme::TEXT);
        scene.painter().hline(line, rect.bottom() - 3.0, stroke);
    }
}
