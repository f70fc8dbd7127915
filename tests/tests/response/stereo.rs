//! Bands of the stereo stage.

use super::*;

#[test]
fn three_bands_of_equal_width_sum_flat() {
    let settings = StereoSettings {
        low_width_percent: 150.0,
        mid_width_percent: 150.0,
        high_width_percent: 150.0,
        ..StereoSettings::default()
    };
    let widened = 20.0 * 1.5f64.log10();
    for rate_hz in [44_100.0, 96_000.0] {
        // A side-only signal rises by exactly the width, at every frequency.
        let side = response_db::<Stereo>(&settings, rate_hz, &FREQUENCIES_HZ, [0.5, -0.5]);
        let mid = response_db::<Stereo>(&settings, rate_hz, &FREQUENCIES_HZ, [0.5, 0.5]);
        for (side_db, mid_db) in side.iter().zip(mid) {
            assert!((side_db - widened).abs() < 0.05, "{side:?}");
            assert!(mid_db.abs() < 0.05);
        }
    }
}

#[test]
fn mid_and_side_have_levels_of_their_own_and_bass_can_be_mono() {
    let at = |settings: &StereoSettings, impulse| {
        response_db::<Stereo>(settings, 48_000.0, &FREQUENCIES_HZ, impulse)
    };
    let (mid, side) = ([0.5, 0.5], [0.5, -0.5]);
    let settings =
        StereoSettings { mid_gain_db: -2.0, side_gain_db: 3.0, ..StereoSettings::default() };
    for (of_mid, of_side) in at(&settings, mid).iter().zip(at(&settings, side)) {
        assert!((of_mid + 2.0).abs() < 0.01 && (of_side - 3.0).abs() < 0.05);
    }
    let settings =
        StereoSettings { is_bass_mono: true, mono_below_hz: 150.0, ..StereoSettings::default() };
    // 20, 60, 150 Hz and up: the side is gone in the bass, half the power at
    // the border or less, and whole above.
    let of_side = at(&settings, side);
    assert!(of_side[0] < -30.0 && of_side[1] < -12.0, "{of_side:?}");
    assert!((-6.5..=-2.5).contains(&of_side[2]), "{of_side:?}");
    assert!(of_side[4..].iter().all(|db| db.abs() < 0.1), "{of_side:?}");
    assert!(at(&settings, mid).iter().all(|db| db.abs() < 0.05));
}
