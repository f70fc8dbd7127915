//! `burnish check`.

use std::path::{Path, PathBuf};

use burnish_session::measure::Measures;
use burnish_session::mix_check::Report;
use burnish_session::scan::Wanted;
use clap::Args;
use serde::Serialize;

use super::command::Command;
use super::progress::scanned;
use super::tables;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The file or files: WAV, AIFF, FLAC, MP3, AAC/M4A, Ogg Vorbis or Opus.
    #[arg(required = true, value_name = "MIX")]
    mixes: Vec<PathBuf>,
    /// Print the measures and the findings as JSON.
    #[arg(long)]
    json: bool,
}

/// The measures of a file, whether it is fit, and what is not as it should be with it.
#[derive(Serialize)]
pub(super) struct Checked {
    #[serde(flatten)]
    measures: Measures,
    #[serde(flatten)]
    report: Report,
    warnings: Vec<String>,
}

/// One file of several.
#[derive(Serialize)]
pub(super) struct Named {
    file: PathBuf,
    #[serde(flatten)]
    checked: Checked,
}

/// What was asked of.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Outcome {
    One(Box<Checked>),
    Several { files: Vec<Named> },
}

fn checked(mix: &Path) -> Result<Checked, String> {
    let mut warnings = Vec::new();
    let scan = scanned(mix, Wanted { check: true, ..Wanted::default() }, &mut warnings)?;
    let report = scan.report.ok_or("expected a check, found none")?;
    Ok(Checked { measures: scan.measures, report, warnings })
}

impl Command for Arguments {
    type Job = Vec<PathBuf>;
    type Outcome = Outcome;

    fn understand(&self) -> Result<Vec<PathBuf>, String> {
        Ok(self.mixes.clone())
    }

    fn work(mixes: Vec<PathBuf>) -> Result<Outcome, String> {
        if let [mix] = &mixes[..] {
            return Ok(Outcome::One(Box::new(checked(mix)?)));
        }
        let files = mixes
            .into_iter()
            .map(|file| Ok(Named { checked: checked(&file)?, file }))
            .collect::<Result<_, String>>()?;
        Ok(Outcome::Several { files })
    }

    fn text(outcome: &Outcome) -> String {
        match outcome {
            Outcome::One(checked) => {
                tables::measures(&checked.measures) + "\n" + &tables::findings(&checked.report)
            }
            Outcome::Several { files } => tables::checks(
                files
                    .iter()
                    .map(|file| (&*file.file, &file.checked.measures, &file.checked.report)),
            ),
        }
    }

    fn is_json(&self) -> bool {
        self.json
    }
}
