//! Filters made into settings of bands that can be typed, held within the limit
//! to the last hundredth, and predicted from the coefficients that the audio
//! will pass through.

use burnish_dsp::equalizer::{
    BandChannel, BandResponse, BandSettings, EqualizerPhase, EqualizerSettings,
};

use super::filter::Filter;
use super::fit::polished;
use super::moves::{Move, kind};
use super::problem::{POINTS, Problem, points_hz};
use super::rules::{BOOST_COST_DB, CUT_COST_DB};
use crate::balance::{BANDS, Curve, difference, distance};

/// Where the limit holds, Hz.
const LIMITED_HZ: [f64; 2] = [20.0, 20_000.0];
/// Points of an octave that are looked at; around the highest it is looked closer.
const PER_OCTAVE: f64 = 12.0;

/// What moves are made on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Making<'a> {
    pub(super) settings: &'a EqualizerSettings,
    pub(super) free: &'a [usize],
    pub(super) sample_rate_hz: f64,
    pub(super) difference_db: Curve,
    pub(super) most_db: f64,
}

/// Moves and what they will do.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) equalizer: EqualizerSettings,
    /// Low to high.
    pub(super) moves: Vec<Move>,
    /// What they do together in each third octave, level-matched, dB.
    pub(super) predicted_db: [f64; BANDS],
    /// The distance that they leave, dB.
    pub(super) distance_db: f64,
    /// The most that they do together at any frequency, dB.
    pub(super) peak_db: f64,
}

impl Making<'_> {
    /// The moves of these filters, without those that turn out to gain less
    /// than they cost.
    pub(super) fn worth_it(&self, problem: &Problem, mut filters: Vec<Filter>) -> Made {
        loop {
            filters.sort_by(|a, b| a.log_hz.total_cmp(&b.log_hz));
            let moves = self.held(&filters);
            let Some(place) = self.not_worth_it(&filters, &moves) else {
                return self.made(moves);
            };
            filters.remove(place);
            filters = polished(problem, filters);
        }
    }

    /// The filters as moves that together stay within the limit.
    fn held(&self, filters: &[Filter]) -> Vec<Move> {
        let mut bands = self.free[..filters.len()].to_vec();
        bands.sort_unstable();
        let mut share = 1.0;
        loop {
            let moves: Vec<Move> = bands
                .iter()
                .zip(filters)
                .map(|(band, filter)| move_of(*band, filter, share))
                .collect();
            let peak_db = self.peak_db(&moves);

            if peak_db <= self.most_db {
                return moves;
            }
            share *= 0.999 * self.most_db / peak_db;
        }
    }

    /// The place of a move that gains less than it costs, of that which gains
    /// least: without it the others would come as near, as they are or held anew within the limit.
    fn not_worth_it(&self, filters: &[Filter], moves: &[Move]) -> Option<usize> {
        let distance_db = self.distance_db(moves);
        let cost_db = |made: &Move| if made.gain_db > 0.0 { BOOST_COST_DB } else { CUT_COST_DB };
        let profit_db = |place: usize| {
            let mut fewer = filters.to_vec();
            fewer.remove(place);
            let mut others = moves.to_vec();
            others.remove(place);
            let mut fewer_db = self.distance_db(&self.held(&fewer));
            if self.peak_db(&others) <= self.most_db {
                fewer_db = fewer_db.min(self.distance_db(&others));
            }
            fewer_db - distance_db - cost_db(&moves[place])
        };
        let (least_db, place) = (0..moves.len())
            .map(|place| (profit_db(place), place))
            .min_by(|(a, _), (b, _)| a.total_cmp(b))?;
        let costs_db: f64 = moves.iter().map(cost_db).sum();
        let is_worth_it = least_db > 0.0 && self.distance_db(&[]) - distance_db > costs_db;
        (!is_worth_it).then_some(place)
    }

    /// What moves will do.
    pub(super) fn made(&self, moves: Vec<Move>) -> Made {
        let mut equalizer = *self.settings;
        for made in &moves {
            equalizer.is_on = true;
            equalizer.bands[made.band] = with_move(&equalizer.bands[made.band], made);
        }
        let matched_db = difference(&self.sum_in_bands(&moves), &[Some(0.0); BANDS]);
        Made {
            equalizer,
            predicted_db: matched_db.unwrap_or_default().map(Option::unwrap_or_default),
            distance_db: self.distance_db(&moves),
            peak_db: self.peak_db(&moves),
            moves,
        }
    }

    /// What moves do together in each third octave, dB.
    fn sum_in_bands(&self, moves: &[Move]) -> Curve {
        let responses: Vec<Curve> = moves.iter().map(|made| self.in_bands(made)).collect();
        std::array::from_fn(|band| responses.iter().map(|response| response[band]).sum())
    }

    /// The response of a move in each third octave, dB.
    fn in_bands(&self, made: &Move) -> Curve {
        let settings = with_move(&self.settings.bands[made.band], made);
        let response = match self.settings.phase {
            EqualizerPhase::Minimum => BandResponse::new(&settings, self.sample_rate_hz),
            EqualizerPhase::Linear => BandResponse::linear(&settings),
        };
        let highest_hz = 0.49 * self.sample_rate_hz;
        std::array::from_fn(|band| {
            let points = points_hz(band).map(|hz| response.db(hz.min(highest_hz)));
            Some(points.iter().sum::<f64>() / POINTS as f64)
        })
    }

    fn distance_db(&self, moves: &[Move]) -> f64 {
        let remaining_db = difference(&self.difference_db, &self.sum_in_bands(moves));
        remaining_db.as_ref().and_then(distance).unwrap_or(f64::INFINITY)
    }

    /// The most that the moves do together, either way, in either phase: one
    /// may be changed for the other afterwards.
    fn peak_db(&self, moves: &[Move]) -> f64 {
        let bands: Vec<BandSettings> =
            moves.iter().map(|made| with_move(&self.settings.bands[made.band], made)).collect();
        let nyquist_hz = 0.5 * self.sample_rate_hz;
        let minimum: Vec<_> =
            bands.iter().map(|band| BandResponse::new(band, self.sample_rate_hz)).collect();
        let linear: Vec<_> = bands.iter().map(BandResponse::linear).collect();
        highest_db(&minimum, LIMITED_HZ[1].min(nyquist_hz)).max(highest_db(&linear, LIMITED_HZ[1]))
    }
}

