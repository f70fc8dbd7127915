//! The rules that proposals keep to, whatever is compared: see `tonal_match`.

use burnish_dsp::equalizer::{
    BandResponse, BandSettings, BandShape, EqualizerPhase, EqualizerSettings,
};
use burnish_session::balance::{BANDS, Curve, NOMINAL_HZ, difference, distance, edges_hz};
use burnish_session::tonal_match::{
    BOOST_COST_DB, CUT_COST_DB, LEAST_APART_OCTAVES, Move, Proposal, SHELVES_APART_OCTAVES, propose,
};
use proptest::prelude::*;

use crate::cli::succeed;
use crate::support::material_path;
use crate::tonal_match::lacking_in_bands;

const RATE_HZ: f64 = 48_000.0;

/// The bands of the moves.
fn bands(proposal: &Proposal, moves: &[Move]) -> Vec<BandSettings> {
    moves.iter().map(|made| proposal.equalizer.bands[made.band]).collect()
}

fn sum_db(responses: &[BandResponse], hz: f64) -> f64 {
    responses.iter().map(|response| response.db(hz)).sum()
}

fn in_minimum_phase(bands: &[BandSettings], rate_hz: f64) -> Vec<BandResponse> {
    bands.iter().map(|band| BandResponse::new(band, rate_hz)).collect()
}

/// The most that bands do together from 20 Hz to 20 kHz, in either phase, dB.
fn peak_db(bands: &[BandSettings], rate_hz: f64) -> f64 {
    let minimum = in_minimum_phase(bands, rate_hz);
    let linear: Vec<_> = bands.iter().map(BandResponse::linear).collect();
    let highest_hz = 0.5 * rate_hz;
    (0..=2000)
        .map(|step| 20.0 * 1000f64.powf(f64::from(step) / 2000.0))
        .map(|hz| {
            let minimum = if hz <= highest_hz { sum_db(&minimum, hz).abs() } else { 0.0 };
            minimum.max(sum_db(&linear, hz).abs())
        })
        .fold(0.0, f64::max)
}

/// The distance that bands leave, dB.
fn left_db(difference_db: &Curve, bands: &[BandSettings], rate_hz: f64) -> f64 {
    let responses = in_minimum_phase(bands, rate_hz);
    let curve = std::array::from_fn(|band| {
        let [low, high] = edges_hz(band);
        let points = [1.0, 3.0, 5.0].map(|sixth| low * (high / low).powf(sixth / 6.0));
        let db = points.map(|hz| sum_db(&responses, hz.min(0.49 * rate_hz)));
        Some(db.iter().sum::<f64>() / 3.0)
    });
    distance(&difference(difference_db, &curve).unwrap()).unwrap()
}

/// Which rule a proposal breaks.
fn broken_rule(
    proposal: &Proposal,
    difference_db: &Curve,
    most_db: f64,
    rate_hz: f64,
) -> Result<(), String> {
    let moves = &proposal.moves;
    let peak = peak_db(&bands(proposal, moves), rate_hz);
    // What lies between two points of the search: next to nothing.
    let rounding_db = 1e-3;
    if peak > most_db + rounding_db {
        return Err(format!("{peak} dB of {most_db}"));
    }
    for (n, a) in moves.iter().enumerate() {
        for b in &moves[n + 1..] {
            let octaves = (b.frequency_hz / a.frequency_hz).log2();
            if octaves < LEAST_APART_OCTAVES {
                return Err(format!("{octaves} octaves from {a} to {b}"));
            }
            let is_shelf = |made: &Move| made.shape != BandShape::Bell;
            let in_order = [a.shape, b.shape] == [BandShape::LowShelf, BandShape::HighShelf];
            let are_far = octaves >= SHELVES_APART_OCTAVES;
            if is_shelf(a) && is_shelf(b) && !(in_order && are_far) {
                return Err(format!("{a} and {b} oppose or stack"));
            }
        }
    }
    let left = left_db(difference_db, &bands(proposal, moves), rate_hz);
    if (left - proposal.distance_predicted_db).abs() > 1e-6 {
        return Err(format!("{left} dB, predicted {}", proposal.distance_predicted_db));
    }
    for (n, made) in moves.iter().enumerate() {
        let cost_db = if made.gain_db > 0.0 { BOOST_COST_DB } else { CUT_COST_DB };
        let mut fewer = moves.clone();
        fewer.remove(n);
        let fewer = bands(proposal, &fewer);
        let gained_db = left_db(difference_db, &fewer, rate_hz) - left;
        if gained_db <= cost_db && peak_db(&fewer, rate_hz) <= most_db {
            return Err(format!("{made} gains only {gained_db} dB"));
        }
    }
    Ok(())
}

