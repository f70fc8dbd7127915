//! `cargo xtask demo` and `cargo xtask screenshot`.

use std::ffi::OsStr;
use std::process::Command;
use std::time::Instant;

use crate::run::{Outcome, bundle, root, step, target};
use crate::setup;

pub(crate) fn demo() -> Outcome {
    let started = Instant::now();
    setup::all_packages()?;
    bundle()?;
    let folder = target().join("demo");
    step("demo", demo_program().arg(&folder))?;
    println!("\ndemo: {:.0} s in all", started.elapsed().as_secs_f64());
    Ok(())
}

pub(crate) fn screenshot() -> Outcome {
    setup::all_packages()?;
    bundle()?;
    step("screenshot", demo_program().arg("--pictures").arg(root().join("docs")))
}

/// The demo program; on Linux under an X server of its own, so that it needs no
/// screen and no window is in the way.
fn demo_program() -> Command {
    let program = target().join("release").join(format!("demo{}", std::env::consts::EXE_SUFFIX));
    let mut command = if cfg!(target_os = "linux") {
        let mut command = Command::new("xvfb-run");
        command.args(["-a", "-s", "-screen 0 1600x1200x24"]).arg(&program);
        command
    } else {
        Command::new(&program)
    };
    command.env("BURNISH_CLAP", clap_binary()).current_dir(root());
    command
}

/// The library that a host loads of the bundle.
fn clap_binary() -> impl AsRef<OsStr> {
    let bundle = target().join("bundled").join("Burnish.clap");
    if cfg!(target_os = "macos") { bundle.join("Contents/MacOS/Burnish") } else { bundle }
}