/// The highest magnitude of a sum of responses up to a frequency, dB.
fn highest_db(responses: &[BandResponse], to_hz: f64) -> f64 {
    let [low, high] = [LIMITED_HZ[0].log2(), to_hz.max(LIMITED_HZ[0]).log2()];
    let at = |log_hz: f64| -> f64 {
        let hz = log_hz.exp2();
        responses.iter().map(|response| response.db(hz)).sum::<f64>().abs()
    };
    let steps = (PER_OCTAVE * (high - low)).ceil().max(1.0);
    let place = |step: f64| low + (high - low) * step / steps;
    let coarse: Vec<f64> = (0..=steps as usize).map(|step| at(place(step as f64))).collect();
    let highest_db = coarse.iter().copied().fold(0.0, f64::max);
    // Between two points the curve may be a little higher than at both.
    let is_summit = |step: usize| {
        let sides = [step.checked_sub(1), Some(step + 1)].into_iter().flatten();
        let mut sides = sides.filter_map(|side| coarse.get(side));
        coarse[step] > 0.9 * highest_db && sides.all(|side| *side <= coarse[step])
    };
    (0..coarse.len())
        .filter(|step| is_summit(*step))
        .map(|step| {
            let side = |steps: f64| place(step as f64 + steps).clamp(low, high);
            summit_db(&at, side(-1.0), side(1.0))
        })
        .fold(highest_db, f64::max)
}

/// The highest value between two places with one summit: the interval is
/// shortened by a third from the lower side, again and again.
fn summit_db(at: &impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    const THIRDS: usize = 12;
    let mut summit_db: f64 = 0.0;
    for _ in 0..THIRDS {
        let third = (high - low) / 3.0;
        let [left_db, right_db] = [at(low + third), at(high - third)];
        summit_db = summit_db.max(left_db).max(right_db);
        if left_db < right_db {
            low += third;
        } else {
            high -= third;
        }
    }
    summit_db
}

/// A filter's move with a share of its gain, as it can be typed.
fn move_of(band: usize, filter: &Filter, share: f64) -> Move {
    let [frequency, gain, q] = ["frequency", "gain", "q"].map(kind);
    Move {
        band,
        shape: filter.shape,
        frequency_hz: frequency.snap(filter.frequency_hz()),
        // Towards zero.
        gain_db: gain.snap((100.0 * share * filter.gain_db).trunc() / 100.0),
        q: q.snap(filter.q()),
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
