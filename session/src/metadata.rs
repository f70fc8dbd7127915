//! What a mix says about itself beside its audio, and what of it travels into the master.
//!
//! From WAV to WAV chunks travel as they are, byte for byte: the master is as long as the mix
//! and aligned with it, so markers and time stamps stay true. Everything else goes through the
//! tags that most formats have in one form or another. What would not be true of the master any
//! more, such as a loudness tag, and what has no place in its format, is left behind and named.
//! No mix fails for its metadata: what cannot be read is named, too.

mod blocks;
mod boxes;
mod carried;
mod riff;
mod tags;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use self::blocks::Blocks;
pub use self::carried::{Carried, Told};
use self::riff::Chunks;
use self::tags::Tags;
use crate::file_format::Container;
use crate::measure::Measures;
use crate::wav::Chunk;

/// What is known of a mix beside its audio.
#[derive(Clone, Debug, Default)]
pub struct Metadata {
    chunks: Chunks,
    tags: Tags,
    blocks: Blocks,
    /// What has no place in any master, in words.
    left_behind: Vec<String>,
}

impl Metadata {
    /// Reads what there is.
    pub fn read(path: &Path) -> Self {
        // Readers of tags are no better than decoders when a file is damaged.
        let read = catch_unwind(AssertUnwindSafe(|| Self::try_read(path)));
        read.unwrap_or_else(|_| Self {
            left_behind: vec!["tags that could not be read".to_owned()],
            ..Self::default()
        })
    }

    fn try_read(path: &Path) -> Self {
        let mut metadata = Self::default();
        match riff::read(path) {
            Ok(Some(chunks)) => {
                metadata.left_behind.clone_from(&chunks.left_behind);
                metadata.tags = tags::of_chunks(&chunks);
                metadata.chunks = chunks;
            }
            Ok(None) => match tags::read(path) {
                Ok(tags) => {
                    metadata.left_behind = riff::foreign_chunks(path);
                    metadata.blocks = blocks::read(path);
                    metadata.left_behind.append(&mut metadata.blocks.left_behind);
                    if boxes::has_chapters(path) {
                        metadata.left_behind.push("chapters".to_owned());
                    }
                    metadata.tags = tags;
                }
                Err(error) => {
                    metadata.left_behind.push(format!("tags that could not be read ({error})"));
                }
            },
            Err(error) => {
                metadata.left_behind.push(format!("chunks that could not be read ({error})"));
            }
        }
        metadata
    }

    /// What goes into a master of some kind.
    pub fn carried(&self, container: Container) -> Carried {
        let mut carried = match container {
            Container::Wav if self.chunks.is_wav => self.chunks_carried(),
            Container::Wav => {
                let mut carried = self.tags.as_chunks();
                let names = self.blocks.names().into_iter();
                carried.told.left_behind.extend(names.map(|name| format!("{name} (WAV)")));
                carried
            }
            Container::Flac => {
                let mut carried = self.tags.as_comments();
                carried.told.carried.extend(self.blocks.names());
                carried.cuesheets.clone_from(&self.blocks.cuesheets);
                carried.applications.clone_from(&self.blocks.applications);
                let names = self.chunks.names_without_tags();
                carried.told.left_behind.extend(names.map(|name| format!("{name} (FLAC)")));
                carried
            }
        };
        carried.told.left_behind.extend(self.left_behind.iter().cloned());
        carried
    }

    /// All chunks of a WAV file for another one.
    fn chunks_carried(&self) -> Carried {
        let mut carried = Carried::default();
        for chunk in self.chunks.list() {
            let mut chunk = chunk.clone();
            if chunk.id == *b"bext" {
                carried.told.carried.push(riff::name(&chunk));
                carried.front.push(chunk);
                continue;
            }
            if riff::is_tag(&chunk) && self.tags.has_untrue() {
                // Only a tag that says what is no longer true is written anew.
                match tags::without_untrue(&chunk) {
                    Some(mended) => chunk = mended,
                    None => continue,
                }
            }
            carried.told.carried.push(riff::name(&chunk));
            carried.behind.push(chunk);
        }
        carried.told.left_behind.extend(self.tags.untrue());
        carried
    }
}

/// Where the loudness of a broadcast extension is, after EBU Tech 3285 version 2.
pub(crate) const BEXT_LOUDNESS_AT: u64 = 412;
const BEXT_VERSION_AT: usize = 346;
const BEXT_BYTES: usize = 602;

/// Whether a broadcast extension has room for the loudness of its audio.
pub(crate) fn has_loudness(bext: &Chunk) -> bool {
    bext.id == *b"bext"
        && bext.bytes.len() >= BEXT_BYTES
        && bext.bytes[BEXT_VERSION_AT..].starts_with(&2u16.to_le_bytes())
}

/// The loudness of a master as its broadcast extension says it: hundredths of LUFS, LU and dBTP.
pub(crate) fn bext_loudness(measures: &Measures) -> Vec<u8> {
    const UNKNOWN: i16 = 0x7fff;
    [
        measures.integrated_lufs,
        measures.loudness_range_lu,
        measures.true_peak_dbtp,
        measures.max_momentary_lufs,
        measures.max_short_term_lufs,
    ]
    .into_iter()
    .map(|value| if value.is_finite() { (100.0 * value).round() as i16 } else { UNKNOWN })
    .flat_map(i16::to_le_bytes)
    .collect()
}

#[cfg(test)]
mod tests;
