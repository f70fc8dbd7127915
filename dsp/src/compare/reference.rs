//! References on the audio thread: how they come, play and go.

use std::sync::Arc;

use crossbeam::queue::ArrayQueue;

use super::arrival::Arrival;
use super::level::{LevelMatch, Loudness};
use super::pages::Pages;
use crate::processor::{AudioSpec, StereoBlock};
use crate::smoothing::Ramp;
use crate::transport::Transport;
use crate::units::db_to_gain;

/// As many references as can be loaded at once.
pub const MOST_LOADED: usize = 20;
/// Messages that can wait for the audio thread.
const WAITING: usize = 64;
/// Messages taken in a block, so that no block has to do all at once.
const MOST_IN_A_BLOCK: usize = 4;
/// Length of the cross-fade where playing jumps, or a loop begins anew.
const JUMP_MS: f64 = 10.0;
/// Gains follow measured loudness this slowly, so that following is not heard.
pub(super) const GAIN_RAMP_MS: f64 = 200.0;
/// Hosts round their positions: what differs by less is no jump.
const TOLERANCE_MS: f64 = 2.0;
/// Values of short-term loudness in a second.
pub const SHORT_TERM_HZ: f64 = 10.0;

/// Names a reference to the audio thread, for as long as it is in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReferenceId(pub u32);

/// A song at the stream's sample rate.
#[derive(Debug)]
pub enum Song {
    /// All of it, left and right equally long.
    Whole([Vec<f32>; 2]),
    /// What is around where it plays.
    Paged(Arc<Pages>),
}

/// A decoded song and what is known of it.
#[derive(Debug)]
pub struct ReferenceAudio {
    /// The song.
    pub song: Song,
    /// Short-term loudness around each tenth of a second, LUFS; empty where it
    /// is not known.
    pub short_term_lufs: Vec<f32>,
}

impl ReferenceAudio {
    /// A song that is held whole, both channels equally long.
    pub fn whole(left: Vec<f32>, right: Vec<f32>) -> Self {
        Self { song: Song::Whole([left, right]), short_term_lufs: Vec::new() }
    }

    /// Its length.
    fn frames(&self) -> usize {
        match &self.song {
            Song::Whole([left, _]) => left.len(),
            Song::Paged(pages) => pages.frames(),
        }
    }

    /// A frame, silent beyond the end; `None` where it is not in memory.
    fn frame(&self, position: usize) -> Option<[f32; 2]> {
        match &self.song {
            Song::Whole(channels) => Some([0, 1].map(|channel| {
                let samples: &Vec<f32> = &channels[channel];
                samples.get(position).copied().unwrap_or_default()
            })),
            Song::Paged(pages) => pages.frame(position),
        }
    }

    /// Tells whoever brings its pages in where it plays.
    fn show_position(&self, position: usize, first: usize) {
        if let Song::Paged(pages) = &self.song {
            pages.show_position(position, first);
        }
    }

    fn show_jump(&self, position: usize) {
        if let Song::Paged(pages) = &self.song {
            pages.show_jump(position);
        }
    }
}

/// How a reference is to be played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReferenceControl {
    /// Where its loop begins, frames.
    pub first_frame: usize,
    /// Where its loop ends; cut to the length of the song.
    pub end_frame: usize,
    /// Gain on top of equal loudness, dB.
    pub trim_db: f64,
    /// Whether it plays on by itself, and not where the song is.
    pub is_free_running: bool,
    /// Integrated loudness of what is played, LUFS.
    pub integrated_lufs: f64,
    /// True peak of what is played, dBTP.
    pub true_peak_dbtp: f64,
}

/// What a worker tells the audio thread.
#[derive(Debug)]
pub enum ReferenceMessage {
    /// Here is a song, in place of one of the same name.
    Put(ReferenceId, Arc<ReferenceAudio>, ReferenceControl),
    /// Play it like this from now on.
    Control(ReferenceId, ReferenceControl),
    /// Give it back.
    Take(ReferenceId),
}

/// Carries references to the audio thread and used ones back to be freed, without locks.
#[derive(Debug)]
pub struct HandOver {
    incoming: ArrayQueue<ReferenceMessage>,
    outgoing: ArrayQueue<Arc<ReferenceAudio>>,
}

