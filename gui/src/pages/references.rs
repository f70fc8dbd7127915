//! The list of references: files, facts, trims; below it the chosen song's
//! waveform with its loop regions.

mod empty;
mod entry;
mod list;
mod regions;
mod row;
mod times;
mod toolbar;
mod trim;
mod waveform;

use egui::{Rect, pos2};

use self::list::ListState;
use self::regions::RegionDrag;
use super::body::{Body, Title};
use crate::page::Page;
use crate::scene::Scene;
use crate::theme;

const TOOLBAR_HEIGHT: f32 = 26.0;
/// The least that the waveform needs with its buttons and its axis.
const LEAST_WAVEFORM: f32 = 98.0;
/// The share of the page that the waveform keeps however long the list is.
const WAVEFORM_SHARE: f32 = 0.42;

/// The page, and what is under way on it.
#[derive(Debug, Default)]
pub(super) struct ReferencesPage {
    /// The path that is being typed.
    path: String,
    /// What the list remembers.
    list: ListState,
    /// The region that is being made or moved.
    region_drag: Option<RegionDrag>,
}

impl Body for ReferencesPage {
    fn page(&self) -> Page {
        Page::References
    }

    fn title(&self) -> Title {
        Title {
            text: "References",
            short: "Refs",
            name: "References page",
            help: "The songs to compare with, their waveforms and loops. Again: back to the stage.",
        }
    }

    fn show(&mut self, scene: &mut Scene<'_>, rect: Rect) {
        scene.panel(rect);
        let inner = rect.shrink(theme::GAP);
        let toolbar = inner.with_max_y(inner.top() + TOOLBAR_HEIGHT);
        toolbar::show(scene, &mut self.path, toolbar);
        let body = inner.with_min_y(toolbar.bottom() + 6.0);
        if scene.view.references.list.is_empty() {
            empty::show(scene, body);
            return;
        }
        let most = body.height() - theme::GAP - LEAST_WAVEFORM.max(WAVEFORM_SHARE * body.height());
        let height = list::height(scene.view.references.list.len()).min(most);
        let split = body.top() + height;
        list::show(scene, &mut self.list, body.with_max_y(split));
        let below = Rect::from_min_max(pos2(body.left(), split + theme::GAP), body.max);
        waveform::show(scene, &mut self.region_drag, below);
    }
}
