//! Running other programs, and the steps that several commands share.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// A step that failed, in words.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) String);

pub(crate) type Outcome = Result<(), Failure>;

/// The project's folder.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A command that runs in the project's folder.
pub(crate) fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// The cargo that runs this program.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    command(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()), arguments)
}

/// Runs a step under a heading, with its time.
pub(crate) fn step(name: &str, command: &mut Command) -> Outcome {
    println!("\n== {name}");
    let started = Instant::now();
    let status = command.status().map_err(|error| {
        Failure(format!(
            "{name}: expected to run {}, found that {error}",
            command.get_program().display()
        ))
    })?;
    if !status.success() {
        return Err(Failure(format!("{name} failed ({status})")));
    }
    println!("== {name}: {:.0} s", started.elapsed().as_secs_f64());
    Ok(())
}

/// Whether a program is on the PATH.
pub(crate) fn exists(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .stdin(Stdio::null())
        .status()
        .is_ok()
}

/// Builds everything that is shipped and the demo in one go: one set of
/// features, so that nothing is built twice.
pub(crate) fn build_release() -> Outcome {
    let arguments = ["build", "--release", "--locked", "-p", "burnish", "-p", "burnish-tests"];
    step("release build", cargo(&arguments).args(["--lib", "--bins"]))
}

/// Makes `target/bundled/Burnish.clap` and `Burnish.vst3` of the release build.
pub(crate) fn bundle() -> Outcome {
    build_release()?;
    std::env::set_current_dir(root())
        .map_err(|error| Failure(format!("expected the project's folder, found {error}")))?;
    nice_plug_xtask::bundle(&target(), "burnish", &["--release".to_owned()], false)
        .map_err(|error| Failure(format!("bundling failed: {error:#}")))
}
