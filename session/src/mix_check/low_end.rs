//! What lies below the music: an offset, and rumble.

use super::finding::{Finding, Kind, Sureness};
use super::windows::Window;
use crate::measure::Measures;

/// An offset from which on it is one, dBFS.
const OFFSET_DBFS: f64 = -50.0;
/// Rumble is the power from here, Hz,
const RUMBLE_HZ: [f64; 2] = [5.0, 25.0];
/// that is there nearly all the time this far below all that is heard, dB.
const RUMBLE_DB: f64 = -35.0;
/// The share of windows that may be without it.
const QUIETEST: f64 = 0.1;

/// Looks at the low end.
#[derive(Debug, Default)]
pub(super) struct LowEnd {
    /// The power of the band of rumble in every window.
    rumble: Vec<f32>,
}

impl LowEnd {
    pub(super) fn take(&mut self, window: &Window<'_>) {
        let [from, to] = RUMBLE_HZ.map(|hz| (hz / window.bin_hz).round() as usize);
        self.rumble.push((from..to).map(|bin| window.power(bin)).sum());
    }

    /// The power that is there in nearly every window, dB.
    fn rumble_db(&self) -> Option<f64> {
        let mut powers = self.rumble.clone();
        powers.sort_by(f32::total_cmp);
        let place = (QUIETEST * powers.len() as f64) as usize;
        powers.get(place).map(|power| 10.0 * f64::from(power.max(1e-20)).log10())
    }

    /// What there is to be seen.
    pub(super) fn evidence(&self, heard_db: f64) -> String {
        format!("rumble {:.1?}", self.rumble_db().map(|db| db - heard_db))
    }

    /// `heard_db` is the mean square of all that is heard, dBFS.
    pub(super) fn findings(&self, heard_db: f64, measures: &Measures) -> Vec<Finding> {
        let mut findings = Vec::new();
        let offset_dbfs = measures.dc_offset_dbfs[0].max(measures.dc_offset_dbfs[1]);
        if offset_dbfs > OFFSET_DBFS {
            findings.push(Finding::new(
                Kind::DcOffset,
                Sureness::Certain,
                offset_dbfs,
                OFFSET_DBFS,
            ));
        }
        if let Some(rumble_db) = self.rumble_db()
            && rumble_db - heard_db > RUMBLE_DB
        {
            let finding =
                Finding::new(Kind::Rumble, Sureness::Likely, rumble_db - heard_db, RUMBLE_DB);
            findings.push(finding.within(RUMBLE_HZ));
        }
        findings
    }
}
