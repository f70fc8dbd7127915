//! Level, peak, crest factor, correlation and mono-sum loss in three bands.
//!
//! Low is what lies below 200 Hz, high what lies above 2 kHz: where a mix has
//! its weight, its body and its edge. A whole-band reading hides a bass that
//! vanishes in mono behind a wide top, and the other way round.
//!
//! **Crest factor** is `10 log10((pl^2 + pr^2) / (L + R))` with the peaks `pl`
//! and `pr` and the mean squares `L` and `R` of the two channels over the same
//! time: 3.01 dB for a sine at any balance. The peak is that of the band's
//! samples, after its filter. Level is the mean square of both channels: a
//! sine of full scale in both reads -3.01 dBFS.
//!
//! Correlation moves with 300 ms as the broadband one does; level, peak, crest
//! factor and mono-sum loss are those of the last 3 s, in steps of 100 ms, and
//! of everything. Frames are worked on in chunks of 32 from the start of the
//! stream, so no reading depends on the block size.

use super::splitter::{BANDS, CHUNK_FRAMES, ChunkSums, Splitter};
use super::stereo_field::{CORRELATION_S, Products, SILENT_POWER};
use crate::processor::AudioSpec;
use crate::units::{gain_to_db, power_to_db};

/// Where one band ends and the next begins, Hz: fourth-order Linkwitz-Riley,
/// both 6 dB down there.
pub const BAND_CROSSOVERS_HZ: [f64; 2] = [200.0, 2000.0];
/// What the bands are called.
pub const BAND_NAMES: [&str; BANDS] = ["low", "mid", "high"];

/// Samples are held within this (+120 dBFS), so that no square overflows.
const HIGHEST: f32 = 1e6;
const STEP_S: f64 = 0.01;
const HOP_STEPS: usize = 10;
/// Hops of 100 ms in the last 3 s.
const RECENT_HOPS: usize = 30;

/// What one band reads; levels are negative infinity for silence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BandReading {
    /// Mean square of both channels, dBFS.
    pub level_dbfs: f64,
    /// Highest sample of both channels, dBFS.
    pub peak_dbfs: f64,
    /// Crest factor, dB; negative infinity where there is nothing to read.
    pub crest_db: f64,
    /// Correlation, -1 to 1; `None` while a channel is silent.
    pub correlation: Option<f64>,
    /// What a mono sum loses, dB: 0 or less; 0 for silence.
    pub mono_loss_db: f64,
}

impl Default for BandReading {
    fn default() -> Self {
        Self {
            level_dbfs: f64::NEG_INFINITY,
            peak_dbfs: f64::NEG_INFINITY,
            crest_db: f64::NEG_INFINITY,
            correlation: None,
            mono_loss_db: 0.0,
        }
    }
}

/// What all bands read, low to high.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BandsSnapshot {
    /// Correlation of the last 300 ms or so, the rest of the last 3 s.
    pub recent: [BandReading; BANDS],
    /// Everything since the last reset.
    pub overall: [BandReading; BANDS],
    /// Everything since a comparison began, or since the reset where none did.
    pub compared: [BandReading; BANDS],
}

/// What a stretch of time holds of one band.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    products: Products,
    peaks: [f32; 2],
}

impl Sums {
    fn add(&mut self, other: &Self) {
        self.products.add(other.products);
        for channel in 0..2 {
            self.peaks[channel] = self.peaks[channel].max(other.peaks[channel]);
        }
    }

    /// The reading of sums over `frames` frames.
    fn read(&self, frames: u64) -> BandReading {
        let mean = self.products.scaled(1.0 / frames.max(1) as f64);
        let power = mean.left + mean.right;
        let peaks = self.peaks.map(f64::from);
        let crest_db = if power < SILENT_POWER {
            f64::NEG_INFINITY
        } else {
            power_to_db((peaks[0] * peaks[0] + peaks[1] * peaks[1]) / power)
        };
        BandReading {
            level_dbfs: power_to_db(0.5 * power),
            peak_dbfs: gain_to_db(peaks[0].max(peaks[1])),
            crest_db,
            correlation: mean.correlation(),
            mono_loss_db: mean.mono_loss_db(),
        }
    }
}

