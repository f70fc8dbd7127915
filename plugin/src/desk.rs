//! What the editor, the worker and the audio thread of one instance share.
//!
//! Each subject has a type of its own, which says which thread may touch what of it. The audio
//! thread touches atomics, queues and hand-overs, and nothing else; the locks are between
//! editor, worker and host state.

mod integration;
mod listening;
mod messages;
mod meters;
mod references;
mod session;
mod snapshots;
mod stream;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use burnish_dsp::chain::SNAPSHOTS;
use burnish_dsp::compare::{HandOver, LevelMatch, Listen, Source};
use burnish_dsp::integration::IntegrationMode;
use burnish_dsp::meters::MeterSnapshot;
use burnish_dsp::settings::ChainSettings;
use burnish_session::blind::BlindTest;
use crossbeam::queue::ArrayQueue;

use self::integration::IntegrationDesk;
pub(crate) use self::listening::{Blind, Listening, ListeningDesk};
use self::messages::MessageDesk;
pub(crate) use self::messages::Picked;
use self::meters::MeterDesk;
pub(crate) use self::meters::StreamSpectra;
pub(crate) use self::references::{Reference, ReferenceDesk, SongDetails};
pub use self::session::{SavedChoice, Session};
pub(crate) use self::snapshots::{SnapshotDesk, StoredSnapshots};
use self::stream::StreamDesk;
use crate::lock::lock;

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

#[cfg(test)]
thread_local! {
    /// The desk of this thread's latest instance: what a test touches in place of the editor.
    pub(crate) static LATEST: std::cell::RefCell<std::sync::Weak<Desk>> =
        const { std::cell::RefCell::new(std::sync::Weak::new()) };
}

/// The shared state of one instance.
#[derive(Debug)]
pub struct Desk {
    pub(crate) meters: MeterDesk,
    pub(crate) integration: IntegrationDesk,
    pub(crate) stream: StreamDesk,
    /// Songs and what is to be done with them, on their way to the audio thread and back.
    pub(crate) hand_over: Arc<HandOver>,
    pub(crate) listening: ListeningDesk,
    pub(crate) references: ReferenceDesk,
    pub(crate) snapshots: SnapshotDesk,
    pub(crate) messages: MessageDesk,
    /// The newest of what comparing reads.
    pub(crate) readings: ArrayQueue<CompareReadings>,
    /// The blind test that runs or was revealed, between editor and nobody else.
    pub(crate) blind: Mutex<Option<BlindTest>>,
    /// What has no place of its own: target, notes, look.
    session: Mutex<Session>,
    /// Counts the sessions that were loaded.
    restores: AtomicU32,
    /// Counts what was loaded: sessions, presets, snapshots, matches.
    loads: AtomicU32,
}

impl Desk {
    pub(crate) fn new() -> Arc<Self> {
        let desk = Arc::new(Self {
            meters: MeterDesk::new(),
            integration: IntegrationDesk::new(),
            stream: StreamDesk::default(),
            hand_over: HandOver::new(),
            listening: ListeningDesk::new(),
            references: ReferenceDesk::new(),
            snapshots: SnapshotDesk::new(),
            messages: MessageDesk::default(),
            readings: ArrayQueue::new(1),
            blind: Mutex::default(),
            session: Mutex::default(),
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

    /// How integrated values follow the transport from now on.
    pub(crate) fn set_integration(&self, mode: IntegrationMode) {
        self.integration.set_mode(mode);
        self.edit_session(|session| mode.id().clone_into(&mut session.integration));
    }

    /// Takes what was measured in an earlier session, and says what could not be read of it.
    pub(crate) fn restore_timeline(&self, text: &str) {
        if let Err(error) = self.integration.restore_timeline(text) {
            let message = format!("the measured loudness of the song was not restored: {error}");
            self.messages.say(message);
        }
    }

    /// Builds the paths that a restored session needs before its first block, so that
    /// what is rendered of it does not depend on the worker; `settings` are the parameters'.
    pub(crate) fn prepare_paths(&self, settings: &ChainSettings) {
        let mut all = self.snapshots.stored().settings;
        all[self.snapshots.loaded()] = *settings;
        self.stream.prepare_paths(&all);
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
        self.integration.set_mode(mode);
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
        self.stream.prepare_change();
    }

    /// Counts the times that settings were loaded.
    pub(crate) fn loads(&self) -> u32 {
        self.loads.load(Ordering::Acquire)
    }
}
