//! Listening to the mix, the master, a snapshot or a reference: aligned,
//! equally loud, without clicks.
//!
//! **Equal loudness.** All is measured against an anchor: the master, or, while
//! the snapshots run side by side, the quietest of them. What is compared is
//! brought to the anchor, and raised as far as its own peaks allow. Where that
//! is not enough *everything* is turned down by what is missing, the master
//! too, for as long as the comparison goes on ([`Request::compared`]); so
//! nothing is ever louder only because it has more headroom. While the master
//! is heard and nothing is compared, the block passes untouched to the bit.
//!
//! **Loudness of the song.** The mix is measured over all that was played, and
//! each master by its difference to the mix since its settings last changed
//! (BS.1770 integrated loudness of both, over the same time). So a changed
//! knob is matched after two seconds, and the whole song counts all the same.

mod arrival;
mod level;
mod library;
mod live;
mod loaded;
mod measured;
mod pages;
mod reference;
mod request;

use std::sync::Arc;

pub use self::level::LevelMatch;
pub use self::live::LiveReference;
pub use self::pages::{PAGE_FRAMES, PageFiller, Pages};
pub use self::reference::{
    HandOver, MOST_LOADED, ReferenceAudio, ReferenceControl, ReferenceId, ReferenceMessage,
    SHORT_TERM_HZ, Song,
};
pub use self::request::{Compared, Listen, Request, Source};

use self::level::{GAIN_RAMP_MS, Loudness};
use self::library::Library;
use self::measured::{Levels, LoudnessNow, Measured};
use crate::chain::{Chain, SNAPSHOTS};
use crate::processor::{AudioSpec, Frames, StereoBlock};
use crate::smoothing::{Ramp, equal_power};
use crate::units::db_to_gain;

const FADE_MS: f64 = 10.0;
/// Out and in again, when a blind test chooses.
const DIP_MS: f64 = 40.0;
/// Levels are read this often: meters have no more to say.
const LEVELS_MS: f64 = 10.0;
/// For less the master is left to the bit.
const LEAST_TURNED_DOWN_DB: f64 = 0.05;

/// Puts what is to be heard in the place of the master.
#[derive(Debug)]
pub struct Compare {
    library: Library,
    heard: Source,
    outgoing: Source,
    /// 0 to 1: from what was heard to what is to be heard.
    fade: Ramp,
    fade_frames: usize,
    dip_frames: usize,
    /// The fade under way goes through silence.
    is_dip: bool,
    blind_choices: u32,
    /// What was asked for last, and frames until levels are read again.
    request: Request,
    frames_to_levels: usize,
    levels_frames: usize,
    master_gain: Ramp,
    mix_gain: Ramp,
    live_gain: Ramp,
    snapshot_gains: [Ramp; SNAPSHOTS],
    measured: Measured,
    turned_down_db: f64,
    shortfall_db: f64,
    snapshots_down_db: [f64; SNAPSHOTS],
    new: Scratch,
    old: Scratch,
}

#[derive(Debug)]
struct Scratch {
    left: Vec<f32>,
    right: Vec<f32>,
}

impl Scratch {
    fn new(spec: AudioSpec) -> Self {
        Self { left: vec![0.0; spec.max_block_frames], right: vec![0.0; spec.max_block_frames] }
    }

    fn block(&mut self, frames: usize) -> StereoBlock<'_> {
        StereoBlock::new(&mut self.left[..frames], &mut self.right[..frames])
    }
}

/// Gains in this moment: what everything is brought to.
#[derive(Clone, Copy, Debug)]
struct Anchor {
    lufs: f64,
    turned_down_db: f64,
}

