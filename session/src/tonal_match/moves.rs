//! What is proposed: moves, and what kept them from doing more.

use std::fmt;

use burnish_dsp::equalizer::{BAND_COUNT, BandSettings, BandShape, EqualizerSettings};
use burnish_dsp::parameter::Kind;
use serde::Serialize;

use crate::balance::{BANDS, Curve};

/// One move of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Move {
    /// The band of the equaliser, from 0.
    pub band: usize,
    /// Bell, low shelf or high shelf.
    #[serde(serialize_with = "shape_name")]
    pub shape: BandShape,
    /// Centre or corner, Hz.
    pub frequency_hz: f64,
    /// Cut or boost, dB.
    pub gain_db: f64,
    /// Width.
    pub q: f64,
}

// serde hands the field over by reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn shape_name<S: serde::Serializer>(shape: &BandShape, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(BandShape::NAMES[shape.index() as usize])
}

/// "Band 3: bell 240 Hz, -2.1 dB, Q 1.0".
impl fmt::Display for Move {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shape = BandShape::NAMES[self.shape.index() as usize].to_lowercase();
        let frequency = if self.frequency_hz < 1000.0 {
            format!("{:.0} Hz", self.frequency_hz)
        } else {
            format!("{:.2} kHz", self.frequency_hz / 1000.0)
        };
        let (band, gain_db, q) = (self.band + 1, self.gain_db, self.q);
        write!(formatter, "Band {band}: {shape} {frequency}, {gain_db:+.1} dB, Q {q:.1}")
    }
}

/// What kept a proposal from doing more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// Every band of the equaliser is in use.
    NoFreeBand,
    /// Only so many bands are free, and all of them were needed.
    FewBands(usize),
    /// The moves together would go beyond so many dB.
    Most(f64),
    /// The stage is switched off with bands set: switching it on would bring these in.
    EqualizerOff,
}

impl fmt::Display for Limit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFreeBand => write!(
                formatter,
                "all {BAND_COUNT} bands of the EQ are in use: switch one off to make room"
            ),
            Self::FewBands(1) => write!(formatter, "only 1 band of the EQ is free"),
            Self::FewBands(bands) => write!(formatter, "only {bands} bands of the EQ are free"),
            Self::Most(most_db) => {
                write!(formatter, "the moves together are held at {most_db} dB")
            }
            Self::EqualizerOff => {
                write!(formatter, "the EQ is off with bands set: switch it on, or clear them")
            }
        }
    }
}

impl Serialize for Limit {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A proposal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proposal {
    /// The whole equaliser with the moves made.
    pub equalizer: EqualizerSettings,
    /// The moves, low to high; empty when there is nothing to do or no room.
    pub moves: Vec<Move>,
    /// What the moves aim at in each third octave: the smoothed difference times
    /// the amount, level-matched, dB.
    pub target_db: Curve,
    /// What they are predicted to do, level-matched in the same way, dB.
    pub predicted_db: [f64; BANDS],
    /// Distance to the reference now, dB.
    pub distance_before_db: f64,
    /// Distance predicted with the moves made, dB.
    pub distance_predicted_db: f64,
    /// What kept it from doing more.
    pub limits: Vec<Limit>,
}

/// A parameter of a band.
pub(super) fn kind(id: &str) -> Kind {
    BandSettings::PARAMETERS
        .iter()
        .find(|parameter| parameter.id == id)
        .unwrap_or_else(|| unreachable!("{id} is a parameter of a band"))
        .kind
}
