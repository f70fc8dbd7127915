//! Which edits make one step of undo, and what it is called.

use std::time::{Duration, Instant};

use burnish_dsp::settings::parameters;
use burnish_session::history::{History, Step};

use super::document::Document;

/// A run goes on when its next edit comes within this: turns of a wheel, keys.
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
    /// Whether it may go on with the step before.
    is_run: bool,
}

/// How an edit belongs to the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Belongs {
    /// It is a step of its own.
    Alone,
    /// Of a run of the same edits it is one more: a wheel's turns, letters.
    ToRun,
}

/// The steps of an instance.
#[derive(Debug, Default)]
pub(super) struct Steps {
    history: History<Document>,
    gesture: Option<Box<Gesture>>,
    /// Name and moment of the newest edit of a run.
    newest: Option<(String, Instant)>,
}

impl Steps {
    /// A gesture on a parameter begins; `now` is asked for how things are.
    pub(super) fn begin(&mut self, index: usize, is_run: bool, now: impl FnOnce() -> Document) {
        let gesture = self.gesture.get_or_insert_with(|| {
            let before = now();
            let after = before.clone();
            Box::new(Gesture { before, after, held: Vec::new(), moved: Vec::new(), is_run })
        });
        gesture.is_run &= is_run;
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
            let Gesture { before, after, moved, is_run, .. } = *gesture;
            let belongs = if is_run { Belongs::ToRun } else { Belongs::Alone };
            self.record(&name_of(&moved), belongs, before, after);
        }
    }

    /// Writes a step down; of a run the same edit again soon after belongs to it.
    pub(super) fn record(
        &mut self,
        name: &str,
        belongs: Belongs,
        before: Document,
        after: Document,
    ) {
        let newest = self.newest.take();
        if before == after {
            return;
        }
        if belongs == Belongs::Alone {
            self.history.record(name, before, after);
            return;
        }
        let is_same_step =
            newest.is_some_and(|(newest, moment)| newest == name && moment.elapsed() < SAME_STEP);
        if is_same_step && self.history.undo_name() == Some(name) {
            self.history.extend(after);
        } else {
            self.history.record(name, before, after);
        }
        self.newest = Some((name.to_owned(), Instant::now()));
    }

    /// Whatever comes next is a step of its own.
    pub(super) fn end_run(&mut self) {
        self.newest = None;
    }

    /// Another session has been loaded: there is no way back behind it.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes the newest steps back: from where, to where; one at least.
    pub(super) fn undo(&mut self, count: usize) -> Option<Step<Document>> {
        self.newest = None;
        let first = self.history.undo()?;
        Some(self.go_on(first, count, History::undo))
    }

    /// Brings them again.
    pub(super) fn redo(&mut self, count: usize) -> Option<Step<Document>> {
        self.newest = None;
        let first = self.history.redo()?;
        Some(self.go_on(first, count, History::redo))
    }

    /// Several steps as one.
    fn go_on(
        &mut self,
        mut way: Step<Document>,
        count: usize,
        go: impl Fn(&mut History<Document>) -> Option<Step<Document>>,
    ) -> Step<Document> {
        for _ in 1..count {
            let Some(next) = go(&mut self.history) else { break };
            way.to = next.to;
        }
        way
    }

    /// What undo can take back, the newest first.
    pub(super) fn undo_names(&self) -> Vec<&str> {
        self.history.undo_names().collect()
    }

    /// What redo can bring again, what comes first first.
    pub(super) fn redo_names(&self) -> Vec<&str> {
        self.history.redo_names().collect()
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

#[cfg(test)]
mod tests {
    use burnish_dsp::settings::parameter_index;

    use super::*;
    use crate::desk::Desk;
    use crate::parameters::BurnishParameters;

    fn document() -> Document {
        let desk = Desk::new();
        let parameters = BurnishParameters::new(std::sync::Arc::clone(&desk));
        Document::now(&desk, &parameters)
    }

    /// One gesture from where the last has ended.
    fn gesture(steps: &mut Steps, now: &mut Document, values: &[(&str, f64)], is_run: bool) {
        let indices: Vec<usize> =
            values.iter().map(|(id, _)| parameter_index(id).unwrap()).collect();
        for index in &indices {
            steps.begin(*index, is_run, || now.clone());
        }
        for (index, (_, value)) in indices.iter().zip(values) {
            steps.set(*index, *value);
            parameters()[*index].write(&mut now.settings, *value);
        }
        for index in &indices {
            steps.end(*index);
        }
    }

    fn gain(document: &Document) -> f64 {
        document.settings.limiter.gain_db
    }

    #[test]
    fn a_gesture_is_a_step_and_a_run_of_the_wheel_is_one() {
        let (mut steps, mut now) = (Steps::default(), document());
        let limiter = |value| [("limiter.gain", value)];
        // Two drags, a reset, a typed value: all within a moment.
        for value in [3.0, 5.0, 0.0, 2.0] {
            gesture(&mut steps, &mut now, &limiter(value), false);
        }
        // Turns of the wheel,
        for value in [2.1, 2.2, 2.3] {
            gesture(&mut steps, &mut now, &limiter(value), true);
        }
        // a reset between two of them, and on.
        gesture(&mut steps, &mut now, &limiter(0.0), false);
        for value in [0.1, 0.2] {
            gesture(&mut steps, &mut now, &limiter(value), true);
        }
        // A band that is added.
        let band = [("eq.3.frequency", 400.0), ("eq.3.gain", 3.0), ("eq.3.on", 1.0)];
        gesture(&mut steps, &mut now, &band, false);
        assert_eq!(steps.undo_names().len(), 8, "{:?}", steps.undo_names());
        assert_eq!(steps.undo_name(), Some("EQ 3"));
        let back: Vec<f64> = std::iter::from_fn(|| steps.undo(1)).map(|s| gain(&s.to)).collect();
        assert_eq!(back, [0.2, 0.0, 2.3, 2.0, 0.0, 5.0, 3.0, 0.0]);
    }

    #[test]
    fn several_steps_are_taken_back_and_brought_again_at_once() {
        let (mut steps, mut now) = (Steps::default(), document());
        for value in [1.0, 2.0, 3.0, 4.0] {
            gesture(&mut steps, &mut now, &[("limiter.gain", value)], false);
        }
        let way = steps.undo(3).unwrap();
        assert_eq!((gain(&way.from), gain(&way.to)), (4.0, 1.0));
        assert_eq!((steps.undo_names().len(), steps.redo_names().len()), (1, 3));
        let way = steps.redo(2).unwrap();
        assert_eq!((gain(&way.from), gain(&way.to)), (1.0, 3.0));
        // More than there are.
        let way = steps.redo(9).unwrap();
        assert_eq!(gain(&way.to), 4.0);
        assert!(steps.redo(1).is_none());
        assert_eq!(steps.undo(99).map(|way| gain(&way.to)), Some(0.0));
    }

    #[test]
    fn a_run_ends_where_it_is_told_to() {
        let (mut steps, mut now) = (Steps::default(), document());
        for (notes, is_end) in [("a", false), ("ab", true), ("abc", false), ("abcd", false)] {
            let before = now.clone();
            notes.clone_into(&mut now.notes);
            steps.record("Notes", Belongs::ToRun, before, now.clone());
            if is_end {
                steps.end_run();
            }
        }
        assert_eq!(steps.undo(1).map(|way| way.to.notes), Some("ab".to_owned()));
        assert_eq!(steps.undo(1).map(|way| way.to.notes), Some(String::new()));
    }
}
