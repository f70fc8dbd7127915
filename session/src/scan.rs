//! Measuring a file while it is read: it is never held whole, however long it is.

use std::ops::ControlFlow;
use std::path::Path;

use burnish_dsp::spectrum::{SongAnalyzer, SongSpectrum};

use crate::decode::AudioReader;
use crate::error::FileError;
use crate::measure::{Measures, Measuring};
use crate::reference::spectrum_of;

/// What one pass over a file tells.
#[derive(Clone, Debug)]
pub struct Scan {
    /// What it measures.
    pub measures: Measures,
    /// Its spectrum, where that was asked for.
    pub spectrum: Option<SongSpectrum>,
    /// What is not as it should be with the file, a sentence each.
    pub warnings: Vec<String>,
}

/// Reads and measures a whole file; `progress` is told the share done, 0 to 1, and may stop it.
///
/// # Errors
/// As [`crate::decode::decode`]; also when `progress` stopped it.
pub fn scan(
    path: &Path,
    with_spectrum: bool,
    progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
) -> Result<Scan, FileError> {
    let mut reader = AudioReader::open(path)?;
    let rate_hz = reader.sample_rate_hz();
    let mut meter = Measuring::new(rate_hz, reader.channels());
    let mut analyzer = with_spectrum.then(|| SongAnalyzer::new(f64::from(rate_hz)));
    let (mut left, mut right) = (Vec::new(), Vec::new());
    while reader.read(&mut left, &mut right)? {
        meter.take(&left, &right);
        if let Some(analyzer) = &mut analyzer {
            analyzer.process(&left, &right);
        }
        left.clear();
        right.clear();
        if progress(reader.share_done()).is_break() {
            return Err(FileError::cancelled(path));
        }
    }
    Ok(Scan {
        measures: meter.finish(),
        spectrum: analyzer.map(spectrum_of),
        warnings: reader.warnings(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;
    use crate::measure::measure;
    use crate::reference::song_spectrum;

    #[test]
    fn a_file_measures_the_same_in_pieces_and_whole() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for name in ["material/mix.flac", "tests/fixtures/chorus.mp3", "tests/fixtures/chorus.ogg"]
        {
            let path = root.join(name);
            let audio = decode(&path).unwrap();
            let scanned = scan(&path, true, &mut |_| ControlFlow::Continue(())).unwrap();
            assert_eq!(scanned.measures, measure(&audio), "{name}");
            let (spectrum, whole) = (scanned.spectrum.unwrap(), song_spectrum(&audio));
            assert!(spectrum.average == whole.average && spectrum.windows == whole.windows);
        }
        let path = root.join("material/mix.flac");
        assert!(scan(&path, false, &mut |_| ControlFlow::Break(())).is_err());
    }
}
