//! What is said of settings that do not do what they seem to.

use burnish_dsp::dither::{BitDepth, OverFullScale};
use burnish_dsp::equalizer::BandChannel;
use burnish_dsp::settings::{ChainSettings, parameter_index, parameters};
use burnish_dsp::units::gain_to_db;

use super::arguments::BitsArgument;

/// The limiter was switched off, but is needed.
pub(super) const LIMITER_IS_ON: &str = "limiter.on=off was set, but a loudness that is asked for \
                                        is reached with the limiter: it is on";

/// What was dithered for a finer format than the file's is cut off without dither.
pub(super) fn lost_dither_warning(depth: BitDepth, bits: BitsArgument) -> Option<String> {
    let (dither, file) = (depth.bits()?, bits.format().count());
    (dither > u32::from(file)).then(|| {
        format!(
            "dither.depth is {dither} bit, which a file of {file} bit does not hold: it is \
             rounded to {file} bit without dither"
        )
    })
}

/// A preset dithers for another format than the file's.
pub(super) fn other_dither_warning(depth: BitDepth, bits: BitsArgument) -> String {
    let preset = BitDepth::NAMES[depth.index() as usize];
    let (file, instead) = match bits {
        BitsArgument::F32 => ("floating point", "not dithered"),
        BitsArgument::B24 => ("24 bit", "dithered for that"),
        BitsArgument::B16 => ("16 bit", "dithered for that"),
    };
    format!("the preset dithers for {preset}; the file is {file}, and {instead}")
}

/// A warning for each stage or band that was given a value but is switched off.
pub(super) fn idle_stage_warnings(settings: &ChainSettings, set: &[usize]) -> Vec<String> {
    // What has no switch is always on.
    let is_off = |switch: &str| {
        let index = parameter_index(switch);
        index.is_some_and(|index| parameters()[index].read(settings) < 0.5)
    };
    let mut warnings = Vec::new();
    for index in set {
        let parameter = &parameters()[*index];
        let stage = format!("{}.on", parameter.stage.id());
        let switch = match parameter.band {
            Some(band) => format!("{}.{}.on", parameter.stage.id(), band + 1),
            None => stage.clone(),
        };
        if parameter.id != switch && (is_off(&switch) || is_off(&stage)) {
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

/// A warning for each band that has nothing to work on in a mono mix.
pub(super) fn mono_warnings(settings: &ChainSettings) -> Vec<String> {
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

/// Whole numbers end at full scale; what lay beyond is lost.
pub(super) fn over_warning(over: OverFullScale) -> Option<String> {
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
