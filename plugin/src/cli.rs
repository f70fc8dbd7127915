//! The command line: `check`, `master`, `compare`, `match`, `parameters`, `presets`, `targets`,
//! `licences`.
//!
//! Exit codes: 0 done, 2 something about the input was not as it has to be
//! (one clear line on stderr says what), 3 done but not as loud as was asked for
//! (a warning says why), 130 interrupted.

mod about;
mod check;
mod columns;
mod command;
mod compare;
mod display;
mod documents;
mod interrupt;
mod master;
mod progress;
mod sides;
mod suggestion;
mod tables;
mod tonal_match;
mod typed;

use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind as Usage;
use clap::{CommandFactory, Parser, Subcommand};

use self::command::Done;

/// Exit code for bad input.
const BAD_INPUT: u8 = 2;
/// Exit code for a master that is there, but not as loud as was asked for.
const MISSED: u8 = 3;

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
    /// Measure a mix or a master, and say whether it is fit to be mastered.
    Check(check::Arguments),
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
    /// List the built-in presets: name, purpose, what they assume.
    Presets {
        /// Print them as JSON.
        #[arg(long)]
        json: bool,
    },
    /// List the delivery targets.
    Targets {
        /// Print them as JSON.
        #[arg(long)]
        json: bool,
    },
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
            if let Some(message) = suggestion::no_command(&parsed.standalone, &Arguments::command())
            {
                eprintln!("burnish: {message}");
                return ExitCode::from(BAD_INPUT);
            }
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
        Some(Command::Check(arguments)) => command::run(&arguments),
        Some(Command::Master(arguments)) => command::run(&arguments),
        Some(Command::Compare(arguments)) => command::run(&arguments),
        Some(Command::Match(arguments)) => command::run(&arguments),
        Some(Command::Parameters { json }) => Ok(tables::parameters(json).into()),
        Some(Command::Presets { json }) => Ok(tables::presets(json).into()),
        Some(Command::Targets { json }) => Ok(tables::targets(json).into()),
        Some(Command::Licences) => Ok(about::licences().into()),
        Some(Command::Documents { folder }) => {
            documents::write(&folder, Arguments::command()).map(Done::from)
        }
    };
    match result {
        Ok(Done { text, is_missed }) => {
            let mut out = std::io::stdout().lock();
            match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
                // A closed pipe (`burnish check mix.wav | head`) is not an error.
                Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                    eprintln!("burnish: expected to print the result, found that {error}");
                    ExitCode::from(BAD_INPUT)
                }
                _ if is_missed => ExitCode::from(MISSED),
                _ => ExitCode::SUCCESS,
            }
        }
        Err(message) => {
            eprintln!("burnish: {message}");
            ExitCode::from(BAD_INPUT)
        }
    }
}
