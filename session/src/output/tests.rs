use std::fs;

use tempfile::TempDir;

use super::*;

fn names(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_is_found_whole_or_not_at_all() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("preset.txt");
    let output = Output::to(&path, &[]).unwrap();
    assert!(names(&folder).is_empty(), "asking leaves no trace");
    let mut file = output.begin().unwrap();
    file.write_all(b"half").unwrap();
    assert!(!path.exists());
    drop(file);
    assert!(names(&folder).is_empty());
    output.write(b"all of it").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"all of it");
    // Another failure leaves what is there.
    let mut file = output.begin().unwrap();
    file.write_all(b"half").unwrap();
    drop(file);
    assert_eq!(fs::read(&path).unwrap(), b"all of it");
    assert_eq!(names(&folder), ["preset.txt"]);
}

#[test]
fn an_input_is_known_by_every_name() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("mix.wav"), b"music").unwrap();
    fs::hard_link(at("mix.wav"), at("hard.wav")).unwrap();
    fs::create_dir(at("sub")).unwrap();
    let mut aliases = vec![at("mix.wav"), at("hard.wav"), at("sub/../mix.wav"), at("./mix.wav")];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("mix.wav", at("soft.wav")).unwrap();
        std::os::unix::fs::symlink("soft.wav", at("twice.wav")).unwrap();
        std::os::unix::fs::symlink(folder.path(), at("sub/up")).unwrap();
        aliases.extend([at("soft.wav"), at("twice.wav"), at("sub/up/hard.wav")]);
    }
    let before = names(&folder);
    for input in &aliases {
        for output in &aliases {
            let inputs = [Input::new("the preset", &at("none")), Input::new("the mix", input)];
            let error = Output::to(output, &inputs).unwrap_err().to_string();
            assert!(error.ends_with("found the mix itself"), "{error}");
        }
    }
    assert_eq!(fs::read(at("mix.wav")).unwrap(), b"music");
    assert_eq!(names(&folder), before);
}

#[test]
fn what_became_an_input_while_it_was_written_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("mix.wav"), b"music").unwrap();
    let output = Output::to(&at("out.wav"), &[Input::new("the mix", &at("mix.wav"))]).unwrap();
    let mut file = output.begin().unwrap();
    file.write_all(b"master").unwrap();
    fs::hard_link(at("mix.wav"), at("out.wav")).unwrap();
    assert!(file.finish().unwrap_err().to_string().contains("the mix itself"));
    assert_eq!(fs::read(at("mix.wav")).unwrap(), b"music");
    assert_eq!(names(&folder), ["mix.wav", "out.wav"]);
}

#[cfg(unix)]
#[test]
fn only_ordinary_files_are_replaced() {
    use std::os::unix::fs::symlink;
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
    let fifo = std::process::Command::new("mkfifo").arg(at("fifo")).status();
    fs::create_dir(at("folder")).unwrap();
    fs::write(at("file"), b"whole").unwrap();
    fs::write(at("locked"), b"whole").unwrap();
    fs::set_permissions(at("locked"), PermissionsExt::from_mode(0o444)).unwrap();
    symlink("loop", at("loop")).unwrap();
    symlink("socket", at("to socket")).unwrap();
    let mut cases = vec![
        ("socket", "found a socket"),
        ("to socket", "found a socket"),
        ("folder", "found a folder"),
        ("folder/", "found a folder"),
        ("new/", "found a folder"),
        ("..", "found a folder"),
        ("locked", "read-only"),
        ("file/x", "its folder is a file"),
        ("no/such/x", "its folder does not exist"),
    ];
    if fifo.is_ok_and(|status| status.success()) {
        cases.push(("fifo", "found a pipe"));
    }
    let before = names(&folder);
    for (name, words) in cases {
        let error = Output::to(&at(name), &[]).unwrap_err().to_string();
        assert!(error.contains(words), "{name}: {error}");
    }
    assert!(Output::to(&at("loop"), &[]).is_err());
    assert!(Output::to(Path::new(""), &[]).is_err());
    assert_eq!(names(&folder), before);
    drop(socket);
}

#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;

#[cfg(unix)]
#[test]
fn links_permissions_and_owners_stay() {
    use std::os::unix::fs::{MetadataExt, chown, symlink};
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("store")).unwrap();
    symlink("store/master.wav", at("master.wav")).unwrap();
    // A link that leads to nothing yet names where the file shall be.
    Output::to(&at("master.wav"), &[]).unwrap().write(b"first").unwrap();
    assert!(fs::symlink_metadata(at("master.wav")).unwrap().is_symlink());
    assert_eq!(fs::read(at("store/master.wav")).unwrap(), b"first");
    for mode in [0o600, 0o640, 0o2755] {
        fs::set_permissions(at("store/master.wav"), PermissionsExt::from_mode(mode)).unwrap();
        // Only root can give files away; elsewhere this changes nothing.
        let is_given_away = chown(at("store/master.wav"), Some(1234), Some(4321)).is_ok();
        if is_given_away {
            fs::set_permissions(at("store/master.wav"), PermissionsExt::from_mode(mode)).unwrap();
        }
        let before = fs::metadata(at("store/master.wav")).unwrap();
        Output::to(&at("master.wav"), &[]).unwrap().write(b"second").unwrap();
        let after = fs::metadata(at("store/master.wav")).unwrap();
        assert_eq!(after.mode(), before.mode(), "{mode:o}");
        assert_eq!((after.uid(), after.gid()), (before.uid(), before.gid()));
        assert_eq!(fs::read(at("master.wav")).unwrap(), b"second");
    }
    assert!(fs::symlink_metadata(at("master.wav")).unwrap().is_symlink());
    assert_eq!(names(&folder), ["master.wav", "store"]);
}

#[test]
fn a_wrong_name_is_told_what_would_be_right() {
    const WAV: Naming = Naming { what: "WAV", extensions: &["wav", "wave"] };
    const FLAC: Naming = Naming { what: "FLAC", extensions: &["flac"] };
    let kind = |name: &str| kind_by_name(Path::new(name), &[WAV, FLAC]);
    assert_eq!(kind("a.wav"), Ok(0));
    assert_eq!(kind("A.WAVE"), Ok(0));
    assert_eq!(kind("a.b.Flac"), Ok(1));
    let error = kind("song.mp3").unwrap_err().to_string();
    assert!(error.ends_with("ends in .wav (WAV) or .flac (FLAC), found .mp3"), "{error}");
    assert!(kind("song").unwrap_err().to_string().ends_with("found none"));
    assert!(kind(".wav").is_err());
}
