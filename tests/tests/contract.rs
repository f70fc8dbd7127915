//! What every stage and the chain promise, whatever they do to the sound.

mod whole;

use burnish_dsp::chain::Chain;
use burnish_dsp::clipper::{Clipper, ClipperSettings, Oversampling};
use burnish_dsp::compressor::{Compressor, CompressorSettings};
use burnish_dsp::dither::{BitDepth, Dither, DitherSettings, NoiseShape};
use burnish_dsp::equalizer::{
    BandChannel, BandShape, Equalizer, EqualizerPhase, EqualizerSettings,
};
use burnish_dsp::limiter::{Character, Limiter, LimiterSettings};
use burnish_dsp::processor::{AudioSpec, Processor, StereoBlock};
use burnish_dsp::readings::MeterFeed;
use burnish_dsp::settings::{ChainSettings, Stage};
use burnish_dsp::slot::Slot;
use burnish_dsp::spectrum::SongSpectrum;
use burnish_dsp::stereo::{Stereo, StereoSettings};
use burnish_dsp::trim::{Trim, TrimSettings};
use nice_assert_no_alloc::assert_no_alloc;

use crate::support::{Signal, limited, limiting};

const RATES_HZ: [f64; 4] = [44_100.0, 48_000.0, 96_000.0, 192_000.0];
const MAX_BLOCK: usize = 1024;

fn spec(sample_rate_hz: f64) -> AudioSpec {
    AudioSpec { sample_rate_hz, max_block_frames: MAX_BLOCK }
}

/// Settings with which every part of every stage works.
pub fn busy() -> ChainSettings {
    let mut equalizer = EqualizerSettings::default();
    for (i, band) in equalizer.bands.iter_mut().enumerate() {
        band.is_on = true;
        band.gain_db = if i % 2 == 0 { -3.0 } else { 2.0 };
        band.channel = BandChannel::ALL[i % BandChannel::ALL.len()];
        band.shape = BandShape::ALL[i % BandShape::ALL.len()];
    }
    // A low-pass would move an impulse's peak; its response is tested elsewhere.
    equalizer.bands[6].shape = BandShape::Bell;
    ChainSettings {
        trim: TrimSettings { gain_db: 2.0, is_dc_blocked: true, ..TrimSettings::default() },
        equalizer,
        glue: CompressorSettings {
            is_on: true,
            threshold_db: -30.0,
            is_auto_makeup: true,
            link_percent: 60.0,
            ..CompressorSettings::default()
        },
        stereo: StereoSettings {
            side_gain_db: 1.0,
            high_width_percent: 130.0,
            is_bass_mono: true,
            is_guarded: true,
            ..StereoSettings::default()
        },
        clipper: ClipperSettings {
            is_on: true,
            drive_db: 3.0,
            oversampling: Oversampling::X8,
            ..ClipperSettings::default()
        },
        limiter: LimiterSettings {
            gain_db: 6.0,
            character: Character::Punchy,
            transient_link_percent: 50.0,
            ..limiting()
        },
        dither: DitherSettings {
            depth: BitDepth::Bits16,
            shape: NoiseShape::Lipshitz5,
            ..DitherSettings::default()
        },
    }
}

/// The same with some bands that follow the level.
fn dynamic() -> EqualizerSettings {
    let mut settings = busy().equalizer;
    for (i, band) in settings.bands.iter_mut().enumerate() {
        band.shape = [BandShape::Bell, BandShape::LowShelf, BandShape::HighShelf][i % 3];
        band.range_db = if i % 2 == 0 { -9.0 } else { 4.0 };
        band.threshold_db = -40.0;
    }
    settings
}

/// Without phase: all parts of the stereo signal, and something that moves.
fn linear() -> EqualizerSettings {
    EqualizerSettings { phase: EqualizerPhase::Linear, ..busy().equalizer }
}

fn neutral_linear() -> EqualizerSettings {
    EqualizerSettings { phase: EqualizerPhase::Linear, ..EqualizerSettings::default() }
}

