//! What is said of each kind of finding: why it matters, what to do, and whose limit it is.

use std::fmt::Write;

use serde::{Serialize, Serializer};

use super::finding::{Channel, Finding, Kind, Sureness};

/// Where a fault is put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// In the mix: mastering cannot.
    Mix,
    /// With the trim, in one click.
    Trim,
    /// By mastering.
    Master,
    /// Nowhere, unless it was not meant.
    Known,
}

/// What there is to be said of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// What it is called.
    pub name: &'static str,
    /// Where it is put right.
    pub remedy: Remedy,
    /// Why it matters.
    pub why: &'static str,
    /// What to do in the mix.
    pub in_the_mix: &'static str,
    /// What mastering can and cannot do about it.
    pub mastering: &'static str,
    /// Whose limit it is.
    pub source: &'static str,
}

/// A rule of this program, where no standard and no paper gives a figure.
const OWN: &str = "Burnish's own rule of thumb";
/// The guide's figure for the headroom.
const CUSTOM: &str = "mastering practice: peaks near -6 dBFS";

macro_rules! words {
    ($($kind:ident: $name:literal, $remedy:ident, $source:expr;
        $why:literal; $mix:literal; $mastering:literal;)*) => {
        impl Kind {
            /// Every kind, in the order of a report.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// What there is to be said of it.
            pub fn words(self) -> Words {
                match self {
                    $(Self::$kind => Words {
                        name: $name,
                        remedy: Remedy::$remedy,
                        why: $why,
                        in_the_mix: $mix,
                        mastering: $mastering,
                        source: $source,
                    },)*
                }
            }
        }
    };
}

