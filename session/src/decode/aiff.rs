//! AIFF and AIFF-C (Apple, "Audio Interchange File Format", 1989 and 1991).

use std::io::{BufReader, Seek, SeekFrom};

use super::pcm::{Encoding, Layout, PcmSource, Stretch, is_placeholder};
use super::section::{Section, read_up_to};
use super::source::{Format, Source};
use super::words::{cannot_read, found};

/// Chunks looked at before it is given up.
const MOST_CHUNKS: usize = 100_000;

/// What the common chunk says.
#[derive(Clone, Copy)]
struct Common {
    format: Format,
    frames: u32,
    encoding: Encoding,
    is_big_endian: bool,
}

/// Opens an AIFF.
pub(super) fn open(section: Section) -> Result<Box<dyn Source>, String> {
    let length = section.length();
    let mut file = BufReader::new(section);
    let head = read_up_to(&mut file, 12).map_err(|error| cannot_read(&error))?;
    if head.len() < 12 {
        return Err(found("the beginning of an AIFF and nothing more"));
    }
    match &head[8..12] {
        b"AIFF" | b"AIFC" => {}
        b"8SVX" => return Err(found("8SVX (Amiga)")),
        _ => return Err(found("IFF of another kind")),
    }
    let is_compressible = &head[8..12] == b"AIFC";
    let (mut common, mut samples) = (None, None);
    let mut place = 12;
    for _ in 0..MOST_CHUNKS {
        file.seek(SeekFrom::Start(place)).map_err(|error| cannot_read(&error))?;
        let header = read_up_to(&mut file, 16).map_err(|error| cannot_read(&error))?;
        if header.len() < 8 {
            break;
        }
        let size = u32_at(&header, 4).unwrap_or(0);
        match &header[..4] {
            b"COMM" => {
                file.seek(SeekFrom::Start(place + 8)).map_err(|error| cannot_read(&error))?;
                let body = read_up_to(&mut file, 64.min(size as usize))
                    .map_err(|error| cannot_read(&error))?;
                common = Some(common_chunk(&body, is_compressible)?);
            }
            b"SSND" if samples.is_none() => {
                let offset = u64::from(u32_at(&header, 8).unwrap_or(0));
                samples = Some((place + 16 + offset, size, 8 + offset));
            }
            _ => {}
        }
        let end = place + 8 + u64::from(size) + u64::from(size % 2);
        if end >= length && samples.is_some() {
            break;
        }
        place = end;
    }
    let Some(common) = common else {
        return Err(if length < place {
            "expected an AIFF with its format, found none (no COMM chunk): the file is truncated or damaged".to_owned()
        } else {
            "expected an AIFF with its format, found none (no COMM chunk)".to_owned()
        });
    };
    let Some((start, size, before)) = samples else {
        return Err(if length < place || common.frames > 0 {
            "expected audio, found none in it (no SSND chunk): the file is truncated or damaged"
                .to_owned()
        } else {
            "expected audio, found none in it (zero length)".to_owned()
        });
    };
    let layout = layout(common, start, size, before, length);
    Ok(Box::new(PcmSource::new(file, layout)?))
}

