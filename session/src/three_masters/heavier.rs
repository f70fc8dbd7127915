//! The master with heavier EQ: the person's own moves, taken further.

use burnish_dsp::equalizer::{BandSettings, BandShape};
use burnish_dsp::settings::ChainSettings;

use super::effect::{in_effect, snapped};

/// How much further the own moves are taken.
const FACTOR: f64 = 1.75;
/// A move is not taken beyond this, dB; one that was further already stays.
const MOST_DB: f64 = 12.0;

/// One move of the curve for an EQ without moves of its own.
struct Move {
    shape: BandShape,
    frequency_hz: f64,
    gain_db: f64,
    q: f64,
}

/// A gentle smile: a little weight below, a little air above, and a cut where
/// most mixes made at home are boxy.
const SMILE: [Move; 3] = [
    Move { shape: BandShape::Bell, frequency_hz: 280.0, gain_db: -2.5, q: 0.9 },
    Move { shape: BandShape::LowShelf, frequency_hz: 80.0, gain_db: 1.5, q: 0.71 },
    Move { shape: BandShape::HighShelf, frequency_hz: 10_000.0, gain_db: 2.0, q: 0.71 },
];

/// The own moves 1.75 times as far. An EQ without moves gets the smile, in the
/// idle bands nearest to it; passes and notches stay as they are.
pub(super) fn heavier(current: &ChainSettings) -> ChainSettings {
    let mut master = *current;
    master.equalizer.is_on = true;
    for band in &mut master.equalizer.bands {
        if band.is_on && !matches!(band.shape, BandShape::Notch) {
            band.gain_db = further(band.gain_db);
            band.range_db = further(band.range_db);
        }
    }
    let mut master = snapped(master);
    if !has_moves(&master) || in_effect(&master) == in_effect(current) {
        smile(&mut master);
    }
    master
}

fn further(db: f64) -> f64 {
    let most_db = MOST_DB.max(db.abs());
    (FACTOR * db).clamp(-most_db, most_db)
}

/// Whether any band raises or lowers something.
fn has_moves(settings: &ChainSettings) -> bool {
    let is_move = |band: &BandSettings| {
        let is_pass =
            matches!(band.shape, BandShape::HighPass | BandShape::LowPass | BandShape::Notch);
        !is_pass && !band.is_neutral()
    };
    settings.equalizer.bands.iter().any(is_move)
}

fn smile(settings: &mut ChainSettings) {
    let bands = &mut settings.equalizer.bands;
    let mut is_free = bands.each_ref().map(BandSettings::is_neutral);
    if !is_free.contains(&true) {
        // The last band gives way: without that nothing could be heavier.
        is_free[bands.len() - 1] = true;
    }
    for Move { shape, frequency_hz, gain_db, q } in SMILE {
        let distance = |band: &BandSettings| (band.frequency_hz / frequency_hz).ln().abs();
        let free = (0..bands.len()).filter(|i| is_free[*i]);
        let nearest = free.min_by(|a, b| distance(&bands[*a]).total_cmp(&distance(&bands[*b])));
        if let Some(i) = nearest {
            is_free[i] = false;
            let neutral = BandSettings::neutral(i);
            bands[i] = BandSettings { is_on: true, shape, frequency_hz, gain_db, q, ..neutral };
        }
    }
}
