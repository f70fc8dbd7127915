//! Where the song is, at any frame of a host's block.

use clap_sys::events::{
    CLAP_TRANSPORT_HAS_BEATS_TIMELINE, CLAP_TRANSPORT_HAS_SECONDS_TIMELINE,
    CLAP_TRANSPORT_HAS_TEMPO, CLAP_TRANSPORT_IS_PLAYING, clap_event_transport,
};
use clap_sys::fixedpoint::{CLAP_BEATTIME_FACTOR, CLAP_SECTIME_FACTOR};

/// What a host said last, and at which frame of its block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Song {
    said: clap_event_transport,
    at_frame: usize,
}

impl Song {
    /// What a host says at a frame of its block. A tempo that is no number is none.
    pub(super) fn said(mut said: clap_event_transport, at_frame: usize) -> Self {
        if !(said.tempo.is_finite() && said.tempo > 0.0) {
            said.flags &= !CLAP_TRANSPORT_HAS_TEMPO;
        }
        if !said.tempo_inc.is_finite() {
            said.tempo_inc = 0.0;
        }
        Self { said, at_frame }
    }

    /// The same at a later frame: while it plays, the song has gone on.
    pub(super) fn at(&self, frame: usize, sample_rate_hz: f64) -> clap_event_transport {
        let mut now = self.said;
        let frames = frame.saturating_sub(self.at_frame) as f64;
        if now.flags & CLAP_TRANSPORT_IS_PLAYING == 0 || frames == 0.0 {
            return now;
        }
        let seconds = frames / sample_rate_hz;
        if now.flags & CLAP_TRANSPORT_HAS_SECONDS_TIMELINE != 0 {
            let gone = (seconds * CLAP_SECTIME_FACTOR as f64).round() as i64;
            now.song_pos_seconds = now.song_pos_seconds.saturating_add(gone);
        }
        if now.flags & CLAP_TRANSPORT_HAS_TEMPO != 0 {
            // The tempo changes by the same amount with every frame.
            let tempo = now.tempo + 0.5 * now.tempo_inc * frames;
            now.tempo += now.tempo_inc * frames;
            if now.flags & CLAP_TRANSPORT_HAS_BEATS_TIMELINE != 0 {
                let gone = (seconds / 60.0 * tempo * CLAP_BEATTIME_FACTOR as f64).round() as i64;
                now.song_pos_beats = now.song_pos_beats.saturating_add(gone);
            }
        }
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn playing_without_tempo() -> clap_event_transport {
        // SAFETY: a transport is plain numbers.
        let mut said: clap_event_transport = unsafe { std::mem::zeroed() };
        said.flags = CLAP_TRANSPORT_IS_PLAYING | CLAP_TRANSPORT_HAS_SECONDS_TIMELINE;
        said.song_pos_seconds = 10 * CLAP_SECTIME_FACTOR;
        said
    }

    #[test]
    fn seconds_go_on_without_a_tempo() {
        let song = Song::said(playing_without_tempo(), 100);
        assert_eq!(song.at(100, 48_000.0).song_pos_seconds, 10 * CLAP_SECTIME_FACTOR);
        assert_eq!(song.at(48_100, 48_000.0).song_pos_seconds, 11 * CLAP_SECTIME_FACTOR);
    }

    #[test]
    fn a_song_that_is_stopped_stands() {
        let mut said = playing_without_tempo();
        said.flags &= !CLAP_TRANSPORT_IS_PLAYING;
        let song = Song::said(said, 0);
        assert_eq!(song.at(4800, 48_000.0).song_pos_seconds, 10 * CLAP_SECTIME_FACTOR);
    }

    #[test]
    fn beats_go_on_with_the_tempo() {
        let mut said = playing_without_tempo();
        said.flags |= CLAP_TRANSPORT_HAS_TEMPO | CLAP_TRANSPORT_HAS_BEATS_TIMELINE;
        said.tempo = 120.0;
        assert_eq!(
            Song::said(said, 0).at(48_000, 48_000.0).song_pos_beats,
            2 * CLAP_BEATTIME_FACTOR
        );
        said.tempo = f64::NAN;
        let now = Song::said(said, 0).at(48_000, 48_000.0);
        assert_eq!(now.flags & CLAP_TRANSPORT_HAS_TEMPO, 0);
        assert_eq!(now.song_pos_beats, 0);
    }
}
