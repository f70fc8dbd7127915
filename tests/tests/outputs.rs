//! What the program writes: nothing is replaced that was not meant to be.

use std::fs;
use std::path::Path;

use burnish_session::file_format::Bits;

use crate::cli::{Folder, burnish, fail, noise, succeed};

/// Every command that writes, and how it is told to write to `output`.
fn writers(folder: &Folder, output: &str) -> Vec<Vec<String>> {
    let (mix, reference) = (folder.path("mix.wav"), folder.path("reference.wav"));
    let preset = folder.path("mine.txt");
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    vec![
        words(&["master", &mix, "--preset", &preset, "-o", output]),
        words(&["match", &mix, &reference, "--preset", &preset, "-o", output]),
    ]
}

fn with_inputs() -> Folder {
    let folder = Folder::new();
    folder.audio("mix.wav", &noise(1.0, 48_000, 0.2), Bits::B24);
    folder.audio("reference.wav", &noise(1.0, 48_000, 0.1), Bits::B24);
    folder.bytes("mine.txt", b"trim.gain = -3 dB\n");
    folder
}

fn refused(folder: &Folder, output: &str, words: &[&str]) {
    for arguments in writers(folder, &folder.path(output)) {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        fail(&arguments, words);
    }
}

#[test]
fn no_command_writes_onto_one_of_its_inputs() {
    let folder = with_inputs();
    let inputs = ["mix.wav", "mine.txt", "reference.wav"];
    for input in inputs {
        fs::hard_link(folder.path(input), folder.path(&format!("hard {input}"))).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(input, folder.path(&format!("soft {input}"))).unwrap();
    }
    let before: Vec<Vec<u8>> = inputs.map(|name| fs::read(folder.path(name)).unwrap()).into();
    let names = folder.names();
    for alias in ["", "hard ", "soft ", "./"] {
        refused(&folder, &format!("{alias}mix.wav"), &["the mix itself"]);
        refused(&folder, &format!("{alias}mine.txt"), &["the preset itself"]);
        let output = folder.path(&format!("{alias}reference.wav"));
        let [mix, reference] = ["mix.wav", "reference.wav"].map(|name| folder.path(name));
        fail(&["match", &mix, &mix, &reference, "-o", &output], &["a reference itself"]);
    }
    let after: Vec<Vec<u8>> = inputs.map(|name| fs::read(folder.path(name)).unwrap()).into();
    assert!(before == after);
    assert_eq!(folder.names(), names);
}

#[cfg(unix)]
#[test]
fn no_command_replaces_what_is_no_ordinary_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = with_inputs();
    let _socket = std::os::unix::net::UnixListener::bind(folder.path("socket")).unwrap();
    fs::create_dir(folder.path("folder.wav")).unwrap();
    folder.bytes("locked.wav", b"whole");
    fs::set_permissions(folder.path("locked.wav"), PermissionsExt::from_mode(0o444)).unwrap();
    std::os::unix::fs::symlink("socket", folder.path("link.wav")).unwrap();
    let fifo = std::process::Command::new("mkfifo").arg(folder.path("fifo")).status();
    // Only root can make one, and not in every container; it stands for nothing: 0, 0.
    let device = std::process::Command::new("mknod")
        .args([&folder.path("device"), "c", "0", "0"])
        .stderr(std::process::Stdio::null())
        .status();
    let names = folder.names();
    refused(&folder, "socket", &["found a socket"]);
    refused(&folder, "link.wav", &["found a socket"]);
    refused(&folder, "folder.wav", &["found a folder"]);
    refused(&folder, "locked.wav", &["read-only"]);
    if fifo.is_ok_and(|status| status.success()) {
        refused(&folder, "fifo", &["found a pipe"]);
    }
    if device.is_ok_and(|status| status.success()) {
        refused(&folder, "device", &["found a device"]);
    }
    assert_eq!(folder.names(), names);
    assert_eq!(fs::read(folder.path("locked.wav")).unwrap(), b"whole");
}

#[cfg(unix)]
#[test]
fn links_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = with_inputs();
    for (name, arguments) in
        [("out.wav", 0), ("out.txt", 1)].map(|(name, at)| (name, writers(&folder, "")[at].clone()))
    {
        fs::create_dir_all(folder.path("store")).unwrap();
        let store = folder.bytes(&format!("store/{name}"), b"old");
        fs::set_permissions(&store, PermissionsExt::from_mode(0o600)).unwrap();
        let output = folder.path(name);
        symlink(Path::new("store").join(name), &output).unwrap();
        let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        *arguments.last_mut().unwrap() = &output;
        succeed(&arguments);
        assert!(fs::symlink_metadata(&output).unwrap().is_symlink(), "{name}");
        assert_eq!(fs::metadata(&store).unwrap().permissions().mode() & 0o7777, 0o600, "{name}");
        assert!(fs::read(&store).unwrap().len() > 3, "{name}");
    }
    assert_eq!(fs::read_dir(folder.path("store")).unwrap().count(), 2);
}

