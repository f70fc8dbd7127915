//! What every kind of file is read through.

/// The format of a file's audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Format {
    /// Frames per second.
    pub(super) sample_rate_hz: u32,
    /// Channels side by side in a frame.
    pub(super) channels: usize,
}

/// A file that gives its audio piece by piece. Errors say what was expected and found.
pub(super) trait Source {
    /// The format of the newest piece; known for certain as soon as there is one.
    fn format(&self) -> Format;

    /// Frames that the file says it holds; only where that is counted, not estimated.
    fn promised_frames(&self) -> Option<u64>;

    /// Frames that it will hold as far as one can tell.
    fn estimated_frames(&self) -> Option<u64> {
        self.promised_frames()
    }

    /// Bits of an integer sample, where the samples are stored as such.
    fn integer_bits(&self) -> Option<u32> {
        None
    }

    /// Appends the next piece, which may hold nothing, as interleaved samples; false at
    /// the end, where all that the whole has to keep is checked.
    fn read(&mut self, interleaved: &mut Vec<f32>) -> Result<bool, String>;

    /// What is not as it should be, a sentence each.
    fn warnings(&self) -> Vec<String>;
}
