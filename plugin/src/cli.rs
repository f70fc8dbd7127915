//! The command line: `check`, `master`, `compare`, `match`, `parameters`, `presets`, `targets`,
//! `licences`.
//!
//! Exit codes: 0 done, 2 something about the input was not as it has to be
//! (one clear line on stderr says what), 130 interrupted.

mod about;
mod columns;
mod compare;
mod display;
mod documents;
mod interrupt;
mod master;
mod tables;
mod tonal_match;

use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use burnish_dsp::parameter::parse_decimal;
use burnish_session::audio::StereoAudio;
use burnish_session::decode::decode_with;
use burnish_session::measure::Measures;
use burnish_session::scan::{Scan, scan};
use clap::error::ErrorKind as Usage;
use clap::{CommandFactory, Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

/// Exit code for bad input.
const BAD_INPUT: u8 = 2;

/// Masters a finished mix, measures it, and delivers it.
///
/// Without a command it opens the standalone window.
#[derive(Debug, Parser)]
#[command(name = "burnish", version, long_version = about::long_version(), args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Options of the standalone window: --backend, --sample-rate, --period-size and others.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    standalone: Vec<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measure a mix or a master.
    Check {
        /// The file: WAV, AIFF, FLAC, MP3, AAC/M4A, Ogg Vorbis or Opus.
        mix: PathBuf,
        /// Print the measures as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Render a mix through the chain; without settings nothing is changed.
    Master(master::Arguments),
    /// Measure a master beside one or several references: loudness, dynamics, width, tone.
    Compare(compare::Arguments),
    /// Propose EQ moves that bring a mix nearer to a reference.
    Match(tonal_match::Arguments),
    /// List every parameter: id, name, unit, range, default.
    Parameters {
        /// Print them as JSON.
        #[arg(long)]
        json: bool,
    },
    /// List the built-in presets.
    Presets,
    /// List the delivery targets.
    Targets,
    /// List the licences of Burnish and of all that is in it.
    Licences,
    /// Write the manual, the man pages and the completions into a folder.
    #[command(hide = true)]
    Documents {
        /// The folder; it is made if need be.
        folder: PathBuf,
    },
}

/// Runs the program with its arguments and returns its exit code.
pub(crate) fn run(arguments: Vec<OsString>) -> ExitCode {
    let parsed = match Arguments::try_parse_from(arguments) {
        Ok(parsed) => parsed,
        Err(error) => {
            let is_help = matches!(error.kind(), Usage::DisplayHelp | Usage::DisplayVersion);
            // Nothing is left to be done when even the message cannot be written.
            let _ = error.print();
            return if is_help { ExitCode::SUCCESS } else { ExitCode::from(BAD_INPUT) };
        }
    };
    if parsed.command.is_some()
        && let Err(error) = interrupt::watch()
    {
        eprintln!("burnish: expected to be told of interrupts, found that {error}");
        return ExitCode::from(BAD_INPUT);
    }
    let result = match parsed.command {
        None => {
            if let Err(message) = display::check() {
                eprintln!("burnish: {message}");
                return ExitCode::from(BAD_INPUT);
            }
            return if burnish::run_standalone(&parsed.standalone) {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            };
        }
        Some(Command::Check { mix, json }) => check(&mix, json),
        Some(Command::Master(arguments)) => master::run(&arguments),
        Some(Command::Compare(arguments)) => compare::run(&arguments),
        Some(Command::Match(arguments)) => tonal_match::run(&arguments),
        Some(Command::Parameters { json }) => Ok(tables::parameters(json)),
        Some(Command::Presets) => Ok(tables::presets()),
        Some(Command::Targets) => Ok(tables::targets()),
        Some(Command::Licences) => Ok(about::licences()),
        Some(Command::Documents { folder }) => documents::write(&folder, Arguments::command()),
    };
    match result {
        Ok(text) => {
            let mut out = std::io::stdout().lock();
            match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
                // A closed pipe (`burnish check mix.wav | head`) is not an error.
                Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                    eprintln!("burnish: expected to print the result, found that {error}");
                    ExitCode::from(BAD_INPUT)
                }
                _ => ExitCode::SUCCESS,
            }
        }
        Err(message) => {
            eprintln!("burnish: {message}");
            ExitCode::from(BAD_INPUT)
        }
    }
}

