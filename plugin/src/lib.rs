//! Burnish as a plug-in: CLAP, VST3 and a standalone window over the same engine.
//!
//! The host's parameters become settings, the chain works, its readings go to
//! the editor, and the editor's edits become host parameters again.

mod desk;
mod editor;
mod engine;
mod guard;
mod lock;
mod pager;
mod parameters;
mod pin;
#[cfg(test)]
mod print_safety;
mod revision;
mod saved_timeline;
mod spectra;
mod switches;
mod worker;

use std::sync::Arc;

use burnish_dsp::transport::Transport;
use nice_plug::prelude::*;

pub use crate::desk::{Desk, SavedChoice, Session};
use crate::editor::window::EditorWindows;
use crate::engine::Engine;
pub use crate::guard::{GetPluginFactory, clap_entry};
pub use crate::parameters::{BurnishParameters, mended_state};
pub use crate::revision::ENGINE_REVISION;
pub use crate::saved_timeline::{read as read_timeline, write as write_timeline};
use crate::worker::WorkerKeeper;

/// One instance of the plug-in.
pub struct Burnish {
    parameters: Arc<BurnishParameters>,
    desk: Arc<Desk>,
    /// Present while the host has activated the instance.
    engine: Option<Box<Engine>>,
    worker: Arc<WorkerKeeper>,
}

impl Default for Burnish {
    fn default() -> Self {
        let desk = Desk::new();
        Self {
            parameters: Arc::new(BurnishParameters::new(Arc::clone(&desk))),
            desk,
            engine: None,
            worker: Arc::default(),
        }
    }
}

/// The side-chain input for a live reference: as wide as the mix.
const STEREO_SIDE_CHAIN: &[NonZeroU32] = &[new_nonzero_u32(2)];
const MONO_SIDE_CHAIN: &[NonZeroU32] = &[new_nonzero_u32(1)];

const fn layout(channels: u32, name: &'static str, has_side_chain: bool) -> AudioIOLayout {
    AudioIOLayout {
        main_input_channels: NonZeroU32::new(channels),
        main_output_channels: NonZeroU32::new(channels),
        aux_input_ports: match (has_side_chain, channels) {
            (false, _) => &[],
            (true, 1) => MONO_SIDE_CHAIN,
            (true, _) => STEREO_SIDE_CHAIN,
        },
        aux_output_ports: &[],
        names: PortNames {
            layout: Some(name),
            // The framework gives the output the input's name, where that has one; under JACK, which allows no
            // two ports of one name, the program then opened no window. Without one they are "Input" and "Output".
            main_input: None,
            main_output: None,
            aux_inputs: if has_side_chain { &["Reference"] } else { &[] },
            aux_outputs: &[],
        },
    }
}

