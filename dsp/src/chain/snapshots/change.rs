//! What the paths do to come from one set of settings to another without a gap.

use super::SnapshotPaths;
use crate::chain::hand_over::CROSSING_PATHS;
use crate::processor::StereoBlock;
use crate::settings::ChainSettings;

impl SnapshotPaths {
    /// Settings that come soon are loaded, not moved to by hand.
    pub(in crate::chain) fn expect_load(&mut self) {
        self.crossing.expect_load();
    }

    /// Whether what is heard is yet to cross over to settings that are there already.
    pub(in crate::chain) fn is_crossing(&self) -> bool {
        self.crossing.is_under_way() || self.is_held
    }

    /// By how many frames what is heard lags.
    pub(in crate::chain) fn latency_frames(&self) -> usize {
        self.latency_frames
    }

    /// Whether settings of the current snapshot need a path of their own to be
    /// heard without a gap: those of another latency, of another snapshot, or
    /// loaded. A chain that has one path, and nowhere to get another from, cannot
    /// give them one.
    pub(super) fn must_cross(
        &mut self,
        settings: &ChainSettings,
        current: usize,
        latency_frames: usize,
    ) -> bool {
        let can_cross = self.has_two() || self.hand_over.is_some();
        if !can_cross || !self.has_audio {
            return false;
        }
        if self.crossing.is_under_way() {
            return true;
        }
        // Where all are fed, the path of another snapshot is at work already.
        let is_chosen = current != self.current && self.are_all_fed;
        let heard = if is_chosen { current } else { self.current };
        let path = &mut self.paths[self.path_of[heard]];
        let Some(before) = path.settings().copied() else { return false };
        let is_late = latency_frames != self.latency_frames
            || path.latency_with(&before) != path.latency_with(settings);
        let is_another = current != self.current && !self.are_all_fed;
        is_late || (before != *settings && (is_another || self.crossing.takes_load()))
    }

    /// Has another path take these settings, and be heard when it is ready; one
    /// that is on its way there already takes them too. Where there is none yet it
    /// is asked for, and the settings are held.
    pub(super) fn cross(
        &mut self,
        settings: &ChainSettings,
        current: usize,
        latency_frames: usize,
    ) {
        if !self.crossing.leads_to(current, latency_frames) {
            self.is_held = !self.has_two() || !self.fade.is_settled();
            if self.is_held {
                if let Some(hand_over) = &self.hand_over {
                    hand_over.want(CROSSING_PATHS);
                }
                if self.crossing.takes_load() {
                    self.crossing.expect_load();
                }
                return;
            }
            // The other snapshots' paths are fed again once this has ended.
            (self.are_all_fed, self.are_side_by_side) = (false, false);
            let at_work = self.path_of[self.current];
            let path = usize::from(at_work == 0);
            self.crossing.begin(path, current, latency_frames);
            self.paths[path].forget_settings();
        }
        self.paths[self.crossing.path()].configure(settings, latency_frames);
    }

    fn has_two(&self) -> bool {
        self.paths.len() >= CROSSING_PATHS
    }

    /// Frames until a path that is getting ready is heard.
    pub(in crate::chain) fn frames_to_crossing(&self) -> usize {
        self.crossing.frames_left()
    }

    /// Whether that moment has come: from now on the latency is the new path's.
    pub(in crate::chain) fn has_begun_to_cross(&mut self) -> bool {
        if self.crossing.is_waiting() && !self.paths[self.crossing.path()].has_arrived() {
            self.crossing.wait_anew();
        }
        let at_work = self.path_of[self.current];
        let has_begun = self.crossing.begin_fade(at_work);
        if has_begun {
            self.arrive();
        }
        has_begun
    }

    /// What was to be heard next is heard at once.
    pub(super) fn end_crossing(&mut self) {
        if self.crossing.end() {
            self.arrive();
        }
        self.is_held = false;
    }

    /// The path that was getting ready is that of the current snapshot.
    fn arrive(&mut self) {
        let (path, current) = (self.crossing.path(), self.crossing.snapshot());
        match self.path_of.iter().position(|of| *of == path) {
            Some(other) => self.path_of.swap(other, current),
            // One path does for all snapshots: it is another one now.
            None => self.path_of.fill(path),
        }
        self.current = current;
        self.latency_frames = self.crossing.latency_frames();
    }

    /// What the path at work makes of a run, and beside it the one that comes, or
    /// that which goes.
    pub(super) fn process_one(&mut self, run: &mut StereoBlock<'_>, start: usize, song_frame: i64) {
        let at_work = self.path_of[self.current];
        let Some(beside) = self.crossing.path_beside() else {
            self.paths[at_work].process(run, start, song_frame);
            return;
        };
        let [left, right] = &mut self.beside;
        let range = start..start + run.frames();
        let (left, right) = (&mut left[range.clone()], &mut right[range]);
        left.copy_from_slice(run.left);
        right.copy_from_slice(run.right);
        self.paths[beside].process(&mut StereoBlock::new(left, right), start, song_frame);
        self.paths[at_work].process(run, start, song_frame);
        self.crossing.fade(run, [left, right]);
    }
}
