//! The balance of the bands, and what rings.

use super::finding::{Finding, Kind, Span, Sureness};
use super::windows::Window;

/// Bands a third of an octave wide, from this centre, Hz,
const FIRST_HZ: f64 = 50.0;
/// so many of them.
const THIRDS: usize = 25;
/// Bands in which what rings is looked for, an octave's share each.
const FINE_PER_OCTAVE: usize = 24;
/// From here, Hz,
const FINE_FROM_HZ: f64 = 60.0;
/// so many.
const FINE: usize = 180;
/// A fine band rings if it stands out in most windows, dB,
const RINGS_DB: f64 = 7.0;
/// and its octaves and its twelfth do not by so much.
const NOTE_DB: f64 = 3.5;
/// What is compared with it: the middle of so many fine bands either way.
const AROUND: usize = 12;
/// Mud, Hz, and what the curve around it is drawn through.
const MUD: Region = Region { kind: Kind::Mud, hz: [180.0, 355.0], around_hz: [50.0, 13_000.0] };
/// Harshness, likewise.
const HARSHNESS: Region =
    Region { kind: Kind::Harshness, hz: [2000.0, 4500.0], around_hz: [60.0, 8000.0] };
/// So much more than the curve is too much, dB.
const EXCESS_DB: f64 = 3.8;
/// And likely to be heard as such.
const LIKELY_DB: f64 = 7.0;
/// Sibilants, Hz.
const SIBILANT_HZ: [f64; 2] = [5000.0, 9000.0];
/// What they are compared with, Hz.
const VOICE_HZ: [f64; 2] = [500.0, 4000.0];
/// Bursts so far above their own middle that also pass the voice by this are sharp, dB.
const BURST_DB: [f64; 2] = [14.0, 3.0];
/// Windows quieter than this below the loudest tell nothing, dB.
const QUIET_DB: f64 = 40.0;
/// Passages are so long, seconds.
const SPAN_S: f64 = 3.0;

/// A region of the spectrum that may stand over the rest.
struct Region {
    kind: Kind,
    hz: [f64; 2],
    around_hz: [f64; 2],
}

/// The levels of one window.
#[derive(Debug)]
struct Levels {
    start_s: f64,
    total: f32,
    thirds: [f32; THIRDS],
    sibilant: f32,
    voice: f32,
}

/// Looks at the balance of the bands.
#[derive(Debug)]
pub(super) struct Tone {
    windows: Vec<Levels>,
    /// Levels of the fine bands of every longer window, dB.
    fine: Vec<Vec<f32>>,
}

fn third_hz(band: usize) -> [f64; 2] {
    let centre_hz = FIRST_HZ * 10f64.powf(0.1 * band as f64);
    [centre_hz / 10f64.powf(0.05), centre_hz * 10f64.powf(0.05)]
}

fn fine_hz(band: usize) -> [f64; 2] {
    let at = |place: f64| FINE_FROM_HZ * (place / FINE_PER_OCTAVE as f64).exp2();
    [at(band as f64 - 0.5), at(band as f64 + 0.5)]
}

/// Power between two frequencies; a bin at the edge counts by its share.
fn between(window: &Window<'_>, [from_hz, to_hz]: [f64; 2]) -> f32 {
    let (from, to) = (from_hz / window.bin_hz, to_hz / window.bin_hz);
    let last = window.bins[0].len() - 1;
    let (first_bin, last_bin) = ((from + 0.5) as usize, ((to + 0.5) as usize).min(last));
    (first_bin..=last_bin)
        .map(|bin| {
            let share = (bin as f64 + 0.5).min(to) - (bin as f64 - 0.5).max(from);
            window.power(bin) * share.max(0.0) as f32
        })
        .sum()
}

fn db(power: f64) -> f64 {
    10.0 * power.max(1e-20).log10()
}

impl Tone {
    pub(super) fn new() -> Self {
        Self { windows: Vec::new(), fine: Vec::new() }
    }

    pub(super) fn take(&mut self, window: &Window<'_>) {
        self.windows.push(Levels {
            start_s: window.start_s,
            total: between(window, [30.0, 16_000.0]),
            thirds: std::array::from_fn(|band| between(window, third_hz(band))),
            sibilant: between(window, SIBILANT_HZ),
            voice: between(window, VOICE_HZ),
        });
    }

    /// A window long enough to tell tones apart.
    pub(super) fn take_long(&mut self, window: &Window<'_>) {
        let levels = |band| db(f64::from(between(window, fine_hz(band)))) as f32;
        self.fine.push((0..FINE).map(levels).collect());
    }

