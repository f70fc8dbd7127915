//! The blind test: choosing candidates, hearing them without knowing, the
//! answer. While a test runs, the rest of the editor is behind a curtain.

mod abx;
mod parts;
mod preference;
mod revealed;
mod setup;

use burnish_session::blind::{BlindMode, Phase};
use egui::{Rect, vec2};

use self::setup::Setup;
use super::body::{Body, Title};
use crate::page::Page;
use crate::scene::Scene;

const TITLE_HEIGHT: f32 = 26.0;

/// The page, and what it remembers.
#[derive(Debug, Default)]
pub(super) struct BlindPage {
    /// The test that is being set up.
    setup: Setup,
    /// The word that is being typed.
    own_word: String,
}

impl Body for BlindPage {
    fn page(&self) -> Page {
        Page::Blind
    }

    fn title(&self) -> Title {
        Title {
            text: "Blind",
            short: "Blind",
            name: "Blind page",
            help: "Chooses between masters without knowing which is which. \
                   Again: back to the stage.",
        }
    }

    fn show(&mut self, scene: &mut Scene<'_>, rect: Rect) {
        scene.panel(rect);
        let inner = rect.shrink2(vec2(12.0, 8.0));
        let title = inner.with_max_y(inner.top() + TITLE_HEIGHT);
        let body = inner.with_min_y(title.bottom() + 6.0);
        let test = scene.view.blind.test.filter(|test| test.phase() != Phase::Closed);
        match test {
            Some(test) if test.is_running() => match test.mode() {
                BlindMode::Preference => {
                    preference::show(scene, &mut self.own_word, title, body, test);
                }
                BlindMode::Abx { trials } => abx::show(scene, title, body, test, trials),
            },
            Some(test) => revealed::show(scene, title, body, test),
            None => {
                self.own_word.clear();
                setup::show(scene, &mut self.setup, title, body);
            }
        }
    }
}
