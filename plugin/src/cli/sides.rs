//! Files as the sides of a comparison.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use burnish_session::balance::Side;
use burnish_session::reference::{LoadEvent, load_reference};
use burnish_session::scan::Scan;

use super::progress::{bar, show, warn_of};

/// A file that was scanned with its spectrum.
pub(super) fn side(path: &Path, scan: &Scan) -> Result<Side, String> {
    let spectrum = scan.spectrum.as_ref();
    let side = spectrum.and_then(|spectrum| Side::of_file(spectrum, &scan.measures));
    side.ok_or_else(|| nothing_in(path))
}

/// The references at the sample rate of what they are compared with.
pub(super) fn references(
    paths: &[PathBuf],
    rate_hz: u32,
    warnings: &mut Vec<String>,
) -> Result<Vec<Side>, String> {
    paths
        .iter()
        .map(|path| {
            let bar = bar("reading");
            let reference = load_reference(path, f64::from(rate_hz), &mut |event| {
                if let LoadEvent::Progress(share) = event {
                    show(&bar, share);
                }
                ControlFlow::Continue(())
            });
            bar.finish_and_clear();
            let reference = reference.map_err(|error| error.to_string())?;
            warn_of(path, &reference.warnings, warnings);
            Side::of_file(&reference.spectrum, &reference.measures).ok_or_else(|| nothing_in(path))
        })
        .collect()
}

fn nothing_in(path: &Path) -> String {
    format!("{}: expected music to compare, found silence, or less than 0.2 s", path.display())
}
