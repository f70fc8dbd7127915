//! What the integrated values are of: everything since a reset, since the song
//! was started, or the song itself, wherever it was played.

use std::sync::Arc;

use crossbeam::queue::ArrayQueue;

use crate::loudness::timeline::{SLOTS, SLOTS_PER_SECOND, Timeline, TimelineSnapshot};
use crate::meters::{MeterSnapshot, Meters, ratio_db};
use crate::processor::{AudioSpec, StereoBlock};
use crate::transport::{Transport, TransportDelay};

/// How the integrated values follow the transport.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IntegrationMode {
    /// Everything counts, whether the song plays or not.
    #[default]
    FreeRunning,
    /// They start afresh when the song is started, and stand still when it stops.
    ResetOnPlay,
    /// They are of the song: a passage that is played again replaces what was measured of it.
    Timeline,
}

impl IntegrationMode {
    /// All modes in the order they are shown.
    pub const ALL: [Self; 3] = [Self::FreeRunning, Self::ResetOnPlay, Self::Timeline];

    /// What it is called in saved sessions.
    pub fn id(self) -> &'static str {
        match self {
            Self::FreeRunning => "free-running",
            Self::ResetOnPlay => "reset-on-play",
            Self::Timeline => "timeline",
        }
    }

    /// The mode with an id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.id() == id)
    }

    /// What it is called in the editor.
    pub fn name(self) -> &'static str {
        match self {
            Self::FreeRunning => "Free-running",
            Self::ResetOnPlay => "Reset on play",
            Self::Timeline => "Timeline",
        }
    }
}

/// Where the master is in the song.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// The host has not given a position since the stream was started.
    #[default]
    Unknown,
    /// The transport stands still.
    Stopped,
    /// The song plays.
    Playing,
    /// It plays before position 0, where nothing is stored.
    BeforeStart,
    /// It plays beyond the 3 h that are stored.
    BeyondEnd,
}

/// What the integrated values of the output are of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct IntegrationSnapshot {
    /// How they follow the transport.
    pub mode: IntegrationMode,
    /// The person has paused them.
    pub is_paused: bool,
    /// The mode needs a transport, and the host has given none yet: they are
    /// of everything since the last reset.
    pub is_fallback: bool,
    /// Where the master is.
    pub place: Place,
    /// What has been measured of the song.
    pub timeline: TimelineSnapshot,
}

/// Carries timelines that were made of a saved session to the audio thread and
/// used ones back to be freed, without locks.
#[derive(Debug)]
pub struct TimelineHandOver {
    incoming: ArrayQueue<Box<Timeline>>,
    outgoing: ArrayQueue<Box<Timeline>>,
}

impl TimelineHandOver {
    /// An empty hand-over.
    pub fn new() -> Arc<Self> {
        Arc::new(Self { incoming: ArrayQueue::new(1), outgoing: ArrayQueue::new(4) })
    }

    /// Offers a timeline. An older offer that was never taken is freed here,
    /// and so is what the audio thread has given back.
    pub fn offer(&self, timeline: Box<Timeline>) {
        self.collect();
        self.incoming.force_push(timeline);
    }

    /// Takes back what has been offered and not been taken.
    pub fn withdraw(&self) {
        drop(self.incoming.pop());
    }

    /// Frees what the audio thread has given back.
    pub fn collect(&self) {
        while self.outgoing.pop().is_some() {}
    }
}

/// Makes the meters follow the transport and keeps the timeline.
#[derive(Debug)]
pub(crate) struct Integration {
    sample_rate_hz: f64,
    mode: IntegrationMode,
    is_paused: bool,
    transport: TransportDelay,
    /// The host's song has been seen moving, or standing at a position.
    has_position: bool,
    has_played: bool,
    is_input_playing: bool,
    is_output_playing: bool,
    place: Place,
    timeline: Option<Box<Timeline>>,
    hand_over: Option<Arc<TimelineHandOver>>,
    /// Kept until there is room to send it back.
    retired: Option<Box<Timeline>>,
    is_timeline_running: bool,
}

impl Integration {
    pub(crate) fn new(spec: AudioSpec) -> Self {
        Self {
            sample_rate_hz: spec.sample_rate_hz,
            mode: IntegrationMode::default(),
            is_paused: false,
            transport: TransportDelay::new(spec.sample_rate_hz),
            has_position: false,
            has_played: false,
            is_input_playing: false,
            is_output_playing: false,
            place: Place::Unknown,
            timeline: None,
            hand_over: None,
            retired: None,
            is_timeline_running: false,
        }
    }

    pub(crate) fn attach(&mut self, mut timeline: Box<Timeline>, hand_over: Arc<TimelineHandOver>) {
        timeline.set_sample_rate_hz(self.sample_rate_hz);
        self.timeline = Some(timeline);
        self.hand_over = Some(hand_over);
    }

    pub(crate) fn choose(&mut self, mode: IntegrationMode, is_paused: bool) {
        self.mode = mode;
        self.is_paused = is_paused;
    }

    /// The audio in the chain is gone.
    pub(crate) fn reset_audio(&mut self) {
        self.transport.reset();
    }

    /// Forgets what was measured of the song, when that is what is being shown.
    pub(crate) fn reset_values(&mut self) {
        if let Some(timeline) = &mut self.timeline
            && self.mode == IntegrationMode::Timeline
        {
            timeline.clear();
        }
    }

