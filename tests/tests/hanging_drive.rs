//! A drive that does not answer holds up nothing but its own file.
//!
//! A lease on a file keeps whoever opens it waiting in the system, as a drive
//! does that hangs; it is still there to be looked at, as a file on such a drive
//! often is.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use burnish_session::reference::{Loading, SongFormat, Told};
use burnish_tests::host::{Host, bundle_path};
use burnish_tests::saved_state::{edit_session, read_state};
use serde_json::json;
use tempfile::TempDir;

use crate::support::material_path;

const BLOCK: usize = 512;
const FORMAT: SongFormat = SongFormat { sample_rate_hz: 48_000, is_mono: false };
/// `F_SETSIG` of `fcntl.h`.
const SET_SIGNAL: libc::c_int = 10;
/// No call may take longer. Any of five rounds may show it: the machine does other things, too.
const PROMISED: Duration = Duration::from_millis(100);

/// A file that hangs for whoever opens it, until this is dropped.
struct Hanging {
    _folder: TempDir,
    path: PathBuf,
    file: File,
}

impl Hanging {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("hanging.flac");
        std::fs::copy(material_path("reference.flac"), &path).unwrap();
        let file = File::open(&path).unwrap();
        // SAFETY: plain calls on a file that is open. The signal that tells of
        // whoever waits is one that is ignored.
        let is_leased = unsafe {
            libc::fcntl(file.as_raw_fd(), SET_SIGNAL, libc::SIGURG) == 0
                && libc::fcntl(file.as_raw_fd(), libc::F_SETLEASE, libc::F_WRLCK) == 0
        };
        assert!(is_leased, "{}", std::io::Error::last_os_error());
        Self { _folder: folder, path, file }
    }

    /// The drive answers again.
    fn answer(&self) {
        // SAFETY: as above.
        unsafe { libc::fcntl(self.file.as_raw_fd(), libc::F_SETLEASE, libc::F_UNLCK) };
    }
}

impl Drop for Hanging {
    fn drop(&mut self) {
        self.answer();
    }
}

/// Keeps the shortest of a call's times.
#[derive(Default)]
struct Shortest(Vec<(&'static str, Duration)>);

impl Shortest {
    fn time<T>(&mut self, call: &'static str, work: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let result = work();
        let took = started.elapsed();
        match self.0.iter_mut().find(|(name, _)| *name == call) {
            Some((_, shortest)) => *shortest = took.min(*shortest),
            None => self.0.push((call, took)),
        }
        result
    }
}

fn with_references(state: &[u8], paths: &[&Path]) -> Vec<u8> {
    edit_session(state, |session| {
        session["references"] = paths.iter().map(|path| json!({ "path": path })).collect();
        session["chosen_reference"] = json!({ "song": 0 });
    })
    .unwrap()
}

fn is_read(host: &mut Host, place: usize) -> bool {
    let state = read_state(&host.save_state().unwrap()).unwrap();
    let reference = &state["fields"]["session"]["references"][place];
    reference["sha256"].as_str().is_some_and(|hash| hash.len() == 64)
}

#[track_caller]
fn play_until(host: &mut Host, what: &str, mut holds: impl FnMut(&mut Host) -> bool) {
    let started = Instant::now();
    while !holds(host) {
        assert!(started.elapsed() < Duration::from_secs(40), "{what}");
        std::thread::sleep(Duration::from_millis(20));
        host.process(&mut [0.0; 64], &mut [0.0; 64], &[]).unwrap();
    }
}

#[test]
fn a_drive_that_hangs_holds_up_neither_the_host_nor_the_other_references() {
    let mut times = Shortest::default();
    for _ in 0..5 {
        let hanging = Hanging::new();
        let mut host = Host::load(&bundle_path()).unwrap();
        host.activate(48_000.0, BLOCK).unwrap();
        let state = with_references(&host.save_state().unwrap(), &[&hanging.path]);
        times.time("load", || host.load_state(&state)).unwrap();
        host.deactivate();
        times.time("activate", || host.activate(48_000.0, BLOCK)).unwrap();
        // Somebody waits for the file now.
        std::thread::sleep(Duration::from_millis(150));
        times.time("load", || host.load_state(&state)).unwrap();
        times.time("save", || host.save_state()).unwrap();
        times.time("process", || host.process(&mut [0.0; 64], &mut [0.0; 64], &[])).unwrap();
        times.time("deactivate", || host.deactivate());
        times.time("activate", || host.activate(44_100.0, BLOCK)).unwrap();
        std::thread::sleep(Duration::from_millis(150));
        times.time("deactivate", || host.deactivate());
        times.time("destroy", || drop(host));
    }
    assert_eq!(times.0.len(), 6);
    for (call, took) in &times.0 {
        assert!(*took < PROMISED, "{call}: {took:?}");
    }
}

#[test]
fn other_references_are_loaded_beside_one_that_hangs_and_that_one_once_its_drive_answers() {
    let hanging = [(); 3].map(|()| Hanging::new());
    let [first, second, third] = hanging.each_ref().map(|file| file.path.as_path());
    let mut host = Host::load(&bundle_path()).unwrap();
    host.activate(48_000.0, BLOCK).unwrap();
    let song = material_path("mix.flac");
    let state = with_references(&host.save_state().unwrap(), &[first, second, third, &song]);
    host.load_state(&state).unwrap();
    host.activate(48_000.0, BLOCK).unwrap();
    play_until(&mut host, "the one that can be read", |host| is_read(host, 3));
    for place in 0..3 {
        assert!(!is_read(&mut host, place), "{place}");
    }
    hanging[1].answer();
    play_until(&mut host, "the one whose drive answered", |host| is_read(host, 1));
    assert!(!is_read(&mut host, 0) && !is_read(&mut host, 2));
}

#[test]
fn whoever_loads_a_file_sees_how_long_nothing_has_moved_and_need_not_wait() {
    let hanging = Hanging::new();
    let mut loading = Loading::start(&hanging.path, FORMAT).unwrap();
    let started = Instant::now();
    while started.elapsed() < Duration::from_millis(300) {
        assert!(loading.receive(Duration::from_millis(20)).is_none());
    }
    assert!(loading.silence() >= Duration::from_millis(250), "{:?}", loading.silence());
    hanging.answer();
    let told = loading.receive(Duration::from_secs(30));
    assert!(matches!(told, Some(Told::Playable(_))), "{told:?}");
    assert!(loading.silence() < Duration::from_secs(1));
    let hanging = Hanging::new();
    let loading = Loading::start(&hanging.path, FORMAT).unwrap();
    std::thread::sleep(Duration::from_millis(50));
    let started = Instant::now();
    drop(loading);
    assert!(started.elapsed() < PROMISED);
}
