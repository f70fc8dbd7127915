//! The boxes of MP4 files that no tag stands for: chapters (ISO/IEC 14496-12, section 4.2, and
//! what Apple and Nero have made of it).

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// No file has more of them.
const MOST_BOXES: usize = 4096;

/// Where chapters are: a list in the user data, or a reference from the audio to a track of texts.
const CHAPTERS: [&[&[u8; 4]]; 2] =
    [&[b"moov", b"udta", b"chpl"], &[b"moov", b"trak", b"tref", b"chap"]];

/// Whether a file has chapters; false where it is no MP4 file.
pub(super) fn has_chapters(path: &Path) -> bool {
    // What cannot be walked to is not known of either.
    let look = || -> io::Result<bool> {
        let file = File::open(path)?;
        let end = file.metadata()?.len();
        let mut file = BufReader::new(file);
        let mut left = MOST_BOXES;
        for way in CHAPTERS {
            if find(&mut file, 0, end, way, &mut left)? {
                return Ok(true);
            }
        }
        Ok(false)
    };
    look().unwrap_or(false)
}

/// Whether there is a box at the end of a way, between two places of the file.
fn find<R: Read + Seek>(
    file: &mut R,
    start: u64,
    end: u64,
    way: &[&[u8; 4]],
    left: &mut usize,
) -> io::Result<bool> {
    let Some((name, rest)) = way.split_first() else { return Ok(true) };
    let mut at = start;
    while at + 8 <= end && *left > 0 {
        *left -= 1;
        file.seek(SeekFrom::Start(at))?;
        let mut header = [0; 8];
        file.read_exact(&mut header)?;
        let [a, b, c, d, id @ ..] = header;
        let (mut size, mut header_bytes) = (u64::from(u32::from_be_bytes([a, b, c, d])), 8);
        if size == 1 {
            let mut long = [0; 8];
            file.read_exact(&mut long)?;
            (size, header_bytes) = (u64::from_be_bytes(long), 16);
        } else if size == 0 {
            // To the end.
            size = end - at;
        }
        if size < header_bytes {
            break;
        }
        let next = at.saturating_add(size).min(end);
        if id == **name && find(file, at + header_bytes, next, rest, left)? {
            return Ok(true);
        }
        at = next;
    }
    Ok(false)
}
