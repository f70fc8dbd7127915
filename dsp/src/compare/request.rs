//! What can be asked for: what is to be heard, and what it is compared with.

use super::level::LevelMatch;
use super::reference::ReferenceId;
use crate::transport::Transport;

/// What a person chose to hear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Listen {
    /// The untouched mix, as loud as the master.
    Mix,
    /// The master: what a render contains.
    #[default]
    Master,
    /// The chosen reference, as loud as the master.
    Reference,
}

impl Listen {
    /// All choices in the order they are shown.
    pub const ALL: [Self; 3] = [Listen::Mix, Listen::Master, Listen::Reference];
}

/// What reaches the ears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// What leaves the chain.
    #[default]
    Master,
    /// The untouched mix.
    Mix,
    /// The master of one snapshot, while they run side by side; otherwise what leaves the chain.
    Snapshot(usize),
    /// A loaded reference.
    Reference(ReferenceId),
    /// The side-chain input.
    Live,
}

impl Source {
    /// Whether it is another song than the mix, out of step with it.
    pub(super) fn is_other_song(self) -> bool {
        matches!(self, Source::Reference(_) | Source::Live)
    }

    /// The reference that it is.
    pub(super) fn reference(self) -> Option<ReferenceId> {
        match self {
            Source::Reference(id) => Some(id),
            _ => None,
        }
    }
}

/// What the comparison has to leave room for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// The mix has been heard since the comparison began.
    pub mix: bool,
    /// A reference has.
    pub reference: bool,
    /// The side-chain input has.
    pub live: bool,
}

/// What is asked for in a block.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Request {
    /// What is to be heard.
    pub source: Source,
    /// What it is compared with.
    pub compared: Compared,
    /// The chosen reference.
    pub reference: Option<ReferenceId>,
    /// What is brought to equal loudness by.
    pub level_match: LevelMatch,
    /// Where the song is at the block's first frame, as it leaves the chain.
    pub transport: Transport,
    /// Counts the choices of a blind test. Each goes through silence, also one
    /// of what is heard already: a switch must not tell whether it changed anything.
    pub blind_choices: u32,
}
