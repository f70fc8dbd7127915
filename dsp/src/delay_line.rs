//! A delay of whole frames: bit-exact, in place.

use crate::processor::StereoBlock;

/// Delays a stereo stream by a number of frames.
#[derive(Debug)]
pub struct DelayLine {
    left: Vec<f32>,
    right: Vec<f32>,
    frames: usize,
    position: usize,
}

impl DelayLine {
    /// A delay of `frames`, full of silence; the only place that allocates.
    pub fn new(frames: usize) -> Self {
        Self { left: vec![0.0; frames], right: vec![0.0; frames], frames, position: 0 }
    }

    /// Changes the delay, to at most what it was built with, and forgets all audio.
    pub fn set_frames(&mut self, frames: usize) {
        self.frames = frames.min(self.left.len());
        self.reset();
    }

    /// The delay in frames.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Fills the delay with silence.
    pub fn reset(&mut self) {
        self.left.fill(0.0);
        self.right.fill(0.0);
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
            self.left[ring.clone()].swap_with_slice(&mut block.left[start..start + run]);
            self.right[ring].swap_with_slice(&mut block.right[start..start + run]);
            self.position = (self.position + run) % self.frames;
            start += run;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
