//! A histogram of block powers, for gated means and percentiles in bounded memory.
//!
//! Each bin of 0.01 LU keeps how many blocks fell into it and the sum of their
//! powers, so that only the position of a gate is quantised, never what is
//! averaged. Coarse bins of 1 LU hold the sums of a hundred fine ones each:
//! a mean above a gate or a rank takes a few hundred steps. The sums are whole
//! numbers, so what is removed leaves no trace and nothing drifts, however long
//! the measurement and however often a passage is replaced.

use super::scale::{lufs, power_of};

/// Blocks at or below this never count: the absolute gate of BS.1770 and Tech 3342.
const LOWEST_LUFS: f64 = -70.0;
const COARSE_BINS: usize = 100;
const FINE_PER_COARSE: usize = 100;
const FINE_BINS: usize = COARSE_BINS * FINE_PER_COARSE;

/// Units of the summed powers in a power of 1: at the gate, -70 LUFS, a power
/// still is a number of twelve figures.
const UNITS: f64 = (1_u128 << 64) as f64;
/// A power of +108 LUFS; what is louder counts as that loud. Days of such
/// blocks stay within 128 bits.
const MOST_UNITS: u128 = 1 << 100;

fn units_of(power: f64) -> u128 {
    // The conversion saturates; what is not a number becomes 0.
    ((power * UNITS) as u128).min(MOST_UNITS)
}

/// How many blocks, and the sum of their powers in units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Tally {
    count: u64,
    units: u128,
}

/// A tally as it lies in memory: the count, then the units, lower half first.
/// Whole numbers all, so that the pages of bins that no block has fallen into are
/// not there at all.
type Packed = [u64; 3];

impl From<Packed> for Tally {
    fn from([count, low, high]: Packed) -> Self {
        Self { count, units: u128::from(high) << 64 | u128::from(low) }
    }
}

impl From<Tally> for Packed {
    fn from(Tally { count, units }: Tally) -> Self {
        [count, units as u64, (units >> 64) as u64]
    }
}

impl Tally {
    fn add(&mut self, units: u128) {
        self.count += 1;
        self.units += units;
    }

    fn remove(&mut self, units: u128) {
        debug_assert!(self.count > 0 && self.units >= units, "only what was added is removed");
        self.count = self.count.saturating_sub(1);
        self.units = self.units.saturating_sub(units);
    }

    fn join(&mut self, other: Self) {
        self.count += other.count;
        self.units += other.units;
    }

    fn mean(self) -> f64 {
        self.units as f64 / UNITS / self.count as f64
    }
}

/// Block powers from -70 to +30 LUFS; what is louder falls into the highest bin.
#[derive(Debug)]
pub(super) struct Histogram {
    fine: Box<[Packed]>,
    coarse: Box<[Tally]>,
    total: Tally,
}

impl Histogram {
    pub(super) fn new() -> Self {
        Self {
            fine: vec![Packed::default(); FINE_BINS].into_boxed_slice(),
            coarse: vec![Tally::default(); COARSE_BINS].into_boxed_slice(),
            total: Tally::default(),
        }
    }

    pub(super) fn reset(&mut self) {
        for (fine, coarse) in self.fine.chunks_mut(FINE_PER_COARSE).zip(&mut self.coarse) {
            if std::mem::take(coarse).count > 0 {
                fine.fill(Packed::default());
            }
        }
        self.total = Tally::default();
    }

    /// How many blocks there are.
    pub(super) fn count(&self) -> u64 {
        self.total.count
    }

    /// Bins, whatever has been added: what a reading costs at most.
    #[cfg(test)]
    pub(super) fn bins(&self) -> usize {
        self.fine.len() + self.coarse.len()
    }

    /// Adds a block that has passed the absolute gate.
    pub(super) fn add(&mut self, power: f64) {
        let bin = bin_of(lufs(power));
        let units = units_of(power);
        self.change(bin, |tally| tally.add(units));
        self.coarse[bin / FINE_PER_COARSE].add(units);
        self.total.add(units);
    }

    /// Takes a block out that was added with exactly this power.
    pub(super) fn remove(&mut self, power: f64) {
        let bin = bin_of(lufs(power));
        let units = units_of(power);
        self.change(bin, |tally| tally.remove(units));
        self.coarse[bin / FINE_PER_COARSE].remove(units);
        self.total.remove(units);
    }

    fn fine(&self, bin: usize) -> Tally {
        self.fine[bin].into()
    }

    fn change(&mut self, bin: usize, change: impl FnOnce(&mut Tally)) {
        let mut tally = self.fine(bin);
        change(&mut tally);
        self.fine[bin] = tally.into();
    }

    /// Power of the loudest block, to 0.01 LU; `None` while there are no blocks.
    pub(super) fn highest(&self) -> Option<f64> {
        (self.total.count > 0).then(|| self.power_at_rank(self.total.count))
    }

    /// Mean power of the blocks above a gate that lies `depth_lu` below the
    /// mean of all blocks; `None` while there are no blocks.
    pub(super) fn gated_mean(&self, depth_lu: f64) -> Option<f64> {
        (self.total.count > 0).then(|| self.above(self.gate(depth_lu)).mean())
    }

