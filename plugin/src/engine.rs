//! The audio thread's part: the chain, and what is heard of it.

mod rest;
mod snapshots;

use std::sync::Arc;

use burnish_dsp::bypass::Bypass;
use burnish_dsp::chain::{Chain, PathHandOver};
use burnish_dsp::compare::{
    Compare, Compared, LevelMatch, Listen, LiveReference, ReferenceId, Request, Source,
};
use burnish_dsp::equalizer::BandSolo;
use burnish_dsp::monitor::MonitorRack;
use burnish_dsp::processor::{AudioSpec, StereoBlock};
use burnish_dsp::settings::ChainSettings;
use burnish_dsp::transport::Transport;
use nice_plug::prelude::{Buffer, BufferConfig, ProcessMode};

use self::rest::{Asked, Rest, is_silent};
use self::snapshots::{SideBySide, SnapshotSelection};
use crate::desk::{Blind, CompareReadings, Desk, Listening, StreamSpectra};
use crate::switches::{Switch, SwitchPositions};

/// The editor is told this often what comparing reads.
const READINGS_MS: f64 = 10.0;
/// The side-chain input rests after this much silence.
const LIVE_RESTS_AFTER_S: f64 = 5.0;

/// Everything that works while the host has activated the instance.
pub(crate) struct Engine {
    // Boxed, so that nothing big travels by value: hosts activate on small stacks.
    chain: Box<Chain>,
    compare: Box<Compare>,
    live: Option<Box<LiveInput>>,
    solo: BandSolo,
    monitor: MonitorRack,
    bypass: Bypass,
    rest: Rest,
    desk: Arc<Desk>,
    snapshots: SnapshotSelection,
    /// Where the switches stood; unknown before the first block.
    switches: Option<SwitchPositions>,
    /// Sessions that were loaded up to the last block.
    restores: u32,
    /// What was loaded up to then.
    loads: u32,
    is_offline: bool,
    is_mono: bool,
    /// No audio has come since the host started: settings that come with the
    /// first block are a session being loaded, not a hand on a knob.
    is_fresh: bool,
    sample_rate_hz: f64,
    frames_to_readings: usize,
    readings_frames: usize,
    max_block_frames: usize,
    /// The right channel of a mono stream.
    twin: Vec<f32>,
}

/// The side-chain input while the host's layout has one.
struct LiveInput {
    reference: LiveReference,
    /// Frames since the last that was not silent; none yet before it is connected.
    silent_frames: Option<usize>,
    rests_after_frames: usize,
}

impl LiveInput {
    fn new(spec: AudioSpec, longest_latency_frames: usize) -> Self {
        Self {
            reference: LiveReference::new(spec, longest_latency_frames),
            silent_frames: None,
            rests_after_frames: (LIVE_RESTS_AFTER_S * spec.sample_rate_hz) as usize
                + longest_latency_frames,
        }
    }

    /// Takes a block in; digital silence for long enough costs nothing.
    fn process(&mut self, left: &[f32], right: &[f32], latency_frames: usize) {
        let is_silent = left.iter().chain(right).all(|sample| *sample == 0.0);
        if !is_silent {
            self.silent_frames = Some(0);
        }
        let Some(silent_frames) = &mut self.silent_frames else { return };
        if is_silent {
            *silent_frames = silent_frames.saturating_add(left.len());
        }
        if *silent_frames <= self.rests_after_frames {
            self.reference.process(left, right, latency_frames);
        } else {
            self.reference.rest(left.len());
        }
    }

    fn is_connected(&self) -> bool {
        self.silent_frames.is_some()
    }
}

