//! What stands in the place of the chain and the meters while a blind test
//! runs: their readings would give the answer away.

use egui::{Align2, Rect, vec2};

use crate::scene::Scene;
use crate::theme;

/// Draws it.
pub(crate) fn show(scene: &Scene<'_>, chain: Rect, meters: Rect) {
    for (rect, name, text) in [
        (chain, "Chain", "The chain is out of sight during a blind test."),
        (meters, "Meters", "The meters are out of sight during a blind test."),
    ] {
        scene.panel(rect);
        let font = theme::font(theme::TEXT_SIZE);
        let words = rect.shrink2(vec2(12.0, 0.0));
        if rect.width() > 320.0 {
            scene.text_in(words, Align2::CENTER_CENTER, text, font, theme::QUIET);
        } else {
            let middle = Rect::from_center_size(words.center(), vec2(words.width(), 36.0));
            scene.paragraph(middle, text, font, theme::QUIET);
        }
        scene.reading(rect, name, text);
    }
}
