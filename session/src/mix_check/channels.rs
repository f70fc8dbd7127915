//! Whether the two channels belong together: levels, polarity, time, mono.

use realfft::RealFftPlanner;
use realfft::num_complex::Complex;

use super::finding::{Channel, Finding, Kind, Span, Sureness};
use super::windows::Window;

/// Bands whose phase is told apart, Hz; the first is the bass.
const BANDS_HZ: [[f64; 2]; 5] =
    [[25.0, 120.0], [120.0, 500.0], [500.0, 2000.0], [2000.0, 6000.0], [6000.0, 16_000.0]];
/// A channel so far below the other is dead, dB.
const DEAD_DB: f64 = 60.0;
/// Channels further apart than this are likely to be no choice, dB.
const IMBALANCE_DB: f64 = 2.0;
/// The side so far below the middle is not there, dB.
const NO_SIDE_DB: f64 = -50.0;
/// Below this correlation of all that is heard one channel is upside down.
const INVERTED: f64 = -0.35;
/// Bass below this correlation works against itself.
const BASS: f64 = 0.2;
/// Bass so far below the rest is not heard, dB.
const BASS_HEARD_DB: f64 = -25.0;
/// What a mono sum may lose of all, dB.
const MONO_LOSS_DB: f64 = -2.5;
/// And of a band, dB.
const BAND_LOSS_DB: f64 = -4.5;
/// A delay up to this is looked for, seconds.
const LONGEST_DELAY_S: f64 = 0.04;
/// A shorter one may be a pair of microphones, ms.
const LEAST_DELAY_MS: f64 = 0.3;
/// How much of what both channels have in common has to lie at the delay.
const DELAYED: f64 = 0.25;
/// Passages are so long, seconds.
const SPAN_S: f64 = 3.0;

/// Powers of both channels and of what they have in common.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    left: f64,
    right: f64,
    both: f64,
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.left += other.left;
        self.right += other.right;
        self.both += other.both;
    }

    fn total(self) -> f64 {
        self.left + self.right
    }

    fn correlation(self) -> f64 {
        let root = (self.left * self.right).sqrt();
        if root > 0.0 { self.both / root } else { 0.0 }
    }

    /// What a mono sum loses, dB, 0 or less.
    fn mono_loss_db(self) -> f64 {
        let middle = self.total() + 2.0 * self.both;
        10.0 * (middle.max(0.0) / (2.0 * self.total()).max(f64::MIN_POSITIVE)).max(1e-9).log10()
    }

    /// The side against the middle, dB.
    fn side_db(self) -> f64 {
        let (middle, side) = (self.total() + 2.0 * self.both, self.total() - 2.0 * self.both);
        10.0 * (side.max(0.0) / middle.max(f64::MIN_POSITIVE)).max(1e-15).log10()
    }
}

/// Looks at the channels together.
#[derive(Debug)]
pub(super) struct Channels {
    bin_hz: f64,
    sample_rate_hz: f64,
    /// By band, of every window.
    windows: Vec<[Sums; BANDS_HZ.len()]>,
    starts_s: Vec<f64>,
    cross: Vec<Complex<f64>>,
    powers: [Vec<f64>; 2],
    /// Power of the difference and of the sum, sample by sample.
    apart: [f64; 2],
}

impl Channels {
    /// For windows of so many bins.
    pub(super) fn new(sample_rate_hz: f64, bins: usize, bin_hz: f64) -> Self {
        Self {
            bin_hz,
            sample_rate_hz,
            windows: Vec::new(),
            starts_s: Vec::new(),
            cross: vec![Complex::default(); bins],
            powers: [vec![0.0; bins], vec![0.0; bins]],
            apart: [0.0; 2],
        }
    }

    /// The samples: what both differ by is exact here.
    pub(super) fn take_samples(&mut self, left: &[f32], right: &[f32]) {
        for (left, right) in left.iter().zip(right) {
            let (left, right) = (f64::from(*left), f64::from(*right));
            self.apart[0] += (left - right).powi(2);
            self.apart[1] += (left + right).powi(2);
        }
    }

