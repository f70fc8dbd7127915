//! Nothing leaves the window and nothing overlaps, whatever is shown.

use super::*;

#[test]
fn nothing_leaves_the_window_whatever_is_shown() {
    let smallest = vec2(SMALLEST_SIZE[0] as f32, SMALLEST_SIZE[1] as f32);
    for size in [smallest, vec2(1100.0, 700.0), vec2(1600.0, 1000.0)] {
        for stage in Stage::ALL {
            let models: Vec<(&str, Model)> = vec![
                ("empty", Model::default()),
                ("loud", extreme(99.9)),
                ("deep", extreme(-99.9)),
                ("infinite", extreme(f64::INFINITY)),
                ("silent", extreme(f64::NEG_INFINITY)),
                ("undefined", extreme(f64::NAN)),
            ];
            for (name, mut model) in models {
                model.editor.choose_stage(stage);
                let mut harness = window(model, size.x, size.y);
                harness.run();
                let what = format!("{name} {} {size}", stage.name());
                assert_all_inside(&harness, size, &what);
            }
        }
    }
}

#[test]
fn a_narrow_window_shows_the_dynamics_of_a_band_on_a_page_of_their_own() {
    let mut harness = window(Model::on(Stage::Equalizer), 800.0, 500.0);
    assert!(harness.query_by_label("EQ 1 Q").is_some());
    assert!(harness.query_by_label("EQ 1 Range").is_none());
    assert!(click(&mut harness, "Dynamics page").is_empty());
    for name in ["EQ 1 Range", "EQ 1 Threshold", "EQ 1 Attack", "EQ 1 Release"] {
        assert!(harness.query_by_label(name).is_some(), "{name}");
    }
    assert!(harness.query_by_label("EQ 1 Q").is_none());
}

#[test]
fn no_two_controls_of_a_stage_overlap() {
    let smallest = vec2(SMALLEST_SIZE[0] as f32, SMALLEST_SIZE[1] as f32);
    for size in [smallest, vec2(1100.0, 700.0), vec2(1600.0, 1000.0)] {
        for stage in Stage::ALL {
            let harness = window(Model::on(stage), size.x, size.y);
            let is_control = |name: &str| {
                parameters()
                    .iter()
                    .any(|parameter| name.starts_with(&parameter.name) && !name.ends_with("border"))
            };
            let count = assert_apart(&harness, &format!("{stage:?} at {size}"), is_control);
            assert!(count > 3, "{stage:?}");
        }
    }
}
