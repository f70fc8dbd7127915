//! Spectra: live for the editor, and of the whole song, on any set of frequencies.
//!
//! Windows of about 170 ms (a power of two: 8192 frames at 48 kHz) with a Hann
//! window, one every quarter of a window; for the song one every half. The power of a stereo frame is the
//! mean of its channels, so a sine in both reads its own level.
//!
//! **What a curve reads.** A curve shows the level of components: a sine of
//! -20 dBFS reads -20 dB (within 0.15 dB) at its frequency, whatever the
//! smoothing. Each bin is first given the power of itself and its neighbours,
//! over 1.5: a Hann window puts that much of a sine into three bins wherever it
//! lies between them. Smoothing then takes the strongest bin of the
//! neighbourhood, weighed by `1 - 2 (d / s)^2` at a distance of `d` for a
//! smoothing of `s` octaves, so that a lone sine is drawn as a rounded top
//! that is 3 dB down at the edges of its band of `s` octaves. An average over
//! the band would make a sine read lower the higher it is, a sum over the band
//! would make noise read higher. The price is that the curve of noise follows
//! its crests, a few dB above its mean; over a long average they even out.
//! Where bins are wider apart than the band, the curve runs between them.
//!
//! [`SpectrumAnalyzer`] belongs to the editor's thread, which may miss frames;
//! [`SongAnalyzer`] to the audio thread, because an average over the song must
//! not. Both allocate in `new` only.

mod curve;
mod song;
mod window;

use std::fmt;
use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

pub use self::curve::{CurveDrawer, CurveLook};
pub use self::song::{SharedSongSpectrum, SongAnalyzer, SongSpectrum};

use self::window::{HIGHEST, window, window_frames};

/// Windows begun in the time of one.
const OVERLAP: usize = 4;
/// How fast the live curve rises, as a time constant.
const ATTACK_S: f64 = 0.03;
/// How fast it falls.
const RELEASE_S: f64 = 0.3;
/// A power that has decayed below this is cleared before it becomes denormal.
const NEGLIGIBLE: f32 = 1e-20;

/// Analyses stereo frames.
pub struct SpectrumAnalyzer {
    sample_rate_hz: f64,
    transform: Arc<dyn RealToComplex<f32>>,
    /// Hann window, scaled so that a sine's peak bin has the sine's amplitude.
    window: Vec<f32>,
    /// The last frames of each channel, in a ring.
    recent: [Vec<f32>; 2],
    position: usize,
    /// Frames until the next window is complete.
    frames_to_go: usize,
    time: Vec<f32>,
    bins: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    /// Power of each bin in the newest window.
    power: Vec<f32>,
    /// The same with attack and release.
    live: Vec<f32>,
    /// Sum of the powers of all windows since the last reset.
    total: Vec<f64>,
    drawer: CurveDrawer,
    windows: u64,
    attack: f32,
    release: f32,
}

impl fmt::Debug for SpectrumAnalyzer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpectrumAnalyzer")
            .field("sample_rate_hz", &self.sample_rate_hz)
            .field("window_frames", &self.window.len())
            .field("windows", &self.windows)
            .finish_non_exhaustive()
    }
}

impl SpectrumAnalyzer {
    /// Builds the analyser; the only place that allocates.
    pub fn new(sample_rate_hz: f64) -> Self {
        let frames = window_frames(sample_rate_hz);
        let transform = RealFftPlanner::new().plan_fft_forward(frames);
        let hop_s = (frames / OVERLAP) as f64 / sample_rate_hz;
        let fraction = |time_s: f64| (1.0 - (-hop_s / time_s).exp()) as f32;
        let bins = frames / 2 + 1;
        Self {
            sample_rate_hz,
            time: transform.make_input_vec(),
            bins: transform.make_output_vec(),
            scratch: transform.make_scratch_vec(),
            transform,
            window: window(frames),
            recent: [vec![0.0; frames], vec![0.0; frames]],
            position: 0,
            frames_to_go: frames,
            power: vec![0.0; bins],
            live: vec![0.0; bins],
            total: vec![0.0; bins],
            drawer: CurveDrawer::default(),
            windows: 0,
            attack: fraction(ATTACK_S),
            release: fraction(RELEASE_S),
        }
    }

