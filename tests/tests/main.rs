//! Every promise of Burnish has a test here that can fail.

// Linking the plug-in brings its allocator, which stops the program when the
// audio path allocates inside `assert_no_alloc`.
use burnish as _;

mod cli;
mod contract;
mod editor;
mod host;
mod limiter;
mod loudness;
mod response;
mod state;
mod support;
