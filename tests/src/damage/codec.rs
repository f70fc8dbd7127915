//! What an encoder does to the wave, without one: coarse steps in the bands of short spectra, and
//! no band above a cut-off.

use burnish_session::audio::StereoAudio;
use realfft::RealFftPlanner;
use realfft::num_complex::Complex;

const FRAMES: usize = 2048;
/// Encoders of this kind keep nothing above, Hz.
const CUT_OFF_HZ: f64 = 16_000.0;

/// Encoded: every band is rounded to steps of that share of its strength.
pub(super) fn encoded(audio: &StereoAudio, step: f32) -> StereoAudio {
    let cut_off_bin = (CUT_OFF_HZ / f64::from(audio.sample_rate_hz) * FRAMES as f64) as usize;
    changed(audio, &mut |bins| {
        let mut from = 0;
        while from < bins.len() {
            let to = (from + 4 + from / 8).min(bins.len());
            let strength = bins[from..to].iter().map(Complex::norm_sqr).sum::<f32>();
            let size = step * 4.0 * (strength / (to - from) as f32).sqrt() + 1e-9;
            for bin in &mut bins[from..to] {
                bin.re = (bin.re / size).round() * size;
                bin.im = (bin.im / size).round() * size;
            }
            from = to;
        }
        bins[cut_off_bin..].fill(Complex::default());
    })
}

/// Without what lies above a frequency.
pub(super) fn low_passed(audio: &StereoAudio, hz: f64) -> StereoAudio {
    let bin = (hz / f64::from(audio.sample_rate_hz) * FRAMES as f64) as usize;
    changed(audio, &mut |bins| bins[bin..].fill(Complex::default()))
}

/// The right channel upside down below 140 Hz.
pub(super) fn bass_inverted(audio: &StereoAudio) -> StereoAudio {
    let bin = (140.0 / f64::from(audio.sample_rate_hz) * FRAMES as f64) as usize;
    let inverted = changed(audio, &mut |bins| {
        bins[..bin].iter_mut().for_each(|bin| *bin = -*bin);
    });
    StereoAudio { left: audio.left.clone(), ..inverted }
}

/// Changes the spectra of windows that lie half over each other.
fn changed(audio: &StereoAudio, change: &mut dyn FnMut(&mut [Complex<f32>])) -> StereoAudio {
    let mut planner = RealFftPlanner::<f32>::new();
    let (forward, inverse) = (planner.plan_fft_forward(FRAMES), planner.plan_fft_inverse(FRAMES));
    let shape: Vec<f32> = (0..FRAMES)
        .map(|n| (std::f32::consts::PI * (n as f32 + 0.5) / FRAMES as f32).sin())
        .collect();
    let mut out = audio.clone();
    for samples in [&mut out.left, &mut out.right] {
        let source = samples.clone();
        samples.fill(0.0);
        let (mut time, mut bins) = (forward.make_input_vec(), forward.make_output_vec());
        let mut start = -(FRAMES as isize / 2);
        while start < source.len() as isize {
            for (n, sample) in time.iter_mut().enumerate() {
                let at = start + n as isize;
                let heard = usize::try_from(at).ok().and_then(|at| source.get(at));
                *sample = heard.copied().unwrap_or(0.0) * shape[n];
            }
            forward.process(&mut time, &mut bins).expect("lengths fit");
            change(&mut bins);
            bins[0].im = 0.0;
            bins[FRAMES / 2].im = 0.0;
            inverse.process(&mut bins, &mut time).expect("lengths fit");
            for (n, sample) in time.iter().enumerate() {
                let at = usize::try_from(start + n as isize).ok();
                if let Some(out) = at.and_then(|at| samples.get_mut(at)) {
                    *out += sample * shape[n] / FRAMES as f32;
                }
            }
            start += FRAMES as isize / 2;
        }
    }
    out
}