/// Where the samples lie; both the count of frames and the size of their chunk say how many
/// there are, and either may never have been filled in.
fn layout(common: Common, start: u64, size: u32, before: u64, length: u64) -> Layout {
    let frame_bytes = (common.format.channels * common.encoding.bytes()) as u64;
    let counted_bytes = u64::from(common.frames) * frame_bytes;
    let chunk_bytes = u64::from(size).saturating_sub(before);
    let left = length.saturating_sub(start);
    let is_counted = !is_placeholder(common.frames) && counted_bytes <= left;
    let is_sized = !is_placeholder(size) && chunk_bytes > 0;
    let is_open_ended = !is_counted && !is_sized && counted_bytes != left && left > 0;
    let promised_bytes = match (is_counted, is_sized) {
        _ if is_open_ended => left,
        // The rest of the chunk is no audio.
        (true, true) => counted_bytes.min(chunk_bytes),
        (true, false) => counted_bytes,
        (false, _) => chunk_bytes.max(counted_bytes),
    };
    let mut warnings = Vec::new();
    if is_counted && is_sized && counted_bytes < chunk_bytes && chunk_bytes <= left {
        let frames = (chunk_bytes - counted_bytes) / frame_bytes.max(1);
        if frames > 0 {
            warnings.push(format!(
                "its header counts {frames} frames fewer than lie in it: they were left out"
            ));
        }
    }
    Layout {
        format: common.format,
        encoding: common.encoding,
        is_big_endian: common.is_big_endian,
        stretches: vec![Stretch { start, promised_bytes, found_bytes: promised_bytes.min(left) }],
        is_open_ended,
        warnings,
    }
}

fn common_chunk(body: &[u8], is_compressible: bool) -> Result<Common, String> {
    let short = || "expected an AIFF with its format, found that it is truncated".to_owned();
    let channels = u16_at(body, 0).ok_or_else(short)?;
    let frames = u32_at(body, 2).ok_or_else(short)?;
    let bits = u16_at(body, 6).ok_or_else(short)?;
    let rate_hz = extended(body.get(8..18).ok_or_else(short)?);
    let compression = body.get(18..22).filter(|_| is_compressible).unwrap_or(b"NONE");
    let bytes = usize::from(bits.div_ceil(8)).max(1);
    let mut is_big_endian = true;
    let encoding = match compression {
        b"NONE" | b"twos" if bytes <= 4 => Encoding::Signed(bytes),
        b"in24" => Encoding::Signed(3),
        b"in32" => Encoding::Signed(4),
        b"sowt" if bytes <= 4 => {
            is_big_endian = false;
            Encoding::Signed(bytes)
        }
        b"raw " => Encoding::Unsigned8,
        b"fl32" | b"FL32" => Encoding::Float32,
        b"fl64" | b"FL64" => Encoding::Float64,
        b"alaw" | b"ALAW" => Encoding::ALaw,
        b"ulaw" | b"ULAW" => Encoding::MuLaw,
        b"ima4" => return Err(found("ADPCM (IMA) in AIFF-C")),
        b"NONE" | b"twos" | b"sowt" => return Err(found(&format!("{bits}-bit integers in AIFF"))),
        other => {
            let name: String =
                other.iter().map(|byte| char::from(*byte).escape_default().to_string()).collect();
            return Err(found(&format!("an encoding that cannot be read ({name}) in AIFF-C")));
        }
    };
    let format = Format { sample_rate_hz: rate_hz, channels: usize::from(channels) };
    Ok(Common { format, frames, encoding, is_big_endian })
}

/// An 80-bit floating-point number (IEEE 754 extended) as a rate: sign and exponent,
/// then 64 bits of which the first is the one before the point.
fn extended(bytes: &[u8]) -> u32 {
    let exponent = i32::from(u16_at(bytes, 0).unwrap_or(0) & 0x7FFF) - 16_383;
    let mantissa =
        u64::from(u32_at(bytes, 2).unwrap_or(0)) << 32 | u64::from(u32_at(bytes, 6).unwrap_or(0));
    let value = mantissa as f64 * 2f64.powi(exponent.clamp(-1000, 1000) - 63);
    // What is no rate is none.
    value.round() as u32
}

fn u16_at(bytes: &[u8], place: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(place..place + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], place: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(place..place + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_numbers_of_80_bits() {
        assert_eq!(extended(&[0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0]), 44_100);
        assert_eq!(extended(&[0x40, 0x10, 0xBB, 0x80, 0, 0, 0, 0, 0, 0]), 192_000);
        assert_eq!(extended(&[0; 10]), 0);
        assert_eq!(extended(&[0x7F, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0]), u32::MAX);
    }
}
