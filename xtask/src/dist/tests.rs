//! Putting a release together, without building one.

use super::*;

#[test]
fn a_path_of_the_machine_is_found_in_any_file() {
    let entry = |bytes: &[u8]| Entry {
        path: "burnish-1/burnish".to_owned(),
        bytes: bytes.to_owned(),
        is_program: true,
    };
    let paths = [PathBuf::from("/home/someone/burnish")];
    no_paths_of_this_machine(&[entry(b"\xff\x00/rustc/library/core")], &paths).unwrap();
    let bad = entry(b"\xff\x00/home/someone/burnish/dsp/src/lib.rs\x00");
    let Failure(message) = no_paths_of_this_machine(&[bad], &paths).unwrap_err();
    assert!(message.contains("burnish-1/burnish") && message.contains("dsp/src/lib.rs"));
}

#[test]
fn a_difference_is_named() {
    let archive = |text: &str| {
        let bytes = text.as_bytes().to_owned();
        let entry = Entry { path: "burnish-1/README.md".to_owned(), bytes, is_program: false };
        Archive {
            name: "burnish-1.tar.gz".to_owned(),
            bytes: archive::tar_gz(std::slice::from_ref(&entry), 0).unwrap(),
            entries: vec![entry],
        }
    };
    compare(&archive("one"), &archive("one")).unwrap();
    let Failure(message) = compare(&archive("one"), &archive("two")).unwrap_err();
    assert!(message.contains("README.md"), "{message}");
    assert_eq!(sum(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[test]
fn the_readmes_links_lead_somewhere_in_the_archive() {
    let text = fs::read_to_string(root().join("README.md")).unwrap();
    let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let inside: Vec<&str> = links.map(|(link, _)| link).filter(|l| !l.contains(':')).collect();
    assert!(inside.len() > 5, "{inside:?}");
    for link in inside {
        let (file, folder) =
            (link.trim_end_matches('/'), format!("{}/", link.trim_end_matches('/')));
        let is_there = FILES.iter().any(|name| *name == file || name.starts_with(&folder));
        assert!(is_there, "README.md links to {link}, which is not in the archive");
    }
}

#[test]
fn only_known_options_are_taken() {
    let Failure(message) = dist(&["--fast".to_owned()]).unwrap_err();
    assert!(message.contains("--fast"));
}

/// Installs from a made-up archive into a made-up home, and takes it away again.
#[cfg(unix)]
#[test]
fn what_is_installed_is_uninstalled_and_nothing_else_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let (stage, home) = (folder.path().join("an archive"), folder.path().join("a home"));
    for name in ["Burnish.clap", "Burnish.vst3/Contents/x86_64-linux/Burnish.so", "burnish"] {
        write(&stage.join(name), b"new").unwrap();
    }
    for name in ["man/burnish.1", "man/burnish-check.1", "completions/burnish.bash"] {
        write(&stage.join(name), b"new").unwrap();
    }
    for name in ["completions/_burnish", "completions/burnish.fish"] {
        write(&stage.join(name), b"new").unwrap();
    }
    for (name, text) in SCRIPTS {
        write(&stage.join(name), text.as_bytes()).unwrap();
    }
    let (clap, vst3) = if cfg!(target_os = "macos") {
        ("Library/Audio/Plug-Ins/CLAP", "Library/Audio/Plug-Ins/VST3")
    } else {
        (".clap", ".vst3")
    };
    // Of an older version, and of somebody else.
    write(&home.join(vst3).join("Burnish.vst3/Contents/old.so"), b"old").unwrap();
    write(&home.join(clap).join("Other.clap"), b"other").unwrap();
    write(&home.join(".local/share/man/man1/other.1"), b"other").unwrap();
    let run = |script: &str, arguments: &[&str]| {
        let output = Command::new("sh")
            .arg(stage.join(script))
            .args(arguments)
            .env("HOME", &home)
            .env_remove("XDG_DATA_HOME")
            .env_remove("XDG_CONFIG_HOME")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let files = || {
        let found = archive::entries(&home, "~").unwrap();
        found.into_iter().map(|entry| entry.path).collect::<Vec<_>>()
    };
    run("install.sh", &["PLUGINS_ONLY"]);
    assert_eq!(files().len(), 4, "{:?}", files());
    run("install.sh", &[]);
    let installed = files();
    for place in ["Burnish.so", ".local/bin/burnish", "man1/burnish-check.1", "_burnish"] {
        assert!(installed.iter().any(|path| path.ends_with(place)), "{place}: {installed:?}");
    }
    assert!(!installed.iter().any(|path| path.ends_with("old.so")), "{installed:?}");
    run("uninstall.sh", &[]);
    let others = [format!("~/{clap}/Other.clap"), "~/.local/share/man/man1/other.1".to_owned()];
    let mut left = files();
    left.sort();
    let mut others = others.to_vec();
    others.sort();
    assert_eq!(left, others);
    run("uninstall.sh", &[]);
}
