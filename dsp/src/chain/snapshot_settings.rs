//! What a person can set of all snapshots.

use crate::settings::ChainSettings;

/// Snapshots of a session: A, B, C and D.
pub const SNAPSHOTS: usize = 4;

/// The settings of all snapshots, and which of them is heard.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SnapshotSettings {
    /// Of each snapshot.
    pub all: [ChainSettings; SNAPSHOTS],
    /// The one that leaves the chain, below [`SNAPSHOTS`].
    pub current: usize,
    /// Whether the others run too.
    pub are_side_by_side: bool,
}
