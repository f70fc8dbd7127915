//! A small CLAP host for tests and for the demo: loads the real bundle, plays
//! audio through it, sets parameters, keeps state, opens the editor.
//! And what has to be true whatever a reader is given.

pub mod damage;
pub mod error;
pub mod fuzzing;
pub mod host;
#[cfg(unix)]
pub mod raw;
pub mod saved_state;
pub mod window;
