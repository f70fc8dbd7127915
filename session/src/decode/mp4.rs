//! M4A, MP4 and `QuickTime` (ISO/IEC 14496-12 and -14). Symphonia takes the audio out; what
//! of it is heard, and what it is called when it cannot be read, is found out here.
//!
//! Encoders need a run-up and whole packets, so what lies in the file begins before the
//! music and ends behind it. The edit list says what is music; where there is none,
//! iTunes' own remark does.

use std::io::{BufReader, Seek, SeekFrom};

use symphonia::core::formats::FormatOptions;
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::default::formats::IsoMp4Reader;

use super::aac::{RATES_HZ, half_band, surround};
use super::demuxed::{ALL, Demuxed, Edit};
use super::section::{Section, read_up_to};
use super::source::Source;
use super::words::{cannot_read, counted, found, seconds};
use crate::audio::HIGHEST_RATE_HZ;

/// Boxes looked at before it is given up.
const MOST_BOXES: usize = 10_000;
/// The most that is read of a box.
const MOST_BOX_BYTES: usize = 1 << 22;
/// Silence that an edit list may ask for, seconds: it costs a few bytes there.
const MOST_SILENCE_S: u64 = 300;
/// Boxes that hold what is looked for.
const CONTAINERS: [&[u8; 4]; 12] = [
    b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"udta", b"meta", b"ilst", b"----",
    b"moof", b"traf",
];

/// What the boxes say.
#[derive(Debug, Default)]
struct Movie {
    /// Units of a second in the edit lists.
    timescale: u32,
    tracks: Vec<Track>,
    is_indexed: bool,
    /// Priming, padding and frames, as iTunes writes them down.
    itunes: Option<[u64; 3]>,
    /// Bytes that the last box lacks.
    missing_bytes: u64,
    /// Packets that its fragments count.
    fragment_packets: u64,
}

#[derive(Debug, Default)]
struct Track {
    is_sound: bool,
    timescale: u32,
    /// The four letters of its encoding.
    encoding: [u8; 4],
    /// AAC's own description.
    config: Vec<u8>,
    /// Length in the movie's timescale and start in the track's; -1 is silence.
    edits: Vec<(u64, i64)>,
    /// Units of all its packets.
    units: u64,
    /// Whether its audio lies in the file in the order in which it is heard.
    is_out_of_order: bool,
}

/// Opens an MP4.
pub(super) fn open(section: Section) -> Result<Box<dyn Source>, String> {
    let length = section.length();
    let mut file = BufReader::new(section);
    let movie = read_movie(&mut file)?;
    if movie.missing_bytes > 0 {
        return Err(format!(
            "expected a whole M4A, found {} missing at its end: the file is truncated",
            counted(movie.missing_bytes, "byte", "bytes")
        ));
    }
    if movie.fragment_packets > length {
        return Err(
            "expected intact audio, found fragments of more packets than it has bytes".to_owned()
        );
    }
    if !movie.is_indexed {
        return Err("expected an M4A with its index, found none (no moov box): the file is truncated or was never finished".to_owned());
    }
    let track = movie.tracks.iter().find(|track| track.is_sound);
    let track = track.ok_or_else(|| found("a film without sound"))?;
    refuse(track)?;
    if track.is_out_of_order {
        // Symphonia goes on behind the last chunk instead of going back.
        return Err(found("an M4A whose audio does not lie in its order"));
    }
    let (edits, mut warnings) = edits(&movie, track)?;
    let sounds = movie.tracks.iter().filter(|track| track.is_sound).count();
    if sounds > 1 {
        warnings.push(format!("it holds {sounds} tracks of sound: the first was read"));
    }
    if &track.encoding == b"mp4a" && !track.config.is_empty() {
        warnings.extend(half_band(aac_rate(&track.config).unwrap_or(track.timescale)));
    }
    let mut section = file.into_inner();
    section.seek(SeekFrom::Start(0)).map_err(|error| cannot_read(&error))?;
    let stream = MediaSourceStream::new(Box::new(section), MediaSourceStreamOptions::default());
    let reader = IsoMp4Reader::try_new(stream, FormatOptions::default())
        .map_err(|error| found(&format!("an M4A that cannot be read ({error})")))?;
    let source = Demuxed::new(Box::new(reader), None)?.counted_in(track.timescale).warned(warnings);
    // What iTunes remarks counts frames, a list the track's own units.
    Ok(Box::new(if track.edits.is_empty() {
        source.edited(edits)
    } else {
        source.edited_in_units(edits)
    }))
}

