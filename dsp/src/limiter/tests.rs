//! The ceiling holds while settings move and noise comes in far over it.

use super::*;

/// The most that a meter may find above the ceiling.
const TOLERANCE_DB: f64 = 0.02;
const BLOCK_FRAMES: usize = 512;
const BLOCKS: usize = 6;

/// Uniform noise from -1 to 1 (xorshift64*).
struct Noise(u64);

impl Noise {
    fn sample(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11;
        bits as f64 / (1u64 << 52) as f64 - 1.0
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        0.5 + 0.5 * self.sample()
    }
}

/// What moves before a block.
type Movement = fn(&mut LimiterSettings, &mut Noise);

const MOVEMENTS: [(&str, Movement); 7] = [
    ("nothing", |_, _| ()),
    ("gain", |settings, noise| settings.gain_db = 24.0 * noise.share()),
    ("release link", |settings, noise| settings.release_link_percent = 100.0 * noise.share()),
    ("transient link", |settings, noise| settings.transient_link_percent = 100.0 * noise.share()),
    ("release", |settings, noise| {
        settings.is_auto_release = noise.sample() < 0.0;
        settings.release_ms = 500f64.powf(noise.share());
    }),
    ("character", |settings, noise| {
        settings.character = Character::ALL[(3.0 * noise.share()) as usize % 3];
    }),
    ("ceiling", |settings, noise| settings.ceiling_dbtp = -1.0 - 11.0 * noise.share()),
];

/// The highest true peak that leaves while one thing moves.
fn true_peak_db(mut settings: LimiterSettings, movement: Movement, seed: u64, rate: f64) -> f64 {
    let spec = AudioSpec { sample_rate_hz: rate, max_block_frames: BLOCK_FRAMES };
    let mut limiter = Limiter::new(spec);
    limiter.configure(&settings);
    let mut noise = Noise(seed);
    let mut detectors = [TruePeakDetector::new(), TruePeakDetector::new()];
    let mut highest = 0.0f32;
    for block in 0..BLOCKS {
        if block > 0 {
            movement(&mut settings, &mut noise);
            limiter.configure(&settings);
        }
        let (mut left, mut right): (Vec<f32>, Vec<f32>) = (0..BLOCK_FRAMES)
            .map(|_| ((4.0 * noise.sample()) as f32, (4.0 * noise.sample()) as f32))
            .unzip();
        limiter.process(&mut StereoBlock::new(&mut left, &mut right));
        for (detector, samples) in detectors.iter_mut().zip([&left, &right]) {
            highest = detector.highest(samples, 0.5, highest);
        }
    }
    gain_to_db(f64::from(highest))
}

#[test]
fn noise_far_over_the_ceiling_stays_below_it_whatever_moves() {
    let mut failures = Vec::new();
    for rate in [44_100.0, 48_000.0, 96_000.0] {
        for character in Character::ALL {
            for (name, movement) in MOVEMENTS {
                let start = LimiterSettings {
                    is_on: true,
                    gain_db: 24.0,
                    character: *character,
                    transient_link_percent: 0.0,
                    ..LimiterSettings::default()
                };
                for seed in 1..=24 {
                    let peak_db = true_peak_db(start, movement, seed, rate);
                    let over_db = peak_db - start.ceiling_dbtp;
                    if over_db > TOLERANCE_DB {
                        failures.push(format!(
                            "{name} moves, {character:?}, {rate} Hz, {seed}: {over_db:+.3} dB"
                        ));
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}