/// A spectrum less another: a walk, jumps from band to band, a tilt; some bands
/// are not there.
fn any_difference() -> impl Strategy<Value = Curve> {
    let values = proptest::collection::vec((-1.0..1.0f64, -1.0..1.0f64, 0.0..1.0f64), BANDS);
    (values, 0.0..4.0f64, 0.0..12.0f64, -1.5..1.5f64, prop_oneof![3 => Just(0.0), 1 => 0.0..0.4])
        .prop_map(|(values, walk_db, jump_db, tilt_db, missing)| {
            let mut level_db = 0.0;
            std::array::from_fn(|band| {
                let (step, jump, presence) = values[band];
                level_db += walk_db * step;
                (presence >= missing)
                    .then_some(level_db + jump_db * jump + tilt_db * (band as f64 - 15.0))
            })
        })
}

/// An equaliser with some bands in use.
fn any_equalizer(phase: EqualizerPhase) -> impl Strategy<Value = EqualizerSettings> {
    proptest::bits::u8::masked(0b0101_0101).prop_map(move |used| {
        let mut equalizer = EqualizerSettings { phase, ..EqualizerSettings::default() };
        for (n, band) in equalizer.bands.iter_mut().enumerate() {
            if used >> n & 1 == 1 {
                (band.is_on, band.shape, band.gain_db) = (true, BandShape::Bell, -1.0);
            }
        }
        equalizer
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn proposals_keep_the_rules_whatever_is_compared(
        difference_db in any_difference(),
        equalizer in any_equalizer(EqualizerPhase::Minimum),
        amount in prop_oneof![Just(1.0), 0.0..=1.0],
        most_db in prop_oneof![
            2 => proptest::sample::select(vec![0.0, 0.5, 1.0, 3.0, 6.0, 12.0, 24.0]),
            1 => 0.0..24.0,
        ],
        rate_hz in proptest::sample::select(vec![22_050.0, 44_100.0, 48_000.0, 96_000.0, 192_000.0]),
    ) {
        let balance = lacking_in_bands(&difference_db);
        if let Some(proposal) = propose(&equalizer, rate_hz, &balance, amount, most_db) {
            let broken = broken_rule(&proposal, &difference_db, most_db, rate_hz);
            prop_assert!(broken.is_ok(), "{broken:?}: {:#?}", proposal.moves);
            prop_assert!(
                proposal.moves.is_empty()
                    || proposal.distance_predicted_db < proposal.distance_before_db
            );
        }
    }

    #[test]
    fn the_limit_holds_in_linear_phase_too(
        difference_db in any_difference(),
        equalizer in any_equalizer(EqualizerPhase::Linear),
        most_db in proptest::sample::select(vec![1.0, 3.0, 6.0, 12.0]),
    ) {
        let balance = lacking_in_bands(&difference_db);
        if let Some(proposal) = propose(&equalizer, RATE_HZ, &balance, 1.0, most_db) {
            let peak = peak_db(&bands(&proposal, &proposal.moves), RATE_HZ);
            prop_assert!(peak <= most_db + 1e-3, "{peak} of {most_db}: {:#?}", proposal.moves);
        }
    }

    #[test]
    fn what_cuts_alone_can_do_has_no_boost(
        hz in 60.0..200.0f64,
        octaves in (2.0..3.0f64, 2.0..3.0f64),
        shares in [0.3..0.85f64, 0.3..0.85f64, 0.3..0.85f64],
        q in 0.7..2.0f64,
        count in 1..=3usize,
        is_shelf in any::<bool>(),
        most_db in proptest::sample::select(vec![2.0, 3.0, 6.0, 12.0]),
    ) {
        let frequencies_hz =
            [hz, hz * octaves.0.exp2(), hz * (octaves.0 + octaves.1).exp2()];
        let cuts: Vec<BandSettings> = (0..count)
            .map(|n| BandSettings {
                is_on: true,
                shape: if n == 0 && is_shelf { BandShape::LowShelf } else { BandShape::Bell },
                frequency_hz: frequencies_hz[n],
                gain_db: -shares[n] * most_db,
                q: if n == 0 && is_shelf { 0.7 } else { q },
                ..BandSettings::neutral(2)
            })
            .collect();
        let sum = |hz: f64| cuts.iter().map(|cut| cut.analogue_db(hz)).sum::<f64>();
        prop_assume!(peak_db(&cuts, RATE_HZ) < 0.95 * most_db);
        let balance = lacking_in_bands(&NOMINAL_HZ.map(|hz| Some(sum(hz))));
        let proposal = propose(&EqualizerSettings::default(), RATE_HZ, &balance, 1.0, most_db).unwrap();
        let has_boost = proposal.moves.iter().any(|made| made.gain_db > 0.0);
        prop_assert!(!has_boost, "{cuts:#?}: {:#?}", proposal.moves);
    }
}

/// Six shelves of -3 dB each made -24 dB at 630 Hz of this.
#[test]
fn a_far_reference_is_followed_within_the_limit() {
    let [acoustic, electronic] =
        [CURVE_ACOUSTIC_TO_REFERENCE, CURVE_MIX_TO_ELECTRONIC].map(|curve| curve.map(Some));
    for difference_db in [acoustic, acoustic.map(|db| Some(-db?)), electronic] {
        let mut last = f64::INFINITY;
        for most_db in [1.0, 3.0, 6.0, 12.0] {
            let balance = lacking_in_bands(&difference_db);
            let proposal =
                propose(&EqualizerSettings::default(), RATE_HZ, &balance, 1.0, most_db).unwrap();
            broken_rule(&proposal, &difference_db, most_db, RATE_HZ).unwrap();
            let found = proposal.distance_predicted_db;
            assert!(found < last, "{found} within {most_db} dB, {last} within less");
            last = found;
        }
        assert!(last < 0.25 * distance(&difference_db).unwrap(), "{last}");
    }
}

/// Reference less master of the demo material, dB.
const CURVE_ACOUSTIC_TO_REFERENCE: [f64; BANDS] = [
    1.3, 0.8, 3.8, 3.9, 0.7, 3.4, 1.5, -0.4, 2.0, 1.9, -2.7, -3.1, -4.2, -4.9, -3.3, -3.7, -5.3,
    -5.4, -2.6, -3.9, -2.3, -1.3, -0.7, -0.5, 0.9, 7.7, 12.0, 18.3, 25.6, 31.1, 36.8,
];
const CURVE_MIX_TO_ELECTRONIC: [f64; BANDS] = [
    -4.3, -0.4, 2.0, 6.0, 9.6, 9.3, 2.9, -2.5, -6.4, -5.1, -4.3, 0.1, 3.9, 2.2, 3.6, 5.9, 3.8, 7.4,
    2.1, 1.0, 2.5, -1.6, -3.5, -1.3, -1.5, -4.5, -4.6, -0.1, 2.8, 6.2, 6.8,
];

#[test]
fn the_command_holds_its_most() {
    let [mix, reference] =
        ["mix.flac", "reference.flac"].map(|name| material_path(name).to_str().unwrap().to_owned());
    for most in ["1", "3"] {
        let folder = tempfile::TempDir::new().unwrap();
        let preset = folder.path().join("match.txt");
        let text =
            succeed(&["match", &mix, &reference, "--most", most, "-o", preset.to_str().unwrap()]);
        assert!(text.contains("the moves together are held"), "{text}");
        let settings = burnish_session::preset::load_preset(&preset).unwrap();
        let moved: Vec<_> =
            settings.equalizer.bands.into_iter().filter(|band| !band.is_neutral()).collect();
        assert!(!moved.is_empty());
        let peak = peak_db(&moved, RATE_HZ);
        assert!(peak <= most.parse::<f64>().unwrap() + 1e-3, "{peak} dB of {most}");
    }
}