impl HandOver {
    /// An empty hand-over, to be shared between a worker and the audio thread.
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            incoming: ArrayQueue::new(WAITING),
            outgoing: ArrayQueue::new(MOST_LOADED + 4),
        })
    }

    /// Worker: sends a message.
    ///
    /// # Errors
    /// Gives the message back while there is no room: the audio thread stands still.
    pub fn send(&self, message: ReferenceMessage) -> Result<(), ReferenceMessage> {
        self.incoming.push(message)
    }

    /// Worker: takes back what was sent and never taken.
    pub fn withdraw(&self) {
        while self.incoming.pop().is_some() {}
    }

    /// Worker: frees what the audio thread has given back.
    pub fn collect(&self) {
        while self.outgoing.pop().is_some() {}
    }
}

/// A song that is loaded, and where it plays.
#[derive(Debug)]
struct Loaded {
    id: ReferenceId,
    audio: Arc<ReferenceAudio>,
    control: ReferenceControl,
    /// Put in its place once it is no longer heard.
    next: Option<Next>,
    position: usize,
    /// Where it played before the last jump.
    old_position: usize,
    /// 0 to 1: from the old position to the present one.
    jump: Ramp,
    /// Fades pages that were missing in, at the present position and the old one.
    arrival: Arrival,
    old_arrival: Arrival,
    /// 0 while it stands still with the song.
    presence: Ramp,
    gain: Ramp,
}

/// What becomes of a song that is still heard.
#[derive(Debug)]
enum Next {
    Put(Arc<ReferenceAudio>, ReferenceControl),
    Take,
}

