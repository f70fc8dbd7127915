//! Changing the sample rate of a whole file.

use rubato::audioadapter_buffers::direct::SequentialSliceOfVecs;
use rubato::{Fft, FixedSync, Resampler, WindowFunction};

use crate::audio::StereoAudio;

/// Blocks of at least this many frames put the cut-off at about 0.97 of the lower Nyquist frequency.
const LEAST_BLOCK_FRAMES: usize = 1024;

/// Input frames in a block. Blocks hold whole periods of both rates; an even
/// number of them, for the filter of an odd block sits half a frame off centre.
fn block_frames(from_hz: usize, to_hz: usize) -> usize {
    let (mut a, mut b) = (from_hz, to_hz);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    let period = 2 * from_hz / a;
    LEAST_BLOCK_FRAMES.next_multiple_of(period)
}

/// The audio at another sample rate: time-aligned, its length scaled to the nearest frame.
///
/// FFT resampling with a Blackman-Harris window; what it leaves above the new
/// Nyquist frequency is below -120 dB.
///
/// # Errors
/// When the pair of rates cannot be resampled; the message says why.
pub fn resample(audio: &StereoAudio, sample_rate_hz: u32) -> Result<StereoAudio, String> {
    if audio.sample_rate_hz == sample_rate_hz {
        return Ok(audio.clone());
    }
    let (from_hz, to_hz) = (audio.sample_rate_hz as usize, sample_rate_hz as usize);
    let mut resampler = Fft::<f32>::new_custom(
        from_hz,
        to_hz,
        block_frames(from_hz, to_hz),
        1,
        2,
        WindowFunction::BlackmanHarris2,
        FixedSync::Both,
    )
    .map_err(|error| error.to_string())?;
    let channels = [audio.left.clone(), audio.right.clone()];
    let input = SequentialSliceOfVecs::new(&channels, 2, audio.frames())
        .map_err(|error| error.to_string())?;
    let output = resampler
        .process_all(&input, audio.frames(), None)
        .map_err(|error| error.to_string())?
        .take_data();
    // rubato rounds the length up, after a ratio that is not exact in binary.
    let ratio = f64::from(sample_rate_hz) / f64::from(audio.sample_rate_hz);
    let frames = (audio.frames() as f64 * ratio).round() as usize;
    let (left, right) =
        output.chunks_exact(2).take(frames).map(|frame| (frame[0], frame[1])).unzip();
    Ok(StereoAudio { sample_rate_hz, channels: audio.channels, left, right })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_stays_a_sine_in_place() {
        for (from, to) in [(44_100, 48_000), (48_000, 44_100), (96_000, 48_000), (22_050, 96_000)] {
            let sine = |rate: u32| -> Vec<f32> {
                (0..rate)
                    .map(|n| {
                        let t = f64::from(n) / f64::from(rate);
                        (0.5 * (std::f64::consts::TAU * 997.0 * t).sin()) as f32
                    })
                    .collect()
            };
            let audio = StereoAudio {
                sample_rate_hz: from,
                channels: 2,
                left: sine(from),
                right: sine(from),
            };
            let resampled = resample(&audio, to).expect("common rates");
            assert_eq!(resampled.frames(), to as usize);
            let expected = sine(to);
            let middle = to as usize / 4..to as usize * 3 / 4;
            let error =
                middle.map(|n| (resampled.left[n] - expected[n]).abs()).fold(0.0f32, f32::max);
            assert!(error < 2e-6, "{from} to {to}: off by {error}");
        }
    }

    #[test]
    fn what_does_not_fit_the_new_rate_is_removed() {
        // 30 kHz has no place at 48 kHz.
        let left: Vec<f32> = (0..96_000)
            .map(|n| (std::f64::consts::TAU * 30_000.0 / 96_000.0 * f64::from(n)).sin() as f32)
            .collect();
        let audio = StereoAudio { sample_rate_hz: 96_000, channels: 1, right: left.clone(), left };
        let resampled = resample(&audio, 48_000).expect("common rates");
        let middle = &resampled.left[12_000..36_000];
        let highest = middle.iter().fold(0.0f32, |highest, x| highest.max(x.abs()));
        assert!(highest < 1e-6, "{highest}");
    }
}
