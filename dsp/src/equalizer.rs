//! Equaliser: eight bands in series, each on the part of the stereo signal it is meant for.
//!
//! Sections are matched in magnitude to the analogue prototype (see
//! [`crate::biquad`]). Frequency, gain and Q glide on a grid of 32 frames;
//! interpolated settings always give a stable section, because each step is
//! designed afresh. A change of shape, slope or channel cross-fades from the
//! old filter to the new one. In linear phase one FIR filter does what is set
//! (see `linear`); bells and shelves may move with the level (see `dynamic`).

mod band;
mod design;
mod dynamic;
mod kernel;
mod linear;
mod orders;
mod settings;
mod solo;

pub use design::BandResponse;
pub use settings::*;
pub use solo::BandSolo;

pub(crate) use self::linear::plan as plan_transforms;
pub(crate) use self::orders::{KernelMaker, KernelOrders};

use std::sync::Arc;

use self::band::Band;
use self::linear::LinearPhase;
use crate::processor::{AudioSpec, Processor, StereoBlock};
use crate::smoothing::{TICK_FRAMES, TickGrid};

/// Long enough for most of what a filter remembers to decay in between.
const SETTLING_S: f64 = 0.3;

/// The equaliser.
#[derive(Debug)]
pub struct Equalizer {
    settings: Option<EqualizerSettings>,
    /// In linear phase it does what is set, and the bands only what moves.
    linear: Box<LinearPhase>,
    bands: Box<[Band]>,
    grid: TickGrid,
    /// Where the filters forget their beginning wholly.
    settling: TickGrid,
}

impl Equalizer {
    /// How far each dynamic band has moved from its set gain, dB.
    pub fn dynamic_db(&self) -> [f64; BAND_COUNT] {
        std::array::from_fn(|band| self.bands[band].dynamic_db())
    }

    /// Has the kernels of the linear phase made elsewhere, or here again.
    pub(crate) fn order_kernels(&mut self, orders: Option<Arc<KernelOrders>>) {
        self.linear.order_kernels(orders);
    }

    /// Whether kernels that were ordered may come late. Else the first after a
    /// reset is made here, so that nothing begins without.
    pub(crate) fn wait_for_kernels(&mut self, may_be_late: bool) {
        self.linear.wait_for_kernels(may_be_late);
    }

    /// Whether what is set is heard, but for what glides.
    pub(crate) fn has_arrived(&self) -> bool {
        !self.is_linear() || self.linear.has_arrived()
    }

    fn is_linear(&self) -> bool {
        self.settings.is_some_and(|settings| settings.phase == EqualizerPhase::Linear)
    }
}

/// Whole ticks.
fn settling_frames(spec: AudioSpec) -> usize {
    (SETTLING_S * spec.sample_rate_hz / TICK_FRAMES as f64).ceil() as usize * TICK_FRAMES
}

impl Processor for Equalizer {
    type Settings = EqualizerSettings;

    fn new(spec: AudioSpec) -> Self {
        Self {
            settings: None,
            linear: Box::new(LinearPhase::new(spec)),
            bands: (0..BAND_COUNT).map(|_| Band::new(spec)).collect(),
            grid: TickGrid::default(),
            settling: TickGrid::new(settling_frames(spec)),
        }
    }

    fn configure(&mut self, settings: &EqualizerSettings) {
        if self.settings.as_ref() == Some(settings) {
            return;
        }
        let is_fresh = self.settings.is_none();
        let is_linear = settings.phase == EqualizerPhase::Linear;
        for (band, band_settings) in self.bands.iter_mut().zip(&settings.bands) {
            band.configure(band_settings, is_linear, is_fresh);
        }
        if is_linear {
            self.linear.configure(settings, is_fresh);
        }
        self.settings = Some(*settings);
    }

    fn reset(&mut self) {
        if self.is_linear() {
            self.linear.reset();
        }
        self.grid.reset();
        self.settling.reset();
        if let Some(settings) = self.settings.take() {
            self.configure(&settings);
        }
    }

    fn anchor(&mut self, song_frame: i64) {
        self.grid.anchor(song_frame);
        self.settling.anchor(song_frame);
        for band in &mut self.bands {
            band.anchor(song_frame);
        }
        self.linear.anchor(song_frame);
    }

    fn process(&mut self, block: &mut StereoBlock<'_>) {
        if self.is_linear() {
            self.linear.process(block);
        }
        let mut start = 0;
        while start < block.frames() {
            let is_at_tick = self.grid.is_at_tick();
            let (is_cut, tick_frames) = (self.grid.is_cut(), self.grid.frames_left());
            let is_settling = self.settling.is_at_tick();
            let end = start + self.grid.take(block.frames() - start);
            self.settling.take(end - start);
            // All bands work in double precision; only the result is rounded.
            let mut frames = [[0.0; 2]; TICK_FRAMES];
            let frames = &mut frames[..end - start];
            let run = block.slice(start, end);
            for (frame, (l, r)) in frames.iter_mut().zip(run.left.iter().zip(&*run.right)) {
                *frame = [f64::from(*l), f64::from(*r)];
            }
            for band in &mut self.bands {
                if is_cut {
                    band.resume(tick_frames);
                } else if is_at_tick {
                    band.tick(tick_frames);
                }
                if is_settling {
                    band.settle();
                }
                band.process(frames);
            }
            for (frame, (l, r)) in frames.iter().zip(run.left.iter_mut().zip(run.right)) {
                (*l, *r) = (frame[0] as f32, frame[1] as f32);
            }
            start = end;
        }
    }

    fn latency_frames(&self, settings: &EqualizerSettings) -> usize {
        match settings.phase {
            EqualizerPhase::Minimum => 0,
            EqualizerPhase::Linear => self.linear.latency_frames(),
        }
    }

    fn longest_latency_frames(&self) -> usize {
        self.linear.latency_frames()
    }

    fn is_neutral(settings: &EqualizerSettings) -> bool {
        !settings.is_on || settings.bands.iter().all(BandSettings::is_neutral)
    }
}
