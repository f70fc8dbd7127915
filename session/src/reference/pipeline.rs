//! Decoding, measuring and resampling side by side.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::ScopedJoinHandle;

use burnish_dsp::spectrum::{SongAnalyzer, SongSpectrum};

use super::level::{MONO_DB, SongLevels, SongMeter, song_region_loudness, waveform};
use super::progress::{PLAYABLE_SHARE, Progress};
use super::song::{PlayableReference, SongFormat};
use crate::decode::AudioReader;
use crate::error::FileError;
use crate::measure::Measures;
use crate::references::Region;
use crate::resample::StereoResampler;
use crate::song_spectrum::spectrum_of;
use crate::store::{SongStore, StoreWriter};

/// The longest song that is loaded, minutes.
pub const MOST_MINUTES: u32 = 60;
/// The most room that the audio of one song may take at the stream's rate, bytes: an hour at 48 kHz takes 1.4 GB, and 2 GiB hold 23 minutes at 192 kHz.
pub const MOST_AUDIO_BYTES: u64 = 2 << 30;
const BYTES_PER_FRAME: u64 = 8;

/// Frames handed on at a time, at least.
const PIECE_FRAMES: usize = 16_384;
/// Pieces that may wait for each of the other threads.
const WAITING_PIECES: usize = 16;

/// All that one pass over the file gives.
pub(super) struct Loaded {
    pub(super) playable: PlayableReference,
    pub(super) measures: Measures,
    pub(super) spectrum: SongSpectrum,
    pub(super) warnings: Vec<String>,
}

/// A piece of both channels at the file's sample rate.
#[derive(Debug, Default)]
struct Piece {
    left: Vec<f32>,
    right: Vec<f32>,
}

/// Loads a file on this thread, which the drive may hold up for as long as it
/// likes, and two others.
pub(super) fn load(
    path: &Path,
    format: SongFormat,
    progress: &Progress,
) -> Result<Loaded, FileError> {
    let stream_rate_hz = format.sample_rate_hz;
    let mut reader = AudioReader::open(path)?;
    let most_frames = most_frames(reader.sample_rate_hz(), stream_rate_hz);
    check_length(path, &reader, reader.promised_frames().unwrap_or(0), most_frames)?;
    let (file_rate_hz, channels) = (reader.sample_rate_hz(), reader.channels());
    let resampler = StereoResampler::new(file_rate_hz, stream_rate_hz)
        .map_err(|message| FileError::new(path, message))?;

    let writer = StoreWriter::new(stream_rate_hz, channels);
    let (levels, resampled) = std::thread::scope(|scope| {
        let (to_meter, for_meter) = sync_channel::<Arc<Piece>>(WAITING_PIECES);
        let (to_resampler, for_resampler) = sync_channel(WAITING_PIECES);
        let meter = scope
            .spawn(move || measure(&for_meter, SongMeter::new(file_rate_hz, channels), progress));
        let resampled =
            scope.spawn(move || resample(&for_resampler, resampler, writer, format, progress));
        decode(path, &mut reader, most_frames, [to_meter, to_resampler], progress)?;
        let resampled = joined(path, resampled)?.map_err(|text| FileError::new(path, text))?;
        Ok((joined(path, meter)?, resampled))
    })?;
    put_together(levels, resampled, file_rate_hz, format, reader.warnings())
        .map_err(|error| FileError::new(path, not_kept(&error)))
}

fn joined<T>(path: &Path, thread: ScopedJoinHandle<'_, T>) -> Result<T, FileError> {
    thread.join().map_err(|_| FileError::new(path, "reading it failed unexpectedly"))
}

/// As many frames of the file as fit both limits.
fn most_frames(file_rate_hz: u32, stream_rate_hz: u32) -> u64 {
    let held_s = (MOST_AUDIO_BYTES / BYTES_PER_FRAME) as f64 / f64::from(stream_rate_hz.max(1));
    let most_s = held_s.min(60.0 * f64::from(MOST_MINUTES));
    (most_s * f64::from(file_rate_hz)) as u64
}

fn check_length(
    path: &Path,
    reader: &AudioReader,
    frames: u64,
    most_frames: u64,
) -> Result<(), FileError> {
    if frames <= most_frames {
        return Ok(());
    }
    let minutes = |frames: u64| frames as f64 / 60.0 / f64::from(reader.sample_rate_hz());
    let found = if frames == reader.frames() {
        "more".to_owned()
    } else {
        format!("{:.0} min", minutes(frames).ceil())
    };
    let most = minutes(most_frames).floor();
    Err(FileError::new(path, format!("expected a song of at most {most:.0} min, found {found}")))
}

