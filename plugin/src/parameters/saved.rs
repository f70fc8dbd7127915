//! What a saved state says of the parameters, before the host library takes it.
//!
//! The library takes a value of the right kind as it is, also one beyond its
//! range or infinite (which JSON then cannot hold, so that the state would not
//! load again), leaves a parameter that the state does not name where it happens to
//! stand, and forgets values of parameters that it does not know. So every state
//! is completed here: all parameters, all within their ranges, and what a later
//! version wrote is put by.

use std::collections::BTreeMap;

use burnish_dsp::parameter::Kind;
use burnish_dsp::settings::parameters;
use burnish_session::saved;
use nice_plug::plugin::{ParamValue, PluginState};
use serde_json::Value;

use super::ids::{BYPASS_ID, SESSION_FIELD, TIMELINE_FIELD};
use crate::switches::Switch;

/// Key of the values of parameters that this version does not know.
const UNKNOWN_PARAMETERS_FIELD: &str = "unknown_parameters";
/// As much text as is kept of what this version does not know.
const MOST_UNKNOWN_BYTES: usize = 1 << 20;

/// Completes a state that is about to be loaded.
pub(crate) fn mend(state: &mut PluginState) {
    let mut found = std::mem::take(&mut state.params);
    // What a version that did not know it has put by for one that does.
    let put_by = state.fields.remove(UNKNOWN_PARAMETERS_FIELD);
    let put_by: BTreeMap<String, ParamValue> =
        put_by.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    for (id, value) in put_by {
        found.entry(id).or_insert(value);
    }
    for parameter in parameters() {
        let found = found.remove(&parameter.id);
        let value = mended(found.as_ref(), &parameter.kind, parameter.default);
        state.params.insert(parameter.id.clone(), value);
    }
    // A session of before there were snapshots is its first one, and one of before
    // there was a bypass is not bypassed.
    for switch in Switch::ALL {
        let position = found.remove(switch.id()).as_ref().and_then(number);
        let position = position.filter(|position| {
            (0.0..switch.positions() as f64).contains(position) && position.fract() == 0.0
        });
        let position = position.unwrap_or(switch.default_position() as f64);
        state.params.insert(switch.id().to_owned(), ParamValue::I32(position as i32));
    }
    let bypass = mended(found.remove(BYPASS_ID).as_ref(), &Kind::Switch, 0.0);
    state.params.insert(BYPASS_ID.to_owned(), bypass);
    put_by_for_later(found, state);
}

/// The JSON of a state as the host library can read it. It reads all or nothing:
/// one value of an odd kind, such as the `null` that JSON has for infinity, would
/// cost the whole session. What is no state stays what it is, and is refused.
pub(crate) fn mended_json(json: Vec<u8>) -> Vec<u8> {
    if serde_json::from_slice::<PluginState>(&json).is_ok() {
        return json;
    }
    let Ok(Value::Object(mut found)) = serde_json::from_slice(&json) else { return json };
    let (params, fields) = (found.remove("params"), found.remove("fields"));
    if !params.as_ref().is_some_and(Value::is_object)
        && !fields.as_ref().is_some_and(Value::is_object)
    {
        return json;
    }
    let mut version = String::new();
    saved::take(&mut found, "version", &mut version);
    let each = |found: Option<Value>| saved::object(found.unwrap_or_default()).into_iter();
    let state = PluginState {
        version,
        params: each(params).filter_map(|(id, found)| Some((id, value_of(found)?))).collect(),
        fields: each(fields).filter_map(|(name, found)| Some((name, text_of(found)?))).collect(),
    };
    serde_json::to_vec(&state).unwrap_or(json)
}

/// The JSON of a state as it is taken in: readable, whole and within all ranges. `None` where
/// it is no state.
pub fn mended_state(json: &[u8]) -> Option<Vec<u8>> {
    let mut state: PluginState = serde_json::from_slice(&mended_json(json.to_vec())).ok()?;
    mend(&mut state);
    serde_json::to_vec(&state).ok()
}

