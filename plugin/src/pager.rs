//! Brings the pages of the references in ahead of the music.
//!
//! The audio thread cannot wake anybody, so its places are looked at a hundred
//! times a second. A page that is missing when a song jumps is there some
//! milliseconds later.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use burnish_dsp::compare::{PAGE_FRAMES, PageFiller, ReferenceId, Source};
use burnish_session::reference::PlayableReference;

use crate::desk::Desk;

/// While the songs play, and while they have stood still for a while.
const INTERVAL: Duration = Duration::from_millis(10);
const IDLE_INTERVAL: Duration = Duration::from_millis(30);
const IDLE_AFTER: Duration = Duration::from_secs(5);

/// A song whose pages are brought in.
#[derive(Debug)]
pub(crate) struct PagedSong {
    pub(crate) id: ReferenceId,
    pub(crate) song: Arc<PlayableReference>,
    pub(crate) filler: PageFiller,
}

/// What the worker tells the pager.
#[derive(Debug)]
enum Message {
    Add(PagedSong),
    Remove(ReferenceId),
}

/// The thread of one instance that brings pages in. It ends when this is dropped;
/// nobody waits for that.
#[derive(Debug)]
pub(crate) struct Pager(Sender<Message>);

impl Pager {
    pub(crate) fn start(desk: Arc<Desk>) -> std::io::Result<Self> {
        let (sender, messages) = channel();
        std::thread::Builder::new().name("burnish-pages".to_owned()).spawn(move || {
            let mut pages =
                Paging { desk, songs: Vec::new(), next: 0, run: vec![[0.0; 2]; PAGE_FRAMES] };
            pages.work(&messages);
        })?;
        Ok(Self(sender))
    }

    /// Brings the pages of a song in from now on.
    pub(crate) fn add(&self, song: PagedSong) {
        // The thread lives as long as this.
        let _ = self.0.send(Message::Add(song));
    }

    /// Nobody plays it any more.
    pub(crate) fn remove(&self, id: ReferenceId) {
        let _ = self.0.send(Message::Remove(id));
    }
}

#[derive(Debug)]
struct Paging {
    desk: Arc<Desk>,
    songs: Vec<PagedSong>,
    /// Whose turn it is.
    next: usize,
    run: Vec<[f32; 2]>,
}

impl Paging {
    fn work(&mut self, messages: &Receiver<Message>) {
        let mut filled = Instant::now();
        loop {
            let patience = if self.fill_next() {
                filled = Instant::now();
                Duration::ZERO
            } else if filled.elapsed() < IDLE_AFTER {
                INTERVAL
            } else {
                IDLE_INTERVAL
            };
            match messages.recv_timeout(patience) {
                Ok(Message::Add(song)) => self.songs.push(song),
                Ok(Message::Remove(id)) => self.songs.retain(|song| song.id != id),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Brings one page in, of what is chosen first, then in turn; whether one was missing.
    fn fill_next(&mut self) -> bool {
        let chosen = self.desk.references.chosen_source();
        let chosen = |song: &PagedSong| chosen == Some(Source::Reference(song.id));
        let count = self.songs.len();
        let first = self.songs.iter().position(chosen);
        let turns = (0..count).map(|turn| (self.next + turn) % count);
        let missing = first
            .into_iter()
            .chain(turns)
            .find_map(|place| Some((place, self.songs[place].filler.missing()?)));
        let Some((place, (first_frame, frames))) = missing else { return false };
        self.next = place + 1;
        let PagedSong { song, filler, .. } = &mut self.songs[place];
        let run = &mut self.run[..frames];
        if song.audio.read(first_frame, run).is_err() {
            // It stays silent where it cannot be read, and is tried again later.
            return false;
        }
        filler.fill(first_frame, run);
        true
    }
}
