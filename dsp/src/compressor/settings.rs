//! What a person can set of the glue compressor.

use crate::parameter::{Parameter, choice, parameters};

choice! {
    /// Ratio above the knee.
    pub enum Ratio {
        /// 1.5 : 1.
        R1_5 = "1.5:1",
        /// 2 : 1.
        R2 = "2:1",
        /// 3 : 1.
        R3 = "3:1",
        /// 4 : 1.
        R4 = "4:1",
        /// 10 : 1.
        R10 = "10:1",
    }
}

impl Ratio {
    /// Input dB per output dB above the knee.
    pub fn value(self) -> f64 {
        match self {
            Ratio::R1_5 => 1.5,
            Ratio::R2 => 2.0,
            Ratio::R3 => 3.0,
            Ratio::R4 => 4.0,
            Ratio::R10 => 10.0,
        }
    }
}

/// What a person can set of the glue compressor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CompressorSettings {
    /// Whether the stage works at all.
    pub is_on: bool,
    /// Level above which it compresses, -60 to 0 dBFS.
    pub threshold_db: f64,
    /// Ratio above the knee.
    pub ratio: Ratio,
    /// Width of the soft knee, 0 to 18 dB, centred on the threshold.
    pub knee_db: f64,
    /// Time to cover 63.2 % of a rise of the gain reduction, 0.1 to 30 ms.
    pub attack_ms: f64,
    /// Time to cover 63.2 % of a fall of the gain reduction, 50 to 1200 ms.
    pub release_ms: f64,
    /// Whether the release follows the programme: quick after a short peak,
    /// slow after sustained reduction.
    pub is_auto_release: bool,
    /// Corner of the detector's high-pass, 20 (off) to 300 Hz.
    pub detector_high_pass_hz: f64,
    /// How much the channels share their gain reduction, 0 to 100 %.
    pub link_percent: f64,
    /// Share of the compressed signal in the output, 0 to 100 %.
    pub mix_percent: f64,
    /// The most gain reduction it may reach, 0 to 40 dB.
    pub range_db: f64,
    /// Whether the make-up gain follows the measured loudness, so that in and
    /// out are equally loud.
    pub is_auto_makeup: bool,
    /// Make-up gain when it is set by hand, -6 to +24 dB.
    pub makeup_db: f64,
}

impl Default for CompressorSettings {
    fn default() -> Self {
        Self {
            is_on: false,
            threshold_db: -18.0,
            ratio: Ratio::R2,
            knee_db: 6.0,
            attack_ms: 30.0,
            release_ms: 100.0,
            is_auto_release: true,
            detector_high_pass_hz: 60.0,
            link_percent: 100.0,
            mix_percent: 100.0,
            range_db: 12.0,
            is_auto_makeup: false,
            makeup_db: 0.0,
        }
    }
}

impl CompressorSettings {
    /// Every parameter of the stage.
    pub const PARAMETERS: &[Parameter<Self>] = parameters! {
        "on" "On" is_on: switch,
            "Switches the glue compressor in or out.";
        "threshold" "Threshold" threshold_db: linear(-60.0, 0.0, 0.01, Decibels),
            "Lower it until the bar just moves: 1 to 3 dB glue a mix.";
        "ratio" "Ratio" ratio: choice(Ratio),
            "How firmly it holds what exceeds the threshold; 2:1 or less for glue.";
        "knee" "Knee" knee_db: linear(0.0, 18.0, 0.1, Decibels),
            "Width of the gradual onset around the threshold.";
        "attack" "Attack" attack_ms: logarithmic(0.1, 30.0, 0.01, Milliseconds),
            "Slow lets transients through, fast holds them back.";
        "release" "Release" release_ms: logarithmic(50.0, 1200.0, 0.1, Milliseconds),
            "How soon the gain comes back; in time with the song it breathes, too fast it distorts.";
        "auto_release" "Auto release" is_auto_release: switch,
            "Quick after a short peak, slow after sustained reduction.";
        "detector_high_pass" "Detector HP" detector_high_pass_hz: logarithmic(20.0, 300.0, 0.1, Hertz),
            "Keeps kick and bass from steering the whole mix; at 20 Hz it is off.";
        "link" "Link" link_percent: linear(0.0, 100.0, 1.0, Percent),
            "At 100 % both channels move together and the image stays put.";
        "mix" "Mix" mix_percent: linear(0.0, 100.0, 1.0, Percent),
            "Blends the untouched signal back in.";
        "range" "Range" range_db: linear(0.0, 40.0, 0.1, Decibels),
            "The most it may ever turn down.";
        "auto_makeup" "Auto make-up" is_auto_makeup: switch,
            "Keeps the loudness in and out equal, so that louder cannot pass for better.";
        "makeup" "Make-up" makeup_db: linear(-6.0, 24.0, 0.01, Decibels),
            "Gain after compression when it is set by hand.";
    };
}
