//! What can be shown large, by name. How a page looks is its own file's matter.

/// What is shown large.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// The chosen stage.
    #[default]
    Stage,
    /// Whether the mix is fit to be mastered.
    Check,
    /// The list of references, their waveforms and loops.
    References,
    /// Tonal balance, dynamics, width, and the proposal to match them.
    Balance,
    /// The blind test.
    Blind,
}

impl Page {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Stage, Self::Check, Self::References, Self::Balance, Self::Blind];
}
