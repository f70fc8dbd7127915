//! Fitting bells and shelves to a curve.
//!
//! Sought are frequency, gain and Q of each filter so that
//!
//! ```text
//! sum over bands of  w (t - h - c)^2  +  sum over filters of  m g^2
//! ```
//!
//! is least, with the target `t`, the sum of the filters' responses `h`, a level
//! `c` that is free, and gains `g`, whose price `m` is higher for a boost than
//! for a cut. It is least within limits: `h` itself, not only each gain, stays
//! within the most that is allowed, at every frequency; no two filters lie closer
//! than is asked; there is at most one low and one high shelf, well apart. The
//! limit of `h` acts as a steep price on what is beyond it; the little that
//! remains beyond, the caller takes away by scaling.
//!
//! A first guess is made greedily, filter after filter, out of a dictionary, for
//! that part of the target which can be reached. All filters are refined
//! together (see `refine`). Then filters are taken out, exchanged and added while
//! that is worth it: while the distance to the reference and the costs of the
//! moves fall together (see [`Problem::worth_db`]).
//!
//! All this is done with cuts alone, and once more with boosts, which are taken
//! only where they bring the master nearer by [`BOOSTS_SHARE`] of the distance.

use burnish_dsp::equalizer::BandShape;

use super::filter::{Filter, UNKNOWNS};
use super::problem::Problem;
use super::refine::refined;
use super::rules::BOOSTS_SHARE;

/// Rounds of refinement after each filter of a first guess, after each change of
/// a guess, and of the best.
const EARLY_ROUNDS: usize = 3;
const MIDDLE_ROUNDS: usize = 8;
const LAST_ROUNDS: usize = 40;
/// So many of the filters that gain least are tried to be done without at first;
/// of the better guess, all.
const TRIED: usize = 2;
/// How often something is changed about a guess at most.
const MOST_CHANGES: usize = 8;
/// What is beyond the limit weighs so much in the last refinement.
const LAST_EXCESS_WEIGHT: f64 = 300.0;

/// At most `count` filters, each worth its cost.
pub(super) fn fit(problem: &Problem, count: usize) -> Vec<Filter> {
    if problem.most_db <= 0.0 || problem.followed.len() < 2 * UNKNOWNS {
        return Vec::new();
    }
    let cuts = best(&problem.cutting(), &[], count);
    let all = best(problem, &cuts, count);
    let nearer_db = problem.distance_db(&cuts) - problem.distance_db(&all);
    let are_boosts_worth_it = nearer_db > BOOSTS_SHARE * problem.distance_db(&[]);
    polished(problem, if are_boosts_worth_it { all } else { cuts })
}

/// The last refinement. What only cuts goes on to do so.
pub(super) fn polished(problem: &Problem, filters: Vec<Filter>) -> Vec<Filter> {
    let may_boost = filters.iter().any(Filter::is_boost);
    let strict = Problem { excess_weight: LAST_EXCESS_WEIGHT, ..problem.clone() };
    refined(&if may_boost { strict } else { strict.cutting() }, filters, LAST_ROUNDS)
}

/// The best of two guesses, one from nothing and one on top of `first`.
fn best(problem: &Problem, first: &[Filter], count: usize) -> Vec<Filter> {
    let search = Search::new(problem, count);
    let mut starts = vec![Vec::new()];
    if !first.is_empty() {
        starts.push(first.to_vec());
    }
    starts
        .into_iter()
        .map(|start| search.improved(search.greedy(start), TRIED))
        .min_by(|a, b| problem.worth_db(a).total_cmp(&problem.worth_db(b)))
        .map(|best| search.improved(best, count))
        .unwrap_or_default()
}

/// A search for at most so many filters.
struct Search<'a> {
    problem: &'a Problem,
    /// The same with what can be reached.
    within: Problem,
    dictionary: Dictionary,
    count: usize,
}

impl<'a> Search<'a> {
    fn new(problem: &'a Problem, count: usize) -> Self {
        let within = problem.within_reach();
        Self { problem, dictionary: Dictionary::new(&within), within, count }
    }

