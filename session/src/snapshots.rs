//! Snapshots: four whole settings to go back and forth between.

use std::collections::BTreeMap;

use burnish_dsp::parameter::Kind;
use burnish_dsp::settings::{ChainParameter, ChainSettings, parameter_index, parameters};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::saved::{self, Unknown};

pub use burnish_dsp::chain::SNAPSHOTS;
/// Their letters.
pub const SNAPSHOT_LETTERS: [&str; SNAPSHOTS] = ["A", "B", "C", "D"];
/// The longest name of a snapshot, characters.
pub const MOST_NAME_CHARACTERS: usize = 40;
/// As much text of a snapshot as is kept though this version cannot read it.
const MOST_UNKNOWN_BYTES: usize = 16_384;
/// The longest text that can be the value of a parameter.
const MOST_VALUE_CHARACTERS: usize = 40;

/// One snapshot as it is saved: values by the ids of their parameters. What
/// another version wrote and this one does not know stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
struct Snapshot {
    name: String,
    values: BTreeMap<String, Value>,
    #[serde(flatten)]
    unknown: Unknown,
}

impl Snapshot {
    /// Reads one as it is found, perhaps changed by hand.
    fn read(found: Value) -> Self {
        let mut object = saved::object(found);
        let mut snapshot = Self::default();
        saved::take(&mut object, "name", &mut snapshot.name);
        saved::take(&mut object, "values", &mut snapshot.values);
        snapshot.unknown = Unknown::of(object, MOST_UNKNOWN_BYTES);
        snapshot
    }

    fn mend(&mut self) {
        self.name = saved::line(&self.name, MOST_NAME_CHARACTERS);
        let mut room = MOST_UNKNOWN_BYTES;
        self.values.retain(|id, saved| {
            let is_short = match saved {
                Value::Number(_) | Value::Bool(_) => true,
                Value::String(text) => text.len() <= MOST_VALUE_CHARACTERS,
                _ => false,
            };
            if is_short && parameter_index(id).is_some() {
                return true;
            }
            let bytes = id.len() + saved.to_string().len();
            let has_room = bytes <= room;
            if has_room {
                room -= bytes;
            }
            has_room
        });
    }

    fn settings(&self) -> ChainSettings {
        let mut settings = ChainSettings::default();
        for parameter in parameters() {
            let saved = self.values.get(&parameter.id);
            if let Some(value) = saved.and_then(|saved| value_of(parameter, saved)) {
                parameter.write(&mut settings, value);
            }
        }
        settings
    }

    fn set(&mut self, settings: &ChainSettings) {
        let present = self.settings();
        for parameter in parameters() {
            let value = parameter.read(settings);
            // What cannot be read, such as a choice of a later version, is
            // replaced once the parameter is something else.
            if parameter.read(&present) != value || !self.values.contains_key(&parameter.id) {
                self.values.insert(parameter.id.clone(), saved(parameter, value));
            }
        }
    }
}

/// A value as it is saved: a choice by its name, so that later versions may
/// order them anew.
fn saved(parameter: &ChainParameter, value: f64) -> Value {
    match parameter.kind {
        Kind::Continuous { .. } => Value::from(value),
        Kind::Choice(_) => Value::from(parameter.kind.format(value)),
        Kind::Switch => Value::from(value >= 0.5),
    }
}

fn value_of(parameter: &ChainParameter, saved: &Value) -> Option<f64> {
    match saved {
        Value::Number(number) => number.as_f64(),
        Value::Bool(is_on) => Some(f64::from(u8::from(*is_on))),
        Value::String(text) => parameter.kind.parse(text).ok(),
        _ => None,
    }
}

/// All snapshots. A fresh bank holds four equal neutral ones. Which of them is
/// heard is the host's parameter, and whether they run side by side is a choice
/// of listening: neither is kept here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Value")]
pub struct SnapshotBank {
    snapshots: [Snapshot; SNAPSHOTS],
    #[serde(flatten)]
    unknown: Unknown,
}

