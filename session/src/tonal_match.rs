//! EQ moves that bring a master nearer to a reference.
//!
//! The difference of their third octaves (see [`crate::balance`]) is smoothed
//! over neighbouring bands (weights 1, 6, 1), scaled by the amount, and followed
//! with bells and shelves on the bands of the equaliser that are free: those a
//! person uses stay as they are, and what they do is in the measured master
//! already. There is no hidden filter: what is proposed is eight bands of
//! settings.
//!
//! What is proposed keeps to rules, whatever the spectra are:
//!
//! - **The most is the most of all moves together**, at every frequency, in
//!   minimum and in linear phase. Moves that only shared a limit each would stack.
//! - **No two moves within a sixth of an octave**, at most one low shelf and one
//!   high shelf, and the low one two octaves below the high one: shelves neither
//!   stack nor oppose.
//! - **A move gains more than it costs**: without it the distance is larger by
//!   [`CUT_COST_DB`] or [`BOOST_COST_DB`], or the others leave the limit.
//! - **Cuts first.** Loudness is free, because everything is compared
//!   level-matched, so the fit may cut all around a hole instead of filling it.
//!   There are boosts only where they bring the master nearer by
//!   [`BOOSTS_SHARE`] of the distance than cuts alone (see `fit`).
//!
//! Followed is what can be trusted and is worth following: third octaves from
//! 40 Hz to 16 kHz in which both sides are above their noise floor. Below lies
//! rumble, above the air that codecs take away.
//!
//! The prediction is made from the coefficients that the audio will pass
//! through. What comes after the equaliser, a limiter for one, is not predicted.

mod filter;
mod fit;
mod keeper;
mod making;
mod problem;
mod refine;

use std::fmt;

use burnish_dsp::equalizer::{BAND_COUNT, BandSettings, BandShape, EqualizerSettings};
use burnish_dsp::parameter::Kind;
use serde::Serialize;

pub use self::keeper::{Asked, BETTER_DB, CHANGED_DB, ProposalKeeper, SAME_DB};

use self::filter::Limits;
use self::making::Making;
use self::problem::{Followed, POINTS, Problem};
use crate::balance::{BANDS, Balance, Curve, NOMINAL_HZ, distance, edges_hz, is_matched};

/// The most that the moves together may do unless a person asks for more, dB.
pub const MOST_DB: f64 = 3.0;
/// A cut that lowers the distance by less than this is not proposed, dB.
pub const CUT_COST_DB: f64 = 0.02;
/// Nor a boost that lowers it by less than this, dB.
pub const BOOST_COST_DB: f64 = 0.04;
/// Cuts come first: there are boosts only where cuts alone would leave the master
/// farther from the reference by this share of the distance.
pub const BOOSTS_SHARE: f64 = 0.1;
/// No two moves lie closer, octaves.
pub const LEAST_APART_OCTAVES: f64 = 1.0 / 6.0;
/// The low shelf lies below the high one by this at least, octaves.
pub const SHELVES_APART_OCTAVES: f64 = 2.0;
/// Lowest and highest frequency of a move, Hz.
const FREQUENCIES_HZ: [f64; 2] = [30.0, 16_000.0];
/// Centres of the lowest and highest third octave that are followed.
const FOLLOWED_HZ: [f64; 2] = [40.0, 16_000.0];
/// How much a band counts that is followed but not part of the distance.
const OUTER_WEIGHT: f64 = 0.1;
/// What a band weighs against each of its neighbours when the difference is smoothed.
const MIDDLE: f64 = 6.0;
/// What is beyond the limit weighs so much in the fit, at each point.
const EXCESS_WEIGHT: f64 = 10.0;
/// Nearer to the limit than this the moves are said to be held by it, dB.
const HELD_DB: f64 = 0.05;

/// One move of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Move {
    /// The band of the equaliser, from 0.
    pub band: usize,
    /// Bell, low shelf or high shelf.
    #[serde(serialize_with = "shape_name")]
    pub shape: BandShape,
    /// Centre or corner, Hz.
    pub frequency_hz: f64,
    /// Cut or boost, dB.
    pub gain_db: f64,
    /// Width.
    pub q: f64,
}

