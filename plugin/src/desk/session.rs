//! What is saved beside the parameters.

use std::path::PathBuf;

use burnish_dsp::chain::SNAPSHOTS;
use burnish_dsp::integration::IntegrationMode;
use burnish_gui::{Smoothing, SpectrumLook};
use burnish_session::blind::BlindResults;
use burnish_session::references::{MOST_REFERENCES, ReferenceEntry};
use burnish_session::snapshots::SnapshotBank;
use serde::{Deserialize, Serialize};

use super::ENGINE_REVISION;

/// What is saved beside the parameters. Listening choices are not: a session
/// always opens on the master.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
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
    /// The most that a band of a proposal does, dB.
    pub match_most_db: f64,
    /// Whether the average of all references is what the balance is compared with.
    pub is_average_reference: bool,
    /// Id of the delivery target.
    pub target: String,
    /// How the integrated loudness follows the transport; see `IntegrationMode::id`.
    pub integration: String,
    /// The person's notes.
    pub notes: String,
    /// Size of the editor in logical pixels.
    pub editor_size: (f32, f32),
    /// Magnification of the editor.
    pub editor_scale: f32,
    /// How the editor shows spectra.
    pub spectrum: SavedSpectrumLook,
}

/// A [`SpectrumLook`] in a saved session.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
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
        let tilt = saved.tilt_db_per_octave;
        Self {
            smoothing,
            tilt_db_per_octave: if tilt.is_finite() { tilt.clamp(0.0, 6.0) } else { 0.0 },
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
            editor_size: (1100.0, 700.0),
            editor_scale: 1.0,
            spectrum: SavedSpectrumLook::default(),
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

impl Session {
    /// Brings what was saved by earlier versions, or by hand, into its ranges.
    #[must_use]
    pub fn mended(mut self) -> Self {
        if let Some(path) = self.reference.take()
            && self.references.is_empty()
        {
            self.references.push(ReferenceEntry::new(&path));
            self.chosen_reference = SavedChoice::Song(0);
        }
        self.references.truncate(MOST_REFERENCES);
        self.references = self.references.into_iter().map(ReferenceEntry::mended).collect();
        if let SavedChoice::Song(place) = self.chosen_reference
            && place >= self.references.len()
        {
            self.chosen_reference =
                if self.references.is_empty() { SavedChoice::None } else { SavedChoice::Song(0) };
        }
        self.loaded_snapshot = self.loaded_snapshot.min(SNAPSHOTS - 1);
        let within = |value: f64, low: f64, high: f64, default: f64| {
            if value.is_finite() { value.clamp(low, high) } else { default }
        };
        self.match_amount = within(self.match_amount, 0.0, 1.0, 1.0);
        self.match_most_db = within(self.match_most_db, 1.0, 12.0, 3.0);
        self
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
