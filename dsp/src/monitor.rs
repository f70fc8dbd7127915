//! Ways of listening that never reach a render.

use crate::parameter::choice;

choice! {
    /// How the master is being listened to.
    pub enum Monitor {
        /// As it is.
        Off = "Stereo",
        /// Both channels summed: what a phone or a club plays.
        Mono = "Mono",
        /// Only what differs between the channels.
        Side = "Side",
    }
}
