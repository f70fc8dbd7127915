//! A bell or a shelf as the fit sees it: three unknowns and their limits.

use burnish_dsp::biquad::Prototype;
use burnish_dsp::equalizer::BandShape;

/// Widest and narrowest bell.
const BELL_Q: [f64; 2] = [0.4, 4.0];
/// Widest and narrowest shelf: a narrower one swings over.
const SHELF_Q: [f64; 2] = [0.4, 1.0];
/// Unknowns of a filter: frequency, gain and Q.
pub(super) const UNKNOWNS: usize = 3;

/// What filters may be.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Limits {
    /// Lowest and highest frequency, octaves above 1 Hz.
    pub(super) log_hz: [f64; 2],
    /// Deepest cut and highest boost, dB.
    pub(super) gain_db: [f64; 2],
    /// The least distance between the frequencies of two filters, octaves.
    pub(super) apart: f64,
    /// And between those of the low and the high shelf.
    pub(super) shelves_apart: f64,
}

/// One filter. Frequency and Q are logarithms, which makes steps of equal weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Filter {
    pub(super) shape: BandShape,
    pub(super) log_hz: f64,
    pub(super) gain_db: f64,
    pub(super) log_q: f64,
}

impl Filter {
    pub(super) fn new(shape: BandShape, frequency_hz: f64, gain_db: f64, q: f64) -> Self {
        Self { shape, log_hz: frequency_hz.log2(), gain_db, log_q: q.log2() }
    }

    pub(super) fn frequency_hz(&self) -> f64 {
        self.log_hz.exp2()
    }

    pub(super) fn q(&self) -> f64 {
        self.log_q.exp2()
    }

    pub(super) fn is_boost(&self) -> bool {
        self.gain_db > 0.0
    }

    /// The response at each point, dB.
    pub(super) fn response_db(&self, points_hz: &[f64]) -> impl Iterator<Item = f64> {
        self.power(points_hz).map(|power| 10.0 * power.log10())
    }

    /// The squared magnitude at each point.
    pub(super) fn power(&self, points_hz: &[f64]) -> impl Iterator<Item = f64> {
        let prototype = match self.shape {
            BandShape::LowShelf => Prototype::low_shelf(self.gain_db, self.q()),
            BandShape::HighShelf => Prototype::high_shelf(self.gain_db, self.q()),
            _ => Prototype::bell(self.gain_db, self.q()),
        };
        let scale = 1.0 / self.frequency_hz();
        points_hz.iter().map(move |hz| prototype.power_response(hz * scale))
    }

    /// Lowest and highest value of each unknown.
    pub(super) fn bounds(&self, limits: &Limits) -> [[f64; 2]; UNKNOWNS] {
        let q = if self.shape == BandShape::Bell { BELL_Q } else { SHELF_Q };
        [limits.log_hz, limits.gain_db, q.map(f64::log2)]
    }

    pub(super) fn unknowns(&self) -> [f64; UNKNOWNS] {
        [self.log_hz, self.gain_db, self.log_q]
    }

    fn with(&self, [log_hz, gain_db, log_q]: [f64; UNKNOWNS]) -> Self {
        Self { log_hz, gain_db, log_q, ..*self }
    }

    /// So much further, within the limits.
    pub(super) fn moved(&self, steps: &[f64], limits: &Limits) -> Self {
        let (at, bounds) = (self.unknowns(), self.bounds(limits));
        self.with(std::array::from_fn(|unknown| {
            (at[unknown] + steps[unknown]).clamp(bounds[unknown][0], bounds[unknown][1])
        }))
    }

    /// A small step beside the filter, within its limits or not.
    pub(super) fn stepped(&self, unknown: usize, step: f64) -> Self {
        let mut at = self.unknowns();
        at[unknown] += step;
        self.with(at)
    }

    /// Whether both can be in one proposal: apart from each other, never two
    /// shelves of a kind, the low shelf well below the high one. A low shelf down
    /// is a high shelf up and a level: near each other, two only stack or oppose.
    pub(super) fn goes_with(&self, other: &Self, limits: &Limits) -> bool {
        let apart = other.log_hz - self.log_hz;
        match (self.shape, other.shape) {
            (BandShape::LowShelf, BandShape::HighShelf) => apart >= limits.shelves_apart,
            (BandShape::HighShelf, BandShape::LowShelf) => -apart >= limits.shelves_apart,
            (BandShape::Bell, _) | (_, BandShape::Bell) => apart.abs() >= limits.apart,
            _ => false,
        }
    }
}

