//! Music with known damage, and music that was left alone: what the mix check is proven on.

mod codec;
mod repair_free;
mod tools;

use std::path::{Path, PathBuf};

use burnish_session::audio::StereoAudio;
use burnish_session::decode::decode;
use burnish_session::mix_check::Kind;

/// How strong some damage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// Nobody would complain of it.
    Slight,
    /// A person would complain of it.
    Plain,
}

/// A piece after something was done to it.
pub struct Case {
    /// The piece and what was done.
    pub name: String,
    /// It.
    pub audio: StereoAudio,
    /// Bits of a sample of its file, and those that are used.
    pub bits: [u16; 2],
    /// What was added; none where nothing was damaged.
    pub damage: Option<(Kind, Strength)>,
    /// What else is there to be found: the piece's own, and what the damage brings along.
    pub also: Vec<Kind>,
}

/// Something that is done to a piece.
type Change = fn(&StereoAudio) -> StereoAudio;
/// Damage: its name, what it is, how strong, what comes with it, and how it is done.
type Damage = (&'static str, Kind, Strength, &'static [Kind], Change);

/// A piece, and what is wrong with it from the start.
pub struct Piece {
    /// Its file's name.
    pub name: String,
    /// It.
    pub audio: StereoAudio,
    /// What is known to be wrong with it.
    pub known: Vec<Kind>,
}

/// The pieces of the demo, and those of the folder that `BURNISH_MATERIAL` names.
///
/// # Panics
/// If a file cannot be read.
pub fn pieces() -> Vec<Piece> {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../material");
    let mut paths: Vec<PathBuf> = ["mix.flac", "reference.flac"].map(|n| shipped.join(n)).into();
    if let Some(folder) = std::env::var_os("BURNISH_MATERIAL") {
        let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{error}"));
        let mut more: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        more.retain(|path| path.extension().is_some_and(|extension| extension == "flac"));
        more.retain(|path| paths.iter().all(|known| known.file_name() != path.file_name()));
        more.sort();
        paths.extend(more);
    }
    paths
        .iter()
        .map(|path| {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            // See material/README.md: the mix is flawed on purpose, the reference a release.
            let known = match name.as_str() {
                "mix" => vec![Kind::Rumble, Kind::Harshness],
                "reference" => vec![Kind::Limiting, Kind::Headroom],
                _ => Vec::new(),
            };
            let audio = decode(path).unwrap_or_else(|error| panic!("{error}"));
            Piece { name, audio, known }
        })
        .collect()
}

/// Calls `tell` with every case of a piece: left alone in many ways, then damaged.
pub fn cases(piece: &Piece, tell: &mut dyn FnMut(&Case)) {
    let mut case = |name: &str, audio, bits, damage, also: &[Kind]| {
        let also = piece.known.iter().chain(also).copied().collect();
        tell(&Case { name: format!("{} {name}", piece.name), audio, bits, damage, also });
    };
    case("untouched", piece.audio.clone(), [24; 2], None, &[]);
    for (name, also, change) in repair_free::CHANGES {
        case(name, change(&piece.audio), [32; 2], None, also);
    }
    for (name, kind, strength, also, change) in DAMAGES {
        let bits = match kind {
            Kind::UnusedBits => [24, 16],
            _ => [32; 2],
        };
        case(name, change(&piece.audio), bits, Some((*kind, *strength)), also);
    }
}

use Strength::{Plain, Slight};

