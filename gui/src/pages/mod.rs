//! What takes the large place: the chosen stage, or one of the pages for comparing.

mod balance;
mod blind;
mod references;

use egui::Rect;

pub(crate) use self::blind::Setup as BlindSetup;
pub(crate) use self::references::ReferencesState;
use crate::page::Page;
use crate::scene::Scene;
use crate::stages;

/// Draws the page.
pub(crate) fn show(scene: &mut Scene<'_>, rect: Rect) {
    match scene.state.page {
        Page::Stage => stages::show(scene, rect),
        Page::References => references::show(scene, rect),
        Page::Balance => balance::show(scene, rect),
        Page::Blind => blind::show(scene, rect),
    }
}
