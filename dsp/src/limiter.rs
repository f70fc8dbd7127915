//! True-peak limiter.
//!
//! Signal path: gain, a slow gain for what lasts (`level`), two clippers for
//! the tips of transients, whose excess is low-passed as far as the music does
//! not hide it (`timbre`), and a short look-ahead limiter for the rest
//! (`peak_gain`), steered by a detector that is exact near Nyquist
//! ([`crate::true_peak`]). Below the ceiling nothing is touched.

mod character;
mod level;
mod look_ahead;
mod peak_gain;
mod settings;
mod sliding;
mod timbre;

pub use settings::*;

use self::character::{Constants, FIRST_CLIP_CUTOFFS, LOWEST, SECOND_CLIP_CUTOFFS, WHOLE};
use self::level::SlowGain;
use self::peak_gain::{GATE, PeakGain};
use self::timbre::{Timbre, TimbreMeter};
use crate::clipper::excess::{ExcessClipper, ExcessSpec};
use crate::clipper::knee::Knee;
use crate::processor::{AudioSpec, Processor, StereoBlock};
use crate::quadrature::QuadraturePower;
use crate::smoothing::{Ramp, TICK_FRAMES, TickGrid};
use crate::true_peak::{QuickPeakDetector, TruePeakDetector};
use crate::units::{db_to_gain, gain_to_db};

const CLIP_TAPS: usize = 24;
const CLIP_BETA: f64 = 8.0;
const LOOK_AHEAD_MS: f64 = 2.0;
/// Kept below the ceiling by the slow gain and the clippers,
const MARGIN_DB: f64 = 0.03;
/// and by the last stage, for the detector's remaining error: of 2000 noise
/// bursts with random settings 0.03 dB left four more than 0.02 dB over, 0.044 dB
/// at worst; with 0.06 dB the worst of 3000 is 0.014 dB over.
const LAST_MARGIN_DB: f64 = 0.06;
/// What has been detected when the last stage sees it entered so long ago.
const DETECTION_FRAMES: usize = 2 * CLIP_TAPS + TruePeakDetector::LATENCY_FRAMES;
/// The last ceilings, so that every frame meets the one it entered under.
const PAST_CEILINGS: usize = DETECTION_FRAMES.div_ceil(TICK_FRAMES) + 1;
const AUTO_RELEASE_MS: f64 = 3.0;
const RAMP_MS: f64 = 10.0;

/// What one channel needs.
#[derive(Debug)]
struct Channel {
    /// Finds the peaks that the slow gain follows.
    level_detector: QuickPeakDetector,
    level_peak: f32,
    slow_gain: Ramp,
    first_clip: ExcessClipper,
    second_clip: ExcessClipper,
}

impl Channel {
    fn new() -> Self {
        let clip = |cutoffs: &'static [f64]| {
            ExcessClipper::new(&ExcessSpec {
                factors: &[4],
                taps: CLIP_TAPS,
                cutoffs,
                beta: CLIP_BETA,
                fine_points: 0,
            })
        };
        Self {
            level_detector: QuickPeakDetector::new(),
            level_peak: 0.0,
            slow_gain: Ramp::new(1.0, TICK_FRAMES),
            first_clip: clip(&FIRST_CLIP_CUTOFFS),
            second_clip: clip(&SECOND_CLIP_CUTOFFS),
        }
    }

    fn reset(&mut self) {
        self.level_detector.reset();
        self.level_peak = 0.0;
        self.slow_gain.snap(1.0);
        self.first_clip.reset();
        self.second_clip.reset();
    }
}

/// The true-peak limiter.
#[derive(Debug)]
pub struct Limiter {
    settings: Option<LimiterSettings>,
    spec: AudioSpec,
    constants: Constants,
    grid: TickGrid,
    gain: Ramp,
    /// Set ceiling less the margin, as a magnitude.
    ceiling: Ramp,
    /// By age in ticks, the present one first.
    past_ceilings: [f64; PAST_CEILINGS],
    /// From those ceilings to the last stage's.
    last_margin: f64,
    slow: SlowGain,
    /// Where the clippers become flat, of the ceiling,
    clip_threshold: f64,
    /// and where the character has their knee begin, of that.
    clip_start: f64,
    /// Where the clippers' knee begins: 0 at the ceiling, 1 where the character has it.
    knee: Ramp,
    power: QuadraturePower,
    timbre: TimbreMeter,
    /// That the clippers' filters are set for.
    clip_timbre: Timbre,
    channels: [Channel; 2],
    last: PeakGain,
    release_link: f64,
    least_gain: [f64; 2],
}

