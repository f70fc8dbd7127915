//! What is to be followed, and what a set of filters is worth.

use burnish_dsp::units::power_to_db;

use super::filter::{Filter, Limits};
use crate::balance::edges_hz;

/// What a cut and a boost cost, as weights of the square of their gain: enough
/// to choose between filters that do the same.
const CUT_PRICE: f64 = 0.004;
const BOOST_PRICE: f64 = 0.04;
/// Levels that are tried for what can be reached.
const LEVELS: usize = 200;
/// Points that each band's response is read at.
pub(super) const POINTS: usize = 3;

/// One third octave that is followed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Followed {
    /// Its place among all third octaves.
    pub(super) band: usize,
    /// What is sought there, dB.
    pub(super) target_db: f64,
    /// How much it counts.
    pub(super) weight: f64,
    /// Reference less master, dB, where it is part of the distance.
    pub(super) difference_db: Option<f64>,
}

/// What is to be followed.
#[derive(Clone, Debug, Default)]
pub(super) struct Problem {
    /// Where responses are read: [`POINTS`] for each third octave from the lowest.
    pub(super) points_hz: Vec<f64>,
    /// The bands that are followed, low to high.
    pub(super) followed: Vec<Followed>,
    /// Whether the level is free: only the shape of the target counts.
    pub(super) is_level_free: bool,
    /// The most that all filters together may do, dB.
    pub(super) most_db: f64,
    /// How much a point counts that is beyond that.
    pub(super) excess_weight: f64,
    /// What a filter may be.
    pub(super) limits: Limits,
    /// What a cut and a boost must lower the distance by, dB.
    pub(super) move_costs_db: [f64; 2],
}

/// How well filters do.
#[derive(Clone, Debug)]
pub(super) struct Fitness {
    /// Target less response in each followed band, the level being free, dB.
    pub(super) residual: Vec<f64>,
    /// Points that are beyond the limit, and by how much, as what is left to do: dB.
    pub(super) beyond: Vec<(usize, f64)>,
    /// The sum that is to be least.
    pub(super) cost: f64,
}

impl Problem {
    pub(super) fn price(filter: &Filter) -> f64 {
        if filter.is_boost() { BOOST_PRICE } else { CUT_PRICE }
    }

    /// The mean over the points of each followed band.
    pub(super) fn in_bands(&self, at_points: &[f64]) -> Vec<f64> {
        let mean = |band: usize| {
            at_points[POINTS * band..POINTS * (band + 1)].iter().sum::<f64>() / POINTS as f64
        };
        self.followed.iter().map(|followed| mean(followed.band)).collect()
    }

    /// The curve less its weighted mean: the level is free.
    pub(super) fn levelled(&self, mut curve: Vec<f64>) -> Vec<f64> {
        if !self.is_level_free {
            return curve;
        }
        let (sum, total) = curve
            .iter()
            .zip(&self.followed)
            .fold((0.0, 0.0), |(sum, total), (db, Followed { weight, .. })| {
                (sum + db * weight, total + weight)
            });
        for db in &mut curve {
            *db -= sum / total;
        }
        curve
    }

    /// The same with cuts alone.
    pub(super) fn cutting(&self) -> Self {
        let [deepest_db, _] = self.limits.gain_db;
        Self { limits: Limits { gain_db: [deepest_db, 0.0], ..self.limits }, ..self.clone() }
    }

    /// The same with what can be reached of the target at the level at which most
    /// of it can be, and that level held: easier to begin with.
    pub(super) fn within_reach(&self) -> Self {
        let [deepest_db, highest_db] = self.limits.gain_db;
        let targets = self.followed.iter().map(|followed| followed.target_db);
        let lowest = targets.clone().fold(f64::INFINITY, f64::min) - highest_db;
        let highest = targets.fold(f64::NEG_INFINITY, f64::max) - deepest_db;
        let cost = |level: f64| -> f64 {
            let bands = self.followed.iter().map(|followed| {
                let wanted = followed.target_db - level;
                let reached = wanted.clamp(deepest_db, highest_db);
                let price = if reached > 0.0 { BOOST_PRICE } else { CUT_PRICE };
                followed.weight * ((wanted - reached).powi(2) + price * reached * reached)
            });
            bands.sum()
        };
        let levels =
            (0..=LEVELS).map(|step| lowest + (highest - lowest) * step as f64 / LEVELS as f64);
        let level = levels.min_by(|a, b| cost(*a).total_cmp(&cost(*b))).unwrap_or_default();
        let mut within = Self { is_level_free: false, ..self.clone() };
        for followed in &mut within.followed {
            followed.target_db = (followed.target_db - level).clamp(deepest_db, highest_db);
        }
        within
    }

    /// What all filters do together at each point, dB.
    fn sum_db(&self, filters: &[Filter]) -> Vec<f64> {
        let mut product = vec![1.0; self.points_hz.len()];
        for filter in filters {
            for (product, power) in product.iter_mut().zip(filter.power(&self.points_hz)) {
                *product *= power;
            }
        }
        product.into_iter().map(power_to_db).collect()
    }

    /// How well the filters do.
    pub(super) fn fitness(&self, filters: &[Filter]) -> Fitness {
        let sum = self.sum_db(filters);
        let left = self.in_bands(&sum).into_iter().zip(&self.followed);
        let residual = self.levelled(left.map(|(db, followed)| followed.target_db - db).collect());
        let beyond: Vec<(usize, f64)> = sum
            .iter()
            .enumerate()
            .map(|(point, db)| (point, db.clamp(-self.most_db, self.most_db) - db))
            .filter(|(_, excess)| *excess != 0.0)
            .collect();
        let squares = residual.iter().zip(&self.followed).map(|(db, it)| it.weight * db * db);
        let excesses = beyond.iter().map(|(_, db)| self.excess_weight * db * db);
        let prices = filters.iter().map(|filter| Self::price(filter) * filter.gain_db.powi(2));
        let cost = squares.chain(excesses).chain(prices).sum();
        Fitness { residual, beyond, cost }
    }

    /// The distance that is left and what the filters cost, dB: what is gained
    /// by a filter that lowers this is worth it.
    pub(super) fn worth_db(&self, filters: &[Filter]) -> f64 {
        let [cut_db, boost_db] = self.move_costs_db;
        let costs = filters.iter().map(|filter| if filter.is_boost() { boost_db } else { cut_db });
        self.distance_db(filters) + costs.sum::<f64>()
    }

    pub(super) fn distance_db(&self, filters: &[Filter]) -> f64 {
        let sum = self.in_bands(&self.sum_db(filters));
        let left: Vec<f64> = self
            .followed
            .iter()
            .zip(&sum)
            .filter_map(|(followed, sum)| Some(followed.difference_db? - sum))
            .collect();
        let count = left.len().max(1) as f64;
        let mean = left.iter().sum::<f64>() / count;
        (left.iter().map(|db| (db - mean).powi(2)).sum::<f64>() / count).sqrt()
    }
}

/// Where a third octave is looked at, Hz.
pub(super) fn points_hz(band: usize) -> [f64; POINTS] {
    let [low, high] = edges_hz(band);
    let middle = (low * high).sqrt();
    std::array::from_fn(|point| {
        // The middles of its thirds.
        let share = (point as f64 + 0.5) / POINTS as f64 - 0.5;
        middle * (high / low).powf(share)
    })
}
