//! What is shown while a command works, and what is said of the files it reads.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use burnish_session::scan::{Scan, Wanted, scan};
use indicatif::{ProgressBar, ProgressStyle};

/// Measures a file under a progress bar without ever holding it whole; what is not as it
/// should be with it is said and added to the warnings.
pub(super) fn scanned(
    path: &Path,
    wanted: Wanted,
    warnings: &mut Vec<String>,
) -> Result<Scan, String> {
    let bar = bar("reading");
    let scanned = scan(path, wanted, &mut |share| {
        show(&bar, share);
        ControlFlow::Continue(())
    });
    bar.finish_and_clear();
    let scanned = scanned.map_err(|error| error.to_string())?;
    warn_of(path, &scanned.warnings, warnings);
    Ok(scanned)
}

/// Says what is not as it should be with a file, and adds it to the warnings.
pub(super) fn warn_of(path: &Path, found: &[String], warnings: &mut Vec<String>) {
    for warning in found {
        warn(format!("{}: {warning}", path.display()), warnings);
    }
}

/// Says what a person should know, and adds it to the warnings.
pub(super) fn warn(warning: String, warnings: &mut Vec<String>) {
    eprintln!("burnish: warning: {warning}");
    warnings.push(warning);
}

/// A bar on stderr that shows only on a terminal, and only when the step takes a while.
pub(super) fn bar(what: &str) -> ProgressBar {
    const STEPS: u64 = 1000;
    let style = ProgressStyle::with_template("{msg:>12} [{bar:32}] {percent:>3} %  {eta}")
        .map_or_else(|_| ProgressStyle::default_bar(), |style| style.progress_chars("=> "));
    let bar = ProgressBar::new(STEPS).with_style(style).with_message(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}

/// Moves a bar to a share of the work, 0 to 1.
pub(super) fn show(bar: &ProgressBar, share: f32) {
    let length = bar.length().unwrap_or(1000);
    bar.set_position((share * length as f32) as u64);
}
