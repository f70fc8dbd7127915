//! The excess between two points of the oversampled signal.

use super::knee::Knee;

/// Points of the polynomial between two points of the oversampled signal.
pub(super) const NODES: usize = 6;
/// How many of them lie before the interval.
pub(super) const NODES_BEFORE: usize = 2;
/// The waveform exceeds its points at four times the rate by at most 0.7 dB.
const FOUR_TIMES_HIDES: f32 = 0.9;

/// The steps in which an interval between two oversampled points is walked.
#[derive(Debug)]
pub(super) struct FineSteps {
    /// Weights of the nodes at the end of each step.
    ends: Vec<[f32; NODES]>,
    /// Weights of the nodes in the middle of each step, divided by the number of steps.
    middles: Vec<[f32; NODES]>,
}

impl FineSteps {
    pub(super) fn new(steps: usize) -> Self {
        // Lagrange's polynomials through the nodes.
        let weights = |position: f64, scale: f64| {
            std::array::from_fn(|k| {
                let node = |k: usize| k as f64 - NODES_BEFORE as f64;
                let others = (0..NODES).filter(|&other| other != k);
                let product: f64 = others
                    .map(|other| (position - node(other)) / (node(k) - node(other)))
                    .product();
                (product * scale) as f32
            })
        };
        let n = steps as f64;
        Self {
            ends: (1..=steps).map(|step| weights(step as f64 / n, 1.0)).collect(),
            middles: (0..steps).map(|step| weights((step as f64 + 0.5) / n, 1.0 / n)).collect(),
        }
    }

    /// Adds the excess between the middle two of `nodes` to them all, by their
    /// weights; returns whether there was any.
    pub(super) fn integrate(&self, nodes: &[f32; NODES], knee: &Knee, folded: &mut [f32]) -> bool {
        let ends = nodes[NODES_BEFORE].abs().max(nodes[NODES_BEFORE + 1].abs());
        if ends <= FOUR_TIMES_HIDES * knee.start {
            return false;
        }
        let mut found = false;
        let mut from = nodes[NODES_BEFORE];
        for (end, middle) in self.ends.iter().zip(&self.middles) {
            let to: f32 = end.iter().zip(nodes).map(|(weight, node)| weight * node).sum();
            let mean = knee.mean_excess(from, to);
            if mean != 0.0 {
                found = true;
                for (folded, weight) in folded.iter_mut().zip(middle) {
                    *folded += mean * weight;
                }
            }
            from = to;
        }
        found
    }
}
