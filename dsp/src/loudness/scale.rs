//! LUFS, and the gates of BS.1770 and Tech 3342.

use crate::units::{SILENCE_DB, power_to_db};

/// What makes a 0 dBFS sine of 997 Hz in one channel read -3.01 LUFS.
pub(super) const OFFSET_DB: f64 = -0.691;
/// Blocks at or below this do not count.
pub(crate) const ABSOLUTE_GATE_LUFS: f64 = -70.0;
/// How far below the mean of all blocks the second gate of integrated loudness lies.
pub(super) const INTEGRATED_GATE_LU: f64 = 10.0;
/// The same for the loudness range.
pub(super) const RANGE_GATE_LU: f64 = 20.0;
/// Percentiles between which the loudness range lies.
pub(super) const RANGE_PERCENTILES: [f64; 2] = [10.0, 95.0];

/// A K-weighted mean square as loudness; silence gives negative infinity.
pub(super) fn lufs(power: f64) -> f64 {
    let level = OFFSET_DB + power_to_db(power);
    if level < SILENCE_DB { f64::NEG_INFINITY } else { level }
}

/// The K-weighted mean square that has a loudness.
pub(super) fn power_of(lufs: f64) -> f64 {
    10f64.powf(0.1 * (lufs - OFFSET_DB))
}
