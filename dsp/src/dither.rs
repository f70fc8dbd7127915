//! Dither: the last stage, which makes the output fit a shorter word.
//!
//! Triangular dither of 2 LSB peak to peak decouples mean and variance of the
//! quantisation error from the signal (Lipshitz, Wannamaker, Vanderkooy,
//! "Quantization and Dither", JAES 40(5), 1992). Noise-shaped curves feed the
//! past total errors back through `1 - sum c[k] z^-k`.

mod settings;

use std::sync::LazyLock;

pub use settings::*;

use crate::processor::{AudioSpec, Processor, StereoBlock};

/// Taps of the longest shaper.
const MAX_TAPS: usize = 9;
/// Lipshitz, Vanderkooy, Wannamaker: "Minimally Audible Noise Shaping", JAES 39(11), 1991.
const LIPSHITZ_5: [f64; 5] = [2.033, -2.165, 1.959, -1.590, 0.6149];
/// Wannamaker, "Psychoacoustically Optimal Noise Shaping", JAES 40(7/8), 1992.
const F_WEIGHTED_9: [f64; 9] = [2.412, -3.370, 3.937, -4.174, 3.353, -2.205, 1.281, -0.569, 0.0847];
/// Frames of digital silence after which the output is blanked.
const BLANK_AFTER_FRAMES: usize = 64;
/// From this rate on the ear's deafness lies far below Nyquist, and these shapers do not fit.
const HIGHEST_SHAPED_RATE_HZ: f64 = 50_000.0;

impl NoiseShape {
    fn taps(self) -> &'static [f64] {
        match self {
            NoiseShape::Flat => &[],
            NoiseShape::Lipshitz5 => &LIPSHITZ_5,
            NoiseShape::FWeighted9 => &F_WEIGHTED_9,
        }
    }
}

/// A step of the generator: linear in the bits of the state.
fn next(mut state: u64) -> u64 {
    state ^= state >> 12;
    state ^= state << 25;
    state ^ state >> 27
}

/// Any number of steps at once: what 1, 2, 4, ... steps make of each bit of the state.
#[derive(Debug)]
struct Leaps(Vec<[u64; 64]>);

static LEAPS: LazyLock<Leaps> = LazyLock::new(|| {
    let one = std::array::from_fn(|bit| next(1 << bit));
    let twice = |leap: &[u64; 64]| Some(leap.map(|state| apply(leap, state)));
    Leaps(std::iter::successors(Some(one), twice).take(64).collect())
});

/// The state that a linear step makes of another.
fn apply(step: &[u64; 64], state: u64) -> u64 {
    step.iter()
        .enumerate()
        .fold(0, |sum, (bit, made)| sum ^ made & (state >> bit & 1).wrapping_neg())
}

impl Leaps {
    /// The state before the draw for a frame of the song, of the one before frame 0.
    fn to_frame(&self, seed: u64, song_frame: i64) -> u64 {
        // All 2^64 - 1 states follow one another in a ring.
        let draws = song_frame as u64;
        let draws = if song_frame < 0 { draws - 1 } else { draws };
        let taken = self.0.iter().enumerate().filter(|(power, _)| draws >> power & 1 == 1);
        taken.fold(seed, |state, (_, leap)| apply(leap, state))
    }
}

/// Marsaglia's 64-bit xorshift with a multiplicative finish (Vigna, 2016): fast
/// and white far beyond what dither needs.
#[derive(Clone, Copy, Debug)]
struct Noise {
    state: u64,
}

impl Noise {
    fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Makes the next draw.
    fn advance(&mut self) {
        self.state = next(self.state);
    }

    /// Triangular in -1..1: the sum of two uniform halves of one draw.
    fn triangular(&mut self) -> f64 {
        self.advance();
        let bits = self.state.wrapping_mul(0x2545_F491_4F6C_DD1D);
        let [first, second] = [(bits >> 32) as u32, bits as u32].map(|half| f64::from(half as i32));
        (first + second) / (1u64 << 32) as f64
    }
}

/// The nearest integer, for magnitudes below 2^51; where the processor has no
/// instruction for it, far faster than the library's.
fn round(x: f64) -> f64 {
    const SHIFT: f64 = (3u64 << 51) as f64;
    (x + SHIFT) - SHIFT
}

/// What lay beyond full scale and was cut off, since whole numbers end there.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OverFullScale {
    /// How many samples.
    pub samples: u64,
    /// The highest of their magnitudes, full scale 1.0; 0 where there are none.
    pub peak: f32,
}

impl OverFullScale {
    /// Counts a sample that goes into whole numbers.
    #[inline]
    pub fn count(&mut self, sample: f32) {
        if sample.abs() > 1.0 {
            self.samples += 1;
            self.peak = self.peak.max(sample.abs());
        }
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { samples: self.samples + other.samples, peak: self.peak.max(other.peak) }
    }
}

/// One channel's quantiser.
#[derive(Clone, Copy, Debug)]
struct Quantizer {
    noise: Noise,
    errors: [f64; MAX_TAPS],
    over: OverFullScale,
}

