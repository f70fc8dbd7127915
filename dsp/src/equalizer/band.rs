//! One band: its filter, the glide of its settings, and its response.

use super::settings::{BandChannel, BandSettings, BandShape};
use crate::biquad::{Biquad, Coefficients, Pair, Prototype, first_order};
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

/// A design in motion: the sections of both filtered signals.
#[derive(Clone, Copy, Debug)]
struct Filter {
    channel: BandChannel,
    count: usize,
    first: [Biquad; MAX_SECTIONS],
    second: [Biquad; MAX_SECTIONS],
}

impl Filter {
    fn new(channel: BandChannel, design: &Design) -> Self {
        let sections = design.sections.map(Biquad::new);
        Self { channel, count: design.count, first: sections, second: sections }
    }

    /// Takes new coefficients for the same structure.
    fn retune(&mut self, design: &Design) {
        self.count = design.count;
        for (i, coefficients) in design.sections.iter().enumerate() {
            self.first[i].coefficients = *coefficients;
            self.second[i].coefficients = *coefficients;
        }
    }

    fn process_frame(&mut self, left: f64, right: f64) -> (f64, f64) {
        let run = |sections: &mut [Biquad], x: f64| {
            sections.iter_mut().fold(x, |x, section| section.process(x))
        };
        let (first, second) = (&mut self.first[..self.count], &mut self.second[..self.count]);
        match self.channel {
            BandChannel::Stereo => (run(first, left), run(second, right)),
            BandChannel::Left => (run(first, left), right),
            BandChannel::Right => (left, run(first, right)),
            BandChannel::Mid => {
                let mid = 0.5 * (left + right);
                let change = run(first, mid) - mid;
                (left + change, right + change)
            }
            BandChannel::Side => {
                let side = 0.5 * (left - right);
                let change = run(first, side) - side;
                (left + change, right - change)
            }
        }
    }

    fn process(&mut self, left: &mut [f64], right: &mut [f64]) {
        if self.channel == BandChannel::Stereo {
            for i in 0..self.count {
                let (first, second) = (&mut self.first[i], &mut self.second[i]);
                for (l, r) in left.iter_mut().zip(right.iter_mut()) {
                    *l = first.process(*l);
                    *r = second.process(*r);
                }
            }
            return;
        }
        for (l, r) in left.iter_mut().zip(right) {
            (*l, *r) = self.process_frame(*l, *r);
        }
    }

    fn clear_denormals(&mut self) {
        for section in self.first.iter_mut().chain(&mut self.second) {
            section.clear_denormals();
        }
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

    /// Filters one run of frames in place.
    pub(super) fn process(&mut self, left: &mut [f64], right: &mut [f64]) {
        if self.fade.is_settled() {
            if self.filter.count > 0 {
                self.filter.process(left, right);
            }
            return;
        }
        for (l, r) in left.iter_mut().zip(right) {
            let new = self.filter.process_frame(*l, *r);
            let old = self.outgoing.process_frame(*l, *r);
            let fade = self.fade.advance();
            *l = old.0 + fade * (new.0 - old.0);
            *r = old.1 + fade * (new.1 - old.1);
        }
    }
}
