//! `cargo xtask install`: puts both bundles where hosts look.

use std::fs;
use std::path::{Path, PathBuf};

use crate::run::{Failure, Outcome, bundle, target};

pub(crate) fn install() -> Outcome {
    bundle()?;
    for (name, folder) in [("Burnish.clap", clap_folder()?), ("Burnish.vst3", vst3_folder()?)] {
        let from = target().join("bundled").join(name);
        let to = folder.join(name);
        replace(&from, &to).map_err(|error| {
            Failure(format!("{}: expected to install there, found that {error}", to.display()))
        })?;
        println!("installed {}", to.display());
    }
    Ok(())
}

/// `cargo xtask uninstall`: takes both bundles away again.
pub(crate) fn uninstall() -> Outcome {
    for (name, folder) in [("Burnish.clap", clap_folder()?), ("Burnish.vst3", vst3_folder()?)] {
        let installed = folder.join(name);
        if !installed.exists() {
            println!("{} is not installed", installed.display());
            continue;
        }
        remove(&installed).map_err(|error| {
            Failure(format!("{}: expected to remove it, found that {error}", installed.display()))
        })?;
        println!("removed {}", installed.display());
    }
    Ok(())
}

fn variable(name: &str) -> Result<PathBuf, Failure> {
    std::env::var_os(name)
        .map(PathBuf::from)
        .ok_or_else(|| Failure(format!("expected {name} in the environment, found none")))
}

fn clap_folder() -> Result<PathBuf, Failure> {
    if cfg!(target_os = "macos") {
        Ok(variable("HOME")?.join("Library/Audio/Plug-Ins/CLAP"))
    } else if cfg!(target_os = "windows") {
        Ok(variable("COMMONPROGRAMFILES")?.join("CLAP"))
    } else {
        Ok(variable("HOME")?.join(".clap"))
    }
}

fn vst3_folder() -> Result<PathBuf, Failure> {
    if cfg!(target_os = "macos") {
        Ok(variable("HOME")?.join("Library/Audio/Plug-Ins/VST3"))
    } else if cfg!(target_os = "windows") {
        Ok(variable("COMMONPROGRAMFILES")?.join("VST3"))
    } else {
        Ok(variable("HOME")?.join(".vst3"))
    }
}

/// Copies a file or a folder, in place of what was there.
pub(crate) fn replace(from: &Path, to: &Path) -> std::io::Result<()> {
    remove(to)?;
    copy(from, to)
}

/// Removes a file or a folder, if there is one.
fn remove(path: &Path) -> std::io::Result<()> {
    if path.is_dir() {
        fs::remove_dir_all(path)
    } else if path.exists() {
        fs::remove_file(path)
    } else {
        Ok(())
    }
}

pub(crate) fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    if !from.is_dir() {
        return fs::copy(from, to).map(|_| ());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}
