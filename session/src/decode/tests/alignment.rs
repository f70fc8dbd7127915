//! Compressed audio stands where the original stands, to the sample, and is as long.

use std::path::Path;
use std::process::Command;

use super::{fixture, material, read_file, read_plainly};
use crate::audio::StereoAudio;
use crate::file_format::Bits;
use crate::master_file::write_wav;

/// How far what was coded is looked for, frames either way.
const REACH: i64 = 3000;
/// Frames that are compared.
const COMPARED: usize = 8192;

/// How many frames later the same sound stands in what was coded: where both are most alike.
fn lag(original: &[f32], coded: &[f32]) -> i64 {
    let middle = original.len() / 2;
    let passage = &original[middle..middle + COMPARED];
    let alike = |lag: i64| {
        let start = (middle as i64 + lag) as usize;
        let other = coded.get(start..start + COMPARED).unwrap_or_default();
        passage.iter().zip(other).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>()
    };
    (-REACH..=REACH).max_by(|a, b| alike(*a).total_cmp(&alike(*b))).unwrap()
}

/// One second of the mix, as the fixtures have it.
fn chorus() -> StereoAudio {
    let mix = read_file(&material("mix.flac")).unwrap().audio;
    let rate = mix.sample_rate_hz as usize;
    let part = |channel: &[f32]| channel[15 * rate..16 * rate].to_vec();
    StereoAudio { left: part(&mix.left), right: part(&mix.right), ..mix }
}

#[test]
fn the_fixtures_are_in_step_with_the_mix() {
    let chorus = chorus();
    for name in ["chorus.mp3", "chorus.m4a", "chorus.ogg"] {
        let coded = read_plainly(&fixture(name)).audio;
        assert_eq!(lag(&chorus.left, &coded.left), 0, "{name}");
        assert_eq!(coded.frames(), chorus.frames(), "{name}");
    }
    // Bare frames have no place for remarks: the run-up stays.
    let bare = read_plainly(&fixture("chorus.aac")).audio;
    assert_eq!(lag(&chorus.left, &bare.left), 1024);
}

/// An encoder's name, its arguments, the file's ending, and how late the sound stands in it.
type Encoder = (&'static str, &'static [&'static str], &'static str, i64);

const ENCODERS: [Encoder; 9] = [
    ("lame", &["--quiet", "-V2"], "mp3", 0),
    // Without remarks the run-ups of encoder and decoder stay.
    ("lame", &["--quiet", "-t", "-b", "192"], "mp3", 1105),
    ("ffmpeg", &["-c:a", "libmp3lame"], "mp3", 0),
    ("ffmpeg", &["-c:a", "aac", "-b:a", "192k"], "m4a", 0),
    ("ffmpeg", &["-c:a", "alac"], "m4a", 0),
    ("ffmpeg", &["-c:a", "libvorbis"], "ogg", 0),
    ("ffmpeg", &["-c:a", "libopus"], "opus", 0),
    ("ffmpeg", &["-c:a", "flac"], "flac", 0),
    ("ffmpeg", &["-c:a", "pcm_s24be"], "aiff", 0),
];

/// Codes a file; `false` where there is no such encoder here.
fn code((program, arguments, _, _): Encoder, from: &Path, to: &Path) -> bool {
    let mut command = Command::new(program);
    if program == "ffmpeg" {
        command.args(["-nostdin", "-v", "error", "-y", "-i"]).arg(from).args(arguments);
    } else {
        command.args(arguments).arg(from);
    }
    let Ok(output) = command.arg(to).output() else { return false };
    // It may have been built without this codec.
    output.status.success()
}

#[test]
fn what_encoders_write_is_in_step_at_two_rates() {
    let folder = tempfile::tempdir().unwrap();
    let chorus = chorus();
    for rate_hz in [44_100, 48_000] {
        let original = StereoAudio { sample_rate_hz: rate_hz, ..chorus.clone() };
        let wav = folder.path().join("original.wav");
        write_wav(&wav, &original, Bits::B16).unwrap();
        for encoder in ENCODERS {
            let path = folder.path().join(format!("coded.{}", encoder.2));
            let what = format!("{} {:?} at {rate_hz} Hz", encoder.0, encoder.1);
            if !code(encoder, &wav, &path) {
                println!("skipped: {what} is not here");
                continue;
            }
            let decoded = read_file(&path).unwrap();
            assert!(decoded.warnings.is_empty(), "{what}: {:?}", decoded.warnings);
            let audio = decoded.audio;
            // Opus knows one rate only, and nothing here is resampled.
            if audio.sample_rate_hz == rate_hz {
                assert_eq!(lag(&original.left, &audio.left), encoder.3, "{what}");
                let whole = encoder.3 > 0 || audio.frames() == original.frames();
                assert!(whole, "{what}: {} frames", audio.frames());
            }
        }
    }
}
