//! What the chain and each stage cost, in per cent of real time at 48 kHz.
//!
//! `divan` times one second of music through each stage; after its table the
//! same is printed as a load: the share of one core that the music's own
//! duration allows.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use burnish_dsp::chain::Chain;
use burnish_dsp::clipper::{Clipper, ClipperSettings};
use burnish_dsp::compressor::{Compressor, CompressorSettings};
use burnish_dsp::dither::{BitDepth, Dither, DitherSettings};
use burnish_dsp::equalizer::{Equalizer, EqualizerPhase, EqualizerSettings};
use burnish_dsp::limiter::{Character, Limiter, LimiterSettings};
use burnish_dsp::meters::Meters;
use burnish_dsp::processor::{AudioSpec, Processor, StereoBlock};
use burnish_dsp::readings::MeterFeed;
use burnish_dsp::settings::ChainSettings;
use burnish_dsp::slot::Slot;
use burnish_dsp::stereo::{Stereo, StereoSettings};
use burnish_dsp::trim::{Trim, TrimSettings};

const SPEC: AudioSpec = AudioSpec { sample_rate_hz: 48_000.0, max_block_frames: 1024 };
const BLOCK_FRAMES: [usize; 4] = [32, 64, 256, 1024];
/// The demo mix reaches about -10 LUFS with this.
const DRIVE_DB: f64 = 13.0;

/// Neutral settings with the limiter at work.
fn limited() -> ChainSettings {
    ChainSettings {
        limiter: LimiterSettings { is_on: true, ..LimiterSettings::default() },
        ..ChainSettings::default()
    }
}

/// Every part at work: eight bands, glue, width, 4x clipper, limiter, dither.
fn working() -> ChainSettings {
    let mut equalizer = EqualizerSettings::default();
    for band in &mut equalizer.bands {
        band.is_on = true;
        band.gain_db = -1.5;
    }
    ChainSettings {
        trim: TrimSettings { gain_db: 1.0, ..TrimSettings::default() },
        equalizer,
        glue: CompressorSettings {
            is_on: true,
            threshold_db: -24.0,
            is_auto_makeup: true,
            ..CompressorSettings::default()
        },
        stereo: StereoSettings { high_width_percent: 120.0, ..StereoSettings::default() },
        clipper: ClipperSettings { is_on: true, drive_db: 3.0, ..ClipperSettings::default() },
        limiter: LimiterSettings { gain_db: DRIVE_DB - 3.0, ..limited().limiter },
        dither: DitherSettings { depth: BitDepth::Bits24, ..DitherSettings::default() },
    }
}

/// The loudest ten seconds or so of the demo mix.
struct Music {
    left: Vec<f32>,
    right: Vec<f32>,
}

impl Music {
    fn load() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../material/mix.flac");
        let audio = burnish_session::decode::decode(&path).expect("the demo mix decodes");
        let (start, end) = (14 * 48_000, 24 * 48_000);
        Self { left: audio.left[start..end].to_vec(), right: audio.right[start..end].to_vec() }
    }

    fn seconds(&self) -> f64 {
        self.left.len() as f64 / SPEC.sample_rate_hz
    }

    /// Runs the music through `process` in blocks.
    fn play(
        &self,
        gain_db: f64,
        block_frames: usize,
        mut process: impl FnMut(&mut StereoBlock<'_>),
    ) {
        let gain = 10f32.powf(gain_db as f32 / 20.0);
        let (mut left, mut right) = ([0.0; 1024], [0.0; 1024]);
        for (l, r) in self.left.chunks(block_frames).zip(self.right.chunks(block_frames)) {
            let frames = l.len();
            for i in 0..frames {
                left[i] = gain * l[i];
                right[i] = gain * r[i];
            }
            process(&mut StereoBlock::new(&mut left[..frames], &mut right[..frames]));
        }
        black_box((left[0], right[0]));
    }

    fn through<P: Processor>(&self, settings: &P::Settings, gain_db: f64, block_frames: usize) {
        let mut stage = Slot::<P>::new(SPEC);
        stage.configure(settings);
        self.play(gain_db, block_frames, |block| stage.process(block));
    }

    fn through_chain(&self, settings: &ChainSettings, block_frames: usize) {
        let mut chain = Chain::new(SPEC);
        chain.configure(settings);
        self.play(0.0, block_frames, |block| chain.process(block));
    }

    /// The chain as a plug-in runs it: its readings leave for an editor.
    fn through_read_chain(&self, settings: &ChainSettings, block_frames: usize) {
        let mut chain = Chain::new(SPEC);
        chain.attach(MeterFeed::new());
        chain.configure(settings);
        self.play(0.0, block_frames, |block| chain.process(block));
    }

    fn through_meters(&self, block_frames: usize) {
        let mut meters = Meters::new(SPEC);
        self.play(0.0, block_frames, |block| meters.process(block.left, block.right));
    }
}

