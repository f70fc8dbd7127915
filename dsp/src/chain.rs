//! The signal path.
//!
//! ```text
//! input -> meters -> trim -> EQ -> glue -> stereo -> clipper -> limiter -> dither -> meters -> output
//! ```
//!
//! The order is fixed. A stage that is switched off still delays: the latency
//! depends on nothing but the equaliser's phase.

use std::sync::Arc;

use crate::clipper::Clipper;
use crate::compressor::Compressor;
use crate::delay_line::DelayLine;
use crate::dither::Dither;
use crate::equalizer::Equalizer;
use crate::integration::{Integration, IntegrationMode, TimelineHandOver};
use crate::limiter::Limiter;
use crate::loudness::timeline::Timeline;
use crate::meters::{
    CHUNK_FRAMES, ChainSnapshot, FrameChunk, HistoryPoint, MeterFeed, Meters, Reduction,
};
use crate::processor::{AudioSpec, Processor, StereoBlock};
use crate::settings::{ChainSettings, Stage};
use crate::slot::{Slot, silence_non_finite};
use crate::smoothing::TickGrid;
use crate::spectrum::{SharedSongSpectrum, SongAnalyzer};
use crate::stereo::Stereo;
use crate::transport::Transport;
use crate::trim::Trim;

/// Columns of the history in a second.
const HISTORY_HZ: f64 = 100.0;
/// How fast a shown gain reduction falls back.
const REDUCTION_DECAY_DB: f64 = 0.25;

/// The whole signal path from input meters to output meters.
#[derive(Debug)]
pub struct Chain {
    trim: Slot<Trim>,
    equalizer: Slot<Equalizer>,
    glue: Slot<Compressor>,
    stereo: Slot<Stereo>,
    clipper: Slot<Clipper>,
    limiter: Slot<Limiter>,
    dither: Slot<Dither>,
    input_meters: Meters,
    output_meters: Meters,
    integration: Integration,
    /// Present once somebody can read it.
    song: Option<SongAnalyzer>,
    sample_rate_hz: f64,
    dry: Dry,
    delta: DeltaTap,
    publisher: Publisher,
}

impl Chain {
    /// Builds the chain; the only place that allocates.
    pub fn new(spec: AudioSpec) -> Self {
        let equalizer: Slot<Equalizer> = Slot::new(spec);
        let clipper: Slot<Clipper> = Slot::new(spec);
        let limiter: Slot<Limiter> = Slot::new(spec);
        let longest = [
            0,
            equalizer.longest_latency_frames(),
            0,
            0,
            clipper.longest_latency_frames(),
            limiter.longest_latency_frames(),
            0,
        ];
        let mut chain = Self {
            trim: Slot::new(spec),
            equalizer,
            glue: Slot::new(spec),
            stereo: Slot::new(spec),
            clipper,
            limiter,
            dither: Slot::new(spec),
            input_meters: Meters::without_bands(spec),
            output_meters: Meters::new(spec),
            integration: Integration::new(spec),
            song: None,
            sample_rate_hz: spec.sample_rate_hz,
            dry: Dry::new(spec, longest.iter().sum()),
            delta: DeltaTap::new(spec, &longest),
            publisher: Publisher::new(spec),
        };
        chain.align();
        chain
    }

    /// Brings everything that runs beside the stages to their latency.
    fn align(&mut self) {
        let latencies = [
            self.trim.latency_frames(),
            self.equalizer.latency_frames(),
            self.glue.latency_frames(),
            self.stereo.latency_frames(),
            self.clipper.latency_frames(),
            self.limiter.latency_frames(),
            self.dither.latency_frames(),
        ];
        self.dry.delay.set_frames(latencies.iter().sum());
        for (stage, delay) in self.delta.delays.iter_mut().enumerate() {
            delay.set_frames(latencies[stage + 1..].iter().sum());
        }
    }

