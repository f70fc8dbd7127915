//! Three bands of a stereo signal, for meters: low, mid and high.
//!
//! Two Linkwitz-Riley crossovers of fourth order after another: the upper one
//! parts high from the rest, the lower one parts the rest into mid and low.
//! Each low band is a second-order Butterworth low-pass twice, each high band
//! what that leaves of the all-pass that both sum to. The low-passes are
//! state-variable filters by trapezoidal integration (Zavalishin, "The Art of
//! VA Filter Design") written for their state alone:
//! `s1' = (2 a1 - 1) s1 + 2 a2 (x - s2)`, `s2' = s2 - 2 a3 s2 + 2 a2 s1 + 2 a3 x`,
//! `low = (s2 + s2') / 2`, `band = (s1 + s1') / 2`. Their rounding noise lies
//! more than 110 dB down in single precision, which is enough for a meter.
//!
//! The four low-passes of both channels work side by side, in eight lanes of
//! one vector; each takes what its predecessor gave a few frames ago, so that
//! none waits for another. The bands are late by a few frames and not aligned
//! with each other, which no reading depends on.

use multiversion::multiversion;

/// Frames that are split at once.
pub(super) const CHUNK_FRAMES: usize = 32;
/// Bands.
pub(super) const BANDS: usize = 3;
const LANES: usize = 8;
/// By how many frames a filter lags its predecessor.
const LAG: usize = 4;
/// 1 / Q of a Butterworth section.
const K: f32 = std::f32::consts::SQRT_2;
/// State that has decayed below this is cleared before it becomes denormal.
const NEGLIGIBLE: f32 = 1e-15;

/// Left and right of the upper crossover's first and second filter, then of the lower one's.
type Lanes = [f32; LANES];

/// What a chunk holds of each band and channel: place `2 band + channel`, low band first.
#[derive(Clone, Copy, Debug)]
pub(super) struct ChunkSums {
    /// Sums of squares.
    pub(super) powers: [f32; 2 * BANDS],
    /// Sums of the products of left and right, twice.
    pub(super) crosses: [f32; 2 * BANDS],
    /// Highest magnitudes.
    pub(super) peaks: [f32; 2 * BANDS],
}

#[derive(Debug)]
pub(super) struct Splitter {
    /// `2 a1 - 1`, `2 a2` and `2 a3` of each filter.
    coefficients: [Lanes; 3],
    s1: Lanes,
    s2: Lanes,
    /// The low-passes' and all-passes' newest frames, from the last chunk.
    low: [Lanes; LAG],
    all_pass: [Lanes; LAG],
}

impl Splitter {
    pub(super) fn new(crossovers_hz: [f64; 2], sample_rate_hz: f64) -> Self {
        let mut coefficients = [[0.0; LANES]; 3];
        for lane in 0..LANES {
            let corner_hz = crossovers_hz[usize::from(lane < LANES / 2)];
            let g = (std::f64::consts::PI * (corner_hz / sample_rate_hz).min(0.49)).tan();
            let a1 = 1.0 / (1.0 + g * (g + f64::from(K)));
            let a2 = g * a1;
            coefficients[0][lane] = (2.0 * a1 - 1.0) as f32;
            coefficients[1][lane] = (2.0 * a2) as f32;
            coefficients[2][lane] = (2.0 * g * a2) as f32;
        }
        Self {
            coefficients,
            s1: [0.0; LANES],
            s2: [0.0; LANES],
            low: [[0.0; LANES]; LAG],
            all_pass: [[0.0; LANES]; LAG],
        }
    }

    pub(super) fn reset(&mut self) {
        (self.s1, self.s2) = ([0.0; LANES], [0.0; LANES]);
        (self.low, self.all_pass) = ([[0.0; LANES]; LAG], [[0.0; LANES]; LAG]);
    }

