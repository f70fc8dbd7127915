//! `window STATE`: loads a state, opens the editor as hosts do, and says how large
//! it is, on a line of its own. `window STATE LATER` then loads the other while the
//! editor is open, says it again, opens the editor anew, and says it once more.
//!
//! A test runs it: a program of its own can fail as a host would.

use std::process::ExitCode;
use std::time::Duration;

use burnish_tests::error::Error;
use burnish_tests::host::{Host, bundle_path};

/// Long enough for the window to be drawn a few times.
const SHOWN: Duration = Duration::from_millis(500);
const STEP: Duration = Duration::from_millis(20);

fn main() -> ExitCode {
    let states: Vec<String> = std::env::args().skip(1).collect();
    match run(&states) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("window: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(states: &[String]) -> Result<(), Error> {
    let mut host = Host::load(&bundle_path())?;
    host.activate(48_000.0, 512)?;
    for state in states {
        let was_open = host.is_editor_open();
        host.load_state(&std::fs::read(state)?)?;
        if was_open {
            show(&mut host)?;
            host.close_editor();
        }
        host.open_editor_as_it_is()?;
        show(&mut host)?;
    }
    host.close_editor();
    // What was drawn has harmed nothing.
    host.save_state()?;
    Ok(())
}

/// Lets the editor be drawn while it plays, and tells its size.
fn show(host: &mut Host) -> Result<(), Error> {
    for _ in 0..SHOWN.as_millis() / STEP.as_millis() {
        host.process(&mut [0.1; 512], &mut [0.1; 512], &[])?;
        host.idle();
        std::thread::sleep(STEP);
    }
    let (width, height) = host.editor_size()?;
    println!("{width} {height}");
    Ok(())
}
