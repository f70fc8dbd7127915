//! Dynamics and width: what is read side by side with the tonal balance.
//!
//! **Width** of a band is its side level less its mid level, dB: minus infinity
//! in mono, 0 for unrelated channels of equal level, above 0 where the sides
//! prevail. It follows exactly from the mono-sum loss `l` that the meters read,
//! `10 log10(M / (M + S))`: `10 log10(10^(-l / 10) - 1)`. A correlation of 0.95
//! and one of 0.98 look alike; the 4 dB between them do not.

use burnish_dsp::meters::{BandReading, MeterSnapshot};
use burnish_dsp::units::power_to_db;
use serde::{Serialize, Serializer};

use crate::measure::{BandMeasures, Measures};

/// What a band reads. `None` while it is silent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct BandDynamics {
    /// Crest factor: peak to mean power, dB.
    pub crest_db: Option<f64>,
    /// Side less mid, dB; negative infinity (`null` in JSON) in mono.
    #[serde(serialize_with = "finite")]
    pub width_db: Option<f64>,
}

// serde hands the field over by reference.
#[allow(clippy::ref_option, clippy::trivially_copy_pass_by_ref)]
fn finite<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    value.filter(|value| value.is_finite()).serialize(serializer)
}

impl BandDynamics {
    fn new(crest_db: f64, mono_loss_db: f64) -> Self {
        if !crest_db.is_finite() {
            return Self::default();
        }
        let side_to_mid = 10f64.powf(-0.1 * mono_loss_db) - 1.0;
        Self { crest_db: Some(crest_db), width_db: Some(power_to_db(side_to_mid)) }
    }
}

impl From<&BandReading> for BandDynamics {
    fn from(reading: &BandReading) -> Self {
        Self::new(reading.crest_db, reading.mono_loss_db)
    }
}

impl From<&BandMeasures> for BandDynamics {
    fn from(measures: &BandMeasures) -> Self {
        Self::new(measures.crest_db, measures.mono_loss_db)
    }
}

/// Dynamics and width of a song, `None` wherever there is no reading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Dynamics {
    /// Integrated loudness, LUFS.
    pub integrated_lufs: Option<f64>,
    /// Loudness range, LU.
    pub loudness_range_lu: Option<f64>,
    /// Highest true peak, dBTP.
    pub true_peak_dbtp: Option<f64>,
    /// Peak to loudness ratio, dB.
    pub plr_db: Option<f64>,
    /// The low (below 200 Hz), middle and high (above 2 kHz) band of the meters.
    pub bands: [BandDynamics; 3],
}

impl Dynamics {
    /// Of a measured file.
    pub fn of_file(measures: &Measures) -> Self {
        Self {
            bands: measures.bands.each_ref().map(BandDynamics::from),
            ..Self::of_whole(
                measures.integrated_lufs,
                measures.loudness_range_lu,
                measures.true_peak_dbtp,
            )
        }
    }

    /// Of what plays, since the last reset; bands since they are compared. Meters without bands
    /// leave these away.
    pub fn of_meter(snapshot: &MeterSnapshot) -> Self {
        let [left, right] = snapshot.max_true_peak_dbtp;
        let bands = snapshot.bands.unwrap_or_default().compared;
        Self {
            bands: bands.each_ref().map(BandDynamics::from),
            ..Self::of_whole(
                snapshot.loudness.integrated_lufs,
                snapshot.loudness.loudness_range_lu,
                left.max(right),
            )
        }
    }

    /// Without loudness there is no range and no ratio either.
    fn of_whole(integrated_lufs: f64, loudness_range_lu: f64, true_peak_dbtp: f64) -> Self {
        let integrated_lufs = reading(integrated_lufs);
        let true_peak_dbtp = reading(true_peak_dbtp);
        Self {
            integrated_lufs,
            loudness_range_lu: integrated_lufs.and(reading(loudness_range_lu)),
            true_peak_dbtp,
            plr_db: true_peak_dbtp.zip(integrated_lufs).map(|(peak, loudness)| peak - loudness),
            bands: [BandDynamics::default(); 3],
        }
    }

    /// The mean of each reading over the songs that have it.
    pub(super) fn mean(songs: &[Self]) -> Self {
        let band = |band: usize| BandDynamics {
            crest_db: mean(songs, |song| song.bands[band].crest_db),
            width_db: mean(songs, |song| song.bands[band].width_db),
        };
        Self {
            integrated_lufs: mean(songs, |song| song.integrated_lufs),
            loudness_range_lu: mean(songs, |song| song.loudness_range_lu),
            true_peak_dbtp: mean(songs, |song| song.true_peak_dbtp),
            plr_db: mean(songs, |song| song.plr_db),
            bands: [0, 1, 2].map(band),
        }
    }
}

fn reading(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

fn mean(songs: &[Dynamics], read: impl Fn(&Dynamics) -> Option<f64>) -> Option<f64> {
    let readings: Vec<f64> = songs.iter().filter_map(read).collect();
    (!readings.is_empty()).then(|| readings.iter().sum::<f64>() / readings.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::StereoAudio;
    use crate::measure::measure;

    /// Two tones in the middle band: one in both channels, one inverted in the right. At 600
    /// and 667 Hz, as far from either end, the band's filter does the same to both.
    fn tones(mid: f32, side: f32) -> StereoAudio {
        let tone = |step: f32, n: usize| (step * n as f32).sin();
        let sample =
            |n: usize, sign: f32| mid * tone(0.078_539_8, n) + sign * side * tone(0.087_266_5, n);
        StereoAudio {
            sample_rate_hz: 48_000,
            channels: 2,
            left: (0..96_000).map(|n| sample(n, 1.0)).collect(),
            right: (0..96_000).map(|n| sample(n, -1.0)).collect(),
        }
    }

    #[test]
    fn width_is_side_less_mid() {
        for (side, expected_db) in [(0.1, 0.0), (0.01, -20.0), (0.2, 6.02)] {
            let dynamics = Dynamics::of_file(&measure(&tones(0.1, side)));
            let width_db = dynamics.bands[1].width_db.unwrap();
            assert!((width_db - expected_db).abs() < 0.05, "{width_db}, not {expected_db}");
        }
        let mono = Dynamics::of_file(&measure(&tones(0.1, 0.0)));
        assert!(mono.bands[1].width_db.unwrap() < -90.0, "{mono:?}");
        let plr_db = mono.plr_db.unwrap();
        assert!(
            (plr_db - (mono.true_peak_dbtp.unwrap() - mono.integrated_lufs.unwrap())).abs() < 1e-12
        );
    }

    #[test]
    fn a_meter_before_its_first_reading_says_nothing() {
        assert_eq!(Dynamics::of_meter(&MeterSnapshot::default()), Dynamics::default());
        let silence =
            StereoAudio { left: vec![0.0; 9600], right: vec![0.0; 9600], ..tones(0.0, 0.0) };
        assert_eq!(Dynamics::of_file(&measure(&silence)), Dynamics::default());
    }

    #[test]
    fn the_mean_is_of_those_that_read_something() {
        let songs = [
            Dynamics { integrated_lufs: Some(-9.0), plr_db: Some(8.0), ..Dynamics::default() },
            Dynamics { integrated_lufs: Some(-11.0), ..Dynamics::default() },
        ];
        let mean = Dynamics::mean(&songs);
        assert_eq!((mean.integrated_lufs, mean.plr_db), (Some(-10.0), Some(8.0)));
        assert_eq!(mean.loudness_range_lu, None);
    }
}
