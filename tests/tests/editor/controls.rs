//! Every parameter's control: by mouse, by keys, by typing.

use super::*;

/// Begin, at least one Set, End, all of one parameter; gives the last value.
#[track_caller]
fn assert_gesture(edits: &[Edit], index: usize) -> f64 {
    let id = &parameters()[index].id;
    let begins = [Edit::Begin(index), Edit::BeginRun(index)];
    assert!(edits.first().is_some_and(|edit| begins.contains(edit)), "{id}: {edits:?}");
    assert_eq!(edits.last(), Some(&Edit::End(index)), "{id}: {edits:?}");
    let mut last = f64::NAN;
    for edit in &edits[1..edits.len() - 1] {
        let Edit::Set(of, value) = edit else { panic!("{id}: {edits:?}") };
        assert_eq!(*of, index, "{id}");
        last = *value;
    }
    assert!(!last.is_nan(), "{id}: no value in {edits:?}");
    last
}

#[test]
fn every_parameter_has_a_control_that_makes_whole_gestures() {
    for stage in Stage::ALL {
        let mut harness = open(Model::on(stage));
        for (index, parameter) in parameters().iter().enumerate() {
            if parameter.stage != stage {
                continue;
            }
            if let Some(band) = parameter.band {
                click(&mut harness, &format!("EQ band {}", band + 1));
            }
            let default = parameter.default;
            match parameter.kind {
                Kind::Continuous { .. } => {
                    let is_high = parameter.kind.to_normalized(default) > 0.5;
                    let way = vec2(0.0, if is_high { 40.0 } else { -40.0 });
                    let edits = drag(&mut harness, &parameter.name, way);
                    let value = assert_gesture(&edits, index);
                    assert_eq!(value < default, is_high, "{}: {value}", parameter.id);
                }
                Kind::Switch => {
                    let shown = parameter.read(&harness.state().settings);
                    let edits = click(&mut harness, &parameter.name);
                    assert_eq!(assert_gesture(&edits, index), 1.0 - shown);
                }
                Kind::Choice(names) => {
                    let other = usize::from(default < 0.5);
                    let mut name = format!("{}: {}", parameter.name, names[other]);
                    if names.len() > 5 && harness.query_by_label(&name).is_none() {
                        // Too many for segments: a menu.
                        assert!(click(&mut harness, &parameter.name).is_empty());
                        names[other].clone_into(&mut name);
                    }
                    let edits = click(&mut harness, &name);
                    assert_eq!(assert_gesture(&edits, index), other as f64);
                }
            }
        }
    }
}

#[test]
fn the_stages_can_be_switched_and_chosen_from_the_chain_row() {
    let mut harness = open(Model::default());
    for stage in Stage::ALL {
        click(&mut harness, &format!("Show {}", stage.name()));
        assert_eq!(harness.state().editor.stage(), stage);
    }
    let edits = click(&mut harness, "Limiter On");
    assert_eq!(assert_gesture(&edits, index("limiter.on")), 0.0);
    assert_eq!(harness.state().editor.stage(), Stage::Dither, "a switch is not a choice");
    // The dither has no switch of its own: it goes to 24 bit and back to off.
    let edits = click(&mut harness, "Dither On");
    assert_eq!(assert_gesture(&edits, index("dither.depth")), BitDepth::Bits24.index());
    harness.state_mut().settings.dither.depth = BitDepth::Bits16;
    let edits = click(&mut harness, "Dither On");
    assert_eq!(assert_gesture(&edits, index("dither.depth")), BitDepth::Off.index());
    harness.state_mut().settings.dither.depth = BitDepth::Off;
    let edits = click(&mut harness, "Dither On");
    assert_eq!(assert_gesture(&edits, index("dither.depth")), BitDepth::Bits16.index());
}

#[test]
fn a_value_can_be_typed() {
    let mut harness = open(Model::on(Stage::Trim));
    assert!(click(&mut harness, "Trim Gain value").is_empty());
    harness.get_by_label("Trim Gain field").type_text("-3");
    harness.key_press(Key::Enter);
    harness.run();
    let gain = index("trim.gain");
    assert_eq!(taken(&mut harness), [Edit::Begin(gain), Edit::Set(gain, -3.0), Edit::End(gain)]);
    assert!(harness.query_by_label("Trim Gain field").is_none());
    assert!(!harness.ctx.egui_wants_keyboard_input(), "the keys belong to the host again");
}

#[test]
fn units_and_prefixes_can_be_typed() {
    let mut harness = open(Model::on(Stage::Stereo));
    click(&mut harness, "Stereo High crossover value");
    harness.get_by_label("Stereo High crossover field").type_text("5.5 kHz");
    harness.key_press(Key::Enter);
    harness.run();
    let edits = taken(&mut harness);
    assert_eq!(assert_gesture(&edits, index("stereo.high_crossover")), 5500.0);
}

#[test]
fn what_cannot_be_understood_stays_with_its_reason_and_escape_leaves_all_as_it_was() {
    let mut harness = open(Model::on(Stage::Trim));
    click(&mut harness, "Trim Gain value");
    harness.get_by_label("Trim Gain field").type_text("loud");
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(taken(&mut harness), []);
    assert!(harness.query_by_label_contains("expected -24 to 24 dB").is_some());
    harness.key_press(Key::Escape);
    harness.run();
    assert_eq!(taken(&mut harness), []);
    assert!(harness.query_by_label("Trim Gain field").is_none());
    assert!(!harness.ctx.egui_wants_keyboard_input());
}

