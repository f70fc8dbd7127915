//! Measuring a whole file.

use burnish_dsp::meters::{BAND_CROSSOVERS_HZ, BAND_NAMES, BandReading, MeterSnapshot, Meters};
use burnish_dsp::processor::AudioSpec;
use burnish_dsp::units::gain_to_db;
use serde::{Serialize, Serializer};

use crate::audio::StereoAudio;

/// Frames measured at a time.
const BLOCK_FRAMES: usize = 4096;

/// Everything that is said about a file. What has no value, such as the loudness of silence, or
/// any reading of what is shorter than that takes, is minus infinity, and `null` in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Measures {
    /// Gated integrated loudness (ITU-R BS.1770-5), LUFS.
    #[serde(serialize_with = "finite")]
    pub integrated_lufs: f64,
    /// Highest momentary loudness (400 ms), LUFS.
    #[serde(serialize_with = "finite")]
    pub max_momentary_lufs: f64,
    /// Highest short-term loudness (3 s), LUFS.
    #[serde(serialize_with = "finite")]
    pub max_short_term_lufs: f64,
    /// Loudness range (EBU Tech 3342), LU.
    #[serde(serialize_with = "finite")]
    pub loudness_range_lu: f64,
    /// Highest true peak of both channels, dBTP.
    #[serde(serialize_with = "finite")]
    pub true_peak_dbtp: f64,
    /// Highest sample of both channels, dBFS.
    #[serde(serialize_with = "finite")]
    pub sample_peak_dbfs: f64,
    /// Peak to loudness ratio: true peak less integrated loudness, dB.
    #[serde(serialize_with = "finite")]
    pub plr_db: f64,
    /// Lowest peak to short-term loudness ratio: the most squeezed 3 s, dB.
    #[serde(serialize_with = "finite")]
    pub min_psr_db: f64,
    /// Correlation of both channels over the whole file, -1 to 1.
    #[serde(serialize_with = "finite")]
    pub correlation: f64,
    /// What a mono sum loses, dB, 0 or less.
    #[serde(serialize_with = "finite")]
    pub mono_loss_db: f64,
    /// The same and more in bands, low to high.
    pub bands: [BandMeasures; BAND_NAMES.len()],
    /// DC offset of each channel, per cent of full scale.
    pub dc_offset_percent: [f64; 2],
    /// Its magnitude, dBFS.
    #[serde(serialize_with = "finite_pair")]
    pub dc_offset_dbfs: [f64; 2],
    /// Samples at or above full scale (that of 16 bits, 32767/32768), all channels of the file
    /// together.
    pub clipped_samples: u64,
    /// Length, seconds.
    pub duration_s: f64,
    /// Sample rate, Hz.
    pub sample_rate_hz: u32,
    /// Channels of the file.
    pub channels: u16,
}

/// What is said about one band of a file; see [`burnish_dsp::meters`] for the definitions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BandMeasures {
    /// What the band is called.
    pub name: &'static str,
    /// Where it begins, Hz.
    pub from_hz: f64,
    /// Where it ends, Hz; `null` where nothing lies above it.
    #[serde(serialize_with = "finite")]
    pub to_hz: f64,
    /// Mean square of both channels, dBFS.
    #[serde(serialize_with = "finite")]
    pub level_dbfs: f64,
    /// Highest sample, dBFS.
    #[serde(serialize_with = "finite")]
    pub peak_dbfs: f64,
    /// Crest factor, dB.
    #[serde(serialize_with = "finite")]
    pub crest_db: f64,
    /// Correlation of both channels, -1 to 1.
    #[serde(serialize_with = "finite")]
    pub correlation: f64,
    /// What a mono sum loses, dB, 0 or less.
    #[serde(serialize_with = "finite")]
    pub mono_loss_db: f64,
}

/// Silence has nothing to lose.
fn mono_loss(loss_db: f64, level_dbfs: f64) -> f64 {
    if level_dbfs.is_finite() { loss_db } else { f64::NEG_INFINITY }
}

impl BandMeasures {
    fn new(band: usize, reading: &BandReading) -> Self {
        let [lower_hz, upper_hz] = BAND_CROSSOVERS_HZ;
        let edges_hz = [0.0, lower_hz, upper_hz, f64::INFINITY];
        Self {
            name: BAND_NAMES[band],
            from_hz: edges_hz[band],
            to_hz: edges_hz[band + 1],
            level_dbfs: reading.level_dbfs,
            peak_dbfs: reading.peak_dbfs,
            crest_db: reading.crest_db,
            correlation: reading.correlation.unwrap_or(f64::NEG_INFINITY),
            mono_loss_db: mono_loss(reading.mono_loss_db, reading.level_dbfs),
        }
    }
}

// serde hands the field over by reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn finite<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if value.is_finite() { serializer.serialize_some(value) } else { serializer.serialize_none() }
}

fn finite_pair<S: Serializer>(values: &[f64; 2], serializer: S) -> Result<S::Ok, S::Error> {
    values.map(|value| value.is_finite().then_some(value)).serialize(serializer)
}