/// The meters of all bands.
#[derive(Debug)]
pub(super) struct BandMeters {
    splitter: Splitter,
    staged: [[f32; CHUNK_FRAMES]; 2],
    filled: usize,
    /// Chunks in a step of about 10 ms.
    step_chunks: usize,
    chunks: usize,
    steps: usize,
    correlation_fraction: f64,
    step: [Sums; BANDS],
    hop: [Sums; BANDS],
    /// The hops of the last 3 s, in a ring.
    recent: Box<[[Sums; BANDS]]>,
    hops: usize,
    overall: [Sums; BANDS],
    overall_frames: u64,
    compared: [Sums; BANDS],
    compared_frames: u64,
    /// Whether the hop under way began before the comparison did.
    is_hop_older: bool,
    for_correlation: [Products; BANDS],
    snapshot: BandsSnapshot,
}

impl BandMeters {
    pub(super) fn new(spec: AudioSpec) -> Self {
        let step_chunks =
            (STEP_S * spec.sample_rate_hz / CHUNK_FRAMES as f64).round().max(1.0) as usize;
        let step_s = (step_chunks * CHUNK_FRAMES) as f64 / spec.sample_rate_hz;
        Self {
            splitter: Splitter::new(BAND_CROSSOVERS_HZ, spec.sample_rate_hz),
            staged: [[0.0; CHUNK_FRAMES]; 2],
            filled: 0,
            step_chunks,
            chunks: 0,
            steps: 0,
            correlation_fraction: 1.0 - (-step_s / CORRELATION_S).exp(),
            step: [Sums::default(); BANDS],
            hop: [Sums::default(); BANDS],
            recent: vec![[Sums::default(); BANDS]; RECENT_HOPS].into(),
            hops: 0,
            overall: [Sums::default(); BANDS],
            overall_frames: 0,
            compared: [Sums::default(); BANDS],
            compared_frames: 0,
            is_hop_older: false,
            for_correlation: [Products::default(); BANDS],
            snapshot: BandsSnapshot::default(),
        }
    }

    pub(super) fn reset(&mut self) {
        self.splitter.reset();
        self.filled = 0;
        self.chunks = 0;
        self.steps = 0;
        self.step = [Sums::default(); BANDS];
        self.hop = [Sums::default(); BANDS];
        self.hops = 0;
        self.overall = [Sums::default(); BANDS];
        self.overall_frames = 0;
        self.begin_comparison();
        self.is_hop_older = false;
        self.for_correlation = [Products::default(); BANDS];
        self.snapshot = BandsSnapshot::default();
    }

    /// What is compared begins anew, and nothing else.
    pub(super) fn begin_comparison(&mut self) {
        self.compared = [Sums::default(); BANDS];
        self.compared_frames = 0;
        self.is_hop_older = true;
        self.snapshot.compared = [BandReading::default(); BANDS];
    }

    /// Takes finite frames in.
    pub(super) fn process(&mut self, left: &[f32], right: &[f32]) {
        let mut start = 0;
        while start < left.len() {
            let frames = (CHUNK_FRAMES - self.filled).min(left.len() - start);
            for (staged, samples) in self.staged.iter_mut().zip([left, right]) {
                let staged = &mut staged[self.filled..self.filled + frames];
                for (staged, sample) in staged.iter_mut().zip(&samples[start..start + frames]) {
                    *staged = sample.clamp(-HIGHEST, HIGHEST);
                }
            }
            self.filled += frames;
            start += frames;
            if self.filled == CHUNK_FRAMES {
                self.take_chunk();
            }
        }
    }

    /// Ends the measurement of a file: the frames that wait for a whole chunk,
    /// and what the filters hold back, are read too.
    pub(super) fn finish(&mut self) {
        for staged in &mut self.staged {
            staged[self.filled..].fill(0.0);
        }
        self.take_chunk();
        let mut overall = self.overall;
        for band in 0..BANDS {
            overall[band].add(&self.hop[band]);
            overall[band].add(&self.step[band]);
            self.snapshot.overall[band] = overall[band].read(self.overall_frames);
        }
    }

