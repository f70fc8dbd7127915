//! What a person does around the sound, off the audio thread: files, references,
//! targets, presets, measuring and rendering.

pub mod audio;
pub mod decode;
pub mod error;
pub mod measure;
pub mod preset;
pub mod reference;
pub mod render;
pub mod resample;
pub mod targets;
pub mod wav;
