//! `cargo xtask validate`: other people's judgement of the bundles.
//!
//! Validators are not part of the project; those on the PATH are run.

use std::process::Command;

use crate::run::{Failure, Outcome, bundle, command, exists, root, step, target};
use crate::setup;

pub(crate) fn validate() -> Outcome {
    setup::all_packages()?;
    bundle()?;
    let bundled = target().join("bundled");
    let (clap, vst3) = (bundled.join("Burnish.clap"), bundled.join("Burnish.vst3"));
    if exists("clap-validator") {
        step("clap-validator", Command::new("clap-validator").arg("validate").arg(&clap))?;
    } else {
        println!("\n== clap-validator: skipped, it is not on the PATH");
    }
    // Steinberg's validator knows no --version, but answers without a file.
    if exists("validator") {
        step("Steinberg's validator", Command::new("validator").arg(&vst3))?;
    } else {
        println!("\n== Steinberg's validator: skipped, it is not on the PATH");
    }
    if exists("pluginval") {
        step(
            "pluginval",
            Command::new("xvfb-run")
                .args(["-a", "pluginval", "--strictness-level", "10", "--validate"])
                .arg(&vst3),
        )?;
    } else {
        println!("\n== pluginval: skipped, it is not on the PATH");
    }
    pedalboard(&vst3)
}

/// Renders the demo mix through the VST3 in pedalboard, an independent host,
/// and compares it with `burnish master` to the bit.
fn pedalboard(vst3: &std::path::Path) -> Outcome {
    if !exists("python3") {
        println!("\n== pedalboard: skipped, there is no python3");
        return Ok(());
    }
    let python = python()?;
    step(
        "pedalboard",
        Command::new(&python)
            .arg(root().join("tests").join("pedalboard_equals_master.py"))
            .arg(vst3)
            .arg(target().join("release").join("burnish"))
            .arg(root().join("material").join("mix.flac")),
    )
}

/// The Python of the hosts that are Python packages; installed from `PyPI` on first use.
pub(crate) fn python() -> Result<std::path::PathBuf, Failure> {
    const PACKAGES: [&str; 2] = ["pedalboard==0.9.26", "dawdreamer==0.9.0"];
    let environment = target().join("python");
    let python = environment.join("bin").join("python");
    // The last thing that is written: an installation that was broken off is begun again.
    let mark = environment.join(PACKAGES.join("+"));
    if !mark.exists() {
        step("python environment", command("python3", &["-m", "venv"]).arg(&environment))?;
        step(
            "hosts from PyPI",
            Command::new(&python).args(["-m", "pip", "install", "-q"]).args(PACKAGES),
        )?;
        std::fs::write(&mark, "")
            .map_err(|error| Failure(format!("{}: {error}", mark.display())))?;
    }
    Ok(python)
}
