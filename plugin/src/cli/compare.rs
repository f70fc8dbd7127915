//! `burnish compare`: a master beside one or several references.

use std::fmt::Write;
use std::path::PathBuf;

use burnish_session::balance::{
    BANDS, Balance, BandDynamics, Dynamics, NOMINAL_HZ, Side, is_matched,
};
use burnish_session::references::display_name;
use burnish_session::scan::Wanted;
use clap::Args;
use serde::Serialize;

use super::columns::{Column, Table};
use super::command::Command;
use super::progress::scanned;
use super::sides::{references, side};

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

/// What is compared.
pub(super) struct Job {
    master: PathBuf,
    references: Vec<PathBuf>,
}

/// Both sides, and what lies between them.
#[derive(Serialize)]
pub(super) struct Compared {
    third_octaves_hz: [f64; BANDS],
    distance_db: Option<f64>,
    balance: Balance,
    warnings: Vec<String>,
    /// What the master is compared with.
    #[serde(skip)]
    title: String,
}

impl Command for Arguments {
    type Job = Job;
    type Outcome = Compared;

    fn understand(&self) -> Result<Job, String> {
        Ok(Job { master: self.master.clone(), references: self.references.clone() })
    }

    fn work(job: Job) -> Result<Compared, String> {
        let mut warnings = Vec::new();
        let master =
            scanned(&job.master, Wanted { spectrum: true, ..Wanted::default() }, &mut warnings)?;
        let side = side(&job.master, &master)?;
        let rate_hz = master.measures.sample_rate_hz;
        let references = references(&job.references, rate_hz, &mut warnings)?;
        let balance = Balance::new(None, Some(side), &references);
        let title = match &job.references[..] {
            [reference] => display_name(reference),
            several => format!("{} references", several.len()),
        };
        Ok(Compared {
            third_octaves_hz: NOMINAL_HZ,
            distance_db: balance.distance_db(),
            balance,
            warnings,
            title,
        })
    }

    fn text(compared: &Compared) -> String {
        let balance = &compared.balance;
        let [master, reference] =
            [balance.master, balance.reference].map(Option::unwrap_or_default);
        let mut table = Table::new([Column::Words, Column::Number, Column::Number, Column::Unit]);
        table.push(["", "master", "reference", ""]);
        for (name, unit, read) in rows() {
            let [master, reference] =
                [&master.dynamics, &reference.dynamics].map(|dynamics| number(read(dynamics)));
            table.push([name, master, reference, unit.to_owned()]);
        }
        let mut text = table.to_string();
        text += &bands(balance, &reference);
        let (title, distance) = (&compared.title, compared.distance_db.unwrap_or_default());
        let _ = writeln!(
            text,
            "\ndistance to {title}: {distance:.2} dB (third octaves from 80 Hz to 12 kHz, level-matched)"
        );
        text
    }

    fn is_json(&self) -> bool {
        self.json
    }
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
