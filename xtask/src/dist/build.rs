//! The build of a release: as any other, but without a word of where it was made.

use std::path::PathBuf;
use std::process::Command;

use super::macos;
use crate::run::{Failure, Outcome, cargo, root, step};

const MAC_TARGETS: [&str; 2] = ["x86_64-apple-darwin", "aarch64-apple-darwin"];

/// A build with a folder of its own.
pub(super) struct Build {
    pub(super) target: PathBuf,
    is_universal: bool,
    host: String,
    pub(super) sysroot: PathBuf,
    commit: String,
}

impl Build {
    pub(super) fn new(target: PathBuf, is_universal: bool) -> Result<Self, Failure> {
        if is_universal && !cfg!(target_os = "macos") {
            return Err(Failure("--universal: expected to run on macOS".to_owned()));
        }
        let version = rustc(&["-vV"])?;
        let field = |name: &str| {
            let line = version.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_default().trim().to_owned()
        };
        let (host, commit) = (field("host:"), field("commit-hash:"));
        let sysroot = PathBuf::from(rustc(&["--print", "sysroot"])?.trim());
        Ok(Self { target, is_universal, host, sysroot, commit })
    }

    /// The system and processor that it is for.
    pub(super) fn machine(&self) -> String {
        let arch = if self.is_universal { "universal" } else { std::env::consts::ARCH };
        format!("{}-{arch}", std::env::consts::OS)
    }

    pub(super) fn targets(&self) -> Vec<&str> {
        if self.is_universal { MAC_TARGETS.to_vec() } else { vec![&self.host] }
    }

    /// Builds and bundles.
    pub(super) fn run(&self, time_s: u64) -> Outcome {
        let arguments = ["build", "--release", "--locked", "-p", "burnish", "--lib", "--bins"];
        let targets: &[&str] = if self.is_universal { &MAC_TARGETS } else { &[""] };
        for target in targets {
            let mut build = cargo(&arguments);
            if !target.is_empty() {
                build.args(["--target", target]);
            }
            build
                .arg("--target-dir")
                .arg(&self.target)
                .env("CARGO_ENCODED_RUSTFLAGS", self.flags().join("\x1f"))
                .env("SOURCE_DATE_EPOCH", time_s.to_string())
                // Archives of objects without times, on macOS.
                .env("ZERO_AR_DATE", "1")
                // What a person sets for other builds is no part of a release.
                .env_remove("RUSTFLAGS")
                .env_remove("CARGO_INCREMENTAL");
            step(format!("release build {target}").trim_end(), &mut build)?;
        }
        std::env::set_current_dir(root())
            .map_err(|error| Failure(format!("expected the project's folder, found {error}")))?;
        let release = ["--release".to_owned()];
        nice_plug_xtask::bundle(&self.target, "burnish", &release, self.is_universal)
            .map_err(|error| Failure(format!("bundling failed: {error:#}")))?;
        if cfg!(target_os = "macos") {
            macos::finish(&self.target.join("bundled"))?;
        }
        Ok(())
    }

    /// The `burnish` program; on macOS of both processors in one.
    pub(super) fn program(&self) -> Result<PathBuf, Failure> {
        let name = format!("burnish{}", std::env::consts::EXE_SUFFIX);
        if !self.is_universal {
            return Ok(self.target.join("release").join(name));
        }
        let parts = MAC_TARGETS.map(|target| self.target.join(target).join("release").join(&name));
        let whole = self.target.join(name);
        macos::join(&parts, &whole)?;
        Ok(whole)
    }

    /// Where things lie here, and what stands in their place in what is built; of
    /// several that fit the compiler takes the last.
    fn places(&self) -> Vec<(PathBuf, String)> {
        vec![
            (root(), "/burnish".to_owned()),
            (cargo_home(), "/cargo".to_owned()),
            (self.sysroot.join("lib/rustlib/src/rust"), format!("/rustc/{}", self.commit)),
            (self.target.clone(), "/target".to_owned()),
        ]
    }

    fn flags(&self) -> Vec<String> {
        let mut flags: Vec<String> = self
            .places()
            .into_iter()
            .map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()))
            .collect();
        if cfg!(all(windows, target_env = "msvc")) {
            // The linker's own time stamp becomes a hash.
            flags.push("-Clink-arg=/Brepro".to_owned());
        }
        flags
    }

    /// What must not be found in a release.
    pub(super) fn private_paths(&self) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = self.places().into_iter().map(|(from, _)| from).collect();
        paths.push(self.sysroot.clone());
        paths
    }
}

fn cargo_home() -> PathBuf {
    let home = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    let named = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    named.unwrap_or_else(|| {
        std::env::var_os(home).map(PathBuf::from).unwrap_or_default().join(".cargo")
    })
}

fn rustc(arguments: &[&str]) -> Result<String, Failure> {
    let output = Command::new("rustc").args(arguments).current_dir(root()).output();
    let output =
        output.map_err(|error| Failure(format!("expected to ask rustc, found that {error}")))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
