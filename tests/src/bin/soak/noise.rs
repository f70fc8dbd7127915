//! Chance, and the signals that it makes.

/// A generator of random numbers; the same seed gives the same soak.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(2).wrapping_add(1))
    }

    /// Xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift
    /// generators, scrambled", 2016).
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// One of `0..count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        (self.next() >> 33) as usize % count.max(1)
    }

    /// From 0 to 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// True once in `count` times.
    pub(crate) fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }
}

/// What a host may send.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Signal {
    Silence,
    Noise(f32),
    Clicks,
    Square,
    /// Levels that no converter makes.
    Absurd,
    /// No numbers at all.
    NoNumbers,
    /// So small that a processor handles them slowly.
    Subnormal,
}

impl Signal {
    pub(crate) const ALL: [Self; 8] = [
        Self::Silence,
        Self::Noise(0.3),
        Self::Noise(4.0),
        Self::Clicks,
        Self::Square,
        Self::Absurd,
        Self::NoNumbers,
        Self::Subnormal,
    ];

    pub(crate) fn fill(self, samples: &mut [f32], chance: &mut Chance) {
        for (frame, sample) in samples.iter_mut().enumerate() {
            let noise = 2.0 * chance.unit() as f32 - 1.0;
            *sample = match self {
                Self::Silence => 0.0,
                Self::Noise(level) => level * noise,
                Self::Clicks => f32::from(u8::from(chance.once_in(300))) * noise.signum(),
                Self::Square => {
                    if frame / 37 % 2 == 0 {
                        1.0
                    } else {
                        -1.0
                    }
                }
                Self::Absurd => 1e30 * noise,
                Self::NoNumbers => chance.one_of(&[f32::NAN, f32::INFINITY, -f32::INFINITY, noise]),
                Self::Subnormal => f32::MIN_POSITIVE * 0.01 * noise,
            };
        }
    }
}
