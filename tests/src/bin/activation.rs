//! Prints what an active instance of the plug-in costs: memory, and time to activate.
//!
//! `BURNISH_CLAP` names the plug-in to look at, a release build for figures that mean anything.

use std::time::Instant;

use burnish_tests::error::Error;
use burnish_tests::host::{Host, bundle_path};

const MAX_BLOCK_FRAMES: usize = 4096;
const INSTANCES: usize = 8;

/// Memory of this program that is in use, MB; 0 where the system does not tell.
fn resident_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kb = line.and_then(|line| line.trim().strip_suffix(" kB")).and_then(|kb| kb.parse().ok());
    kb.map_or(0.0, |kb: f64| kb / 1000.0)
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

/// Plays a second of a loud tone.
fn play(host: &mut Host, rate_hz: f64) -> Result<(), Error> {
    for _ in 0..rate_hz as usize / MAX_BLOCK_FRAMES {
        let mut left: Vec<f32> =
            (0..MAX_BLOCK_FRAMES).map(|n| 0.9 * (n as f32 * 0.03).sin()).collect();
        let mut right = left.clone();
        host.process(&mut left, &mut right, &[])?;
    }
    Ok(())
}

/// What silence costs once it rests, in percent of a core.
fn resting(rate_hz: f64) -> Result<f64, Error> {
    const BLOCK_FRAMES: usize = 512;
    let mut host = Host::load(&bundle_path())?;
    host.activate(rate_hz, BLOCK_FRAMES)?;
    let (mut left, mut right) = ([0.0; BLOCK_FRAMES], [0.0; BLOCK_FRAMES]);
    let mut silence = |host: &mut Host, seconds: f64| -> Result<f64, Error> {
        let start = Instant::now();
        for _ in 0..(seconds * rate_hz) as usize / BLOCK_FRAMES {
            host.process(&mut left, &mut right, &[])?;
        }
        Ok(milliseconds(start) / (10.0 * seconds))
    };
    silence(&mut host, 30.0)?;
    silence(&mut host, 60.0)
}

fn main() -> Result<(), Error> {
    let rates_hz: Vec<f64> =
        std::env::args().skip(1).filter_map(|rate| rate.parse().ok()).collect();
    let rates_hz = if rates_hz.is_empty() { vec![48_000.0, 192_000.0] } else { rates_hz };
    for rate_hz in rates_hz {
        let mut hosts = Vec::new();
        for _ in 0..INSTANCES {
            hosts.push(Host::load(&bundle_path())?);
        }
        let inactive_mb = resident_mb();
        let (mut times_ms, mut mb) = (Vec::new(), Vec::new());
        for host in &mut hosts {
            let before_mb = resident_mb();
            let start = Instant::now();
            host.activate(rate_hz, MAX_BLOCK_FRAMES)?;
            times_ms.push(milliseconds(start));
            mb.push(resident_mb() - before_mb);
        }
        let active_mb = resident_mb();
        for host in &mut hosts {
            play(host, rate_hz)?;
        }
        let played_mb = resident_mb();
        let mut again_ms = Vec::new();
        for host in &mut hosts {
            let start = Instant::now();
            host.activate(rate_hz, MAX_BLOCK_FRAMES)?;
            again_ms.push(milliseconds(start));
        }
        again_ms.sort_by(f64::total_cmp);
        let each = |mb: f64| mb / INSTANCES as f64;
        println!(
            "{rate_hz} Hz, blocks of {MAX_BLOCK_FRAMES}: the first instance {:.1} ms and {:.1} MB, \
             then {:.1} ms and {:.1} MB each, {:.1} MB with a second played; again {:.1} ms",
            times_ms[0],
            mb[0],
            times_ms[INSTANCES / 2],
            each(active_mb - inactive_mb - mb[0]) * INSTANCES as f64 / (INSTANCES - 1) as f64,
            each(played_mb - inactive_mb),
            again_ms[INSTANCES / 2],
        );
        println!("{rate_hz} Hz, silence at rest: {:.3} % of a core", resting(rate_hz)?);
    }
    Ok(())
}
