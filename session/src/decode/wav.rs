//! WAV: RIFF, RIFX (its big-endian sister), RF64 and BW64 (EBU Tech 3306, ITU-R BS.2088).
//!
//! Recorders that stop, pipes and editors write sizes that are not true. What counts is
//! where the samples lie: the size of the whole is not asked, that of the samples is
//! believed as long as it can be.

use std::collections::HashMap;
use std::io::{BufReader, Seek, SeekFrom};

use super::pcm::{Encoding, Layout, PcmSource, Stretch, is_placeholder};
use super::section::{Section, read_up_to};
use super::source::{Format, Source};
use super::words::{cannot_read, counted, found, seconds};

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const A_LAW: u16 = 6;
const MU_LAW: u16 = 7;
const EXTENSIBLE: u16 = 0xFFFE;

/// Chunks looked at before it is given up.
const MOST_CHUNKS: usize = 100_000;
/// A data chunk whose size has overflowed 32 bits leaves at most so much behind it.
const MOST_BEHIND_OVERFLOWN: u64 = 1 << 24;

/// What is behind the samples is spoken of where it would be more audio than this.
const LEAST_BEHIND_S: f64 = 0.1;

/// Codecs in WAV by the tag of their format (RFC 2361 and mmreg.h).
const CODECS: [(u16, &str); 16] = [
    (0x0002, "ADPCM (Microsoft)"),
    (0x0010, "ADPCM (OKI)"),
    (0x0011, "ADPCM (IMA)"),
    (0x0017, "ADPCM (OKI)"),
    (0x0020, "ADPCM (Yamaha)"),
    (0x0031, "GSM 6.10"),
    (0x0040, "ADPCM (G.721)"),
    (0x0050, "MPEG layer II"),
    (0x0055, "MP3"),
    (0x0069, "ADPCM (IMA)"),
    (0x0092, "AC-3"),
    (0x00FF, "AAC"),
    (0x0161, "WMA"),
    (0x0162, "WMA"),
    (0x1610, "AAC"),
    (0xF1AC, "FLAC"),
];

/// How numbers are read in this file.
#[derive(Clone, Copy)]
struct Order {
    is_big_endian: bool,
}

impl Order {
    fn u16(self, bytes: &[u8], place: usize) -> Option<u16> {
        let two = bytes.get(place..place + 2)?.try_into().ok()?;
        Some(if self.is_big_endian { u16::from_be_bytes(two) } else { u16::from_le_bytes(two) })
    }

    fn u32(self, bytes: &[u8], place: usize) -> Option<u32> {
        let four = bytes.get(place..place + 4)?.try_into().ok()?;
        Some(if self.is_big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) })
    }
}

/// What the chunks say.
#[derive(Default)]
struct Chunks {
    format: Option<(Format, Encoding)>,
    stretches: Vec<Stretch>,
    is_open_ended: bool,
    /// The size of the samples as `ds64` has it.
    long_size: Option<u64>,
    /// Bytes behind the samples that are no chunks.
    behind: u64,
    /// Places that were looked at, and whether whole chunks stand from there to the end: each
    /// data chunk asks anew, and there may be many.
    followed: HashMap<u64, bool>,
    warnings: Vec<String>,
}