/// Moves the frequencies as little as possible (least squares) so that all lie
/// apart; says whether the shelves do, too.
///
/// Less its place times the distance, each frequency must not lie below the one
/// before: a monotone regression, solved by pooling what violates it.
pub(super) fn keep_apart(filters: &mut [Filter], limits: &Limits) -> bool {
    let place = |shape| filters.iter().position(|filter| filter.shape == shape);
    let shelves = place(BandShape::LowShelf).zip(place(BandShape::HighShelf));
    if let Some((low, high)) = shelves {
        let middle = 0.5 * (filters[low].log_hz + filters[high].log_hz);
        let half = 0.5 * limits.shelves_apart;
        filters[low].log_hz = filters[low].log_hz.min(middle - half);
        filters[high].log_hz = filters[high].log_hz.max(middle + half);
    }
    let mut order: Vec<usize> = (0..filters.len()).collect();
    order.sort_by(|a, b| {
        let (a, b) = (&filters[*a], &filters[*b]);
        let rank = |filter: &Filter| match filter.shape {
            BandShape::LowShelf => 0,
            BandShape::HighShelf => 2,
            _ => 1,
        };
        a.log_hz.total_cmp(&b.log_hz).then(rank(a).cmp(&rank(b)))
    });
    // Pools of neighbours: the sum of their values and how many they are.
    let mut pools: Vec<(f64, usize)> = Vec::with_capacity(filters.len());
    for (n, place) in order.iter().enumerate() {
        pools.push((filters[*place].log_hz - n as f64 * limits.apart, 1));
        while let [.., (first, firsts), (second, seconds)] = pools[..]
            && second / seconds as f64 <= first / firsts as f64
        {
            pools.truncate(pools.len() - 2);
            pools.push((first + second, firsts + seconds));
        }
    }
    let [lowest, highest] = limits.log_hz;
    let highest = highest - (filters.len().max(1) - 1) as f64 * limits.apart;
    let values = pools.iter().flat_map(|(sum, count)| {
        let value = (sum / *count as f64).min(highest).max(lowest);
        std::iter::repeat_n(value, *count)
    });
    for (n, (place, value)) in order.into_iter().zip(values).enumerate() {
        filters[place].log_hz = value + n as f64 * limits.apart;
    }
    let rounding = 1e-9;
    shelves.is_none_or(|(low, high)| {
        filters[high].log_hz - filters[low].log_hz > limits.shelves_apart - rounding
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits =
        Limits { log_hz: [5.0, 14.0], gain_db: [-3.0, 3.0], apart: 0.175, shelves_apart: 2.0 };

    fn at(shape: BandShape, log_hz: f64) -> Filter {
        Filter::new(shape, log_hz.exp2(), -1.0, 0.7)
    }

    #[test]
    fn what_is_apart_stays_where_it_is() {
        let mut filters = [at(BandShape::Bell, 9.0), at(BandShape::Bell, 6.0)];
        let before = filters;
        keep_apart(&mut filters, &LIMITS);
        for (filter, before) in filters.iter().zip(&before) {
            assert!((filter.log_hz - before.log_hz).abs() < 1e-12);
        }
    }

    #[test]
    fn what_lies_together_is_spread_around_its_middle_and_shelves_are_in_order() {
        let mut filters = [
            at(BandShape::HighShelf, 9.0),
            at(BandShape::Bell, 10.0),
            at(BandShape::Bell, 10.0),
            at(BandShape::LowShelf, 11.0),
            at(BandShape::Bell, 10.0),
        ];
        assert!(keep_apart(&mut filters, &LIMITS));
        let mean = filters.iter().map(|filter| filter.log_hz).sum::<f64>() / 5.0;
        assert!((mean - 10.0).abs() < 1e-9);
        for (n, filter) in filters.iter().enumerate() {
            for other in &filters[n + 1..] {
                assert!((filter.log_hz - other.log_hz).abs() > LIMITS.apart - 1e-9);
            }
        }
        assert!(filters[3].log_hz + 2.0 < filters[0].log_hz + 1e-9);
    }

    #[test]
    fn shelves_that_have_no_room_are_said() {
        let mut filters = [at(BandShape::LowShelf, 5.0), at(BandShape::HighShelf, 5.5)];
        assert!(!keep_apart(&mut filters, &LIMITS));
        let [low, high] = [at(BandShape::LowShelf, 7.0), at(BandShape::HighShelf, 9.0)];
        assert!(low.goes_with(&high, &LIMITS) && high.goes_with(&low, &LIMITS));
        assert!(!low.goes_with(&at(BandShape::HighShelf, 8.0), &LIMITS));
        assert!(!low.goes_with(&at(BandShape::HighShelf, 4.0), &LIMITS));
        assert!(!low.goes_with(&at(BandShape::LowShelf, 12.0), &LIMITS));
        assert!(!low.goes_with(&at(BandShape::Bell, 7.1), &LIMITS));
    }

    #[test]
    fn the_ends_are_kept() {
        for end in [5.0, 14.0] {
            let mut filters = [at(BandShape::Bell, end); 8];
            keep_apart(&mut filters, &LIMITS);
            for filter in &filters {
                assert!((5.0..=14.0 + 1e-9).contains(&filter.log_hz), "{filter:?}");
            }
        }
    }
}
