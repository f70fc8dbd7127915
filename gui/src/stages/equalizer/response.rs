//! Responses of the equaliser for drawing, from the coefficients that the audio passes through.

use burnish_dsp::equalizer::{
    BAND_COUNT, BandChannel, BandResponse, BandSettings, EqualizerPhase, EqualizerSettings,
};

use crate::plots::FREQUENCIES_HZ;

/// Points of a curve: narrow enough for a notch with a Q of 20.
const POINTS: usize = 480;
/// What the curves assume before the host has started the stream.
const DEFAULT_RATE_HZ: f64 = 48_000.0;

/// The response of every band, computed anew when its settings change.
#[derive(Debug, Default)]
pub(super) struct ResponseCurves {
    sample_rate_hz: f64,
    phase: Option<EqualizerPhase>,
    frequencies_hz: Vec<f64>,
    bands: [Option<(BandSettings, Vec<f64>)>; BAND_COUNT],
}

impl ResponseCurves {
    /// Brings the curves in line with the settings.
    pub(super) fn update(&mut self, settings: &EqualizerSettings, sample_rate_hz: f64) {
        let rate_hz = if sample_rate_hz > 0.0 { sample_rate_hz } else { DEFAULT_RATE_HZ };
        if self.frequencies_hz.is_empty() {
            let [low, high] = FREQUENCIES_HZ;
            let ratio: f64 = high / low;
            let position = |i| i as f64 / (POINTS - 1) as f64;
            self.frequencies_hz = (0..POINTS).map(|i| low * ratio.powf(position(i))).collect();
        }
        if (self.sample_rate_hz, self.phase) != (rate_hz, Some(settings.phase)) {
            self.sample_rate_hz = rate_hz;
            self.phase = Some(settings.phase);
            self.bands = Default::default();
        }
        for (curve, band) in self.bands.iter_mut().zip(&settings.bands) {
            if curve.as_ref().is_none_or(|(known, _)| known != band) {
                let design = match settings.phase {
                    EqualizerPhase::Minimum => BandResponse::new(band, rate_hz),
                    EqualizerPhase::Linear => BandResponse::linear(band),
                };
                let response = self.frequencies_hz.iter().map(|hz| design.db(*hz)).collect();
                *curve = Some((*band, response));
            }
        }
    }

    /// The frequencies of the points of every curve.
    pub(super) fn frequencies_hz(&self) -> &[f64] {
        &self.frequencies_hz
    }

    /// The response of one band.
    pub(super) fn band(&self, band: usize) -> &[f64] {
        self.bands[band].as_ref().map_or(&[], |(_, response)| response)
    }

    /// What all bands do together to one part of the stereo signal: those on
    /// both channels and those on that part.
    pub(super) fn sum(&self, settings: &EqualizerSettings, channel: BandChannel) -> Vec<f64> {
        let mut sum = vec![0.0; self.frequencies_hz.len()];
        for (band, response) in settings.bands.iter().zip(&self.bands) {
            let Some((_, response)) = response else { continue };
            let takes_part = band.channel == BandChannel::Stereo || band.channel == channel;
            if band.is_on && takes_part {
                for (sum, response) in sum.iter_mut().zip(response) {
                    *sum += response;
                }
            }
        }
        sum
    }

    /// The parts of the signal, beyond both channels alike, that some band works on.
    pub(super) fn parts(settings: &EqualizerSettings) -> impl Iterator<Item = BandChannel> + '_ {
        BandChannel::ALL.iter().copied().filter(|&channel| {
            channel != BandChannel::Stereo
                && settings.bands.iter().any(|band| !band.is_neutral() && band.channel == channel)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_takes_in_the_bands_of_a_part_and_of_both_channels() {
        let mut settings = EqualizerSettings::default();
        settings.bands[2].is_on = true;
        settings.bands[2].gain_db = -6.0;
        settings.bands[5].is_on = true;
        settings.bands[5].gain_db = 4.0;
        settings.bands[5].channel = BandChannel::Side;
        let mut curves = ResponseCurves::default();
        curves.update(&settings, 0.0);
        let lowest = |curve: &[f64]| curve.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = |curve: &[f64]| curve.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let both = curves.sum(&settings, BandChannel::Stereo);
        let side = curves.sum(&settings, BandChannel::Side);
        assert!((lowest(&both) + 6.0).abs() < 0.05);
        assert!(highest(&both) < 0.1);
        assert!(highest(&side) > 3.5);
        assert_eq!(ResponseCurves::parts(&settings).collect::<Vec<_>>(), [BandChannel::Side]);
    }
}
