//! The constants of the three characters.
//!
//! Found by searching some 80 configurations on pieces of music at -12, -9 and
//! -7 LUFS, none with a true peak above the ceiling. Transparent has the least
//! noise-to-mask ratio at equal loudness. Punchy rides the power, which leaves
//! transients most of their height over what surrounds them, and the least
//! residual after the best slow gain. Loud lets the clippers work more and the
//! gain less, and is the loudest at the same drive. Times are for any sample rate.

use super::settings::Character;

/// What a character does with steady level, with loudness and with transients.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Constants {
    /// A level must hold this long before the steady gain follows it.
    pub(super) hold_ms: f64,
    /// Where the steady gain leaves a steady tone relative to the ceiling.
    pub(super) steady_offset_db: f64,
    /// The gain by mean power, if there is one.
    pub(super) power: Option<PowerConstants>,
    /// Smoothing of both slow gains together.
    pub(super) smoothing_ms: f64,
    /// Clippers: where they become flat, relative to the ceiling.
    pub(super) clip_threshold_db: f64,
    /// Clippers: how far below that the knee begins.
    pub(super) clip_knee_db: f64,
    /// Position in [`FIRST_CLIP_CUTOFFS`] of the first clipper's cut-off.
    pub(super) first_clip_cutoff: usize,
}

/// A gain that follows the mean power.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PowerConstants {
    pub(super) average_ms: f64,
    pub(super) attack_ms: f64,
    pub(super) release_ms: f64,
}

/// The first clipper gives only the lower part of its excess away, which hides
/// it better; the second keeps the drums. Of Nyquist.
pub(super) const FIRST_CLIP_CUTOFFS: [f64; 2] = [0.2, 0.3];

impl Character {
    pub(super) fn constants(self) -> Constants {
        match self {
            Character::Transparent => Constants {
                hold_ms: 200.0,
                steady_offset_db: -0.05,
                power: None,
                smoothing_ms: 20.0,
                clip_threshold_db: 2.0,
                clip_knee_db: 2.0,
                first_clip_cutoff: 0,
            },
            Character::Punchy => Constants {
                hold_ms: 400.0,
                steady_offset_db: -1.05,
                power: Some(PowerConstants { average_ms: 10.0, attack_ms: 2.0, release_ms: 60.0 }),
                smoothing_ms: 4.0,
                clip_threshold_db: 1.0,
                clip_knee_db: 2.0,
                first_clip_cutoff: 0,
            },
            Character::Loud => Constants {
                hold_ms: 400.0,
                steady_offset_db: -0.55,
                power: None,
                smoothing_ms: 20.0,
                clip_threshold_db: 0.5,
                clip_knee_db: 1.0,
                first_clip_cutoff: 1,
            },
        }
    }
}