    /// One filter after another, each the best for what those before leave.
    fn greedy(&self, mut filters: Vec<Filter>) -> Vec<Filter> {
        while filters.len() < self.count
            && let Some(filter) = self.dictionary.best(&self.within, &filters)
        {
            filters.push(filter);
            filters = refined(&self.within, filters, EARLY_ROUNDS);
        }
        filters
    }

    /// Takes filters out (the `tried` that gain least are tried), puts others in
    /// their place, and adds one, while that is worth it.
    fn improved(&self, guess: Vec<Filter>, tried: usize) -> Vec<Filter> {
        let mut filters = refined(self.problem, guess, MIDDLE_ROUNDS);
        let mut worth_db = self.problem.worth_db(&filters);
        for _ in 0..MOST_CHANGES {
            let others = self.others(&filters, tried).into_iter().map(|other| {
                let other = refined(self.problem, other, MIDDLE_ROUNDS);
                (self.problem.worth_db(&other), other)
            });
            match others.min_by(|(a, _), (b, _)| a.total_cmp(b)) {
                Some((less_db, other)) if less_db < worth_db => {
                    (worth_db, filters) = (less_db, other);
                }
                _ => break,
            }
        }
        filters
    }

    /// What differs from the filters by one.
    fn others(&self, filters: &[Filter], tried: usize) -> Vec<Vec<Filter>> {
        let with_another = |filters: &[Filter]| {
            let another = self.dictionary.best(&self.within, filters)?;
            Some([filters, &[another]].concat())
        };
        let without = |place: usize| [&filters[..place], &filters[place + 1..]].concat();
        let mut others: Vec<_> = (0..filters.len()).map(without).collect();
        others.sort_by_cached_key(|fewer| {
            // Distances are above 0, where the bits sort as the numbers do.
            self.problem.worth_db(fewer).to_bits()
        });
        others.truncate(tried);
        let exchanged: Vec<_> = others.iter().filter_map(|fewer| with_another(fewer)).collect();
        others.extend(exchanged);
        others.extend(with_another(filters).filter(|more| more.len() <= self.count));
        others
    }
}

/// Filters of a first guess with their responses per dB.
struct Dictionary {
    filters: Vec<Filter>,
    responses: Vec<Vec<f64>>,
}

impl Dictionary {
    fn new(problem: &Problem) -> Self {
        let [low, high] = problem.limits.log_hz;
        let mut filters = Vec::new();
        // Half a third octave apart.
        let steps = (6.0 * (high - low)).ceil() as usize;
        for step in 0..=steps {
            let hz = (low + (high - low) * step as f64 / steps as f64).exp2();
            filters.extend(
                [0.5, 0.8, 1.4, 2.5, 4.0].map(|q| Filter::new(BandShape::Bell, hz, 1.0, q)),
            );
            filters.push(Filter::new(BandShape::LowShelf, hz, 1.0, 0.7));
            filters.push(Filter::new(BandShape::HighShelf, hz, 1.0, 0.7));
        }
        let responses = filters
            .iter()
            .map(|filter| {
                let at_points: Vec<f64> = filter.response_db(&problem.points_hz).collect();
                problem.levelled(problem.in_bands(&at_points))
            })
            .collect();
        Self { filters, responses }
    }

    /// The best filter for what others leave.
    fn best(&self, problem: &Problem, others: &[Filter]) -> Option<Filter> {
        let left = problem.fitness(others).residual;
        let [deepest_db, highest_db] = problem.limits.gain_db;
        let dot = |a: &[f64], b: &[f64]| -> f64 {
            let products = a.iter().zip(b).zip(&problem.followed);
            products.map(|((a, b), followed)| followed.weight * a * b).sum()
        };
        let fitting = self.filters.iter().zip(&self.responses).filter(|(filter, _)| {
            others.iter().all(|other| filter.goes_with(other, &problem.limits))
        });
        let gains = fitting.map(|(filter, response)| {
            let (along, square) = (dot(&left, response), dot(response, response));
            let price = Problem::price(&Filter { gain_db: along, ..*filter });
            let gain_db = (along / (square + price)).clamp(deepest_db, highest_db);
            (gain_db * (2.0 * along - gain_db * (square + price)), Filter { gain_db, ..*filter })
        });
        gains.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, filter)| filter)
    }
}
