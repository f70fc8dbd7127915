//! All meters of one point in the signal path.

mod bands;
mod peak;
mod splitter;
mod stereo_field;

pub use self::bands::{BAND_CROSSOVERS_HZ, BAND_NAMES, BandReading, BandsSnapshot};

use self::bands::BandMeters;
use self::peak::{ChannelPeaks, RUN_FRAMES};
use self::stereo_field::StereoField;
use crate::loudness::timeline::SlotMeasures;
use crate::loudness::{ABSOLUTE_GATE_LUFS, Level, LoudnessMeter, LoudnessSnapshot, Span};
use crate::processor::AudioSpec;
use crate::step_clock::StepClock;
use crate::units::gain_to_db;
use crate::vector::highest_magnitude;

/// What the meters at one point read. Levels are negative infinity for silence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeterSnapshot {
    /// Sample peak, left and right, dBFS: held for 1 s, then falling 20 dB in 1.5 s.
    pub peak_dbfs: [f64; 2],
    /// Highest sample peak since the last reset, dBFS.
    pub max_peak_dbfs: [f64; 2],
    /// True peak, left and right, with the same hold and decay, dBTP; never below the sample peak.
    pub true_peak_dbtp: [f64; 2],
    /// Highest true peak since the last reset, dBTP.
    pub max_true_peak_dbtp: [f64; 2],
    /// Loudness.
    pub loudness: LoudnessSnapshot,
    /// Correlation of the last 300 ms or so, -1 to 1; 0 when a channel is silent.
    pub correlation: f64,
    /// What a mono sum loses, over the last 3 s, dB: 0 or less, negative infinity for inverted
    /// polarity; 0 for silence.
    pub mono_loss_db: f64,
    /// Correlation of everything since the last reset; `None` while a channel is silent.
    pub overall_correlation: Option<f64>,
    /// What a mono sum loses of everything since the last reset, dB.
    pub overall_mono_loss_db: f64,
    /// Peak to loudness ratio: highest true peak less integrated loudness, dB; negative
    /// infinity before a reading.
    pub plr_db: f64,
    /// Peak to short-term loudness ratio: true peak of the last 3 s less short-term loudness, dB;
    /// negative infinity before a reading.
    pub psr_db: f64,
    /// Lowest of these ratios since the last reset: the most squeezed 3 s, dB; negative
    /// infinity before a reading.
    pub min_psr_db: f64,
    /// Samples at or above full scale (that of 16 bits, 32767/32768) since the last reset, both
    /// channels together.
    pub clipped_samples: u64,
    /// DC offset, left and right: the mean of everything since the last reset, full scale 1.0.
    pub dc_offset: [f64; 2],
    /// How much of that the music itself may account for: the standard error of the means of whole
    /// seconds; infinite before there are three.
    pub dc_error: [f64; 2],
    /// Readings in bands; `None` where they are not measured, as before the trim.
    pub bands: Option<BandsSnapshot>,
}

/// An offset of so many standard errors is one.
const STEADY_ERRORS: f64 = 3.0;

impl MeterSnapshot {
    /// The DC offset of each channel that is there all the time, as a DC blocker would
    /// remove it, full scale 1.0; `None` where there is none, or too little has been
    /// measured to tell it from the music's own asymmetry.
    pub fn steady_dc(&self) -> [Option<f64>; 2] {
        std::array::from_fn(|channel| {
            let offset = self.dc_offset[channel];
            (offset.abs() > STEADY_ERRORS * self.dc_error[channel]).then_some(offset)
        })
    }
}

impl Default for MeterSnapshot {
    fn default() -> Self {
        Self {
            peak_dbfs: [f64::NEG_INFINITY; 2],
            max_peak_dbfs: [f64::NEG_INFINITY; 2],
            true_peak_dbtp: [f64::NEG_INFINITY; 2],
            max_true_peak_dbtp: [f64::NEG_INFINITY; 2],
            loudness: LoudnessSnapshot::default(),
            correlation: 0.0,
            mono_loss_db: 0.0,
            overall_correlation: None,
            overall_mono_loss_db: 0.0,
            plr_db: f64::NEG_INFINITY,
            psr_db: f64::NEG_INFINITY,
            min_psr_db: f64::NEG_INFINITY,
            clipped_samples: 0,
            dc_offset: [0.0; 2],
            dc_error: [f64::INFINITY; 2],
            bands: None,
        }
    }
}

/// Steps in the true peak of the last 3 s.
const RECENT_STEPS: usize = 3 * StepClock::STEPS_PER_SECOND;

