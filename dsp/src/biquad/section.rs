//! The running filter, and its response.

use std::f64::consts::PI;

/// `b0 + b1 z^-1 + b2 z^-2` over `1 + a1 z^-1 + a2 z^-2`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficients {
    /// Numerator.
    pub b: [f64; 3],
    /// Denominator without its leading 1.
    pub a: [f64; 2],
}

impl Coefficients {
    /// Lets everything pass unchanged.
    pub const IDENTITY: Self = Self { b: [1.0, 0.0, 0.0], a: [0.0, 0.0] };

    /// Squared magnitude at `frequency_hz`.
    pub fn power_response(&self, frequency_hz: f64, sample_rate_hz: f64) -> f64 {
        let w = 2.0 * PI * frequency_hz / sample_rate_hz;
        let (sin1, cos1) = w.sin_cos();
        let (sin2, cos2) = (2.0 * w).sin_cos();
        let numerator = (self.b[0] + self.b[1] * cos1 + self.b[2] * cos2).powi(2)
            + (self.b[1] * sin1 + self.b[2] * sin2).powi(2);
        let denominator = (1.0 + self.a[0] * cos1 + self.a[1] * cos2).powi(2)
            + (self.a[0] * sin1 + self.a[1] * sin2).powi(2);
        numerator / denominator
    }
}

/// One value for each of two channels.
pub type Frame = [f64; 2];

/// A running section for two channels at once, in double precision.
///
/// Transposed direct form II with the output substituted into the update of
/// the state. That shortens the loop from one sample to the next to a single
/// multiplication and addition, which is what limits the speed of a recursion.
#[derive(Clone, Copy, Debug)]
pub struct Biquad {
    direct: f64,
    input: [f64; 2],
    feedback: [f64; 2],
    z1: Frame,
    z2: Frame,
}

impl Biquad {
    /// A section at rest.
    pub fn new(coefficients: Coefficients) -> Self {
        let mut section =
            Self { direct: 1.0, input: [0.0; 2], feedback: [0.0; 2], z1: [0.0; 2], z2: [0.0; 2] };
        section.tune(coefficients);
        section
    }

    /// Takes new coefficients, between any two frames.
    pub fn tune(&mut self, Coefficients { b, a }: Coefficients) {
        self.direct = b[0];
        self.input = [b[1] - a[0] * b[0], b[2] - a[1] * b[0]];
        self.feedback = a;
    }

    /// Forgets all audio.
    pub fn reset(&mut self) {
        self.z1 = [0.0; 2];
        self.z2 = [0.0; 2];
    }

    /// Filters one frame.
    #[inline]
    pub fn process(&mut self, x: Frame) -> Frame {
        let [i1, i2] = self.input;
        let [a1, a2] = self.feedback;
        let mut y = [0.0; 2];
        for channel in 0..2 {
            let z1 = self.z1[channel];
            y[channel] = self.direct * x[channel] + z1;
            self.z1[channel] = (i1 * x[channel] + self.z2[channel]) - a1 * z1;
            self.z2[channel] = i2 * x[channel] - a2 * z1;
        }
        y
    }

    /// The way from the present coefficients to others in `frames` frames.
    pub fn slide_to(&self, coefficients: Coefficients, frames: usize) -> Slide {
        let target = Self::new(coefficients);
        let step = |from: f64, to: f64| (to - from) / frames.max(1) as f64;
        Slide {
            direct: step(self.direct, target.direct),
            input: std::array::from_fn(|i| step(self.input[i], target.input[i])),
            feedback: std::array::from_fn(|i| step(self.feedback[i], target.feedback[i])),
        }
    }

    /// Filters frames in place while the coefficients move on with every frame.
    pub fn process_sliding(&mut self, slide: &Slide, frames: &mut [Frame]) {
        for frame in frames {
            self.direct += slide.direct;
            for i in 0..2 {
                self.input[i] += slide.input[i];
                self.feedback[i] += slide.feedback[i];
            }
            *frame = self.process(*frame);
        }
    }

    /// Rounds the state, some 200 dB below itself.
    ///
    /// What a stream remembers of its beginning decays, but not to nothing: in the
    /// end rounding keeps two streams of the same audio a bit apart. Rounded to more
    /// than they differ by, at the same frames, they become one.
    pub fn settle(&mut self) {
        /// Of 52 bits of a fraction.
        const DROPPED_BITS: u32 = 18;
        let round = |state: &mut f64| {
            let bits = state.to_bits() + (1 << (DROPPED_BITS - 1));
            *state = f64::from_bits(bits & !((1 << DROPPED_BITS) - 1));
        };
        self.z1.iter_mut().chain(&mut self.z2).for_each(round);
    }