impl Compare {
    /// Builds it, listening to the master.
    pub fn new(spec: AudioSpec, hand_over: Arc<HandOver>) -> Self {
        let gain = Ramp::new(1.0, spec.frames_in_ms(GAIN_RAMP_MS));
        Self {
            library: Library::new(spec, hand_over),
            heard: Source::Master,
            outgoing: Source::Master,
            fade: Ramp::new(1.0, spec.frames_in_ms(FADE_MS)),
            fade_frames: spec.frames_in_ms(FADE_MS),
            dip_frames: spec.frames_in_ms(DIP_MS),
            is_dip: false,
            blind_choices: 0,
            request: Request::default(),
            frames_to_levels: 0,
            levels_frames: spec.frames_in_ms(LEVELS_MS).max(1),
            master_gain: gain,
            mix_gain: gain,
            live_gain: gain,
            snapshot_gains: [gain; SNAPSHOTS],
            measured: Measured::default(),
            turned_down_db: 0.0,
            shortfall_db: 0.0,
            snapshots_down_db: [0.0; SNAPSHOTS],
            new: Scratch::new(spec),
            old: Scratch::new(spec),
        }
    }

    /// Lands on the plain master at once.
    pub fn reset(&mut self) {
        self.heard = Source::Master;
        self.outgoing = Source::Master;
        self.fade.snap(1.0);
        self.master_gain.snap(1.0);
        self.turned_down_db = 0.0;
    }

    /// By how much everything is turned down, the master too, dB, 0 or more.
    pub fn turned_down_db(&self) -> f64 {
        self.turned_down_db
    }

    /// How much quieter than the rest what is heard still is, dB, 0 or more:
    /// its gain is at its limit.
    pub fn shortfall_db(&self) -> f64 {
        self.shortfall_db
    }

    /// By how much each snapshot is turned down to be as loud as the quietest
    /// of them, dB; 0 while they do not run side by side.
    pub fn snapshots_down_db(&self) -> [f64; SNAPSHOTS] {
        self.snapshots_down_db
    }

    /// Whether everything that runs has been measured, and nothing is matched
    /// by the present moment alone.
    pub fn is_level(&self) -> bool {
        self.measured.is_level()
    }

    /// Where a reference plays, frames from the start of its song.
    pub fn reference_position(&self, id: ReferenceId) -> Option<usize> {
        self.library.position_frames(id)
    }

    /// What reaches the ears now, or will once a cross-fade has ended.
    pub fn heard(&self) -> Source {
        self.heard
    }

    /// Replaces the master, which `chain` has just put into `block`, by what is
    /// to be heard. `live` is the side-chain input, aligned with the master.
    pub fn process(
        &mut self,
        request: &Request,
        block: &mut StereoBlock<'_>,
        chain: &Chain,
        live: Option<&LiveReference>,
    ) {
        self.library.exchange(self.hears_reference());
        self.library.follow(request.transport, self.hears_reference());
        let has_begun = self.choose(request, chain, live.is_some());
        let is_other = *request != Request { transport: request.transport, ..self.request };
        self.request = *request;
        if has_begun || is_other || self.frames_to_levels == 0 {
            self.match_levels(request, chain, live);
            self.frames_to_levels = self.levels_frames;
        }
        self.frames_to_levels = self.frames_to_levels.saturating_sub(block.frames());
        self.render(block, chain, live);
    }

    /// Begins a cross-fade when something else is to be heard and none is under
    /// way; whether it has.
    fn choose(&mut self, request: &Request, chain: &Chain, has_live: bool) -> bool {
        let wanted = match request.source {
            Source::Reference(id) if !self.library.has(id) => Source::Master,
            Source::Live if !has_live => Source::Master,
            Source::Snapshot(n) if !chain.is_snapshot_audible(n) => Source::Master,
            source => source,
        };
        let is_blind_choice = request.blind_choices != self.blind_choices;
        if (wanted != self.heard || is_blind_choice) && self.fade.is_settled() {
            self.outgoing = self.heard;
            self.heard = wanted;
            self.is_dip = is_blind_choice;
            self.blind_choices = request.blind_choices;
            let frames = if self.is_dip { self.dip_frames } else { self.fade_frames };
            self.fade = Ramp::new(0.0, frames);
            self.fade.set(1.0);
            return true;
        }
        false
    }

    fn is_heard(&self, source: Source) -> bool {
        self.heard == source || (!self.fade.is_settled() && self.outgoing == source)
    }

