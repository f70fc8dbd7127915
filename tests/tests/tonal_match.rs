//! Match EQ: what it proposes, what that does to real music, and its commands.

use std::fs;
use std::path::PathBuf;

use burnish_dsp::equalizer::{
    BAND_COUNT, BandSettings, BandShape, EqualizerPhase, EqualizerSettings,
};
use burnish_dsp::settings::ChainSettings;
use burnish_session::audio::StereoAudio;
use burnish_session::balance::{BANDS, Balance, Curve, Dynamics, NOMINAL_HZ, Side};
use burnish_session::preset::load_preset;
use burnish_session::reference::song_spectrum;
use burnish_session::render::render;
use burnish_session::tonal_match::{Limit, MOST_DB, Proposal, propose};
use serde_json::Value;
use tempfile::TempDir;

use crate::cli::{burnish, fail, succeed};
use crate::support::{limited, material, material_path};

const RATE_HZ: f64 = 48_000.0;

/// A side with this level in each third octave.
fn side(level_db: impl Fn(f64) -> f64) -> Side {
    Side { curve_db: NOMINAL_HZ.map(|hz| Some(level_db(hz))), dynamics: Dynamics::default() }
}

/// A master that lacks this much of the reference in each third octave.
fn lacking(difference_db: impl Fn(f64) -> f64) -> Balance {
    Balance::new(None, Some(side(|_| 0.0)), &[side(difference_db)])
}

/// A smooth bump, so many octaves wide, dB.
fn bump(hz: f64, centre_hz: f64, height_db: f64, octaves: f64) -> f64 {
    height_db * (-((hz / centre_hz).log2() / octaves).powi(2)).exp()
}

fn on_all_bands(balance: &Balance, amount: f64, most_db: f64) -> Proposal {
    propose(&EqualizerSettings::default(), RATE_HZ, balance, amount, most_db).unwrap()
}

fn measured(audio: &StereoAudio) -> Side {
    Side::new(&song_spectrum(audio), Dynamics::default()).unwrap()
}

/// A master that lacks this in each third octave from the lowest, dB.
pub(crate) fn lacking_in_bands(difference_db: &Curve) -> Balance {
    Balance { difference_db: Some(*difference_db), ..Balance::default() }
}

/// Proposes, really renders with nothing but the moves, and measures again:
/// the distance before, predicted and measured.
fn rendered(from: &StereoAudio, reference: &Side, most_db: f64) -> [f64; 3] {
    let balance = Balance::new(None, Some(measured(from)), &[*reference]);
    let proposal = on_all_bands(&balance, 1.0, most_db);
    let settings = ChainSettings { equalizer: proposal.equalizer, ..limited() };
    let master = render(from, &settings, |_| {});
    let after = Balance::new(None, Some(measured(&master.audio)), &[*reference]);
    [proposal.distance_before_db, proposal.distance_predicted_db, after.distance_db().unwrap()]
}

#[test]
fn on_the_material_the_distance_falls_by_half_within_3_db_as_predicted() {
    let (mix, reference) = (material("mix.flac"), material("reference.flac"));
    for (from, to) in [(&mix, &reference), (&reference, &mix)] {
        let [before, predicted, after] = rendered(from, &measured(to), MOST_DB);
        assert!(after <= 0.5 * before, "{before} to {after}");
        assert!((after - predicted).abs() < 0.15, "{predicted} predicted, {after} measured");
    }
}

#[test]
fn with_more_room_it_comes_nearer() {
    let (mix, reference) = (material("mix.flac"), material("reference.flac"));
    let [before, _, after] = rendered(&mix, &measured(&reference), 12.0);
    assert!(after <= 0.4 * before, "{before} to {after}");
}

#[test]
fn what_one_bell_did_one_move_undoes() {
    let balance = lacking(|hz| {
        let bell = BandSettings {
            is_on: true,
            shape: BandShape::Bell,
            frequency_hz: 500.0,
            gain_db: -2.5,
            q: 1.0,
            ..BandSettings::neutral(2)
        };
        bell.analogue_db(hz)
    });
    let proposal = on_all_bands(&balance, 1.0, MOST_DB);
    assert!(proposal.distance_predicted_db < 0.1, "{proposal:?}");
    let deepest = proposal.moves.iter().min_by(|a, b| a.gain_db.total_cmp(&b.gain_db)).unwrap();
    assert!((400.0..640.0).contains(&deepest.frequency_hz), "{deepest}");
    assert!(proposal.moves.iter().all(|made| made.gain_db < 0.5), "{:?}", proposal.moves);
}

