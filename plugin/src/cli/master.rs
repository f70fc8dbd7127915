//! `burnish master`.

use std::path::{Path, PathBuf};

use burnish::ENGINE_REVISION;
use burnish_dsp::dither::{BitDepth, OverFullScale};
use burnish_dsp::equalizer::BandChannel;
use burnish_dsp::settings::{ChainSettings, Stage, parameters};
use burnish_dsp::units::gain_to_db;
use burnish_session::about::VERSION;
use burnish_session::audio::StereoAudio;
use burnish_session::error::FileError;
use burnish_session::master_file::{Container, FileFormat, MasterWriter, Written};
use burnish_session::measure::{Measures, measure};
use burnish_session::metadata::{Carried, Metadata, Told};
use burnish_session::output::{Input, Output, kind_by_name};
use burnish_session::preset::{assign, find_preset, load_preset, presets};
use burnish_session::render::{render, render_to_loudness};
use burnish_session::targets::{find_target, targets};
use burnish_session::wav::Bits;
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::{load, number, progress_bar, show, tables, to_json};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The mix: WAV, AIFF, FLAC, MP3, AAC/M4A, Ogg Vorbis or Opus.
    mix: PathBuf,
    /// The file to write, WAV or FLAC by its name; an existing one is replaced.
    #[arg(short, long)]
    output: PathBuf,
    /// The kind of file, where its name does not say.
    #[arg(long, value_enum)]
    format: Option<FormatArgument>,
    /// Reach the loudness of a delivery target (see `burnish targets`), and its ceiling.
    #[arg(long, conflicts_with = "lufs")]
    target: Option<String>,
    /// Reach this integrated loudness, LUFS.
    #[arg(long, allow_hyphen_values = true, value_parser = number)]
    lufs: Option<f64>,
    /// The limiter's ceiling, dBTP.
    #[arg(long, allow_hyphen_values = true, value_parser = number)]
    ceiling: Option<f64>,
    /// A built-in preset (see `burnish presets`) or a preset file.
    #[arg(long)]
    preset: Option<String>,
    /// Set one parameter (see `burnish parameters`), after the preset; may be repeated.
    #[arg(long, value_name = "STAGE.PARAMETER=VALUE", allow_hyphen_values = true)]
    set: Vec<String>,
    /// Sample format; 16 and 24 bit are dithered unless dither.depth is set.
    #[arg(long, value_enum, default_value = "24")]
    bits: BitsArgument,
    /// Print the measures before and after as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatArgument {
    Wav,
    Flac,
}

