//! What kind of file a master is, and of what samples.

use crate::output::Naming;

/// Sample format of a file, the coarsest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bits {
    /// 16-bit integers.
    B16,
    /// 24-bit integers.
    B24,
    /// 32-bit floating point.
    F32,
}

impl Bits {
    /// Bits in a sample.
    pub fn count(self) -> u16 {
        match self {
            Bits::B16 => 16,
            Bits::B24 => 24,
            Bits::F32 => 32,
        }
    }

    /// Steps from zero to full scale; `None` where there are no steps.
    pub fn full_scale(self) -> Option<f64> {
        match self {
            Bits::B16 | Bits::B24 => Some(2f64.powi(i32::from(self.count()) - 1)),
            Bits::F32 => None,
        }
    }
}

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// RIFF or, when that grows beyond 4 GiB, RF64.
    Wav,
    /// FLAC, for integers only.
    Flac,
}

impl Container {
    /// Whether it can hold samples of this format.
    pub fn holds(self, bits: Bits) -> bool {
        self == Container::Wav || bits != Bits::F32
    }

    /// All of them, as their names are listed.
    pub const ALL: [Self; 2] = [Container::Wav, Container::Flac];

    /// What its files are called.
    pub fn naming(self) -> Naming {
        match self {
            Container::Wav => Naming { what: "WAV", extensions: &["wav", "wave", "bwf"] },
            Container::Flac => Naming { what: "FLAC", extensions: &["flac"] },
        }
    }
}

/// What kind of file it is, and of what samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileFormat {
    /// The kind of file.
    pub container: Container,
    /// Its samples.
    pub bits: Bits,
}
