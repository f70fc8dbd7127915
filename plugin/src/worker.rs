//! The worker: loads the references of the session, off every other thread, and
//! builds the paths and makes the kernels that the audio thread asks for.
//!
//! It is told nothing. It compares what the list wants with what the audio
//! thread has, some times a second, so an added file, a loaded state, a
//! changed sample rate, a moved loop and a stream that began anew are all one
//! case. What is chosen is loaded first.
//!
//! It touches no file itself: a drive may hang, and others are loaded meanwhile.

mod held;
mod shelf;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use self::shelf::Shelf;
use crate::desk::Desk;
use crate::lock::lock;
use crate::pin;

/// The longest that anybody waits for the thread to end.
const PATIENCE: Duration = Duration::from_millis(30);

/// Starts the worker of an instance when it is first needed.
#[derive(Debug, Default)]
pub(crate) struct WorkerKeeper(Mutex<Option<Worker>>);

impl WorkerKeeper {
    /// Starts it unless it works already; says so on the desk if that is
    /// impossible. Whether it works.
    pub(crate) fn start(&self, desk: &Arc<Desk>) -> bool {
        let mut worker = lock(&self.0);
        if worker.is_none() {
            match Worker::start(Arc::clone(desk)) {
                Ok(started) => *worker = Some(started),
                Err(error) => desk.messages.say(format!(
                    "references cannot be loaded: expected to start a thread, found {error}"
                )),
            }
        }
        worker.is_some()
    }
}

/// The worker thread of one instance; dropping it ends the thread.
#[derive(Debug)]
struct Worker {
    is_ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    fn start(desk: Arc<Desk>) -> std::io::Result<Self> {
        // A thread that waits for a drive may outlive the instance.
        pin::keep_loaded();
        let is_ending = Arc::new(AtomicBool::new(false));
        let mut shelf = Shelf::new(desk, Arc::clone(&is_ending));
        let thread = std::thread::Builder::new()
            .name("burnish-worker".to_owned())
            .spawn(move || shelf.work())?;
        Ok(Self { is_ending, thread: Some(thread) })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.is_ending.store(true, Ordering::Relaxed);
        let Some(thread) = self.thread.take() else { return };
        thread.thread().unpark();
        // It ends at once, unless it measures a loop or the machine is busy. Then
        // it is left behind with all that it needs: it is the host that waits here.
        let until = Instant::now() + PATIENCE;
        while !thread.is_finished() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}
