//! What surrounds the drawing of every stage: the line of its title, and its controls.

use egui::{Align2, Rect, pos2};

use crate::flow::{self, Item};
use crate::scene::Scene;
use crate::theme;

/// Height of the title's line.
pub(super) const TITLE_HEIGHT: f32 = 24.0;

/// The title's line above the body of a stage.
pub(super) fn title_rect(body: Rect) -> Rect {
    let bottom = body.top() - 6.0;
    Rect::from_min_max(pos2(body.left(), bottom - TITLE_HEIGHT), pos2(body.right(), bottom))
}

/// A line of readings at the right of the title.
pub(super) fn title_note(scene: &Scene<'_>, body: Rect, text: &str) {
    let left = body.left() + 170.0_f32.max(0.42 * body.width() - 80.0);
    let title = title_rect(body).with_min_x(left);
    let font = theme::font(theme::TEXT_SIZE);
    scene.text_in(title, Align2::RIGHT_CENTER, text, font, theme::TEXT);
}

/// Gives the lower part of `body` to the controls and the rest to the plot,
/// which is returned.
pub(super) fn with_controls(scene: &mut Scene<'_>, body: Rect, items: &[Item]) -> Rect {
    let height = flow::height(items, body.width());
    let controls = body.with_min_y((body.bottom() - height).max(body.top()));
    flow::controls(scene, controls, items);
    body.with_max_y((controls.top() - theme::GAP).max(body.top()))
}
