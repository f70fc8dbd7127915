//! What a person can set of the mid/side and stereo stage.

use crate::parameter::{Parameter, parameters};

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
    pub const PARAMETERS: &[Parameter<Self>] = parameters! {
        "on" "On" is_on: switch,
            "Switches the stereo stage in or out.";
        "mid_gain" "Mid" mid_gain_db: linear(-12.0, 12.0, 0.01, Decibels),
            "Level of what both channels share: vocals, kick, bass.";
        "side_gain" "Side" side_gain_db: linear(-12.0, 12.0, 0.01, Decibels),
            "Level of what differs: room, pads, doubled guitars.";
        "low_width" "Low width" low_width_percent: linear(0.0, 200.0, 1.0, Percent),
            "Width below the low crossover; narrow bass survives clubs and vinyl.";
        "mid_width" "Mid width" mid_width_percent: linear(0.0, 200.0, 1.0, Percent),
            "Width between the crossovers.";
        "high_width" "High width" high_width_percent: linear(0.0, 200.0, 1.0, Percent),
            "Width above the high crossover.";
        "low_crossover" "Low crossover" low_crossover_hz: logarithmic(60.0, 1000.0, 0.1, Hertz),
            "Border between the low and the middle band.";
        "high_crossover" "High crossover" high_crossover_hz: logarithmic(1000.0, 12_000.0, 0.1, Hertz),
            "Border between the middle and the high band.";
        "bass_mono" "Mono bass" is_bass_mono: switch,
            "Makes everything below the chosen frequency mono.";
        "mono_below" "Mono below" mono_below_hz: logarithmic(40.0, 400.0, 0.1, Hertz),
            "Where the mono bass ends; 150 Hz for vinyl.";
        "guard" "Mono guard" is_guarded: switch,
            "Holds the sides back when too much would be lost in mono.";
        "guard_limit" "Guard limit" guard_limit_db: linear(0.5, 6.0, 0.1, Decibels),
            "The loss in a mono sum that the guard allows.";
    };
}
