//! `burnish compare`: a master beside one or several references.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use burnish_session::audio::StereoAudio;
use burnish_session::balance::{
    BANDS, Balance, BandDynamics, Dynamics, NOMINAL_HZ, Side, is_matched,
};
use burnish_session::measure::measure;
use burnish_session::reference::{LoadEvent, display_name, load_reference, song_spectrum};
use clap::Args;
use serde_json::json;

use super::columns::{Column, Table};
use super::{progress_bar, scanned, show, to_json, warn};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The master: WAV, AIFF, FLAC, MP3, AAC/M4A, Ogg Vorbis or Opus.
    master: PathBuf,
    /// A finished song to compare with; several are averaged, and their spread is the tolerance.
    #[arg(required = true)]
    references: Vec<PathBuf>,
    /// Print everything as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<String, String> {
    let mut warnings = Vec::new();
    let master = scanned(&arguments.master, true, &mut warnings)?;
    let side = Side::of_file(&master.spectrum.unwrap_or_default(), &master.measures)
        .ok_or_else(|| nothing_in(&arguments.master))?;
    let rate_hz = master.measures.sample_rate_hz;
    let references = references(&arguments.references, rate_hz, &mut warnings)?;
    let balance = Balance::new(None, Some(side), &references);
    if arguments.json {
        return to_json(&json!({
            "third_octaves_hz": NOMINAL_HZ,
            "distance_db": balance.distance_db(),
            "balance": balance,
            "warnings": warnings,
        }));
    }
    let reference = balance.reference.unwrap_or_default();
    let title = match &arguments.references[..] {
        [reference] => display_name(reference),
        several => format!("{} references", several.len()),
    };
    let mut table = Table::new([Column::Words, Column::Number, Column::Number, Column::Unit]);
    table.push(["", "master", "reference", ""]);
    for (name, unit, read) in rows() {
        let [master, reference] =
            [&side.dynamics, &reference.dynamics].map(|dynamics| number(read(dynamics)));
        table.push([name, master, reference, unit.to_owned()]);
    }
    let mut text = table.to_string();
    text += &bands(&balance, &reference);
    let distance = balance.distance_db().unwrap_or_default();
    let _ = writeln!(
        text,
        "\ndistance to {title}: {distance:.2} dB (third octaves from 80 Hz to 12 kHz, level-matched)"
    );
    Ok(text)
}

/// A file as one side of a comparison.
pub(super) fn side(path: &Path, audio: &StereoAudio) -> Result<Side, String> {
    Side::of_file(&song_spectrum(audio), &measure(audio)).ok_or_else(|| nothing_in(path))
}

/// The references at the sample rate of what they are compared with.
pub(super) fn references(
    paths: &[PathBuf],
    rate_hz: u32,
    warnings: &mut Vec<String>,
) -> Result<Vec<Side>, String> {
    paths
        .iter()
        .map(|path| {
            let bar = progress_bar("reading");
            let reference = load_reference(path, f64::from(rate_hz), &mut |event| {
                if let LoadEvent::Progress(share) = event {
                    show(&bar, share);
                }
                std::ops::ControlFlow::Continue(())
            });
            bar.finish_and_clear();
            let reference = reference.map_err(|error| error.to_string())?;
            warn(path, &reference.warnings, warnings);
            Side::of_file(&reference.spectrum, &reference.measures).ok_or_else(|| nothing_in(path))
        })
        .collect()
}

fn nothing_in(path: &Path) -> String {
    format!("{}: expected music to compare, found silence, or less than 0.2 s", path.display())
}

/// How a band is read.
type BandReading = fn(&BandDynamics) -> Option<f64>;

/// A row of the table: its name, its unit, and how it is read.
type Row = (String, &'static str, Box<dyn Fn(&Dynamics) -> Option<f64>>);

fn rows() -> Vec<Row> {
    let mut rows: Vec<Row> = vec![
        (
            "integrated loudness".to_owned(),
            "LUFS",
            Box::new(|song: &Dynamics| song.integrated_lufs),
        ),
        ("loudness range".to_owned(), "LU", Box::new(|song: &Dynamics| song.loudness_range_lu)),
        ("true peak".to_owned(), "dBTP", Box::new(|song: &Dynamics| song.true_peak_dbtp)),
        ("peak to loudness ratio".to_owned(), "dB", Box::new(|song: &Dynamics| song.plr_db)),
    ];
    let readings: [(&str, BandReading); 2] =
        [("crest", |band| band.crest_db), ("width (side less mid)", |band| band.width_db)];
    for (name, read) in readings {
        for (band, of) in ["low", "mid", "high"].into_iter().enumerate() {
            rows.push((
                format!("{name} {of}"),
                "dB",
                Box::new(move |song: &Dynamics| read(&song.bands[band])),
            ));
        }
    }
    rows
}

/// A number with one decimal, "-inf" for silence, "--" where there is none.
fn number(value: Option<f64>) -> String {
    match value {
        None => "--".to_owned(),
        Some(value) if value.is_finite() => format!("{value:.1}"),
        Some(_) => "-inf".to_owned(),
    }
}

/// The third octaves, a row each; what counts for the distance, and what lies
/// outside the tolerance, is marked.
fn bands(balance: &Balance, reference: &Side) -> String {
    use Column::{Number, Words};
    let mut table = Table::new([Words, Number, Number, Number, Number, Words]);
    table.push(["Hz", "master dB", "reference dB", "difference dB", "tolerance", ""]);
    let master = balance.master.unwrap_or_default();
    for band in 0..BANDS {
        let difference = balance.difference_db.and_then(|curve| curve[band]);
        let mark = match balance.excess_db(band) {
            excess if excess > 0.0 => "too little",
            excess if excess < 0.0 => "too much",
            _ => "",
        };
        let name = if is_matched(band) {
            NOMINAL_HZ[band].to_string()
        } else {
            format!("({})", NOMINAL_HZ[band])
        };
        let signed = difference.map_or_else(|| "--".to_owned(), |db| format!("{db:+.1}"));
        table.push([
            name,
            number(master.curve_db[band]),
            number(reference.curve_db[band]),
            signed,
            format!("+-{:.1}", balance.tolerance_db[band]),
            mark.to_owned(),
        ]);
    }
    let mut text = format!("\n{table}");
    let tolerance = if balance.is_tolerance_measured {
        format!("the standard deviation of the {} references", balance.references)
    } else {
        "a rule of thumb: one reference has no spread".to_owned()
    };
    let _ = writeln!(
        text,
        "Levels less their mean from 80 Hz to 12 kHz; bands in brackets do not count for it.\n\
         Tolerance: {tolerance}."
    );
    text
}