#[allow(clippy::needless_pass_by_value, reason = "the listeners end when this does")]
fn decode(
    path: &Path,
    reader: &mut AudioReader,
    most_frames: u64,
    listeners: [SyncSender<Arc<Piece>>; 2],
    progress: &Progress,
) -> Result<(), FileError> {
    let mut is_more = true;
    while is_more {
        let mut piece = Piece::default();
        while is_more && piece.left.len() < PIECE_FRAMES {
            is_more = reader.read(&mut piece.left, &mut piece.right)?;
            progress.beat();
            if progress.is_cancelled() {
                return Err(FileError::cancelled(path));
            }
        }
        check_length(path, reader, reader.frames(), most_frames)?;
        progress.show(PLAYABLE_SHARE * reader.share_done());
        let piece = Arc::new(piece);
        for listener in &listeners {
            // A listener that has gone says why itself.
            let _ = listener.send(Arc::clone(&piece));
        }
    }
    Ok(())
}

/// The pieces until their end, or until somebody asks to stop.
fn pieces<'a>(
    incoming: &'a Receiver<Arc<Piece>>,
    progress: &'a Progress,
) -> impl Iterator<Item = Arc<Piece>> + 'a {
    incoming.iter().take_while(|_| {
        progress.beat();
        !progress.is_cancelled()
    })
}

fn measure(
    incoming: &Receiver<Arc<Piece>>,
    mut meter: SongMeter,
    progress: &Progress,
) -> SongLevels {
    for piece in pieces(incoming, progress) {
        meter.process(&piece.left, &piece.right);
    }
    meter.finish()
}

/// A song that has been decoded needs room.
fn not_kept(error: &std::io::Error) -> String {
    format!("expected room for it in the temporary folder, found {error}")
}

fn resample(
    incoming: &Receiver<Arc<Piece>>,
    mut resampler: StereoResampler,
    mut writer: StoreWriter,
    format: SongFormat,
    progress: &Progress,
) -> Result<(SongStore, SongSpectrum), String> {
    let mut output = [Vec::new(), Vec::new()];
    let mut analyzer = SongAnalyzer::new(f64::from(format.sample_rate_hz));
    let mut keep = |output: &mut [Vec<f32>; 2]| {
        analyzer.process(&output[0], &output[1]);
        if format.is_mono {
            sum_to_mono(output);
        }
        writer.push(&output[0], &output[1]).map_err(|error| not_kept(&error))?;
        output.iter_mut().for_each(Vec::clear);
        Ok::<(), String>(())
    };
    for piece in pieces(incoming, progress) {
        resampler.process(&piece.left, &piece.right, &mut output)?;
        keep(&mut output)?;
    }
    resampler.finish(&mut output)?;
    keep(&mut output)?;
    Ok((writer.finish(), spectrum_of(analyzer)))
}

fn sum_to_mono([left, right]: &mut [Vec<f32>; 2]) {
    for (left, right) in left.iter_mut().zip(right) {
        *left = 0.5 * (*left + *right);
        *right = *left;
    }
}

fn put_together(
    levels: SongLevels,
    (audio, spectrum): (SongStore, SongSpectrum),
    file_rate_hz: u32,
    format: SongFormat,
    warnings: Vec<String>,
) -> std::io::Result<Loaded> {
    let measures = Measures::from_snapshot(
        &levels.snapshot,
        levels.snapshot.loudness.measured_s,
        file_rate_hz,
        audio.channels(),
    );
    let mut playable = PlayableReference {
        integrated_lufs: levels.integrated_lufs,
        true_peak_dbtp: measures.true_peak_dbtp,
        waveform: Arc::new(waveform(&audio)?),
        short_term_lufs: levels.short_term_lufs,
        audio,
    };
    if format.is_mono {
        measure_mono(&mut playable)?;
    }
    Ok(Loaded { playable, measures, spectrum, warnings })
}

/// A mono stream plays the sum of both channels, and its loudness is that of one.
fn measure_mono(playable: &mut PlayableReference) -> std::io::Result<()> {
    let whole = Region { start_s: 0.0, end_s: f64::MAX };
    let (integrated_lufs, true_peak_dbtp) = song_region_loudness(&playable.audio, whole)?;
    let difference_db = integrated_lufs + MONO_DB - playable.integrated_lufs;
    playable.integrated_lufs = integrated_lufs + MONO_DB;
    playable.true_peak_dbtp = true_peak_dbtp;
    for lufs in &mut playable.short_term_lufs {
        *lufs += difference_db as f32;
    }
    Ok(())
}
