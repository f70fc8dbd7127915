//! What all hosts are given: the bundles, the mix, and a room of their own.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::run::{Failure, bundle, root, target};
use crate::setup;

use super::running::say;

/// The bundles and the sounds that the hosts work with.
#[derive(Debug)]
pub(crate) struct Bench {
    folder: PathBuf,
    bundles: PathBuf,
}

impl Bench {
    /// Takes the bundles from a folder, or builds them.
    pub(crate) fn new(bundles: Option<PathBuf>) -> Result<Self, Failure> {
        let bundles = if let Some(folder) = bundles {
            folder
        } else {
            setup::all_packages()?;
            bundle()?;
            target().join("bundled")
        };
        let bench = Self { folder: target().join("hosts"), bundles };
        for needed in [bench.clap(), bench.vst3(), bench.program()] {
            if !needed.exists() {
                return Err(Failure(format!(
                    "{}: expected a bundle, found none",
                    needed.display()
                )));
            }
        }
        std::fs::create_dir_all(&bench.folder)
            .map_err(|error| Failure(format!("{}: {error}", bench.folder.display())))?;
        // Hosts differ in how they turn whole numbers into floats, so all read the same floats.
        let mix = root().join("material").join("mix.flac");
        bench.master(&mix, &bench.mix(), &[]).map_err(Failure)?;
        Ok(bench)
    }

    pub(crate) fn clap(&self) -> PathBuf {
        self.bundles.join("Burnish.clap")
    }

    pub(crate) fn vst3(&self) -> PathBuf {
        self.bundles.join("Burnish.vst3")
    }

    /// The `burnish` program, which bundling puts beside the bundles.
    pub(crate) fn program(&self) -> PathBuf {
        self.bundles.join("Burnish")
    }

    /// The mix as 32-bit floats.
    pub(crate) fn mix(&self) -> PathBuf {
        self.folder.join("mix.wav")
    }

    /// What the command line makes of a mix; the latency that it took out, in frames.
    pub(crate) fn master(
        &self,
        mix: &Path,
        out: &Path,
        settings: &[&str],
    ) -> Result<usize, String> {
        let mut command = Command::new(self.program());
        command.arg("master").arg(mix).arg("-o").arg(out).args(["--bits", "32f", "--json"]);
        for setting in settings {
            command.args(["--set", setting]);
        }
        let done = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
        let done = done.map_err(|error| format!("{}: {error}", self.program().display()))?;
        if !done.status.success() {
            return Err(format!("burnish master: {}", done.status));
        }
        let said: serde_json::Value = serde_json::from_slice(&done.stdout)
            .map_err(|error| format!("burnish master --json: {error}"))?;
        let latency_frames = said["latency_frames"].as_u64();
        latency_frames
            .map(|frames| frames as usize)
            .ok_or_else(|| "burnish master --json: expected a latency, found none".to_owned())
    }

    /// A fresh room for a host.
    pub(crate) fn room(&self, host: &str) -> Result<Room, String> {
        Room::new(self.folder.join(host))
    }

    /// Writes a file beside the rooms.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        let path = self.folder.join(name);
        std::fs::write(&path, text).map_err(|error| Failure(format!("{}: {error}", path.display())))
    }

    /// When and with what: the line above the table.
    pub(crate) fn heading(&self) -> String {
        let date = say(Command::new("date").args(["-u", "+%Y-%m-%d"])).unwrap_or_default();
        let version = say(Command::new(self.program()).arg("--version")).unwrap_or_default();
        // The lines below it are of the engine and the licence.
        let version = version.lines().next().unwrap_or_default();
        let system = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
        let system = system.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
        format!("{date}, {version}, {}", system.unwrap_or("unknown").trim_matches('"'))
    }
}

/// A folder of a host's own, with a home in it.
#[derive(Debug)]
pub(crate) struct Room {
    folder: PathBuf,
}

impl Room {
    fn new(folder: PathBuf) -> Result<Self, String> {
        let words = |error| format!("{}: {error}", folder.display());
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(words)?;
        }
        std::fs::create_dir_all(&folder).map_err(words)?;
        let room = Self { folder };
        for part in ["home/.config", "home/.cache", "home/.local/share", "run"] {
            let part = room.path(part);
            std::fs::create_dir_all(&part)
                .map_err(|error| format!("{}: {error}", part.display()))?;
        }
        Ok(room)
    }

    /// A path in the room.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes a file in the room, with the folders to it.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<(), String> {
        let path = self.path(name);
        let words = |error| format!("{}: {error}", path.display());
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(words)?;
        }
        std::fs::write(&path, text).map_err(words)
    }

    /// A program that takes the room for all of the machine: it finds no settings, no session bus and no
    /// sound server of the person's. Should this program be killed, so is that.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("setpriv");
        command
            .args(["--pdeathsig", "KILL", "--"])
            .arg(program)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LANG", "C.UTF-8")
            .env("HOME", self.path("home"))
            .env("XDG_CONFIG_HOME", self.path("home/.config"))
            .env("XDG_CACHE_HOME", self.path("home/.cache"))
            .env("XDG_DATA_HOME", self.path("home/.local/share"))
            .env("XDG_RUNTIME_DIR", self.path("run"))
            .current_dir(&self.folder);
        command
    }
}

/// Copies a file or a folder.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), String> {
    crate::install::replace(from, to).map_err(|error| format!("{}: {error}", to.display()))
}
