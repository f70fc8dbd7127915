//! The list of references, between editor, worker and audio thread.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use burnish_dsp::compare::{MOST_LOADED, ReferenceId, Source};
use burnish_dsp::spectrum::SongSpectrum;
use burnish_gui::{ChosenReference, ReferenceStatus};
use burnish_session::measure::Measures;
use burnish_session::references::{MOST_REFERENCES, ReferenceEntry};

use super::session::SavedChoice;
use crate::lock::lock;

const _: () = assert!(MOST_REFERENCES == MOST_LOADED);

/// Nothing is chosen.
const NONE: u32 = 0;
/// The side-chain input is.
const LIVE: u32 = 1;
/// Ids of references begin here.
const FIRST_ID: u32 = 2;

/// What is known of a song once it has been read as a whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SongDetails {
    pub(crate) spectrum: SongSpectrum,
    pub(crate) measures: Option<Measures>,
    /// What is not as it should be with the file.
    pub(crate) warnings: Vec<String>,
}

/// One reference while it is in the list.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    pub(crate) id: ReferenceId,
    pub(crate) saved: ReferenceEntry,
    pub(crate) status: ReferenceStatus,
    pub(crate) waveform: Arc<Vec<f32>>,
    pub(crate) details: Option<Arc<SongDetails>>,
}

impl Reference {
    fn new(id: ReferenceId, saved: ReferenceEntry) -> Self {
        Self {
            id,
            saved,
            status: ReferenceStatus::Waiting,
            waveform: Arc::default(),
            details: None,
        }
    }
}

/// The list.
#[derive(Debug)]
pub(crate) struct ReferenceDesk {
    list: Mutex<Vec<Reference>>,
    /// Ids in the order of the list, for the audio thread; 0 beyond its end.
    order: [AtomicU32; MOST_REFERENCES],
    chosen: AtomicU32,
    next_id: AtomicU32,
}

impl ReferenceDesk {
    pub(crate) fn new() -> Self {
        Self {
            list: Mutex::default(),
            order: std::array::from_fn(|_| AtomicU32::new(NONE)),
            chosen: AtomicU32::new(NONE),
            next_id: AtomicU32::new(FIRST_ID),
        }
    }

    /// Audio thread: what "reference" is, and its id when it is a song.
    pub(crate) fn chosen_source(&self) -> Option<Source> {
        match self.chosen.load(Ordering::Relaxed) {
            NONE => None,
            LIVE => Some(Source::Live),
            id => Some(Source::Reference(ReferenceId(id))),
        }
    }

    /// Audio thread: chooses a song by its place in the list, if there is one.
    pub(crate) fn choose_place(&self, place: usize) {
        let id = self.order.get(place).map_or(NONE, |id| id.load(Ordering::Relaxed));
        if id != NONE {
            self.chosen.store(id, Ordering::Relaxed);
        }
    }

    /// Audio thread: chooses the song that many places further on, round and round.
    pub(crate) fn step(&self, places: isize) {
        let order = || self.order.iter().map(|id| id.load(Ordering::Relaxed));
        let count = order().take_while(|id| *id != NONE).count() as isize;
        if count == 0 {
            return;
        }
        let chosen = self.chosen.load(Ordering::Relaxed);
        let next = match order().position(|id| id == chosen && id != NONE) {
            Some(place) => (place as isize + places).rem_euclid(count),
            None if places > 0 => 0,
            None => count - 1,
        };
        self.choose_place(next as usize);
    }

    pub(crate) fn chosen(&self) -> ChosenReference {
        match self.chosen.load(Ordering::Relaxed) {
            NONE => ChosenReference::None,
            LIVE => ChosenReference::Live,
            id => lock(&self.list)
                .iter()
                .position(|reference| reference.id.0 == id)
                .map_or(ChosenReference::None, ChosenReference::Song),
        }
    }

    pub(crate) fn choose(&self, chosen: ChosenReference) {
        match chosen {
            ChosenReference::None => self.chosen.store(NONE, Ordering::Relaxed),
            ChosenReference::Live => self.chosen.store(LIVE, Ordering::Relaxed),
            ChosenReference::Song(place) => self.choose_place(place),
        }
    }

