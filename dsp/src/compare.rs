//! Listening to the mix, the master or a reference: aligned, equally loud, without clicks.

/// What is being heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Listen {
    /// The untouched mix, as loud as the master.
    Mix,
    /// The master: what a render contains.
    #[default]
    Master,
    /// The loaded reference, as loud as the master.
    Reference,
}
