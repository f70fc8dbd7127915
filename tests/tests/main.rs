//! Every promise of Burnish has a test here that can fail.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test, also in a helper")]
#![allow(unreachable_pub, reason = "helpers are shared between the modules of one program")]

// Linking the plug-in brings its allocator, which stops the program when the
// audio path allocates inside `assert_no_alloc`.
use burnish as _;

mod architecture;
mod cli;
mod comparing;
mod comparing_host;
mod contract;
mod dither;
mod dynamics;
mod editor;
mod editor_about;
mod editor_balance;
mod editor_blind;
mod editor_check;
mod editor_cut_text;
mod editor_references;
mod editor_snapshots;
mod editor_truth;
#[cfg(target_os = "linux")]
mod editor_window;
mod fuzzing;
#[cfg(unix)]
mod guard;
#[cfg(target_os = "linux")]
mod hanging_drive;
mod host;
mod json_schema;
mod limiter;
mod loading;
mod loudness;
mod master_files;
mod mending;
mod metadata;
mod mix_check;
mod on_demand;
mod ordered_kernels;
mod outputs;
mod reading;
mod references;
#[cfg(target_os = "linux")]
mod references_memory;
mod response;
mod shown;
mod small_stack;
mod song_position;
mod state;
mod support;
mod tonal_match;
mod tonal_match_rules;