/// A stage, a stage in its slot, or the chain: what the contract is about.
trait Subject {
    type Settings: Copy;
    fn build(spec: AudioSpec) -> Self;
    fn configure(&mut self, settings: &Self::Settings);
    fn reset(&mut self);
    fn process(&mut self, block: &mut StereoBlock<'_>);
    fn latency_frames(&self) -> usize;
}

impl<P: Processor> Subject for Slot<P> {
    type Settings = P::Settings;
    fn build(spec: AudioSpec) -> Self {
        Slot::new(spec)
    }
    fn configure(&mut self, settings: &P::Settings) {
        Slot::configure(self, settings);
    }
    fn reset(&mut self) {
        Slot::reset(self);
    }
    fn process(&mut self, block: &mut StereoBlock<'_>) {
        Slot::process(self, block);
    }
    fn latency_frames(&self) -> usize {
        Slot::latency_frames(self)
    }
}

impl Subject for Chain {
    type Settings = ChainSettings;
    fn build(spec: AudioSpec) -> Self {
        Chain::new(spec)
    }
    fn configure(&mut self, settings: &ChainSettings) {
        Chain::configure(self, settings);
    }
    fn reset(&mut self) {
        Chain::reset(self);
    }
    fn process(&mut self, block: &mut StereoBlock<'_>) {
        Chain::process(self, block);
    }
    fn latency_frames(&self) -> usize {
        Chain::latency_frames(self)
    }
}

fn built<S: Subject>(sample_rate_hz: f64, settings: &S::Settings) -> S {
    let mut subject = S::build(spec(sample_rate_hz));
    subject.configure(settings);
    subject
}

fn output_does_not_depend_on_block_size<S: Subject>(settings: &S::Settings, other: &S::Settings) {
    for rate in RATES_HZ {
        // Long enough that something comes out.
        let half = 4500 + built::<S>(rate, settings).latency_frames();
        let input = Signal::noise(2 * half, 0.9, 3);
        let render = |sizes: &[usize]| {
            let mut subject: S = built(rate, settings);
            // A change half way must not depend on the block size either.
            let mut output = input.clone();
            let mut frame = 0;
            let mut sizes = sizes.iter().copied().cycle();
            for length in [half, half] {
                let end = frame + length;
                while frame < end {
                    let stop = (frame + sizes.next().unwrap()).min(end);
                    subject.process(&mut StereoBlock::new(
                        &mut output.left[frame..stop],
                        &mut output.right[frame..stop],
                    ));
                    frame = stop;
                }
                subject.configure(other);
            }
            output
        };
        let whole = render(&[MAX_BLOCK]);
        assert!(whole.is_finite());
        for sizes in [&[1][..], &[17], &[64], &[512], &[3, 700, 32, 1, 1024, 129]] {
            assert!(render(sizes) == whole, "{rate} Hz in blocks of {sizes:?}");
        }
    }
}

fn reset_equals_new<S: Subject>(settings: &S::Settings) {
    let mut subject: S = built(48_000.0, settings);
    let input = Signal::noise(6000 + subject.latency_frames(), 0.9, 5);
    let first = input.through(&[256], |block| subject.process(block));
    subject.reset();
    let second = input.through(&[256], |block| subject.process(block));
    assert!(first == second);
}

fn silence_stays_silent<S: Subject>(settings: &S::Settings) {
    let mut subject: S = built(48_000.0, settings);
    let output = Signal::mono(20_000, |_| 0.0).through(&[512], |block| subject.process(block));
    assert!(output.left.iter().chain(&output.right).all(|sample| *sample == 0.0));
}

fn what_is_not_a_number_never_leaves<S: Subject>(settings: &S::Settings) {
    let mut subject: S = built(48_000.0, settings);
    let mut input = Signal::noise(20_000, 0.5, 9);
    for (n, poison) in [(100, f32::NAN), (5000, f32::INFINITY), (9000, f32::NEG_INFINITY)] {
        input.left[n] = poison;
        input.right[n + 7] = poison;
    }
    input.left[15_000] = f32::MAX;
    input.right[15_100] = f32::MIN_POSITIVE / 4.0;
    let output = input.through(&[512], |block| subject.process(block));
    assert!(output.is_finite());
    // It recovers: after the poison there is sound again.
    let late = &output.left[14_000..14_900];
    assert!(late.iter().any(|sample| sample.abs() > 0.01));
}

/// `spread_frames`: filters that turn the phase may move the highest sample by that much.
fn an_impulse_arrives_at_the_latency<S: Subject>(settings: &S::Settings, spread_frames: usize) {
    for rate in RATES_HZ {
        let mut subject: S = built(rate, settings);
        let at = 3000;
        let frames = 8000 + subject.latency_frames();
        let input = Signal::mono(frames, |n| if n == at { 0.25 } else { 0.0 });
        let output = input.through(&[100], |block| subject.process(block));
        for channel in [&output.left, &output.right] {
            let highest = (0..channel.len())
                .max_by(|a, b| channel[*a].abs().total_cmp(&channel[*b].abs()))
                .unwrap();
            let expected = at + subject.latency_frames();
            assert!(highest.abs_diff(expected) <= spread_frames, "{rate} Hz: {highest}");
        }
    }
}

fn neutral_settings_are_bit_exact<S: Subject>(neutral: &S::Settings) {
    for rate in RATES_HZ {
        let mut subject: S = built(rate, neutral);
        let latency = subject.latency_frames();
        // Below the limiter's ceiling, true peaks included.
        let input = Signal::noise(12_000, 0.3, 11);
        let output = input.padded(latency).through(&[333], |block| subject.process(block));
        assert!(output.left[latency..] == input.left[..], "{rate} Hz");
        assert!(output.right[latency..] == input.right[..], "{rate} Hz");
    }
}

fn nothing_is_allocated_while_processing<S: Subject>(settings: &S::Settings, other: &S::Settings) {
    let mut subject: S = built(48_000.0, settings);
    let mut left = vec![0.5; MAX_BLOCK];
    let mut right = vec![-0.5; MAX_BLOCK];
    assert_no_alloc(|| {
        for round in 0..40 {
            subject.configure(if round % 2 == 0 { settings } else { other });
            subject.process(&mut StereoBlock::new(&mut left, &mut right));
            if round == 30 {
                subject.reset();
            }
        }
    });
}

macro_rules! contract {
    ($($name:ident: $subject:ty = $settings:expr, $neutral:expr;)+) => {$(
        mod $name {
            use super::*;

            #[test]
            fn output_does_not_depend_on_block_size() {
                super::output_does_not_depend_on_block_size::<$subject>(&$settings, &$neutral);
                super::output_does_not_depend_on_block_size::<$subject>(&$neutral, &$settings);
            }

            #[test]
            fn reset_equals_new() {
                super::reset_equals_new::<$subject>(&$settings);
            }

            #[test]
            fn silence_stays_silent() {
                super::silence_stays_silent::<$subject>(&$settings);
                super::silence_stays_silent::<$subject>(&$neutral);
            }

            #[test]
            fn what_is_not_a_number_never_leaves() {
                super::what_is_not_a_number_never_leaves::<$subject>(&$settings);
                super::what_is_not_a_number_never_leaves::<$subject>(&$neutral);
            }

            #[test]
            fn an_impulse_arrives_at_the_latency() {
                super::an_impulse_arrives_at_the_latency::<$subject>(&$settings, 1);
                super::an_impulse_arrives_at_the_latency::<$subject>(&$neutral, 0);
            }

            #[test]
            fn neutral_settings_are_bit_exact() {
                super::neutral_settings_are_bit_exact::<$subject>(&$neutral);
            }

            #[test]
            fn nothing_is_allocated_while_processing() {
                super::nothing_is_allocated_while_processing::<$subject>(&$settings, &$neutral);
            }
        }
    )+};
}

contract! {
    trim: Slot<Trim> = busy().trim, TrimSettings::default();
    equalizer: Slot<Equalizer> = busy().equalizer, EqualizerSettings::default();
    dynamic_equalizer: Slot<Equalizer> = dynamic(), EqualizerSettings::default();
    linear_equalizer: Slot<Equalizer> = linear(), neutral_linear();
    glue: Slot<Compressor> = busy().glue, CompressorSettings::default();
    stereo: Slot<Stereo> = busy().stereo, StereoSettings::default();
    clipper: Slot<Clipper> = busy().clipper, ClipperSettings::default();
    limiter: Slot<Limiter> = busy().limiter, limiting();
    dither: Slot<Dither> = busy().dither, DitherSettings::default();
    chain: Chain = busy(), limited();
}
