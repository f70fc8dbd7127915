//! Files of a release on their way into it.

use std::fs;
use std::path::Path;

use crate::run::{Failure, Outcome};

/// Writes a file, its folder too.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Outcome {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, bytes))
        .map_err(|error| failed(path, &error))
}

/// What has gone wrong with a file.
pub(super) fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure(format!("{}: expected to put a release together, found that {error}", path.display()))
}
