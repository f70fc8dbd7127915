//! What is heard is asked for as it says, and announced in words.

use super::*;

/// A way of listening to something else.
type Change = fn(&mut Model);

#[test]
fn anything_but_the_plain_master_is_announced_in_words_with_a_way_back() {
    let mut harness = open(Model::default());
    let hearing = |harness: &Harness<'_, Model>| harness.get_by_label("Hearing").value().unwrap();
    assert!(hearing(&harness).contains("the master"));
    assert!(harness.query_by_label("Back to the master").is_none());
    let cases: [(Change, &str, Edit); 5] = [
        (|m| m.listen = Listen::Mix, "the untouched mix", Edit::Listen(Listen::Master)),
        (|m| m.listen = Listen::Reference, "the reference", Edit::Listen(Listen::Master)),
        (|m| m.delta = Some(Stage::Glue), "only what Glue changes", Edit::Delta(None)),
        (|m| m.monitor = Monitor::Mono, "summed to mono", Edit::Monitor(Monitor::Off)),
        (|m| m.monitor = Monitor::Side, "only the sides", Edit::Monitor(Monitor::Off)),
    ];
    for (change, words, back) in cases {
        let model = harness.state_mut();
        (model.listen, model.delta, model.monitor) = (Listen::Master, None, Monitor::Off);
        change(model);
        harness.run();
        assert!(hearing(&harness).contains(words), "{}", hearing(&harness));
        assert_eq!(click(&mut harness, "Back to the master"), [back]);
    }
}

#[test]
fn a_bypass_is_announced_before_anything_else_and_ended_alone() {
    let mut model = Model::default();
    (model.is_bypassed, model.listen, model.delta) = (true, Listen::Mix, Some(Stage::Glue));
    let mut harness = open(model);
    let said = harness.get_by_label("Hearing").value().unwrap();
    assert!(said.contains("Bypassed") && said.contains("a render contains"), "{said}");
    assert_eq!(click(&mut harness, "End the bypass"), [Edit::Bypass(false)]);
}

#[test]
fn listening_delta_and_monitor_ask_for_what_they_say() {
    let mut harness = open(Model::on(Stage::Clipper));
    assert_eq!(click(&mut harness, "Hear Mix"), [Edit::Listen(Listen::Mix)]);
    assert_eq!(click(&mut harness, "Monitor Mono"), [Edit::Monitor(Monitor::Mono)]);
    assert_eq!(click(&mut harness, "Delta"), [Edit::Delta(Some(Stage::Clipper))]);
    harness.state_mut().delta = Some(Stage::Clipper);
    harness.run();
    // The delta follows the stage that is looked at.
    assert_eq!(click(&mut harness, "Show Glue"), [Edit::Delta(Some(Stage::Glue))]);
    assert_eq!(click(&mut harness, "Delta"), [Edit::Delta(None)]);
}

#[test]
fn menus_and_buttons_ask_for_what_they_say() {
    let mut model = Model::on(Stage::Trim);
    model.meters.input.max_peak_dbfs = [-9.0, -8.0];
    model.message = Some("The preset could not be read".into());
    let mut harness = open(model);
    assert_eq!(click(&mut harness, "Reset meters"), [Edit::ResetMeters]);
    assert_eq!(click(&mut harness, "Peaks to -6 dBFS"), [Edit::TrimToHeadroom(2.0)]);
    assert_eq!(click(&mut harness, "Dismiss message"), [Edit::DismissMessage]);
    assert_eq!(click(&mut harness, "Presets"), []);
    assert_eq!(click(&mut harness, "Start"), [Edit::Preset(0)]);
    assert_eq!(click(&mut harness, "Scale"), []);
    assert_eq!(click(&mut harness, "150 %"), [Edit::Scale(1.5)]);
    assert_eq!(click(&mut harness, "Target"), []);
    let second = &targets()[1].name;
    harness.get_all_by_label_contains(second).last().unwrap().click();
    harness.run();
    assert_eq!(taken(&mut harness), [Edit::Target(1)]);
    assert_eq!(click(&mut harness, "Help"), []);
}

#[test]
fn solo_and_unity_gain_are_asked_for_said_in_words_and_taken_back() {
    let mut model = Model::on(Stage::Equalizer);
    model.settings.limiter.is_on = true;
    model.settings.limiter.gain_db = 3.0;
    let mut harness = open(model);
    click(&mut harness, "EQ band 3");
    assert_eq!(click(&mut harness, "Solo band"), [Edit::Solo(Some(2))]);
    assert_eq!(click(&mut harness, "Unity gain"), [Edit::UnityGain(true)]);
    harness.state_mut().solo = Some(2);
    harness.state_mut().is_at_unity_gain = true;
    harness.run();
    let heard = harness.get_by_label("Hearing").value().unwrap_or_default();
    assert!(heard.contains("EQ band 3") && heard.contains("limiter's gain"), "{heard}");
    assert_eq!(click(&mut harness, "Solo band"), [Edit::Solo(None)]);
    let back = click(&mut harness, "Back to the master");
    assert_eq!(back, [Edit::Solo(None), Edit::UnityGain(false)]);
}