/// All meters of one point in the signal path.
///
/// Hold, decay and the moving averages advance on a grid of 10 ms that starts
/// with the stream, so no reading depends on the block size. Samples that are
/// not finite count as silence everywhere.
#[derive(Debug)]
pub struct Meters {
    clock: StepClock,
    channels: [ChannelPeaks; 2],
    /// True peaks of the last steps, both channels together, in a ring.
    recent_true_peaks: Box<[f32]>,
    recent_position: usize,
    recent_true_peak: f32,
    min_psr_db: f64,
    field: StereoField,
    bands: Option<Box<BandMeters>>,
    are_bands_measured: bool,
    loudness: LoudnessMeter,
}

impl Meters {
    /// Builds the meters; the only place that allocates.
    pub fn new(spec: AudioSpec) -> Self {
        Self { bands: Some(Box::new(BandMeters::new(spec))), ..Self::without_bands(spec) }
    }

    /// The same without the readings in bands, where nobody looks at those.
    pub fn without_bands(spec: AudioSpec) -> Self {
        Self {
            clock: StepClock::new(spec.sample_rate_hz),
            channels: std::array::from_fn(|_| ChannelPeaks::new()),
            recent_true_peaks: vec![0.0; RECENT_STEPS].into(),
            recent_position: 0,
            recent_true_peak: 0.0,
            min_psr_db: f64::INFINITY,
            field: StereoField::new(),
            bands: None,
            are_bands_measured: true,
            loudness: LoudnessMeter::new(spec),
        }
    }

    /// The same with readings in bands that rest until [`Self::measure_bands`] asks for them.
    pub fn with_resting_bands(spec: AudioSpec) -> Self {
        Self { are_bands_measured: false, ..Self::new(spec) }
    }

    /// Measures in bands from now on, or not. What was measured before a rest is forgotten.
    /// Whether they wake.
    pub fn measure_bands(&mut self, are_measured: bool) -> bool {
        let were_measured = std::mem::replace(&mut self.are_bands_measured, are_measured);
        if were_measured
            && !are_measured
            && let Some(bands) = &mut self.bands
        {
            bands.reset();
        }
        are_measured && !were_measured
    }

    /// What the bands compare begins anew.
    pub fn begin_comparison(&mut self) {
        if let Some(bands) = &mut self.bands {
            bands.begin_comparison();
        }
    }

    /// Measures a block of any length; both channels are equally long.
    pub fn process(&mut self, left: &[f32], right: &[f32]) {
        debug_assert_eq!(left.len(), right.len());
        let mut clean = [[0.0; RUN_FRAMES]; 2];
        let end = left.len().min(right.len());
        let mut start = 0;
        while start < end {
            let frames = (end - start).min(self.clock.frames_left()).min(RUN_FRAMES);
            for (clean, samples) in clean.iter_mut().zip([left, right]) {
                for (clean, &sample) in clean.iter_mut().zip(&samples[start..start + frames]) {
                    *clean = if sample.abs() <= f32::MAX { sample } else { 0.0 };
                }
            }
            self.measure_run(&clean[0][..frames], &clean[1][..frames]);
            start += frames;
        }
    }

    /// Ends the measurement of a file: the true-peak detectors, which look
    /// ahead, and the bands, which work in chunks, see its last frames.
    /// Measuring something else begins with [`Self::reset`].
    pub fn finish(&mut self) {
        for channel in &mut self.channels {
            channel.flush();
        }
        if let Some(bands) = &mut self.bands {
            bands.finish();
        }
    }

    /// Says that the stream is mono, which concerns its loudness; see
    /// [`LoudnessMeter::set_mono`].
    pub fn set_mono(&mut self, is_mono: bool) {
        self.loudness.set_mono(is_mono);
    }

    /// Pauses integrated loudness, loudness range, maxima and counts, or goes
    /// on with them. What shows the present goes on, and so do the overall
    /// values of the stereo field, which are read of whole files.
    pub fn pause(&mut self, is_paused: bool) {
        self.loudness.pause(is_paused);
        for channel in &mut self.channels {
            channel.pause(is_paused);
        }
    }

    /// The sound has changed: what is compared at equal loudness is measured anew.
    pub fn begin_span(&mut self) {
        self.loudness.begin_span();
    }

    /// Loudness since the sound last changed.
    pub fn span(&self) -> Span {
        self.loudness.span()
    }

    /// What comparing at equal loudness has to know.
    pub fn level(&self) -> Level {
        let true_peak = self.channels.iter().map(ChannelPeaks::max_true_peak).fold(0.0, f32::max);
        self.loudness.level(gain_to_db(f64::from(true_peak)))
    }

    /// Playback on a timeline has jumped to where the next frame lies.
    pub(crate) fn begin_pass(&mut self) {
        self.loudness.begin_pass();
        self.begin_slot();
    }

    /// The next frame is the first of a slot of a timeline.
    pub(crate) fn begin_slot(&mut self) {
        self.loudness.begin_slot();
        for channel in &mut self.channels {
            channel.begin_slot();
        }
    }

