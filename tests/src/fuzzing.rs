//! What has to be true whatever bytes a reader is given: one function for each reader.
//!
//! The fuzzers in `fuzz/` call these with what they make up; a test calls them with
//! every file that was ever a finding. That nothing panics, hangs or takes all memory
//! is the fuzzer's to see; a panic of ours that is caught on the way counts as one.

#![allow(clippy::missing_panics_doc, reason = "a panic is what a finding is")]

mod audio;
mod sums;
mod watch;
mod words;

pub use self::audio::{aac, aiff, flac, metadata, mp3, mp4, ogg, wav, whole};
pub use self::words::{numbers, preset, saved, targets};

/// A reader that is tried.
pub type Target = fn(&[u8]);

/// All of them, by their names.
pub const TARGETS: [(&str, Target); 13] = [
    ("whole", whole),
    ("wav", wav),
    ("aiff", aiff),
    ("flac", flac),
    ("mp3", mp3),
    ("aac", aac),
    ("mp4", mp4),
    ("ogg", ogg),
    ("metadata", metadata),
    ("preset", preset),
    ("numbers", numbers),
    ("targets", targets),
    ("saved", saved),
];
