//! What a person can set of the limiter.

use crate::parameter::{Kind, Parameter, Unit, choice};

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
    pub const PARAMETERS: &[Parameter<Self>] = &[
        Parameter {
            id: "on",
            name: "On",
            kind: Kind::Switch,
            default: 1.0,
            help: "Switches the limiter in or out.",
            read: |s| f64::from(u8::from(s.is_on)),
            write: |s, v| s.is_on = v >= 0.5,
        },
        Parameter {
            id: "gain",
            name: "Gain",
            kind: Kind::linear(0.0, 24.0, 0.01, Unit::Decibels),
            default: 0.0,
            help: "Drives the master towards the ceiling; beyond 3 to 4 dB of reduction it is heard.",
            read: |s| s.gain_db,
            write: |s, v| s.gain_db = v,
        },
        Parameter {
            id: "ceiling",
            name: "Ceiling",
            kind: Kind::linear(-12.0, 0.0, 0.01, Unit::DecibelsTruePeak),
            default: -1.0,
            help: "The true peak that nothing passes; -1 dBTP leaves room for encoders.",
            read: |s| s.ceiling_dbtp,
            write: |s, v| s.ceiling_dbtp = v,
        },
        Parameter {
            id: "character",
            name: "Character",
            kind: Kind::Choice(Character::NAMES),
            default: 0.0,
            help: "Least distortion, most punch, or most loudness.",
            read: |s| s.character.index(),
            write: |s, v| s.character = Character::from_index(v),
        },
        Parameter {
            id: "auto_release",
            name: "Auto release",
            kind: Kind::Switch,
            default: 1.0,
            help: "Short after single peaks, long after sustained reduction.",
            read: |s| f64::from(u8::from(s.is_auto_release)),
            write: |s, v| s.is_auto_release = v >= 0.5,
        },
        Parameter {
            id: "release",
            name: "Release",
            kind: Kind::logarithmic(1.0, 500.0, 0.1, Unit::Milliseconds),
            default: 60.0,
            help: "How soon the gain comes back when set by hand.",
            read: |s| s.release_ms,
            write: |s, v| s.release_ms = v,
        },
        Parameter {
            id: "transient_link",
            name: "Transient link",
            kind: Kind::linear(0.0, 100.0, 1.0, Unit::Percent),
            default: 100.0,
            help: "Lower lets a drum hit on one side pull down that side alone.",
            read: |s| s.transient_link_percent,
            write: |s, v| s.transient_link_percent = v,
        },
        Parameter {
            id: "release_link",
            name: "Release link",
            kind: Kind::linear(0.0, 100.0, 1.0, Unit::Percent),
            default: 100.0,
            help: "At 100 % slow reduction moves both sides together and the image stays put.",
            read: |s| s.release_link_percent,
            write: |s, v| s.release_link_percent = v,
        },
    ];
}
