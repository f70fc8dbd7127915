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
//! for a cut. A first guess is made greedily, filter after filter, out of a
//! dictionary; all filters are refined together by the method of
//! Levenberg-Marquardt (damped least squares) within their limits; the best of
//! several first guesses is kept. Everything in the sum grows with the square of
//! the target, so half the amount gives about the same filters with half the gain.

use burnish_dsp::biquad::Prototype;
use burnish_dsp::equalizer::BandShape;

/// Lowest and highest frequency of a filter, Hz.
const FREQUENCIES_HZ: [f64; 2] = [30.0, 16_000.0];
/// Widest and narrowest bell.
const BELL_Q: [f64; 2] = [0.4, 4.0];
/// Widest and narrowest shelf: a narrower one swings over.
const SHELF_Q: [f64; 2] = [0.4, 1.0];
/// What a cut and a boost cost, as weights of the square of their gain.
const CUT_PRICE: f64 = 0.004;
const BOOST_PRICE: f64 = 0.08;
/// Unknowns of a filter.
const UNKNOWNS: usize = 3;
/// Rounds of refinement after each filter of a first guess, of each whole guess,
/// and of the best.
const EARLY_ROUNDS: usize = 3;
const MIDDLE_ROUNDS: usize = 15;
const LAST_ROUNDS: usize = 40;
/// A round that gains less than this share of the cost is the last.
const LEAST_GAIN: f64 = 1e-4;

/// What is to be followed.
#[derive(Clone, Debug, Default)]
pub(super) struct Problem {
    /// Where a response is read in each band.
    pub(super) points_hz: Vec<[f64; 3]>,
    /// What is sought in each band, dB.
    pub(super) target_db: Vec<f64>,
    /// How much each band counts.
    pub(super) weights: Vec<f64>,
    /// The most that a filter may do, dB.
    pub(super) most_db: f64,
}

/// One filter. Frequency and Q are logarithms, which makes steps of equal weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Filter {
    pub(super) shape: BandShape,
    log_hz: f64,
    pub(super) gain_db: f64,
    log_q: f64,
}

impl Filter {
    fn new(shape: BandShape, frequency_hz: f64, gain_db: f64, q: f64) -> Self {
        Self { shape, log_hz: frequency_hz.log2(), gain_db, log_q: q.log2() }
    }

    pub(super) fn frequency_hz(&self) -> f64 {
        self.log_hz.exp2()
    }

    pub(super) fn q(&self) -> f64 {
        self.log_q.exp2()
    }

    /// The mean response over the points of each band, dB.
    fn response(&self, points_hz: &[[f64; 3]]) -> impl Iterator<Item = f64> {
        let prototype = match self.shape {
            BandShape::LowShelf => Prototype::low_shelf(self.gain_db, self.q()),
            BandShape::HighShelf => Prototype::high_shelf(self.gain_db, self.q()),
            _ => Prototype::bell(self.gain_db, self.q()),
        };
        let scale = 1.0 / self.frequency_hz();
        points_hz.iter().map(move |points| {
            let product: f64 =
                points.iter().map(|hz| prototype.power_response(hz * scale)).product();
            10.0 / points.len() as f64 * product.log10()
        })
    }

    fn limits(&self, most_db: f64) -> [[f64; 2]; UNKNOWNS] {
        let q = if self.shape == BandShape::Bell { BELL_Q } else { SHELF_Q };
        [FREQUENCIES_HZ.map(f64::log2), [-most_db, most_db], q.map(f64::log2)]
    }

    fn unknowns(&self) -> [f64; UNKNOWNS] {
        [self.log_hz, self.gain_db, self.log_q]
    }

    fn moved(&self, steps: &[f64], most_db: f64) -> Self {
        let limits = self.limits(most_db);
        let at = self.unknowns();
        let [log_hz, gain_db, log_q] = std::array::from_fn(|unknown| {
            (at[unknown] + steps[unknown]).clamp(limits[unknown][0], limits[unknown][1])
        });
        Self { log_hz, gain_db, log_q, ..*self }
    }

