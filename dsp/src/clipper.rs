//! Clipper: shaves peaks with a knee from hard to soft, at 4 to 16 times the sample rate.
//!
//! Only the *excess*, what the knee takes away, passes through the
//! oversampling filters; it is subtracted from the delayed input. What does not
//! reach the knee is therefore left alone to the bit, and the filters' own
//! pass band never colours the music.

pub(crate) mod excess;
mod settings;

pub use settings::*;

use self::excess::{ExcessClipper, Knee};
use crate::delay_line::DelayLine;
use crate::processor::{AudioSpec, Processor, StereoBlock};
use crate::smoothing::Ramp;
use crate::units::{db_to_gain, gain_to_db};

/// Taps for each phase: images 100 dB down from 0.6 of the sample rate on.
const TAPS: usize = 32;
const KAISER_BETA: f64 = 10.0;
/// Where the softest knee begins below the threshold.
const SOFTEST_KNEE_DB: f64 = 12.0;
const RAMP_MS: f64 = 10.0;

/// What a level that stands still becomes, full scale 1.0: the static curve of
/// drive and knee, for drawing it.
pub fn static_output(settings: &ClipperSettings, input: f64) -> f64 {
    let knee_db = SOFTEST_KNEE_DB * settings.softness_percent / 100.0;
    let knee =
        Knee::new(db_to_gain(settings.threshold_db - knee_db), db_to_gain(settings.threshold_db));
    let driven = input * db_to_gain(settings.drive_db);
    driven - f64::from(knee.excess(driven as f32))
}

/// The clipper.
#[derive(Debug)]
pub struct Clipper {
    settings: Option<ClipperSettings>,
    excess_left: ExcessClipper,
    excess_right: ExcessClipper,
    delay: DelayLine,
    drive: Ramp,
    threshold: Ramp,
    knee_start: Ramp,
    scratch_left: Vec<f32>,
    scratch_right: Vec<f32>,
}

impl Clipper {
    /// The most that was shaved off a peak since the last call, dB.
    pub fn take_reduction_db(&mut self) -> f64 {
        let left = self.excess_left.take_reduction();
        gain_to_db(left.max(self.excess_right.take_reduction()))
    }
}

impl Processor for Clipper {
    type Settings = ClipperSettings;

    fn new(spec: AudioSpec) -> Self {
        let ramp_frames = spec.frames_in_ms(RAMP_MS);
        let excess = || ExcessClipper::new(&[4, 8, 16], TAPS, &[1.0], KAISER_BETA);
        Self {
            settings: None,
            excess_left: excess(),
            excess_right: excess(),
            delay: DelayLine::new(TAPS),
            drive: Ramp::new(1.0, ramp_frames),
            threshold: Ramp::new(1.0, ramp_frames),
            knee_start: Ramp::new(1.0, ramp_frames),
            scratch_left: vec![0.0; spec.max_block_frames],
            scratch_right: vec![0.0; spec.max_block_frames],
        }
    }

    fn configure(&mut self, settings: &ClipperSettings) {
        if self.settings.as_ref() == Some(settings) {
            return;
        }
        let knee_db = SOFTEST_KNEE_DB * settings.softness_percent / 100.0;
        let targets = [
            (&mut self.drive, db_to_gain(settings.drive_db)),
            (&mut self.threshold, db_to_gain(settings.threshold_db)),
            (&mut self.knee_start, db_to_gain(settings.threshold_db - knee_db)),
        ];
        for (ramp, target) in targets {
            if self.settings.is_none() { ramp.snap(target) } else { ramp.set(target) }
        }
        let rate = settings.oversampling.index() as usize;
        self.excess_left.choose(rate, 0);
        self.excess_right.choose(rate, 0);
        self.settings = Some(*settings);
    }

    fn reset(&mut self) {
        self.excess_left.reset();
        self.excess_right.reset();
        self.delay.reset();
        if let Some(settings) = self.settings.take() {
            self.configure(&settings);
        }
    }

    fn process(&mut self, block: &mut StereoBlock<'_>) {
        let frames = block.frames();
        let excess_left = &mut self.scratch_left[..frames];
        let excess_right = &mut self.scratch_right[..frames];
        for i in 0..frames {
            let drive = self.drive.advance();
            let knee = Knee::new(self.knee_start.advance(), self.threshold.advance());
            block.left[i] = (f64::from(block.left[i]) * drive) as f32;
            block.right[i] = (f64::from(block.right[i]) * drive) as f32;
            excess_left[i] = self.excess_left.process(block.left[i], &knee);
            excess_right[i] = self.excess_right.process(block.right[i], &knee);
        }
        self.delay.process(block);
        for (sample, excess) in block.left.iter_mut().zip(excess_left) {
            *sample -= *excess;
        }
        for (sample, excess) in block.right.iter_mut().zip(excess_right) {
            *sample -= *excess;
        }
    }

    fn latency_frames(&self) -> usize {
        TAPS
    }

    fn is_neutral(settings: &ClipperSettings) -> bool {
        !settings.is_on
    }
}
