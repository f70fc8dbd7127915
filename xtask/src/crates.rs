//! Which crates are in what is shipped, as cargo itself knows it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;

use cargo_metadata::{CargoOpt, DependencyKind, Metadata, MetadataCommand, Package, PackageId};

use crate::run::{Failure, Outcome, root};

/// The machines that releases are made for.
pub(crate) const TARGETS: [&str; 4] = [
    "x86_64-unknown-linux-gnu",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
];

/// What cargo says of the workspace; for `targets` also of all that it stands on.
pub(crate) fn metadata(targets: &[&str]) -> Result<Metadata, Failure> {
    let mut command = MetadataCommand::new();
    command.manifest_path(root().join("Cargo.toml"));
    let mut options = vec!["--locked".to_owned()];
    if targets.is_empty() {
        command.no_deps();
    } else {
        command.features(CargoOpt::SomeFeatures(Vec::new()));
        for target in targets {
            options.extend(["--filter-platform".to_owned(), (*target).to_owned()]);
        }
    }
    command
        .other_options(options)
        .exec()
        .map_err(|error| Failure(format!("expected cargo to list the crates, found that {error}")))
}

/// The crates of others whose code is in the bundle, by name and version. Macros and
/// build scripts run before there is one, and are not in it.
pub(crate) fn shipped(metadata: &Metadata) -> Vec<&Package> {
    let packages: HashMap<&PackageId, &Package> =
        metadata.packages.iter().map(|package| (&package.id, package)).collect();
    let nodes = metadata.resolve.iter().flat_map(|resolve| &resolve.nodes);
    let nodes: HashMap<&PackageId, _> = nodes.map(|node| (&node.id, node)).collect();
    let plugin = metadata.packages.iter().find(|package| package.name.as_str() == "burnish");
    let mut waiting: Vec<&PackageId> = plugin.iter().map(|package| &package.id).collect();
    let mut seen = BTreeSet::new();
    let mut found = BTreeMap::new();
    while let Some(id) = waiting.pop() {
        let Some(package) = packages.get(id).filter(|_| seen.insert(id)) else { continue };
        if package.targets.iter().any(cargo_metadata::Target::is_proc_macro) {
            continue;
        }
        if !metadata.workspace_members.contains(id) {
            found.insert((package.name.as_str(), &package.version), *package);
        }
        for dependency in nodes.get(id).iter().flat_map(|node| &node.deps) {
            if dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal) {
                waiting.push(&dependency.pkg);
            }
        }
    }
    found.into_values().collect()
}

/// The licence that a crate names, written as SPDX has it today.
pub(crate) fn licence(package: &Package) -> String {
    let licence = package.license.as_deref().unwrap_or("see its licence file");
    licence.replace(" / ", " OR ").replace('/', " OR ")
}

/// The page of all licences: `docs/licences.md`.
fn licences_page() -> Result<String, Failure> {
    let metadata = metadata(&TARGETS)?;
    let mut rows: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for package in shipped(&metadata) {
        rows.entry(package.name.as_str()).or_default().insert(licence(package));
    }
    let mut page = "# Licences\n\n\
        Burnish is MIT or Apache-2.0, at your choice. Its typeface is made of IBM Plex Sans,\n\
        under the SIL Open Font License 1.1. The bundles for Linux, macOS and Windows hold code of the Rust\n\
        standard library (MIT OR Apache-2.0) and of these crates; the texts of their licences\n\
        come with every release. Made by `cargo xtask licences`.\n\n\
        | crate | licence |\n| --- | --- |\n"
        .to_owned();
    for (name, licences) in rows {
        let licences: Vec<String> = licences.into_iter().collect();
        let _ = writeln!(page, "| {name} | {} |", licences.join("; "));
    }
    Ok(page)
}

/// `cargo xtask licences`: writes the page anew.
pub(crate) fn write_licences() -> Outcome {
    let path = root().join("docs").join("licences.md");
    std::fs::write(&path, licences_page()?).map_err(|error| {
        Failure(format!("{}: expected to write it, found that {error}", path.display()))
    })
}

#[cfg(test)]
#[path = "crates_tests.rs"]
mod tests;