    /// A small step beside the filter, within its limits or not.
    fn stepped(&self, unknown: usize, step: f64) -> Self {
        let mut at = self.unknowns();
        at[unknown] += step;
        let [log_hz, gain_db, log_q] = at;
        Self { log_hz, gain_db, log_q, ..*self }
    }

    fn price(&self) -> f64 {
        if self.gain_db > 0.0 { BOOST_PRICE } else { CUT_PRICE }
    }
}

/// At most `count` filters, none of them below `least_db`.
pub(super) fn fit(problem: &Problem, count: usize, least_db: f64) -> Vec<Filter> {
    if problem.most_db < least_db || problem.target_db.len() < 2 * UNKNOWNS {
        return Vec::new();
    }
    let dictionary = Dictionary::new(problem);
    let starts = [
        greedy(problem, &dictionary, count, problem.most_db),
        greedy(problem, &dictionary, count, 0.0),
        spread(problem, count),
    ];
    let best = starts
        .into_iter()
        .map(|start| refined(problem, start, MIDDLE_ROUNDS))
        .min_by(|a, b| problem.cost(a).total_cmp(&problem.cost(b)))
        .unwrap_or_default();
    without_idle(problem, refined(problem, best, LAST_ROUNDS), least_db)
}

/// Takes out what does next to nothing, the least first, and refines what is left.
fn without_idle(problem: &Problem, mut filters: Vec<Filter>, least_db: f64) -> Vec<Filter> {
    loop {
        let least = filters
            .iter()
            .enumerate()
            .min_by(|(_, a), (_, b)| a.gain_db.abs().total_cmp(&b.gain_db.abs()));
        match least {
            Some((place, filter)) if filter.gain_db.abs() < least_db => {
                filters.swap_remove(place);
                filters = refined(problem, filters, EARLY_ROUNDS);
            }
            _ => return filters,
        }
    }
}

/// Filters of a first guess with their responses per dB.
struct Dictionary {
    filters: Vec<Filter>,
    responses: Vec<Vec<f64>>,
}

impl Dictionary {
    fn new(problem: &Problem) -> Self {
        let low = problem.points_hz[0][1].log2();
        let high = problem.points_hz[problem.points_hz.len() - 1][1].log2();
        let mut filters = Vec::new();
        // Half a third octave apart.
        let steps = (6.0 * (high - low)).ceil() as usize;
        for step in 0..=steps {
            let hz = (low + (high - low) * step as f64 / steps as f64).exp2();
            let hz = hz.clamp(FREQUENCIES_HZ[0], FREQUENCIES_HZ[1]);
            filters.extend(
                [0.5, 0.8, 1.4, 2.5, 4.0].map(|q| Filter::new(BandShape::Bell, hz, 1.0, q)),
            );
            filters.push(Filter::new(BandShape::LowShelf, hz, 1.0, 0.7));
            filters.push(Filter::new(BandShape::HighShelf, hz, 1.0, 0.7));
        }
        let responses = filters
            .iter()
            .map(|filter| problem.levelled(filter.response(&problem.points_hz).collect()))
            .collect();
        Self { filters, responses }
    }

    /// The best filter for what others leave, with at most `highest_db`.
    fn best(&self, problem: &Problem, others: &[Filter], highest_db: f64) -> Option<Filter> {
        let left = problem.residual(others);
        let dot = |a: &[f64], b: &[f64]| -> f64 {
            a.iter().zip(b).zip(&problem.weights).map(|((a, b), weight)| weight * a * b).sum()
        };
        let gains = self.responses.iter().map(|response| {
            let (along, square) = (dot(&left, response), dot(response, response));
            let price = if along > 0.0 { BOOST_PRICE } else { CUT_PRICE };
            let gain_db = (along / (square + price)).clamp(-problem.most_db, highest_db);
            (gain_db, gain_db * (2.0 * along - gain_db * (square + price)))
        });
        let best = gains.zip(&self.filters).max_by(|((_, a), _), ((_, b), _)| a.total_cmp(b));
        best.map(|((gain_db, _), filter)| Filter { gain_db, ..*filter })
    }
}

