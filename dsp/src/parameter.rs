//! A parameter is declared once, here as a value beside the settings it belongs to.
//!
//! The host's parameters, the knobs, preset files, the command line and the
//! manual are all made from these tables. Values travel as `f64` in the user's
//! units: a choice is its index, a switch is 0 or 1. Every value is snapped to
//! the parameter's step, so that a value that went through a host's 32-bit
//! normalised form comes back as exactly the value that was typed.

/// The unit a value is shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Decibels.
    Decibels,
    /// Decibels true peak relative to full scale.
    DecibelsTruePeak,
    /// Hertz; shown as kHz from 1000 on.
    Hertz,
    /// Milliseconds.
    Milliseconds,
    /// Percent.
    Percent,
    /// A plain number.
    None,
}

impl Unit {
    /// How the unit is written after a value.
    pub fn symbol(self) -> &'static str {
        match self {
            Unit::Decibels => "dB",
            Unit::DecibelsTruePeak => "dBTP",
            Unit::Hertz => "Hz",
            Unit::Milliseconds => "ms",
            Unit::Percent => "%",
            Unit::None => "",
        }
    }
}

/// How equal steps of a control map to the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taper {
    /// Equal steps are equal differences.
    Linear,
    /// Equal steps are equal ratios (frequencies, times); the minimum must be positive.
    Logarithmic,
}

/// What kind of value a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Any value of a range.
    Continuous {
        /// Lowest value.
        min: f64,
        /// Highest value.
        max: f64,
        /// The grid that values are snapped to.
        step: f64,
        /// How a control travels over the range.
        taper: Taper,
        /// The unit of the value.
        unit: Unit,
    },
    /// One of several named values; the value is the index.
    Choice(&'static [&'static str]),
    /// On (1) or off (0).
    Switch,
}

/// A parameter of settings `S`.
#[derive(Debug)]
pub struct Parameter<S: 'static> {
    /// Stable name inside its stage, lower case with underscores: `gain`.
    pub id: &'static str,
    /// Name as shown: "Gain".
    pub name: &'static str,
    /// Range, step and unit.
    pub kind: Kind,
    /// What it does and why one would use it, in one sentence.
    pub help: &'static str,
    /// Reads the value out of settings.
    pub read: fn(&S) -> f64,
    /// Writes an already clamped and snapped value into settings.
    pub write: fn(&mut S, f64),
}

impl Kind {
    /// A linear range.
    pub const fn linear(min: f64, max: f64, step: f64, unit: Unit) -> Self {
        Kind::Continuous { min, max, step, taper: Taper::Linear, unit }
    }

    /// A logarithmic range.
    pub const fn logarithmic(min: f64, max: f64, step: f64, unit: Unit) -> Self {
        Kind::Continuous { min, max, step, taper: Taper::Logarithmic, unit }
    }

    /// Lowest and highest value.
    pub fn bounds(&self) -> (f64, f64) {
        match *self {
            Kind::Continuous { min, max, .. } => (min, max),
            Kind::Choice(names) => (0.0, (names.len() - 1) as f64),
            Kind::Switch => (0.0, 1.0),
        }
    }

    /// The nearest value the parameter can have; what is not a number becomes the minimum.
    pub fn snap(&self, value: f64) -> f64 {
        let (min, max) = self.bounds();
        let value = if value.is_nan() { min } else { value.clamp(min, max) };
        match *self {
            // Dividing by the whole number of steps in one unit gives the same
            // double as the decimal literal that a person would type.
            Kind::Continuous { step, .. } => {
                let steps_per_unit = (1.0 / step).round();
                ((value * steps_per_unit).round() / steps_per_unit).clamp(min, max)
            }
            Kind::Choice(_) | Kind::Switch => value.round(),
        }
    }

    /// Position 0 to 1 of a value on the parameter's control.
    pub fn to_normalized(&self, value: f64) -> f64 {
        let (min, max) = self.bounds();
        let value = value.clamp(min, max);
        match *self {
            Kind::Continuous { taper: Taper::Logarithmic, .. } => {
                (value / min).ln() / (max / min).ln()
            }
            _ => (value - min) / (max - min),
        }
    }

    /// The snapped value at a control position of 0 to 1.
    pub fn from_normalized(&self, position: f64) -> f64 {
        let (min, max) = self.bounds();
        let position = if position.is_nan() { 0.0 } else { position.clamp(0.0, 1.0) };
        self.snap(match *self {
            Kind::Continuous { taper: Taper::Logarithmic, .. } => min * (max / min).powf(position),
            _ => min + (max - min) * position,
        })
    }

