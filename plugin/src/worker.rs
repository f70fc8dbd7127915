//! The worker: loads the references of the session, off every other thread, and
//! builds the paths and makes the kernels that the audio thread asks for.
//!
//! It is told nothing. It compares what the list wants with what the audio
//! thread has, some times a second, so an added file, a loaded state, a
//! changed sample rate, a moved loop and a stream that began anew are all one
//! case. What is chosen is loaded first.
//!
//! It touches no file itself: a drive may hang, and others are loaded meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use burnish_dsp::compare::{
    Pages, ReferenceAudio, ReferenceControl, ReferenceId, ReferenceMessage, Song, Source,
};
use burnish_gui::ReferenceStatus;
use burnish_session::error::FileError;
use burnish_session::reference::{
    Loading, MONO_DB, NO_ANSWER_S, PlayableReference, ReferenceDetails, SongFormat, Told,
    song_region_loudness,
};
use burnish_session::references::{ReferenceEntry, ReferenceFacts, Region};

use crate::desk::{Desk, Reference, SongDetails, lock};
use crate::pager::{PagedSong, Pager};
use crate::pin;

const INTERVAL: Duration = Duration::from_millis(50);
/// While there is nothing to load, and for a while after the audio thread has got
/// something, for there may be more.
const IDLE_INTERVAL: Duration = Duration::from_millis(200);
const BUSY_INTERVAL: Duration = Duration::from_millis(10);
const BUSY_FOR: Duration = Duration::from_secs(2);
/// A file of which nothing has come for so long waits for its drive: the next
/// one is loaded beside it.
const STALLED: Duration = Duration::from_secs(1);
/// The longest that anybody waits for the thread to end.
const PATIENCE: Duration = Duration::from_millis(30);

/// Starts the worker of an instance when it is first needed.
#[derive(Debug, Default)]
pub(crate) struct WorkerKeeper(Mutex<Option<Worker>>);

impl WorkerKeeper {
    /// Starts it unless it works already; says so on the desk if that is
    /// impossible. Whether it works.
    pub(crate) fn start(&self, desk: &Arc<Desk>) -> bool {
        let mut worker = lock(&self.0);
        if worker.is_none() {
            match Worker::start(Arc::clone(desk)) {
                Ok(started) => *worker = Some(started),
                Err(error) => desk.say(format!(
                    "references cannot be loaded: expected to start a thread, found {error}"
                )),
            }
        }
        worker.is_some()
    }
}

