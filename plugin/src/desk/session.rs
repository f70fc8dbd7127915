//! What is saved beside the parameters.

use std::path::PathBuf;

use burnish_dsp::chain::SNAPSHOTS;
use burnish_dsp::integration::IntegrationMode;
use burnish_gui::{DEFAULT_SIZE, SMALLEST_SIZE, Smoothing, SpectrumLook};
use burnish_session::blind::BlindResults;
use burnish_session::references::{MOST_REFERENCES, ReferenceEntry};
use burnish_session::saved::{self, Object, Unknown, within};
use burnish_session::snapshots::SnapshotBank;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::revision::ENGINE_REVISION;

/// The longest notes, characters.
pub(crate) const MOST_NOTES_CHARACTERS: usize = 65_536;
/// The editor's magnification, from and to.
pub(crate) const EDITOR_SCALES: [f32; 2] = [0.5, 3.0];
/// The largest window that an editor opens, pixels before the system's own scale:
/// no screen has more, and graphics drivers refuse not much larger ones.
const LARGEST_WINDOW: [f32; 2] = [7680.0, 4320.0];
/// The longest id of a target or a mode, characters.
const MOST_ID_CHARACTERS: usize = 64;
/// As much text of later versions' fields as is kept.
const MOST_UNKNOWN_BYTES: usize = 262_144;

/// What is saved beside the parameters. Listening choices are not: a session
/// always opens on the master.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Value")]
pub struct Session {
    /// The engine that made the sound.
    pub engine_revision: u32,
    /// The one reference of sessions before there was a list; read, never written.
    #[serde(skip_serializing)]
    pub reference: Option<PathBuf>,
    /// The references; kept even when files are missing.
    pub references: Vec<ReferenceEntry>,
    /// Which of them is compared with.
    pub chosen_reference: SavedChoice,
    /// Whether short-term loudness is what is matched.
    pub is_short_term_matched: bool,
    /// The snapshots.
    pub snapshots: SnapshotBank,
    /// The snapshot whose settings the host's parameters hold.
    pub loaded_snapshot: usize,
    /// Results of blind tests, newest last.
    pub blind_results: BlindResults,
    /// How much of the difference to the reference a proposal takes, 0 to 1.
    pub match_amount: f64,
    /// The most that the moves of a proposal do together, dB.
    pub match_most_db: f64,
    /// Whether the average of all references is what the balance is compared with.
    pub is_average_reference: bool,
    /// Id of the delivery target.
    pub target: String,
    /// How the integrated loudness follows the transport; see `IntegrationMode::id`.
    pub integration: String,
    /// The person's notes.
    pub notes: String,
    /// Size of the editor in its own points, before it is magnified.
    pub editor_size: (f32, f32),
    /// Magnification of the editor.
    pub editor_scale: f32,
    /// How the editor shows spectra.
    pub spectrum: SavedSpectrumLook,
    /// What another version keeps beside all this.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// A [`SpectrumLook`] in a saved session.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Value")]
pub struct SavedSpectrumLook {
    /// The smoothing's share of an octave: 24, 12, 6, 3 or 1.
    pub smoothing_fraction: u8,
    /// Slope added around 1 kHz, dB per octave.
    pub tilt_db_per_octave: f32,
    /// Whether the highest levels are shown.
    pub is_peak_held: bool,
    /// Whether the average over the song is shown.
    pub is_average: bool,
}

impl Default for SavedSpectrumLook {
    fn default() -> Self {
        SpectrumLook::default().into()
    }
}

impl From<Value> for SavedSpectrumLook {
    fn from(found: Value) -> Self {
        let mut object = saved::object(found);
        let mut look = Self::default();
        saved::take(&mut object, "smoothing_fraction", &mut look.smoothing_fraction);
        saved::take(&mut object, "tilt_db_per_octave", &mut look.tilt_db_per_octave);
        saved::take(&mut object, "is_peak_held", &mut look.is_peak_held);
        saved::take(&mut object, "is_average", &mut look.is_average);
        look
    }
}

impl From<SpectrumLook> for SavedSpectrumLook {
    fn from(look: SpectrumLook) -> Self {
        Self {
            smoothing_fraction: look.smoothing.fraction(),
            tilt_db_per_octave: look.tilt_db_per_octave,
            is_peak_held: look.is_peak_held,
            is_average: look.is_average,
        }
    }
}

impl From<SavedSpectrumLook> for SpectrumLook {
    /// A saved value that means nothing becomes the default.
    fn from(saved: SavedSpectrumLook) -> Self {
        let smoothing = Smoothing::ALL
            .into_iter()
            .find(|smoothing| smoothing.fraction() == saved.smoothing_fraction)
            .unwrap_or_default();
        let tilt_db = within(f64::from(saved.tilt_db_per_octave), 0.0, 6.0, 0.0);
        Self {
            smoothing,
            tilt_db_per_octave: tilt_db as f32,
            is_peak_held: saved.is_peak_held,
            is_average: saved.is_average,
        }
    }
}

impl Default for Session {
    fn default() -> Self {
        Self {
            engine_revision: ENGINE_REVISION,
            reference: None,
            references: Vec::new(),
            chosen_reference: SavedChoice::None,
            is_short_term_matched: false,
            snapshots: SnapshotBank::default(),
            loaded_snapshot: 0,
            blind_results: BlindResults::default(),
            match_amount: 1.0,
            match_most_db: 3.0,
            is_average_reference: false,
            target: "spotify".to_owned(),
            integration: IntegrationMode::default().id().to_owned(),
            notes: String::new(),
            editor_size: DEFAULT_SIZE.map(|size| size as f32).into(),
            editor_scale: 1.0,
            spectrum: SavedSpectrumLook::default(),
            unknown: Unknown::default(),
        }
    }
}

/// Which reference is compared with, in a saved session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SavedChoice {
    /// None.
    #[default]
    None,
    /// The song at this place in the list.
    Song(usize),
    /// The side-chain input.
    Live,
}