impl Plugin for Burnish {
    const NAME: &'static str = "Burnish";
    const VENDOR: &'static str = "Burnish";
    const URL: &'static str = "";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = &[
        layout(2, "Stereo, reference at the side-chain", true),
        layout(2, "Stereo", false),
        layout(1, "Mono, reference at the side-chain", true),
        layout(1, "Mono", false),
    ];
    const SAMPLE_ACCURATE_AUTOMATION: bool = true;

    type Editor = EditorWindows;
    type SysExMessage = ();
    type BackgroundTask = ();

    fn params(&self) -> Arc<dyn Params> {
        Arc::clone(&self.parameters) as Arc<dyn Params>
    }

    fn editor(&mut self, _async_executor: AsyncExecutor<Self>) -> Option<Self::Editor> {
        Some(editor::window::create(
            Arc::clone(&self.desk),
            Arc::clone(&self.parameters),
            Arc::clone(&self.worker),
        ))
    }

    fn filter_state(state: &mut PluginState) {
        parameters::mend_state(state);
    }

    fn activate(
        &mut self,
        layout: &AudioIOLayout,
        config: &BufferConfig,
        context: &mut impl ActivateContext<Self>,
    ) -> bool {
        // Whatever was being auditioned, what follows may be a render.
        self.desk.listen_to_master();
        // It also loads references, which a controller can switch to without an editor.
        let is_served = self.worker.start(&self.desk);
        let engine = Engine::new(
            config,
            &self.parameters.settings(),
            self.parameters.switches(),
            !layout.aux_input_ports.is_empty(),
            is_served,
            Arc::clone(&self.desk),
        );
        context.set_latency_samples(engine.latency_frames() as u32);
        let is_mono = layout.main_input_channels == NonZeroU32::new(1);
        self.desk.stream.start(config.sample_rate, engine.latency_frames(), is_mono);
        self.engine = Some(engine);
        true
    }

    fn deactivate(&mut self) {
        self.engine = None;
        self.desk.stream.set_paths(None);
        self.desk.integration.timelines.collect();
    }

    fn reset(&mut self) {
        if let Some(engine) = &mut self.engine {
            engine.reset();
        }
    }

    fn process(
        &mut self,
        buffer: &mut Buffer<'_>,
        aux: &mut AuxiliaryBuffers<'_>,
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        let Some(engine) = &mut self.engine else {
            return ProcessStatus::Error("processing before activation");
        };
        engine.process(
            buffer,
            aux.inputs.first_mut(),
            &self.parameters.settings(),
            self.parameters.switches(),
            self.parameters.is_bypassed(),
            transport_of(context.transport()),
        );
        let latency_frames = engine.latency_frames();
        if latency_frames != self.desk.stream.latency_frames() {
            self.desk.stream.latency_changed(latency_frames);
            if context.plugin_api() == PluginApi::Clap {
                // There a latency may change only while the plug-in rests:
                // activation reports it.
                context.request_restart();
            } else {
                context.set_latency_samples(latency_frames as u32);
            }
        }
        ProcessStatus::Tail(latency_frames as u32)
    }
}

/// The host's transport in frames. VST3 gives samples, CLAP seconds; a host
/// that gives only beats gives no position, since beats are no time once the
/// tempo changes.
fn transport_of(host: &nice_plug::prelude::Transport) -> Transport {
    let of_seconds = |seconds: f64| (seconds * f64::from(host.sample_rate)).round() as i64;
    Transport {
        is_playing: host.playing,
        position_frames: host.pos_samples.or_else(|| host.pos_seconds.map(of_seconds)),
    }
}

impl ClapPlugin for Burnish {
    const CLAP_ID: &'static str = "audio.burnish.burnish";
    const CLAP_DESCRIPTION: Option<&'static str> =
        Some("Mastering: EQ, glue, stereo, clipper, true-peak limiter, dither, broadcast meters");
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] = &[
        ClapFeature::AudioEffect,
        ClapFeature::Mastering,
        ClapFeature::Limiter,
        ClapFeature::Compressor,
        ClapFeature::Equalizer,
        ClapFeature::Stereo,
        ClapFeature::Mono,
    ];
}

impl Vst3Plugin for Burnish {
    const VST3_CLASS_ID: [u8; 16] = *b"BurnishMastering";
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] = &[
        Vst3SubCategory::Fx,
        Vst3SubCategory::Mastering,
        Vst3SubCategory::Dynamics,
        Vst3SubCategory::Eq,
    ];
}

/// Opens the standalone window and returns when it is closed; `options` are
/// those of the audio back end (`--backend`, `--sample-rate`, `--period-size`...).
/// False when the audio could not be started.
pub fn run_standalone(options: &[String]) -> bool {
    let program = std::iter::once("burnish".to_owned());
    nice_export_standalone_with_args::<Burnish, _>(program.chain(options.iter().cloned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// JACK refuses a second port of a name, and the standalone program then does not begin.
    #[test]
    fn no_two_ports_of_a_layout_have_one_name() {
        for layout in Burnish::AUDIO_IO_LAYOUTS {
            let mut names = vec![layout.main_input_name(), layout.main_output_name()];
            names.extend(
                (0..layout.aux_input_ports.len()).filter_map(|index| layout.aux_input_name(index)),
            );
            let count = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), count, "{}: {names:?}", layout.name());
        }
    }
}
