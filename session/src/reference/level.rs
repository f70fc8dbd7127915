//! How loud a song is, as a whole, moment by moment, and in a loop.

use std::convert::Infallible;
use std::io;
use std::ops::Range;

use burnish_dsp::loudness::LoudnessMeter;
use burnish_dsp::meters::{MeterSnapshot, Meters};
use burnish_dsp::processor::AudioSpec;
use burnish_dsp::true_peak::TruePeakDetector;
use burnish_dsp::units::gain_to_db;

use crate::references::Region;
use crate::store::SongStore;

/// Shares of a song in its waveform.
pub const WAVEFORM_SHARES: usize = 1000;
/// Values of short-term loudness in a second.
const HOPS_PER_SECOND: f64 = 10.0;
/// The window of short-term loudness, seconds.
const SHORT_TERM_S: f64 = 3.0;
/// A loop is measured going round for at least so long, seconds: as it is heard.
const LEAST_MEASURED_S: f64 = 2.0;
/// What two equal channels are louder than one, dB.
const MONO_AS_PLAYED_DB: f64 = 3.010_299_956_639_812;
/// What one of two like channels measures less than both, dB.
pub const MONO_DB: f64 = -MONO_AS_PLAYED_DB;
const BLOCK_FRAMES: usize = 4096;

fn spec(sample_rate_hz: u32) -> AudioSpec {
    AudioSpec { sample_rate_hz: f64::from(sample_rate_hz), max_block_frames: BLOCK_FRAMES }
}

/// What [`SongMeter`] has read.
#[derive(Debug)]
pub(super) struct SongLevels {
    /// All readings of the file as it is on disk.
    pub(super) snapshot: MeterSnapshot,
    /// As it is played, LUFS.
    pub(super) integrated_lufs: f64,
    /// See [`PlayableReference`](super::song::PlayableReference).
    pub(super) short_term_lufs: Vec<f32>,
}

/// Measures a song as it arrives.
#[derive(Debug)]
pub(super) struct SongMeter {
    meters: Meters,
    /// What is added to the file's loudness for that of its playing, dB.
    as_played_db: f64,
    frames_per_hop: f64,
    frames: u64,
    short_term_lufs: Vec<f32>,
}

impl SongMeter {
    pub(super) fn new(sample_rate_hz: u32, channels: u16) -> Self {
        let is_mono = channels == 1;
        let mut meters = Meters::new(spec(sample_rate_hz));
        meters.set_mono(is_mono);
        Self {
            meters,
            as_played_db: if is_mono { MONO_AS_PLAYED_DB } else { 0.0 },
            frames_per_hop: f64::from(sample_rate_hz) / HOPS_PER_SECOND,
            frames: 0,
            short_term_lufs: Vec::new(),
        }
    }

    pub(super) fn process(&mut self, left: &[f32], right: &[f32]) {
        let mut start = 0;
        while start < left.len() {
            let hop_end = ((self.short_term_lufs.len() + 1) as f64 * self.frames_per_hop).round();
            let end = left.len().min(start + (hop_end as u64 - self.frames) as usize);
            self.meters.process(&left[start..end], &right[start..end]);
            self.frames += (end - start) as u64;
            if self.frames == hop_end as u64 {
                let lufs = self.meters.snapshot().loudness.short_term_lufs + self.as_played_db;
                self.short_term_lufs.push(lufs as f32);
            }
            start = end;
        }
    }

    pub(super) fn finish(mut self) -> SongLevels {
        self.meters.finish();
        let mut snapshot = self.meters.snapshot();
        if self.as_played_db > 0.0 {
            // The one channel was measured twice.
            snapshot.clipped_samples /= 2;
        }
        let integrated_lufs = snapshot.loudness.integrated_lufs + self.as_played_db;
        let mut short_term_lufs = self.short_term_lufs;
        let first_whole = (SHORT_TERM_S * HOPS_PER_SECOND) as usize - 1;
        let first_lufs =
            short_term_lufs.get(first_whole).copied().unwrap_or(integrated_lufs as f32);
        let incomplete = short_term_lufs.len().min(first_whole);
        short_term_lufs[..incomplete].fill(first_lufs);
        SongLevels { snapshot, integrated_lufs, short_term_lufs }
    }
}

/// Highest magnitude in each of [`WAVEFORM_SHARES`] equal shares.
pub(super) fn waveform(song: &SongStore) -> io::Result<Vec<f32>> {
    let frames = song.frames();
    let shares = WAVEFORM_SHARES.min(frames);
    let mut read = Vec::new();
    (0..shares)
        .map(|share| {
            let range = share * frames / shares..(share + 1) * frames / shares;
            read.resize(range.len(), [0.0; 2]);
            song.read(range.start, &mut read)?;
            let samples = read.as_flattened().iter();
            Ok(samples.fold(0.0f32, |highest, sample| highest.max(sample.abs())))
        })
        .collect()
}

/// Integrated loudness, LUFS, and true peak, dBTP, of a loop region as it is
/// played, from both channels.
///
/// The region is measured going round, as it is heard: so one shorter than the
/// gating blocks of 400 ms has a loudness too. Silence has negative infinity.
pub fn region_loudness(
    left: &[f32],
    right: &[f32],
    sample_rate_hz: u32,
    region: Region,
) -> (f64, f64) {
    let length = left.len().min(right.len());
    let Ok(loudness) = measured(length, sample_rate_hz, region, |range, take| {
        take(&left[range.clone()], &right[range]);
        Ok::<(), Infallible>(())
    });
    loudness
}

/// [`region_loudness`] of a song that lies in a file.
///
/// # Errors
/// When the file does not give its frames back.
pub fn song_region_loudness(song: &SongStore, region: Region) -> io::Result<(f64, f64)> {
    measured(song.frames(), song.sample_rate_hz(), region, |range, take| {
        song.for_each_run(range, take)
    })
}

/// Takes frames of both channels, in runs of any length.
type Take<'a> = &'a mut dyn FnMut(&[f32], &[f32]);

fn measured<E>(
    length: usize,
    sample_rate_hz: u32,
    region: Region,
    give: impl Fn(Range<usize>, Take<'_>) -> Result<(), E>,
) -> Result<(f64, f64), E> {
    let frame = |seconds: f64| (seconds * f64::from(sample_rate_hz)).round().max(0.0) as usize;
    let start = frame(region.start_s).min(length);
    let end = frame(region.end_s).clamp(start, length);
    if start == end {
        return Ok((f64::NEG_INFINITY, f64::NEG_INFINITY));
    }
    let mut meter = LoudnessMeter::new(spec(sample_rate_hz));
    let rounds = frame(LEAST_MEASURED_S).div_ceil(end - start);
    for _ in 0..rounds {
        give(start..end, &mut |left, right| meter.process(left, right))?;
    }
    // The waveform between samples depends on what surrounds them.
    let reach = TruePeakDetector::LATENCY_FRAMES;
    let seen = start.saturating_sub(reach)..(end + reach).min(length);
    let mut detectors = [TruePeakDetector::new(), TruePeakDetector::new()];
    let mut peak = 0.0;
    let mut look = |left: &[f32], right: &[f32]| {
        for (detector, channel) in detectors.iter_mut().zip([left, right]) {
            peak = detector.highest(channel, 0.0, peak);
        }
    };
    give(seen, &mut look)?;
    let rest = vec![0.0; reach];
    look(&rest, &rest);
    Ok((meter.snapshot().integrated_lufs, gain_to_db(f64::from(peak))))
}
