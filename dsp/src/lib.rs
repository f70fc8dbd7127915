//! Burnish's engine: every touch of a sample.
//!
//! No host, no window, no file, no thread lives here, and nothing allocates
//! after construction. Audio flows one way through [`chain::Chain`]; what the
//! meters saw leaves as plain `Copy` snapshots.

#![forbid(unsafe_code)]

pub mod biquad;
pub mod bypass;
pub mod chain;
pub mod clipper;
pub mod compare;
pub mod compressor;
pub mod delay_line;
pub mod dither;
pub mod equalizer;
pub mod integration;
pub mod limiter;
pub mod loudness;
pub mod meters;
pub mod monitor;
mod oversampler;
pub mod parameter;
pub mod processor;
mod quadrature;
pub mod settings;
mod shared;
pub mod slot;
pub mod smoothing;
pub mod spectrum;
pub mod stereo;
mod tape;
pub mod transport;
pub mod trim;
pub mod true_peak;
pub mod units;
mod vector;
