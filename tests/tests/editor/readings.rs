//! What the meters, the spectra and the measurement say.

use super::*;

/// What the meter column says of what it measures.
fn measured(harness: &mut Harness<'_, Model>) -> String {
    harness.run();
    harness.get_by_label("Measured").value().unwrap()
}

#[test]
fn the_measurement_is_paused_reset_and_follows_the_transport_as_chosen() {
    let mut harness = open(Model::default());
    assert_eq!(click(&mut harness, "Pause measuring"), [Edit::PauseMeters(true)]);
    harness.state_mut().is_integration_paused = true;
    harness.run();
    assert!(harness.query_by_label("Pause measuring").is_none());
    assert_eq!(click(&mut harness, "Start measuring"), [Edit::PauseMeters(false)]);
    for mode in IntegrationMode::ALL {
        let name = format!("Integration: {}", mode.name());
        assert_eq!(click(&mut harness, &name), [Edit::Integration(mode)]);
    }
    // A song that took an hour to measure is not lost by a click on its loudness.
    harness.state_mut().integration = IntegrationMode::Timeline;
    harness.run();
    assert_eq!(click(&mut harness, "Integrated loudness"), []);
    assert_eq!(click(&mut harness, "Reset meters"), [Edit::ResetMeters]);
}

#[test]
fn the_meters_say_what_they_are_of() {
    let mut harness = open(Model::default());
    assert_eq!(measured(&mut harness), "Play to measure");
    harness.state_mut().meters.output.loudness.measured_s = 221.4;
    assert_eq!(measured(&mut harness), "3:41 measured since the reset");
    harness.state_mut().integration = IntegrationMode::Timeline;
    assert_eq!(measured(&mut harness), "Play the song to measure it");
    let integration = &mut harness.state_mut().meters.integration;
    integration.mode = IntegrationMode::Timeline;
    integration.is_fallback = true;
    assert_eq!(measured(&mut harness), "The host gives no position: free-running");
    harness.state_mut().meters.integration.place = Place::Stopped;
    assert_eq!(measured(&mut harness), "Free-running until the song plays");
    let integration = &mut harness.state_mut().meters.integration;
    integration.is_fallback = false;
    integration.timeline.span_s = 221.4;
    integration.timeline.measured_s = 0.62 * 221.4;
    assert_eq!(measured(&mut harness), "62 % of 3:41 measured");
    harness.state_mut().meters.integration.timeline.measured_s = 221.3;
    assert_eq!(measured(&mut harness), "99 % of 3:41 measured");
    harness.state_mut().is_integration_paused = true;
    assert_eq!(measured(&mut harness), "Paused: 99 % of 3:41 measured");
    harness.state_mut().meters.integration.place = Place::BeyondEnd;
    assert_eq!(measured(&mut harness), "Paused: Not measured beyond 3 h");
    harness.state_mut().integration = IntegrationMode::ResetOnPlay;
    harness.state_mut().is_integration_paused = false;
    harness.state_mut().meters.integration.mode = IntegrationMode::ResetOnPlay;
    assert_eq!(measured(&mut harness), "3:41 measured since the start");
}

#[test]
fn the_folded_column_has_the_same_choice_in_a_menu() {
    let mut model = Model { integration: IntegrationMode::Timeline, ..Model::default() };
    model.meters.integration.mode = IntegrationMode::Timeline;
    (model.meters.integration.timeline.measured_s, model.meters.integration.timeline.span_s) =
        (50.0, 100.0);
    let mut harness = window(model, SMALLEST_SIZE[0] as f32, SMALLEST_SIZE[1] as f32);
    let value = harness.get_by_label("Integration mode").value();
    assert_eq!(value.as_deref(), Some("Timeline 50 %"));
    assert_eq!(click(&mut harness, "Integration mode"), []);
    let expected = [Edit::Integration(IntegrationMode::ResetOnPlay)];
    assert_eq!(click(&mut harness, "Reset on play"), expected);
    assert_eq!(click(&mut harness, "Pause measuring"), [Edit::PauseMeters(true)]);
}

#[test]
fn the_headroom_button_waits_for_a_peak() {
    let harness = open(Model::on(Stage::Trim));
    assert!(harness.query_by_label("Peaks to -6 dBFS").is_none());
}