impl From<Value> for SnapshotBank {
    fn from(found: Value) -> Self {
        let mut object = saved::object(found);
        let mut bank = Self::default();
        let list = saved::take_list(&mut object, "snapshots");
        for (own, found) in bank.snapshots.iter_mut().zip(list) {
            *own = found.map(Snapshot::read).unwrap_or_default();
        }
        bank.unknown = Unknown::of(object, MOST_UNKNOWN_BYTES);
        bank.mended()
    }
}

impl From<[ChainSettings; SNAPSHOTS]> for SnapshotBank {
    fn from(settings: [ChainSettings; SNAPSHOTS]) -> Self {
        let mut bank = Self::default();
        for (place, settings) in settings.iter().enumerate() {
            bank.set_settings(place, settings);
        }
        bank
    }
}

// A place beyond the last snapshot is answered as if there were a neutral one,
// and changes nothing.
impl SnapshotBank {
    /// Whether a snapshot was ever given settings; one that was not is neutral.
    pub fn is_set(&self, place: usize) -> bool {
        self.snapshots.get(place).is_some_and(|snapshot| !snapshot.values.is_empty())
    }

    /// Brings what was saved, perhaps by hand, within its bounds.
    #[must_use]
    pub fn mended(mut self) -> Self {
        self.snapshots.iter_mut().for_each(Snapshot::mend);
        self
    }

    /// The settings of one.
    pub fn settings(&self, place: usize) -> ChainSettings {
        self.snapshots.get(place).map(Snapshot::settings).unwrap_or_default()
    }

    /// Gives one the name and all values that it has in another bank; whether
    /// that changed anything.
    pub fn take(&mut self, place: usize, from: &Self) -> bool {
        let (Some(own), Some(other)) = (self.snapshots.get_mut(place), from.snapshots.get(place))
        else {
            return false;
        };
        let is_changed = own != other;
        own.clone_from(other);
        is_changed
    }

    /// Whether one has the same name and values in another bank.
    pub fn is_same(&self, place: usize, other: &Self) -> bool {
        self.snapshots.get(place) == other.snapshots.get(place)
    }

    /// The settings of all.
    pub fn all_settings(&self) -> [ChainSettings; SNAPSHOTS] {
        std::array::from_fn(|place| self.settings(place))
    }

    /// Gives one its settings.
    pub fn set_settings(&mut self, place: usize, settings: &ChainSettings) {
        if let Some(snapshot) = self.snapshots.get_mut(place) {
            snapshot.set(settings);
        }
    }

    /// What they are called; empty where there is nothing but the letter.
    pub fn names(&self) -> [&str; SNAPSHOTS] {
        std::array::from_fn(|place| self.snapshots[place].name.as_str())
    }

