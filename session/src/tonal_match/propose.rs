//! From what was compared to a proposal.

use burnish_dsp::equalizer::{BAND_COUNT, EqualizerSettings};

use super::filter::Limits;
use super::fit::fit;
use super::making::Making;
use super::moves::{Limit, Proposal, kind};
use super::problem::{Followed, Problem, points_hz};
use super::rules::{
    BOOST_COST_DB, CUT_COST_DB, LEAST_APART_OCTAVES, MOST_DB, SHELVES_APART_OCTAVES,
};
use crate::balance::{BANDS, Balance, Curve, NOMINAL_HZ, distance, edges_hz, is_matched};

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
    let made = making.worth_it(&problem, fit(&problem, free.len()));
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
pub(super) fn free_bands(settings: &EqualizerSettings) -> Vec<usize> {
    let mut free: Vec<usize> =
        (0..BAND_COUNT).filter(|band| settings.bands[*band].is_neutral()).collect();
    free.sort_by_key(|band| {
        let band = &settings.bands[*band];
        band.gain_db != 0.0 || band.range_db != 0.0
    });
    free
}

/// What is aimed at: the smoothed difference times the amount.
pub(super) fn target(difference_db: &Curve, amount: f64) -> Curve {
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