    /// Tells of each reference whether it is heard now.
    fn hears_reference(&self) -> impl Fn(ReferenceId) -> bool + use<> {
        let heard = [self.heard, self.outgoing].map(Source::reference);
        let heard = [heard[0], heard[1].filter(|_| !self.fade.is_settled())];
        move |id| heard.contains(&Some(id))
    }

    fn match_levels(&mut self, request: &Request, chain: &Chain, live: Option<&LiveReference>) {
        let levels = Levels::of(chain, live);
        self.measured.follow(&levels);
        let now = self.measured.loudness(&levels, request.level_match);
        let anchor_lufs = now.anchor_lufs();
        let reference = request.reference;
        let reference_loudness = reference.and_then(|id| self.loudness_of(id, request));

        let compared = request.compared;
        self.turned_down_db = [
            compared.mix.then_some(now.mix),
            reference_loudness.filter(|_| compared.reference),
            now.live.filter(|_| compared.live),
        ]
        .into_iter()
        .flatten()
        .map(|loudness| loudness.shortfall_db(anchor_lufs))
        .fold(0.0, f64::max)
        .min(60.0);
        if self.turned_down_db < LEAST_TURNED_DOWN_DB {
            self.turned_down_db = 0.0;
        }
        let anchor = Anchor { lufs: anchor_lufs, turned_down_db: self.turned_down_db };
        self.set_gains(anchor, &now);
        let mut shortfall_db = 0.0;
        let mut note = |loudness: Option<Loudness>, is_heard: bool| {
            if let Some(loudness) = loudness.filter(|_| is_heard) {
                let missing_db = loudness.shortfall_db(anchor.lufs) - anchor.turned_down_db;
                shortfall_db = missing_db.max(0.0);
            }
        };
        note(Some(now.mix), self.heard == Source::Mix);
        note(now.live, self.heard == Source::Live);
        for id in
            [self.heard, self.outgoing].into_iter().filter_map(Source::reference).chain(reference)
        {
            if let Some(loudness) = self.loudness_of(id, request) {
                note(Some(loudness), self.heard == Source::Reference(id));
                let gain_db = loudness.gain_db(anchor.lufs, anchor.turned_down_db);
                let is_heard = self.outgoing_or_heard(Source::Reference(id));
                self.library.set_gain_db(id, gain_db, is_heard);
            }
        }
        self.shortfall_db = shortfall_db;
    }

    /// How loud a reference is. In a blind test nothing is trimmed.
    fn loudness_of(&self, id: ReferenceId, request: &Request) -> Option<Loudness> {
        let loudness = self.library.loudness(id, request.level_match)?;
        let is_blind = request.blind_choices > 0;
        Some(if is_blind { Loudness { trim_db: 0.0, ..loudness } } else { loudness })
    }

    /// Whether a source was already heard before this block.
    fn outgoing_or_heard(&self, source: Source) -> bool {
        let has_just_begun =
            self.fade.value() == 0.0 && self.heard == source && self.outgoing != source;
        self.is_heard(source) && !has_just_begun
    }

    fn set_gains(&mut self, anchor: Anchor, now: &LoudnessNow) {
        let gain =
            |loudness: Loudness| db_to_gain(loudness.gain_db(anchor.lufs, anchor.turned_down_db));
        let is_unheard = |source: Source| !self.outgoing_or_heard(source);
        let unheard =
            [is_unheard(Source::Master), is_unheard(Source::Mix), is_unheard(Source::Live)];
        let unheard_snapshots: [bool; SNAPSHOTS] =
            std::array::from_fn(|n| is_unheard(Source::Snapshot(n)));
        let set = |ramp: &mut Ramp, gain: f64, is_unheard: bool| {
            if is_unheard { ramp.snap(gain) } else { ramp.set(gain) }
        };
        set(&mut self.master_gain, db_to_gain(-anchor.turned_down_db), unheard[0]);
        set(&mut self.mix_gain, gain(now.mix), unheard[1]);
        if let Some(live) = now.live {
            set(&mut self.live_gain, gain(live), unheard[2]);
        }
        for n in 0..SNAPSHOTS {
            let down_db = now.snapshot_lufs[n].map_or(0.0, |lufs| lufs - anchor.lufs);
            // Before there is sound there is no difference.
            let down_db = if down_db.is_finite() { down_db.clamp(0.0, 60.0) } else { 0.0 };
            self.snapshots_down_db[n] = down_db;
            let gain = db_to_gain(-down_db - anchor.turned_down_db);
            set(&mut self.snapshot_gains[n], gain, unheard_snapshots[n]);
        }
    }

