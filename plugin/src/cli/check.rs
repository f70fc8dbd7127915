//! `burnish check`.

use std::path::PathBuf;

use burnish_session::measure::Measures;
use clap::Args;
use serde::Serialize;

use super::command::Command;
use super::progress::scanned;
use super::tables;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The file: WAV, AIFF, FLAC, MP3, AAC/M4A, Ogg Vorbis or Opus.
    mix: PathBuf,
    /// Print the measures as JSON.
    #[arg(long)]
    json: bool,
}

/// The measures of a file, and what is not as it should be with it.
#[derive(Serialize)]
pub(super) struct Checked {
    #[serde(flatten)]
    measures: Measures,
    warnings: Vec<String>,
}

impl Command for Arguments {
    type Job = PathBuf;
    type Outcome = Checked;

    fn understand(&self) -> Result<PathBuf, String> {
        Ok(self.mix.clone())
    }

    fn work(mix: PathBuf) -> Result<Checked, String> {
        let mut warnings = Vec::new();
        let measures = scanned(&mix, false, &mut warnings)?.measures;
        Ok(Checked { measures, warnings })
    }

    fn text(checked: &Checked) -> String {
        tables::measures(&checked.measures)
    }

    fn is_json(&self) -> bool {
        self.json
    }
}
