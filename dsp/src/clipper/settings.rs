//! What a person can set of the clipper.

use crate::parameter::{Kind, Parameter, Unit, choice};

choice! {
    /// How many times the sample rate the clipper works at.
    pub enum Oversampling {
        /// 4x.
        X4 = "4x",
        /// 8x.
        X8 = "8x",
        /// 16x.
        X16 = "16x",
    }
}

impl Oversampling {
    /// The factor itself.
    pub fn factor(self) -> usize {
        match self {
            Oversampling::X4 => 4,
            Oversampling::X8 => 8,
            Oversampling::X16 => 16,
        }
    }
}

/// What a person can set of the clipper.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClipperSettings {
    /// Whether the stage works at all.
    pub is_on: bool,
    /// Gain before the clipper, 0 to 18 dB.
    pub drive_db: f64,
    /// The level that nothing passes, -18 to 0 dBFS.
    pub threshold_db: f64,
    /// Roundness of the knee: 0 % is a hard corner, 100 % begins 12 dB below the threshold.
    pub softness_percent: f64,
    /// Oversampling.
    pub oversampling: Oversampling,
}

impl Default for ClipperSettings {
    fn default() -> Self {
        Self {
            is_on: false,
            drive_db: 0.0,
            threshold_db: -1.0,
            softness_percent: 25.0,
            oversampling: Oversampling::X4,
        }
    }
}

impl ClipperSettings {
    /// Every parameter of the stage.
    pub const PARAMETERS: &[Parameter<Self>] = &[
        Parameter {
            id: "on",
            name: "On",
            kind: Kind::Switch,
            default: 0.0,
            help: "Switches the clipper in or out.",
            read: |s| f64::from(u8::from(s.is_on)),
            write: |s, v| s.is_on = v >= 0.5,
        },
        Parameter {
            id: "drive",
            name: "Drive",
            kind: Kind::linear(0.0, 18.0, 0.01, Unit::Decibels),
            default: 0.0,
            help: "Pushes the signal into the clipper.",
            read: |s| s.drive_db,
            write: |s, v| s.drive_db = v,
        },
        Parameter {
            id: "threshold",
            name: "Threshold",
            kind: Kind::linear(-18.0, 0.0, 0.01, Unit::Decibels),
            default: -1.0,
            help: "The level that nothing passes: shave drums here and the limiter works less.",
            read: |s| s.threshold_db,
            write: |s, v| s.threshold_db = v,
        },
        Parameter {
            id: "softness",
            name: "Softness",
            kind: Kind::linear(0.0, 100.0, 1.0, Unit::Percent),
            default: 25.0,
            help: "From a hard corner to a gradual bend.",
            read: |s| s.softness_percent,
            write: |s, v| s.softness_percent = v,
        },
        Parameter {
            id: "oversampling",
            name: "Oversampling",
            kind: Kind::Choice(Oversampling::NAMES),
            default: 0.0,
            help: "Higher keeps the distortion freer of aliases and costs more.",
            read: |s| s.oversampling.index(),
            write: |s, v| s.oversampling = Oversampling::from_index(v),
        },
    ];
}