    /// Brings what is heard into the block.
    fn render(&mut self, block: &mut StereoBlock<'_>, chain: &Chain, live: Option<&LiveReference>) {
        let frames = block.frames();
        let (heard, outgoing) = (self.heard, self.outgoing);
        let is_fading = !self.fade.is_settled();
        self.library.skip(frames, self.hears_reference());
        let is_same = heard == outgoing;
        if is_fading && !is_same {
            let mut old =
                std::mem::replace(&mut self.old, Scratch { left: Vec::new(), right: Vec::new() });
            self.bring(outgoing, &mut old.block(frames), block, chain, live);
            self.old = old;
        }
        let is_untouched = heard == Source::Master
            && !is_fading
            && self.master_gain.is_settled()
            && self.master_gain.value() == 1.0;
        if is_untouched {
            return;
        }
        let mut new =
            std::mem::replace(&mut self.new, Scratch { left: Vec::new(), right: Vec::new() });
        self.bring(heard, &mut new.block(frames), block, chain, live);
        for frame in 0..frames {
            let mut sample = [new.left[frame], new.right[frame]];
            if is_fading && !self.fade.is_settled() {
                let (old_gain, new_gain) = self.fade_gains();
                let old =
                    if is_same { sample } else { [self.old.left[frame], self.old.right[frame]] };
                sample = [0, 1].map(|c| old_gain * old[c] + new_gain * sample[c]);
            }
            [block.left[frame], block.right[frame]] = sample;
        }
        self.new = new;
    }

    /// Writes a source with its gain; `master` is what left the chain.
    fn bring(
        &mut self,
        source: Source,
        to: &mut StereoBlock<'_>,
        master: &StereoBlock<'_>,
        chain: &Chain,
        live: Option<&LiveReference>,
    ) {
        let plain: Frames<'_> = [master.left, master.right];
        // What has not kept up with the block is silent.
        let live = live.map(LiveReference::frames).filter(|[left, _]| left.len() == to.frames());
        let (from, gain) = match source {
            Source::Reference(id) => return self.library.play(id, to),
            Source::Master => (plain, &mut self.master_gain),
            Source::Mix => (chain.dry(), &mut self.mix_gain),
            Source::Live => {
                let Some(live) = live else {
                    to.left.fill(0.0);
                    to.right.fill(0.0);
                    return;
                };
                (live, &mut self.live_gain)
            }
            Source::Snapshot(n) => {
                let n = n.min(SNAPSHOTS - 1);
                (chain.snapshot_output(n).unwrap_or(plain), &mut self.snapshot_gains[n])
            }
        };
        let [left, right] = [&mut *to.left, &mut *to.right];
        gain.advance_run(left.len(), |frame, gain| {
            left[frame] = gain as f32 * from[0][frame];
            right[frame] = gain as f32 * from[1][frame];
        });
    }

    /// Mix and masters are the same song in step: a straight cross-fade keeps
    /// their level. A reference is another song: there equal power does.
    fn fade_gains(&mut self) -> (f32, f32) {
        let position = self.fade.advance();
        if self.is_dip {
            let (old, new) = (1.0 - 2.0 * position, 2.0 * position - 1.0);
            return (old.max(0.0) as f32, new.max(0.0) as f32);
        }
        if self.heard.is_other_song() || self.outgoing.is_other_song() {
            equal_power(position)
        } else {
            (1.0 - position as f32, position as f32)
        }
    }
}

#[cfg(test)]
mod paged_tests;
#[cfg(test)]
mod tests;
