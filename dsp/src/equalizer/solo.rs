//! Hearing only the region that a band works on.

use super::settings::{BAND_COUNT, BandChannel, BandSettings, BandShape, EqualizerSettings};
use crate::biquad::{Biquad, Coefficients, Prototype};
use crate::processor::{AudioSpec, StereoBlock};
use crate::smoothing::Ramp;

const FADE_MS: f64 = 10.0;
/// Two of these in series are a Butterworth filter of fourth order.
const BUTTERWORTH_QS: [f64; 2] = [0.541_196_100_146_197, 1.306_562_964_876_377];
/// A narrower region would ring longer than it tells.
const HIGHEST_Q: f64 = 8.0;

/// What is let through: a part of the stereo signal, and of that a region.
#[derive(Clone, Copy, Debug)]
struct Region {
    /// The band whose region it is; all when there is none.
    band: Option<BandSettings>,
    sections: [Biquad; 2],
}

impl Region {
    const fn coefficients() -> [Coefficients; 2] {
        [Coefficients::IDENTITY; 2]
    }

    fn everything() -> Self {
        Self { band: None, sections: Self::coefficients().map(Biquad::new) }
    }

    fn tune(&mut self, band: BandSettings, sample_rate_hz: f64) {
        let frequency_hz = band.frequency_hz.min(0.49 * sample_rate_hz);
        let digitize = |prototype: Prototype| prototype.digitize(frequency_hz, sample_rate_hz);
        let coefficients = match band.shape {
            BandShape::Bell | BandShape::Notch => {
                [digitize(Prototype::band_pass(band.q.min(HIGHEST_Q))), Coefficients::IDENTITY]
            }
            // What a high-pass works on is what it removes.
            BandShape::LowShelf | BandShape::HighPass => {
                BUTTERWORTH_QS.map(|q| digitize(Prototype::low_pass(q)))
            }
            BandShape::HighShelf | BandShape::LowPass => {
                BUTTERWORTH_QS.map(|q| digitize(Prototype::high_pass(q)))
            }
            BandShape::Tilt => Self::coefficients(),
        };
        for (section, coefficients) in self.sections.iter_mut().zip(coefficients) {
            section.tune(coefficients);
        }
        self.band = Some(band);
    }

    #[inline]
    fn process(&mut self, [left, right]: [f64; 2]) -> [f64; 2] {
        let Some(band) = &self.band else { return [left, right] };
        let part = match band.channel {
            BandChannel::Stereo => [left, right],
            BandChannel::Left => [left, 0.0],
            BandChannel::Right => [0.0, right],
            BandChannel::Mid => [0.5 * (left + right); 2],
            BandChannel::Side => [0.5 * (left - right), 0.5 * (right - left)],
        };
        let [first, second] = &mut self.sections;
        second.process(first.process(part))
    }
}

/// Lets only one band's region through; a way of listening, never part of a render.
#[derive(Debug)]
pub struct BandSolo {
    sample_rate_hz: f64,
    band: Option<usize>,
    heard: Region,
    outgoing: Region,
    fade: Ramp,
}

impl BandSolo {
    /// A solo that lets everything through.
    pub fn new(spec: AudioSpec) -> Self {
        Self {
            sample_rate_hz: spec.sample_rate_hz,
            band: None,
            heard: Region::everything(),
            outgoing: Region::everything(),
            fade: Ramp::new(1.0, spec.frames_in_ms(FADE_MS)),
        }
    }

    /// Lets everything through at once.
    pub fn reset(&mut self) {
        self.band = None;
        self.heard = Region::everything();
        self.fade.snap(1.0);
    }

    /// Chooses the band (from 0) whose region is heard, or everything. Where the
    /// same band moves the region follows it; any other change is a cross-fade.
    pub fn choose(&mut self, band: Option<usize>, settings: &EqualizerSettings) {
        let band = band.filter(|band| *band < BAND_COUNT);
        let wanted = band.map(|band| settings.bands[band]);
        if band == self.band && wanted == self.heard.band {
            return;
        }
        let follows = band == self.band
            && self.heard.band.zip(wanted).is_some_and(|(heard, wanted)| {
                heard.shape == wanted.shape && heard.channel == wanted.channel
            });
        if !follows {
            self.outgoing = self.heard;
            self.heard = Region::everything();
            self.fade.snap(0.0);
            self.fade.set(1.0);
        }
        self.band = band;
        if let Some(wanted) = wanted {
            self.heard.tune(wanted, self.sample_rate_hz);
        }
    }

