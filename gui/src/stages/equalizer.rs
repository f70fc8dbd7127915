//! The equaliser: the response over the live spectra, and the chosen band's controls.

use burnish_dsp::equalizer::BAND_COUNT;
use egui::Rect;

use super::{equalizer_bands, equalizer_plot};
use crate::scene::{Scene, index_of};
use crate::theme;

const BAND_IDS: [&str; 7] = ["on", "shape", "channel", "frequency", "gain", "q", "slope"];

/// The place in the table of one of a band's parameters.
pub(super) fn band_index(band: usize, id: &str) -> usize {
    debug_assert!(BAND_IDS.contains(&id));
    index_of(&format!("eq.{}.{id}", band + 1))
}

/// Draws the stage.
pub(super) fn show(scene: &mut Scene<'_>, body: Rect) {
    scene.state.band = scene.state.band.min(BAND_COUNT - 1);
    let height = equalizer_bands::height();
    let controls = body.with_min_y((body.bottom() - height).max(body.top()));
    let plot = body.with_max_y((controls.top() - theme::GAP).max(body.top()));
    equalizer_plot::show(scene, plot);
    equalizer_bands::show(scene, controls);
}
