//! Tonal balance, dynamics and width of mix, master and reference, and the
//! proposal of EQ moves.

use burnish_session::balance::Balance;
use burnish_session::tonal_match::Proposal;

/// Comparison of spectra and dynamics.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BalanceView<'a> {
    /// `None` before anything was measured.
    pub balance: Option<&'a Balance>,
    /// Whether the average of all readable references is compared with, not only the chosen one.
    pub is_average: bool,
    /// EQ moves that would bring the master nearer to the reference; `None`
    /// without a reference or before the master has been measured.
    pub proposal: Option<&'a Proposal>,
    /// Whether the proposed moves are held, whatever is measured.
    pub is_held: bool,
    /// How much of the difference the proposal takes, 0 to 1.
    pub amount: f64,
    /// The most that the moves together may do, dB.
    pub most_db: f64,
}

/// What a person can ask for about the tonal balance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BalanceEdit {
    /// Compare with the average of all references, or with the chosen one.
    Average(bool),
    /// Take this share of the difference, 0 to 1.
    Amount(f64),
    /// Let the moves together do at most this, dB.
    MostDb(f64),
    /// Hold the proposed moves, or let them follow what is measured.
    Hold(bool),
    /// Give the proposed moves to the EQ; one step of undo.
    Apply,
}
