//! `burnish match`: EQ moves that bring a mix nearer to a reference.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use burnish_dsp::settings::ChainSettings;
use burnish_session::balance::{BANDS, Balance, NOMINAL_HZ};
use burnish_session::output::{Input, Output, PRESET, kind_by_name};
use burnish_session::preset as preset_file;
use burnish_session::render::render_song;
use burnish_session::scan::{Scan, Scanning, Wanted};
use burnish_session::song::{Song, SongFile};
use burnish_session::tonal_match::{Limit, MOST_DB, Move, Proposal, propose};
use clap::Args;
use serde::Serialize;
use serde_json::Value;

use super::command::Command;
use super::progress::{bar, scanned, show};
use super::sides::{references, side};
use super::typed::{changed, number, preset, preset_input};

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

/// What was asked for, understood.
pub(super) struct Job {
    mix: PathBuf,
    references: Vec<PathBuf>,
    settings: ChainSettings,
    /// Share of the difference that is taken, 0 to 1.
    amount: f64,
    most_db: f64,
    output: Option<Output>,
}

/// The moves, and what they should do.
#[derive(Serialize)]
pub(super) struct Matched {
    moves: Vec<Move>,
    distance_before_db: f64,
    distance_predicted_db: f64,
    limits: Vec<Limit>,
    settings: Vec<(&'static str, Value)>,
    third_octaves: Vec<ThirdOctave>,
    warnings: Vec<String>,
}

/// A third octave: what was asked for there, and what the moves do.
#[derive(Serialize)]
struct ThirdOctave {
    frequency_hz: f64,
    target_db: Option<f64>,
    predicted_db: f64,
}

impl Command for Arguments {
    type Job = Job;
    type Outcome = Matched;

    fn understand(&self) -> Result<Job, String> {
        check("--amount", self.amount, 0.0..=100.0, "per cent")?;
        check("--most", self.most, 0.0..=24.0, "dB")?;
        Ok(Job {
            mix: self.mix.clone(),
            references: self.references.clone(),
            settings: preset(self.preset.as_deref())?,
            amount: self.amount / 100.0,
            most_db: self.most,
            output: self.place()?,
        })
    }

    fn work(job: Job) -> Result<Matched, String> {
        let Job { mix, references: paths, mut settings, amount, most_db, output } = job;
        let mut warnings = Vec::new();
        let scan = through(&mix, &settings, &mut warnings)?;
        let rate_hz = scan.measures.sample_rate_hz;
        let references = references(&paths, rate_hz, &mut warnings)?;
        let balance = Balance::new(None, Some(side(&mix, &scan)?), &references);
        let proposal = propose(&settings.equalizer, f64::from(rate_hz), &balance, amount, most_db);
        let proposal = proposal.ok_or_else(|| {
            let mix = mix.display();
            format!("{mix}: expected third octaves in common with the reference, found none")
        })?;
        settings.equalizer = proposal.equalizer;
        if let Some(output) = &output {
            write_preset(output, &settings)?;
        }
        Ok(Matched::new(proposal, &settings, warnings))
    }

    fn text(matched: &Matched) -> String {
        let mut text = String::new();
        for made in &matched.moves {
            let _ = writeln!(text, "{made}");
        }
        if matched.moves.is_empty() {
            let _ = writeln!(text, "No moves.");
        }
        let _ = writeln!(
            text,
            "distance {:.2} dB, predicted {:.2} dB (third octaves from 80 Hz to 12 kHz, level-matched)",
            matched.distance_before_db, matched.distance_predicted_db
        );
        for limit in &matched.limits {
            let _ = writeln!(text, "{limit}");
        }
        text
    }

    fn is_json(&self) -> bool {
        self.json
    }
}

impl Arguments {
    /// Where the preset goes, once it is sure that nothing is lost there.
    fn place(&self) -> Result<Option<Output>, String> {
        let Some(path) = &self.output else { return Ok(None) };
        let mut inputs = vec![Input::new("the mix", &self.mix)];
        inputs.extend(self.references.iter().map(|path| Input::new("a reference", path)));
        inputs.extend(preset_input(self.preset.as_deref()));
        let output = Output::to(path, &inputs).map_err(|error| error.to_string())?;
        kind_by_name(path, &[PRESET]).map_err(|error| error.to_string())?;
        Ok(Some(output))
    }
}

impl Matched {
    fn new(proposal: Proposal, settings: &ChainSettings, warnings: Vec<String>) -> Self {
        let third_octaves = (0..BANDS).map(|band| ThirdOctave {
            frequency_hz: NOMINAL_HZ[band],
            target_db: proposal.target_db[band],
            predicted_db: proposal.predicted_db[band],
        });
        Self {
            third_octaves: third_octaves.collect(),
            moves: proposal.moves,
            distance_before_db: proposal.distance_before_db,
            distance_predicted_db: proposal.distance_predicted_db,
            limits: proposal.limits,
            settings: changed(settings),
            warnings,
        }
    }
}

/// The mix as the chain makes it, with its spectrum.
fn through(
    mix: &Path,
    settings: &ChainSettings,
    warnings: &mut Vec<String>,
) -> Result<Scan, String> {
    let is_neutral = *settings == ChainSettings::default();
    let scan = scanned(mix, Wanted { spectrum: is_neutral, ..Wanted::default() }, warnings)?;
    if is_neutral {
        return Ok(scan);
    }
    let song = SongFile::new(mix, &scan);
    let mut scanning = Scanning::new(
        song.sample_rate_hz(),
        song.channels(),
        Wanted { spectrum: true, ..Wanted::default() },
    );
    let bar = bar("mastering");
    let rendered =
        render_song(&song, settings, &mut |share| show(&bar, share), &mut |left, right| {
            scanning.take(left, right);
            Ok(())
        });
    bar.finish_and_clear();
    rendered.map_err(|error| error.to_string())?;
    Ok(scanning.finish(Vec::new()))
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

fn write_preset(output: &Output, settings: &ChainSettings) -> Result<(), String> {
    let title = "Moves towards a reference, by burnish match";
    let text = preset_file::write(title, settings);
    output.write(text.as_bytes()).map_err(|error| error.to_string())
}
