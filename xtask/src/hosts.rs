//! `cargo xtask hosts [NAME...] [--bundle DIR]`: other people's hosts load, show, play, automate, save,
//! reopen and bounce the bundles.
//!
//! Every host runs in a folder of its own, `target/hosts/NAME`, with a home of its own, on a screen of its
//! own, with a time limit on all that it does, and is ended with everything that it started. Nothing of the
//! machine is read or written but the packages that are installed.

mod ardour;
mod audio;
mod bench;
mod osc;
mod python;
mod qtractor;
mod report;
mod running;
mod screen;
mod validators;

use crate::run::{Failure, Outcome};

use bench::Bench;
use report::Report;

/// A host's name on the command line, and what drives it.
type Host = (&'static str, fn(&Bench) -> Report);

/// The hosts, quickest first.
const HOSTS: [Host; 7] = [
    ("clap-validator", validators::clap_validator),
    ("validator", validators::steinberg),
    ("pluginval", validators::pluginval),
    ("pedalboard", python::pedalboard),
    ("dawdreamer", python::dawdreamer),
    ("qtractor", qtractor::qtractor),
    ("ardour", ardour::ardour),
];

/// Runs the hosts that are named, all when none is.
pub(crate) fn hosts(arguments: &[String]) -> Outcome {
    let mut bundles = None;
    let mut wanted = Vec::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        if argument == "--bundle" {
            let folder = arguments.next().ok_or_else(|| {
                Failure("--bundle: expected the folder of the bundles, found nothing".to_owned())
            })?;
            bundles = Some(folder.into());
        } else if let Some(host) = HOSTS.iter().find(|(name, _)| name == argument) {
            wanted.push(host);
        } else {
            let known: Vec<&str> = HOSTS.iter().map(|(name, _)| *name).collect();
            return Err(Failure(format!(
                "expected hosts out of {}, found \"{argument}\"",
                known.join(", ")
            )));
        }
    }
    if wanted.is_empty() {
        wanted = HOSTS.iter().collect();
    }
    let bench = Bench::new(bundles)?;
    let mut reports = Vec::new();
    for (name, drive) in wanted {
        println!("\n== {name}");
        let report = drive(&bench);
        println!("{}", report.details());
        reports.push(report);
    }
    let table = report::table(&bench, &reports);
    bench.write("table.md", &table)?;
    println!("\n{table}");
    let failed: Vec<&str> = reports.iter().filter(|r| r.has_failed()).map(Report::host).collect();
    if failed.is_empty() {
        Ok(())
    } else {
        Err(Failure(format!("something failed in {}", failed.join(", "))))
    }
}