impl Measures {
    /// The measures that a meter has read of a whole file.
    pub fn from_snapshot(
        snapshot: &MeterSnapshot,
        duration_s: f64,
        sample_rate_hz: u32,
        channels: u16,
    ) -> Self {
        let highest = |levels: [f64; 2]| levels[0].max(levels[1]);
        let bands = snapshot.bands.unwrap_or_default().overall;
        Self {
            integrated_lufs: snapshot.loudness.integrated_lufs,
            max_momentary_lufs: snapshot.loudness.max_momentary_lufs,
            max_short_term_lufs: snapshot.loudness.max_short_term_lufs,
            loudness_range_lu: snapshot.loudness.loudness_range_lu,
            true_peak_dbtp: highest(snapshot.max_true_peak_dbtp),
            sample_peak_dbfs: highest(snapshot.max_peak_dbfs),
            plr_db: snapshot.plr_db,
            min_psr_db: snapshot.min_psr_db,
            correlation: snapshot.overall_correlation.unwrap_or(f64::NEG_INFINITY),
            mono_loss_db: mono_loss(snapshot.overall_mono_loss_db, highest(snapshot.max_peak_dbfs)),
            bands: std::array::from_fn(|band| BandMeasures::new(band, &bands[band])),
            dc_offset_percent: snapshot.dc_offset.map(|offset| 100.0 * offset),
            dc_offset_dbfs: snapshot.dc_offset.map(gain_to_db),
            clipped_samples: snapshot.clipped_samples,
            duration_s,
            sample_rate_hz,
            channels,
        }
    }
}

/// Measures audio that comes piece by piece; how it is cut into pieces changes nothing.
///
/// The loudness of a mono file is that of its one channel, as BS.1770 defines
/// it; played from two speakers it is 3 dB louder.
#[derive(Debug)]
pub struct Measuring {
    meters: Meters,
    sample_rate_hz: u32,
    channels: u16,
    frames: u64,
    /// Frames of a block that is not full yet.
    rest: [Vec<f32>; 2],
}

impl Measuring {
    /// Nothing measured yet of a file with so many channels.
    pub fn new(sample_rate_hz: u32, channels: u16) -> Self {
        let spec =
            AudioSpec { sample_rate_hz: f64::from(sample_rate_hz), max_block_frames: BLOCK_FRAMES };
        let mut meters = Meters::new(spec);
        meters.set_mono(channels == 1);
        Self { meters, sample_rate_hz, channels, frames: 0, rest: [Vec::new(), Vec::new()] }
    }

    /// Takes the next piece in; the channels of mono audio are equal.
    pub fn take(&mut self, left: &[f32], right: &[f32]) {
        let (mut left, mut right) = (left, right);
        self.frames += left.len() as u64;
        if !self.rest[0].is_empty() {
            let frames = left.len().min(BLOCK_FRAMES - self.rest[0].len());
            for (rest, samples) in self.rest.iter_mut().zip([&mut left, &mut right]) {
                let taken;
                (taken, *samples) = samples.split_at(frames);
                rest.extend_from_slice(taken);
            }
            if self.rest[0].len() < BLOCK_FRAMES {
                return;
            }
            self.meters.process(&self.rest[0], &self.rest[1]);
            self.rest.iter_mut().for_each(Vec::clear);
        }
        let blocks = left.chunks_exact(BLOCK_FRAMES).zip(right.chunks_exact(BLOCK_FRAMES));
        for (left, right) in blocks {
            self.meters.process(left, right);
        }
        let whole = left.len() / BLOCK_FRAMES * BLOCK_FRAMES;
        self.rest[0].extend_from_slice(&left[whole..]);
        self.rest[1].extend_from_slice(&right[whole..]);
    }

    /// The measures of what was taken in up to now, but for the last few milliseconds.
    pub fn so_far(&self) -> Measures {
        let duration_s = self.frames as f64 / f64::from(self.sample_rate_hz);
        let snapshot = self.meters.snapshot();
        Measures::from_snapshot(&snapshot, duration_s, self.sample_rate_hz, self.channels)
    }

    /// The measures of all of it.
    pub fn finish(mut self) -> Measures {
        if !self.rest[0].is_empty() {
            self.meters.process(&self.rest[0], &self.rest[1]);
        }
        self.meters.finish();
        let mut snapshot = self.meters.snapshot();
        if self.channels == 1 {
            // The one channel was measured twice.
            snapshot.clipped_samples /= 2;
        }
        let duration_s = self.frames as f64 / f64::from(self.sample_rate_hz);
        Measures::from_snapshot(&snapshot, duration_s, self.sample_rate_hz, self.channels)
    }
}

/// Measures a whole file.
pub fn measure(audio: &StereoAudio) -> Measures {
    let mut measuring = Measuring::new(audio.sample_rate_hz, audio.channels);
    measuring.take(&audio.left, &audio.right);
    measuring.finish()
}
