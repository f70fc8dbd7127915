//! What both formats know of a stored state.

/// A state of more bytes is not one of ours: even with the loudness of three
/// hours of song in it, one has not a tenth of that.
pub(super) const MOST_STATE_BYTES: usize = 64 << 20;