/// Every kind of damage, slight and plain.
const DAMAGES: &[Damage] = &[
    ("clipped 0.5 dB", Kind::Clipping, Slight, &[Kind::Headroom], |a| tools::clipped(a, 0.5)),
    ("clipped 2 dB", Kind::Clipping, Plain, &[Kind::Headroom], |a| tools::clipped(a, 2.0)),
    ("clipped 6 dB", Kind::Clipping, Plain, &[Kind::Limiting, Kind::Headroom], |a| {
        tools::clipped(a, 6.0)
    }),
    ("clipped 3 dB, -12 dB", Kind::Clipping, Plain, &[], |a| {
        tools::gained(&tools::clipped(a, 3.0), -12.0)
    }),
    ("clipped 3 dB, -7.3 dB, 16 bit", Kind::Clipping, Plain, &[], |a| {
        tools::dithered(&tools::gained(&tools::clipped(a, 3.0), -7.3), 16)
    }),
    (
        "clipped 4 dB, encoded",
        Kind::Clipping,
        Plain,
        &[Kind::Limiting, Kind::LossySource, Kind::Headroom],
        |a| codec::encoded(&tools::clipped(a, 4.0), 0.05),
    ),
    ("clipped 4 dB, EQ", Kind::Clipping, Plain, &[Kind::Limiting, Kind::Headroom], |a| {
        tools::bell(&tools::clipped(a, 4.0), 2500.0, 1.5, 0.7)
    }),
    ("limited 2 dB", Kind::Limiting, Slight, &[Kind::Headroom], |a| tools::limited(a, 2.0)),
    ("limited 6 dB", Kind::Limiting, Plain, &[Kind::Headroom], |a| tools::limited(a, 6.0)),
    ("limited 9 dB, -8 dB", Kind::Limiting, Plain, &[], |a| {
        tools::gained(&tools::limited(a, 9.0), -8.0)
    }),
    ("limited 8 dB, encoded", Kind::Limiting, Plain, &[Kind::LossySource, Kind::Headroom], |a| {
        codec::encoded(&tools::limited(a, 8.0), 0.05)
    }),
    ("left dead", Kind::DeadChannel, Plain, &[], |a| tools::panned(a, 0.0, 1.0)),
    ("right inverted", Kind::InvertedChannel, Plain, &[], |a| tools::panned(a, 1.0, -1.0)),
    ("right 0.1 ms late", Kind::ChannelDelay, Slight, &[Kind::MonoLoss], |a| {
        tools::delayed(a, 0.000_1)
    }),
    ("right 1 ms late", Kind::ChannelDelay, Plain, &[Kind::MonoLoss, Kind::BassPhase], |a| {
        tools::delayed(a, 0.001)
    }),
    (
        "right 15 ms late",
        Kind::ChannelDelay,
        Plain,
        &[Kind::MonoLoss, Kind::BassPhase, Kind::InvertedChannel],
        |a| tools::delayed(a, 0.015),
    ),
    ("right 1 dB down", Kind::Imbalance, Slight, &[], |a| tools::panned(a, 1.0, 0.89)),
    ("right 4 dB down", Kind::Imbalance, Plain, &[], |a| tools::panned(a, 1.0, 0.63)),
    ("left twice", Kind::MonoInStereo, Plain, &[], tools::mono_in_stereo),
    ("bass inverted", Kind::BassPhase, Plain, &[Kind::MonoLoss], codec::bass_inverted),
    (
        "side 9 dB up",
        Kind::MonoLoss,
        Plain,
        &[Kind::BassPhase, Kind::InvertedChannel, Kind::Headroom],
        |a| tools::widened(a, 9.0),
    ),
    ("gap of 3 ms", Kind::Dropout, Plain, &[], |a| tools::gaps(a, 0.003)),
    ("gaps of 20 ms", Kind::Dropout, Plain, &[], |a| tools::gaps(a, 0.020)),
    ("clicks -20 dB", Kind::Clicks, Slight, &[], |a| tools::clicks(a, 0.1)),
    ("clicks -8 dB", Kind::Clicks, Plain, &[], |a| tools::clicks(a, 0.4)),
    ("begins at 10.05 s", Kind::CutBeginning, Plain, &[], |a| tools::cut(a, 10.05, 1e9)),
    ("ends at 21.1 s", Kind::CutEnd, Plain, &[], |a| tools::cut(a, 0.0, 21.1)),
    ("encoded, 16 kHz", Kind::LossySource, Plain, &[], |a| codec::low_passed(a, 16_000.0)),
    ("encoded, 19 kHz", Kind::LossySource, Plain, &[], |a| codec::low_passed(a, 19_000.0)),
    ("44.1 as 96 kHz", Kind::Upsampled, Plain, &[], |a| {
        tools::at_rate(&tools::at_rate(a, 44_100), 96_000)
    }),
    ("16 bits in 24", Kind::UnusedBits, Plain, &[], |a| tools::dithered(a, 16)),
    ("noise -65 dB", Kind::Noise, Slight, &[Kind::CutBeginning, Kind::CutEnd], |a| {
        tools::noisy(a, -65.0)
    }),
    ("noise -32 dB", Kind::Noise, Plain, &[Kind::CutBeginning, Kind::CutEnd], |a| {
        tools::noisy(a, -32.0)
    }),
    ("hum -75 dB", Kind::Hum, Slight, &[Kind::SilenceAtStart], |a| {
        tools::humming(&tools::padded(a, 2.5, 0.0), 50.0, -75.0)
    }),
    ("hum 50 Hz -40 dB", Kind::Hum, Plain, &[Kind::CutBeginning, Kind::CutEnd], |a| {
        tools::humming(&tools::padded(a, 2.5, 0.0), 50.0, -40.0)
    }),
    ("hum 60 Hz -40 dB", Kind::Hum, Plain, &[Kind::CutBeginning, Kind::CutEnd], |a| {
        tools::humming(&tools::padded(a, 2.5, 0.0), 60.0, -40.0)
    }),
    ("offset 0.05 %", Kind::DcOffset, Slight, &[], |a| tools::offset(a, 0.0005)),
    ("offset 1 %", Kind::DcOffset, Plain, &[], |a| tools::offset(a, 0.01)),
    ("rumble -50 dB", Kind::Rumble, Slight, &[], |a| tools::rumbling(a, -50.0)),
    ("rumble -28 dB", Kind::Rumble, Plain, &[], |a| tools::rumbling(a, -28.0)),
    ("mud +2 dB", Kind::Mud, Slight, &[], |a| tools::bell(a, 250.0, 2.0, 1.4)),
    ("mud +9 dB", Kind::Mud, Plain, &[Kind::Headroom], |a| tools::bell(a, 250.0, 9.0, 1.4)),
    ("harsh +2 dB", Kind::Harshness, Slight, &[], |a| tools::bell(a, 3000.0, 2.0, 1.4)),
    ("harsh +9 dB", Kind::Harshness, Plain, &[Kind::Headroom], |a| {
        tools::bell(a, 3000.0, 9.0, 1.4)
    }),
    ("rings +6 dB at 730 Hz", Kind::Resonance, Slight, &[], |a| tools::bell(a, 730.0, 6.0, 18.0)),
    ("rings +18 dB at 730 Hz", Kind::Resonance, Plain, &[Kind::Headroom], |a| {
        tools::bell(a, 730.0, 18.0, 18.0)
    }),
    ("rings +18 dB at 3.4 kHz", Kind::Resonance, Plain, &[Kind::Harshness], |a| {
        tools::bell(a, 3400.0, 18.0, 18.0)
    }),
    ("peaks at 0 dBFS", Kind::Headroom, Plain, &[], |a| tools::normalised(a, 0.0)),
    ("40 dB down", Kind::LowLevel, Plain, &[], |a| tools::gained(a, -40.0)),
    ("2 s of silence before", Kind::SilenceAtStart, Plain, &[], |a| tools::padded(a, 2.0, 0.0)),
    ("12 s of silence after", Kind::SilenceAtEnd, Plain, &[], |a| tools::padded(a, 0.0, 12.0)),
];