impl Engine {
    /// Builds it for a stream; `is_served` says that there is a worker, who builds
    /// what is asked for later.
    pub(crate) fn new(
        config: &BufferConfig,
        settings: &ChainSettings,
        switches: SwitchPositions,
        has_side_chain: bool,
        is_served: bool,
        desk: Arc<Desk>,
    ) -> Box<Self> {
        let spec = AudioSpec {
            sample_rate_hz: f64::from(config.sample_rate),
            max_block_frames: config.max_buffer_size as usize,
        };
        let is_offline = config.process_mode == ProcessMode::Offline;
        let paths = if is_offline || !is_served {
            PathHandOver::for_render(spec)
        } else {
            PathHandOver::new(spec)
        };
        let mut chain = Box::new(Chain::with_snapshots_on_demand(spec, Arc::clone(&paths)));
        let song = chain.attach(Arc::clone(&desk.meters.feed));
        chain.attach_timeline(
            desk.integration.take_timeline(),
            Arc::clone(&desk.integration.timelines),
        );
        let snapshots = SnapshotSelection::new(&desk, spec.frames_in_ms(1000.0));
        snapshots.configure(&mut chain, settings, switches.of(Switch::Snapshot));
        if paths.serve() {
            // The snapshots differ in latency: all run from the first block on.
            snapshots.configure(&mut chain, settings, switches.of(Switch::Snapshot));
        }
        desk.stream.set_paths(Some(paths));
        let live =
            has_side_chain.then(|| Box::new(LiveInput::new(spec, chain.longest_latency_frames())));
        let (desk_restores, desk_loads) = (desk.restores(), desk.loads());
        let rest = Rest::new(spec.sample_rate_hz, chain.longest_latency_frames());
        desk.meters.show_spectra(StreamSpectra {
            song,
            live: live.as_ref().map(|live| live.reference.spectrum()),
        });
        Box::new(Self {
            chain,
            compare: Box::new(Compare::new(spec, Arc::clone(&desk.hand_over))),
            live,
            solo: BandSolo::new(spec),
            monitor: MonitorRack::new(spec),
            bypass: Bypass::new(spec),
            rest,
            desk,
            snapshots,
            switches: None,
            restores: desk_restores,
            loads: desk_loads,
            is_offline,
            is_mono: false,
            is_fresh: true,
            sample_rate_hz: spec.sample_rate_hz,
            frames_to_readings: 0,
            readings_frames: spec.frames_in_ms(READINGS_MS),
            max_block_frames: spec.max_block_frames,
            twin: vec![0.0; spec.max_block_frames],
        })
    }

    pub(crate) fn latency_frames(&self) -> usize {
        self.chain.latency_frames()
    }

    /// Forgets all audio; what is heard lands on the master.
    pub(crate) fn reset(&mut self) {
        self.chain.reset();
        self.compare.reset();
        if let Some(live) = &mut self.live {
            live.reference.reset();
        }
        self.solo.reset();
        self.monitor.reset();
        self.bypass.reset();
        self.rest.wake();
        self.is_fresh = true;
    }

