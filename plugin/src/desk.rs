//! What the editor, the worker and the audio thread of one instance share.
//!
//! The audio thread touches the atomics, the meter feed and the hand-over, and
//! nothing else; the locks are between editor, worker and host state.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use burnish_dsp::compare::{HandOver, Listen};
use burnish_dsp::integration::{IntegrationMode, TimelineHandOver};
use burnish_dsp::loudness::timeline::{Timeline, TimelineContents, TimelineStore};
use burnish_dsp::meters::MeterFeed;
use burnish_dsp::monitor::Monitor;
use burnish_dsp::settings::Stage;
use burnish_dsp::spectrum::{SharedSongSpectrum, SongSpectrum};
use burnish_gui::{ReferenceStatus, Smoothing, SpectrumLook};
use serde::{Deserialize, Serialize};

use crate::saved_timeline;

/// Changes when the same settings no longer give the same sound.
pub const ENGINE_REVISION: u32 = 1;

/// What is saved beside the parameters. Listening choices are not: a session
/// always opens on the master.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// The engine that made the sound.
    pub engine_revision: u32,
    /// The reference; kept even when the file is missing.
    pub reference: Option<PathBuf>,
    /// Id of the delivery target.
    pub target: String,
    /// How the integrated loudness follows the transport; see `IntegrationMode::id`.
    pub integration: String,
    /// The person's notes.
    pub notes: String,
    /// Size of the editor in logical pixels.
    pub editor_size: (f32, f32),
    /// Magnification of the editor.
    pub editor_scale: f32,
    /// How the editor shows spectra.
    pub spectrum: SavedSpectrumLook,
}

/// A [`SpectrumLook`] in a saved session.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedSpectrumLook {
    /// The smoothing's share of an octave: 24, 12, 6, 3 or 1.
    pub smoothing_fraction: u8,
    /// Slope added around 1 kHz, dB per octave.
    pub tilt_db_per_octave: f32,
    /// Whether the highest levels are shown.
    pub is_peak_held: bool,
    /// Whether the average over the song is shown.
    pub is_average: bool,
}

impl Default for SavedSpectrumLook {
    fn default() -> Self {
        SpectrumLook::default().into()
    }
}

impl From<SpectrumLook> for SavedSpectrumLook {
    fn from(look: SpectrumLook) -> Self {
        Self {
            smoothing_fraction: look.smoothing.fraction(),
            tilt_db_per_octave: look.tilt_db_per_octave,
            is_peak_held: look.is_peak_held,
            is_average: look.is_average,
        }
    }
}

impl From<SavedSpectrumLook> for SpectrumLook {
    /// A saved value that means nothing becomes the default.
    fn from(saved: SavedSpectrumLook) -> Self {
        let smoothing = Smoothing::ALL
            .into_iter()
            .find(|smoothing| smoothing.fraction() == saved.smoothing_fraction)
            .unwrap_or_default();
        let tilt = saved.tilt_db_per_octave;
        Self {
            smoothing,
            tilt_db_per_octave: if tilt.is_finite() { tilt.clamp(0.0, 6.0) } else { 0.0 },
            is_peak_held: saved.is_peak_held,
            is_average: saved.is_average,
        }
    }
}

impl Default for Session {
    fn default() -> Self {
        Self {
            engine_revision: ENGINE_REVISION,
            reference: None,
            target: "spotify".to_owned(),
            integration: IntegrationMode::default().id().to_owned(),
            notes: String::new(),
            editor_size: (1100.0, 700.0),
            editor_scale: 1.0,
            spectrum: SavedSpectrumLook::default(),
        }
    }
}

/// What is kept of the loudness of the song.
#[derive(Debug, Default)]
struct SongLoudness {
    /// What the audio thread writes to, or will from its next block.
    store: Arc<TimelineStore>,
    /// What a session brought and this version could not read: it is saved
    /// again as it came, as long as nothing has been measured in its place.
    unread: Option<String>,
}

