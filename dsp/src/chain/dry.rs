//! The mix, as late as the master: for comparing them.

use crate::delay_line::MovingDelay;
use crate::processor::{AudioSpec, Frames, StereoBlock};

/// The delayed input.
#[derive(Debug)]
pub(super) struct Dry {
    pub(super) delay: MovingDelay,
    left: Vec<f32>,
    right: Vec<f32>,
}

impl Dry {
    pub(super) fn new(spec: AudioSpec, latency_frames: usize) -> Self {
        Self {
            delay: MovingDelay::new(spec, latency_frames),
            left: vec![0.0; spec.max_block_frames],
            right: vec![0.0; spec.max_block_frames],
        }
    }

    /// Takes a run that lies `start` frames into the block.
    pub(super) fn take(&mut self, run: &StereoBlock<'_>, start: usize) {
        let range = start..start + run.frames();
        let (left, right) = (&mut self.left[range.clone()], &mut self.right[range]);
        left.copy_from_slice(run.left);
        right.copy_from_slice(run.right);
        self.delay.process(&mut StereoBlock::new(left, right));
    }

    /// The first `frames` frames of the block.
    pub(super) fn frames(&self, frames: usize) -> Frames<'_> {
        [&self.left[..frames], &self.right[..frames]]
    }
}
