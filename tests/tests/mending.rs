//! Whatever is found in the place of a saved session, or in any place of one.

use burnish::Session;
use burnish_session::blind::MOST_RESULTS;
use burnish_session::references::{MOST_REFERENCES, MOST_REGIONS};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A session in which everything is somewhere else than in a new one.
pub(crate) fn full_session() -> Value {
    json!({
        "engine_revision": 1,
        "references": [
            {
                "path": "/music/Signal Fires.flac",
                "name": "The one with the bass",
                "trim_db": -1.5,
                "regions": [
                    { "start_s": 10.0, "end_s": 20.5 },
                    { "start_s": 61.123_456_789_012_3, "end_s": 75.0 }
                ],
                "region": 1,
                "is_free_running": true,
                "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "facts": {
                    "integrated_lufs": -9.123_456_789_012_34, "loudness_range_lu": 4.0,
                    "true_peak_dbtp": -0.5, "plr_db": 8.5, "duration_s": 200.0
                }
            },
            {
                "path": "/music/\u{c4}nderung.wav",
                "name": "\u{c4}nderung.wav",
                "trim_db": 0.0,
                "regions": [],
                "region": null,
                "is_free_running": false,
                "sha256": "",
                "facts": null
            }
        ],
        "chosen_reference": { "song": 1 },
        "is_short_term_matched": true,
        "snapshots": { "snapshots": [
            { "name": "", "values": {} },
            { "name": "Louder", "values": {
                "limiter.gain": 6.5, "limiter.on": true, "limiter.character": "Loud",
                "exciter.drive": { "db": 3.5 }
            } },
            { "name": "Warm", "values": { "eq.1.gain": -1.5 } },
            { "name": "", "values": {} }
        ] },
        "loaded_snapshot": 2,
        "blind_results": [
            {
                "date": "2026-10-02",
                "mode": "preference",
                "level_note": "Heard at equal integrated loudness.",
                "entries": [
                    {
                        "label": "Y", "name": "B: Louder", "settings": "limiter +6.5 dB",
                        "rank": 1, "words": ["open", "silky"], "notes": "too much\nbass"
                    },
                    {
                        "label": "Z", "name": "Mix", "settings": "", "rank": 2, "words": [],
                        "notes": ""
                    }
                ],
                "outcome": null
            },
            {
                "date": "2026-10-03",
                "mode": "abx",
                "level_note": "",
                "entries": [],
                "outcome": { "correct": 12, "answered": 16, "planned": 16, "planned_at_first": 10 }
            }
        ],
        "match_amount": 0.65,
        "match_most_db": 4.5,
        "is_average_reference": true,
        "target": "apple",
        "integration": "timeline",
        "notes": "second chorus: \"too bright?\"\n\u{e4}sthetisch",
        "editor_size": [1234.0, 777.0],
        "editor_scale": 1.25,
        "spectrum": {
            "smoothing_fraction": 3, "tilt_db_per_octave": 4.5,
            "is_peak_held": true, "is_average": true
        }
    })
}

fn read(saved: &Value) -> Session {
    Session::read(&saved.to_string()).unwrap()
}

fn written(session: &Session) -> String {
    serde_json::to_string(session).unwrap()
}

/// What every session is, whatever it was read from.
#[track_caller]
fn check(found: &str) -> Session {
    let session = Session::read(found).unwrap();
    assert_eq!(session.clone().mended(), session, "{found}");
    let text = written(&session);
    let again = Session::read(&text).unwrap();
    assert_eq!(again, session, "{found}");
    assert_eq!(written(&again), text, "{found}");
    // No number was lost on the way.
    for number in [session.match_amount, session.match_most_db] {
        assert!(number.is_finite(), "{found}");
    }
    let (width, height) = session.editor_size;
    let scale = session.editor_scale;
    assert!((0.5..=3.0).contains(&scale), "{found}");
    assert!(width >= 800.0 && height >= 500.0, "{found}");
    assert!(width * scale <= 7681.0 && height * scale <= 4321.0, "{found}");
    assert!(session.references.len() <= MOST_REFERENCES, "{found}");
    assert!(session.references.iter().all(|entry| entry.regions.len() <= MOST_REGIONS), "{found}");
    assert!(session.blind_results.list().len() <= MOST_RESULTS, "{found}");
    session
}

