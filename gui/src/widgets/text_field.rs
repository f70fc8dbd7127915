//! What fields that open in the place of a value have in common.

use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditState;
use egui::{Id, Response};

use crate::scene::Scene;
use crate::theme;

/// Marks all that stands in a field, so that typing replaces it.
pub(crate) fn select_all(scene: &Scene<'_>, id: Id, characters: usize) {
    let ctx = scene.ui.ctx();
    let mut state = TextEditState::load(ctx, id).unwrap_or_default();
    let range = CCursorRange::two(CCursor::new(0), CCursor::new(characters));
    state.cursor.set_char_range(Some(range));
    state.store(ctx, id);
}

/// Says under a field what is wrong with what was typed.
pub(crate) fn show_error(scene: &Scene<'_>, response: &Response, error: &str) {
    let text = format!("\u{00d7} {error}");
    let (ctx, layer) = (scene.ui.ctx().clone(), scene.ui.layer_id());
    egui::Tooltip::always_open(ctx, layer, response.id.with("error"), response.rect)
        .gap(4.0)
        .show(|ui| ui.colored_label(theme::OVER, text));
}