/// One filter after another, each the best for what the others leave; none
/// begins with more than `highest_db`.
fn greedy(
    problem: &Problem,
    dictionary: &Dictionary,
    count: usize,
    highest_db: f64,
) -> Vec<Filter> {
    let mut filters = Vec::new();
    for _ in 0..count {
        filters.extend(dictionary.best(problem, &filters, highest_db));
        filters = refined(problem, filters, EARLY_ROUNDS);
    }
    filters
}

/// Shelves at both ends and bells between, spread evenly.
fn spread(problem: &Problem, count: usize) -> Vec<Filter> {
    let [low, high] = FREQUENCIES_HZ.map(f64::log2);
    let filters = (0..count).map(|n| {
        let hz = (low + (high - low) * (n as f64 + 0.5) / count as f64).exp2();
        let shape = match n {
            0 if count > 2 => BandShape::LowShelf,
            n if count > 2 && n + 1 == count => BandShape::HighShelf,
            _ => BandShape::Bell,
        };
        // A little to one side: at 0 dB neither frequency nor Q says anything.
        Filter::new(shape, hz, -0.01 * problem.most_db, 0.9)
    });
    filters.collect()
}

impl Problem {
    /// The curve less its weighted mean: the level is free.
    fn levelled(&self, mut curve: Vec<f64>) -> Vec<f64> {
        let total: f64 = self.weights.iter().sum();
        let sum: f64 = curve.iter().zip(&self.weights).map(|(db, weight)| db * weight).sum();
        for db in &mut curve {
            *db -= sum / total;
        }
        curve
    }

    /// What the filters leave of the target.
    fn residual(&self, filters: &[Filter]) -> Vec<f64> {
        let mut left = self.target_db.clone();
        for filter in filters {
            for (left, response) in left.iter_mut().zip(filter.response(&self.points_hz)) {
                *left -= response;
            }
        }
        self.levelled(left)
    }

    fn cost_of(&self, residual: &[f64], filters: &[Filter]) -> f64 {
        let squares = residual.iter().zip(&self.weights).map(|(db, weight)| weight * db * db);
        let prices = filters.iter().map(|filter| filter.price() * filter.gain_db.powi(2));
        squares.chain(prices).sum()
    }

    fn cost(&self, filters: &[Filter]) -> f64 {
        self.cost_of(&self.residual(filters), filters)
    }

    /// How the levelled sum of responses changes with every unknown, a row each.
    fn slopes(&self, filters: &[Filter]) -> Vec<Vec<f64>> {
        const STEP: f64 = 1e-4;
        let mut slopes = Vec::with_capacity(UNKNOWNS * filters.len());
        for filter in filters {
            let here: Vec<f64> = filter.response(&self.points_hz).collect();
            for unknown in 0..UNKNOWNS {
                let there = filter.stepped(unknown, STEP);
                let there = there.response(&self.points_hz);
                let slope = there.zip(&here).map(|(there, here)| (there - here) / STEP).collect();
                slopes.push(self.levelled(slope));
            }
        }
        slopes
    }
}