/// The paths to everything within a value, as JSON pointers.
fn paths(value: &Value, path: &str, found: &mut Vec<String>) {
    found.push(path.to_owned());
    let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Array(list) => {
            for (place, value) in list.iter().enumerate() {
                paths(value, &format!("{path}/{place}"), found);
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                paths(value, &format!("{path}/{}", escaped(name)), found);
            }
        }
        _ => {}
    }
}

fn all_paths() -> Vec<String> {
    let mut found = Vec::new();
    paths(&full_session(), "", &mut found);
    found.remove(0);
    found
}

/// Lists within lists.
fn deep(levels: usize) -> Value {
    (0..levels).fold(json!(1), |inner, _| json!([inner]))
}

/// What is put in the place of something else.
fn junk() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(1),
        json!(1e-30),
        json!(1e300),
        json!(-1e300),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(0.1),
        json!(""),
        json!("x"),
        json!("\u{0}\u{1}\n\u{202e}"),
        json!("\u{e4}".repeat(100_000)),
        json!([]),
        json!([1, 2]),
        json!([-1.0, 1e300]),
        json!(vec![Value::Null; 1000]),
        json!(vec![json!({ "entries": [] }); 300]),
        json!(vec![json!({ "start_s": 1.0, "end_s": 2.0 }); 100]),
        json!({}),
        json!({ "song": 7 }),
        json!({ "song": -1 }),
        json!({ "Unix": [0, 255, 1] }),
        deep(100),
    ]
}

#[test]
fn every_field_is_read_written_and_known() {
    let full = full_session();
    let session = check(&full.to_string());
    assert_eq!(serde_json::to_value(&session).unwrap(), full);
    // None of it is what a new session has.
    let new = serde_json::to_value(Session::default()).unwrap();
    let same: Vec<&String> = full
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, value)| new.get(name.as_str()) == Some(*value))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(same, ["engine_revision"]);
    assert_eq!(new.as_object().unwrap().len(), full.as_object().unwrap().len());
}

#[test]
fn junk_in_any_place_costs_nothing_elsewhere() {
    let full = full_session();
    for path in all_paths() {
        for junk in junk() {
            let mut found = full.clone();
            *found.pointer_mut(&path).unwrap() = junk;
            let session = check(&found.to_string());
            // All other fields are what they were.
            let saved = serde_json::to_value(&session).unwrap();
            let field = path.split('/').nth(1).unwrap();
            for (name, value) in full.as_object().unwrap() {
                let is_elsewhere = name != field
                    // The place in the list means nothing without the list, and a
                    // window is no larger than a screen.
                    && !(name == "chosen_reference" && field == "references")
                    && !(name == "editor_size" && field == "editor_scale");
                if is_elsewhere {
                    assert_eq!(&saved[name], value, "{name}, of {found}");
                }
            }
        }
    }
}

#[test]
fn what_is_missing_costs_nothing_elsewhere() {
    let full = full_session();
    for path in all_paths() {
        let mut found = full.clone();
        let (parent, name) = path.rsplit_once('/').unwrap();
        match found.pointer_mut(parent).unwrap() {
            Value::Object(fields) => {
                fields.remove(name);
            }
            Value::Array(list) => {
                list.remove(name.parse::<usize>().unwrap());
            }
            _ => unreachable!("{path}"),
        }
        check(&found.to_string());
    }
}