    /// Works on the host's buffer in place; `transport` is the host's at its
    /// first frame, `side_chain` the block that came in beside it. Bypassed, the
    /// untouched mix leaves, in a render too.
    pub(crate) fn process(
        &mut self,
        buffer: &mut Buffer<'_>,
        side_chain: Option<&mut Buffer<'_>>,
        settings: &ChainSettings,
        switches: SwitchPositions,
        is_bypassed: bool,
        transport: Transport,
    ) {
        let (mode, is_paused) = self.desk.integration.now();
        self.chain.integrate(mode, is_paused);
        self.chain.measure_mix_bands(self.desk.meters.are_mix_bands_wanted());
        if self.desk.meters.take_reset() {
            self.rest.wake();
            self.chain.reset_meters();
            if let Some(live) = &mut self.live {
                live.reference.reset_meters();
            }
        }
        if self.desk.meters.take_spectrum_reset() {
            self.chain.reset_spectra();
        }
        // Nothing that is only for listening may get into a render.
        let listening = if self.is_offline { Listening::default() } else { self.desk.listening() };
        self.obey(switches, listening.blind.is_some());
        let patience_frames = if self.is_offline { 0 } else { buffer.samples() };
        self.snapshots.follow(&self.desk, settings, patience_frames);
        let selected = switches.of(Switch::Snapshot);
        let side_by_side = match listening.blind {
            Some(_) => SideBySide::All,
            None if listening.are_side_by_side => SideBySide::Set,
            None => SideBySide::No,
        };
        let snapshots = self.snapshots.settings(settings, selected, side_by_side);
        let loads = self.desk.loads();
        if std::mem::replace(&mut self.loads, loads) != loads {
            self.chain.expect_load();
        }
        self.chain.configure_snapshots(&snapshots);
        // A session that is not bypassed is heard once its settings are.
        let must_wait = self.bypass.is_on() && self.chain.is_crossing();
        self.bypass.switch(is_bypassed || must_wait);
        if std::mem::take(&mut self.is_fresh) {
            self.chain.reset();
            self.bypass.reset();
        }
        self.chain.set_mono(buffer.channels() == 1);
        self.is_mono = buffer.channels() == 1;
        if let Some(live) = &mut self.live {
            live.reference.set_mono(self.is_mono);
        }
        let current = &snapshots.all[selected];
        let mut side_chain = side_chain.map(Buffer::as_slice);
        let frames = buffer.samples();
        let asked = Asked {
            snapshots,
            listening,
            reference: self.desk.references.chosen_source(),
            is_bypassed,
        };
        let is_still = !self.is_offline
            && !transport.is_playing
            && is_silent(buffer.as_slice())
            && (self.live.is_none() || side_chain.as_deref().is_none_or(is_silent));
        if self.rest.takes(is_still, &asked, frames) {
            return;
        }
        let mut start = 0;
        // Hosts keep to the size they announced; should one not, its block is cut.
        while start < frames {
            let end = (start + self.max_block_frames).min(frames);
            let transport = transport.advanced(start);
            self.take_side_chain(&mut side_chain, start, end);
            match buffer.as_slice() {
                [left, right] => {
                    let mut block = StereoBlock::new(&mut left[start..end], &mut right[start..end]);
                    self.process_block(&mut block, current, selected, &listening, transport);
                }
                [mono] => {
                    let mono = &mut mono[start..end];
                    let mut twin = std::mem::take(&mut self.twin);
                    twin[..mono.len()].copy_from_slice(mono);
                    let frames = mono.len();
                    let mut block = StereoBlock::new(mono, &mut twin[..frames]);
                    self.process_block(&mut block, current, selected, &listening, transport);
                    self.twin = twin;
                }
                _ => debug_assert!(false, "only mono and stereo are offered to the host"),
            }
            start = end;
        }
        self.rest.heard(is_silent(buffer.as_slice()), frames);
        self.frames_to_readings = self.frames_to_readings.saturating_sub(frames);
        if self.frames_to_readings == 0 {
            self.frames_to_readings = self.readings_frames;
            self.publish();
        }
    }

    /// Does what a moved switch asks for. Where they stand at first means nothing.
    /// During a blind test none of them moves anything, and a session that is
    /// loaded moves none.
    fn obey(&mut self, switches: SwitchPositions, is_blind: bool) {
        let Some(before) = self.switches.replace(switches) else { return };
        let restores = self.desk.restores();
        let is_restored = std::mem::replace(&mut self.restores, restores) != restores;
        if is_blind || is_restored {
            return;
        }
        for (switch, position) in switches.moved_since(before) {
            match switch {
                Switch::Listen => {
                    self.desk.listen(Listen::ALL.get(position).copied().unwrap_or_default());
                }
                Switch::Reference => self.desk.references.choose_place(position),
                Switch::NextReference if position > 0 => self.desk.references.step(1),
                Switch::PreviousReference if position > 0 => self.desk.references.step(-1),
                Switch::Snapshot | Switch::NextReference | Switch::PreviousReference => {}
            }
        }
    }