    pub(super) fn snapshot(&self) -> BandsSnapshot {
        self.snapshot
    }

    fn take_chunk(&mut self) {
        let [left, right] = &self.staged;
        let ChunkSums { powers, crosses, peaks } = self.splitter.process(left, right);
        for (band, step) in self.step.iter_mut().enumerate() {
            let lane = 2 * band;
            step.add(&Sums {
                products: Products {
                    left: f64::from(powers[lane]),
                    right: f64::from(powers[lane + 1]),
                    cross: f64::from(crosses[lane]),
                },
                peaks: [peaks[lane], peaks[lane + 1]],
            });
        }
        self.overall_frames += self.filled as u64;
        self.filled = 0;
        self.chunks += 1;
        if self.chunks == self.step_chunks {
            self.chunks = 0;
            self.complete_step();
        }
    }

    fn complete_step(&mut self) {
        let scale = 1.0 / (self.step_chunks * CHUNK_FRAMES) as f64;
        for band in 0..BANDS {
            let step = std::mem::take(&mut self.step[band]);
            self.hop[band].add(&step);
            let follower = &mut self.for_correlation[band];
            follower.follow(step.products.scaled(scale), self.correlation_fraction);
            self.snapshot.recent[band].correlation = follower.correlation();
        }
        self.steps += 1;
        if self.steps == HOP_STEPS {
            self.steps = 0;
            self.complete_hop();
        }
    }

