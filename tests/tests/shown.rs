//! What the editor is told is what it is called, at the time it is of.

use burnish_dsp::chain::Chain;
use burnish_dsp::meters::BandsSnapshot;
use burnish_dsp::processor::AudioSpec;
use burnish_dsp::readings::{HistoryPoint, MeterFeed};
use burnish_dsp::settings::ChainSettings;
use burnish_dsp::units::{gain_to_db, power_to_db};

use crate::support::{Signal, limited};

const BLOCK: usize = 480;

/// What a tone of -20 dBFS leaves in the history of a chain whose settings are
/// `change`d after a second, and the last readings.
fn history(
    settings: &ChainSettings,
    change: impl Fn(&mut ChainSettings),
) -> (Vec<HistoryPoint>, [f64; 2]) {
    let spec = AudioSpec { sample_rate_hz: 48_000.0, max_block_frames: BLOCK };
    let feed = MeterFeed::new();
    let mut chain = Chain::new(spec);
    chain.attach(std::sync::Arc::clone(&feed));
    let mut settings = *settings;
    chain.configure(&settings);
    let tone = Signal::sine(200 * BLOCK, 1000.0 / 48_000.0, 0.1);
    let mut blocks = 0;
    tone.through(&[BLOCK], |block| {
        if blocks == 100 {
            change(&mut settings);
        }
        chain.configure(&settings);
        chain.process(block);
        blocks += 1;
    });
    let points = std::iter::from_fn(|| feed.next_history()).collect();
    let mut latest = [0.0; 2];
    while let Some(snapshot) = feed.latest() {
        latest = snapshot.reduction.glue_power;
    }
    (points, latest)
}

#[test]
fn how_often_a_stage_takes_how_much_is_counted_whoever_looks() {
    let spec = AudioSpec { sample_rate_hz: 48_000.0, max_block_frames: BLOCK };
    let feed = MeterFeed::new();
    let mut chain = Chain::new(spec);
    chain.attach(std::sync::Arc::clone(&feed));
    let mut settings = limited();
    settings.glue.is_on = true;
    settings.glue.threshold_db = -60.0;
    chain.configure(&settings);
    // Longer than the history is kept for a reader that never comes.
    let tone = Signal::sine(6000 * BLOCK, 1000.0 / 48_000.0, 0.1);
    let silence = Signal::sine(100 * BLOCK, 1000.0 / 48_000.0, 0.0);
    for signal in [&silence, &tone, &silence] {
        signal.through(&[BLOCK], |block| chain.process(block));
    }
    assert!(std::iter::from_fn(|| feed.next_history()).count() < 6000);
    let counted = feed.reductions();
    let [taken] = [counted.glue.shares().skip(1).sum::<f64>()];
    assert!(taken > 0.99, "{taken}");
    assert!(counted.clipper.is_empty(), "a stage that is off has none");
    chain.reset_meters();
    silence.through(&[BLOCK], |block| chain.process(block));
    assert!(feed.reductions().glue.is_empty());
}

#[test]
fn mix_and_master_are_compared_in_bands_over_the_same_time() {
    let spec = AudioSpec { sample_rate_hz: 48_000.0, max_block_frames: BLOCK };
    let mut chain = Chain::with_snapshots(spec);
    let mut settings = limited();
    settings.trim.gain_db = -6.0;
    chain.configure(&settings);
    let play = |chain: &mut Chain, gain: f64| {
        let tone = Signal::sine(300 * BLOCK, 1000.0 / 48_000.0, gain);
        tone.through(&[BLOCK], |block| chain.process(block));
    };
    // Loud before anybody looks, quiet since.
    play(&mut chain, 0.5);
    chain.measure_mix_bands(true);
    play(&mut chain, 0.05);
    let snapshot = chain.snapshot();
    let [mix, master] = [snapshot.input, snapshot.output].map(|side| side.bands.unwrap());
    let apart = mix.compared[1].level_dbfs - master.compared[1].level_dbfs;
    assert!((apart - 6.0).abs() < 0.1, "{apart}");
    let apart = mix.compared[1].crest_db - master.compared[1].crest_db;
    assert!(apart.abs() < 0.1, "{apart}");
    assert!(master.overall[1].level_dbfs > master.compared[1].level_dbfs + 10.0);
    chain.reset_meters();
    assert_eq!(chain.snapshot().output.bands, Some(BandsSnapshot::default()));
}

#[track_caller]
fn assert_near(what: &str, magnitude: f32, db: f64) {
    let found = gain_to_db(f64::from(magnitude));
    assert!((found - db).abs() < 0.1, "{what}: {found} dBFS, expected {db}");
}

#[test]
fn the_past_keeps_the_gains_that_it_had() {
    let mut settings = limited();
    settings.trim.gain_db = -6.0;
    settings.equalizer.bands[3].is_on = true;
    settings.equalizer.bands[3].gain_db = 3.0;
    settings.equalizer.bands[3].frequency_hz = 1000.0;
    settings.clipper.is_on = true;
    settings.clipper.drive_db = 4.0;
    settings.limiter.is_on = true;
    settings.limiter.gain_db = 5.0;
    let (points, _) = history(&settings, |settings| {
        settings.trim.gain_db = 0.0;
        settings.limiter.gain_db = 1.0;
    });
    assert!(points.len() >= 199, "{}", points.len());
    let (before, after) = (&points[80], &points[180]);
    for (what, point, trimmed, at_clipper, at_limiter) in
        [("before", before, -26.0, -19.0, -14.0), ("after", after, -20.0, -13.0, -12.0)]
    {
        assert_near(what, point.input_peak, -20.0);
        assert_near(what, point.on_the_way.trimmed, trimmed);
        assert_near(what, point.on_the_way.at_clipper, at_clipper);
        assert_near(what, point.on_the_way.at_limiter, at_limiter);
    }
}

#[test]
fn the_glue_shows_the_level_that_its_detector_sees() {
    let mut settings = limited();
    settings.glue.is_on = true;
    settings.glue.threshold_db = -60.0;
    let (_, power) = history(&settings, |_| {});
    for power in power {
        assert!((power_to_db(power) + 20.0).abs() < 0.1, "{}", power_to_db(power));
    }
    let (_, power) = history(&settings, |settings| settings.glue.is_on = false);
    assert_eq!(power, [0.0; 2], "the stage is off");
    let (_, power) = history(&settings, |settings| settings.trim.gain_db = -18.0);
    assert!((power_to_db(power[0]) + 38.0).abs() < 0.2, "{}", power_to_db(power[0]));
}
