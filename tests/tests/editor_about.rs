//! What Burnish is, is read under its name.

use burnish_gui::SMALLEST_SIZE;
use egui::{Pos2, Rect};
use egui_kittest::kittest::Queryable;

use crate::editor::{Model, click, open, window};

#[test]
fn version_engine_and_licences_are_under_the_name() {
    let mut harness = open(Model::default());
    assert!(harness.query_by_label_contains("Engine revision").is_none());
    assert!(click(&mut harness, "About Burnish").is_empty(), "nothing is asked for");
    harness.get_by_label(&format!("Burnish {}", env!("CARGO_PKG_VERSION")));
    harness.get_by_label("Engine revision 7");
    harness.get_by_label_contains("MIT or Apache-2.0, at your choice");
    harness.get_by_label_contains("SIL Open Font License");
    for (name, _) in burnish_session::about::crates().take(5) {
        harness.get_by_label(name);
    }
    harness.key_press(egui::Key::Escape);
    harness.run();
    assert!(harness.query_by_label_contains("Engine revision").is_none());
}

#[test]
fn it_fits_the_smallest_window() {
    let size = SMALLEST_SIZE.map(|side| side as f32);
    let mut harness = window(Model::default(), size[0], size[1]);
    click(&mut harness, "About Burnish");
    let place = Rect::from_min_size(Pos2::ZERO, size.into());
    // The list of crates scrolls; what stands above it is there at once.
    for name in ["Engine revision 7", "With the work of others:"] {
        let rect = harness.get_by_label(name).rect();
        assert!(place.contains_rect(rect), "{name} at {rect}");
    }
}
