//! What the meters and spectra tell the editor, and what it asks of them.
//!
//! The audio thread fills the feed and reads the atomics; the lock is between host and editor.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use burnish_dsp::chain::SongSpectra;
use burnish_dsp::readings::MeterFeed;
use burnish_dsp::spectrum::SharedSongSpectrum;

use crate::lock::lock;

/// Where readers find the spectra of a stream.
#[derive(Clone, Debug)]
pub(crate) struct StreamSpectra {
    pub(crate) song: SongSpectra,
    pub(crate) live: Option<Arc<SharedSongSpectrum>>,
}

/// Readings, and wishes about them.
#[derive(Debug)]
pub(crate) struct MeterDesk {
    /// What the audio thread has measured.
    pub(crate) feed: Arc<MeterFeed>,
    is_reset_wanted: AtomicBool,
    is_spectrum_reset_wanted: AtomicBool,
    are_mix_bands_wanted: AtomicBool,
    /// Of the stream that the host has started; replaced with the engine.
    spectra: Mutex<Option<StreamSpectra>>,
}

impl MeterDesk {
    pub(super) fn new() -> Self {
        Self {
            feed: MeterFeed::new(),
            is_reset_wanted: AtomicBool::new(false),
            is_spectrum_reset_wanted: AtomicBool::new(false),
            are_mix_bands_wanted: AtomicBool::new(false),
            spectra: Mutex::default(),
        }
    }

    /// All readings are to begin anew.
    pub(crate) fn ask_for_reset(&self) {
        self.is_reset_wanted.store(true, Ordering::Relaxed);
    }

    /// Audio thread: whether that was asked for since the last call.
    pub(crate) fn take_reset(&self) -> bool {
        self.is_reset_wanted.swap(false, Ordering::Relaxed)
    }

    /// The sound has changed on purpose: its average spectrum begins anew.
    pub(crate) fn ask_for_spectrum_reset(&self) {
        self.is_spectrum_reset_wanted.store(true, Ordering::Relaxed);
    }

    /// Audio thread: whether that was asked for since the last call.
    pub(crate) fn take_spectrum_reset(&self) -> bool {
        self.is_spectrum_reset_wanted.swap(false, Ordering::Relaxed)
    }

    /// Audio thread: whether the mix is to be measured in bands, too.
    pub(crate) fn are_mix_bands_wanted(&self) -> bool {
        self.are_mix_bands_wanted.load(Ordering::Relaxed)
    }

    pub(crate) fn want_mix_bands(&self, are_wanted: bool) {
        self.are_mix_bands_wanted.store(are_wanted, Ordering::Relaxed);
    }

    /// While the host activates the instance, before the first block.
    pub(crate) fn show_spectra(&self, spectra: StreamSpectra) {
        *lock(&self.spectra) = Some(spectra);
    }

    pub(crate) fn spectra(&self) -> Option<StreamSpectra> {
        lock(&self.spectra).clone()
    }
}
