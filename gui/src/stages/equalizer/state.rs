//! What the view of the equaliser remembers.

/// How the equaliser is looked at, from frame to frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct EqualizerState {
    /// The band whose controls are shown.
    pub(super) band: usize,
    /// Whether the knobs of a band's dynamics are shown where there is no room for all.
    pub(super) has_dynamics_page: bool,
    /// Half the height of the scale, dB.
    pub(super) range_db: f64,
}

impl Default for EqualizerState {
    fn default() -> Self {
        Self { band: 0, has_dynamics_page: false, range_db: 12.0 }
    }
}
