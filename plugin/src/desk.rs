//! What the editor, the worker and the audio thread of one instance share.
//!
//! The audio thread touches the atomics, the queues and the hand-overs, and
//! nothing else; the locks are between editor, worker and host state.

mod listening;
mod references;
mod session;
mod snapshots;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use burnish_dsp::chain::{PathHandOver, SNAPSHOTS, SongSpectra};
use burnish_dsp::compare::{HandOver, LevelMatch, Listen, ReferenceId, Source};
use burnish_dsp::integration::{IntegrationMode, TimelineHandOver};
use burnish_dsp::loudness::timeline::{Timeline, TimelineContents, TimelineStore};
use burnish_dsp::meters::{MeterFeed, MeterSnapshot};
use burnish_dsp::settings::ChainSettings;
use burnish_dsp::spectrum::SharedSongSpectrum;
use burnish_session::blind::BlindTest;
use crossbeam::queue::ArrayQueue;

pub(crate) use self::listening::{Blind, Listening, ListeningDesk};
pub(crate) use self::references::{Reference, ReferenceDesk, SongDetails};
pub use self::session::{SavedChoice, Session};
pub(crate) use self::snapshots::{SnapshotDesk, StoredSnapshots};
use crate::saved_timeline;

/// Changes when the same settings no longer give the same sound.
pub const ENGINE_REVISION: u32 = 1;

/// What is kept of the loudness of the song.
#[derive(Debug, Default)]
struct SongLoudness {
    /// What the audio thread writes to, or will from its next block.
    store: Arc<TimelineStore>,
    /// What a session brought and this version could not read: it is saved
    /// again as it came, as long as nothing has been measured in its place.
    unread: Option<String>,
}

/// What comparing reads, from the audio thread for the editor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct CompareReadings {
    /// By how much everything is turned down, dB.
    pub(crate) turned_down_db: f64,
    /// How much quieter what is heard still is, dB.
    pub(crate) shortfall_db: f64,
    /// By how much each snapshot is turned down, dB.
    pub(crate) snapshots_down_db: [f64; SNAPSHOTS],
    /// Whether everything that runs has been measured.
    pub(crate) is_level: bool,
    /// Where the chosen reference plays, seconds.
    pub(crate) position_s: Option<f64>,
    /// The side-chain input, once something has come in.
    pub(crate) live: Option<MeterSnapshot>,
}

/// What a file dialog was asked for.
#[derive(Clone, Debug)]
pub(crate) enum Picked {
    /// References to add.
    Add(Vec<PathBuf>),
    /// Another file for a reference.
    Find(ReferenceId, PathBuf),
}

/// Where readers find the spectra of a stream.
#[derive(Clone, Debug)]
pub(crate) struct StreamSpectra {
    pub(crate) song: SongSpectra,
    pub(crate) live: Option<Arc<SharedSongSpectrum>>,
}

#[cfg(test)]
thread_local! {
    /// The desk of this thread's latest instance: what a test touches in place of the editor.
    pub(crate) static LATEST: std::cell::RefCell<std::sync::Weak<Desk>> =
        const { std::cell::RefCell::new(std::sync::Weak::new()) };
}

/// The shared state of one instance.
#[derive(Debug)]
pub struct Desk {
    pub(crate) feed: Arc<MeterFeed>,
    pub(crate) hand_over: Arc<HandOver>,
    pub(crate) timelines: Arc<TimelineHandOver>,
    pub(crate) listening: ListeningDesk,
    pub(crate) references: ReferenceDesk,
    pub(crate) snapshots: SnapshotDesk,
    /// The newest of what comparing reads.
    pub(crate) readings: ArrayQueue<CompareReadings>,
    /// The blind test that runs or was revealed, between editor and nobody else.
    pub(crate) blind: Mutex<Option<BlindTest>>,
    integration: AtomicU8,
    is_integration_paused: AtomicBool,
    is_meter_reset_wanted: AtomicBool,
    is_spectrum_reset_wanted: AtomicBool,
    are_mix_bands_wanted: AtomicBool,
    /// 0 before the host has started the stream.
    sample_rate_hz: AtomicU32,
    is_mono: AtomicBool,
    /// Counts the streams that were started.
    streams: AtomicU32,
    latency_frames: AtomicUsize,
    /// Of the stream that the host has started; replaced with the engine.
    spectra: Mutex<Option<StreamSpectra>>,
    /// Through which that stream gets the paths of all snapshots, should it need them.
    paths: Mutex<Option<Arc<PathHandOver>>>,
    session: Mutex<Session>,
    timeline: Mutex<SongLoudness>,
    message: Mutex<Option<String>>,
    /// Files that a dialog brought, until the editor takes them.
    picked: Mutex<Vec<Picked>>,
    /// Counts the sessions that were loaded.
    restores: AtomicU32,
    /// Counts what was loaded: sessions, presets, snapshots, matches.
    loads: AtomicU32,
}