/// A value in whatever form it is found.
fn value_of(found: Value) -> Option<ParamValue> {
    let value = match found {
        Value::Number(number) => ParamValue::F32(number.as_f64()? as f32),
        Value::Bool(is_on) => ParamValue::Bool(is_on),
        Value::String(text) => ParamValue::String(text),
        Value::Object(tagged) => match serde_json::from_value(Value::Object(tagged.clone())) {
            Ok(value) => value,
            // Of a kind that is not known here, or not of the kind that it says.
            Err(_) => match tagged.into_iter().next() {
                Some((_, untagged)) if !untagged.is_object() => return value_of(untagged),
                _ => return None,
            },
        },
        Value::Null | Value::Array(_) => return None,
    };
    let is_infinite = matches!(value, ParamValue::F32(value) if !value.is_finite());
    (!is_infinite).then_some(value)
}

/// The text of a field; one that was written out is put into words again.
fn text_of(found: Value) -> Option<String> {
    match found {
        Value::String(text) => Some(text),
        Value::Object(_) => Some(found.to_string()),
        _ => None,
    }
}

/// Keeps what is left, as far as JSON can hold it.
fn put_by_for_later(mut unknown: BTreeMap<String, ParamValue>, state: &mut PluginState) {
    unknown.retain(|_, value| !matches!(value, ParamValue::F32(value) if !value.is_finite()));
    if unknown.is_empty() {
        return;
    }
    if let Ok(text) = serde_json::to_string(&unknown) {
        state.fields.insert(UNKNOWN_PARAMETERS_FIELD.to_owned(), text);
    }
}

/// The fields that are not Burnish's own, to be saved again as they came.
pub(super) fn unknown_fields(fields: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut room = MOST_UNKNOWN_BYTES;
    let unknown = fields.iter().filter(|(name, text)| {
        let bytes = name.len() + text.len();
        let is_kept = ![SESSION_FIELD, TIMELINE_FIELD].contains(&name.as_str()) && bytes <= room;
        if is_kept {
            room -= bytes;
        }
        is_kept
    });
    unknown.map(|(name, text)| (name.clone(), text.clone())).collect()
}

/// A value of the kind that the host library expects. A number keeps its bits as
/// long as it is one that the parameter can have.
fn mended(found: Option<&ParamValue>, kind: &Kind, default: f64) -> ParamValue {
    let value = match (kind, found) {
        (_, Some(ParamValue::String(text))) => kind.parse(text).ok(),
        (Kind::Continuous { .. } | Kind::Choice(_), Some(ParamValue::Bool(_))) => None,
        (_, found) => found.and_then(number),
    };
    match kind {
        Kind::Continuous { min, max, step, .. } => {
            let value = value.unwrap_or(default);
            // A host's 32 bits may lie a little beside the last step.
            let is_within = (min - 0.5 * step..=max + 0.5 * step).contains(&value);
            ParamValue::F32(if is_within { value } else { value.clamp(*min, *max) } as f32)
        }
        Kind::Choice(names) => {
            let is_one = |value: &f64| (0.0..names.len() as f64).contains(value);
            let value = value.filter(|value| is_one(value) && value.fract() == 0.0);
            ParamValue::I32(value.unwrap_or(default) as i32)
        }
        Kind::Switch => ParamValue::Bool(value.unwrap_or(default) >= 0.5),
    }
}