    /// Windows that are loud enough to tell something.
    fn loud(&self) -> impl Iterator<Item = &Levels> {
        let loudest = self.windows.iter().map(|window| window.total).fold(0.0, f32::max);
        let least = loudest * 10f32.powf(-0.1 * QUIET_DB as f32);
        self.windows.iter().filter(move |window| window.total > least.max(1e-10))
    }

    /// The mean level of each third, dB; every window counts alike, however loud.
    fn thirds_db(&self) -> [f64; THIRDS] {
        let mut levels = [0.0f64; THIRDS];
        let mut count: f64 = 0.0;
        for window in self.loud() {
            for (level, third) in levels.iter_mut().zip(window.thirds) {
                *level += f64::from(third) / f64::from(window.total);
            }
            count += 1.0;
        }
        levels.map(|level| db(level / count.max(1.0)))
    }

    /// How far a range stands over the parabola through what lies around it, dB.
    fn excess_db(&self, region: &Region) -> f64 {
        let [from_hz, to_hz] = region.hz;
        let levels_db = self.thirds_db();
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        for (band, level_db) in levels_db.into_iter().enumerate() {
            let [low, high] = third_hz(band);
            let hz = (low * high).sqrt();
            let octaves = hz.log2();
            if (from_hz..to_hz).contains(&hz) {
                inside.push((octaves, level_db));
            } else if (region.around_hz[0]..region.around_hz[1]).contains(&hz) && level_db > -90.0 {
                outside.push((octaves, level_db));
            }
        }
        let Some(curve) = parabola(&outside) else { return 0.0 };
        let over = inside.iter().map(|(at, level_db)| level_db - curve(*at)).sum::<f64>();
        over / inside.len().max(1) as f64
    }

    /// The fine bands that ring: centre, Hz, and by how much, dB.
    fn rings(&self) -> Vec<(f64, f64)> {
        let loudest = self.fine.iter().map(|bands| total_db(bands)).fold(f64::MIN, f64::max);
        let loud: Vec<&Vec<f32>> =
            self.fine.iter().filter(|bands| total_db(bands) > loudest - QUIET_DB).collect();
        if loud.len() < 12 {
            return Vec::new();
        }
        let mut rings = Vec::new();
        let mut around = Vec::new();
        for band in 1..FINE - 1 {
            let mut stands_db: Vec<f32> = loud
                .iter()
                .map(|bands| {
                    around.clear();
                    let range = band.saturating_sub(AROUND)..(band + AROUND + 1).min(FINE);
                    around.extend(range.filter(|other| other.abs_diff(band) > 2).map(|b| bands[b]));
                    around.sort_by(f32::total_cmp);
                    bands[band] - around[around.len() * 3 / 4]
                })
                .collect();
            stands_db.sort_by(f32::total_cmp);
            let stands_db = f64::from(stands_db[stands_db.len() / 2]);
            let [low, high] = fine_hz(band);
            rings.push(((low * high).sqrt(), stands_db));
        }
        rings.sort_by(|a, b| b.1.total_cmp(&a.1));
        rings
    }

    /// Those of them that are no notes: a note's octave or twelfth stands out as well.
    fn ringing(&self) -> Vec<(f64, f64)> {
        let all = self.rings();
        let stands_at = |hz: f64| {
            let near = all.iter().filter(|(other, _)| (other / hz).log2().abs() < 0.045);
            near.map(|(_, stands_db)| *stands_db).fold(f64::NEG_INFINITY, f64::max)
        };
        let is_note = |hz: f64| [0.5, 2.0, 3.0].iter().any(|times| stands_at(hz * times) > NOTE_DB);
        all.iter().filter(|(hz, _)| !is_note(*hz)).copied().collect()
    }

    /// How far the sharpest bursts stand over their own middle and over the voice, dB.
    fn bursts(&self) -> [f64; 2] {
        let mut own: Vec<f64> = Vec::new();
        let mut beside: Vec<f64> = Vec::new();
        for window in self.loud() {
            own.push(db(f64::from(window.sibilant)));
            beside.push(db(f64::from(window.sibilant)) - db(f64::from(window.voice)));
        }
        if own.len() < 20 {
            return [0.0; 2];
        }
        own.sort_by(f64::total_cmp);
        beside.sort_by(f64::total_cmp);
        let at = |values: &[f64], share: f64| values[(share * (values.len() - 1) as f64) as usize];
        [at(&own, 0.98) - at(&own, 0.5), at(&beside, 0.98)]
    }

