//! The list of references of a session: plain data that is saved with it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::measure::Measures;
use crate::reference::display_name;

/// As many songs as can be compared with.
pub const MOST_REFERENCES: usize = 20;
/// As many loop regions as one reference can have.
pub const MOST_REGIONS: usize = 8;
/// The trim of a reference reaches this far either way, dB.
pub const MOST_TRIM_DB: f64 = 12.0;
/// The shortest loop region, seconds.
pub const SHORTEST_REGION_S: f64 = 0.1;

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
}

/// What a reference measures, kept with the session so that it is known even
/// while the file is missing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReferenceFacts {
    /// Integrated loudness, LUFS.
    pub integrated_lufs: f64,
    /// Loudness range, LU.
    pub loudness_range_lu: f64,
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
        measures.integrated_lufs.is_finite().then_some(Self {
            integrated_lufs: measures.integrated_lufs,
            loudness_range_lu: measures.loudness_range_lu,
            true_peak_dbtp: measures.true_peak_dbtp,
            plr_db: measures.plr_db,
            duration_s: measures.duration_s,
        })
    }
}

/// One reference as it is saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReferenceEntry {
    /// The file.
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
        }
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
        self.trim_db = if self.trim_db.is_finite() {
            self.trim_db.clamp(-MOST_TRIM_DB, MOST_TRIM_DB)
        } else {
            0.0
        };
        self.regions.retain(|region| {
            region.start_s.is_finite() && region.end_s.is_finite() && region.length_s() > 0.0
        });
        self.regions.truncate(MOST_REGIONS);
        self.region = self.region.filter(|region| *region < self.regions.len());
        if self.name.trim().is_empty() {
            self.name = display_name(&self.path);
        }
        self
    }

    /// The region that is played.
    pub fn active_region(&self) -> Option<Region> {
        self.region.and_then(|region| self.regions.get(region).copied())
    }
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
        assert_eq!(entry.region, None);
        assert_eq!(entry.name, "Signal Fires.flac");
    }
}
