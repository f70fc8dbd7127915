//! The buttons that open the pages for comparing in the large place.

use egui::{Rect, Stroke};

use crate::page::Page;
use crate::pages::{Pages, Title};
use crate::rest::{BLIND, is_blind};
use crate::scene::Scene;
use crate::theme;
use crate::widgets::{Segment, segments};

const WIDE: f32 = 78.0;
const FOLDED: f32 = 46.0;

/// The pages for comparing; the check has its card in the chain row.
fn titles(pages: &Pages) -> Vec<(Page, Title)> {
    pages.titles().into_iter().filter(|(page, _)| *page != Page::Check).collect()
}

/// The width of all.
pub(super) fn width(pages: &Pages, is_folded: bool) -> f32 {
    titles(pages).len() as f32 * if is_folded { FOLDED } else { WIDE }
}

/// Draws them; the one that is open goes back to the stage.
pub(super) fn show(scene: &mut Scene<'_>, pages: &Pages, rect: Rect, is_folded: bool) {
    let titles = titles(pages);
    let pages: Vec<Page> = titles.iter().map(|(page, _)| *page).collect();
    let is_blind = is_blind(scene);
    let items: Vec<Segment<'_>> = titles
        .into_iter()
        .map(|(page, title)| Segment {
            text: if is_folded { title.short } else { title.text },
            name: title.name,
            help: if is_blind && page != Page::Blind { BLIND } else { title.help },
            color: theme::CHOSEN,
            is_disabled: is_blind && page != Page::Blind,
        })
        .collect();
    let open = pages.iter().position(|page| *page == scene.state.page);
    if let Some(clicked) = segments(scene, rect, &items, open) {
        let is_open = open == Some(clicked);
        scene.state.page = if is_open { Page::Stage } else { pages[clicked] };
    }
    if let Some(open) = open {
        // The line under what is open joins it to the large place.
        let width = rect.width() / pages.len() as f32;
        let left = rect.left() + open as f32 * width;
        let line = left + 8.0..=left + width - 8.0;
        let stroke = Stroke::new(2.0, theme::TEXT);
        scene.painter().hline(line, rect.bottom() - 3.0, stroke);
    }
}