    /// What there is to be seen.
    pub(super) fn evidence(&self) -> String {
        let rings: Vec<String> =
            self.ringing().iter().take(3).map(|(hz, db)| format!("{hz:.0}:{db:.1}")).collect();
        format!(
            "mud {:.1} harsh {:.1} bursts {:.1?} rings {}",
            self.excess_db(&MUD),
            self.excess_db(&HARSHNESS),
            self.bursts(),
            rings.join(" ")
        )
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.windows.is_empty() {
            return findings;
        }
        for region in [MUD, HARSHNESS] {
            let excess_db = self.excess_db(&region);
            if excess_db > EXCESS_DB {
                let sureness =
                    if excess_db > LIKELY_DB { Sureness::Likely } else { Sureness::Uncertain };
                findings.push(
                    Finding::new(region.kind, sureness, excess_db, EXCESS_DB)
                        .within(region.hz)
                        .at(self.worst(region.hz)),
                );
            }
        }
        let bursts_db = self.bursts();
        if bursts_db[0] > BURST_DB[0] && bursts_db[1] > BURST_DB[1] {
            findings.push(
                Finding::new(Kind::Sibilance, Sureness::Uncertain, bursts_db[1], BURST_DB[1])
                    .within(SIBILANT_HZ)
                    .at(self.worst(SIBILANT_HZ)),
            );
        }
        let mut rings: Vec<(f64, f64)> = Vec::new();
        for (hz, stands_db) in self.ringing() {
            let is_new = rings.iter().all(|(other, _)| (hz / other).log2().abs() > 0.25);
            if stands_db > RINGS_DB && is_new && rings.len() < 3 {
                rings.push((hz, stands_db));
            }
        }
        for (hz, stands_db) in rings {
            let sureness =
                if stands_db > RINGS_DB + 3.0 { Sureness::Likely } else { Sureness::Uncertain };
            let half = (1.0f64 / 12.0).exp2();
            let band_hz = [hz / half, hz * half];
            findings.push(
                Finding::new(Kind::Resonance, sureness, stands_db, RINGS_DB)
                    .within(band_hz)
                    .at(self.worst(band_hz)),
            );
        }
        findings
    }

    /// The passage in which the thirds of a range have most of the power.
    fn worst(&self, [from_hz, to_hz]: [f64; 2]) -> Vec<Span> {
        let share = |window: &Levels| -> f64 {
            let power: f32 = (0..THIRDS)
                .filter(|band| {
                    let [low, high] = third_hz(*band);
                    high > from_hz && low < to_hz
                })
                .map(|band| window.thirds[band])
                .sum();
            f64::from(power) / f64::from(window.total).max(1e-10)
        };
        let Some(hop_s) =
            self.windows.get(1).map(|window| window.start_s - self.windows[0].start_s)
        else {
            return Vec::new();
        };
        let loudest = self.windows.iter().map(|window| window.total).fold(0.0, f32::max);
        let least = loudest * 10f32.powf(-0.1 * QUIET_DB as f32);
        let shares: Vec<f64> = self
            .windows
            .iter()
            .map(|window| if window.total > least { share(window) } else { 0.0 })
            .collect();
        let of_span = ((SPAN_S / hop_s) as usize).clamp(1, shares.len());
        let start = shares
            .windows(of_span)
            .map(|span| span.iter().sum::<f64>())
            .enumerate()
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map_or(0, |(start, _)| start);
        let from_s = self.windows[start].start_s;
        vec![Span { from_s, to_s: from_s + SPAN_S }]
    }
}

/// The parabola through points, by least squares.
fn parabola(points: &[(f64, f64)]) -> Option<impl Fn(f64) -> f64 + use<>> {
    if points.len() < 4 {
        return None;
    }
    let middle = points.iter().map(|(x, _)| x).sum::<f64>() / points.len() as f64;
    let mut sums = [0.0; 5];
    let mut right = [0.0; 3];
    for (x, y) in points {
        let x = x - middle;
        for (power, sum) in sums.iter_mut().enumerate() {
            *sum += x.powi(power as i32);
        }
        for (power, sum) in right.iter_mut().enumerate() {
            *sum += y * x.powi(power as i32);
        }
    }
    // Cramer's rule on three normal equations.
    let matrix =
        [[sums[0], sums[1], sums[2]], [sums[1], sums[2], sums[3]], [sums[2], sums[3], sums[4]]];
    let determinant = |m: [[f64; 3]; 3]| {
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
            - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
            + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
    };
    let whole = determinant(matrix);
    if whole.abs() < 1e-9 {
        return None;
    }
    let [a, b, c] = std::array::from_fn(|column| {
        let mut with = matrix;
        for (row, value) in with.iter_mut().zip(right) {
            row[column] = value;
        }
        determinant(with) / whole
    });
    Some(move |x: f64| a + b * (x - middle) + c * (x - middle).powi(2))
}

fn total_db(bands: &[f32]) -> f64 {
    db(bands.iter().map(|band| 10f64.powf(f64::from(*band) / 10.0)).sum())
}