    fn complete_hop(&mut self) {
        self.recent[self.hops % RECENT_HOPS] = self.hop;
        self.hops += 1;
        let hops = self.hops.min(RECENT_HOPS);
        let hop_frames = (HOP_STEPS * self.step_chunks * CHUNK_FRAMES) as u64;
        let frames = hops as u64 * hop_frames;
        let is_compared = !std::mem::take(&mut self.is_hop_older);
        if is_compared {
            self.compared_frames += hop_frames;
        }
        for band in 0..BANDS {
            let now = std::mem::take(&mut self.hop[band]);
            self.overall[band].add(&now);
            if is_compared {
                self.compared[band].add(&now);
                self.snapshot.compared[band] = self.compared[band].read(self.compared_frames);
            }
            self.snapshot.overall[band] = self.overall[band].read(self.overall_frames);
            let mut recent = Sums::default();
            for hop in &self.recent[..hops] {
                recent.add(&hop[band]);
            }
            let correlation = self.snapshot.recent[band].correlation;
            self.snapshot.recent[band] = BandReading { correlation, ..recent.read(frames) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f64 = 48_000.0;

    fn tone(hz: f64, gain: f64, phase: f64, seconds: f64) -> Vec<f32> {
        let step = std::f64::consts::TAU * hz / RATE;
        (0..(seconds * RATE) as usize)
            .map(|n| (gain * (step * n as f64 + phase).sin()) as f32)
            .collect()
    }

    fn mixed(parts: &[&[f32]]) -> Vec<f32> {
        (0..parts[0].len()).map(|n| parts.iter().map(|part| part[n]).sum()).collect()
    }

    fn meters() -> BandMeters {
        BandMeters::new(AudioSpec { sample_rate_hz: RATE, max_block_frames: 512 })
    }

    fn measured(left: &[f32], right: &[f32]) -> BandsSnapshot {
        let mut meters = meters();
        meters.process(left, right);
        meters.finish();
        meters.snapshot()
    }

    #[track_caller]
    fn assert_near(read: f64, expected: f64, tolerance: f64) {
        assert!(read == expected || (read - expected).abs() < tolerance, "{read}, not {expected}");
    }

    #[test]
    fn a_sine_reads_its_level_and_a_crest_of_three_db_in_its_band_at_any_balance() {
        for (band, hz) in [(0, 50.0), (1, 640.0), (2, 7993.0)] {
            let left = tone(hz, 0.1, 0.0, 8.0);
            for balance in [1.0, 0.3, 0.0] {
                let right: Vec<f32> = left.iter().map(|sample| balance * sample).collect();
                let read = measured(&left, &right);
                let power = 0.25 * 0.01 * f64::from(1.0 + balance * balance);
                // The overall peak holds what the filter makes of the sudden start.
                for (reading, crest_tolerance) in [(read.recent, 0.05), (read.overall, 1.5)] {
                    let reading = reading[band];
                    // The crossovers' skirts take 0.17 dB of the middle band.
                    assert_near(reading.level_dbfs, 10.0 * power.log10(), 0.2);
                    assert_near(reading.crest_db, 3.01, crest_tolerance);
                    assert_near(reading.peak_dbfs, -20.0, crest_tolerance + 0.2);
                    let correlation = (balance > 0.0).then_some(1.0);
                    assert_eq!(
                        reading.correlation.map(|value| (1e3 * value).round() / 1e3),
                        correlation
                    );
                }
            }
        }
    }

    #[test]
    fn every_band_has_its_own_correlation_and_mono_loss() {
        // The bass inverted, the middle mono, the top unrelated.
        let (bass, body) = (tone(50.0, 0.3, 0.0, 10.0), tone(640.0, 0.3, 0.0, 10.0));
        let edge = tone(8000.0, 0.3, 0.0, 10.0);
        let edge_right = tone(8000.0, 0.3, std::f64::consts::FRAC_PI_2, 10.0);
        let inverted: Vec<f32> = bass.iter().map(|sample| -sample).collect();
        let read =
            measured(&mixed(&[&bass, &body, &edge]), &mixed(&[&inverted, &body, &edge_right]));
        for readings in [read.recent, read.overall] {
            let [low, mid, high] = readings;
            assert_near(low.correlation.unwrap(), -1.0, 0.001);
            assert!(low.mono_loss_db < -30.0, "{low:?}");
            assert_near(mid.correlation.unwrap(), 1.0, 0.02);
            assert_near(mid.mono_loss_db, 0.0, 0.05);
            assert_near(high.correlation.unwrap(), 0.0, 0.02);
            assert_near(high.mono_loss_db, -3.01, 0.1);
        }
    }

    #[test]
    fn the_last_three_seconds_forget_and_the_whole_remembers() {
        let loud = tone(640.0, 0.5, 0.0, 4.0);
        let quiet = tone(640.0, 0.005, 0.0, 4.0);
        let signal: Vec<f32> = [loud, quiet].concat();
        let read = measured(&signal, &signal);
        assert_near(read.recent[1].peak_dbfs, -46.0, 0.2);
        assert_near(read.recent[1].crest_db, 3.01, 0.1);
        // The filter overshoots where the level falls.
        assert_near(read.overall[1].peak_dbfs, -6.0, 1.0);
        assert_near(read.overall[1].level_dbfs, -6.02 - 3.01 - 3.01, 0.2);
    }

    #[test]
    fn silence_and_inverted_channels_read_without_dirt() {
        let silence = vec![0.0; 48_000];
        assert_eq!(measured(&silence, &silence), BandsSnapshot::default());
        assert_eq!(measured(&[], &[]), BandsSnapshot::default());
        let left = tone(640.0, 0.5, 0.0, 4.0);
        let right: Vec<f32> = left.iter().map(|sample| -sample).collect();
        assert_eq!(measured(&left, &right).overall[1].mono_loss_db, f64::NEG_INFINITY);
        let read = measured(&vec![f32::MAX; 48_000], &vec![-f32::MAX; 48_000]);
        assert!(!format!("{read:?}").contains("NaN"), "{read:?}");
    }

    #[test]
    fn every_frame_counts_however_the_stream_is_cut() {
        let left = tone(3001.0, 0.7, 0.0, 3.333);
        let right = tone(99.0, 0.2, 1.0, 3.333);
        let whole = measured(&left, &right);
        for frames in [1, 17, 64, 500, 4096] {
            let mut cut = meters();
            for (left, right) in left.chunks(frames).zip(right.chunks(frames)) {
                cut.process(left, right);
            }
            cut.finish();
            assert_eq!(cut.snapshot(), whole, "blocks of {frames}");
        }
        // The very last frames are read too.
        let mut late = vec![0.0; 48_000 + 7];
        late[48_003] = 0.5;
        assert!(measured(&late, &late).overall[2].peak_dbfs > -10.0);
    }
}