    /// Says that the stream is mono, both channels being the same one.
    pub fn set_mono(&mut self, is_mono: bool) {
        self.input_meters.set_mono(is_mono);
        self.output_meters.set_mono(is_mono);
    }

    /// Sends readings to `feed` from now on, and the spectrum of all that leaves
    /// the chain to what it returns; before the first block, for it allocates.
    pub fn attach(&mut self, feed: Arc<MeterFeed>) -> Arc<SharedSongSpectrum> {
        self.publisher.feed = Some(feed);
        let song = self.song.insert(SongAnalyzer::new(self.sample_rate_hz));
        Arc::clone(song.shared())
    }

    /// Measures the song on this timeline from now on, when
    /// [`Self::integrate`] asks for it; others are taken from the hand-over.
    pub fn attach_timeline(&mut self, timeline: Box<Timeline>, hand_over: Arc<TimelineHandOver>) {
        self.integration.attach(timeline, hand_over);
    }

    /// Chooses what the integrated values are of, and whether they are paused.
    pub fn integrate(&mut self, mode: IntegrationMode, is_paused: bool) {
        self.integration.choose(mode, is_paused);
    }

    /// Tells where the host's song is at the first frame of the next block.
    pub fn follow(&mut self, transport: Transport) {
        let latency_frames = self.latency_frames();
        self.integration.enter(transport, latency_frames, &mut self.input_meters);
    }

    /// Takes new settings; returns at once when nothing has changed.
    pub fn configure(&mut self, settings: &ChainSettings) {
        let latency_frames = self.equalizer.latency_frames();
        self.trim.configure(&settings.trim);
        self.equalizer.configure(&settings.equalizer);
        if self.equalizer.latency_frames() != latency_frames {
            self.align();
        }
        self.glue.configure(&settings.glue);
        self.stereo.configure(&settings.stereo);
        self.clipper.configure(&settings.clipper);
        self.limiter.configure(&settings.limiter);
        self.dither.configure(&settings.dither);
    }

    /// Forgets all audio; meters keep their integrated values.
    pub fn reset(&mut self) {
        self.trim.reset();
        self.equalizer.reset();
        self.glue.reset();
        self.stereo.reset();
        self.clipper.reset();
        self.limiter.reset();
        self.dither.reset();
        self.dry.delay.reset();
        self.delta.reset();
        self.integration.reset_audio();
    }

    /// Starts the integrated and maximum values of all meters afresh, and those
    /// of the song, when it is the song that is measured.
    pub fn reset_meters(&mut self) {
        self.input_meters.reset();
        self.output_meters.reset();
        self.integration.reset_values();
        if let Some(song) = &mut self.song {
            song.reset();
        }
    }

    /// Works on a block of at most `max_block_frames` frames in place.
    pub fn process(&mut self, block: &mut StereoBlock<'_>) {
        silence_non_finite(block);
        self.dry.take(block);
        self.delta.frames = block.frames();
        let mut start = 0;
        while start < block.frames() {
            let end = start + self.publisher.grid.take(block.frames() - start);
            let mut run = block.slice(start, end);
            self.publisher.take_input(&run);
            self.input_meters.process(run.left, run.right);
            self.process_stages(&mut run, start);
            self.integration.measure(&run, &mut self.output_meters);
            if let Some(song) = &mut self.song {
                song.process(run.left, run.right);
            }
            self.publisher.take_output(&run);
            if self.publisher.grid.is_at_tick() {
                self.publish();
            }
            start = end;
        }
    }

