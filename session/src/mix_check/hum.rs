//! Lines of the mains.
//!
//! Hum is there all the time, and heard where the music is quiet: it is looked for in the
//! quietest windows that are not silent. Notes that lie near a line stand beside it as well.

use super::finding::{Finding, Kind, Sureness};
use super::windows::{Window, Windows};

/// The mains, Hz.
const MAINS_HZ: [f64; 2] = [50.0, 60.0];
/// Harmonics that are looked for.
const HARMONICS: usize = 6;
/// A line stands so far over what lies around it, dB.
const LINE_DB: f64 = 12.0;
/// A line counts from here, below all that is heard, dB.
const LINE_HEARD_DB: f64 = -60.0;
/// Lines without which it is no hum, and which make it certain.
const LINES: [usize; 2] = [2, 4];
/// Half the width of a line: the window's own, and what the mains wander, Hz.
const HALF_HZ: f64 = 1.1;
/// What lies around it: from and to so far away, Hz.
const AROUND_HZ: [f64; 2] = [2.2, 6.0];
/// Windows are so long, seconds.
const WINDOW_S: f64 = 1.36;
/// So many of the quietest are looked at.
const QUIETEST: usize = 3;
/// Digital silence with a little dither is no music, dBFS.
const SILENT_DBFS: f64 = -95.0;
/// Nothing above this is kept, Hz.
const HIGHEST_HZ: f64 = 370.0;
/// The rate is halved until it is below this, Hz.
const RATE_HZ: f64 = 5000.0;

/// Halves a rate: every second of the means of three neighbours, the middle one counting twice.
#[derive(Clone, Copy, Debug, Default)]
struct Half {
    before: [f32; 2],
    is_odd: bool,
}

impl Half {
    fn take(&mut self, sample: f32) -> Option<f32> {
        let [first, middle] = self.before;
        self.before = [middle, sample];
        self.is_odd = !self.is_odd;
        self.is_odd.then_some(0.25 * (first + 2.0 * middle + sample))
    }
}

/// Looks for hum.
#[derive(Debug)]
pub(super) struct Hum {
    halves: [Vec<Half>; 2],
    slow: [Vec<f32>; 2],
    windows: Windows,
    bin_hz: f64,
    /// The low bins of every window.
    powers: Vec<Vec<f32>>,
}

impl Hum {
    pub(super) fn new(sample_rate_hz: f64) -> Self {
        let (mut rate_hz, mut halvings) = (sample_rate_hz, 0);
        while rate_hz > RATE_HZ {
            rate_hz /= 2.0;
            halvings += 1;
        }
        let windows = Windows::new(rate_hz, WINDOW_S);
        Self {
            halves: [vec![Half::default(); halvings], vec![Half::default(); halvings]],
            slow: [Vec::new(), Vec::new()],
            bin_hz: windows.bin_hz(),
            windows,
            powers: Vec::new(),
        }
    }

    pub(super) fn take(&mut self, left: &[f32], right: &[f32]) {
        for ((halves, slow), samples) in
            self.halves.iter_mut().zip(&mut self.slow).zip([left, right])
        {
            slow.clear();
            slow.extend(samples.iter().filter_map(|sample| {
                halves.iter_mut().try_fold(*sample, |sample, half| half.take(sample))
            }));
        }
        let bins = (HIGHEST_HZ / self.bin_hz) as usize;
        let (powers, [left, right]) = (&mut self.powers, &self.slow);
        self.windows.take(left, right, &mut |window: &Window<'_>| {
            powers.push((0..bins).map(|bin| window.power(bin)).collect());
        });
    }

    /// The quietest windows with something in them.
    fn quietest(&self) -> Vec<&[f32]> {
        let total = |powers: &[f32]| powers.iter().map(|power| f64::from(*power)).sum::<f64>();
        let mut windows: Vec<(f64, &[f32])> = self
            .powers
            .iter()
            .map(|powers| (total(powers), &powers[..]))
            .filter(|(power, _)| *power > 10f64.powf(SILENT_DBFS / 10.0))
            .collect();
        windows.sort_by(|a, b| a.0.total_cmp(&b.0));
        windows.into_iter().take(QUIETEST).map(|(_, powers)| powers).collect()
    }

    /// The middle of the powers in windows from one frequency to another, dB a bin.
    fn level_db(&self, windows: &[&[f32]], from_hz: f64, to_hz: f64) -> f64 {
        let place = |hz: f64| (hz / self.bin_hz).round() as usize;
        let mut levels: Vec<f64> = windows
            .iter()
            .map(|powers| {
                let bins =
                    &powers[place(from_hz).min(powers.len())..place(to_hz).min(powers.len())];
                bins.iter().map(|power| f64::from(*power)).sum::<f64>() / bins.len().max(1) as f64
            })
            .collect();
        levels.sort_by(f64::total_cmp);
        levels.get(levels.len() / 2).map_or(-200.0, |power| 10.0 * power.max(1e-20).log10())
    }

    /// How many lines of mains of so many Hz stand out, and their power together, dB.
    fn lines(&self, mains_hz: f64, heard_db: f64) -> (usize, f64) {
        let windows = self.quietest();
        let (mut count, mut power) = (0, 0.0);
        for harmonic in 1..=HARMONICS {
            let hz = mains_hz * harmonic as f64;
            let line_db = self.level_db(&windows, hz - HALF_HZ, hz + HALF_HZ);
            let [near, far] = AROUND_HZ;
            let around_db = self.level_db(&windows, hz - far, hz - near).max(self.level_db(
                &windows,
                hz + near,
                hz + far,
            ));
            let whole_db = line_db + 10.0 * (2.0 * HALF_HZ / self.bin_hz).log10();
            if line_db - around_db > LINE_DB && whole_db > heard_db + LINE_HEARD_DB {
                count += 1;
                power += 10f64.powf(whole_db / 10.0);
            }
        }
        (count, 10.0 * power.max(1e-20).log10())
    }

    /// What there is to be seen.
    pub(super) fn evidence(&self, heard_db: f64) -> String {
        format!("hum {:.0?}", MAINS_HZ.map(|hz| self.lines(hz, heard_db)))
    }

    /// `heard_db` is the mean square of all that is heard, dBFS.
    pub(super) fn finding(&self, heard_db: f64) -> Option<Finding> {
        let (mains_hz, (count, level_db)) = MAINS_HZ
            .map(|hz| (hz, self.lines(hz, heard_db)))
            .into_iter()
            .max_by_key(|(_, (count, _))| *count)?;
        let sureness = if count >= LINES[1] { Sureness::Certain } else { Sureness::Likely };
        (count >= LINES[0]).then(|| {
            Finding::new(Kind::Hum, sureness, level_db - heard_db, LINE_HEARD_DB)
                .counted(count as u64)
                .within([mains_hz, mains_hz * HARMONICS as f64])
        })
    }
}
