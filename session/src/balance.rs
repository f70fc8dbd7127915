//! Tonal balance, dynamics and width of mix, master and reference side by side.
//!
//! **Level matching.** Every curve is shown less its own mean over the bands of
//! [`MATCHED_HZ`], and a difference less its mean over the bands of that range
//! that both sides have. So loudness has no part in it: what remains is tone.
//!
//! **Distance** is the root of the mean square of the level-matched difference
//! over the same bands, dB: 22 bands, 80 Hz to 10 kHz.
//!
//! **Tolerance.** Several references say themselves how far apart finished songs
//! are: the tolerance is the standard deviation of their level-matched curves in
//! each band, and the reference is their mean. One reference says nothing about
//! it; then the tolerance is a rule of thumb, not a measurement: 3 dB from 100 Hz
//! to 5 kHz, and 1 dB more for each octave beyond, where arrangements differ most.

mod dynamics;
mod third_octave;

use serde::Serialize;

use burnish_dsp::meters::MeterSnapshot;
use burnish_dsp::spectrum::SongSpectrum;

pub use self::dynamics::{BandDynamics, Dynamics};
pub use self::third_octave::{
    BANDS, Curve, NOMINAL_HZ, centre_hz, edges_hz, levels_db as third_octave_levels_db,
};

use crate::measure::Measures;

/// Centres of the first and last band that levels are matched over and that a
/// distance is of: those from 80 Hz to 12 kHz.
pub const MATCHED_HZ: [f64; 2] = [80.0, 12_000.0];
/// Several references are never more alike than this, dB.
const LEAST_TOLERANCE_DB: f64 = 1.0;
/// The tolerance of a single reference in the middle of the range, dB.
const FIXED_TOLERANCE_DB: f64 = 3.0;
/// Where that middle ends.
const FIXED_MIDDLE_HZ: [f64; 2] = [100.0, 5000.0];

/// Whether a band is one of those that levels are matched over.
pub fn is_matched(band: usize) -> bool {
    (MATCHED_HZ[0]..=MATCHED_HZ[1]).contains(&NOMINAL_HZ[band])
}

/// Mix, master or reference: its levels in third octaves, its dynamics and width.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Side {
    /// Level in each third octave, dB, their mean over [`MATCHED_HZ`] being 0;
    /// `None` where there is nothing to be trusted.
    pub curve_db: Curve,
    /// Dynamics and width.
    pub dynamics: Dynamics,
}

impl Side {
    /// From the average spectrum of a song and its dynamics; `None` before
    /// there is a spectrum, and of silence.
    pub fn new(spectrum: &SongSpectrum, dynamics: Dynamics) -> Option<Self> {
        if spectrum.windows == 0 {
            return None;
        }
        let levels_db = third_octave::levels_db(&spectrum.average, spectrum.sample_rate_hz);
        Some(Self { curve_db: level_matched(&levels_db)?, dynamics })
    }

    /// Of a measured file.
    pub fn of_file(spectrum: &SongSpectrum, measures: &Measures) -> Option<Self> {
        Self::new(spectrum, Dynamics::of_file(measures))
    }

    /// Of what plays.
    pub fn of_meter(spectrum: &SongSpectrum, snapshot: &MeterSnapshot) -> Option<Self> {
        Self::new(spectrum, Dynamics::of_meter(snapshot))
    }
}

/// What was compared.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Balance {
    /// Before the chain.
    pub mix: Option<Side>,
    /// After it.
    pub master: Option<Side>,
    /// The reference, or the mean of several.
    pub reference: Option<Side>,
    /// How many references that is.
    pub references: usize,
    /// How far a master may lie from the reference in each band, dB, either way.
    pub tolerance_db: [f64; BANDS],
    /// Whether the tolerance is the references' own spread, not a rule of thumb.
    pub is_tolerance_measured: bool,
    /// Reference less master, level-matched, dB: above 0 the master has too little.
    pub difference_db: Option<Curve>,
}