words! {
    Clipping: "Clipping", Mix, "Laguna and Lerch, AES 141 (2016); flat tops, Burnish's own";
        "Tops that were cut off are distortion, and no gain brings them back.";
        "Find the channel or bus that passes 0 dBFS, turn it down and bounce again.";
        "Mastering can only make it louder with the rest.";
    Limiting: "Limited already", Mix, "Burnish's own measure of peaks at one level";
        "A limiter on the mix bus has taken the dynamics that mastering works with.";
        "Bypass the limiter on the mix bus and bounce again.";
        "Mastering cannot give back what a limiter took.";
    DeadChannel: "Dead channel", Mix, OWN;
        "One side is silent.";
        "Check the panning and the bounce: both channels have to reach the file.";
        "Mastering cannot make the missing side.";
    InvertedChannel: "Inverted channel", Mix, OWN;
        "One channel is upside down: in mono most of it is gone.";
        "Look for a polarity switch or a cable that turns one channel over.";
        "Mastering cannot: the trim's Invert turns both channels over.";
    ChannelDelay: "One channel is late", Mix, OWN;
        "The same sound comes later on one side: the image leans, and mono combs.";
        "Look for a delay, a plug-in without compensation or a doubler on one side of the bus.";
        "Mastering cannot move one channel in time.";
    Imbalance: "One side is louder", Mix, OWN;
        "The middle of the image is not in the middle.";
        "Balance the panned parts, or the master fader's balance.";
        "A band of the equaliser on one channel can even out a little; the picture leans all the same.";
    MonoInStereo: "Mono in a stereo file", Known, OWN;
        "Both channels are the same.";
        "If it should be stereo, check panning and bounce.";
        "Nothing to do if it is meant; the stereo stage has nothing to work with.";
    BassPhase: "Bass out of phase", Mix, OWN;
        "Bass that differs between the channels is lost in mono and shakes a stylus.";
        "Make bass and kick mono, or turn over the channel that is upside down.";
        "Mono below (stereo stage) makes it one, and loses what cancels.";
    MonoLoss: "Lost in mono", Mix, "10 log10 of mono power over stereo power; -3 dB is uncorrelated";
        "Phones, clubs and Bluetooth speakers play the sum: this much of it is not there.";
        "Find the widened or doubled part and narrow it.";
        "Width and the mono guard (stereo stage) narrow a band; they cannot mend one part.";
    Dropout: "Dropouts", Mix, OWN;
        "The sound stops for a moment in the middle of the music.";
        "Bounce again with a larger buffer, or offline.";
        "Mastering cannot fill a gap.";
    Clicks: "Clicks", Mix, OWN;
        "Single samples jump: an edit without a cross-fade, or a lost buffer.";
        "Cross-fade the edits at these places, or bounce again.";
        "Louder, they are heard better.";
    CutBeginning: "Begins in full flight", Mix, OWN;
        "The first sound is cut off at its beginning.";
        "Begin the bounce a little earlier.";
        "Mastering can only fade it in.";
    CutEnd: "Ends in full flight", Mix, OWN;
        "The last sound is cut off before it has died away.";
        "Let the bounce run until the reverb is gone.";
        "Mastering can only fade it out.";
    LossySource: "From a lossy file", Mix, OWN;
        "The top of the spectrum is cut off as encoders do it: what they left out is gone.";
        "Bounce to WAV or FLAC, and look for MP3 loops if it was.";
        "Mastering makes what an encoder left easier to hear.";
    Upsampled: "From a lower sample rate", Known, OWN;
        "Nothing lies above the end of a lower rate: the file is larger than its sound.";
        "Bounce at the session's own rate.";
        "It does no harm.";
    UnusedBits: "Fewer bits than the file has", Mix, OWN;
        "All samples lie on 16-bit steps: the bounce was cut down before it was written.";
        "Bounce at 24 bit or 32 bit float.";
        "Mastering works at any depth; what was cut off stays away.";
    Noise: "Noise", Mix, OWN;
        "Steady noise rises with the loudness and shows in quiet passages.";
        "Gate or clean the track that brings it.";
        "Mastering raises it with the music.";
    Hum: "Hum", Mix, OWN;
        "Lines at the mains' harmonics do not belong to the music.";
        "Find the track with the ground loop; notch it there.";
        "Notches in the equaliser take the lines, and notes that lie on them.";
    DcOffset: "DC offset", Master, OWN;
        "An offset takes headroom on one side of zero.";
        "A high-pass on the track that brings it.";
        "The trim's DC block removes it.";
    Rumble: "Rumble", Master, "mastering practice: high-pass at 20 to 30 Hz";
        "Power below what is heard takes headroom and moves the limiter.";
        "A high-pass on tracks without bass.";
        "A high-pass at 25 Hz (equaliser) removes it.";
    Mud: "Mud", Master, "Burnish's own: the mix's own curve from 50 Hz to 13 kHz as the measure";
        "Too much at 200 to 300 Hz clouds voices and bass.";
        "Cut it in the parts that do not need it.";
        "A wide cut around 250 Hz; it cannot tell one part from another.";
    Harshness: "Harshness", Master, "Burnish's own: the mix's own curve from 60 Hz to 8 kHz as the measure";
        "Too much at 2 to 4 kHz tires the ear, the more the louder.";
        "Cut it in the guitars, synths or voices that bring it.";
        "A wide cut around 3 kHz, dynamic if only some passages are; it takes from all parts alike.";
    Sibilance: "Sibilance", Mix, OWN;
        "Sharp bursts at 5 to 9 kHz get sharper when they are louder.";
        "De-ess the voice.";
        "A dynamic band at 7 kHz softens them, and the cymbals with them.";
    Resonance: "Resonance", Master, "after van Waterschoot and Moonen, AES 126 (2009): no notes, no harmonics";
        "One narrow band rings with all that is played.";
        "Find the part that brings it and notch it there.";
        "A narrow cut there.";
    Headroom: "Little headroom", Trim, CUSTOM;
        "Whatever mastering adds has no room below full scale.";
        "Nothing, as long as nothing clips.";
        "The trim gives the room back: peaks to -6.";
    LowLevel: "Low level", Trim, CUSTOM;
        "Presets and the glue compressor expect a mix that peaks near -6 dBFS.";
        "Nothing, at 24 bit.";
        "The trim brings it up: peaks to -6.";
    SilenceAtStart: "Silence at the beginning", Known, OWN;
        "Players wait for it.";
        "Begin the bounce closer to the music.";
        "Cut it when it is delivered.";
    SilenceAtEnd: "Silence at the end", Known, OWN;
        "Players wait for it.";
        "End the bounce when the last sound has died away.";
        "Cut it when it is delivered.";
}

/// A finding with all that is said of it.
#[derive(Serialize)]
struct InWords<'a> {
    #[serde(flatten)]
    finding: &'a Finding,
    name: &'static str,
    told: String,
    why: &'static str,
    in_the_mix: &'static str,
    mastering: &'static str,
    source: &'static str,
}

