//! A delay of whole frames: bit-exact, in place.

use crate::processor::{AudioSpec, StereoBlock};
use crate::smoothing::Ramp;

/// Delays a stereo stream by a number of frames.
///
/// The rings begin empty and grow, in room that is there, as frames enter: a delay that is never used takes no
/// memory, and one that forgets its audio has nothing to clear.
#[derive(Debug)]
pub struct DelayLine {
    left: Vec<f32>,
    right: Vec<f32>,
    longest_frames: usize,
    frames: usize,
    position: usize,
}

impl DelayLine {
    /// A delay of `frames`, full of silence; the only place that allocates.
    pub fn new(frames: usize) -> Self {
        Self {
            left: Vec::with_capacity(frames),
            right: Vec::with_capacity(frames),
            longest_frames: frames,
            frames,
            position: 0,
        }
    }

    /// Changes the delay, to at most what it was built with, and forgets all audio.
    pub fn set_frames(&mut self, frames: usize) {
        self.frames = frames.min(self.longest_frames);
        self.reset();
    }

    /// The delay in frames.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Fills the delay with silence.
    pub fn reset(&mut self) {
        self.left.clear();
        self.right.clear();
        self.position = 0;
    }

    /// Replaces each frame by the one that entered `frames()` earlier.
    pub fn process(&mut self, block: &mut StereoBlock<'_>) {
        if self.frames == 0 {
            return;
        }
        let mut start = 0;
        while start < block.frames() {
            // Trading places with the ring both stores the new frames and
            // fetches the old ones, a whole run at a time.
            let run = (block.frames() - start).min(self.frames - self.position);
            let ring = self.position..self.position + run;
            if self.left.len() < ring.end {
                // Never beyond what there is room for.
                self.left.resize(ring.end, 0.0);
                self.right.resize(ring.end, 0.0);
            }
            self.left[ring.clone()].swap_with_slice(&mut block.left[start..start + run]);
            self.right[ring].swap_with_slice(&mut block.right[start..start + run]);
            self.position = (self.position + run) % self.frames;
            start += run;
        }
    }
}

/// Frames that a [`MovingDelay`] works on at once.
const RUN_FRAMES: usize = 256;
/// Length of the cross-fade from one delay to another.
const FADE_MS: f64 = 20.0;

/// A delay of whole frames whose length may change without a gap: the stream
/// cross-fades to the one that is later or earlier.
#[derive(Debug)]
pub struct MovingDelay {
    /// The newest frames, left and right.
    rings: [Vec<f32>; 2],
    position: usize,
    frames: usize,
    outgoing_frames: usize,
    fade: Ramp,
}

impl MovingDelay {
    /// A delay of at most `longest_frames`, none at first, full of silence; the
    /// only place that allocates.
    pub fn new(spec: AudioSpec, longest_frames: usize) -> Self {
        Self {
            rings: std::array::from_fn(|_| vec![0.0; longest_frames + RUN_FRAMES]),
            position: 0,
            frames: 0,
            outgoing_frames: 0,
            fade: Ramp::new(1.0, spec.frames_in_ms(FADE_MS)),
        }
    }

    /// The delay in frames, or what it is going to be.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Changes the delay, to at most what it was built with, and forgets all audio.
    pub fn set_frames(&mut self, frames: usize) {
        self.frames = frames.min(self.rings[0].len() - RUN_FRAMES);
        self.reset();
    }

    /// Changes the delay by a cross-fade.
    pub fn move_to(&mut self, frames: usize) {
        self.outgoing_frames = self.frames;
        self.frames = frames.min(self.rings[0].len() - RUN_FRAMES);
        self.fade.snap(0.0);
        self.fade.set(1.0);
    }

    /// Fills the delay with silence.
    pub fn reset(&mut self) {
        self.rings.iter_mut().for_each(|ring| ring.fill(0.0));
        self.position = 0;
        self.fade.snap(1.0);
    }

    /// Replaces each frame by the one that entered `frames()` earlier.
    pub fn process(&mut self, block: &mut StereoBlock<'_>) {
        let length = self.rings[0].len();
        let mut start = 0;
        while start < block.frames() {
            // Neither end of a run lies across the ring's seam.
            let from = (self.position + length - self.frames) % length;
            let run = (block.frames() - start).min(RUN_FRAMES);
            let run = run.min(length - self.position).min(length - from);
            let old = (self.position + length - self.outgoing_frames) % length;
            let mut fade = self.fade;
            for (ring, samples) in
                self.rings.iter_mut().zip(block.slice(start, start + run).channels())
            {
                ring[self.position..self.position + run].copy_from_slice(samples);
                samples.copy_from_slice(&ring[from..from + run]);
                fade = self.fade;
                if !fade.is_settled() {
                    for (n, sample) in samples.iter_mut().enumerate() {
                        if fade.is_settled() {
                            break;
                        }
                        let old = ring[(old + n) % length];
                        *sample = old + fade.advance() as f32 * (*sample - old);
                    }
                }
            }
            self.fade = fade;
            self.position = (self.position + run) % length;
            start += run;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_moves_without_a_gap_and_is_exact_before_and_after() {
        let spec = AudioSpec { sample_rate_hz: 8000.0, max_block_frames: 64 };
        let input: Vec<f32> = (0..6000).map(|n| (n as f32 * 0.01).sin()).collect();
        let moved = |block_frames: usize| {
            let mut delay = MovingDelay::new(spec, 700);
            delay.set_frames(3);
            let (mut left, mut right) = (input.clone(), input.clone());
            for start in (0..6000).step_by(block_frames) {
                match start {
                    2000 => delay.move_to(700),
                    4000 => delay.move_to(0),
                    _ => {}
                }
                let range = start..start + block_frames;
                delay.process(&mut StereoBlock::new(&mut left[range.clone()], &mut right[range]));
            }
            assert_eq!(left, right);
            left
        };
        let output = moved(1000);
        assert_eq!(output[3..2000], input[..1997]);
        assert_eq!(output[2160..4000], input[1460..3300]);
        assert_eq!(output[4160..], input[4160..]);
        let steepest = output.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(steepest < 0.03, "{steepest}");
        for block_frames in [1, 50, 400, 2000] {
            assert_eq!(moved(block_frames), output, "blocks of {block_frames}");
        }
    }

    #[test]
    fn frames_come_out_unchanged_after_the_delay_in_any_block_size() {
        for delay in [0, 1, 5, 64] {
            for block_frames in [1, 3, 64, 200] {
                let input: Vec<f32> = (0..200).map(|i| (i as f32 + 1.0) * 0.01).collect();
                let mut left = input.clone();
                let mut right: Vec<f32> = input.iter().map(|x| -x).collect();
                let mut line = DelayLine::new(delay);
                for (l, r) in left.chunks_mut(block_frames).zip(right.chunks_mut(block_frames)) {
                    line.process(&mut StereoBlock::new(l, r));
                }
                for i in 0..200 {
                    let expected = if i < delay { 0.0 } else { input[i - delay] };
                    assert_eq!(left[i], expected);
                    assert_eq!(right[i], -expected);
                }
            }
        }
    }
}