impl Balance {
    /// Compares. Costs some microseconds for each reference.
    pub fn new(mix: Option<Side>, master: Option<Side>, references: &[Side]) -> Self {
        let reference = mean_side(references);
        let difference_db = match (&reference, &master) {
            (Some(reference), Some(master)) => difference(&reference.curve_db, &master.curve_db),
            _ => None,
        };
        Self {
            mix,
            master,
            reference,
            references: references.len(),
            tolerance_db: std::array::from_fn(|band| tolerance(references, band)),
            is_tolerance_measured: references.len() > 1,
            difference_db,
        }
    }

    /// How far the master is from the reference, dB.
    pub fn distance_db(&self) -> Option<f64> {
        distance(self.difference_db.as_ref()?)
    }

    /// How far the mix is from the reference, dB.
    pub fn mix_distance_db(&self) -> Option<f64> {
        distance(&difference(&self.reference?.curve_db, &self.mix?.curve_db)?)
    }

    /// By how much the master leaves the tolerance in a band: above 0 it has
    /// too little there, below 0 too much, 0 inside.
    pub fn excess_db(&self, band: usize) -> f64 {
        let difference = self.difference_db.and_then(|curve| curve[band]).unwrap_or(0.0);
        let tolerance = self.tolerance_db[band];
        difference - difference.max(-tolerance).min(tolerance)
    }
}

/// Level-matched `from` less `of`; `None` where too few bands are in both.
pub fn difference(from: &Curve, of: &Curve) -> Option<Curve> {
    level_matched(&std::array::from_fn(|band| Some(from[band]? - of[band]?)))
}

/// Root of the mean square over [`MATCHED_HZ`], the mean being taken out first.
pub fn distance(difference_db: &Curve) -> Option<f64> {
    let matched = level_matched(difference_db)?;
    let (sum, count) =
        matched_bands(&matched).fold((0.0, 0), |(sum, count), db| (sum + db * db, count + 1));
    Some((sum / f64::from(count)).sqrt())
}

/// The curve less its mean over [`MATCHED_HZ`]; `None` without a band there.
fn level_matched(curve_db: &Curve) -> Option<Curve> {
    let (sum, count) =
        matched_bands(curve_db).fold((0.0, 0), |(sum, count), db| (sum + db, count + 1));
    let mean = sum / f64::from(count);
    (count > 0).then(|| curve_db.map(|db| Some(db? - mean)))
}

fn matched_bands(curve_db: &Curve) -> impl Iterator<Item = f64> {
    curve_db.iter().enumerate().filter(|(band, _)| is_matched(*band)).filter_map(|(_, db)| *db)
}

/// The mean of what several songs read, where all of them read something.
fn mean_side(sides: &[Side]) -> Option<Side> {
    if sides.is_empty() {
        return None;
    }
    let curve_db = std::array::from_fn(|band| {
        let sum = sides.iter().try_fold(0.0, |sum, side| Some(sum + side.curve_db[band]?))?;
        Some(sum / sides.len() as f64)
    });
    let dynamics: Vec<Dynamics> = sides.iter().map(|side| side.dynamics).collect();
    Some(Side { curve_db: level_matched(&curve_db)?, dynamics: Dynamics::mean(&dynamics) })
}

/// How far a master may lie from the reference in a band.
fn tolerance(references: &[Side], band: usize) -> f64 {
    let levels: Vec<f64> = references.iter().filter_map(|side| side.curve_db[band]).collect();
    if references.len() < 2 || levels.len() < 2 {
        return fixed_tolerance(NOMINAL_HZ[band]);
    }
    let count = levels.len() as f64;
    let mean = levels.iter().sum::<f64>() / count;
    let square = levels.iter().map(|db| (db - mean).powi(2)).sum::<f64>() / (count - 1.0);
    square.sqrt().max(LEAST_TOLERANCE_DB)
}

