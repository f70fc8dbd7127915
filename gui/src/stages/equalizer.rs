//! The equaliser: the response over the live spectra, and the chosen band's controls.

mod axes;
mod band;
mod controls;
mod plot;
mod response;
mod spectra;
mod state;

use burnish_dsp::equalizer::BandChannel;
use burnish_dsp::settings::Stage;
use egui::{Align2, Rect, Stroke, pos2};

use self::response::ResponseCurves;
use self::state::EqualizerState;
use super::face::{Face, Title};
use super::frame;
use crate::plots::{self, Axis};
use crate::scene::{Scene, index_of};
use crate::theme;
use crate::widgets::choice;

const PHASE_WIDTH: f32 = 156.0;

/// The equaliser.
#[derive(Debug, Default)]
pub(super) struct EqualizerFace {
    /// How it is looked at.
    state: EqualizerState,
    /// Responses of the bands, computed when their settings change.
    curves: ResponseCurves,
}

impl Face for EqualizerFace {
    fn stage(&self) -> Stage {
        Stage::Equalizer
    }

    fn title(&self) -> Title {
        Title { name: "Equaliser", purpose: "cuts before boosts; small steps", has_note: false }
    }

    fn reading(&self, scene: &Scene<'_>) -> Option<(String, &'static str)> {
        let bands = &scene.view.settings.equalizer.bands;
        let count = bands.iter().filter(|band| !band.is_neutral()).count();
        Some((count.to_string(), if count == 1 { "band" } else { "bands" }))
    }

    fn miniature(&mut self, scene: &Scene<'_>, area: Rect, is_on: bool) {
        self.curves.update(&scene.view.settings.equalizer, scene.view.sample_rate_hz);
        curve(scene, &self.curves, area, is_on);
    }

    fn show(&mut self, scene: &mut Scene<'_>, body: Rect) {
        self.curves.update(&scene.view.settings.equalizer, scene.view.sample_rate_hz);
        let height = controls::height();
        let controls = body.with_min_y((body.bottom() - height).max(body.top()));
        let plot = body.with_max_y((controls.top() - theme::GAP).max(body.top()));
        show_phase(scene, body);
        plot::show(scene, &mut self.state, &self.curves, plot);
        controls::show(scene, &mut self.state, controls);
    }
}

/// The sum of all bands.
fn curve(scene: &Scene<'_>, curves: &ResponseCurves, area: Rect, is_on: bool) {
    let settings = &scene.view.settings.equalizer;
    let painter = scene.painter().with_clip_rect(area);
    let (x, y) = (Axis::frequency(area), Axis::linear(15.0, -15.0, area.top(), area.bottom()));
    painter.hline(area.x_range(), area.center().y, Stroke::new(1.0, theme::LINE));
    let frequencies_hz = curves.frequencies_hz();
    let sum = curves.sum(settings, BandChannel::Stereo);
    let points: Vec<_> = frequencies_hz
        .iter()
        .zip(sum)
        .step_by(4)
        .map(|(&frequency_hz, gain_db)| pos2(x.at(frequency_hz), y.at_unclamped(gain_db)))
        .collect();
    let color = if is_on { theme::TEXT } else { theme::FAINT };
    if is_on {
        plots::area(&painter, &points, area.center().y, theme::faded(theme::TEXT, 0.1));
    }
    plots::line(&painter, points, 1.5, color);
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