    /// No timeline is measured any more.
    pub(crate) fn end_slots(&mut self) {
        for channel in &mut self.channels {
            channel.end_slots();
        }
    }

    /// What has been measured since the slot began.
    pub(crate) fn slot(&self) -> SlotMeasures {
        SlotMeasures {
            loudness: self.loudness.slot(),
            peaks: [0, 1].map(|channel| self.channels[channel].slot_true_peak()),
        }
    }

    /// Forgets everything: audio, maxima, integrated values. A pause goes on.
    pub fn reset(&mut self) {
        self.clock.reset();
        for channel in &mut self.channels {
            channel.reset();
        }
        self.recent_true_peaks.fill(0.0);
        self.recent_position = 0;
        self.recent_true_peak = 0.0;
        self.min_psr_db = f64::INFINITY;
        self.field.reset();
        if let Some(bands) = &mut self.bands {
            bands.reset();
        }
        self.loudness.reset();
    }

    /// What the meters read now. The true peaks of the newest
    /// [`TruePeakDetector::LATENCY_FRAMES`](crate::true_peak::TruePeakDetector::LATENCY_FRAMES)
    /// frames are still those of their samples, until [`Self::finish`].
    pub fn snapshot(&self) -> MeterSnapshot {
        let db = |read: fn(&ChannelPeaks) -> f32| {
            [0, 1].map(|channel| gain_to_db(f64::from(read(&self.channels[channel]))))
        };
        let max_true_peak_dbtp = db(ChannelPeaks::max_true_peak);
        let loudness = self.loudness.snapshot();
        let under_way = self.channels.iter().map(ChannelPeaks::step_true_peak);
        let recent_true_peak = under_way.fold(self.recent_true_peak, f32::max);
        MeterSnapshot {
            peak_dbfs: db(ChannelPeaks::peak),
            max_peak_dbfs: db(ChannelPeaks::max_peak),
            true_peak_dbtp: db(ChannelPeaks::true_peak),
            max_true_peak_dbtp,
            loudness,
            correlation: self.field.correlation(),
            mono_loss_db: self.field.mono_loss_db(),
            overall_correlation: self.field.overall_correlation(),
            overall_mono_loss_db: self.field.overall_mono_loss_db(),
            plr_db: ratio_db(
                max_true_peak_dbtp[0].max(max_true_peak_dbtp[1]),
                loudness.integrated_lufs,
            ),
            psr_db: ratio_db(gain_to_db(f64::from(recent_true_peak)), loudness.short_term_lufs),
            min_psr_db: if self.min_psr_db.is_finite() {
                self.min_psr_db
            } else {
                f64::NEG_INFINITY
            },
            clipped_samples: self.channels.iter().map(ChannelPeaks::clipped_samples).sum(),
            dc_offset: self.field.dc_offset(),
            dc_error: self.field.dc_error(),
            bands: self
                .bands
                .as_ref()
                .filter(|_| self.are_bands_measured)
                .map(|bands| bands.snapshot()),
        }
    }

    /// Measures finite frames that do not reach beyond the current step.
    fn measure_run(&mut self, left: &[f32], right: &[f32]) {
        // Its steps are the same and end first.
        self.loudness.process(left, right);
        self.field.process(left, right);
        if let Some(bands) = self.bands.as_mut().filter(|_| self.are_bands_measured) {
            bands.process(left, right);
        }
        for (channel, samples) in self.channels.iter_mut().zip([left, right]) {
            channel.process(samples);
        }
        let step_frames = self.clock.step_frames();
        if self.clock.advance(left.len()) {
            self.complete_step(step_frames);
        }
    }

    fn complete_step(&mut self, step_frames: usize) {
        self.field.complete_step(step_frames);
        let [left, right] = &mut self.channels;
        let true_peak = left.complete_step().max(right.complete_step());
        self.recent_true_peaks[self.recent_position] = true_peak;
        self.recent_position = (self.recent_position + 1) % RECENT_STEPS;
        self.recent_true_peak = highest_magnitude(&self.recent_true_peaks);
        if self.loudness.has_whole_short_term() {
            let short_term_lufs = self.loudness.snapshot().short_term_lufs;
            // As with integrated loudness, what is hardly there does not count.
            if short_term_lufs > ABSOLUTE_GATE_LUFS {
                let psr_db = gain_to_db(f64::from(self.recent_true_peak)) - short_term_lufs;
                self.min_psr_db = self.min_psr_db.min(psr_db);
            }
        }
    }
}

/// A peak less a loudness; negative infinity while either has no reading.
pub(crate) fn ratio_db(peak_db: f64, loudness_lufs: f64) -> f64 {
    let ratio = peak_db - loudness_lufs;
    if ratio.is_finite() { ratio } else { f64::NEG_INFINITY }
}

#[cfg(test)]
mod tests;