#[test]
fn a_wrong_extension_is_told_what_would_be_right() {
    let folder = with_inputs();
    let names = folder.names();
    let [master, matched] = writers(&folder, "").try_into().unwrap();
    for (name, found) in
        [("out.mp3", ".mp3"), ("out", "none"), ("out.aiff", ".aiff"), ("out.txt", ".txt")]
    {
        let output = folder.path(name);
        let mut arguments: Vec<&str> = master.iter().map(String::as_str).collect();
        *arguments.last_mut().unwrap() = &output;
        fail(&arguments, &[name, ".wav", &format!("found {found}")]);
    }
    let output = folder.path("eq.wav");
    let mut arguments: Vec<&str> = matched.iter().map(String::as_str).collect();
    *arguments.last_mut().unwrap() = &output;
    fail(&arguments, &["eq.wav", ".txt (a preset)", "found .wav"]);
    assert_eq!(folder.names(), names);
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_old_file() {
    let folder = with_inputs();
    let output = folder.bytes("out.wav", b"old");
    let names = folder.names();
    // A limit of file sizes stands for the disk; its signal must not be the end.
    let script = "ulimit -f 16; \"$@\"";
    let result = std::process::Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(crate::cli::program())
        .args(["master", &folder.path("mix.wav"), "-o", &output])
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&result.stderr).into_owned();
    assert_eq!(result.status.code(), Some(2), "{words}");
    assert!(words.contains("out.wav: expected to write there"), "{words}");
    assert_eq!(fs::read(&output).unwrap(), b"old");
    assert_eq!(folder.names(), names);
}

#[test]
fn documents_go_through_links_and_onto_no_folder() {
    let folder = Folder::new();
    fs::create_dir(folder.path("manual.md")).unwrap();
    fail(&["documents", &folder.path("")], &["manual.md", "found a folder"]);
    let file = folder.bytes("file", b"whole");
    assert_eq!(burnish(&["documents", &file]).status.code(), Some(2));
    assert_eq!(fs::read(&file).unwrap(), b"whole");
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_nothing_behind_and_the_old_file_whole() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};
    let folder = Folder::new();
    let mix = folder.audio("mix.wav", &noise(20.0, 48_000, 0.2), Bits::B24);
    let output = folder.bytes("out.wav", b"old");
    let arguments =
        ["master", &mix, "-o", &output, "--set", "limiter.on=on", "--set", "limiter.gain=6"];
    let started = Instant::now();
    succeed(&arguments);
    let whole = started.elapsed();
    let master = fs::read(&output).unwrap();
    for signal in ["INT", "TERM", "HUP"] {
        let mut interrupted = 0;
        // From its first moments to after its end: also while the file is being written.
        for step in 1..=8 {
            fs::write(&output, b"old").unwrap();
            let mut running = Command::new(crate::cli::program())
                .args(arguments)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(whole.mul_f64(f64::from(step) / 7.0).max(Duration::from_millis(30)));
            let id = running.id().to_string();
            // It may have ended by then.
            let _ = Command::new("kill").args(["-s", signal, &id]).stderr(Stdio::null()).status();
            let code = running.wait().unwrap().code();
            assert_eq!(folder.names(), ["mix.wav", "out.wav"], "{signal} {step}");
            let left = fs::read(&output).unwrap();
            match code {
                Some(0) => assert!(left == master, "{signal} {step}"),
                Some(130) => {
                    assert!(left == b"old" || left == master, "{signal} {step}");
                    interrupted += 1;
                }
                other => panic!("{signal} {step}: {other:?}"),
            }
        }
        assert!(interrupted >= 1, "{signal}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn nohup_is_heard() {
    let folder = with_inputs();
    let script = "trap '' HUP; \"$@\" & sleep 0.05; kill -HUP $!; wait $!";
    let output = folder.path("out.wav");
    let status = std::process::Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(crate::cli::program())
        .args(["master", &folder.path("mix.wav"), "-o", &output])
        .args(["--set", "limiter.on=on", "--set", "limiter.gain=6", "--json"])
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(0));
    assert!(Path::new(&output).exists());
}

#[cfg(unix)]
#[test]
fn what_cannot_be_printed_is_an_error_and_a_closed_pipe_is_none() {
    let folder = Folder::new();
    let run = |script: &str| {
        std::process::Command::new("sh")
            .args(["-c", script, "sh"])
            .arg(crate::cli::program())
            .arg(folder.path("printed"))
            .output()
            .unwrap()
    };
    let full = run("ulimit -f 0; trap '' XFSZ; \"$1\" parameters > \"$2\"");
    assert_eq!(full.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&full.stderr).contains("expected to print"));
    assert!(run("\"$1\" parameters | true").status.success());
}
