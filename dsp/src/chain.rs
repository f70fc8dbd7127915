//! The signal path.
//!
//! ```text
//! input -> meters -> trim -> EQ -> glue -> stereo -> clipper -> limiter -> dither -> meters -> output
//! ```
//!
//! The order is fixed. A stage that is switched off still delays: the latency
//! depends on nothing but the equaliser's phase, of whichever snapshot has the
//! most.
//!
//! A chain built [with snapshots](Chain::with_snapshots) can run the stages of
//! all four side by side on the same input, one built for [snapshots on
//! demand](Chain::with_snapshots_on_demand) once it has been given their paths. What leaves it is the current
//! one's; a change of snapshot is then a cross-fade of two outputs that are
//! both there. Otherwise one path does the work.
//!
//! What a hand moves glides. What changes all at once (another snapshot, a
//! session or preset that is [loaded](Chain::expect_load), another phase) gets
//! a second path, and is cross-faded to when that is ready; a chain that is
//! built with one path alone has nothing to cross to, and glides.

mod dry;
mod hand_over;
mod path;
mod publisher;
mod snapshot_output;
mod snapshot_settings;
mod snapshots;

use std::sync::Arc;

pub use self::hand_over::PathHandOver;
pub use self::snapshot_settings::{SNAPSHOTS, SnapshotSettings};

use self::dry::Dry;
use self::publisher::Publisher;
use self::snapshots::{Configured, SnapshotPaths, Snapshots};
use crate::dither::OverFullScale;
use crate::equalizer::plan_transforms;
use crate::integration::{Integration, IntegrationMode, TimelineHandOver};
use crate::loudness::timeline::Timeline;
use crate::loudness::{Level, MOST_APART_S, Span};
use crate::meters::Meters;
use crate::processor::{AudioSpec, Frames, StereoBlock};
use crate::readings::{ChainSnapshot, MeterFeed};
use crate::settings::{ChainSettings, Stage};
use crate::slot::silence_non_finite;
use crate::spectrum::{SharedSongSpectrum, SongAnalyzer};
use crate::transport::Transport;

/// Where readers find the spectra of the song.
#[derive(Clone, Debug)]
pub struct SongSpectra {
    /// Of the mix.
    pub mix: Arc<SharedSongSpectrum>,
    /// Of the master.
    pub master: Arc<SharedSongSpectrum>,
}

/// The whole signal path from input meters to output meters.
#[derive(Debug)]
pub struct Chain {
    // Boxed, so that nothing big travels by value: hosts activate on small stacks.
    paths: Box<SnapshotPaths>,
    input_meters: Box<Meters>,
    output_meters: Box<Meters>,
    integration: Integration,
    /// Present once somebody can read them.
    songs: Option<Songs>,
    sample_rate_hz: f64,
    dry: Dry,
    frames: usize,
    /// Where the song is at the next frame; without a position since the reset.
    song_frame: i64,
    publisher: Publisher,
}

#[derive(Debug)]
struct Songs {
    mix: SongAnalyzer,
    master: SongAnalyzer,
}

impl Chain {
    /// Builds a chain with one path, for one set of settings; only here and in
    /// [`Self::with_snapshots`] is anything allocated.
    pub fn new(spec: AudioSpec) -> Self {
        Self::build(spec, &Snapshots::One)
    }

    /// Builds a chain that can run all snapshots side by side.
    pub fn with_snapshots(spec: AudioSpec) -> Self {
        Self::build(spec, &Snapshots::All)
    }

    /// Builds a chain with one path that asks for the others when its settings
    /// need them, and does without until they have arrived.
    pub fn with_snapshots_on_demand(spec: AudioSpec, paths: Arc<PathHandOver>) -> Self {
        Self::build(spec, &Snapshots::OnDemand(paths))
    }

    fn build(spec: AudioSpec, snapshots: &Snapshots) -> Self {
        plan_transforms(spec);
        let mut paths = Box::new(SnapshotPaths::new(spec, snapshots));
        let longest = paths.longest_latency_frames();
        let latency_frames = paths.latency_with(&ChainSettings::default());
        let mut chain = Self {
            paths,
            // The bands rest until somebody asks for them.
            input_meters: Box::new(match snapshots {
                Snapshots::One => Meters::without_bands(spec),
                Snapshots::All | Snapshots::OnDemand(_) => Meters::with_resting_bands(spec),
            }),
            output_meters: Box::new(Meters::new(spec)),
            integration: Integration::new(spec),
            songs: None,
            sample_rate_hz: spec.sample_rate_hz,
            dry: Dry::new(spec, longest),
            frames: 0,
            song_frame: 0,
            publisher: Publisher::new(spec),
        };
        chain.dry.delay.set_frames(latency_frames);
        chain
    }

