//! What was seen in a host, step by step, and the table of it.

use std::fmt::Write;

use super::bench::Bench;

/// What is done in every host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Load,
    Editor,
    Play,
    Automate,
    Save,
    Reopen,
    Bounce,
}

impl Step {
    pub(crate) const ALL: [Self; 7] = [
        Self::Load,
        Self::Editor,
        Self::Play,
        Self::Automate,
        Self::Save,
        Self::Reopen,
        Self::Bounce,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Editor => "editor",
            Self::Play => "play",
            Self::Automate => "automate",
            Self::Save => "save",
            Self::Reopen => "reopen",
            Self::Bounce => "bounce",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }
}

/// What became of a step, with what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Ok(String),
    Failed(String),
    /// There is nothing to try: the host is not installed, or knows no such thing. Never the word for a step
    /// that something went wrong before.
    Skipped(String),
}

impl Verdict {
    fn word(&self) -> &'static str {
        match self {
            Self::Ok(_) => "ok",
            Self::Failed(_) => "**failed**",
            Self::Skipped(_) => "skipped",
        }
    }

    fn seen(&self) -> &str {
        match self {
            Self::Ok(seen) | Self::Failed(seen) | Self::Skipped(seen) => seen,
        }
    }
}

impl From<Result<String, String>> for Verdict {
    fn from(result: Result<String, String>) -> Self {
        result.map_or_else(Self::Failed, Self::Ok)
    }
}

/// All that was seen in a host.
#[derive(Debug)]
pub(crate) struct Report {
    host: String,
    format: &'static str,
    version: String,
    /// A host goes through the steps; a validator gives one judgement.
    body: Body,
}

#[derive(Debug)]
enum Body {
    Steps(Vec<(Step, Verdict)>),
    Judgement(Verdict),
}

impl Report {
    /// An empty report on a host.
    pub(crate) fn new(host: &str, format: &'static str) -> Self {
        Self {
            host: host.to_owned(),
            format,
            version: String::new(),
            body: Body::Steps(Vec::new()),
        }
    }

    /// A report on a host that is not installed.
    pub(crate) fn skipped(host: &str, format: &'static str, why: &str) -> Self {
        let mut report = Self::new(host, format);
        for step in Step::ALL {
            report.note(step, Verdict::Skipped(why.to_owned()));
        }
        report
    }

