//! What the editor is shown, and what it can ask for.

mod balance;
mod blind;
mod check;
mod references;
mod snapshots;

use std::collections::VecDeque;

use burnish_dsp::compare::Listen;
use burnish_dsp::integration::IntegrationMode;
use burnish_dsp::monitor::Monitor;
use burnish_dsp::readings::{ChainSnapshot, HistoryPoint};
use burnish_dsp::reductions::{Reducing, ReductionHistogram};
use burnish_dsp::settings::{ChainSettings, Stage};
use burnish_session::targets::Target;

pub use self::balance::{BalanceEdit, BalanceView};
pub use self::blind::{BlindPageEdit, BlindView};
pub use self::check::CheckView;
pub use self::references::{
    ChosenReference, LiveInput, ReferenceEdit, ReferenceStatus, ReferenceView, ReferencesView,
};
pub use self::snapshots::{
    MOST_NAME_CHARACTERS, SNAPSHOT_LETTERS, SNAPSHOTS, SnapshotEdit, SnapshotsView,
};

/// Columns shown of the scrolling history: 10 s of 10 ms.
pub const HISTORY_POINTS: usize = 1000;
/// Columns kept of it: at its ends only what is whole is shown.
pub const HISTORY_KEPT: usize = HISTORY_POINTS + 16;

/// Width of the spectra's smoothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Smoothing {
    /// 1/24 octave.
    TwentyFourth,
    /// 1/12 octave.
    Twelfth,
    /// 1/6 octave.
    #[default]
    Sixth,
    /// 1/3 octave.
    Third,
    /// 1 octave.
    Octave,
}

impl Smoothing {
    /// All of them, narrow to wide.
    pub const ALL: [Self; 5] =
        [Self::TwentyFourth, Self::Twelfth, Self::Sixth, Self::Third, Self::Octave];

    /// How many of them make an octave.
    pub fn fraction(self) -> u8 {
        match self {
            Self::TwentyFourth => 24,
            Self::Twelfth => 12,
            Self::Sixth => 6,
            Self::Third => 3,
            Self::Octave => 1,
        }
    }

    /// The width in octaves.
    pub fn octaves(self) -> f32 {
        1.0 / f32::from(self.fraction())
    }

    /// The width as it is written: "1/6", "1".
    pub fn name(self) -> &'static str {
        match self {
            Self::TwentyFourth => "1/24",
            Self::Twelfth => "1/12",
            Self::Sixth => "1/6",
            Self::Third => "1/3",
            Self::Octave => "1",
        }
    }
}

/// How the spectra are shown; nothing of it touches the sound.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SpectrumLook {
    /// Smoothing of all curves.
    pub smoothing: Smoothing,
    /// Slope added around 1 kHz, 0 to 6 dB per octave.
    pub tilt_db_per_octave: f32,
    /// Whether the highest levels of the master since the last reset are shown too.
    pub is_peak_held: bool,
    /// Whether the master's average over the song is shown in place of the live spectra.
    pub is_average: bool,
}

/// Smoothed spectra on shared logarithmic frequencies, dBFS; a -20 dBFS sine reads -20.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spectra {
    /// Frequencies of the points, ascending, Hz.
    pub frequencies_hz: Vec<f32>,
    /// The input now; as long as `frequencies_hz`, or empty before there is data
    /// and while averages are shown.
    pub input_db: Vec<f32>,
    /// The master now, or its average over the song.
    pub master_db: Vec<f32>,
    /// The highest level of the master since the last reset; empty unless asked for.
    pub peak_db: Vec<f32>,
    /// The long-term average of the reference, level-matched to the master.
    pub reference_db: Vec<f32>,
}

