//! Beginnings, ends, gaps and clicks.

use super::finding::{Finding, Kind, Span, Sureness};

/// Blocks whose levels are kept, seconds.
const BLOCK_S: f64 = 0.005;
/// A first or last block this far below the loud passages is under way already, dB.
const UNDER_WAY_DB: f64 = 30.0;
/// What lies so far below the loud passages is silence, dB.
const SILENT_DB: f64 = 60.0;
/// And what lies below this, dBFS.
const SILENT_DBFS: f64 = -110.0;
/// An offset and rumble are not what begins and ends: looked at from here, Hz.
const FROM_HZ: f64 = 40.0;
/// Blocks that tell whether the music is under way.
const UNDER_WAY_BLOCKS: usize = 8;
/// So much silence before the music is a note worth, seconds.
const LEAD_S: f64 = 1.0;
/// And after it.
const TAIL_S: f64 = 6.0;
/// A gap of exact zeros in both channels is at least so long, seconds,
const GAP_S: f64 = 0.001;
/// and at most.
const LONGEST_GAP_S: f64 = 0.5;
/// The music on both sides of it is no further below the loud passages than this, dB.
const GAP_BESIDE_DB: f64 = 40.0;
/// A click is a bend so many times that of the samples around it,
const CLICK: f32 = 14.0;
/// no longer than so many samples,
const CLICK_SAMPLES: usize = 6;
/// looked at over so many on either side.
const BESIDE: usize = 96;
/// It is no click below this, full scale being 1.
const LEAST_BEND: f32 = 0.02;
/// Clicks that are told.
const MOST_SPANS: usize = 5;
/// So many are likely to be clicks,
const LIKELY_CLICKS: usize = 3;
/// and more than so many are the wave's own corners.
const WAVE_CLICKS: usize = 60;
/// More gaps than this are rests.
const RESTS: usize = 12;

/// Finds single samples that do not belong in one channel.
#[derive(Debug)]
struct Clicks {
    /// The last samples' third differences.
    bends: Vec<f32>,
    samples: [f32; 3],
    found: Vec<u64>,
    frames: u64,
}

impl Clicks {
    fn new() -> Self {
        Self { bends: Vec::new(), samples: [0.0; 3], found: Vec::new(), frames: 0 }
    }

    fn take(&mut self, samples: &[f32]) {
        for sample in samples {
            let [a, b, c] = self.samples;
            self.bends.push((sample - 3.0 * c + 3.0 * b - a).abs());
            self.samples = [b, c, *sample];
            self.frames += 1;
            if self.bends.len() == 32 * BESIDE {
                self.look();
                let done = self.bends.len() - 2 * BESIDE;
                self.bends.drain(..done);
            }
        }
    }

    /// Looks at all that has enough on both sides.
    fn look(&mut self) {
        let first = self.frames - self.bends.len() as u64;
        let mut place = BESIDE;
        while place + BESIDE < self.bends.len() {
            let bend = self.bends[place];
            if bend < LEAST_BEND {
                place += 1;
                continue;
            }
            let before = &self.bends[place - BESIDE..place - CLICK_SAMPLES];
            let after = &self.bends[place + CLICK_SAMPLES..place + BESIDE];
            let highest = |bends: &[f32]| bends.iter().copied().fold(0.0, f32::max);
            let beside = highest(before).max(highest(after));
            if bend > CLICK * beside.max(1e-5) {
                self.found.push(first + place as u64);
                place += BESIDE;
            } else {
                place += 1;
            }
        }
    }
}

/// Looks at beginnings, ends, gaps and clicks.
#[derive(Debug)]
pub(super) struct Edges {
    sample_rate_hz: f64,
    block_frames: usize,
    /// Mean square of each block.
    blocks: Vec<f32>,
    power: f64,
    in_block: usize,
    /// What is taken away of each channel below [`FROM_HZ`].
    low: [f32; 2],
    low_share: f32,
    /// Frames of exact zeros up to now, and whether there was sound before.
    zeros: u64,
    has_sounded: bool,
    /// Gaps: first frame and length.
    gaps: Vec<(u64, u64)>,
    clicks: [Clicks; 2],
    frames: u64,
}

