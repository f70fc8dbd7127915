//! Levels in third octaves (IEC 61260-1, base ten) from the powers of bins.
//!
//! Each bin stands for the band of one bin's width around it, evenly filled, and
//! gives a third octave the share that lies inside. So a third octave narrower
//! than a bin (those below 25 Hz) reads the density there, not what happens to
//! have its centre inside, and the sum over all bands is the sum over all bins.

use burnish_dsp::units::power_to_db;

/// Third octaves from 20 Hz to 20 kHz.
pub const BANDS: usize = 31;
/// A value for each third octave, where there is one.
pub type Curve = [Option<f64>; BANDS];

/// The centres as they are called, Hz.
pub const NOMINAL_HZ: [f64; BANDS] = [
    20.0, 25.0, 31.5, 40.0, 50.0, 63.0, 80.0, 100.0, 125.0, 160.0, 200.0, 250.0, 315.0, 400.0,
    500.0, 630.0, 800.0, 1000.0, 1250.0, 1600.0, 2000.0, 2500.0, 3150.0, 4000.0, 5000.0, 6300.0,
    8000.0, 10_000.0, 12_500.0, 16_000.0, 20_000.0,
];
/// The band of 1 kHz.
const REFERENCE_BAND: f64 = 17.0;
/// Below this a band may be nothing but the noise of 16 bits, dBFS: dithered,
/// it reads about -101 dBFS in the third octave around 16 kHz.
const NOISE_DBFS: f64 = -96.0;
/// A band so far below the strongest was taken away by a filter, not by the music, dB.
const DEEPEST_DB: f64 = 80.0;
/// Power of full-scale noise in the bins of a Hann window, in units of the peak
/// bin of a sine: its noise bandwidth, bins.
const HANN_NOISE_BINS: f64 = 1.5;

/// The exact centre of a band, Hz: `1000 * 10^(n / 10)`.
pub fn centre_hz(band: usize) -> f64 {
    1000.0 * 10f64.powf(0.1 * (band as f64 - REFERENCE_BAND))
}

/// Where a band begins and ends, Hz: `10^(1 / 20)` below and above its centre.
pub fn edges_hz(band: usize) -> [f64; 2] {
    let half = 10f64.powf(0.05);
    [centre_hz(band) / half, centre_hz(band) * half]
}

/// Level of each band from the mean powers of the bins from 0 Hz to Nyquist,
/// dBFS: a sine of full scale reads 0. `None` where the band reaches beyond
/// Nyquist or holds nothing that could be told from noise.
pub fn levels_db(powers: &[f32], sample_rate_hz: f64) -> Curve {
    if powers.len() < 2 || sample_rate_hz <= 0.0 {
        return [None; BANDS];
    }
    let bin_hz = 0.5 * sample_rate_hz / (powers.len() - 1) as f64;
    let levels_db: [f64; BANDS] = std::array::from_fn(|band| {
        let [low, high] = edges_hz(band).map(|hz| hz / bin_hz);
        if high > (powers.len() - 1) as f64 {
            return f64::NEG_INFINITY;
        }
        power_to_db(power_between(powers, low, high) / HANN_NOISE_BINS)
    });
    let strongest_db = levels_db.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let floor_db = NOISE_DBFS.max(strongest_db - DEEPEST_DB);
    levels_db.map(|db| (db.is_finite() && db > floor_db).then_some(db))
}

/// Power between two places, in bins; each bin reaches half a bin either way.
fn power_between(powers: &[f32], low: f64, high: f64) -> f64 {
    let first = (low + 0.5).floor() as usize;
    let last = ((high + 0.5).floor() as usize).min(powers.len() - 1);
    (first..=last)
        .map(|bin| {
            let share = (bin as f64 + 0.5).min(high) - (bin as f64 - 0.5).max(low);
            f64::from(powers[bin]) * share.max(0.0)
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_centres_are_those_of_the_standard() {
        for (band, nominal_hz) in NOMINAL_HZ.into_iter().enumerate() {
            assert!((centre_hz(band) / nominal_hz - 1.0).abs() < 0.02, "{nominal_hz}");
            if band > 0 {
                assert!((edges_hz(band)[0] / edges_hz(band - 1)[1] - 1.0).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn white_noise_rises_by_one_decibel_a_band_at_every_rate() {
        for rate_hz in [44_100.0, 48_000.0, 96_000.0, 192_000.0] {
            let bins = (8192.0 * rate_hz / 48_000.0) as usize / 2 + 1;
            let levels = levels_db(&vec![1e-6; bins], rate_hz);
            let present: Vec<f64> = levels.iter().flatten().copied().collect();
            let expected = if rate_hz < 48_000.0 { BANDS - 1 } else { BANDS };
            assert_eq!(present.len(), expected, "{rate_hz}");
            for pair in present.windows(2) {
                assert!((pair[1] - pair[0] - 1.0).abs() < 1e-6, "{pair:?} at {rate_hz}");
            }
        }
    }

    #[test]
    fn a_sine_reads_its_level_in_its_band() {
        let audio = crate::audio::StereoAudio {
            sample_rate_hz: 48_000,
            channels: 2,
            left: (0..96_000).map(|n| 0.1 * (0.130_899_7 * n as f32).sin()).collect(),
            right: (0..96_000).map(|n| 0.1 * (0.130_899_7 * n as f32).sin()).collect(),
        };
        let spectrum = crate::song_spectrum::song_spectrum(&audio);
        let levels = levels_db(&spectrum.average, 48_000.0);
        assert!((levels[17].unwrap() + 20.0).abs() < 0.1, "{levels:?}");
    }

    #[test]
    fn what_is_only_noise_or_was_cut_off_is_not_there() {
        assert_eq!(levels_db(&vec![0.0; 4097], 48_000.0), [None; BANDS]);
        assert_eq!(levels_db(&vec![1e-14; 4097], 48_000.0), [None; BANDS]);
        assert_eq!(levels_db(&[], 48_000.0), [None; BANDS]);
        // Nothing above 10 kHz, as after a codec.
        let mut powers = vec![1e-4; 4097];
        powers[1707..].fill(1e-13);
        let levels = levels_db(&powers, 48_000.0);
        assert!(levels[26].is_some());
        assert_eq!(levels[28..], [None; 3]);
    }
}
