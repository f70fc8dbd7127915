//! What people type: numbers and presets.

use std::path::Path;

use burnish_dsp::parameter::{Kind, parse_decimal};
use burnish_dsp::settings::{ChainSettings, parameters};
use burnish_session::output::Input;
use burnish_session::preset::{find_preset, load_preset, presets, presets_called};
use serde_json::Value;

/// A number as people type it.
pub(super) fn number(text: &str) -> Result<f64, String> {
    parse_decimal(text).map_err(|hint| format!("expected a number, found \"{text}\"{hint}"))
}

/// A loudness as people type it, with or without its unit.
pub(super) fn lufs(text: &str) -> Result<f64, String> {
    number(without_unit(text, &["LUFS", "LKFS"]))
}

/// A true peak as people type it, with or without its unit.
pub(super) fn dbtp(text: &str) -> Result<f64, String> {
    number(without_unit(text, &["dBTP", "dBFS", "dB"]))
}

fn without_unit<'a>(text: &'a str, units: &[&str]) -> &'a str {
    let text = text.trim();
    let end = |unit: &&str| {
        text.len()
            .checked_sub(unit.len())
            .filter(|end| text.get(*end..).is_some_and(|tail| tail.eq_ignore_ascii_case(unit)))
    };
    units.iter().find_map(end).map_or(text, |end| text[..end].trim_end())
}

/// The one that is meant by a name; `what` names the option, others are what it could be.
pub(super) fn only_one<'a, T>(
    what: &str,
    typed: &str,
    found: &[&'a T],
    all: &[&str],
    name: impl Fn(&'a T) -> &'a str,
) -> Result<&'a T, String> {
    match found {
        [one] => Ok(one),
        [] => Err(format!("{what}: expected {}, found \"{typed}\"", all.join(", "))),
        several => {
            let names: Vec<&str> = several.iter().map(|one| name(one)).collect();
            Err(format!("{what}: \"{typed}\" may be {}: type more of it", names.join(" or ")))
        }
    }
}

/// The parameters that are not neutral, each as `--set` takes it.
pub(super) fn changed(settings: &ChainSettings) -> Vec<(&'static str, Value)> {
    let typed = |kind: &Kind, value: f64| match kind {
        Kind::Continuous { .. } => Value::from(value),
        Kind::Choice(_) | Kind::Switch => Value::from(kind.format(value)),
    };
    parameters()
        .iter()
        .map(|parameter| (parameter, parameter.kind.snap(parameter.read(settings))))
        .filter(|(parameter, value)| *value != parameter.default)
        .map(|(parameter, value)| (parameter.id.as_str(), typed(&parameter.kind, value)))
        .collect()
}

/// A built-in preset, by its name or the beginning of a word in it, or one in a file; neutral
/// settings where none is named.
pub(super) fn preset(name: Option<&str>) -> Result<ChainSettings, String> {
    let Some(name) = name else { return Ok(ChainSettings::default()) };
    if let Some(preset) = find_preset(name) {
        return Ok(preset.settings);
    }
    if is_file(name) {
        return load_preset(Path::new(name)).map_err(|error| error.to_string());
    }
    let mut names = vec!["a preset file or one of ".to_owned() + presets()[0].name];
    names.extend(presets()[1..].iter().map(|preset| preset.name.to_owned()));
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    only_one("--preset", name, &presets_called(name), &names, |preset| preset.name)
        .map(|preset| preset.settings)
}

/// The file that a preset is read from; none for a built-in one.
pub(super) fn preset_input(name: Option<&str>) -> Option<Input> {
    let name = name.filter(|name| find_preset(name).is_none() && is_file(name))?;
    Some(Input::new("the preset", Path::new(name)))
}

/// Whether a file is meant, not the beginning of a name.
fn is_file(name: &str) -> bool {
    Path::new(name).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_may_stand_behind_numbers() {
        for text in ["-14", "-14LUFS", "-14 LUFS", "-14.0lufs", " -14 lkfs "] {
            assert_eq!(lufs(text), Ok(-14.0), "{text}");
        }
        for text in ["-1", "-1dBTP", "-1 dbtp", "-1.0 dB"] {
            assert_eq!(dbtp(text), Ok(-1.0), "{text}");
        }
        for text in ["LUFS", "-14 dB", "-14 LU FS", "", "-14LUFSLUFS"] {
            assert!(lufs(text).unwrap_err().contains("expected a number"), "{text}");
        }
    }
}
