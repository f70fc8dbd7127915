//! The real editor in a real window, opened with whatever a session says of it.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use burnish_tests::host::{Host, bundle_path};
use burnish_tests::saved_state::edit_session;
use serde_json::{Value, json};
use tempfile::TempDir;

/// An X server without a screen, of the test's own.
struct Display {
    server: Child,
    name: String,
}

impl Display {
    fn start() -> Self {
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1600x1200x24",
                "-nolisten",
                "tcp",
                "-noreset",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("expected Xvfb, found {error}: `cargo xtask setup`"));
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        Self { server, name: format!(":{}", number.trim()) }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Sessions on disk, and windows that open with them.
struct Windows {
    display: Display,
    folder: TempDir,
    new: Vec<u8>,
}

impl Windows {
    fn new() -> Self {
        let mut host = Host::load(&bundle_path()).unwrap_or_else(|error| panic!("{error}"));
        let new = host.save_state().unwrap();
        Self { display: Display::start(), folder: tempfile::tempdir().unwrap(), new }
    }

    fn state(&self, number: usize, size: &Value, scale: &Value) -> PathBuf {
        let state = edit_session(&self.new, |session| {
            session["editor_size"] = size.clone();
            session["editor_scale"] = scale.clone();
        });
        let path = self.folder.path().join(number.to_string());
        std::fs::write(&path, state.unwrap()).unwrap();
        path
    }

    /// The sizes that the host is told of, one after the other.
    fn sizes(&self, states: &[&Path]) -> Vec<[u32; 2]> {
        let mut window = Command::new(env!("CARGO_BIN_EXE_window"))
            .args(states)
            .env("DISPLAY", &self.display.name)
            .env("BURNISH_CLAP", bundle_path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let started = Instant::now();
        let status = loop {
            match window.try_wait().unwrap() {
                Some(status) => break Some(status),
                None if started.elapsed() > Duration::from_mins(1) => break None,
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        };
        // One that hangs ends here.
        let _ = window.kill();
        let (mut told, mut complaints) = (String::new(), String::new());
        window.stdout.take().unwrap().read_to_string(&mut told).unwrap();
        window.stderr.take().unwrap().read_to_string(&mut complaints).unwrap();
        assert!(status.is_some_and(|status| status.success()), "{status:?}: {complaints}");
        let number = |text: &str| text.parse::<u32>().unwrap();
        let size = |line: &str| {
            let (width, height) = line.split_once(' ').unwrap();
            [number(width), number(height)]
        };
        told.lines().map(size).collect()
    }
}

#[test]
fn a_window_opens_as_the_session_says_whatever_it_says() {
    let windows = Windows::new();
    for (number, (size, scale, expected)) in [
        (json!([1234.0, 777.0]), json!(1.0), [1234, 777]),
        // The size of what is magnified.
        (json!([1000.0, 600.0]), json!(1.5), [1500, 900]),
        // What once brought the host down: no scale, or one that takes all memory.
        (json!([1100.0, 700.0]), json!(0), [1100, 700]),
        (json!([1100.0, 700.0]), json!(-1), [1100, 700]),
        (json!([1100.0, 700.0]), json!(1e30), [3300, 2100]),
        (json!([1100.0, 700.0]), json!(1e300), [1100, 700]),
        (json!([1100.0, 700.0]), json!(1e-30), [550, 350]),
        (json!([1e-30, 0]), json!(null), [1100, 700]),
        (json!([3.0, 1e30]), json!(1), [800, 4320]),
    ]
    .into_iter()
    .enumerate()
    {
        let state = windows.state(number, &size, &scale);
        assert_eq!(windows.sizes(&[&state]), [expected], "{size} at {scale}");
    }
}

#[test]
fn a_session_that_is_loaded_into_an_open_editor_is_for_the_next_window() {
    let windows = Windows::new();
    let first = windows.state(1, &json!([1000.0, 600.0]), &json!(1.25));
    let second = windows.state(2, &json!([900.0, 700.0]), &json!(1.5));
    assert_eq!(windows.sizes(&[&first, &second]), [[1250, 750], [1250, 750], [1350, 1050]]);
}

#[test]
fn the_size_is_told_before_a_window_is_open() {
    let mut host = Host::load(&bundle_path()).unwrap();
    assert_eq!(host.editor_size().unwrap(), (1100, 700));
    let state = edit_session(&host.save_state().unwrap(), |session| {
        session["editor_size"] = json!([900.0, 640.0]);
        session["editor_scale"] = json!(1.5);
    });
    host.load_state(&state.unwrap()).unwrap();
    assert_eq!(host.editor_size().unwrap(), (1350, 960));
}
