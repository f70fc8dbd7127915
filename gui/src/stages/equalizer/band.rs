//! What plot and controls both know of a band: its parameters, and which of them count.

use burnish_dsp::equalizer::{BandSettings, BandShape};

use crate::scene::{Scene, index_of};

const BAND_IDS: [&str; 11] = [
    "on",
    "shape",
    "channel",
    "frequency",
    "gain",
    "q",
    "slope",
    "threshold",
    "range",
    "attack",
    "release",
];

/// The place in the table of one of a band's parameters.
pub(super) fn band_index(band: usize, id: &str) -> usize {
    debug_assert!(BAND_IDS.contains(&id));
    index_of(&format!("eq.{}.{id}", band + 1))
}

/// Whether a shape has a gain.
pub(super) fn has_gain(shape: BandShape) -> bool {
    matches!(shape, BandShape::Bell | BandShape::LowShelf | BandShape::HighShelf | BandShape::Tilt)
}

/// Whether a shape has a slope.
pub(super) fn has_slope(shape: BandShape) -> bool {
    matches!(shape, BandShape::HighPass | BandShape::LowPass)
}

/// Whether the Q changes anything.
pub(super) fn has_q(band: &BandSettings) -> bool {
    match band.shape {
        BandShape::Tilt => false,
        BandShape::HighPass | BandShape::LowPass => band.slope.order() == 2,
        _ => true,
    }
}

/// Switches a band in or out.
pub(super) fn toggle(scene: &mut Scene<'_>, band: usize) {
    let index = band_index(band, "on");
    let is_on = scene.value(index) >= 0.5;
    scene.set_once(index, if is_on { 0.0 } else { 1.0 });
}
