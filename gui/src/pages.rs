//! The pages for comparing, each with what it remembers.

mod balance;
mod blind;
mod body;
mod check;
mod references;

use egui::Rect;

use self::body::Body;
pub(crate) use self::body::Title;
use crate::page::Page;
use crate::scene::Scene;

/// All but the place of the chosen stage.
const COUNT: usize = Page::ALL.len() - 1;

/// The pages in the order of their buttons.
#[derive(Debug)]
pub(crate) struct Pages([Box<dyn Body>; COUNT]);

/// A new page is its name in [`Page`], its file, and its line here.
fn all() -> [Box<dyn Body>; COUNT] {
    [
        Box::<check::CheckPage>::default(),
        Box::<references::ReferencesPage>::default(),
        Box::<balance::BalancePage>::default(),
        Box::<blind::BlindPage>::default(),
    ]
}

impl Default for Pages {
    fn default() -> Self {
        Self(all())
    }
}

impl Pages {
    /// The names of the pages and the words of their buttons.
    pub(crate) fn titles(&self) -> [(Page, Title); COUNT] {
        self.0.each_ref().map(|body| (body.page(), body.title()))
    }

    /// Draws the page that is chosen.
    pub(crate) fn show(&mut self, scene: &mut Scene<'_>, rect: Rect) {
        let page = scene.state.page;
        if let Some(body) = self.0.iter_mut().find(|body| body.page() == page) {
            body.show(scene, rect);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_but_the_stage_has_its_body() {
        let pages = Pages::default().titles().map(|(page, _)| page);
        let named = Page::ALL.into_iter().filter(|page| *page != Page::Stage);
        assert_eq!(pages.to_vec(), named.collect::<Vec<_>>());
    }
}