impl Edges {
    pub(super) fn new(sample_rate_hz: f64) -> Self {
        Self {
            sample_rate_hz,
            block_frames: ((BLOCK_S * sample_rate_hz) as usize).max(1),
            blocks: Vec::new(),
            power: 0.0,
            in_block: 0,
            low: [0.0; 2],
            low_share: 1.0 - (-std::f64::consts::TAU * FROM_HZ / sample_rate_hz).exp() as f32,
            zeros: 0,
            has_sounded: false,
            gaps: Vec::new(),
            clicks: [Clicks::new(), Clicks::new()],
            frames: 0,
        }
    }

    pub(super) fn take(&mut self, left: &[f32], right: &[f32]) {
        if self.frames == 0
            && let (Some(left), Some(right)) = (left.first(), right.first())
        {
            self.low = [*left, *right];
        }
        for (left, right) in left.iter().zip(right) {
            if *left == 0.0 && *right == 0.0 {
                self.zeros += 1;
            } else {
                self.end_zeros();
                self.has_sounded = true;
            }
            let mut power = 0.0;
            for (low, sample) in self.low.iter_mut().zip([*left, *right]) {
                *low += self.low_share * (sample - *low);
                power += 0.5 * (sample - *low).powi(2);
            }
            self.power += f64::from(power);
            self.in_block += 1;
            self.frames += 1;
            if self.in_block == self.block_frames {
                self.blocks.push((self.power / self.in_block as f64) as f32);
                self.power = 0.0;
                self.in_block = 0;
            }
        }
        self.clicks[0].take(left);
        self.clicks[1].take(right);
    }

    fn end_zeros(&mut self) {
        let seconds = self.zeros as f64 / self.sample_rate_hz;
        if self.has_sounded && (GAP_S..LONGEST_GAP_S).contains(&seconds) && self.gaps.len() < 10_000
        {
            self.gaps.push((self.frames - self.zeros, self.zeros));
        }
        self.zeros = 0;
    }

    /// The level that loud passages have, dBFS.
    fn loud_dbfs(&self) -> f64 {
        let mut levels: Vec<f32> =
            self.blocks.iter().copied().filter(|power| db(*power) > SILENT_DBFS).collect();
        if levels.is_empty() {
            return f64::NEG_INFINITY;
        }
        let place = levels.len() * 3 / 4;
        let place = place.min(levels.len() - 1);
        db(*levels.select_nth_unstable_by(place, f32::total_cmp).1)
    }

    /// The level of some 20 ms beside a frame, dBFS.
    fn beside_dbfs(&self, frame: u64, is_after: bool) -> f64 {
        let block = (frame / self.block_frames as u64) as usize;
        let range = if is_after { block + 1..block + 5 } else { block.saturating_sub(4)..block };
        self.blocks.get(range).map_or(f64::NEG_INFINITY, |blocks| {
            db(blocks.iter().sum::<f32>() / blocks.len().max(1) as f32)
        })
    }

    fn seconds(&self, frame: u64) -> f64 {
        frame as f64 / self.sample_rate_hz
    }

    fn gap_places(&self, loud_dbfs: f64) -> Vec<(u64, u64)> {
        let is_beside =
            |frame, is_after| self.beside_dbfs(frame, is_after) > loud_dbfs - GAP_BESIDE_DB;
        let in_music =
            |gap: &&(u64, u64)| is_beside(gap.0, false) && is_beside(gap.0 + gap.1, true);
        self.gaps.iter().filter(in_music).copied().collect()
    }

    fn click_places(&self) -> Vec<u64> {
        let near_gap = |frame: u64| {
            let near = (0.002 * self.sample_rate_hz) as u64;
            self.gaps
                .iter()
                .any(|(at, length)| (at.saturating_sub(near)..at + length + near).contains(&frame))
        };
        let mut places: Vec<u64> = self
            .clicks
            .iter()
            .flat_map(|clicks| clicks.found.iter().copied())
            .filter(|frame| *frame > BESIDE as u64 && !near_gap(*frame))
            .collect();
        places.sort_unstable();
        places.dedup_by(|b, a| b.abs_diff(*a) < BESIDE as u64);
        places
    }

    /// The first and last block with sound.
    fn sounding(&self) -> Option<[usize; 2]> {
        let silent_dbfs = SILENT_DBFS.max(self.loud_dbfs() - SILENT_DB);
        let sounds = |power: &f32| db(*power) > silent_dbfs;
        Some([self.blocks.iter().position(sounds)?, self.blocks.iter().rposition(sounds)?])
    }