    /// Forgets all audio.
    pub fn reset(&mut self) {
        for recent in &mut self.recent {
            recent.fill(0.0);
        }
        self.position = 0;
        self.frames_to_go = self.window.len();
        self.live.fill(0.0);
        self.total.fill(0.0);
        self.windows = 0;
    }

    /// Whether a whole window has been seen; before that all curves are silent.
    pub fn is_ready(&self) -> bool {
        self.windows > 0
    }

    /// Takes frames in. Samples that are not finite count as silence.
    pub fn push(&mut self, frames: &[[f32; 2]]) {
        for frame in frames {
            for (recent, &sample) in self.recent.iter_mut().zip(frame) {
                recent[self.position] =
                    if sample.is_finite() { sample.clamp(-HIGHEST, HIGHEST) } else { 0.0 };
            }
            self.position = (self.position + 1) % self.window.len();
            self.frames_to_go -= 1;
            if self.frames_to_go == 0 {
                self.frames_to_go = self.window.len() / OVERLAP;
                self.analyze();
            }
        }
    }

    /// The spectrum now, rising fast and falling slowly: the level in dBFS at
    /// each of `frequencies_hz`, drawn as told above; -150 for silence and
    /// above Nyquist.
    pub fn curve(&mut self, frequencies_hz: &[f32], look: CurveLook, out_db: &mut [f32]) {
        let live = self.live.iter().copied();
        self.drawer.draw(live, self.sample_rate_hz, look, frequencies_hz, out_db);
    }

    /// The same for the mean power of everything since the last reset.
    pub fn average(&mut self, frequencies_hz: &[f32], look: CurveLook, out_db: &mut [f32]) {
        let scale = 1.0 / self.windows.max(1) as f64;
        let mean = self.total.iter().map(|total| (total * scale) as f32);
        self.drawer.draw(mean, self.sample_rate_hz, look, frequencies_hz, out_db);
    }

    /// Power of each bin in the live spectrum.
    pub fn live_powers(&self) -> &[f32] {
        &self.live
    }

    /// Analyses the last window's worth of frames.
    fn analyze(&mut self) {
        self.power.fill(0.0);
        for recent in &self.recent {
            // The oldest frame is at `position`.
            let (newer, older) = recent.split_at(self.position);
            let frames = older.iter().chain(newer);
            for ((time, sample), window) in self.time.iter_mut().zip(frames).zip(&self.window) {
                *time = sample * window;
            }
            self.transform
                .process_with_scratch(&mut self.time, &mut self.bins, &mut self.scratch)
                .expect("the buffers were made by the transform");
            for (power, bin) in self.power.iter_mut().zip(&self.bins) {
                *power += 0.5 * bin.norm_sqr();
            }
        }
        for (total, &power) in self.total.iter_mut().zip(&self.power) {
            *total += f64::from(power);
        }
        let is_first = self.windows == 0;
        for (live, &power) in self.live.iter_mut().zip(&self.power) {
            let fraction = if is_first {
                1.0
            } else if power > *live {
                self.attack
            } else {
                self.release
            };
            *live += fraction * (power - *live);
            if *live < NEGLIGIBLE {
                *live = 0.0;
            }
        }
        self.windows += 1;
    }
}

