//! The paths of the snapshots: one that does the work of all, or all side by side.

mod change;
mod crossing;

use std::sync::Arc;

use self::crossing::Crossing;
use super::hand_over::{OtherPaths, PathHandOver};
use super::path::SignalPath;
use super::snapshot_output::SnapshotOutput;
use super::snapshot_settings::{SNAPSHOTS, SnapshotSettings};
use crate::dither::OverFullScale;
use crate::loudness::{Level, Span};
use crate::processor::{AudioSpec, Frames, StereoBlock};
use crate::readings::{Reduction, StagePeaks};
use crate::reductions::Reducing;
use crate::settings::{ChainSettings, Stage};
use crate::smoothing::Ramp;

/// Length of the cross-fade from one snapshot to another, when they run side by side.
const FADE_MS: f64 = 10.0;

/// Whose paths a chain has.
#[derive(Debug)]
pub(super) enum Snapshots {
    /// One does the work of all.
    One,
    /// Each has its own from the start.
    All,
    /// Each gets its own when it is needed.
    OnDemand(Arc<PathHandOver>),
}

/// What new settings have done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Configured {
    /// By how many frames the output lags the input now.
    pub(super) latency_frames: usize,
    /// Whether the sound of what is being measured may have changed.
    pub(super) is_changed: bool,
}

/// Makes the masters of all snapshots from the mix.
#[derive(Debug)]
pub(super) struct SnapshotPaths {
    paths: Vec<SignalPath>,
    /// The path that each snapshot has; the first of them without side by side.
    path_of: [usize; SNAPSHOTS],
    current: usize,
    are_side_by_side: bool,
    /// Whether all paths are fed: side by side, or because the snapshots differ
    /// in latency, and only what is fed can be changed to without a gap.
    are_all_fed: bool,
    /// Audio has come since the reset.
    has_audio: bool,
    /// For so long the paths that are fed anew have nothing to give yet.
    warming_frames: usize,
    /// Not so at any frame of the block.
    are_warm: bool,
    /// The snapshot that is being faded out.
    outgoing: usize,
    fade: Ramp,
    /// What each snapshot makes of the block, while they run side by side.
    outputs: Vec<SnapshotOutput>,
    latency_of: [usize; SNAPSHOTS],
    /// Where the paths come from that are not there yet.
    hand_over: Option<Arc<PathHandOver>>,
    known: Option<SnapshotSettings>,
    crossing: Crossing,
    /// Settings are there that wait for a path of their own.
    is_held: bool,
    /// By how many frames what is heard lags.
    latency_frames: usize,
    /// What the path beside the one at work makes of the block.
    beside: [Vec<f32>; 2],
}

impl SnapshotPaths {
    /// Builds one path, or one for each snapshot; the only place that allocates.
    pub(super) fn new(spec: AudioSpec, snapshots: &Snapshots) -> Self {
        let mut first = SignalPath::new(spec);
        let latency_frames = first.latency_with(&ChainSettings::default());
        // With room for the others.
        let mut paths = Vec::with_capacity(SNAPSHOTS);
        paths.push(first);
        let mut chain_paths = Self {
            path_of: [0; SNAPSHOTS],
            paths,
            current: 0,
            are_side_by_side: false,
            are_all_fed: false,
            has_audio: false,
            warming_frames: 0,
            are_warm: true,
            outgoing: 0,
            fade: Ramp::new(1.0, spec.frames_in_ms(FADE_MS)),
            outputs: Vec::with_capacity(SNAPSHOTS),
            latency_of: [latency_frames; SNAPSHOTS],
            hand_over: None,
            known: None,
            crossing: Crossing::new(spec),
            is_held: false,
            latency_frames,
            beside: std::array::from_fn(|_| vec![0.0; spec.max_block_frames]),
        };
        match snapshots {
            Snapshots::One => {}
            Snapshots::All => chain_paths.add(&mut OtherPaths::new(spec, 1..SNAPSHOTS, None)),
            Snapshots::OnDemand(hand_over) => {
                chain_paths.paths[0].order_kernels(hand_over.orders_of(0));
                chain_paths.hand_over = Some(Arc::clone(hand_over));
            }
        }
        chain_paths
    }

    /// Takes other paths in, as soon as they are there.
    fn take_others(&mut self) {
        let Some(hand_over) = &self.hand_over else { return };
        let hand_over = Arc::clone(hand_over);
        while let Some(mut others) = hand_over.take() {
            self.add(&mut others);
            hand_over.give_back(others);
        }
    }

    /// Once there are enough, every snapshot has a path of its own; the one at
    /// work stays the current one's.
    fn add(&mut self, others: &mut OtherPaths) {
        let at_work = self.path_of[self.current];
        self.paths.append(&mut others.paths);
        self.outputs.append(&mut others.outputs);
        self.wait_for_kernels(self.has_audio);
        if self.has_all() {
            self.path_of = std::array::from_fn(|snapshot| snapshot);
            self.path_of.swap(at_work, self.current);
        }
        self.known = None;
    }

