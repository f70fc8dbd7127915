//! What a person is told, and what a file dialog has brought. Never for the audio thread: both
//! are behind locks.

use std::path::PathBuf;
use std::sync::Mutex;

use burnish_dsp::compare::ReferenceId;

use crate::lock::lock;

/// What a file dialog was asked for.
#[derive(Clone, Debug)]
pub(crate) enum Picked {
    /// References to add.
    Add(Vec<PathBuf>),
    /// Another file for a reference.
    Find(ReferenceId, PathBuf),
}

/// One line for the person, and files from the person.
#[derive(Debug, Default)]
pub(crate) struct MessageDesk {
    newest: Mutex<Option<String>>,
    /// Files that a dialog brought, until the editor takes them.
    picked: Mutex<Vec<Picked>>,
}

impl MessageDesk {
    /// One line for the person; it takes the place of the one before.
    pub(crate) fn say(&self, message: String) {
        *lock(&self.newest) = Some(message);
    }

    pub(crate) fn newest(&self) -> Option<String> {
        lock(&self.newest).clone()
    }

    pub(crate) fn dismiss(&self) {
        *lock(&self.newest) = None;
    }

    /// A dialog has brought files.
    pub(crate) fn pick(&self, picked: Picked) {
        lock(&self.picked).push(picked);
    }

    pub(crate) fn take_picked(&self) -> Vec<Picked> {
        std::mem::take(&mut lock(&self.picked))
    }
}
