use burnish_dsp::equalizer::BAND_COUNT;

use burnish_dsp::equalizer::BandSettings;
use burnish_dsp::settings::parameters;

use super::*;
use crate::blind::SplitMix64;
use crate::preset::{find_preset, presets};

fn random_settings(random: &mut SplitMix64) -> ChainSettings {
    let mut settings = ChainSettings::default();
    // Ends of ranges are as likely as all between, because that is where proposals run out of room.
    let are_extreme = random.coin();
    for parameter in parameters() {
        let position = if are_extreme {
            f64::from(u8::from(random.coin()))
        } else {
            random.below(1001) as f64 / 1000.0
        };
        parameter.write(&mut settings, parameter.kind.from_normalized(position));
    }
    settings
}

#[track_caller]
fn assert_all_differ(current: &ChainSettings) {
    let masters = propose(current);
    let mut all = vec![in_effect(current)];
    all.extend(masters.iter().map(|(_, master)| in_effect(master)));
    for (i, one) in all.iter().enumerate() {
        for (j, other) in all.iter().enumerate().skip(i + 1) {
            assert_ne!(one, other, "{i} and {j} of {current:?}");
        }
    }
    for (name, master) in &masters {
        for parameter in parameters() {
            let value = parameter.read(master);
            assert_eq!(parameter.kind.snap(value), value, "{name}: {}", parameter.id);
        }
        assert_eq!(master.limiter.ceiling_dbtp, current.limiter.ceiling_dbtp, "{name}");
        assert_eq!(master.equalizer.phase, current.equalizer.phase, "{name} moves the song");
    }
}

#[test]
fn the_three_differ_audibly_from_the_current_chain_and_from_each_other() {
    let mut random = SplitMix64::new(3);
    for _ in 0..4000 {
        assert_all_differ(&random_settings(&mut random));
    }
    for preset in presets() {
        assert_all_differ(&preset.settings);
        for (_, master) in propose(&preset.settings) {
            assert_all_differ(&master);
        }
    }
}

#[test]
fn they_differ_even_where_everything_is_at_its_end() {
    for position in [0.0, 1.0] {
        let mut settings = ChainSettings::default();
        for parameter in parameters() {
            parameter.write(&mut settings, parameter.kind.from_normalized(position));
        }
        assert_all_differ(&settings);
        settings.equalizer.is_on = true;
        settings.equalizer.bands = std::array::from_fn(|_| BandSettings {
            is_on: true,
            shape: burnish_dsp::equalizer::BandShape::HighPass,
            ..BandSettings::neutral(0)
        });
        settings.glue.is_on = true;
        (settings.clipper.is_on, settings.clipper.softness_percent) = (true, 0.0);
        assert_all_differ(&settings);
    }
}

#[test]
fn each_is_what_its_name_says() {
    let loud = find_preset("loud").unwrap();
    let current = loud.settings;
    let [conservative, louder, heavier] = propose(&current).map(|(_, master)| master);
    assert_eq!(conservative.limiter.gain_db, current.limiter.gain_db - 2.5);
    assert!(conservative.clipper.drive_db < current.clipper.drive_db);
    assert!(conservative.glue.threshold_db > current.glue.threshold_db);
    assert!(conservative.glue.ratio.value() < current.glue.ratio.value());
    assert_eq!(conservative.equalizer, current.equalizer);

    assert_eq!(louder.limiter.gain_db, current.limiter.gain_db + 2.0);
    assert_eq!(louder.limiter.character, Character::Loud);
    assert!(louder.clipper.is_on && louder.clipper.drive_db > current.clipper.drive_db);
    assert_eq!(louder.equalizer, current.equalizer);

    assert_eq!((heavier.limiter, heavier.clipper), (current.limiter, current.clipper));
    for band in 0..BAND_COUNT {
        let (before, after) = (current.equalizer.bands[band], heavier.equalizer.bands[band]);
        let expected = BandSettings {
            gain_db: if before.is_on { 1.75 * before.gain_db } else { before.gain_db },
            ..before
        };
        assert!((after.gain_db - expected.gain_db).abs() < 0.006, "band {band}");
        assert_eq!(BandSettings { gain_db: expected.gain_db, ..after }, expected);
    }
}

#[test]
fn an_eq_without_moves_gets_a_gentle_curve_in_its_idle_bands() {
    let mut current = ChainSettings::default();
    current.equalizer.bands[0].is_on = true;
    let [_, _, (_, heavier)] = propose(&current);
    let bands = heavier.equalizer.bands;
    assert_eq!(bands[0], current.equalizer.bands[0], "the high-pass stays");
    let moved: Vec<(usize, f64)> =
        (1..BAND_COUNT).filter(|i| bands[*i].is_on).map(|i| (i, bands[i].gain_db)).collect();
    assert_eq!(moved, [(1, 1.5), (2, -2.5), (7, 2.0)]);
}

#[test]
fn moves_are_capped_but_never_taken_back() {
    let mut current = ChainSettings::default();
    for (band, gain_db, range_db) in [(2, -10.0, -16.0), (3, 18.0, 4.0)] {
        let band = &mut current.equalizer.bands[band];
        (band.is_on, band.gain_db, band.range_db) = (true, gain_db, range_db);
    }
    let [_, _, (_, heavier)] = propose(&current);
    let bands = heavier.equalizer.bands;
    assert_eq!((bands[2].gain_db, bands[2].range_db), (-12.0, -16.0));
    assert_eq!((bands[3].gain_db, bands[3].range_db), (18.0, 7.0));
}
