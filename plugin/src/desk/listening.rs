//! What is being listened to: choices that are never saved and never rendered.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};

use burnish_dsp::compare::{Compared, LevelMatch, Listen, ReferenceId, Source};
use burnish_dsp::monitor::Monitor;
use burnish_dsp::settings::Stage;

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
    /// What has been heard since the comparison began.
    pub(crate) compared: Compared,
    /// What is matched.
    pub(crate) level_match: LevelMatch,
    /// Whether all snapshots run, and are heard at equal loudness.
    pub(crate) are_side_by_side: bool,
    /// The blind test, when one runs.
    pub(crate) blind: Option<Blind>,
}

/// What the audio thread has to know of a blind test.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Blind {
    /// What is heard; nothing was chosen yet, or the stream has begun anew.
    pub(crate) source: Option<Source>,
    /// What is among the candidates.
    pub(crate) compared: Compared,
    /// Counts the choices.
    pub(crate) choices: u32,
}

const MIX: u8 = 1;
const REFERENCE: u8 = 2;
const LIVE: u8 = 4;

fn bits_of(compared: Compared) -> u8 {
    let bit = |is_set: bool, bit: u8| if is_set { bit } else { 0 };
    bit(compared.mix, MIX) | bit(compared.reference, REFERENCE) | bit(compared.live, LIVE)
}

fn compared_of(bits: u8) -> Compared {
    Compared { mix: bits & MIX > 0, reference: bits & REFERENCE > 0, live: bits & LIVE > 0 }
}

/// A source in a number; 0 is none.
fn code_of(source: Option<Source>) -> u32 {
    match source {
        None => 0,
        Some(Source::Master) => 1,
        Some(Source::Mix) => 2,
        Some(Source::Live) => 3,
        Some(Source::Snapshot(snapshot)) => 8 + snapshot as u32 % 8,
        Some(Source::Reference(id)) => 16 + id.0,
    }
}

fn source_of(code: u32) -> Option<Source> {
    match code {
        1 => Some(Source::Master),
        2 => Some(Source::Mix),
        3 => Some(Source::Live),
        8..16 => Some(Source::Snapshot(code as usize - 8)),
        16.. => Some(Source::Reference(ReferenceId(code - 16))),
        _ => None,
    }
}

/// The choices, as atomics.
#[derive(Debug, Default)]
pub(crate) struct ListeningDesk {
    listen: AtomicU8,
    delta: AtomicU8,
    monitor: AtomicU8,
    /// 0 for no band, else its number from 1.
    solo: AtomicU8,
    is_at_unity_gain: AtomicBool,
    compared: AtomicU8,
    is_short_term_matched: AtomicBool,
    are_side_by_side: AtomicBool,
    is_blind: AtomicBool,
    blind_source: AtomicU32,
    blind_compared: AtomicU8,
    blind_choices: AtomicU32,
}

impl ListeningDesk {
    pub(crate) fn new() -> Self {
        let desk = Self::default();
        desk.listen_to_master();
        desk
    }

    /// What is being listened to now.
    pub(crate) fn now(&self) -> Listening {
        let position = |atomic: &AtomicU8| usize::from(atomic.load(Ordering::Relaxed));
        Listening {
            listen: Listen::ALL.get(position(&self.listen)).copied().unwrap_or_default(),
            delta: position(&self.delta)
                .checked_sub(1)
                .and_then(|stage| Stage::ALL.get(stage).copied()),
            monitor: Monitor::ALL.get(position(&self.monitor)).copied().unwrap_or(Monitor::Off),
            solo: position(&self.solo).checked_sub(1),
            is_at_unity_gain: self.is_at_unity_gain.load(Ordering::Relaxed),
            compared: compared_of(self.compared.load(Ordering::Relaxed)),
            level_match: self.level_match(),
            are_side_by_side: self.are_side_by_side.load(Ordering::Relaxed),
            blind: self.is_blind.load(Ordering::Relaxed).then(|| Blind {
                source: source_of(self.blind_source.load(Ordering::Relaxed)),
                compared: compared_of(self.blind_compared.load(Ordering::Relaxed)),
                choices: self.blind_choices.load(Ordering::Relaxed),
            }),
        }
    }

