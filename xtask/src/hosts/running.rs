//! A program that is ended with all that it started, whatever happens here.

use std::fs::File;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How often a wait looks again.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// A program at work in a process group of its own.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    log: PathBuf,
}

impl Running {
    /// Starts a program; what it says goes to a file.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Result<Self, String> {
        let words = |error| format!("{}: expected to write it, found that {error}", log.display());
        let out = File::create(log).map_err(words)?;
        let errors = out.try_clone().map_err(words)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(errors)
            .process_group(0)
            .spawn()
            .map_err(|error| {
                format!("expected to run {}, found that {error}", command.get_program().display())
            })?;
        Ok(Self { child, log: log.to_owned() })
    }

    /// What it has said so far.
    pub(crate) fn said(&self) -> String {
        std::fs::read(&self.log)
            .map_or_else(|_| String::new(), |b| String::from_utf8_lossy(&b).into_owned())
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits for the end, but not longer than this.
    pub(crate) fn wait(&mut self, at_most: Duration) -> Option<ExitStatus> {
        until(at_most, || self.ended())
    }

    /// Waits until something is there; the end of the program is an error in words.
    pub(crate) fn wait_for<T>(
        &mut self,
        what: &str,
        at_most: Duration,
        mut look: impl FnMut() -> Option<T>,
    ) -> Result<T, String> {
        let found = until(at_most, || match self.ended() {
            Some(status) => {
                Some(Err(format!("expected {what}, found that the host {}", end(status))))
            }
            None => look().map(Ok),
        });
        found.unwrap_or_else(|| {
            Err(format!("expected {what}, found none in {} s", at_most.as_secs()))
        })
    }

    /// Ends it and all that it started: politely first.
    fn stop(&mut self) {
        for (signal, patience_s) in [("-TERM", 2), ("-KILL", 2)] {
            let group = format!("-{}", self.child.id());
            let _ =
                Command::new("kill").args([signal, "--", &group]).stderr(Stdio::null()).status();
            if self.wait(Duration::from_secs(patience_s)).is_some() && signal == "-KILL" {
                return;
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Looks again and again until there is something, but not longer than this.
pub(crate) fn until<T>(at_most: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if started.elapsed() > at_most {
            return None;
        }
        std::thread::sleep(LOOK_AGAIN);
    }
}

/// An end in words.
pub(crate) fn end(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("ended with the code {code}"),
        (None, Some(11)) => "crashed (segmentation fault)".to_owned(),
        (None, Some(6)) => "aborted".to_owned(),
        (None, Some(signal)) => format!("was ended by the signal {signal}"),
        (None, None) => "ended".to_owned(),
    }
}

/// What a short program says on its standard output; `None` when it fails or takes longer than a minute.
pub(crate) fn say(command: &mut Command) -> Option<String> {
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    // Nothing that is asked here says more than a pipe holds, so that waiting first cannot stand still.
    let status = until(Duration::from_mins(1), || child.try_wait().ok().flatten());
    if status.is_none() {
        let _ = child.kill();
    }
    let output = child.wait_with_output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("burnish-running-{}-{name}", std::process::id()))
    }

    #[test]
    fn what_a_program_started_ends_with_it() {
        let log = log("group");
        let mut shell = Command::new("sh");
        shell.args(["-c", "sleep 1000 & echo $!; wait"]);
        let running = Running::start(&mut shell, &log).expect("sh");
        let child = until(Duration::from_secs(5), || {
            let said = running.said();
            said.ends_with('\n').then(|| said.trim().to_owned())
        })
        .expect("the child's number");
        drop(running);
        let is_gone = until(Duration::from_secs(5), || {
            // A dead process that nobody has waited for yet is gone too.
            let state = std::fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
            (state.is_empty() || state.contains(") Z ")).then_some(())
        });
        std::fs::remove_file(log).expect("the log");
        assert_eq!(is_gone, Some(()));
    }

    #[test]
    fn a_crash_is_told_as_one() {
        let log = log("crash");
        let mut shell = Command::new("sh");
        shell.args(["-c", "kill -SEGV $$"]);
        let mut running = Running::start(&mut shell, &log).expect("sh");
        let waited = running.wait_for("a window", Duration::from_secs(5), || None::<()>);
        std::fs::remove_file(log).expect("the log");
        assert_eq!(
            waited,
            Err("expected a window, found that the host crashed (segmentation fault)".to_owned())
        );
    }
}
