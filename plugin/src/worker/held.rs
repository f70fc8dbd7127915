//! A song that has been decoded, and how it is to be played.

use std::sync::Arc;

use burnish_dsp::compare::{ReferenceAudio, ReferenceControl, ReferenceId};
use burnish_session::reference::{MONO_DB, PlayableReference, song_region_loudness};
use burnish_session::references::{ReferenceEntry, Region};

/// A song that has been decoded.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) id: ReferenceId,
    /// One channel is played of it, and counts.
    pub(super) is_mono: bool,
    pub(super) song: Arc<PlayableReference>,
    /// What the audio thread gets of it.
    pub(super) audio: Arc<ReferenceAudio>,
    pub(super) region: Option<(Region, Loudness)>,
    /// What the audio thread was told last; nothing yet in a new stream.
    pub(super) sent: Option<ReferenceControl>,
}

/// How loud what is played of a song is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loudness {
    integrated_lufs: f64,
    true_peak_dbtp: f64,
}

impl Held {
    /// How it is to be played.
    pub(super) fn control(&mut self, saved: &ReferenceEntry, rate_hz: u32) -> ReferenceControl {
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