type Case = (&'static str, fn(&Music, usize));

const CASES: [Case; 16] = [
    ("copying alone", |music, n| music.play(0.0, n, |_| {})),
    ("trim", |music, n| music.through::<Trim>(&working().trim, 0.0, n)),
    ("equalizer, 8 bands", |music, n| music.through::<Equalizer>(&working().equalizer, 0.0, n)),
    ("equalizer, linear phase", |music, n| {
        let settings = EqualizerSettings { phase: EqualizerPhase::Linear, ..working().equalizer };
        music.through::<Equalizer>(&settings, 0.0, n);
    }),
    ("glue", |music, n| music.through::<Compressor>(&working().glue, 0.0, n)),
    ("stereo", |music, n| music.through::<Stereo>(&working().stereo, 0.0, n)),
    ("clipper 4x", |music, n| music.through::<Clipper>(&working().clipper, 5.0, n)),
    ("limiter, no reduction", |music, n| {
        music.through::<Limiter>(&LimiterSettings::default(), 0.0, n);
    }),
    ("limiter, transparent", |music, n| {
        music.through::<Limiter>(&working().limiter, 0.0, n);
    }),
    ("limiter, punchy", |music, n| {
        let settings = LimiterSettings { character: Character::Punchy, ..working().limiter };
        music.through::<Limiter>(&settings, 0.0, n);
    }),
    ("limiter, loud", |music, n| {
        let settings = LimiterSettings { character: Character::Loud, ..working().limiter };
        music.through::<Limiter>(&settings, 0.0, n);
    }),
    ("dither, 24 bit", |music, n| music.through::<Dither>(&working().dither, 0.0, n)),
    ("meters of one point", |music, n| music.through_meters(n)),
    ("chain, neutral", |music, n| music.through_chain(&limited(), n)),
    ("chain, everything at work", |music, n| music.through_chain(&working(), n)),
    ("the same, being read", |music, n| music.through_read_chain(&working(), n)),
];

#[divan::bench(args = BLOCK_FRAMES, sample_count = 10)]
fn chain(bencher: divan::Bencher<'_, '_>, block_frames: usize) {
    let music = Music::load();
    bencher.bench_local(|| music.through_chain(&working(), block_frames));
}

#[divan::bench(args = BLOCK_FRAMES, sample_count = 10)]
fn limiter(bencher: divan::Bencher<'_, '_>, block_frames: usize) {
    let music = Music::load();
    bencher.bench_local(|| music.through::<Limiter>(&working().limiter, 0.0, block_frames));
}

/// Median over rounds in which every case runs once, so that a change in the
/// machine's speed touches all of them.
fn print_load() {
    const ROUNDS: usize = 7;
    let music = Music::load();
    let mut seconds = vec![vec![Vec::with_capacity(ROUNDS); BLOCK_FRAMES.len()]; CASES.len()];
    for _ in 0..ROUNDS {
        for (case, (_, run)) in CASES.iter().enumerate() {
            for (size, block_frames) in BLOCK_FRAMES.iter().enumerate() {
                let start = Instant::now();
                run(&music, *block_frames);
                seconds[case][size].push(start.elapsed().as_secs_f64());
            }
        }
    }
    println!("\nload of one core in % of real time, 48 kHz stereo, median of {ROUNDS} rounds");
    print!("{:<28}", "frames in a block");
    for frames in BLOCK_FRAMES {
        print!("{frames:>9}");
    }
    println!();
    for ((name, _), sizes) in CASES.iter().zip(&mut seconds) {
        print!("{name:<28}");
        for rounds in sizes {
            rounds.sort_by(f64::total_cmp);
            print!("{:>9.3}", 100.0 * rounds[ROUNDS / 2] / music.seconds());
        }
        println!();
    }
}

/// How uneven the load is: the time of every block of 64 frames in ten minutes
/// of music. What the system does meanwhile is left out by taking the least of
/// several passes, block by block: they all do the same work.
fn print_spikes() {
    const FRAMES: usize = 64;
    const PASSES: usize = 4;
    let music = Music::load();
    let blocks = (600.0 * SPEC.sample_rate_hz) as usize / FRAMES;
    let linear = || {
        let mut settings = working();
        settings.equalizer.phase = EqualizerPhase::Linear;
        settings
    };
    println!("\nblocks of 64 frames in 10 minutes, least of {PASSES} passes, microseconds");
    println!("{:<28}{:>9}{:>9}{:>9}{:>9}", "", "median", "99.9 %", "slowest", "ratio");
    for (name, settings) in
        [("everything at work", working()), ("the same, linear phase", linear())]
    {
        let mut least = vec![f64::INFINITY; blocks];
        for _ in 0..PASSES {
            let mut chain = Chain::new(SPEC);
            chain.configure(&settings);
            let mut frames = (0..music.left.len() - FRAMES).step_by(FRAMES).cycle();
            for least in &mut least {
                let start = frames.next().unwrap_or_default();
                let (mut left, mut right) = ([0.0; FRAMES], [0.0; FRAMES]);
                left.copy_from_slice(&music.left[start..start + FRAMES]);
                right.copy_from_slice(&music.right[start..start + FRAMES]);
                let began = Instant::now();
                chain.process(&mut StereoBlock::new(&mut left, &mut right));
                *least = least.min(1e6 * began.elapsed().as_secs_f64());
                black_box((left[0], right[0]));
            }
        }
        least.sort_by(f64::total_cmp);
        let (median, slowest) = (least[blocks / 2], least[blocks - 1]);
        let most = least[blocks - blocks / 1000];
        let ratio = slowest / median;
        println!("{name:<28}{median:>9.1}{most:>9.1}{slowest:>9.1}{ratio:>9.2}");
    }
}

fn main() {
    divan::main();
    print_load();
    print_spikes();
}
