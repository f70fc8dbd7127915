//! The stages in their order, without meters: what one snapshot's settings make of the mix.

use std::sync::Arc;

use crate::clipper::Clipper;
use crate::compressor::Compressor;
use crate::delay_line::DelayLine;
use crate::dither::{Dither, OverFullScale};
use crate::equalizer::{Equalizer, KernelOrders};
use crate::limiter::Limiter;
use crate::processor::{AudioSpec, Processor, StereoBlock};
use crate::readings::{Reduction, StagePeaks};
use crate::settings::{ChainSettings, Stage};
use crate::slot::Slot;
use crate::stereo::Stereo;
use crate::trim::Trim;
use crate::units::db_to_gain;
use crate::vector::highest_magnitude;

/// The same for every stage, in their order: `in_order!(self.reset())`, or with the
/// stage's own part of some settings, `in_order!(self.configure(&settings))`.
macro_rules! in_order {
    (@ $path:ident {$method:ident()} $($stage:ident)+) => {
        [$($path.$stage.$method()),+]
    };
    (@ $path:ident {$method:ident(&$settings:ident)} $($stage:ident)+) => {
        [$($path.$stage.$method(&$settings.$stage)),+]
    };
    ($path:ident.$($call:tt)+) => {
        in_order!(@ $path {$($call)+} trim equalizer glue stereo clipper limiter dither)
    };
}

/// From the input to the output.
#[derive(Debug)]
pub(super) struct SignalPath {
    settings: Option<ChainSettings>,
    trim: Slot<Trim>,
    equalizer: Slot<Equalizer>,
    glue: Slot<Compressor>,
    stereo: Slot<Stereo>,
    clipper: Slot<Clipper>,
    limiter: Slot<Limiter>,
    dither: Slot<Dither>,
    delta: DeltaTap,
    /// The gains that clipper and limiter give before they look at peaks.
    drive: Drive,
    peaks: StagePeaks,
    /// Brings a path that is quicker than the others to their latency.
    wait: DelayLine,
}

impl SignalPath {
    /// Builds the path; the only place that allocates.
    pub(super) fn new(spec: AudioSpec) -> Self {
        let mut path = Self {
            settings: None,
            trim: Slot::new(spec),
            equalizer: Slot::new(spec),
            glue: Slot::new(spec),
            stereo: Slot::new(spec),
            clipper: Slot::new(spec),
            limiter: Slot::new(spec),
            dither: Slot::new(spec),
            delta: DeltaTap::new(spec, 0),
            drive: Drive { clipper: 1.0, limiter: 1.0 },
            peaks: StagePeaks::default(),
            wait: DelayLine::new(0),
        };
        let longest = path.longest_latency_frames();
        path.delta = DeltaTap::new(spec, longest);
        path.wait = DelayLine::new(longest);
        path.wait_for(0);
        path
    }

    /// The most frames that any settings make it lag by.
    pub(super) fn longest_latency_frames(&self) -> usize {
        in_order!(self.longest_latency_frames()).iter().sum()
    }

    /// By how many frames the stages lag with some settings.
    pub(super) fn latency_with(&mut self, settings: &ChainSettings) -> usize {
        let others: usize =
            self.stage_latencies().iter().sum::<usize>() - self.equalizer.latency_frames();
        others + self.equalizer.processor_mut().latency_frames(&settings.equalizer)
    }

    /// Takes new settings, and the latency that all paths shall have; whether
    /// anything has changed.
    pub(super) fn configure(&mut self, settings: &ChainSettings, latency_frames: usize) -> bool {
        let is_changed = self.settings.as_ref() != Some(settings);
        let is_fresh = self.settings.is_none();
        if is_changed {
            self.settings = Some(*settings);
            self.drive = Drive::of(settings);
            in_order!(self.configure(&settings));
        }
        if self.stage_latencies().iter().sum::<usize>() + self.wait.frames() != latency_frames {
            self.wait_for(latency_frames);
        }
        if is_fresh {
            self.reset();
        }
        is_changed
    }

    /// Has the equaliser's kernels made elsewhere.
    pub(super) fn order_kernels(&mut self, orders: Option<Arc<KernelOrders>>) {
        self.equalizer.processor_mut().order_kernels(orders);
    }

    /// Whether those may come late: what is heard is not held up for them.
    pub(super) fn wait_for_kernels(&mut self, may_be_late: bool) {
        self.equalizer.processor_mut().wait_for_kernels(may_be_late);
    }

    /// Whether all is as the settings ask, and nothing still on its way.
    pub(super) fn has_arrived(&mut self) -> bool {
        self.equalizer.is_idle() || self.equalizer.processor_mut().has_arrived()
    }

    /// The settings that it has.
    pub(super) fn settings(&self) -> Option<&ChainSettings> {
        self.settings.as_ref()
    }

    /// What is configured next takes effect at once, as in a path just built.
    pub(super) fn forget_settings(&mut self) {
        self.settings = None;
    }

    fn stage_latencies(&self) -> [usize; Stage::ALL.len()] {
        in_order!(self.latency_frames())
    }

    /// Brings the path, and what runs beside its stages, to a latency.
    fn wait_for(&mut self, latency_frames: usize) {
        let latencies = self.stage_latencies();
        self.wait.set_frames(latency_frames.saturating_sub(latencies.iter().sum()));
        self.delta.later_frames = std::array::from_fn(|stage| {
            latencies[stage + 1..].iter().sum::<usize>() + self.wait.frames()
        });
        self.delta.align();
    }