    pub(super) fn take(&mut self, window: &Window<'_>) {
        let mut bands = [Sums::default(); BANDS_HZ.len()];
        let [left, right] = window.bins;
        for (bin, (left, right)) in left.iter().zip(right).enumerate() {
            let cross = left * right.conj();
            self.cross[bin] += Complex::new(f64::from(cross.re), f64::from(cross.im));
            let powers = [f64::from(left.norm_sqr()), f64::from(right.norm_sqr())];
            self.powers[0][bin] += powers[0];
            self.powers[1][bin] += powers[1];
            let hz = bin as f64 * self.bin_hz;
            if let Some(band) = BANDS_HZ.iter().position(|[from, to]| (*from..*to).contains(&hz)) {
                bands[band].add(Sums {
                    left: powers[0],
                    right: powers[1],
                    both: f64::from(cross.re),
                });
            }
        }
        self.windows.push(bands);
        self.starts_s.push(window.start_s);
    }

    fn band(&self, band: usize) -> Sums {
        let mut sum = Sums::default();
        self.windows.iter().for_each(|window| sum.add(window[band]));
        sum
    }

    fn all(&self) -> Sums {
        let mut sum = Sums::default();
        (0..BANDS_HZ.len()).for_each(|band| sum.add(self.band(band)));
        sum
    }

    /// What there is to be seen.
    pub(super) fn evidence(&self) -> String {
        let all = self.all();
        let bands: Vec<String> = (0..BANDS_HZ.len())
            .map(|band| {
                let sums = self.band(band);
                format!("{:.2}/{:.1}", sums.correlation(), sums.mono_loss_db())
            })
            .collect();
        format!(
            "corr {:.2} loss {:.1} side {:.1} lr {:.2} bands {} delay {:?}",
            all.correlation(),
            all.mono_loss_db(),
            all.side_db(),
            10.0 * (all.left / all.right).log10(),
            bands.join(" "),
            self.delay()
        )
    }

