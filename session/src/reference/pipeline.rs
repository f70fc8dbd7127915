//! Decoding, measuring and resampling side by side.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::ScopedJoinHandle;

use burnish_dsp::spectrum::{SongAnalyzer, SongSpectrum};

use super::level::{SongLevels, SongMeter, waveform};
use super::loading::Progress;
use super::{PlayableReference, spectrum_of};
use crate::audio::StereoAudio;
use crate::decode::AudioReader;
use crate::error::FileError;
use crate::measure::Measures;
use crate::resample::StereoResampler;

/// The longest song that is loaded, minutes.
pub const MOST_MINUTES: u32 = 60;
/// The most memory that the audio of one song may take at the stream's rate,
/// bytes: an hour at 48 kHz takes 1.4 GB, and 2 GiB hold 23 minutes at 192 kHz.
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
    stream_rate_hz: u32,
    progress: &Progress,
) -> Result<Loaded, FileError> {
    let mut reader = AudioReader::open(path)?;
    let most_frames = most_frames(reader.sample_rate_hz(), stream_rate_hz);
    check_length(path, &reader, reader.promised_frames().unwrap_or(0), most_frames)?;
    let (file_rate_hz, channels) = (reader.sample_rate_hz(), reader.channels());
    let resampler = StereoResampler::new(file_rate_hz, stream_rate_hz)
        .map_err(|message| FileError::new(path, message))?;

    let (levels, resampled) = std::thread::scope(|scope| {
        let (to_meter, for_meter) = sync_channel::<Arc<Piece>>(WAITING_PIECES);
        let (to_resampler, for_resampler) = sync_channel(WAITING_PIECES);
        let meter = scope
            .spawn(move || measure(&for_meter, SongMeter::new(file_rate_hz, channels), progress));
        let resampled =
            scope.spawn(move || resample(&for_resampler, resampler, stream_rate_hz, progress));
        decode(path, &mut reader, most_frames, [to_meter, to_resampler], progress)?;
        let resampled = joined(path, resampled)?.map_err(|text| FileError::new(path, text))?;
        Ok((joined(path, meter)?, resampled))
    })?;
    Ok(put_together(levels, resampled, channels, file_rate_hz, stream_rate_hz))
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
        progress.show(super::PLAYABLE_SHARE * reader.share_done());
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

fn resample(
    incoming: &Receiver<Arc<Piece>>,
    mut resampler: StereoResampler,
    stream_rate_hz: u32,
    progress: &Progress,
) -> Result<([Vec<f32>; 2], SongSpectrum), String> {
    let mut output = [Vec::new(), Vec::new()];
    let mut analyzer = SongAnalyzer::new(f64::from(stream_rate_hz));
    let mut analyzed = 0;
    for piece in pieces(incoming, progress) {
        resampler.process(&piece.left, &piece.right, &mut output)?;
        analyzer.process(&output[0][analyzed..], &output[1][analyzed..]);
        analyzed = output[0].len();
    }
    resampler.finish(&mut output)?;
    let rest = analyzed.min(output[0].len());
    analyzer.process(&output[0][rest..], &output[1][rest..]);
    Ok((output, spectrum_of(analyzer)))
}

fn put_together(
    levels: SongLevels,
    (output, spectrum): ([Vec<f32>; 2], SongSpectrum),
    channels: u16,
    file_rate_hz: u32,
    stream_rate_hz: u32,
) -> Loaded {
    let [left, right] = output;
    let audio = StereoAudio { sample_rate_hz: stream_rate_hz, channels, left, right };
    let mut measures = Measures::from_snapshot(&levels.snapshot, &audio);
    measures.sample_rate_hz = file_rate_hz;
    measures.duration_s = levels.snapshot.loudness.measured_s;
    let playable = PlayableReference {
        integrated_lufs: levels.integrated_lufs,
        true_peak_dbtp: measures.true_peak_dbtp,
        waveform: waveform(&audio),
        short_term_lufs: levels.short_term_lufs,
        audio,
    };
    Loaded { playable, measures, spectrum }
}
