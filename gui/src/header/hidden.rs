//! What the header keeps to itself during a blind test.

use crate::view::View;

/// Why a control rests.
pub(super) const HIDDEN_HELP: &str = "Not during a blind test.";

/// Whether a blind test runs: what tells one candidate from another is hidden,
/// and nothing can change them.
pub(super) fn are_settings_hidden(view: &View<'_>) -> bool {
    view.blind.is_running()
}