    /// By how many frames the output lags with some settings.
    pub(super) fn latency_with(&mut self, settings: &ChainSettings) -> usize {
        self.paths[0].latency_with(settings)
    }

    /// The most frames that any settings make the output lag by.
    pub(super) fn longest_latency_frames(&self) -> usize {
        self.paths[0].longest_latency_frames()
    }

    fn has_all(&self) -> bool {
        self.paths.len() == SNAPSHOTS
    }

    fn current_path(&mut self) -> &mut SignalPath {
        &mut self.paths[self.path_of[self.current]]
    }

    /// Says that the stream is mono, both channels being the same one.
    pub(super) fn set_mono(&mut self, is_mono: bool) {
        for output in &mut self.outputs {
            output.loudness.set_mono(is_mono);
        }
    }

    /// Takes new settings for the current snapshot, the only one that matters then.
    pub(super) fn configure(&mut self, settings: &ChainSettings) -> Configured {
        self.known = None;
        let path = self.current_path();
        let latency_frames = path.latency_with(settings);
        let is_changed = path.configure(settings, latency_frames);
        self.latency_frames = latency_frames;
        Configured { latency_frames, is_changed }
    }

    /// Takes new settings for all snapshots; `None` when nothing has changed.
    pub(super) fn configure_all(&mut self, settings: &SnapshotSettings) -> Option<Configured> {
        self.take_others();
        if self.crossing.is_fading() {
            // What comes during a cross-fade waits for its end.
            return None;
        }
        let has_crossed = self.crossing.has_ended();
        if self.known.as_ref() == Some(settings) && !has_crossed && !self.is_held {
            return None;
        }
        self.known = Some(*settings);
        for (latency_frames, settings) in self.latency_of.iter_mut().zip(&settings.all) {
            *latency_frames = self.paths[0].latency_with(settings);
        }
        let differ = self.latency_of.iter().any(|latency| *latency != self.latency_of[0]);
        let current = settings.current.min(SNAPSHOTS - 1);
        let latency_frames = self.latency_of.into_iter().max().unwrap_or_default();
        if let Some(hand_over) = &self.hand_over
            && (settings.are_side_by_side || differ)
        {
            hand_over.want(SNAPSHOTS);
        }
        self.is_held = false;
        if self.must_cross(&settings.all[current], current, latency_frames) {
            self.cross(&settings.all[current], current, latency_frames);
            let latency_frames = self.latency_frames;
            return Some(Configured { latency_frames, is_changed: !self.is_held });
        }
        self.are_side_by_side = settings.are_side_by_side && self.has_all();
        let are_all_fed = (self.are_side_by_side || differ) && self.has_all();
        let are_fed_anew = are_all_fed && !self.are_all_fed;
        let mut is_changed = self.choose(current, are_all_fed) || has_crossed;
        self.latency_frames = latency_frames;
        if are_fed_anew && self.has_audio {
            self.warming_frames = latency_frames;
            self.are_warm = false;
        }
        for snapshot in 0..SNAPSHOTS {
            if self.are_all_fed || snapshot == self.current {
                let path = &mut self.paths[self.path_of[snapshot]];
                is_changed |= path.configure(&settings.all[snapshot], latency_frames);
            }
        }
        Some(Configured { latency_frames, is_changed })
    }

    /// Makes a snapshot the current one; whether that may change the sound of
    /// what is being measured.
    fn choose(&mut self, current: usize, are_all_fed: bool) -> bool {
        let were_all_fed = std::mem::replace(&mut self.are_all_fed, are_all_fed);
        if are_all_fed && were_all_fed {
            if current != self.current {
                self.outgoing = self.current;
                self.current = current;
                self.fade.snap(0.0);
                self.fade.set(1.0);
                // The master is another one: it is measured anew.
                return !self.are_side_by_side;
            }
            return false;
        }
        // The path that is at work goes on for whatever is the current snapshot.
        let at_work = self.path_of[self.current];
        if let Some(other) = self.path_of.iter().position(|path| *path == at_work)
            && self.has_all()
        {
            self.path_of.swap(other, current);
        }
        self.current = current;
        self.fade.snap(1.0);
        if are_all_fed {
            for snapshot in (0..SNAPSHOTS).filter(|snapshot| *snapshot != current) {
                self.paths[self.path_of[snapshot]].forget_settings();
            }
            for output in &mut self.outputs {
                output.loudness.reset();
            }
        }
        are_all_fed != were_all_fed
    }

    /// Forgets all audio; what was to be heard next is heard at once.
    pub(super) fn reset(&mut self) {
        self.end_crossing();
        self.wait_for_kernels(false);
        self.paths.iter_mut().for_each(SignalPath::reset);
        self.fade.snap(1.0);
        self.has_audio = false;
        self.warming_frames = 0;
        self.are_warm = true;
    }