/// Opens a WAV.
pub(super) fn open(section: Section) -> Result<Box<dyn Source>, String> {
    let length = section.length();
    let mut file = BufReader::new(section);
    let head = read_up_to(&mut file, 12).map_err(|error| cannot_read(&error))?;
    if head.len() < 12 {
        return Err(found("the beginning of a WAV and nothing more"));
    }
    match &head[8..12] {
        b"WAVE" => {}
        b"AVI " => return Err(found("AVI")),
        b"RMID" => return Err(found("MIDI")),
        kind => return Err(found(&format!("RIFF of another kind ({})", printable(kind)))),
    }
    let order = Order { is_big_endian: head.starts_with(b"RIFX") };
    let is_long = head.starts_with(b"RF64") || head.starts_with(b"BW64");
    let mut chunks = Chunks::default();
    read_chunks(&mut file, length, order, is_long, &mut chunks)?;
    let Some((format, encoding)) = chunks.format else {
        return Err("expected a WAV with its format, found none (no \"fmt \" chunk)".to_owned());
    };
    if chunks.stretches.is_empty() {
        return Err("expected audio, found none in it (no \"data\" chunk)".to_owned());
    }
    if chunks.stretches.len() > 1 {
        let count = chunks.stretches.len();
        chunks
            .warnings
            .push(format!("its audio lies in {count} data chunks: all of them were read"));
    }
    let frame_bytes = (format.channels * encoding.bytes()) as u64;
    let behind = chunks.behind / frame_bytes.max(1);
    if seconds(behind, format.sample_rate_hz) > LEAST_BEHIND_S && !chunks.is_open_ended {
        chunks.warnings.push(format!(
            "{} behind its audio are not read: as audio they would be {:.2} s, and its header does not count them",
            counted(chunks.behind, "byte", "bytes"),
            seconds(behind, format.sample_rate_hz)
        ));
    }
    let layout = Layout {
        format,
        encoding,
        is_big_endian: order.is_big_endian,
        stretches: chunks.stretches,
        is_open_ended: chunks.is_open_ended,
        warnings: chunks.warnings,
    };
    Ok(Box::new(PcmSource::new(file, layout)?))
}

fn read_chunks(
    file: &mut BufReader<Section>,
    length: u64,
    order: Order,
    is_long: bool,
    chunks: &mut Chunks,
) -> Result<(), String> {
    let mut place = 12;
    for _ in 0..MOST_CHUNKS {
        let Some(header) = header_at(file, place)? else { break };
        let size = order.u32(&header, 4).unwrap_or(0);
        let (body, left) = (place + 8, length.saturating_sub(place + 8));
        let mut bytes = u64::from(size);
        match &header[..4] {
            b"RIFF" | b"RF64" | b"BW64" if !chunks.stretches.is_empty() => {
                let text = "another WAV stands behind its end, which is not read";
                chunks.warnings.push(text.to_owned());
                chunks.behind = 0;
                break;
            }
            b"ds64" => {
                let body = read_up_to(file, 28).map_err(|error| cannot_read(&error))?;
                chunks.long_size = long_size(&body);
            }
            b"fmt " => {
                let body =
                    read_up_to(file, 64.min(size as usize)).map_err(|error| cannot_read(&error))?;
                // One that comes again says nothing about what lies before it.
                if chunks.format.is_none() {
                    chunks.format = Some(format(&body, order)?);
                }
            }
            b"data" => {
                bytes = data_bytes(file, body, left, size, is_long, order, chunks)?;
                let stretch =
                    Stretch { start: body, promised_bytes: bytes, found_bytes: bytes.min(left) };
                if bytes > 0 || chunks.stretches.is_empty() {
                    chunks.stretches.push(stretch);
                }
            }
            // Behind the samples anything may stand.
            id if !is_id(id) && !chunks.stretches.is_empty() => break,
            _ => {}
        }
        if bytes > left {
            break;
        }
        if &header[..4] == b"data" && !chunks_follow(file, body + bytes, length, order, chunks)? {
            chunks.behind = left - bytes;
        }
        place = next_place(file, body + bytes)?;
    }
    Ok(())
}

/// Samples in the data chunk that begins here, as far as one can tell.
fn data_bytes(
    file: &mut BufReader<Section>,
    body: u64,
    left: u64,
    size: u32,
    is_long: bool,
    order: Order,
    chunks: &mut Chunks,
) -> Result<u64, String> {
    if let (true, u32::MAX | 0, Some(bytes)) = (is_long, size, chunks.long_size)
        && bytes > 0
        && bytes != u64::MAX
    {
        return Ok(bytes);
    }
    let said = u64::from(size);
    let is_real = size == 0 && chunks_follow(file, body, body + left, order, chunks)?;
    if is_placeholder(size) && said != left && (said > left || size == 0) && left > 0 && !is_real {
        chunks.is_open_ended = true;
        return Ok(left);
    }
    // Recorders write on beyond 4 GiB, and the size begins again at 0.
    let overflown = left - (left.wrapping_sub(said) & u64::from(u32::MAX)).min(left);
    if left > u64::from(u32::MAX) && overflown > said && left - overflown < MOST_BEHIND_OVERFLOWN {
        chunks.warnings.push(
            "its header counts no further than 4 GiB: what lies beyond was read, too".to_owned(),
        );
        return Ok(overflown);
    }
    Ok(said)
}

