//! The real program on the command line.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use burnish_session::audio::StereoAudio;
use burnish_session::decode::decode;
use burnish_session::measure::measure;
use burnish_session::wav::{Bits, write_wav};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Signal, material_path};

/// The program beside the test's own binary: `target/debug/burnish`.
pub(crate) fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap();
    let program = folder.join(format!("burnish{}", std::env::consts::EXE_SUFFIX));
    assert!(program.exists(), "{} is missing: run `cargo build` first", program.display());
    program
}

pub(crate) fn burnish(arguments: &[&str]) -> Output {
    Command::new(program()).args(arguments).output().unwrap()
}

/// Runs it and expects success; returns what it printed.
pub(crate) fn succeed(arguments: &[&str]) -> String {
    let output = burnish(arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// Runs it and expects exit code 2 and one line that says what it must.
pub(crate) fn fail(arguments: &[&str], must_say: &[&str]) {
    let output = burnish(arguments);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
    assert_eq!(errors.trim_end().lines().count(), 1, "{arguments:?}: {errors}");
    assert!(output.stdout.is_empty());
    for words in must_say {
        assert!(errors.contains(words), "{arguments:?}: \"{words}\" is not in: {errors}");
    }
}

pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    /// Writes a file and returns its path.
    pub(crate) fn audio(&self, name: &str, audio: &StereoAudio, bits: Bits) -> String {
        let path = self.path(name);
        write_wav(Path::new(&path), audio, bits).unwrap();
        path
    }

    pub(crate) fn bytes(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

pub(crate) fn noise(seconds: f64, sample_rate_hz: u32, amplitude: f32) -> StereoAudio {
    let signal = Signal::noise((seconds * f64::from(sample_rate_hz)) as usize, amplitude, 33);
    StereoAudio { sample_rate_hz, channels: 2, left: signal.left, right: signal.right }
}

pub(crate) fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    path.to_str().unwrap().to_owned()
}

fn mix() -> String {
    material_path("mix.flac").to_str().unwrap().to_owned()
}

#[test]
fn check_prints_all_measures_as_json() {
    let text = succeed(&["check", &mix(), "--json"]);
    let measures: Value = serde_json::from_str(&text).unwrap();
    let near = |key: &str, expected: f64, tolerance: f64| {
        let found = measures[key].as_f64().unwrap_or_else(|| panic!("{key} in {text}"));
        assert!((found - expected).abs() <= tolerance, "{key}: {found}");
    };
    // The figures that come with the mix, measured by other means.
    near("integrated_lufs", -22.74, 0.05);
    near("loudness_range_lu", 4.37, 0.1);
    near("true_peak_dbtp", -5.93, 0.05);
    near("sample_peak_dbfs", -6.0, 0.01);
    near("plr_db", 16.81, 0.1);
    near("correlation", 0.849, 0.01);
    near("mono_loss_db", -0.34, 0.02);
    near("duration_s", 32.996, 0.001);
    near("sample_rate_hz", 48_000.0, 0.0);
    near("channels", 2.0, 0.0);
    assert!(measures["max_momentary_lufs"].is_number());
    assert!(measures["max_short_term_lufs"].is_number());
    let min_psr_db = measures["min_psr_db"].as_f64().unwrap();
    assert!(min_psr_db > 0.0 && min_psr_db < 17.0, "{min_psr_db}");
    near("clipped_samples", 0.0, 0.0);
    assert_eq!(measures["warnings"].as_array().unwrap().len(), 0);
    assert_eq!(measures.as_object().unwrap().len(), 19);
}

#[test]
fn check_reads_every_band_the_dc_offset_and_clipped_samples() {
    let folder = Folder::new();
    // The bass inverted, the middle mono, a bias on the left, four samples at full scale.
    let tone = |hz: f64, n: usize| (std::f64::consts::TAU * hz / 48_000.0 * n as f64).sin();
    let mut left: Vec<f32> = (0..48_000 * 4)
        .map(|n| (0.2 * tone(50.0, n) + 0.2 * tone(640.0, n) + 0.01) as f32)
        .collect();
    let right: Vec<f32> =
        (0..48_000 * 4).map(|n| (-0.2 * tone(50.0, n) + 0.2 * tone(640.0, n)) as f32).collect();
    left[1000..1004].fill(1.0);
    let audio = StereoAudio { sample_rate_hz: 48_000, channels: 2, left, right };
    let path = folder.audio("bands.wav", &audio, Bits::F32);
    let measures: Value = serde_json::from_str(&succeed(&["check", &path, "--json"])).unwrap();
    assert_eq!(measures["clipped_samples"], 4);
    let near = |value: &Value, expected: f64, tolerance: f64| {
        let found = value.as_f64().unwrap();
        assert!((found - expected).abs() <= tolerance, "{found}, not {expected}: {measures:#}");
    };
    near(&measures["dc_offset_dbfs"][0], -40.0, 0.1);
    near(&measures["dc_offset_percent"][0], 1.0, 0.01);
    near(&measures["dc_offset_percent"][1], 0.0, 0.001);
    let [low, mid, high] = [0, 1, 2].map(|band| &measures["bands"][band]);
    assert_eq!(
        (&low["name"], &mid["name"], &high["name"]),
        (&"low".into(), &"mid".into(), &"high".into())
    );
    near(&low["to_hz"], 200.0, 0.0);
    near(&mid["from_hz"], 200.0, 0.0);
    near(&mid["to_hz"], 2000.0, 0.0);
    assert!(high["to_hz"].is_null());
    near(&low["correlation"], -1.0, 0.02);
    assert!(low["mono_loss_db"].as_f64().unwrap() < -15.0);
    near(&mid["correlation"], 1.0, 0.02);
    near(&mid["mono_loss_db"], 0.0, 0.1);
    near(&mid["level_dbfs"], -17.2, 0.2);
    assert!(mid["crest_db"].as_f64().unwrap() >= 3.0);

    let text = succeed(&["check", &path]);
    for words in ["DC offset", "-40.0 dBFS", "samples at full scale", "crest dB", "low (to 200 Hz)"]
    {
        assert!(text.contains(words), "{words} is not in:\n{text}");
    }
}

#[test]
fn silence_has_no_loudness_and_is_valid_json() {
    let folder = Folder::new();
    let silence = noise(2.0, 48_000, 0.0);
    let path = folder.audio("silence.wav", &silence, Bits::B24);
    let measures: Value = serde_json::from_str(&succeed(&["check", &path, "--json"])).unwrap();
    assert!(measures["integrated_lufs"].is_null());
    assert!(measures["true_peak_dbtp"].is_null());
    assert!(succeed(&["check", &path]).contains("-inf LUFS"));
}

#[test]
fn every_format_is_read() {
    for name in ["chorus.mp3", "chorus.m4a", "chorus.aac", "chorus.ogg", "chorus.aiff"] {
        let audio = decode(Path::new(&fixture(name))).unwrap_or_else(|error| panic!("{error}"));
        let seconds = if name == "chorus.aiff" { 0.1 } else { 1.0 };
        // Encoders without gapless data pad to whole packets.
        assert!((audio.duration_s() - seconds).abs() < 0.05, "{name}: {}", audio.duration_s());
        if seconds > 0.4 {
            let measures = measure(&audio);
            assert!((measures.integrated_lufs + 22.3).abs() < 0.5, "{name}");
        }
    }
}

#[test]
fn neutral_settings_pass_every_sample_format_to_the_bit() {
    let folder = Folder::new();
    for (name, bits) in [("16.wav", Bits::B16), ("24.wav", Bits::B24), ("32f.wav", Bits::F32)] {
        let input = folder.audio(name, &noise(1.0, 44_100, 0.3), bits);
        let output = folder.path("out.wav");
        succeed(&["master", &input, "-o", &output, "--bits", "32f"]);
        assert!(
            decode(Path::new(&output)).unwrap() == decode(Path::new(&input)).unwrap(),
            "{name}"
        );
    }
    // Nothing is left to be rounded off, so nothing is dithered either.
    let output = folder.path("mix.wav");
    succeed(&["master", &mix(), "-o", &output]);
    assert!(decode(Path::new(&output)).unwrap() == decode(Path::new(&mix())).unwrap());
}

#[test]
fn the_limiter_is_driven_alone_and_the_output_is_aligned() {
    let folder = Folder::new();
    let output = folder.path("out.wav");
    succeed(&[
        "master",
        &mix(),
        "-o",
        &output,
        "--bits",
        "32f",
        "--set",
        "limiter.on=on",
        "--set",
        "limiter.gain=5",
    ]);
    let (mix, master) = (decode(Path::new(&mix())).unwrap(), decode(Path::new(&output)).unwrap());
    assert_eq!(master.frames(), mix.frames());
    // -5.9 dBTP and 5 dB: just the ceiling; away from peaks it is pure gain.
    let gain = 10f32.powf(5.0 / 20.0);
    let differing = mix
        .left
        .iter()
        .zip(&master.left)
        .filter(|(before, after)| (**before * gain - **after).abs() > 1e-5)
        .count();
    assert!(differing < mix.frames() / 100, "{differing} of {}", mix.frames());
}

#[test]
fn every_rate_and_channel_count_is_mastered() {
    let folder = Folder::new();
    for rate_hz in [8_000, 22_050, 44_100, 96_000, 192_000, 384_000] {
        let input = folder.audio("in.wav", &noise(0.7, rate_hz, 0.4), Bits::B24);
        let output = folder.path("out.wav");
        succeed(&[
            "master",
            &input,
            "-o",
            &output,
            "--set",
            "limiter.on=on",
            "--set",
            "limiter.gain=12",
        ]);
        let master = decode(Path::new(&output)).unwrap();
        assert_eq!((master.sample_rate_hz, master.channels), (rate_hz, 2));
        assert_eq!(master.frames(), decode(Path::new(&input)).unwrap().frames());
        assert!(measure(&master).true_peak_dbtp < -0.9, "{rate_hz} Hz");
    }
    let mut mono = noise(0.7, 48_000, 0.4);
    mono.channels = 1;
    mono.right.clone_from(&mono.left);
    let input = folder.audio("mono.wav", &mono, Bits::B24);
    let output = folder.path("out.wav");
    succeed(&[
        "master",
        &input,
        "-o",
        &output,
        "--set",
        "limiter.on=on",
        "--set",
        "limiter.gain=6",
        "--bits",
        "32f",
    ]);
    assert_eq!(decode(Path::new(&output)).unwrap().channels, 1);
}

#[test]
fn an_asked_loudness_is_reached() {
    let folder = Folder::new();
    let output = folder.path("out.wav");
    for lufs in [-30.0, -16.0, -9.0] {
        let text = succeed(&[
            "master",
            &mix(),
            "-o",
            &output,
            "--lufs",
            &lufs.to_string(),
            "--ceiling",
            "-1.5",
            "--json",
        ]);
        let report: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(report["warnings"].as_array().unwrap().len(), 0);
        let measures = measure(&decode(Path::new(&output)).unwrap());
        assert!((measures.integrated_lufs - lufs).abs() < 0.1, "{}", measures.integrated_lufs);
        assert!(measures.true_peak_dbtp <= -1.4);
    }
    let text = succeed(&["master", &mix(), "-o", &output, "--target", "apple", "--json"]);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert!((report["after"]["integrated_lufs"].as_f64().unwrap() + 16.0).abs() < 0.1);
}

#[test]
fn what_cannot_be_reached_is_said() {
    let folder = Folder::new();
    let output = folder.path("out.wav");
    let result = burnish(&["master", &mix(), "-o", &output, "--lufs", "-2"]);
    assert!(result.status.success());
    let warning = String::from_utf8_lossy(&result.stderr).into_owned();
    assert!(warning.contains("-2.0 LUFS was not reached"), "{warning}");
}

#[test]
fn sixteen_bits_are_dithered() {
    let folder = Folder::new();
    let output = folder.path("out.wav");
    succeed(&["master", &mix(), "-o", &output, "--bits", "16", "--set", "trim.gain=-20"]);
    let master = decode(Path::new(&output)).unwrap();
    let steps: Vec<f64> = master.left.iter().map(|x| f64::from(*x) * 32_768.0).collect();
    assert!(steps.iter().all(|step| *step == step.round()));
    let json = succeed(&["master", &mix(), "-o", &output, "--bits", "16", "--json"]);
    assert!(json.contains("dither.depth"));
}

#[test]
fn presets_and_settings_are_understood() {
    let folder = Folder::new();
    let output = folder.path("out.wav");
    let input = folder.audio("in.wav", &noise(1.0, 48_000, 0.2), Bits::B24);
    succeed(&["master", &input, "-o", &output, "--preset", "streaming"]);
    let preset = folder.bytes("mine.txt", b"# mine\ntrim.gain = -3 dB\neq.1.on = On # rumble\n");
    succeed(&[
        "master",
        &input,
        "-o",
        &output,
        "--preset",
        &preset,
        "--set",
        "eq.1.frequency=0.03k",
    ]);
    let broken = folder.bytes("broken.txt", b"trim.gain = much\n");
    fail(
        &["master", &input, "-o", &output, "--preset", &broken],
        &["broken.txt", "line 1", "much"],
    );
    fail(&["master", &input, "-o", &output, "--preset", "nothing"], &["nothing", "Streaming"]);
    fail(&["master", &input, "-o", &output, "--set", "limiter.gian=3"], &["limiter.gain"]);
    fail(
        &["master", &input, "-o", &output, "--set", "limiter.on=on", "--set", "limiter.gain=99"],
        &["0 to 24 dB", "99"],
    );
    fail(&["master", &input, "-o", &output, "--target", "moon"], &["moon", "spotify"]);
    fail(&["master", &input, "-o", &output, "--target", "bandcamp"], &["--lufs"]);
    fail(&["master", &input, "-o", &output, "--ceiling", "3"], &["-12 to 0 dBTP"]);
    let result = burnish(&["master", &input, "-o", &output, "--set", "glue.threshold=-20"]);
    assert!(String::from_utf8_lossy(&result.stderr).contains("--set glue.on=on"));
}

#[test]
fn bad_input_is_named_and_leaves_nothing_behind() {
    let folder = Folder::new();
    let good = folder.audio("good.wav", &noise(1.0, 48_000, 0.2), Bits::B24);
    let whole = fs::read(&good).unwrap();
    let missing = folder.path("missing.wav");
    let empty = folder.bytes("empty.wav", b"");
    let text = folder
        .bytes("text.wav", b"This is not audio, whatever its name says. ".repeat(50).as_slice());
    let truncated = folder.bytes("truncated.wav", &whole[..whole.len() / 2]);
    let flac = fs::read(material_path("mix.flac")).unwrap();
    let truncated_flac = folder.bytes("truncated.flac", &flac[..flac.len() / 3]);
    let no_frames = folder.audio("no_frames.wav", &noise(0.0, 48_000, 0.2), Bits::B24);
    let six = folder.path("six.wav");
    let spec = hound::WavSpec {
        channels: 6,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&six, spec).unwrap();
    (0..6000).for_each(|n| writer.write_sample(n as i16).unwrap());
    writer.finalize().unwrap();
    let mut nan = noise(0.5, 48_000, 0.2);
    nan.left[77] = f32::NAN;
    let not_numbers = folder.audio("nan.wav", &nan, Bits::F32);
    let slow = folder.audio("slow.wav", &noise(0.5, 4_000, 0.2), Bits::B16);
    let in_folder = folder.path("");
    let cases: [(&str, &[&str]); 10] = [
        (&missing, &["missing.wav", "no such file"]),
        (&empty, &["empty.wav", "empty file"]),
        (&text, &["text.wav", "something else"]),
        (&truncated, &["truncated.wav", "1.00 s", "0.5"]),
        (&truncated_flac, &["truncated.flac", "33.00 s"]),
        (&no_frames, &["no_frames.wav", "zero length"]),
        (&six, &["six.wav", "1 or 2 channels", "6"]),
        (&not_numbers, &["nan.wav", "1 samples"]),
        (&slow, &["slow.wav", "4000 Hz"]),
        (&in_folder, &["a folder"]),
    ];
    let before = folder.names();
    let output = folder.path("out.wav");
    for (input, must_say) in cases {
        fail(&["check", input], must_say);
        fail(&["master", input, "-o", &output], must_say);
    }
    // Outputs that cannot be.
    fail(&["master", &good, "-o", &good], &["good.wav", "the mix itself"]);
    let indirect = folder.path("./good.wav");
    fail(&["master", &good, "-o", &indirect], &["the mix itself"]);
    let nowhere = folder.path("no/such/folder/out.wav");
    fail(&["master", &good, "-o", &nowhere], &["out.wav", "folder does not exist"]);
    fail(&["master", &good, "-o", &in_folder], &["found a folder"]);
    assert_eq!(folder.names(), before);
    assert_eq!(fs::read(&good).unwrap(), whole);
}

#[test]
fn wrong_usage_exits_with_2_and_help_with_0() {
    assert_eq!(burnish(&["master"]).status.code(), Some(2));
    assert_eq!(burnish(&["check"]).status.code(), Some(2));
    assert_eq!(burnish(&["check", "x", "--nonsense"]).status.code(), Some(2));
    assert!(succeed(&["--help"]).contains("master"));
    assert!(succeed(&["--version"]).contains(env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_table_of_parameters_is_complete() {
    let rows: Value = serde_json::from_str(&succeed(&["parameters", "--json"])).unwrap();
    let table = burnish_dsp::settings::parameters();
    assert_eq!(rows.as_array().unwrap().len(), table.len());
    for (row, parameter) in rows.as_array().unwrap().iter().zip(table) {
        assert_eq!(row["id"], parameter.id.as_str());
        assert_eq!(row["default"].as_f64(), Some(parameter.default));
    }
    assert!(succeed(&["parameters"]).contains("limiter.gain"));
    assert!(succeed(&["presets"]).contains("Streaming"));
    assert!(succeed(&["targets"]).contains("spotify"));
}

/// The cells of a line: what two or more blanks part.
fn cells(line: &str) -> Vec<&str> {
    line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()
}

#[test]
fn no_two_columns_of_a_table_touch() {
    let text = succeed(&["parameters"]);
    let mut lines = text.lines();
    assert_eq!(cells(lines.next().unwrap()), ["id", "name", "unit", "range", "default"]);
    for parameter in burnish_dsp::settings::parameters() {
        let range = parameter.kind.describe_range();
        let default = parameter.kind.format(parameter.default);
        let unit = parameter.kind.unit().symbol();
        let mut expected = vec![parameter.id.as_str(), &parameter.name, unit, &range, &default];
        expected.retain(|cell| !cell.is_empty());
        assert_eq!(cells(lines.next().unwrap()), expected);
    }
    assert_eq!(lines.next(), None);
    for (line, target) in succeed(&["targets"]).lines().zip(burnish_session::targets::targets()) {
        let cells = cells(line);
        assert_eq!(cells[..2], [target.id.as_str(), &target.name], "{line}");
        assert!(cells[3].ends_with(" dBTP") && cells[4].starts_with("quiet tracks"), "{line}");
        assert_eq!(cells.get(5).copied().unwrap_or_default(), target.note, "{line}");
    }
    let check = succeed(&["check", &mix()]);
    let compare = succeed(&["compare", &mix(), &mix()]);
    for (text, title, columns) in
        [(&check, "band", 6), (&compare, "Hz", 5), (&compare, "master", 2)]
    {
        let table = text.lines().skip_while(|line| cells(line).first() != Some(&title));
        let rows: Vec<_> = table.take_while(|line| cells(line).len() > 1).collect();
        assert_eq!(cells(rows[0]).len(), columns, "{text}");
        // The names of the rows have no title in the last of them.
        let expected = if title == "master" { columns + 1 } else { columns };
        for row in &rows[1..] {
            let found = cells(row).len();
            assert!((expected..=expected + 1).contains(&found), "{row}");
        }
    }
}

#[test]
fn the_program_says_what_it_is_and_under_which_licences() {
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(succeed(&["-V"]), format!("burnish {version}\n"));
    let long = succeed(&["--version"]);
    assert!(
        long.starts_with(&format!("burnish {version}\nEngine revision 1\nJSON schema 1\n")),
        "{long}"
    );
    assert!(long.contains("MIT or Apache-2.0"), "{long}");
    let licences = succeed(&["licences"]);
    assert!(licences.contains("| egui | MIT OR Apache-2.0 |"));
    assert!(licences.contains("SIL Open Font License"));
}

#[test]
fn a_report_says_what_made_it() {
    let folder = Folder::new();
    let mix = folder.audio("mix.wav", &noise(1.0, 48_000, 0.1), Bits::F32);
    let text = succeed(&["master", &mix, "-o", &folder.path("master.wav"), "--json"]);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(report["engine_revision"], burnish::ENGINE_REVISION);
}

#[test]
fn manual_man_pages_and_completions_hold_every_parameter_and_command() {
    let folder = Folder::new();
    let read = |name: &str| {
        fs::read_to_string(folder.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    succeed(&["documents", &folder.path("")]);
    let manual = read("manual.md");
    for parameter in burnish_dsp::settings::parameters() {
        let row = format!("| {} | {} | ", parameter.id, parameter.name);
        let row = manual.lines().find(|line| line.starts_with(&row));
        let row = row.unwrap_or_else(|| panic!("{} is not in the manual", parameter.id));
        assert_eq!(row.replace("\\|", "").matches('|').count(), 6, "{row}");
        assert!(row.contains(&parameter.help.replace('|', "\\|")), "{row}");
    }
    for command in ["check", "master", "compare", "match", "parameters", "licences"] {
        assert!(manual.contains(&format!("### burnish {command}\n")), "{command}");
        let page = read(&format!("man/burnish-{command}.1"));
        assert!(page.contains(".TH") && page.contains(&format!("burnish {command}")), "{page}");
        for shell in ["burnish.bash", "_burnish", "burnish.fish", "_burnish.ps1"] {
            assert!(read(&format!("completions/{shell}")).contains(command), "{shell}: {command}");
        }
    }
    assert!(read("man/burnish.1").contains("master"));
    assert!(!manual.contains("### burnish documents"));
    // The same each time: a release is made of them.
    let first = fs::read(folder.path("completions/_burnish")).unwrap();
    succeed(&["documents", &folder.path("")]);
    assert_eq!(fs::read(folder.path("completions/_burnish")).unwrap(), first);
    assert_eq!(read("manual.md"), manual);
}

#[test]
fn numbers_are_read_as_they_are_typed_or_asked_about() {
    let folder = Folder::new();
    let mix = folder.audio("mix.wav", &noise(1.0, 48_000, 0.1), Bits::B24);
    let output = folder.path("out.wav");
    let master = |more: &[&str]| {
        [&["master", &mix, "-o", &output][..], more]
            .concat()
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    for (arguments, words) in [
        (
            master(&["--set", "eq.1.frequency=12,000 Hz"]),
            "thousands or decimals? Write 12000 or 12.000",
        ),
        (master(&["--lufs", "-14,000"]), "thousands or decimals? Write -14000 or -14.000"),
        (master(&["--ceiling", "one"]), "expected a number, found \"one\""),
        (master(&["--set", "limitter.gain=3"]), "the nearest is limiter.gain"),
        (master(&["--set", "warmth=3"]), "`burnish parameters` lists them all"),
    ] {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let result = burnish(&arguments);
        let errors = String::from_utf8_lossy(&result.stderr).into_owned();
        assert_eq!(result.status.code(), Some(2), "{errors}");
        assert!(errors.contains(words), "{errors}");
    }
    assert!(!Path::new(&output).exists());
    for more in [&["--lufs", "-20,5"][..], &["--ceiling", "\u{2212}1,5"]] {
        let arguments = master(more);
        succeed(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    }
    let preset = folder.bytes("bom.txt", b"\xef\xbb\xbftrim.gain = -3,5 dB\r\n");
    let report = succeed(&["master", &mix, "-o", &output, "--preset", &preset, "--json"]);
    assert!(report.contains("-3.5"), "{report}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_window_without_a_display_is_refused_in_one_line() {
    let free = (90..1000).find(|number| !Path::new(&format!("/tmp/.X11-unix/X{number}")).exists());
    let nowhere = format!(":{}", free.unwrap());
    for display in [None, Some(""), Some(&nowhere[..]), Some("nonsense")] {
        for arguments in [&[][..], &["--backend", "dummy"]] {
            let mut command = Command::new(program());
            command.args(arguments).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
            if let Some(display) = display {
                command.env("DISPLAY", display);
            }
            let output = command.output().unwrap();
            let errors = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(2), "{display:?}: {errors}");
            assert_eq!(errors.lines().count(), 1, "{errors}");
            assert!(errors.starts_with("burnish: expected a display"), "{errors}");
        }
    }
}
