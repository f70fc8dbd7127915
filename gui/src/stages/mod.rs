//! The chosen stage, large: what it does to the music, and its controls.

mod clipper;
mod dither;
mod equalizer;
mod frame;
mod glue;
mod limiter;
mod reduction_histogram;
mod stereo;
mod trim;
mod waveform;

use burnish_dsp::settings::Stage;
use egui::{Align2, Rect, pos2, vec2};

use self::frame::TITLE_HEIGHT;
use crate::chain_row;
use crate::icons;
use crate::scene::Scene;
use crate::theme;

/// How strongly the view of a stage that is switched off is drawn.
const OFF_OPACITY: f32 = 0.55;

/// Draws the chosen stage.
pub(crate) fn show(scene: &mut Scene<'_>, rect: Rect) {
    scene.panel(rect);
    let inner = rect.shrink2(vec2(12.0, 8.0));
    let title = inner.with_max_y(inner.top() + TITLE_HEIGHT);
    let body = inner.with_min_y(title.bottom() + 6.0);
    let stage = scene.state.stage;
    let is_on = chain_row::is_on(scene, stage);
    show_title(scene, title, stage, is_on);
    let opacity = scene.ui.opacity();
    // The dither's own choices are what switches it on.
    if !is_on && stage != Stage::Dither {
        scene.ui.set_opacity(OFF_OPACITY * opacity);
    }
    match stage {
        Stage::Trim => trim::show(scene, body),
        Stage::Equalizer => equalizer::show(scene, body),
        Stage::Glue => glue::show(scene, body),
        Stage::Stereo => stereo::show(scene, body),
        Stage::Clipper => clipper::show(scene, body),
        Stage::Limiter => limiter::show(scene, body),
        Stage::Dither => dither::show(scene, body),
    }
    scene.ui.set_opacity(opacity);
}

fn show_title(scene: &Scene<'_>, rect: Rect, stage: Stage, is_on: bool) {
    let (title, purpose) = match stage {
        Stage::Trim => ("Trim", "brings the mix to a working level"),
        Stage::Equalizer => ("Equaliser", "cuts before boosts; small steps"),
        Stage::Glue => ("Glue compressor", "1 to 3 dB hold a mix together"),
        Stage::Stereo => ("Stereo", "width with an eye on mono"),
        Stage::Clipper => ("Clipper", "shaves short peaks before the limiter"),
        Stage::Limiter => ("Limiter", "loudness up to the ceiling, never above"),
        Stage::Dither => ("Dither", "for the word length you deliver"),
    };
    let font = theme::strong_font(theme::VALUE_SIZE);
    let color = if is_on { theme::TEXT } else { theme::QUIET };
    let end = scene.text_in(rect, Align2::LEFT_CENTER, title, font, color).right();
    let mut rest = rect.with_min_x(end + 12.0);
    if !is_on {
        let right = pos2(rest.left() + 34.0, rect.center().y);
        icons::badge(scene.painter(), right, "off", theme::QUIET);
        rest = rest.with_min_x(right.x + 12.0);
    }
    // Where it is narrow the readings need the room.
    if rect.width() < 700.0 && has_note(stage) {
        return;
    }
    let font = theme::font(theme::LABEL_SIZE);
    let words = rest.translate(vec2(0.0, 1.5)).with_max_x(rest.left() + 0.55 * rest.width());
    scene.text_in(words, Align2::LEFT_CENTER, purpose, font, theme::QUIET);
}

fn has_note(stage: Stage) -> bool {
    matches!(stage, Stage::Glue | Stage::Clipper | Stage::Limiter)
}