    /// A validator's report.
    pub(crate) fn judgement(
        host: &str,
        format: &'static str,
        version: String,
        verdict: Verdict,
    ) -> Self {
        Self { host: host.to_owned(), format, version, body: Body::Judgement(verdict) }
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn set_version(&mut self, version: &str) {
        version.clone_into(&mut self.version);
    }

    /// Notes a step's verdict, a later one in place of an earlier one; gives whether it is good.
    pub(crate) fn note(&mut self, step: Step, verdict: impl Into<Verdict>) -> bool {
        let verdict = verdict.into();
        let is_good = matches!(verdict, Verdict::Ok(_));
        if let Body::Steps(steps) = &mut self.body {
            steps.retain(|(noted, _)| *noted != step);
            steps.push((step, verdict));
        }
        is_good
    }

    /// Closes the report with how the drive through the host ended.
    ///
    /// A step without a verdict has failed: what kept the drive from it was no success. A drive that ended by
    /// an error after every step had its verdict fails the last one, so that no error is ever lost.
    pub(crate) fn finish(&mut self, end: Result<(), String>) {
        let mut failed = Step::ALL.to_vec();
        failed.retain(|step| self.verdict(*step).is_none());
        if failed.is_empty() && end.is_err() {
            failed.push(Step::ALL[Step::ALL.len() - 1]);
        }
        let why = end.err().unwrap_or_else(|| "not reached".to_owned());
        for step in failed {
            self.note(step, Verdict::Failed(why.clone()));
        }
    }

    pub(crate) fn has_failed(&self) -> bool {
        match &self.body {
            Body::Steps(steps) => steps.iter().any(|(_, v)| matches!(v, Verdict::Failed(_))),
            Body::Judgement(verdict) => matches!(verdict, Verdict::Failed(_)),
        }
    }

    fn verdict(&self, step: Step) -> Option<&Verdict> {
        match &self.body {
            Body::Steps(steps) => steps.iter().find(|(noted, _)| *noted == step).map(|(_, v)| v),
            Body::Judgement(_) => None,
        }
    }

    /// Every verdict in words, a line each.
    pub(crate) fn details(&self) -> String {
        let mut lines = Vec::new();
        match &self.body {
            Body::Steps(_) => {
                for step in Step::ALL {
                    if let Some(verdict) = self.verdict(step) {
                        lines.push(format!(
                            "- {}: {}: {}",
                            step.name(),
                            verdict.word(),
                            verdict.seen()
                        ));
                    }
                }
            }
            Body::Judgement(verdict) => {
                lines.push(format!("- {}: {}", verdict.word(), verdict.seen()));
            }
        }
        lines.join("\n")
    }
}

/// The table of all hosts, the validators' judgements, and the words to each, as Markdown.
pub(crate) fn table(bench: &Bench, reports: &[Report]) -> String {
    let mut text = format!("{}\n", bench.heading());
    let (hosts, judges): (Vec<&Report>, Vec<&Report>) =
        reports.iter().partition(|report| matches!(report.body, Body::Steps(_)));
    if !hosts.is_empty() {
        let names = Step::ALL.map(Step::name).join(" | ");
        let rule = "--- | ".repeat(Step::ALL.len() + 1);
        let _ = write!(text, "\n| host | format | {names} |\n| --- | {rule}\n");
        for report in &hosts {
            let words =
                Step::ALL.map(|step| report.verdict(step).map_or("", Verdict::word)).join(" | ");
            let _ = writeln!(text, "| {} | {} | {words} |", title(report), report.format);
        }
    }
    if !judges.is_empty() {
        text.push_str(
            "\n| validator | format | verdict | in its words |\n| --- | --- | --- | --- |\n",
        );
        for report in &judges {
            if let Body::Judgement(verdict) = &report.body {
                let (word, seen) = (verdict.word(), verdict.seen().replace('|', "\\|"));
                let _ =
                    writeln!(text, "| {} | {} | {word} | {seen} |", title(report), report.format);
            }
        }
    }
    for report in &hosts {
        let _ = write!(text, "\n{}\n\n{}\n", title(report), report.details());
    }
    text
}

/// The host with its version, where it told one.
fn title(report: &Report) -> &str {
    if report.version.is_empty() { &report.host } else { &report.version }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_was_not_reached_has_failed_and_says_why() {
        let mut report = Report::new("host", "VST3");
        assert!(report.note(Step::Load, Ok("142 parameters".to_owned())));
        assert!(!report.note(Step::Editor, Err("it is blank".to_owned())));
        report.finish(Err("the host died".to_owned()));
        assert!(report.has_failed());
        assert_eq!(report.verdict(Step::Load), Some(&Verdict::Ok("142 parameters".to_owned())));
        assert_eq!(
            report.verdict(Step::Bounce),
            Some(&Verdict::Failed("the host died".to_owned()))
        );
        assert_eq!(report.details().lines().count(), Step::ALL.len());
    }

    #[test]
    fn a_drive_that_ends_by_an_error_fails_whatever_it_had_reached() {
        for reached in 0..=Step::ALL.len() {
            let mut report = Report::new("host", "VST3");
            for step in &Step::ALL[..reached] {
                report.note(*step, Ok("seen".to_owned()));
            }
            report.finish(Err("no screen".to_owned()));
            assert!(report.has_failed(), "after {reached} steps");
            assert!(report.details().contains("**failed**: no screen"), "after {reached} steps");
        }
    }

    #[test]
    fn a_drive_that_leaves_a_step_out_has_failed() {
        let mut report = Report::new("host", "VST3");
        for step in Step::ALL.into_iter().filter(|step| *step != Step::Automate) {
            report.note(step, Ok("seen".to_owned()));
        }
        report.finish(Ok(()));
        assert_eq!(
            report.verdict(Step::Automate),
            Some(&Verdict::Failed("not reached".to_owned()))
        );
    }

    #[test]
    fn what_is_not_installed_has_not_failed() {
        assert!(!Report::skipped("host", "CLAP", "it is not installed").has_failed());
        let mut report = Report::new("host", "CLAP");
        for step in Step::ALL {
            report.note(step, Ok("seen".to_owned()));
        }
        report.note(Step::Automate, Verdict::Skipped("it has no automation".to_owned()));
        report.finish(Ok(()));
        assert!(!report.has_failed());
    }

    #[test]
    fn steps_are_found_by_their_names() {
        for step in Step::ALL {
            assert_eq!(Step::named(step.name()), Some(step));
        }
        assert_eq!(Step::named("fly"), None);
    }
}
