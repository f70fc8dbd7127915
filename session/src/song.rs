//! A song that can be gone through from its beginning, as often as need be.
//!
//! What only goes through a song asks for no more than this, so it works on audio in memory,
//! on a working copy and on a file that is never held whole.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::audio::{StereoAudio, Take};
use crate::decode::AudioReader;
use crate::error::FileError;
use crate::scan::Scan;

/// Audio that can be gone through from its beginning, as often as need be.
pub trait Song {
    /// Frames per second.
    fn sample_rate_hz(&self) -> u32;

    /// Channels, 1 or 2.
    fn channels(&self) -> u16;

    /// Length in frames.
    fn frames(&self) -> u64;

    /// Gives all of it, piece by piece; the same every time.
    ///
    /// # Errors
    /// What `take` says, and what keeps the song from being read.
    fn play(&self, take: &mut Take<'_>) -> Result<(), FileError>;
}

impl Song for StereoAudio {
    fn sample_rate_hz(&self) -> u32 {
        self.sample_rate_hz
    }

    fn channels(&self) -> u16 {
        self.channels
    }

    fn frames(&self) -> u64 {
        self.left.len() as u64
    }

    fn play(&self, take: &mut Take<'_>) -> Result<(), FileError> {
        take(&self.left, &self.right)
    }
}

/// A file that is decoded anew whenever it is gone through.
#[derive(Clone, Debug)]
pub struct SongFile {
    path: PathBuf,
    sample_rate_hz: u32,
    channels: u16,
    frames: u64,
}

impl SongFile {
    /// The file that a scan was made of.
    pub fn new(path: &Path, scan: &Scan) -> Self {
        let measures = &scan.measures;
        Self {
            path: path.to_owned(),
            sample_rate_hz: measures.sample_rate_hz,
            channels: measures.channels,
            frames: scan.frames,
        }
    }

    /// A file that is not what it was.
    fn changed(&self) -> FileError {
        FileError::new(&self.path, "expected the same audio as at first, found other audio")
    }
}

impl Song for SongFile {
    fn sample_rate_hz(&self) -> u32 {
        self.sample_rate_hz
    }

    fn channels(&self) -> u16 {
        self.channels
    }

    fn frames(&self) -> u64 {
        self.frames
    }

    fn play(&self, take: &mut Take<'_>) -> Result<(), FileError> {
        let mut reader = AudioReader::open(&self.path)?;
        if (reader.sample_rate_hz(), reader.channels()) != (self.sample_rate_hz, self.channels) {
            return Err(self.changed());
        }
        let frames = self.frames;
        let mut played = 0;
        reader.read_all(&mut |_| ControlFlow::Continue(()), &mut |left, right| {
            played += left.len() as u64;
            if played > frames { Err(self.changed()) } else { take(left, right) }
        })?;
        if played == frames { Ok(()) } else { Err(self.changed()) }
    }
}
