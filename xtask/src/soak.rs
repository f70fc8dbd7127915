//! `cargo xtask soak`: hostile hosts against the release bundle for as long as one
//! likes, and what the audio thread asks of the system.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Failure, Outcome, bundle, exists, step, target};
use crate::setup;

/// Blocks between the marks of the traced run.
const TRACED_BLOCKS: &str = "15000";
/// What the soak's marks look like in a trace.
const MARK: &str = "close(-1111)";

/// `--minutes N` and `--seed N`, in any order.
pub(crate) fn soak(arguments: &[String]) -> Outcome {
    let (mut minutes, mut seed) = ("10", None);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let value = rest.next().map(String::as_str);
        match (argument.as_str(), value) {
            ("--minutes", Some(value)) => minutes = value,
            ("--seed", Some(value)) => seed = Some(value),
            _ => {
                return Err(Failure(format!(
                    "expected --minutes N or --seed N, found \"{argument}\""
                )));
            }
        }
    }
    setup::all_packages()?;
    bundle()?;
    traced()?;
    let mut command = if cfg!(target_os = "linux") {
        let mut command = Command::new("xvfb-run");
        command.args(["-a", "-s", "-screen 0 1600x1200x24 -noreset"]).arg(program());
        command
    } else {
        Command::new(program())
    };
    command.arg(library()).arg(minutes).args(seed);
    step("soak", &mut command)
}

fn program() -> PathBuf {
    target().join("release").join("soak")
}

/// The library that a host loads of the bundle.
fn library() -> PathBuf {
    let bundle = target().join("bundled").join("Burnish.clap");
    if cfg!(target_os = "macos") { bundle.join("Contents/MacOS/Burnish") } else { bundle }
}

/// Counts what the thread that plays asks of the system between the marks.
fn traced() -> Outcome {
    if !exists("strace") {
        println!("\n== system calls: skipped, strace is not installed");
        return Ok(());
    }
    let trace = target().join("soak.strace");
    step(
        "system calls",
        Command::new("strace")
            .args(["-f", "-o"])
            .arg(&trace)
            .arg(program())
            .arg(library())
            .args(["calls", TRACED_BLOCKS]),
    )?;
    let calls = between_marks(&trace)?;
    println!("{TRACED_BLOCKS} blocks: {} system calls {calls:?}", calls.values().sum::<usize>());
    if calls.is_empty() {
        Ok(())
    } else {
        Err(Failure(format!("expected no system call while audio plays, found {calls:?}")))
    }
}

/// The calls of the marking thread between its marks, by name.
fn between_marks(trace: &Path) -> Result<BTreeMap<String, usize>, Failure> {
    let text = fs::read_to_string(trace)
        .map_err(|error| Failure(format!("{}: expected a trace, {error}", trace.display())))?;
    let mut calls = BTreeMap::new();
    let thread = text
        .lines()
        .find(|line| line.contains(MARK))
        .and_then(|line| line.split_whitespace().next())
        .ok_or_else(|| Failure(format!("{}: expected marks, found none", trace.display())))?;
    let own = text.lines().filter_map(|line| line.strip_prefix(thread)).map(str::trim_start);
    let inside = own.skip_while(|line| !line.starts_with(MARK)).skip(1);
    for line in inside.take_while(|line| !line.starts_with(MARK)) {
        let name = line.split('(').next().unwrap_or(line).trim().to_owned();
        *calls.entry(name).or_insert(0) += 1;
    }
    Ok(calls)
}
