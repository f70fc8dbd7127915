//! What happens when the program is told to stop: Ctrl-C, a closed terminal, a shut-down.
//!
//! Whatever is half-written is removed, the old file is whole, and the exit code says so. A
//! thread waits for the signal; the work itself never has to look.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use burnish_session::output::abandon_all;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// Exit code of a program that was interrupted: 128 and the number of the signal of Ctrl-C.
const INTERRUPTED: i32 = 130;

/// Watches for interrupts from now on.
///
/// # Errors
/// When the system does not let signals be waited for.
pub(super) fn watch() -> io::Result<()> {
    wait(|| {
        abandon_all();
        eprintln!("burnish: interrupted");
        std::process::exit(INTERRUPTED);
    })
}

#[cfg(unix)]
fn wait(stop: fn()) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGXFSZ};
    use signal_hook::iterator::Signals;
    // A file that must not grow is an error to be told of, not the end.
    flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)))?;
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    // `nohup` asks to go on without a terminal.
    if !is_ignored(SIGHUP) {
        signals.add_signal(SIGHUP)?;
    }
    std::thread::Builder::new().name("burnish-signals".to_owned()).spawn(move || {
        if signals.forever().next().is_some() {
            stop();
        }
    })?;
    Ok(())
}

/// Whether whoever started the program has it ignore a signal; known on Linux only.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask >> (signal - 1) & 1 == 1
}

#[cfg(not(unix))]
fn wait(stop: fn()) -> io::Result<()> {
    use std::sync::atomic::Ordering;
    use std::time::Duration;
    let is_told = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        flag::register(signal, Arc::clone(&is_told))?;
    }
    std::thread::Builder::new().name("burnish-signals".to_owned()).spawn(move || {
        while !is_told.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(20));
        }
        stop();
    })?;
    Ok(())
}
