//! What Ardour's program without windows exports, against the command line's master.

use std::time::Duration;

use crate::hosts::audio::{self, Sound};
use crate::hosts::bench::Bench;
use crate::hosts::running::{Running, end};

use super::session::{Session, Settings};
use super::{LIBRARIES, Place};

/// How often the program without windows is asked for an export that begins in its place.
const EXPORTS: usize = 3;
/// The latency of the resampler at Ardour's ports, which it counts or not.
const RESAMPLER_FRAMES: isize = 16;
/// Burnish's grid.
const GRID_FRAMES: isize = 32;

/// Exports a session without automation, which has to be the command line's master to the bit.
///
/// Ardour tells a plug-in where the song is in what *leaves* the plug-in, so that the song's first frame enters
/// Burnish at minus its latency, and its grid lies there otherwise than on the command line, which begins the
/// song on it. Silence in front of the mix gives the command line the same grid.
///
/// The program without windows sometimes hangs, and sometimes begins the file a resampler's latency early or
/// late, with no plug-in at all too (`docs/hosts.md`): it then exports again, and the words say so.
pub(super) fn against_master(bench: &Bench, place: &Place, mix: &Sound) -> Result<String, String> {
    let limiter_gain_db = 6.0;
    let still = Session::new(&place.room, "still");
    still.write(bench, mix.frames.len(), Settings { is_automated: false, limiter_gain_db })?;
    let masters = masters(bench, place, mix, limiter_gain_db)?;
    let mut before = String::new();
    for attempt in 1..=EXPORTS {
        let Some(export) = export(place, &still, &format!("still-{attempt}.wav"))? else {
            before = format!("{before}an export without windows hung; ");
            continue;
        };
        let nulls = masters.each_ref().map(|master| audio::null_shifted(&export, master));
        let [(shift, null_dbfs), (_, other_dbfs)] = nulls;
        let words = format!(
            "an export without windows nulls {} with the command line's master on Ardour's grid, {shift} frames late",
            audio::depth(null_dbfs.min(other_dbfs))
        );
        if null_dbfs.min(other_dbfs) > f64::NEG_INFINITY {
            return Err(format!("{before}{words}"));
        }
        match shift.abs() {
            0 => return Ok(format!("{before}{words}")),
            RESAMPLER_FRAMES => before = format!("{before}{words}; "),
            _ => return Err(format!("{before}{words}")),
        }
    }
    Err(format!("{before}none of {EXPORTS} exports without windows began in its place"))
}

/// What the command line makes of the mix on the grids that Ardour may give: whether it counts its resampler's
/// latency in the position depends on which of its threads is first.
fn masters(
    bench: &Bench,
    place: &Place,
    mix: &Sound,
    limiter_gain_db: f64,
) -> Result<[Sound; 2], String> {
    let settings = [format!("limiter.gain={limiter_gain_db}")];
    let settings = settings.each_ref().map(String::as_str);
    let (later, mastered) = (place.room.path("later.wav"), place.room.path("master.wav"));
    let latency_frames = bench.master(&bench.mix(), &mastered, &settings)? as isize;
    let master = |begins_at: isize| {
        let silence = begins_at.rem_euclid(GRID_FRAMES) as usize;
        mix.later(silence).write(&later)?;
        bench.master(&later, &mastered, &settings)?;
        Ok::<_, String>(Sound::read(&mastered)?.earlier(silence))
    };
    Ok([master(-latency_frames)?, master(RESAMPLER_FRAMES - latency_frames)?])
}

/// Exports a session with Ardour's own program without windows, in a process of its own; nothing when it hangs.
fn export(place: &Place, session: &Session, name: &str) -> Result<Option<Sound>, String> {
    let out = place.room.path(name);
    let mut command = place.command(&format!("{LIBRARIES}/utils/ardour7-export"));
    command.args(["-b", "float", "-o"]).arg(&out).arg(session.folder()).arg(session.name());
    let mut running = Running::start(&mut command, &place.room.path(&format!("{name}.log")))?;
    match running.wait(Duration::from_mins(2)) {
        Some(status) if status.success() => Sound::read(&out).map(Some),
        Some(status) => Err(format!("ardour7-export {}", end(status))),
        None => Ok(None),
    }
}