#[test]
fn cuts_come_before_boosts_because_level_is_free() {
    // Too little above 2 kHz is too much below.
    for difference_db in [2.5, -2.5] {
        let balance = lacking(|hz| if hz > 2000.0 { difference_db } else { 0.0 });
        let proposal = on_all_bands(&balance, 1.0, MOST_DB);
        let sum = |keep: fn(f64) -> f64| -> f64 {
            proposal.moves.iter().map(|made| keep(made.gain_db)).sum()
        };
        let (boosts, cuts) = (sum(|db| db.max(0.0)), -sum(|db| db.min(0.0)));
        assert!(cuts > 2.0 * boosts, "{boosts} up, {cuts} down: {:?}", proposal.moves);
        assert!(proposal.distance_predicted_db < 0.4 * proposal.distance_before_db);
    }
}

#[test]
fn every_value_is_one_that_can_be_typed_and_what_holds_the_moves_is_said() {
    let balance = lacking(|hz| bump(hz, 120.0, 15.0, 0.7) - bump(hz, 3000.0, 11.0, 0.6));
    for most_db in [0.5, 3.0, 6.0, 12.0] {
        let proposal = on_all_bands(&balance, 1.0, most_db);
        assert!(!proposal.moves.is_empty());
        for made in &proposal.moves {
            assert!(made.gain_db.abs() <= most_db, "{made} of {most_db}");
            assert!(
                (30.0..=16_000.0).contains(&made.frequency_hz) && (0.4..=4.0).contains(&made.q)
            );
            let band = &proposal.equalizer.bands[made.band];
            assert!(band.is_on && !band.is_dynamic());
            for parameter in BandSettings::PARAMETERS {
                let value = (parameter.read)(band);
                assert_eq!(parameter.kind.snap(value), value, "{}", parameter.id);
            }
        }
        let is_held = proposal.limits.iter().any(|limit| matches!(limit, Limit::Most(..)));
        assert!(is_held || most_db > 6.0, "{:?}", proposal.limits);
    }
}

#[test]
fn the_amount_scales_what_is_done_and_nothing_is_proposed_at_zero() {
    let balance = lacking(|hz| bump(hz, 250.0, -4.0, 0.6) + bump(hz, 9000.0, 3.0, 1.0));
    let none = on_all_bands(&balance, 0.0, 12.0);
    assert!(none.moves.is_empty() && none.limits.is_empty());
    assert_eq!(none.equalizer, EqualizerSettings::default());
    assert_eq!(none.distance_predicted_db, none.distance_before_db);
    let mut last = none.distance_before_db;
    for amount in [0.25, 0.5, 0.75, 1.0] {
        let proposal = on_all_bands(&balance, amount, 12.0);
        let expected = (1.0 - amount) * proposal.distance_before_db;
        let found = proposal.distance_predicted_db;
        assert!(found < last && (found - expected).abs() < 0.15, "{amount}: {found}, {expected}");
        last = found;
    }
    assert!(on_all_bands(&balance, f64::NAN, 12.0).moves.is_empty());
}

#[test]
fn bands_in_use_stay_as_they_are_and_parked_ones_are_taken_last() {
    let balance = lacking(|hz| bump(hz, 250.0, -3.0, 0.6));
    let mut used = EqualizerSettings::default();
    used.bands[0] = BandSettings { is_on: true, ..used.bands[0] };
    used.bands[2] = BandSettings { is_on: true, gain_db: -2.0, ..used.bands[2] };
    used.bands[4] = BandSettings { is_on: true, range_db: -3.0, ..used.bands[4] };
    let proposal = propose(&used, RATE_HZ, &balance, 1.0, MOST_DB).unwrap();
    assert!(!proposal.moves.is_empty());
    for band in [0, 2, 4] {
        assert_eq!(proposal.equalizer.bands[band], used.bands[band]);
        assert!(proposal.moves.iter().all(|made| made.band != band));
    }
    // Set once and switched off: someone may come back to it.
    used.bands[6].gain_db = 4.0;
    used.bands[7] = BandSettings { is_on: true, gain_db: 1.0, ..used.bands[7] };
    let proposal = propose(&used, RATE_HZ, &balance, 1.0, MOST_DB).unwrap();
    assert!(proposal.moves.len() == 4 || proposal.equalizer.bands[6] == used.bands[6]);
    // Moves lie in the order of their frequencies.
    assert!(proposal.moves.is_sorted_by_key(|made| made.band));
    assert!(proposal.moves.is_sorted_by(|a, b| a.frequency_hz <= b.frequency_hz));
}

