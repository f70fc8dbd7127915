//! What a person can set of the glue compressor.

use crate::parameter::{Kind, Parameter, Unit, choice};

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
    pub const PARAMETERS: &[Parameter<Self>] = &[
        Parameter {
            id: "on",
            name: "On",
            kind: Kind::Switch,
            default: 0.0,
            help: "Switches the glue compressor in or out.",
            read: |s| f64::from(u8::from(s.is_on)),
            write: |s, v| s.is_on = v >= 0.5,
        },
        Parameter {
            id: "threshold",
            name: "Threshold",
            kind: Kind::linear(-60.0, 0.0, 0.01, Unit::Decibels),
            default: -18.0,
            help: "Lower it until the needle just moves: 1 to 3 dB glue a mix.",
            read: |s| s.threshold_db,
            write: |s, v| s.threshold_db = v,
        },
        Parameter {
            id: "ratio",
            name: "Ratio",
            kind: Kind::Choice(Ratio::NAMES),
            default: 1.0,
            help: "How firmly it holds what exceeds the threshold; 2:1 or less for glue.",
            read: |s| s.ratio.index(),
            write: |s, v| s.ratio = Ratio::from_index(v),
        },
        Parameter {
            id: "knee",
            name: "Knee",
            kind: Kind::linear(0.0, 18.0, 0.1, Unit::Decibels),
            default: 6.0,
            help: "Width of the gradual onset around the threshold.",
            read: |s| s.knee_db,
            write: |s, v| s.knee_db = v,
        },
        Parameter {
            id: "attack",
            name: "Attack",
            kind: Kind::logarithmic(0.1, 30.0, 0.01, Unit::Milliseconds),
            default: 30.0,
            help: "Slow lets transients through, fast holds them back.",
            read: |s| s.attack_ms,
            write: |s, v| s.attack_ms = v,
        },
        Parameter {
            id: "release",
            name: "Release",
            kind: Kind::logarithmic(50.0, 1200.0, 0.1, Unit::Milliseconds),
            default: 100.0,
            help: "How soon the gain comes back; in time with the song it breathes, too fast it distorts.",
            read: |s| s.release_ms,
            write: |s, v| s.release_ms = v,
        },
        Parameter {
            id: "auto_release",
            name: "Auto release",
            kind: Kind::Switch,
            default: 1.0,
            help: "Quick after a short peak, slow after sustained reduction.",
            read: |s| f64::from(u8::from(s.is_auto_release)),
            write: |s, v| s.is_auto_release = v >= 0.5,
        },
        Parameter {
            id: "detector_high_pass",
            name: "Detector HP",
            kind: Kind::logarithmic(20.0, 300.0, 0.1, Unit::Hertz),
            default: 60.0,
            help: "Keeps kick and bass from steering the whole mix; at 20 Hz it is off.",
            read: |s| s.detector_high_pass_hz,
            write: |s, v| s.detector_high_pass_hz = v,
        },
        Parameter {
            id: "link",
            name: "Link",
            kind: Kind::linear(0.0, 100.0, 1.0, Unit::Percent),
            default: 100.0,
            help: "At 100 % both channels move together and the image stays put.",
            read: |s| s.link_percent,
            write: |s, v| s.link_percent = v,
        },
        Parameter {
            id: "mix",
            name: "Mix",
            kind: Kind::linear(0.0, 100.0, 1.0, Unit::Percent),
            default: 100.0,
            help: "Blends the untouched signal back in.",
            read: |s| s.mix_percent,
            write: |s, v| s.mix_percent = v,
        },
        Parameter {
            id: "range",
            name: "Range",
            kind: Kind::linear(0.0, 40.0, 0.1, Unit::Decibels),
            default: 12.0,
            help: "The most it may ever turn down.",
            read: |s| s.range_db,
            write: |s, v| s.range_db = v,
        },
        Parameter {
            id: "auto_makeup",
            name: "Auto make-up",
            kind: Kind::Switch,
            default: 0.0,
            help: "Keeps the loudness in and out equal, so that louder cannot pass for better.",
            read: |s| f64::from(u8::from(s.is_auto_makeup)),
            write: |s, v| s.is_auto_makeup = v >= 0.5,
        },
        Parameter {
            id: "makeup",
            name: "Make-up",
            kind: Kind::linear(-6.0, 24.0, 0.01, Unit::Decibels),
            default: 0.0,
            help: "Gain after compression when it is set by hand.",
            read: |s| s.makeup_db,
            write: |s, v| s.makeup_db = v,
        },
    ];
}
