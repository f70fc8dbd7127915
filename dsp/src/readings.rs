//! What is read of the whole chain, and the way it leaves the audio thread.

use std::sync::Arc;

use crossbeam::queue::ArrayQueue;

use crate::equalizer::BAND_COUNT;
use crate::integration::IntegrationSnapshot;
use crate::meters::MeterSnapshot;
use crate::reductions::{Reducing, ReductionHistogram, SharedReductions};

/// Gain reduction of the stages that reduce gain, in dB, zero or positive, held
/// and decaying; and what dynamic EQ bands do.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reduction {
    /// How far each dynamic band has moved from its set gain now, dB, either way.
    pub equalizer_db: [f64; BAND_COUNT],
    /// Glue compressor, left and right.
    pub glue_db: [f64; 2],
    /// The highest power that the glue's detector has seen in the last 10 ms, left and right, 1.0
    /// for a full-scale sine; 0 in silence and while the stage is off.
    pub glue_power: [f64; 2],
    /// What the stereo guard takes from the side signal.
    pub guard_db: f64,
    /// What the clipper shaves off the highest peaks.
    pub clipper_db: f64,
    /// Limiter, left and right.
    pub limiter_db: [f64; 2],
}

/// Everything the meters of the chain read.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ChainSnapshot {
    /// Before the trim.
    pub input: MeterSnapshot,
    /// After the dither.
    pub output: MeterSnapshot,
    /// Gain reduction.
    pub reduction: Reduction,
    /// What the integrated values of the output are of.
    pub integration: IntegrationSnapshot,
}

/// Highest magnitudes on the way through the chain, full scale 1.0, as they were
/// with the gains of that moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StagePeaks {
    /// After the trim.
    pub trimmed: f32,
    /// At the clipper's threshold, its drive included.
    pub at_clipper: f32,
    /// At the limiter's ceiling, its gain included.
    pub at_limiter: f32,
}

impl StagePeaks {
    /// Takes the higher of each.
    pub(crate) fn raise(&mut self, other: Self) {
        self.trimmed = self.trimmed.max(other.trimmed);
        self.at_clipper = self.at_clipper.max(other.at_clipper);
        self.at_limiter = self.at_limiter.max(other.at_limiter);
    }
}

/// One column of the scrolling history: 10 ms.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HistoryPoint {
    /// Highest input magnitude, full scale 1.0.
    pub input_peak: f32,
    /// Highest output magnitude.
    pub output_peak: f32,
    /// Highest magnitude on the way, with the gains of that moment.
    pub on_the_way: StagePeaks,
    /// Most gain reduction of the glue compressor, dB.
    pub glue_db: f32,
    /// Most that the clipper shaved, dB.
    pub clipper_db: f32,
    /// Most gain reduction of the limiter, dB.
    pub limiter_db: f32,
}

/// Frames in one [`FrameChunk`].
pub const CHUNK_FRAMES: usize = 64;

/// A few frames on their way to a spectrum or a goniometer.
pub type FrameChunk = [[f32; 2]; CHUNK_FRAMES];

/// Carries readings from the audio thread to one reader, without locks; a slow
/// reader loses the oldest entries of the queues, never an integrated value.
#[derive(Debug)]
pub struct MeterFeed {
    snapshots: ArrayQueue<ChainSnapshot>,
    history: ArrayQueue<HistoryPoint>,
    input_frames: ArrayQueue<FrameChunk>,
    output_frames: ArrayQueue<FrameChunk>,
    reductions: SharedReductions,
}

impl MeterFeed {
    /// An empty feed, ready to be shared between the audio thread and a reader.
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            snapshots: ArrayQueue::new(4),
            history: ArrayQueue::new(2048),
            input_frames: ArrayQueue::new(1024),
            output_frames: ArrayQueue::new(1024),
            reductions: SharedReductions::new(),
        })
    }

    /// Audio thread: publishes the newest readings.
    pub fn publish(&self, snapshot: ChainSnapshot) {
        self.snapshots.force_push(snapshot);
    }

    /// Audio thread: publishes the next column of the history.
    pub fn publish_history(&self, point: HistoryPoint) {
        self.history.force_push(point);
    }

    /// Audio thread: counts how much the stages that are on take now.
    pub fn count_reductions(&self, reductions_db: Reducing<Option<f32>>) {
        self.reductions.count(reductions_db);
    }

    /// Audio thread: how often they took how much is counted anew.
    pub fn reset_reductions(&self) {
        self.reductions.reset();
    }

    /// Reader: how often the stages took how much gain since the meters were last reset.
    pub fn reductions(&self) -> Reducing<ReductionHistogram> {
        self.reductions.read()
    }

    /// Audio thread: publishes input frames.
    pub fn publish_input(&self, chunk: FrameChunk) {
        self.input_frames.force_push(chunk);
    }

    /// Audio thread: publishes output frames.
    pub fn publish_output(&self, chunk: FrameChunk) {
        self.output_frames.force_push(chunk);
    }

    /// Reader: the newest readings since the last call, if there are any.
    pub fn latest(&self) -> Option<ChainSnapshot> {
        std::iter::from_fn(|| self.snapshots.pop()).last()
    }

    /// Reader: the next column of the history.
    pub fn next_history(&self) -> Option<HistoryPoint> {
        self.history.pop()
    }

    /// Reader: the next input frames.
    pub fn next_input(&self) -> Option<FrameChunk> {
        self.input_frames.pop()
    }

    /// Reader: the next output frames.
    pub fn next_output(&self) -> Option<FrameChunk> {
        self.output_frames.pop()
    }
}
