//! The stages as they are shown: each on its card in the chain row, and the chosen one
//! large, with what it does to the music and its controls.

mod clipper;
mod dither;
mod equalizer;
mod face;
mod frame;
mod glue;
mod limiter;
mod reduction_bar;
mod reduction_histogram;
mod stereo;
mod trim;
mod waveform;

use burnish_dsp::settings::Stage;
use egui::{Align2, Rect, pos2, vec2};

pub(crate) use self::face::Face;
use self::face::Title;
use self::frame::TITLE_HEIGHT;
use crate::icons;
use crate::scene::Scene;
use crate::theme;

/// How strongly the view of a stage that is switched off is drawn.
const OFF_OPACITY: f32 = 0.55;

/// The stages in the order of the signal.
#[derive(Debug)]
pub(crate) struct Stages([Box<dyn Face>; Stage::ALL.len()]);

/// A new stage is its file and its line here.
fn all() -> [Box<dyn Face>; Stage::ALL.len()] {
    [
        Box::<trim::TrimFace>::default(),
        Box::<equalizer::EqualizerFace>::default(),
        Box::<glue::GlueFace>::default(),
        Box::<stereo::StereoFace>::default(),
        Box::<clipper::ClipperFace>::default(),
        Box::<limiter::LimiterFace>::default(),
        Box::<dither::DitherFace>::default(),
    ]
}

impl Default for Stages {
    fn default() -> Self {
        Self(all())
    }
}

impl Stages {
    /// All of them, for their cards.
    pub(crate) fn faces(&mut self) -> &mut [Box<dyn Face>] {
        &mut self.0
    }

    /// Draws the chosen stage.
    pub(crate) fn show(&mut self, scene: &mut Scene<'_>, rect: Rect) {
        let stage = scene.state.stage;
        let Some(face) = self.0.iter_mut().find(|face| face.stage() == stage) else { return };
        scene.panel(rect);
        let inner = rect.shrink2(vec2(12.0, 8.0));
        let title = inner.with_max_y(inner.top() + TITLE_HEIGHT);
        let body = inner.with_min_y(title.bottom() + 6.0);
        let is_on = face.is_on(scene);
        show_title(scene, title, face.title(), is_on);
        let opacity = scene.ui.opacity();
        if !is_on && face.is_faint_when_off() {
            scene.ui.set_opacity(OFF_OPACITY * opacity);
        }
        face.show(scene, body);
        scene.ui.set_opacity(opacity);
    }
}

fn show_title(scene: &Scene<'_>, rect: Rect, title: Title, is_on: bool) {
    let font = theme::strong_font(theme::VALUE_SIZE);
    let color = if is_on { theme::TEXT } else { theme::QUIET };
    let end = scene.text_in(rect, Align2::LEFT_CENTER, title.name, font, color).right();
    let mut rest = rect.with_min_x(end + 12.0);
    if !is_on {
        let right = pos2(rest.left() + 34.0, rect.center().y);
        icons::badge(scene.painter(), right, "off", theme::QUIET);
        rest = rest.with_min_x(right.x + 12.0);
    }
    // Where it is narrow the readings need the room.
    if rect.width() < 700.0 && title.has_note {
        return;
    }
    let font = theme::font(theme::LABEL_SIZE);
    let words = rest.translate(vec2(0.0, 1.5)).with_max_x(rest.left() + 0.55 * rest.width());
    scene.text_in(words, Align2::LEFT_CENTER, title.purpose, font, theme::QUIET);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_has_its_face_in_the_order_of_the_signal() {
        let stages = Stages::default().0.map(|face| face.stage());
        assert_eq!(stages, Stage::ALL);
    }
}
