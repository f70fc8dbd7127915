//! Counting by level.

/// The quietest level that is counted, dB.
const LOWEST_DB: f64 = -70.0;
/// The loudest.
const HIGHEST_DB: f64 = 24.0;

/// How often which level was met, in steps of so many dB.
#[derive(Clone, Debug)]
pub(super) struct LevelCounts {
    step_db: f64,
    counts: Vec<u64>,
}

impl LevelCounts {
    pub(super) fn new(step_db: f64) -> Self {
        let steps = ((HIGHEST_DB - LOWEST_DB) / step_db).ceil() as usize;
        Self { step_db, counts: vec![0; steps] }
    }

    /// Counts a level; one below the lowest is none.
    pub(super) fn count(&mut self, level_db: f64) {
        let place = (level_db - LOWEST_DB) / self.step_db;
        if place >= 0.0 {
            let last = self.counts.len() - 1;
            self.counts[(place as usize).min(last)] += 1;
        }
    }

    /// How many levels lie between two.
    pub(super) fn between(&self, from_db: f64, to_db: f64) -> u64 {
        let place = |db: f64| {
            let place = ((db - LOWEST_DB) / self.step_db).round();
            (place.max(0.0) as usize).min(self.counts.len())
        };
        let (from, to) = (place(from_db), place(to_db));
        self.counts[from.min(to)..to].iter().sum()
    }

    /// The upper edge of the highest step that holds something, dB.
    pub(super) fn highest_db(&self) -> Option<f64> {
        let place = self.counts.iter().rposition(|count| *count > 0)?;
        Some(LOWEST_DB + (place + 1) as f64 * self.step_db)
    }
}