    /// Says that the stream is mono, both channels being the same one.
    pub fn set_mono(&mut self, is_mono: bool) {
        self.input_meters.set_mono(is_mono);
        self.output_meters.set_mono(is_mono);
        self.paths.set_mono(is_mono);
    }

    /// Sends readings to `feed` from now on, and the spectra of all that enters
    /// and leaves the chain to what it returns; before the first block, for it
    /// allocates.
    pub fn attach(&mut self, feed: Arc<MeterFeed>) -> SongSpectra {
        self.publisher.attach(feed);
        let analyzer = || SongAnalyzer::new(self.sample_rate_hz);
        let songs = Songs { mix: analyzer(), master: analyzer() };
        let spectra = SongSpectra {
            mix: Arc::clone(songs.mix.shared()),
            master: Arc::clone(songs.master.shared()),
        };
        self.songs = Some(songs);
        spectra
    }

    /// Measures the song on this timeline from now on, when
    /// [`Self::integrate`] asks for it; others are taken from the hand-over.
    pub fn attach_timeline(&mut self, timeline: Box<Timeline>, hand_over: Arc<TimelineHandOver>) {
        self.integration.attach(timeline, hand_over);
    }

    /// Chooses what the integrated values are of, and whether they are paused.
    pub fn integrate(&mut self, mode: IntegrationMode, is_paused: bool) {
        self.integration.choose(mode, is_paused);
    }

    /// Tells where the host's song is at the first frame of the next block. What
    /// the stages do on a grid follows it while it plays.
    pub fn follow(&mut self, transport: Transport) {
        let latency_frames = self.latency_frames();
        self.integration.enter(transport, latency_frames, &mut self.input_meters);
        let transport = self.integration.input_transport();
        if let Some(song_frame) = transport.position_frames.filter(|_| transport.is_playing) {
            self.song_frame = song_frame;
        }
        self.align_spans();
    }

    /// A meter that was reset begins its span anew; the others follow, since
    /// only what is of the same time can be compared.
    fn align_spans(&mut self) {
        let elapsed_s = |span: Span| span.elapsed_s;
        let both = [self.input_meters.span(), self.output_meters.span()];
        let all = both.into_iter().chain(self.paths.spans());
        let (shortest_s, longest_s) =
            all.map(elapsed_s).fold((f64::INFINITY, 0.0), |(shortest_s, longest_s), s| {
                (s.min(shortest_s), s.max(longest_s))
            });
        if longest_s - shortest_s > MOST_APART_S {
            self.begin_spans();
        }
    }

    fn begin_spans(&mut self) {
        self.input_meters.begin_span();
        self.output_meters.begin_span();
        self.paths.begin_spans();
    }

    /// Where the song is at the first frame that leaves next.
    pub fn output_transport(&mut self) -> Transport {
        self.integration.output_transport()
    }

    /// Takes new settings for the current snapshot, the only one that matters
    /// then; returns at once when nothing has changed.
    pub fn configure(&mut self, settings: &ChainSettings) {
        let configured = self.paths.configure(settings);
        self.after_configuring(configured);
    }

    /// Takes new settings for all snapshots; returns at once when nothing has
    /// changed. Only a chain that has their paths runs them side by side.
    pub fn configure_snapshots(&mut self, settings: &SnapshotSettings) {
        if let Some(configured) = self.paths.configure_all(settings) {
            self.after_configuring(configured);
        }
    }

    /// Settings that come soon are loaded: from a session, a preset, a match. They
    /// come at once, and what is heard is cross-faded to what they make of the mix,
    /// where a hand on a knob has everything glide.
    pub fn expect_load(&mut self) {
        self.paths.expect_load();
    }

    /// Whether a cross-fade to settings that are there already is yet to end.
    pub fn is_crossing(&self) -> bool {
        self.paths.is_crossing()
    }

    fn after_configuring(&mut self, configured: Configured) {
        if self.dry.delay.frames() != configured.latency_frames {
            self.dry.delay.set_frames(configured.latency_frames);
        }
        if configured.is_changed {
            self.begin_spans();
        }
    }

    /// Forgets all audio; meters keep their integrated values.
    pub fn reset(&mut self) {
        self.song_frame = 0;
        self.paths.reset();
        self.dry.delay.set_frames(self.paths.latency_frames());
        self.integration.reset_audio();
    }

    /// Starts the integrated and maximum values of all meters afresh, and those
    /// of the song, when it is the song that is measured.
    pub fn reset_meters(&mut self) {
        self.input_meters.reset();
        self.output_meters.reset();
        self.integration.reset_values();
        self.begin_spans();
        self.reset_spectra();
    }

    /// Starts the average spectra of the song afresh, and nothing else.
    pub fn reset_spectra(&mut self) {
        if let Some(songs) = &mut self.songs {
            songs.mix.reset();
            songs.master.reset();
        }
    }