impl Desk {
    pub(crate) fn new() -> Arc<Self> {
        let desk = Arc::new(Self {
            feed: MeterFeed::new(),
            hand_over: HandOver::new(),
            timelines: TimelineHandOver::new(),
            listening: ListeningDesk::new(),
            references: ReferenceDesk::new(),
            snapshots: SnapshotDesk::new(),
            readings: ArrayQueue::new(1),
            blind: Mutex::default(),
            integration: AtomicU8::new(IntegrationMode::default() as u8),
            is_integration_paused: AtomicBool::new(false),
            is_meter_reset_wanted: AtomicBool::new(false),
            is_spectrum_reset_wanted: AtomicBool::new(false),
            are_mix_bands_wanted: AtomicBool::new(false),
            sample_rate_hz: AtomicU32::new(0),
            is_mono: AtomicBool::new(false),
            streams: AtomicU32::new(0),
            latency_frames: AtomicUsize::new(0),
            spectra: Mutex::default(),
            paths: Mutex::default(),
            session: Mutex::default(),
            timeline: Mutex::default(),
            message: Mutex::default(),
            picked: Mutex::default(),
            restores: AtomicU32::new(0),
            loads: AtomicU32::new(0),
        });
        #[cfg(test)]
        LATEST.with_borrow_mut(|latest| *latest = Arc::downgrade(&desk));
        desk
    }

    /// What is being listened to now.
    pub(crate) fn listening(&self) -> Listening {
        self.listening.now()
    }

    /// Hears something else.
    pub(crate) fn listen(&self, listen: Listen) {
        let is_live = self.references.chosen_source() == Some(Source::Live);
        self.listening.listen(listen, is_live);
    }

    /// Back to the plain master: what a render must contain.
    pub(crate) fn listen_to_master(&self) {
        self.listening.listen_to_master();
    }

    /// Audio thread: how integrated values follow the transport, and whether
    /// they are paused.
    pub(crate) fn integration(&self) -> (IntegrationMode, bool) {
        let mode = usize::from(self.integration.load(Ordering::Relaxed));
        let mode = IntegrationMode::ALL.get(mode).copied().unwrap_or_default();
        (mode, self.is_integration_paused.load(Ordering::Relaxed))
    }

    pub(crate) fn set_integration(&self, mode: IntegrationMode) {
        self.integration.store(mode as u8, Ordering::Relaxed);
        self.edit_session(|session| mode.id().clone_into(&mut session.integration));
    }

    pub(crate) fn pause_integration(&self, is_paused: bool) {
        self.is_integration_paused.store(is_paused, Ordering::Relaxed);
    }

    /// The timeline for a new engine: what has been measured of the song outlives
    /// the stream. It allocates, and is not for the audio thread.
    pub(crate) fn take_timeline(&self) -> Box<Timeline> {
        let song = lock(&self.timeline);
        self.timelines.withdraw();
        Box::new(Timeline::new(Arc::clone(&song.store)))
    }

    /// What has been measured of the song, as text for the host's state.
    pub(crate) fn save_timeline(&self) -> String {
        let song = lock(&self.timeline);
        let contents = song.store.contents();
        match &song.unread {
            Some(unread) if contents.slots.is_empty() => unread.clone(),
            _ => saved_timeline::write(&contents),
        }
    }

