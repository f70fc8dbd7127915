//! What is typed after `burnish master`.

use std::path::PathBuf;

use burnish_dsp::dither::BitDepth;
use burnish_session::file_format::{Bits, Container, FileFormat};
use burnish_session::output::{Input, Output, kind_by_name};
use clap::{Args, ValueEnum};

use crate::cli::typed::{dbtp, lufs, preset_input};

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The mix: WAV, AIFF, FLAC, MP3, AAC/M4A, Ogg Vorbis or Opus.
    pub(super) mix: PathBuf,
    /// The file to write, WAV or FLAC by its name; an existing one is replaced.
    #[arg(short, long)]
    pub(super) output: PathBuf,
    /// The kind of file, where its name does not say.
    #[arg(long, value_enum)]
    pub(super) format: Option<FormatArgument>,
    /// Reach the loudness of a delivery target (see `burnish targets`), and its ceiling.
    #[arg(long, conflicts_with = "lufs")]
    pub(super) target: Option<String>,
    /// Reach this integrated loudness, LUFS.
    #[arg(long, allow_hyphen_values = true, value_parser = lufs)]
    pub(super) lufs: Option<f64>,
    /// The limiter's ceiling, dBTP.
    #[arg(long, allow_hyphen_values = true, value_parser = dbtp)]
    pub(super) ceiling: Option<f64>,
    /// A built-in preset (see `burnish presets`) or a preset file.
    #[arg(long)]
    pub(super) preset: Option<String>,
    /// Bring the mix to the level that presets assume, up or down: a true peak of -6 dBTP.
    #[arg(long, value_enum)]
    pub(super) trim: Option<TrimArgument>,
    /// Set one parameter (see `burnish parameters`), after the preset; may be repeated.
    #[arg(long, value_name = "STAGE.PARAMETER=VALUE", allow_hyphen_values = true)]
    pub(super) set: Vec<String>,
    /// Sample format, dithered for; that of the dither where it is not said, else 24.
    #[arg(long, value_enum)]
    pub(super) bits: Option<BitsArgument>,
    /// Print the measures before and after as JSON.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum TrimArgument {
    /// By the mix's true peak.
    Auto,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FormatArgument {
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
pub(super) enum BitsArgument {
    #[value(name = "16")]
    B16,
    #[value(name = "24")]
    B24,
    #[value(name = "32f")]
    F32,
}

impl BitsArgument {
    pub(super) fn format(self) -> Bits {
        match self {
            BitsArgument::B16 => Bits::B16,
            BitsArgument::B24 => Bits::B24,
            BitsArgument::F32 => Bits::F32,
        }
    }

    pub(super) fn dither(self) -> BitDepth {
        match self {
            BitsArgument::B16 => BitDepth::Bits16,
            BitsArgument::B24 => BitDepth::Bits24,
            BitsArgument::F32 => BitDepth::Off,
        }
    }

    /// The format that a dither is for, the usual one where there is none.
    pub(super) fn of_dither(depth: BitDepth) -> Self {
        match depth {
            BitDepth::Bits16 => BitsArgument::B16,
            BitDepth::Bits20 | BitDepth::Bits24 | BitDepth::Off => BitsArgument::B24,
        }
    }
}

impl Arguments {
    /// Where the master goes and what it is, once it is sure that nothing is lost there.
    pub(super) fn place(&self, bits: BitsArgument) -> Result<(Output, FileFormat), String> {
        let path = &self.output;
        let mut inputs = vec![Input::new("the mix", &self.mix)];
        inputs.extend(preset_input(self.preset.as_deref()));
        let output = Output::to(path, &inputs).map_err(|error| error.to_string())?;
        let container = match self.format.map(FormatArgument::container) {
            // What has been said need not be said again by the name.
            Some(container) if path.extension().is_none() => Ok(container),
            Some(container) => kind_by_name(path, &[container.naming()]).map(|_| container),
            None => kind_by_name(path, &Container::ALL.map(Container::naming))
                .map(|kind| Container::ALL[kind]),
        }
        .map_err(|error| error.to_string())?;
        if container.holds(bits.format()) {
            Ok((output, FileFormat { container, bits: bits.format() }))
        } else {
            Err("--bits 32f: FLAC holds 16 or 24 bits; floating point goes into a WAV file"
                .to_owned())
        }
    }
}
