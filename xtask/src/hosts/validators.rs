//! The validators: those that are on the PATH give one judgement each, in their own words.

use std::process::{Command, ExitStatus};
use std::time::Duration;

use crate::run::exists;

use super::bench::Bench;
use super::report::{Report, Verdict};
use super::running::{Running, end, say};
use super::screen::Screen;

/// Longer than this no validator takes on a slow machine.
const PATIENCE: Duration = Duration::from_mins(15);

/// clap-validator on the CLAP.
pub(crate) fn clap_validator(bench: &Bench) -> Report {
    let bundle = bench.clap();
    let arguments = ["validate".into(), bundle.into_os_string()];
    let version = say(Command::new("clap-validator").arg("--version"));
    judge(bench, "clap-validator", "CLAP", version, &arguments, |line| line.contains("tests run,"))
}

/// Steinberg's validator on the VST3.
pub(crate) fn steinberg(bench: &Bench) -> Report {
    let arguments = [bench.vst3().into_os_string()];
    // It knows no --version, but heads its help with the version of the SDK.
    let version = say(Command::new("validator").arg("--version")).and_then(|said| {
        let found =
            said.lines().find(|line| line.contains("VST")).map(|line| line.trim().to_owned());
        found.map(|words| format!("validator ({words})"))
    });
    judge(bench, "validator", "VST3", version, &arguments, |line| line.starts_with("Result:"))
}

/// pluginval on the VST3, at its strictest.
pub(crate) fn pluginval(bench: &Bench) -> Report {
    let bundle = bench.vst3();
    let arguments = ["--strictness-level", "10", "--validate"].map(Into::into);
    let arguments = arguments.into_iter().chain([bundle.into_os_string()]).collect::<Vec<_>>();
    let version = say(Command::new("pluginval").arg("--version"));
    judge(bench, "pluginval", "VST3", version, &arguments, |line| {
        line == "SUCCESS" || line == "FAILURE"
    })
}

fn judge(
    bench: &Bench,
    name: &str,
    format: &'static str,
    version: Option<String>,
    arguments: &[std::ffi::OsString],
    is_summary: impl Fn(&str) -> bool,
) -> Report {
    let verdict = if exists(name) {
        run(bench, name, arguments, is_summary).into()
    } else {
        Verdict::Skipped("not on the PATH".to_owned())
    };
    let version =
        version.and_then(|words| words.lines().next().map(str::to_owned)).unwrap_or_default();
    Report::judgement(name, format, version, verdict)
}

fn run(
    bench: &Bench,
    name: &str,
    arguments: &[std::ffi::OsString],
    is_summary: impl Fn(&str) -> bool,
) -> Result<String, String> {
    let room = bench.room(name)?;
    let screen = Screen::open(&room)?;
    let mut command = room.command(name);
    command.args(arguments).env("DISPLAY", screen.display());
    let mut running = Running::start(&mut command, &room.path("log.txt"))?;
    let status = running.wait(PATIENCE).ok_or("expected an end, found none in 15 min")?;
    let said = plain(&running.said());
    let summary = said.lines().map(str::trim).rfind(|line| is_summary(line));
    verdict(summary, status)
}

/// A judgement is a summary and a good end; one without the other is none.
fn verdict(summary: Option<&str>, status: ExitStatus) -> Result<String, String> {
    let words = summary.unwrap_or("no summary");
    if status.success() && summary.is_some() {
        Ok(words.to_owned())
    } else {
        Err(format!("{words}; it {}", end(status)))
    }
}

/// Text without the codes that colour it on a terminal.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = after.find(|c: char| c.is_ascii_alphabetic()).map_or("", |at| &after[at + 1..]);
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    #[test]
    fn a_validator_that_gives_no_summary_has_judged_nothing() {
        let (good, bad) = (ExitStatus::from_raw(0), ExitStatus::from_raw(1 << 8));
        assert_eq!(verdict(Some("SUCCESS"), good), Ok("SUCCESS".to_owned()));
        let silent = verdict(None, good);
        assert_eq!(silent, Err("no summary; it ended with the code 0".to_owned()));
        let failed = verdict(Some("SUCCESS"), bad);
        assert_eq!(failed, Err("SUCCESS; it ended with the code 1".to_owned()));
    }

    #[test]
    fn colours_are_taken_out_of_a_summary() {
        let said = "44 tests run, \u{1b}[1;32m34\u{1b}[0m passed, \u{1b}[1;31m0\u{1b}[0m failed";
        assert_eq!(plain(said), "44 tests run, 34 passed, 0 failed");
        assert_eq!(plain("none"), "none");
    }
}
