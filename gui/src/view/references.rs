//! The references as the editor shows them.

use std::path::PathBuf;
use std::sync::Arc;

use burnish_dsp::compare::LevelMatch;
use burnish_session::references::{ReferenceFacts, Region};

/// What became of a reference's file.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ReferenceStatus {
    /// It waits for its turn, or for the host to start the stream.
    #[default]
    Waiting,
    /// It is being read; progress 0 to 1.
    Loading(f32),
    /// It can be played.
    Ready,
    /// It could not be read: one clear line, what was expected and found. Name,
    /// facts and regions are kept, and another file can be chosen for it.
    Failed(String),
}

/// One reference.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReferenceView {
    /// What it is called.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// What became of it.
    pub status: ReferenceStatus,
    /// What it measures, or measured when it was last read.
    pub facts: Option<ReferenceFacts>,
    /// Gain on top of equal loudness, -12 to 12 dB.
    pub trim_db: f64,
    /// Loop regions.
    pub regions: Vec<Region>,
    /// The one that is played; `None` plays the whole song.
    pub region: Option<usize>,
    /// Whether it plays on by itself, and not where the song is.
    pub is_free_running: bool,
    /// Highest magnitude in each of equal shares of the song (about 1000), full
    /// scale 1.0; empty before it was read.
    pub waveform: Arc<Vec<f32>>,
    /// What is not as it should be with the file, though it plays; a sentence each.
    pub warnings: Vec<String>,
}

/// Which reference "Reference" is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChosenReference {
    /// There is none.
    #[default]
    None,
    /// The song at this place in the list.
    Song(usize),
    /// What comes in at the side-chain input.
    Live,
}

/// The side-chain input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveInput {
    /// Whether the host has given the plug-in a side-chain input.
    pub is_connected: bool,
    /// Its integrated loudness, LUFS; negative infinity before there is any.
    pub integrated_lufs: f64,
}

impl Default for LiveInput {
    fn default() -> Self {
        Self { is_connected: false, integrated_lufs: f64::NEG_INFINITY }
    }
}

/// All references and how they are heard.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ReferencesView<'a> {
    /// At most [`MOST_REFERENCES`](burnish_session::references::MOST_REFERENCES).
    pub list: &'a [ReferenceView],
    /// The one that is compared with.
    pub chosen: ChosenReference,
    /// The side-chain input.
    pub live: LiveInput,
    /// Where the chosen song plays, seconds from its start; `None` while nothing plays.
    pub position_s: Option<f64>,
    /// What is brought to equal loudness by.
    pub level_match: LevelMatch,
    /// By how much everything, the master too, is turned down while comparing,
    /// so that what has no headroom can be as loud as the rest; dB, 0 or more.
    /// Above 0 even the master is not what a render contains.
    pub turned_down_db: f64,
    /// How much quieter than the others what is heard still is, dB, 0 or more.
    pub shortfall_db: f64,
}

impl ReferencesView<'_> {
    /// The chosen song, when a song is chosen.
    pub fn chosen_song(&self) -> Option<&ReferenceView> {
        match self.chosen {
            ChosenReference::Song(place) => self.list.get(place),
            _ => None,
        }
    }

    /// Whether "Reference" can be heard.
    pub fn can_be_heard(&self) -> bool {
        self.why_not_heard().is_none()
    }

    /// Why "Reference" cannot be heard, if so.
    pub fn why_not_heard(&self) -> Option<&'static str> {
        match (self.chosen, self.chosen_song().map(|song| &song.status)) {
            (ChosenReference::Live, _) => {
                (!self.live.is_connected).then_some("Nothing has come in at the side-chain yet.")
            }
            (_, Some(ReferenceStatus::Ready)) => None,
            (_, Some(ReferenceStatus::Failed(_))) => Some("The chosen reference cannot be played."),
            (_, Some(_)) => Some("The chosen reference is being read."),
            (_, None) => Some("Load a song to compare with first."),
        }
    }
}

/// What a person can ask for about references.
#[derive(Clone, Debug, PartialEq)]
pub enum ReferenceEdit {
    /// Ask for files and add them.
    Browse,
    /// Add these files, dropped or pasted.
    Add(Vec<PathBuf>),
    /// Compare with this one; the next and previous are host parameters too.
    Choose(ChosenReference),
    /// Take one out of the list; also cancels its loading.
    Remove(usize),
    /// Ask for another file for one that could not be read, keeping all else.
    Find(usize),
    /// Call it something else.
    Rename(usize, String),
    /// Set its trim, dB.
    Trim(usize, f64),
    /// Play it by itself, or where the song is.
    FreeRun(usize, bool),
    /// Add a loop region and play it.
    AddRegion(usize, Region),
    /// Move a region: song, region, where to.
    MoveRegion(usize, usize, Region),
    /// Take a region out.
    RemoveRegion(usize, usize),
    /// Play a region, or the whole song.
    ChooseRegion(usize, Option<usize>),
    /// Bring to equal loudness by this.
    LevelMatch(LevelMatch),
    /// End the comparison: the plain master, not turned down.
    StopComparing,
}
