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

use self::entry::Entry;
use self::regions::RegionDrag;
use self::trim::TrimDrag;
use crate::scene::Scene;
use crate::theme;
use crate::view::ChosenReference;

const TOOLBAR_HEIGHT: f32 = 26.0;
/// The least that the waveform needs with its buttons and its axis.
const LEAST_WAVEFORM: f32 = 98.0;
/// The share of the page that the waveform keeps however long the list is.
const WAVEFORM_SHARE: f32 = 0.42;

/// What is under way on the page.
#[derive(Debug, Default)]
pub(crate) struct ReferencesState {
    /// The path that is being typed.
    path: String,
    /// The name or trim that is being typed.
    entry: Option<Entry>,
    /// The trim that is being dragged.
    trim_drag: Option<TrimDrag>,
    /// The region that is being made or moved.
    region_drag: Option<RegionDrag>,
    /// The choice that was last brought into sight.
    seen: ChosenReference,
}

/// Draws the page.
pub(crate) fn show(scene: &mut Scene<'_>, rect: Rect) {
    scene.panel(rect);
    let inner = rect.shrink(theme::GAP);
    let toolbar = inner.with_max_y(inner.top() + TOOLBAR_HEIGHT);
    toolbar::show(scene, toolbar);
    let body = inner.with_min_y(toolbar.bottom() + 6.0);
    if scene.view.references.list.is_empty() {
        empty::show(scene, body);
        return;
    }
    let most = body.height() - theme::GAP - LEAST_WAVEFORM.max(WAVEFORM_SHARE * body.height());
    let height = list::height(scene.view.references.list.len()).min(most);
    let split = body.top() + height;
    list::show(scene, body.with_max_y(split));
    waveform::show(scene, Rect::from_min_max(pos2(body.left(), split + theme::GAP), body.max));
}