    /// A copy of the list.
    pub(crate) fn list(&self) -> Vec<Reference> {
        lock(&self.list).clone()
    }

    /// Whether there is any.
    pub(crate) fn is_empty(&self) -> bool {
        lock(&self.list).is_empty()
    }

    /// Adds files at the end, as far as there is room; how many had none. The
    /// first one that is ever added is chosen.
    pub(crate) fn add(&self, paths: &[PathBuf]) -> usize {
        let mut list = lock(&self.list);
        let room = MOST_REFERENCES - list.len().min(MOST_REFERENCES);
        for path in paths.iter().take(room) {
            list.push(Reference::new(self.new_id(), ReferenceEntry::new(path)));
        }
        self.publish(&list);
        if self.chosen.load(Ordering::Relaxed) == NONE
            && let Some(first) = list.first()
        {
            self.chosen.store(first.id.0, Ordering::Relaxed);
        }
        paths.len().saturating_sub(room)
    }

    /// Takes one out of the list; its neighbour is chosen in its place.
    pub(crate) fn remove(&self, place: usize) {
        let mut list = lock(&self.list);
        if place >= list.len() {
            return;
        }
        let removed = list.remove(place);
        self.publish(&list);
        if self.chosen.load(Ordering::Relaxed) == removed.id.0 {
            let neighbour = list.get(place).or(list.last());
            let next = neighbour.map_or(NONE, |reference| reference.id.0);
            self.chosen.store(next, Ordering::Relaxed);
        }
    }

    /// Takes the one of that id out of the list.
    pub(crate) fn remove_id(&self, id: ReferenceId) {
        let place = lock(&self.list).iter().position(|reference| reference.id == id);
        if let Some(place) = place {
            self.remove(place);
        }
    }

    /// Brings one back that was taken out, under its old id; nothing when the
    /// list is full or has it.
    pub(crate) fn insert(&self, place: usize, id: ReferenceId, saved: ReferenceEntry) {
        let mut list = lock(&self.list);
        let is_there = list.iter().any(|reference| reference.id == id);
        if is_there || list.len() >= MOST_REFERENCES {
            return;
        }
        let place = place.min(list.len());
        list.insert(place, Reference::new(id, saved));
        self.publish(&list);
        if self.chosen.load(Ordering::Relaxed) == NONE {
            self.chosen.store(id.0, Ordering::Relaxed);
        }
    }

    /// Another file for one that could not be read; all else stays.
    pub(crate) fn replace_file(&self, place: usize, path: PathBuf) {
        self.edit(place, |reference| {
            reference.saved.path = path;
            // A new name for the worker: what it holds by the old one is given up.
            reference.id = self.new_id();
            reference.status = ReferenceStatus::Waiting;
        });
    }

    /// Changes one of the list.
    pub(crate) fn edit(&self, place: usize, edit: impl FnOnce(&mut Reference)) {
        let mut list = lock(&self.list);
        let Some(reference) = list.get_mut(place) else { return };
        let old_id = reference.id;
        edit(reference);
        let id = reference.id;
        self.publish(&list);
        if id != old_id && self.chosen.load(Ordering::Relaxed) == old_id.0 {
            self.chosen.store(id.0, Ordering::Relaxed);
        }
    }

    /// Worker: changes the one of that id, if it is still in the list.
    pub(crate) fn edit_id(&self, id: ReferenceId, edit: impl FnOnce(&mut Reference)) {
        let mut list = lock(&self.list);
        if let Some(reference) = list.iter_mut().find(|reference| reference.id == id) {
            edit(reference);
        }
    }

    /// What is saved of the list.
    pub(crate) fn saved(&self) -> (Vec<ReferenceEntry>, SavedChoice) {
        let chosen = match self.chosen() {
            ChosenReference::None => SavedChoice::None,
            ChosenReference::Live => SavedChoice::Live,
            ChosenReference::Song(place) => SavedChoice::Song(place),
        };
        (lock(&self.list).iter().map(|reference| reference.saved.clone()).collect(), chosen)
    }

