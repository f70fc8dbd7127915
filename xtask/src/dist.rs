//! `cargo xtask dist`: the archive of a release, the same to the bit from the same
//! commit and toolchain, wherever it is built.

mod archive;
mod build;
mod files;
mod licences;
mod macos;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use archive::Entry;
use build::Build;
use files::{failed, write};
use sha2::{Digest, Sha256};

use crate::run::{Failure, Outcome, command, root, step, target};

/// What is copied as it is, from the project's folder: among it all that the README links to.
const FILES: [&str; 15] = [
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "SECURITY.md",
    "docs/dependencies.md",
    "docs/editor.png",
    "docs/hosts.md",
    "docs/json.md",
    "docs/licences.md",
    "gui/fonts/OFL.txt",
    "material/LICENSE-FluidR3.txt",
    "material/README.md",
];

/// What installs it: the name in the archive and the text.
const SCRIPTS: [(&str, &str); 3] = [
    ("install.sh", include_str!("../dist/install.sh")),
    ("uninstall.sh", include_str!("../dist/uninstall.sh")),
    ("places.sh", include_str!("../dist/places.sh")),
];
const WINDOWS_SCRIPTS: [(&str, &str); 2] = [
    ("install.cmd", include_str!("../dist/install.cmd")),
    ("uninstall.cmd", include_str!("../dist/uninstall.cmd")),
];

/// Makes the archive; with `--check` twice, in two places, and compares them.
pub(crate) fn dist(options: &[String]) -> Outcome {
    let is = |name: &str| options.iter().any(|option| option == name);
    if let Some(other) =
        options.iter().find(|option| !["--check", "--universal"].contains(&&***option))
    {
        return Err(Failure(format!("expected --check or --universal, found \"{other}\"")));
    }
    let folder = target().join("dist");
    let first = make(&Build::new(folder.join("build"), is("--universal"))?)?;
    if is("--check") {
        // Another folder, as deep as no other.
        let elsewhere = folder.join("check").join("in another place").join("build");
        let second = make(&Build::new(elsewhere, is("--universal"))?)?;
        compare(&first, &second)?;
        println!("\nbuilt twice: both have {}", first.sum());
    }
    let path = folder.join(&first.name);
    let sums = folder.join("SHA256SUMS");
    write(&path, &first.bytes)?;
    write(&sums, format!("{}  {}\n", first.sum(), first.name).as_bytes())?;
    println!("\n{}\n{}", path.display(), sums.display());
    Ok(())
}

/// A finished archive and what is in it.
struct Archive {
    name: String,
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

impl Archive {
    fn sum(&self) -> String {
        sum(&self.bytes)
    }
}

fn sum(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn make(build: &Build) -> Result<Archive, Failure> {
    let name = format!("burnish-{}-{}", env!("CARGO_PKG_VERSION"), build.machine());
    let time_s = commit_time_s()?;
    build.run(time_s)?;
    let stage = build.target.join("stage");
    if stage.exists() {
        fs::remove_dir_all(&stage).map_err(|error| failed(&stage, &error))?;
    }
    fill(&stage, build)?;
    let entries = archive::entries(&stage, &name).map_err(|error| failed(&stage, &error))?;
    no_paths_of_this_machine(&entries, &build.private_paths())?;
    let (bytes, ending) = if cfg!(windows) {
        (archive::zip(&entries), "zip")
    } else {
        (archive::tar_gz(&entries, time_s), "tar.gz")
    };
    let bytes = bytes.map_err(|error| failed(&stage, &error))?;
    Ok(Archive { name: format!("{name}.{ending}"), bytes, entries })
}

/// Everything that the archive holds.
fn fill(stage: &Path, build: &Build) -> Outcome {
    for name in FILES {
        let text =
            fs::read(root().join(name)).map_err(|error| failed(&root().join(name), &error))?;
        write(&stage.join(name), &text)?;
    }
    let scripts: &[(&str, &str)] = if cfg!(windows) { &WINDOWS_SCRIPTS } else { &SCRIPTS };
    for (name, text) in scripts {
        write(&stage.join(name), text.as_bytes())?;
    }
    write(
        &stage.join("THIRD-PARTY-LICENSES.txt"),
        licences::third_party(&build.targets())?.as_bytes(),
    )?;
    write(&stage.join(licences::RUST), &licences::standard_library(&build.sysroot)?)?;
    for bundle in ["Burnish.clap", "Burnish.vst3"] {
        let from = build.target.join("bundled").join(bundle);
        crate::install::copy(&from, &stage.join(bundle)).map_err(|error| failed(&from, &error))?;
    }
    let program = stage.join(format!("burnish{}", std::env::consts::EXE_SUFFIX));
    crate::install::copy(&build.program()?, &program).map_err(|error| failed(&program, &error))?;
    step("documents", Command::new(&program).arg("documents").arg(stage))
}

/// A path in a file tells about the machine it was built on, and no other machine
/// could make the same file.
fn no_paths_of_this_machine(entries: &[Entry], paths: &[PathBuf]) -> Outcome {
    for entry in entries {
        let text = String::from_utf8_lossy(&entry.bytes);
        for path in paths {
            let path = path.to_string_lossy();
            if let Some(place) = text.find(&*path) {
                let found: String = text[place..].chars().take(120).collect();
                return Err(Failure(format!(
                    "{}: expected no path of this machine, found \"{}\"",
                    entry.path,
                    found.escape_debug()
                )));
            }
        }
    }
    Ok(())
}

fn compare(first: &Archive, second: &Archive) -> Outcome {
    if first.bytes == second.bytes {
        return Ok(());
    }
    let mut text = "built twice, expected the same archive, found that these differ:".to_owned();
    for entry in &first.entries {
        let other = second.entries.iter().find(|other| other.path == entry.path);
        if other != Some(entry) {
            let _ = write!(text, "\n  {}", entry.path);
        }
    }
    Err(Failure(text))
}

/// When the commit was made: the time of all that is made of it.
fn commit_time_s() -> Result<u64, Failure> {
    let parse = |text: &str| text.trim().parse().ok();
    if let Some(time_s) = std::env::var("SOURCE_DATE_EPOCH").ok().as_deref().and_then(parse) {
        return Ok(time_s);
    }
    let output = command("git", &["log", "-1", "--format=%ct"]).output();
    output.ok().and_then(|output| parse(&String::from_utf8_lossy(&output.stdout))).ok_or_else(
        || {
            Failure(
                "expected the time of the commit, from git or SOURCE_DATE_EPOCH, found none"
                    .to_owned(),
            )
        },
    )
}

#[cfg(test)]
#[path = "dist/tests.rs"]
mod tests;
