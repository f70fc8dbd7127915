//! What a person can set of the equaliser.

use crate::parameter::{Parameter, choice, parameters};

/// Number of bands.
pub const BAND_COUNT: usize = 8;

choice! {
    /// The shape of a band's response.
    pub enum BandShape {
        /// Raises or lowers a region around the frequency.
        Bell = "Bell",
        /// Raises or lowers everything below the frequency.
        LowShelf = "Low shelf",
        /// Raises or lowers everything above the frequency.
        HighShelf = "High shelf",
        /// Turns the whole spectrum around the frequency.
        Tilt = "Tilt",
        /// Removes the frequency itself.
        Notch = "Notch",
        /// Removes everything below the frequency.
        HighPass = "High-pass",
        /// Removes everything above the frequency.
        LowPass = "Low-pass",
    }
}

choice! {
    /// The part of the stereo signal that a band works on.
    pub enum BandChannel {
        /// Left and right alike.
        Stereo = "Stereo",
        /// What both channels share: (L + R) / 2.
        Mid = "Mid",
        /// What differs: (L - R) / 2.
        Side = "Side",
        /// Left only.
        Left = "Left",
        /// Right only.
        Right = "Right",
    }
}

choice! {
    /// Steepness of a high- or low-pass.
    pub enum Slope {
        /// 6 dB per octave: one pole.
        Db6 = "6 dB/oct",
        /// 12 dB per octave.
        Db12 = "12 dB/oct",
        /// 18 dB per octave.
        Db18 = "18 dB/oct",
        /// 24 dB per octave.
        Db24 = "24 dB/oct",
        /// 36 dB per octave.
        Db36 = "36 dB/oct",
        /// 48 dB per octave.
        Db48 = "48 dB/oct",
    }
}

impl BandShape {
    /// Whether a band of this shape can follow the level.
    pub fn can_be_dynamic(self) -> bool {
        matches!(self, BandShape::Bell | BandShape::LowShelf | BandShape::HighShelf)
    }
}

impl Slope {
    /// Order of the filter: 6 dB per octave each.
    pub fn order(self) -> usize {
        match self {
            Slope::Db6 => 1,
            Slope::Db12 => 2,
            Slope::Db18 => 3,
            Slope::Db24 => 4,
            Slope::Db36 => 6,
            Slope::Db48 => 8,
        }
    }
}

choice! {
    /// How the bands treat phase.
    pub enum EqualizerPhase {
        /// As an analogue equaliser does: no latency, phase turns where gain changes.
        Minimum = "Minimum",
        /// Phase stays; costs latency, and a transient rings before itself.
        Linear = "Linear",
    }
}

/// What a person can set of one band.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BandSettings {
    /// Whether the band works.
    pub is_on: bool,
    /// Shape of the response.
    pub shape: BandShape,
    /// Part of the stereo signal it works on.
    pub channel: BandChannel,
    /// Centre or corner frequency, 10 to 22 000 Hz.
    pub frequency_hz: f64,
    /// Gain of bells, shelves and tilts, -24 to +24 dB.
    pub gain_db: f64,
    /// Width of bells, notches, shelves and 12 dB passes: 0.1 (wide) to 20 (narrow).
    pub q: f64,
    /// Steepness of high- and low-passes.
    pub slope: Slope,
    /// Level of the band's own region above which a bell or shelf moves, -60 to 0 dBFS.
    pub threshold_db: f64,
    /// How far the gain may move, -18 to +18 dB; 0 is a static band.
    pub range_db: f64,
    /// Time to cover 63.2 % of a move away from the set gain, 1 to 200 ms.
    pub attack_ms: f64,
    /// Time to cover 63.2 % of the way back, 10 to 2000 ms.
    pub release_ms: f64,
}

