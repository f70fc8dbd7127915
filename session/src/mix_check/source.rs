//! Where the sound comes from: lossy files, lower rates, fewer bits; and the noise beneath it.

use super::finding::{Finding, Kind, Sureness};
use super::windows::Window;

/// The band falls so far within the width of the edge where something cut it off, dB.
const EDGE_DB: f64 = 25.0;
/// The width of an edge, Hz.
const EDGE_HZ: f64 = 700.0;
/// Encoders cut between these, Hz.
const LOSSY_HZ: [f64; 2] = [10_500.0, 20_700.0];
/// Half the rates that files come from, Hz.
const HALF_RATES_HZ: [f64; 6] = [11_025.0, 16_000.0, 22_050.0, 24_000.0, 44_100.0, 48_000.0];
/// Within so much of one of them it is that one.
const AT_RATE: f64 = 0.04;
/// Noise is looked for above this, Hz, where music is weak,
const NOISE_HZ: [f64; 2] = [8000.0, 16_000.0];
/// in so small a share of the windows.
const QUIETEST: f64 = 0.05;
/// It is one from here, below all that is heard, dB.
const NOISE_DB: f64 = -55.0;
/// Noise is as strong in all of the quiet windows, dB.
const NOISE_VARIES_DB: f64 = 1.5;

/// Looks for what the file was before.
#[derive(Debug)]
pub(super) struct Source {
    bin_hz: f64,
    /// The mean and the highest power of each bin.
    mean: Vec<f64>,
    windows: usize,
    /// The power of the band of noise in every window.
    high: Vec<f32>,
}

impl Source {
    pub(super) fn new(bins: usize, bin_hz: f64) -> Self {
        Self { bin_hz, mean: vec![0.0; bins], windows: 0, high: Vec::new() }
    }

    pub(super) fn take(&mut self, window: &Window<'_>) {
        for (bin, mean) in self.mean.iter_mut().enumerate() {
            *mean += f64::from(window.power(bin));
        }
        self.windows += 1;
        let [from, to] = NOISE_HZ.map(|hz| ((hz / self.bin_hz) as usize).min(self.mean.len()));
        self.high.push((from..to).map(|bin| window.power(bin)).sum());
    }

    fn level_db(&self, from_hz: f64, to_hz: f64) -> f64 {
        let place = |hz: f64| ((hz / self.bin_hz) as usize).min(self.mean.len());
        let (from, to) = (place(from_hz), place(to_hz));
        if from >= to {
            return f64::NAN;
        }
        let power = self.mean[from..to].iter().sum::<f64>() / (to - from) as f64;
        10.0 * (power / self.windows.max(1) as f64).max(1e-24).log10()
    }

    /// Where the band ends in an edge, Hz, and how far it falls there, dB.
    fn edge(&self) -> Option<(f64, f64)> {
        let nyquist_hz = self.bin_hz * (self.mean.len() - 1) as f64;
        let mut steepest: Option<(f64, f64)> = None;
        let mut hz = LOSSY_HZ[0];
        while hz + 2.0 * EDGE_HZ < nyquist_hz {
            let falls_db = self.level_db(hz - EDGE_HZ, hz - 0.2 * EDGE_HZ)
                - self.level_db(hz + EDGE_HZ, hz + 1.8 * EDGE_HZ);
            // Above an edge there is nothing more.
            let is_last = self.level_db(hz + EDGE_HZ, nyquist_hz)
                < self.level_db(hz - EDGE_HZ, hz) - 0.8 * EDGE_DB;
            if is_last && falls_db > steepest.map_or(0.0, |(_, db)| db) {
                steepest = Some((hz, falls_db));
            }
            hz += 100.0;
        }
        steepest
    }

    /// The level of steady noise, dB below all that is heard; none where the music never lets it
    /// be heard.
    fn noise_db(&self, heard_db: f64) -> Option<f64> {
        let mut high: Vec<f32> = self.high.iter().copied().filter(|power| *power > 1e-14).collect();
        if high.len() < 60 {
            return None;
        }
        high.sort_by(f32::total_cmp);
        let at = |share: f64| f64::from(high[(share * (high.len() - 1) as f64) as usize]);
        let (low, higher) = (at(0.2 * QUIETEST), at(QUIETEST));
        let varies_db = 10.0 * (higher / low).log10();
        (varies_db < NOISE_VARIES_DB).then(|| 10.0 * higher.log10() - heard_db)
    }

    /// What there is to be seen.
    pub(super) fn evidence(&self, heard_db: f64) -> String {
        format!("edge {:.1?} noise {:.1?}", self.edge(), self.noise_db(heard_db))
    }

    /// `bits` are what the file could hold, and what its samples need.
    pub(super) fn findings(&self, heard_db: f64, bits: Option<[u16; 2]>) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some([stored, used]) = bits
            && used <= 16
            && used < stored
        {
            let (stored, used) = (f64::from(stored), f64::from(used));
            findings.push(Finding::new(Kind::UnusedBits, Sureness::Certain, used, stored));
        }
        if self.windows == 0 {
            return findings;
        }
        if let Some((hz, falls_db)) = self.edge()
            && falls_db > EDGE_DB
        {
            let rate = HALF_RATES_HZ.into_iter().find(|rate| (hz / rate - 1.0).abs() < AT_RATE);
            let nyquist_hz = self.bin_hz * (self.mean.len() - 1) as f64;
            match rate {
                Some(half_hz) if half_hz > 20_000.0 && half_hz < 0.97 * nyquist_hz => findings
                    .push(
                        Finding::new(
                            Kind::Upsampled,
                            Sureness::Likely,
                            2.0 * half_hz,
                            2.0 * nyquist_hz,
                        )
                        .within([hz, nyquist_hz]),
                    ),
                _ if (LOSSY_HZ[0]..LOSSY_HZ[1]).contains(&hz) => findings.push(
                    Finding::new(Kind::LossySource, Sureness::Likely, hz, LOSSY_HZ[1])
                        .within([hz, nyquist_hz]),
                ),
                _ => {}
            }
        }
        if let Some(noise_db) = self.noise_db(heard_db)
            && noise_db > NOISE_DB
        {
            let sureness =
                if noise_db > NOISE_DB + 10.0 { Sureness::Likely } else { Sureness::Uncertain };
            findings.push(Finding::new(Kind::Noise, sureness, noise_db, NOISE_DB).within(NOISE_HZ));
        }
        findings
    }
}
