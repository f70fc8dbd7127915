//! Undo and redo in named steps.

use std::collections::VecDeque;

/// Steps that are kept; older ones are forgotten.
pub const MOST_STEPS: usize = 256;

/// A way to go: what it is called, where from and where to.
#[derive(Clone, Debug, PartialEq)]
pub struct Step<T> {
    /// What was done: "Limiter gain", "Preset Loud".
    pub name: String,
    /// What there is before the step is taken.
    pub from: T,
    /// What there is after it.
    pub to: T,
}

/// What was done, in order, and how much of it was taken back.
#[derive(Clone, Debug)]
pub struct History<T> {
    steps: VecDeque<Step<T>>,
    /// Steps that are done; those after them were taken back.
    done: usize,
}

impl<T> Default for History<T> {
    fn default() -> Self {
        Self { steps: VecDeque::new(), done: 0 }
    }
}

impl<T: Clone + PartialEq> History<T> {
    /// A history in which nothing has happened.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a step; nothing when it changed nothing. What was taken back cannot
    /// be brought again afterwards. Changes that belong together, such as those
    /// of one drag, are one step: from before the first to after the last.
    pub fn record(&mut self, name: impl Into<String>, before: T, after: T) {
        if before == after {
            return;
        }
        self.steps.truncate(self.done);
        if self.steps.len() == MOST_STEPS {
            self.steps.pop_front();
        }
        self.steps.push_back(Step { name: name.into(), from: before, to: after });
        self.done = self.steps.len();
    }

    /// Lets the newest step lead further, to `after`; a step that leads back to
    /// where it began is none. Nothing happens while something is taken back.
    pub fn extend(&mut self, after: T) {
        if self.done < self.steps.len() {
            return;
        }
        if let Some(step) = self.steps.back_mut() {
            step.to = after;
            if step.from == step.to {
                self.steps.pop_back();
                self.done = self.steps.len();
            }
        }
    }

    /// Takes the last step back. The step that is returned leads from after it
    /// to before it, and carries its name.
    pub fn undo(&mut self) -> Option<Step<T>> {
        let step = self.steps.get(self.done.checked_sub(1)?)?.clone();
        self.done -= 1;
        Some(Step { name: step.name, from: step.to, to: step.from })
    }

    /// Brings again what was taken back last.
    pub fn redo(&mut self) -> Option<Step<T>> {
        let step = self.steps.get(self.done)?.clone();
        self.done += 1;
        Some(step)
    }

    /// What undo would take back.
    pub fn undo_name(&self) -> Option<&str> {
        let step = self.steps.get(self.done.checked_sub(1)?)?;
        Some(&step.name)
    }

    /// What redo would bring again.
    pub fn redo_name(&self) -> Option<&str> {
        self.steps.get(self.done).map(|step| step.name.as_str())
    }

    /// What undo can take back, the newest first.
    pub fn undo_names(&self) -> impl Iterator<Item = &str> {
        self.steps.range(..self.done).rev().map(|step| step.name.as_str())
    }

    /// What redo can bring again, what comes first first.
    pub fn redo_names(&self) -> impl Iterator<Item = &str> {
        self.steps.range(self.done..).map(|step| step.name.as_str())
    }

    /// Forgets everything: another session begins.
    pub fn clear(&mut self) {
        self.steps.clear();
        self.done = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_is_extended_back_to_its_beginning_is_none_and_touches_no_other() {
        let mut history = History::new();
        history.record("Preset Loud", 0, 3);
        history.record("Glue on", 3, 4);
        history.extend(5);
        assert_eq!(history.undo().map(|step| (step.from, step.to)), Some((5, 3)));
        history.extend(9);
        assert_eq!(history.redo().map(|step| step.to), Some(5));
        history.extend(3);
        assert_eq!((history.undo_name(), history.redo_name()), (Some("Preset Loud"), None));
    }

    #[test]
    fn steps_are_named_taken_back_and_brought_again() {
        let mut history = History::new();
        assert_eq!((history.undo(), history.redo()), (None, None));
        history.record("Limiter gain", 0, 3);
        history.record("Nothing", 3, 3);
        history.record("Preset Loud", 3, 7);
        assert_eq!((history.undo_name(), history.redo_name()), (Some("Preset Loud"), None));
        let back = Step { name: "Preset Loud".to_owned(), from: 7, to: 3 };
        assert_eq!(history.undo(), Some(back));
        assert_eq!(history.undo_name(), Some("Limiter gain"));
        assert_eq!(history.redo_name(), Some("Preset Loud"));
        assert_eq!(history.redo().map(|step| (step.from, step.to)), Some((3, 7)));
        history.undo();
        history.record("Trim gain", 3, 4);
        assert_eq!(history.redo(), None, "a new step leaves nothing to bring again");
        assert_eq!(history.undo().map(|step| step.to), Some(3));
        history.clear();
        assert_eq!((history.undo_name(), history.redo_name()), (None, None));
    }

    #[test]
    fn the_oldest_steps_are_forgotten_first() {
        let mut history = History::new();
        for n in 0..MOST_STEPS + 50 {
            history.record(n.to_string(), n, n + 1);
        }
        let taken_back: Vec<_> = std::iter::from_fn(|| history.undo()).collect();
        assert_eq!(taken_back.len(), MOST_STEPS);
        const { assert!(MOST_STEPS >= 200) };
        assert_eq!(taken_back.last().map(|step| step.to), Some(50));
    }
}