/// A reference as far as the editor shows it.
#[derive(Clone, Debug, Default)]
pub(crate) struct ShownReference {
    pub(crate) status: ReferenceStatus,
    /// Its spectrum; without a reference there are no windows in it.
    pub(crate) spectrum: Arc<SongSpectrum>,
    pub(crate) integrated_lufs: f64,
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
    integration: AtomicU8,
    is_integration_paused: AtomicBool,
    listen: AtomicU8,
    delta: AtomicU8,
    monitor: AtomicU8,
    /// 0 for no band, else its number from 1.
    solo: AtomicU8,
    is_at_unity_gain: AtomicBool,
    is_meter_reset_wanted: AtomicBool,
    /// 0 before the host has started the stream.
    sample_rate_hz: AtomicU32,
    latency_frames: AtomicUsize,
    /// Of the stream that the host has started; replaced with the engine.
    song_spectrum: Mutex<Option<Arc<SharedSongSpectrum>>>,
    session: Mutex<Session>,
    timeline: Mutex<SongLoudness>,
    reference: Mutex<ShownReference>,
    message: Mutex<Option<String>>,
}

/// What is being listened to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Listening {
    pub(crate) listen: Listen,
    pub(crate) delta: Option<Stage>,
    pub(crate) monitor: Monitor,
    /// The EQ band, from 0, whose region alone is heard.
    pub(crate) solo: Option<usize>,
    /// Whether the limiter's gain is taken back.
    pub(crate) is_at_unity_gain: bool,
}

impl Desk {
    pub(crate) fn new() -> Arc<Self> {
        let desk = Self {
            feed: MeterFeed::new(),
            hand_over: HandOver::new(),
            timelines: TimelineHandOver::new(),
            integration: AtomicU8::new(IntegrationMode::default() as u8),
            is_integration_paused: AtomicBool::new(false),
            listen: AtomicU8::new(0),
            delta: AtomicU8::new(0),
            monitor: AtomicU8::new(0),
            solo: AtomicU8::new(0),
            is_at_unity_gain: AtomicBool::new(false),
            is_meter_reset_wanted: AtomicBool::new(false),
            sample_rate_hz: AtomicU32::new(0),
            latency_frames: AtomicUsize::new(0),
            song_spectrum: Mutex::default(),
            session: Mutex::default(),
            timeline: Mutex::default(),
            reference: Mutex::default(),
            message: Mutex::default(),
        };
        desk.listen_to_master();
        let desk = Arc::new(desk);
        #[cfg(test)]
        LATEST.with_borrow_mut(|latest| *latest = Arc::downgrade(&desk));
        desk
    }

