//! The licences of others whose work is in the bundle, word for word.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use cargo_metadata::Package;

use crate::crates::{licence, metadata, shipped};
use crate::run::{Failure, root};

const HEAD: &str = "Licences of the work of others that is in Burnish\n\
    =================================================\n\n\
    First each crate with its version, its licence and where its source is; then the texts,\n\
    as the crates bring them. A crate that brings none stands under the licence that it\n\
    names. Crates under MPL-2.0 are used as they were published.\n\n\
    VST is a trademark of Steinberg Media Technologies GmbH.\n\n";

/// The name of what [`standard_library`] gives.
pub(super) const RUST: &str = "THIRD-PARTY-LICENSES-RUST.html";

/// `THIRD-PARTY-LICENSES.txt` for the machines that a bundle is made for.
pub(super) fn third_party(targets: &[&str]) -> Result<String, Failure> {
    let metadata = metadata(targets)?;
    let mut text = HEAD.to_owned();
    // A text that many share stands there once.
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in shipped(&metadata) {
        let name = format!("{} {}", package.name, package.version);
        let from = package.repository.as_deref().unwrap_or("https://crates.io");
        let _ = writeln!(text, "{name}: {}\n    {from}", licence(package));
        let found = texts_of(package);
        if found.is_empty() && !package.authors.is_empty() {
            let _ = writeln!(text, "    by {}", package.authors.join(", "));
        }
        for found in found {
            texts.entry(found).or_default().push(name.clone());
        }
    }
    let _ = writeln!(text, "Rust standard library: see {RUST}");
    let font = root().join("gui").join("fonts").join("OFL.txt");
    texts.entry(read(&font)).or_default().push("Burnish Sans, the editor's typeface".to_owned());
    let mut texts: Vec<(Vec<String>, String)> =
        texts.into_iter().map(|(text, names)| (names, text)).collect();
    texts.sort();
    for (names, found) in texts {
        let line = "-".repeat(80);
        let _ = write!(text, "\n{line}\n{}\n{line}\n\n{}\n", names.join("\n"), found.trim());
    }
    Ok(text)
}

/// The licence files in a crate's own folder, each without the ends of its lines.
fn texts_of(package: &Package) -> Vec<String> {
    let Some(folder) = package.manifest_path.parent() else { return Vec::new() };
    let mut texts = licence_files(folder.as_std_path());
    if let Some(named) = package.license_file()
        && let text = read(named.as_std_path())
        && !text.is_empty()
        && !texts.contains(&text)
    {
        texts.push(text);
    }
    texts
}

fn licence_files(folder: &Path) -> Vec<String> {
    const NAMES: [&str; 6] = ["license", "licence", "copying", "copyright", "notice", "unlicense"];
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let mut texts = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let is_code = path.extension().is_some_and(|extension| extension == "rs");
        if is_code || !NAMES.iter().any(|start| name.starts_with(start)) {
            continue;
        }
        if path.is_dir() {
            texts.extend(licence_files_of_any_name(&path));
        } else {
            texts.push(read(&path));
        }
    }
    texts.retain(|text| !text.is_empty());
    texts
}

/// In a folder of licences every file is one.
fn licence_files_of_any_name(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

/// What the toolchain says of its own standard library, which is in every bundle.
pub(super) fn standard_library(sysroot: &Path) -> Result<Vec<u8>, Failure> {
    let path = sysroot.join("share").join("doc").join("rust").join("COPYRIGHT-library.html");
    fs::read(&path).map_err(|error| {
        Failure(format!(
            "{}: expected the licences of the standard library, found that {error}",
            path.display()
        ))
    })
}

/// A text without the marks of the system it was written on; empty where there is none.
fn read(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_crate_is_there_with_its_licence_and_texts_stand_once() {
        let targets = ["x86_64-unknown-linux-gnu"];
        let text = third_party(&targets).unwrap();
        let metadata = metadata(&targets).unwrap();
        let packages = shipped(&metadata);
        for package in &packages {
            let line = format!("\n{} {}: {}\n", package.name, package.version, licence(package));
            assert!(text.contains(&line), "{line}");
        }
        assert!(text.contains("SIL OPEN FONT LICENSE Version 1.1"));
        assert!(text.contains("Mozilla Public License Version 2.0"));
        let shared = packages.iter().filter(|package| licence(package) == "MPL-2.0").count();
        let texts = text.matches("Mozilla Public License Version 2.0\n====").count();
        assert!(0 < texts && texts < shared, "{texts} texts for {shared} crates");
        let without = packages.iter().filter(|package| texts_of(package).is_empty()).count();
        assert!(without * 5 < packages.len(), "{without} of {} bring no text", packages.len());
        assert!(text.len() < 2_000_000, "{} bytes", text.len());
        assert!(!text.contains(env!("CARGO_MANIFEST_DIR")));
    }
}
