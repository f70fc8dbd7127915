//! Conversions between the units people use and those the engine works in.

/// The level shown for silence: every meter floors here and prints "-inf" below it.
pub const SILENCE_DB: f64 = -150.0;

/// A gain in dB as a factor: `10^(db / 20)`.
pub fn db_to_gain(db: f64) -> f64 {
    (db * (std::f64::consts::LN_10 / 20.0)).exp()
}

/// An amplitude as a level in dB; silence gives negative infinity.
pub fn gain_to_db(gain: f64) -> f64 {
    20.0 * gain.abs().log10()
}

/// A power as a level in dB; silence gives negative infinity.
pub fn power_to_db(power: f64) -> f64 {
    10.0 * power.max(0.0).log10()
}