/// All filters refined together.
fn refined(problem: &Problem, mut filters: Vec<Filter>, rounds: usize) -> Vec<Filter> {
    let mut residual = problem.residual(&filters);
    let mut cost = problem.cost_of(&residual, &filters);
    let mut damping = 1e-2;
    for _ in 0..rounds {
        let (matrix, downhill) = normal_equations(problem, &filters, &residual);
        let mut has_moved = false;
        // A step that leads uphill is shortened.
        for _ in 0..6 {
            let Some(step) = damped_step(&matrix, &downhill, damping) else {
                damping *= 8.0;
                continue;
            };
            let moved: Vec<Filter> = filters
                .iter()
                .zip(step.chunks_exact(UNKNOWNS))
                .map(|(filter, step)| filter.moved(step, problem.most_db))
                .collect();
            let moved_residual = problem.residual(&moved);
            let moved_cost = problem.cost_of(&moved_residual, &moved);
            if moved_cost < cost {
                has_moved = cost - moved_cost > LEAST_GAIN * cost;
                (filters, residual, cost) = (moved, moved_residual, moved_cost);
                damping = (0.3 * damping).max(1e-6);
                break;
            }
            damping = (4.0 * damping).min(1e6);
        }
        if !has_moved {
            break;
        }
    }
    filters
}

/// `J^T W J` and `J^T W r`, with the prices of the gains. An unknown that
/// presses against its limit is held there.
fn normal_equations(
    problem: &Problem,
    filters: &[Filter],
    residual: &[f64],
) -> (Vec<Vec<f64>>, Vec<f64>) {
    let slopes = problem.slopes(filters);
    let count = slopes.len();
    let mut matrix = vec![vec![0.0; count]; count];
    let mut downhill = vec![0.0; count];
    for (i, row) in slopes.iter().enumerate() {
        let weighted: Vec<f64> = row.iter().zip(&problem.weights).map(|(s, w)| s * w).collect();
        let dot = |other: &[f64]| -> f64 { weighted.iter().zip(other).map(|(a, b)| a * b).sum() };
        downhill[i] = dot(residual);
        for (j, other) in slopes.iter().enumerate().take(i + 1) {
            matrix[i][j] = dot(other);
            matrix[j][i] = matrix[i][j];
        }
    }
    for (n, filter) in filters.iter().enumerate() {
        let gain = UNKNOWNS * n + 1;
        matrix[gain][gain] += filter.price();
        downhill[gain] -= filter.price() * filter.gain_db;
        let held = filter.unknowns().into_iter().zip(filter.limits(problem.most_db));
        for (unknown, (at, [low, high])) in held.enumerate() {
            let i = UNKNOWNS * n + unknown;
            if (at <= low && downhill[i] < 0.0) || (at >= high && downhill[i] > 0.0) {
                hold(&mut matrix, &mut downhill, i);
            }
        }
    }
    (matrix, downhill)
}

fn hold(matrix: &mut [Vec<f64>], downhill: &mut [f64], held: usize) {
    for i in 0..downhill.len() {
        matrix[i][held] = 0.0;
        matrix[held][i] = 0.0;
    }
    matrix[held][held] = 1.0;
    downhill[held] = 0.0;
}

/// Solves `(A + damping diag A) x = b` by Cholesky's decomposition; `None`
/// where the matrix is not positive.
fn damped_step(matrix: &[Vec<f64>], downhill: &[f64], damping: f64) -> Option<Vec<f64>> {
    let count = downhill.len();
    let mut lower = vec![vec![0.0; count]; count];
    for i in 0..count {
        for j in 0..=i {
            let done: f64 = (0..j).map(|k| lower[i][k] * lower[j][k]).sum();
            if i == j {
                let pivot = matrix[i][i] * (1.0 + damping) + 1e-9 - done;
                if pivot.is_nan() || pivot <= 0.0 {
                    return None;
                }
                lower[i][i] = pivot.sqrt();
            } else {
                lower[i][j] = (matrix[i][j] - done) / lower[j][j];
            }
        }
    }
    let mut step = vec![0.0; count];
    for i in 0..count {
        let done: f64 = (0..i).map(|k| lower[i][k] * step[k]).sum();
        step[i] = (downhill[i] - done) / lower[i][i];
    }
    for i in (0..count).rev() {
        let done: f64 = (i + 1..count).map(|k| lower[k][i] * step[k]).sum();
        step[i] = (step[i] - done) / lower[i][i];
    }
    Some(step)
}