impl FormatArgument {
    fn container(self) -> Container {
        match self {
            FormatArgument::Wav => Container::Wav,
            FormatArgument::Flac => Container::Flac,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum BitsArgument {
    #[value(name = "16")]
    B16,
    #[value(name = "24")]
    B24,
    #[value(name = "32f")]
    F32,
}

impl BitsArgument {
    fn format(self) -> Bits {
        match self {
            BitsArgument::B16 => Bits::B16,
            BitsArgument::B24 => Bits::B24,
            BitsArgument::F32 => Bits::F32,
        }
    }

    /// Whether every sample already is a number of this format.
    fn holds(self, audio: &StereoAudio) -> bool {
        let full_scale = match self {
            BitsArgument::B16 => 32_768.0,
            BitsArgument::B24 => 8_388_608.0,
            BitsArgument::F32 => return true,
        };
        audio.left.iter().chain(&audio.right).all(|sample| {
            let steps = f64::from(*sample) * full_scale;
            steps == steps.round()
        })
    }

    fn dither(self) -> BitDepth {
        match self {
            BitsArgument::B16 => BitDepth::Bits16,
            BitsArgument::B24 => BitDepth::Bits24,
            BitsArgument::F32 => BitDepth::Off,
        }
    }
}

/// What was asked for, understood.
struct Job {
    settings: ChainSettings,
    target_lufs: Option<f64>,
    is_dither_chosen: bool,
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct Report<'a> {
    version: &'a str,
    engine_revision: u32,
    before: &'a Measures,
    after: &'a Measures,
    settings: Vec<(&'a str, f64)>,
    latency_frames: usize,
    metadata: &'a Told,
    warnings: &'a [String],
}

pub(super) fn run(arguments: &Arguments) -> Result<String, String> {
    let mut job = understand(arguments)?;
    let (output, container) = place(arguments)?;
    let format = FileFormat { container, bits: arguments.bits.format() };
    let mut found = Vec::new();
    let mix = load(&arguments.mix, &mut found)?;
    let before = measure(&mix);
    if mix.channels == 1 {
        job.warnings.extend(mono_warnings(&job.settings));
    }
    // Dither for the file's depth, unless nothing is left to be rounded off.
    let is_changed = job.settings != ChainSettings::default() || job.target_lufs.is_some();
    if !job.is_dither_chosen && (is_changed || !arguments.bits.holds(&mix)) {
        job.settings.dither.depth = arguments.bits.dither();
    }
    let bar = progress_bar("mastering");
    let (rendered, settings) = match job.target_lufs {
        None => (render(&mix, &job.settings, |share| show(&bar, share)), job.settings),
        Some(target_lufs) => {
            let result = render_to_loudness(&mix, &job.settings, target_lufs, |number, share| {
                bar.set_message(format!("render {number}"));
                show(&bar, share);
            });
            if let Some(stopped_by) = result.stopped_by {
                job.warnings.push(format!("{target_lufs:.1} LUFS was not reached: {stopped_by}"));
            }
            (result.rendered, result.settings)
        }
    };
    bar.finish_and_clear();
    let carried = Metadata::read(&arguments.mix).carried(container);
    let written = write(&output, format, &carried, &rendered.audio)?;
    job.warnings.extend(over_warning(rendered.over_full_scale.and(written.over_full_scale)));
    for warning in &job.warnings {
        eprintln!("burnish: warning: {warning}");
    }
    found.append(&mut job.warnings);
    let report = Report {
        version: VERSION,
        engine_revision: ENGINE_REVISION,
        before: &before,
        after: &written.measures,
        settings: changed(&settings),
        latency_frames: rendered.latency_frames,
        metadata: &carried.told,
        warnings: &found,
    };
    if arguments.json {
        to_json(&report)
    } else {
        Ok(tables::before_after(&before, &written.measures) + &tables::metadata(&carried.told))
    }
}

/// Writes the master, and says what is in the file.
fn write(
    output: &Output,
    format: FileFormat,
    carried: &Carried,
    audio: &StereoAudio,
) -> Result<Written, String> {
    let (rate_hz, channels) = (audio.sample_rate_hz, audio.channels);
    let frames = Some(audio.frames() as u64);
    let write = || {
        let mut writer = MasterWriter::begin(output, format, rate_hz, channels, frames, carried)?;
        writer.write(&audio.left, &audio.right)?;
        writer.finish()
    };
    write().map_err(|error: FileError| error.to_string())
}

/// Whole numbers end at full scale; what lay beyond is lost.
fn over_warning(over: OverFullScale) -> Option<String> {
    let samples = match over.samples {
        0 => return None,
        1 => "1 sample was".to_owned(),
        several => format!("{several} samples were"),
    };
    Some(format!(
        "{samples} beyond full scale, by up to {:.2} dB, and cut off; a lower trim.gain, the \
         limiter or --bits 32f keeps them",
        gain_to_db(f64::from(over.peak))
    ))
}

/// The parameters that are not neutral.
fn changed(settings: &ChainSettings) -> Vec<(&'static str, f64)> {
    parameters()
        .iter()
        .map(|parameter| (parameter, parameter.kind.snap(parameter.read(settings))))
        .filter(|(parameter, value)| *value != parameter.default)
        .map(|(parameter, value)| (parameter.id.as_str(), value))
        .collect()
}

/// A warning for each band that has nothing to work on in a mono mix.
fn mono_warnings(settings: &ChainSettings) -> Vec<String> {
    let bands = settings.equalizer.bands.iter().enumerate();
    bands
        .filter(|(_, band)| settings.equalizer.is_on && band.is_on)
        .filter(|(_, band)| matches!(band.channel, BandChannel::Right | BandChannel::Side))
        .map(|(number, band)| {
            let where_it_works = BandChannel::NAMES[band.channel.index() as usize];
            format!(
                "eq.{} works on {} and does nothing, since the mix is mono",
                number + 1,
                where_it_works.to_lowercase()
            )
        })
        .collect()
}

fn understand(arguments: &Arguments) -> Result<Job, String> {
    let mut settings = match &arguments.preset {
        None => ChainSettings::default(),
        Some(name) => preset(name)?,
    };
    let mut target_lufs = arguments.lufs;
    if let Some(lufs) = arguments.lufs
        && !(-70.0..=0.0).contains(&lufs)
    {
        return Err(format!("--lufs: expected -70 to 0 LUFS, found {lufs}"));
    }
    if let Some(name) = &arguments.target {
        let target = find_target(name).ok_or_else(|| {
            let ids: Vec<&str> = targets().iter().map(|target| target.id.as_str()).collect();
            format!("--target: expected one of {}, found \"{name}\"", ids.join(", "))
        })?;
        target_lufs = Some(target.playback_lufs.ok_or_else(|| {
            format!("--target: {} does not normalise loudness; choose one with --lufs", target.name)
        })?);
        settings.limiter.ceiling_dbtp = target.ceiling_dbtp;
    }
    let set = arguments
        .set
        .iter()
        .map(|assignment| {
            assign(&mut settings, assignment).map_err(|message| format!("--set {message}"))
        })
        .collect::<Result<Vec<usize>, String>>()?;
    if let Some(ceiling_dbtp) = arguments.ceiling {
        assign(&mut settings, &format!("limiter.ceiling={ceiling_dbtp}"))
            .map_err(|message| format!("--ceiling: {message}"))?;
        settings.limiter.is_on = true;
    }
    let is_dither_set = set.iter().any(|index| parameters()[*index].id == "dither.depth");
    let is_dither_chosen = is_dither_set || settings.dither.depth != BitDepth::Off;
    let warnings = idle_stage_warnings(&settings, &set);
    Ok(Job { settings, target_lufs, is_dither_chosen, warnings })
}

/// Where the master goes and what it is, once it is sure that nothing is lost there.
fn place(arguments: &Arguments) -> Result<(Output, Container), String> {
    let path = &arguments.output;
    let mut inputs = vec![Input::new("the mix", &arguments.mix)];
    inputs.extend(preset_input(arguments.preset.as_deref()));
    let output = Output::to(path, &inputs).map_err(|error| error.to_string())?;
    let container = match arguments.format.map(FormatArgument::container) {
        // What has been said need not be said again by the name.
        Some(container) if path.extension().is_none() => Ok(container),
        Some(container) => kind_by_name(path, &[container.naming()]).map(|_| container),
        None => kind_by_name(path, &Container::ALL.map(Container::naming))
            .map(|kind| Container::ALL[kind]),
    }
    .map_err(|error| error.to_string())?;
    if container.holds(arguments.bits.format()) {
        Ok((output, container))
    } else {
        Err("--bits 32f: FLAC holds 16 or 24 bits; floating point goes into a WAV file".to_owned())
    }
}

/// The file that a preset is read from; none for a built-in one.
pub(super) fn preset_input(name: Option<&str>) -> Option<Input> {
    let name = name.filter(|name| find_preset(name).is_none())?;
    Some(Input::new("the preset", Path::new(name)))
}

/// A built-in preset, or one in a file.
pub(super) fn preset(name: &str) -> Result<ChainSettings, String> {
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

/// A warning for each stage or band that was given a value but is switched off.
fn idle_stage_warnings(settings: &ChainSettings, set: &[usize]) -> Vec<String> {
    let is_off = |stage: Stage, band: Option<usize>| match (stage, band) {
        (Stage::Trim, _) => !settings.trim.is_on,
        (Stage::Equalizer, Some(band)) => {
            !settings.equalizer.is_on || !settings.equalizer.bands[band].is_on
        }
        (Stage::Equalizer, None) => !settings.equalizer.is_on,
        (Stage::Glue, _) => !settings.glue.is_on,
        (Stage::Stereo, _) => !settings.stereo.is_on,
        (Stage::Clipper, _) => !settings.clipper.is_on,
        (Stage::Limiter, _) => !settings.limiter.is_on,
        (Stage::Dither, _) => false,
    };
    let mut warnings = Vec::new();
    for index in set {
        let parameter = &parameters()[*index];
        let switch = match parameter.band {
            Some(band) => format!("{}.{}.on", parameter.stage.id(), band + 1),
            None => format!("{}.on", parameter.stage.id()),
        };
        if parameter.id != switch && is_off(parameter.stage, parameter.band) {
            let warning = format!(
                "{} was set, but {} is off; switch it on with --set {switch}=on",
                parameter.id,
                switch.trim_end_matches(".on")
            );
            warnings.push(warning);
        }
    }
    warnings
}
