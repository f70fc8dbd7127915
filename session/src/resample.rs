//! Changing the sample rate of a whole file, at once or as it arrives.

use std::fmt;

use rubato::audioadapter_buffers::direct::{SequentialSlice, SequentialSliceOfVecs};
use rubato::{Fft, FixedSync, Resampler, WindowFunction};

use crate::audio::StereoAudio;

/// Blocks of at least this many frames at the lower of both rates: the pass
/// band is flat up to 0.95 of its Nyquist frequency, and nothing above it is left.
const LEAST_BLOCK_FRAMES: usize = 1024;
/// Frames of a whole file that are worked on at a time.
const RUN_FRAMES: usize = 16_384;

/// Input frames in a block. Blocks hold whole periods of both rates; an even
/// number of them, for the filter of an odd block sits half a frame off centre.
fn block_frames(from_hz: usize, to_hz: usize) -> usize {
    let (mut a, mut b) = (from_hz, to_hz);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    let shorter_period = 2 * from_hz.min(to_hz) / a;
    2 * from_hz / a * LEAST_BLOCK_FRAMES.div_ceil(shorter_period)
}

/// Changes the sample rate of a stereo stream; what comes out is aligned in
/// time with what went in.
///
/// FFT resampling with a squared Blackman-Harris window; what has no place
/// below the new Nyquist frequency is left below -120 dB.
pub struct StereoResampler {
    /// `None` where both rates are equal.
    blocks: Option<Blocks>,
    /// Frames out for a frame in.
    ratio: f64,
    frames_in: u64,
    frames_out: u64,
}

struct Blocks {
    resampler: Fft<f32>,
    /// The block that fills.
    input: [Vec<f32>; 2],
    input_frames: usize,
    /// Both channels of a finished block, one after the other.
    output: Vec<f32>,
    output_frames: usize,
    /// Frames of the filter's delay that are still to be dropped.
    delay_left: usize,
}

impl fmt::Debug for StereoResampler {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("StereoResampler")
            .field("ratio", &self.ratio)
            .finish_non_exhaustive()
    }
}

impl StereoResampler {
    /// Builds the resampler.
    ///
    /// # Errors
    /// When the pair of rates cannot be resampled; the message says why.
    pub fn new(from_hz: u32, to_hz: u32) -> Result<Self, String> {
        let blocks = if from_hz == to_hz {
            None
        } else {
            Some(Blocks::new(from_hz as usize, to_hz as usize)?)
        };
        let ratio = f64::from(to_hz) / f64::from(from_hz);
        Ok(Self { blocks, ratio, frames_in: 0, frames_out: 0 })
    }

    /// Takes frames in and appends to `output` what is finished, left and right.
    ///
    /// # Errors
    /// What the resampler says; no known input brings it there.
    pub fn process(
        &mut self,
        left: &[f32],
        right: &[f32],
        output: &mut [Vec<f32>; 2],
    ) -> Result<(), String> {
        self.frames_in += left.len() as u64;
        let Some(blocks) = &mut self.blocks else {
            output[0].extend_from_slice(left);
            output[1].extend_from_slice(right);
            return Ok(());
        };
        let (mut left, mut right) = (left, right);
        while !left.is_empty() {
            let frames = left.len().min(blocks.input_frames - blocks.input[0].len());
            for (input, samples) in blocks.input.iter_mut().zip([&mut left, &mut right]) {
                let taken;
                (taken, *samples) = samples.split_at(frames);
                input.extend_from_slice(taken);
            }
            if blocks.input[0].len() == blocks.input_frames {
                self.frames_out += blocks.finish_block(output, u64::MAX)?;
            }
        }
        Ok(())
    }

    /// Ends the stream: appends what the filter still holds. All of it together
    /// is then as long as the input, to the nearest frame.
    ///
    /// # Errors
    /// As [`Self::process`].
    pub fn finish(mut self, output: &mut [Vec<f32>; 2]) -> Result<(), String> {
        let Some(blocks) = &mut self.blocks else { return Ok(()) };
        let whole = (self.frames_in as f64 * self.ratio).round() as u64;
        while self.frames_out < whole {
            for input in &mut blocks.input {
                input.resize(blocks.input_frames, 0.0);
            }
            self.frames_out += blocks.finish_block(output, whole - self.frames_out)?;
        }
        Ok(())
    }
}

