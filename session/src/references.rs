//! The list of references of a session: plain data that is saved with it.

mod path;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::measure::Measures;
use crate::saved::{self, Unknown, within};

/// As many songs as can be compared with.
pub const MOST_REFERENCES: usize = 20;
/// As many loop regions as one reference can have.
pub const MOST_REGIONS: usize = 8;
/// The trim of a reference reaches this far either way, dB.
pub const MOST_TRIM_DB: f64 = 12.0;
/// The shortest loop region, seconds.
pub const SHORTEST_REGION_S: f64 = 0.1;
/// The longest name of a reference, characters.
pub const MOST_REFERENCE_NAME_CHARACTERS: usize = 200;

/// No saved place lies later in a song than this, seconds: longer than any that can be loaded.
const LATEST_S: f64 = 86_400.0;
/// No measured level is further from 0 than this, dB.
const MOST_MEASURED_DB: f64 = 1000.0;
/// No system takes longer paths.
const MOST_PATH_BYTES: usize = 32_768;
const MOST_UNKNOWN_BYTES: usize = 4096;

/// A passage of a reference that is played round and round.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// Where it begins, seconds from the start of the song.
    pub start_s: f64,
    /// Where it ends.
    pub end_s: f64,
}

impl Region {
    /// The region between two places in any order, at least
    /// [`SHORTEST_REGION_S`] long and within a song of `duration_s`; `None`
    /// where the song is too short, or a place is no number.
    pub fn between(a_s: f64, b_s: f64, duration_s: f64) -> Option<Self> {
        if !(a_s.is_finite() && b_s.is_finite() && duration_s >= SHORTEST_REGION_S) {
            return None;
        }
        let start_s = a_s.min(b_s).clamp(0.0, duration_s - SHORTEST_REGION_S);
        let end_s = a_s.max(b_s).clamp(start_s + SHORTEST_REGION_S, duration_s);
        Some(Self { start_s, end_s })
    }

    /// Its length, seconds.
    pub fn length_s(&self) -> f64 {
        self.end_s - self.start_s
    }

    /// What was saved, perhaps by hand, within any song; `None` where that is no passage.
    fn mended(self) -> Option<Self> {
        let Self { start_s, end_s } = self;
        let is_passage = start_s.is_finite() && end_s.is_finite() && start_s < end_s;
        is_passage.then(|| Self::between(start_s, end_s, LATEST_S)).flatten()
    }
}

/// What a reference measures, kept with the session so that it is known even
/// while the file is missing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReferenceFacts {
    /// Integrated loudness, LUFS.
    pub integrated_lufs: f64,
    /// Loudness range, LU; `None` of less than 3 s.
    #[serde(default)]
    pub loudness_range_lu: Option<f64>,
    /// True peak, dBTP.
    pub true_peak_dbtp: f64,
    /// Peak to loudness ratio, dB.
    pub plr_db: f64,
    /// Length, seconds.
    pub duration_s: f64,
}

impl ReferenceFacts {
    /// Of a measured file; `None` of silence, which has no loudness.
    pub fn of(measures: &Measures) -> Option<Self> {
        Self {
            integrated_lufs: measures.integrated_lufs,
            loudness_range_lu: Some(measures.loudness_range_lu).filter(|range| range.is_finite()),
            true_peak_dbtp: measures.true_peak_dbtp,
            plr_db: measures.plr_db,
            duration_s: measures.duration_s,
        }
        .mended()
    }

    /// What can have been measured; anything else will be measured again.
    fn mended(self) -> Option<Self> {
        let range_lu = self.loudness_range_lu.unwrap_or(0.0);
        let levels = [self.integrated_lufs, range_lu, self.true_peak_dbtp, self.plr_db];
        let is_possible = levels.iter().all(|level| level.abs() <= MOST_MEASURED_DB)
            && (0.0..=LATEST_S).contains(&self.duration_s);
        is_possible.then_some(self)
    }
}

/// One reference as it is saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Value")]
pub struct ReferenceEntry {
    /// The file.
    #[serde(serialize_with = "path::write")]
    pub path: PathBuf,
    /// What it is called in the list.
    pub name: String,
    /// Gain on top of equal loudness, -12 to 12 dB.
    pub trim_db: f64,
    /// Its loop regions.
    pub regions: Vec<Region>,
    /// Which of them is played; `None` plays the whole song.
    pub region: Option<usize>,
    /// Whether it plays on by itself, and not where the song is.
    pub is_free_running: bool,
    /// SHA-256 of the file as hexadecimal digits; empty before it was read.
    pub sha256: String,
    /// What it measured when it was last read.
    pub facts: Option<ReferenceFacts>,
    /// What another version knows of it.
    #[serde(flatten)]
    pub unknown: Unknown,
}

impl Default for ReferenceEntry {
    fn default() -> Self {
        Self {
            path: PathBuf::new(),
            name: String::new(),
            trim_db: 0.0,
            regions: Vec::new(),
            region: None,
            is_free_running: false,
            sha256: String::new(),
            facts: None,
            unknown: Unknown::default(),
        }
    }
}