impl Loaded {
    fn new(
        id: ReferenceId,
        audio: Arc<ReferenceAudio>,
        control: ReferenceControl,
        library: &Library,
    ) -> Self {
        let is_there = audio.frame(control.first_frame).is_some();
        let arrival = Arrival::new(is_there, library.jump_frames);
        Self {
            id,
            audio,
            control,
            arrival,
            old_arrival: arrival,
            next: None,
            position: control.first_frame,
            old_position: 0,
            jump: Ramp::new(1.0, library.jump_frames),
            presence: Ramp::new(1.0, library.jump_frames),
            gain: Ramp::new(1.0, library.gain_frames),
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
    fn follow(&mut self, transport: Transport, tolerance_frames: usize, is_heard: bool) {
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

    fn advance(&mut self) -> [f32; 2] {
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
    fn skip(&mut self, frames: usize) {
        self.jump.snap(1.0);
        let presence = self.presence.target();
        self.presence.snap(presence);
        if presence > 0.0 {
            let (first, end) = self.bounds();
            self.position = first + (self.position.max(first) - first + frames) % (end - first);
        }
    }

    fn loudness(&self, level_match: LevelMatch, sample_rate_hz: f64) -> Loudness {
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

/// Gains of what goes and what comes: two songs have nothing in common, so
/// their powers add up.
pub(super) fn equal_power(position: f64) -> (f32, f32) {
    let (sine, cosine) = (position * std::f64::consts::FRAC_PI_2).sin_cos();
    (cosine as f32, sine as f32)
}

/// All songs that are loaded.
#[derive(Debug)]
pub(super) struct Library {
    hand_over: Arc<HandOver>,
    slots: Box<[Option<Loaded>]>,
    /// Kept until there is room to send it back.
    retired: Option<Arc<ReferenceAudio>>,
    sample_rate_hz: f64,
    jump_frames: usize,
    gain_frames: usize,
    tolerance_frames: usize,
}

impl Library {
    pub(super) fn new(spec: AudioSpec, hand_over: Arc<HandOver>) -> Self {
        Self {
            hand_over,
            slots: (0..MOST_LOADED).map(|_| None).collect(),
            retired: None,
            sample_rate_hz: spec.sample_rate_hz,
            jump_frames: spec.frames_in_ms(JUMP_MS).max(1),
            gain_frames: spec.frames_in_ms(GAIN_RAMP_MS).max(1),
            tolerance_frames: spec.frames_in_ms(TOLERANCE_MS).max(1),
        }
    }

    /// Takes messages in and sends used songs back; `is_heard` tells of which
    /// songs something still reaches the ears.
    pub(super) fn exchange(&mut self, is_heard: impl Fn(ReferenceId) -> bool) {
        for place in 0..MOST_LOADED {
            if !self.send_back() {
                return;
            }
            let Some(loaded) = &mut self.slots[place] else { continue };
            if loaded.next.is_none() || is_heard(loaded.id) {
                continue;
            }
            match loaded.next.take() {
                Some(Next::Put(audio, control)) => {
                    let id = loaded.id;
                    let new = Loaded::new(id, audio, control, self);
                    self.retired = self.slots[place].replace(new).map(|old| old.audio);
                }
                _ => self.retired = self.slots[place].take().map(|old| old.audio),
            }
        }
        for _ in 0..MOST_IN_A_BLOCK {
            if !self.send_back() {
                return;
            }
            let Some(message) = self.hand_over.incoming.pop() else { return };
            self.obey(message, &is_heard);
        }
    }

    fn obey(&mut self, message: ReferenceMessage, is_heard: impl Fn(ReferenceId) -> bool) {
        match message {
            ReferenceMessage::Put(id, audio, control) => {
                let present = self.place_of(id);
                let free = self.slots.iter().position(Option::is_none);
                match (present, free) {
                    (Some(place), _) if is_heard(id) => {
                        if let Some(loaded) = &mut self.slots[place]
                            && let Some(Next::Put(unused, _)) =
                                loaded.next.replace(Next::Put(audio, control))
                        {
                            self.retired = Some(unused);
                        }
                    }
                    (Some(place), _) | (None, Some(place)) => {
                        let new = Loaded::new(id, audio, control, self);
                        self.retired = self.slots[place].replace(new).map(|old| old.audio);
                    }
                    (None, None) => self.retired = Some(audio),
                }
            }
            ReferenceMessage::Control(id, control) => {
                if let Some(loaded) = self.place_of(id).and_then(|place| self.slots[place].as_mut())
                {
                    match &mut loaded.next {
                        Some(Next::Put(_, next)) => *next = control,
                        _ => loaded.control = control,
                    }
                }
            }
            ReferenceMessage::Take(id) => {
                let Some(place) = self.place_of(id) else { return };
                if is_heard(id) {
                    if let Some(loaded) = &mut self.slots[place]
                        && let Some(Next::Put(unused, _)) = loaded.next.replace(Next::Take)
                    {
                        self.retired = Some(unused);
                    }
                } else {
                    self.retired = self.slots[place].take().map(|old| old.audio);
                }
            }
        }
    }

    /// Whether there is room for another song to go.
    fn send_back(&mut self) -> bool {
        if let Some(retired) = self.retired.take() {
            self.retired = self.hand_over.outgoing.push(retired).err();
        }
        self.retired.is_none()
    }

    fn place_of(&self, id: ReferenceId) -> Option<usize> {
        self.slots.iter().position(|slot| slot.as_ref().is_some_and(|loaded| loaded.id == id))
    }

    fn get(&self, id: ReferenceId) -> Option<&Loaded> {
        self.slots.iter().flatten().find(|loaded| loaded.id == id)
    }

    /// Whether a song can be played, and is not about to go.
    pub(super) fn has(&self, id: ReferenceId) -> bool {
        self.get(id).is_some_and(|loaded| loaded.next.is_none())
    }

    /// How loud a song is.
    pub(super) fn loudness(&self, id: ReferenceId, level_match: LevelMatch) -> Option<Loudness> {
        Some(self.get(id)?.loudness(level_match, self.sample_rate_hz))
    }

    /// The place that a song plays at, frames from its start.
    pub(super) fn position_frames(&self, id: ReferenceId) -> Option<usize> {
        Some(self.get(id)?.position)
    }

    /// Gives a song its gain; at once while it is not heard.
    pub(super) fn set_gain_db(&mut self, id: ReferenceId, gain_db: f64, is_heard: bool) {
        if let Some(loaded) = self.slots.iter_mut().flatten().find(|loaded| loaded.id == id) {
            let gain = db_to_gain(gain_db);
            if is_heard { loaded.gain.set(gain) } else { loaded.gain.snap(gain) }
        }
    }

    /// Brings all songs to where the host's song is.
    pub(super) fn follow(&mut self, transport: Transport, is_heard: impl Fn(ReferenceId) -> bool) {
        for loaded in self.slots.iter_mut().flatten() {
            let is_heard = is_heard(loaded.id);
            loaded.follow(transport, self.tolerance_frames, is_heard);
        }
    }

    /// The next frames of a song; silence when it is not there.
    pub(super) fn play(&mut self, id: ReferenceId, block: &mut StereoBlock<'_>) {
        let Some(loaded) = self.slots.iter_mut().flatten().find(|loaded| loaded.id == id) else {
            block.left.fill(0.0);
            block.right.fill(0.0);
            return;
        };
        for (left, right) in block.left.iter_mut().zip(&mut *block.right) {
            [*left, *right] = loaded.advance();
        }
    }

    /// Songs that are not heard play on.
    pub(super) fn skip(&mut self, frames: usize, is_heard: impl Fn(ReferenceId) -> bool) {
        for loaded in self.slots.iter_mut().flatten() {
            if !is_heard(loaded.id) {
                loaded.skip(frames);
            }
        }
    }
}
