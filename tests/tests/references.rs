//! References: read whole and measured right, or refused with one clear line.

use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use burnish_dsp::loudness::LoudnessMeter;
use burnish_dsp::processor::AudioSpec;
use burnish_session::audio::StereoAudio;
use burnish_session::decode::decode;
use burnish_session::error::FileError;
use burnish_session::file_format::Bits;
use burnish_session::master_file::write_wav;
use burnish_session::measure::measure;
use burnish_session::reference::{
    LoadEvent, PlayableReference, ReferenceDetails, load_reference, region_loudness, song_spectrum,
};
use burnish_session::references::Region;
use burnish_session::resample::resample;
use tempfile::TempDir;

use crate::support::{Noise, Signal, material, material_path};

type Loaded = (Arc<PlayableReference>, ReferenceDetails);

fn load(path: &Path, rate_hz: f64) -> Result<Loaded, FileError> {
    let mut playable = None;
    let details = load_reference(path, rate_hz, &mut |event| {
        if let LoadEvent::Playable(song) = event {
            playable = Some(song);
        }
        ControlFlow::Continue(())
    })?;
    Ok((playable.expect("it could be played"), details))
}

fn fixture(name: &str) -> Vec<u8> {
    fs::read(fixture_path(name)).unwrap()
}

fn fixture_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