#[test]
fn what_leaves_no_room_is_said() {
    let balance = lacking(|hz| bump(hz, 250.0, -6.0, 0.3) - bump(hz, 4000.0, 5.0, 0.3));
    let mut full = EqualizerSettings::default();
    for band in &mut full.bands {
        (band.is_on, band.shape, band.gain_db) = (true, BandShape::Bell, -1.0);
    }
    let proposal = propose(&full, RATE_HZ, &balance, 1.0, MOST_DB).unwrap();
    assert_eq!((proposal.limits, proposal.equalizer), (vec![Limit::NoFreeBand], full));
    full.bands[3].is_on = false;
    let proposal = propose(&full, RATE_HZ, &balance, 1.0, MOST_DB).unwrap();
    assert_eq!(proposal.moves.len(), 1);
    assert!(proposal.limits.contains(&Limit::FewBands(1)), "{:?}", proposal.limits);
    // Off with bands set: switching the stage on would bring those in unmeasured.
    let off = EqualizerSettings { is_on: false, ..full };
    let proposal = propose(&off, RATE_HZ, &balance, 1.0, MOST_DB).unwrap();
    assert_eq!((proposal.limits, proposal.equalizer), (vec![Limit::EqualizerOff], off));
    // Off and empty: it is switched on with the moves.
    let off = EqualizerSettings { is_on: false, ..EqualizerSettings::default() };
    assert!(propose(&off, RATE_HZ, &balance, 1.0, MOST_DB).unwrap().equalizer.is_on);
}

#[test]
fn there_is_no_proposal_without_both_sides_and_none_of_what_cannot_be_trusted() {
    let equalizer = EqualizerSettings::default();
    let none = Balance::new(None, None, &[side(|_| 0.0)]);
    assert_eq!(propose(&equalizer, RATE_HZ, &none, 1.0, MOST_DB), None);
    // Rumble and air alone are not followed.
    let ends = lacking(|hz| if (32.0..=17_000.0).contains(&hz) { 0.0 } else { 12.0 });
    for made in on_all_bands(&ends, 1.0, 12.0).moves {
        assert!(made.gain_db.abs() < 2.0, "{made}");
    }
    let mut short = side(|_| 0.0);
    for band in (0..BANDS).filter(|band| NOMINAL_HZ[*band] > 5000.0) {
        short.curve_db[band] = None;
    }
    let balance = Balance::new(None, Some(short), &[side(|hz| bump(hz, 8000.0, 9.0, 0.5))]);
    for made in on_all_bands(&balance, 1.0, 12.0).moves {
        assert!(made.gain_db.abs() < 2.0, "{made}");
    }
}

#[test]
fn in_linear_phase_the_prediction_is_of_linear_phase() {
    let balance = lacking(|hz| bump(hz, 12_000.0, -6.0, 0.5));
    let linear = EqualizerSettings { phase: EqualizerPhase::Linear, ..Default::default() };
    let proposal = propose(&linear, 44_100.0, &balance, 1.0, 12.0).unwrap();
    assert_eq!(proposal.equalizer.phase, EqualizerPhase::Linear);
    assert!(proposal.distance_predicted_db < 0.5 * proposal.distance_before_db);
    assert_eq!(proposal.equalizer.bands.len(), BAND_COUNT);
}

fn path_of(name: &str) -> String {
    material_path(name).to_str().unwrap().to_owned()
}

fn in_folder(folder: &TempDir, name: &str) -> String {
    let path: PathBuf = folder.path().join(name);
    path.to_str().unwrap().to_owned()
}