#[test]
fn a_double_click_and_a_ctrl_click_go_back_to_the_neutral_value() {
    let gain = index("limiter.gain");
    let mut model = Model::on(Stage::Limiter);
    model.settings.limiter.gain_db = 6.0;
    let mut harness = open(model);
    for _ in 0..2 {
        harness.get_by_label("Limiter Gain").click();
    }
    harness.run();
    let reset = [Edit::Begin(gain), Edit::Set(gain, 0.0), Edit::End(gain)];
    assert_eq!(taken(&mut harness), reset);
    // Long enough not to be a third click.
    harness.run_steps(60);
    harness.get_by_label("Limiter Gain").click_modifiers(Modifiers::COMMAND);
    harness.run();
    assert_eq!(taken(&mut harness), reset);
}

#[test]
fn a_plain_click_on_a_knob_changes_nothing_and_keeps_no_keys() {
    let mut harness = open(Model::on(Stage::Limiter));
    assert_eq!(click(&mut harness, "Limiter Gain"), []);
    assert!(!harness.ctx.egui_wants_keyboard_input());
}

#[test]
fn wheel_arrows_and_assistive_technology_step_a_knob() {
    let gain = index("limiter.gain");
    let mut harness = open(Model::on(Stage::Limiter));
    let center = harness.get_by_label("Limiter Gain").rect().center();
    harness.hover_at(center);
    harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Line,
        delta: vec2(0.0, 1.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    harness.run();
    let step = assert_gesture(&taken(&mut harness), gain);
    assert!(step > 0.0 && step < 1.0, "{step}");
    harness.remove_cursor();

    harness.get_by_label("Limiter Gain").focus();
    harness.run();
    harness.key_press(Key::ArrowUp);
    harness.run();
    assert_eq!(assert_gesture(&taken(&mut harness), gain), step);

    harness.get_by_label("Limiter Gain").increment_accesskit();
    harness.run();
    assert_eq!(assert_gesture(&taken(&mut harness), gain), step);
    harness.get_by_label("Limiter Gain").set_value_accesskit(7.25);
    harness.run();
    assert_eq!(assert_gesture(&taken(&mut harness), gain), 7.25);
}

#[test]
fn shift_makes_a_drag_ten_times_finer() {
    let gain = index("limiter.gain");
    let mut harness = open(Model::on(Stage::Limiter));
    let coarse = assert_gesture(&drag(&mut harness, "Limiter Gain", vec2(0.0, -60.0)), gain);
    harness.event(egui::Event::ModifiersChanged(Modifiers::SHIFT));
    harness.run();
    let fine = assert_gesture(&drag(&mut harness, "Limiter Gain", vec2(0.0, -60.0)), gain);
    assert!((coarse / fine - 10.0).abs() < 0.3, "{coarse} {fine}");
}

#[test]
fn a_control_that_vanishes_under_the_pointer_ends_its_gesture() {
    let gain = index("limiter.gain");
    let mut harness = open(Model::on(Stage::Limiter));
    let center = harness.get_by_label("Limiter Gain").rect().center();
    harness.hover_at(center);
    harness.drag_at(center);
    harness.hover_at(center - vec2(0.0, 20.0));
    harness.run();
    harness.state_mut().editor.choose_stage(Stage::Glue);
    harness.run();
    assert_gesture(&taken(&mut harness), gain);
}

#[test]
fn a_band_is_dragged_for_frequency_and_gain_and_switched_by_a_right_click() {
    let [on, frequency, gain] = ["eq.3.on", "eq.3.frequency", "eq.3.gain"].map(index);
    let mut model = Model::on(Stage::Equalizer);
    model.settings.equalizer.bands[2].is_on = true;
    let mut harness = open(model);
    let edits = drag(&mut harness, "EQ 3 handle", vec2(80.0, -30.0));
    let last = |of: usize| {
        edits.iter().rev().find_map(|edit| match edit {
            Edit::Set(index, value) if *index == of => Some(*value),
            _ => None,
        })
    };
    assert!(last(frequency).unwrap() > 300.0);
    assert!(last(gain).unwrap() > 0.5);
    for index in [frequency, gain] {
        for edge in [Edit::Begin(index), Edit::End(index)] {
            assert_eq!(edits.iter().filter(|edit| **edit == edge).count(), 1, "{edits:?}");
        }
    }
    harness.get_by_label("EQ 3 handle").click_secondary();
    harness.run();
    assert_eq!(assert_gesture(&taken(&mut harness), on), 0.0);
}

#[test]
fn a_double_click_on_the_plot_takes_an_idle_band() {
    let mut harness = open(Model::on(Stage::Equalizer));
    let plot = harness.get_by_label("EQ 1 handle").rect().center() + vec2(60.0, -60.0);
    for _ in 0..2 {
        harness.hover_at(plot);
        harness.drag_at(plot);
        harness.event(egui::Event::PointerButton {
            pos: plot,
            button: egui::PointerButton::Primary,
            pressed: false,
            modifiers: Modifiers::NONE,
        });
    }
    harness.run();
    let edits = taken(&mut harness);
    assert!(edits.contains(&Edit::Set(index("eq.3.on"), 1.0)), "{edits:?}");
    let gain = edits.iter().find_map(|edit| match edit {
        Edit::Set(of, value) if *of == index("eq.3.gain") => Some(*value),
        _ => None,
    });
    assert!(gain.unwrap() > 0.5, "{edits:?}");
}

#[test]
fn notes_are_written_in_a_field_that_keeps_the_keys() {
    let mut harness = open(Model { notes: "v2".into(), ..Model::default() });
    assert_eq!(click(&mut harness, "Notes"), []);
    assert_eq!(harness.get_by_label("Notes text").value().as_deref(), Some("v2"));
    assert!(harness.ctx.egui_wants_keyboard_input());
    harness.get_by_label("Notes text").type_text(" less bass");
    harness.run();
    assert_eq!(taken(&mut harness), [Edit::Notes("v2 less bass".into())]);
}