impl From<Value> for Session {
    fn from(found: Value) -> Self {
        Self::of(saved::object(found))
    }
}

impl Session {
    /// Reads a session.
    ///
    /// # Errors
    /// Says what was expected and found where `text` is no session at all. A field
    /// that cannot be read becomes its default and costs none of the others.
    pub fn read(text: &str) -> Result<Self, String> {
        let expected = "expected the saved session of Burnish, found something else";
        match serde_json::from_str(text) {
            Ok(Value::Object(object)) => Ok(Self::of(object)),
            Ok(_) => Err(expected.to_owned()),
            Err(error) => Err(format!("{expected} ({error})")),
        }
    }

    fn of(mut object: Object) -> Self {
        let object = &mut object;
        let mut session = Self::default();
        saved::take(object, "engine_revision", &mut session.engine_revision);
        saved::take(object, "reference", &mut session.reference);
        saved::take(object, "chosen_reference", &mut session.chosen_reference);
        let references = saved::take_list::<Object>(object, "references").into_iter();
        let references = references.map(|found| found.map(Value::Object).map(Into::into));
        session.keep_references(references);
        saved::take(object, "is_short_term_matched", &mut session.is_short_term_matched);
        saved::take(object, "snapshots", &mut session.snapshots);
        saved::take(object, "loaded_snapshot", &mut session.loaded_snapshot);
        saved::take(object, "blind_results", &mut session.blind_results);
        saved::take(object, "match_amount", &mut session.match_amount);
        saved::take(object, "match_most_db", &mut session.match_most_db);
        saved::take(object, "is_average_reference", &mut session.is_average_reference);
        saved::take(object, "target", &mut session.target);
        saved::take(object, "integration", &mut session.integration);
        saved::take(object, "notes", &mut session.notes);
        saved::take(object, "editor_size", &mut session.editor_size);
        saved::take(object, "editor_scale", &mut session.editor_scale);
        saved::take(object, "spectrum", &mut session.spectrum);
        session.unknown = Unknown::of(std::mem::take(object), MOST_UNKNOWN_BYTES);
        session.mended()
    }

    /// Takes the references that mean anything; the chosen one stays the chosen one.
    fn keep_references(&mut self, list: impl Iterator<Item = Option<ReferenceEntry>>) {
        let chosen =
            if let SavedChoice::Song(place) = self.chosen_reference { Some(place) } else { None };
        let means_anything =
            |entry: &ReferenceEntry| !(entry.name.is_empty() && entry.path.as_os_str().is_empty());
        let list = list.map(|entry| entry.map(ReferenceEntry::mended).filter(means_anything));
        let (list, place) = saved::kept(list, chosen, MOST_REFERENCES);
        self.references = list;
        if chosen.is_some() {
            let first = if self.references.is_empty() { None } else { Some(0) };
            self.chosen_reference = place.or(first).map_or(SavedChoice::None, SavedChoice::Song);
        }
    }