// serde hands the field over by reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn shape_name<S: serde::Serializer>(shape: &BandShape, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(BandShape::NAMES[shape.index() as usize])
}

/// "Band 3: bell 240 Hz, -2.1 dB, Q 1.0".
impl fmt::Display for Move {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shape = BandShape::NAMES[self.shape.index() as usize].to_lowercase();
        let frequency = if self.frequency_hz < 1000.0 {
            format!("{:.0} Hz", self.frequency_hz)
        } else {
            format!("{:.2} kHz", self.frequency_hz / 1000.0)
        };
        let (band, gain_db, q) = (self.band + 1, self.gain_db, self.q);
        write!(formatter, "Band {band}: {shape} {frequency}, {gain_db:+.1} dB, Q {q:.1}")
    }
}

/// What kept a proposal from doing more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// Every band of the equaliser is in use.
    NoFreeBand,
    /// Only so many bands are free, and all of them were needed.
    FewBands(usize),
    /// The moves together would go beyond so many dB.
    Most(f64),
    /// The stage is switched off with bands set: switching it on would bring these in.
    EqualizerOff,
}

impl fmt::Display for Limit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFreeBand => write!(
                formatter,
                "all {BAND_COUNT} bands of the EQ are in use: switch one off to make room"
            ),
            Self::FewBands(1) => write!(formatter, "only 1 band of the EQ is free"),
            Self::FewBands(bands) => write!(formatter, "only {bands} bands of the EQ are free"),
            Self::Most(most_db) => {
                write!(formatter, "the moves together are held at {most_db} dB")
            }
            Self::EqualizerOff => {
                write!(formatter, "the EQ is off with bands set: switch it on, or clear them")
            }
        }
    }
}

