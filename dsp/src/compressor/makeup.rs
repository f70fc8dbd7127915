//! Make-up gain by measured loudness: louder must not pass for better.
//!
//! The K-weighted input is measured with and without the compressor's gain,
//! over the same 3 s exponential window; the ratio of the two is the make-up.

use crate::biquad::{Biquad, Frame, Prototype};
use crate::processor::AudioSpec;
use crate::units::power_to_db;

const WINDOW_MS: f64 = 3000.0;
/// The most make-up it will ever ask for.
const HIGHEST_DB: f64 = 24.0;

/// Measures how much loudness the compressor takes away.
#[derive(Clone, Copy, Debug)]
pub(super) struct LoudnessMakeup {
    /// Shelf and high-pass of the K-weighting.
    weighting: [Biquad; 2],
    remains: f64,
    before: f64,
    after: f64,
}

impl LoudnessMakeup {
    pub(super) fn new(spec: AudioSpec) -> Self {
        // The two stages of ITU-R BS.1770's weighting, near enough for a ratio.
        let shelf = Prototype::high_shelf(4.0, 0.707).digitize(1682.0, spec.sample_rate_hz);
        let high_pass = Prototype::high_pass(0.5).digitize(38.1, spec.sample_rate_hz);
        Self {
            weighting: [Biquad::new(shelf), Biquad::new(high_pass)],
            remains: spec.one_pole_coefficient(WINDOW_MS),
            before: 0.0,
            after: 0.0,
        }
    }

    /// Takes a frame of the compressor's input and the gain that it was given.
    #[inline]
    pub(super) fn measure(&mut self, frame: Frame, gain: Frame) {
        let [shelf, high_pass] = &mut self.weighting;
        let power = high_pass.process(shelf.process(frame)).map(|x| x * x);
        let before = power[0] + power[1];
        let after = power[0] * gain[0] * gain[0] + power[1] * gain[1] * gain[1];
        self.before = before + (self.before - before) * self.remains;
        self.after = after + (self.after - after) * self.remains;
    }

    /// The gain that makes up for the lost loudness, dB.
    pub(super) fn makeup_db(&mut self) -> f64 {
        self.weighting.iter_mut().for_each(Biquad::clear_denormals);
        if self.before < 1e-20 || self.after < 1e-20 {
            self.before = 0.0;
            self.after = 0.0;
            return 0.0;
        }
        power_to_db(self.before / self.after).clamp(0.0, HIGHEST_DB)
    }
}
