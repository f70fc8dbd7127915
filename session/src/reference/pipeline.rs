//! Decoding, measuring and resampling side by side.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread::ScopedJoinHandle;
use std::time::Duration;

use burnish_dsp::spectrum::{SongAnalyzer, SongSpectrum};

use super::level::{SongLevels, SongMeter, waveform};
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
/// How often there is something to tell.
const INTERVAL: Duration = Duration::from_millis(40);

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

/// What the threads tell each other besides pieces.
#[derive(Debug, Default)]
struct Shared {
    is_cancelled: AtomicBool,
    /// The share decoded, as the bits of an `f32`.
    share: AtomicU32,
}

impl Shared {
    fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }
}

/// Loads a file; `progress` is told the share done, 0 to 1, and may stop it.
pub(super) fn load(
    path: &Path,
    stream_rate_hz: u32,
    progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
) -> Result<Loaded, FileError> {
    let mut reader = AudioReader::open(path)?;
    let most_frames = most_frames(reader.sample_rate_hz(), stream_rate_hz);
    check_length(path, &reader, reader.promised_frames().unwrap_or(0), most_frames)?;
    let (file_rate_hz, channels) = (reader.sample_rate_hz(), reader.channels());
    let resampler = StereoResampler::new(file_rate_hz, stream_rate_hz)
        .map_err(|message| FileError::new(path, message))?;

    let shared = Shared::default();
    let (levels, resampled) = std::thread::scope(|scope| {
        let (to_meter, for_meter) = sync_channel::<Arc<Piece>>(WAITING_PIECES);
        let (to_resampler, for_resampler) = sync_channel(WAITING_PIECES);
        let (is_working, work) = channel::<()>();
        let shared = &shared;
        let meter = spawned(scope, &is_working, move || {
            measure(&for_meter, SongMeter::new(file_rate_hz, channels), shared)
        });
        let resampled = spawned(scope, &is_working, move || {
            resample(&for_resampler, resampler, stream_rate_hz, shared)
        });
        let decoder = spawned(scope, &is_working, move || {
            decode(path, &mut reader, most_frames, &[to_meter, to_resampler], shared)
        });
        drop(is_working);
        wait(&work, shared, progress);
        joined(path, decoder)??;
        let resampled = joined(path, resampled)?.map_err(|text| FileError::new(path, text))?;
        Ok((joined(path, meter)?, resampled))
    })?;
    Ok(put_together(levels, resampled, channels, file_rate_hz, stream_rate_hz))
}

/// Starts a thread that keeps `is_working` until it ends.
fn spawned<'scope, T: Send + 'scope>(
    scope: &'scope std::thread::Scope<'scope, '_>,
    is_working: &Sender<()>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> ScopedJoinHandle<'scope, T> {
    let is_working = is_working.clone();
    scope.spawn(move || {
        let result = work();
        drop(is_working);
        result
    })
}

fn joined<T>(path: &Path, thread: ScopedJoinHandle<'_, T>) -> Result<T, FileError> {
    thread.join().map_err(|_| FileError::new(path, "reading it failed unexpectedly"))
}

/// Waits for the threads, tells how far they are, and stops them when asked to.
fn wait(work: &Receiver<()>, shared: &Shared, progress: &mut dyn FnMut(f32) -> ControlFlow<()>) {
    while work.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
        let share = f32::from_bits(shared.share.load(Ordering::Relaxed));
        if progress(share).is_break() {
            shared.is_cancelled.store(true, Ordering::Relaxed);
        }
    }
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
    listeners: &[SyncSender<Arc<Piece>>],
    shared: &Shared,
) -> Result<(), FileError> {
    let mut is_more = true;
    while is_more {
        let mut piece = Piece::default();
        while is_more && piece.left.len() < PIECE_FRAMES {
            is_more = reader.read(&mut piece.left, &mut piece.right)?;
            if shared.is_cancelled() {
                return Err(FileError::cancelled(path));
            }
        }
        check_length(path, reader, reader.frames(), most_frames)?;
        shared.share.store(reader.share_done().to_bits(), Ordering::Relaxed);
        let piece = Arc::new(piece);
        for listener in listeners {
            // A listener that has gone says why itself.
            let _ = listener.send(Arc::clone(&piece));
        }
    }
    Ok(())
}

/// The pieces until their end, or until somebody asks to stop.
fn pieces<'a>(
    incoming: &'a Receiver<Arc<Piece>>,
    shared: &'a Shared,
) -> impl Iterator<Item = Arc<Piece>> + 'a {
    incoming.iter().take_while(|_| !shared.is_cancelled())
}

fn measure(incoming: &Receiver<Arc<Piece>>, mut meter: SongMeter, shared: &Shared) -> SongLevels {
    for piece in pieces(incoming, shared) {
        meter.process(&piece.left, &piece.right);
    }
    meter.finish()
}

fn resample(
    incoming: &Receiver<Arc<Piece>>,
    mut resampler: StereoResampler,
    stream_rate_hz: u32,
    shared: &Shared,
) -> Result<([Vec<f32>; 2], SongSpectrum), String> {
    let mut output = [Vec::new(), Vec::new()];
    let mut analyzer = SongAnalyzer::new(f64::from(stream_rate_hz));
    let mut analyzed = 0;
    for piece in pieces(incoming, shared) {
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
