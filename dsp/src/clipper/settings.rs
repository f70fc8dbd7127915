//! What a person can set of the clipper.

use crate::parameter::{Parameter, choice, parameters};

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
    /// Where peaks are cut, -18 to 0 dBFS.
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
    pub const PARAMETERS: &[Parameter<Self>] = parameters! {
        "on" "On" is_on: switch,
            "Switches the clipper in or out.";
        "drive" "Drive" drive_db: linear(0.0, 18.0, 0.01, Decibels),
            "Pushes the signal into the clipper.";
        "threshold" "Threshold" threshold_db: linear(-18.0, 0.0, 0.01, Decibels),
            "Where peaks are cut: shave drums here and the limiter works less. Steep ones pass it by some dB.";
        "softness" "Softness" softness_percent: linear(0.0, 100.0, 1.0, Percent),
            "From a hard corner to a gradual bend.";
        "oversampling" "Oversampling" oversampling: choice(Oversampling),
            "Higher keeps the distortion freer of aliases and costs more.";
    };
}
