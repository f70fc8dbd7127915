//! One band: its filter, and the glide of its settings.

use super::design::{Design, MAX_SECTIONS};
use super::dynamic::DynamicGain;
use super::settings::{BandChannel, BandSettings};
use crate::biquad::{Biquad, Frame, Slide, process_cascade};
use crate::processor::AudioSpec;
use crate::smoothing::{Glide, Ramp, TICK_FRAMES};

const GLIDE_MS: f64 = 8.0;
const FADE_MS: f64 = 10.0;

/// Lets `work` change a part of at most [`TICK_FRAMES`] stereo frames. Of both
/// channels it is given the frames themselves, of any other part its signal twice.
fn on_part(channel: BandChannel, frames: &mut [Frame], work: impl FnOnce(&mut [Frame])) {
    if channel == BandChannel::Stereo {
        work(frames);
        return;
    }
    let mut parts = [[0.0; 2]; TICK_FRAMES];
    let parts = &mut parts[..frames.len()];
    let part_of = |[left, right]: Frame| match channel {
        BandChannel::Stereo | BandChannel::Left => left,
        BandChannel::Right => right,
        BandChannel::Mid => 0.5 * (left + right),
        BandChannel::Side => 0.5 * (left - right),
    };
    for (part, frame) in parts.iter_mut().zip(&*frames) {
        *part = [part_of(*frame); 2];
    }
    work(parts);
    for ([left, right], part) in frames.iter_mut().zip(parts) {
        let change = part[0] - part_of([*left, *right]);
        match channel {
            BandChannel::Stereo | BandChannel::Left => *left = part[0],
            BandChannel::Right => *right = part[0],
            BandChannel::Mid => {
                *left += change;
                *right += change;
            }
            BandChannel::Side => {
                *left += change;
                *right -= change;
            }
        }
    }
}

/// A design in motion.
#[derive(Clone, Copy, Debug)]
struct Filter {
    channel: BandChannel,
    count: usize,
    sections: [Biquad; MAX_SECTIONS],
    /// Where the sections are going, and their way there in this tick.
    target: Option<Design>,
    slides: [Slide; MAX_SECTIONS],
}

impl Filter {
    fn new(channel: BandChannel, design: &Design) -> Self {
        Self {
            channel,
            count: design.count,
            sections: design.sections.map(Biquad::new),
            target: None,
            slides: [Slide::default(); MAX_SECTIONS],
        }
    }

    /// Arrives at the coefficients that the last tick set out for.
    fn arrive(&mut self) {
        if let Some(design) = self.target.take() {
            for (section, coefficients) in self.sections.iter_mut().zip(design.sections) {
                section.tune(coefficients);
            }
        }
    }

    /// Sets out for new coefficients of the same structure, to be there in `frames` frames.
    fn set_out(&mut self, design: &Design, frames: usize) {
        self.count = design.count;
        let sections = self.sections.iter().zip(design.sections);
        for (slide, (section, coefficients)) in self.slides.iter_mut().zip(sections) {
            *slide = section.slide_to(coefficients, frames);
        }
        self.target = Some(*design);
    }

    /// Filters at most [`TICK_FRAMES`] frames in place.
    fn process(&mut self, frames: &mut [Frame]) {
        let sections = &mut self.sections[..self.count];
        if sections.is_empty() {
            return;
        }
        let slides = &self.slides;
        on_part(self.channel, frames, |part| {
            if self.target.is_none() {
                process_cascade(sections, part);
            } else {
                for (section, slide) in sections.iter_mut().zip(slides) {
                    section.process_sliding(slide, part);
                }
            }
        });
    }

    fn settle(&mut self) {
        self.sections[..self.count].iter_mut().for_each(Biquad::settle);
    }

    fn clear_denormals(&mut self) {
        self.sections[..self.count].iter_mut().for_each(Biquad::clear_denormals);
    }
}

/// One band at work.
#[derive(Debug)]
pub(super) struct Band {
    sample_rate_hz: f64,
    settings: BandSettings,
    filter: Filter,
    /// What the band was before its structure changed, heard while the fade lasts.
    outgoing: Filter,
    fade: Ramp,
    log_frequency: Glide,
    gain_db: Glide,
    log_q: Glide,
    dynamic: DynamicGain,
}

