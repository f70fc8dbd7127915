//! The settings of a chain in a few words.

use burnish_dsp::settings::ChainSettings;

/// What a chain does, for a result: "EQ 3 bands, glue 2:1 at -18.0 dB, limiter
/// +6.0 dB Loud to -1.0 dBTP".
pub fn describe(settings: &ChainSettings) -> String {
    let mut parts = Vec::new();
    let equalizer = &settings.equalizer;
    let bands = equalizer.bands.iter().filter(|band| !band.is_neutral()).count();
    if equalizer.is_on && bands > 0 {
        parts.push(format!("EQ {bands} band{}", if bands == 1 { "" } else { "s" }));
    }
    let glue = &settings.glue;
    if glue.is_on {
        parts.push(format!("glue {}:1 at {:.1} dB", glue.ratio.value(), glue.threshold_db));
    }
    let clipper = &settings.clipper;
    if clipper.is_on {
        let (drive_db, threshold_db) = (clipper.drive_db, clipper.threshold_db);
        parts.push(format!("clipper +{drive_db:.1} dB at {threshold_db:.1} dB"));
    }
    let limiter = &settings.limiter;
    if limiter.is_on {
        parts.push(format!(
            "limiter +{:.1} dB {:?} to {:.1} dBTP",
            limiter.gain_db, limiter.character, limiter.ceiling_dbtp
        ));
    }
    if parts.is_empty() { "nothing at work".to_owned() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_described_by_what_is_at_work() {
        let mut settings = ChainSettings::default();
        assert_eq!(describe(&settings), "nothing at work");
        settings.limiter.is_on = true;
        assert_eq!(describe(&settings), "limiter +0.0 dB Transparent to -1.0 dBTP");
        settings.glue.is_on = true;
        settings.equalizer.bands[2].is_on = true;
        settings.equalizer.bands[2].gain_db = -2.0;
        settings.limiter.gain_db = 6.0;
        assert_eq!(
            describe(&settings),
            "EQ 1 band, glue 2:1 at -18.0 dB, limiter +6.0 dB Transparent to -1.0 dBTP"
        );
        settings.equalizer.is_on = false;
        (settings.glue.is_on, settings.limiter.is_on) = (false, false);
        assert_eq!(describe(&settings), "nothing at work");
    }
}