    /// Forgets all audio; what comes next takes effect at once.
    pub(super) fn reset(&mut self) {
        in_order!(self.reset());
        self.delta.reset();
        self.wait.reset();
        self.peaks = StagePeaks::default();
    }

    /// The stages in their order, on a run that lies `start` frames into the
    /// block and at `song_frame` of the song.
    ///
    /// All count the song's frames as they enter the chain, and so have one grid.
    /// Only what the dither adds belongs to the frame that it is added to.
    pub(super) fn process(&mut self, run: &mut StereoBlock<'_>, start: usize, song_frame: i64) {
        self.trim.process_at(run, song_frame);
        let trimmed = highest(run);
        self.delta.take(Stage::Trim, &mut self.trim, run, start);
        self.equalizer.process_at(run, song_frame);
        self.delta.take(Stage::Equalizer, &mut self.equalizer, run, start);
        self.glue.process_at(run, song_frame);
        self.delta.take(Stage::Glue, &mut self.glue, run, start);
        self.stereo.process_at(run, song_frame);
        self.delta.take(Stage::Stereo, &mut self.stereo, run, start);
        let at_clipper = self.drive.clipper * highest(run);
        self.clipper.process_at(run, song_frame);
        self.delta.take(Stage::Clipper, &mut self.clipper, run, start);
        let at_limiter = self.drive.limiter * highest(run);
        self.peaks.raise(StagePeaks { trimmed, at_clipper, at_limiter });
        self.limiter.process_at(run, song_frame);
        self.delta.take(Stage::Limiter, &mut self.limiter, run, start);
        let latency_frames = self.stage_latencies().iter().sum::<usize>();
        self.dither.process_at(run, song_frame.wrapping_sub(latency_frames as i64));
        self.delta.take(Stage::Dither, &mut self.dither, run, start);
        self.wait.process(run);
    }

    /// What the dither had to cut off at full scale, left and right.
    pub(super) fn over_full_scale(&mut self) -> [OverFullScale; 2] {
        self.dither.processor_mut().over_full_scale()
    }

    /// How much gain the stages have taken since the last call.
    pub(super) fn take_reduction(&mut self) -> Reduction {
        Reduction {
            equalizer_db: self.equalizer.processor_mut().dynamic_db(),
            glue_db: self.glue.processor_mut().take_reduction_db(),
            glue_power: self.glue.processor_mut().take_power(),
            guard_db: self.stereo.processor_mut().take_guard_db(),
            clipper_db: self.clipper.processor_mut().take_reduction_db(),
            limiter_db: self.limiter.processor_mut().take_reduction_db(),
        }
    }

    /// Highest magnitudes on the way since the last call.
    pub(super) fn take_peaks(&mut self) -> StagePeaks {
        std::mem::take(&mut self.peaks)
    }

    /// Chooses the stage whose change is collected.
    pub(super) fn listen_to_delta(&mut self, stage: Option<Stage>) {
        self.delta.choose(stage);
    }

    /// What the chosen stage changes of the first `frames` frames of the block.
    pub(super) fn delta(&mut self, frames: usize) -> Option<StereoBlock<'_>> {
        self.delta.stage?;
        Some(StereoBlock::new(&mut self.delta.left[..frames], &mut self.delta.right[..frames]))
    }
}

/// Gains, linear.
#[derive(Clone, Copy, Debug)]
struct Drive {
    clipper: f32,
    limiter: f32,
}

impl Drive {
    fn of(settings: &ChainSettings) -> Self {
        let gain = |is_on: bool, db: f64| if is_on { db_to_gain(db) as f32 } else { 1.0 };
        Self {
            clipper: gain(settings.clipper.is_on, settings.clipper.drive_db),
            limiter: gain(settings.limiter.is_on, settings.limiter.gain_db),
        }
    }
}

fn highest(run: &StereoBlock<'_>) -> f32 {
    highest_magnitude(run.left).max(highest_magnitude(run.right))
}

/// What the chosen stage changes, delayed by the stages after it.
#[derive(Debug)]
struct DeltaTap {
    stage: Option<Stage>,
    /// For each stage the latency of all that follow it.
    later_frames: [usize; Stage::ALL.len()],
    /// That of the chosen stage.
    delay: DelayLine,
    left: Vec<f32>,
    right: Vec<f32>,
}

impl DeltaTap {
    fn new(spec: AudioSpec, longest_latency_frames: usize) -> Self {
        Self {
            stage: None,
            later_frames: [0; Stage::ALL.len()],
            delay: DelayLine::new(longest_latency_frames),
            left: vec![0.0; spec.max_block_frames],
            right: vec![0.0; spec.max_block_frames],
        }
    }

    fn choose(&mut self, stage: Option<Stage>) {
        if self.stage != stage {
            self.stage = stage;
            self.align();
        }
    }

    /// Brings the delay to the chosen stage's latency, and forgets all audio.
    fn align(&mut self) {
        if let Some(stage) = self.stage {
            self.delay.set_frames(self.later_frames[stage as usize]);
        }
    }

    fn reset(&mut self) {
        self.delay.reset();
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
        self.delay.process(&mut StereoBlock::new(left, right));
    }
}
