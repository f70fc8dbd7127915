//! `cargo xtask test` and `cargo xtask bench`.

use std::time::Instant;

use crate::run::{Outcome, cargo, command, step, target};
use crate::{cross, network, setup};

/// The plug-in of the development build, which stops when the audio path
/// allocates. A `.clap` file is a plain dynamic library.
fn development_plugin() -> std::path::PathBuf {
    let name = format!("{}burnish{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    target().join("debug").join(name)
}

pub(crate) fn test() -> Outcome {
    let started = Instant::now();
    setup::all_packages()?;
    step("fmt", &mut cargo(&["fmt", "--all", "--check"]))?;
    step(
        "clippy",
        cargo(&["clippy", "--workspace", "--all-targets", "--locked"])
            .args(["--", "-D", "warnings"]),
    )?;
    step(
        "rustdoc",
        cargo(&["doc", "--workspace", "--no-deps", "--locked", "--document-private-items"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    step(
        "licences and sources",
        &mut command(&setup::cargo_deny()?, &["--locked", "check", "bans", "licenses", "sources"]),
    )?;
    step("development build", &mut cargo(&["build", "--workspace", "--locked"]))?;
    step(
        "tests",
        cargo(&["test", "--workspace", "--locked"]).env("BURNISH_CLAP", development_plugin()),
    )?;
    network::check(&development_plugin())?;
    cross::check()?;
    println!("\nall passed in {:.0} s", started.elapsed().as_secs_f64());
    Ok(())
}

pub(crate) fn bench() -> Outcome {
    step("bench", &mut cargo(&["bench", "--locked", "-p", "burnish-tests", "--bench", "chain"]))
}