/// The measures of a file, and what is not as it should be with it.
#[derive(Serialize)]
struct Checked<'a> {
    #[serde(flatten)]
    measures: &'a Measures,
    warnings: &'a [String],
}

fn check(path: &Path, is_json: bool) -> Result<String, String> {
    let mut warnings = Vec::new();
    let measures = scanned(path, false, &mut warnings)?.measures;
    if is_json {
        to_json(&Checked { measures: &measures, warnings: &warnings })
    } else {
        Ok(tables::measures(&measures))
    }
}

/// Decodes a file under a progress bar; what is not as it should be with it is said and
/// added to the warnings.
fn load(path: &Path, warnings: &mut Vec<String>) -> Result<StereoAudio, String> {
    let bar = progress_bar("reading");
    let decoded = decode_with(path, &mut |share| {
        show(&bar, share);
        std::ops::ControlFlow::Continue(())
    });
    bar.finish_and_clear();
    let decoded = decoded.map_err(|error| error.to_string())?;
    warn(path, &decoded.warnings, warnings);
    Ok(decoded.audio)
}

/// Measures a file under a progress bar without ever holding it whole; what is not as it
/// should be with it is said and added to the warnings.
fn scanned(path: &Path, with_spectrum: bool, warnings: &mut Vec<String>) -> Result<Scan, String> {
    let bar = progress_bar("reading");
    let scanned = scan(path, with_spectrum, &mut |share| {
        show(&bar, share);
        std::ops::ControlFlow::Continue(())
    });
    bar.finish_and_clear();
    let scanned = scanned.map_err(|error| error.to_string())?;
    warn(path, &scanned.warnings, warnings);
    Ok(scanned)
}

/// Says what is not as it should be with a file, and adds it to the warnings.
fn warn(path: &Path, found: &[String], warnings: &mut Vec<String>) {
    for warning in found {
        let warning = format!("{}: {warning}", path.display());
        eprintln!("burnish: warning: {warning}");
        warnings.push(warning);
    }
}

/// A number as people type it.
fn number(text: &str) -> Result<f64, String> {
    parse_decimal(text).map_err(|hint| format!("expected a number, found \"{text}\"{hint}"))
}

/// The version of what `--json` prints, as docs/json.md describes it. It goes up when a field is
/// taken away or comes to mean something else, not when one is added.
const JSON_SCHEMA: u32 = 1;

/// What is printed, and by which rules.
#[derive(serde::Serialize)]
struct Versioned<'a, T> {
    schema: u32,
    #[serde(flatten)]
    value: &'a T,
}

fn to_json(value: &impl serde::Serialize) -> Result<String, String> {
    serde_json::to_string_pretty(&Versioned { schema: JSON_SCHEMA, value })
        .map(|text| text + "\n")
        .map_err(|error| format!("expected to write JSON, found that {error}"))
}

/// A bar on stderr that shows only on a terminal, and only when the step takes a while.
fn progress_bar(what: &str) -> ProgressBar {
    const STEPS: u64 = 1000;
    let style = ProgressStyle::with_template("{msg:>12} [{bar:32}] {percent:>3} %  {eta}")
        .map_or_else(|_| ProgressStyle::default_bar(), |style| style.progress_chars("=> "));
    let bar = ProgressBar::new(STEPS).with_style(style).with_message(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}

fn show(bar: &ProgressBar, share: f32) {
    let length = bar.length().unwrap_or(1000);
    bar.set_position((share * length as f32) as u64);
}
