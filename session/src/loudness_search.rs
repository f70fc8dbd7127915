//! Which settings bring a master to an asked loudness.

use burnish_dsp::limiter::LimiterSettings;
use burnish_dsp::loudness::LoudnessMeter;
use burnish_dsp::processor::AudioSpec;
use burnish_dsp::settings::ChainSettings;

use crate::error::FileError;
use crate::render::{BLOCK_FRAMES, render_song};
use crate::song::Song;

/// How near the asked loudness is near enough, LU.
const TOLERANCE_LU: f64 = 0.03;
/// How near it has to be, LU.
pub const LOUDNESS_TOLERANCE_LU: f64 = 0.1;
/// Renders spent at most on the search.
const MOST_RENDERS: usize = 14;

/// Settings that bring a master to an asked loudness, or as near as could be had.
#[derive(Clone, Debug)]
pub struct AtLoudness {
    /// The settings.
    pub settings: ChainSettings,
    /// What keeps the master from the asked loudness, in words.
    pub stopped_by: Option<String>,
}

/// Finds the settings for an asked integrated loudness, by rendering: the limiter's gain, or,
/// for a mix that is too loud as it is, the trim. `progress` is told the number of the render,
/// from 1, and the share of it that is done.
///
/// # Errors
/// What keeps the mix from being read.
pub fn settings_for_loudness(
    mix: &dyn Song,
    settings: &ChainSettings,
    target_lufs: f64,
    progress: &mut dyn FnMut(usize, f32),
) -> Result<AtLoudness, FileError> {
    let mut renders = 0;
    let mut attempt = |drive_db: f64| -> Result<_, FileError> {
        renders += 1;
        let settings = driven(settings, drive_db);
        let lufs = loudness_with(mix, &settings, &mut |share| progress(renders, share))?;
        Ok((AtLoudness { settings, stopped_by: None }, lufs - target_lufs))
    };
    let (lowest_db, highest_db) = drive_range(settings);
    let start_db = settings.limiter.gain_db;
    let (mut best, mut best_error) = attempt(start_db)?;
    if !best_error.is_finite() {
        best.stopped_by = Some("the mix is silent or shorter than 400 ms".to_owned());
        return Ok(best);
    }
    // Loudness grows with drive, one to one at first and less as limiting sets
    // in: secant steps inside a bracket.
    let (mut low_db, mut high_db) = (lowest_db, highest_db);
    let mut drive_db = start_db;
    let mut previous: Option<(f64, f64)> = None;
    let mut error = best_error;
    for _ in 1..MOST_RENDERS {
        if error.abs() <= TOLERANCE_LU || high_db - low_db < 0.01 {
            break;
        }
        if error > 0.0 {
            high_db = drive_db;
        } else {
            low_db = drive_db;
        }
        let slope = match previous {
            Some((last_db, last_error)) if (drive_db - last_db).abs() > 1e-6 => {
                ((error - last_error) / (drive_db - last_db)).clamp(0.1, 1.5)
            }
            _ => 1.0,
        };
        previous = Some((drive_db, error));
        let mut next_db = drive_db - error / slope;
        if next_db <= low_db || next_db >= high_db {
            // The ends are tried themselves before the bracket is halved.
            next_db = if next_db >= highest_db && high_db == highest_db && low_db < highest_db {
                highest_db
            } else if next_db <= lowest_db && low_db == lowest_db {
                lowest_db
            } else {
                0.5 * (low_db + high_db)
            };
        }
        if (next_db - drive_db).abs() < 0.005 {
            break;
        }
        drive_db = next_db;
        let (result, result_error) = attempt(drive_db)?;
        error = result_error;
        if error.abs() < best_error.abs() {
            best = result;
            best_error = error;
        }
    }
    if best_error.abs() > LOUDNESS_TOLERANCE_LU {
        let lufs = target_lufs + best_error;
        best.stopped_by = Some(if best_error < 0.0 {
            format!(
                "the limiter's gain ends at {highest_db:.1} dB: {lufs:.1} LUFS is the loudest \
                 with these settings"
            )
        } else {
            format!(
                "the trim ends at {lowest_db:.1} dB: {lufs:.1} LUFS is the quietest with these \
                 settings"
            )
        });
    }
    Ok(best)
}

/// How loud a master would be, LUFS.
fn loudness_with(
    mix: &dyn Song,
    settings: &ChainSettings,
    progress: &mut dyn FnMut(f32),
) -> Result<f64, FileError> {
    let spec = AudioSpec {
        sample_rate_hz: f64::from(mix.sample_rate_hz()),
        max_block_frames: BLOCK_FRAMES,
    };
    let mut meter = LoudnessMeter::new(spec);
    meter.set_mono(mix.channels() == 1);
    render_song(mix, settings, progress, &mut |left, right| {
        meter.process(left, right);
        Ok(())
    })?;
    Ok(meter.snapshot().integrated_lufs)
}

/// The range of drive: below zero the trim is lowered, above the limiter's gain is raised.
fn drive_range(settings: &ChainSettings) -> (f64, f64) {
    let (_, highest_gain_db) = LimiterSettings::PARAMETERS
        .iter()
        .find(|parameter| parameter.id == "gain")
        .map_or((0.0, 24.0), |parameter| parameter.kind.bounds());
    (-24.0 - settings.trim.gain_db, highest_gain_db)
}

fn driven(settings: &ChainSettings, drive_db: f64) -> ChainSettings {
    let mut driven = *settings;
    driven.limiter.is_on = true;
    // On the parameters' own grid, so that the same settings can be typed again.
    let on_grid = |db: f64| (db * 100.0).round() / 100.0;
    driven.limiter.gain_db = on_grid(drive_db.max(0.0));
    if drive_db < 0.0 {
        driven.trim.is_on = true;
        driven.trim.gain_db = on_grid(settings.trim.gain_db + drive_db);
    }
    driven
}