impl Quantizer {
    fn new(seed: u64) -> Self {
        Self { noise: Noise::new(seed), errors: [0.0; MAX_TAPS], over: OverFullScale::default() }
    }

    /// The sample on the grid of `scale` steps to full scale; a power of two, its inverse is exact.
    #[inline]
    fn process(&mut self, sample: f32, [scale, inverse]: [f64; 2], taps: &[f64]) -> f32 {
        self.over.count(sample);
        let wanted = f64::from(sample) * scale;
        let mut shaped = wanted;
        if !taps.is_empty() {
            shaped -= taps.iter().zip(&self.errors).map(|(c, e)| c * e).sum::<f64>();
        }
        let quantized = round(shaped + self.noise.triangular());
        if !taps.is_empty() {
            self.errors.copy_within(0..MAX_TAPS - 1, 1);
            // Clipping at full scale must not wind the shaper up.
            self.errors[0] = (quantized - shaped).clamp(-4.0, 4.0);
        }
        (quantized.clamp(-scale, scale - 1.0) * inverse) as f32
    }
}

/// The dither stage.
#[derive(Debug)]
pub struct Dither {
    settings: Option<DitherSettings>,
    can_shape: bool,
    /// Frames of digital silence up to now; the stream begins in silence.
    silent_frames: usize,
    left: Quantizer,
    right: Quantizer,
    leaps: &'static Leaps,
}

impl Dither {
    /// What was cut off on the left and on the right since the last reset.
    pub fn over_full_scale(&self) -> [OverFullScale; 2] {
        [self.left.over, self.right.over]
    }
}

const SEEDS: [u64; 2] = [0x9E37_79B9_7F4A_7C15, 0xD1B5_4A32_D192_ED03];

impl Processor for Dither {
    type Settings = DitherSettings;

    fn new(spec: AudioSpec) -> Self {
        Self {
            settings: None,
            can_shape: spec.sample_rate_hz <= HIGHEST_SHAPED_RATE_HZ,
            silent_frames: BLANK_AFTER_FRAMES,
            left: Quantizer::new(SEEDS[0]),
            right: Quantizer::new(SEEDS[1]),
            // Made here, not when the song first jumps.
            leaps: LazyLock::force(&LEAPS),
        }
    }

    fn configure(&mut self, settings: &DitherSettings) {
        self.settings = Some(*settings);
    }

    fn reset(&mut self) {
        self.silent_frames = BLANK_AFTER_FRAMES;
        self.left = Quantizer::new(SEEDS[0]);
        self.right = Quantizer::new(SEEDS[1]);
    }

    /// Every frame of the song has noise of its own, so that two renders of it are
    /// the same wherever they began.
    fn anchor(&mut self, song_frame: i64) {
        for (quantizer, seed) in [&mut self.left, &mut self.right].into_iter().zip(SEEDS) {
            quantizer.noise.state = self.leaps.to_frame(seed, song_frame);
        }
    }

    fn process(&mut self, block: &mut StereoBlock<'_>) {
        let settings = self.settings.unwrap_or_default();
        let Some(bits) = settings.depth.bits() else { return };
        let scale = f64::from(1u32 << (bits - 1));
        let scales = [scale, 1.0 / scale];
        let taps = if self.can_shape { settings.shape.taps() } else { &[] };
        for (l, r) in block.left.iter_mut().zip(block.right.iter_mut()) {
            if settings.is_auto_blank && *l == 0.0 && *r == 0.0 {
                self.silent_frames = self.silent_frames.saturating_add(1);
                if self.silent_frames > BLANK_AFTER_FRAMES {
                    self.left.errors = [0.0; MAX_TAPS];
                    self.right.errors = [0.0; MAX_TAPS];
                    self.left.noise.advance();
                    self.right.noise.advance();
                    continue;
                }
            } else {
                self.silent_frames = 0;
            }
            *l = self.left.process(*l, scales, taps);
            *r = self.right.process(*r, scales, taps);
        }
    }

    fn is_neutral(settings: &DitherSettings) -> bool {
        settings.depth == BitDepth::Off
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leap_to_a_frame_of_the_song_is_all_draws_up_to_it() {
        let mut noise = Noise::new(SEEDS[0]);
        for frame in 0..1000 {
            assert_eq!(LEAPS.to_frame(SEEDS[0], frame), noise.state);
            noise.advance();
        }
        for first in [-1_000_000_007, -300, -1, 0, 7, 48_000 * 3600] {
            noise.state = LEAPS.to_frame(SEEDS[1], first);
            for _ in 0..500 {
                noise.advance();
            }
            assert_eq!(LEAPS.to_frame(SEEDS[1], first + 500), noise.state, "{first}");
        }
        assert_eq!(LEAPS.to_frame(SEEDS[1], 0), SEEDS[1]);
        // Where a host makes positions up, there is noise all the same.
        assert_ne!(LEAPS.to_frame(SEEDS[0], i64::MIN), 0);
        assert_ne!(LEAPS.to_frame(SEEDS[0], i64::MAX), 0);
    }
}