    /// Hears something else. It belongs to the comparison from now on; `is_live`
    /// tells whether "reference" is the side-chain input.
    pub(crate) fn listen(&self, listen: Listen, is_live: bool) {
        let heard = match listen {
            Listen::Master => 0,
            Listen::Mix => MIX,
            Listen::Reference if is_live => LIVE,
            Listen::Reference => REFERENCE,
        };
        self.compared.fetch_or(heard, Ordering::Relaxed);
        self.listen.store(listen as u8, Ordering::Relaxed);
    }

    /// Ends the comparison: the plain master, snapshots at their own loudness.
    pub(crate) fn stop_comparing(&self) {
        self.listen.store(Listen::Master as u8, Ordering::Relaxed);
        self.compared.store(0, Ordering::Relaxed);
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

    pub(crate) fn set_side_by_side(&self, are_side_by_side: bool) {
        self.are_side_by_side.store(are_side_by_side, Ordering::Relaxed);
    }

    pub(crate) fn level_match(&self) -> LevelMatch {
        if self.is_short_term_matched.load(Ordering::Relaxed) {
            LevelMatch::ShortTerm
        } else {
            LevelMatch::Integrated
        }
    }

    pub(crate) fn set_level_match(&self, level_match: LevelMatch) {
        let is_short_term = level_match == LevelMatch::ShortTerm;
        self.is_short_term_matched.store(is_short_term, Ordering::Relaxed);
    }

    /// Begins a blind test, or ends it; what was auditioned before is over.
    pub(crate) fn set_blind(&self, compared: Option<Compared>) {
        self.stop_comparing();
        self.set_delta(None);
        self.set_solo(None);
        self.set_monitor(Monitor::Off);
        self.set_unity_gain(false);
        self.blind_source.store(0, Ordering::Relaxed);
        self.blind_compared.store(compared.map_or(0, bits_of), Ordering::Relaxed);
        self.is_blind.store(compared.is_some(), Ordering::Relaxed);
    }

    /// Hears one of the candidates of a blind test.
    pub(crate) fn hear_blind(&self, source: Source) {
        self.blind_source.store(code_of(Some(source)), Ordering::Relaxed);
        self.blind_choices.fetch_add(1, Ordering::Relaxed);
    }

    /// Hears none of them, which is the master, until the next is chosen.
    pub(crate) fn rest_blind(&self) {
        self.blind_source.store(code_of(None), Ordering::Relaxed);
        self.blind_choices.fetch_add(1, Ordering::Relaxed);
    }

    /// Back to the plain master: what a render must contain. A blind test goes
    /// on, with nothing chosen.
    pub(crate) fn listen_to_master(&self) {
        self.stop_comparing();
        self.set_delta(None);
        self.set_monitor(Monitor::Off);
        self.set_solo(None);
        self.set_unity_gain(false);
        self.set_side_by_side(false);
        self.blind_source.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_survives_being_a_number() {
        let sources = [
            Source::Master,
            Source::Mix,
            Source::Live,
            Source::Snapshot(3),
            Source::Reference(ReferenceId(0)),
            Source::Reference(ReferenceId(77)),
        ];
        for source in sources {
            assert_eq!(source_of(code_of(Some(source))), Some(source));
        }
        assert_eq!(source_of(code_of(None)), None);
    }

    #[test]
    fn landing_on_the_master_leaves_nothing_auditioned_and_a_test_without_a_choice() {
        let desk = ListeningDesk::new();
        desk.listen(Listen::Reference, false);
        desk.listen(Listen::Mix, false);
        assert_eq!(desk.now().compared, Compared { mix: true, reference: true, live: false });
        desk.set_side_by_side(true);
        desk.listen_to_master();
        assert_eq!(desk.now(), Listening::default());
        desk.set_blind(Some(Compared { mix: true, ..Compared::default() }));
        desk.hear_blind(Source::Snapshot(2));
        assert_eq!(desk.now().blind.unwrap().source, Some(Source::Snapshot(2)));
        desk.listen_to_master();
        assert_eq!(desk.now().blind.unwrap().source, None);
    }
}
