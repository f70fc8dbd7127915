//! By what a file is known again.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::progress::{PLAYABLE_SHARE, Progress};

/// Bytes hashed at a time.
const HASHED_BYTES: usize = 1 << 20;

/// Somebody has asked to stop.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cancelled;

/// SHA-256 of a file as hexadecimal digits; empty where it cannot be read.
pub(super) fn file_sha256(path: &Path, progress: &Progress) -> Result<String, Cancelled> {
    use std::fmt::Write as _;
    let Ok(mut file) = File::open(path) else { return Ok(String::new()) };
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    let mut hasher = Sha256::new();
    let mut bytes = vec![0; HASHED_BYTES];
    let mut done = 0;
    loop {
        match file.read(&mut bytes) {
            Ok(0) => break,
            Ok(count) => {
                hasher.update(&bytes[..count]);
                done += count as u64;
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return Ok(String::new()),
        }
        progress.beat();
        let share = (done as f32 / length.max(1) as f32).min(1.0);
        progress.show(PLAYABLE_SHARE + (1.0 - PLAYABLE_SHARE) * share);
        if progress.is_cancelled() {
            return Err(Cancelled);
        }
    }
    Ok(hasher.finalize().iter().fold(String::new(), |mut digits, byte| {
        // Writing to a string does not fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    }))
}
