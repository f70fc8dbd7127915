//! What a snapshot makes of the mix, beside the others.

use crate::loudness::LoudnessMeter;
use crate::processor::{AudioSpec, StereoBlock};

/// What one of the snapshots that run side by side makes of the mix.
#[derive(Debug)]
pub(super) struct SnapshotOutput {
    pub(super) left: Vec<f32>,
    pub(super) right: Vec<f32>,
    pub(super) loudness: LoudnessMeter,
}

impl SnapshotOutput {
    pub(super) fn new(spec: AudioSpec) -> Self {
        Self {
            left: vec![0.0; spec.max_block_frames],
            right: vec![0.0; spec.max_block_frames],
            loudness: LoudnessMeter::new(spec),
        }
    }

    /// Takes a run of the mix in, to be worked on.
    pub(super) fn take(&mut self, run: &StereoBlock<'_>, start: usize) -> StereoBlock<'_> {
        let range = start..start + run.frames();
        let (left, right) = (&mut self.left[range.clone()], &mut self.right[range]);
        left.copy_from_slice(run.left);
        right.copy_from_slice(run.right);
        StereoBlock::new(left, right)
    }
}
