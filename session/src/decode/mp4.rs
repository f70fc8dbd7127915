//! M4A, MP4 and `QuickTime` (ISO/IEC 14496-12 and -14). Symphonia takes the audio out; what
//! of it is heard, and what it is called when it cannot be read, is found out here.
//!
//! Encoders need a run-up and whole packets, so what lies in the file begins before the
//! music and ends behind it. The edit list says what is music; where there is none,
//! iTunes' own remark does.

mod edits;
mod encoding;
mod fields;
mod fragments;
mod movie;
mod track;

use std::io::{BufReader, Seek, SeekFrom};

use symphonia::core::formats::FormatOptions;
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::default::formats::IsoMp4Reader;

use self::edits::{across, edits, is_too_long};
use self::encoding::{aac_rate, refuse};
use self::fragments::Parts;
use self::movie::{Movie, read_movie};
use self::track::Track;
use super::aac::half_band;
use super::demuxed::Demuxed;
use super::section::Section;
use super::source::Source;
use super::words::{Lost, cannot_read, check_lossy_length, counted, found, seconds, truncated};

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
    if movie.fragments.packets > length {
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
    if track.is_of_several {
        return Err(
            "expected one format throughout, found audio described in several ways".to_owned()
        );
    }
    let (edits, mut warnings) = edits(&movie, track)?;
    let parts = movie.fragments.of(track.id, track.units);
    warnings.extend(check_parts(&movie, track, &parts)?);
    let edits = across(edits, &parts.gaps);
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

/// What the fragments lack, if anything: an error where it is too much, or audio is lossless.
fn check_parts(movie: &Movie, track: &Track, parts: &Parts) -> Result<Option<String>, String> {
    if let Some(refusal) = parts.refusal {
        return Err(found(refusal));
    }
    let rate_hz = track.timescale;
    let mut lost = Lost::default();
    let mut missing = 0_u64;
    for gap in &parts.gaps {
        lost.count(gap.at.saturating_add(missing), gap.units);
        missing = missing.saturating_add(gap.units);
    }
    let is_lossy = matches!(&track.encoding, b"mp4a" | b".mp3");
    if missing > 0 && (!is_lossy || is_too_long(missing, track)) {
        let missing_s = seconds(missing, rate_hz);
        let place = lost.first_place(rate_hz);
        return Err(format!(
            "expected all fragments of it, found {missing_s:.2} s missing, the first at {place}: the file is damaged"
        ));
    }
    let warning = lost.warning("fragments are missing", rate_hz);
    // The length that is said is that of the longest track.
    let Some(promised) = movie.fragments.length.filter(|_| movie.tracks.len() == 1) else {
        return Ok(warning);
    };
    let (tick, promised) = (movie.units_of(track, 1) + 1, movie.units_of(track, promised));
    let given = parts.units.saturating_add(missing).saturating_add(tick);
    if !is_lossy && given < promised {
        return Err(truncated(promised, given, rate_hz));
    }
    Ok(warning.or(check_lossy_length(promised, given, rate_hz)?))
}