    /// Works on a block in place; to the bit nothing while everything is heard.
    pub fn process(&mut self, block: &mut StereoBlock<'_>) {
        if self.band.is_none() && self.fade.is_settled() {
            return;
        }
        for (l, r) in block.left.iter_mut().zip(block.right.iter_mut()) {
            let frame = [f64::from(*l), f64::from(*r)];
            let mut heard = self.heard.process(frame);
            if !self.fade.is_settled() {
                let fade = self.fade.advance();
                let old = self.outgoing.process(frame);
                for channel in 0..2 {
                    heard[channel] = old[channel] + fade * (heard[channel] - old[channel]);
                }
            }
            (*l, *r) = (heard[0] as f32, heard[1] as f32);
        }
        for region in [&mut self.heard, &mut self.outgoing] {
            region.sections.iter_mut().for_each(Biquad::clear_denormals);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: AudioSpec = AudioSpec { sample_rate_hz: 48_000.0, max_block_frames: 4800 };

    fn settings(shape: BandShape, channel: BandChannel) -> EqualizerSettings {
        let mut settings = EqualizerSettings::default();
        settings.bands[3] =
            BandSettings { shape, channel, frequency_hz: 1000.0, q: 2.0, ..settings.bands[3] };
        settings
    }

    /// Level of a tone after the solo, dB re before, left and right.
    fn through(solo: &mut BandSolo, hz: f64, signs: [f32; 2]) -> [f64; 2] {
        let tone: Vec<f32> = (0..9600)
            .map(|n| (0.5 * (std::f64::consts::TAU * hz * f64::from(n) / 48_000.0).sin()) as f32)
            .collect();
        let mut sides = signs.map(|sign| tone.iter().map(|x| sign * x).collect::<Vec<_>>());
        let [left, right] = &mut sides;
        solo.process(&mut StereoBlock::new(left, right));
        let power = |x: &[f32]| x[4800..].iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
        sides.map(|side| 10.0 * (power(&side) / power(&tone)).log10())
    }

    #[test]
    fn only_the_bands_region_is_heard() {
        for (shape, below, above) in [
            (BandShape::Bell, false, false),
            (BandShape::LowShelf, true, false),
            (BandShape::HighPass, true, false),
            (BandShape::HighShelf, false, true),
            (BandShape::LowPass, false, true),
            (BandShape::Tilt, true, true),
        ] {
            let mut solo = BandSolo::new(SPEC);
            solo.choose(Some(3), &settings(shape, BandChannel::Stereo));
            for (hz, is_heard) in [(60.0, below), (12_000.0, above)] {
                let [left, right] = through(&mut solo, hz, [1.0, 1.0]);
                assert!((left - right).abs() < 1e-6);
                let as_told = if is_heard { left.abs() < 0.1 } else { left < -25.0 };
                assert!(as_told, "{shape:?} at {hz} Hz: {left} dB");
            }
        }
    }

    #[test]
    fn only_the_bands_part_of_the_stereo_signal_is_heard() {
        for (channel, signs, heard) in [
            (BandChannel::Mid, [1.0, -1.0], [false, false]),
            (BandChannel::Side, [1.0, -1.0], [true, true]),
            (BandChannel::Side, [1.0, 1.0], [false, false]),
            (BandChannel::Left, [1.0, 1.0], [true, false]),
            (BandChannel::Right, [1.0, 1.0], [false, true]),
        ] {
            let mut solo = BandSolo::new(SPEC);
            solo.choose(Some(3), &settings(BandShape::Bell, channel));
            let levels = through(&mut solo, 1000.0, signs);
            for (level, is_heard) in levels.into_iter().zip(heard) {
                assert_eq!(level > -0.1, is_heard, "{channel:?}: {levels:?}");
            }
        }
    }

    #[test]
    fn without_a_band_everything_passes_to_the_bit_and_it_never_clicks() {
        let mut solo = BandSolo::new(SPEC);
        let tone: Vec<f32> = (0..9600).map(|n| 0.4 * (0.01 * n as f32).sin()).collect();
        let mut passed = Vec::new();
        for (n, block) in tone.chunks(480).enumerate() {
            let band = [None, Some(3), Some(2)][(n / 4) % 3];
            solo.choose(band, &settings(BandShape::Bell, BandChannel::Stereo));
            let (mut left, mut right) = (block.to_vec(), block.to_vec());
            solo.process(&mut StereoBlock::new(&mut left, &mut right));
            passed.extend(left);
        }
        assert_eq!(passed[..1920], tone[..1920]);
        let steepest = |x: &[f32]| x.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max);
        assert!(steepest(&passed) < 2.0 * steepest(&tone), "{}", steepest(&passed));
    }
}
