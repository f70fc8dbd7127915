//! The static curve: how much a level is turned down.

use super::settings::CompressorSettings;

/// By how much a level `over_db` above the threshold counts as over, with a
/// quadratic knee (Giannoulis et al., eq. 4, for an infinite ratio).
pub(crate) fn soft_knee_excess_db(over_db: f64, knee_db: f64) -> f64 {
    if 2.0 * over_db <= -knee_db {
        0.0
    } else if 2.0 * over_db < knee_db {
        (over_db + 0.5 * knee_db).powi(2) / (2.0 * knee_db)
    } else {
        over_db
    }
}

/// Gain reduction in dB, zero or positive, for a steady level in dB.
pub fn static_reduction_db(settings: &CompressorSettings, level_db: f64) -> f64 {
    let slope = 1.0 - 1.0 / settings.ratio.value();
    slope * soft_knee_excess_db(level_db - settings.threshold_db, settings.knee_db)
}

#[cfg(test)]
mod tests {
    use super::super::settings::Ratio;
    use super::*;

    #[test]
    fn the_curve_has_the_published_points() {
        let settings = CompressorSettings {
            threshold_db: -20.0,
            ratio: Ratio::R4,
            knee_db: 6.0,
            ..CompressorSettings::default()
        };
        for (input_db, output_db) in
            [(-23.0, -23.0), (-20.0, -20.5625), (-17.0, -19.25), (-8.0, -17.0)]
        {
            let reduction_db = static_reduction_db(&settings, input_db);
            assert!((input_db - reduction_db - output_db).abs() < 1e-12);
        }
        assert_eq!(static_reduction_db(&settings, f64::NEG_INFINITY), 0.0);
    }
}
