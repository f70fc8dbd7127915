//! Which sound this is.

/// Changes when the same settings no longer give the same sound.
pub const ENGINE_REVISION: u32 = 1;
