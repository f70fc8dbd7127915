//! What a person does around the sound, off the audio thread: files, references,
//! targets, presets, measuring and rendering.

#![forbid(unsafe_code)]

pub mod about;
pub mod audio;
pub mod balance;
pub mod blind;
pub mod decode;
pub mod error;
pub mod file_format;
mod flac;
pub mod history;
pub mod loudness_search;
pub mod master_file;
pub mod mastering;
pub mod measure;
pub mod metadata;
pub mod mix_check;
pub mod names;
pub mod output;
pub mod preset;
mod protection;
pub mod reference;
pub mod references;
pub mod render;
pub mod resample;
pub mod saved;
pub mod scan;
pub mod snapshots;
pub mod song;
mod song_spectrum;
mod store;
pub mod targets;
pub mod three_masters;
pub mod tonal_match;
mod wav;