/// Whether whole chunks stand from here to the end, so that an empty one is meant.
fn chunks_follow(
    file: &mut BufReader<Section>,
    from: u64,
    end: u64,
    order: Order,
    chunks: &mut Chunks,
) -> Result<bool, String> {
    let (mut place, mut places) = (from, Vec::new());
    let is_whole = loop {
        if let Some(known) = chunks.followed.get(&place) {
            break *known;
        }
        // A byte of padding may be left.
        if place + 1 >= end {
            break true;
        }
        if chunks.followed.len() + places.len() >= MOST_CHUNKS {
            break false;
        }
        places.push(place);
        let header = header_at(file, place)?.filter(|header| is_id(&header[..4]));
        let Some(header) = header else { break false };
        let size = u64::from(order.u32(&header, 4).unwrap_or(0));
        place += 8 + size + size % 2;
    };
    chunks.followed.extend(places.into_iter().map(|place| (place, is_whole)));
    Ok(is_whole)
}

/// Chunks are padded to whole words; some writers forget to.
fn next_place(file: &mut BufReader<Section>, end: u64) -> Result<u64, String> {
    if end.is_multiple_of(2) {
        return Ok(end);
    }
    let is_chunk = |header: Option<[u8; 8]>| header.is_some_and(|header| is_id(&header[..4]));
    let is_padded = is_chunk(header_at(file, end + 1)?);
    Ok(if !is_padded && is_chunk(header_at(file, end)?) { end } else { end + 1 })
}

fn header_at(file: &mut BufReader<Section>, place: u64) -> Result<Option<[u8; 8]>, String> {
    file.seek(SeekFrom::Start(place)).map_err(|error| cannot_read(&error))?;
    let bytes = read_up_to(file, 8).map_err(|error| cannot_read(&error))?;
    Ok(bytes.try_into().ok())
}

/// Chunks are named with four printable characters.
fn is_id(id: &[u8]) -> bool {
    id.iter().all(|byte| (0x20..0x7F).contains(byte))
}

fn long_size(ds64: &[u8]) -> Option<u64> {
    Some(u64::from_le_bytes(ds64.get(8..16)?.try_into().ok()?))
}

fn printable(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| if is_id(&[*byte]) { char::from(*byte) } else { '?' }).collect()
}

fn format(body: &[u8], order: Order) -> Result<(Format, Encoding), String> {
    let short = || "expected a WAV with its format, found that it is cut short".to_owned();
    let u16_at = |place: usize| order.u16(body, place).ok_or_else(short);
    let mut tag = u16_at(0)?;
    let channels = usize::from(u16_at(2)?);
    let sample_rate_hz = order.u32(body, 4).ok_or_else(short)?;
    let block_bytes = usize::from(u16_at(12)?);
    let bits = usize::from(u16_at(14)?);
    if tag == EXTENSIBLE {
        // The first two bytes of the sub-format are the tag that is meant.
        tag = u16_at(24)?;
    }
    if channels == 0 {
        return Err("expected 1 or 2 channels, found 0".to_owned());
    }
    let in_wav = |what: &str| Err(found(&format!("{what} in WAV")));
    let encoding = match tag {
        PCM => {
            // A block that holds whole samples says how long one is; the bits may be fewer.
            let least = bits.div_ceil(8).max(1);
            let bytes = block_bytes / channels;
            let is_whole = block_bytes % channels == 0 && (least..=4).contains(&bytes);
            match if is_whole { bytes } else { least } {
                1 => Encoding::Unsigned8,
                bytes @ 2..=4 => Encoding::Signed(bytes),
                _ => return in_wav(&format!("{bits}-bit integers")),
            }
        }
        FLOAT if bits == 32 => Encoding::Float32,
        FLOAT if bits == 64 => Encoding::Float64,
        FLOAT => return in_wav(&format!("{bits}-bit floating point")),
        A_LAW => Encoding::ALaw,
        MU_LAW => Encoding::MuLaw,
        other => {
            let known = CODECS.iter().find(|(tag, _)| *tag == other);
            return match known {
                Some((_, name)) => in_wav(name),
                None => in_wav(&format!("an unknown encoding (0x{other:04x})")),
            };
        }
    };
    Ok((Format { sample_rate_hz, channels }, encoding))
}