impl Blocks {
    fn new(from_hz: usize, to_hz: usize) -> Result<Self, String> {
        let resampler = Fft::<f32>::new_custom(
            from_hz,
            to_hz,
            block_frames(from_hz, to_hz),
            1,
            2,
            WindowFunction::BlackmanHarris2,
            FixedSync::Both,
        )
        .map_err(|error| error.to_string())?;
        let (input_frames, output_frames) =
            (resampler.input_frames_next(), resampler.output_frames_next());
        Ok(Self {
            delay_left: resampler.output_delay(),
            resampler,
            input: [0, 1].map(|_| Vec::with_capacity(input_frames)),
            input_frames,
            output: vec![0.0; 2 * output_frames],
            output_frames,
        })
    }

    /// Resamples the full input block and appends at most so many frames.
    fn finish_block(&mut self, output: &mut [Vec<f32>; 2], most: u64) -> Result<u64, String> {
        let input = SequentialSliceOfVecs::new(&self.input, 2, self.input_frames)
            .map_err(|error| error.to_string())?;
        let mut finished = SequentialSlice::new_mut(&mut self.output, 2, self.output_frames)
            .map_err(|error| error.to_string())?;
        self.resampler
            .process_into_buffer(&input, &mut finished, None)
            .map_err(|error| error.to_string())?;
        self.input.iter_mut().for_each(Vec::clear);
        let start = self.delay_left.min(self.output_frames);
        self.delay_left -= start;
        let frames = (self.output_frames - start).min(usize::try_from(most).unwrap_or(usize::MAX));
        for (output, finished) in output.iter_mut().zip(self.output.chunks(self.output_frames)) {
            output.extend_from_slice(&finished[start..start + frames]);
        }
        Ok(frames as u64)
    }
}

