//! References as the audio thread is given them, and the way they come and go.

use std::sync::Arc;

use crossbeam::queue::ArrayQueue;

use super::pages::Pages;

/// As many references as can be loaded at once.
pub const MOST_LOADED: usize = 20;
/// Messages that can wait for the audio thread.
const WAITING: usize = 64;
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
    pub(super) fn frames(&self) -> usize {
        match &self.song {
            Song::Whole([left, _]) => left.len(),
            Song::Paged(pages) => pages.frames(),
        }
    }

    /// A frame, silent beyond the end; `None` where it is not in memory.
    pub(super) fn frame(&self, position: usize) -> Option<[f32; 2]> {
        match &self.song {
            Song::Whole(channels) => Some([0, 1].map(|channel| {
                let samples: &Vec<f32> = &channels[channel];
                samples.get(position).copied().unwrap_or_default()
            })),
            Song::Paged(pages) => pages.frame(position),
        }
    }

    /// Tells whoever brings its pages in where it plays.
    pub(super) fn show_position(&self, position: usize, first: usize) {
        if let Song::Paged(pages) = &self.song {
            pages.show_position(position, first);
        }
    }

    pub(super) fn show_jump(&self, position: usize) {
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
    pub(super) incoming: ArrayQueue<ReferenceMessage>,
    pub(super) outgoing: ArrayQueue<Arc<ReferenceAudio>>,
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
