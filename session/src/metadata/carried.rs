//! What of a mix's metadata goes into a master.

use flac_codec::metadata::{Application, Cuesheet};
use lofty::picture::Picture;
use serde::Serialize;

use crate::wav::Chunk;

/// What a master is given beside its audio.
#[derive(Clone, Debug, Default)]
pub struct Carried {
    /// Chunks of a WAV file before its audio.
    pub(crate) front: Vec<Chunk>,
    /// Chunks of a WAV file after its audio.
    pub(crate) behind: Vec<Chunk>,
    /// Fields of a FLAC file, `NAME=value`.
    pub(crate) comments: Vec<String>,
    /// Pictures of a FLAC file.
    pub(crate) pictures: Vec<Picture>,
    /// Cue sheets of a FLAC file.
    pub(crate) cuesheets: Vec<Cuesheet>,
    /// What applications keep in a FLAC file.
    pub(crate) applications: Vec<Application>,
    /// What of this can be told.
    pub told: Told,
}

/// What is told of metadata.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Told {
    /// Chunks and fields that are in the master.
    pub carried: Vec<String>,
    /// What is not, and why where that is not plain.
    pub left_behind: Vec<String>,
}
