//! What follows from the findings.

use serde::Serialize;

use super::finding::{Finding, Sureness};
use super::words::Remedy;

/// Where the trim brings the peaks, dBTP.
pub const PEAKS_DBTP: f64 = -6.0;
/// As far as the trim goes, either way, dB.
const MOST_TRIM_DB: f64 = 24.0;

/// What to do with a mix.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing was heard.
    Nothing,
    /// It is fit.
    Master,
    /// It is, once it is trimmed by so many dB.
    Trim {
        /// The gain that brings its peaks to [`PEAKS_DBTP`], dB.
        gain_db: f64,
    },
    /// It is not: these are put right in the mix only.
    Mix {
        /// What they are called, the gravest first.
        because: Vec<&'static str>,
    },
}

impl Verdict {
    /// From what was found; `true_peak_dbtp` is minus infinity of silence.
    pub(super) fn of(findings: &[Finding], true_peak_dbtp: f64) -> Self {
        if !true_peak_dbtp.is_finite() {
            return Self::Nothing;
        }
        let because: Vec<&'static str> = findings
            .iter()
            .filter(|finding| finding.sureness != Sureness::Uncertain)
            .map(|finding| finding.kind.words())
            .filter(|words| words.remedy == Remedy::Mix)
            .map(|words| words.name)
            .collect();
        if !because.is_empty() {
            return Self::Mix { because };
        }
        let has_trim = findings.iter().any(|finding| finding.kind.words().remedy == Remedy::Trim);
        if has_trim {
            // What a knob shows.
            let gain_db = ((PEAKS_DBTP - true_peak_dbtp) * 10.0).floor() / 10.0;
            let gain_db = gain_db.clamp(-MOST_TRIM_DB, MOST_TRIM_DB);
            return Self::Trim { gain_db };
        }
        Self::Master
    }

    /// In a sentence.
    pub fn told(&self) -> String {
        match self {
            Self::Nothing => "Nothing was heard: there is nothing to be said.".to_owned(),
            Self::Master => {
                "Master it: nothing was found that has to be put right first.".to_owned()
            }
            Self::Trim { gain_db } if gain_db.abs() >= MOST_TRIM_DB => {
                format!("Trim it by {gain_db:+.1} dB, as far as the trim goes, then master it.")
            }
            Self::Trim { gain_db } => {
                format!("Trim it by {gain_db:+.1} dB, then master it: peaks come to -6 dBTP.")
            }
            Self::Mix { because } => {
                let reasons: Vec<String> = because.iter().map(|name| name.to_lowercase()).collect();
                format!(
                    "Go back to the mix, because of what is better put right there: {}.",
                    reasons.join(", ")
                )
            }
        }
    }
}