impl Limiter {
    /// The most gain reduction since the last call, left and right, dB.
    pub fn take_reduction_db(&mut self) -> [f64; 2] {
        std::mem::replace(&mut self.least_gain, [1.0; 2]).map(|gain| -gain_to_db(gain) + 0.0)
    }

    /// Applies the gain and follows the level with the slow gain.
    fn ride(&mut self, run: &mut StereoBlock<'_>, ceiling: f64) {
        let mut gain = self.gain;
        for samples in run.channels() {
            gain = self.gain;
            apply(&mut gain, samples);
        }
        self.gain = gain;
        if self.constants.power.is_some() {
            for (l, r) in run.left.iter().zip(run.right.iter()) {
                self.power.push([f64::from(*l), f64::from(*r)]);
            }
        } else {
            self.power.skip(run.frames());
        }
        if self.slow.is_alert() {
            self.timbre.push(run);
        }
        let gate = (GATE * ceiling) as f32;
        for (channel, samples) in self.channels.iter_mut().zip(run.channels()) {
            channel.level_peak = channel.level_detector.highest(samples, gate, channel.level_peak);
            apply(&mut channel.slow_gain, samples);
        }
    }

    /// One step of the slow gain, from what the last tick collected.
    fn tick(&mut self, ceiling: f64) {
        let peaks = [self.channels[0].level_peak, self.channels[1].level_peak];
        let [left, right] = self.power.take_mean();
        let mean_power = 0.5 * (left + right);
        let timbre = self.timbre.tick();
        self.fit_clippers(timbre);
        let reduction_db = self.slow.tick(peaks, mean_power, timbre, ceiling, self.release_link);
        self.knee.set(if self.slow.is_alert() { 1.0 } else { 0.0 });
        self.knee.advance();
        let gain = |reduction_db: f64| {
            if reduction_db == 0.0 { 1.0 } else { db_to_gain(-reduction_db) }
        };
        let left = gain(reduction_db[0]);
        let is_same = reduction_db[1] == reduction_db[0];
        let gains = [left, if is_same { left } else { gain(reduction_db[1]) }];
        for (channel, gain) in self.channels.iter_mut().zip(gains) {
            channel.level_peak = 0.0;
            channel.slow_gain.set(gain);
        }
    }

    /// Lets the clippers give away no more of the highs than the music hides.
    fn fit_clippers(&mut self, timbre: Timbre) {
        const NOTABLE: f64 = 0.002;
        let has_changed = |now: f64, set: f64| {
            let is_end = now == 0.0 || now == 1.0;
            now != set && (is_end || (now - set).abs() > NOTABLE)
        };
        if has_changed(timbre.dull, self.clip_timbre.dull) {
            self.clip_timbre.dull = timbre.dull;
            for channel in &mut self.channels {
                channel.first_clip.blend(LOWEST, timbre.dull as f32);
            }
        }
        if has_changed(timbre.bright, self.clip_timbre.bright) {
            self.clip_timbre.bright = timbre.bright;
            for channel in &mut self.channels {
                channel.second_clip.blend(WHOLE, timbre.bright as f32);
            }
        }
    }

    /// Shaves the tips of transients.
    fn clip(&mut self, run: &mut StereoBlock<'_>, ceiling: f64) {
        let threshold = ceiling * self.clip_threshold;
        let start = threshold * self.clip_start;
        let start = start + (1.0 - self.knee.value()) * (ceiling - start).max(0.0);
        let knee = Knee::new(start, threshold);
        for (channel, samples) in self.channels.iter_mut().zip(run.channels()) {
            channel.first_clip.process(samples, &knee);
            channel.second_clip.process(samples, &knee);
        }
    }

    /// Brings what is left below the ceiling.
    fn limit(&mut self, run: &mut StereoBlock<'_>, ceiling: f64) {
        let slow = [self.channels[0].slow_gain.value(), self.channels[1].slow_gain.value()];
        let fast = self.last.process(run, ceiling);
        for c in 0..2 {
            self.least_gain[c] = self.least_gain[c].min(slow[c] * fast[c]);
        }
    }
}

/// Multiplies samples by a moving gain; a gain of one leaves them alone.
fn apply(gain: &mut Ramp, samples: &mut [f32]) {
    if !gain.is_settled() {
        for sample in samples {
            *sample = (f64::from(*sample) * gain.advance()) as f32;
        }
    } else if gain.value() != 1.0 {
        for sample in samples {
            *sample = (f64::from(*sample) * gain.value()) as f32;
        }
    }
}

