//! The parts of a song around where it plays: what is held of it in memory.
//!
//! The song lies elsewhere. A filler, off the audio thread, brings its pages in
//! ahead of the music; the audio thread says where it plays, reads what is there,
//! and is told where something is missing. Nothing is handed over and nothing
//! waits: the memory is shared, and a page that is replaced while it is read
//! counts as missing.
//!
//! That is a *sequence lock* for every page (Boehm, "Can seqlocks get along with
//! programming language memory models?", 2012): the place of a page holds a
//! number that is never used again, and a frame counts only where the place is
//! the same before and after it was read.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering, fence};

/// Frames in a page: a third of a second at 48 kHz.
pub const PAGE_FRAMES: usize = 1 << 14;
/// Pages from where the song plays.
const AHEAD: usize = 12;
/// Pages before that.
const BEHIND: usize = 1;
/// Pages from the beginning of the loop.
const FROM_FIRST: usize = 3;
/// Places that were jumped to last, which a host's own loop comes back to.
const JUMPS: usize = 4;
/// Pages from each of them.
const FROM_JUMP: usize = 2;
/// Pages that are held of a song: 3 MB.
const MOST_PAGES: usize = AHEAD + BEHIND + FROM_FIRST + JUMPS * FROM_JUMP;

/// The page is not in memory.
const ABSENT: u64 = 0;

/// Pages of one song, shared between the audio thread and a [`PageFiller`].
#[derive(Debug)]
pub struct Pages {
    frames: usize,
    /// Of each page of the song: the slot where it lies in the lower half, in the
    /// upper half a number that is never used again; [`ABSENT`] if it lies nowhere.
    places: Box<[AtomicU64]>,
    /// Slots of [`PAGE_FRAMES`]; a frame holds the bits of left and right.
    memory: Box<[AtomicU64]>,
    /// Where the song plays, and where its loop begins.
    position: AtomicUsize,
    first: AtomicUsize,
    jumps: [AtomicUsize; JUMPS],
    next_jump: AtomicUsize,
}

impl Pages {
    /// Room for the pages of a song of so many frames, and the one who fills it.
    pub fn of(frames: usize) -> (Arc<Self>, PageFiller) {
        let count = frames.div_ceil(PAGE_FRAMES);
        let slots = count.min(MOST_PAGES);
        let pages = Arc::new(Self {
            frames,
            places: (0..count).map(|_| AtomicU64::new(ABSENT)).collect(),
            memory: (0..slots * PAGE_FRAMES).map(|_| AtomicU64::new(0)).collect(),
            position: AtomicUsize::new(0),
            first: AtomicUsize::new(0),
            jumps: std::array::from_fn(|_| AtomicUsize::new(0)),
            next_jump: AtomicUsize::new(0),
        });
        let filler = PageFiller { pages: Arc::clone(&pages), held: vec![None; slots], fills: 0 };
        (pages, filler)
    }

    /// Length of the song, frames.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Audio thread: a frame of the song, silent beyond its end; `None` where it
    /// is not in memory.
    pub(super) fn frame(&self, position: usize) -> Option<[f32; 2]> {
        if position >= self.frames {
            return Some([0.0; 2]);
        }
        let place = self.places.get(position / PAGE_FRAMES)?;
        let before = place.load(Ordering::Acquire);
        if before == ABSENT {
            return None;
        }
        let slot = before as u32 as usize;
        let frame = self.memory.get(slot * PAGE_FRAMES + position % PAGE_FRAMES)?;
        let bits = frame.load(Ordering::Relaxed);
        fence(Ordering::Acquire);
        (place.load(Ordering::Relaxed) == before)
            .then(|| [f32::from_bits(bits as u32), f32::from_bits((bits >> 32) as u32)])
    }

    /// Audio thread: where the song plays, and where its loop begins.
    pub(super) fn show_position(&self, position: usize, first: usize) {
        self.position.store(position, Ordering::Relaxed);
        self.first.store(first, Ordering::Relaxed);
    }

    /// Audio thread: the song plays somewhere else now, and may come back there.
    pub(super) fn show_jump(&self, position: usize) {
        let page = |frame: usize| frame / PAGE_FRAMES;
        let known =
            self.jumps.iter().any(|jump| page(jump.load(Ordering::Relaxed)) == page(position));
        if !known && page(position) != page(self.first.load(Ordering::Relaxed)) {
            let next = self.next_jump.load(Ordering::Relaxed) % JUMPS;
            self.jumps[next].store(position, Ordering::Relaxed);
            self.next_jump.store(next + 1, Ordering::Relaxed);
        }
    }

    fn is_held(&self, page: usize) -> bool {
        self.places[page].load(Ordering::Relaxed) != ABSENT
    }

    /// Numbers of the pages that are to be in memory, the most urgent first.
    fn wanted(&self) -> Vec<usize> {
        let page = |frame: &AtomicUsize| frame.load(Ordering::Relaxed) / PAGE_FRAMES;
        let (now, first) = (page(&self.position), page(&self.first));
        let jumps = || self.jumps.iter().map(page);
        let all = [now, now + 1, first]
            .into_iter()
            .chain(jumps())
            .chain(now + 2..now + AHEAD)
            .chain(first + 1..first + FROM_FIRST)
            .chain(jumps().flat_map(|jump| jump + 1..jump + FROM_JUMP))
            .chain(now.saturating_sub(BEHIND)..now);
        let mut wanted = Vec::with_capacity(MOST_PAGES);
        for page in all {
            if page < self.places.len() && !wanted.contains(&page) {
                wanted.push(page);
            }
        }
        wanted
    }
}

