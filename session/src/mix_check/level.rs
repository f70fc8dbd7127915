//! Room above the peaks, and level at all.

use super::finding::{Finding, Kind, Sureness};
use crate::measure::Measures;

/// Peaks from here on leave too little room, dBTP. The trim brings them to -6.
const LEAST_ROOM_DBTP: f64 = -3.0;
/// A mix whose peaks lie below this is quieter than it needs to be, dBTP.
const LOW_DBTP: f64 = -20.0;

pub(super) fn findings(measures: &Measures) -> Option<Finding> {
    let peak_dbtp = measures.true_peak_dbtp;
    if peak_dbtp > LEAST_ROOM_DBTP {
        Some(Finding::new(Kind::Headroom, Sureness::Certain, peak_dbtp, LEAST_ROOM_DBTP))
    } else if peak_dbtp.is_finite() && peak_dbtp < LOW_DBTP {
        Some(Finding::new(Kind::LowLevel, Sureness::Certain, peak_dbtp, LOW_DBTP))
    } else {
        None
    }
}
