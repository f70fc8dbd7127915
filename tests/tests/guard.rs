//! Hosts that get everything wrong, against the real entry points: none of it
//! may end the process, and what was right in it has to arrive.
//!
//! All that a host lends lies directly before a page that nobody may touch, so
//! reading one element too far ends the test.

mod clap;
mod clap_host;
mod pages;
mod vst3;
mod vst3_host;
#[cfg(target_os = "linux")]
mod windows;
