//! Presets: plain text that can be mailed and compared.
//!
//! ```text
//! # Streaming
//! glue.on = On
//! glue.threshold = -24.00 dB
//! ```
//!
//! One parameter a line, in the units that are shown; what is not named is
//! neutral. `#` begins a comment.

use std::path::Path;
use std::sync::LazyLock;

use burnish_dsp::parameter::{Kind, Unit};
use burnish_dsp::settings::{ChainParameter, ChainSettings, parameter_index, parameters};

use crate::error::{FileError, io_reason};

/// Settings with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Preset {
    /// Name as shown.
    pub name: &'static str,
    /// The settings.
    pub settings: ChainSettings,
}

const BUILT_IN: [(&str, &str); 6] = [
    ("Neutral", include_str!("../../presets/neutral.txt")),
    ("Start", include_str!("../../presets/start.txt")),
    ("Streaming", include_str!("../../presets/streaming.txt")),
    ("Loud", include_str!("../../presets/loud.txt")),
    ("CD", include_str!("../../presets/cd.txt")),
    ("Vinyl pre-master", include_str!("../../presets/vinyl.txt")),
];

static PRESETS: LazyLock<Vec<Preset>> = LazyLock::new(|| {
    BUILT_IN
        .iter()
        .map(|(name, text)| Preset {
            name,
            settings: parse(text).expect("the built-in presets are read by a test"),
        })
        .collect()
});

/// The built-in presets, in the order they are shown.
pub fn presets() -> &'static [Preset] {
    &PRESETS
}

/// The built-in preset called `name`, in any case.
pub fn find_preset(name: &str) -> Option<&'static Preset> {
    presets().iter().find(|preset| preset.name.eq_ignore_ascii_case(name))
}

/// Reads a preset file.
///
/// # Errors
/// Names the file and the line, what was expected and what was found.
pub fn load_preset(path: &Path) -> Result<ChainSettings, FileError> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        FileError::new(path, format!("expected a preset, found {}", io_reason(&error)))
    })?;
    parse(&text).map_err(|message| FileError::new(path, message))
}

/// The text of a preset: every parameter that differs from its default.
pub fn write(title: &str, settings: &ChainSettings) -> String {
    let lines = parameters().iter().filter_map(|parameter| {
        let value = parameter.kind.snap(parameter.read(settings));
        (value != parameter.default)
            .then(|| format!("{} = {}\n", parameter.id, exact(parameter, value)))
    });
    format!("# {title}\n{}", lines.collect::<String>())
}

/// A value in full precision, with its unit.
fn exact(parameter: &ChainParameter, value: f64) -> String {
    match parameter.kind {
        Kind::Continuous { unit: Unit::None, .. } => format!("{value}"),
        Kind::Continuous { unit, .. } => format!("{value} {}", unit.symbol()),
        Kind::Choice(_) | Kind::Switch => parameter.kind.format(value),
    }
}

/// Reads the text of a preset.
///
/// # Errors
/// Names the line, what was expected and what was found.
pub fn parse(text: &str) -> Result<ChainSettings, String> {
    let mut settings = ChainSettings::default();
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        assign(&mut settings, line).map_err(|message| format!("line {}: {message}", number + 1))?;
    }
    Ok(settings)
}

/// Carries out one `parameter = value`.
///
/// # Errors
/// Says what was expected and found; a parameter that does not exist gets the nearest that do.
pub fn assign(settings: &mut ChainSettings, assignment: &str) -> Result<usize, String> {
    let Some((id, value)) = assignment.split_once('=') else {
        return Err(format!("expected parameter=value, found \"{assignment}\""));
    };
    let id = id.trim();
    let Some(index) = parameter_index(id) else {
        return Err(format!(
            "expected a parameter, found \"{id}\"; the nearest are {}",
            nearest_ids(id).join(", ")
        ));
    };
    let parameter = &parameters()[index];
    let value = parameter.kind.parse(value).map_err(|message| format!("{id}: {message}"))?;
    parameter.write(settings, value);
    Ok(index)
}

/// The three ids that are most like `id`.
fn nearest_ids(id: &str) -> Vec<&'static str> {
    let mut ids: Vec<&str> = parameters().iter().map(|parameter| parameter.id.as_str()).collect();
    ids.sort_by_key(|candidate| edit_distance(id, candidate));
    ids.truncate(3);
    ids
}

/// Levenshtein distance.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_preset_is_read_and_survives_writing() {
        for (name, text) in BUILT_IN {
            let settings = parse(text).unwrap_or_else(|message| panic!("{name}: {message}"));
            assert_eq!(parse(&write(name, &settings)), Ok(settings), "{name}");
        }
        assert_eq!(find_preset("neutral").expect("built in").settings, ChainSettings::default());
    }

    #[test]
    fn any_settings_survive_writing() {
        let mut settings = ChainSettings::default();
        for (i, parameter) in parameters().iter().enumerate() {
            parameter.write(&mut settings, parameter.kind.from_normalized((i % 7) as f64 / 6.0));
        }
        assert_eq!(parse(&write("all", &settings)), Ok(settings));
    }

    #[test]
    fn mistakes_name_their_line_and_what_was_meant() {
        assert_eq!(
            parse("# title\nlimiter.gain = loud").unwrap_err(),
            "line 2: limiter.gain: expected 0 to 24 dB, found \"loud\""
        );
        assert!(parse("limiter.gian = 3").unwrap_err().contains("limiter.gain"));
        assert!(parse("limiter.gain 3").unwrap_err().contains("expected parameter=value"));
    }
}
