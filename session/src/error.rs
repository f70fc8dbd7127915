//! Errors at the edges where files are.

use std::fmt;
use std::path::{Path, PathBuf};

/// Something about a file is not as it has to be: one clear line that names the
/// file, what was expected and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// What was expected and found.
    pub message: String,
}

impl FileError {
    /// An error about `path`.
    pub fn new(path: &Path, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), message: message.into() }
    }

    /// A person stopped the reading of `path`.
    pub(crate) fn cancelled(path: &Path) -> Self {
        Self::new(path, "loading was cancelled")
    }

    /// Whoever asked the drive for `path` has waited so long for nothing.
    pub(crate) fn no_answer(path: &Path, seconds: u64) -> Self {
        let message =
            format!("expected an audio file, found no answer from the drive for {seconds} s");
        Self::new(path, message)
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path.display(), self.message)
    }
}

impl std::error::Error for FileError {}

/// What the operating system says, in the words of a person.
pub(crate) fn io_reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}
