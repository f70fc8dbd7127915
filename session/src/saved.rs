//! Reading what was saved, by this version or another, by hand or by accident.
//!
//! A field that cannot be read becomes its default and costs none of the others;
//! what a later version wrote beside the known fields is kept and saved again as
//! it came. Whatever has been read is *mended*: every number finite and within
//! its range, every list and text no longer than what can be made here. So what
//! was loaded can always be saved, and what is saved loads as the same again.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Fields by their names.
pub type Object = Map<String, Value>;

/// Fields that another version wrote and this one does not know.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Unknown(Object);

impl Unknown {
    /// What is left once all known fields were taken, as far as its text is no
    /// longer than `most_bytes`.
    pub fn of(rest: Object, most_bytes: usize) -> Self {
        let mut room = most_bytes;
        let kept = rest.into_iter().filter(|(name, value)| {
            let bytes = name.len() + value.to_string().len();
            let has_room = bytes <= room;
            if has_room {
                room -= bytes;
            }
            has_room
        });
        Self(kept.collect())
    }
}

/// The fields of a saved object; none of anything else.
pub fn object(saved: Value) -> Object {
    match saved {
        Value::Object(object) => object,
        _ => Object::new(),
    }
}

/// Takes a field out of `object`. What is missing or cannot be read leaves `into`
/// as it is.
pub fn take<T: DeserializeOwned>(object: &mut Object, name: &str, into: &mut T) {
    if let Some(saved) = object.remove(name)
        && let Ok(value) = serde_json::from_value(saved)
    {
        *into = value;
    }
}

/// Takes a list out of `object`; `None` stands for what cannot be read, so that
/// places stay what they were.
pub fn take_list<T: DeserializeOwned>(object: &mut Object, name: &str) -> Vec<Option<T>> {
    let saved = object.remove(name);
    let Some(Value::Array(list)) = saved else { return Vec::new() };
    list.into_iter().map(|value| serde_json::from_value(value).ok()).collect()
}

/// Leaves out what could not be read, and all beyond `most`; says where the one
/// at `chosen` has gone.
pub fn kept<T>(
    list: impl IntoIterator<Item = Option<T>>,
    chosen: Option<usize>,
    most: usize,
) -> (Vec<T>, Option<usize>) {
    let mut kept = Vec::new();
    let mut new_chosen = None;
    for (place, value) in list.into_iter().enumerate() {
        if let Some(value) = value
            && kept.len() < most
        {
            if chosen == Some(place) {
                new_chosen = Some(kept.len());
            }
            kept.push(value);
        }
    }
    (kept, new_chosen)
}

/// A number within its range; what is none becomes the default.
pub fn within(value: f64, lowest: f64, highest: f64, default: f64) -> f64 {
    if value.is_finite() { value.clamp(lowest, highest) } else { default }
}

/// One line of at most so many characters.
pub fn line(text: &str, most_characters: usize) -> String {
    let line: String = text.chars().filter(|character| !character.is_control()).collect();
    let line: String = line.trim().chars().take(most_characters).collect();
    line.trim_end().to_owned()
}

/// A text of at most so many characters.
pub fn text(mut text: String, most_characters: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(most_characters) {
        text.truncate(end);
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_that_cannot_be_read_costs_no_other() {
        let mut saved = object(json!({ "gain": 3.5, "name": 7, "list": [1, "two", 3], "new": {} }));
        let (mut gain, mut name) = (0.0, "default".to_owned());
        take(&mut saved, "gain", &mut gain);
        take(&mut saved, "name", &mut name);
        assert_eq!((gain, &*name), (3.5, "default"));
        let list = take_list::<i32>(&mut saved, "list");
        assert_eq!(list, [Some(1), None, Some(3)]);
        assert_eq!(kept(list.clone(), Some(2), 9), (vec![1, 3], Some(1)));
        assert_eq!(kept(list.clone(), Some(1), 9), (vec![1, 3], None));
        assert_eq!(kept(list, Some(2), 1), (vec![1], None));
        assert_eq!(Unknown::of(saved, 100), Unknown(object(json!({ "new": {} }))));
        assert_eq!(object(json!([1])), Object::new());
    }

    #[test]
    fn what_is_not_known_is_kept_within_a_bound() {
        let saved = object(json!({ "a": "x".repeat(50), "b": "y".repeat(500), "c": 1 }));
        let kept = Unknown::of(saved, 100);
        assert_eq!(kept.0.keys().collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(Unknown::of(kept.0.clone(), 100), kept);
    }

    #[test]
    fn a_text_is_cut_between_characters_and_a_line_is_one() {
        assert_eq!(text("\u{e4}\u{f6}\u{fc}".to_owned(), 2), "\u{e4}\u{f6}");
        assert_eq!(text("abc".to_owned(), 3), "abc");
        assert_eq!(line("\u{1} Warm\n mix \u{7f}", 40), "Warm mix");
        for most in 0..9 {
            let once = line(" a b  c d ", most);
            assert_eq!(line(&once, most), once);
        }
    }

    #[test]
    fn a_number_is_within_its_range() {
        assert_eq!(within(f64::NAN, 0.0, 1.0, 0.5), 0.5);
        assert_eq!(within(f64::INFINITY, 0.0, 1.0, 0.5), 0.5);
        assert_eq!(within(1e300, 0.0, 1.0, 0.5), 1.0);
        assert_eq!(within(-1.0, 0.0, 1.0, 0.5), 0.0);
    }
}
