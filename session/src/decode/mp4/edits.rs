//! What of the decoded audio is heard.

use super::super::demuxed::{ALL, Edit};
use super::super::words::seconds;
use super::fragments::Gap;
use super::movie::Movie;
use super::track::Track;
use crate::audio::HIGHEST_RATE_HZ;

/// Silence that a file may ask for without audio, seconds: it costs a few bytes there.
const MOST_SILENCE_S: u64 = 300;

/// The same passages of a track that lacks some: what lacks is silent.
pub(super) fn across(edits: Vec<Edit>, gaps: &[Gap]) -> Vec<Edit> {
    if gaps.is_empty() {
        return edits;
    }
    let edits = if edits.is_empty() { vec![Edit::Frames(0, ALL)] } else { edits };
    edits.into_iter().flat_map(|edit| split(edit, gaps)).collect()
}

/// A passage, which counts what lacks, cut at it.
fn split(edit: Edit, gaps: &[Gap]) -> Vec<Edit> {
    let Edit::Frames(start, length) = edit else { return vec![edit] };
    let end = start.saturating_add(length).min(ALL);
    let mut parts = Vec::new();
    let mut lacking = 0;
    let mut from = start;
    for gap in gaps {
        let (first, last) = (
            gap.at.saturating_add(lacking),
            gap.at.saturating_add(lacking).saturating_add(gap.units),
        );
        if from < first.min(end) {
            parts.push(Edit::Frames(from - lacking, first.min(end) - from));
        }
        if from.max(first) < last.min(end) {
            parts.push(Edit::Silence(last.min(end) - from.max(first)));
        }
        from = from.max(last);
        lacking = lacking.saturating_add(gap.units);
    }
    if from < end {
        parts.push(Edit::Frames(from - lacking, end - from));
    }
    parts
}

/// What of the decoded audio is heard.
pub(super) fn edits(movie: &Movie, track: &Track) -> Result<(Vec<Edit>, Vec<String>), String> {
    let in_units = |length: u64| movie.units_of(track, length);
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
    if is_too_long(silence, track) {
        let found_s = seconds(silence, track.timescale);
        return Err(format!(
            "expected music, found {found_s:.0} s of silence that its edit list puts between"
        ));
    }
    Ok((edits, Vec::new()))
}

/// Whether so many units are more silence than a file may ask for.
pub(super) fn is_too_long(units: u64, track: &Track) -> bool {
    units > MOST_SILENCE_S * u64::from(track.timescale.clamp(1, HIGHEST_RATE_HZ))
}