#[test]
fn compare_shows_both_songs_band_by_band() {
    let (mix, reference) = (path_of("mix.flac"), path_of("reference.flac"));
    let text = succeed(&["compare", &mix, &reference]);
    for words in
        ["integrated loudness", "-22.7", "-10.0", "crest low", "width (side less mid) high"]
    {
        assert!(text.contains(words), "\"{words}\" is not in:\n{text}");
    }
    assert!(text.contains("distance to reference.flac: 2.1"), "{text}");
    assert!(text.contains("rule of thumb"), "{text}");
    let found: Value =
        serde_json::from_str(&succeed(&["compare", &mix, &reference, "--json"])).unwrap();
    assert!((found["distance_db"].as_f64().unwrap() - 2.1).abs() < 0.1);
    let balance = &found["balance"];
    assert_eq!(balance["difference_db"].as_array().unwrap().len(), BANDS);
    let master = &balance["master"]["dynamics"];
    assert!((master["integrated_lufs"].as_f64().unwrap() + 22.74).abs() < 0.05);
    assert!((master["plr_db"].as_f64().unwrap() - 16.81).abs() < 0.1);
    assert!(master["bands"][2]["width_db"].is_number());
    let several = succeed(&["compare", &mix, &reference, &mix]);
    assert!(several.contains("distance to 2 references"), "{several}");
    assert!(several.contains("standard deviation of the 2 references"), "{several}");
}

#[test]
fn what_match_proposes_master_renders_and_compare_confirms() {
    let folder = TempDir::new().unwrap();
    let (mix, reference) = (path_of("mix.flac"), path_of("reference.flac"));
    let (preset, master) = (in_folder(&folder, "match.txt"), in_folder(&folder, "master.wav"));
    let text = succeed(&["match", &mix, &reference, "--json", "-o", &preset]);
    let proposal: Value = serde_json::from_str(&text).unwrap();
    let moves = proposal["moves"].as_array().unwrap();
    assert!(!moves.is_empty() && moves.len() <= BAND_COUNT);
    assert!(moves.iter().all(|made| made["gain_db"].as_f64().unwrap().abs() <= MOST_DB));
    succeed(&["master", &mix, "-o", &master, "--preset", &preset, "--bits", "32f"]);
    let found: Value =
        serde_json::from_str(&succeed(&["compare", &master, &reference, "--json"])).unwrap();
    let predicted = proposal["distance_predicted_db"].as_f64().unwrap();
    let after = found["distance_db"].as_f64().unwrap();
    assert!((after - predicted).abs() < 0.15, "{predicted} predicted, {after} measured");
    // On top of what is there: the bands in use stay.
    let again = in_folder(&folder, "again.txt");
    let text = succeed(&["match", &mix, &reference, "--preset", "Start", "-o", &again]);
    assert!(text.contains("predicted"), "{text}");
    let start = burnish_session::preset::find_preset("Start").unwrap().settings;
    let settings = load_preset(again.as_ref()).unwrap();
    for (before, after) in start.equalizer.bands.iter().zip(&settings.equalizer.bands) {
        assert!(before.is_neutral() || before == after);
    }
    assert_eq!(ChainSettings { equalizer: start.equalizer, ..settings }, start);
}

#[test]
fn match_at_zero_has_no_moves_and_wrong_input_is_named() {
    let folder = TempDir::new().unwrap();
    let (mix, reference) = (path_of("mix.flac"), path_of("reference.flac"));
    let text = succeed(&["match", &mix, &reference, "--amount", "0"]);
    assert!(text.starts_with("No moves."), "{text}");
    fail(&["match", &mix, &reference, "--amount", "120"], &["--amount", "0 to 100", "120"]);
    fail(&["match", &mix, &reference, "--most", "-1"], &["--most", "0 to 24 dB", "-1"]);
    fail(&["match", &mix, "nowhere.flac"], &["nowhere.flac", "no such file"]);
    fail(&["match", &mix, &reference, "--preset", "nothing"], &["nothing", "Streaming"]);
    let nowhere = in_folder(&folder, "no/such/folder/match.txt");
    fail(&["match", &mix, &reference, "-o", &nowhere], &["match.txt", "expected"]);
    fail(&["compare", "nowhere.wav", &reference], &["nowhere.wav", "no such file"]);
    let silence = in_folder(&folder, "silence.wav");
    let audio = StereoAudio {
        sample_rate_hz: 48_000,
        channels: 2,
        left: vec![0.0; 48_000],
        right: vec![0.0; 48_000],
    };
    burnish_session::master_file::write_wav(
        silence.as_ref(),
        &audio,
        burnish_session::file_format::Bits::B24,
    )
    .unwrap();
    fail(&["compare", &silence, &reference], &["silence.wav", "found silence"]);
    fail(&["match", &mix, &silence], &["silence.wav", "found silence"]);
    assert_eq!(burnish(&["compare", &mix]).status.code(), Some(2));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
