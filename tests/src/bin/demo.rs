//! The demo: masters a real mix in a real host and photographs the real editor.
//!
//! `demo FOLDER` leaves `master.wav`, `editor.png` and `report.json` there.
//! `demo --pictures FOLDER` only photographs the editor, in two sizes.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use burnish_dsp::dither::BitDepth;
use burnish_dsp::settings::ChainSettings;
use burnish_session::audio::StereoAudio;
use burnish_session::decode::decode;
use burnish_session::file_format::Bits;
use burnish_session::loudness_search::settings_for_loudness;
use burnish_session::master_file::write_wav;
use burnish_session::measure::{Measures, measure};
use burnish_session::preset::find_preset;
use burnish_tests::error::Error;
use burnish_tests::host::{Host, bundle_path};
use burnish_tests::saved_state::edit_session;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

const MAX_BLOCK: usize = 1024;
/// Blocks of changing size, as some hosts send them.
const BLOCK_SIZES: [usize; 7] = [512, 64, 1024, 333, 1, 480, 256];
/// Where the demo's master ends up; the service would turn it down by 2 dB.
const LOUDNESS_LUFS: f64 = -12.0;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--pictures", folder] => pictures(Path::new(folder)),
        [folder] if !folder.starts_with('-') => demo(Path::new(folder)),
        _ => Err("expected a folder, or --pictures and a folder".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error}");
            ExitCode::FAILURE
        }
    }
}

fn material(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../material").join(name)
}

/// The preset at the demo's loudness, for a 24-bit file.
fn settings_for(mix: &StereoAudio) -> Result<ChainSettings, Error> {
    let preset = find_preset("Streaming").ok_or("the preset is missing")?;
    let bar = bar("finding the loudness", 100);
    let found =
        settings_for_loudness(mix, &preset.settings, LOUDNESS_LUFS, &mut |number, share| {
            bar.set_message(format!("finding the loudness, render {number}"));
            bar.set_position((100.0 * share) as u64);
        })?;
    bar.finish_and_clear();
    if let Some(reason) = found.stopped_by {
        return Err(reason.into());
    }
    let mut settings = found.settings;
    settings.dither.depth = BitDepth::Bits24;
    Ok(settings)
}

fn demo(folder: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(folder)?;
    let mix = decode(&material("mix.flac"))?;
    let settings = settings_for(&mix)?;
    let started = Instant::now();
    let (master, latency_frames) = master_in_host(&mix, &settings)?;
    let render_s = started.elapsed().as_secs_f64();
    write_wav(&folder.join("master.wav"), &master, Bits::B24)?;
    let (before, after) = (measure(&mix), measure(&master));
    print_table(&before, &after);

    let mut host = host_with_music(&mix, &settings)?;
    host.open_editor(1100, 700)?;
    play(&mut host, &mix, Duration::from_secs(4))?;
    photograph(&host, &folder.join("editor.png"))?;
    let report = json!({
        "before": before,
        "after": after,
        "loudness_asked_lufs": LOUDNESS_LUFS,
        "latency_frames": latency_frames,
        "render_s": render_s,
        "render_speed_x_real_time": mix.duration_s() / render_s,
        "version": env!("CARGO_PKG_VERSION"),
    });
    serde_json::to_writer_pretty(File::create(folder.join("report.json"))?, &report)?;
    println!("\n{}: master.wav, editor.png, report.json", folder.display());
    Ok(())
}

fn pictures(folder: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(folder)?;
    let mix = decode(&material("mix.flac"))?;
    let settings = settings_for(&mix)?;
    let mut host = host_with_music(&mix, &settings)?;
    host.open_editor(1100, 700)?;
    play(&mut host, &mix, Duration::from_secs(4))?;
    photograph(&host, &folder.join("editor.png"))?;
    host.resize_editor(800, 500)?;
    play(&mut host, &mix, Duration::from_secs(2))?;
    photograph(&host, &folder.join("editor-small.png"))?;
    println!("{}: editor.png, editor-small.png", folder.display());
    Ok(())
}

