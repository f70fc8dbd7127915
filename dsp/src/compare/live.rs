//! A reference that comes in at the side-chain input.

use std::sync::Arc;

use crate::delay_line::DelayLine;
use crate::loudness::Level;
use crate::meters::{MeterSnapshot, Meters};
use crate::processor::{AudioSpec, Frames, StereoBlock};
use crate::slot::silence_non_finite;
use crate::spectrum::{SharedSongSpectrum, SongAnalyzer};

/// Delays the side-chain input by the chain's latency and measures it.
#[derive(Debug)]
pub struct LiveReference {
    delay: DelayLine,
    left: Vec<f32>,
    right: Vec<f32>,
    frames: usize,
    meters: Meters,
    song: SongAnalyzer,
}

impl LiveReference {
    /// Builds it for at most `longest_latency_frames`; the only place that allocates.
    pub fn new(spec: AudioSpec, longest_latency_frames: usize) -> Self {
        Self {
            delay: DelayLine::new(longest_latency_frames),
            left: vec![0.0; spec.max_block_frames],
            right: vec![0.0; spec.max_block_frames],
            frames: 0,
            meters: Meters::new(spec),
            song: SongAnalyzer::new(spec.sample_rate_hz),
        }
    }

    /// Where readers find its spectrum.
    pub fn spectrum(&self) -> Arc<SharedSongSpectrum> {
        Arc::clone(self.song.shared())
    }

    /// Takes a block in, as long as the chain's, and aligns it with what leaves the chain.
    pub fn process(&mut self, left: &[f32], right: &[f32], latency_frames: usize) {
        if self.delay.frames() != latency_frames {
            self.delay.set_frames(latency_frames);
        }
        let frames = left.len().min(right.len()).min(self.left.len());
        self.frames = frames;
        self.left[..frames].copy_from_slice(&left[..frames]);
        self.right[..frames].copy_from_slice(&right[..frames]);
        let mut block = StereoBlock::new(&mut self.left[..frames], &mut self.right[..frames]);
        silence_non_finite(&mut block);
        self.delay.process(&mut block);
        self.meters.process(block.left, block.right);
        self.song.process(block.left, block.right);
    }

    /// Gives silence for a block of the chain's, and measures nothing: the
    /// side-chain has been silent for longer than the chain's latency.
    pub fn rest(&mut self, frames: usize) {
        self.frames = frames.min(self.left.len());
        self.left[..self.frames].fill(0.0);
        self.right[..self.frames].fill(0.0);
    }

    /// Says that the stream is mono, both channels being the same one.
    pub fn set_mono(&mut self, is_mono: bool) {
        self.meters.set_mono(is_mono);
    }

    /// Forgets all audio; what was measured stays.
    pub fn reset(&mut self) {
        self.delay.reset();
        self.frames = 0;
    }

    /// Starts its measurement afresh.
    pub fn reset_meters(&mut self) {
        self.meters.reset();
        self.song.reset();
    }

    /// The block taken in last, aligned.
    pub fn frames(&self) -> Frames<'_> {
        [&self.left[..self.frames], &self.right[..self.frames]]
    }

    /// How loud it is.
    pub fn level(&self) -> Level {
        self.meters.level()
    }

    /// All that is measured of it.
    pub fn snapshot(&self) -> MeterSnapshot {
        self.meters.snapshot()
    }
}
