//! One band: its filter, the glide of its settings, and its response.

use super::settings::{BandChannel, BandSettings, BandShape};
use crate::biquad::{Biquad, Coefficients, Frame, Pair, Prototype, first_order, process_cascade};
use crate::processor::AudioSpec;
use crate::smoothing::{Glide, Ramp, TICK_FRAMES};

/// Sections of the steepest slope, 48 dB per octave: two for every two orders.
const MAX_SECTIONS: usize = 8;
/// More resonance than this is no shelf any more.
const HIGHEST_SHELF_Q: f64 = 2.0;
const GLIDE_MS: f64 = 8.0;
const FADE_MS: f64 = 10.0;

/// The sections that realise a band's settings.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Design {
    sections: [Coefficients; MAX_SECTIONS],
    count: usize,
}

impl Design {
    const NEUTRAL: Self = Self { sections: [Coefficients::IDENTITY; MAX_SECTIONS], count: 0 };

    fn new(settings: &BandSettings, sample_rate_hz: f64) -> Self {
        if settings.is_neutral() {
            return Self::NEUTRAL;
        }
        let frequency_hz = settings.frequency_hz.min(0.49 * sample_rate_hz);
        let q = settings.q;
        let shelf_q = q.min(HIGHEST_SHELF_Q);
        let second_order =
            |prototype: Prototype| prototype.digitize_matched(frequency_hz, sample_rate_hz);
        let mut design = Self::NEUTRAL;
        match settings.shape {
            BandShape::Bell => design.add(second_order(Prototype::bell(settings.gain_db, q))),
            BandShape::LowShelf => {
                design.add(second_order(Prototype::low_shelf(settings.gain_db, shelf_q)));
            }
            BandShape::HighShelf => {
                design.add(second_order(Prototype::high_shelf(settings.gain_db, shelf_q)));
            }
            BandShape::Tilt => design.add(second_order(Prototype::tilt(settings.gain_db))),
            BandShape::Notch => design.add(second_order(Prototype::notch(q))),
            BandShape::HighPass => design.add_butterworth(settings, |q| match q {
                Some(q) => second_order(Prototype::high_pass(q)),
                None => {
                    [first_order::high_pass(frequency_hz, sample_rate_hz), Coefficients::IDENTITY]
                }
            }),
            BandShape::LowPass => design.add_butterworth(settings, |q| {
                second_order(q.map_or_else(Prototype::low_pass_6, Prototype::low_pass))
            }),
        }
        design
    }

    fn add(&mut self, pair: Pair) {
        for section in pair {
            self.sections[self.count] = section;
            self.count += 1;
        }
    }

    /// A Butterworth cascade; at 12 dB per octave the band's own Q is used.
    /// `section` designs a second-order filter of a given Q, or the
    /// first-order one.
    fn add_butterworth(&mut self, settings: &BandSettings, section: impl Fn(Option<f64>) -> Pair) {
        let order = settings.slope.order();
        for k in 0..order / 2 {
            let angle = std::f64::consts::PI * (2 * k + 1) as f64 / (2 * order) as f64;
            let q = if order == 2 { settings.q } else { 0.5 / angle.sin() };
            self.add(section(Some(q)));
        }
        if order % 2 == 1 {
            self.add(section(None));
        }
    }

    fn power_response(&self, frequency_hz: f64, sample_rate_hz: f64) -> f64 {
        self.sections[..self.count]
            .iter()
            .map(|section| section.power_response(frequency_hz, sample_rate_hz))
            .product()
    }
}

/// The response of a band: of the very coefficients that the audio passes through.
#[derive(Clone, Copy, Debug)]
pub struct BandResponse {
    design: Design,
    sample_rate_hz: f64,
}

impl BandResponse {
    /// Designs the band.
    pub fn new(settings: &BandSettings, sample_rate_hz: f64) -> Self {
        Self { design: Design::new(settings, sample_rate_hz), sample_rate_hz }
    }

    /// Gain in dB at a frequency.
    pub fn db(&self, frequency_hz: f64) -> f64 {
        10.0 * self.design.power_response(frequency_hz, self.sample_rate_hz).max(1e-20).log10()
    }
}

/// A design in motion.
#[derive(Clone, Copy, Debug)]
struct Filter {
    channel: BandChannel,
    count: usize,
    sections: [Biquad; MAX_SECTIONS],
}

impl Filter {
    fn new(channel: BandChannel, design: &Design) -> Self {
        Self { channel, count: design.count, sections: design.sections.map(Biquad::new) }
    }

    /// Takes new coefficients for the same structure.
    fn retune(&mut self, design: &Design) {
        self.count = design.count;
        for (section, coefficients) in self.sections.iter_mut().zip(design.sections) {
            section.tune(coefficients);
        }
    }

    /// Filters at most [`TICK_FRAMES`] frames in place.
    fn process(&mut self, frames: &mut [Frame]) {
        let sections = &mut self.sections[..self.count];
        if self.channel == BandChannel::Stereo {
            process_cascade(sections, frames);
            return;
        }
        // The part that is worked on goes through both halves of the filter alike.
        let mut parts = [[0.0; 2]; TICK_FRAMES];
        let parts = &mut parts[..frames.len()];
        let part_of = |[left, right]: Frame| match self.channel {
            BandChannel::Stereo | BandChannel::Left => left,
            BandChannel::Right => right,
            BandChannel::Mid => 0.5 * (left + right),
            BandChannel::Side => 0.5 * (left - right),
        };
        for (part, frame) in parts.iter_mut().zip(&*frames) {
            *part = [part_of(*frame); 2];
        }
        process_cascade(sections, parts);
        for ([left, right], part) in frames.iter_mut().zip(parts) {
            let change = part[0] - part_of([*left, *right]);
            match self.channel {
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

    fn clear_denormals(&mut self) {
        self.sections.iter_mut().for_each(Biquad::clear_denormals);
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
        }
    }

    pub(super) fn configure(&mut self, settings: &BandSettings, is_fresh: bool) {
        let keeps_structure = settings.shape == self.settings.shape
            && settings.slope == self.settings.slope
            && settings.channel == self.settings.channel
            && settings.is_neutral() == self.settings.is_neutral();
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

    /// Moves the glides one step and follows them with the coefficients.
    pub(super) fn tick(&mut self) {
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
        if !self.settings.is_neutral() {
            // On its way through 0 dB a bell stays a section of its own.
            let gain_db = if now.gain_db == 0.0 { 1e-9 } else { now.gain_db };
            let design = Design::new(&BandSettings { gain_db, ..now }, self.sample_rate_hz);
            self.filter.retune(&design);
        }
    }

    /// Filters at most [`TICK_FRAMES`] frames in place.
    pub(super) fn process(&mut self, frames: &mut [Frame]) {
        if self.fade.is_settled() {
            if self.filter.count > 0 {
                self.filter.process(frames);
            }
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
