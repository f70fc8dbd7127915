//! What a saved session brings back.

use burnish_dsp::settings::{ChainSettings, parameters};
use burnish_tests::host::{Host, bundle_path, edit_session, read_state};
use serde_json::json;

fn host() -> Host {
    let mut host = Host::load(&bundle_path()).unwrap_or_else(|error| panic!("{error}"));
    host.activate(48_000.0, 512).unwrap();
    host
}

/// Settings that differ from the defaults everywhere.
fn unusual() -> ChainSettings {
    let mut settings = ChainSettings::default();
    for (n, parameter) in parameters().iter().enumerate() {
        let position = [0.13, 0.58, 0.91][n % 3];
        parameter.write(&mut settings, parameter.kind.from_normalized(position));
    }
    settings
}

/// Brings an instance to `settings` through its audio path.
fn set(host: &mut Host, settings: &ChainSettings) {
    let changes = host.changes_to(settings).unwrap();
    host.process(&mut [0.0; 64], &mut [0.0; 64], &changes).unwrap();
}

fn texts(host: &mut Host) -> Vec<String> {
    (0..parameters().len())
        .map(|index| {
            let value = host.value(index).unwrap();
            host.text(index, value).unwrap()
        })
        .collect()
}

/// The same keys and values; their order is no promise.
#[track_caller]
fn assert_same(found: &[u8], expected: &[u8]) {
    assert_eq!(read_state(found).unwrap(), read_state(expected).unwrap());
}

#[test]
fn a_new_instance_takes_over_every_parameter() {
    let settings = unusual();
    let mut first = host();
    set(&mut first, &settings);
    let state = first.save_state().unwrap();

    let mut second = host();
    assert_ne!(texts(&mut second), texts(&mut first));
    second.load_state(&state).unwrap();
    let expected: Vec<String> =
        parameters().iter().map(|p| p.kind.format(p.kind.snap(p.read(&settings)))).collect();
    assert_eq!(texts(&mut second), expected);
    // And saves the same again.
    assert_same(&second.save_state().unwrap(), &state);
}

#[test]
fn reference_notes_and_target_are_kept() {
    let state = edit_session(&host().save_state().unwrap(), |session| {
        session["reference"] = json!("/music/Signal Fires.flac");
        session["notes"] = json!("second chorus: \"too bright?\"\nästhetisch");
        session["target"] = json!("apple");
    })
    .unwrap();
    let mut second = host();
    second.load_state(&state).unwrap();
    assert_same(&second.save_state().unwrap(), &state);
}

#[test]
fn a_missing_reference_loses_nothing() {
    let mut first = host();
    set(&mut first, &unusual());
    let state = edit_session(&first.save_state().unwrap(), |session| {
        session["reference"] = json!("/nowhere/gone.wav");
    })
    .unwrap();
    let mut second = host();
    second.load_state(&state).unwrap();
    second.process(&mut [0.0; 64], &mut [0.0; 64], &[]).unwrap();
    assert_same(&second.save_state().unwrap(), &state);
}

#[test]
fn listening_choices_are_never_part_of_a_session() {
    edit_session(&host().save_state().unwrap(), |session| {
        let keys: Vec<&String> = session.as_object().unwrap().keys().collect();
        assert_eq!(
            keys,
            ["editor_scale", "editor_size", "engine_revision", "notes", "reference", "target"]
        );
    })
    .unwrap();
    assert!(parameters().iter().all(|p| !p.id.contains("listen") && !p.id.contains("monitor")));
}

#[test]
fn a_state_with_unknown_and_missing_parts_still_loads() {
    let mut instance = host();
    let state = edit_session(&instance.save_state().unwrap(), |session| {
        session["from_the_future"] = json!({"deep": [1, 2, 3]});
        session.as_object_mut().unwrap().remove("notes");
    })
    .unwrap();
    instance.load_state(&state).unwrap();
    assert!(instance.load_state(b"rubbish").is_err());
    instance.process(&mut [0.1; 64], &mut [0.1; 64], &[]).unwrap();
}
