//! The filters that realise a band's settings, and their response.

use super::settings::{BandSettings, BandShape};
use crate::biquad::{Coefficients, Prototype, high_pass_6, high_pass_12};

/// Sections of the steepest slope, 48 dB per octave: three for every two orders.
pub(super) const MAX_SECTIONS: usize = 12;
/// More resonance than this is no shelf any more.
pub(super) const HIGHEST_SHELF_Q: f64 = 2.0;

/// The sections that realise a band's settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Design {
    pub(super) sections: [Coefficients; MAX_SECTIONS],
    pub(super) count: usize,
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
    pub(super) const NEUTRAL: Self =
        Self { sections: [Coefficients::IDENTITY; MAX_SECTIONS], count: 0 };

    pub(super) fn new(settings: &BandSettings, sample_rate_hz: f64) -> Self {
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
