//! What the worker holds for the audio thread, and how it is brought up to date.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use burnish_dsp::compare::{Pages, ReferenceAudio, ReferenceId, ReferenceMessage, Song, Source};
use burnish_gui::ReferenceStatus;
use burnish_session::error::FileError;
use burnish_session::reference::{
    Loading, NO_ANSWER_S, PlayableReference, ReferenceDetails, SongFormat, Told,
};
use burnish_session::references::ReferenceFacts;

use super::held::Held;
use crate::desk::{Desk, Reference, SongDetails};
use crate::pager::{PagedSong, Pager};

const INTERVAL: Duration = Duration::from_millis(50);
/// While there is nothing to load, and for a while after the audio thread has got
/// something, for there may be more.
const IDLE_INTERVAL: Duration = Duration::from_millis(200);
const BUSY_INTERVAL: Duration = Duration::from_millis(10);
const BUSY_FOR: Duration = Duration::from_secs(2);
/// A file of which nothing has come for so long waits for its drive: the next
/// one is loaded beside it.
const STALLED: Duration = Duration::from_secs(1);
/// A drive that has been silent for so long is said to give no answer.
const NO_ANSWER: Duration = Duration::from_secs(NO_ANSWER_S);

fn no_answer() -> String {
    format!(
        "expected an audio file, found no answer from its drive for {NO_ANSWER_S} s: it is loaded once there is one"
    )
}

/// A song on its way.
#[derive(Debug)]
struct OnItsWay {
    /// As it was when it was begun.
    reference: Reference,
    loading: Loading,
    is_given_up: bool,
}

/// What the worker holds for the audio thread.
#[derive(Debug)]
pub(super) struct Shelf {
    desk: Arc<Desk>,
    /// Since the first song.
    pager: Option<Pager>,
    is_ending: Arc<AtomicBool>,
    /// When the audio thread last got something it had asked for.
    served: Option<Instant>,
    /// The stream that everything was sent to.
    stream: u32,
    rate_hz: u32,
    is_mono: bool,
    held: Vec<Held>,
    /// One, and those whose drives do not answer.
    on_their_way: Vec<OnItsWay>,
    /// Songs that the audio thread has to give back.
    leaving: Vec<ReferenceId>,
}

impl Shelf {
    pub(super) fn new(desk: Arc<Desk>, is_ending: Arc<AtomicBool>) -> Self {
        Self {
            desk,
            pager: None,
            is_ending,
            served: None,
            stream: 0,
            rate_hz: 0,
            is_mono: false,
            held: Vec::new(),
            on_their_way: Vec::new(),
            leaving: Vec::new(),
        }
    }

    /// Works until the instance ends.
    pub(super) fn work(&mut self) {
        while !self.is_ending.load(Ordering::Relaxed) {
            let list = self.tidy();
            self.drop_unwanted(&list);
            if self.is_idle()
                && let Some(reference) = self.next_to_load(&list)
            {
                self.begin(reference);
            }
            self.listen();
        }
    }

    /// Brings the audio thread up to date with the list, which is returned.
    fn tidy(&mut self) -> Vec<Reference> {
        self.desk.hand_over.collect();
        if self.desk.stream.serve_paths() {
            self.served = Some(Instant::now());
        }
        self.follow_stream();
        let list = self.desk.references.list();
        let (leaving, hand_over) = (&mut self.leaving, &self.desk.hand_over);
        let pager = &self.pager;
        self.held.retain(|held| {
            let is_listed = list.iter().any(|reference| reference.id == held.id);
            if !is_listed && held.sent.is_some() {
                leaving.push(held.id);
            }
            if !is_listed && let Some(pager) = pager {
                pager.remove(held.id);
            }
            is_listed
        });
        // While the audio thread stands still it takes nothing; what does not go
        // now goes in the next round.
        leaving.retain(|id| hand_over.send(ReferenceMessage::Take(*id)).is_err());
        for held in &mut self.held {
            let Some(reference) = list.iter().find(|reference| reference.id == held.id) else {
                continue;
            };
            let control = held.control(&reference.saved, self.rate_hz);
            let message = match held.sent {
                Some(sent) if sent == control => continue,
                Some(_) => ReferenceMessage::Control(held.id, control),
                None => ReferenceMessage::Put(held.id, Arc::clone(&held.audio), control),
            };
            if hand_over.send(message).is_ok() {
                held.sent = Some(control);
            }
        }
        list
    }