/// Names what cannot be read.
fn refuse(track: &Track) -> Result<(), String> {
    let in_mp4 = |name: &str| Err(found(&format!("{name} in MP4")));
    match &track.encoding {
        b"mp4a" => {
            let Some((object, configuration)) = aac_kind(&track.config) else { return Ok(()) };
            match object {
                5 | 29 => Err(found("HE-AAC; of AAC only LC is read")),
                2 if has_bandwidth_extension(&track.config) => {
                    Err(found("HE-AAC; of AAC only LC is read"))
                }
                2 => match surround(configuration) {
                    Some(name) => Err(found(&format!("{name} AAC, expected 1 or 2 channels"))),
                    None => Ok(()),
                },
                34 => Ok(()),
                42 => in_mp4("xHE-AAC (USAC)"),
                36 => in_mp4("MPEG-4 ALS"),
                other => Err(found(&format!("AAC of another profile than LC ({other})"))),
            }
        }
        b"ac-3" => in_mp4("AC-3"),
        b"ec-3" => in_mp4("E-AC-3"),
        b"ac-4" => in_mp4("AC-4"),
        b"Opus" => in_mp4("Opus"),
        b"samr" | b"sawb" => in_mp4("AMR"),
        b"ima4" => in_mp4("ADPCM (IMA)"),
        b"dtsc" | b"dtsh" | b"dtsl" => in_mp4("DTS"),
        _ => Ok(()),
    }
}

/// AAC's kind of object and arrangement of channels (ISO/IEC 14496-3, 1.6.2.1).
fn aac_kind(config: &[u8]) -> Option<(u8, u8)> {
    let bits = config.iter().take(8).fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
    let count = 8 * config.len().min(8);
    let mut place = 0;
    let mut take = |width: usize| {
        place += width;
        (place <= count).then(|| (bits >> (count - place) & ((1 << width) - 1)) as u8)
    };
    let mut object = take(5)?;
    if object == 31 {
        object = 32 + take(6)?;
    }
    if take(4)? == 15 {
        take(8)?;
        take(8)?;
        take(8)?;
    }
    Some((object, take(4)?))
}

/// AAC's own rate, where it has a number.
fn aac_rate(config: &[u8]) -> Option<u32> {
    let [first, second, ..] = *config else { return None };
    RATES_HZ.get(usize::from((first & 7) << 1 | second >> 7)).copied()
}

/// Whether AAC-LC says behind its own description that its upper half is coded another way.
fn has_bandwidth_extension(config: &[u8]) -> bool {
    matches!(config, [_, _, 0x56, 0xE5, flags, ..] if flags & 0x80 != 0)
}

