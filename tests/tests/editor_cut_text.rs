//! At no size is a number, a name of ours or its unit cut.
//!
//! What a person wrote (names of songs, snapshots, paths) may be; what the editor says may not.

use burnish_dsp::settings::Stage;
use burnish_gui::SMALLEST_SIZE;
use egui::epaint::{ClippedShape, TextShape};
use egui::{Shape, vec2};

use crate::editor::{Model, extreme, window};
use crate::editor_balance::measured;
use crate::editor_blind::layout::states;
use crate::editor_references::played;

/// Texts that end in an ellipsis or beyond what may be drawn on.
fn cut(shapes: &[ClippedShape]) -> Vec<String> {
    let mut cut = Vec::new();
    for ClippedShape { clip_rect, shape, .. } in shapes {
        collect(shape, *clip_rect, &mut cut);
    }
    cut
}

fn collect(shape: &Shape, clip: egui::Rect, cut: &mut Vec<String>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, clip, cut)),
        Shape::Text(TextShape { pos, galley, .. }) => {
            let rect = galley.rect.translate(pos.to_vec2()).shrink(1.0);
            let is_out = rect.is_positive() && !clip.contains_rect(rect);
            let is_written = WRITTEN.iter().any(|words| galley.job.text.contains(words));
            if (galley.elided || is_out) && !is_written {
                cut.push(format!("{:?} at {rect:?}", galley.job.text));
            }
        }
        _ => {}
    }
}

/// What a person wrote, in the models.
const WRITTEN: [&str; 7] =
    ["A name that has", "Another song", "What was heard", "A result that", "wwww", "mmmm", ".flac"];

fn models() -> Vec<(String, Model)> {
    let mut models: Vec<(String, Model)> = Vec::new();
    for stage in Stage::ALL {
        for (name, value) in [("quiet", -41.7), ("loud", 12.3), ("silent", f64::NEG_INFINITY)] {
            let mut model = extreme(value);
            model.settings = Model::on(stage).settings;
            model.editor.choose_stage(stage);
            models.push((format!("{} {name}", stage.name()), model));
        }
        models.push((stage.name().to_owned(), Model::on(stage)));
    }
    models.push(("balance".to_owned(), measured()));
    models.push(("references".to_owned(), played()));
    models.extend(states().into_iter().map(|(name, model)| (format!("blind {name}"), model)));
    models
}

#[test]
fn nothing_that_the_editor_says_is_cut() {
    let smallest = vec2(SMALLEST_SIZE[0] as f32, SMALLEST_SIZE[1] as f32);
    let mut found = Vec::new();
    for size in [smallest, vec2(1100.0, 700.0)] {
        for (name, model) in models() {
            let mut harness = window(model, size.x, size.y);
            harness.run();
            let texts = cut(&harness.output().shapes);
            found.extend(texts.into_iter().map(|text| format!("{name} at {size}: {text}")));
        }
    }
    assert!(found.is_empty(), "{} cut:\n{}", found.len(), found.join("\n"));
}