    /// Brings what was saved by other versions, or by hand, into its ranges: the
    /// one place that says what they are.
    #[must_use]
    pub fn mended(mut self) -> Self {
        if let Some(path) = self.reference.take()
            && self.references.is_empty()
        {
            self.references.push(ReferenceEntry::new(&path));
            self.chosen_reference = SavedChoice::Song(0);
        }
        let references = std::mem::take(&mut self.references);
        self.keep_references(references.into_iter().map(Some));
        self.snapshots = self.snapshots.mended();
        self.loaded_snapshot = self.loaded_snapshot.min(SNAPSHOTS - 1);
        self.blind_results = self.blind_results.mended();
        self.match_amount = within(self.match_amount, 0.0, 1.0, 1.0);
        self.match_most_db = within(self.match_most_db, 1.0, 12.0, 3.0);
        // What a later version knows stays; the default is only for what is nothing.
        self.target = saved::line(&self.target, MOST_ID_CHARACTERS);
        self.integration = saved::line(&self.integration, MOST_ID_CHARACTERS);
        let default = Self::default();
        if self.target.is_empty() {
            self.target = default.target;
        }
        if self.integration.is_empty() {
            self.integration = default.integration;
        }
        self.notes = saved::text(self.notes, MOST_NOTES_CHARACTERS);
        self.spectrum = SpectrumLook::from(self.spectrum).into();
        self.mend_window();
        self
    }

    /// A window that can be opened, read and reached.
    fn mend_window(&mut self) {
        let default = Self::default();
        let is_positive = |value: f32| value.is_finite() && value > 0.0;
        if !is_positive(self.editor_scale) {
            self.editor_scale = default.editor_scale;
        }
        let [least, most] = EDITOR_SCALES;
        self.editor_scale = self.editor_scale.clamp(least, most);
        let (width, height) = self.editor_size;
        if !(is_positive(width) && is_positive(height)) {
            self.editor_size = default.editor_size;
        }
        let side = |side: f32, axis: usize| {
            let smallest = SMALLEST_SIZE[axis] as f32;
            side.clamp(smallest, (LARGEST_WINDOW[axis] / self.editor_scale).max(smallest))
        };
        self.editor_size = (side(self.editor_size.0, 0), side(self.editor_size.1, 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_with_one_reference_becomes_one_with_a_list() {
        let old = r#"{ "reference": "/music/Signal Fires.flac", "notes": "loud" }"#;
        let session: Session = serde_json::from_str(old).unwrap();
        let session = session.mended();
        assert_eq!(session.references.len(), 1);
        assert_eq!(session.references[0].name, "Signal Fires.flac");
        assert_eq!(session.chosen_reference, SavedChoice::Song(0));
        let text = serde_json::to_string(&session).unwrap();
        let again: Session = serde_json::from_str(&text).unwrap();
        assert_eq!(again.mended(), session);
    }

    #[test]
    fn the_look_of_the_spectra_is_saved_and_what_makes_no_sense_is_not_shown() {
        let look = SpectrumLook {
            smoothing: Smoothing::Third,
            tilt_db_per_octave: 4.5,
            is_peak_held: true,
            is_average: true,
        };
        let session = Session { spectrum: look.into(), ..Session::default() };
        let text = serde_json::to_string(&session).unwrap();
        let restored: Session = serde_json::from_str(&text).unwrap();
        assert_eq!(SpectrumLook::from(restored.spectrum), look);
        // A session of before there was a choice.
        let old: Session = serde_json::from_str("{}").unwrap();
        assert_eq!(SpectrumLook::from(old.spectrum), SpectrumLook::default());
        let odd = r#"{ "spectrum": { "smoothing_fraction": 7, "tilt_db_per_octave": 1e30 } }"#;
        let odd: Session = serde_json::from_str(odd).unwrap();
        let odd = SpectrumLook::from(odd.spectrum);
        assert_eq!((odd.smoothing, odd.tilt_db_per_octave), (Smoothing::Sixth, 6.0));
    }
}
