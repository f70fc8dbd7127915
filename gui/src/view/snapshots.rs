//! The snapshots as the editor shows them.

pub use burnish_session::snapshots::{MOST_NAME_CHARACTERS, SNAPSHOT_LETTERS, SNAPSHOTS};

/// Snapshots, undo and redo.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SnapshotsView<'a> {
    /// What they are called; empty where there is nothing but the letter.
    pub names: [&'a str; SNAPSHOTS],
    /// The one that is heard, edited and rendered.
    pub current: usize,
    /// Whether a snapshot has the same settings as the current one.
    pub is_same_as_current: [bool; SNAPSHOTS],
    /// Whether a snapshot was never given settings.
    pub is_empty: [bool; SNAPSHOTS],
    /// Whether choosing another one compares them at equal loudness.
    pub are_matched: bool,
    /// Whether all four run side by side, and a change of snapshot is a
    /// cross-fade at equal loudness.
    pub are_side_by_side: bool,
    /// By how much each would be turned down for equal loudness, dB, 0 or more;
    /// 0 while they do not run side by side.
    pub turned_down_db: [f64; SNAPSHOTS],
    /// What undo would take back; `None` when there is nothing.
    pub undo: Option<&'a str>,
    /// What redo would bring again.
    pub redo: Option<&'a str>,
    /// All that undo can take back, the newest first.
    pub undo_steps: &'a [&'a str],
    /// All that redo can bring again, what comes first first.
    pub redo_steps: &'a [&'a str],
}

/// What a person can ask for about snapshots.
#[derive(Clone, Debug, PartialEq)]
pub enum SnapshotEdit {
    /// Make it the current one.
    Choose(usize),
    /// Call it something else, at most [`MOST_NAME_CHARACTERS`]; asked for with
    /// every key while the name is written.
    Rename(usize, String),
    /// Give the settings of the first to the second.
    Copy(usize, usize),
    /// Give the settings of the first to the second, and make that the current one.
    CopyAndChoose(usize, usize),
    /// Run all four side by side, or only the current one.
    SideBySide(bool),
    /// Whether choosing another one compares them at equal loudness.
    Match(bool),
    /// Take the last step back.
    Undo,
    /// Bring it again.
    Redo,
    /// Take so many steps back, at least one.
    UndoSteps(usize),
    /// Bring so many again.
    RedoSteps(usize),
}
