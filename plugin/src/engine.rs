//! The audio thread's part: the chain, and what is heard of it.

use std::sync::Arc;

use burnish_dsp::chain::Chain;
use burnish_dsp::compare::{Compare, Levels, Listen};
use burnish_dsp::equalizer::BandSolo;
use burnish_dsp::meters::MeterSnapshot;
use burnish_dsp::monitor::MonitorRack;
use burnish_dsp::processor::{AudioSpec, StereoBlock};
use burnish_dsp::settings::ChainSettings;
use burnish_dsp::transport::Transport;
use nice_plug::prelude::{Buffer, BufferConfig, ProcessMode};

use crate::desk::{Desk, Listening};

/// Everything that works while the host has activated the instance.
pub(crate) struct Engine {
    chain: Chain,
    compare: Compare,
    solo: BandSolo,
    monitor: MonitorRack,
    desk: Arc<Desk>,
    is_offline: bool,
    /// No audio has come since the host started: settings that come with the
    /// first block are a session being loaded, not a hand on a knob.
    is_fresh: bool,
    max_block_frames: usize,
    /// The right channel of a mono stream.
    twin: Vec<f32>,
}

impl Engine {
    pub(crate) fn new(config: &BufferConfig, settings: &ChainSettings, desk: Arc<Desk>) -> Self {
        let spec = AudioSpec {
            sample_rate_hz: f64::from(config.sample_rate),
            max_block_frames: config.max_buffer_size as usize,
        };
        let mut chain = Chain::new(spec);
        desk.show_song_spectrum(chain.attach(Arc::clone(&desk.feed)));
        chain.attach_timeline(desk.take_timeline(), Arc::clone(&desk.timelines));
        chain.configure(settings);
        Self {
            chain,
            compare: Compare::new(spec, Arc::clone(&desk.hand_over)),
            solo: BandSolo::new(spec),
            monitor: MonitorRack::new(spec),
            desk,
            is_offline: config.process_mode == ProcessMode::Offline,
            is_fresh: true,
            max_block_frames: spec.max_block_frames,
            twin: vec![0.0; spec.max_block_frames],
        }
    }

    pub(crate) fn latency_frames(&self) -> usize {
        self.chain.latency_frames()
    }

    /// Forgets all audio; what is heard lands on the master.
    pub(crate) fn reset(&mut self) {
        self.chain.reset();
        self.compare.reset();
        self.solo.reset();
        self.monitor.reset();
        self.is_fresh = true;
    }

    /// Works on the host's buffer in place; `transport` is the host's at its first frame.
    pub(crate) fn process(
        &mut self,
        buffer: &mut Buffer<'_>,
        settings: &ChainSettings,
        transport: Transport,
    ) {
        let (mode, is_paused) = self.desk.integration();
        self.chain.integrate(mode, is_paused);
        if self.desk.take_meter_reset() {
            self.chain.reset_meters();
        }
        self.chain.configure(settings);
        if std::mem::take(&mut self.is_fresh) {
            self.chain.reset();
        }
        self.chain.set_mono(buffer.channels() == 1);
        let frames = buffer.samples();
        let mut start = 0;
        // Hosts keep to the size they announced; should one not, its block is cut.
        while start < frames {
            let end = (start + self.max_block_frames).min(frames);
            let transport = transport.advanced(start);
            match buffer.as_slice() {
                [left, right] => {
                    let mut block = StereoBlock::new(&mut left[start..end], &mut right[start..end]);
                    self.process_block(&mut block, settings, transport);
                }
                [mono] => {
                    let mono = &mut mono[start..end];
                    let mut twin = std::mem::take(&mut self.twin);
                    twin[..mono.len()].copy_from_slice(mono);
                    let frames = mono.len();
                    self.process_block(
                        &mut StereoBlock::new(mono, &mut twin[..frames]),
                        settings,
                        transport,
                    );
                    self.twin = twin;
                }
                _ => debug_assert!(false, "only mono and stereo are offered to the host"),
            }
            start = end;
        }
    }

    fn process_block(
        &mut self,
        block: &mut StereoBlock<'_>,
        settings: &ChainSettings,
        transport: Transport,
    ) {
        // Nothing that is only for listening may get into a render.
        let listening = if self.is_offline { Listening::default() } else { self.desk.listening() };
        self.chain.listen_to_delta(listening.delta);
        self.chain.follow(transport);
        self.chain.process(block);
        if let Some(delta) = self.chain.delta() {
            block.left.copy_from_slice(delta.left);
            block.right.copy_from_slice(delta.right);
        }
        let listen = if listening.delta.is_some() { Listen::Master } else { listening.listen };
        let levels = self.levels();
        let song_frame = transport.position_frames.filter(|_| transport.is_playing);
        self.compare.process(listen, block, &self.chain.dry(), &levels, song_frame);
        self.solo.choose(listening.solo, &settings.equalizer);
        self.solo.process(block);
        self.monitor.choose(listening.monitor);
        let is_limited = settings.limiter.is_on && listening.is_at_unity_gain;
        self.monitor.set_gain_db(if is_limited { -settings.limiter.gain_db } else { 0.0 });
        self.monitor.process(block);
    }

    /// Loudness of master and mix over the same time: integrated, or, before
    /// there is such a reading, momentary.
    fn levels(&self) -> Levels {
        let snapshot = self.chain.snapshot();
        let lufs = |meter: &MeterSnapshot| {
            if meter.loudness.integrated_lufs.is_finite() {
                meter.loudness.integrated_lufs
            } else {
                meter.loudness.momentary_lufs
            }
        };
        Levels {
            master_lufs: lufs(&snapshot.output),
            mix_lufs: lufs(&snapshot.input),
            mix_peak_dbtp: snapshot.input.max_true_peak_dbtp[0]
                .max(snapshot.input.max_true_peak_dbtp[1]),
        }
    }
}