    /// The unit of the value.
    pub fn unit(&self) -> Unit {
        match *self {
            Kind::Continuous { unit, .. } => unit,
            Kind::Choice(_) | Kind::Switch => Unit::None,
        }
    }

    /// A value as text with its unit: "-1.0 dBTP", "3.20 kHz", "Punchy", "On".
    pub fn format(&self, value: f64) -> String {
        match *self {
            Kind::Continuous { unit: Unit::Hertz, .. } if value >= 1000.0 => {
                format!("{:.2} kHz", value / 1000.0)
            }
            Kind::Continuous { step, unit, .. } => {
                let decimals = match unit {
                    Unit::Percent => 0,
                    Unit::Hertz | Unit::Milliseconds if value >= 100.0 => 0,
                    _ if step < 0.1 && unit != Unit::Milliseconds => 2,
                    _ => 1,
                };
                // Rounding must not leave a minus sign before zero.
                let scale = 10f64.powi(decimals);
                let value = (value * scale).round() / scale + 0.0;
                let text = format!("{value:.*}", decimals as usize);
                if unit == Unit::None { text } else { format!("{text} {}", unit.symbol()) }
            }
            Kind::Choice(names) => names[self.snap(value) as usize].to_owned(),
            Kind::Switch => if value >= 0.5 { "On" } else { "Off" }.to_owned(),
        }
    }

    /// A typed value: "-14", "3k", "250 Hz", "1,5 dB", "punchy", "on".
    ///
    /// # Errors
    /// Says what was expected when the text is none of these or out of range.
    pub fn parse(&self, text: &str) -> Result<f64, String> {
        let text = text.trim();
        match *self {
            Kind::Continuous { min, max, unit, .. } => {
                let value = parse_number(text, unit).map_err(|hint| {
                    format!("expected {}, found \"{text}\"{hint}", self.describe_range())
                })?;
                if value < min - 1e-9 || value > max + 1e-9 {
                    return Err(format!("expected {}, found {text}", self.describe_range()));
                }
                Ok(self.snap(value))
            }
            Kind::Choice(names) => {
                let wanted = simplified(text);
                names
                    .iter()
                    .position(|name| simplified(name) == wanted)
                    .map(|index| index as f64)
                    .ok_or_else(|| {
                        format!("expected one of {}, found \"{text}\"", names.join(", "))
                    })
            }
            Kind::Switch => match text.to_ascii_lowercase().as_str() {
                "on" | "1" | "true" | "yes" => Ok(1.0),
                "off" | "0" | "false" | "no" => Ok(0.0),
                _ => Err(format!("expected on or off, found \"{text}\"")),
            },
        }
    }

    /// The range in words: "-12 to 0 dBTP", "Transparent, Punchy or Loud".
    pub fn describe_range(&self) -> String {
        match *self {
            Kind::Continuous { min, max, unit, .. } => {
                format!("{min} to {max} {}", unit.symbol()).trim_end().to_owned()
            }
            Kind::Choice(names) => names.join(", "),
            Kind::Switch => "on, off".to_owned(),
        }
    }
}

