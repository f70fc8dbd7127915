//! How loud all that runs beside each other is, followed over time.

use super::level::{Difference, LevelMatch, Loudness, Passage};
use super::live::LiveReference;
use crate::chain::{Chain, SNAPSHOTS};
use crate::loudness::Level;

/// What the meters read of everything in one moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Levels {
    mix: Level,
    master: Level,
    /// While they run side by side.
    snapshots: [Option<Level>; SNAPSHOTS],
    live: Option<Level>,
}

impl Levels {
    pub(super) fn of(chain: &Chain, live: Option<&LiveReference>) -> Self {
        Self {
            mix: chain.mix_level(),
            master: chain.master_level(),
            snapshots: std::array::from_fn(|snapshot| chain.snapshot_level(snapshot)),
            live: live.map(LiveReference::level),
        }
    }
}

/// How loud everything is, for the gains of this moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct LoudnessNow {
    pub(super) mix: Loudness,
    master_lufs: f64,
    pub(super) live: Option<Loudness>,
    /// While they run side by side.
    pub(super) snapshot_lufs: [Option<f64>; SNAPSHOTS],
}

impl LoudnessNow {
    /// What everything is brought to: the master, or the quietest snapshot.
    pub(super) fn anchor_lufs(&self) -> f64 {
        let quietest = self.snapshot_lufs.into_iter().flatten().reduce(f64::min);
        quietest.unwrap_or(self.master_lufs)
    }
}

/// Short-term loudness of what runs beside the song.
#[derive(Clone, Copy, Debug, Default)]
struct Passages {
    mix: Passage,
    master: Passage,
    live: Passage,
    snapshots: [Passage; SNAPSHOTS],
}

/// What has been learnt of the song and of its masters.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Measured {
    mix_song: Passage,
    master: Difference,
    snapshots: [Difference; SNAPSHOTS],
    passages: Passages,
    is_level: bool,
}

impl Measured {
    /// Whether everything that runs has been measured, and nothing is matched
    /// by the present moment alone.
    pub(super) fn is_level(&self) -> bool {
        self.is_level
    }

    /// Takes readings in.
    pub(super) fn follow(&mut self, levels: &Levels) {
        let Levels { mix, master, snapshots, live } = levels;
        if mix.song_lufs.is_finite() {
            self.mix_song.follow(mix.song_lufs);
        }
        self.passages.mix.follow(mix.short_term_lufs);
        self.passages.master.follow(master.short_term_lufs);
        self.master.follow(master, mix);
        self.is_level = self.master.is_known();
        if let Some(live) = live {
            self.passages.live.follow(live.short_term_lufs);
        }
        for (n, level) in snapshots.iter().enumerate() {
            let Some(level) = level else {
                // What it becomes until it runs again is not known.
                self.snapshots[n] = Difference::default();
                continue;
            };
            self.snapshots[n].follow(level, mix);
            self.passages.snapshots[n].follow(level.short_term_lufs);
            self.is_level &= self.snapshots[n].is_known();
        }
    }

    /// How loud everything is by what has been learnt.
    pub(super) fn loudness(&self, levels: &Levels, level_match: LevelMatch) -> LoudnessNow {
        let Levels { mix, master, snapshots, live } = levels;
        let of = |passage: &Passage, whole_lufs: f64| match level_match {
            LevelMatch::Integrated => whole_lufs,
            LevelMatch::ShortTerm => passage.lufs(whole_lufs),
        };
        let plain =
            |lufs: f64, true_peak_dbtp: f64| Loudness { lufs, true_peak_dbtp, trim_db: 0.0 };
        let song_lufs = self.mix_song.lufs(mix.momentary_lufs);
        let of_master = |difference: &Difference, passage: &Passage, level: &Level| {
            of(passage, song_lufs + difference.db(level, mix))
        };
        LoudnessNow {
            mix: plain(of(&self.passages.mix, song_lufs), mix.true_peak_dbtp),
            master_lufs: of_master(&self.master, &self.passages.master, master),
            live: live.map(|live| {
                let is_known = live.song_lufs.is_finite();
                let whole_lufs = if is_known { live.song_lufs } else { live.momentary_lufs };
                plain(of(&self.passages.live, whole_lufs), live.true_peak_dbtp)
            }),
            snapshot_lufs: std::array::from_fn(|n| {
                let level = snapshots[n].as_ref()?;
                Some(of_master(&self.snapshots[n], &self.passages.snapshots[n], level))
            }),
        }
    }
}
