//! Clipping at any level: tops that are flat, and how often which amplitude is met.
//!
//! The amplitudes of music grow rarer towards the highest. Where it was cut off, one amplitude
//! near the edge is met far too often (Laguna and Lerch, AES 141, 2016), and the wave stands
//! still there between two corners. Both survive any gain; only the first survives an encoder.

use super::finding::{Channel, Finding, Kind, Span, Sureness};
use super::levels::LevelCounts;

/// Steps of the levels of flat tops, dB.
const TOP_STEP_DB: f64 = 0.02;
/// Steps of the amplitudes, dB.
const AMPLITUDE_STEP_DB: f64 = 0.1;
/// Neighbours that differ by no more of their own size stand still: 16 bits with dither do,
/// 12 dB below full scale.
const STILL: f32 = 6e-4;
/// And this is one step of 16 bits.
const STEP: f32 = 1.0 / 32_768.0;
/// The wave leaves a flat top so many times faster than it moves on it.
const CORNER: f32 = 5.0;
/// And by at least so much of its size.
const LEAST_CORNER: f32 = 1.5e-3;
/// Samples of the shortest flat top.
const SHORTEST: u32 = 3;
/// Flat tops no further below the peak than this are cut off at one level, dB.
const ONE_LEVEL_DB: f64 = 0.12;
/// Tops below this are not looked at.
const QUIETEST: f32 = 0.003;
/// So many at one level are no chance,
const FEWEST: u64 = 4;
/// and one on which not a step is moved for so many samples.
const DEAD_FLAT: u32 = 5;
/// An amplitude near the edge that is met so many times more often than those below it was one
/// where the wave was cut off, before something else was done to it.
const BUMP: f64 = 1.2;
/// So many are certain.
const CERTAIN: u64 = 12;
/// Places that are told.
const MOST_SPANS: usize = 5;

/// One flat top.
#[derive(Clone, Copy, Debug)]
struct Top {
    level: f32,
    at_s: f64,
    samples: u32,
    /// Not one step is moved on it.
    is_still: bool,
}

/// One side of the wave of one channel.
#[derive(Debug)]
struct Side {
    amplitudes: LevelCounts,
    tops: LevelCounts,
    places: Vec<Top>,
    peak: f32,
}

impl Side {
    fn new() -> Self {
        Self {
            amplitudes: LevelCounts::new(AMPLITUDE_STEP_DB),
            tops: LevelCounts::new(TOP_STEP_DB),
            places: Vec::new(),
            peak: 0.0,
        }
    }

    /// A flat top; those far below the peak are forgotten again.
    fn top(&mut self, top: Top) {
        const MOST: usize = 4096;
        self.tops.count(db(top.level));
        if self.places.len() == MOST {
            let peak = self.peak;
            self.places.retain(|place| place.level > 0.97 * peak);
            self.places.truncate(MOST / 2);
        }
        self.places.push(top);
    }

    /// The flat tops at the highest level: how many there are, and the level.
    fn cut(&self) -> Option<(u64, f64)> {
        let peak_db = db(self.peak);
        let at_top = self.tops.between(peak_db - ONE_LEVEL_DB, peak_db + TOP_STEP_DB);
        // As many in every step of the next 3 dB would be the music's own.
        let below = self.tops.between(peak_db - 3.0, peak_db - ONE_LEVEL_DB) as f64;
        let by_chance = below * ONE_LEVEL_DB / (3.0 - ONE_LEVEL_DB);
        let is_many = at_top >= FEWEST && at_top as f64 > 4.0 * by_chance;
        let least = self.peak * 10f32.powf(-ONE_LEVEL_DB as f32 / 20.0);
        let is_dead = self
            .places
            .iter()
            .any(|place| place.level >= least && place.is_still && place.samples >= DEAD_FLAT);
        (is_many || is_dead).then_some((at_top, peak_db))
    }

    /// How many times more often than a little below it an amplitude near the edge is met.
    fn bump(&self) -> f64 {
        let peak_db = db(self.peak);
        let density = |db: f64| {
            let count = self.amplitudes.between(db - 0.15, db + 0.15);
            (count, count as f64 / 10f64.powf(db / 20.0))
        };
        let mut highest: f64 = 0.0;
        for step in 0..60 {
            let at_db = peak_db - 0.1 * f64::from(step);
            let (count, here) = density(at_db);
            if count < 120 {
                continue;
            }
            let lowest = (3..=20)
                .map(|below| density(at_db - 0.1 * f64::from(below)).1)
                .fold(f64::INFINITY, f64::min);
            highest = highest.max(here / lowest.max(f64::MIN_POSITIVE));
        }
        highest
    }
}

fn db(amplitude: f32) -> f64 {
    20.0 * f64::from(amplitude.max(1e-9)).log10()
}

/// Where the wave stands still.
#[derive(Debug, Default)]
struct Run {
    /// The sample before it, and its own first.
    before: f32,
    first: f32,
    samples: u32,
    /// How much neighbours on it differ at most.
    moves: f32,
}

#[derive(Debug)]
struct ChannelTops {
    /// Above and below zero.
    sides: [Side; 2],
    run: Run,
    last: f32,
}

