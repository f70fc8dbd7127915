//! What a person can set of the limiter.

use crate::parameter::{Parameter, choice, parameters};

choice! {
    /// What the limiter tries to keep.
    pub enum Character {
        /// Least distortion.
        Transparent = "Transparent",
        /// Keeps transients.
        Punchy = "Punchy",
        /// Most loudness for the same peak.
        Loud = "Loud",
    }
}

/// What a person can set of the limiter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LimiterSettings {
    /// Whether the stage works at all.
    pub is_on: bool,
    /// Gain before the limiter, 0 to 24 dB.
    pub gain_db: f64,
    /// The true peak that nothing passes, -12 to 0 dBTP.
    pub ceiling_dbtp: f64,
    /// What it tries to keep.
    pub character: Character,
    /// Whether the release follows the programme.
    pub is_auto_release: bool,
    /// Release of the peak stage when set by hand, 1 to 500 ms.
    pub release_ms: f64,
    /// How much the channels share fast gain reduction, 0 to 100 %.
    pub transient_link_percent: f64,
    /// How much the channels share slow gain reduction, 0 to 100 %.
    pub release_link_percent: f64,
}

impl Default for LimiterSettings {
    fn default() -> Self {
        Self {
            is_on: false,
            gain_db: 0.0,
            ceiling_dbtp: -1.0,
            character: Character::Transparent,
            is_auto_release: true,
            release_ms: 60.0,
            transient_link_percent: 100.0,
            release_link_percent: 100.0,
        }
    }
}

impl LimiterSettings {
    /// Every parameter of the stage.
    pub const PARAMETERS: &[Parameter<Self>] = parameters! {
        "on" "On" is_on: switch,
            "Switches the limiter in or out.";
        "gain" "Gain" gain_db: linear(0.0, 24.0, 0.01, Decibels),
            "Drives the master towards the ceiling; beyond 3 to 4 dB of reduction it is heard.";
        "ceiling" "Ceiling" ceiling_dbtp: linear(-12.0, 0.0, 0.01, DecibelsTruePeak),
            "The true peak that nothing passes; -1 dBTP leaves room for encoders.";
        "character" "Character" character: choice(Character),
            "Least distortion, most punch, or most loudness.";
        "auto_release" "Auto release" is_auto_release: switch,
            "Short after single peaks, long after sustained reduction.";
        "release" "Release" release_ms: logarithmic(1.0, 500.0, 0.1, Milliseconds),
            "How soon the gain comes back when set by hand.";
        "transient_link" "Transient link" transient_link_percent: linear(0.0, 100.0, 1.0, Percent),
            "Lower lets a drum hit on one side pull down that side alone.";
        "release_link" "Release link" release_link_percent: linear(0.0, 100.0, 1.0, Percent),
            "At 100 % slow reduction moves both sides together and the image stays put.";
    };
}
