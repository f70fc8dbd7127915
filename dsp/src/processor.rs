//! The contract that every stage of the chain keeps.
//!
//! A stage is born ready: its constructor is the only place that allocates, so
//! a stage with a placeholder sample rate cannot exist. What a person asks for
//! is plain data in the user's units (`Settings`); how the stage gets there is
//! its own state.

/// What a stage has to know before it can exist.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AudioSpec {
    /// Frames per second, 8 000 to 384 000 Hz.
    pub sample_rate_hz: f64,
    /// The longest block [`Processor::process`] will be given, in frames.
    pub max_block_frames: usize,
}

impl AudioSpec {
    /// Frames in `ms` milliseconds, rounded to the nearest whole frame.
    pub fn frames_in_ms(&self, ms: f64) -> usize {
        (ms * 0.001 * self.sample_rate_hz).round() as usize
    }

    /// The factor of a one-pole follower `y += (1 - c) (x - y)` that covers
    /// 63.2 % of a step in `time_ms`. Zero or less follows at once.
    pub fn one_pole_coefficient(&self, time_ms: f64) -> f64 {
        if time_ms <= 0.0 { 0.0 } else { (-1000.0 / (time_ms * self.sample_rate_hz)).exp() }
    }
}

/// One block of stereo audio, worked on in place; both channels have the same length.
#[derive(Debug)]
pub struct StereoBlock<'a> {
    /// Left channel, full scale is 1.0.
    pub left: &'a mut [f32],
    /// Right channel, full scale is 1.0.
    pub right: &'a mut [f32],
}

impl<'a> StereoBlock<'a> {
    /// Joins two channels of equal length.
    pub fn new(left: &'a mut [f32], right: &'a mut [f32]) -> Self {
        debug_assert_eq!(left.len(), right.len());
        Self { left, right }
    }

    /// Length in frames.
    pub fn frames(&self) -> usize {
        self.left.len()
    }

    /// The frames `start..end` as a block of their own.
    pub fn slice(&mut self, start: usize, end: usize) -> StereoBlock<'_> {
        StereoBlock { left: &mut self.left[start..end], right: &mut self.right[start..end] }
    }

    /// Left and right, for code that treats both channels alike.
    pub fn channels(&mut self) -> [&mut [f32]; 2] {
        [&mut *self.left, &mut *self.right]
    }
}

/// Left and right of some frames that are only read.
pub type Frames<'a> = [&'a [f32]; 2];

/// One stage of the chain.
///
/// `process` neither allocates, locks, logs nor panics, and what it does to a
/// frame does not depend on how the host cuts the stream into blocks.
pub trait Processor {
    /// What a person can set, in the user's units; the default is neutral.
    type Settings: Copy + Default + PartialEq;

    /// Builds the stage for a stream; the only place that allocates.
    fn new(spec: AudioSpec) -> Self;

    /// Takes new settings; returns at once when nothing has changed. The first
    /// call after `new` or `reset` takes effect at once, later ones are smoothed.
    fn configure(&mut self, settings: &Self::Settings);

    /// Forgets all audio, as if just built and configured with the same settings.
    fn reset(&mut self);

    /// Tells where the song is at the next frame, so that what the stage does on
    /// a grid falls on the same frames of the song wherever the host began to
    /// play. It is called before the first block and where the song jumps; from
    /// there on, as from a reset (position 0), frames are counted.
    fn anchor(&mut self, _song_frame: i64) {}

    /// Works on a block of at most `max_block_frames` frames in place.
    fn process(&mut self, block: &mut StereoBlock<'_>);

    /// By how many frames the output lags with these settings. Nothing that is
    /// automated changes it.
    fn latency_frames(&self, _settings: &Self::Settings) -> usize {
        0
    }

    /// The most frames that any settings make the output lag by.
    fn longest_latency_frames(&self) -> usize {
        self.latency_frames(&Self::Settings::default())
    }

    /// The gain that these settings give to everything, whatever the signal: a
    /// limiter's own gain. Listening to what the stage changes leaves it out.
    fn plain_gain(_settings: &Self::Settings) -> f64 {
        1.0
    }

    /// Whether these settings leave every signal untouched, so that the stage
    /// may be skipped (its latency stays).
    fn is_neutral(settings: &Self::Settings) -> bool;
}