    /// Whether kernels that were ordered may come late: what is already heard may
    /// not be held up, but nothing shall begin without.
    fn wait_for_kernels(&mut self, may_be_late: bool) {
        for path in &mut self.paths {
            path.wait_for_kernels(may_be_late);
        }
    }

    /// What the current snapshot makes of a run, and, side by side, what all of
    /// them do; it lies `start` frames into the block and at `song_frame` of the song.
    pub(super) fn process(&mut self, run: &mut StereoBlock<'_>, start: usize, song_frame: i64) {
        if !std::mem::replace(&mut self.has_audio, true) {
            self.wait_for_kernels(true);
        }
        if start == 0 {
            self.are_warm = self.warming_frames == 0;
        }
        self.warming_frames = self.warming_frames.saturating_sub(run.frames());
        self.crossing.pass(run.frames());
        if !self.are_all_fed {
            self.process_one(run, start, song_frame);
            return;
        }
        for (snapshot, output) in self.outputs.iter_mut().enumerate() {
            let mut own = output.take(run, start);
            self.paths[self.path_of[snapshot]].process(&mut own, start, song_frame);
            output.loudness.process(
                &output.left[start..start + run.frames()],
                &output.right[start..start + run.frames()],
            );
        }
        let (new, old) = (&self.outputs[self.current], &self.outputs[self.outgoing]);
        let range = start..start + run.frames();
        run.left.copy_from_slice(&new.left[range.clone()]);
        run.right.copy_from_slice(&new.right[range]);
        if self.fade.is_settled() {
            return;
        }
        for frame in 0..run.frames() {
            // The same song in step: a straight cross-fade keeps its level.
            let position = self.fade.advance() as f32;
            let blend = |new: f32, old: f32| old + position * (new - old);
            run.left[frame] = blend(run.left[frame], old.left[start + frame]);
            run.right[frame] = blend(run.right[frame], old.right[start + frame]);
        }
    }

    /// Chooses the stage whose change [`Self::delta`] gives; `None` stops it.
    pub(super) fn listen_to_delta(&mut self, stage: Option<Stage>) {
        let heard = [Some(self.path_of[self.current]), self.crossing.path_beside()];
        for (index, path) in self.paths.iter_mut().enumerate() {
            path.listen_to_delta(stage.filter(|_| heard.contains(&Some(index))));
        }
    }

    /// What one stage of the current snapshot changes of the first `frames` frames of the block.
    pub(super) fn delta(&mut self, frames: usize) -> Option<StereoBlock<'_>> {
        self.current_path().delta(frames)
    }

    /// What the current snapshot's dither had to cut off, left and right.
    pub(super) fn over_full_scale(&mut self) -> [OverFullScale; 2] {
        self.current_path().over_full_scale()
    }

    /// How much gain the current snapshot has taken since the last call.
    pub(super) fn take_reduction(&mut self) -> Reduction {
        self.current_path().take_reduction()
    }

    /// Which stages of the current snapshot may reduce gain.
    pub(super) fn are_reducing(&mut self) -> Reducing<bool> {
        self.current_path().settings().map_or(Reducing::default(), |settings| Reducing {
            glue: settings.glue.is_on,
            clipper: settings.clipper.is_on,
            limiter: settings.limiter.is_on,
        })
    }

    /// Highest magnitudes on the current snapshot's way since the last call.
    pub(super) fn take_peaks(&mut self) -> StagePeaks {
        self.current_path().take_peaks()
    }

    fn output(&self, snapshot: usize) -> Option<&SnapshotOutput> {
        self.outputs.get(snapshot).filter(|_| self.are_side_by_side)
    }

    /// What a snapshot made of the first `frames` frames of the block; `None`
    /// unless they run side by side.
    pub(super) fn frames_of(&self, snapshot: usize, frames: usize) -> Option<Frames<'_>> {
        let output = self.output(snapshot)?;
        Some([&output.left[..frames], &output.right[..frames]])
    }

    /// Whether a snapshot that runs side by side has come far enough to be heard.
    pub(super) fn is_audible(&self, snapshot: usize) -> bool {
        self.output(snapshot).is_some() && (snapshot == self.current || self.are_warm)
    }

    /// How loud a snapshot is; `None` unless they run side by side.
    pub(super) fn level_of(&self, snapshot: usize) -> Option<Level> {
        // Snapshots are only ever turned down: their peaks do not matter.
        Some(self.output(snapshot)?.loudness.level(f64::NEG_INFINITY))
    }

    /// Loudness of each snapshot since the sound last changed, while they run side by side.
    pub(super) fn spans(&self) -> impl Iterator<Item = Span> {
        let outputs = self.outputs.iter().filter(|_| self.are_side_by_side);
        outputs.map(|output| output.loudness.span())
    }

    /// The sound has changed: what is compared at equal loudness is measured anew.
    pub(super) fn begin_spans(&mut self) {
        for output in &mut self.outputs {
            output.loudness.begin_span();
        }
    }
}