impl Processor for Limiter {
    type Settings = LimiterSettings;

    fn new(spec: AudioSpec) -> Self {
        let ramp_frames = spec.frames_in_ms(RAMP_MS);
        let constants = Character::Transparent.constants();
        Self {
            settings: None,
            spec,
            constants,
            grid: TickGrid::default(),
            gain: Ramp::new(1.0, ramp_frames),
            ceiling: Ramp::new(1.0, ramp_frames.div_ceil(TICK_FRAMES)),
            past_ceilings: [1.0; PAST_CEILINGS],
            last_margin: db_to_gain(MARGIN_DB - LAST_MARGIN_DB),
            slow: SlowGain::new(spec, constants),
            clip_threshold: 1.0,
            clip_start: 1.0,
            knee: Ramp::new(0.0, ramp_frames.div_ceil(TICK_FRAMES)),
            power: QuadraturePower::new(spec),
            timbre: TimbreMeter::new(spec),
            clip_timbre: Timbre::default(),
            channels: [Channel::new(), Channel::new()],
            last: PeakGain::new(spec.frames_in_ms(LOOK_AHEAD_MS)),
            release_link: 1.0,
            least_gain: [1.0; 2],
        }
    }

    fn configure(&mut self, settings: &LimiterSettings) {
        if self.settings.as_ref() == Some(settings) {
            return;
        }
        self.constants = settings.character.constants();
        self.slow.set_constants(self.constants);
        self.clip_threshold = db_to_gain(self.constants.clip_threshold_db);
        self.clip_start = db_to_gain(-self.constants.clip_knee_db);
        for channel in &mut self.channels {
            channel.first_clip.choose(0, self.constants.first_clip_cutoff);
            channel.first_clip.blend(LOWEST, self.clip_timbre.dull as f32);
            channel.second_clip.choose(0, self.constants.second_clip_cutoff);
            channel.second_clip.blend(WHOLE, self.clip_timbre.bright as f32);
        }
        let targets = [
            (&mut self.gain, db_to_gain(settings.gain_db)),
            (&mut self.ceiling, db_to_gain(settings.ceiling_dbtp - MARGIN_DB)),
        ];
        for (ramp, target) in targets {
            if self.settings.is_none() { ramp.snap(target) } else { ramp.set(target) }
        }
        if self.settings.is_none() {
            self.past_ceilings = [self.ceiling.value(); PAST_CEILINGS];
        }
        let release_ms =
            if settings.is_auto_release { AUTO_RELEASE_MS } else { settings.release_ms };
        let release_coefficient = self.spec.one_pole_coefficient(release_ms);
        let link = settings.transient_link_percent / 100.0;
        self.last.configure(release_coefficient, link);
        self.release_link = settings.release_link_percent / 100.0;
        self.settings = Some(*settings);
    }

    fn reset(&mut self) {
        self.grid.reset();
        self.slow.reset();
        self.knee.snap(0.0);
        self.power.reset();
        self.timbre.reset();
        self.clip_timbre = Timbre::default();
        self.channels.iter_mut().for_each(Channel::reset);
        self.last.reset();
        self.least_gain = [1.0; 2];
        if let Some(settings) = self.settings.take() {
            self.configure(&settings);
        }
    }

    fn anchor(&mut self, song_frame: i64) {
        self.grid.anchor(song_frame);
        self.power.anchor(song_frame);
    }

    fn process(&mut self, block: &mut StereoBlock<'_>) {
        let mut start = 0;
        while start < block.frames() {
            if self.grid.is_at_tick() {
                let ceiling = self.ceiling.advance();
                self.past_ceilings.rotate_right(1);
                self.past_ceilings[0] = ceiling;
                self.tick(ceiling);
            }
            let ceiling = self.ceiling.value();
            let end = start + self.grid.take(block.frames() - start);
            let mut run = block.slice(start, end);
            self.ride(&mut run, ceiling);
            self.clip(&mut run, ceiling);
            // A run's detected frames entered within one tick or across two.
            let [.., later, earlier] = self.past_ceilings;
            self.limit(&mut run, later.min(earlier) * self.last_margin);
            start = end;
        }
    }

    fn latency_frames(&self, _settings: &LimiterSettings) -> usize {
        2 * CLIP_TAPS + self.last.latency_frames()
    }

    fn plain_gain(settings: &LimiterSettings) -> f64 {
        db_to_gain(settings.gain_db)
    }

    fn is_neutral(settings: &LimiterSettings) -> bool {
        !settings.is_on
    }
}

#[cfg(test)]
mod tests;