    /// The findings; nothing is said of what is mono by its file.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let all = self.all();
        if all.total() <= 0.0 {
            return Vec::new();
        }
        let between_db = 10.0 * (all.left.max(1e-15) / all.right.max(1e-15)).log10();
        let quieter = if between_db > 0.0 { Channel::Right } else { Channel::Left };
        if between_db.abs() > DEAD_DB {
            return vec![
                Finding::new(Kind::DeadChannel, Sureness::Certain, between_db.abs(), DEAD_DB)
                    .of_channel(Some(quieter)),
            ];
        }
        let mut findings = Vec::new();
        if between_db.abs() > IMBALANCE_DB {
            let sureness = if between_db.abs() > 2.0 * IMBALANCE_DB {
                Sureness::Certain
            } else {
                Sureness::Likely
            };
            findings.push(
                Finding::new(Kind::Imbalance, sureness, between_db.abs(), IMBALANCE_DB)
                    .of_channel(Some(quieter)),
            );
        }
        let bass = self.band(0);
        let correlation = all.correlation();
        // Bass alone that is upside down, or a side that is too loud, is something else.
        let is_bass = bass.correlation() < INVERTED;
        let is_all = is_bass && self.band(1).correlation() < 0.5 * INVERTED;
        if correlation < INVERTED && is_all {
            let is_clear = correlation < 1.5 * INVERTED || bass.correlation() < 2.0 * INVERTED;
            let sureness = if is_clear { Sureness::Certain } else { Sureness::Likely };
            findings.push(Finding::new(Kind::InvertedChannel, sureness, correlation, INVERTED));
            return findings;
        }
        if let Some((delay_ms, share)) = self.delay() {
            let later = if delay_ms > 0.0 { Channel::Right } else { Channel::Left };
            let sureness = if delay_ms.abs() < LEAST_DELAY_MS {
                Sureness::Uncertain
            } else if share > 2.0 * DELAYED {
                Sureness::Certain
            } else {
                Sureness::Likely
            };
            findings.push(
                Finding::new(Kind::ChannelDelay, sureness, delay_ms.abs(), 0.0)
                    .of_channel(Some(later)),
            );
        }
        if self.side_db() < NO_SIDE_DB {
            findings.push(Finding::new(
                Kind::MonoInStereo,
                Sureness::Certain,
                self.side_db(),
                NO_SIDE_DB,
            ));
            return findings;
        }
        let bass_db = 10.0 * (bass.total().max(1e-15) / all.total()).log10();
        if bass.correlation() < BASS && bass_db > BASS_HEARD_DB {
            let sureness =
                if bass.correlation() < 0.0 { Sureness::Certain } else { Sureness::Likely };
            findings.push(
                Finding::new(Kind::BassPhase, sureness, bass.correlation(), BASS)
                    .within(BANDS_HZ[0])
                    .at(self.worst(Some(0))),
            );
        }
        findings.extend(self.mono_loss(all));
        findings
    }

    fn side_db(&self) -> f64 {
        10.0 * (self.apart[0].max(1e-15) / self.apart[1].max(1e-15)).log10()
    }

    fn mono_loss(&self, all: Sums) -> Option<Finding> {
        let loss_db = all.mono_loss_db();
        if loss_db < MONO_LOSS_DB {
            return Some(
                Finding::new(Kind::MonoLoss, Sureness::Certain, loss_db, MONO_LOSS_DB)
                    .at(self.worst(None)),
            );
        }
        let (band, loss_db) = (1..BANDS_HZ.len())
            .filter(|band| self.band(*band).total() > 0.003 * all.total())
            .map(|band| (band, self.band(band).mono_loss_db()))
            .min_by(|a, b| a.1.total_cmp(&b.1))?;
        (loss_db < BAND_LOSS_DB).then(|| {
            Finding::new(Kind::MonoLoss, Sureness::Likely, loss_db, BAND_LOSS_DB)
                .within(BANDS_HZ[band])
                .at(self.worst(Some(band)))
        })
    }

    /// The passage in which most of a band, or of all, is lost in mono.
    fn worst(&self, band: Option<usize>) -> Vec<Span> {
        let lost = |window: &[Sums; BANDS_HZ.len()]| {
            let mut sums = Sums::default();
            match band {
                Some(band) => sums = window[band],
                None => window.iter().for_each(|band| sums.add(*band)),
            }
            0.5 * sums.total() - sums.both
        };
        let (Some(first), Some(last)) = (self.starts_s.first(), self.starts_s.last()) else {
            return Vec::new();
        };
        let hop_s = 0.5 / self.bin_hz;
        let of_span = ((SPAN_S / hop_s) as usize).max(1);
        let losses: Vec<f64> = self.windows.iter().map(lost).collect();
        let start = losses
            .windows(of_span.min(losses.len()))
            .map(|span| span.iter().sum::<f64>())
            .enumerate()
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map_or(0, |(start, _)| start);
        let from_s = self.starts_s[start];
        vec![Span { from_s: from_s.max(*first), to_s: (from_s + SPAN_S).min(last + 2.0 * hop_s) }]
    }

    /// How much later the right channel is, ms, and how much of what both have in common is; none
    /// where they are in step.
    fn delay(&self) -> Option<(f64, f64)> {
        let [(low_lag, low), (high_lag, high)] =
            [self.common([100.0, 2000.0])?, self.common([2000.0, 12_000.0])?];
        // What is common is left times the conjugate of right: a later right stands before zero.
        let is_delay = high_lag != 0
            && (low_lag - high_lag).abs() <= 2 + high_lag.abs() / 20
            && low.min(high) > DELAYED;
        is_delay.then(|| (-high_lag as f64 / self.sample_rate_hz * 1000.0, low.min(high)))
    }

    /// At which lag, frames, both channels have most in common in a band, and how much of it.
    fn common(&self, [from_hz, to_hz]: [f64; 2]) -> Option<(isize, f64)> {
        let frames = 2 * (self.cross.len() - 1);
        // The smoothed coherence transform: every frequency counts alike, by how much of it
        // both have.
        let mut whole = 0.0;
        let mut spectrum: Vec<Complex<f64>> = self
            .cross
            .iter()
            .enumerate()
            .map(|(bin, cross)| {
                let hz = bin as f64 * self.bin_hz;
                let root = (self.powers[0][bin] * self.powers[1][bin]).sqrt();
                if root > 0.0 && (from_hz..to_hz).contains(&hz) {
                    whole += 2.0;
                    cross / root
                } else {
                    Complex::default()
                }
            })
            .collect();
        let transform = RealFftPlanner::<f64>::new().plan_fft_inverse(frames);
        let mut lags = transform.make_output_vec();
        transform.process(&mut spectrum, &mut lags).ok()?;
        let longest = ((LONGEST_DELAY_S * self.sample_rate_hz) as usize).min(frames / 4) as isize;
        (-longest..=longest)
            .map(|lag| (lag, lags[lag.rem_euclid(frames as isize) as usize] / f64::max(whole, 1.0)))
            .max_by(|a, b| a.1.total_cmp(&b.1))
    }
}
