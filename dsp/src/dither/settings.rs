//! What a person can set of the dither.

use crate::parameter::{Parameter, choice, parameters};

choice! {
    /// The word length the output is made for.
    pub enum BitDepth {
        /// No dither: the output stays 32-bit float.
        Off = "Off",
        /// 16 bit: CD.
        Bits16 = "16 bit",
        /// 20 bit.
        Bits20 = "20 bit",
        /// 24 bit: distribution.
        Bits24 = "24 bit",
    }
}

impl BitDepth {
    /// The word length, when there is one.
    pub fn bits(self) -> Option<u32> {
        match self {
            BitDepth::Off => None,
            BitDepth::Bits16 => Some(16),
            BitDepth::Bits20 => Some(20),
            BitDepth::Bits24 => Some(24),
        }
    }
}

choice! {
    /// Spectrum of the quantisation noise.
    pub enum NoiseShape {
        /// White: triangular dither alone.
        Flat = "Flat",
        /// Lipshitz, 5 taps: moves noise from 2-6 kHz upward.
        Lipshitz5 = "Lipshitz 5",
        /// F-weighted, 9 taps: the strongest shift to where ears are deaf.
        FWeighted9 = "F-weighted 9",
    }
}

/// What a person can set of the dither.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DitherSettings {
    /// Word length of the output.
    pub depth: BitDepth,
    /// Spectrum of the quantisation noise.
    pub shape: NoiseShape,
    /// Whether digital silence stays silent.
    pub is_auto_blank: bool,
}

impl Default for DitherSettings {
    fn default() -> Self {
        Self { depth: BitDepth::Off, shape: NoiseShape::Flat, is_auto_blank: true }
    }
}

impl DitherSettings {
    /// Every parameter of the stage.
    pub const PARAMETERS: &[Parameter<Self>] = parameters! {
        "depth" "Depth" depth: choice(BitDepth),
            "Set it to the word length of the file you deliver, and only once.";
        "shape" "Shape" shape: choice(NoiseShape),
            "Flat is safe everywhere; the shaped curves sound quieter at 44.1 and 48 kHz.";
        "auto_blank" "Auto blank" is_auto_blank: switch,
            "Keeps digital silence silent.";
    };
}
