//! Input trim: level, polarity, channel swap and a DC block.

use crate::parameter::{Parameter, parameters};
use crate::processor::{AudioSpec, Processor, StereoBlock};
use crate::smoothing::Ramp;
use crate::units::db_to_gain;

/// What a person can set of the trim.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrimSettings {
    /// Whether the stage works at all.
    pub is_on: bool,
    /// Gain, -24 to +24 dB.
    pub gain_db: f64,
    /// Whether both channels are inverted.
    pub is_inverted: bool,
    /// Whether left and right change places.
    pub is_swapped: bool,
    /// Whether a 5 Hz high-pass removes DC.
    pub is_dc_blocked: bool,
}

impl Default for TrimSettings {
    fn default() -> Self {
        Self {
            is_on: true,
            gain_db: 0.0,
            is_inverted: false,
            is_swapped: false,
            is_dc_blocked: false,
        }
    }
}

impl TrimSettings {
    /// Every parameter of the stage.
    pub const PARAMETERS: &[Parameter<Self>] = parameters! {
        "on" "On" is_on: switch,
            "Switches the trim in or out.";
        "gain" "Gain" gain_db: linear(-24.0, 24.0, 0.01, Decibels),
            "Brings the mix to a working level; peaks near -6 dBFS leave room for the chain.";
        "invert" "Invert" is_inverted: switch,
            "Inverts the polarity of both channels.";
        "swap" "Swap" is_swapped: switch,
            "Exchanges left and right.";
        "dc_block" "DC block" is_dc_blocked: switch,
            "Removes a constant offset, which would cost headroom on one side.";
    };
}

/// Corner of the DC block, low enough to leave 20 Hz within 0.3 dB.
const DC_BLOCK_HZ: f64 = 5.0;
const RAMP_MS: f64 = 10.0;

/// The input trim.
///
/// Gain and polarity are one signed gain, and a swap is a cross-fade of the
/// two-by-two matrix of channels, so every change glides.
#[derive(Debug)]
pub struct Trim {
    settings: Option<TrimSettings>,
    signed_gain: Ramp,
    swap: Ramp,
    dc_block: Ramp,
    dc_coefficient: f64,
    dc_left: f64,
    dc_right: f64,
}

impl Processor for Trim {
    type Settings = TrimSettings;

    fn new(spec: AudioSpec) -> Self {
        let ramp_frames = spec.frames_in_ms(RAMP_MS);
        Self {
            settings: None,
            signed_gain: Ramp::new(1.0, ramp_frames),
            swap: Ramp::new(0.0, ramp_frames),
            dc_block: Ramp::new(0.0, ramp_frames),
            dc_coefficient: 1.0
                - (-2.0 * std::f64::consts::PI * DC_BLOCK_HZ / spec.sample_rate_hz).exp(),
            dc_left: 0.0,
            dc_right: 0.0,
        }
    }

    fn configure(&mut self, settings: &TrimSettings) {
        if self.settings.as_ref() == Some(settings) {
            return;
        }
        let sign = if settings.is_inverted { -1.0 } else { 1.0 };
        let targets = [
            (&mut self.signed_gain, sign * db_to_gain(settings.gain_db)),
            (&mut self.swap, f64::from(u8::from(settings.is_swapped))),
            (&mut self.dc_block, f64::from(u8::from(settings.is_dc_blocked))),
        ];
        for (ramp, target) in targets {
            if self.settings.is_none() { ramp.snap(target) } else { ramp.set(target) }
        }
        self.settings = Some(*settings);
    }

    fn reset(&mut self) {
        self.dc_left = 0.0;
        self.dc_right = 0.0;
        if let Some(settings) = self.settings.take() {
            self.configure(&settings);
        }
    }

    fn process(&mut self, block: &mut StereoBlock<'_>) {
        for (l, r) in block.left.iter_mut().zip(block.right.iter_mut()) {
            let (gain, swap, dc_block) =
                (self.signed_gain.advance(), self.swap.advance(), self.dc_block.advance());
            let (left, right) = (f64::from(*l), f64::from(*r));
            let swapped_left = left + swap * (right - left);
            let swapped_right = right + swap * (left - right);
            self.dc_left += self.dc_coefficient * (swapped_left - self.dc_left);
            self.dc_right += self.dc_coefficient * (swapped_right - self.dc_right);
            *l = (gain * (swapped_left - dc_block * self.dc_left)) as f32;
            *r = (gain * (swapped_right - dc_block * self.dc_right)) as f32;
        }
        // The followers of the offset decay towards zero in silence.
        if self.dc_left.abs() < 1e-30 {
            self.dc_left = 0.0;
        }
        if self.dc_right.abs() < 1e-30 {
            self.dc_right = 0.0;
        }
    }

    fn is_neutral(settings: &TrimSettings) -> bool {
        !settings.is_on || *settings == TrimSettings::default()
    }
}
