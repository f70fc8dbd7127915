//! The page before there is any reference: what to do next, and why.

use egui::text::LayoutJob;
use egui::{Align, Rect, pos2, vec2};

use super::row;
use crate::scene::Scene;
use crate::theme;
use crate::view::{Edit, ReferenceEdit};
use crate::widgets::{ButtonLook, button};

const WHY: &str = "Add a song you admire, in the style of yours: heard as loud as your master, \
                   it shows what differs besides the level.";

/// Draws the invitation, and the side-chain input below it.
pub(super) fn show(scene: &mut Scene<'_>, rect: Rect) {
    let live = rect.with_min_y(rect.bottom() - row::HEIGHT);
    row::show_live(scene, live);
    let room = rect.with_max_y(live.top() - theme::GAP);
    let width = room.width().min(420.0);
    let font = theme::font(theme::TEXT_SIZE);
    let mut job = LayoutJob::simple(WHY.to_owned(), font, theme::QUIET, width);
    job.halign = Align::Center;
    let galley = scene.painter().layout_job(job);
    let size = galley.size();
    let top = room.center().y - 0.5 * (size.y + 12.0 + 30.0);
    let at = pos2(room.center().x, top);
    let words = Rect::from_min_size(pos2(at.x - 0.5 * size.x, top), size);
    scene.painter().with_clip_rect(room).galley(at, galley, theme::QUIET);
    scene.reading(words, "No references", WHY);
    let place = pos2(room.center().x, words.bottom() + 12.0 + 15.0);
    let place = Rect::from_center_size(place, vec2(132.0, 30.0));
    let look = ButtonLook::Filled(theme::REFERENCE);
    let help = "Chooses songs to compare with; WAV, FLAC, MP3, AAC, Ogg Vorbis, Opus or AIFF.";
    if button(scene, place, "Add a song\u{2026}", "Add first reference", help, look).clicked() {
        scene.edits.push(Edit::Reference(ReferenceEdit::Browse));
    }
}