    /// Takes a saved list. What is already there, file by file, is kept as it is loaded.
    pub(crate) fn restore(&self, entries: Vec<ReferenceEntry>, chosen: SavedChoice) {
        let mut list = lock(&self.list);
        let mut present = std::mem::take(&mut *list);
        for saved in entries {
            let same = present.iter().position(|reference| reference.saved.path == saved.path);
            list.push(match same {
                Some(place) => Reference { saved, ..present.swap_remove(place) },
                None => Reference::new(self.new_id(), saved),
            });
        }
        self.publish(&list);
        let chosen = match chosen {
            SavedChoice::None => NONE,
            SavedChoice::Live => LIVE,
            SavedChoice::Song(place) => list.get(place).map_or(NONE, |reference| reference.id.0),
        };
        self.chosen.store(chosen, Ordering::Relaxed);
    }

    fn new_id(&self) -> ReferenceId {
        ReferenceId(self.next_id.fetch_add(1, Ordering::Relaxed))
    }

    fn publish(&self, list: &[Reference]) {
        for (place, id) in self.order.iter().enumerate() {
            let present = list.get(place).map_or(NONE, |reference| reference.id.0);
            id.store(present, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk(names: &[&str]) -> ReferenceDesk {
        let desk = ReferenceDesk::new();
        desk.add(&names.iter().map(PathBuf::from).collect::<Vec<_>>());
        desk
    }

    #[test]
    fn next_and_previous_go_round() {
        let desk = desk(&["a.wav", "b.wav", "c.wav"]);
        let steps: Vec<_> = [1, 1, 1, -1, -1, -1]
            .into_iter()
            .map(|step| {
                desk.step(step);
                desk.chosen()
            })
            .collect();
        assert_eq!(steps, [1, 2, 0, 2, 1, 0].map(ChosenReference::Song));
        ReferenceDesk::new().step(1);
    }

    #[test]
    fn the_list_has_an_end_and_says_what_had_no_room() {
        let names: Vec<String> = (0..25).map(|n| format!("{n}.wav")).collect();
        let desk = ReferenceDesk::new();
        assert_eq!(desk.add(&names.iter().map(PathBuf::from).collect::<Vec<_>>()), 5);
        assert_eq!(desk.list().len(), MOST_REFERENCES);
    }

    #[test]
    fn whoever_takes_the_chosen_one_out_hears_its_neighbour() {
        let desk = desk(&["a.wav", "b.wav"]);
        desk.choose(ChosenReference::Song(1));
        desk.remove(1);
        assert_eq!(desk.chosen(), ChosenReference::Song(0));
        desk.remove(0);
        assert_eq!(desk.chosen(), ChosenReference::None);
        assert_eq!(desk.chosen_source(), None);
    }

    #[test]
    fn what_was_taken_out_comes_back_where_it_was_as_what_it_was() {
        let desk = desk(&["a.wav", "b.wav", "c.wav"]);
        let second = desk.list()[1].clone();
        desk.remove_id(second.id);
        assert_eq!(desk.list().len(), 2);
        desk.insert(1, second.id, second.saved.clone());
        desk.insert(1, second.id, second.saved);
        let paths: Vec<_> = desk.list().into_iter().map(|r| r.saved.path).collect();
        assert_eq!(paths, ["a.wav", "b.wav", "c.wav"].map(PathBuf::from));
        assert_eq!(desk.list()[1].id, second.id);
    }

    #[test]
    fn a_restored_list_keeps_what_is_loaded() {
        let desk = desk(&["a.wav", "b.wav"]);
        let id = desk.list()[1].id;
        desk.edit(1, |reference| reference.status = ReferenceStatus::Ready);
        let (mut saved, chosen) = desk.saved();
        saved.swap(0, 1);
        saved.push(ReferenceEntry::new(std::path::Path::new("c.wav")));
        desk.restore(saved, chosen);
        assert_eq!(desk.list()[0].id, id);
        assert_eq!(desk.list()[0].status, ReferenceStatus::Ready);
        assert_eq!(desk.list()[2].status, ReferenceStatus::Waiting);
        // Another file for the same song is another thing to load.
        desk.replace_file(0, "/elsewhere/b.wav".into());
        assert_ne!(desk.list()[0].id, id);
        assert_eq!(desk.chosen(), ChosenReference::Song(0));
    }
}
