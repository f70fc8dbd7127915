//! All settings of the chain, and the one table of all parameters.

use std::sync::LazyLock;

use crate::clipper::ClipperSettings;
use crate::compressor::CompressorSettings;
use crate::dither::DitherSettings;
use crate::equalizer::{BAND_COUNT, BandSettings, EqualizerSettings};
use crate::limiter::LimiterSettings;
use crate::parameter::{Kind, Parameter};
use crate::stereo::StereoSettings;
use crate::trim::TrimSettings;

/// Declares the stages, a row each, in the order of the signal path: what it is, its name
/// in code, its field and settings, the first part of its parameters' ids, its name as shown.
macro_rules! stages {
    ($($(#[$doc:meta])* $stage:ident $field:ident: $settings:ty, $id:literal $name:literal;)+) => {
        /// Everything a person can set of the sound. The default is neutral: below the
        /// limiter's ceiling the output is the input, bit for bit, only delayed.
        #[derive(Clone, Copy, Debug, Default, PartialEq)]
        pub struct ChainSettings {
            $($(#[$doc])* pub $field: $settings,)+
        }

        /// A stage of the chain, in the order of the signal path.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Stage {
            $($(#[$doc])* $stage,)+
        }

        impl Stage {
            /// All stages in the order of the signal path.
            pub const ALL: [Stage; [$($id),+].len()] = [$(Stage::$stage),+];

            /// Name as shown.
            pub fn name(self) -> &'static str {
                match self { $(Stage::$stage => $name,)+ }
            }

            /// First part of the ids of its parameters.
            pub fn id(self) -> &'static str {
                match self { $(Stage::$stage => $id,)+ }
            }

            /// Its parameters, but for those that bands have.
            fn parameters(self) -> Vec<ChainParameter> {
                match self {
                    $(Stage::$stage => <$settings>::PARAMETERS
                        .iter()
                        .map(|p| ChainParameter::new(self, p, Place::$stage(p)))
                        .collect(),)+
                }
            }
        }

        /// Where in [`ChainSettings`] a parameter lives.
        #[derive(Clone, Copy, Debug)]
        enum Place {
            $($stage(&'static Parameter<$settings>),)+
            Band(usize, &'static Parameter<BandSettings>),
        }

        impl Place {
            fn read(self, settings: &ChainSettings) -> f64 {
                match self {
                    $(Place::$stage(p) => (p.read)(&settings.$field),)+
                    Place::Band(band, p) => (p.read)(&settings.equalizer.bands[band]),
                }
            }

            fn write(self, settings: &mut ChainSettings, value: f64) {
                match self {
                    $(Place::$stage(p) => (p.write)(&mut settings.$field, value),)+
                    Place::Band(band, p) => {
                        (p.write)(&mut settings.equalizer.bands[band], value);
                    }
                }
            }
        }
    };
}

stages! {
    /// Input trim.
    Trim trim: TrimSettings, "trim" "Trim";
    /// Equaliser.
    Equalizer equalizer: EqualizerSettings, "eq" "EQ";
    /// Glue compressor.
    Glue glue: CompressorSettings, "glue" "Glue";
    /// Mid/side and stereo.
    Stereo stereo: StereoSettings, "stereo" "Stereo";
    /// Clipper.
    Clipper clipper: ClipperSettings, "clipper" "Clipper";
    /// True-peak limiter.
    Limiter limiter: LimiterSettings, "limiter" "Limiter";
    /// Dither.
    Dither dither: DitherSettings, "dither" "Dither";
}

/// A parameter of the whole chain.
#[derive(Debug)]
pub struct ChainParameter {
    /// Stable id: `limiter.gain`, `eq.3.frequency`.
    pub id: String,
    /// Full name: "Limiter Gain", "EQ 3 Frequency".
    pub name: String,
    /// Name without its stage: "Gain".
    pub short_name: &'static str,
    /// The stage it belongs to.
    pub stage: Stage,
    /// The band it belongs to, from 0, for parameters of an EQ band.
    pub band: Option<usize>,
    /// Range, step and unit.
    pub kind: Kind,
    /// Value of neutral settings.
    pub default: f64,
    /// What it does and why one would use it.
    pub help: &'static str,
    place: Place,
}

impl ChainParameter {
    /// Whether a host may automate it: not what changes the latency.
    pub fn is_automatable(&self) -> bool {
        !matches!(self.place, Place::Equalizer(p) if p.id == "phase")
    }

    /// The parameter's value in `settings`.
    pub fn read(&self, settings: &ChainSettings) -> f64 {
        self.place.read(settings)
    }

    /// Clamps and snaps `value` and writes it into `settings`.
    pub fn write(&self, settings: &mut ChainSettings, value: f64) {
        self.place.write(settings, self.kind.snap(value));
    }

    fn new<S>(stage: Stage, parameter: &'static Parameter<S>, place: Place) -> Self {
        let band = if let Place::Band(band, _) = place { Some(band) } else { None };
        let (id, name) = match band {
            Some(band) => (
                format!("{}.{}.{}", stage.id(), band + 1, parameter.id),
                format!("{} {} {}", stage.name(), band + 1, parameter.name),
            ),
            None => (
                format!("{}.{}", stage.id(), parameter.id),
                format!("{} {}", stage.name(), parameter.name),
            ),
        };
        Self {
            id,
            name,
            short_name: parameter.name,
            stage,
            band,
            kind: parameter.kind,
            // Said once, where the settings have theirs: a band's depends on its place
            // in the spectrum.
            default: parameter.kind.snap(place.read(&ChainSettings::default())),
            help: parameter.help,
            place,
        }
    }
}

static PARAMETERS: LazyLock<Vec<ChainParameter>> = LazyLock::new(|| {
    let mut table = Vec::new();
    for stage in Stage::ALL {
        table.extend(stage.parameters());
        if stage == Stage::Equalizer {
            for band in 0..BAND_COUNT {
                let place = |p| ChainParameter::new(stage, p, Place::Band(band, p));
                table.extend(BandSettings::PARAMETERS.iter().map(place));
            }
        }
    }
    table
});

/// Every parameter of the chain, in the order of the signal path. The order is
/// for display; ids are what sessions and presets remember.
pub fn parameters() -> &'static [ChainParameter] {
    &PARAMETERS
}

/// The position in [`parameters`] of the parameter called `id`.
pub fn parameter_index(id: &str) -> Option<usize> {
    parameters().iter().position(|parameter| parameter.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique() {
        let mut ids: Vec<_> = parameters().iter().map(|p| &p.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), parameters().len());
    }

    #[test]
    fn every_parameter_reads_back_what_was_written_and_touches_nothing_else() {
        for parameter in parameters() {
            for position in [0.0, 0.3, 1.0] {
                let value = parameter.kind.from_normalized(position);
                let mut settings = ChainSettings::default();
                parameter.write(&mut settings, value);
                assert_eq!(parameter.read(&settings), value, "{}", parameter.id);
                parameter.write(&mut settings, parameter.default);
                let mut neutral = ChainSettings::default();
                parameter.write(&mut neutral, parameter.default);
                assert_eq!(settings, neutral, "{}", parameter.id);
            }
        }
    }

    #[test]
    fn the_defaults_are_those_of_the_default_settings() {
        let defaults = ChainSettings::default();
        for parameter in parameters() {
            let default = parameter.read(&defaults);
            assert_eq!(parameter.default, default, "{}", parameter.id);
            assert_eq!(parameter.kind.snap(default), default, "{}: off its grid", parameter.id);
        }
    }
}
