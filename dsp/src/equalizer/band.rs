//! One band: its filter, the glide of its settings, and its response.

use super::dynamic::DynamicGain;
use super::settings::{BandChannel, BandSettings, BandShape};
use crate::biquad::{
    Biquad, Coefficients, Frame, Prototype, Slide, high_pass_6, high_pass_12, process_cascade,
};
use crate::processor::AudioSpec;
use crate::smoothing::{Glide, Ramp, TICK_FRAMES};

/// Sections of the steepest slope, 48 dB per octave: three for every two orders.
const MAX_SECTIONS: usize = 12;
/// More resonance than this is no shelf any more.
pub(super) const HIGHEST_SHELF_Q: f64 = 2.0;
const GLIDE_MS: f64 = 8.0;
const FADE_MS: f64 = 10.0;

/// The sections that realise a band's settings.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Design {
    sections: [Coefficients; MAX_SECTIONS],
    count: usize,
}

/// A building block of a band's analogue model.
#[derive(Clone, Copy, Debug)]
enum Block {
    SecondOrder(Prototype),
    HighPass6,
    /// With this Q.
    HighPass12(f64),
}

/// A Butterworth cascade; at 12 dB per octave the band's own Q is used.
fn for_each_butterworth(settings: &BandSettings, mut visit: impl FnMut(Option<f64>)) {
    let order = settings.slope.order();
    for k in 0..order / 2 {
        let angle = std::f64::consts::PI * (2 * k + 1) as f64 / (2 * order) as f64;
        visit(Some(if order == 2 { settings.q } else { 0.5 / angle.sin() }));
    }
    if order % 2 == 1 {
        visit(None);
    }
}

/// The analogue model of what a band does to its part of the signal.
fn for_each_block(settings: &BandSettings, mut visit: impl FnMut(Block)) {
    if settings.is_static_neutral() {
        return;
    }
    let (gain_db, q) = (settings.gain_db, settings.q);
    let shelf_q = q.min(HIGHEST_SHELF_Q);
    match settings.shape {
        BandShape::Bell => visit(Block::SecondOrder(Prototype::bell(gain_db, q))),
        BandShape::LowShelf => visit(Block::SecondOrder(Prototype::low_shelf(gain_db, shelf_q))),
        BandShape::HighShelf => visit(Block::SecondOrder(Prototype::high_shelf(gain_db, shelf_q))),
        BandShape::Tilt => visit(Block::SecondOrder(Prototype::tilt(gain_db))),
        BandShape::Notch => visit(Block::SecondOrder(Prototype::notch(q))),
        BandShape::HighPass => for_each_butterworth(settings, |q| {
            visit(q.map_or(Block::HighPass6, Block::HighPass12));
        }),
        BandShape::LowPass => for_each_butterworth(settings, |q| {
            visit(Block::SecondOrder(q.map_or_else(Prototype::low_pass_6, Prototype::low_pass)));
        }),
    }
}

/// Squared magnitude of a band's analogue model: what the filters follow.
pub(super) fn analogue_power(settings: &BandSettings, frequency_hz: f64) -> f64 {
    let ratio = frequency_hz / settings.frequency_hz;
    let mut power = 1.0;
    for_each_block(settings, |block| {
        power *= match block {
            Block::SecondOrder(prototype) => prototype.power_response(ratio),
            Block::HighPass6 => ratio * ratio / (1.0 + ratio * ratio),
            Block::HighPass12(q) => Prototype::high_pass(q).power_response(ratio),
        };
    });
    power
}

impl BandSettings {
    /// Gain in dB that the band's set curve has as an analogue filter.
    pub fn analogue_db(&self, frequency_hz: f64) -> f64 {
        10.0 * analogue_power(self, frequency_hz).max(1e-20).log10()
    }
}

impl Design {
    const NEUTRAL: Self = Self { sections: [Coefficients::IDENTITY; MAX_SECTIONS], count: 0 };

    fn new(settings: &BandSettings, sample_rate_hz: f64) -> Self {
        let frequency_hz = settings.frequency_hz.min(0.49 * sample_rate_hz);
        let mut design = Self::NEUTRAL;
        for_each_block(settings, |block| match block {
            Block::SecondOrder(prototype) => {
                design.add(&prototype.digitize_matched(frequency_hz, sample_rate_hz));
            }
            Block::HighPass6 => design.add(&high_pass_6(frequency_hz, sample_rate_hz)),
            Block::HighPass12(q) => design.add(&high_pass_12(q, frequency_hz, sample_rate_hz)),
        });
        design
    }

    fn add(&mut self, sections: &[Coefficients]) {
        for section in sections {
            self.sections[self.count] = *section;
            self.count += 1;
        }
    }

    fn power_response(&self, frequency_hz: f64, sample_rate_hz: f64) -> f64 {
        self.sections[..self.count]
            .iter()
            .map(|section| section.power_response(frequency_hz, sample_rate_hz))
            .product()
    }
}

/// The response of a band: of the very coefficients that the audio passes
/// through, or of what a linear-phase kernel is made from.
#[derive(Clone, Debug)]
pub struct BandResponse(Model);

#[derive(Clone, Debug)]
enum Model {
    Digital { design: Box<Design>, sample_rate_hz: f64 },
    Analogue(BandSettings),
}

impl BandResponse {
    /// Designs the band in minimum phase.
    pub fn new(settings: &BandSettings, sample_rate_hz: f64) -> Self {
        let design = Box::new(Design::new(settings, sample_rate_hz));
        Self(Model::Digital { design, sample_rate_hz })
    }

    /// The band in linear phase.
    pub fn linear(settings: &BandSettings) -> Self {
        Self(Model::Analogue(*settings))
    }

    /// Gain in dB at a frequency.
    pub fn db(&self, frequency_hz: f64) -> f64 {
        match &self.0 {
            Model::Digital { design, sample_rate_hz } => {
                10.0 * design.power_response(frequency_hz, *sample_rate_hz).max(1e-20).log10()
            }
            Model::Analogue(settings) => settings.analogue_db(frequency_hz),
        }
    }
}

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
