//! What the command line prints.

use std::fmt::Write;

use burnish_dsp::parameter::Kind;
use burnish_dsp::settings::parameters as all_parameters;
use burnish_session::measure::Measures;
use burnish_session::metadata::Told;
use burnish_session::preset;
use burnish_session::targets::{QuietTracks, targets as all_targets};
use serde_json::json;

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
    let mut text = format!(
        "\n{:<24}{:>8}{:>10}{:>10}{:>13}{:>15}\n",
        "band", "RMS dBFS", "peak dBFS", "crest dB", "correlation", "mono loss dB"
    );
    for band in &measures.bands {
        let range = if band.to_hz.is_infinite() {
            format!("{} (from {} Hz)", band.name, band.from_hz)
        } else {
            format!("{} (to {} Hz)", band.name, band.to_hz)
        };
        let _ = writeln!(
            text,
            "{range:<24}{:>8}{:>10}{:>10}{:>13}{:>15}",
            number(band.level_dbfs, 1),
            number(band.peak_dbfs, 1),
            number(band.crest_db, 1),
            number(band.correlation, 2),
            number(band.mono_loss_db, 1)
        );
    }
    text
}

pub(super) fn measures(measures: &Measures) -> String {
    let mut text = String::new();
    for (name, value, unit) in rows(measures) {
        let _ = writeln!(text, "{}", format!("{name:<24}{value:>8} {unit}").trim_end());
    }
    let channels = if measures.channels == 1 { "mono" } else { "stereo" };
    let _ = writeln!(
        text,
        "{:<24}{:>8} s, {} Hz, {channels}",
        "length",
        number(measures.duration_s, 2),
        measures.sample_rate_hz
    );
    text + &bands(measures)
}

pub(super) fn before_after(before: &Measures, after: &Measures) -> String {
    let mut text = format!("{:<24}{:>8}{:>10}\n", "", "mix", "master");
    for ((name, before, unit), (_, after, _)) in rows(before).into_iter().zip(rows(after)) {
        let _ = writeln!(text, "{}", format!("{name:<24}{before:>8}{after:>10} {unit}").trim_end());
    }
    text
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
    let mut text = format!("{:<28}{:<28}{:<6}{:<40}{}\n", "id", "name", "unit", "range", "default");
    for parameter in all_parameters() {
        let _ = writeln!(
            text,
            "{:<28}{:<28}{:<6}{:<40}{}",
            parameter.id,
            parameter.name,
            parameter.kind.unit().symbol(),
            parameter.kind.describe_range(),
            parameter.kind.format(parameter.default)
        );
    }
    text
}

pub(super) fn presets() -> String {
    let mut text = String::new();
    for preset in preset::presets() {
        let _ = writeln!(text, "{}", preset.name);
    }
    text
}

pub(super) fn targets() -> String {
    let mut text = String::new();
    for target in all_targets() {
        let plays_at = target
            .playback_lufs
            .map_or_else(|| "as it is".to_owned(), |lufs| format!("{lufs:.0} LUFS"));
        let quiet = match target.quiet_tracks {
            QuietTracks::Never => "quiet tracks stay quiet",
            QuietTracks::Headroom => "quiet tracks rise within headroom",
            QuietTracks::Limited => "quiet tracks rise into a limiter",
        };
        let _ = writeln!(
            text,
            "{:<15}{:<20}{plays_at:>9}  {:>4.0} dBTP  {quiet:<36}{}",
            target.id, target.name, target.ceiling_dbtp, target.note
        );
    }
    text
}
