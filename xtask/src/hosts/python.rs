//! The hosts that are driven by a Python script: pedalboard and dawdreamer.
//!
//! A script says `@version WORDS`, `@step NAME`, and `@ok`, `@failed` or `@skipped` with its words.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::run::{exists, root};
use crate::{setup, validate};

use super::bench::Bench;
use super::report::{Report, Step, Verdict};
use super::running::{Running, end};
use super::screen::{self, Screen};

/// Longer than this neither script takes on a slow machine.
const PATIENCE: Duration = Duration::from_mins(10);

/// pedalboard, from `PyPI`.
pub(crate) fn pedalboard(bench: &Bench) -> Report {
    drive(bench, "pedalboard")
}

/// dawdreamer, from `PyPI`.
pub(crate) fn dawdreamer(bench: &Bench) -> Report {
    drive(bench, "dawdreamer")
}

fn drive(bench: &Bench, host: &str) -> Report {
    let python = match installed() {
        Ok(python) => python,
        Err(why) => return Report::skipped(host, "VST3", &why),
    };
    let mut report = Report::new(host, "VST3");
    let end = run(bench, host, &python).and_then(|(said, how)| {
        read(&mut report, &said, how.as_ref().unwrap_or_else(|ended| ended));
        how.map(drop)
    });
    report.finish(end);
    report
}

/// The Python with the hosts in it, or what is missing of it.
fn installed() -> Result<PathBuf, String> {
    if !exists("python3") {
        return Err("there is no python3".to_owned());
    }
    setup::debian_packages(&screen::PACKAGES).map_err(|failure| failure.0)?;
    validate::python().map_err(|failure| failure.0)
}

/// What a script said, and how it ended: well, or not.
type Said = (String, Result<String, String>);

/// Runs a host's script to the end.
fn run(bench: &Bench, host: &str, python: &Path) -> Result<Said, String> {
    let room = bench.room(host)?;
    let screen = Screen::open(&room)?;
    let mut command = room.command(python);
    command
        .arg(root().join("tests").join(format!("host_{host}.py")))
        .args([bench.vst3(), bench.program(), bench.mix(), room.path("")])
        // Python leaves nothing in the folder of the tests.
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("DISPLAY", screen.display());
    let mut running = Running::start(&mut command, &room.path("log.txt"))?;
    let how = match running.wait(PATIENCE) {
        Some(status) if status.success() => Ok(format!("the host {}", end(status))),
        Some(status) => Err(format!("the host {}", end(status))),
        None => Err(format!("the host was at work for more than {} s", PATIENCE.as_secs())),
    };
    Ok((running.said(), how))
}

/// Takes a script's words; a step that says nothing more is one in which the host died.
fn read(report: &mut Report, said: &str, how: &str) {
    let mut step = None;
    for line in said.lines().filter_map(|line| line.strip_prefix('@')) {
        let (kind, words) = line.split_once(' ').unwrap_or((line, ""));
        let words = words.to_owned();
        match (kind, step) {
            ("version", _) => report.set_version(&words),
            ("step", _) => {
                step = Step::named(&words);
                if let Some(step) = step {
                    report.note(step, Verdict::Failed(how.to_owned()));
                }
            }
            ("ok", Some(step)) => drop(report.note(step, Verdict::Ok(words))),
            ("failed", Some(step)) => drop(report.note(step, Verdict::Failed(words))),
            ("skipped", Some(step)) => drop(report.note(step, Verdict::Skipped(words))),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_that_dies_fails_the_step_it_was_in() {
        let mut report = Report::new("host", "VST3");
        let how = "the host crashed (segmentation fault)";
        read(
            &mut report,
            "@version host 1\nnoise\n@step load\n@ok 142 parameters\n@step editor\n",
            how,
        );
        report.finish(Err(how.to_owned()));
        let details = report.details();
        assert!(details.contains("- load: ok: 142 parameters"), "{details}");
        assert!(details.contains("- editor: **failed**: the host crashed"), "{details}");
        assert!(details.contains("- play: **failed**: the host crashed"), "{details}");
    }
}
