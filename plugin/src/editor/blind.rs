//! Running a blind test: what the person does becomes what is heard.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use burnish_dsp::compare::{Compared, Source};
use burnish_dsp::settings::ChainSettings;
use burnish_gui::{Edit, ReferenceEdit, SnapshotEdit};
use burnish_session::blind::{BlindEdit, BlindSetup, BlindSource, BlindTest, Phase, describe};
use time::OffsetDateTime;

use crate::desk::Desk;
use crate::lock::lock;

/// How equally loud the candidates of a result were.
const LEVEL_NOTE: &str =
    "Heard at equal integrated loudness (BS.1770), measured over the same passage.";

/// Why an edit is not carried out.
const UNDER_WAY: &str =
    "a blind test is under way: end it before what it compares, or what is heard, changes";

/// What becomes of an edit that would change what is heard, or what is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hold {
    /// Nothing holds it.
    Free,
    /// The test that was revealed is put away first.
    EndsReveal,
    /// A test runs.
    Refused,
}

/// Whether an edit is of what is heard, or of what a test compares.
fn concerns_test(edit: &Edit) -> bool {
    match edit {
        Edit::Listen(_) | Edit::Delta(Some(_)) | Edit::Solo(Some(_)) | Edit::UnityGain(true) => {
            true
        }
        Edit::Snapshot(edit) => !matches!(edit, SnapshotEdit::Rename(..)),
        Edit::Reference(edit) => !matches!(
            edit,
            ReferenceEdit::Browse
                | ReferenceEdit::Find(_)
                | ReferenceEdit::Add(_)
                | ReferenceEdit::Rename(..)
        ),
        _ => false,
    }
}

fn hold(test: Option<&BlindTest>, edit: &Edit) -> Hold {
    match test {
        Some(test) if concerns_test(edit) => {
            if test.is_running() {
                Hold::Refused
            } else {
                Hold::EndsReveal
            }
        }
        _ => Hold::Free,
    }
}

/// Clears the way for an edit: ends a reveal that holds what is heard, and says
/// why while a test runs. Whether the edit may be carried out.
pub(super) fn give_way(desk: &Desk, edit: &Edit) -> bool {
    let hold = hold(lock(&desk.blind).as_ref(), edit);
    match hold {
        Hold::Free => {}
        Hold::EndsReveal => act(desk, &BlindEdit::Close, |_| ChainSettings::default()),
        Hold::Refused => desk.messages.say(UNDER_WAY.to_owned()),
    }
    hold != Hold::Refused
}

/// Begins a test. Nothing is heard of it before all candidates have been
/// measured and chosen: a level that glides would tell what it is.
pub(super) fn start(desk: &Desk, setup: &BlindSetup) {
    let test = match BlindTest::new(setup, seed()) {
        Ok(test) => test,
        Err(message) => return desk.messages.say(message),
    };
    let has = |source: BlindSource| setup.candidates.iter().any(|c| c.source == source);
    let is_live = desk.references.chosen_source() == Some(Source::Live);
    let has_reference = has(BlindSource::Reference);
    desk.listening.set_blind(Some(Compared {
        mix: has(BlindSource::Mix),
        reference: has_reference && !is_live,
        live: has_reference && is_live,
    }));
    *lock(&desk.blind) = Some(test);
}

/// Does something in the test that runs.
pub(super) fn act(desk: &Desk, edit: &BlindEdit, settings_of: impl Fn(usize) -> ChainSettings) {
    let mut blind = lock(&desk.blind);
    let Some(test) = blind.as_mut() else { return };
    let was_running = test.is_running();
    if let Err(message) = test.apply(edit) {
        desk.messages.say(message);
        return;
    }
    if test.phase() == Phase::Revealed && test.heard_label().is_none() {
        // What ended the test chose nothing to go on with.
        desk.listening.rest_blind();
    }
    match test.phase() {
        Phase::Revealed if was_running => {
            let date = OffsetDateTime::now_local().unwrap_or_else(|_| OffsetDateTime::now_utc());
            let date = date.date().to_string();
            let described = |source: BlindSource| match source {
                BlindSource::Snapshot(snapshot) => describe(&settings_of(snapshot)),
                BlindSource::Mix | BlindSource::Reference => String::new(),
            };
            if let Some(result) = test.result(&date, LEVEL_NOTE, described) {
                desk.edit_session(|session| session.blind_results.keep(result));
            }
        }
        Phase::Running | Phase::Revealed
            if matches!(edit, BlindEdit::Hear(_) | BlindEdit::Answer(_)) =>
        {
            if let Some(source) = test.heard_source().and_then(|source| source_of(desk, source)) {
                desk.listening.hear_blind(source);
            }
        }
        Phase::Running | Phase::Revealed => {}
        Phase::Closed => {
            desk.listening.set_blind(None);
            *blind = None;
        }
    }
}

fn source_of(desk: &Desk, source: BlindSource) -> Option<Source> {
    match source {
        BlindSource::Mix => Some(Source::Mix),
        BlindSource::Snapshot(snapshot) => Some(Source::Snapshot(snapshot)),
        BlindSource::Reference => desk.references.chosen_source(),
    }
}

/// From the operating system: the standard library seeds its hashes with it.
fn seed() -> u64 {
    RandomState::new().build_hasher().finish()
}