#[test]
fn what_a_later_version_wrote_survives_wherever_it_wrote_it() {
    let mut full = full_session();
    let places = [
        "",
        "/references/0",
        "/snapshots",
        "/snapshots/snapshots/1",
        "/blind_results/0",
        "/blind_results/0/entries/1",
    ];
    for place in places {
        let fields = full.pointer_mut(place).unwrap().as_object_mut().unwrap();
        fields.insert("from_the_future".to_owned(), json!({ "deep": [1, 0.1 + 0.2, null] }));
    }
    let session = check(&full.to_string());
    assert_eq!(serde_json::to_value(&session).unwrap(), full);
    // Within bounds.
    for place in places {
        let mut large = full_session();
        let fields = large.pointer_mut(place).unwrap().as_object_mut().unwrap();
        fields.insert("from_the_future".to_owned(), json!("x".repeat(1 << 20)));
        assert!(written(&check(&large.to_string())).len() < 10_000, "{place}");
    }
}

#[test]
fn what_is_no_session_is_refused() {
    for found in ["", " ", "null", "[]", "7", "\"x\"", "{", "{\"notes\": NaN}", "\u{0}"] {
        assert!(Session::read(found).is_err(), "{found}");
    }
    let levels = 100_000;
    let deep = format!("{{\"notes\": {}{}}}", "[".repeat(levels), "]".repeat(levels));
    assert!(Session::read(&deep).is_err());
}

#[test]
fn the_longest_session_is_bounded() {
    let long = "\u{1d11e}".repeat(1 << 18);
    let entry = json!({
        "path": "/x", "name": long, "regions": vec![json!({ "start_s": 0, "end_s": 9 }); 999],
        "sha256": long, "new": long
    });
    let result = json!({
        "date": long, "level_note": long, "new": long,
        "entries": vec![json!({
            "label": long, "name": long, "settings": long, "notes": long,
            "words": vec![long.clone(); 9], "new": long
        }); 2]
    });
    let found = json!({
        "references": vec![entry; 2], "notes": long, "target": long, "integration": long,
        "blind_results": [result],
        "snapshots": { "snapshots": [{ "name": long, "values": { "limiter.on": long } }] },
    });
    let session = check(&found.to_string());
    assert_eq!(session.notes.chars().count(), 65_536);
    assert!(written(&session).len() < 400_000, "{}", written(&session).len());
}

/// Any JSON.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-20.0..20.0f64).prop_map(Value::from),
        (0..10u64).prop_map(Value::from),
        ".{0,50}".prop_map(Value::from),
        prop::sample::select(junk()),
    ];
    leaf.prop_recursive(4, 40, 8, |inner| {
        let name = prop_oneof![
            ".{0,9}",
            prop::sample::select(all_paths()).prop_map(|path| path
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_owned()),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..8)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Several places at once, and things that nobody thought of.
    #[test]
    fn any_json_anywhere_becomes_a_session(
        changes in prop::collection::vec((prop::sample::select(all_paths()), any_json()), 0..6),
        beside in prop::collection::btree_map(".{0,9}", any_json(), 0..3),
    ) {
        let mut found = full_session();
        for (path, json) in changes {
            if let Some(place) = found.pointer_mut(&path) {
                *place = json;
            }
        }
        if let Some(fields) = found.as_object_mut() {
            for (name, json) in beside {
                fields.entry(name).or_insert(json);
            }
        }
        check(&found.to_string());
    }

    #[test]
    fn an_edited_session_is_mended_too(
        size in any::<(f32, f32)>(),
        scale in any::<f32>(),
        amounts in any::<(f64, f64)>(),
        places in any::<(usize, usize)>(),
        tilt in any::<f32>(),
        words in ".{0,90}",
    ) {
        let mut session = read(&full_session());
        session.editor_size = size;
        session.editor_scale = scale;
        (session.match_amount, session.match_most_db) = amounts;
        session.loaded_snapshot = places.0;
        session.chosen_reference = burnish::SavedChoice::Song(places.1);
        session.spectrum.tilt_db_per_octave = tilt;
        session.references[0].trim_db = amounts.0;
        session.references[0].region = Some(places.1);
        session.references[0].name.clone_from(&words);
        session.references[0].regions[0].start_s = amounts.1;
        session.target.clone_from(&words);
        check(&written(&session.mended()));
    }
}
