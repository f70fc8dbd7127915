//! What a proposal keeps to.

/// The most that the moves together may do unless a person asks for more, dB.
pub const MOST_DB: f64 = 3.0;
/// A cut that lowers the distance by less than this is not proposed, dB.
pub const CUT_COST_DB: f64 = 0.02;
/// Nor a boost that lowers it by less than this, dB.
pub const BOOST_COST_DB: f64 = 0.04;
/// Cuts come first: there are boosts only where cuts alone would leave the master
/// farther from the reference by this share of the distance.
pub const BOOSTS_SHARE: f64 = 0.1;
/// No two moves lie closer, octaves.
pub const LEAST_APART_OCTAVES: f64 = 1.0 / 6.0;
/// The low shelf lies below the high one by this at least, octaves.
pub const SHELVES_APART_OCTAVES: f64 = 2.0;
