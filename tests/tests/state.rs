//! What a saved session brings back.

use burnish_dsp::settings::{ChainSettings, parameters};
use burnish_tests::host::{Host, bundle_path};
use burnish_tests::saved_state::{edit_session, read_state, with_field};
use serde_json::json;

use crate::mending::full_session;
use crate::support::Signal;

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

/// A reference as a session keeps it.
fn saved_reference(path: &str) -> serde_json::Value {
    json!({
        "path": path,
        "name": "The one with the bass",
        "trim_db": -1.5,
        "regions": [{ "start_s": 10.0, "end_s": 20.5 }],
        "region": 0,
        "is_free_running": true,
        "sha256": "0123456789abcdef",
        "facts": {
            "integrated_lufs": -9.0, "loudness_range_lu": 4.0, "true_peak_dbtp": -0.5,
            "plr_db": 8.5, "duration_s": 200.0
        },
    })
}

#[test]
fn the_one_reference_of_an_earlier_session_begins_the_list() {
    let state = edit_session(&host().save_state().unwrap(), |session| {
        session["reference"] = json!("/music/Signal Fires.flac");
        session.as_object_mut().unwrap().remove("references");
    })
    .unwrap();
    let mut second = host();
    second.load_state(&state).unwrap();
    let saved = second.save_state().unwrap();
    edit_session(&saved, |session| {
        assert_eq!(session["references"][0]["path"], "/music/Signal Fires.flac");
        assert_eq!(session["chosen_reference"], json!({ "song": 0 }));
        assert!(session.get("reference").is_none());
    })
    .unwrap();
    let mut third = host();
    third.load_state(&saved).unwrap();
    assert_same(&third.save_state().unwrap(), &saved);
}

