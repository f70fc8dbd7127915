//! Gestures under way: what a host hears as one automation move.

/// A drag of one parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gesture {
    /// The parameter's place in the table.
    pub(crate) index: usize,
    /// Where the pointer has moved the control, 0 to 1, finer than the parameter's steps.
    pub(crate) position: f64,
    /// The value that was sent last.
    pub(crate) value: f64,
    /// Whether the control was drawn in this frame; when it vanishes, the gesture ends.
    pub(crate) is_alive: bool,
}