    /// Takes what was measured in an earlier session; empty text is a song that
    /// was never measured.
    pub(crate) fn restore_timeline(&self, text: &str) {
        let (contents, unread) = match saved_timeline::read(text) {
            Ok(contents) => (contents, None),
            Err(error) => {
                self.say(format!("the measured loudness of the song was not restored: {error}"));
                let is_kept = text.len() <= saved_timeline::MOST_UNREAD_BYTES;
                (TimelineContents::default(), is_kept.then(|| text.to_owned()))
            }
        };
        let store = TimelineStore::with_contents(&contents);
        let mut song = lock(&self.timeline);
        *song = SongLoudness { store: Arc::clone(&store), unread };
        self.timelines.offer(Box::new(Timeline::new(store)));
    }

    pub(crate) fn ask_for_meter_reset(&self) {
        self.is_meter_reset_wanted.store(true, Ordering::Relaxed);
    }

    /// Audio thread: whether a reset was asked for since the last call.
    pub(crate) fn take_meter_reset(&self) -> bool {
        self.is_meter_reset_wanted.swap(false, Ordering::Relaxed)
    }

    /// The sound has changed on purpose: its average spectrum begins anew.
    pub(crate) fn ask_for_spectrum_reset(&self) {
        self.is_spectrum_reset_wanted.store(true, Ordering::Relaxed);
    }

    /// Audio thread: whether that was asked for since the last call.
    pub(crate) fn take_spectrum_reset(&self) -> bool {
        self.is_spectrum_reset_wanted.swap(false, Ordering::Relaxed)
    }

    /// Whether the mix is to be measured in bands, too.
    pub(crate) fn are_mix_bands_wanted(&self) -> bool {
        self.are_mix_bands_wanted.load(Ordering::Relaxed)
    }

    pub(crate) fn want_mix_bands(&self, are_wanted: bool) {
        self.are_mix_bands_wanted.store(are_wanted, Ordering::Relaxed);
    }

    pub(crate) fn stream_started(&self, sample_rate_hz: f32, latency_frames: usize, is_mono: bool) {
        self.is_mono.store(is_mono, Ordering::Relaxed);
        self.sample_rate_hz.store(sample_rate_hz.round() as u32, Ordering::Relaxed);
        self.latency_frames.store(latency_frames, Ordering::Relaxed);
        // Whoever sees the new stream sees its rate.
        self.streams.fetch_add(1, Ordering::Release);
    }

    /// Sample rate of the stream, Hz; `None` before the host has started it.
    pub(crate) fn sample_rate_hz(&self) -> Option<u32> {
        Some(self.sample_rate_hz.load(Ordering::Relaxed)).filter(|rate| *rate > 0)
    }

    /// Whether the stream has one channel.
    pub(crate) fn is_mono(&self) -> bool {
        self.is_mono.load(Ordering::Relaxed)
    }

    /// Counts the streams: a new one has no references yet.
    pub(crate) fn stream(&self) -> u32 {
        self.streams.load(Ordering::Acquire)
    }

    /// Audio thread: the latency has changed with the equaliser's phase.
    pub(crate) fn latency_changed(&self, latency_frames: usize) {
        self.latency_frames.store(latency_frames, Ordering::Relaxed);
    }

    pub(crate) fn latency_frames(&self) -> usize {
        self.latency_frames.load(Ordering::Relaxed)
    }

    /// While the host activates the instance, before the first block.
    pub(crate) fn show_spectra(&self, spectra: StreamSpectra) {
        *lock(&self.spectra) = Some(spectra);
    }

    pub(crate) fn spectra(&self) -> Option<StreamSpectra> {
        lock(&self.spectra).clone()
    }

    /// The paths of the stream that the host starts, or none: it has ended.
    pub(crate) fn set_paths(&self, paths: Option<Arc<PathHandOver>>) {
        *lock(&self.paths) = paths;
    }