fn fixed_tolerance(frequency_hz: f64) -> f64 {
    let [low_hz, high_hz] = FIXED_MIDDLE_HZ;
    let beyond = (low_hz / frequency_hz).log2().max((frequency_hz / high_hz).log2());
    FIXED_TOLERANCE_DB + beyond.max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A side whose curve is what a function says of each band's frequency.
    fn side(level_db: impl Fn(f64) -> f64) -> Side {
        let curve = NOMINAL_HZ.map(|hz| Some(level_db(hz)));
        Side { curve_db: level_matched(&curve).unwrap(), dynamics: Dynamics::default() }
    }

    #[test]
    fn loudness_has_no_part_in_the_distance() {
        let quiet = side(|hz| -3.0 * (hz / 1000.0).log2());
        let loud = side(|hz| 14.0 - 3.0 * (hz / 1000.0).log2());
        let balance = Balance::new(Some(loud), Some(quiet), &[loud]);
        assert!(balance.distance_db().unwrap() < 1e-9);
        assert!(balance.mix_distance_db().unwrap() < 1e-9);
        assert!((0..BANDS).all(|band| balance.excess_db(band) == 0.0));
    }

    #[test]
    fn the_distance_is_of_the_bands_from_80_hz_to_12_khz() {
        let matched: Vec<f64> =
            (0..BANDS).filter(|band| is_matched(*band)).map(|band| NOMINAL_HZ[band]).collect();
        assert_eq!((matched.len(), matched[0], matched[21]), (22, 80.0, 10_000.0));
        let flat = side(|_| 0.0);
        let outside = side(|hz| if (80.0..12_000.0).contains(&hz) { 0.0 } else { 30.0 });
        assert!(Balance::new(None, Some(flat), &[outside]).distance_db().unwrap() < 1e-9);
        // Half the bands 2 dB up, half 2 dB down.
        let steps = side(|hz| if hz < 900.0 { 2.0 } else { -2.0 });
        let distance = Balance::new(None, Some(flat), &[steps]).distance_db().unwrap();
        assert!((distance - 2.0).abs() < 1e-9, "{distance}");
    }

    #[test]
    fn the_difference_is_reference_less_master_and_only_its_excess_is_marked() {
        let master = side(|_| 0.0);
        let reference = side(|hz| if hz == 1000.0 { 5.0 } else { 0.0 });
        let balance = Balance::new(None, Some(master), &[reference]);
        let band = NOMINAL_HZ.iter().position(|hz| *hz == 1000.0).unwrap();
        let shown = balance.difference_db.unwrap()[band].unwrap();
        assert!(shown > 4.7 && shown < 5.0, "{shown}");
        assert!(!balance.is_tolerance_measured);
        assert_eq!(balance.tolerance_db[band], 3.0);
        assert!((balance.excess_db(band) - (shown - 3.0)).abs() < 1e-9);
        assert!(balance.tolerance_db[0] > 5.0 && balance.tolerance_db[BANDS - 1] == 5.0);
    }

    #[test]
    fn several_references_are_averaged_and_their_spread_is_the_tolerance() {
        let references = [-6.0, 0.0, 6.0].map(|db| side(|hz| if hz == 8000.0 { db } else { 0.0 }));
        let balance = Balance::new(None, Some(side(|_| 0.0)), &references);
        let band = NOMINAL_HZ.iter().position(|hz| *hz == 8000.0).unwrap();
        assert!(balance.is_tolerance_measured && balance.references == 3);
        assert!(balance.distance_db().unwrap() < 1e-9);
        // 6 dB less what each curve's own mean takes with it: a 22nd.
        assert!((balance.tolerance_db[band] - 6.0 * 21.0 / 22.0).abs() < 1e-9);
        assert_eq!(balance.tolerance_db[band - 3], LEAST_TOLERANCE_DB);
    }

    #[test]
    fn what_is_missing_is_missing_and_nothing_else() {
        let balance = Balance::new(None, None, &[]);
        assert_eq!((balance.distance_db(), balance.mix_distance_db()), (None, None));
        let mut short = side(|_| 0.0);
        short.curve_db[20] = None;
        let balance = Balance::new(None, Some(short), &[side(|_| 0.0)]);
        assert_eq!(balance.difference_db.unwrap()[20], None);
        assert_eq!(balance.excess_db(20), 0.0);
        assert!(balance.distance_db().is_some());
        assert_eq!(Side::new(&SongSpectrum::default(), Dynamics::default()), None);
    }
}
