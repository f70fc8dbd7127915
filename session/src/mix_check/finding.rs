//! What is found in a mix: one fault, its number and its place.

use serde::{Serialize, Serializer};

/// What can be found, in the order of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Cut off at a level, then and there or before it was turned down.
    Clipping,
    /// Held down by a limiter.
    Limiting,
    /// A channel without sound.
    DeadChannel,
    /// One channel upside down.
    InvertedChannel,
    /// One channel later than the other.
    ChannelDelay,
    /// One channel louder than the other.
    Imbalance,
    /// Two channels that are one.
    MonoInStereo,
    /// Bass that is out of phase between the channels.
    BassPhase,
    /// What a mono sum loses.
    MonoLoss,
    /// A moment without sound in the middle.
    Dropout,
    /// Single samples that do not belong.
    Clicks,
    /// Begins in full flight.
    CutBeginning,
    /// Ends in full flight.
    CutEnd,
    /// The high end is gone as encoders take it away.
    LossySource,
    /// The band ends where a lower sample rate ends.
    Upsampled,
    /// Fewer bits in use than the file has.
    UnusedBits,
    /// Steady noise.
    Noise,
    /// Lines of the mains.
    Hum,
    /// A constant offset.
    DcOffset,
    /// Steady power below what is heard.
    Rumble,
    /// Too much at 200 to 300 Hz.
    Mud,
    /// Too much at 2 to 4 kHz.
    Harshness,
    /// Bursts at 5 to 9 kHz.
    Sibilance,
    /// A narrow band that rings with all that is played.
    Resonance,
    /// Peaks that leave no room.
    Headroom,
    /// Quieter than a mix needs to be.
    LowLevel,
    /// Silence before the music.
    SilenceAtStart,
    /// Silence after the music.
    SilenceAtEnd,
}

impl Kind {
    /// Whether it is heard in any passage; the others are of the file from its first to its last
    /// sample.
    pub fn is_of_the_sound(self) -> bool {
        !matches!(
            self,
            Self::Dropout
                | Self::Clicks
                | Self::CutBeginning
                | Self::CutEnd
                | Self::UnusedBits
                | Self::SilenceAtStart
                | Self::SilenceAtEnd
        )
    }
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sureness {
    /// Nothing else looks like it.
    Certain,
    /// Few other things look like it.
    Likely,
    /// It may be meant, or be something else: listen.
    Uncertain,
}

/// One channel, or what both have together or apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// The left one.
    Left,
    /// The right one.
    Right,
}

/// A passage.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Span {
    /// Where it begins, seconds from the beginning.
    pub from_s: f64,
    /// Where it ends.
    pub to_s: f64,
}

/// One thing that is not as it might be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// How sure it is.
    pub sureness: Sureness,
    /// How much of it there is, in the kind's unit.
    #[serde(serialize_with = "finite")]
    pub value: f64,
    /// From where on it is one, in the same unit.
    #[serde(serialize_with = "finite")]
    pub limit: f64,
    /// How many times it was met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Where to listen, the worst first; empty where it is everywhere.
    pub spans: Vec<Span>,
    /// The band that it lies in, Hz.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band_hz: Option<[f64; 2]>,
    /// The channel that has it, where it is only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
}

impl Finding {
    /// A finding that is everywhere.
    pub(super) fn new(kind: Kind, sureness: Sureness, value: f64, limit: f64) -> Self {
        Self {
            kind,
            sureness,
            value,
            limit,
            count: None,
            spans: Vec::new(),
            band_hz: None,
            channel: None,
        }
    }

    /// Met so many times.
    pub(super) fn counted(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }

    /// In these passages, the worst first.
    pub(super) fn at(mut self, spans: Vec<Span>) -> Self {
        self.spans = spans;
        self
    }

    /// In this band.
    pub(super) fn within(mut self, band_hz: [f64; 2]) -> Self {
        self.band_hz = Some(band_hz);
        self
    }

    /// In this channel, where it is only one.
    pub(super) fn of_channel(mut self, channel: Option<Channel>) -> Self {
        self.channel = channel;
        self
    }
}

// serde hands the field over by reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn finite<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if value.is_finite() { serializer.serialize_some(value) } else { serializer.serialize_none() }
}