    /// Worker: builds the paths and makes the kernels that the audio thread has
    /// asked for; whether there were any.
    pub(crate) fn serve_paths(&self) -> bool {
        // Not under the lock: the host may end the stream meanwhile.
        let paths = lock(&self.paths).clone();
        paths.is_some_and(|paths| paths.serve())
    }

    /// Builds the paths that a restored session needs before its first block, so that
    /// what is rendered of it does not depend on the worker; `settings` are the parameters'.
    pub(crate) fn prepare_paths(&self, settings: &ChainSettings) {
        let mut all = self.snapshots.stored().settings;
        all[self.snapshots.loaded()] = *settings;
        let paths = lock(&self.paths).clone();
        if let Some(paths) = paths {
            paths.prepare(&all);
        }
    }

    /// What has no place of its own in this desk: target, notes, look.
    pub(crate) fn session(&self) -> Session {
        lock(&self.session).clone()
    }

    /// Changes it; whatever an edit asks for, it stays within its ranges.
    pub(crate) fn edit_session(&self, edit: impl FnOnce(&mut Session)) {
        let mut session = lock(&self.session);
        edit(&mut session);
        *session = std::mem::take(&mut *session).mended();
    }

    /// Everything that is saved beside the parameters.
    pub(crate) fn save(&self) -> Session {
        let (references, chosen_reference) = self.references.saved();
        Session {
            references,
            chosen_reference,
            is_short_term_matched: self.listening.level_match() == LevelMatch::ShortTerm,
            snapshots: self.snapshots.bank(),
            loaded_snapshot: self.snapshots.loaded(),
            ..self.session()
        }
        .mended()
    }

    /// Takes a saved session; the worker notices changed references by itself.
    pub(crate) fn restore(&self, session: Session) {
        let mut session = session.mended();
        // A mode of a later version stays in the session, and nothing is reset.
        let mode = IntegrationMode::from_id(&session.integration).unwrap_or_default();
        self.integration.store(mode as u8, Ordering::Relaxed);
        let references = std::mem::take(&mut session.references);
        self.references.restore(references, session.chosen_reference);
        self.listening.set_level_match(if session.is_short_term_matched {
            LevelMatch::ShortTerm
        } else {
            LevelMatch::Integrated
        });
        self.snapshots.restore(session.snapshots.clone(), session.loaded_snapshot);
        *lock(&self.session) = session;
        // A session opens on the master, wherever its switches stand, and its
        // snapshots are not those of a test that runs.
        *lock(&self.blind) = None;
        self.listening.set_blind(None);
        self.listen_to_master();
        self.restores.fetch_add(1, Ordering::Release);
    }

    /// Counts the sessions that were loaded: undo does not reach behind one.
    pub(crate) fn restores(&self) -> u32 {
        self.restores.load(Ordering::Acquire)
    }

    /// Settings are on their way that no hand on a knob has moved.
    pub(crate) fn expect_load(&self) {
        self.loads.fetch_add(1, Ordering::Release);
        self.prepare_change();
    }

    /// Builds what a change of all settings, or of the phase, needs, so that the audio
    /// thread has not to wait for it.
    pub(crate) fn prepare_change(&self) {
        let paths = lock(&self.paths).clone();
        if let Some(paths) = paths {
            paths.prepare_change();
        }
    }

    /// Counts the times that settings were loaded.
    pub(crate) fn loads(&self) -> u32 {
        self.loads.load(Ordering::Acquire)
    }

    /// A dialog has brought files.
    pub(crate) fn pick(&self, picked: Picked) {
        lock(&self.picked).push(picked);
    }

    pub(crate) fn take_picked(&self) -> Vec<Picked> {
        std::mem::take(&mut lock(&self.picked))
    }

    /// One line for the person.
    pub(crate) fn say(&self, message: String) {
        *lock(&self.message) = Some(message);
    }

    pub(crate) fn message(&self) -> Option<String> {
        lock(&self.message).clone()
    }

    pub(crate) fn dismiss_message(&self) {
        *lock(&self.message) = None;
    }
}

/// A panic elsewhere leaves plain data behind that is still whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
