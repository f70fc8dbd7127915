//! Burnish's engine: every touch of a sample.
//!
//! No host, no window, no file, no thread lives here, and nothing allocates
//! after construction. Audio flows one way through [`chain::Chain`]; what the
//! meters saw leaves as plain `Copy` snapshots.
//!
//! The modules stand in groups; none knows anything of a group below its own.

#![forbid(unsafe_code)]

// The ground: blocks, units and parameters; what glides, counts and delays.
pub mod delay_line;
pub mod parameter;
pub mod processor;
mod shared;
pub mod smoothing;
mod step_clock;
mod tape;
pub mod transport;
pub mod units;
mod vector;

// Filters and detectors.
pub mod biquad;
mod oversampler;
mod quadrature;
pub mod true_peak;

// Stages, each with its settings.
pub mod clipper;
pub mod compressor;
pub mod dither;
pub mod equalizer;
pub mod limiter;
pub mod stereo;
pub mod trim;

// Meters, of a moment and of the song.
pub mod integration;
pub mod loudness;
pub mod meters;
pub mod reductions;
pub mod spectrum;

// The chain: all settings, the stages in their order, and what is read of it.
pub mod chain;
pub mod readings;
pub mod settings;
pub mod slot;

// Comparing and listening: what is heard in the master's place.
pub mod bypass;
pub mod compare;
pub mod monitor;
