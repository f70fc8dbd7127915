//! Where a master is going, and what becomes of it there.
//!
//! The table is plain, dated text (`targets.txt`) that a person can read and edit.

use std::sync::LazyLock;

use crate::names::called;

const TABLE: &str = include_str!("targets.txt");

/// What a service does with tracks that are quieter than its playback loudness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuietTracks {
    /// Left as they are.
    Never,
    /// Raised as far as the true peak stays below the ceiling.
    Headroom,
    /// Raised regardless, with a limiter.
    Limited,
}

/// A place that a master is delivered to.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Stable id, as on the command line: `spotify`.
    pub id: String,
    /// Name as shown: "Spotify".
    pub name: String,
    /// The loudness that playback is brought to, LUFS; `None` where nothing is normalised.
    pub playback_lufs: Option<f64>,
    /// What happens to quieter masters.
    pub quiet_tracks: QuietTracks,
    /// The true peak that the service asks for, dBTP.
    pub ceiling_dbtp: f64,
    /// One line worth knowing.
    pub note: String,
}

impl Target {
    /// The gain that the service will play this master with, dB: nothing but
    /// gain, so being turned down costs no dynamics. `None` where it does not
    /// normalise or the master has no loudness yet.
    pub fn playback_gain_db(&self, integrated_lufs: f64, true_peak_dbtp: f64) -> Option<f64> {
        let wanted_db = self.playback_lufs? - integrated_lufs;
        if !wanted_db.is_finite() {
            return None;
        }
        let headroom_db = (self.ceiling_dbtp - true_peak_dbtp).max(0.0);
        Some(match self.quiet_tracks {
            _ if wanted_db <= 0.0 => wanted_db,
            QuietTracks::Never => 0.0,
            QuietTracks::Headroom => wanted_db.min(headroom_db),
            QuietTracks::Limited => wanted_db,
        })
    }
}

static TARGETS: LazyLock<Vec<Target>> =
    LazyLock::new(|| parse(TABLE).expect("the built-in table is read by a test"));

/// All targets, in the order they are shown.
pub fn targets() -> &'static [Target] {
    &TARGETS
}

/// The target called `name` (its id, or its name in any case).
pub fn find_target(name: &str) -> Option<&'static Target> {
    let name = name.to_lowercase();
    targets().iter().find(|target| target.id == name || target.name.to_lowercase() == name)
}

/// The targets that a part of a name or id may mean; see [`called`].
pub fn targets_called(name: &str) -> Vec<&'static Target> {
    called(targets(), name, |target| vec![target.id.as_str(), target.name.as_str()])
}

/// Reads a table: one target a line, fields parted by `|`, `#` begins a comment.
///
/// # Errors
/// Names the line, what was expected and what was found.
pub fn parse(table: &str) -> Result<Vec<Target>, String> {
    let lines = table.lines().enumerate().map(|(n, line)| (n + 1, line.trim()));
    lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(number, line)| {
            parse_target(line).map_err(|message| format!("line {number}: {message}"))
        })
        .collect()
}

fn parse_target(line: &str) -> Result<Target, String> {
    let fields: Vec<&str> = line.split('|').map(str::trim).collect();
    let [id, name, plays_at, quiet, ceiling, note] = fields[..] else {
        return Err(format!("expected 6 fields parted by |, found {}", fields.len()));
    };
    let number = |text: &str| {
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
        number.ok_or_else(|| format!("expected a number, found \"{text}\""))
    };
    Ok(Target {
        id: id.to_owned(),
        name: name.to_owned(),
        playback_lufs: if plays_at == "-" { None } else { Some(number(plays_at)?) },
        quiet_tracks: match quiet {
            "never" => QuietTracks::Never,
            "headroom" => QuietTracks::Headroom,
            "limited" => QuietTracks::Limited,
            other => {
                return Err(format!("expected never, headroom or limited, found \"{other}\""));
            }
        },
        ceiling_dbtp: number(ceiling)?,
        note: note.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_table_is_whole() {
        let table = parse(TABLE).expect("well-formed");
        assert!(table.len() >= 10);
        assert!(table.iter().all(|target| !target.note.is_empty()));
    }

    #[test]
    fn a_service_turns_down_and_raises_as_it_says() {
        let spotify = find_target("Spotify").expect("in the table");
        assert_eq!(spotify.playback_gain_db(-9.0, -1.0), Some(-5.0));
        // 3 dB too quiet, but only 1 dB below the ceiling.
        assert_eq!(spotify.playback_gain_db(-17.0, -2.0), Some(1.0));
        let youtube = find_target("youtube").expect("in the table");
        assert_eq!(youtube.playback_gain_db(-17.0, -6.0), Some(0.0));
        let loud = find_target("spotify-loud").expect("in the table");
        assert_eq!(loud.playback_gain_db(-14.0, -1.0), Some(3.0));
        // Louder than -14 LUFS it asks for more room.
        assert_eq!((spotify.ceiling_dbtp, loud.ceiling_dbtp), (-1.0, -2.0));
        assert_eq!(
            find_target("bandcamp").expect("in the table").playback_gain_db(-9.0, -1.0),
            None
        );
        assert_eq!(spotify.playback_gain_db(f64::NEG_INFINITY, -1.0), None);
    }

    #[test]
    fn a_broken_line_is_named() {
        assert_eq!(
            parse("# ok\nx | X | loud | never | -1 | n").unwrap_err(),
            "line 2: expected a number, found \"loud\""
        );
        for number in ["nan", "inf", "-infinity", "1e400"] {
            let line = format!("x | X | {number} | never | -1 | n");
            assert!(parse(&line).unwrap_err().contains("expected a number"), "{line}");
        }
        assert!(parse("x | X").unwrap_err().starts_with("line 1: expected 6 fields"));
    }
}