    /// What there is to be seen.
    pub(super) fn evidence(&self) -> String {
        let loud = self.loud_dbfs();
        let ends = self.sounding().map(|[first, last]| {
            let mean = |range: std::ops::Range<usize>| {
                let blocks = self.blocks.get(range).unwrap_or(&[]);
                db(blocks.iter().sum::<f32>() / blocks.len().max(1) as f32) - loud
            };
            (
                first,
                mean(first..first + 2),
                self.blocks.len() - last,
                mean(last.saturating_sub(3)..last),
            )
        });
        format!(
            "gaps {} of {} clicks {} ends {ends:.1?}",
            self.gap_places(loud).len(),
            self.gaps.len(),
            self.click_places().len(),
        )
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let Some([first, last]) = self.sounding() else { return findings };
        let loud_dbfs = self.loud_dbfs();
        let gaps = self.gap_places(loud_dbfs);
        if !gaps.is_empty() {
            let longest = gaps.iter().map(|(_, frames)| *frames).max().unwrap_or(0);
            let mut order = gaps.clone();
            order.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
            let spans = order
                .iter()
                .take(MOST_SPANS)
                .map(|(at, frames)| Span {
                    from_s: self.seconds(*at),
                    to_s: self.seconds(at + frames),
                })
                .collect();
            findings.push(
                Finding::new(
                    Kind::Dropout,
                    // So many are rests.
                    if gaps.len() > RESTS { Sureness::Uncertain } else { Sureness::Likely },
                    1000.0 * self.seconds(longest),
                    1000.0 * GAP_S,
                )
                .counted(gaps.len() as u64)
                .at(spans),
            );
        }
        let clicks = self.click_places();
        if !clicks.is_empty() {
            // Very many are a wave with corners.
            let sureness = if (LIKELY_CLICKS..=WAVE_CLICKS).contains(&clicks.len()) {
                Sureness::Likely
            } else {
                Sureness::Uncertain
            };
            let spans = clicks
                .iter()
                .take(MOST_SPANS)
                .map(|at| Span { from_s: self.seconds(*at), to_s: self.seconds(*at) })
                .collect();
            findings.push(
                Finding::new(Kind::Clicks, sureness, clicks.len() as f64, 0.0)
                    .counted(clicks.len() as u64)
                    .at(spans),
            );
        }
        let block_s = self.block_frames as f64 / self.sample_rate_hz;
        let length_s = self.blocks.len() as f64 * block_s;
        // The middle one: a drum begins as suddenly, but is not under way before it has.
        let middle_db = |from: usize, to: usize| {
            let mut blocks = self.blocks[from.min(to)..to.min(self.blocks.len())].to_vec();
            blocks.sort_by(f32::total_cmp);
            blocks.get(blocks.len() / 2).map_or(f64::NEG_INFINITY, |power| db(*power))
        };
        let first_db = db(self.blocks[0]);
        if first == 0 && first_db > loud_dbfs - UNDER_WAY_DB {
            findings.push(
                Finding::new(
                    Kind::CutBeginning,
                    // A tight cut before a drum looks like it.
                    Sureness::Uncertain,
                    first_db - loud_dbfs,
                    -UNDER_WAY_DB,
                )
                .at(vec![Span { from_s: 0.0, to_s: 3.0f64.min(length_s) }]),
            );
        }
        let lead_s = first as f64 * block_s;
        if lead_s > LEAD_S {
            findings.push(
                Finding::new(Kind::SilenceAtStart, Sureness::Certain, lead_s, LEAD_S)
                    .at(vec![Span { from_s: 0.0, to_s: lead_s }]),
            );
        }
        let end_db = middle_db((last + 1).saturating_sub(UNDER_WAY_BLOCKS), last + 1);
        if end_db > loud_dbfs - UNDER_WAY_DB {
            let to_s = (last + 1) as f64 * block_s;
            findings.push(
                Finding::new(Kind::CutEnd, Sureness::Likely, end_db - loud_dbfs, -UNDER_WAY_DB)
                    .at(vec![Span { from_s: (to_s - 3.0).max(0.0), to_s }]),
            );
        }
        let tail_s = (self.blocks.len() - 1 - last) as f64 * block_s;
        if tail_s > TAIL_S {
            findings.push(
                Finding::new(Kind::SilenceAtEnd, Sureness::Certain, tail_s, TAIL_S)
                    .at(vec![Span { from_s: length_s - tail_s, to_s: length_s }]),
            );
        }
        findings
    }
}

fn db(power: f32) -> f64 {
    10.0 * f64::from(power.max(1e-20)).log10()
}