/// The audio at another sample rate: time-aligned, its length scaled to the
/// nearest frame; see [`StereoResampler`].
///
/// # Errors
/// When the pair of rates cannot be resampled; the message says why.
pub fn resample(audio: &StereoAudio, sample_rate_hz: u32) -> Result<StereoAudio, String> {
    let mut resampler = StereoResampler::new(audio.sample_rate_hz, sample_rate_hz)?;
    let frames = (audio.frames() as f64 * resampler.ratio).ceil() as usize + 1;
    let mut output = [0, 1].map(|_| Vec::with_capacity(frames));
    for (left, right) in audio.left.chunks(RUN_FRAMES).zip(audio.right.chunks(RUN_FRAMES)) {
        resampler.process(left, right, &mut output)?;
    }
    resampler.finish(&mut output)?;
    let [left, right] = output;
    Ok(StereoAudio { sample_rate_hz, channels: audio.channels, left, right })
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    const STREAM_RATES_HZ: [u32; 5] = [44_100, 48_000, 88_200, 96_000, 192_000];
    const ODD_RATES_HZ: [u32; 5] = [8_000, 11_025, 22_050, 37_800, 384_000];

    fn pairs() -> Vec<(u32, u32)> {
        let from = STREAM_RATES_HZ.iter().chain(&ODD_RATES_HZ);
        from.flat_map(|from| STREAM_RATES_HZ.map(|to| (*from, to)))
            .filter(|(from, to)| from != to)
            .collect()
    }

    /// One second.
    fn sine(hz: f64, rate_hz: u32) -> Vec<f32> {
        let step = TAU * hz / f64::from(rate_hz);
        (0..rate_hz).map(|n| (step * f64::from(n)).sin() as f32).collect()
    }

    fn resampled(left: Vec<f32>, from: u32, to: u32) -> Vec<f32> {
        let audio = StereoAudio { sample_rate_hz: from, channels: 1, right: left.clone(), left };
        let resampled = resample(&audio, to).expect("the rates are common");
        assert_eq!(resampled.left, resampled.right, "{from} to {to}");
        resampled.left
    }

    /// Root mean square of the middle half, away from where the signal was cut out.
    fn middle_rms(samples: impl ExactSizeIterator<Item = f64>) -> f64 {
        let (skipped, count) = (samples.len() / 4, samples.len() / 2);
        let energy: f64 = samples.skip(skipped).take(count).map(|x| x * x).sum();
        (energy / count as f64).sqrt()
    }

    fn db(ratio: f64) -> f64 {
        20.0 * ratio.max(1e-12).log10()
    }

    /// What a sine has become in the middle half: its gain, dB, its delay,
    /// radians, and what is there besides, dB.
    fn compared(output: &[f32], hz: f64, rate_hz: u32) -> (f64, f64, f64) {
        let (skipped, count) = (output.len() / 4, output.len() / 2);
        let step = TAU * hz / f64::from(rate_hz);
        let middle = || {
            let frames = output.iter().enumerate().skip(skipped).take(count);
            frames.map(|(n, x)| (f64::from(*x), (step * n as f64).sin_cos()))
        };
        let (sin, cos) = middle().fold((0.0, 0.0), |(sin, cos), (x, wave)| {
            (sin + x * wave.0 * 2.0 / count as f64, cos + x * wave.1 * 2.0 / count as f64)
        });
        let rest: f64 = middle().map(|(x, wave)| (x - sin * wave.0 - cos * wave.1).powi(2)).sum();
        let rest = (2.0 * rest / count as f64).sqrt();
        (db(f64::hypot(sin, cos)), cos.atan2(sin), db(rest))
    }

    #[test]
    fn a_sine_stays_that_sine_at_its_place_up_to_the_end_of_the_pass_band() {
        for (from, to) in pairs() {
            let nyquist_hz = 0.5 * f64::from(from.min(to));
            for share in [0.04, 0.5, 0.95] {
                // Whole periods in half a second.
                let hz = 2.0 * (share * 0.5 * nyquist_hz).round();
                let output = resampled(sine(hz, from), from, to);
                assert_eq!(output.len(), to as usize);
                let (gain_db, delay, rest_db) = compared(&output, hz, to);
                let what = format!("{from} to {to}, {hz} Hz");
                assert!(gain_db.abs() < 1e-4, "{what}: {gain_db} dB");
                assert!(delay.abs() < 1e-5, "{what}: off by {delay}");
                assert!(rest_db < -120.0, "{what}: {rest_db:.1} dB of something else");
            }
        }
    }

    #[test]
    fn what_has_no_place_at_the_new_rate_is_gone() {
        for (from, to) in pairs().into_iter().filter(|(from, to)| from > to) {
            let nyquist_hz = 0.5 * f64::from(to);
            let highest_hz = 0.5 * f64::from(from);
            for hz in [nyquist_hz + 1.0, 1.01 * nyquist_hz, 1.1 * nyquist_hz, 0.99 * highest_hz] {
                if hz < highest_hz {
                    let output = resampled(sine(hz.round(), from), from, to);
                    let rest = output.iter().map(|x| f64::from(*x));
                    let rest_db = db(middle_rms(rest) * 2f64.sqrt());
                    assert!(rest_db < -120.0, "{from} to {to}, {hz} Hz: {rest_db:.1} dB");
                }
            }
        }
    }

    #[test]
    fn nothing_appears_above_what_the_old_rate_could_hold() {
        for (from, to) in pairs().into_iter().filter(|(from, to)| from < to) {
            let nyquist_hz = 0.5 * f64::from(from);
            let mut impulse = vec![0.0; from as usize];
            impulse[from as usize / 2] = 1.0;
            let output = resampled(impulse, from, to);
            // What an impulse becomes holds all images of all frequencies.
            let level = |hz: f64| {
                let step = TAU * hz / f64::from(to);
                let (sin, cos) =
                    output.iter().enumerate().fold((0.0, 0.0), |(sin, cos), (n, x)| {
                        let angle = (step * n as f64).sin_cos();
                        (sin + f64::from(*x) * angle.0, cos + f64::from(*x) * angle.1)
                    });
                db(f64::hypot(sin, cos) * f64::from(from) / f64::from(to))
            };
            for share in [0.01, 0.3, 0.8, 0.95] {
                let gain_db = level(share * nyquist_hz);
                assert!(gain_db.abs() < 1e-4, "{from} to {to}, {share}: {gain_db} dB");
            }
            for share in [1.0, 1.005, 1.1, 1.5, 2.0] {
                let hz: f64 = share * nyquist_hz;
                let image_db = level(hz);
                let is_there = hz <= 0.5 * f64::from(to);
                assert!(!is_there || image_db < -120.0, "{from} to {to}, {hz}: {image_db:.1} dB");
            }
        }
    }

    #[test]
    fn the_result_does_not_depend_on_the_pieces_and_is_as_long_as_the_song() {
        let song: Vec<f32> = sine(997.0, 44_100)[..40_001].to_vec();
        let whole = resampled(song.clone(), 44_100, 48_000);
        assert_eq!(whole.len(), 43_539);
        for piece in [1, 777, 16_384, 40_001] {
            let mut resampler = StereoResampler::new(44_100, 48_000).expect("common rates");
            let mut output = [Vec::new(), Vec::new()];
            for piece in song.chunks(piece) {
                resampler.process(piece, piece, &mut output).expect("it goes on");
            }
            resampler.finish(&mut output).expect("it ends");
            assert!(output[0] == whole && output[1] == whole, "{piece}");
        }
        assert!(resampled(Vec::new(), 44_100, 48_000).is_empty());
        assert_eq!(resampled(vec![1.0], 96_000, 192_000).len(), 2);
    }
}