/// Everything the editor shows. It is rebuilt for every frame from what the
/// host, the engine and the session say; the editor keeps no copy.
#[derive(Debug)]
pub struct View<'a> {
    /// Current settings, read back from the host.
    pub settings: &'a ChainSettings,
    /// Newest readings.
    pub meters: &'a ChainSnapshot,
    /// The last seconds, oldest first, at most [`HISTORY_KEPT`].
    pub history: &'a VecDeque<HistoryPoint>,
    /// How many columns have gone by before the first of them.
    pub history_start: u64,
    /// How often the stages took how much gain since the meters were last reset.
    pub reductions: &'a Reducing<ReductionHistogram>,
    /// The last few thousand output frames for the goniometer, oldest first.
    pub scope: &'a VecDeque<[f32; 2]>,
    /// Spectra.
    pub spectra: &'a Spectra,
    /// How they are shown.
    pub spectrum_look: SpectrumLook,
    /// Whether the host has switched the whole plug-in out.
    pub is_bypassed: bool,
    /// What is being heard.
    pub listen: Listen,
    /// The stage whose change alone is being heard.
    pub delta: Option<Stage>,
    /// The monitor rack.
    pub monitor: Monitor,
    /// The EQ band, from 0, whose region alone is being heard.
    pub solo: Option<usize>,
    /// Whether the limiter's gain is taken back while listening.
    pub is_at_unity_gain: bool,
    /// How the integrated values are to follow the transport.
    pub integration: IntegrationMode,
    /// Whether they are to stand still.
    pub is_integration_paused: bool,
    /// The references.
    pub references: ReferencesView<'a>,
    /// Snapshots, undo and redo.
    pub snapshots: SnapshotsView<'a>,
    /// Tonal balance and the proposal to match it.
    pub balance: BalanceView<'a>,
    /// The blind test.
    pub blind: BlindView<'a>,
    /// Whether the mix is fit.
    pub check: CheckView<'a>,
    /// Whether all that is compared has been measured long enough to be equally loud; before,
    /// it is matched by the present moment alone.
    pub is_level: bool,
    /// Delivery targets to choose from.
    pub targets: &'a [Target],
    /// The chosen target's position in `targets`.
    pub target: usize,
    /// Names of the built-in presets.
    pub presets: &'a [&'a str],
    /// The person's notes.
    pub notes: &'a str,
    /// Sample rate of the stream, Hz; 0 before the host has started it.
    pub sample_rate_hz: f64,
    /// Latency of the chain, frames.
    pub latency_frames: usize,
    /// Which engine makes the sound; the same settings sound the same as long as it stays.
    pub engine_revision: u32,
    /// One line to tell the person, from the last action that failed.
    pub message: Option<&'a str>,
}

/// What the person asked for in this frame.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// A gesture on a parameter begins (its index in `burnish_dsp::settings::parameters`).
    Begin(usize),
    /// The same for one of a run: turns of the wheel or keys that follow each other are
    /// one step of undo.
    BeginRun(usize),
    /// The parameter takes a value in the user's units.
    Set(usize, f64),
    /// The gesture ends.
    End(usize),
    /// Switch the whole plug-in out or in.
    Bypass(bool),
    /// Hear the mix, the master or the reference.
    Listen(Listen),
    /// Hear what one stage changes.
    Delta(Option<Stage>),
    /// Choose a way of monitoring.
    Monitor(Monitor),
    /// Hear only the region of an EQ band, from 0, or everything again.
    Solo(Option<usize>),
    /// Take the limiter's gain back while listening, or not.
    UnityGain(bool),
    /// Something about the references.
    Reference(ReferenceEdit),
    /// Something about the snapshots, undo and redo.
    Snapshot(SnapshotEdit),
    /// Something about the tonal balance.
    Balance(BalanceEdit),
    /// Something about the blind test.
    Blind(BlindPageEdit),
    /// The mix check begins anew.
    CheckAgain,
    /// What comes next is a step of undo of its own.
    EndRun,
    /// Choose a delivery target by its position.
    Target(usize),
    /// Take the settings of a built-in preset by its position.
    Preset(usize),
    /// Change the notes.
    Notes(String),
    /// Start all integrated and maximum readings afresh.
    ResetMeters,
    /// Pause them, or go on with them.
    PauseMeters(bool),
    /// Choose how they follow the transport.
    Integration(IntegrationMode),
    /// Give the trim the gain, in dB, that was announced for the highest peak of the mix
    /// to reach -6 dBFS.
    TrimToHeadroom(f64),
    /// Show the spectra in another way.
    SpectrumLook(SpectrumLook),
    /// Take the message away.
    DismissMessage,
    /// Magnify the whole editor, 0.75 to 2.
    Scale(f32),
}
