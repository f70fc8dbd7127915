//! What the editor is shown of references, snapshots, balance and blind tests.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use burnish_dsp::chain::SNAPSHOTS;
use burnish_dsp::compare::Source;
use burnish_dsp::equalizer::EqualizerSettings;
use burnish_dsp::readings::ChainSnapshot;
use burnish_dsp::spectrum::{SharedSongSpectrum, SongSpectrum};
use burnish_gui::{
    ChosenReference, LiveInput, ReferenceStatus, ReferenceView, ReferencesView, SNAPSHOT_LETTERS,
};
use burnish_session::balance::{Balance, Side};
use burnish_session::blind::{BlindSource, Candidate};
use burnish_session::tonal_match::{Asked, ProposalKeeper};

use crate::desk::{CompareReadings, Desk, Reference};

/// Balance and proposal are worked out anew this often.
const INTERVAL: Duration = Duration::from_millis(250);

/// While something is dragged, new moves are worked out this often: it takes
/// longer than a frame.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(100);

/// References as they are shown.
pub(super) fn reference_views(list: &[Reference]) -> Vec<ReferenceView> {
    list.iter()
        .map(|reference| {
            let saved = &reference.saved;
            ReferenceView {
                name: saved.name.clone(),
                path: saved.path.clone(),
                status: reference.status.clone(),
                facts: saved.facts,
                trim_db: saved.trim_db,
                regions: saved.regions.clone(),
                region: saved.region,
                is_free_running: saved.is_free_running,
                waveform: Arc::clone(&reference.waveform),
                warnings: reference
                    .details
                    .as_ref()
                    .map_or_else(Vec::new, |details| details.warnings.clone()),
            }
        })
        .collect()
}

/// All of them and how they are heard.
pub(super) fn references_view<'a>(
    list: &'a [ReferenceView],
    desk: &Desk,
    readings: Option<&CompareReadings>,
) -> ReferencesView<'a> {
    let live = readings.and_then(|readings| readings.live);
    ReferencesView {
        list,
        chosen: desk.references.chosen(),
        live: LiveInput {
            is_connected: live.is_some(),
            integrated_lufs: live.map_or(f64::NEG_INFINITY, |live| live.loudness.integrated_lufs),
        },
        position_s: readings.and_then(|readings| readings.position_s),
        level_match: desk.listening.level_match(),
        turned_down_db: readings.map_or(0.0, |readings| readings.turned_down_db),
        shortfall_db: readings.map_or(0.0, |readings| readings.shortfall_db),
    }
}

/// The spectrum of a reference that is not there.
pub(super) fn no_spectrum() -> &'static SongSpectrum {
    static NONE: LazyLock<SongSpectrum> = LazyLock::new(SongSpectrum::default);
    &NONE
}

/// What can be put to a blind test.
///
/// A snapshot that was never set is nothing to compare.
pub(super) fn candidates(
    names: [&str; SNAPSHOTS],
    are_set: [bool; SNAPSHOTS],
    can_hear_reference: bool,
) -> Vec<Candidate> {
    let snapshot = |snapshot: usize| {
        let letter = SNAPSHOT_LETTERS[snapshot];
        let name = names[snapshot];
        Candidate {
            source: BlindSource::Snapshot(snapshot),
            name: if name.is_empty() {
                format!("Snapshot {letter}")
            } else {
                format!("{letter}: {name}")
            },
        }
    };
    let mut candidates: Vec<_> = (0..SNAPSHOTS).filter(|n| are_set[*n]).map(snapshot).collect();
    candidates.push(Candidate { source: BlindSource::Mix, name: "Mix".to_owned() });
    if can_hear_reference {
        let name = "Reference".to_owned();
        candidates.push(Candidate { source: BlindSource::Reference, name });
    }
    candidates
}