impl From<Value> for ReferenceEntry {
    fn from(saved: Value) -> Self {
        let mut object = saved::object(saved);
        let mut entry = Self {
            path: object.remove("path").and_then(path::read).unwrap_or_default(),
            ..Self::default()
        };
        saved::take(&mut object, "name", &mut entry.name);
        saved::take(&mut object, "trim_db", &mut entry.trim_db);
        saved::take(&mut object, "region", &mut entry.region);
        let regions = saved::take_list(&mut object, "regions");
        (entry.regions, entry.region) = saved::kept(regions, entry.region, usize::MAX);
        saved::take(&mut object, "is_free_running", &mut entry.is_free_running);
        saved::take(&mut object, "sha256", &mut entry.sha256);
        saved::take(&mut object, "facts", &mut entry.facts);
        entry.unknown = Unknown::of(object, MOST_UNKNOWN_BYTES);
        entry.mended()
    }
}

impl ReferenceEntry {
    /// A file that has not been read yet.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), name: display_name(path), ..Self::default() }
    }

    /// Brings what was saved, perhaps by hand, within its ranges.
    #[must_use]
    pub fn mended(mut self) -> Self {
        if self.path.as_os_str().len() > MOST_PATH_BYTES {
            self.path = PathBuf::new();
        }
        self.name = saved::line(&self.name, MOST_REFERENCE_NAME_CHARACTERS);
        if self.name.is_empty() {
            self.name = saved::line(&display_name(&self.path), MOST_REFERENCE_NAME_CHARACTERS);
        }
        self.trim_db = within(self.trim_db, -MOST_TRIM_DB, MOST_TRIM_DB, 0.0);
        let regions = self.regions.into_iter().map(Region::mended);
        (self.regions, self.region) = saved::kept(regions, self.region, MOST_REGIONS);
        let is_hash = |digits: &str| {
            digits.len() <= 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
        };
        if !is_hash(&self.sha256) {
            self.sha256 = String::new();
        }
        self.facts = self.facts.and_then(ReferenceFacts::mended);
        self
    }

    /// The region that is played.
    pub fn active_region(&self) -> Option<Region> {
        self.region.and_then(|region| self.regions.get(region).copied())
    }
}

/// The name under which a file is shown.
pub fn display_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_lies_within_its_song_whatever_was_dragged() {
        let region = Region::between(7.0, 3.0, 5.0).unwrap();
        assert_eq!((region.start_s, region.end_s), (3.0, 5.0));
        let region = Region::between(9.0, 9.0, 5.0).unwrap();
        assert!(region.end_s <= 5.0 && region.length_s() >= SHORTEST_REGION_S - 1e-9);
        assert_eq!(Region::between(0.0, 1.0, 0.05), None);
        assert_eq!(Region::between(f64::NAN, 1.0, 5.0), None);
    }

    #[test]
    fn what_was_saved_by_hand_is_mended() {
        let entry = ReferenceEntry {
            path: "/music/Signal Fires.flac".into(),
            trim_db: 99.0,
            regions: vec![Region { start_s: 2.0, end_s: 1.0 }, Region { start_s: 1.0, end_s: 2.0 }],
            region: Some(1),
            ..ReferenceEntry::default()
        }
        .mended();
        assert_eq!(entry.trim_db, MOST_TRIM_DB);
        assert_eq!(entry.regions.len(), 1);
        // The one that was chosen, wherever it is now.
        assert_eq!(entry.region, Some(0));
        assert_eq!(entry.name, "Signal Fires.flac");
        assert_eq!(entry.clone().mended(), entry);
        let entry = ReferenceEntry {
            name: " \u{1}".repeat(300),
            trim_db: f64::INFINITY,
            regions: vec![Region { start_s: -1e300, end_s: 1e300 }; 9],
            region: Some(8),
            sha256: "no digits".to_owned(),
            facts: Some(ReferenceFacts {
                integrated_lufs: f64::NAN,
                loudness_range_lu: None,
                true_peak_dbtp: 0.0,
                plr_db: 0.0,
                duration_s: 1.0,
            }),
            ..ReferenceEntry::default()
        }
        .mended();
        assert_eq!((entry.trim_db, &*entry.sha256, entry.facts), (0.0, "", None));
        assert_eq!((entry.regions.len(), entry.region), (MOST_REGIONS, None));
        assert_eq!(entry.regions[0], Region { start_s: 0.0, end_s: LATEST_S });
        assert_eq!(entry.name, "");
    }

    #[test]
    fn one_field_that_cannot_be_read_costs_no_other() {
        let entry: ReferenceEntry = serde_json::from_value(serde_json::json!({
            "path": "/music/Signal Fires.flac",
            "name": 7,
            "trim_db": null,
            "regions": [null, { "start_s": 1.0, "end_s": 2.0 }, { "start_s": "x" }],
            "region": 1,
            "sha256": "00ff",
            "facts": { "integrated_lufs": null },
            "color": "red",
        }))
        .unwrap();
        let expected = ReferenceEntry {
            regions: vec![Region { start_s: 1.0, end_s: 2.0 }],
            region: Some(0),
            sha256: "00ff".to_owned(),
            unknown: entry.unknown.clone(),
            ..ReferenceEntry::new(Path::new("/music/Signal Fires.flac"))
        };
        assert_eq!(entry, expected);
        let text = serde_json::to_string(&entry).unwrap();
        assert!(text.contains(r#""color":"red""#), "{text}");
        assert_eq!(serde_json::from_str::<ReferenceEntry>(&text).unwrap(), entry);
    }
}
