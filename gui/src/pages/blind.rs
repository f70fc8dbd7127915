//! The blind test: choosing candidates, hearing them without knowing, the
//! answer. While a test runs, the rest of the editor is behind a curtain.

mod abx;
mod parts;
mod preference;
mod revealed;
mod setup;

use burnish_session::blind::{BlindMode, Phase};
use egui::{Rect, vec2};

pub(crate) use self::setup::Setup;
use crate::scene::Scene;

const TITLE_HEIGHT: f32 = 26.0;

/// Draws the page.
pub(crate) fn show(scene: &mut Scene<'_>, rect: Rect) {
    scene.panel(rect);
    let inner = rect.shrink2(vec2(12.0, 8.0));
    let title = inner.with_max_y(inner.top() + TITLE_HEIGHT);
    let body = inner.with_min_y(title.bottom() + 6.0);
    let test = scene.view.blind.test.filter(|test| test.phase() != Phase::Closed);
    match test {
        Some(test) if test.is_running() => match test.mode() {
            BlindMode::Preference => preference::show(scene, title, body, test),
            BlindMode::Abx { trials } => abx::show(scene, title, body, test, trials),
        },
        Some(test) => revealed::show(scene, title, body, test),
        None => setup::show(scene, title, body),
    }
}