#[test]
fn readings_are_written_alike_and_silence_has_one_sign() {
    let mut harness = open(Model::default());
    let value =
        |harness: &Harness<'_, Model>, name: &str| harness.get_by_label(name).value().unwrap();
    let silence = "--";
    assert_eq!(value(&harness, "Integrated loudness"), format!("{silence} LUFS"));
    assert_eq!(value(&harness, "Momentary"), format!("{silence} LUFS"));
    assert_eq!(value(&harness, "True peak maximum left"), format!("{silence} dBTP"));
    let output = &mut harness.state_mut().meters.output;
    output.loudness.integrated_lufs = -12.04;
    output.loudness.momentary_lufs = -9.96;
    output.max_true_peak_dbtp = [-1.0, 0.4];
    harness.run();
    assert_eq!(value(&harness, "Integrated loudness"), "\u{2212}12.0 LUFS");
    assert_eq!(value(&harness, "Momentary"), "\u{2212}10.0 LUFS");
    assert_eq!(value(&harness, "True peak maximum right"), "0.4 dBTP");
    // Spotify plays at -14 LUFS.
    assert_eq!(value(&harness, "Platform"), "Spotify: \u{2212}2.0 dB");
}

#[test]
fn the_spectra_are_shown_as_chosen() {
    for size in [vec2(800.0, 500.0), vec2(1100.0, 700.0)] {
        let mut harness = window(Model::on(Stage::Equalizer), size.x, size.y);
        let look = SpectrumLook::default();
        let choices = [
            ("Spectrum: Average", SpectrumLook { is_average: true, ..look }),
            ("Smoothing 1/24 octave", SpectrumLook { smoothing: Smoothing::TwentyFourth, ..look }),
            ("Smoothing 1 octave", SpectrumLook { smoothing: Smoothing::Octave, ..look }),
            ("Tilt 4.5 dB per octave", SpectrumLook { tilt_db_per_octave: 4.5, ..look }),
            ("Peak hold: On", SpectrumLook { is_peak_held: true, ..look }),
        ];
        assert_eq!(click(&mut harness, "Spectrum"), []);
        for (name, expected) in choices {
            assert_eq!(click(&mut harness, name), [Edit::SpectrumLook(expected)], "{name}");
        }
        // What is there already is not asked for.
        assert_eq!(click(&mut harness, "Smoothing 1/6 octave"), []);
        harness.state_mut().spectrum_look = SpectrumLook { is_average: true, ..look };
        harness.run();
        assert_eq!(click(&mut harness, "Spectrum: Live"), [Edit::SpectrumLook(look)]);
    }
}

#[test]
fn every_band_is_read_and_what_a_converter_stumbles_over_draws_attention() {
    let mut harness = open(Model::default());
    let value =
        |harness: &Harness<'_, Model>, name: &str| harness.get_by_label(name).value().unwrap();
    let none = "crest -- dB, correlation --, mono sum -- dB";
    assert_eq!(value(&harness, "Low band"), none);
    let output = &mut harness.state_mut().meters.output;
    output.loudness.measured_s = 10.0;
    output.dc_offset = [0.0, -0.01];
    output.dc_error = [0.001; 2];
    output.clipped_samples = 12;
    let low = BandReading {
        level_dbfs: -20.0,
        peak_dbfs: -9.0,
        crest_db: 11.04,
        correlation: Some(-0.256),
        mono_loss_db: f64::NEG_INFINITY,
    };
    let recent = [low, BandReading::default(), BandReading { mono_loss_db: -0.1, ..low }];
    output.bands = Some(BandsSnapshot { recent, overall: recent, compared: recent });
    harness.run();
    let minus = "\u{2212}";
    assert_eq!(
        value(&harness, "Low band"),
        format!("crest 11.0 dB, correlation {minus}0.26, mono sum {minus}\u{221e} dB")
    );
    assert_eq!(value(&harness, "Mid band"), none);
    assert!(value(&harness, "High band").ends_with(&format!("mono sum {minus}0.1 dB")));
    assert_eq!(value(&harness, "DC offset"), format!("{minus}40.0 dBFS"));
    assert_eq!(value(&harness, "Full scale"), "12 smp");
    // The bands fold away in the smallest window; what matters most does not.
    harness.set_size(vec2(800.0, 500.0));
    harness.run();
    assert!(harness.query_by_label("Low band").is_none());
    assert!(harness.query_by_label("Full scale").is_some());
}
