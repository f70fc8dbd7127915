//! The mix check, as it is shown.

use burnish_session::mix_check::Report;

/// What the check has to say.
#[derive(Clone, Copy, Debug, Default)]
pub struct CheckView<'a> {
    /// What was found in what was heard; `None` before there was enough.
    pub report: Option<&'a Report>,
    /// How much of the mix was heard, seconds; silence does not count.
    pub heard_s: f64,
}

impl CheckView<'_> {
    /// The verdict is one of a song once so much was heard, seconds.
    pub const ENOUGH_S: f64 = 30.0;

    /// Whether enough was heard for a verdict that is meant.
    pub fn is_enough(&self) -> bool {
        self.heard_s >= Self::ENOUGH_S
    }
}