impl ChannelTops {
    fn new() -> Self {
        Self { sides: [Side::new(), Side::new()], run: Run::default(), last: 0.0 }
    }

    fn take(&mut self, sample: f32, at_s: f64) {
        let size = sample.abs();
        let side = &mut self.sides[usize::from(sample < 0.0)];
        side.peak = side.peak.max(size);
        side.amplitudes.count(db(size));
        let move_ = (sample - self.last).abs();
        if move_ <= STILL.mul_add(size, STEP) && size > QUIETEST {
            self.run.samples += 1;
            self.run.moves = self.run.moves.max(move_);
        } else {
            self.end_run(sample, at_s);
            self.run = Run { before: self.last, first: sample, samples: 1, moves: 0.0 };
        }
        self.last = sample;
    }

    /// The wave moves on: was that a flat top?
    fn end_run(&mut self, next: f32, at_s: f64) {
        let run = &self.run;
        if run.samples < SHORTEST || run.first.abs() <= QUIETEST {
            return;
        }
        let sign = run.first.signum();
        let (rise, fall) = (sign * (run.first - run.before), sign * (self.last - next));
        let size = run.first.abs();
        let corner = (CORNER * run.moves).max(LEAST_CORNER * size);
        if rise >= corner && fall >= corner {
            self.sides[usize::from(sign < 0.0)].top(Top {
                level: size.max(self.last.abs()),
                at_s,
                samples: run.samples,
                is_still: run.moves == 0.0,
            });
        }
    }
}

/// Looks for clipping.
#[derive(Debug)]
pub(super) struct FlatTops {
    sample_rate_hz: f64,
    channels: [ChannelTops; 2],
    frames: u64,
}

impl FlatTops {
    pub(super) fn new(sample_rate_hz: f64) -> Self {
        Self { sample_rate_hz, channels: [ChannelTops::new(), ChannelTops::new()], frames: 0 }
    }

    pub(super) fn take(&mut self, left: &[f32], right: &[f32]) {
        for (channel, samples) in self.channels.iter_mut().zip([left, right]) {
            for (place, sample) in samples.iter().enumerate() {
                let at_s = (self.frames + place as u64) as f64 / self.sample_rate_hz;
                channel.take(*sample, at_s);
            }
        }
        self.frames += left.len() as u64;
    }

    /// What there is to be seen.
    pub(super) fn evidence(&self) -> String {
        let sides = self.channels.iter().flat_map(|channel| &channel.sides);
        let sides: Vec<String> =
            sides.map(|side| format!("[{:?} bump {:.1}]", side.cut(), side.bump())).collect();
        sides.join(" ")
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        let cut: Vec<Vec<(u64, f64)>> = self
            .channels
            .iter()
            .map(|channel| channel.sides.iter().filter_map(Side::cut).collect())
            .collect();
        let tops: u64 = cut.iter().flatten().map(|(count, _)| count).sum();
        if tops == 0 {
            return self.bump().into_iter().collect();
        }
        let sureness = if tops >= CERTAIN { Sureness::Certain } else { Sureness::Likely };
        let level_db = cut.iter().flatten().map(|(_, db)| *db).fold(f64::NEG_INFINITY, f64::max);
        let channel = match (cut[0].is_empty(), cut[1].is_empty()) {
            (false, true) => Some(Channel::Left),
            (true, false) => Some(Channel::Right),
            _ => None,
        };
        vec![
            Finding::new(Kind::Clipping, sureness, level_db, 0.0)
                .counted(tops)
                .at(self.places())
                .of_channel(channel),
        ]
    }

    /// Cut off before something else was done to the wave.
    fn bump(&self) -> Option<Finding> {
        let bumps = self.channels.iter().flat_map(|channel| &channel.sides).map(Side::bump);
        let mean = (bumps.map(f64::ln).sum::<f64>() / 4.0).exp();
        let peak = self.channels.iter().flat_map(|channel| &channel.sides).map(|side| side.peak);
        let level_db = db(peak.fold(0.0, f32::max));
        // Music that repeats itself and steady tones have one as well.
        (mean > BUMP).then(|| Finding::new(Kind::Clipping, Sureness::Uncertain, level_db, 0.0))
    }

    /// Where the longest flat tops lie.
    fn places(&self) -> Vec<Span> {
        let mut longest: Vec<(u32, f64)> = self
            .channels
            .iter()
            .flat_map(|channel| &channel.sides)
            .filter(|side| side.cut().is_some())
            .flat_map(|side| {
                let least = side.peak * 10f32.powf(-ONE_LEVEL_DB as f32 / 20.0);
                side.places.iter().filter(move |place| place.level >= least)
            })
            .map(|place| (place.samples, place.at_s))
            .collect();
        longest.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.total_cmp(&b.1)));
        let mut spans: Vec<Span> = Vec::new();
        for (_, at_s) in longest {
            // What is heard in one go is one place.
            if spans.len() < MOST_SPANS && spans.iter().all(|span| (span.from_s - at_s).abs() > 1.0)
            {
                spans.push(Span { from_s: at_s, to_s: at_s });
            }
        }
        spans
    }
}
