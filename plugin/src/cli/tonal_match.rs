//! `burnish match`: EQ moves that bring a mix nearer to a reference.

use std::fmt::Write;
use std::path::PathBuf;

use burnish_dsp::settings::ChainSettings;
use burnish_session::balance::{BANDS, Balance, NOMINAL_HZ};
use burnish_session::output::{Input, Output, PRESET, kind_by_name};
use burnish_session::preset;
use burnish_session::render::render;
use burnish_session::tonal_match::{MOST_DB, Proposal, propose};
use clap::Args;
use serde_json::json;

use super::{compare, load, master, number, progress_bar, show, to_json};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The mix: WAV, AIFF, FLAC, MP3, AAC/M4A, Ogg Vorbis or Opus.
    mix: PathBuf,
    /// A finished song to match; several are averaged.
    #[arg(required = true)]
    references: Vec<PathBuf>,
    /// How much of the difference is taken, 0 to 100 per cent.
    #[arg(long, default_value_t = 100.0, allow_hyphen_values = true, value_parser = number)]
    amount: f64,
    /// The most that the moves together may cut or boost at any frequency, dB.
    #[arg(long, default_value_t = MOST_DB, allow_hyphen_values = true, value_parser = number)]
    most: f64,
    /// The chain that the mix goes through first: a built-in preset or a preset file.
    /// The moves are made on the bands of its EQ that are free.
    #[arg(long)]
    preset: Option<String>,
    /// Write the settings as a preset file, for `burnish master --preset`.
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Print the proposal as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<String, String> {
    check("--amount", arguments.amount, 0.0..=100.0, "per cent")?;
    check("--most", arguments.most, 0.0..=24.0, "dB")?;
    let mut settings = match &arguments.preset {
        None => ChainSettings::default(),
        Some(name) => master::preset(name)?,
    };
    let output = place(arguments)?;
    let mut warnings = Vec::new();
    let mut audio = load(&arguments.mix, &mut warnings)?;
    if settings != ChainSettings::default() {
        let bar = progress_bar("mastering");
        audio = render(&audio, &settings, |share| show(&bar, share)).audio;
        bar.finish_and_clear();
    }
    let side = compare::side(&arguments.mix, &audio)?;
    let references =
        compare::references(&arguments.references, audio.sample_rate_hz, &mut warnings)?;
    let balance = Balance::new(None, Some(side), &references);
    let rate_hz = f64::from(audio.sample_rate_hz);
    let amount = arguments.amount / 100.0;
    let proposal = propose(&settings.equalizer, rate_hz, &balance, amount, arguments.most)
        .ok_or_else(|| {
            format!(
                "{}: expected third octaves in common with the reference, found none",
                arguments.mix.display()
            )
        })?;
    settings.equalizer = proposal.equalizer;
    if let Some(output) = &output {
        write_preset(output, &settings)?;
    }
    if arguments.json { as_json(&proposal, &warnings) } else { Ok(as_text(&proposal)) }
}

fn check(
    name: &str,
    value: f64,
    range: std::ops::RangeInclusive<f64>,
    unit: &str,
) -> Result<(), String> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(format!("{name}: expected {} to {} {unit}, found {value}", range.start(), range.end()))
}

/// Where the preset goes, once it is sure that nothing is lost there.
fn place(arguments: &Arguments) -> Result<Option<Output>, String> {
    let Some(path) = &arguments.output else { return Ok(None) };
    let mut inputs = vec![Input::new("the mix", &arguments.mix)];
    inputs.extend(arguments.references.iter().map(|path| Input::new("a reference", path)));
    inputs.extend(master::preset_input(arguments.preset.as_deref()));
    let output = Output::to(path, &inputs).map_err(|error| error.to_string())?;
    kind_by_name(path, &[PRESET]).map_err(|error| error.to_string())?;
    Ok(Some(output))
}

fn write_preset(output: &Output, settings: &ChainSettings) -> Result<(), String> {
    let title = "Moves towards a reference, by burnish match";
    let text = preset::write(title, settings);
    output.write(text.as_bytes()).map_err(|error| error.to_string())
}

fn as_text(proposal: &Proposal) -> String {
    let mut text = String::new();
    for made in &proposal.moves {
        let _ = writeln!(text, "{made}");
    }
    if proposal.moves.is_empty() {
        let _ = writeln!(text, "No moves.");
    }
    let _ = writeln!(
        text,
        "distance {:.2} dB, predicted {:.2} dB (third octaves from 80 Hz to 12 kHz, level-matched)",
        proposal.distance_before_db, proposal.distance_predicted_db
    );
    for limit in &proposal.limits {
        let _ = writeln!(text, "{limit}");
    }
    text
}

fn as_json(proposal: &Proposal, warnings: &[String]) -> Result<String, String> {
    let bands: Vec<_> = (0..BANDS)
        .map(|band| {
            json!({
                "frequency_hz": NOMINAL_HZ[band],
                "target_db": proposal.target_db[band],
                "predicted_db": proposal.predicted_db[band],
            })
        })
        .collect();
    to_json(&json!({
        "moves": proposal.moves,
        "distance_before_db": proposal.distance_before_db,
        "distance_predicted_db": proposal.distance_predicted_db,
        "limits": proposal.limits,
        "third_octaves": bands,
        "warnings": warnings,
    }))
}
