//! Finds out what a machine lacks, and installs it or says how.

use std::process::{Command, Stdio};

use crate::run::{Failure, Outcome, cargo, exists, step, target};

/// Needed to build: a linker, and the sound systems of the standalone program.
const BUILD: [&str; 5] = ["gcc", "libc6-dev", "pkg-config", "libasound2-dev", "libjack-jackd2-dev"];
/// Needed to open a window on a machine without a screen: an X server, and
/// OpenGL in software.
const WINDOW: [&str; 7] = [
    "libx11-6",
    "libx11-xcb1",
    "libxkbcommon-x11-0",
    "libegl1",
    "libgl1-mesa-dri",
    "xvfb",
    "xauth",
];

/// What a build needs.
pub(crate) fn build_packages() -> Outcome {
    ensure(&BUILD)
}

/// What builds, tests and the demo need.
pub(crate) fn all_packages() -> Outcome {
    let all: Vec<&str> = BUILD.iter().chain(&WINDOW).copied().collect();
    ensure(&all)
}

/// What a host needs, by Debian's names; elsewhere a person has to see to it.
#[cfg(target_os = "linux")]
pub(crate) fn debian_packages(packages: &[&str]) -> Outcome {
    if exists("dpkg-query") {
        return ensure_debian(packages);
    }
    Err(Failure(format!("needs what Debian calls {}", packages.join(", "))))
}

/// The version of cargo-deny that is installed where there is none.
const CARGO_DENY: &str = "0.20.2";

/// The program that checks licences and sources: the one on the PATH, else one of ours, which
/// is built once and kept with what cargo builds.
pub(crate) fn cargo_deny() -> Result<String, Failure> {
    const NAME: &str = "cargo-deny";
    if exists(NAME) {
        return Ok(NAME.to_owned());
    }
    let folder = target().join("tools");
    let program = folder.join("bin").join(format!("{NAME}{}", std::env::consts::EXE_SUFFIX));
    let program = program.display().to_string();
    if !exists(&program) {
        let mut install = cargo(&["install", NAME, "--locked", "--debug", "--version", CARGO_DENY]);
        // It runs once: a quick build counts for more than a quick program. Its own crates
        // are of no use to anything else here.
        let built = folder.join("build");
        step(
            "building cargo-deny, once",
            install.arg("--root").arg(&folder).env("CARGO_TARGET_DIR", &built),
        )?;
        // What cannot be removed is only in the way.
        let _ = std::fs::remove_dir_all(built);
    }
    Ok(program)
}

fn ensure(packages: &[&str]) -> Outcome {
    if !cfg!(target_os = "linux") {
        // macOS and Windows bring sound and windows with the system.
        return Ok(());
    }
    if exists("dpkg-query") {
        return ensure_debian(packages);
    }
    let needed = ["cc", "pkg-config", "Xvfb"];
    let missing: Vec<&str> = needed.into_iter().filter(|program| !exists(program)).collect();
    let has_libraries = ["alsa", "jack"].iter().all(|library| has_library(library));
    if missing.is_empty() && has_libraries {
        return Ok(());
    }
    let how = if exists("dnf") {
        "sudo dnf install gcc pkgconf-pkg-config alsa-lib-devel \
         jack-audio-connection-kit-devel libX11-xcb libxkbcommon-x11 mesa-libEGL \
         mesa-dri-drivers xorg-x11-server-Xvfb xorg-x11-xauth"
    } else if exists("pacman") {
        "sudo pacman -S --needed gcc pkgconf alsa-lib jack2 libx11 libxkbcommon-x11 mesa \
         xorg-server-xvfb xorg-xauth"
    } else if exists("zypper") {
        "sudo zypper install gcc pkg-config alsa-devel libjack-devel libX11-xcb1 \
         libxkbcommon-x11-0 Mesa-dri Mesa-libEGL1 xorg-x11-server-Xvfb xauth"
    } else {
        "install a C compiler, pkg-config, the development files of ALSA and JACK, and Xvfb"
    };
    Err(Failure(format!("some system packages are missing; install them with\n\n  {how}\n")))
}

fn has_library(name: &str) -> bool {
    Command::new("pkg-config")
        .args(["--exists", name])
        .status()
        .is_ok_and(|status| status.success())
}

fn ensure_debian(packages: &[&str]) -> Outcome {
    let missing: Vec<&str> =
        packages.iter().copied().filter(|package| !is_installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let install = format!("apt-get install -y --no-install-recommends {}", missing.join(" "));
    if !is_root() {
        return Err(Failure(format!(
            "some system packages are missing; install them with\n\n  sudo apt-get update && sudo {install}\n"
        )));
    }
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        // Another installation may be under way: wait for it rather than fail.
        command
            .args(["-qq", "-o", "DPkg::Lock::Timeout=600"])
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null());
        command
    };
    step("package lists", &mut apt(&["update"]))?;
    step(
        &format!("installing {}", missing.join(" ")),
        apt(&["install", "-y", "--no-install-recommends"]).args(&missing),
    )
}

fn is_installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["-W", "-f=${Status}", package])
        .stderr(Stdio::null())
        .output()
        .is_ok_and(|output| output.stdout.ends_with(b"install ok installed"))
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
