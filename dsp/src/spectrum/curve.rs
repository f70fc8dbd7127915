//! How the powers of bins become a curve; see the module above.

use std::f32::consts::{FRAC_1_SQRT_2, LN_2};

use crate::units::SILENCE_DB;

/// The frequency that a tilt turns around.
const TILT_PIVOT_HZ: f32 = 1000.0;
pub(super) const FLOOR_DB: f32 = SILENCE_DB as f32;
/// Power of a sine in three bins of a Hann window, in units of its peak bin.
const TONE_BINS: f32 = 1.5;

/// How a curve is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CurveLook {
    /// Width of the smoothing, octaves.
    pub smoothing_octaves: f32,
    /// Slope that is added around 1 kHz, dB per octave: 4.5 makes most music look level.
    pub tilt_db_per_octave: f32,
}

/// Draws curves on any set of frequencies from the powers of bins.
#[derive(Clone, Debug, Default)]
pub struct CurveDrawer {
    /// Level of a sine at each bin; made for each curve.
    tones: Vec<f32>,
}

impl CurveDrawer {
    /// Draws the level in dBFS at each of `frequencies_hz`: -150 for silence
    /// and above Nyquist. `powers` are those of the bins from 0 Hz to Nyquist.
    pub fn draw(
        &mut self,
        powers: impl ExactSizeIterator<Item = f32>,
        sample_rate_hz: f64,
        look: CurveLook,
        frequencies_hz: &[f32],
        out_db: &mut [f32],
    ) {
        debug_assert_eq!(frequencies_hz.len(), out_db.len());
        self.tones.clear();
        self.tones.extend(powers);
        if self.tones.is_empty() {
            out_db.fill(FLOOR_DB);
            return;
        }
        gather_tones(&mut self.tones);
        let bins_per_hz = (2 * (self.tones.len() - 1)) as f32 / sample_rate_hz as f32;
        for (out_db, &hz) in out_db.iter_mut().zip(frequencies_hz) {
            let level_db = read(&self.tones, hz * bins_per_hz, look.smoothing_octaves);
            *out_db = if level_db > FLOOR_DB && hz > 0.0 {
                level_db + look.tilt_db_per_octave * (hz / TILT_PIVOT_HZ).log2()
            } else {
                FLOOR_DB
            };
        }
    }
}

/// Gives each bin the power that a sine there would have.
fn gather_tones(tones: &mut [f32]) {
    let mut below = 0.0;
    for bin in 0..tones.len() {
        let power = tones[bin];
        let above = tones.get(bin + 1).copied().unwrap_or(0.0);
        tones[bin] = (below + power + above) / TONE_BINS;
        below = power;
    }
}

/// The level at a position between bins.
fn read(tones: &[f32], position: f32, smoothing_octaves: f32) -> f32 {
    let last = tones.len() - 1;
    if !(position >= 0.0 && position <= last as f32) {
        return FLOOR_DB;
    }
    // Where the weight falls to nothing; half a band lies at 1/sqrt 2 of it.
    let reach = position * smoothing_octaves.max(0.0) * LN_2 * FRAC_1_SQRT_2;
    let first = (position - reach).ceil() as usize;
    let end = ((position + reach).floor() as usize).min(last);
    let mut strongest = 0.0;
    for (bin, tone) in tones.iter().enumerate().take(end + 1).skip(first) {
        let distance = (bin as f32 - position) / reach.max(f32::MIN_POSITIVE);
        strongest = f32::max(strongest, tone * (1.0 - distance * distance));
    }
    to_db(strongest).max(between_bins(tones, position))
}

/// A smooth curve through the bins' levels that never leaves the range of the
/// two bins that it runs between.
fn between_bins(tones: &[f32], position: f32) -> f32 {
    let last = tones.len() - 1;
    let base = position as usize;
    let t = position - base as f32;
    let at = |bin: usize| to_db(tones[bin.min(last)]);
    let [y0, y1, y2, y3] = [at(base.saturating_sub(1)), at(base), at(base + 1), at(base + 2)];
    // Catmull-Rom.
    let slope = 0.5 * (y2 - y0);
    let quadratic = y0 - 2.5 * y1 + 2.0 * y2 - 0.5 * y3;
    let cubic = 0.5 * (y3 - y0) + 1.5 * (y1 - y2);
    let y = y1 + t * (slope + t * (quadratic + t * cubic));
    y.clamp(y1.min(y2), y1.max(y2))
}

fn to_db(power: f32) -> f32 {
    (10.0 * power.log10()).max(FLOOR_DB)
}
