//! The way from what is heard to other settings, in a path of their own.
//!
//! What is loaded changes everything at once, and another phase of the
//! equaliser changes when it is heard. No glide of single settings leads there:
//! gains that give back what others take meet in the middle, and what waits in
//! the stages was made by the old ones. So the new settings get a path that is
//! fed beside the old one, unheard, until its delays are full and its gains have
//! found their level; then one is cross-faded to the other. Where their
//! latencies differ, the same music is heard twice for as long as that takes.

use crate::processor::{AudioSpec, Frames, StereoBlock};
use crate::smoothing::Ramp;

/// How long a path is fed before it is heard, after its delays are full.
const READY_MS: f64 = 40.0;
const FADE_MS: f64 = 20.0;
/// What was announced has to come within this, unless it is held up.
const LOAD_S: f64 = 0.25;

/// Where it is on that way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nowhere: one path is at work.
    Rest,
    /// The other path gets ready.
    Waiting { frames_left: usize },
    /// The path is faded out.
    Fading { path: usize },
    /// The fade has ended, and nobody has asked for anything since.
    Ended,
}

/// A change of path.
#[derive(Debug)]
pub(super) struct Crossing {
    state: State,
    /// The path that gets ready, or is faded in.
    path: usize,
    /// The snapshot that it is made for.
    snapshot: usize,
    /// By how many frames it lags.
    latency_frames: usize,
    fade: Ramp,
    ready_frames: usize,
    load_frames: usize,
    /// For so long what comes is loaded.
    load_frames_left: usize,
}

impl Crossing {
    pub(super) fn new(spec: AudioSpec) -> Self {
        Self {
            state: State::Rest,
            path: 0,
            snapshot: 0,
            latency_frames: 0,
            fade: Ramp::new(1.0, spec.frames_in_ms(FADE_MS)),
            ready_frames: spec.frames_in_ms(READY_MS),
            load_frames: (LOAD_S * spec.sample_rate_hz) as usize,
            load_frames_left: 0,
        }
    }

    /// Settings that come soon are loaded, not moved to by hand.
    pub(super) fn expect_load(&mut self) {
        self.load_frames_left = self.load_frames;
    }

    /// Whether what comes now is loaded.
    pub(super) fn takes_load(&self) -> bool {
        self.load_frames_left > 0
    }

    /// Whether a path gets ready or is faded to.
    pub(super) fn is_under_way(&self) -> bool {
        matches!(self.state, State::Waiting { .. } | State::Fading { .. })
    }

    pub(super) fn is_waiting(&self) -> bool {
        matches!(self.state, State::Waiting { .. })
    }

    /// Whether a path is faded out.
    pub(super) fn is_fading(&self) -> bool {
        matches!(self.state, State::Fading { .. })
    }

    /// Whether a fade has ended since the last call.
    pub(super) fn has_ended(&mut self) -> bool {
        let has_ended = self.state == State::Ended;
        if has_ended {
            self.state = State::Rest;
        }
        has_ended
    }

    /// Whether a path that gets ready is made for this.
    pub(super) fn leads_to(&self, snapshot: usize, latency_frames: usize) -> bool {
        self.is_waiting() && (self.snapshot, self.latency_frames) == (snapshot, latency_frames)
    }

    /// A path gets ready from now on.
    pub(super) fn begin(&mut self, path: usize, snapshot: usize, latency_frames: usize) {
        (self.path, self.snapshot, self.latency_frames) = (path, snapshot, latency_frames);
        self.state = State::Waiting { frames_left: latency_frames + self.ready_frames };
    }

    pub(super) fn path(&self) -> usize {
        self.path
    }

    pub(super) fn snapshot(&self) -> usize {
        self.snapshot
    }

    pub(super) fn latency_frames(&self) -> usize {
        self.latency_frames
    }

    /// Frames until the path is ready.
    pub(super) fn frames_left(&self) -> usize {
        match self.state {
            State::Waiting { frames_left } => frames_left,
            _ => usize::MAX,
        }
    }

    /// Begins to fade out the path that is at work, when the other is ready;
    /// whether it has.
    pub(super) fn begin_fade(&mut self, at_work: usize) -> bool {
        let is_ready = self.state == State::Waiting { frames_left: 0 };
        if is_ready {
            self.state = State::Fading { path: at_work };
            self.fade.snap(0.0);
            self.fade.set(1.0);
        }
        is_ready
    }

    /// The path is not ready after all: it is waited for anew.
    pub(super) fn wait_anew(&mut self) {
        if let State::Waiting { frames_left } = &mut self.state {
            *frames_left = self.latency_frames + self.ready_frames;
        }
    }

    /// Ends it at once; whether a path was still to be heard.
    pub(super) fn end(&mut self) -> bool {
        let was_waiting = matches!(self.state, State::Waiting { .. });
        if self.is_under_way() {
            self.state = State::Ended;
        }
        self.load_frames_left = 0;
        was_waiting
    }

    /// The path beside the one that is at work.
    pub(super) fn path_beside(&self) -> Option<usize> {
        match self.state {
            State::Waiting { .. } => Some(self.path),
            State::Fading { path } => Some(path),
            State::Rest | State::Ended => None,
        }
    }

    /// Mixes what the outgoing path made of a run into it.
    pub(super) fn fade(&mut self, run: &mut StereoBlock<'_>, outgoing: Frames<'_>) {
        if !self.is_fading() {
            return;
        }
        let [old_left, old_right] = outgoing;
        for frame in 0..run.frames() {
            if self.fade.is_settled() {
                break;
            }
            // The same song: a straight cross-fade is never louder than both.
            let position = self.fade.advance() as f32;
            let blend = |new: f32, old: f32| old + position * (new - old);
            run.left[frame] = blend(run.left[frame], old_left[frame]);
            run.right[frame] = blend(run.right[frame], old_right[frame]);
        }
        if self.fade.is_settled() {
            self.state = State::Ended;
        }
    }

    /// Frames have passed, at most [`Self::frames_left`].
    pub(super) fn pass(&mut self, frames: usize) {
        self.load_frames_left = self.load_frames_left.saturating_sub(frames);
        if let State::Waiting { frames_left } = &mut self.state {
            *frames_left -= frames.min(*frames_left);
        }
    }
}