    /// What is being listened to now.
    pub(crate) fn listening(&self) -> Listening {
        let position = |atomic: &AtomicU8| usize::from(atomic.load(Ordering::Relaxed));
        Listening {
            listen: Listen::ALL.get(position(&self.listen)).copied().unwrap_or_default(),
            delta: position(&self.delta)
                .checked_sub(1)
                .and_then(|stage| Stage::ALL.get(stage).copied()),
            monitor: Monitor::ALL.get(position(&self.monitor)).copied().unwrap_or(Monitor::Off),
            solo: position(&self.solo).checked_sub(1),
            is_at_unity_gain: self.is_at_unity_gain.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn set_listen(&self, listen: Listen) {
        self.listen.store(listen as u8, Ordering::Relaxed);
    }

    pub(crate) fn set_delta(&self, stage: Option<Stage>) {
        self.delta.store(stage.map_or(0, |stage| stage as u8 + 1), Ordering::Relaxed);
    }

    pub(crate) fn set_monitor(&self, monitor: Monitor) {
        self.monitor.store(monitor as u8, Ordering::Relaxed);
    }

    pub(crate) fn set_solo(&self, band: Option<usize>) {
        self.solo.store(band.map_or(0, |band| band as u8 + 1), Ordering::Relaxed);
    }

    pub(crate) fn set_unity_gain(&self, is_on: bool) {
        self.is_at_unity_gain.store(is_on, Ordering::Relaxed);
    }

    /// Back to the plain master: what a render must contain.
    pub(crate) fn listen_to_master(&self) {
        self.set_listen(Listen::Master);
        self.set_delta(None);
        self.set_monitor(Monitor::Off);
        self.set_solo(None);
        self.set_unity_gain(false);
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
                (TimelineContents::default(), Some(text.to_owned()))
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

    pub(crate) fn stream_started(&self, sample_rate_hz: f32, latency_frames: usize) {
        self.sample_rate_hz.store(sample_rate_hz.round() as u32, Ordering::Relaxed);
        self.latency_frames.store(latency_frames, Ordering::Relaxed);
    }

    /// Sample rate of the stream, Hz; `None` before the host has started it.
    pub(crate) fn sample_rate_hz(&self) -> Option<u32> {
        Some(self.sample_rate_hz.load(Ordering::Relaxed)).filter(|rate| *rate > 0)
    }

    /// Audio thread: the latency has changed with the equaliser's phase.
    pub(crate) fn latency_changed(&self, latency_frames: usize) {
        self.latency_frames.store(latency_frames, Ordering::Relaxed);
    }

    pub(crate) fn latency_frames(&self) -> usize {
        self.latency_frames.load(Ordering::Relaxed)
    }

    /// While the host activates the instance, before the first block.
    pub(crate) fn show_song_spectrum(&self, spectrum: Arc<SharedSongSpectrum>) {
        *lock(&self.song_spectrum) = Some(spectrum);
    }

    pub(crate) fn song_spectrum(&self) -> Option<Arc<SharedSongSpectrum>> {
        lock(&self.song_spectrum).clone()
    }

    pub(crate) fn session(&self) -> Session {
        lock(&self.session).clone()
    }

    pub(crate) fn edit_session(&self, edit: impl FnOnce(&mut Session)) {
        edit(&mut lock(&self.session));
    }

    /// Takes a saved session; the worker notices a changed reference by itself.
    pub(crate) fn restore(&self, session: Session) {
        // A mode of a later version stays in the session, and nothing is reset.
        let mode = IntegrationMode::from_id(&session.integration).unwrap_or_default();
        self.integration.store(mode as u8, Ordering::Relaxed);
        *lock(&self.session) = session;
    }

    pub(crate) fn reference(&self) -> ShownReference {
        lock(&self.reference).clone()
    }

    pub(crate) fn show_reference(&self, reference: ShownReference) {
        *lock(&self.reference) = reference;
    }

    pub(crate) fn show_reference_progress(&self, name: &str, progress: f32) {
        lock(&self.reference).status = ReferenceStatus::Loading { name: name.to_owned(), progress };
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
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_look_of_the_spectra_is_saved_and_what_makes_no_sense_is_not_shown() {
        let look = SpectrumLook {
            smoothing: Smoothing::Third,
            tilt_db_per_octave: 4.5,
            is_peak_held: true,
            is_average: true,
        };
        let session = Session { spectrum: look.into(), ..Session::default() };
        let text = serde_json::to_string(&session).unwrap();
        let restored: Session = serde_json::from_str(&text).unwrap();
        assert_eq!(SpectrumLook::from(restored.spectrum), look);
        // A session of before there was a choice.
        let old: Session = serde_json::from_str("{}").unwrap();
        assert_eq!(SpectrumLook::from(old.spectrum), SpectrumLook::default());
        let odd = r#"{ "spectrum": { "smoothing_fraction": 7, "tilt_db_per_octave": 1e30 } }"#;
        let odd: Session = serde_json::from_str(odd).unwrap();
        let odd = SpectrumLook::from(odd.spectrum);
        assert_eq!((odd.smoothing, odd.tilt_db_per_octave), (Smoothing::Sixth, 6.0));
    }
}
