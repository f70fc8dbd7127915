//! Three masters of one song for a blind test, as the experiment of every
//! mastering guide asks: one conservative, one louder, one with heavier EQ.
//!
//! Each differs from the current chain, and from the others, in what is heard and
//! not only in level, which a blind test takes away. Every value lies on its
//! parameter's grid.

mod effect;
mod heavier;
#[cfg(test)]
mod tests;

use burnish_dsp::clipper::ClipperSettings;
use burnish_dsp::compressor::{CompressorSettings, Ratio};
use burnish_dsp::limiter::Character;
use burnish_dsp::settings::ChainSettings;

use self::effect::{in_effect, snapped};

/// The names of the three.
pub const NAMES: [&str; 3] = ["Conservative", "Louder", "Heavier EQ"];

/// Limiter gain that the conservative master gives back, dB.
const BACK_DB: f64 = 2.5;
/// Limiter gain that the louder one adds, dB.
const PUSH_DB: f64 = 2.0;
/// Clipper drive that the louder one adds, dB.
const DRIVE_DB: f64 = 1.5;
/// Where the louder one's clipper begins when there was none, dBFS.
const CLIP_DB: f64 = -1.5;

/// A conservative, a louder and a heavier-EQ master from the current chain.
pub fn propose(current: &ChainSettings) -> [(&'static str, ChainSettings); 3] {
    let current = snapped(*current);
    let masters = [conservative(&current), louder(&current), heavier::heavier(&current)];
    std::array::from_fn(|i| (NAMES[i], masters[i]))
}

/// Less of all that costs dynamics. Where there is nothing to give back, a light
/// glue: the gentlest step from a mix to a master.
fn conservative(current: &ChainSettings) -> ChainSettings {
    let mut master = *current;
    let limiter = &mut master.limiter;
    limiter.gain_db -= BACK_DB;
    if limiter.character == Character::Loud {
        limiter.character = Character::Transparent;
    }
    master.clipper.drive_db *= 0.5;
    master.clipper.threshold_db += 1.0;
    let glue = &mut master.glue;
    glue.threshold_db += 2.0;
    glue.ratio = gentler(glue.ratio);
    let mut master = snapped(master);
    if in_effect(&master) == in_effect(current) {
        master.glue = if current.glue.is_on {
            // It is as gentle as it can be.
            CompressorSettings { is_on: false, ..current.glue }
        } else {
            CompressorSettings {
                is_on: true,
                threshold_db: -16.0,
                ratio: Ratio::R1_5,
                range_db: 2.0,
                ..CompressorSettings::default()
            }
        };
    }
    master
}

fn gentler(ratio: Ratio) -> Ratio {
    match ratio {
        Ratio::R10 => Ratio::R4,
        Ratio::R4 => Ratio::R3,
        Ratio::R3 => Ratio::R2,
        Ratio::R2 | Ratio::R1_5 => Ratio::R1_5,
    }
}

/// More of the limiter, in its loudest character, and a clipper that takes the
/// highest peaks before it. The ceiling stays: it belongs to the place of delivery.
fn louder(current: &ChainSettings) -> ChainSettings {
    let mut master = *current;
    let limiter = &mut master.limiter;
    limiter.is_on = true;
    limiter.gain_db += PUSH_DB;
    limiter.character = Character::Loud;
    let clipper = &mut master.clipper;
    if clipper.is_on {
        clipper.drive_db += DRIVE_DB;
    } else {
        *clipper = ClipperSettings {
            is_on: true,
            drive_db: DRIVE_DB,
            threshold_db: CLIP_DB,
            softness_percent: 20.0,
            oversampling: clipper.oversampling,
        };
    }
    let mut master = snapped(master);
    if in_effect(&master) == in_effect(current) {
        // All is turned up: a harder corner passes the most, and where it is
        // hard already, a rounder one is at least another sound.
        let is_hard = current.clipper.softness_percent == 0.0;
        master.clipper.softness_percent = if is_hard { 50.0 } else { 0.0 };
    }
    master
}
