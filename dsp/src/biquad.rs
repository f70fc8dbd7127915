//! Second-order sections: design from an analogue prototype, response, and the running filter.
//!
//! Digital coefficients are matched in magnitude to the analogue prototype
//! (M. Vicanek, "Matched Second Order Digital Filters", 2016): poles by
//! impulse invariance, zeros from the prototype's magnitude at DC, at the
//! design frequency and at the Nyquist frequency. Unlike the bilinear
//! transform this does not cramp the response towards Nyquist.
//! [`Prototype::digitize_matched`] spends a second section to come closer still.

pub mod first_order;
mod matched;
mod prototype;
mod section;

pub use self::matched::{Pair, high_pass_6, high_pass_12};
pub use self::prototype::Prototype;
pub use self::section::{Biquad, Coefficients, Frame, Slide, process_cascade};
