//! Settings as far as they are heard.

use burnish_dsp::clipper::ClipperSettings;
use burnish_dsp::compressor::CompressorSettings;
use burnish_dsp::equalizer::BandSettings;
use burnish_dsp::limiter::LimiterSettings;
use burnish_dsp::settings::{ChainSettings, parameters};
use burnish_dsp::stereo::StereoSettings;
use burnish_dsp::trim::TrimSettings;

/// On the grid of every parameter and within its range.
pub(super) fn snapped(mut settings: ChainSettings) -> ChainSettings {
    for parameter in parameters() {
        let value = parameter.read(&settings);
        parameter.write(&mut settings, value);
    }
    settings
}

/// The settings with everything that is switched off in its neutral state, so
/// that only a difference that can be heard is one.
pub(super) fn in_effect(settings: &ChainSettings) -> ChainSettings {
    let mut effect = *settings;
    if !effect.trim.is_on {
        effect.trim = TrimSettings { is_on: false, ..TrimSettings::default() };
    }
    for (i, band) in effect.equalizer.bands.iter_mut().enumerate() {
        if !settings.equalizer.is_on || band.is_neutral() {
            *band = BandSettings::neutral(i);
        }
    }
    effect.equalizer.is_on = true;
    if !effect.glue.is_on {
        effect.glue = CompressorSettings { is_on: false, ..CompressorSettings::default() };
    }
    if !effect.stereo.is_on {
        effect.stereo = StereoSettings { is_on: false, ..StereoSettings::default() };
    }
    if !effect.clipper.is_on {
        effect.clipper = ClipperSettings { is_on: false, ..ClipperSettings::default() };
    }
    if !effect.limiter.is_on {
        effect.limiter = LimiterSettings { is_on: false, ..LimiterSettings::default() };
    }
    effect
}
