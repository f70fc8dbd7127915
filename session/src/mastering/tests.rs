use std::f32::consts::TAU;

use super::*;
use crate::audio::StereoAudio;
use crate::decode::decode;
use crate::file_format::Container;
use crate::master_file::write_wav;
use crate::measure::measure;
use crate::preset::find_preset;
use crate::render::render;

const WAV_24: FileFormat = FileFormat { container: Container::Wav, bits: Bits::B24 };

/// A chord with a beat, `seconds` long.
fn song(seconds: f32) -> StereoAudio {
    let frames = (seconds * 48_000.0) as usize;
    let channel = |detune: f32| {
        let sample = move |n: usize| {
            let time_s = n as f32 / 48_000.0;
            let beat = (-8.0 * (time_s * 2.0).fract()).exp();
            let tone = |hz: f32| (TAU * hz * detune * time_s).sin();
            0.3 * beat * tone(110.0) + 0.1 * tone(440.0) + 0.05 * tone(3000.0)
        };
        (0..frames).map(sample).collect()
    };
    StereoAudio { sample_rate_hz: 48_000, channels: 2, left: channel(1.0), right: channel(1.001) }
}

fn order(preset: &str, target_lufs: Option<f64>) -> Order {
    let settings = find_preset(preset).map(|preset| preset.settings).unwrap_or_default();
    let assumed_peak_dbtp = None;
    Order { settings, is_dither_chosen: false, assumed_peak_dbtp, target_lufs, format: WAV_24 }
}

fn samples(path: &Path) -> (Vec<f32>, Vec<f32>) {
    let audio = decode(path).unwrap();
    (audio.left, audio.right)
}

#[test]
fn a_streamed_master_is_that_of_the_whole_song_to_the_bit() {
    let folder = tempfile::tempdir().unwrap();
    let (mix, path) = (folder.path().join("mix.wav"), folder.path().join("master.wav"));
    write_wav(&mix, &song(7.3), Bits::F32).unwrap();
    let output = Output::to(&path, &[]).unwrap();
    let mastered = master(&mix, &output, &order("Streaming", None), &mut |_, _| {}).unwrap();
    let audio = decode(&mix).unwrap();
    let whole = render(&audio, &mastered.settings, |_| {});
    assert_eq!(samples(&path), (whole.audio.left, whole.audio.right));
    assert_eq!(mastered.before, measure(&audio));
    assert_eq!(mastered.after, measure(&decode(&path).unwrap()));
    assert_eq!(mastered.latency_frames, whole.facts.latency_frames);
}

#[test]
fn a_working_copy_gives_the_same_master_from_memory_and_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let mix = folder.path().join("mix.wav");
    write_wav(&mix, &song(5.0), Bits::F32).unwrap();
    let made = |name: &str, most_in_memory_bytes| {
        let path = folder.path().join(name);
        let output = Output::to(&path, &[]).unwrap();
        let order = order("Streaming", Some(-12.0));
        let mastered =
            master_with(&mix, &output, &order, most_in_memory_bytes, &mut |_, _| {}).unwrap();
        assert_eq!(mastered.stopped_by, None);
        assert!((mastered.after.integrated_lufs + 12.0).abs() < 0.1);
        std::fs::read(path).unwrap()
    };
    assert!(made("memory.wav", usize::MAX) == made("file.wav", 100_000));
}

#[test]
fn a_quiet_mix_is_brought_to_the_level_that_presets_assume() {
    let folder = tempfile::tempdir().unwrap();
    let made = |name: &str, gain: f32| {
        let (mix, path) = (folder.path().join("mix.wav"), folder.path().join(name));
        let mut song = song(4.0);
        for sample in song.left.iter_mut().chain(&mut song.right) {
            *sample *= gain;
        }
        write_wav(&mix, &song, Bits::F32).unwrap();
        let output = Output::to(&path, &[]).unwrap();
        let order = Order { assumed_peak_dbtp: Some(-6.0), ..order("Streaming", None) };
        master(&mix, &output, &order, &mut |_, _| {}).unwrap()
    };
    let (quiet, loud) = (made("quiet.wav", 0.25), made("loud.wav", 1.0));
    for mastered in [&quiet, &loud] {
        let gain_db = 6.0 - 6.0 - mastered.before.true_peak_dbtp;
        assert!((mastered.settings.trim.gain_db - gain_db).abs() <= 0.005, "{gain_db}");
    }
    // The chain has heard the same.
    let apart = quiet.after.integrated_lufs - loud.after.integrated_lufs;
    assert!(apart.abs() < 0.02, "{apart}");
    let faint = made("faint.wav", 0.01);
    assert!((faint.settings.trim.gain_db - 24.0).abs() < 1e-9);
    assert!(faint.mix_warnings[0].contains("the trim ends at 24.0 dB"), "{:?}", faint.mix_warnings);
    let silent = made("silent.wav", 0.0);
    assert_eq!(silent.settings.trim, find_preset("Streaming").unwrap().settings.trim);
}

#[test]
fn neutral_settings_are_dithered_only_where_something_has_to_be_rounded() {
    let folder = tempfile::tempdir().unwrap();
    for (bits, resolution) in [(Bits::B24, BitDepth::Off), (Bits::F32, BitDepth::Bits24)] {
        let (mix, path) = (folder.path().join("mix.wav"), folder.path().join("master.wav"));
        write_wav(&mix, &song(1.0), bits).unwrap();
        let output = Output::to(&path, &[]).unwrap();
        let mastered = master(&mix, &output, &order("", None), &mut |_, _| {}).unwrap();
        assert_eq!(mastered.settings.dither.depth, resolution, "{bits:?}");
        assert_eq!(samples(&mix) == samples(&path), bits == Bits::B24);
    }
}

#[test]
fn a_mix_that_turns_out_damaged_at_its_end_leaves_no_master() {
    let folder = tempfile::tempdir().unwrap();
    let (mix, path) = (folder.path().join("mix.wav"), folder.path().join("master.wav"));
    let mut audio = song(2.0);
    *audio.left.last_mut().unwrap() = f32::NAN;
    write_wav(&mix, &audio, Bits::F32).unwrap();
    std::fs::write(&path, "the old master").unwrap();
    for target_lufs in [None, Some(-14.0)] {
        let output = Output::to(&path, &[]).unwrap();
        let result = master(&mix, &output, &order("Streaming", target_lufs), &mut |_, _| {});
        assert!(result.unwrap_err().message.contains("NaN"));
        assert_eq!(std::fs::read(&path).unwrap(), b"the old master");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