/// A choice's name without case, blanks and punctuation, so that "f-weighted 9"
/// finds "F-weighted 9" and "highshelf" finds "High shelf".
fn simplified(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '.')
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// A number as people type it: "-14", "1.5", "1,5".
///
/// A comma may stand before decimals or after thousands. Where only one of these makes sense
/// it is understood, and otherwise asked about: "12,000" is refused.
///
/// # Errors
/// What to add to a message, from its colon on; nothing where the text is no number at all.
pub fn parse_decimal(text: &str) -> Result<f64, String> {
    let number = text.trim().replace('\u{2212}', "-");
    let parsed = |text: &str| {
        text.parse::<f64>().ok().filter(|value| value.is_finite()).ok_or_else(String::new)
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = number.trim_start_matches(['-', '+']);
    let Some((whole, rest)) = unsigned.split_once(',') else {
        let without_blanks: String = number.chars().filter(|c| !is_thousands_mark(*c)).collect();
        return parsed(&number).map_err(|_| match parsed(&without_blanks) {
            Ok(_) => format!(": thousands are written without a mark, {without_blanks}"),
            Err(_) => String::new(),
        });
    };
    let bare = number.replace(',', "");
    if rest.contains([',', '.']) {
        // Nothing but thousands can come before another mark.
        return Err(match parsed(&bare) {
            Ok(_) => format!(": thousands are written without a mark, {bare}"),
            Err(_) => String::new(),
        });
    }
    let is_ambiguous = rest.len() == 3
        && is_digits(rest)
        && (1..=3).contains(&whole.len())
        && !whole.starts_with('0');
    if is_ambiguous && is_digits(whole) {
        return Err(format!(
            ": thousands or decimals? Write {bare} or {}",
            number.replace(',', ".")
        ));
    }
    parsed(&number.replace(',', "."))
}

/// What some people part thousands with.
fn is_thousands_mark(mark: char) -> bool {
    mark.is_whitespace() || matches!(mark, '\'' | '\u{2019}' | '_')
}

/// A number with an optional unit, "k" prefix and decimal comma.
fn parse_number(text: &str, unit: Unit) -> Result<f64, String> {
    let lower = text.to_ascii_lowercase();
    let mut number = lower.trim();
    let mut factor = 1.0;
    let suffixes: &[(&str, f64)] = match unit {
        Unit::Decibels => &[("db", 1.0)],
        Unit::DecibelsTruePeak => &[("dbtp", 1.0), ("dbfs", 1.0), ("db", 1.0)],
        Unit::Hertz => &[("khz", 1000.0), ("hz", 1.0), ("k", 1000.0)],
        Unit::Milliseconds => &[("ms", 1.0), ("s", 1000.0)],
        Unit::Percent => &[("%", 1.0)],
        Unit::None => &[(":1", 1.0)],
    };
    for (suffix, suffix_factor) in suffixes {
        if let Some(rest) = number.strip_suffix(suffix) {
            number = rest.trim_end();
            factor = *suffix_factor;
            break;
        }
    }
    parse_decimal(number).map(|value| value * factor)
}

/// Declares a choice: an enum whose variants carry the name that is shown.
///
/// It gains `NAMES`, `index` and `from_index`, which is all that a
/// [`Kind::Choice`] parameter needs; the first variant is the default.
macro_rules! choice {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl Default for $name {
            fn default() -> Self {
                Self::ALL[0]
            }
        }

        impl $name {
            /// The names as shown, in order.
            pub const NAMES: &'static [&'static str] = &[$($text),+];
            /// All values, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Position in [`Self::NAMES`], as parameters carry it.
            pub fn index(self) -> f64 {
                f64::from(self as u8)
            }

            /// The value at a position; positions outside give the nearest.
            pub fn from_index(index: f64) -> Self {
                Self::ALL[(index.max(0.0).round() as usize).min(Self::ALL.len() - 1)]
            }
        }
    };
}
pub(crate) use choice;

/// Declares the parameters of some settings, one after another, without saying twice
/// which field each of them reads and writes:
///
/// ```text
/// "gain" "Gain" gain_db: linear(0.0, 24.0, 0.01, Decibels),
///     "What it does and why one would use it, in one sentence.";
/// ```
///
/// In this order: id, name as shown, field, what kind of value it takes, help. A
/// kind is `switch`, `choice(Type)`, or a range as of [`Kind::linear`] or
/// [`Kind::logarithmic`]. The default is what the settings' own default has.
macro_rules! parameters {
    ($($id:literal $name:literal $field:ident: $kind:ident $(($($of:tt)*))?, $help:literal;)+) => {
        &[$($crate::parameter::Parameter {
            id: $id,
            name: $name,
            kind: $crate::parameter::parameters!(@kind $kind $(($($of)*))?),
            help: $help,
            read: $crate::parameter::parameters!(@read $kind $field $(($($of)*))?),
            write: $crate::parameter::parameters!(@write $kind $field $(($($of)*))?),
        }),+]
    };
    (@kind switch) => { $crate::parameter::Kind::Switch };
    (@kind choice ($of:ty)) => { $crate::parameter::Kind::Choice(<$of>::NAMES) };
    (@kind $taper:ident ($min:literal, $max:literal, $step:literal, $unit:ident)) => {
        $crate::parameter::Kind::$taper($min, $max, $step, $crate::parameter::Unit::$unit)
    };
    (@read switch $field:ident) => { |settings| f64::from(u8::from(settings.$field)) };
    (@read choice $field:ident $of:tt) => { |settings| settings.$field.index() };
    (@read $taper:ident $field:ident $of:tt) => { |settings| settings.$field };
    (@write switch $field:ident) => { |settings, value| settings.$field = value >= 0.5 };
    (@write choice $field:ident ($of:ty)) => {
        |settings, value| settings.$field = <$of>::from_index(value)
    };
    (@write $taper:ident $field:ident $of:tt) => { |settings, value| settings.$field = value };
}
pub(crate) use parameters;

#[cfg(test)]
mod tests;
