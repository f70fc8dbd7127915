//! EQ moves that bring a master nearer to a reference.
//!
//! The difference of their third octaves (see [`crate::balance`]) is smoothed
//! over neighbouring bands (weights 1, 6, 1), scaled by the amount, and followed
//! with bells and shelves on the bands of the equaliser that are free: those a
//! person uses stay as they are, and what they do is in the measured master
//! already. There is no hidden filter: what is proposed is eight bands of
//! settings.
//!
//! What is proposed keeps to rules, whatever the spectra are:
//!
//! - **The most is the most of all moves together**, at every frequency, in
//!   minimum and in linear phase. Moves that only shared a limit each would stack.
//! - **No two moves within a sixth of an octave**, at most one low shelf and one
//!   high shelf, and the low one two octaves below the high one: shelves neither
//!   stack nor oppose.
//! - **A move gains more than it costs**: without it the distance is larger by
//!   [`CUT_COST_DB`] or [`BOOST_COST_DB`], or the others leave the limit.
//! - **Cuts first.** Loudness is free, because everything is compared
//!   level-matched, so the fit may cut all around a hole instead of filling it.
//!   There are boosts only where they bring the master nearer by
//!   [`BOOSTS_SHARE`] of the distance than cuts alone (see `fit`).
//!
//! Followed is what can be trusted and is worth following: third octaves from
//! 40 Hz to 16 kHz in which both sides are above their noise floor. Below lies
//! rumble, above the air that codecs take away.
//!
//! The prediction is made from the coefficients that the audio will pass
//! through. What comes after the equaliser, a limiter for one, is not predicted.

mod filter;
mod fit;
mod keeper;
mod making;
mod moves;
mod problem;
mod propose;
mod refine;
mod rules;

pub use self::keeper::{Asked, BETTER_DB, CHANGED_DB, ProposalKeeper, SAME_DB};
pub use self::moves::{Limit, Move, Proposal};
pub use self::propose::propose;
pub use self::rules::{
    BOOST_COST_DB, BOOSTS_SHARE, CUT_COST_DB, LEAST_APART_OCTAVES, MOST_DB, SHELVES_APART_OCTAVES,
};
