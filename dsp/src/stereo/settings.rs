//! What a person can set of the mid/side and stereo stage.

use crate::parameter::{Kind, Parameter, Unit};

/// What a person can set of the mid/side and stereo stage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StereoSettings {
    /// Whether the stage works at all.
    pub is_on: bool,
    /// Gain of the mid signal, -12 to +12 dB.
    pub mid_gain_db: f64,
    /// Gain of the side signal, -12 to +12 dB.
    pub side_gain_db: f64,
    /// Width of the low band, 0 (mono) to 200 %.
    pub low_width_percent: f64,
    /// Width of the middle band, 0 to 200 %.
    pub mid_width_percent: f64,
    /// Width of the high band, 0 to 200 %.
    pub high_width_percent: f64,
    /// Border between the low and the middle band, 60 to 1000 Hz.
    pub low_crossover_hz: f64,
    /// Border between the middle and the high band, 1 to 12 kHz.
    pub high_crossover_hz: f64,
    /// Whether everything below [`Self::mono_below_hz`] is made mono.
    pub is_bass_mono: bool,
    /// Frequency below which the side signal is removed, 40 to 400 Hz.
    pub mono_below_hz: f64,
    /// Whether the guard caps the side gain.
    pub is_guarded: bool,
    /// The loss in a mono sum at which the guard begins to work, 0.5 to 6 dB.
    pub guard_limit_db: f64,
}

impl Default for StereoSettings {
    fn default() -> Self {
        Self {
            is_on: true,
            mid_gain_db: 0.0,
            side_gain_db: 0.0,
            low_width_percent: 100.0,
            mid_width_percent: 100.0,
            high_width_percent: 100.0,
            low_crossover_hz: 200.0,
            high_crossover_hz: 4000.0,
            is_bass_mono: false,
            mono_below_hz: 120.0,
            is_guarded: false,
            guard_limit_db: 3.0,
        }
    }
}

impl StereoSettings {
    /// Every parameter of the stage.
    pub const PARAMETERS: &[Parameter<Self>] = &[
        Parameter {
            id: "on",
            name: "On",
            kind: Kind::Switch,
            default: 1.0,
            help: "Switches the stereo stage in or out.",
            read: |s| f64::from(u8::from(s.is_on)),
            write: |s, v| s.is_on = v >= 0.5,
        },
        Parameter {
            id: "mid_gain",
            name: "Mid",
            kind: Kind::linear(-12.0, 12.0, 0.01, Unit::Decibels),
            default: 0.0,
            help: "Level of what both channels share: vocals, kick, bass.",
            read: |s| s.mid_gain_db,
            write: |s, v| s.mid_gain_db = v,
        },
        Parameter {
            id: "side_gain",
            name: "Side",
            kind: Kind::linear(-12.0, 12.0, 0.01, Unit::Decibels),
            default: 0.0,
            help: "Level of what differs: room, pads, doubled guitars.",
            read: |s| s.side_gain_db,
            write: |s, v| s.side_gain_db = v,
        },
        Parameter {
            id: "low_width",
            name: "Low width",
            kind: Kind::linear(0.0, 200.0, 1.0, Unit::Percent),
            default: 100.0,
            help: "Width below the low crossover; narrow bass survives clubs and vinyl.",
            read: |s| s.low_width_percent,
            write: |s, v| s.low_width_percent = v,
        },
        Parameter {
            id: "mid_width",
            name: "Mid width",
            kind: Kind::linear(0.0, 200.0, 1.0, Unit::Percent),
            default: 100.0,
            help: "Width between the crossovers.",
            read: |s| s.mid_width_percent,
            write: |s, v| s.mid_width_percent = v,
        },
        Parameter {
            id: "high_width",
            name: "High width",
            kind: Kind::linear(0.0, 200.0, 1.0, Unit::Percent),
            default: 100.0,
            help: "Width above the high crossover.",
            read: |s| s.high_width_percent,
            write: |s, v| s.high_width_percent = v,
        },
        Parameter {
            id: "low_crossover",
            name: "Low crossover",
            kind: Kind::logarithmic(60.0, 1000.0, 0.1, Unit::Hertz),
            default: 200.0,
            help: "Border between the low and the middle band.",
            read: |s| s.low_crossover_hz,
            write: |s, v| s.low_crossover_hz = v,
        },
        Parameter {
            id: "high_crossover",
            name: "High crossover",
            kind: Kind::logarithmic(1000.0, 12_000.0, 0.1, Unit::Hertz),
            default: 4000.0,
            help: "Border between the middle and the high band.",
            read: |s| s.high_crossover_hz,
            write: |s, v| s.high_crossover_hz = v,
        },
        Parameter {
            id: "bass_mono",
            name: "Mono bass",
            kind: Kind::Switch,
            default: 0.0,
            help: "Makes everything below the chosen frequency mono.",
            read: |s| f64::from(u8::from(s.is_bass_mono)),
            write: |s, v| s.is_bass_mono = v >= 0.5,
        },
        Parameter {
            id: "mono_below",
            name: "Mono below",
            kind: Kind::logarithmic(40.0, 400.0, 0.1, Unit::Hertz),
            default: 120.0,
            help: "Where the mono bass ends; 150 Hz for vinyl.",
            read: |s| s.mono_below_hz,
            write: |s, v| s.mono_below_hz = v,
        },
        Parameter {
            id: "guard",
            name: "Mono guard",
            kind: Kind::Switch,
            default: 0.0,
            help: "Holds the sides back when too much would be lost in mono.",
            read: |s| f64::from(u8::from(s.is_guarded)),
            write: |s, v| s.is_guarded = v >= 0.5,
        },
        Parameter {
            id: "guard_limit",
            name: "Guard limit",
            kind: Kind::linear(0.5, 6.0, 0.1, Unit::Decibels),
            default: 3.0,
            help: "The loss in a mono sum that the guard allows.",
            read: |s| s.guard_limit_db,
            write: |s, v| s.guard_limit_db = v,
        },
    ];
}
