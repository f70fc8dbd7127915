//! The references in the editor: their page, the listening bar, and what is
//! dropped and pasted.

mod bar;
mod layout;
mod list;
mod regions;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use burnish_dsp::compare::{LevelMatch, Listen};
use burnish_dsp::monitor::Monitor;
use burnish_gui::{
    ChosenReference, Edit, LiveInput, Page, ReferenceEdit, ReferenceStatus, ReferenceView,
    SMALLEST_SIZE,
};

use burnish_session::references::{MOST_REFERENCES, MOST_REGIONS, Region};
use egui::{Event, Key, Modifiers, Pos2, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use crate::editor::{
    Model, assert_all_inside, assert_apart, click, drag, extreme, open, song, taken, three_blind,
    window,
};

const SMALLEST: Vec2 = vec2(SMALLEST_SIZE[0] as f32, SMALLEST_SIZE[1] as f32);

const SIZES: [Vec2; 3] = [SMALLEST, vec2(1100.0, 700.0), vec2(1600.0, 1000.0)];

/// What the editor asked for about the references.
fn asked<const N: usize>(edits: [ReferenceEdit; N]) -> Vec<Edit> {
    edits.into_iter().map(Edit::Reference).collect()
}

/// The page with a list whose first song is chosen.
fn page(list: Vec<ReferenceView>) -> Model {
    let chosen = if list.is_empty() { ChosenReference::None } else { ChosenReference::Song(0) };
    let mut model = Model { references: list, chosen, ..Model::default() };
    model.editor.choose_page(Page::References);
    model
}

fn ready(name: &str) -> ReferenceView {
    let waveform = (0..1000_u16).map(|i| f32::from(i % 100) / 100.0).collect();
    ReferenceView { waveform: Arc::new(waveform), ..song(name, ReferenceStatus::Ready) }
}

fn ready_songs(count: usize) -> Vec<ReferenceView> {
    (1..=count).map(|number| ready(&format!("song {number}.flac"))).collect()
}

/// A song of 200 s with a region from 50 to 100 s and one from 150 to 160 s.
fn looped() -> ReferenceView {
    let regions =
        vec![Region { start_s: 50.0, end_s: 100.0 }, Region { start_s: 150.0, end_s: 160.0 }];
    ReferenceView { regions, ..ready("song.flac") }
}

/// The page with songs that are played, one of them looped.
pub(crate) fn played() -> Model {
    page([vec![looped()], ready_songs(4)].concat())
}

fn value(harness: &Harness<'_, Model>, name: &str) -> String {
    harness.get_by_label(name).value().unwrap()
}

fn is_disabled(harness: &Harness<'_, Model>, name: &str) -> bool {
    harness.get_by_label(name).accesskit_node().is_disabled()
}

fn type_in(harness: &mut Harness<'_, Model>, field: &str, text: &str) -> Vec<Edit> {
    harness.get_by_label(field).type_text(text);
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    taken(harness)
}

/// Drags on the waveform from one place of the song to another, shares of it.
fn drag_on_waveform(harness: &mut Harness<'_, Model>, from: f32, to: f32) -> Vec<Edit> {
    let plot = harness.get_by_label("Reference waveform").rect();
    let at = |share: f32| Pos2::new(plot.left() + share * plot.width(), plot.center().y + 8.0);
    harness.hover_at(at(from));
    harness.drag_at(at(from));
    harness.hover_at(at(0.5 * (from + to)));
    harness.hover_at(at(to));
    harness.run();
    harness.drop_at(at(to));
    harness.run();
    taken(harness)
}
