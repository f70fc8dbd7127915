//! What goes wrong in tests and their tools.

/// What went wrong, in one line.
pub type Error = Box<dyn std::error::Error>;
