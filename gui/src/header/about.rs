//! What Burnish is, under its name: version, engine revision, licences.

use burnish_session::about::{VERSION, crates};
use egui::{Align2, PopupCloseBehavior, Rect, RichText, Sense, UiBuilder, pos2, vec2};

use crate::icons;
use crate::scene::Scene;
use crate::theme;
use crate::widgets::{ButtonLook, button, show_menu};

/// Where its source and its issues are found.
const LINK: &str = "Source, manual and licence texts come with the release: see README.md.";
const LICENCE: &str = "MIT or Apache-2.0, at your choice. Typeface: IBM Plex Sans, altered, under \
                       the SIL Open Font License 1.1.";
/// From the left edge of the window to the end of the name.
const WIDTH: f32 = 106.0;

/// Draws mark and name; a click opens what is to be known of them. Returns where they end.
pub(super) fn show(scene: &mut Scene<'_>, rect: Rect) -> f32 {
    let place =
        Rect::from_min_size(pos2(rect.left() + 4.0, rect.top()), vec2(WIDTH, rect.height()));
    let place = place.shrink2(vec2(0.0, 6.0));
    let response =
        button(scene, place, "", "About Burnish", "Version and licences.", ButtonLook::Bare);
    icons::mark(scene.painter(), pos2(rect.left() + 24.0, rect.center().y));
    let title = Rect::from_min_max(pos2(rect.left() + 42.0, rect.top()), rect.max);
    let font = theme::strong_font(theme::VALUE_SIZE);
    let title = scene.text_in(title, Align2::LEFT_CENTER, "Burnish", font, theme::TEXT);
    let revision = scene.view.engine_revision;
    show_menu(&response, 360.0, PopupCloseBehavior::CloseOnClickOutside, |ui| {
        let heading = format!("Burnish {VERSION}");
        ui.label(RichText::new(heading).font(theme::strong_font(theme::VALUE_SIZE)));
        ui.label(RichText::new(format!("Engine revision {revision}")).color(theme::QUIET));
        ui.label(LICENCE);
        ui.label(RichText::new(LINK).color(theme::QUIET));
        ui.separator();
        ui.label("With the work of others:");
        for (name, licence) in crates() {
            ui.horizontal(|ui| {
                let (place, _) = ui.allocate_exact_size(vec2(150.0, 16.0), Sense::hover());
                let name = egui::Label::new(name).truncate();
                ui.new_child(UiBuilder::new().max_rect(place)).add(name);
                ui.add(egui::Label::new(RichText::new(licence).color(theme::QUIET)).truncate());
            });
        }
    });
    title.right()
}
