//! Everything that is done with the project, as `cargo xtask COMMAND`.
//!
//! Pure Rust without system libraries: it has to build on a machine that has
//! nothing but the toolchain, since it is what sets up the rest.

mod crates;
mod cross;
mod demo;
mod dist;
#[cfg(target_os = "linux")]
mod hosts;
mod install;
mod network;
mod run;
mod setup;
mod soak;
mod test;
mod validate;

use std::process::ExitCode;

use run::Failure;

const HELP: &str = "cargo xtask COMMAND

  demo        set up, build, master the demo mix in a real host, photograph the editor
  test        set up, then everything: fmt, clippy, rustdoc, all tests
  bundle      build the release bundles: target/bundled/Burnish.clap and Burnish.vst3
  install     bundle, and put both where hosts look
  uninstall   take both away again
  dist        the archive of a release and its checksum: target/dist/; --check builds it twice and
              compares, --universal is for both processors of a Mac
  bench       what the chain and each stage cost
  screenshot  photograph the editor for the README: docs/editor.png, docs/editor-small.png
  soak        hostile hosts against the release bundle: --minutes N (10), --seed N
  validate    run the plug-in validators that are on the PATH, and pedalboard
  hosts       load, play, automate, save, reopen and bounce in real hosts; [NAME...] [--bundle DIR]
  licences    list the licences of all that is in the bundle: docs/licences.md
  setup       install what a build or a test needs (Debian and Ubuntu as root; else say what)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.first().map(String::as_str) {
        Some("demo") => demo::demo(),
        Some("test") => test::test(),
        Some("bundle") => setup::build_packages().and_then(|()| run::bundle()),
        Some("install") => setup::build_packages().and_then(|()| install::install()),
        Some("bench") => setup::build_packages().and_then(|()| test::bench()),
        Some("screenshot") => demo::screenshot(),
        Some("soak") => soak::soak(&arguments[1..]),
        Some("validate") => validate::validate(),
        #[cfg(target_os = "linux")]
        Some("hosts") => hosts::hosts(&arguments[1..]),
        #[cfg(not(target_os = "linux"))]
        Some("hosts") => Err(Failure("the hosts are driven on Linux only".to_owned())),
        Some("dist") => setup::build_packages().and_then(|()| dist::dist(&arguments[1..])),
        Some("uninstall") => install::uninstall(),
        Some("licences") => crates::write_licences(),
        Some("setup") => setup::all_packages(),
        None | Some("--help" | "-h" | "help") => {
            print!("{HELP}");
            Ok(())
        }
        Some(other) => Err(Failure(format!("expected a command, found \"{other}\"\n\n{HELP}"))),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(message)) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
