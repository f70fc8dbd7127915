//! The last stage: a true-peak detector and a look-ahead gain for each channel.

use super::look_ahead::LookAhead;
use crate::delay_line::DelayLine;
use crate::processor::StereoBlock;
use crate::smoothing::TICK_FRAMES;
use crate::true_peak::TruePeakDetector;
use crate::vector::highest_magnitude;

/// The detector looks closely at what comes this near the ceiling.
pub(super) const GATE: f64 = 0.7;
/// A shorter one bends the waveform so fast that peaks near Nyquist grow anew:
/// of 300 noise bursts at full tilt 48 frames left 30 more than 0.02 dB over
/// the ceiling, 96 none. That is a matter of frames, not of time.
const LEAST_LOOK_AHEAD_FRAMES: usize = 96;

#[derive(Debug)]
struct Channel {
    detector: TruePeakDetector,
    gain: LookAhead,
    peaks: [f32; TICK_FRAMES],
}

/// Both channels.
#[derive(Debug)]
pub(super) struct PeakGain {
    channels: [Channel; 2],
    delay: DelayLine,
    release_coefficient: f64,
    link: f64,
    /// Wholly linked, both channels need the same gain: the left one's.
    is_shared: bool,
}

impl PeakGain {
    pub(super) fn new(look_ahead_frames: usize) -> Self {
        let frames = look_ahead_frames.max(LEAST_LOOK_AHEAD_FRAMES);
        let channel = || Channel {
            detector: TruePeakDetector::new(),
            gain: LookAhead::new(frames),
            peaks: [0.0; TICK_FRAMES],
        };
        Self {
            channels: [channel(), channel()],
            delay: DelayLine::new(TruePeakDetector::LATENCY_FRAMES + frames - 1),
            release_coefficient: 0.0,
            link: 1.0,
            is_shared: true,
        }
    }

    /// `release_coefficient`: what remains of a reduction after a frame;
    /// `link`: the share (0 to 1) of the channels' common reduction.
    pub(super) fn configure(&mut self, release_coefficient: f64, link: f64) {
        self.release_coefficient = release_coefficient;
        self.link = link;
        if link < 1.0 && self.is_shared {
            self.is_shared = false;
            let [left, right] = &mut self.channels;
            right.gain.follow(&left.gain);
        }
    }

    pub(super) fn reset(&mut self) {
        for channel in &mut self.channels {
            channel.detector.reset();
            channel.gain.reset();
        }
        self.delay.reset();
        self.is_shared = self.link == 1.0;
    }

    pub(super) fn latency_frames(&self) -> usize {
        self.delay.frames()
    }

    /// Brings at most [`TICK_FRAMES`] frames below `ceiling` (a magnitude) and
    /// returns the least gain of each channel.
    pub(super) fn process(&mut self, run: &mut StereoBlock<'_>, ceiling: f64) -> [f64; 2] {
        let frames = run.frames();
        let gate = (GATE * ceiling) as f32;
        let mut highest = 0.0f32;
        for (channel, samples) in self.channels.iter_mut().zip(run.channels()) {
            let peaks = &mut channel.peaks[..frames];
            channel.detector.process(samples, gate, peaks);
            highest = highest.max(highest_magnitude(peaks));
        }
        self.delay.process(run);
        let is_idle = self.channels.iter().all(|channel| channel.gain.is_idle());
        if is_idle && f64::from(highest) <= ceiling {
            self.is_shared = self.link == 1.0;
            return [1.0; 2];
        }
        if self.is_shared {
            [self.share(run, ceiling); 2]
        } else {
            self.apply_separately(run, ceiling)
        }
    }

    /// Applies one gain to both channels.
    fn share(&mut self, run: &mut StereoBlock<'_>, ceiling: f64) -> f64 {
        let [left, right] = &mut self.channels;
        let mut least = 1.0f64;
        for i in 0..run.frames() {
            let allowed = allowed_gain(left.peaks[i].max(right.peaks[i]), ceiling);
            let gain = left.gain.push(allowed, self.release_coefficient);
            run.left[i] = (f64::from(run.left[i]) * gain) as f32;
            run.right[i] = (f64::from(run.right[i]) * gain) as f32;
            least = least.min(gain);
        }
        least
    }

    /// Applies a gain of its own to each channel.
    fn apply_separately(&mut self, run: &mut StereoBlock<'_>, ceiling: f64) -> [f64; 2] {
        let [left, right] = &mut self.channels;
        let mut least = [1.0f64; 2];
        for i in 0..run.frames() {
            let own = [left.peaks[i], right.peaks[i]].map(|peak| allowed_gain(peak, ceiling));
            let common = own[0].min(own[1]);
            let allowed = own.map(|gain| gain + self.link * (common - gain));
            let gains = [
                left.gain.push(allowed[0], self.release_coefficient),
                right.gain.push(allowed[1], self.release_coefficient),
            ];
            run.left[i] = (f64::from(run.left[i]) * gains[0]) as f32;
            run.right[i] = (f64::from(run.right[i]) * gains[1]) as f32;
            least = [least[0].min(gains[0]), least[1].min(gains[1])];
        }
        least
    }
}

/// The highest gain that keeps a peak at the ceiling, at most 1.
fn allowed_gain(peak: f32, ceiling: f64) -> f64 {
    let peak = f64::from(peak);
    if peak <= ceiling { 1.0 } else { ceiling / peak }
}
