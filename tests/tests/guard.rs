//! Hosts that get everything wrong, against the real entry points: none of it
//! may end the process, and what was right in it has to arrive.
//!
//! All that a host lends lies directly before a page that nobody may touch, so
//! reading one element too far ends the test.

mod clap;
mod vst3;
#[cfg(target_os = "linux")]
mod windows;

use burnish_tests::raw::Library;

/// The plug-in that this program is linked with.
fn linked() -> Library {
    Library { clap: &burnish::clap_entry, vst3: burnish::GetPluginFactory }
}
