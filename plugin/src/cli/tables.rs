//! What the command line prints.

use std::fmt::Write;

use burnish_dsp::parameter::Kind;
use burnish_dsp::settings::parameters as all_parameters;
use burnish_session::measure::Measures;
use burnish_session::preset;
use burnish_session::targets::{QuietTracks, targets as all_targets};
use serde_json::json;

use super::columns::{Column, Table};

/// A value with one or two decimals; what has none is "-inf".
fn number(value: f64, decimals: usize) -> String {
    if value.is_finite() { format!("{value:.decimals$}") } else { "-inf".to_owned() }
}

/// The rows of a table of measures: name, value, unit.
fn rows(measures: &Measures) -> Vec<(&'static str, String, &'static str)> {
    vec![
        ("integrated loudness", number(measures.integrated_lufs, 1), "LUFS"),
        ("momentary maximum", number(measures.max_momentary_lufs, 1), "LUFS"),
        ("short-term maximum", number(measures.max_short_term_lufs, 1), "LUFS"),
        ("loudness range", number(measures.loudness_range_lu, 1), "LU"),
        ("true peak", number(measures.true_peak_dbtp, 2), "dBTP"),
        ("sample peak", number(measures.sample_peak_dbfs, 2), "dBFS"),
        ("peak to loudness ratio", number(measures.plr_db, 1), "dB"),
        ("lowest PSR", number(measures.min_psr_db, 1), "dB"),
        ("correlation", number(measures.correlation, 2), ""),
        ("mono-sum loss", number(measures.mono_loss_db, 1), "dB"),
        ("DC offset", pair(measures.dc_offset_dbfs), "dBFS"),
        ("clipped samples", measures.clipped_samples.to_string(), ""),
    ]
}

/// The larger of left and right.
fn pair(levels: [f64; 2]) -> String {
    number(levels[0].max(levels[1]), 1)
}

/// A table of the bands, a row each.
fn bands(measures: &Measures) -> String {
    use Column::{Number, Words};
    let mut table = Table::new([Words, Number, Number, Number, Number, Number]);
    table.push(["band", "RMS dBFS", "peak dBFS", "crest dB", "correlation", "mono loss dB"]);
    for band in &measures.bands {
        let range = if band.to_hz.is_infinite() {
            format!("{} (from {} Hz)", band.name, band.from_hz)
        } else {
            format!("{} (to {} Hz)", band.name, band.to_hz)
        };
        table.push([
            range,
            number(band.level_dbfs, 1),
            number(band.peak_dbfs, 1),
            number(band.crest_db, 1),
            number(band.correlation, 2),
            number(band.mono_loss_db, 1),
        ]);
    }
    format!("\n{table}")
}

pub(super) fn measures(measures: &Measures) -> String {
    let mut table = Table::new([Column::Words, Column::Number, Column::Unit]);
    for (name, value, unit) in rows(measures) {
        table.push([name, &value, unit]);
    }
    let channels = if measures.channels == 1 { "mono" } else { "stereo" };
    table.push([
        "length".to_owned(),
        number(measures.duration_s, 2),
        format!("s, {} Hz, {channels}", measures.sample_rate_hz),
    ]);
    table.to_string() + &bands(measures)
}

pub(super) fn before_after(before: &Measures, after: &Measures) -> String {
    use Column::{Number, Unit, Words};
    let mut table = Table::new([Words, Number, Number, Unit]);
    table.push(["", "mix", "master", ""]);
    for ((name, before, unit), (_, after, _)) in rows(before).into_iter().zip(rows(after)) {
        table.push([name, &before, &after, unit]);
    }
    table.to_string()
}

pub(super) fn parameters(is_json: bool) -> String {
    if is_json {
        let rows: Vec<_> = all_parameters()
            .iter()
            .map(|parameter| {
                let (minimum, maximum) = parameter.kind.bounds();
                let choices = match parameter.kind {
                    Kind::Choice(names) => json!(names),
                    Kind::Switch => json!(["Off", "On"]),
                    Kind::Continuous { .. } => json!(null),
                };
                json!({
                    "id": parameter.id,
                    "name": parameter.name,
                    "unit": parameter.kind.unit().symbol(),
                    "minimum": minimum,
                    "maximum": maximum,
                    "default": parameter.default,
                    "choices": choices,
                    "help": parameter.help,
                })
            })
            .collect();
        return format!("{:#}\n", json!(rows));
    }
    let mut table = Table::new([Column::Words; 5]);
    table.push(["id", "name", "unit", "range", "default"]);
    for parameter in all_parameters() {
        table.push([
            parameter.id.as_str(),
            parameter.name.as_str(),
            parameter.kind.unit().symbol(),
            &parameter.kind.describe_range(),
            &parameter.kind.format(parameter.default),
        ]);
    }
    table.to_string()
}

pub(super) fn presets() -> String {
    let mut text = String::new();
    for preset in preset::presets() {
        let _ = writeln!(text, "{}", preset.name);
    }
    text
}

pub(super) fn targets() -> String {
    use Column::{Number, Unit, Words};
    let mut table = Table::new([Words, Words, Number, Number, Unit, Words, Words]);
    for target in all_targets() {
        let plays_at = target
            .playback_lufs
            .map_or_else(|| "as it is".to_owned(), |lufs| format!("{lufs:.0} LUFS"));
        let quiet = match target.quiet_tracks {
            QuietTracks::Never => "quiet tracks stay quiet",
            QuietTracks::Headroom => "quiet tracks rise within headroom",
            QuietTracks::Limited => "quiet tracks rise into a limiter",
        };
        let ceiling_dbtp = format!("{:.0}", target.ceiling_dbtp);
        table.push([
            &target.id,
            &target.name,
            &plays_at,
            &ceiling_dbtp,
            "dBTP",
            quiet,
            &target.note,
        ]);
    }
    table.to_string()
}
