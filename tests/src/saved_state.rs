//! Saved states, read and edited from outside.

use crate::error::Error;

/// The host library puts the length of the JSON before it.
const STATE_PREFIX: usize = size_of::<u64>();

/// A saved state: the host library's JSON with Burnish's own session unpacked in it.
///
/// # Errors
/// When the state is not one of Burnish's.
pub fn read_state(state: &[u8]) -> Result<serde_json::Value, Error> {
    let json = state.get(STATE_PREFIX..).ok_or("expected a state, found too few bytes")?;
    let mut whole: serde_json::Value = serde_json::from_slice(json)?;
    let text = whole["fields"]["session"].as_str().ok_or("expected a session in the state")?;
    let session = serde_json::from_str(text)?;
    whole["fields"]["session"] = session;
    Ok(whole)
}

/// Edits what a saved state keeps beside the parameters (reference, notes, target...).
///
/// # Errors
/// When the state is not one of Burnish's.
pub fn edit_session(
    state: &[u8],
    edit: impl FnOnce(&mut serde_json::Value),
) -> Result<Vec<u8>, Error> {
    edit_state(state, |whole| edit(&mut whole["fields"]["session"]))
}

/// Puts another text in the place of a field that a saved state keeps.
///
/// # Errors
/// When the state is not one of Burnish's.
pub fn with_field(state: &[u8], field: &str, text: &str) -> Result<Vec<u8>, Error> {
    edit_state(state, |whole| whole["fields"][field] = text.into())
}

/// A state as it was saved before there was a parameter.
///
/// # Errors
/// When the state is not one of Burnish's, or has no such parameter.
pub fn without_parameter(state: &[u8], id: &str) -> Result<Vec<u8>, Error> {
    let mut is_removed = false;
    let state = edit_state(state, |whole| {
        let parameters = whole["params"].as_object_mut();
        is_removed = parameters.is_some_and(|parameters| parameters.remove(id).is_some());
    })?;
    if is_removed { Ok(state) } else { Err(format!("the state has no parameter \"{id}\"").into()) }
}

fn edit_state(state: &[u8], edit: impl FnOnce(&mut serde_json::Value)) -> Result<Vec<u8>, Error> {
    let mut whole = read_state(state)?;
    edit(&mut whole);
    let session = whole["fields"]["session"].to_string();
    whole["fields"]["session"] = serde_json::Value::String(session);
    let json = serde_json::to_vec(&whole)?;
    let mut state = (json.len() as u64).to_le_bytes().to_vec();
    state.extend(json);
    Ok(state)
}