    /// Calls one something else: one line of at most [`MOST_NAME_CHARACTERS`].
    pub fn rename(&mut self, place: usize, name: &str) {
        if let Some(snapshot) = self.snapshots.get_mut(place) {
            let line = name.chars().filter(|character| !character.is_control());
            snapshot.name = line.take(MOST_NAME_CHARACTERS).collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Settings in which every parameter is somewhere else than in neutral ones.
    fn moved(position: f64) -> ChainSettings {
        let mut settings = ChainSettings::default();
        for parameter in parameters() {
            parameter.write(&mut settings, parameter.kind.from_normalized(position));
        }
        settings
    }

    fn read(value: &Value) -> SnapshotBank {
        serde_json::from_value(value.clone()).expect("a bank can be read")
    }

    #[test]
    fn a_fresh_bank_holds_four_equal_neutral_snapshots() {
        for bank in [SnapshotBank::default(), read(&json!({}))] {
            assert_eq!(bank.all_settings(), [ChainSettings::default(); SNAPSHOTS]);
            assert_eq!(bank.names(), [""; SNAPSHOTS]);
        }
    }

    #[test]
    fn every_value_of_every_snapshot_survives_saving() {
        let settings = [0.0, 0.3, 0.77, 1.0].map(moved);
        let mut bank = SnapshotBank::from(settings);
        bank.rename(2, "Louder");
        let text = serde_json::to_string(&bank).expect("a bank can be written");
        let again: SnapshotBank = serde_json::from_str(&text).expect("and read");
        assert_eq!(again, bank);
        assert_eq!(again.all_settings(), settings);
    }

    #[test]
    fn what_another_version_wrote_is_kept_word_for_word() {
        let saved = json!({ "snapshots": [{
            "name": "From the future",
            "values": { "exciter.drive": { "db": 3.5 }, "limiter.character": "Velvet", "limiter.gain": 4.0 },
        }]});
        let mut bank = read(&saved);
        let gain = &parameters()[parameter_index("limiter.gain").expect("is there")];
        let mut settings = bank.settings(0);
        assert_eq!(gain.read(&settings), 4.0);
        assert_eq!(settings.limiter.character, ChainSettings::default().limiter.character);
        gain.write(&mut settings, 6.0);
        bank.set_settings(0, &settings);
        let written = serde_json::to_value(&bank).expect("a bank can be written");
        let values = &written["snapshots"][0]["values"];
        assert_eq!(values["exciter.drive"], json!({ "db": 3.5 }));
        assert_eq!(values["limiter.character"], "Velvet");
        assert_eq!(values["limiter.gain"], 6.0);
        // A choice that is made replaces what could not be read.
        let character = parameter_index("limiter.character").expect("is there");
        parameters()[character].write(&mut settings, 1.0);
        bank.set_settings(0, &settings);
        assert_eq!(bank.settings(0), settings);
    }

    #[test]
    fn a_bank_that_was_changed_by_hand_is_mended() {
        let long = "\u{00e4}".repeat(60);
        let bank = read(&json!({
            "from_the_future": 9,
            "snapshots": [
                { "name": long, "values": { "limiter.gain": 1e9, "trim.gain": "-3 dB", "limiter.on": null } },
                {}, {}, {}, { "name": "A fifth" },
            ],
        }));
        assert_eq!(bank.names()[0].chars().count(), MOST_NAME_CHARACTERS);
        let settings = bank.settings(0);
        assert_eq!(settings.limiter.gain_db, 24.0);
        assert_eq!(settings.trim.gain_db, -3.0);
        assert_eq!(settings.limiter.is_on, ChainSettings::default().limiter.is_on);
        assert_eq!(serde_json::to_value(&bank).unwrap()["from_the_future"], 9);
        assert_eq!(bank.clone().mended(), bank);
    }

    #[test]
    fn one_snapshot_that_cannot_be_read_costs_no_other() {
        let bank = read(&json!({ "snapshots": [
            7,
            { "name": null, "values": { "limiter.gain": 5.0 }, "color": "red" },
            { "name": "Third", "values": [], "exciter.drive": 1 },
        ]}));
        assert_eq!(bank.names(), ["", "", "Third", ""]);
        assert_eq!(bank.settings(1).limiter.gain_db, 5.0);
        let again = serde_json::to_value(&bank).unwrap();
        assert_eq!(again["snapshots"][1]["color"], "red");
        assert_eq!(read(&again), bank);
        for nonsense in [json!(null), json!([]), json!({ "snapshots": 3 }), json!("x")] {
            assert_eq!(read(&nonsense), SnapshotBank::default());
        }
    }

    #[test]
    fn what_cannot_be_read_is_kept_within_a_bound() {
        let long = "x".repeat(2 * MOST_UNKNOWN_BYTES);
        let values = json!({ "limiter.gain": 4.0, "limiter.on": long, "new": long, "old": "y" });
        let bank = read(&json!({ "snapshots": [{ "values": values }] }));
        let kept: Vec<_> = bank.snapshots[0].values.keys().collect();
        assert_eq!(kept, ["limiter.gain", "old"]);
    }

    #[test]
    fn a_name_is_one_line() {
        let mut bank = SnapshotBank::default();
        // As it is while it is being typed: the next word is yet to come.
        bank.rename(1, "Warm\n mix ");
        assert_eq!(bank.names()[1], "Warm mix ");
        // Beyond the last there is nothing to rename.
        bank.rename(SNAPSHOTS, "E");
        assert_eq!(bank.settings(SNAPSHOTS), ChainSettings::default());
    }
}