    /// The stages in their order.
    fn process_stages(&mut self, run: &mut StereoBlock<'_>, start: usize) {
        self.trim.process(run);
        self.delta.take(Stage::Trim, &mut self.trim, run, start);
        self.equalizer.process(run);
        self.delta.take(Stage::Equalizer, &mut self.equalizer, run, start);
        self.glue.process(run);
        self.delta.take(Stage::Glue, &mut self.glue, run, start);
        self.stereo.process(run);
        self.delta.take(Stage::Stereo, &mut self.stereo, run, start);
        self.clipper.process(run);
        self.delta.take(Stage::Clipper, &mut self.clipper, run, start);
        self.limiter.process(run);
        self.delta.take(Stage::Limiter, &mut self.limiter, run, start);
        self.dither.process(run);
        self.delta.take(Stage::Dither, &mut self.dither, run, start);
    }

    /// By how many frames the output lags the input; changes with the
    /// equaliser's phase alone.
    pub fn latency_frames(&self) -> usize {
        self.dry.delay.frames()
    }

    /// Chooses the stage whose change [`Self::delta`] gives; `None` stops it.
    pub fn listen_to_delta(&mut self, stage: Option<Stage>) {
        self.delta.choose(stage);
    }

    /// What one stage changes ("delta") of the block processed last, when
    /// [`Self::listen_to_delta`] asked for it: aligned with the output.
    pub fn delta(&mut self) -> Option<StereoBlock<'_>> {
        self.delta.stage?;
        let frames = self.delta.frames;
        Some(StereoBlock::new(&mut self.delta.left[..frames], &mut self.delta.right[..frames]))
    }

    /// The input, delayed by the latency, of the block processed last: for
    /// comparing the mix with the master.
    pub fn dry(&mut self) -> StereoBlock<'_> {
        let frames = self.dry.frames;
        StereoBlock::new(&mut self.dry.left[..frames], &mut self.dry.right[..frames])
    }

    /// Flushes what the meters' detectors still hold back, at the end of an
    /// offline render.
    pub fn finish_meters(&mut self) {
        self.input_meters.finish();
        self.output_meters.finish();
    }

    /// What the meters read now of everything that was played: both ends of
    /// the chain over the same time.
    pub fn snapshot(&self) -> ChainSnapshot {
        ChainSnapshot {
            input: self.input_meters.snapshot(),
            output: self.output_meters.snapshot(),
            reduction: self.publisher.shown,
            integration: self.integration.snapshot(),
        }
    }

    /// The same with the integrated values of the output being what was asked for.
    pub fn shown_snapshot(&self) -> ChainSnapshot {
        let snapshot = self.snapshot();
        ChainSnapshot { output: self.integration.shown(snapshot.output), ..snapshot }
    }

    fn publish(&mut self) {
        let reduction = Reduction {
            equalizer_db: self.equalizer.processor_mut().dynamic_db(),
            glue_db: self.glue.processor_mut().take_reduction_db(),
            guard_db: self.stereo.processor_mut().take_guard_db(),
            clipper_db: self.clipper.processor_mut().take_reduction_db(),
            limiter_db: self.limiter.processor_mut().take_reduction_db(),
        };
        self.publisher.show(&reduction);
        if self.publisher.feed.is_some() {
            self.publisher.publish(&reduction, &self.shown_snapshot());
        }
    }
}

/// The delayed input.
#[derive(Debug)]
struct Dry {
    delay: DelayLine,
    left: Vec<f32>,
    right: Vec<f32>,
    frames: usize,
}

impl Dry {
    fn new(spec: AudioSpec, latency_frames: usize) -> Self {
        Self {
            delay: DelayLine::new(latency_frames),
            left: vec![0.0; spec.max_block_frames],
            right: vec![0.0; spec.max_block_frames],
            frames: 0,
        }
    }

    fn take(&mut self, block: &StereoBlock<'_>) {
        let frames = block.frames();
        self.frames = frames;
        self.left[..frames].copy_from_slice(block.left);
        self.right[..frames].copy_from_slice(block.right);
        self.delay
            .process(&mut StereoBlock::new(&mut self.left[..frames], &mut self.right[..frames]));
    }
}

