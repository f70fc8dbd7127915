//! What makes a page: its name, the words of its button, and its drawing.

use std::fmt::Debug;

use egui::Rect;

use crate::page::Page;
use crate::scene::Scene;

/// The words of the button that opens a page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Title {
    /// On the button.
    pub(crate) text: &'static str,
    /// On the button where there is little room.
    pub(crate) short: &'static str,
    /// For assistive technology.
    pub(crate) name: &'static str,
    /// What the page is for.
    pub(crate) help: &'static str,
}

/// A page with all that it remembers.
pub(crate) trait Body: Debug + Send + Sync {
    /// Which page it is.
    fn page(&self) -> Page;

    /// The words of its button.
    fn title(&self) -> Title;

    /// Draws it.
    fn show(&mut self, scene: &mut Scene<'_>, rect: Rect);
}