impl BandSettings {
    /// The settings of band `index` (from 0) in a neutral equaliser: spread
    /// over the spectrum, all off.
    pub fn neutral(index: usize) -> Self {
        const FREQUENCIES_HZ: [f64; BAND_COUNT] =
            [25.0, 80.0, 250.0, 600.0, 1500.0, 3000.0, 8000.0, 12000.0];
        let shape = match index {
            0 => BandShape::HighPass,
            1 => BandShape::LowShelf,
            7 => BandShape::HighShelf,
            _ => BandShape::Bell,
        };
        Self {
            is_on: false,
            shape,
            channel: BandChannel::Stereo,
            frequency_hz: FREQUENCIES_HZ[index.min(BAND_COUNT - 1)],
            gain_db: 0.0,
            q: 0.71,
            slope: Slope::Db12,
            threshold_db: -24.0,
            range_db: 0.0,
            attack_ms: 20.0,
            release_ms: 200.0,
        }
    }

    /// Whether the band's gain follows the level.
    pub fn is_dynamic(&self) -> bool {
        self.is_on && self.range_db != 0.0 && self.shape.can_be_dynamic()
    }

    /// Whether the band leaves every signal untouched.
    pub fn is_neutral(&self) -> bool {
        self.is_static_neutral() && !self.is_dynamic()
    }

    /// Whether the set gain alone leaves every signal untouched.
    pub fn is_static_neutral(&self) -> bool {
        !self.is_on
            || match self.shape {
                BandShape::Bell | BandShape::LowShelf | BandShape::HighShelf | BandShape::Tilt => {
                    self.gain_db == 0.0
                }
                BandShape::Notch | BandShape::HighPass | BandShape::LowPass => false,
            }
    }

    /// Every parameter of the stage.
    pub const PARAMETERS: &[Parameter<Self>] = parameters! {
        "on" "On" is_on: switch,
            "Switches the band in or out.";
        "shape" "Shape" shape: choice(BandShape),
            "Bell, shelf, tilt, notch or pass: what the band does to the spectrum.";
        "channel" "Channel" channel: choice(BandChannel),
            "Works on the whole stereo signal or only on its middle, its sides or one channel.";
        "frequency" "Frequency" frequency_hz: logarithmic(10.0, 22_000.0, 0.1, Hertz),
            "Centre of a bell or notch, corner of a shelf or pass.";
        "gain" "Gain" gain_db: linear(-24.0, 24.0, 0.01, Decibels),
            "Cut or boost; cuts before boosts.";
        "q" "Q" q: logarithmic(0.1, 20.0, 0.01, None),
            "Narrow (high) to find a resonance, wide (low) to shape a tone; shelves use 2 at most.";
        "slope" "Slope" slope: choice(Slope),
            "Steepness of a high- or low-pass.";
        "threshold" "Threshold" threshold_db: linear(-60.0, 0.0, 0.1, Decibels),
            "Level of the band's own region above which a dynamic bell or shelf moves.";
        "range" "Range" range_db: linear(-18.0, 18.0, 0.1, Decibels),
            "How far the gain may move when the band gets loud: below 0 tames, above 0 lifts, 0 is static.";
        "attack" "Attack" attack_ms: logarithmic(1.0, 200.0, 0.1, Milliseconds),
            "How fast a dynamic band moves away from its gain.";
        "release" "Release" release_ms: logarithmic(10.0, 2000.0, 1.0, Milliseconds),
            "How fast a dynamic band comes back.";
    };
}

/// What a person can set of the equaliser.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EqualizerSettings {
    /// Whether the stage works at all.
    pub is_on: bool,
    /// How the set gains treat phase; dynamic moves are always minimum-phase.
    /// The one setting of the chain that changes its latency.
    pub phase: EqualizerPhase,
    /// The bands, in series.
    pub bands: [BandSettings; BAND_COUNT],
}

impl Default for EqualizerSettings {
    fn default() -> Self {
        Self {
            is_on: true,
            phase: EqualizerPhase::Minimum,
            bands: std::array::from_fn(BandSettings::neutral),
        }
    }
}

impl EqualizerSettings {
    /// The parameters of the stage itself; each band has [`BandSettings::PARAMETERS`].
    pub const PARAMETERS: &[Parameter<Self>] = parameters! {
        "on" "On" is_on: switch,
            "Switches the equaliser in or out.";
        "phase" "Phase" phase: choice(EqualizerPhase),
            "Linear phase keeps the waveform's shape at the price of about 0.2 s of latency and of ringing before transients: 1 to 5 ms, more for steep or narrow bands in the bass.";
    };
}
