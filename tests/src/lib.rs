//! A small CLAP host for tests and for the demo: loads the real bundle, plays
//! audio through it, sets parameters, keeps state, opens the editor.

pub mod error;
pub mod host;
#[cfg(unix)]
pub mod raw;
pub mod saved_state;
pub mod window;