impl Band {
    pub(super) fn new(spec: AudioSpec) -> Self {
        let settings = BandSettings::neutral(0);
        let filter = Filter::new(settings.channel, &Design::NEUTRAL);
        let remains = spec.one_pole_coefficient(GLIDE_MS).powi(TICK_FRAMES as i32);
        let glide = |tolerance| Glide::new(0.0, remains, tolerance);
        Self {
            sample_rate_hz: spec.sample_rate_hz,
            settings,
            filter,
            outgoing: filter,
            fade: Ramp::new(1.0, spec.frames_in_ms(FADE_MS)),
            log_frequency: glide(1e-4),
            gain_db: glide(1e-3),
            log_q: glide(1e-4),
            dynamic: DynamicGain::new(spec),
        }
    }

    /// Takes new settings. With `is_moving_only` the set gain is another's work.
    pub(super) fn configure(
        &mut self,
        settings: &BandSettings,
        is_moving_only: bool,
        is_fresh: bool,
    ) {
        self.dynamic.configure(settings, is_fresh);
        let at_rest = BandSettings { is_on: false, ..*settings };
        let settings = if is_moving_only { &at_rest } else { settings };
        let keeps_structure = settings.shape == self.settings.shape
            && settings.slope == self.settings.slope
            && settings.channel == self.settings.channel
            && settings.is_static_neutral() == self.settings.is_static_neutral();
        self.settings = *settings;
        let targets = [
            (&mut self.log_frequency, settings.frequency_hz.log2()),
            (&mut self.gain_db, settings.gain_db),
            (&mut self.log_q, settings.q.log2()),
        ];
        for (glide, target) in targets {
            if keeps_structure && !is_fresh { glide.set(target) } else { glide.snap(target) }
        }
        if is_fresh || !keeps_structure {
            let design = Design::new(&self.settings, self.sample_rate_hz);
            self.outgoing = self.filter;
            self.filter = Filter::new(settings.channel, &design);
            self.fade.snap(if is_fresh { 1.0 } else { 0.0 });
            self.fade.set(1.0);
        }
    }

    /// Tells where the song is at the next frame.
    pub(super) fn anchor(&mut self, song_frame: i64) {
        self.dynamic.anchor(song_frame);
    }

    /// Makes the filters forget their beginning wholly.
    pub(super) fn settle(&mut self) {
        self.filter.settle();
        self.dynamic.settle();
    }

    /// A tick was cut short: goes on to where it was going, in `frames` frames.
    pub(super) fn resume(&mut self, frames: usize) {
        self.dynamic.resume(frames);
        for filter in [&mut self.filter, &mut self.outgoing] {
            if let Some(design) = filter.target.take() {
                filter.set_out(&design, frames);
            }
        }
    }

    /// Moves the glides one step and follows them with the coefficients, to be
    /// there at the next tick, in `frames` frames.
    pub(super) fn tick(&mut self, frames: usize) {
        self.dynamic.tick(frames);
        self.filter.arrive();
        // It was replaced on its way: it goes no further than to the end of that tick.
        self.outgoing.arrive();
        self.filter.clear_denormals();
        let is_settled =
            self.log_frequency.is_settled() && self.gain_db.is_settled() && self.log_q.is_settled();
        if is_settled {
            return;
        }
        let now = BandSettings {
            frequency_hz: self.log_frequency.advance().exp2(),
            gain_db: self.gain_db.advance(),
            q: self.log_q.advance().exp2(),
            ..self.settings
        };
        if !self.settings.is_static_neutral() {
            // On its way through 0 dB a bell stays a section of its own.
            let gain_db = if now.gain_db == 0.0 { 1e-9 } else { now.gain_db };
            let design = Design::new(&BandSettings { gain_db, ..now }, self.sample_rate_hz);
            self.filter.set_out(&design, frames);
        }
    }

    /// Filters at most [`TICK_FRAMES`] frames in place.
    pub(super) fn process(&mut self, frames: &mut [Frame]) {
        self.process_static(frames);
        let dynamic = &mut self.dynamic;
        if dynamic.is_working() {
            on_part(self.filter.channel, frames, |part| dynamic.process(part));
        } else {
            dynamic.skip(frames.len());
        }
    }

    /// How far the gain has moved from where it is set, dB.
    pub(super) fn dynamic_db(&self) -> f64 {
        self.dynamic.offset_db()
    }

    fn process_static(&mut self, frames: &mut [Frame]) {
        if self.fade.is_settled() {
            self.filter.process(frames);
            return;
        }
        let mut old = [[0.0; 2]; TICK_FRAMES];
        let old = &mut old[..frames.len()];
        old.copy_from_slice(frames);
        self.outgoing.process(old);
        self.filter.process(frames);
        for (frame, old) in frames.iter_mut().zip(old) {
            let fade = self.fade.advance();
            for channel in 0..2 {
                frame[channel] = old[channel] + fade * (frame[channel] - old[channel]);
            }
        }
    }
}
