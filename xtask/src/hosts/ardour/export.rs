//! What Ardour's program without windows exports, against the command line's master.

use std::time::Duration;

use crate::hosts::audio::{self, Sound};
use crate::hosts::bench::Bench;
use crate::hosts::running::{Running, end};

use super::place::{LIBRARIES, Place};
use super::session::{Session, Settings};

/// How often the program is started until it does not hang.
const EXPORTS: usize = 3;
/// Burnish's grid.
const GRID_FRAMES: usize = 32;

/// Exports a session without automation, which has to be the command line's master to the bit.
///
/// Ardour tells a plug-in where the song is in what *leaves* the plug-in, so that the song's first frame enters
/// Burnish at minus its latency, and its grid lies there otherwise than on the command line, which begins the
/// song on it. Silence in front of the mix gives the command line the same grid.
///
/// The program hangs now and then, with no plug-in at all too (`docs/hosts.md`): it is then started again.
pub(super) fn against_master(bench: &Bench, place: &Place, mix: &Sound) -> Result<String, String> {
    let limiter_gain_db = 6.0;
    let still = Session::new(&place.room, "still");
    still.write(bench, mix.frames.len(), Settings { is_automated: false, limiter_gain_db })?;
    let mut hung = String::new();
    let export = (1..=EXPORTS).find_map(|attempt| {
        let export = export(place, &still, &format!("still-{attempt}.wav"));
        if matches!(export, Ok(None)) {
            hung.push_str("an export without windows hung; ");
        }
        export.transpose()
    });
    let export = export.ok_or_else(|| hung.clone())??;
    let expected = master(bench, place, mix, limiter_gain_db)?;
    let (shift, null_dbfs) = audio::null_shifted(&export, &expected);
    let words = format!(
        "{hung}an export without windows nulls {} with the command line's master on Ardour's grid, {shift} frames late",
        audio::depth(null_dbfs)
    );
    if export == expected { Ok(words) } else { Err(words) }
}

/// What the command line makes of the mix when its first frame lies on the grid as in Ardour.
fn master(
    bench: &Bench,
    place: &Place,
    mix: &Sound,
    limiter_gain_db: f64,
) -> Result<Sound, String> {
    let settings = ["limiter.on=on".to_owned(), format!("limiter.gain={limiter_gain_db}")];
    let settings = settings.each_ref().map(String::as_str);
    let (later, mastered) = (place.room.path("later.wav"), place.room.path("master.wav"));
    let latency_frames = bench.master(&bench.mix(), &mastered, &settings)?;
    let silence = latency_frames.next_multiple_of(GRID_FRAMES) - latency_frames;
    mix.later(silence).write(&later)?;
    bench.master(&later, &mastered, &settings)?;
    Ok(Sound::read(&mastered)?.earlier(silence))
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