/// What of the decoded audio is heard.
fn edits(movie: &Movie, track: &Track) -> Result<(Vec<Edit>, Vec<String>), String> {
    let in_units = |length: u64| {
        let scaled = u128::from(length) * u128::from(track.timescale.max(1));
        u64::try_from(scaled / u128::from(movie.timescale.max(1))).unwrap_or(ALL)
    };
    // Segments are as long as the movie's coarser clock says.
    let tick = in_units(1) + 1;
    let exact = |length: u64, rest: u64| {
        let known = movie.itunes.map(|[_, _, frames]| frames).into_iter().chain([rest]);
        known.into_iter().find(|frames| frames.abs_diff(length) <= tick).unwrap_or(length)
    };
    let mut edits = Vec::new();
    let (mut place, mut silence) = (0_u64, 0_u64);
    for (length, start) in &track.edits {
        let Ok(start) = u64::try_from(*start) else {
            silence = silence.saturating_add(in_units(*length));
            edits.push(Edit::Silence(in_units(*length)));
            continue;
        };
        if start < place {
            let text = "its edit list goes back in time, which is not followed: elsewhere it may play otherwise";
            return Ok((Vec::new(), vec![text.to_owned()]));
        }
        let rest = track.units.saturating_sub(start);
        let length = match in_units(*length) {
            0 if rest == 0 => ALL,
            0 => rest,
            length => exact(length, rest),
        };
        place = start.saturating_add(length);
        edits.push(Edit::Frames(start, length));
    }
    if let (true, Some([priming, _, frames])) = (track.edits.is_empty(), movie.itunes) {
        edits.push(Edit::Frames(priming, frames));
    }
    if silence > MOST_SILENCE_S * u64::from(track.timescale.clamp(1, HIGHEST_RATE_HZ)) {
        let found_s = seconds(silence, track.timescale);
        return Err(format!(
            "expected music, found {found_s:.0} s of silence that its edit list puts between"
        ));
    }
    Ok((edits, Vec::new()))
}

/// Reads all boxes; those that hold others are entered, so all come one after another.
fn read_movie(file: &mut BufReader<Section>) -> Result<Movie, String> {
    let length = file.get_ref().length();
    let mut movie = Movie::default();
    let mut remark = Vec::new();
    let mut place = 0;
    for _ in 0..MOST_BOXES {
        file.seek(SeekFrom::Start(place)).map_err(|error| cannot_read(&error))?;
        let head = read_up_to(file, 16).map_err(|error| cannot_read(&error))?;
        let Some(size) = u32_at(&head, 0) else { break };
        let Some(kind) = head.get(4..8) else { break };
        let (header, bytes) = match size {
            // The last one reaches to the end of the file.
            0 => (8, length - place),
            1 => (16, u64_at(&head, 8).unwrap_or(0)),
            size => (8, u64::from(size)),
        };
        let Some(end) = place.checked_add(bytes).filter(|_| bytes >= header) else { break };
        movie.missing_bytes = movie.missing_bytes.max(end.saturating_sub(length));
        if CONTAINERS.iter().any(|container| container[..] == *kind) {
            match kind {
                b"moov" => movie.is_indexed = true,
                b"trak" => movie.tracks.push(Track::default()),
                _ => {}
            }
            // Version and flags stand before what this one holds, but in QuickTime.
            let is_full = kind == b"meta" && head.get(12..16) != Some(b"hdlr");
            place += header + if is_full { 4 } else { 0 };
            continue;
        }
        let body = (bytes - header).min(MOST_BOX_BYTES as u64) as usize;
        file.seek(SeekFrom::Start(place + header)).map_err(|error| cannot_read(&error))?;
        let body = read_up_to(file, body).map_err(|error| cannot_read(&error))?;
        match kind {
            b"mvhd" => movie.timescale = clock(&body).unwrap_or(0),
            // Some are counted whose size and length are said for all at once.
            b"trun" => {
                let packets = u64::from(u32_at(&body, 4).unwrap_or(0));
                movie.fragment_packets = movie.fragment_packets.saturating_add(packets);
            }
            b"name" => remark = body.get(4..).unwrap_or_default().to_vec(),
            b"data" if remark == b"iTunSMPB" => movie.itunes = gaps(&body),
            _ => {
                if let Some(track) = movie.tracks.last_mut() {
                    track.take(kind, &body);
                }
            }
        }
        place = end;
    }
    Ok(movie)
}

impl Track {
    fn take(&mut self, kind: &[u8], body: &[u8]) {
        match kind {
            // A track has one of media and may have one of data.
            b"hdlr" => self.is_sound |= body.get(8..12) == Some(b"soun"),
            b"mdhd" => self.timescale = clock(body).unwrap_or(0),
            b"stsd" => self.describe(body),
            b"stts" => self.units = units(body),
            b"stco" => self.is_out_of_order = !is_ascending(body, 4),
            b"co64" => self.is_out_of_order = !is_ascending(body, 8),
            b"elst" => self.edits = edit_list(body),
            _ => {}
        }
    }

