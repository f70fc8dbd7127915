//! The shapes of equaliser bands as small curves.

use burnish_dsp::equalizer::BandShape;
use egui::{Color32, Painter, Pos2, Rect, pos2};

use crate::plots;

/// The curve of a shape inside `rect`.
pub(crate) fn shape_icon(painter: &Painter, rect: Rect, shape: BandShape, color: Color32) {
    // Height from -1 to 1 along the way from 0 to 1.
    let height = |x: f32| -> f32 {
        let rise = |x: f32| 1.0 / (1.0 + (-14.0 * (x - 0.5)).exp());
        match shape {
            BandShape::Bell => 1.6 * (-(x - 0.5).powi(2) / 0.025).exp() - 0.6,
            BandShape::LowShelf => 1.2 * (1.0 - rise(x)) - 0.6,
            BandShape::HighShelf => 1.2 * rise(x) - 0.6,
            BandShape::Tilt => 1.5 * (x - 0.5),
            BandShape::Notch => 0.6 - 1.6 * (-(x - 0.5).powi(2) / 0.006).exp(),
            BandShape::HighPass => 1.6 * rise(x + 0.2).min(0.94) - 1.0,
            BandShape::LowPass => 1.6 * rise(1.2 - x).min(0.94) - 1.0,
        }
    };
    let points: Vec<Pos2> = (0..=24)
        .map(|i| {
            let x = i as f32 / 24.0;
            pos2(rect.left() + x * rect.width(), rect.center().y - 0.5 * height(x) * rect.height())
        })
        .collect();
    plots::line(painter, points, 1.5, color);
}
