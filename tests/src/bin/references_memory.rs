//! How much memory twenty references of four minutes take, in a process of its own.
//!
//! `references_memory FOLDER MINUTES INSTANCES` makes the songs in that folder and prints
//! what was added, in megabytes, once all of them have been read, and the most while
//! they are switched among.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use burnish_tests::error::Error;
use burnish_tests::host::{Host, bundle_path};
use burnish_tests::saved_state::{edit_session, read_state};
use serde_json::json;

const REFERENCES: usize = 20;
const RATE_HZ: usize = 48_000;
const BLOCK: usize = 512;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let numbers: Vec<usize> = arguments.iter().skip(1).flat_map(|text| text.parse()).collect();
    let (Some(folder), [minutes, instances]) = (arguments.first(), &numbers[..]) else {
        eprintln!("references_memory: expected a folder, minutes and a number of instances");
        return ExitCode::FAILURE;
    };
    match measure(Path::new(folder), *minutes, *instances) {
        Ok([read, played]) => {
            println!("{read:.1} {played:.1}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("references_memory: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(folder: &Path, minutes: usize, instances: usize) -> Result<[f64; 2], Error> {
    let paths = (0..REFERENCES)
        .map(|number| write_song(folder, number, minutes))
        .collect::<Result<Vec<_>, _>>()?;
    let mut hosts = Vec::new();
    for _ in 0..instances {
        let mut host = Host::load(&bundle_path())?;
        host.activate(RATE_HZ as f64, BLOCK)?;
        play(&mut host, 20)?;
        hosts.push(host);
    }
    let before = resident_mb()?;
    for host in &mut hosts {
        let state = edit_session(&host.save_state()?, |session| {
            session["references"] = paths.iter().map(|path| json!({ "path": path })).collect();
            session["chosen_reference"] = json!({ "song": 0 });
        })?;
        host.load_state(&state)?;
        host.activate(RATE_HZ as f64, BLOCK)?;
    }
    let started = Instant::now();
    while !are_read(&mut hosts)? {
        if started.elapsed() > Duration::from_mins(9) {
            return Err("expected all references to be read by now".into());
        }
        for host in &mut hosts {
            play(host, 1)?;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    let read = resident_mb()? - before;
    for host in &mut hosts {
        host.play_from(Some(0));
        host.move_switch("Listen To", 2.0)?;
    }
    let mut played = read;
    for step in 0..2 * REFERENCES {
        for host in &mut hosts {
            host.move_switch("Next Reference", (step % 2) as f64)?;
            play(host, 100)?;
        }
        played = played.max(resident_mb()? - before);
    }
    Ok([read, played])
}

fn play(host: &mut Host, blocks: usize) -> Result<(), Error> {
    let (mut left, mut right) = ([0.01; BLOCK], [0.01; BLOCK]);
    (0..blocks).try_for_each(|_| host.process(&mut left, &mut right, &[]))
}

fn are_read(hosts: &mut [Host]) -> Result<bool, Error> {
    for host in hosts {
        let state = read_state(&host.save_state()?)?;
        let list = &state["fields"]["session"]["references"];
        let is_read = |n: usize| list[n]["sha256"].as_str().is_some_and(|hash| hash.len() == 64);
        if !(0..REFERENCES).all(is_read) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A song of its own kind of noise.
fn write_song(folder: &Path, number: usize, minutes: usize) -> Result<PathBuf, Error> {
    let path = folder.join(format!("{number}.wav"));
    let frames = minutes * 60 * RATE_HZ;
    let bytes = (4 * frames) as u32;
    let mut file = BufWriter::new(File::create(&path)?);
    file.write_all(b"RIFF")?;
    file.write_all(&(bytes + 36).to_le_bytes())?;
    file.write_all(b"WAVEfmt \x10\0\0\0\x01\0\x02\0")?;
    file.write_all(&(RATE_HZ as u32).to_le_bytes())?;
    file.write_all(&(4 * RATE_HZ as u32).to_le_bytes())?;
    file.write_all(b"\x04\0\x10\0data")?;
    file.write_all(&bytes.to_le_bytes())?;
    let mut state = number as u32 + 1;
    for _ in 0..frames {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [_, _, low, high] = state.to_le_bytes();
        let sample = i16::from_le_bytes([low, high]) / 4;
        file.write_all(&sample.to_le_bytes())?;
        file.write_all(&(sample / 2).to_le_bytes())?;
    }
    file.flush()?;
    Ok(path)
}

/// Memory that this process holds now.
fn resident_mb() -> Result<f64, Error> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next());
    let kilobytes: f64 = kilobytes.ok_or("expected VmRSS in /proc/self/status")?.parse()?;
    Ok(kilobytes / 1024.0)
}