impl Serialize for Limit {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A proposal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proposal {
    /// The whole equaliser with the moves made.
    pub equalizer: EqualizerSettings,
    /// The moves, low to high; empty when there is nothing to do or no room.
    pub moves: Vec<Move>,
    /// What the moves aim at in each third octave: the smoothed difference times
    /// the amount, level-matched, dB.
    pub target_db: Curve,
    /// What they are predicted to do, level-matched in the same way, dB.
    pub predicted_db: [f64; BANDS],
    /// Distance to the reference now, dB.
    pub distance_before_db: f64,
    /// Distance predicted with the moves made, dB.
    pub distance_predicted_db: f64,
    /// What kept it from doing more.
    pub limits: Vec<Limit>,
}

/// Proposes moves on top of the present equaliser. `amount` (0 to 1) is how
/// much of the difference is taken, `most_db` the most that the moves together
/// may do at any frequency. `None` without a measured master and a reference.
/// Takes some ten milliseconds.
pub fn propose(
    settings: &EqualizerSettings,
    sample_rate_hz: f64,
    balance: &Balance,
    amount: f64,
    most_db: f64,
) -> Option<Proposal> {
    let difference_db = balance.difference_db?;
    let distance_before_db = distance(&difference_db)?;
    let target_db = target(&difference_db, amount);
    let mut proposal = Proposal {
        equalizer: *settings,
        target_db,
        distance_before_db,
        distance_predicted_db: distance_before_db,
        ..Proposal::default()
    };
    let free = free_bands(settings);
    if free.is_empty() {
        proposal.limits.push(Limit::NoFreeBand);
        return Some(proposal);
    }
    if !settings.is_on && free.len() < BAND_COUNT {
        proposal.limits.push(Limit::EqualizerOff);
        return Some(proposal);
    }
    let highest_db = kind("gain").bounds().1;
    let most_db = if most_db.is_finite() { most_db.clamp(0.0, highest_db) } else { MOST_DB };
    let making = Making { settings, free: &free, sample_rate_hz, difference_db, most_db };
    let problem = problem(&target_db, &difference_db, most_db);
    let made = making.worth_it(&problem, fit::fit(&problem, free.len()));
    if !made.moves.is_empty() {
        proposal.equalizer = made.equalizer;
        proposal.predicted_db = made.predicted_db;
        proposal.distance_predicted_db = made.distance_db;
        if made.moves.len() == free.len() && free.len() < BAND_COUNT {
            proposal.limits.push(Limit::FewBands(free.len()));
        }
        if made.peak_db > most_db - HELD_DB {
            proposal.limits.push(Limit::Most(most_db));
        }
        proposal.moves = made.moves;
    }
    Some(proposal)
}

/// The bands that nobody uses, those first that hold nothing a person may come back to.
fn free_bands(settings: &EqualizerSettings) -> Vec<usize> {
    let mut free: Vec<usize> =
        (0..BAND_COUNT).filter(|band| settings.bands[*band].is_neutral()).collect();
    free.sort_by_key(|band| {
        let band = &settings.bands[*band];
        band.gain_db != 0.0 || band.range_db != 0.0
    });
    free
}

/// What is aimed at: the smoothed difference times the amount.
fn target(difference_db: &Curve, amount: f64) -> Curve {
    let amount = if amount.is_finite() { amount.clamp(0.0, 1.0) } else { 0.0 };
    smoothed(difference_db).map(|db| Some(amount * db?))
}

/// Each band with its neighbours, 1 : 6 : 1.
fn smoothed(curve_db: &Curve) -> Curve {
    std::array::from_fn(|band| {
        let middle = curve_db[band]?;
        let neighbours = [band.checked_sub(1), Some(band + 1)].into_iter().flatten();
        let neighbours = neighbours.filter_map(|band| curve_db.get(band).copied().flatten());
        let (sum, weight) = neighbours
            .fold((MIDDLE * middle, MIDDLE), |(sum, weight), neighbour| {
                (sum + neighbour, weight + 1.0)
            });
        Some(sum / weight)
    })
}

fn problem(target_db: &Curve, difference_db: &Curve, most_db: f64) -> Problem {
    let [low_hz, high_hz] = FOLLOWED_HZ;
    let followed: Vec<Followed> = (0..BANDS)
        .filter(|band| (low_hz..=high_hz).contains(&NOMINAL_HZ[*band]))
        .filter_map(|band| {
            let is_matched = is_matched(band);
            Some(Followed {
                band,
                target_db: target_db[band]?,
                weight: if is_matched { 1.0 } else { OUTER_WEIGHT },
                difference_db: difference_db[band].filter(|_| is_matched),
            })
        })
        .collect();
    // Not where nothing is followed: a filter there would work by its flank only.
    let [mut lowest_hz, mut highest_hz] = FREQUENCIES_HZ;
    if let (Some(first), Some(last)) = (followed.first(), followed.last()) {
        lowest_hz = lowest_hz.max(edges_hz(first.band)[0] / 2f64.powf(0.25));
        highest_hz = highest_hz.min(edges_hz(last.band)[1]);
    }
    let limits = Limits {
        log_hz: [lowest_hz.log2(), highest_hz.log2()],
        gain_db: [-most_db, most_db],
        // A little more: frequencies are rounded to what can be typed.
        apart: 1.05 * LEAST_APART_OCTAVES,
        shelves_apart: 1.01 * SHELVES_APART_OCTAVES,
    };
    Problem {
        points_hz: (0..BANDS).flat_map(points_hz).collect(),
        followed,
        is_level_free: true,
        most_db,
        excess_weight: EXCESS_WEIGHT,
        limits,
        move_costs_db: [CUT_COST_DB, BOOST_COST_DB],
    }
}

fn points_hz(band: usize) -> [f64; POINTS] {
    let [low, high] = edges_hz(band);
    let middle = (low * high).sqrt();
    std::array::from_fn(|point| {
        // The middles of its thirds.
        let share = (point as f64 + 0.5) / POINTS as f64 - 0.5;
        middle * (high / low).powf(share)
    })
}

/// A parameter of a band.
fn kind(id: &str) -> Kind {
    BandSettings::PARAMETERS
        .iter()
        .find(|parameter| parameter.id == id)
        .unwrap_or_else(|| unreachable!("{id} is a parameter of a band"))
        .kind
}