    /// Difference in LU between two percentiles (nearest rank, Tech 3342) of
    /// the blocks above a gate that lies `depth_lu` below the mean of all.
    pub(super) fn range_lu(&self, depth_lu: f64, low: f64, high: f64) -> Option<f64> {
        if self.total.count == 0 {
            return None;
        }
        let counted = self.above(self.gate(depth_lu)).count;
        let below = self.total.count - counted;
        let at = |percentile: f64| {
            let rank = ((counted - 1) as f64 * percentile / 100.0 + 1.0).round() as u64;
            lufs(self.power_at_rank(below + rank))
        };
        Some(at(high) - at(low))
    }

    /// The gate as a power.
    fn gate(&self, depth_lu: f64) -> f64 {
        self.total.mean() * 10f64.powf(-0.1 * depth_lu)
    }

    /// All blocks above a gate; never none, since the mean of all is above it.
    fn above(&self, gate: f64) -> Tally {
        let bin = bin_of(lufs(gate));
        let coarse = bin / FINE_PER_COARSE;
        let mut sum = Tally::default();
        // The blocks that share a bin with the gate go the way of their mean.
        let of_gate = self.fine(bin);
        if of_gate.count > 0 && of_gate.mean() > gate {
            sum.join(of_gate);
        }
        for &tally in &self.fine[bin + 1..(coarse + 1) * FINE_PER_COARSE] {
            sum.join(tally.into());
        }
        for &tally in &self.coarse[coarse + 1..] {
            sum.join(tally);
        }
        sum
    }

    /// Power of the block at a rank counted from 1, the quietest.
    fn power_at_rank(&self, rank: u64) -> f64 {
        let mut before = 0;
        let mut coarse = 0;
        while coarse < COARSE_BINS - 1 && before + self.coarse[coarse].count < rank {
            before += self.coarse[coarse].count;
            coarse += 1;
        }
        let fine = &self.fine[coarse * FINE_PER_COARSE..(coarse + 1) * FINE_PER_COARSE];
        for tally in fine.iter().copied().map(Tally::from) {
            before += tally.count;
            if before >= rank {
                return tally.mean();
            }
        }
        power_of(LOWEST_LUFS)
    }
}

fn bin_of(lufs: f64) -> usize {
    // A negative or infinite position saturates in the conversion.
    let position = (lufs - LOWEST_LUFS) * FINE_PER_COARSE as f64;
    (position as usize).min(FINE_BINS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gated_mean_is_the_mean_of_what_is_above_the_gate() {
        let mut histogram = Histogram::new();
        assert_eq!(histogram.gated_mean(10.0), None);
        for _ in 0..30 {
            histogram.add(power_of(-23.0));
            histogram.add(power_of(-36.0));
        }
        let mean = histogram.gated_mean(10.0).unwrap();
        assert!((lufs(mean) + 23.0).abs() < 1e-9, "{}", lufs(mean));
    }

    #[test]
    fn percentiles_follow_the_nearest_rank() {
        let mut histogram = Histogram::new();
        for step in 0..=100 {
            histogram.add(power_of(-30.0 + 0.1 * f64::from(step)));
        }
        let range = histogram.range_lu(20.0, 10.0, 95.0).unwrap();
        assert!((range - 8.5).abs() < 1e-9, "{range}");
    }

    #[test]
    fn levels_beyond_the_scale_are_still_averaged_exactly() {
        let mut histogram = Histogram::new();
        histogram.add(power_of(60.0));
        let mean = histogram.gated_mean(10.0).unwrap();
        assert!((lufs(mean) - 60.0).abs() < 1e-9);
        assert_eq!(histogram.range_lu(20.0, 10.0, 95.0), Some(0.0));
    }

    #[test]
    fn a_whole_day_of_blocks_does_not_drift() {
        let mut histogram = Histogram::new();
        for _ in 0..864_000 {
            histogram.add(power_of(-14.0));
        }
        assert!((lufs(histogram.gated_mean(10.0).unwrap()) + 14.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_removed_leaves_no_trace() {
        let mut histogram = Histogram::new();
        let levels = |count: u32| (0..count).map(|n| -69.9 + f64::from(n % 997) * 0.11);
        levels(3000).for_each(|level| histogram.add(power_of(level)));
        let mut other = Histogram::new();
        levels(3000).for_each(|level| other.add(power_of(level)));
        // Louder by far than everything else, and in the same bins.
        levels(50_000).for_each(|level| other.add(power_of(level)));
        other.add(power_of(90.0));
        other.remove(power_of(90.0));
        levels(50_000).for_each(|level| other.remove(power_of(level)));
        assert!(histogram.fine == other.fine);
        assert_eq!(histogram.coarse, other.coarse);
        assert_eq!(histogram.gated_mean(10.0), other.gated_mean(10.0));
        levels(3000).for_each(|level| other.remove(power_of(level)));
        assert_eq!(other.gated_mean(10.0), None);
        assert_eq!(other.highest(), None);
    }
}
