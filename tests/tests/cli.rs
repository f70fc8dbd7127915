//! The real program on the command line.

mod check;
mod master;
mod typed;
mod words;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use burnish_session::audio::StereoAudio;
use burnish_session::file_format::Bits;
use burnish_session::master_file::write_wav;
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

/// The mix that comes with Burnish.
pub(crate) fn mix() -> String {
    material_path("mix.flac").to_str().unwrap().to_owned()
}