/// What the chosen stage changes, delayed by the stages after it.
#[derive(Debug)]
struct DeltaTap {
    stage: Option<Stage>,
    /// One for each stage: the latency of all that follow it.
    delays: [DelayLine; Stage::ALL.len()],
    left: Vec<f32>,
    right: Vec<f32>,
    frames: usize,
}

impl DeltaTap {
    fn new(spec: AudioSpec, latencies: &[usize; Stage::ALL.len()]) -> Self {
        Self {
            stage: None,
            delays: std::array::from_fn(|i| DelayLine::new(latencies[i + 1..].iter().sum())),
            left: vec![0.0; spec.max_block_frames],
            right: vec![0.0; spec.max_block_frames],
            frames: 0,
        }
    }

    fn choose(&mut self, stage: Option<Stage>) {
        if self.stage != stage {
            self.stage = stage;
            self.reset();
        }
    }

    fn reset(&mut self) {
        self.delays.iter_mut().for_each(DelayLine::reset);
    }

    fn take<P: Processor>(
        &mut self,
        stage: Stage,
        slot: &mut Slot<P>,
        output: &StereoBlock<'_>,
        start: usize,
    ) {
        if self.stage != Some(stage) {
            return;
        }
        let range = start..start + output.frames();
        let (left, right) = (&mut self.left[range.clone()], &mut self.right[range]);
        slot.write_delta(output, left, right);
        self.delays[stage as usize].process(&mut StereoBlock::new(left, right));
    }
}

/// Collects what leaves for the editor, and sends it on a grid of 10 ms.
#[derive(Debug)]
struct Publisher {
    feed: Option<Arc<MeterFeed>>,
    grid: TickGrid,
    shown: Reduction,
    point: HistoryPoint,
    input_chunk: FrameChunk,
    output_chunk: FrameChunk,
    input_filled: usize,
    output_filled: usize,
}

impl Publisher {
    fn new(spec: AudioSpec) -> Self {
        Self {
            feed: None,
            grid: TickGrid::new((spec.sample_rate_hz / HISTORY_HZ).round() as usize),
            shown: Reduction::default(),
            point: HistoryPoint::default(),
            input_chunk: [[0.0; 2]; CHUNK_FRAMES],
            output_chunk: [[0.0; 2]; CHUNK_FRAMES],
            input_filled: 0,
            output_filled: 0,
        }
    }

    fn take_input(&mut self, run: &StereoBlock<'_>) {
        let Some(feed) = &self.feed else { return };
        self.point.input_peak = highest(run).max(self.point.input_peak);
        fill(&mut self.input_chunk, &mut self.input_filled, run, |chunk| feed.publish_input(chunk));
    }

    fn take_output(&mut self, run: &StereoBlock<'_>) {
        let Some(feed) = &self.feed else { return };
        self.point.output_peak = highest(run).max(self.point.output_peak);
        fill(&mut self.output_chunk, &mut self.output_filled, run, |chunk| {
            feed.publish_output(chunk);
        });
    }

    /// Follows a reduction at once upward and slowly downward.
    fn show(&mut self, now: &Reduction) {
        let follow = |shown: &mut f64, now: f64| *shown = now.max(*shown - REDUCTION_DECAY_DB);
        for c in 0..2 {
            follow(&mut self.shown.glue_db[c], now.glue_db[c]);
            follow(&mut self.shown.limiter_db[c], now.limiter_db[c]);
        }
        self.shown.equalizer_db = now.equalizer_db;
        follow(&mut self.shown.guard_db, now.guard_db);
        follow(&mut self.shown.clipper_db, now.clipper_db);
    }

    fn publish(&mut self, reduction: &Reduction, snapshot: &ChainSnapshot) {
        let Some(feed) = &self.feed else { return };
        self.point.glue_db = reduction.glue_db[0].max(reduction.glue_db[1]) as f32;
        self.point.clipper_db = reduction.clipper_db as f32;
        self.point.limiter_db = reduction.limiter_db[0].max(reduction.limiter_db[1]) as f32;
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
