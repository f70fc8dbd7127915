//! What the command line prints.

use std::fmt::Write;
use std::path::Path;

use burnish_dsp::parameter::Kind;
use burnish_dsp::settings::parameters as all_parameters;
use burnish_session::measure::Measures;
use burnish_session::metadata::Told;
use burnish_session::mix_check::Report;
use burnish_session::preset::{self, Preset};
use burnish_session::targets::{QuietTracks, Target, targets as all_targets};
use serde_json::json;

use super::columns::{Column, Table};
use super::command::JSON_SCHEMA;
use super::typed::changed;

/// What stands where there is nothing to be said.
const UNDEFINED: &str = "--";
/// The time that momentary loudness takes, and with it all that is made of it, seconds.
const MOMENTARY_S: f64 = 0.4;
/// The same of short-term loudness.
const SHORT_TERM_S: f64 = 3.0;

/// A level with one or two decimals; silence is "-inf".
fn number(value: f64, decimals: usize) -> String {
    if value.is_finite() {
        // Rounding must not leave a minus sign before zero.
        let scale = 10f64.powi(decimals as i32);
        format!("{:.decimals$}", (value * scale).round() / scale + 0.0)
    } else {
        "-inf".to_owned()
    }
}

/// A value that is no level: without one it is undefined.
fn ratio(value: f64, decimals: usize) -> String {
    if value.is_finite() { number(value, decimals) } else { UNDEFINED.to_owned() }
}

/// A loudness, where there was the time for it.
fn loudness(value: f64, measures: &Measures, least_s: f64) -> String {
    if measures.duration_s < least_s && !value.is_finite() {
        UNDEFINED.to_owned()
    } else {
        number(value, 1)
    }
}

/// What a mono sum of something of a level loses: all of it ("-inf") where one channel is the
/// other inverted, and nothing can be said of silence.
fn mono_loss(value: f64, level_dbfs: f64) -> String {
    if level_dbfs.is_finite() { number(value, 1) } else { UNDEFINED.to_owned() }
}

/// The rows of a table of measures: name, value, unit.
fn rows(measures: &Measures) -> Vec<(&'static str, String, &'static str)> {
    vec![
        ("integrated loudness", loudness(measures.integrated_lufs, measures, MOMENTARY_S), "LUFS"),
        ("momentary maximum", loudness(measures.max_momentary_lufs, measures, MOMENTARY_S), "LUFS"),
        (
            "short-term maximum",
            loudness(measures.max_short_term_lufs, measures, SHORT_TERM_S),
            "LUFS",
        ),
        ("loudness range", ratio(measures.loudness_range_lu, 1), "LU"),
        ("true peak", number(measures.true_peak_dbtp, 2), "dBTP"),
        ("sample peak", number(measures.sample_peak_dbfs, 2), "dBFS"),
        ("peak to loudness ratio", ratio(measures.plr_db, 1), "dB"),
        ("lowest PSR", ratio(measures.min_psr_db, 1), "dB"),
        ("correlation", ratio(measures.correlation, 2), ""),
        ("mono-sum loss", mono_loss(measures.mono_loss_db, measures.sample_peak_dbfs), "dB"),
        ("DC offset", pair(measures.dc_offset_dbfs), "dBFS"),
        ("samples at full scale", measures.clipped_samples.to_string(), ""),
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
            ratio(band.crest_db, 1),
            ratio(band.correlation, 2),
            mono_loss(band.mono_loss_db, band.level_dbfs),
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

/// What was found, and what follows from it.
pub(super) fn findings(report: &Report) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        let words = finding.kind.words();
        let _ = writeln!(text, "{} ({}): {}", words.name, finding.sureness.name(), finding.told());
        let _ = writeln!(text, "    {}", words.why);
        let _ = writeln!(text, "    In the mix: {}", words.in_the_mix);
        let _ = writeln!(text, "    Mastering: {}", words.mastering);
        let _ = writeln!(text, "    Limit: {}.", words.source);
    }
    if !report.findings.is_empty() {
        text.push('\n');
    }
    text + &report.verdict.told() + "\n"
}

/// A row for each file.
pub(super) fn checks<'a>(
    files: impl Iterator<Item = (&'a Path, &'a Measures, &'a Report)>,
) -> String {
    use Column::{Number, Words};
    let mut table = Table::new([Words, Number, Number, Number, Words]);
    table.push(["file", "LUFS", "dBTP", "PLR dB", "verdict"]);
    for (file, measures, report) in files {
        let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
        table.push([
            name.into_owned(),
            loudness(measures.integrated_lufs, measures, MOMENTARY_S),
            number(measures.true_peak_dbtp, 2),
            ratio(measures.plr_db, 1),
            report.verdict.told(),
        ]);
    }
    table.to_string()
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

/// What of the mix's metadata is in the master, and what is not.
pub(super) fn metadata(told: &Told) -> String {
    let mut text = String::new();
    for (title, names) in [("carried over", &told.carried), ("left behind", &told.left_behind)] {
        if !names.is_empty() {
            let _ = writeln!(text, "{title}: {}", names.join(", "));
        }
    }
    text
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

pub(super) fn presets(is_json: bool) -> String {
    if is_json {
        let preset = |preset: &Preset| {
            json!({
                "name": preset.name,
                "purpose": preset.purpose,
                "assumes": preset.assumes,
                "settings": changed(&preset.settings),
            })
        };
        let presets: Vec<_> = preset::presets().iter().map(preset).collect();
        return format!("{:#}\n", json!({ "schema": JSON_SCHEMA, "presets": presets }));
    }
    let mut table = Table::new([Column::Words; 3]);
    table.push(["name", "purpose", "assumes"]);
    for preset in preset::presets() {
        table.push([preset.name, preset.purpose, preset.assumes]);
    }
    table.to_string()
}

pub(super) fn targets(is_json: bool) -> String {
    use Column::{Number, Unit, Words};
    if is_json {
        let target = |target: &Target| {
            let quiet_tracks = match target.quiet_tracks {
                QuietTracks::Never => "never",
                QuietTracks::Headroom => "headroom",
                QuietTracks::Limited => "limited",
            };
            json!({
                "id": target.id,
                "name": target.name,
                "playback_lufs": target.playback_lufs,
                "quiet_tracks": quiet_tracks,
                "ceiling_dbtp": target.ceiling_dbtp,
                "note": target.note,
            })
        };
        let targets: Vec<_> = all_targets().iter().map(target).collect();
        return format!("{:#}\n", json!({ "schema": JSON_SCHEMA, "targets": targets }));
    }
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
