//! Rendering a whole file through the chain, exactly as the plug-in would.

use burnish_dsp::chain::Chain;
use burnish_dsp::dither::OverFullScale;
use burnish_dsp::limiter::LimiterSettings;
use burnish_dsp::processor::{AudioSpec, StereoBlock};
use burnish_dsp::settings::ChainSettings;

use crate::audio::StereoAudio;
use crate::measure::{Measures, measure};

const BLOCK_FRAMES: usize = 512;

/// What the chain made of a file.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The master: as long as the mix and aligned with it, and mono where that is mono.
    pub audio: StereoAudio,
    /// What the dither had to cut off, in all channels of the master.
    pub over_full_scale: OverFullScale,
    /// The latency that was taken out, frames.
    pub latency_frames: usize,
    /// Measures of the master.
    pub measures: Measures,
}

/// Renders a file; `progress` is told the share done, 0 to 1.
///
/// What becomes of a mono mix is the left channel, as in a host's mono track: nothing in
/// the chain tells the channels apart but bands of the equaliser that are meant to, and
/// dither, of which there are two that know nothing of each other.
pub fn render(
    mix: &StereoAudio,
    settings: &ChainSettings,
    mut progress: impl FnMut(f32),
) -> Rendered {
    let spec =
        AudioSpec { sample_rate_hz: f64::from(mix.sample_rate_hz), max_block_frames: BLOCK_FRAMES };
    let mut chain = Chain::new(spec);
    chain.set_mono(mix.channels == 1);
    chain.configure(settings);
    let latency_frames = chain.latency_frames();
    let mut left = mix.left.clone();
    let mut right = mix.right.clone();
    left.resize(mix.frames() + latency_frames, 0.0);
    right.resize(mix.frames() + latency_frames, 0.0);
    let total = left.len() as f32;
    let blocks = left.chunks_mut(BLOCK_FRAMES).zip(right.chunks_mut(BLOCK_FRAMES));
    for (n, (left, right)) in blocks.enumerate() {
        chain.process(&mut StereoBlock::new(left, right));
        progress(((n * BLOCK_FRAMES) as f32 / total).min(1.0));
    }
    progress(1.0);
    left.drain(..latency_frames);
    right.drain(..latency_frames);
    let [mut over_full_scale, over_right] = chain.over_full_scale();
    if mix.channels == 1 {
        right.clone_from(&left);
    } else {
        over_full_scale = over_full_scale.and(over_right);
    }
    let audio =
        StereoAudio { sample_rate_hz: mix.sample_rate_hz, channels: mix.channels, left, right };
    let measures = measure(&audio);
    Rendered { audio, over_full_scale, latency_frames, measures }
}

/// How near the asked loudness is near enough, LU.
const TOLERANCE_LU: f64 = 0.03;
/// How near it has to be, LU.
pub const LOUDNESS_TOLERANCE_LU: f64 = 0.1;
/// Renders spent at most on the search.
const MOST_RENDERS: usize = 14;

/// A master at an asked loudness, or the nearest that could be had.
#[derive(Clone, Debug)]
pub struct LoudnessRendered {
    /// The master.
    pub rendered: Rendered,
    /// The settings that made it.
    pub settings: ChainSettings,
    /// What kept it from the asked loudness, in words.
    pub stopped_by: Option<String>,
}

/// Renders at an asked integrated loudness: by the limiter's gain, or, for a
/// mix that is too loud as it is, by the trim. `progress` is told the number of
/// the render, from 1, and the share of it that is done.
pub fn render_to_loudness(
    mix: &StereoAudio,
    settings: &ChainSettings,
    target_lufs: f64,
    mut progress: impl FnMut(usize, f32),
) -> LoudnessRendered {
    let mut renders = 0;
    let mut attempt = |drive_db: f64| {
        renders += 1;
        let settings = driven(settings, drive_db);
        let rendered = render(mix, &settings, |share| progress(renders, share));
        let error_lu = rendered.measures.integrated_lufs - target_lufs;
        (LoudnessRendered { rendered, settings, stopped_by: None }, error_lu)
    };
    let (lowest_db, highest_db) = drive_range(settings);
    let start_db = settings.limiter.gain_db;
    let (mut best, mut best_error) = attempt(start_db);
    if !best_error.is_finite() {
        best.stopped_by = Some("the mix is silent or shorter than 400 ms".to_owned());
        return best;
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
        let (result, result_error) = attempt(drive_db);
        error = result_error;
        if error.abs() < best_error.abs() {
            best = result;
            best_error = error;
        }
    }
    if best_error.abs() > LOUDNESS_TOLERANCE_LU {
        best.stopped_by = Some(if best_error < 0.0 {
            format!(
                "the limiter's gain ends at {highest_db:.1} dB: {:.1} LUFS is the loudest with these settings",
                best.rendered.measures.integrated_lufs
            )
        } else {
            format!(
                "the trim ends at {lowest_db:.1} dB: {:.1} LUFS is the quietest with these settings",
                best.rendered.measures.integrated_lufs
            )
        });
    }
    best
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