    /// Splits a chunk and sums up its bands.
    pub(super) fn process(
        &mut self,
        left: &[f32; CHUNK_FRAMES],
        right: &[f32; CHUNK_FRAMES],
    ) -> ChunkSums {
        // What every lane holds, of use or not: whole vectors are quicker.
        let mut sums = Default::default();
        split(self, left, right, &mut sums);
        for lane in 0..LANES {
            if self.s1[lane].abs() < NEGLIGIBLE && self.s2[lane].abs() < NEGLIGIBLE {
                (self.s1[lane], self.s2[lane]) = (0.0, 0.0);
            }
        }
        let [low, high] = &sums;
        // The second filter of the lower crossover, and what both leave.
        let pick = |of: fn(&LaneSums) -> &Lanes| {
            let (low, high) = (of(low), of(high));
            [low[6], low[7], high[6], high[7], high[2], high[3]]
        };
        ChunkSums {
            powers: pick(|sums| &sums.powers),
            crosses: pick(|sums| &sums.crosses),
            peaks: pick(|sums| &sums.peaks),
        }
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn split(
    splitter: &mut Splitter,
    left: &[f32; CHUNK_FRAMES],
    right: &[f32; CHUNK_FRAMES],
    sums: &mut [LaneSums; 2],
) {
    let [c1, c2, c3] = splitter.coefficients;
    let (mut s1, mut s2) = (splitter.s1, splitter.s2);
    let mut low = [[0.0; LANES]; CHUNK_FRAMES + LAG];
    let mut all_pass = [[0.0; LANES]; CHUNK_FRAMES + LAG];
    low[..LAG].copy_from_slice(&splitter.low);
    all_pass[..LAG].copy_from_slice(&splitter.all_pass);
    let (mut low_sums, mut high_sums) = (LaneSums::default(), LaneSums::default());
    for frame in 0..CHUNK_FRAMES {
        let before = low[frame];
        let x = [
            left[frame],
            right[frame],
            before[0],
            before[1],
            before[2],
            before[3],
            before[4],
            before[5],
        ];
        let (mut new1, mut new2) = ([0.0; LANES], [0.0; LANES]);
        for lane in 0..LANES {
            // In this order a state waits for no more than three operations.
            new1[lane] = (c1[lane] * s1[lane] + c2[lane] * x[lane]) - c2[lane] * s2[lane];
            new2[lane] =
                (s2[lane] - c3[lane] * s2[lane]) + (c2[lane] * s1[lane] + c3[lane] * x[lane]);
        }
        let (mut lows, mut highs) = ([0.0; LANES], [0.0; LANES]);
        for lane in 0..LANES {
            lows[lane] = 0.5 * (s2[lane] + new2[lane]);
            all_pass[frame + LAG][lane] = x[lane] - K * (s1[lane] + new1[lane]);
        }
        low[frame + LAG] = lows;
        (s1, s2) = (new1, new2);
        // What a second low-pass leaves of the first one's all-pass.
        let all = &all_pass[frame];
        let all = [all[0], all[1], all[0], all[1], all[4], all[5], all[4], all[5]];
        for lane in 0..LANES {
            highs[lane] = all[lane] - lows[lane];
        }
        low_sums.add(&lows);
        high_sums.add(&highs);
    }
    (splitter.s1, splitter.s2) = (s1, s2);
    splitter.low.copy_from_slice(&low[CHUNK_FRAMES..]);
    splitter.all_pass.copy_from_slice(&all_pass[CHUNK_FRAMES..]);
    *sums = [low_sums, high_sums];
}

/// The same of each lane.
#[derive(Default)]
struct LaneSums {
    powers: Lanes,
    crosses: Lanes,
    peaks: Lanes,
}

impl LaneSums {
    #[expect(
        clippy::inline_always,
        reason = "what is not inlined keeps the baseline's vector units"
    )]
    #[inline(always)]
    fn add(&mut self, x: &Lanes) {
        let swapped = [x[1], x[0], x[3], x[2], x[5], x[4], x[7], x[6]];
        for lane in 0..LANES {
            self.powers[lane] += x[lane] * x[lane];
        }
        for lane in 0..LANES {
            self.crosses[lane] += x[lane] * swapped[lane];
        }
        for lane in 0..LANES {
            let magnitude = x[lane].abs();
            self.peaks[lane] =
                if magnitude > self.peaks[lane] { magnitude } else { self.peaks[lane] };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Level of each band for a sine of full scale, dB: of the left channel.
    fn levels_db(hz: f64, rate: f64) -> [f64; BANDS] {
        let mut splitter = Splitter::new([200.0, 2000.0], rate);
        let mut powers = [0.0; BANDS];
        let chunks = (0.6 * rate) as usize / CHUNK_FRAMES;
        for chunk in 0..chunks {
            let samples: [f32; CHUNK_FRAMES] = std::array::from_fn(|n| {
                let n = (chunk * CHUNK_FRAMES + n) as f64;
                (std::f64::consts::TAU * hz / rate * n).sin() as f32
            });
            let sums = splitter.process(&samples, &[0.0; CHUNK_FRAMES]);
            if chunk >= chunks / 2 {
                for band in 0..BANDS {
                    powers[band] += f64::from(sums.powers[2 * band]);
                    assert_eq!(sums.powers[2 * band + 1], 0.0);
                }
            }
        }
        let frames = ((chunks - chunks / 2) * CHUNK_FRAMES) as f64;
        powers.map(|power| 10.0 * (2.0 * power / frames).log10())
    }

    #[test]
    fn the_bands_are_linkwitz_riley() {
        let low_pass = |r: f64| -20.0 * (1.0 + r.powi(4)).log10();
        let high_pass = |r: f64| low_pass(1.0 / r);
        for rate in [44_100.0, 48_000.0, 96_000.0, 192_000.0] {
            for hz in [50.0, 100.0, 200.0, 400.0, 633.0, 1000.0, 2000.0, 4000.0] {
                // What the bilinear transform makes of the frequencies.
                let bent = |hz: f64| (std::f64::consts::PI * hz / rate).tan();
                let (lower, upper) = (bent(hz) / bent(200.0), bent(hz) / bent(2000.0));
                let expected = [
                    low_pass(upper) + low_pass(lower),
                    low_pass(upper) + high_pass(lower),
                    high_pass(upper),
                ];
                for (read, expected) in levels_db(hz, rate).into_iter().zip(expected) {
                    let is_right = (read - expected).abs() < 0.05 || read.max(expected) < -60.0;
                    assert!(is_right, "{read}, not {expected} at {hz} of {rate}");
                }
            }
        }
    }

    #[test]
    fn what_is_far_below_stays_out_of_the_high_band() {
        // Rounding in single precision, at the rate where it is worst.
        let [low, _, high] = levels_db(30.0, 192_000.0);
        assert!(low.abs() < 0.05 && high < -110.0, "{low} {high}");
    }
}
