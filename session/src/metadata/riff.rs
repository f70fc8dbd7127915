//! The chunks of RIFF, RF64 and BW64 files that are not its audio.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use crate::wav::Chunk;

/// A chunk that is larger is not looked into.
const MOST_BYTES: u64 = 32 << 20;
/// And no more than this of all together.
const MOST_BYTES_OF_ALL: u64 = 4 * MOST_BYTES;
/// No file has more of them.
const MOST_CHUNKS: usize = 4096;

/// What is carried as it is: who made it, what is in it, where its markers are.
const CARRIED: [&[u8; 4]; 14] = [
    b"bext", b"iXML", b"axml", b"_PMX", b"cart", b"LIST", b"cue ", b"plst", b"smpl", b"inst",
    b"acid", b"DISP", b"id3 ", b"ID3 ",
];
/// What describes the samples of one file and is made anew for another.
const OF_THE_SAMPLES: [&[u8; 4]; 12] = [
    b"fmt ", b"data", b"fact", b"ds64", b"JUNK", b"junk", b"PAD ", b"FLLR", b"PEAK", b"levl",
    b"minf", b"elm1",
];

/// The chunks of a WAV file.
#[derive(Clone, Debug, Default)]
pub(super) struct Chunks {
    /// Whether it is one.
    pub(super) is_wav: bool,
    list: Vec<Chunk>,
    /// What cannot be carried, in words.
    pub(super) left_behind: Vec<String>,
}

impl Chunks {
    /// The bytes of the first chunk with one of these names.
    pub(super) fn find(&self, ids: &[&[u8; 4]]) -> Option<&[u8]> {
        let is_wanted = |chunk: &&Chunk| ids.contains(&&chunk.id);
        self.list.iter().find(is_wanted).map(|chunk| &chunk.bytes[..])
    }

    /// The bytes of its list of texts.
    pub(super) fn info(&self) -> Option<&[u8]> {
        let is_info = |chunk: &&Chunk| chunk.id == *b"LIST" && chunk.bytes.starts_with(b"INFO");
        self.list.iter().find(is_info).map(|chunk| &chunk.bytes[..])
    }

    /// The names of what is no tag.
    pub(super) fn names_without_tags(&self) -> impl Iterator<Item = String> {
        self.list.iter().filter(|chunk| !is_tag(chunk)).map(name)
    }

    /// All of them.
    pub(super) fn list(&self) -> &[Chunk] {
        &self.list
    }
}

/// Whether a chunk holds tags.
pub(super) fn is_tag(chunk: &Chunk) -> bool {
    chunk.id.eq_ignore_ascii_case(b"id3 ")
        || (chunk.id == *b"LIST" && chunk.bytes.starts_with(b"INFO"))
}

/// What a chunk is called: "bext", "LIST INFO".
pub(super) fn name(chunk: &Chunk) -> String {
    let id = words(chunk.id);
    match chunk.bytes.get(..4) {
        Some(kind) if chunk.id == *b"LIST" => {
            format!("{id} {}", String::from_utf8_lossy(kind).trim_end())
        }
        _ => id,
    }
}

fn words(id: [u8; 4]) -> String {
    String::from_utf8_lossy(&id).trim_end().to_owned()
}

/// The chunks of a file; `None` where it is no WAV file.
pub(super) fn read(path: &Path) -> io::Result<Option<Chunks>> {
    let mut file = BufReader::new(File::open(path)?);
    let mut header = [0; 12];
    if file.read_exact(&mut header).is_err()
        || &header[8..] != b"WAVE"
        || ![b"RIFF", b"RF64", b"BW64"].contains(&&[header[0], header[1], header[2], header[3]])
    {
        return Ok(None);
    }
    let mut chunks = Chunks { is_wav: true, ..Chunks::default() };
    let mut long_data_bytes = None;
    let mut room = MOST_BYTES_OF_ALL;
    let end = file.get_ref().metadata()?.len();
    walk(&mut file, end, u32::from_le_bytes, |file, id, size| {
        if id == *b"ds64" && (16..=MOST_BYTES).contains(&size) {
            let mut sizes = [0; 16];
            file.read_exact(&mut sizes)?;
            let [.., a, b, c, d, e, f, g, h] = sizes;
            long_data_bytes = Some(u64::from_le_bytes([a, b, c, d, e, f, g, h]));
        }
        if id == *b"data" && size == u64::from(u32::MAX) {
            return Ok(long_data_bytes.unwrap_or(size));
        }
        if OF_THE_SAMPLES.contains(&&id) {
            return Ok(size);
        }
        if !CARRIED.contains(&&id) || size > MOST_BYTES.min(room) {
            chunks.left_behind.push(words(id));
            return Ok(size);
        }
        room -= size;
        let mut bytes = vec![0; size as usize];
        file.read_exact(&mut bytes)?;
        chunks.list.push(Chunk { id, bytes });
        Ok(size)
    })?;
    Ok(Some(chunks))
}

/// Chunks of an AIFF file that no tag stands for, and that no master has a place for.
pub(super) fn foreign_chunks(path: &Path) -> Vec<String> {
    const NAMED: [&[u8; 4]; 7] = [b"MARK", b"INST", b"COMT", b"APPL", b"AESD", b"MIDI", b"SAXL"];
    let mut found = Vec::new();
    let Ok(file) = File::open(path) else { return found };
    let mut file = BufReader::new(file);
    let mut header = [0; 12];
    if file.read_exact(&mut header).is_err() || &header[..4] != b"FORM" {
        return found;
    }
    let end = file.get_ref().metadata().map_or(0, |metadata| metadata.len());
    // What cannot be walked to is not known of either.
    let _ = walk(&mut file, end, u32::from_be_bytes, |_, id, size| {
        if NAMED.contains(&&id) {
            found.push(words(id));
        }
        Ok(size)
    });
    found
}

/// Visits chunk after chunk; `visit` says how long each is.
fn walk<R: Read + Seek>(
    file: &mut R,
    end: u64,
    number: fn([u8; 4]) -> u32,
    mut visit: impl FnMut(&mut R, [u8; 4], u64) -> io::Result<u64>,
) -> io::Result<()> {
    let mut at = 12_u64;
    for _ in 0..MOST_CHUNKS {
        if at.saturating_add(8) > end {
            break;
        }
        file.seek(SeekFrom::Start(at))?;
        let mut header = [0; 8];
        file.read_exact(&mut header)?;
        let [a, b, c, d, e, f, g, h] = header;
        let size = u64::from(number([e, f, g, h]));
        // A chunk that is cut off holds nothing that can be relied upon.
        let is_whole = at + 8 + size <= end;
        let size = if is_whole || size == u64::from(u32::MAX) {
            visit(file, [a, b, c, d], size)?
        } else {
            size
        };
        at = at.saturating_add(8).saturating_add(size).saturating_add(size % 2);
    }
    Ok(())
}