    /// A new stream has no songs; one at another rate needs them read anew.
    fn follow_stream(&mut self) {
        let stream = self.desk.stream.count();
        if stream == self.stream {
            return;
        }
        self.stream = stream;
        self.leaving.clear();
        let (rate_hz, is_mono) =
            (self.desk.stream.sample_rate_hz().unwrap_or_default(), self.desk.stream.is_mono());
        // What waits was meant for another stream.
        self.desk.hand_over.withdraw();
        if (rate_hz, is_mono) == (self.rate_hz, self.is_mono) {
            for held in &mut self.held {
                held.sent = None;
            }
            return;
        }
        (self.rate_hz, self.is_mono) = (rate_hz, is_mono);
        self.on_their_way.clear();
        // The new stream may have taken some before they were withdrawn.
        for held in self.held.drain(..) {
            if let Some(pager) = &self.pager {
                pager.remove(held.id);
            }
            self.leaving.push(held.id);
        }
        for reference in self.desk.references.list() {
            self.desk.references.edit_id(reference.id, |reference| {
                reference.status = ReferenceStatus::Waiting;
            });
        }
    }

    /// The song to read next. Before the host has started the stream nothing
    /// can be resampled to its rate.
    fn next_to_load(&self, list: &[Reference]) -> Option<Reference> {
        if self.rate_hz == 0 {
            return None;
        }
        let is_waiting = |reference: &&Reference| {
            reference.status == ReferenceStatus::Waiting
                && !self.held.iter().any(|held| held.id == reference.id)
        };
        let chosen = self.desk.references.chosen_source();
        let is_chosen = |reference: &&Reference| chosen == Some(Source::Reference(reference.id));
        let mut waiting = list.iter().filter(is_waiting);
        waiting.clone().find(is_chosen).or_else(|| waiting.next()).cloned()
    }

    fn format(&self) -> SongFormat {
        SongFormat { sample_rate_hz: self.rate_hz, is_mono: self.is_mono }
    }

    /// Whether nothing is on its way that moves.
    fn is_idle(&self) -> bool {
        self.on_their_way.iter().all(|song| song.loading.silence() >= STALLED)
    }

    fn begin(&mut self, reference: Reference) {
        let id = reference.id;
        match Loading::start(&reference.saved.path, self.format()) {
            Ok(loading) => {
                self.show(id, ReferenceStatus::Loading(0.0));
                self.on_their_way.push(OnItsWay { reference, loading, is_given_up: false });
            }
            Err(error) => self.give_up(id, error),
        }
    }

    /// What has been taken out of the list, or is to be read anew, is read no further.
    fn drop_unwanted(&mut self, list: &[Reference]) {
        self.on_their_way.retain(|song| {
            list.iter().any(|reference| {
                reference.id == song.reference.id && reference.status != ReferenceStatus::Waiting
            })
        });
    }

    /// Hears what there is to tell of the songs on their way, and rests in between.
    fn listen(&mut self) {
        let mut is_resting = true;
        let stream = (self.rate_hz, self.is_mono);
        for mut song in std::mem::take(&mut self.on_their_way) {
            // The one that moves wakes the thread; the others are only asked.
            let is_moving = song.loading.silence() < STALLED;
            let patience = if is_moving { INTERVAL } else { Duration::ZERO };
            is_resting &= !is_moving;
            let id = song.reference.id;
            match song.loading.receive(patience) {
                Some(Told::Playable(playable)) => self.take(id, playable),
                Some(Told::Ended(result)) => {
                    match *result {
                        Ok(details) => self.keep_details(&song.reference, details),
                        Err(error) => self.give_up(id, error),
                    }
                    continue;
                }
                None => self.show_progress(&mut song),
            }
            self.on_their_way.push(song);
        }
        if (self.rate_hz, self.is_mono) != stream {
            // The stream has changed meanwhile: all of it is to be read anew.
            self.on_their_way.clear();
        }
        if is_resting {
            std::thread::park_timeout(self.interval());
        }
    }

