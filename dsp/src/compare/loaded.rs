//! A song that is loaded: where it plays, and how it comes and goes there.

use std::sync::Arc;

use super::arrival::Arrival;
use super::level::{GAIN_RAMP_MS, LevelMatch, Loudness};
use super::reference::{ReferenceAudio, ReferenceControl, ReferenceId, SHORT_TERM_HZ};
use crate::processor::AudioSpec;
use crate::smoothing::{Ramp, equal_power};
use crate::transport::Transport;

/// Length of the cross-fade where playing jumps, or a loop begins anew.
const JUMP_MS: f64 = 10.0;
/// Hosts round their positions: what differs by less is no jump.
const TOLERANCE_MS: f64 = 2.0;

/// How long what happens to a song takes, at the stream's sample rate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timing {
    pub(super) sample_rate_hz: f64,
    jump_frames: usize,
    gain_frames: usize,
    pub(super) tolerance_frames: usize,
}

impl Timing {
    pub(super) fn new(spec: AudioSpec) -> Self {
        Self {
            sample_rate_hz: spec.sample_rate_hz,
            jump_frames: spec.frames_in_ms(JUMP_MS).max(1),
            gain_frames: spec.frames_in_ms(GAIN_RAMP_MS).max(1),
            tolerance_frames: spec.frames_in_ms(TOLERANCE_MS).max(1),
        }
    }
}

/// A song that is loaded, and where it plays.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) id: ReferenceId,
    pub(super) audio: Arc<ReferenceAudio>,
    pub(super) control: ReferenceControl,
    /// Put in its place once it is no longer heard.
    pub(super) next: Option<Next>,
    pub(super) position: usize,
    /// Where it played before the last jump.
    old_position: usize,
    /// 0 to 1: from the old position to the present one.
    jump: Ramp,
    /// Fades pages that were missing in, at the present position and the old one.
    arrival: Arrival,
    old_arrival: Arrival,
    /// 0 while it stands still with the song.
    presence: Ramp,
    pub(super) gain: Ramp,
}

/// What becomes of a song that is still heard.
#[derive(Debug)]
pub(super) enum Next {
    Put(Arc<ReferenceAudio>, ReferenceControl),
    Take,
}

impl Loaded {
    pub(super) fn new(
        id: ReferenceId,
        audio: Arc<ReferenceAudio>,
        control: ReferenceControl,
        timing: &Timing,
    ) -> Self {
        let is_there = audio.frame(control.first_frame).is_some();
        let arrival = Arrival::new(is_there, timing.jump_frames);
        Self {
            id,
            audio,
            control,
            arrival,
            old_arrival: arrival,
            next: None,
            position: control.first_frame,
            old_position: 0,
            jump: Ramp::new(1.0, timing.jump_frames),
            presence: Ramp::new(1.0, timing.jump_frames),
            gain: Ramp::new(1.0, timing.gain_frames),
        }
    }

    /// The loop in frames, never empty.
    fn bounds(&self) -> (usize, usize) {
        let length = self.audio.frames().max(1);
        let first = self.control.first_frame.min(length - 1);
        (first, self.control.end_frame.clamp(first + 1, length))
    }

    fn jump_to(&mut self, position: usize) {
        self.old_position = self.position;
        self.old_arrival = self.arrival;
        self.position = position;
        self.arrive();
        self.audio.show_jump(position);
        self.jump.snap(0.0);
        self.jump.set(1.0);
    }

    /// Begins at the present position, whole if that is in memory.
    fn arrive(&mut self) {
        self.arrival.begin(self.audio.frame(self.position).is_some());
    }

    /// Goes to where the song is; a jump that is heard is cross-faded.
    pub(super) fn follow(&mut self, transport: Transport, tolerance_frames: usize, is_heard: bool) {
        self.go_with(transport, tolerance_frames, is_heard);
        if !is_heard {
            self.arrive();
        }
        let (first, _) = self.bounds();
        self.audio.show_position(self.position, first);
    }

    fn go_with(&mut self, transport: Transport, tolerance_frames: usize, is_heard: bool) {
        let (first, end) = self.bounds();
        if !(first..end).contains(&self.position) {
            self.jump_to(first);
        }
        let song_frame = transport.position_frames.filter(|_| !self.control.is_free_running);
        let Some(song_frame) = song_frame else {
            self.presence.set(1.0);
            return;
        };
        self.presence.set(f64::from(u8::from(transport.is_playing)));
        let length = end - first;
        let wanted = first + song_frame.rem_euclid(length as i64) as usize;
        let distance = wanted.abs_diff(self.position);
        // The end of a loop is next to its beginning.
        if distance.min(length - distance.min(length)) > tolerance_frames {
            if is_heard {
                self.jump_to(wanted);
            } else {
                self.position = wanted;
                self.audio.show_jump(wanted);
                self.jump.snap(1.0);
            }
        }
    }

    pub(super) fn advance(&mut self) -> [f32; 2] {
        let (first, end) = self.bounds();
        let mut heard = self.arrival.shape(self.audio.frame(self.position));
        if !self.jump.is_settled() {
            let old = self.old_arrival.shape(self.audio.frame(self.old_position));
            let (old_gain, new_gain) = equal_power(self.jump.advance());
            heard = [0, 1].map(|c| old_gain * old[c] + new_gain * heard[c]);
            self.old_position += 1;
        }
        let gain = (self.gain.advance() * self.presence.advance()) as f32;
        if self.presence.value() > 0.0 {
            self.position += 1;
            if self.position >= end {
                self.jump_to(first);
            }
        }
        heard.map(|sample| gain * sample)
    }

    /// Plays on unheard.
    pub(super) fn skip(&mut self, frames: usize) {
        self.jump.snap(1.0);
        let presence = self.presence.target();
        self.presence.snap(presence);
        if presence > 0.0 {
            let (first, end) = self.bounds();
            self.position = first + (self.position.max(first) - first + frames) % (end - first);
        }
    }

    pub(super) fn loudness(&self, level_match: LevelMatch, sample_rate_hz: f64) -> Loudness {
        let control = &self.control;
        let now = (self.position as f64 / sample_rate_hz * SHORT_TERM_HZ) as usize;
        let short_term_lufs = self
            .audio
            .short_term_lufs
            .get(now)
            .map(|lufs| f64::from(*lufs))
            .filter(|lufs| *lufs > -60.0);
        Loudness {
            lufs: match (level_match, short_term_lufs) {
                (LevelMatch::ShortTerm, Some(lufs)) => lufs,
                _ => control.integrated_lufs,
            },
            true_peak_dbtp: control.true_peak_dbtp,
            trim_db: control.trim_db,
        }
    }
}
