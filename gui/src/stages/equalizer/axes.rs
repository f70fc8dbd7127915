//! The axes that the response and the spectra behind it share.

use egui::Rect;

use crate::plots::Axis;

/// Levels of the spectra from the upper to the lower edge, dBFS.
pub(super) const SPECTRUM_DB: [f64; 2] = [0.0, -90.0];

/// The axes of the plot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axes {
    pub(super) plot: Rect,
    pub(super) frequency: Axis,
    pub(super) gain: Axis,
    pub(super) level: Axis,
}
