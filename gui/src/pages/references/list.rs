//! The list under its column names; it scrolls where it is longer than its place.

use egui::{Align2, Rect, ScrollArea, UiBuilder, pos2};

use super::row::{self, Columns, RowState, with_air};
use crate::scene::Scene;
use crate::theme;
use crate::view::ChosenReference;

const HEADING_HEIGHT: f32 = 16.0;
/// Room for the scroll bar.
const GUTTER: f32 = 10.0;

/// The height of the list with all its rows.
pub(super) fn height(songs: usize) -> f32 {
    HEADING_HEIGHT + (songs + 1) as f32 * row::HEIGHT
}

/// What the list remembers.
#[derive(Debug, Default)]
pub(super) struct ListState {
    /// What is under way in the rows.
    rows: RowState,
    /// The choice that was last brought into sight.
    seen: ChosenReference,
}

/// Draws all songs, and the side-chain input as the last row.
pub(super) fn show(scene: &mut Scene<'_>, state: &mut ListState, rect: Rect) {
    let heading = rect.with_max_y(rect.top() + HEADING_HEIGHT);
    show_heading(scene, heading.with_max_x(rect.right() - GUTTER));
    let place = rect.with_min_y(heading.bottom());
    let mut ui = scene.ui.new_child(UiBuilder::new().max_rect(place).id_salt("references"));
    ui.set_clip_rect(place.intersect(scene.ui.clip_rect()));
    ui.spacing_mut().scroll = egui::style::ScrollStyle {
        bar_width: 6.0,
        bar_inner_margin: 2.0,
        bar_outer_margin: 0.0,
        ..egui::style::ScrollStyle::solid()
    };
    let songs = scene.view.references.list.len();
    let total = (songs + 1) as f32 * row::HEIGHT;
    ScrollArea::vertical().id_salt("references list").auto_shrink(false).show_viewport(
        &mut ui,
        |ui, visible| {
            ui.set_height(total);
            let top = ui.max_rect().top();
            let mut scene =
                Scene { ui, view: scene.view, edits: &mut *scene.edits, state: &mut *scene.state };
            let at = |place: usize| {
                let top = top + place as f32 * row::HEIGHT;
                Rect::from_min_max(
                    pos2(rect.left(), top),
                    pos2(rect.right() - GUTTER, top + row::HEIGHT),
                )
            };
            keep_choice_in_sight(&scene, &mut state.seen, &at);
            // One more at either end can be reached by the keyboard.
            let first = (visible.top() / row::HEIGHT - 1.0).max(0.0) as usize;
            let last = (visible.bottom() / row::HEIGHT + 1.0).max(0.0) as usize;
            for place in first..=last.min(songs) {
                if place < songs {
                    row::show(&mut scene, &mut state.rows, at(place), place);
                } else {
                    row::show_live(&mut scene, at(place));
                }
            }
        },
    );
}

/// The next and previous buttons, and the host, choose songs that may be out of sight.
fn keep_choice_in_sight(
    scene: &Scene<'_>,
    seen: &mut ChosenReference,
    at: &impl Fn(usize) -> Rect,
) {
    let view = scene.view.references;
    if view.chosen == *seen {
        return;
    }
    *seen = view.chosen;
    match view.chosen {
        ChosenReference::None => {}
        ChosenReference::Song(place) => scene.ui.scroll_to_rect(with_air(at(place)), None),
        ChosenReference::Live => scene.ui.scroll_to_rect(with_air(at(view.list.len())), None),
    }
}

fn show_heading(scene: &Scene<'_>, rect: Rect) {
    let columns = Columns::new(rect);
    let count = format!("Songs  {} of 20", scene.view.references.list.len());
    let font = theme::font(theme::LABEL_SIZE);
    scene.text_in(columns.name, Align2::LEFT_CENTER, &count, font.clone(), theme::QUIET);
    let headings = [
        (columns.loudness, "LUFS", "Integrated loudness of the file."),
        (columns.range, "LRA", "Loudness range in LU: how far quiet and loud passages lie apart."),
        (columns.peak, "dBTP", "True peak of the file."),
        (columns.ratio, "PLR", "Peak to loudness ratio in dB: the less, the denser the master."),
        (columns.length, "Length", "Length of the file."),
        (columns.trim, "Trim dB", "Gain on top of equal loudness, -12 to 12 dB."),
        (columns.free, "Free run", "Whether it plays on by itself, and not where the song is."),
    ];
    for (place, text, help) in headings {
        scene.text_in(place, Align2::RIGHT_CENTER, text, font.clone(), theme::QUIET);
        scene.explain(place, &format!("References column {text}"), help);
    }
}
