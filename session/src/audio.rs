//! Decoded audio in memory.

use crate::error::FileError;

/// Lowest sample rate that is taken, Hz.
pub const LOWEST_RATE_HZ: u32 = 8_000;
/// Highest sample rate that is taken, Hz.
pub const HIGHEST_RATE_HZ: u32 = 384_000;

/// What takes audio piece by piece: left and right, full scale 1.0; equal where it is mono.
pub type Take<'a> = dyn FnMut(&[f32], &[f32]) -> Result<(), FileError> + 'a;

/// A whole file, always as two channels of equal length.
#[derive(Clone, Debug, PartialEq)]
pub struct StereoAudio {
    /// Frames per second.
    pub sample_rate_hz: u32,
    /// Channels of the file: 1 (then left and right are equal) or 2.
    pub channels: u16,
    /// Left channel, full scale 1.0.
    pub left: Vec<f32>,
    /// Right channel.
    pub right: Vec<f32>,
}

impl StereoAudio {
    /// Length in frames.
    pub fn frames(&self) -> usize {
        self.left.len()
    }

    /// Length in seconds.
    pub fn duration_s(&self) -> f64 {
        self.frames() as f64 / f64::from(self.sample_rate_hz)
    }
}
