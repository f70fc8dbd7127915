//! Tags before and behind a file that are no part of it: ID3, APE, Lyrics3.

use std::fs::File;

use super::section::bytes_at;
use super::words::{counted, found};

/// Tags one behind another before it is given up.
const MOST_TAGS: usize = 64;
const ID3V2_HEADER_BYTES: usize = 10;
const ID3V1_BYTES: u64 = 128;
const APE_FOOTER_BYTES: usize = 32;

/// Where the file itself begins: behind all ID3 tags of its front, whatever art they hold.
pub(crate) fn behind_tags(file: &mut File, length: u64) -> Result<u64, String> {
    let mut start = 0;
    for _ in 0..MOST_TAGS {
        let head = bytes_at(file, start, ID3V2_HEADER_BYTES)?;
        let Some(bytes) = id3v2_bytes(&head) else { break };
        start += bytes;
        if start >= length {
            let lacking = counted(start - length, "byte", "bytes");
            return Err(if start == length {
                found("an ID3 tag and nothing behind it")
            } else {
                found(&format!("an ID3 tag that is cut short ({lacking} missing)"))
            });
        }
    }
    Ok(start)
}

/// How long the ID3 tag is that begins here, header and footer included.
pub(super) fn id3v2_bytes(head: &[u8]) -> Option<u64> {
    let [b'I', b'D', b'3', version, _, flags, size @ ..] = head else { return None };
    let size: &[u8; 4] = size.get(..4)?.try_into().ok()?;
    if *version == 0xFF || size.iter().any(|byte| *byte >= 0x80) {
        return None;
    }
    let size = size.iter().fold(0u64, |size, byte| size << 7 | u64::from(*byte));
    let footer = if flags & 0x10 == 0 { 0 } else { ID3V2_HEADER_BYTES as u64 };
    Some(ID3V2_HEADER_BYTES as u64 + size + footer)
}

/// Where the file itself ends: before all tags of ID3's first version, APE and Lyrics3.
pub(super) fn before_tags(file: &mut File, start: u64, length: u64) -> Result<u64, String> {
    let mut end = length;
    for _ in 0..MOST_TAGS {
        let before = end;
        let tail = |file: &mut File, bytes: u64| match end.checked_sub(bytes) {
            Some(place) if place >= start => bytes_at(file, place, bytes as usize),
            _ => Ok(Vec::new()),
        };
        if tail(file, ID3V1_BYTES)?.starts_with(b"TAG") {
            end -= ID3V1_BYTES;
            continue;
        }
        let footer = tail(file, APE_FOOTER_BYTES as u64)?;
        let lyrics = tail(file, 15)?;
        if footer.starts_with(b"APETAGEX") {
            end = end.saturating_sub(ape_bytes(&footer)).max(start);
        } else if lyrics.ends_with(b"LYRICS200") {
            let digits = std::str::from_utf8(&lyrics[..6]).ok().and_then(|d| d.parse::<u64>().ok());
            end = end.saturating_sub(digits.unwrap_or(0) + 15).max(start);
        }
        if end == before {
            break;
        }
    }
    Ok(end)
}

/// How long the APE tag is of which this is the footer, header included.
fn ape_bytes(footer: &[u8]) -> u64 {
    let number = |place: usize| {
        let bytes = footer.get(place..place + 4).and_then(|four| four.try_into().ok());
        u64::from(u32::from_le_bytes(bytes.unwrap_or_default()))
    };
    let header = if number(20) & 1 << 31 == 0 { 0 } else { APE_FOOTER_BYTES as u64 };
    number(12).max(APE_FOOTER_BYTES as u64) + header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_before_and_behind_a_file_are_no_part_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tagged");
        let mut id3 = b"ID3\x04\0\x10\0\x20\0\0".to_vec();
        id3.resize(10 + (0x20 << 14) + 10, 0x55);
        let mut ape = b"APETAGEX\xD0\x07\0\0".to_vec();
        ape.extend(40u32.to_le_bytes());
        ape.extend(1u32.to_le_bytes());
        ape.extend((1u32 << 31).to_le_bytes());
        ape.extend([0; 8]);
        let mut bytes = [&id3[..], b"ID3\x03\0\0\0\0\0\x02zz", b"audio"].concat();
        let audio_start = bytes.len() as u64 - 5;
        bytes.extend([0x11; 32]); // the APE tag's header
        bytes.extend([0x22; 8]); // and its one item
        bytes.extend(&ape);
        bytes.extend(b"TAG");
        bytes.extend([0x33; 125]);
        std::fs::write(&path, &bytes).unwrap();
        let mut file = File::open(&path).unwrap();
        let length = bytes.len() as u64;
        let start = behind_tags(&mut file, length).unwrap();
        assert_eq!(start, audio_start);
        assert_eq!(before_tags(&mut file, start, length).unwrap(), audio_start + 5);
        let cut = behind_tags(&mut file, 1000).unwrap_err();
        assert!(cut.contains("cut short"), "{cut}");
    }
}