#[test]
fn reference_notes_and_target_are_kept() {
    let state = edit_session(&host().save_state().unwrap(), |session| {
        session["references"] = json!([
            saved_reference("/music/Signal Fires.flac"),
            saved_reference("/music/Other.wav"),
        ]);
        session["chosen_reference"] = json!({ "song": 1 });
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
        session["references"] = json!([saved_reference("/nowhere/gone.wav")]);
        session["chosen_reference"] = json!({ "song": 0 });
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
            [
                "blind_results",
                "chosen_reference",
                "editor_scale",
                "editor_size",
                "engine_revision",
                "integration",
                "is_average_reference",
                "is_short_term_matched",
                "loaded_snapshot",
                "match_amount",
                "match_most_db",
                "notes",
                "references",
                "snapshots",
                "spectrum",
                "target"
            ]
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

/// The text that a state keeps of the measured song.
fn song(state: &[u8]) -> String {
    read_state(state).unwrap()["fields"]["timeline"].as_str().unwrap().to_owned()
}

/// An instance that was in timeline mode while the host played 2 s of a song from its third second.
fn with_measured_song() -> Host {
    let mut instance = host();
    let state = edit_session(&instance.save_state().unwrap(), |session| {
        session["integration"] = json!("timeline");
    })
    .unwrap();
    instance.load_state(&state).unwrap();
    instance.play_from(Some(3 * 48_000));
    Signal::noise(2 * 48_000 + 512, 0.3, 8).through(&[512, 1, 333], |block| {
        instance.process(block.left, block.right, &[]).unwrap();
    });
    instance.play_from(None);
    instance.process(&mut [0.0; 64], &mut [0.0; 64], &[]).unwrap();
    instance
}

#[test]
fn the_measured_song_survives() {
    let mut first = with_measured_song();
    let state = first.save_state().unwrap();
    // Twenty slots from the thirtieth; the next was begun.
    assert!(song(&state).starts_with("1 30 21 "), "{}", &song(&state)[..20]);
    let mut second = host();
    second.load_state(&state).unwrap();
    assert_same(&second.save_state().unwrap(), &state);
    // Neither a new stream nor audio without a song touches it.
    second.process(&mut [0.1; 512], &mut [0.1; 512], &[]).unwrap();
    second.activate(96_000.0, 256).unwrap();
    second.process(&mut [0.1; 256], &mut [0.1; 256], &[]).unwrap();
    assert_same(&second.save_state().unwrap(), &state);
    // A song that is played on grows.
    second.play_from(Some(8 * 96_000));
    Signal::noise(96_000, 0.3, 8).through(&[256], |block| {
        second.process(block.left, block.right, &[]).unwrap();
    });
    assert!(song(&second.save_state().unwrap()).starts_with("1 30 60 "));
}

#[test]
fn sessions_without_a_measured_song_load_and_forget_the_last_one() {
    let mut instance = with_measured_song();
    let plain = host().save_state().unwrap();
    assert_eq!(song(&plain), "");
    instance.load_state(&plain).unwrap();
    assert_eq!(song(&instance.save_state().unwrap()), "");
    let mut old = with_measured_song();
    // As saved before there was a timeline.
    let state =
        String::from_utf8(plain[8..].to_vec()).unwrap().replace("\"timeline\"", "\"other\"");
    let mut bytes = (state.len() as u64).to_le_bytes().to_vec();
    bytes.extend(state.into_bytes());
    old.load_state(&bytes).unwrap();
    assert_eq!(song(&old.save_state().unwrap()), "");
}

#[test]
fn a_measured_song_that_cannot_be_read_is_kept_as_it_came() {
    let good = with_measured_song().save_state().unwrap();
    let later = song(&good).replacen('1', "9", 1);
    for text in [later.as_str(), "1 0 3 deadbeef AAAA", "rubbish"] {
        let mut instance = host();
        instance.load_state(&with_field(&good, "timeline", text).unwrap()).unwrap();
        instance.process(&mut [0.1; 512], &mut [0.1; 512], &[]).unwrap();
        assert_eq!(song(&instance.save_state().unwrap()), text);
    }
}

#[test]
fn a_mode_of_a_later_version_stays_in_the_session() {
    let mut instance = host();
    let state = edit_session(&instance.save_state().unwrap(), |session| {
        session["integration"] = json!("by-chorus");
    })
    .unwrap();
    instance.load_state(&state).unwrap();
    instance.process(&mut [0.1; 64], &mut [0.1; 64], &[]).unwrap();
    assert_same(&instance.save_state().unwrap(), &state);
}

/// A state as a host keeps it: the host library puts its length before it.
fn with_length(json: &[u8]) -> Vec<u8> {
    [&(json.len() as u64).to_le_bytes(), json].concat()
}

/// Saved by 0.1.0: [`full_session`], [`unusual`] settings and two seconds of measured song.
const STATE_0_1: &[u8] = include_bytes!("../fixtures/state-0.1.json");

#[test]
fn a_session_of_the_first_release_loads_for_ever() {
    let mut instance = host();
    instance.load_state(&with_length(STATE_0_1)).unwrap();
    let settings = unusual();
    let expected: Vec<String> =
        parameters().iter().map(|p| p.kind.format(p.kind.snap(p.read(&settings)))).collect();
    assert_eq!(texts(&mut instance), expected);
    let saved = instance.save_state().unwrap();
    let whole = read_state(&saved).unwrap();
    assert_eq!(whole["fields"]["session"], full_session());
    assert!(song(&saved).starts_with("1 30 21 "));
    // Whatever is new by now, what was there stays word for word.
    let old = read_state(&with_length(STATE_0_1)).unwrap();
    for (id, value) in old["params"].as_object().unwrap() {
        assert_eq!(&whole["params"][id], value, "{id}");
    }
    assert_eq!(whole["fields"]["timeline"], old["fields"]["timeline"]);
}

#[test]
fn what_a_later_version_wrote_beside_it_all_is_saved_again() {
    let mut instance = host();
    let mut state = read_state(&instance.save_state().unwrap()).unwrap();
    state["fields"]["session"] = json!(full_session().to_string());
    state["fields"]["album"] = json!("{\"track\": 7}");
    state["params"]["exciter.drive"] = json!({ "f32": 3.5 });
    instance.load_state(&with_length(state.to_string().as_bytes())).unwrap();
    instance.process(&mut [0.1; 64], &mut [0.1; 64], &[]).unwrap();
    let saved = read_state(&instance.save_state().unwrap()).unwrap();
    assert_eq!(saved["fields"]["album"], "{\"track\": 7}");
    // Where a version that knows it will look for it.
    assert_eq!(saved["fields"]["unknown_parameters"], "{\"exciter.drive\":{\"f32\":3.5}}");
    assert_eq!(saved["fields"]["session"], full_session());
    // Another session has none of it.
    instance.load_state(&host().save_state().unwrap()).unwrap();
    assert_same(&instance.save_state().unwrap(), &host().save_state().unwrap());
}

#[test]
fn a_parameter_that_a_state_does_not_name_or_cannot_have_is_as_in_a_new_session() {
    let plain = host().save_state().unwrap();
    let mut instance = host();
    set(&mut instance, &unusual());
    let mut state = read_state(&plain).unwrap();
    state["fields"]["session"] = json!(state["fields"]["session"].to_string());
    let params = state["params"].as_object_mut().unwrap();
    params.remove("limiter.gain");
    params.insert("glue.threshold".to_owned(), json!({ "bool": true }));
    params.insert("limiter.character".to_owned(), json!({ "i32": 7 }));
    params.insert("trim.gain".to_owned(), json!({ "f32": 1e30 }));
    params.insert("snapshot".to_owned(), json!({ "i32": -1 }));
    instance.load_state(&with_length(state.to_string().as_bytes())).unwrap();
    let mut expected = read_state(&plain).unwrap();
    // What is beyond a range is its end.
    expected["params"]["trim.gain"] = json!({ "f32": 24.0 });
    let saved = instance.save_state().unwrap();
    assert_eq!(read_state(&saved).unwrap(), expected);
    // What was taken can be saved, and loads.
    let mut again = host();
    again.load_state(&saved).unwrap();
    assert_same(&again.save_state().unwrap(), &saved);
}

#[test]
fn what_is_no_state_is_refused_and_changes_nothing() {
    let mut instance = host();
    instance.load_state(&with_length(STATE_0_1)).unwrap();
    let before = instance.save_state().unwrap();
    let cuts = (0..STATE_0_1.len()).step_by(61).map(|end| with_length(&STATE_0_1[..end]));
    // The length says more than there is, or less, or is none.
    let lies = [0, 1, 100, STATE_0_1.len() as u64 + 1, 1 << 28, u64::MAX / 2, u64::MAX]
        .map(|length| [&length.to_le_bytes(), &STATE_0_1[..STATE_0_1.len() - 1]].concat());
    let spaces = vec![b' '; 64 << 20];
    let others =
        [&b""[..], b"\0", b"rubbish", b"{}", b"[]", b"null", b"\"\"", b"\xff\xfe", &spaces];
    let odd = cuts.chain(lies).chain(others.map(with_length)).chain([Vec::new(), vec![7; 5]]);
    for state in odd {
        assert!(instance.load_state(&state).is_err(), "{} bytes", state.len());
        instance.process(&mut [0.1; 64], &mut [0.1; 64], &[]).unwrap();
    }
    assert_same(&instance.save_state().unwrap(), &before);
}

#[test]
fn a_field_that_is_no_session_leaves_the_present_one() {
    let mut instance = host();
    instance.load_state(&with_length(STATE_0_1)).unwrap();
    let good = instance.save_state().unwrap();
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let spaces = " ".repeat(32 << 20);
    for text in ["", " ", "null", "[]", "3", "\"notes\"", "{", "{\"notes\": NaN}", &deep, &spaces] {
        instance.load_state(&with_field(&good, "session", text).unwrap()).unwrap();
        assert_same(&instance.save_state().unwrap(), &good);
    }
    // Too much of what cannot be read of a song is not carried on.
    instance.load_state(&with_field(&good, "timeline", &spaces).unwrap()).unwrap();
    assert_eq!(song(&instance.save_state().unwrap()), "");
}

#[test]
fn states_are_loaded_while_it_plays() {
    let mut instance = host();
    let states = [host().save_state().unwrap(), with_length(STATE_0_1)];
    for round in 0..20 {
        let state = &states[round % 2];
        instance.load_state(state).unwrap();
        instance.load_state(state).unwrap();
        let (mut left, mut right) = ([0.1; 512], [0.1; 512]);
        instance.process(&mut left, &mut right, &[]).unwrap();
        assert!(left.iter().chain(&right).all(|sample| sample.is_finite()));
        assert_same(&instance.save_state().unwrap(), state);
    }
}

#[test]
fn a_state_says_which_version_and_which_engine_made_it() {
    let state = read_state(&host().save_state().unwrap()).unwrap();
    assert_eq!(state["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(state["fields"]["session"]["engine_revision"], burnish::ENGINE_REVISION);
}
