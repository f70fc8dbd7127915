//! FLAC (RFC 9639). Of what stands before the audio only the stream's own description is
//! handed on: no picture, however large or damaged, is in the way of the music.

use std::io::{Seek, SeekFrom};

use symphonia::core::formats::FormatOptions;
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::default::formats::FlacReader;

use super::demuxed::Demuxed;
use super::section::{Section, read_up_to};
use super::source::{Format, Source};
use super::words::{cannot_read, found, no_length};

const MARKER: &[u8; 4] = b"fLaC";
/// Bytes of the description of a stream.
pub(super) const STREAM_INFO_BYTES: usize = 34;
/// Metadata blocks looked at before it is given up.
const MOST_BLOCKS: usize = 10_000;
/// The decoder goes wrong beyond so many bits.
const MOST_BITS: u8 = 24;
/// The longest header of a frame.
const FRAME_HEADER_BYTES: usize = 16;
/// The shortest block that may be announced.
const LEAST_BLOCK_FRAMES: u16 = 16;

/// Opens a FLAC.
pub(super) fn open(mut section: Section) -> Result<Box<dyn Source>, String> {
    let length = section.length();
    let (info, start) = description(&mut section, length)?;
    section.seek(SeekFrom::Start(start)).map_err(|error| cannot_read(&error))?;
    let head = read_up_to(&mut section, FRAME_HEADER_BYTES).map_err(|error| cannot_read(&error))?;
    let block = block_frames(&head);
    let frames = frames(&info);
    let mut warnings = Vec::new();
    if frames.is_none() {
        warnings.push(no_length());
    }
    check(&info)?;
    let mut header = MARKER.to_vec();
    header.extend([0x80, 0, 0, STREAM_INFO_BYTES as u8]);
    header.extend(mended(info, block));
    let section = section.from(start).behind(header);
    let stream = MediaSourceStream::new(Box::new(section), MediaSourceStreamOptions::default());
    let reader = FlacReader::try_new(stream, FormatOptions::default())
        .map_err(|error| found(&format!("a FLAC that cannot be read ({error})")))?;
    Ok(Box::new(Demuxed::new(Box::new(reader), frames)?.warned(warnings)))
}

/// The stream's description, and where its first frame begins.
fn description(
    section: &mut Section,
    length: u64,
) -> Result<([u8; STREAM_INFO_BYTES], u64), String> {
    let mut place = MARKER.len() as u64;
    let mut info = None;
    for _ in 0..MOST_BLOCKS {
        section.seek(SeekFrom::Start(place)).map_err(|error| cannot_read(&error))?;
        let header = read_up_to(section, 4).map_err(|error| cannot_read(&error))?;
        let [kind, ref size @ ..] = header[..] else { break };
        let size = size.iter().fold(0u64, |size, byte| size << 8 | u64::from(*byte));
        if kind << 1 == 0 && info.is_none() {
            let body =
                read_up_to(section, STREAM_INFO_BYTES).map_err(|error| cannot_read(&error))?;
            info = body.try_into().ok();
        }
        place += 4 + size;
        if kind & 0x80 != 0 {
            break;
        }
    }
    if place >= length {
        return Err(
            "expected audio, found a FLAC that ends before it: the file is truncated".to_owned()
        );
    }
    let info = info.ok_or_else(|| found("a FLAC without its description (STREAMINFO)"))?;
    Ok((info, place))
}

/// Bits of a sample.
pub(super) fn bits(info: &[u8; STREAM_INFO_BYTES]) -> u8 {
    ((info[12] & 1) << 4 | info[13] >> 4) + 1
}

/// Rate and channels.
pub(super) fn format(info: &[u8; STREAM_INFO_BYTES]) -> Format {
    let rate = u32::from_be_bytes([0, info[10], info[11], info[12]]) >> 4;
    Format { sample_rate_hz: rate, channels: usize::from(info[12] >> 1 & 7) + 1 }
}

/// Frames of the whole; `None` where whoever wrote it did not know.
pub(super) fn frames(info: &[u8; STREAM_INFO_BYTES]) -> Option<u64> {
    let low = u32::from_be_bytes([info[14], info[15], info[16], info[17]]);
    let frames = u64::from(info[13] & 15) << 32 | u64::from(low);
    (frames > 0).then_some(frames)
}

/// Refuses what would be decoded wrongly.
pub(super) fn check(info: &[u8; STREAM_INFO_BYTES]) -> Result<(), String> {
    let bits = bits(info);
    if bits > MOST_BITS {
        return Err(found(&format!(
            "{bits}-bit FLAC, which is read up to {MOST_BITS} bits; a WAV of it can be read"
        )));
    }
    Ok(())
}

/// Frames of the block whose header this is, in a stream whose blocks are all alike but the
/// last (RFC 9639, 9.1.1 to 9.1.6); `None` in any other.
fn block_frames(head: &[u8]) -> Option<u16> {
    let [0xFF, 0xF8, sizes, _, number, ..] = *head else { return None };
    // The number of the frame takes as many bytes as its first one has bits set.
    let behind = 4 + number.leading_ones().max(1) as usize;
    match sizes >> 4 {
        1 => Some(192),
        code @ 2..=5 => Some(576 << (code - 2)),
        6 => Some(u16::from(*head.get(behind)?) + 1),
        7 => {
            Some(u16::from_be_bytes([*head.get(behind)?, *head.get(behind + 1)?]).saturating_add(1))
        }
        code @ 8..=15 => Some(256 << (code - 8)),
        _ => None,
    }
}

/// The description with lengths of blocks and frames that keep nothing from being read:
/// some writers leave them at 0, or count the last block, too. `block` is the length of
/// the first block where all are alike.
pub(super) fn mended(
    mut info: [u8; STREAM_INFO_BYTES],
    block: Option<u16>,
) -> [u8; STREAM_INFO_BYTES] {
    let [shortest, longest] = [[info[0], info[1]], [info[2], info[3]]].map(u16::from_be_bytes);
    // Blocks that are alike are known by both lengths being the same.
    let (shortest, longest) = match block {
        Some(block) => (block.max(LEAST_BLOCK_FRAMES), block.max(LEAST_BLOCK_FRAMES)),
        None if longest <= LEAST_BLOCK_FRAMES => (LEAST_BLOCK_FRAMES, u16::MAX),
        None if (LEAST_BLOCK_FRAMES..longest).contains(&shortest) => (shortest, longest),
        None => (LEAST_BLOCK_FRAMES, longest),
    };
    info[..2].copy_from_slice(&shortest.to_be_bytes());
    info[2..4].copy_from_slice(&longest.to_be_bytes());
    info[4..10].fill(0);
    info
}
