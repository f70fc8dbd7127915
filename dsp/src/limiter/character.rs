//! The constants of the three characters.
//!
//! Found by searching some 150 configurations on fourteen pieces of music at -12,
//! -9 and -7 LUFS and confirmed on eleven others, none with a true peak above the
//! ceiling. Transparent has the least noise-to-mask ratio at equal loudness.
//! Punchy rides the power, which leaves transients most of their height over what
//! surrounds them, and the least residual after the best slow gain. Loud lets the
//! clippers work more and the gain less, and is the loudest at the same drive.
//! Times are for any sample rate.

use super::settings::Character;

/// What a character does with steady level, with loudness and with transients.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Constants {
    /// A level must hold this long before the steady gain follows it.
    pub(super) hold_ms: f64,
    /// Where the steady gain leaves a steady tone relative to the ceiling.
    pub(super) steady_offset_db: f64,
    /// The gain for what rings, if there is one.
    pub(super) ringing: Option<RingingConstants>,
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
    /// Position in [`SECOND_CLIP_CUTOFFS`] of the second clipper's.
    pub(super) second_clip_cutoff: usize,
}

/// A gain for plucked strings and keys: they ring for longer than a drum's stroke,
/// and for less than the hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct RingingConstants {
    /// It takes this share of what is above the ceiling,
    pub(super) share: f64,
    /// and so much more of it in dull music.
    pub(super) more_when_dull: f64,
    pub(super) rise_ms: f64,
    pub(super) fall_ms: f64,
}

/// A gain that follows the mean power.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PowerConstants {
    pub(super) average_ms: f64,
    pub(super) attack_ms: f64,
    pub(super) release_ms: f64,
}

/// The first clipper gives only the lower part of its excess away, which hides
/// it better: up to one of the first two cut-offs, in dull music less ([`LOWEST`]).
/// Of Nyquist.
pub(super) const FIRST_CLIP_CUTOFFS: [f64; 3] = [0.2, 0.3, 0.05];
/// Position in [`FIRST_CLIP_CUTOFFS`] of the lowest.
pub(super) const LOWEST: usize = 2;
/// So does the second, but in bright music it gives all away ([`WHOLE`]), which
/// keeps the drums.
pub(super) const SECOND_CLIP_CUTOFFS: [f64; 3] = [0.3, 0.4, 1.0];
/// Position in [`SECOND_CLIP_CUTOFFS`] of the cut-off that is none.
pub(super) const WHOLE: usize = 2;

impl Character {
    pub(super) fn constants(self) -> Constants {
        match self {
            Character::Transparent => Constants {
                hold_ms: 200.0,
                steady_offset_db: -0.05,
                ringing: Some(RingingConstants {
                    share: 0.5,
                    more_when_dull: 0.4,
                    rise_ms: 5.0,
                    fall_ms: 60.0,
                }),
                power: None,
                smoothing_ms: 20.0,
                clip_threshold_db: 2.0,
                clip_knee_db: 2.0,
                first_clip_cutoff: 0,
                second_clip_cutoff: 0,
            },
            Character::Punchy => Constants {
                hold_ms: 400.0,
                steady_offset_db: -1.05,
                ringing: None,
                power: Some(PowerConstants { average_ms: 7.0, attack_ms: 2.0, release_ms: 60.0 }),
                smoothing_ms: 4.0,
                clip_threshold_db: 0.75,
                clip_knee_db: 1.75,
                first_clip_cutoff: 0,
                second_clip_cutoff: 1,
            },
            Character::Loud => Constants {
                hold_ms: 400.0,
                steady_offset_db: -0.55,
                ringing: None,
                power: None,
                smoothing_ms: 20.0,
                clip_threshold_db: 0.5,
                clip_knee_db: 1.0,
                first_clip_cutoff: 1,
                second_clip_cutoff: 0,
            },
        }
    }
}