    /// Clears what has decayed below hearing by far, before it becomes denormal.
    pub fn clear_denormals(&mut self) {
        const NEGLIGIBLE: f64 = 1e-30;
        for channel in 0..2 {
            if self.z1[channel].abs() < NEGLIGIBLE && self.z2[channel].abs() < NEGLIGIBLE {
                self.z1[channel] = 0.0;
                self.z2[channel] = 0.0;
            }
        }
    }
}

/// What a section's coefficients move by from one frame to the next.
///
/// The denominators of stable sections form a triangle: what lies between two
/// of them is stable too.
#[derive(Clone, Copy, Debug, Default)]
pub struct Slide {
    direct: f64,
    input: [f64; 2],
    feedback: [f64; 2],
}

/// Filters frames in place through sections in series, two at a time: while
/// one waits for its recursion, the other works.
pub fn process_cascade(sections: &mut [Biquad], frames: &mut [Frame]) {
    let mut pairs = sections.chunks_exact_mut(2);
    for pair in &mut pairs {
        if let [first, second] = pair {
            let (mut one, mut two) = (*first, *second);
            for frame in &mut *frames {
                *frame = two.process(one.process(*frame));
            }
            (*first, *second) = (one, two);
        }
    }
    for section in pairs.into_remainder() {
        for frame in &mut *frames {
            *frame = section.process(*frame);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::biquad::Prototype;

    fn db(power: f64) -> f64 {
        10.0 * power.log10()
    }

    #[test]
    fn the_running_filter_has_the_response_that_is_drawn() {
        let coefficients = Prototype::high_shelf(6.0, 0.7).digitize(4000.0, 48_000.0);
        let mut filter = Biquad::new(coefficients);
        let w = 2.0 * PI * 7000.0 / 48_000.0;
        let (mut re, mut im) = (0.0, 0.0);
        for n in 0..20_000 {
            let [y, silent] = filter.process([if n == 0 { 1.0 } else { 0.0 }, 0.0]);
            assert_eq!(silent, 0.0);
            re += y * (w * f64::from(n)).cos();
            im += y * (w * f64::from(n)).sin();
        }
        let measured = db(re * re + im * im);
        assert!((measured - db(coefficients.power_response(7000.0, 48_000.0))).abs() < 1e-6);
    }

    #[test]
    fn a_cascade_is_its_sections_one_after_another() {
        let sections = [500.0, 2000.0, 9000.0]
            .map(|hz| Biquad::new(Prototype::bell(6.0, 2.0).digitize(hz, 48_000.0)));
        let input: Vec<Frame> = (0..200).map(|n| [(f64::from(n) * 0.7).sin(), 1.0]).collect();
        let mut expected = input.clone();
        for mut section in sections {
            for frame in &mut expected {
                *frame = section.process(*frame);
            }
        }
        let (mut cascade, mut frames) = (sections, input);
        process_cascade(&mut cascade, &mut frames);
        assert_eq!(frames, expected);
    }

    #[test]
    fn a_slide_arrives_where_it_was_told_to() {
        let [from, to] =
            [1.0, 9.0].map(|gain_db| Prototype::bell(gain_db, 1.0).digitize(700.0, 48_000.0));
        let mut filter = Biquad::new(from);
        let slide = filter.slide_to(to, 32);
        filter.process_sliding(&slide, &mut [[0.0; 2]; 32]);
        let there = Biquad::new(to);
        let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
        assert!(near(filter.direct, there.direct));
        assert!((0..2).all(|i| near(filter.input[i], there.input[i])));
        assert!((0..2).all(|i| near(filter.feedback[i], there.feedback[i])));
    }

    #[test]
    fn decayed_state_becomes_zero_not_denormal() {
        let mut filter = Biquad::new(Prototype::high_pass(0.7).digitize(38.0, 48_000.0));
        for n in 0..400_000 {
            filter.process(if n < 100 { [1.0, -1.0] } else { [0.0; 2] });
            if n % 32 == 0 {
                filter.clear_denormals();
            }
        }
        assert_eq!([filter.z1, filter.z2], [[0.0; 2]; 2]);
    }
}
