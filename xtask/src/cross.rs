//! The code for other systems, checked where the toolchain has their standard library.

use std::path::Path;
use std::process::Command;

use crate::run::{Outcome, cargo, step, target};

/// Checked by a machine of any system, as far as it has them.
const TARGETS: [&str; 3] =
    ["x86_64-unknown-linux-gnu", "x86_64-pc-windows-gnu", "aarch64-apple-darwin"];

/// Checks the plug-in for every system but this one.
pub(crate) fn check() -> Outcome {
    for name in TARGETS.into_iter().filter(|name| !is_own(name)) {
        if !is_installed(name) {
            println!("\n== {name}: skipped, get it with `rustup target add {name}`");
            continue;
        }
        let arguments = ["check", "--locked", "-p", "burnish", "--target", name];
        // A folder of its own: what was built for this machine is not checked anew.
        let folder = target().join("cross");
        step(
            &format!("check for {name}"),
            cargo(&arguments).arg("--target-dir").arg(folder).env("PKG_CONFIG_ALLOW_CROSS", "1"),
        )?;
    }
    Ok(())
}

/// Whether `name` is of the system that this runs on.
fn is_own(name: &str) -> bool {
    let system = match std::env::consts::OS {
        "macos" => "apple",
        other => other,
    };
    name.contains(system)
}

/// With or without rustup: the library is there or it is not.
fn is_installed(name: &str) -> bool {
    let output = Command::new("rustc").args(["--print", "sysroot"]).output();
    output.is_ok_and(|output| {
        let sysroot = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Path::new(&sysroot).join("lib/rustlib").join(name).join("lib").is_dir()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_other_systems_are_checked() {
        assert_eq!(TARGETS.into_iter().filter(|name| !is_own(name)).count(), 2);
        assert!(!is_installed("pdp11-unknown-unix"));
    }
}