/// Writes findings with all that is said of them.
pub(super) fn in_words<S: Serializer>(
    findings: &[Finding],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(findings.iter().map(|finding| {
        let Words { name, why, in_the_mix, mastering, source, .. } = finding.kind.words();
        InWords { finding, name, told: finding.told(), why, in_the_mix, mastering, source }
    }))
}

/// Minutes, seconds and tenths.
pub(super) fn time(seconds: f64) -> String {
    let tenths = (seconds.max(0.0) * 10.0).round() as u64;
    format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}

fn hertz(hz: f64) -> String {
    if hz >= 1000.0 { format!("{:.1} kHz", hz / 1000.0) } else { format!("{hz:.0} Hz") }
}

impl Sureness {
    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Uncertain => "uncertain",
        }
    }
}

impl Channel {
    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }
}

impl Finding {
    /// The number, its limit and where it is, in a line.
    pub fn told(&self) -> String {
        let value = self.value;
        let limit = self.limit;
        let times = self.count.unwrap_or(0);
        let side = self.channel.map_or("", Channel::name);
        let mut line = match self.kind {
            Kind::Clipping if times > 0 => {
                format!("{times} tops cut off at {value:.1} dBFS")
            }
            Kind::Clipping => {
                format!("cut off a little below {value:.1} dBFS, and changed since")
            }
            Kind::Limiting => format!(
                "{value:.0} % more of the loud moments peak at one level than would by chance \
                 (limit {limit:.1} %)"
            ),
            Kind::DeadChannel => format!("{side} is {value:.0} dB below the other"),
            Kind::InvertedChannel => {
                format!("correlation {value:.2} (limit {limit:.2})")
            }
            Kind::ChannelDelay => format!("{side} is {value:.2} ms late"),
            Kind::Imbalance => {
                format!("{side} is {value:.1} dB quieter (limit {limit:.1} dB)")
            }
            Kind::MonoInStereo => "both channels are the same".to_owned(),
            Kind::BassPhase => format!("correlation {value:.2} (limit {limit:.2})"),
            Kind::MonoLoss => format!("{value:.1} dB (limit {limit:.1} dB)"),
            Kind::Dropout => format!("{times}, the longest {value:.1} ms"),
            Kind::Clicks => format!("{times} of them"),
            Kind::CutBeginning | Kind::CutEnd => format!(
                "{:.0} dB below the loud passages (limit {:.0} dB)",
                value.min(0.0).abs(),
                limit.abs()
            ),
            Kind::LossySource => format!("nothing above {}", hertz(value)),
            Kind::Upsampled => format!("nothing above the end of {:.1} kHz", value / 1000.0),
            Kind::UnusedBits => format!("{value:.0} of {limit:.0} bits in use"),
            Kind::Noise | Kind::Hum | Kind::Rumble => {
                format!("{:.0} dB below the music (limit {:.0} dB)", -value, -limit)
            }
            Kind::DcOffset => format!("{value:.1} dBFS (limit {limit:.0} dBFS)"),
            Kind::Mud | Kind::Harshness | Kind::Sibilance | Kind::Resonance => {
                format!("{value:.1} dB over what lies around it (limit {limit:.1} dB)")
            }
            Kind::Headroom => format!("peaks at {value:.1} dBTP (limit {limit:.0} dBTP)"),
            Kind::LowLevel => format!("peaks at {value:.1} dBTP (expected above {limit:.0} dBTP)"),
            Kind::SilenceAtStart | Kind::SilenceAtEnd => {
                format!("{value:.1} s (limit {limit:.0} s)")
            }
        };
        if let Some([from_hz, to_hz]) = self.band_hz
            && !matches!(self.kind, Kind::LossySource | Kind::Upsampled)
        {
            let _ = write!(line, ", {} to {}", hertz(from_hz), hertz(to_hz));
        }
        let is_told = matches!(self.kind, Kind::DeadChannel | Kind::ChannelDelay | Kind::Imbalance);
        if !side.is_empty() && !is_told {
            let _ = write!(line, ", {side} channel");
        }
        if !self.spans.is_empty() {
            let at: Vec<String> = self.spans.iter().map(|span| time(span.from_s)).collect();
            let _ = write!(line, ", at {}", at.join(", "));
        }
        line
    }
}
