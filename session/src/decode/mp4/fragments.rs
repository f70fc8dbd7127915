//! Fragments of a movie (ISO/IEC 14496-12, 8.8): where their audio lies, and what lacks.
//!
//! Symphonia goes on behind what it read last and never back, counts all places from the
//! fragment's beginning, takes one list of a track from each fragment, and is not told when
//! a fragment begins. What it would read otherwise than it is meant is found out here.

use super::fields::{boxes, u32_at, u64_at};

/// What all fragments of a track have in common.
#[derive(Clone, Copy, Debug, Default)]
struct Defaults {
    track_id: u32,
    units: u32,
    bytes: u32,
}

/// A passage that lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    /// Units of the track that are there before it.
    pub(super) at: u64,
    /// Its own.
    pub(super) units: u64,
}

/// What the fragments say about a track.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    track_id: u32,
    /// Units of all its packets.
    pub(super) units: u64,
    /// What lacks between its packets.
    pub(super) gaps: Vec<Gap>,
    /// Why it cannot be read, if so.
    pub(super) refusal: Option<&'static str>,
    /// Where the audio ends that came last.
    end: u64,
    /// By how much its first fragment is late.
    origin: Option<u64>,
}

/// What the fragments say.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    defaults: Vec<Defaults>,
    parts: Vec<Parts>,
    /// Packets of all tracks.
    pub(super) packets: u64,
    /// Length of the whole, in units of the movie.
    pub(super) length: Option<u64>,
}

const OUT_OF_ORDER: &str = "an M4A whose audio does not lie in its order";
const BACK_IN_TIME: &str = "an M4A whose fragments go back in time";
const OTHERS: &str = "an M4A whose fragments are described in several ways";

impl Fragments {
    /// Takes what all of them have in common, an `mvex`.
    pub(super) fn expect(&mut self, body: &[u8]) {
        for (kind, body) in boxes(body) {
            match kind {
                b"mehd" => self.length = time(body),
                b"trex" => self.defaults.extend(defaults(body)),
                _ => {}
            }
        }
    }

    /// Takes a fragment, a `moof` that stands at such a place.
    pub(super) fn take(&mut self, place: u64, body: &[u8]) {
        // Where a part of it counts from that does not say so.
        let mut implied = place;
        let mut seen = Vec::new();
        for (_, body) in boxes(body).filter(|(kind, _)| *kind == b"traf") {
            let Some(mut part) = self.part(body, place, implied) else { continue };
            if seen.contains(&part.defaults.track_id) {
                part.refusal = Some(OTHERS);
            }
            seen.push(part.defaults.track_id);
            let runs = boxes(body).filter(|(kind, _)| *kind == b"trun");
            for (_, run) in runs {
                let Some(run) = part.run(run) else { continue };
                self.packets = self.packets.saturating_add(run.packets);
                self.track(part.defaults.track_id).add(part, run);
                part.end = run.end;
                part.begins_at = None;
            }
            implied = part.end;
        }
    }

    /// What is known of a track that has so many units before its first fragment.
    pub(super) fn of(&self, track_id: u32, before: u64) -> Parts {
        let found = self.parts.iter().find(|parts| parts.track_id == track_id);
        let mut parts = found.cloned().unwrap_or_default();
        parts.units = parts.units.saturating_add(before);
        for gap in &mut parts.gaps {
            gap.at = gap.at.saturating_add(before);
        }
        parts
    }

    fn track(&mut self, track_id: u32) -> &mut Parts {
        let place = self.parts.iter().position(|parts| parts.track_id == track_id);
        let place = place.unwrap_or_else(|| {
            self.parts.push(Parts { track_id, ..Parts::default() });
            self.parts.len() - 1
        });
        &mut self.parts[place]
    }

