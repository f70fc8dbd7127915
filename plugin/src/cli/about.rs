//! What this program is: its version, its engine, its licences.

use std::sync::LazyLock;

use burnish::ENGINE_REVISION;
use burnish_session::about::{self, VERSION};

use super::command::JSON_SCHEMA;

/// The licence of Burnish, and where those of its parts are.
const LICENCES: &str = "Licence: MIT or Apache-2.0, at your choice; `burnish licences` lists \
                        those of the crates and the typeface in it.";

/// Version, engine revision and licence.
pub(super) fn long_version() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        format!(
            "{VERSION}\nEngine revision {ENGINE_REVISION}\nJSON schema {JSON_SCHEMA}\n{LICENCES}"
        )
    });
    &TEXT
}

/// `burnish licences`.
pub(super) fn licences() -> String {
    about::LICENCES.to_owned()
}
