//! What leaves the chain for an editor.

use std::sync::Arc;

use crate::processor::{AudioSpec, StereoBlock};
use crate::readings::{
    CHUNK_FRAMES, ChainSnapshot, FrameChunk, HistoryPoint, MeterFeed, Reduction, StagePeaks,
};
use crate::reductions::Reducing;
use crate::smoothing::TickGrid;

/// Columns of the history in a second.
const HISTORY_HZ: f64 = 100.0;
/// Below this magnitude (-60 dBFS) the stages have nothing to do, and nothing is counted.
const AUDIBLE: f32 = 0.001;
/// How fast a shown gain reduction falls back.
const REDUCTION_DECAY_DB: f64 = 0.25;

/// Collects what leaves for the editor, and sends it on a grid of 10 ms.
#[derive(Debug)]
pub(super) struct Publisher {
    feed: Option<Arc<MeterFeed>>,
    pub(super) grid: TickGrid,
    pub(super) shown: Reduction,
    point: HistoryPoint,
    input_chunk: FrameChunk,
    output_chunk: FrameChunk,
    input_filled: usize,
    output_filled: usize,
    /// How much of the input was measured when it was last sent.
    measured_s: f64,
}

impl Publisher {
    pub(super) fn new(spec: AudioSpec) -> Self {
        Self {
            feed: None,
            grid: TickGrid::new((spec.sample_rate_hz / HISTORY_HZ).round() as usize),
            shown: Reduction::default(),
            point: HistoryPoint::default(),
            input_chunk: [[0.0; 2]; CHUNK_FRAMES],
            output_chunk: [[0.0; 2]; CHUNK_FRAMES],
            input_filled: 0,
            output_filled: 0,
            measured_s: 0.0,
        }
    }

    /// Whether anybody may read.
    pub(super) fn is_attached(&self) -> bool {
        self.feed.is_some()
    }

    pub(super) fn take_input(&mut self, run: &StereoBlock<'_>) {
        let Some(feed) = &self.feed else { return };
        self.point.input_peak = highest(run).max(self.point.input_peak);
        fill(&mut self.input_chunk, &mut self.input_filled, run, |chunk| feed.publish_input(chunk));
    }

    pub(super) fn take_output(&mut self, run: &StereoBlock<'_>) {
        let Some(feed) = &self.feed else { return };
        self.point.output_peak = highest(run).max(self.point.output_peak);
        fill(&mut self.output_chunk, &mut self.output_filled, run, |chunk| {
            feed.publish_output(chunk);
        });
    }

    /// Follows a reduction at once upward and slowly downward.
    pub(super) fn show(&mut self, now: &Reduction, on_the_way: StagePeaks) {
        self.point.on_the_way = on_the_way;
        self.shown.glue_power = now.glue_power;
        let follow = |shown: &mut f64, now: f64| *shown = now.max(*shown - REDUCTION_DECAY_DB);
        for c in 0..2 {
            follow(&mut self.shown.glue_db[c], now.glue_db[c]);
            follow(&mut self.shown.limiter_db[c], now.limiter_db[c]);
        }
        self.shown.equalizer_db = now.equalizer_db;
        follow(&mut self.shown.guard_db, now.guard_db);
        follow(&mut self.shown.clipper_db, now.clipper_db);
    }

    /// Sends readings to `feed` from now on.
    pub(super) fn attach(&mut self, feed: Arc<MeterFeed>) {
        feed.reset_reductions();
        self.feed = Some(feed);
    }

    /// Sends the newest readings; `are_on` says which stages may reduce anything.
    pub(super) fn publish(
        &mut self,
        reduction: &Reduction,
        are_on: Reducing<bool>,
        snapshot: &ChainSnapshot,
    ) {
        let Some(feed) = &self.feed else { return };
        self.point.glue_db = reduction.glue_db[0].max(reduction.glue_db[1]) as f32;
        self.point.clipper_db = reduction.clipper_db as f32;
        self.point.limiter_db = reduction.limiter_db[0].max(reduction.limiter_db[1]) as f32;
        // The meters of the input tell when all begins anew.
        let measured_s = snapshot.input.loudness.measured_s;
        if std::mem::replace(&mut self.measured_s, measured_s) > measured_s {
            feed.reset_reductions();
        }
        if self.point.input_peak > AUDIBLE {
            feed.count_reductions(Reducing {
                glue: are_on.glue.then_some(self.point.glue_db),
                clipper: are_on.clipper.then_some(self.point.clipper_db),
                limiter: are_on.limiter.then_some(self.point.limiter_db),
            });
        }
        feed.publish_history(std::mem::take(&mut self.point));
        feed.publish(*snapshot);
    }
}

fn highest(run: &StereoBlock<'_>) -> f32 {
    run.left.iter().chain(run.right.iter()).fold(0.0, |highest, sample| highest.max(sample.abs()))
}

fn fill(
    chunk: &mut FrameChunk,
    filled: &mut usize,
    run: &StereoBlock<'_>,
    mut send: impl FnMut(FrameChunk),
) {
    for (l, r) in run.left.iter().zip(run.right.iter()) {
        chunk[*filled] = [*l, *r];
        *filled += 1;
        if *filled == CHUNK_FRAMES {
            send(*chunk);
            *filled = 0;
        }
    }
}