    /// Takes a block of the side-chain in; for a mono stream its sum.
    fn take_side_chain(&mut self, input: &mut Option<&mut [&mut [f32]]>, start: usize, end: usize) {
        let Some(live) = &mut self.live else { return };
        let latency_frames = self.chain.latency_frames();
        match input.as_deref_mut() {
            Some([left, right]) if left.len() >= end && right.len() >= end => {
                let (left, right) = (&mut left[start..end], &mut right[start..end]);
                if self.is_mono {
                    for (left, right) in left.iter_mut().zip(&mut *right) {
                        *left = 0.5 * (*left + *right);
                        *right = *left;
                    }
                }
                live.process(left, right, latency_frames);
            }
            Some([mono]) if mono.len() >= end => {
                let mono = &mono[start..end];
                live.process(mono, mono, latency_frames);
            }
            _ => live.reference.rest(end - start),
        }
    }

    fn process_block(
        &mut self,
        block: &mut StereoBlock<'_>,
        settings: &ChainSettings,
        selected: usize,
        listening: &Listening,
        transport: Transport,
    ) {
        let is_blind = listening.blind.is_some();
        let delta = listening.delta.filter(|_| !is_blind);
        self.chain.listen_to_delta(delta);
        self.chain.follow(transport);
        // The block that leaves now lies where the song was a latency ago.
        let output = self.chain.output_transport();
        self.chain.process(block);
        if let Some(delta) = self.chain.delta() {
            block.left.copy_from_slice(delta.left);
            block.right.copy_from_slice(delta.right);
        }
        let request = self.request(listening, selected, output);
        let live = self.live.as_ref().filter(|live| live.is_connected());
        let live = live.map(|live| &live.reference);
        self.compare.process(&request, block, &self.chain, live);
        self.solo.choose(listening.solo.filter(|_| !is_blind), &settings.equalizer);
        self.solo.process(block);
        self.monitor.choose(listening.monitor);
        let is_limited = settings.limiter.is_on && listening.is_at_unity_gain;
        self.monitor.set_gain_db(if is_limited { -settings.limiter.gain_db } else { 0.0 });
        self.monitor.process(block);
        self.bypass.process(block, self.chain.dry());
    }

    /// What is to be heard.
    fn request(&self, listening: &Listening, selected: usize, transport: Transport) -> Request {
        let chosen = self.desk.references.chosen_source();
        let own = if listening.are_side_by_side && listening.delta.is_none() {
            Source::Snapshot(selected)
        } else {
            Source::Master
        };
        let (source, compared) = match (listening.blind, listening.listen) {
            (Some(Blind { source: Some(source), compared, .. }), _) => (source, compared),
            // Nothing was chosen yet, or the stream has begun anew: a render may follow.
            (Some(_), _) => (Source::Master, Compared::default()),
            (None, _) if listening.delta.is_some() => (own, listening.compared),
            (None, Listen::Master) => (own, listening.compared),
            (None, Listen::Mix) => (Source::Mix, listening.compared),
            (None, Listen::Reference) => (chosen.unwrap_or(own), listening.compared),
        };
        Request {
            source,
            compared,
            reference: song_of(source).or(chosen.and_then(song_of)),
            // One gain for the whole test: one that follows passages would tell.
            level_match: match listening.blind {
                Some(_) => LevelMatch::Integrated,
                None => listening.level_match,
            },
            transport,
            blind_choices: listening
                .blind
                .filter(|blind| blind.source.is_some())
                .map_or(0, |blind| blind.choices),
        }
    }

    fn publish(&self) {
        let chosen = self.desk.references.chosen_source().and_then(song_of);
        let live = self.live.as_ref().filter(|live| live.is_connected());
        self.desk.readings.force_push(CompareReadings {
            turned_down_db: self.compare.turned_down_db(),
            shortfall_db: self.compare.shortfall_db(),
            snapshots_down_db: self.compare.snapshots_down_db(),
            is_level: self.compare.is_level(),
            position_s: chosen
                .and_then(|id| self.compare.reference_position(id))
                .map(|frames| frames as f64 / self.sample_rate_hz),
            live: live.map(|live| live.reference.snapshot()),
        });
    }
}

fn song_of(source: Source) -> Option<ReferenceId> {
    match source {
        Source::Reference(id) => Some(id),
        _ => None,
    }
}
