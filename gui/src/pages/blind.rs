//! The blind test: choosing candidates, hearing them without knowing, the
//! answer. While a test runs, the rest of the editor is behind a curtain.

mod abx;
mod parts;
mod preference;
mod revealed;
mod setup;

use burnish_session::blind::{BlindEdit, BlindMode, Phase};
use egui::{Align2, Rect, vec2};

pub(crate) use self::setup::Setup;
use crate::scene::Scene;
use crate::theme;
use crate::view::{BlindPageEdit, Edit};

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

/// What stands in the place of the chain and the meters while a test runs:
/// their readings would give the answer away.
pub(crate) fn curtain(scene: &Scene<'_>, chain: Rect, meters: Rect) {
    for (rect, name, text) in [
        (chain, "Chain", "The chain is out of sight during a blind test."),
        (meters, "Meters", "Meters rest during a blind test."),
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

/// Asks for an action of the test.
fn ask(scene: &mut Scene<'_>, edit: BlindEdit) {
    scene.edits.push(Edit::Blind(BlindPageEdit::Test(edit)));
}