fn written(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn song(folder: &TempDir, name: &str, audio: &StereoAudio) -> PathBuf {
    let path = folder.path().join(name);
    write_wav(&path, audio, Bits::F32).unwrap();
    path
}

fn noise(seconds: f64, sample_rate_hz: u32, amplitude: f32) -> StereoAudio {
    let signal = Signal::noise((seconds * f64::from(sample_rate_hz)) as usize, amplitude, 5);
    StereoAudio { sample_rate_hz, channels: 2, left: signal.left, right: signal.right }
}

/// A WAV whose samples are all alike, in so many channels.
fn wav(folder: &TempDir, name: &str, channels: u16, value: f32) -> PathBuf {
    let path = folder.path().join(name);
    let spec = hound::WavSpec {
        channels,
        sample_rate: 48_000,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(&path, spec).unwrap();
    for _ in 0..48_000 * u32::from(channels) {
        writer.write_sample(value).unwrap();
    }
    writer.finalize().unwrap();
    path
}

/// A 16-bit stereo WAV of silence that takes no room on the disk.
fn sparse(folder: &TempDir, name: &str, minutes: u32) -> PathBuf {
    let data_bytes = minutes * 60 * 48_000 * 4;
    let mut header = Vec::new();
    header.extend(b"RIFF");
    header.extend((data_bytes + 36).to_le_bytes());
    header.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    header.extend(48_000_u32.to_le_bytes());
    header.extend(192_000_u32.to_le_bytes());
    header.extend(b"\x04\0\x10\0data");
    header.extend(data_bytes.to_le_bytes());
    let path = written(folder, name, &header);
    let file = File::options().append(true).open(&path).unwrap();
    file.set_len(u64::from(data_bytes) + 44).unwrap();
    path
}

fn flipped(bytes: &[u8], from: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.iter_mut().skip(from).step_by(97).take(400).for_each(|byte| *byte ^= 0x55);
    bytes
}

fn replaced(bytes: &[u8], from: [u8; 4], to: [u8; 4]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let place = bytes.windows(4).position(|four| four == from).expect("it is in there");
    bytes[place..place + 4].copy_from_slice(&to);
    bytes
}

#[track_caller]
fn assert_refused(path: &Path, words: &[&str]) {
    let started = Instant::now();
    let error = load(path, 48_000.0).map(|_| path).expect_err("it is refused");
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "{} took {:?}",
        path.display(),
        started.elapsed()
    );
    let text = error.to_string();
    assert!(!text.contains('\n') && text.len() < 400, "{text}");
    assert!(text.contains("expected"), "{text}");
    for word in words {
        assert!(text.contains(word), "\"{word}\" is not in: {text}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_one_clear_line() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let file = |name: &str, bytes: &[u8]| written(&folder, name, bytes);
    let m4a = fixture("chorus.m4a");
    let mut generator = Noise::new(9);
    let garbage: Vec<u8> = (0..100_000).map(|_| (generator.sample() * 128.0) as i8 as u8).collect();

    assert_refused(&at("moved.flac"), &["moved.flac", "no such file"]);
    assert_refused(folder.path(), &["a folder"]);
    assert_refused(&file("empty.wav", b""), &["an empty file"]);
    assert_refused(&file("text.wav", b"Dear mastering engineer, "), &["something else"]);
    assert_refused(&file("garbage.mp3", &garbage), &[]);
    assert_refused(&file("garbage.wav", &garbage), &[]);
    for entry in [b"drms", b"enca"] {
        let protected = replaced(&m4a, *b"mp4a", *entry);
        assert_refused(&file("shop.m4a", &protected), &["copy-protected"]);
    }
    assert_refused(&file("cut.m4a", &m4a[..m4a.len() / 2]), &[]);
    let mp3 = fixture("chorus.mp3");
    assert_refused(&file("cut.mp3", &mp3[..mp3.len() / 3]), &["truncated"]);
    assert_refused(&wav(&folder, "surround.wav", 6, 0.1), &["1 or 2 channels", "found 6"]);
    assert_refused(&wav(&folder, "nan.wav", 2, f32::NAN), &["96000 samples", "NaN"]);
    let whole = fs::read(wav(&folder, "whole.wav", 2, 0.1)).unwrap();
    assert_refused(&file("cut.wav", &whole[..whole.len() / 2]), &["1.00 s", "truncated"]);
    assert_refused(&file("bare.wav", &whole[..whole.len() - 384_000]), &[]);
    let flac = fs::read(material_path("mix.flac")).unwrap();
    assert_refused(&file("bits.flac", &flipped(&flac, flac.len() / 8)), &["damage"]);
    assert_refused(&file("cut.flac", &flac[..flac.len() / 16]), &["33.00 s"]);
    if Path::new("/dev/zero").exists() {
        assert_refused(Path::new("/dev/zero"), &["no file"]);
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_refused_with_its_reason() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let path = wav(&folder, "private.wav", 2, 0.1);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    // The administrator may read everything.
    if File::open(&path).is_err() {
        assert_refused(&path, &["permission denied"]);
    }
}

#[test]
fn a_song_of_hours_is_refused_before_it_has_eaten_the_memory() {
    let folder = TempDir::new().unwrap();
    let started = Instant::now();
    let path = sparse(&folder, "album.wav", 360);
    assert_refused(&path, &["at most 60 min", "360 min"]);
    // An hour fits at 48 kHz; at 192 kHz it would take 5.5 GB.
    let path = sparse(&folder, "set.wav", 40);
    let error = load(&path, 192_000.0).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("at most 23 min") && error.contains("40 min"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
}

#[test]
fn damage_of_any_kind_neither_panics_nor_hangs_nor_gives_what_is_not_a_number() {
    let folder = TempDir::new().unwrap();
    let mut generator = Noise::new(77);
    let mut below = |limit: usize| (generator.sample().abs() * limit as f32) as usize % limit;
    for name in ["chorus.mp3", "chorus.m4a", "chorus.aac", "chorus.ogg", "chorus.aiff"] {
        let whole = fixture(name);
        for round in 0..24 {
            let mut bytes = whole.clone();
            match round % 4 {
                0 => (0..=round).for_each(|_| bytes[below(whole.len())] ^= 1 << below(8)),
                1 => bytes.truncate(below(whole.len())),
                2 => {
                    let start = below(whole.len());
                    bytes.iter_mut().skip(start).take(2000).for_each(|byte| *byte = 0xFF);
                }
                // The header, where the lengths are.
                _ => (0..4).for_each(|_| bytes[below(400)] = below(256) as u8),
            }
            let path = written(&folder, name, &bytes);
            let started = Instant::now();
            let loaded = load(&path, 44_100.0);
            assert!(started.elapsed() < Duration::from_secs(20), "{name}, round {round}");
            match loaded {
                Ok((song, _)) => {
                    let audio = song.audio.whole().unwrap();
                    let samples = audio.left.iter().chain(&audio.right);
                    assert!(samples.clone().all(|x| x.is_finite()), "{name}, round {round}");
                }
                Err(error) => assert!(!error.message.contains('\n'), "{error}"),
            }
        }
    }
}

#[test]
fn a_wrong_extension_does_not_matter() {
    let folder = TempDir::new().unwrap();
    let right = decode(&fixture_path("chorus.mp3")).unwrap();
    for name in ["song.wav", "song.flac", "song", "song.txt"] {
        let path = written(&folder, name, &fixture("chorus.mp3"));
        let (song, _) = load(&path, f64::from(right.sample_rate_hz)).unwrap();
        assert!(song.audio.whole().unwrap() == right, "{name}");
    }
}

#[test]
fn what_comes_of_the_pieces_is_what_the_whole_file_is() {
    let audio = material("mix.flac");
    let (song, details) = load(&material_path("mix.flac"), 48_000.0).unwrap();
    assert!(song.audio.whole().unwrap() == audio);
    let measures = measure(&audio);
    assert_eq!(details.measures, measures);
    assert_eq!(song.integrated_lufs, measures.integrated_lufs);
    assert_eq!(song.true_peak_dbtp, measures.true_peak_dbtp);
    let spectrum = song_spectrum(&audio);
    assert!(details.spectrum.windows == spectrum.windows && spectrum.windows > 100);
    assert!(details.spectrum.average == spectrum.average);
    let highest = |samples: &[f32]| samples.iter().fold(0.0f32, |highest, x| highest.max(x.abs()));
    assert_eq!(song.waveform.len(), 1000);
    assert_eq!(highest(&song.waveform), highest(&audio.left).max(highest(&audio.right)));
    let share = audio.frames() / 1000;
    let first = highest(&audio.left[..share]).max(highest(&audio.right[..share]));
    assert_eq!(song.waveform[0], first);

    let (song, details) = load(&material_path("mix.flac"), 44_100.0).unwrap();
    assert!(song.audio.whole().unwrap() == resample(&audio, 44_100).unwrap());
    // What is on disk does not depend on the stream.
    assert_eq!(details.measures, measures);
    let played = measure(&song.audio.whole().unwrap()).integrated_lufs;
    assert!((song.integrated_lufs - played).abs() < 0.02, "{played}");
}

#[test]
fn the_hash_is_that_of_the_file() {
    let (_, details) = load(&fixture_path("chorus.ogg"), 48_000.0).unwrap();
    // sha256sum tests/fixtures/chorus.ogg
    assert_eq!(details.sha256, "a91ddfd4f22733044c1cccaea727507a9452f9a58a0b896f39ac83294421d0ce");
}

#[test]
fn short_term_loudness_is_that_of_the_window_that_ends_there() {
    let folder = TempDir::new().unwrap();
    let mut audio = noise(9.05, 44_100, 0.1);
    for sample in audio.left.iter_mut().chain(&mut audio.right).skip(5 * 44_100).step_by(2) {
        *sample *= 0.25;
    }
    let path = song(&folder, "song.wav", &audio);
    let (song, _) = load(&path, 48_000.0).unwrap();
    assert_eq!(song.short_term_lufs.len(), 90);
    let spec = AudioSpec { sample_rate_hz: 44_100.0, max_block_frames: 4410 };
    let mut meter = LoudnessMeter::new(spec);
    for (k, (left, right)) in audio.left.chunks(4410).zip(audio.right.chunks(4410)).enumerate() {
        meter.process(left, right);
        if (29..90).contains(&k) {
            let expected = meter.snapshot().short_term_lufs as f32;
            assert_eq!(song.short_term_lufs[k], expected, "{k}");
        }
    }
    assert!(song.short_term_lufs[..29].iter().all(|lufs| *lufs == song.short_term_lufs[29]));
}

#[test]
fn mono_is_as_loud_as_it_is_played() {
    let folder = TempDir::new().unwrap();
    let mut audio = noise(4.0, 48_000, 0.1);
    audio.right.clone_from(&audio.left);
    let stereo_path = song(&folder, "stereo.wav", &audio);
    // Equal channels are still two until the file says that it has one.
    let (stereo, _) = load(&stereo_path, 48_000.0).unwrap();
    audio.channels = 1;
    let (mono, details) = load(&song(&folder, "mono.wav", &audio), 48_000.0).unwrap();
    assert_eq!(mono.audio.channels(), 1);
    let (mono_audio, stereo_audio) = (mono.audio.whole().unwrap(), stereo.audio.whole().unwrap());
    assert!(mono_audio.left == stereo_audio.left && mono_audio.left == mono_audio.right);
    assert!((mono.integrated_lufs - stereo.integrated_lufs).abs() < 0.01);
    assert!((details.measures.integrated_lufs - mono.integrated_lufs + 3.01).abs() < 0.01);
    let differences = mono.short_term_lufs.iter().zip(&stereo.short_term_lufs);
    assert!(differences.into_iter().all(|(mono, stereo)| (mono - stereo).abs() < 0.01));
}

#[test]
fn silence_and_a_few_frames_are_songs_too() {
    let folder = TempDir::new().unwrap();
    for seconds in [0.001, 0.3, 5.0] {
        let path = song(&folder, "silence.wav", &noise(seconds, 44_100, 0.0));
        let (song, _) = load(&path, 96_000.0).unwrap();
        assert_eq!(song.integrated_lufs, f64::NEG_INFINITY);
        assert!(song.short_term_lufs.iter().all(|lufs| *lufs == f32::NEG_INFINITY));
        assert_eq!(song.short_term_lufs.len(), (10.0 * seconds) as usize);
        assert!(song.waveform.iter().all(|x| *x == 0.0) && !song.waveform.is_empty());
    }
}

#[test]
fn progress_only_rises_and_the_song_can_be_played_before_all_is_known() {
    let folder = TempDir::new().unwrap();
    let path = sparse(&folder, "long.wav", 3);
    let (mut last, mut heard_at) = (0.0, None);
    load_reference(&path, 44_100.0, &mut |event| {
        match event {
            LoadEvent::Progress(share) => {
                assert!((last..=1.0).contains(&share), "{share} after {last}");
                last = share;
            }
            LoadEvent::Playable(_) => heard_at = Some(last),
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(last, 1.0);
    assert!(heard_at.unwrap() < 1.0);
}

#[test]
fn loading_is_cancelled_at_once() {
    let folder = TempDir::new().unwrap();
    let path = sparse(&folder, "long.wav", 50);
    let mut stopped = None;
    let error = load_reference(&path, 44_100.0, &mut |_| {
        stopped.get_or_insert_with(Instant::now);
        ControlFlow::Break(())
    })
    .unwrap_err();
    assert!(error.message.contains("cancelled"), "{error}");
    // A tenth of a second, and patience with a machine that does other things too.
    let took = stopped.unwrap().elapsed();
    assert!(took < Duration::from_millis(600), "{took:?}");
}

#[test]
fn a_loop_is_as_loud_as_it_is_heard() {
    let audio = material("mix.flac");
    let level = |start_s: f64, end_s: f64| {
        region_loudness(&audio.left, &audio.right, 48_000, Region { start_s, end_s })
    };
    let part = |start_s: usize, end_s: usize| StereoAudio {
        left: audio.left[start_s * 48_000..end_s * 48_000].to_vec(),
        right: audio.right[start_s * 48_000..end_s * 48_000].to_vec(),
        ..audio.clone()
    };
    let (lufs, dbtp) = level(10.0, 20.0);
    let measures = measure(&part(10, 20));
    assert_eq!(lufs, measures.integrated_lufs);
    assert!((dbtp - measures.true_peak_dbtp).abs() < 0.05, "{dbtp}");
    // Loops shorter than a gating block are as loud as going round they are.
    let steady = noise(3.0, 48_000, 0.1);
    let level_of = |start_s: f64, end_s: f64| {
        region_loudness(&steady.left, &steady.right, 48_000, Region { start_s, end_s }).0
    };
    let long_lufs = level_of(0.0, 3.0);
    for length_s in [0.1, 0.25, 0.39] {
        let lufs = level_of(1.0, 1.0 + length_s);
        assert!((lufs - long_lufs).abs() < 0.5, "{length_s} s: {lufs}, not {long_lufs}");
    }
    // Beyond the song there is nothing.
    let nothing = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    assert_eq!(level(100.0, 101.0), nothing);
    assert_eq!(level(20.0, 10.0), nothing);
}
