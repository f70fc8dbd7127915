//! What people type: numbers and presets.

use std::path::Path;

use burnish_dsp::parameter::parse_decimal;
use burnish_dsp::settings::ChainSettings;
use burnish_session::output::Input;
use burnish_session::preset::{find_preset, load_preset, presets};

/// A number as people type it.
pub(super) fn number(text: &str) -> Result<f64, String> {
    parse_decimal(text).map_err(|hint| format!("expected a number, found \"{text}\"{hint}"))
}

/// A built-in preset, or one in a file; neutral settings where none is named.
pub(super) fn preset(name: Option<&str>) -> Result<ChainSettings, String> {
    let Some(name) = name else { return Ok(ChainSettings::default()) };
    if let Some(preset) = find_preset(name) {
        return Ok(preset.settings);
    }
    let path = Path::new(name);
    if !path.exists() {
        let names: Vec<&str> = presets().iter().map(|preset| preset.name).collect();
        return Err(format!(
            "--preset: expected a preset file or one of {}, found \"{name}\"",
            names.join(", ")
        ));
    }
    load_preset(path).map_err(|error| error.to_string())
}

/// The file that a preset is read from; none for a built-in one.
pub(super) fn preset_input(name: Option<&str>) -> Option<Input> {
    let name = name.filter(|name| find_preset(name).is_none())?;
    Some(Input::new("the preset", Path::new(name)))
}
