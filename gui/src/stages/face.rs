//! What the editor shows of a stage: its card in the chain row, and its large view.

use std::fmt::Debug;

use burnish_dsp::settings::Stage;
use egui::Rect;

use crate::scene::{Scene, index_of, parameter};

/// What stands above the large view.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Title {
    /// The stage's full name.
    pub(crate) name: &'static str,
    /// What it is for, in a few words.
    pub(crate) purpose: &'static str,
    /// Whether readings stand at the right, which need the room where it is narrow.
    pub(crate) has_note: bool,
}

/// A stage as it is shown, with what its view remembers.
pub(crate) trait Face: Debug + Send + Sync {
    /// Which stage it is.
    fn stage(&self) -> Stage;

    /// What stands above the large view.
    fn title(&self) -> Title;

    /// Whether the stage is in the path.
    fn is_on(&self, scene: &Scene<'_>) -> bool {
        scene.value(self.switch_index()) >= 0.5
    }

    /// Switches it in or out.
    fn switch(&mut self, scene: &mut Scene<'_>, is_on: bool) {
        scene.set_once(self.switch_index(), f64::from(u8::from(is_on)));
    }

    /// What its switch does, in words.
    fn switch_help(&self) -> &'static str {
        parameter(self.switch_index()).help
    }

    /// The place of its switch in the table of parameters.
    fn switch_index(&self) -> usize {
        index_of(&format!("{}.on", self.stage().id()))
    }

    /// Whether the large view is fainter while the stage is switched off.
    fn is_faint_when_off(&self) -> bool {
        true
    }

    /// Its most telling number, with its unit.
    fn reading(&self, scene: &Scene<'_>) -> Option<(String, &'static str)>;

    /// What goes on in it, on its card.
    fn miniature(&mut self, scene: &Scene<'_>, area: Rect, is_on: bool);

    /// Draws it large, below its title.
    fn show(&mut self, scene: &mut Scene<'_>, body: Rect);
}