/// The worker thread of one instance; dropping it ends the thread.
#[derive(Debug)]
struct Worker {
    is_ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    fn start(desk: Arc<Desk>) -> std::io::Result<Self> {
        // A thread that waits for a drive may outlive the instance.
        pin::keep_loaded();
        let is_ending = Arc::new(AtomicBool::new(false));
        let mut shelf = Shelf::new(desk, Arc::clone(&is_ending));
        let thread = std::thread::Builder::new()
            .name("burnish-worker".to_owned())
            .spawn(move || shelf.work())?;
        Ok(Self { is_ending, thread: Some(thread) })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.is_ending.store(true, Ordering::Relaxed);
        let Some(thread) = self.thread.take() else { return };
        thread.thread().unpark();
        // It ends at once, unless it measures a loop or the machine is busy. Then
        // it is left behind with all that it needs: it is the host that waits here.
        let until = Instant::now() + PATIENCE;
        while !thread.is_finished() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// A song that has been decoded.
#[derive(Debug)]
struct Held {
    id: ReferenceId,
    /// One channel is played of it, and counts.
    is_mono: bool,
    song: Arc<PlayableReference>,
    /// What the audio thread gets of it.
    audio: Arc<ReferenceAudio>,
    region: Option<(Region, Loudness)>,
    /// What the audio thread was told last; nothing yet in a new stream.
    sent: Option<ReferenceControl>,
}

/// A song on its way.
#[derive(Debug)]
struct OnItsWay {
    /// As it was when it was begun.
    reference: Reference,
    loading: Loading,
    is_given_up: bool,
}

#[derive(Clone, Copy, Debug)]
struct Loudness {
    integrated_lufs: f64,
    true_peak_dbtp: f64,
}

/// What the worker holds for the audio thread.
#[derive(Debug)]
struct Shelf {
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
    fn new(desk: Arc<Desk>, is_ending: Arc<AtomicBool>) -> Self {
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

    fn work(&mut self) {
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
        if self.desk.serve_paths() {
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
        let stream = self.desk.stream();
        if stream == self.stream {
            return;
        }
        self.stream = stream;
        self.leaving.clear();
        let (rate_hz, is_mono) =
            (self.desk.sample_rate_hz().unwrap_or_default(), self.desk.is_mono());
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
            self.desk.say(
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
            self.desk.say(format!(
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

impl Held {
    /// How it is to be played.
    fn control(&mut self, saved: &ReferenceEntry, rate_hz: u32) -> ReferenceControl {
        let region = saved.active_region();
        if self.region.map(|(measured, _)| measured) != region {
            self.region = region.map(|region| (region, self.measure(region)));
        }
        let frame = |seconds: f64| (seconds * f64::from(rate_hz)).round().max(0.0) as usize;
        let loudness = self.region.map_or_else(|| self.whole(), |(_, loudness)| loudness);
        ReferenceControl {
            first_frame: region.map_or(0, |region| frame(region.start_s)),
            end_frame: region.map_or(usize::MAX, |region| frame(region.end_s)),
            trim_db: saved.trim_db,
            is_free_running: saved.is_free_running,
            integrated_lufs: loudness.integrated_lufs,
            true_peak_dbtp: loudness.true_peak_dbtp,
        }
    }

    fn whole(&self) -> Loudness {
        Loudness {
            integrated_lufs: self.song.integrated_lufs,
            true_peak_dbtp: self.song.true_peak_dbtp,
        }
    }

    fn measure(&self, region: Region) -> Loudness {
        let Ok((integrated_lufs, true_peak_dbtp)) = song_region_loudness(&self.song.audio, region)
        else {
            return self.whole();
        };
        let channels_db = if self.is_mono { MONO_DB } else { 0.0 };
        Loudness { integrated_lufs: integrated_lufs + channels_db, true_peak_dbtp }
    }
}

/// A drive that has been silent for so long is said to give no answer.
const NO_ANSWER: Duration = Duration::from_secs(NO_ANSWER_S);

fn no_answer() -> String {
    format!(
        "expected an audio file, found no answer from its drive for {NO_ANSWER_S} s: it is loaded once there is one"
    )
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::time::Instant;

    use burnish_dsp::chain::{Chain, PathHandOver, SNAPSHOTS, SnapshotSettings};
    use burnish_dsp::processor::AudioSpec;

    use super::*;

    const RATE_HZ: f32 = 48_000.0;

    /// A desk with these references, and the stream started.
    fn desk(paths: &[PathBuf]) -> Arc<Desk> {
        let desk = Desk::new();
        desk.references.add(paths);
        desk.stream_started(RATE_HZ, 0, false);
        desk
    }

    fn material(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../material").join(name)
    }

    /// Waits for something to become true.
    #[track_caller]
    fn wait_for(what: &str, mut is_true: impl FnMut() -> bool) {
        let started = Instant::now();
        while !is_true() {
            assert!(started.elapsed() < Duration::from_mins(2), "{what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn has_settled(desk: &Desk) -> bool {
        desk.references.list().iter().all(|reference| match reference.status {
            ReferenceStatus::Ready => reference.details.is_some(),
            ReferenceStatus::Failed(_) => true,
            _ => false,
        })
    }

    #[test]
    fn a_missing_reference_is_reported_and_keeps_what_is_known_of_it() {
        let path = PathBuf::from("/nowhere/Signal Fires.flac");
        let desk = desk(std::slice::from_ref(&path));
        let facts = ReferenceFacts {
            integrated_lufs: -9.0,
            loudness_range_lu: Some(4.0),
            true_peak_dbtp: -0.5,
            plr_db: 8.5,
            duration_s: 200.0,
        };
        desk.references.edit(0, |reference| {
            reference.saved.facts = Some(facts);
            reference.saved.sha256 = "ab".repeat(32);
        });
        let keeper = WorkerKeeper::default();
        keeper.start(&desk);
        wait_for("a message", || has_settled(&desk));
        let reference = &desk.references.list()[0];
        let ReferenceStatus::Failed(message) = &reference.status else {
            panic!("{:?}", reference.status);
        };
        assert!(message.contains("expected") && message.contains("no such file"), "{message}");
        assert_eq!(reference.saved.path, path);
        assert_eq!(reference.saved.facts, Some(facts));
        assert_eq!(reference.saved.sha256.len(), 64);
    }

    #[test]
    fn references_are_measured_one_after_the_other_and_what_fails_stops_none() {
        let desk =
            desk(&[material("mix.flac"), "/nowhere/gone.wav".into(), material("reference.flac")]);
        let keeper = WorkerKeeper::default();
        keeper.start(&desk);
        wait_for("all to be read", || has_settled(&desk));
        let list = desk.references.list();
        assert!(matches!(list[1].status, ReferenceStatus::Failed(_)));
        let facts = list[2].saved.facts.unwrap();
        // The figures that come with the file.
        assert!((facts.integrated_lufs + 10.0).abs() < 0.1, "{facts:?}");
        assert!(facts.true_peak_dbtp < 0.0);
        assert!(list[2].details.as_ref().unwrap().spectrum.windows > 0);
        assert_eq!(list[2].saved.sha256.len(), 64);
        assert!(!list[2].waveform.is_empty());
        // Another rate: all of it again, without losing the list.
        desk.stream_started(44_100.0, 0, false);
        wait_for("the new rate", || {
            desk.references.list().iter().any(|r| r.status != ReferenceStatus::Ready)
        });
        wait_for("all to be read again", || has_settled(&desk));
        assert_eq!(desk.references.list().len(), 3);
    }

    #[test]
    fn a_rate_that_changes_while_a_song_is_read_fails_none() {
        let desk = desk(&[material("mix.flac"), material("reference.flac")]);
        let keeper = WorkerKeeper::default();
        keeper.start(&desk);
        for rate_hz in [96_000.0, 44_100.0, 88_200.0, 48_000.0] {
            wait_for("a song to be under way", || {
                let list = desk.references.list();
                list.iter().any(|r| matches!(r.status, ReferenceStatus::Loading(_)))
            });
            desk.stream_started(rate_hz, 0, false);
        }
        wait_for("the last rate", || {
            let list = desk.references.list();
            list.iter().all(|r| r.status == ReferenceStatus::Ready && r.details.is_some())
        });
    }

    #[test]
    fn a_stream_gets_the_paths_that_it_asks_for() {
        let desk = desk(&[]);
        let spec = AudioSpec { sample_rate_hz: f64::from(RATE_HZ), max_block_frames: 64 };
        let paths = PathHandOver::new(spec);
        let mut chain = Chain::with_snapshots_on_demand(spec, Arc::clone(&paths));
        desk.set_paths(Some(paths));
        let keeper = WorkerKeeper::default();
        keeper.start(&desk);
        let settings = SnapshotSettings { are_side_by_side: true, ..SnapshotSettings::default() };
        wait_for("the paths", || {
            chain.configure_snapshots(&settings);
            chain.snapshot_output(SNAPSHOTS - 1).is_some()
        });
    }

    #[test]
    fn what_is_taken_out_while_it_loads_is_gone_at_once() {
        let desk = desk(&[material("mix.flac"), material("reference.flac")]);
        let keeper = WorkerKeeper::default();
        keeper.start(&desk);
        desk.references.remove(0);
        wait_for("the other", || has_settled(&desk));
        assert_eq!(desk.references.list().len(), 1);
        assert_eq!(desk.references.list()[0].status, ReferenceStatus::Ready);
    }
}