    /// Takes the host's word for the next frame, and makes the meters of the
    /// input follow it.
    pub(crate) fn enter(
        &mut self,
        transport: Transport,
        latency_frames: usize,
        input_meters: &mut Meters,
    ) {
        self.exchange_timeline();
        self.transport.enter(transport, latency_frames);
        self.has_position |= transport.position_frames.is_some();
        self.has_played |= transport.is_playing;
        let is_playing = self.transport.input().is_playing;
        let was_playing = std::mem::replace(&mut self.is_input_playing, is_playing);
        let has_started = is_playing && !was_playing;
        self.follow(input_meters, is_playing, has_started);
    }

    /// Measures a run of the output, cut where the transport changes or a slot ends.
    pub(crate) fn measure(&mut self, run: &StereoBlock<'_>, meters: &mut Meters) {
        let mut start = 0;
        while start < run.frames() {
            let (now, frames) = self.transport.output(run.frames() - start);
            let was_playing = std::mem::replace(&mut self.is_output_playing, now.is_playing);
            self.follow(meters, now.is_playing, now.is_playing && !was_playing);
            self.seek(now, meters);
            let frames = match &self.timeline {
                Some(timeline) if self.is_timeline_running => frames.min(timeline.frames_left()),
                _ => frames,
            };
            let end = start + frames;
            meters.process(&run.left[start..end], &run.right[start..end]);
            if let Some(timeline) = &mut self.timeline
                && self.is_timeline_running
                && timeline.advance(frames, || meters.slot())
            {
                meters.begin_slot();
            }
            self.transport.advance(frames);
            start = end;
        }
    }

    /// The transport of the next frame at the input, as counted on.
    pub(crate) fn input_transport(&self) -> Transport {
        self.transport.input()
    }

    /// The transport of the next frame at the output.
    pub(crate) fn output_transport(&mut self) -> Transport {
        self.transport.output(1).0
    }

    /// What the integrated values are of.
    pub(crate) fn snapshot(&self) -> IntegrationSnapshot {
        IntegrationSnapshot {
            mode: self.mode,
            is_paused: self.is_paused,
            is_fallback: self.is_fallback(),
            place: self.place,
            timeline: self
                .timeline
                .as_ref()
                .map_or_else(TimelineSnapshot::default, |timeline| timeline.snapshot()),
        }
    }

    /// The meter's readings with the song's in their place, where those are asked for.
    pub(crate) fn shown(&self, mut meter: MeterSnapshot) -> MeterSnapshot {
        if self.mode != IntegrationMode::Timeline || self.is_fallback() {
            return meter;
        }
        let Some(timeline) = &self.timeline else { return meter };
        let song = timeline.snapshot();
        meter.loudness.integrated_lufs = song.integrated_lufs;
        meter.loudness.max_momentary_lufs = song.max_momentary_lufs;
        meter.loudness.max_short_term_lufs = song.max_short_term_lufs;
        meter.loudness.loudness_range_lu = song.loudness_range_lu;
        meter.loudness.measured_s = song.measured_s;
        meter.max_true_peak_dbtp = song.max_true_peak_dbtp;
        let [left, right] = song.max_true_peak_dbtp;
        meter.plr_db = ratio_db(left.max(right), song.integrated_lufs);
        meter
    }

    /// Whether the mode cannot be followed: a host that gives no position has
    /// no timeline, and one that never plays has no start. What was measured in
    /// an earlier session is shown before the song moves.
    fn is_fallback(&self) -> bool {
        match self.mode {
            IntegrationMode::FreeRunning => false,
            IntegrationMode::ResetOnPlay => !self.has_played,
            IntegrationMode::Timeline => {
                let is_measured = self
                    .timeline
                    .as_ref()
                    .is_some_and(|timeline| timeline.snapshot().measured_s > 0.0);
                !self.has_position || !(self.has_played || is_measured)
            }
        }
    }

    fn follow(&self, meters: &mut Meters, is_playing: bool, has_started: bool) {
        let follows = self.mode == IntegrationMode::ResetOnPlay && self.has_played;
        if follows && has_started {
            meters.reset();
        }
        meters.pause(self.is_paused || (follows && !is_playing));
    }

    /// Brings the timeline to the next frame of the output.
    fn seek(&mut self, now: Transport, meters: &mut Meters) {
        let end = (SLOTS / SLOTS_PER_SECOND) as f64 * self.sample_rate_hz;
        self.place = match now.position_frames {
            _ if !self.has_position => Place::Unknown,
            Some(position) if now.is_playing && position < 0 => Place::BeforeStart,
            Some(position) if now.is_playing && position as f64 >= end => Place::BeyondEnd,
            _ if now.is_playing => Place::Playing,
            _ => Place::Stopped,
        };
        let Some(timeline) = &mut self.timeline else { return };
        let is_measured = self.mode == IntegrationMode::Timeline && !self.is_paused;
        let position = now.position_frames.filter(|_| is_measured && now.is_playing);
        if timeline.seek(position) {
            meters.begin_pass();
        }
        let was_running = std::mem::replace(&mut self.is_timeline_running, position.is_some());
        if was_running && !self.is_timeline_running {
            meters.end_slots();
        }
    }

    /// Takes a restored timeline in and sends the old one back to be freed.
    fn exchange_timeline(&mut self) {
        let Some(hand_over) = &self.hand_over else { return };
        if let Some(retired) = self.retired.take() {
            self.retired = hand_over.outgoing.push(retired).err();
        }
        if self.retired.is_none()
            && let Some(mut timeline) = hand_over.incoming.pop()
        {
            timeline.set_sample_rate_hz(self.sample_rate_hz);
            self.retired = self.timeline.replace(timeline);
        }
    }
}

#[cfg(test)]
mod tests;