/// `count` frequencies at equal ratios from `low_hz` to `high_hz`.
pub fn log_frequencies(count: usize, low_hz: f32, high_hz: f32) -> Vec<f32> {
    let (low_hz, high_hz) = (f64::from(low_hz), f64::from(high_hz));
    let intervals = count.saturating_sub(1).max(1) as f64;
    (0..count).map(|n| (low_hz * (high_hz / low_hz).powf(n as f64 / intervals)) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::curve::FLOOR_DB;
    use super::*;

    fn push(analyzer: &mut SpectrumAnalyzer, frames: usize, frame: impl FnMut(usize) -> [f32; 2]) {
        let frames: Vec<[f32; 2]> = (0..frames).map(frame).collect();
        analyzer.push(&frames);
    }

    fn smoothed(smoothing_octaves: f32) -> CurveLook {
        CurveLook { smoothing_octaves, ..CurveLook::default() }
    }

    fn noise() -> impl FnMut() -> f32 {
        let mut state = 1_u32;
        move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.cast_signed() as f32 / 2_147_483_648.0
        }
    }

    #[test]
    fn a_sine_reads_its_level_at_its_frequency() {
        for rate in [8000.0, 44_100.0, 48_000.0, 96_000.0, 192_000.0] {
            for hz in [31.7, 100.0, 997.0, 3333.3] {
                for smoothing in [0.0, 1.0 / 24.0, 1.0 / 12.0, 1.0 / 3.0, 1.0] {
                    let mut analyzer = SpectrumAnalyzer::new(rate);
                    let step = std::f64::consts::TAU * hz / rate;
                    push(&mut analyzer, rate as usize, |n| {
                        [(0.1 * (step * n as f64).sin()) as f32; 2]
                    });
                    let mut read = [0.0; 2];
                    analyzer.curve(&[hz as f32, 1.5 * hz as f32], smoothed(smoothing), &mut read);
                    assert!((read[0] + 20.0).abs() < 0.15, "{} at {hz}, {rate}", read[0]);
                    let is_apart = hz > 50.0 && smoothing < 0.5;
                    assert!(read[1] < -55.0 || !is_apart, "{} at {hz}, {rate}", read[1]);
                    analyzer.average(&[hz as f32], smoothed(smoothing), &mut read[..1]);
                    assert!((read[0] + 20.0).abs() < 0.15, "{} at {hz}, {rate}", read[0]);
                }
            }
        }
    }

    #[test]
    fn a_smoothed_sine_is_three_db_down_at_the_edges_of_its_band() {
        let mut analyzer = SpectrumAnalyzer::new(48_000.0);
        let step = std::f64::consts::TAU * 6000.0 / 48_000.0;
        push(&mut analyzer, 24_000, |n| [(0.1 * (step * n as f64).sin()) as f32; 2]);
        let edges = [6000.0 * 2f32.powf(-1.0 / 6.0), 6000.0 * 2f32.powf(1.0 / 6.0)];
        let mut read = [0.0; 2];
        analyzer.curve(&edges, smoothed(1.0 / 3.0), &mut read);
        for level in read {
            assert!((level + 23.0).abs() < 0.7, "{level}");
        }
    }

    #[test]
    fn one_channel_alone_reads_half_the_power() {
        let mut analyzer = SpectrumAnalyzer::new(48_000.0);
        let step = std::f64::consts::TAU * 1000.0 / 48_000.0;
        push(&mut analyzer, 24_000, |n| [(0.1 * (step * n as f64).sin()) as f32, 0.0]);
        let mut read = [0.0];
        analyzer.curve(&[1000.0], smoothed(1.0 / 12.0), &mut read);
        assert!((read[0] + 23.01).abs() < 0.15, "{}", read[0]);
    }

    #[test]
    fn the_average_of_white_noise_is_level() {
        let mut analyzer = SpectrumAnalyzer::new(48_000.0);
        let mut noise = noise();
        push(&mut analyzer, 48_000 * 30, |_| [noise(), noise()]);
        let frequencies_hz = log_frequencies(60, 50.0, 20_000.0);
        let mut read = vec![0.0; frequencies_hz.len()];
        analyzer.average(&frequencies_hz, smoothed(1.0 / 12.0), &mut read);
        // Three of 4096 bins of the mean square 1/3; a sine's is half its squared amplitude.
        let expected = 10.0 * (2.0_f32 / 3.0 * 3.0 / 4096.0).log10();
        for (level, hz) in read.iter().zip(&frequencies_hz) {
            assert!((level - expected).abs() < 1.5, "{level}, not {expected} at {hz}");
        }
    }

    #[test]
    fn a_tilt_turns_around_one_kilohertz() {
        let mut analyzer = SpectrumAnalyzer::new(48_000.0);
        let mut noise = noise();
        push(&mut analyzer, 48_000, |_| [noise(), noise()]);
        let frequencies_hz = [500.0, 1000.0, 4000.0];
        let (mut level, mut tilted) = ([0.0; 3], [0.0; 3]);
        analyzer.curve(&frequencies_hz, smoothed(0.1), &mut level);
        let look = CurveLook { tilt_db_per_octave: 4.5, ..smoothed(0.1) };
        analyzer.curve(&frequencies_hz, look, &mut tilted);
        for (n, gain_db) in [-4.5, 0.0, 9.0].into_iter().enumerate() {
            assert!((tilted[n] - level[n] - gain_db).abs() < 1e-3);
        }
    }

    #[test]
    fn silence_dirt_and_frequencies_beyond_nyquist_read_the_floor() {
        let mut analyzer = SpectrumAnalyzer::new(44_100.0);
        let frequencies_hz = [0.0, 20.0, 1000.0, 22_050.0, 30_000.0, f32::NAN];
        let mut read = [0.0; 6];
        for level in [0.0, f32::NAN, f32::INFINITY] {
            analyzer.curve(&frequencies_hz, smoothed(0.1), &mut read);
            assert_eq!(read, [FLOOR_DB; 6]);
            push(&mut analyzer, 44_100, |_| [level; 2]);
        }
        assert!(analyzer.is_ready());
        push(&mut analyzer, 44_100, |n| [if n % 7 < 3 { f32::MAX } else { -1.0 }; 2]);
        analyzer.curve(&frequencies_hz, smoothed(0.1), &mut read);
        assert!(read.iter().all(|level| level.is_finite()), "{read:?}");
        assert_eq!([read[4], read[5]], [FLOOR_DB; 2]);
        analyzer.reset();
        assert!(!analyzer.is_ready());
        analyzer.average(&frequencies_hz, smoothed(0.1), &mut read);
        assert_eq!(read, [FLOOR_DB; 6]);
    }

    #[test]
    fn the_live_curve_falls_slowly_and_the_average_remembers() {
        let mut analyzer = SpectrumAnalyzer::new(48_000.0);
        let step = std::f64::consts::TAU * 1000.0 / 48_000.0;
        push(&mut analyzer, 48_000, |n| [(0.1 * (step * n as f64).sin()) as f32; 2]);
        push(&mut analyzer, 24_000, |_| [0.0; 2]);
        let mut read = [0.0];
        analyzer.curve(&[1000.0], smoothed(0.1), &mut read);
        assert!(read[0] < -23.0 && read[0] > -35.0, "{}", read[0]);
        push(&mut analyzer, 48_000 * 4, |_| [0.0; 2]);
        analyzer.curve(&[1000.0], smoothed(0.1), &mut read);
        assert!(read[0] < -60.0, "{}", read[0]);
        analyzer.average(&[1000.0], smoothed(0.1), &mut read);
        assert!(read[0] > -30.0, "{}", read[0]);
    }

    #[test]
    fn frequencies_are_spaced_by_equal_ratios() {
        let frequencies_hz = log_frequencies(4, 20.0, 20_000.0);
        for (hz, expected) in frequencies_hz.iter().zip([20.0, 200.0, 2000.0, 20_000.0]) {
            assert!((hz / expected - 1.0).abs() < 1e-6);
        }
        assert_eq!(log_frequencies(1, 20.0, 20_000.0), [20.0]);
        assert!(log_frequencies(0, 20.0, 20_000.0).is_empty());
    }
}