    fn part(&self, body: &[u8], moof: u64, implied: u64) -> Option<Part> {
        let find = |name: &[u8; 4]| boxes(body).find(|(kind, _)| *kind == name);
        let (_, head) = find(b"tfhd")?;
        let (flags, track_id) = (u32_at(head, 0)?, u32_at(head, 4)?);
        let common = self.defaults.iter().find(|common| common.track_id == track_id).copied();
        let mut defaults = common.unwrap_or_default();
        defaults.track_id = track_id;
        let mut place = 8;
        let mut take = |flag: u32, bytes: usize| {
            let found = (flags & flag != 0).then_some(place);
            place += if found.is_some() { bytes } else { 0 };
            found
        };
        let base = take(1, 8).and_then(|place| u64_at(head, place));
        let description = take(2, 4).and_then(|place| u32_at(head, place));
        let mut number = |flag| take(flag, 4).and_then(|place| u32_at(head, place));
        defaults.units = number(8).unwrap_or(defaults.units);
        defaults.bytes = number(16).unwrap_or(defaults.bytes);
        let is_from_start = flags & 0x2_0000 != 0;
        let assumed = base.unwrap_or(moof);
        let base = base.unwrap_or(if is_from_start { moof } else { implied });
        let changes = description.is_some_and(|number| number != 1);
        Some(Part {
            defaults,
            base,
            end: base,
            begins_at: find(b"tfdt").and_then(|(_, body)| time(body)),
            refusal: match (changes, base == assumed) {
                (true, _) => Some(OTHERS),
                (_, false) => Some(OUT_OF_ORDER),
                _ => None,
            },
        })
    }
}

/// What a fragment says about a track.
#[derive(Clone, Copy, Debug)]
struct Part {
    defaults: Defaults,
    /// From where its runs count.
    base: u64,
    /// Where its newest run ends.
    end: u64,
    /// When it begins, until something of it came.
    begins_at: Option<u64>,
    refusal: Option<&'static str>,
}

/// Packets one behind another.
#[derive(Clone, Copy, Debug)]
struct Run {
    start: u64,
    end: u64,
    packets: u64,
    units: u64,
}

impl Part {
    fn run(&self, body: &[u8]) -> Option<Run> {
        let (flags, packets) = (u32_at(body, 0)?, u64::from(u32_at(body, 4)?));
        let has = |flag: u32| flags & flag != 0;
        let mut place = 8;
        let mut start = self.end;
        if has(1) {
            start = self.base.saturating_add_signed(i64::from(u32_at(body, place)? as i32));
            place += 4;
        }
        if has(4) {
            place += 4;
        }
        let width = [0x100, 0x200, 0x400, 0x800].into_iter().filter(|flag| has(*flag)).count();
        let entries = body.get(place..).unwrap_or_default().chunks_exact(4 * width.max(1));
        let entries = entries.take(usize::try_from(packets).unwrap_or(usize::MAX));
        let sum = |column: usize| -> u64 {
            entries.clone().filter_map(|entry| u32_at(entry, 4 * column)).map(u64::from).sum()
        };
        let all = |each: u32| packets.saturating_mul(u64::from(each));
        let units = if has(0x100) { sum(0) } else { all(self.defaults.units) };
        let bytes =
            if has(0x200) { sum(usize::from(has(0x100))) } else { all(self.defaults.bytes) };
        Some(Run { start, end: start.saturating_add(bytes), packets, units })
    }
}

impl Parts {
    fn add(&mut self, part: Part, run: Run) {
        if run.packets == 0 {
            return;
        }
        self.refusal = self.refusal.or(part.refusal);
        if run.start < self.end {
            self.refusal = Some(OUT_OF_ORDER);
        }
        self.end = run.end;
        if let Some(begins_at) = part.begins_at {
            let missing: u64 = self.gaps.iter().map(|gap| gap.units).sum();
            let before = self.units.saturating_add(missing);
            let due = before.saturating_add(*self.origin.get_or_insert(begins_at));
            // Clocks of other units are rounded; nothing that is lost is less than a packet.
            let half_packet = run.units / run.packets / 2;
            if begins_at > due.saturating_add(half_packet) {
                self.gaps.push(Gap { at: self.units, units: begins_at - due });
            } else if begins_at.saturating_add(half_packet) < due {
                self.refusal = Some(BACK_IN_TIME);
            }
        }
        self.units = self.units.saturating_add(run.units);
    }
}

fn defaults(body: &[u8]) -> Option<Defaults> {
    let number = |place| u32_at(body, place);
    Some(Defaults { track_id: number(4)?, units: number(12)?, bytes: number(16)? })
}

/// A time, whose width the version tells.
fn time(body: &[u8]) -> Option<u64> {
    if *body.first()? == 1 { u64_at(body, 4) } else { u32_at(body, 4).map(u64::from) }
}
