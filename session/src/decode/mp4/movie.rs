//! The boxes of a file, one after another.

use std::io::{BufReader, Seek};

use super::super::demuxed::ALL;
use super::super::section::{Section, read_up_to};
use super::super::words::{cannot_read, found};
use super::fields::{clock, u32_at, u64_at};
use super::fragments::Fragments;
use super::track::Track;

/// Boxes looked at before it is given up.
const MOST_BOXES: usize = 1 << 20;
/// The most that is read of a box.
const MOST_BOX_BYTES: usize = 1 << 22;
/// Boxes that hold what is looked for.
const CONTAINERS: [&[u8; 4]; 10] =
    [b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"udta", b"meta", b"ilst", b"----"];
/// Boxes that are long and hold nothing of it.
const SKIPPED: [&[u8; 4]; 4] = [b"mdat", b"free", b"skip", b"wide"];

/// What the boxes say.
#[derive(Debug, Default)]
pub(super) struct Movie {
    /// Units of a second in the edit lists.
    pub(super) timescale: u32,
    pub(super) tracks: Vec<Track>,
    pub(super) is_indexed: bool,
    /// Priming, padding and frames, as iTunes writes them down.
    pub(super) itunes: Option<[u64; 3]>,
    /// Bytes that the last box lacks.
    pub(super) missing_bytes: u64,
    /// What its fragments say.
    pub(super) fragments: Fragments,
}

impl Movie {
    /// A length of the movie in units of a track.
    pub(super) fn units_of(&self, track: &Track, length: u64) -> u64 {
        let scaled = u128::from(length) * u128::from(track.timescale.max(1));
        u64::try_from(scaled / u128::from(self.timescale.max(1))).unwrap_or(ALL)
    }
}

/// Reads all boxes; those that hold others are entered, so all come one after another.
pub(super) fn read_movie(file: &mut BufReader<Section>) -> Result<Movie, String> {
    let length = file.get_ref().length();
    let mut movie = Movie::default();
    let mut remark = Vec::new();
    let mut place = 0;
    for count in 0.. {
        if count == MOST_BOXES {
            return Err(found("an M4A of more boxes than any has"));
        }
        let head = read_at(file, place, 16)?;
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
        if SKIPPED.iter().any(|skipped| skipped[..] == *kind) {
            place = end;
            continue;
        }
        let body = (bytes - header).min(MOST_BOX_BYTES as u64) as usize;
        let body = read_at(file, place + header, body)?;
        match kind {
            b"mvhd" => movie.timescale = clock(&body).unwrap_or(0),
            b"mvex" => movie.fragments.expect(&body),
            b"moof" => movie.fragments.take(place, &body),
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

/// So many bytes at a place, fewer at the end; what is in the buffer is not read anew.
fn read_at(file: &mut BufReader<Section>, place: u64, bytes: usize) -> Result<Vec<u8>, String> {
    let mut read = || {
        let distance = place as i64 - file.stream_position()? as i64;
        file.seek_relative(distance)?;
        read_up_to(file, bytes)
    };
    read().map_err(|error| cannot_read(&error))
}

/// Priming, padding and frames, in hexadecimal digits behind a zero.
fn gaps(body: &[u8]) -> Option<[u64; 3]> {
    let text = std::str::from_utf8(body.get(8..)?).ok()?;
    let mut numbers = text.split_ascii_whitespace().skip(1);
    let mut next = || u64::from_str_radix(numbers.next()?, 16).ok();
    let gaps = [next()?, next()?, next()?];
    (gaps[2] > 0).then_some(gaps)
}
