//! Nothing leaves the window and nothing overlaps, whatever the references are.

use super::*;

#[test]
fn nothing_leaves_the_window_whatever_the_references_are() {
    let long = "A name that has just about 40 characters";
    for size in SIZES {
        for value in [99.9, -99.9, f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
            let mut model = extreme(value);
            let mut extremes = model.references[0].clone();
            extremes.trim_db = value;
            extremes.regions = vec![Region { start_s: value, end_s: value }; MOST_REGIONS];
            extremes.region = Some(7);
            extremes.waveform = Arc::new(vec![value as f32; 1000]);
            let failed = ReferenceStatus::Failed(long.repeat(4));
            let loading = ReferenceStatus::Loading(value as f32);
            model.references = vec![
                extremes.clone(),
                ReferenceView { status: failed, ..extremes.clone() },
                ReferenceView { status: loading, ..extremes },
                song("x", ReferenceStatus::Waiting),
            ];
            model.comparison.live = LiveInput { is_connected: true, integrated_lufs: value };
            model.comparison.position_s = Some(value);
            model.comparison.turned_down_db = value;
            model.comparison.shortfall_db = value;
            model.comparison.level_match = LevelMatch::ShortTerm;
            let choices = [
                ChosenReference::None,
                ChosenReference::Live,
                ChosenReference::Song(99),
                ChosenReference::Song(1),
                ChosenReference::Song(2),
                ChosenReference::Song(0),
            ];
            model.editor.choose_page(Page::References);
            let mut harness = window(model, size.x, size.y);
            for chosen in choices {
                for listen in [Listen::Master, Listen::Reference] {
                    harness.state_mut().chosen = chosen;
                    harness.state_mut().listen = listen;
                    harness.state_mut().delta = None;
                    harness.run();
                    assert_all_inside(&harness, size, &format!("{value} {chosen:?} at {size}"));
                }
            }
            // The last drag and the last field too.
            drag_on_waveform_if_there(&mut harness);
            assert_all_inside(&harness, size, &format!("a drag in {value}"));
        }
    }
}

fn drag_on_waveform_if_there(harness: &mut Harness<'_, Model>) {
    if harness.query_by_label("Reference waveform").is_some() {
        drag_on_waveform(harness, 0.3, 0.6);
    }
}

#[test]
fn no_two_controls_of_the_bar_and_the_list_overlap() {
    for size in SIZES {
        let mut model = page(ready_songs(3));
        model.references[1].name = "A name that has just about 40 characters".into();
        model.chosen = ChosenReference::Song(1);
        let harness = window(model, size.x, size.y);
        let is_control = |name: &str| {
            ["Hear ", "Monitor ", "Choose reference", "Remove reference", "Find reference", "Add "]
                .iter()
                .any(|start| name.starts_with(start))
                || ["page", "trim", "free-running", "Delta", "Unity gain", "Reference path"]
                    .iter()
                    .any(|end| name.ends_with(end))
                || ["Next reference", "Previous reference", "Reference"].contains(&name)
        };
        let count = assert_apart(&harness, &format!("{size}"), is_control);
        assert!(count > 20, "{count}");
    }
}
