//! The equaliser: the response over the live spectra, and the chosen band's controls.

mod axes;
mod band;
mod controls;
mod plot;
mod spectra;

use burnish_dsp::equalizer::BAND_COUNT;
use egui::{Align2, Rect};

use super::frame;
use crate::scene::{Scene, index_of};
use crate::theme;
use crate::widgets::choice;

const PHASE_WIDTH: f32 = 156.0;

/// Draws the stage.
pub(super) fn show(scene: &mut Scene<'_>, body: Rect) {
    scene.state.band = scene.state.band.min(BAND_COUNT - 1);
    let height = controls::height();
    let controls = body.with_min_y((body.bottom() - height).max(body.top()));
    let plot = body.with_max_y((controls.top() - theme::GAP).max(body.top()));
    show_phase(scene, body);
    plot::show(scene, plot);
    controls::show(scene, controls);
}

/// The phase of all bands, at the right of the title.
fn show_phase(scene: &mut Scene<'_>, body: Rect) {
    let title = frame::title_rect(body);
    let place = title.with_min_x(title.right() - PHASE_WIDTH).shrink2(egui::vec2(0.0, 1.0));
    choice(scene, place, index_of("eq.phase"), None);
    let label = title.with_max_x(place.left() - theme::GAP);
    let font = theme::font(theme::LABEL_SIZE);
    scene.text_in(label, Align2::RIGHT_CENTER, "Phase", font, theme::QUIET);
}
