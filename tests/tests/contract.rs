//! What every stage and the chain promise, whatever they do to the sound.

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

#[test]
fn a_chain_that_is_read_allocates_nothing_and_its_song_spectrum_fits_any_blocks() {
    let input = Signal::noise(60_000, 0.5, 13);
    let read = |sizes: &[usize]| {
        let mut chain: Chain = built(48_000.0, &busy());
        let shared = chain.attach(MeterFeed::new());
        let mut signal = input.clone();
        let mut start = 0;
        assert_no_alloc(|| {
            for size in sizes.iter().cycle() {
                let end = (start + size).min(60_000);
                chain.process(&mut StereoBlock::new(
                    &mut signal.left[start..end],
                    &mut signal.right[start..end],
                ));
                start = end;
                if start == 60_000 {
                    break;
                }
            }
        });
        let mut spectrum = SongSpectrum::default();
        assert!(shared.master.read(&mut spectrum));
        assert_no_alloc(|| chain.reset_meters());
        let mut after = SongSpectrum::default();
        assert!(shared.master.read(&mut after));
        assert_eq!(after.windows, 0);
        spectrum
    };
    let whole = read(&[MAX_BLOCK]);
    assert!(whole.windows > 10);
    for sizes in [&[1][..], &[64], &[3, 700, 32, 1, 1024, 129]] {
        let cut = read(sizes);
        assert_eq!(cut.windows, whole.windows);
        assert!(cut.average == whole.average && cut.highest == whole.highest);
    }
}

#[test]
fn latency_is_the_same_for_all_settings_and_at_most_five_milliseconds_in_the_limiter() {
    for rate in RATES_HZ {
        let neutral: Chain = built(rate, &limited());
        let worked: Chain = built(rate, &busy());
        assert_eq!(neutral.latency_frames(), worked.latency_frames());
    }
    let limiter = Slot::<Limiter>::new(spec(48_000.0));
    assert!(limiter.latency_frames() <= 240, "{}", limiter.latency_frames());
}

#[test]
fn only_the_equalizers_phase_changes_the_latency_and_everything_stays_aligned() {
    let mut chain: Chain = built(48_000.0, &limited());
    let before = chain.latency_frames();
    let settings = ChainSettings { equalizer: neutral_linear(), ..limited() };
    chain.configure(&settings);
    let latency = chain.latency_frames();
    assert_eq!(latency - before, 8704);
    // Below the ceiling and neutral but for the delay: bit-exact, and dry with it.
    let input = Signal::noise(30_000, 0.3, 23);
    let mut dry = Signal { left: Vec::new(), right: Vec::new() };
    chain.listen_to_delta(Some(Stage::Trim));
    let output = input.through(&[400, 31], |block| {
        chain.process(block);
        dry.left.extend_from_slice(chain.dry()[0]);
        dry.right.extend_from_slice(chain.dry()[1]);
    });
    assert!(output.left[latency..] == input.left[..input.frames() - latency]);
    assert!(dry == output);
    chain.configure(&limited());
    assert_eq!(chain.latency_frames(), before);
}

#[test]
fn what_a_gain_gives_to_everything_is_no_part_of_a_delta() {
    // Nothing is limited, clipped or compressed: there is no change to hear.
    let input = Signal::noise(20_000, 0.05, 24);
    let settings = ChainSettings {
        glue: CompressorSettings {
            is_on: true,
            threshold_db: 0.0,
            makeup_db: 3.0,
            is_auto_makeup: false,
            ..CompressorSettings::default()
        },
        clipper: ClipperSettings { is_on: true, drive_db: 4.0, ..ClipperSettings::default() },
        limiter: LimiterSettings { gain_db: 6.0, ..limiting() },
        ..limited()
    };
    for stage in [Stage::Glue, Stage::Clipper, Stage::Limiter] {
        let mut chain: Chain = built(48_000.0, &settings);
        chain.listen_to_delta(Some(stage));
        let mut highest = 0.0f32;
        input.through(&[256], |block| {
            chain.process(block);
            let delta = chain.delta().unwrap();
            highest = delta.left.iter().fold(highest, |highest, x| highest.max(x.abs()));
        });
        assert!(highest < 1e-6, "{stage:?}: {highest}");
    }
}

#[test]
fn switching_a_stage_never_clicks() {
    // A low tone through every switch: the steepest step between samples stays
    // near the tone's own.
    let tone = Signal::sine(48_000, 50.0 / 48_000.0, 0.4);
    let steepest = |signal: &Signal| {
        signal.left.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
    };
    let mut loud = busy();
    loud.dither.depth = BitDepth::Off;
    // Gain that the limiter holds down would be a step of its own kind.
    loud.limiter.gain_db = 0.0;
    loud.trim.gain_db = 0.0;
    loud.clipper.drive_db = 0.0;
    let mut chain: Chain = built(48_000.0, &limited());
    let mut blocks = 0;
    let output = tone.through(&[480], |block| {
        let settings = if (blocks / 13) % 2 == 0 { limited() } else { loud };
        chain.configure(&settings);
        chain.process(block);
        blocks += 1;
    });
    assert!(steepest(&output) < 4.0 * steepest(&tone), "{}", steepest(&output));
}

#[test]
fn delta_and_dry_are_aligned_with_the_output() {
    let input = Signal::noise(9000, 0.3, 21);
    for stage in Stage::ALL {
        let mut chain: Chain = built(48_000.0, &limited());
        let latency = chain.latency_frames();
        chain.listen_to_delta(Some(stage));
        let mut dry = Signal { left: Vec::new(), right: Vec::new() };
        let output = input.through(&[400, 31], |block| {
            chain.process(block);
            let delta = chain.delta().unwrap();
            // A neutral stage changes nothing.
            assert!(delta.left.iter().chain(delta.right.iter()).all(|sample| *sample == 0.0));
            let aligned = chain.dry();
            dry.left.extend_from_slice(aligned[0]);
            dry.right.extend_from_slice(aligned[1]);
        });
        assert!(output.left[latency..] == input.left[..input.frames() - latency]);
        assert!(dry == output);
    }
}

#[test]
fn the_delta_of_the_trim_is_what_it_adds() {
    let input = Signal::noise(6000, 0.2, 22);
    let settings = ChainSettings {
        trim: TrimSettings { gain_db: 6.0, ..TrimSettings::default() },
        ..limited()
    };
    let mut chain: Chain = built(48_000.0, &settings);
    chain.listen_to_delta(Some(Stage::Trim));
    let latency = chain.latency_frames();
    let delta = input.through(&[256], |block| {
        chain.process(block);
        let delta = chain.delta().unwrap();
        block.left.copy_from_slice(delta.left);
        block.right.copy_from_slice(delta.right);
    });
    let factor = 10f32.powf(6.0 / 20.0) - 1.0;
    for n in latency..input.frames() {
        assert!((delta.left[n] - factor * input.left[n - latency]).abs() < 1e-6);
    }
}

#[test]
fn without_settings_nothing_is_changed() {
    // Loud enough that any limiter would see it.
    let hot = Signal::noise(48_000, 1.5, 3);
    let mut chain = Chain::build(spec(48_000.0));
    chain.configure(&burnish_dsp::settings::ChainSettings::default());
    let latency = chain.latency_frames();
    let output = hot.through(&[MAX_BLOCK], |block| chain.process(block));
    assert!(output.left[latency..] == hot.left[..48_000 - latency]);
    assert!(output.right[latency..] == hot.right[..48_000 - latency]);
}