    /// Works on a block of at most `max_block_frames` frames in place.
    pub fn process(&mut self, block: &mut StereoBlock<'_>) {
        silence_non_finite(block);
        self.frames = block.frames();
        let mut start = 0;
        while start < block.frames() {
            if self.paths.has_begun_to_cross() {
                self.dry.delay.move_to(self.paths.latency_frames());
            }
            let frames = self.paths.frames_to_crossing().min(block.frames() - start);
            let end = start + self.publisher.grid.take(frames);
            let mut run = block.slice(start, end);
            self.dry.take(&run, start);
            self.publisher.take_input(&run);
            self.input_meters.process(run.left, run.right);
            if let Some(songs) = &mut self.songs {
                songs.mix.process(run.left, run.right);
            }
            self.paths.process(&mut run, start, self.song_frame);
            self.song_frame = self.song_frame.wrapping_add(run.frames() as i64);
            self.integration.measure(&run, &mut self.output_meters);
            if let Some(songs) = &mut self.songs {
                songs.master.process(run.left, run.right);
            }
            self.publisher.take_output(&run);
            if self.publisher.grid.is_at_tick() {
                self.publish();
            }
            start = end;
        }
    }

    /// By how many frames the output lags the input; changes with the
    /// equaliser's phase alone.
    pub fn latency_frames(&self) -> usize {
        self.dry.delay.frames()
    }

    /// The most frames that any settings make the output lag by.
    pub fn longest_latency_frames(&self) -> usize {
        self.paths.longest_latency_frames()
    }

    /// Measures the mix in bands too, or not: only for whoever looks at that. What of the
    /// master is compared with them begins with them.
    pub fn measure_mix_bands(&mut self, are_measured: bool) {
        if self.input_meters.measure_bands(are_measured) {
            // Filters that have just woken ring a little: both leave the first moment out.
            self.input_meters.begin_comparison();
            self.output_meters.begin_comparison();
        }
    }

    /// Chooses the stage whose change [`Self::delta`] gives; `None` stops it.
    pub fn listen_to_delta(&mut self, stage: Option<Stage>) {
        self.paths.listen_to_delta(stage);
    }

    /// What one stage of the current snapshot changes ("delta") of the block
    /// processed last, when [`Self::listen_to_delta`] asked for it: aligned
    /// with the output.
    pub fn delta(&mut self) -> Option<StereoBlock<'_>> {
        self.paths.delta(self.frames)
    }

    /// The input, delayed by the latency, of the block processed last: for
    /// comparing the mix with the master.
    pub fn dry(&self) -> Frames<'_> {
        self.dry.frames(self.frames)
    }

    /// What a snapshot made of the block processed last; `None` unless they run
    /// side by side.
    pub fn snapshot_output(&self, snapshot: usize) -> Option<Frames<'_>> {
        self.paths.frames_of(snapshot, self.frames)
    }

    /// Whether a snapshot runs side by side, for long enough to be heard: what has
    /// been fed for less than the latency is still silent.
    pub fn is_snapshot_audible(&self, snapshot: usize) -> bool {
        self.paths.is_audible(snapshot)
    }

    /// How loud the mix is, for comparing at equal loudness.
    pub fn mix_level(&self) -> Level {
        self.input_meters.level()
    }

    /// How loud the master is.
    pub fn master_level(&self) -> Level {
        self.output_meters.level()
    }

    /// How loud a snapshot is; `None` unless they run side by side.
    pub fn snapshot_level(&self, snapshot: usize) -> Option<Level> {
        self.paths.level_of(snapshot)
    }

    /// What the dither had to cut off at full scale, left and right, since it began.
    pub fn over_full_scale(&mut self) -> [OverFullScale; 2] {
        self.paths.over_full_scale()
    }

    /// Flushes what the meters' detectors still hold back, at the end of an
    /// offline render.
    pub fn finish_meters(&mut self) {
        self.input_meters.finish();
        self.output_meters.finish();
    }

    /// What the meters read now of everything that was played: both ends of
    /// the chain over the same time.
    pub fn snapshot(&self) -> ChainSnapshot {
        ChainSnapshot {
            input: self.input_meters.snapshot(),
            output: self.output_meters.snapshot(),
            reduction: self.publisher.shown,
            integration: self.integration.snapshot(),
        }
    }

    /// The same with the integrated values of the output being what was asked for.
    pub fn shown_snapshot(&self) -> ChainSnapshot {
        let snapshot = self.snapshot();
        ChainSnapshot { output: self.integration.shown(snapshot.output), ..snapshot }
    }

    fn publish(&mut self) {
        let reduction = self.paths.take_reduction();
        self.publisher.show(&reduction, self.paths.take_peaks());
        if self.publisher.is_attached() {
            let are_on = self.paths.are_reducing();
            self.publisher.publish(&reduction, are_on, &self.shown_snapshot());
        }
    }
}