    /// The first entry: sizes, its name, 16 bytes and the channels.
    fn describe(&mut self, body: &[u8]) {
        let Some(entry) = body.get(8..) else { return };
        self.encoding = entry.get(4..8).and_then(|four| four.try_into().ok()).unwrap_or_default();
        self.config = entry
            .windows(4)
            .position(|four| four == b"esds")
            .and_then(|place| audio_config(entry.get(place + 8..)?))
            .unwrap_or_default();
    }
}

/// AAC's own description in an `esds`: descriptors 3, 4 and 5 lie within each other
/// (ISO/IEC 14496-1, 7.2.6).
fn audio_config(mut body: &[u8]) -> Option<Vec<u8>> {
    for (tag, fixed) in [(3, 3), (4, 13), (5, 0)] {
        let (first, rest) = body.split_first()?;
        if *first != tag {
            return None;
        }
        body = rest;
        let mut length = 0usize;
        for _ in 0..4 {
            let (byte, rest) = body.split_first()?;
            body = rest;
            length = length << 7 | usize::from(byte & 0x7F);
            if byte & 0x80 == 0 {
                break;
            }
        }
        // Other objects than AAC have no such description.
        if tag == 4 && !matches!(body.first()?, 0x40 | 0x66..=0x68) {
            return None;
        }
        if tag == 5 {
            return body.get(..length).map(<[u8]>::to_vec);
        }
        body = body.get(fixed..)?;
    }
    None
}

/// Units per second in `mvhd` and `mdhd`.
fn clock(body: &[u8]) -> Option<u32> {
    u32_at(body, if *body.first()? == 1 { 20 } else { 12 })
}

/// All packets' units together.
fn units(body: &[u8]) -> u64 {
    let count = u32_at(body, 4).unwrap_or(0) as usize;
    let entry = |n: usize| {
        let (packets, each) = (u32_at(body, 8 + 8 * n)?, u32_at(body, 12 + 8 * n)?);
        Some(u64::from(packets) * u64::from(each))
    };
    // One that is longer than what was read of it is not added up.
    let most = body.len() / 8;
    if count > most { 0 } else { (0..count).map_while(entry).fold(0, u64::saturating_add) }
}

/// Whether the places of chunks, numbers of so many bytes, only grow.
fn is_ascending(body: &[u8], width: usize) -> bool {
    let count = u32_at(body, 4).unwrap_or(0) as usize;
    let places = body.get(8..).unwrap_or_default().chunks_exact(width).take(count);
    places.clone().zip(places.skip(1)).all(|(place, next)| place <= next)
}

fn edit_list(body: &[u8]) -> Vec<(u64, i64)> {
    let count = u32_at(body, 4).unwrap_or(0) as usize;
    let is_long = body.first() == Some(&1);
    let entry = |n: usize| {
        if is_long {
            Some((u64_at(body, 8 + 20 * n)?, u64_at(body, 16 + 20 * n)? as i64))
        } else {
            let (length, start) = (u32_at(body, 8 + 12 * n)?, u32_at(body, 12 + 12 * n)?);
            Some((u64::from(length), i64::from(start as i32)))
        }
    };
    (0..count.min(body.len() / 12)).map_while(entry).collect()
}

/// Priming, padding and frames, in hexadecimal digits behind a zero.
fn gaps(body: &[u8]) -> Option<[u64; 3]> {
    let text = std::str::from_utf8(body.get(8..)?).ok()?;
    let mut numbers = text.split_ascii_whitespace().skip(1);
    let mut next = || u64::from_str_radix(numbers.next()?, 16).ok();
    let gaps = [next()?, next()?, next()?];
    (gaps[2] > 0).then_some(gaps)
}

fn u32_at(bytes: &[u8], place: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(place..place + 4)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], place: usize) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.get(place..place + 8)?.try_into().ok()?))
}
