//! All filters of a guess refined together by the method of
//! Levenberg-Marquardt (damped least squares) within their limits.

use super::filter::{Filter, UNKNOWNS, keep_apart};
use super::problem::{Fitness, Followed, Problem};

/// A round that gains less than this share of the cost is the last.
const LEAST_GAIN: f64 = 1e-4;

/// How the rows of the fit change with every unknown, and what each row weighs:
/// the followed bands first, then the points beyond the limit.
struct Slopes {
    rows: Vec<Vec<f64>>,
    weights: Vec<f64>,
    residual: Vec<f64>,
}

impl Slopes {
    fn new(problem: &Problem, filters: &[Filter], fitness: &Fitness) -> Self {
        const STEP: f64 = 1e-4;
        // Of a logarithm, 10 log10: dB for each relative change of the power.
        const DB: f64 = 10.0 / std::f64::consts::LN_10;
        let mut rows = Vec::with_capacity(UNKNOWNS * filters.len());
        for filter in filters {
            let here: Vec<f64> = filter.power(&problem.points_hz).collect();
            for unknown in 0..UNKNOWNS {
                let there = filter.stepped(unknown, STEP);
                let changes = there.power(&problem.points_hz).zip(&here);
                let slope: Vec<f64> =
                    changes.map(|(there, here)| DB * (there - here) / (here * STEP)).collect();
                let mut row = problem.levelled(problem.in_bands(&slope));
                row.extend(fitness.beyond.iter().map(|(point, _)| slope[*point]));
                rows.push(row);
            }
        }
        let weights = problem.followed.iter().map(|Followed { weight, .. }| *weight);
        let beyond = fitness.beyond.iter().map(|(_, excess)| *excess);
        Self {
            rows,
            weights: weights.chain(fitness.beyond.iter().map(|_| problem.excess_weight)).collect(),
            residual: fitness.residual.iter().copied().chain(beyond).collect(),
        }
    }
}

/// All filters refined together, for at most so many rounds.
pub(super) fn refined(problem: &Problem, mut filters: Vec<Filter>, rounds: usize) -> Vec<Filter> {
    keep_apart(&mut filters, &problem.limits);
    let mut fitness = problem.fitness(&filters);
    let mut damping = 1e-2;
    for _ in 0..rounds {
        let (matrix, downhill) = normal_equations(problem, &filters, &fitness);
        let mut has_moved = false;
        // A step that leads uphill is shortened.
        for _ in 0..6 {
            let Some(step) = damped_step(&matrix, &downhill, damping) else {
                damping *= 8.0;
                continue;
            };
            let mut moved: Vec<Filter> = filters
                .iter()
                .zip(step.chunks_exact(UNKNOWNS))
                .map(|(filter, step)| filter.moved(step, &problem.limits))
                .collect();
            let are_apart = keep_apart(&mut moved, &problem.limits);
            let moved_fitness = problem.fitness(&moved);
            if are_apart && moved_fitness.cost < fitness.cost {
                has_moved = fitness.cost - moved_fitness.cost > LEAST_GAIN * fitness.cost;
                (filters, fitness) = (moved, moved_fitness);
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
    fitness: &Fitness,
) -> (Vec<Vec<f64>>, Vec<f64>) {
    let slopes = Slopes::new(problem, filters, fitness);
    let count = slopes.rows.len();
    let mut matrix = vec![vec![0.0; count]; count];
    let mut downhill = vec![0.0; count];
    for (i, row) in slopes.rows.iter().enumerate() {
        let weighted: Vec<f64> = row.iter().zip(&slopes.weights).map(|(s, w)| s * w).collect();
        let dot = |other: &[f64]| -> f64 { weighted.iter().zip(other).map(|(a, b)| a * b).sum() };
        downhill[i] = dot(&slopes.residual);
        for (j, other) in slopes.rows.iter().enumerate().take(i + 1) {
            matrix[i][j] = dot(other);
            matrix[j][i] = matrix[i][j];
        }
    }
    for (n, filter) in filters.iter().enumerate() {
        let gain = UNKNOWNS * n + 1;
        let price = Problem::price(filter);
        matrix[gain][gain] += price;
        downhill[gain] -= price * filter.gain_db;
        let held = filter.unknowns().into_iter().zip(filter.bounds(&problem.limits));
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
