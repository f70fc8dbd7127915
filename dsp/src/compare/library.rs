//! The songs that are loaded: what becomes of them by the worker's messages.

use std::sync::Arc;

use super::level::{LevelMatch, Loudness};
use super::loaded::{Loaded, Next, Timing};
use super::reference::{HandOver, MOST_LOADED, ReferenceAudio, ReferenceId, ReferenceMessage};
use crate::processor::{AudioSpec, StereoBlock};
use crate::transport::Transport;
use crate::units::db_to_gain;

/// Messages taken in a block, so that no block has to do all at once.
const MOST_IN_A_BLOCK: usize = 4;

/// All songs that are loaded.
#[derive(Debug)]
pub(super) struct Library {
    hand_over: Arc<HandOver>,
    slots: Box<[Option<Loaded>]>,
    /// Kept until there is room to send it back.
    retired: Option<Arc<ReferenceAudio>>,
    timing: Timing,
}

impl Library {
    pub(super) fn new(spec: AudioSpec, hand_over: Arc<HandOver>) -> Self {
        Self {
            hand_over,
            slots: (0..MOST_LOADED).map(|_| None).collect(),
            retired: None,
            timing: Timing::new(spec),
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
                    let new = Loaded::new(id, audio, control, &self.timing);
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
                        let new = Loaded::new(id, audio, control, &self.timing);
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
        Some(self.get(id)?.loudness(level_match, self.timing.sample_rate_hz))
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
            loaded.follow(transport, self.timing.tolerance_frames, is_heard);
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
