//! From a mix to a master: one file in, one file out, whatever its length.
//!
//! The mix is read and measured once. Without a loudness to be reached it is then decoded
//! again on its way through the chain, so it is never held whole. With one it is rendered
//! several times, from a working copy: in memory up to [`MOST_IN_MEMORY_BYTES`], beyond that in
//! a file without a name. The report is of the file that was written.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use burnish_dsp::dither::{BitDepth, OverFullScale};
use burnish_dsp::settings::ChainSettings;
use burnish_dsp::trim::TrimSettings;

use crate::audio::Take;
use crate::decode::AudioReader;
use crate::error::{FileError, io_reason};
use crate::file_format::{Bits, FileFormat};
use crate::loudness_search::settings_for_loudness;
use crate::master_file::MasterWriter;
use crate::measure::Measures;
use crate::metadata::{Metadata, Told};
use crate::output::Output;
use crate::render::render_song;
use crate::scan::{Scan, Scanning, Wanted, scan};
use crate::song::{Song, SongFile};
use crate::store::{SongStore, StoreWriter};

/// How much of a working copy is kept in memory, bytes: 23 minutes at 48 kHz.
pub const MOST_IN_MEMORY_BYTES: usize = 512 << 20;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Order {
    /// How the chain is set.
    pub settings: ChainSettings,
    /// Dither stays as the settings have it; else it is that of the format, where anything has
    /// to be rounded.
    pub is_dither_chosen: bool,
    /// The true peak that the trim brings the mix to before its own gain, dBTP; as it is
    /// without one.
    pub assumed_peak_dbtp: Option<f64>,
    /// Integrated loudness that is to be reached, LUFS.
    pub target_lufs: Option<f64>,
    /// The file that is written.
    pub format: FileFormat,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The mix is read and measured.
    Reading,
    /// A loudness is tried, from 1 on.
    Trying(usize),
    /// The master is rendered and written.
    Mastering,
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Mastered {
    /// Measures of the mix.
    pub before: Measures,
    /// Measures of the file.
    pub after: Measures,
    /// How the chain was set in the end.
    pub settings: ChainSettings,
    /// The latency that was taken out, frames.
    pub latency_frames: usize,
    /// What of the mix's metadata is in the file.
    pub metadata: Told,
    /// What is not as it should be with the mix, a sentence each.
    pub mix_warnings: Vec<String>,
    /// What lay beyond full scale and was cut off.
    pub over_full_scale: OverFullScale,
    /// What kept the master from the asked loudness, in words.
    pub stopped_by: Option<String>,
}

/// Masters a mix into a file; `progress` is told what is being done and the share of it that is
/// done, 0 to 1.
///
/// # Errors
/// When the mix cannot be read ([`crate::decode::decode`]), there is no room for a working copy,
/// or the file cannot be written. Nothing is replaced then.
pub fn master(
    mix: &Path,
    output: &Output,
    order: &Order,
    progress: &mut dyn FnMut(Step, f32),
) -> Result<Mastered, FileError> {
    master_with(mix, output, order, MOST_IN_MEMORY_BYTES, progress)
}

fn master_with(
    mix: &Path,
    output: &Output,
    order: &Order,
    most_in_memory_bytes: usize,
    progress: &mut dyn FnMut(Step, f32),
) -> Result<Mastered, FileError> {
    let mut reading = |share| {
        progress(Step::Reading, share);
        ControlFlow::Continue(())
    };
    let (scan, song): (Scan, Box<dyn Song>) = if order.target_lufs.is_some() {
        let (scan, copy) = working_copy(mix, most_in_memory_bytes, &mut reading)?;
        (scan, Box::new(copy))
    } else {
        let scan = scan(mix, Wanted::default(), &mut reading)?;
        let song = SongFile::new(mix, &scan);
        (scan, Box::new(song))
    };
    let (settings, warning) = trimmed(dithered(order, scan.resolution), order, &scan.measures);
    let mix_warnings = [scan.warnings, Vec::from_iter(warning)].concat();
    let (settings, stopped_by) = match order.target_lufs {
        None => (settings, None),
        Some(target_lufs) => {
            let mut trying = |number, share| progress(Step::Trying(number), share);
            let found = settings_for_loudness(&*song, &settings, target_lufs, &mut trying)?;
            (found.settings, found.stopped_by)
        }
    };
    let carried = Metadata::read(mix).carried(order.format.container);
    let (rate_hz, channels) = (song.sample_rate_hz(), song.channels());
    let frames = Some(song.frames());
    let mut writer =
        MasterWriter::begin(output, order.format, rate_hz, channels, frames, &carried)?;
    let mut mastering = |share| progress(Step::Mastering, share);
    let facts = render_song(&*song, &settings, &mut mastering, &mut |left, right| {
        writer.write(left, right)
    })?;
    let written = writer.finish()?;
    Ok(Mastered {
        before: scan.measures,
        after: written.measures,
        settings,
        latency_frames: facts.latency_frames,
        metadata: carried.told,
        mix_warnings,
        over_full_scale: facts.over_full_scale.and(written.over_full_scale),
        stopped_by,
    })
}

/// The settings with dither for the file's depth, unless nothing is left to be rounded off.
fn dithered(order: &Order, resolution: Bits) -> ChainSettings {
    let mut settings = order.settings;
    let is_changed = settings != ChainSettings::default()
        || order.target_lufs.is_some()
        || order.assumed_peak_dbtp.is_some();
    if !order.is_dither_chosen && (is_changed || resolution > order.format.bits) {
        settings.dither.depth = match order.format.bits {
            Bits::B16 => BitDepth::Bits16,
            Bits::B24 => BitDepth::Bits24,
            Bits::F32 => BitDepth::Off,
        };
    }
    settings
}

/// The settings with a trim that gives the chain the level which is assumed, and what there is
/// to say about it.
fn trimmed(
    mut settings: ChainSettings,
    order: &Order,
    mix: &Measures,
) -> (ChainSettings, Option<String>) {
    let gain = TrimSettings::PARAMETERS.iter().find(|one| one.id == "gain");
    let Some((peak_dbtp, gain)) = order.assumed_peak_dbtp.zip(gain) else {
        return (settings, None);
    };
    if !mix.true_peak_dbtp.is_finite() {
        return (settings, None);
    }
    let asked_db = settings.trim.gain_db + peak_dbtp - mix.true_peak_dbtp;
    let gain_db = gain.kind.snap(asked_db);
    settings.trim.is_on = true;
    settings.trim.gain_db = gain_db;
    let short_db = (asked_db - gain_db).abs();
    let warning = (short_db > 0.05).then(|| {
        format!(
            "the trim ends at {gain_db:.1} dB, {short_db:.1} dB short of a true peak of \
             {peak_dbtp:.0} dBTP"
        )
    });
    (settings, warning)
}

/// A decoded mix for going through it several times.
struct WorkingCopy {
    path: PathBuf,
    store: SongStore,
}

impl Song for WorkingCopy {
    fn sample_rate_hz(&self) -> u32 {
        self.store.sample_rate_hz()
    }

    fn channels(&self) -> u16 {
        self.store.channels()
    }

    fn frames(&self) -> u64 {
        self.store.frames() as u64
    }

    fn play(&self, take: &mut Take<'_>) -> Result<(), FileError> {
        let mut result = Ok(());
        let read = self.store.for_each_run(0..self.store.frames(), |left, right| {
            if result.is_ok() {
                result = take(left, right);
            }
        });
        read.map_err(|error| no_copy(&self.path, &error))?;
        result
    }
}

fn no_copy(path: &Path, error: &io::Error) -> FileError {
    let reason = io_reason(error);
    FileError::new(path, format!("expected a working copy of it on the disk, found {reason}"))
}

fn working_copy(
    path: &Path,
    most_in_memory_bytes: usize,
    progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
) -> Result<(Scan, WorkingCopy), FileError> {
    let mut reader = AudioReader::open(path)?;
    let (rate_hz, channels) = (reader.sample_rate_hz(), reader.channels());
    let mut scanning = Scanning::new(rate_hz, channels, Wanted::default());
    let mut writer = StoreWriter::in_memory_up_to(most_in_memory_bytes, rate_hz, channels);
    reader.read_all(progress, &mut |left, right| {
        scanning.take(left, right);
        writer.push(left, right).map_err(|error| no_copy(path, &error))
    })?;
    let copy = WorkingCopy { path: path.to_owned(), store: writer.finish() };
    Ok((scanning.finish(reader.warnings()), copy))
}

#[cfg(test)]
mod tests;