    /// How long it rests when nothing moves.
    fn interval(&self) -> Duration {
        if self.served.is_some_and(|served| served.elapsed() < BUSY_FOR) {
            BUSY_INTERVAL
        } else if self.desk.references.is_empty() && self.leaving.is_empty() {
            IDLE_INTERVAL
        } else {
            INTERVAL
        }
    }

    /// A drive that does not answer is said not to; should it answer after all, it goes on.
    fn show_progress(&self, song: &mut OnItsWay) {
        let id = song.reference.id;
        if self.held.iter().any(|held| held.id == id) {
            return;
        }
        let is_given_up = song.loading.silence() >= NO_ANSWER;
        if !is_given_up {
            self.show(id, ReferenceStatus::Loading(song.loading.share()));
        } else if !song.is_given_up {
            self.show(id, ReferenceStatus::Failed(no_answer()));
        }
        song.is_given_up = is_given_up;
    }

    fn show(&self, id: ReferenceId, status: ReferenceStatus) {
        self.desk.references.edit_id(id, |reference| reference.status = status);
    }

    /// A song can be played from now on.
    fn take(&mut self, id: ReferenceId, song: Arc<PlayableReference>) {
        if song.audio.is_in_memory() {
            self.desk.messages.say(
                "the temporary folder has no room for references: they are kept in memory"
                    .to_owned(),
            );
        }
        let waveform = Arc::clone(&song.waveform);
        let (pages, filler) = Pages::of(song.audio.frames());
        let paged = PagedSong { id, song: Arc::clone(&song), filler };
        if let Err(error) = self.begin_paging(paged) {
            let message = format!("expected to start a thread that plays it, found {error}");
            self.show(id, ReferenceStatus::Failed(message));
            return;
        }
        self.held.push(Held {
            is_mono: self.is_mono,
            id,
            audio: Arc::new(ReferenceAudio {
                song: Song::Paged(pages),
                short_term_lufs: song.short_term_lufs.clone(),
            }),
            song,
            region: None,
            sent: None,
        });
        self.tidy();
        if !self.held.iter().any(|held| held.id == id) {
            // It was meant for a stream that is over.
            return;
        }
        self.desk.references.edit_id(id, |reference| {
            reference.status = ReferenceStatus::Ready;
            reference.waveform = waveform;
        });
    }

    fn begin_paging(&mut self, song: PagedSong) -> std::io::Result<()> {
        if self.pager.is_none() {
            self.pager = Some(Pager::start(Arc::clone(&self.desk))?);
        }
        if let Some(pager) = &self.pager {
            pager.add(song);
        }
        Ok(())
    }

    fn keep_details(&self, reference: &Reference, details: ReferenceDetails) {
        let before = &reference.saved.sha256;
        if !before.is_empty() && !details.sha256.is_empty() && *before != details.sha256 {
            self.desk.messages.say(format!(
                "{}: the file is not the one that this session was made with",
                reference.saved.name
            ));
        }
        self.desk.references.edit_id(reference.id, |reference| {
            reference.saved.sha256 = details.sha256;
            reference.saved.facts = ReferenceFacts::of(&details.measures);
            reference.details = Some(Arc::new(SongDetails {
                spectrum: details.spectrum,
                measures: Some(details.measures),
                warnings: details.warnings,
            }));
        });
    }

    /// It cannot be read; one that plays already only lacks its details.
    fn give_up(&self, id: ReferenceId, error: FileError) {
        if !self.held.iter().any(|held| held.id == id) {
            self.show(id, ReferenceStatus::Failed(error.message));
        }
    }
}