/// The tonal balance and the proposal, as far as somebody looks at them.
#[derive(Debug, Default)]
pub(super) struct BalanceReader {
    pub(super) balance: Option<Balance>,
    pub(super) keeper: ProposalKeeper,
    updated: Option<Instant>,
    proposed: Option<Instant>,
    asked: Option<(f64, f64, EqualizerSettings)>,
    mix: SongSpectrum,
    live: SongSpectrum,
    mix_source: Option<Arc<SharedSongSpectrum>>,
}

/// What a balance is made of.
pub(super) struct BalanceSources<'a> {
    pub(super) desk: &'a Desk,
    pub(super) meters: &'a ChainSnapshot,
    pub(super) master: &'a SongSpectrum,
    pub(super) readings: Option<&'a CompareReadings>,
    pub(super) references: &'a [Reference],
    pub(super) equalizer: &'a EqualizerSettings,
    pub(super) sample_rate_hz: f64,
}

impl BalanceReader {
    /// Works both out anew when it is time, or when something else is asked for.
    pub(super) fn update(&mut self, sources: &BalanceSources<'_>) {
        let session = sources.desk.session();
        let asked = (session.match_amount, session.match_most_db, *sources.equalizer);
        let is_due = self.updated.is_none_or(|updated| updated.elapsed() >= INTERVAL);
        let is_early = self.proposed.is_some_and(|it| it.elapsed() < SHORTEST_INTERVAL);
        if !is_due && (is_early || self.asked == Some(asked)) {
            return;
        }
        if is_due {
            self.updated = Some(Instant::now());
            self.measure(sources, session.is_average_reference);
        }
        self.asked = Some(asked);
        self.proposed = Some(Instant::now());
        let nothing = Balance::default();
        self.keeper.update(&Asked {
            equalizer: sources.equalizer,
            sample_rate_hz: sources.sample_rate_hz,
            balance: self.balance.as_ref().unwrap_or(&nothing),
            amount: asked.0,
            most_db: asked.1,
        });
    }

    /// What was measured is of another sound.
    pub(super) fn forget(&mut self) {
        self.balance = None;
        self.keeper.forget();
        self.updated = Some(Instant::now());
    }

    fn measure(&mut self, sources: &BalanceSources<'_>, is_average: bool) {
        let Some(spectra) = sources.desk.meters.spectra() else { return };
        let is_same = self.mix_source.as_ref().is_some_and(|s| Arc::ptr_eq(s, &spectra.song.mix));
        if !is_same {
            self.mix = SongSpectrum::default();
            self.live = SongSpectrum::default();
            self.mix_source = Some(Arc::clone(&spectra.song.mix));
        }
        spectra.song.mix.read(&mut self.mix);
        if let Some(live) = &spectra.live {
            live.read(&mut self.live);
        }
        let chosen = sources.desk.references.chosen();
        let readable = |reference: &Reference| {
            let details = reference.details.as_ref()?;
            Side::of_file(&details.spectrum, details.measures.as_ref()?)
        };
        let references: Vec<Side> = match chosen {
            ChosenReference::Live => sources
                .readings
                .and_then(|readings| readings.live)
                .and_then(|live| Side::of_meter(&self.live, &live))
                .into_iter()
                .collect(),
            _ if is_average => sources.references.iter().filter_map(readable).collect(),
            ChosenReference::Song(place) => {
                sources.references.get(place).and_then(readable).into_iter().collect()
            }
            ChosenReference::None => Vec::new(),
        };
        let mix = Side::of_meter(&self.mix, &sources.meters.input);
        let master = Side::of_meter(sources.master, &sources.meters.output);
        self.balance = (mix.is_some() || master.is_some() || !references.is_empty())
            .then(|| Balance::new(mix, master, &references));
    }
}

/// Whether "reference" could be heard in a blind test.
pub(super) fn can_hear_reference(desk: &Desk, list: &[Reference], has_live: bool) -> bool {
    match desk.references.chosen_source() {
        Some(Source::Live) => has_live,
        Some(Source::Reference(id)) => list
            .iter()
            .any(|reference| reference.id == id && reference.status == ReferenceStatus::Ready),
        _ => false,
    }
}
