//! The blind test as the editor shows it.

use burnish_session::blind::{BlindEdit, BlindSetup, BlindTest, Candidate};

/// The blind test. While one runs the editor shows no meters, no spectra and
/// no names: nothing in it tells which label is what.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BlindView<'a> {
    /// What can be put to the test now.
    pub candidates: &'a [Candidate],
    /// The test that runs, or that was revealed and not yet put away.
    pub test: Option<&'a BlindTest>,
    /// Results of earlier tests, newest last, one line each.
    pub results: &'a [String],
    /// The label that is heard, from 0; `None` before the first was chosen.
    pub heard: Option<usize>,
}

impl BlindView<'_> {
    /// Whether nothing may give the answer away.
    pub fn is_running(&self) -> bool {
        self.test.is_some_and(BlindTest::is_running)
    }
}

/// What a person can ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum BlindPageEdit {
    /// Begin a test; in the place of one that was revealed.
    Start(BlindSetup),
    /// An action of the test itself.
    Test(BlindEdit),
    /// Propose a conservative, a louder and a heavier-EQ master in the other
    /// three snapshots; one step of undo.
    MakeThree,
}
