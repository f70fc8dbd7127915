//! Which edits make one step of undo, and what it is called.

use std::time::{Duration, Instant};

use burnish_dsp::settings::parameters;
use burnish_session::history::{History, Step};

use super::document::Document;

/// The same edit again within this is still the same step.
const SAME_STEP: Duration = Duration::from_millis(1500);

/// A gesture under way.
#[derive(Debug)]
struct Gesture {
    before: Document,
    after: Document,
    /// Parameters that are held.
    held: Vec<usize>,
    /// All that have taken part.
    moved: Vec<usize>,
}

/// The steps of an instance.
#[derive(Debug, Default)]
pub(super) struct Steps {
    history: History<Document>,
    gesture: Option<Box<Gesture>>,
    /// Name and moment of the newest edit.
    newest: Option<(String, Instant)>,
}

impl Steps {
    /// A gesture on a parameter begins; `now` is asked for how things are.
    pub(super) fn begin(&mut self, index: usize, now: impl FnOnce() -> Document) {
        let gesture = self.gesture.get_or_insert_with(|| {
            let before = now();
            let after = before.clone();
            Box::new(Gesture { before, after, held: Vec::new(), moved: Vec::new() })
        });
        gesture.held.push(index);
        if !gesture.moved.contains(&index) {
            gesture.moved.push(index);
        }
    }

    /// The parameter takes a value. The host may hand it on only later, so it
    /// is written down here.
    pub(super) fn set(&mut self, index: usize, value: f64) {
        if let Some(gesture) = &mut self.gesture {
            parameters()[index].write(&mut gesture.after.settings, value);
        }
    }

    /// The gesture ends; once nothing is held any more it is a step.
    pub(super) fn end(&mut self, index: usize) {
        let Some(gesture) = &mut self.gesture else { return };
        gesture.held.retain(|held| *held != index);
        if gesture.held.is_empty()
            && let Some(gesture) = self.gesture.take()
        {
            let Gesture { before, after, moved, .. } = *gesture;
            self.record(&name_of(&moved), before, after);
        }
    }

    /// Writes a step down; the same edit again soon after belongs to it.
    pub(super) fn record(&mut self, name: &str, before: Document, after: Document) {
        if before == after {
            return;
        }
        let is_same_step = self
            .newest
            .take()
            .is_some_and(|(newest, moment)| newest == name && moment.elapsed() < SAME_STEP);
        if is_same_step && self.history.undo_name() == Some(name) {
            self.history.extend(after);
        } else {
            self.history.record(name, before, after);
        }
        self.newest = Some((name.to_owned(), Instant::now()));
    }

    /// Another session has been loaded: there is no way back behind it.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes the newest step back: from where, to where.
    pub(super) fn undo(&mut self) -> Option<Step<Document>> {
        self.newest = None;
        self.history.undo()
    }

    /// Brings it again.
    pub(super) fn redo(&mut self) -> Option<Step<Document>> {
        self.newest = None;
        self.history.redo()
    }

    /// What undo would take back.
    pub(super) fn undo_name(&self) -> Option<&str> {
        self.history.undo_name()
    }

    /// What redo would bring again.
    pub(super) fn redo_name(&self) -> Option<&str> {
        self.history.redo_name()
    }
}

/// The parameter, or what several have in common.
fn name_of(moved: &[usize]) -> String {
    let Some((first, rest)) = moved.split_first() else { return String::new() };
    let parameter = &parameters()[*first];
    if rest.is_empty() {
        return parameter.name.clone();
    }
    let is_one_band = rest.iter().all(|index| parameters()[*index].band == parameter.band);
    match parameter.band.filter(|_| is_one_band) {
        Some(band) => format!("{} {}", parameter.stage.name(), band + 1),
        None => parameter.stage.name().to_owned(),
    }
}
