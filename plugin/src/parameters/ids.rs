//! What is saved under which name.

/// Key under which what is not a parameter is kept in the host's state.
pub(super) const SESSION_FIELD: &str = "session";
/// Key of the measured loudness of the song, see `saved_timeline`.
pub(super) const TIMELINE_FIELD: &str = "timeline";

/// Stable id of the bypass.
pub(super) const BYPASS_ID: &str = "bypass";