/// Renders the mix through the plug-in in its host: as long as the mix and aligned with it.
fn master_in_host(
    mix: &StereoAudio,
    settings: &ChainSettings,
) -> Result<(StereoAudio, usize), Error> {
    let mut host = Host::load(&bundle_path())?;
    host.set_offline(true)?;
    host.activate(f64::from(mix.sample_rate_hz), MAX_BLOCK)?;
    let latency_frames = host.latency_frames();
    let mut changes = host.changes_to(settings)?;
    let mut left = mix.left.clone();
    let mut right = mix.right.clone();
    left.resize(mix.frames() + latency_frames, 0.0);
    right.resize(mix.frames() + latency_frames, 0.0);
    let bar = bar("mastering in the host", left.len() as u64);
    let mut start = 0;
    for size in BLOCK_SIZES.iter().cycle() {
        let end = (start + size).min(left.len());
        host.process(&mut left[start..end], &mut right[start..end], &changes)?;
        changes.clear();
        host.idle();
        start = end;
        bar.set_position(start as u64);
        if start == left.len() {
            break;
        }
    }
    bar.finish_and_clear();
    left.drain(..latency_frames);
    right.drain(..latency_frames);
    Ok((StereoAudio { left, right, ..mix.clone() }, latency_frames))
}

/// A host with the demo's settings and reference that has already heard the first 14 s.
fn host_with_music(mix: &StereoAudio, settings: &ChainSettings) -> Result<Host, Error> {
    let mut host = Host::load(&bundle_path())?;
    let reference = material("reference.flac").canonicalize()?;
    let state = edit_session(&host.save_state()?, |session| {
        session["reference"] = json!(reference);
        session["notes"] = json!("First master. Check the second chorus in the car.");
    })?;
    host.load_state(&state)?;
    host.activate(f64::from(mix.sample_rate_hz), MAX_BLOCK)?;
    let mut changes = host.changes_to(settings)?;
    let heard = 14 * mix.sample_rate_hz as usize;
    let mut left = mix.left[..heard].to_vec();
    let mut right = mix.right[..heard].to_vec();
    for (left, right) in left.chunks_mut(MAX_BLOCK).zip(right.chunks_mut(MAX_BLOCK)) {
        host.process(left, right, &changes)?;
        changes.clear();
        host.idle();
    }
    Ok(host)
}

/// Plays the chorus in real time, while the editor draws.
fn play(host: &mut Host, mix: &StereoAudio, duration: Duration) -> Result<(), Error> {
    const BLOCK: usize = 480;
    let rate_hz = f64::from(mix.sample_rate_hz);
    let bar = bar("playing to the editor", duration.as_millis() as u64);
    let started = Instant::now();
    let mut frame = 14 * mix.sample_rate_hz as usize;
    let first = frame;
    while started.elapsed() < duration {
        let end = (frame + BLOCK).min(mix.frames());
        let mut left = mix.left[frame..end].to_vec();
        let mut right = mix.right[frame..end].to_vec();
        host.process(&mut left, &mut right, &[])?;
        host.idle();
        frame = if end == mix.frames() { first } else { end };
        let due = Duration::from_secs_f64((frame - first) as f64 / rate_hz);
        std::thread::sleep(due.saturating_sub(started.elapsed()));
        bar.set_position(started.elapsed().as_millis() as u64);
    }
    bar.finish_and_clear();
    Ok(())
}

/// Writes a picture of the editor; a blank one is an error.
fn photograph(host: &Host, path: &Path) -> Result<(), Error> {
    /// A drawn editor has text, curves and meters: hundreds of colours.
    const FEWEST_COLOURS: usize = 64;
    let (width, height, pixels) = host.picture()?;
    let mut colours: Vec<&[u8]> = pixels.chunks_exact(3).collect();
    colours.sort_unstable();
    colours.dedup();
    if colours.len() < FEWEST_COLOURS {
        return Err(format!("the editor's window shows only {} colours", colours.len()).into());
    }
    let mut encoder = png::Encoder::new(BufWriter::new(File::create(path)?), width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(())
}

fn print_table(before: &Measures, after: &Measures) {
    type Row = (&'static str, fn(&Measures) -> f64, &'static str);
    const ROWS: [Row; 6] = [
        ("integrated loudness", |m| m.integrated_lufs, "LUFS"),
        ("momentary maximum", |m| m.max_momentary_lufs, "LUFS"),
        ("loudness range", |m| m.loudness_range_lu, "LU"),
        ("true peak", |m| m.true_peak_dbtp, "dBTP"),
        ("peak to loudness ratio", |m| m.plr_db, "dB"),
        ("correlation", |m| m.correlation, ""),
    ];
    println!("{:<24}{:>10}{:>10}", "", "mix", "master");
    for (name, read, unit) in ROWS {
        println!("{name:<24}{:>10.2}{:>10.2} {unit}", read(before), read(after));
    }
}

fn bar(what: &'static str, length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:<32} [{bar:32}] {percent:>3} %")
        .map_or_else(|_| ProgressStyle::default_bar(), |style| style.progress_chars("=> "));
    ProgressBar::new(length).with_style(style).with_message(what)
}
