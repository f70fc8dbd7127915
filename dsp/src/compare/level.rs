//! Equal loudness: what is known of a source, and the gain that it gets.

use crate::loudness::{Level, MOST_APART_S};

/// What mix, master and reference are brought to equal loudness by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LevelMatch {
    /// Integrated loudness: one gain for the whole song.
    #[default]
    Integrated,
    /// Short-term loudness: passages are as loud as each other while they play.
    ShortTerm,
}

/// A span has to be this long before it says more than what was known before
/// the sound changed.
const LEAST_SPAN_S: f64 = 2.0;
/// Gains follow measured loudness this slowly, so that following is not heard.
pub(super) const GAIN_RAMP_MS: f64 = 200.0;
/// What is quieter says nothing about the gain that short-term loudness asks for.
const LEAST_SHORT_TERM_LUFS: f64 = -60.0;
/// The most that anything is raised, dB.
const HIGHEST_GAIN_DB: f64 = 24.0;

/// By how much something is louder than the mix, followed over time.
///
/// Both are measured over the same span, which begins anew when the sound
/// changes; until it is long enough the last known difference holds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Difference {
    known_db: Option<f64>,
}

impl Difference {
    /// Takes readings of the same time in.
    pub(super) fn follow(&mut self, level: &Level, mix: &Level) {
        let apart_s = (level.span.elapsed_s - mix.span.elapsed_s).abs();
        if apart_s > MOST_APART_S {
            // One of the meters was reset: they are not of the same time.
            return;
        }
        let counted_s = level.span.counted_s.min(mix.span.counted_s);
        let span_db = level.span.integrated_lufs - mix.span.integrated_lufs;
        if counted_s >= LEAST_SPAN_S && span_db.is_finite() {
            self.known_db = Some(span_db);
        }
    }

    /// Whether it has been measured.
    pub(super) fn is_known(self) -> bool {
        self.known_db.is_some()
    }

    /// The difference, dB; before it is known that of the present moment, and
    /// 0 in silence.
    pub(super) fn db(self, level: &Level, mix: &Level) -> f64 {
        let now_db = level.momentary_lufs - mix.momentary_lufs;
        self.known_db.unwrap_or(if now_db.is_finite() { now_db } else { 0.0 })
    }
}

/// The last short-term loudness that was more than silence.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Passage {
    known_lufs: Option<f64>,
}

impl Passage {
    pub(super) fn follow(&mut self, short_term_lufs: f64) {
        if short_term_lufs > LEAST_SHORT_TERM_LUFS {
            self.known_lufs = Some(short_term_lufs);
        }
    }

    /// LUFS; `otherwise` before there was any.
    pub(super) fn lufs(self, otherwise: f64) -> f64 {
        self.known_lufs.unwrap_or(otherwise)
    }
}

/// A source as far as its gain goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loudness {
    /// LUFS.
    pub(super) lufs: f64,
    /// The highest that may become of its peak is 0 dBTP.
    pub(super) true_peak_dbtp: f64,
    /// Asked for on top of equal loudness, dB.
    pub(super) trim_db: f64,
}

impl Loudness {
    /// The gain that makes it as loud as `anchor_lufs`, dB; 0 when either is unknown.
    fn wanted_db(&self, anchor_lufs: f64) -> f64 {
        let wanted_db = anchor_lufs - self.lufs + self.trim_db;
        if wanted_db.is_finite() { wanted_db.clamp(-90.0, 90.0) } else { self.trim_db }
    }

    /// How far it can be raised, dB.
    fn headroom_db(&self) -> f64 {
        (-self.true_peak_dbtp).clamp(0.0, HIGHEST_GAIN_DB)
    }

    /// By how much it would stay too quiet, dB.
    pub(super) fn shortfall_db(&self, anchor_lufs: f64) -> f64 {
        (self.wanted_db(anchor_lufs) - self.headroom_db()).max(0.0)
    }

    /// The gain it gets when everything is turned down by `turned_down_db`, dB.
    pub(super) fn gain_db(&self, anchor_lufs: f64, turned_down_db: f64) -> f64 {
        (self.wanted_db(anchor_lufs) - turned_down_db).min(self.headroom_db())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loudness::Span;

    #[test]
    fn what_has_no_headroom_turns_the_others_down_and_is_then_as_loud() {
        let mix = Loudness { lufs: -20.0, true_peak_dbtp: -2.0, trim_db: 0.0 };
        assert_eq!(mix.shortfall_db(-14.0), 4.0);
        assert_eq!(mix.gain_db(-14.0, 0.0), 2.0);
        // With the master 4 dB down, 2 dB are all it needs.
        assert_eq!(mix.gain_db(-14.0, 4.0), 2.0);
        assert_eq!(mix.gain_db(-14.0, 5.0), 1.0);
    }

    #[test]
    fn what_is_not_known_is_left_as_it_is() {
        let silent = Loudness { lufs: f64::NEG_INFINITY, true_peak_dbtp: -3.0, trim_db: 0.0 };
        assert_eq!(silent.gain_db(-14.0, 0.0), 0.0);
        assert_eq!(silent.shortfall_db(f64::NEG_INFINITY), 0.0);
    }

    #[test]
    fn the_last_difference_holds_until_the_span_is_long_enough() {
        let level = |lufs: f64, counted_s: f64| Level {
            span: Span { integrated_lufs: lufs, counted_s, elapsed_s: counted_s },
            momentary_lufs: lufs + 1.0,
            ..Level::SILENT
        };
        let mut difference = Difference::default();
        difference.follow(&level(-10.0, 0.5), &level(-20.0, 0.5));
        assert!(!difference.is_known());
        assert_eq!(difference.db(&level(-10.0, 0.5), &level(-18.0, 0.5)), 8.0);
        difference.follow(&level(-10.0, 2.0), &level(-20.0, 2.0));
        difference.follow(&level(-5.0, 1.0), &level(-20.0, 1.0));
        assert_eq!(difference.db(&level(-5.0, 1.0), &level(-20.0, 1.0)), 10.0);
    }
}