fn number(found: &ParamValue) -> Option<f64> {
    match found {
        ParamValue::F32(value) => Some(f64::from(*value)).filter(|value| value.is_finite()),
        ParamValue::I32(value) => Some(f64::from(*value)),
        ParamValue::Bool(is_on) => Some(f64::from(u8::from(*is_on))),
        ParamValue::String(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(params: &str, fields: &str) -> PluginState {
        let text = format!(r#"{{ "params": {params}, "fields": {fields} }}"#);
        let mut state = serde_json::from_str(&text).unwrap();
        mend(&mut state);
        state
    }

    fn text(state: &PluginState) -> String {
        serde_json::to_string(state).unwrap()
    }

    #[test]
    fn every_state_becomes_a_whole_one_that_can_be_saved_and_loaded() {
        let odd = state(
            r#"{
                "limiter.gain": { "f32": 1e30 }, "trim.gain": { "f32": -1e9 },
                "limiter.on": { "i32": 1 }, "limiter.character": { "i32": 99 },
                "clipper.on": { "string": "On" }, "glue.on": { "string": "perhaps" },
                "snapshot": { "i32": 4 }, "compare.listen": { "f32": 0.5 }, "bypass": { "i32": 1 }
            }"#,
            "{}",
        );
        assert_eq!(odd.params.len(), parameters().len() + Switch::ALL.len() + 1);
        let value = |id: &str| serde_json::to_string(&odd.params[id]).unwrap();
        assert_eq!(value("limiter.gain"), r#"{"f32":24.0}"#);
        assert_eq!(value("trim.gain"), r#"{"f32":-24.0}"#);
        assert_eq!(value("limiter.on"), r#"{"bool":true}"#);
        assert_eq!(value("clipper.on"), r#"{"bool":true}"#);
        assert_eq!(value("snapshot"), r#"{"i32":0}"#);
        assert_eq!(value("compare.listen"), r#"{"i32":1}"#);
        assert_eq!(value("bypass"), r#"{"bool":true}"#);
        let mut again: PluginState = serde_json::from_str(&text(&odd)).unwrap();
        mend(&mut again);
        assert_eq!(text(&again), text(&odd));
        // What is too large for 32 bits is no value at all.
        let infinite = ParamValue::F32(f32::INFINITY);
        again.params.insert("limiter.gain".to_owned(), infinite);
        mend(&mut again);
        assert_eq!(serde_json::to_string(&again.params["limiter.gain"]).unwrap(), r#"{"f32":0.0}"#);
    }

    #[test]
    fn one_odd_value_costs_no_other() {
        let json = br#"{ "version": 7, "new": [], "params": {
            "limiter.gain": { "f32": null }, "trim.gain": { "f32": 2.5 }, "glue.on": true,
            "limiter.on": { "f64": 1e300 }, "clipper.on": { "bool": 1 }, "x": [], "y": {},
            "eq.on": "Off", "deep": { "f32": { "f32": { "f32": 1 } } }
        }, "fields": { "timeline": null, "session": { "notes": "loud" } } }"#;
        let state: PluginState = serde_json::from_slice(&mended_json(json.to_vec())).unwrap();
        assert_eq!(
            text(&state),
            r#"{"version":"","params":{"clipper.on":{"f32":1.0},"eq.on":{"string":"Off"},"#
                .to_owned()
                + r#""glue.on":{"bool":true},"trim.gain":{"f32":2.5}},"#
                + r#""fields":{"session":"{\"notes\":\"loud\"}"}}"#
        );
        let good = br#"{ "params": { "trim.gain": { "f32": 2.5 } }, "fields": {} }"#;
        assert_eq!(mended_json(good.to_vec()), good);
        for no_state in ["", "{}", "null", "[1]", "{\"params\": 1}", "{\"params\": {"] {
            assert_eq!(mended_json(no_state.into()), no_state.as_bytes());
        }
    }

    #[test]
    fn a_parameter_of_a_later_version_waits_for_it() {
        let old = state(
            r#"{ "exciter.drive": { "f32": 3.5 }, "exciter.on": { "bool": true } }"#,
            r#"{ "album": "7" }"#,
        );
        assert_eq!(
            old.fields[UNKNOWN_PARAMETERS_FIELD],
            r#"{"exciter.drive":{"f32":3.5},"exciter.on":{"bool":true}}"#
        );
        let kept = unknown_fields(&old.fields);
        assert_eq!(kept.keys().collect::<Vec<_>>(), ["album", UNKNOWN_PARAMETERS_FIELD]);
        // As that version would find one of its own; what the state itself says comes first.
        let fields = r#"{ "unknown_parameters":
            "{\"limiter.gain\":{\"f32\":5.0},\"trim.gain\":{\"f32\":1.0}}" }"#;
        let new = state(r#"{ "trim.gain": { "f32": 2.0 } }"#, fields);
        let value = |id: &str| serde_json::to_string(&new.params[id]).unwrap();
        assert_eq!(value("limiter.gain"), r#"{"f32":5.0}"#);
        assert_eq!(value("trim.gain"), r#"{"f32":2.0}"#);
        assert!(new.fields.is_empty());
        let long = BTreeMap::from([
            ("long".to_owned(), "x".repeat(MOST_UNKNOWN_BYTES)),
            ("short".to_owned(), "x".to_owned()),
        ]);
        assert_eq!(unknown_fields(&long).len(), 1);
    }
}