/// Brings the pages of a song in: there is only one for each [`Pages`].
#[derive(Debug)]
pub struct PageFiller {
    pages: Arc<Pages>,
    /// The page in each slot.
    held: Vec<Option<usize>>,
    /// Pages that were ever brought in.
    fills: u32,
}

impl PageFiller {
    /// The first frame and the frames of the page that is missing most; `None`
    /// when all that are needed are there.
    pub fn missing(&self) -> Option<(usize, usize)> {
        let page = self.pages.wanted().into_iter().find(|page| !self.pages.is_held(*page))?;
        let first = page * PAGE_FRAMES;
        Some((first, PAGE_FRAMES.min(self.pages.frames - first)))
    }

    /// Puts in what [`Self::missing`] asked for.
    pub fn fill(&mut self, first_frame: usize, frames: &[[f32; 2]]) {
        let page = first_frame / PAGE_FRAMES;
        let wanted = self.pages.wanted();
        let is_free = |held: &Option<usize>| held.is_none_or(|page| !wanted.contains(&page));
        let is_empty = |held: &Option<usize>| held.is_none();
        let slot = self.held.iter().position(is_empty).or(self.held.iter().position(is_free));
        // Where it plays may have changed since it was asked for.
        let Some(slot) = slot else { return };
        if page >= self.pages.places.len() || self.pages.is_held(page) {
            return;
        }
        if let Some(old) = self.held[slot].replace(page) {
            self.pages.places[old].store(ABSENT, Ordering::Relaxed);
        }
        // Whoever sees a new frame sees that the old page is gone.
        fence(Ordering::Release);
        let memory = &self.pages.memory[slot * PAGE_FRAMES..][..PAGE_FRAMES];
        for (cell, [left, right]) in memory.iter().zip(frames) {
            let bits = u64::from(left.to_bits()) | u64::from(right.to_bits()) << 32;
            cell.store(bits, Ordering::Relaxed);
        }
        self.fills = self.fills.wrapping_add(1).max(1);
        let place = u64::from(self.fills) << 32 | slot as u64;
        self.pages.places[page].store(place, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What lies at a frame of the song.
    fn at(frame: usize) -> [f32; 2] {
        [frame as f32, -(frame as f32)]
    }

    fn fill_all(filler: &mut PageFiller) -> usize {
        let mut pages = 0;
        while let Some((first, frames)) = filler.missing() {
            let song: Vec<_> = (first..first + frames).map(at).collect();
            filler.fill(first, &song);
            pages += 1;
        }
        pages
    }

    #[test]
    fn what_is_around_where_it_plays_is_there_and_nothing_is_ever_wrong() {
        let frames = 200 * PAGE_FRAMES + 77;
        let (pages, mut filler) = Pages::of(frames);
        assert_eq!(pages.frame(0), None);
        let mut positions = vec![0, 5, 90 * PAGE_FRAMES, 200 * PAGE_FRAMES, frames - 1];
        positions.extend((0..50).map(|n| n * 7919 * 523 % frames));
        for position in positions {
            pages.show_jump(position);
            pages.show_position(position, 40 * PAGE_FRAMES);
            fill_all(&mut filler);
            for frame in (position..(position + (AHEAD - 1) * PAGE_FRAMES).min(frames)).step_by(99)
            {
                assert_eq!(pages.frame(frame), Some(at(frame)), "{position}, {frame}");
            }
            assert_eq!(pages.frame(40 * PAGE_FRAMES), Some(at(40 * PAGE_FRAMES)));
            for frame in (0..frames).step_by(1001) {
                assert!(pages.frame(frame).is_none_or(|found| found == at(frame)));
            }
        }
        assert_eq!(pages.frame(frames), Some([0.0; 2]));
    }

    #[test]
    fn a_place_that_was_jumped_to_stays_at_hand() {
        let (pages, mut filler) = Pages::of(300 * PAGE_FRAMES);
        let (start, end) = (100 * PAGE_FRAMES + 9, 150 * PAGE_FRAMES);
        for round in 0..3 {
            for position in (start..end).step_by(PAGE_FRAMES / 2) {
                if position == start {
                    assert!(round == 0 || pages.frame(position).is_some());
                    pages.show_jump(position);
                }
                pages.show_position(position, 0);
                fill_all(&mut filler);
            }
        }
    }

    #[test]
    fn a_short_song_is_held_whole_and_one_without_frames_is_silent() {
        let (pages, mut filler) = Pages::of(3 * PAGE_FRAMES + 1);
        assert_eq!(fill_all(&mut filler), 4);
        assert_eq!(pages.frame(3 * PAGE_FRAMES), Some(at(3 * PAGE_FRAMES)));
        let (pages, filler) = Pages::of(0);
        assert_eq!((pages.frame(0), filler.missing()), (Some([0.0; 2]), None));
    }

    #[test]
    #[cfg_attr(
        miri,
        ignore = "pages are long: Miri takes more than five minutes for a few of them"
    )]
    fn a_page_that_is_replaced_while_it_is_read_is_missing_never_wrong() {
        let (pages, mut filler) = Pages::of(400 * PAGE_FRAMES);
        let is_done = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for round in 0..600_usize {
                    pages.show_position(round * 7919 % 400 * PAGE_FRAMES, 0);
                    fill_all(&mut filler);
                }
                is_done.store(1, Ordering::Release);
            });
            let mut found = 0;
            while is_done.load(Ordering::Acquire) == 0 {
                for frame in (0..400 * PAGE_FRAMES).step_by(4093) {
                    if let Some(heard) = pages.frame(frame) {
                        assert_eq!(heard, at(frame));
                        found += 1;
                    }
                }
            }
            assert!(found > 100, "{found}");
        });
    }
}
