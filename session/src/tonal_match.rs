//! EQ moves that bring a master nearer to a reference.
//!
//! The difference of their third octaves (see [`crate::balance`]) is smoothed
//! over neighbouring bands (weights 1, 6, 1), scaled by the amount, and followed
//! with bells and shelves on the bands of the equaliser that are free: those a
//! person uses stay as they are, and what they do is in the measured master
//! already. There is no hidden filter: what is proposed is eight bands of
//! settings. Loudness is free, because everything is compared level-matched, so
//! the fit may cut all around a hole instead of filling it, and it is made to:
//! a boost costs more than a cut (see `fit`).
//!
//! Followed is what can be trusted and is worth following: third octaves from
//! 40 Hz to 16 kHz in which both sides are above their noise floor. Below lies
//! rumble, above the air that codecs take away.
//!
//! The prediction is made from the coefficients that the audio will pass
//! through. What comes after the equaliser, a limiter for one, is not predicted.

mod fit;

use std::fmt;

use burnish_dsp::equalizer::{
    BAND_COUNT, BandChannel, BandResponse, BandSettings, BandShape, EqualizerPhase,
    EqualizerSettings,
};
use burnish_dsp::parameter::Kind;
use serde::Serialize;

use self::fit::{Filter, Problem};
use crate::balance::{
    BANDS, Balance, Curve, NOMINAL_HZ, difference, distance, edges_hz, is_matched,
};

/// The most that a band may do unless a person asks for more, dB.
pub const MOST_DB: f64 = 3.0;
/// Centres of the lowest and highest third octave that are followed.
const FOLLOWED_HZ: [f64; 2] = [40.0, 16_000.0];
/// How much a band counts that is followed but not part of the distance.
const OUTER_WEIGHT: f64 = 0.1;
/// What a band weighs against each of its neighbours when the difference is smoothed.
const MIDDLE: f64 = 6.0;
/// A move smaller than this is not worth making, dB.
const LEAST_GAIN_DB: f64 = 0.1;
/// Points of a third octave that a response is read at, from its centre, as
/// shares of its width: the middles of its thirds.
const POINTS: [f64; 3] = [-1.0 / 3.0, 0.0, 1.0 / 3.0];

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
    /// So many moves would go beyond so many dB.
    Most(usize, f64),
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
            Self::Most(1, most_db) => write!(formatter, "1 move is held at {most_db} dB"),
            Self::Most(moves, most_db) => {
                write!(formatter, "{moves} moves are held at {most_db} dB")
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
/// much of the difference is taken, `most_db` the most that a band may do.
/// `None` without a measured master and a reference. Takes some milliseconds.
pub fn propose(
    settings: &EqualizerSettings,
    sample_rate_hz: f64,
    balance: &Balance,
    amount: f64,
    most_db: f64,
) -> Option<Proposal> {
    let difference_db = balance.difference_db?;
    let distance_before_db = distance(&difference_db)?;
    let amount = if amount.is_finite() { amount.clamp(0.0, 1.0) } else { 0.0 };
    let target_db = smoothed(&difference_db).map(|db| Some(amount * db?));
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
    let (_, highest_db) = kind("gain").bounds();
    let most_db = if most_db.is_finite() { most_db.clamp(0.0, highest_db) } else { MOST_DB };
    let filters = fit::fit(&problem(&target_db, most_db), free.len(), LEAST_GAIN_DB);
    make_moves(&mut proposal, &free, &filters, most_db);
    predict(&mut proposal, sample_rate_hz, &difference_db);
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

fn problem(target_db: &Curve, most_db: f64) -> Problem {
    let [low_hz, high_hz] = FOLLOWED_HZ;
    let mut problem = Problem { most_db, ..Problem::default() };
    for (band, target_db) in target_db.iter().enumerate() {
        if let Some(target_db) = target_db
            && (low_hz..=high_hz).contains(&NOMINAL_HZ[band])
        {
            problem.points_hz.push(points_hz(band));
            problem.target_db.push(*target_db);
            problem.weights.push(if is_matched(band) { 1.0 } else { OUTER_WEIGHT });
        }
    }
    problem
}

fn points_hz(band: usize) -> [f64; POINTS.len()] {
    let [low, high] = edges_hz(band);
    POINTS.map(|share| (low * high).sqrt() * (high / low).powf(share))
}

/// A parameter of a band.
fn kind(id: &str) -> Kind {
    BandSettings::PARAMETERS
        .iter()
        .find(|parameter| parameter.id == id)
        .unwrap_or_else(|| unreachable!("{id} is a parameter of a band"))
        .kind
}

/// Gives the filters, low to high, to free bands in order.
fn make_moves(proposal: &mut Proposal, free: &[usize], filters: &[Filter], most_db: f64) {
    let mut filters = filters.to_vec();
    filters.sort_by(|a, b| a.frequency_hz().total_cmp(&b.frequency_hz()));
    let mut bands = free[..filters.len()].to_vec();
    bands.sort_unstable();
    let kinds = ["frequency", "gain", "q"].map(kind);
    for (&band, filter) in bands.iter().zip(&filters) {
        let [frequency_hz, gain_db, q] = [filter.frequency_hz(), filter.gain_db, filter.q()];
        let made = Move {
            band,
            shape: filter.shape,
            frequency_hz: kinds[0].snap(frequency_hz),
            // Towards zero, so that the limit holds.
            gain_db: kinds[1].snap(gain_db).clamp(-most_db, most_db),
            q: kinds[2].snap(q),
        };
        proposal.moves.push(made);
        proposal.equalizer.bands[band] = with_move(&proposal.equalizer.bands[band], &made);
    }
    if filters.is_empty() {
        return;
    }
    proposal.equalizer.is_on = true;
    if filters.len() == free.len() && free.len() < BAND_COUNT {
        proposal.limits.push(Limit::FewBands(free.len()));
    }
    let held = proposal.moves.iter().filter(|made| made.gain_db.abs() > most_db - 0.02).count();
    if held > 0 {
        proposal.limits.push(Limit::Most(held, most_db));
    }
}

fn with_move(band: &BandSettings, made: &Move) -> BandSettings {
    BandSettings {
        is_on: true,
        shape: made.shape,
        channel: BandChannel::Stereo,
        frequency_hz: made.frequency_hz,
        gain_db: made.gain_db,
        q: made.q,
        range_db: 0.0,
        ..*band
    }
}

/// Works out what the moves will do, from the filters that will do it.
fn predict(proposal: &mut Proposal, sample_rate_hz: f64, difference_db: &Curve) {
    let mut response_db: Curve = [Some(0.0); BANDS];
    for made in &proposal.moves {
        let settings = &proposal.equalizer.bands[made.band];
        let response = match proposal.equalizer.phase {
            EqualizerPhase::Minimum => BandResponse::new(settings, sample_rate_hz),
            EqualizerPhase::Linear => BandResponse::linear(settings),
        };
        for (band, sum) in response_db.iter_mut().enumerate() {
            let points = points_hz(band).map(|hz| response.db(hz.min(0.49 * sample_rate_hz)));
            *sum = sum.map(|sum| sum + points.iter().sum::<f64>() / points.len() as f64);
        }
    }
    let remaining_db = difference(difference_db, &response_db);
    if let Some(distance_db) = remaining_db.as_ref().and_then(distance) {
        proposal.distance_predicted_db = distance_db;
    }
    if let Some(matched_db) = difference(&response_db, &[Some(0.0); BANDS]) {
        proposal.predicted_db = matched_db.map(Option::unwrap_or_default);
    }
}
