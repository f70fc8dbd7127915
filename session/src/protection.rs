//! Telling copy-protected MP4 files from damaged ones.
//!
//! Protected audio keeps its place in the file and changes the type of its
//! sample entry: `drms` in what iTunes sold, `enca` under Common Encryption
//! (ISO/IEC 14496-12, 8.12), `aavd` in audio books. The way there is
//! `moov/trak/mdia/minf/stbl/stsd`.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

const PROTECTED_ENTRIES: [&[u8; 4]; 5] = [b"drms", b"drmi", b"enca", b"encv", b"aavd"];
const CONTAINERS: [&[u8; 4]; 5] = [b"moov", b"trak", b"mdia", b"minf", b"stbl"];
/// Boxes looked at before it is given up: no file needs as many.
const MOST_BOXES: usize = 10_000;

/// Whether a file is an MP4 whose audio is protected.
pub(crate) fn is_copy_protected(path: &Path) -> bool {
    File::open(path).is_ok_and(|mut file| search(&mut file).unwrap_or(false))
}

fn search(file: &mut (impl Read + Seek)) -> std::io::Result<bool> {
    let mut kind = [0; 8];
    file.read_exact(&mut kind)?;
    if &kind[4..] != b"ftyp" {
        return Ok(false);
    }
    file.seek(SeekFrom::Start(0))?;
    // Containers are entered, so all boxes come one after another.
    for _ in 0..MOST_BOXES {
        let start = file.stream_position()?;
        let Some((kind, length)) = next_box(file)? else { return Ok(false) };
        if CONTAINERS.contains(&&kind) {
            continue;
        }
        if &kind == b"stsd" {
            // Version, flags and the number of entries; then the first entry's size and type.
            let mut entry = [0; 16];
            file.read_exact(&mut entry)?;
            if PROTECTED_ENTRIES.iter().any(|protected| protected[..] == entry[12..]) {
                return Ok(true);
            }
        }
        let Some(end) = start.checked_add(length) else { return Ok(false) };
        file.seek(SeekFrom::Start(end))?;
    }
    Ok(false)
}

/// The type and length of the box that begins here, header included; `None` at the end.
fn next_box(file: &mut impl Read) -> std::io::Result<Option<([u8; 4], u64)>> {
    let mut header = [0; 8];
    file.read_exact(&mut header)?;
    let [a, b, c, d, kind @ ..] = header;
    let length = match u32::from_be_bytes([a, b, c, d]) {
        // The last box reaches to the end of the file.
        0 => return Ok(None),
        1 => {
            let mut length = [0; 8];
            file.read_exact(&mut length)?;
            u64::from_be_bytes(length)
        }
        length => u64::from(length),
    };
    Ok((length >= 8).then_some((kind, length)))
}
