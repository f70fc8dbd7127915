//! The worker: loads the reference that the session names, off every other thread.
//!
//! It is told nothing. It compares what the session wants with what is loaded,
//! ten times a second, so a chosen file, a loaded state and a changed sample
//! rate are all one case.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use burnish_dsp::compare::ReferenceAudio;
use burnish_gui::ReferenceStatus;
use burnish_session::reference::{display_name, load_reference};

use crate::desk::{Desk, ShownReference};

const INTERVAL: Duration = Duration::from_millis(100);

/// What has to be loaded: which file, at which sample rate.
type Wanted = Option<(PathBuf, u32)>;

/// The worker thread of one instance; dropping it ends the thread.
#[derive(Debug)]
pub(crate) struct Worker {
    is_ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    pub(crate) fn start(desk: Arc<Desk>) -> std::io::Result<Self> {
        let is_ending = Arc::new(AtomicBool::new(false));
        let ending = Arc::clone(&is_ending);
        let thread = std::thread::Builder::new()
            .name("burnish-worker".to_owned())
            .spawn(move || work(&desk, &ending))?;
        Ok(Self { is_ending, thread: Some(thread) })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.is_ending.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A panic there has already said what it had to say.
            let _ = thread.join();
        }
    }
}

fn work(desk: &Desk, is_ending: &AtomicBool) {
    let mut present: Wanted = None;
    while !is_ending.load(Ordering::Relaxed) {
        desk.hand_over.collect();
        let wanted = wanted(desk);
        if wanted != present {
            match &wanted {
                None => {
                    desk.hand_over.offer(None);
                    desk.show_reference(ShownReference::default());
                }
                Some((path, rate_hz)) => load(desk, path, *rate_hz, is_ending),
            }
            present = wanted;
        }
        std::thread::park_timeout(INTERVAL);
    }
}

/// Before the host has started the stream, nothing can be resampled to its rate.
fn wanted(desk: &Desk) -> Wanted {
    Some((desk.session().reference?, desk.sample_rate_hz()?))
}

fn load(desk: &Desk, path: &Path, rate_hz: u32, is_ending: &AtomicBool) {
    let name = display_name(path);
    desk.hand_over.offer(None);
    desk.show_reference(ShownReference {
        status: ReferenceStatus::Loading { name: name.clone(), progress: 0.0 },
        ..ShownReference::default()
    });
    let asked_for = Some((path.to_owned(), rate_hz));
    let loaded = load_reference(path, f64::from(rate_hz), &mut |progress| {
        if is_ending.load(Ordering::Relaxed) || wanted(desk) != asked_for {
            return ControlFlow::Break(());
        }
        desk.show_reference_progress(&name, progress);
        ControlFlow::Continue(())
    });
    match loaded {
        Ok(reference) => {
            let measures = reference.measures;
            desk.show_reference(ShownReference {
                status: ReferenceStatus::Ready {
                    name: reference.name,
                    integrated_lufs: measures.integrated_lufs,
                    true_peak_dbtp: measures.true_peak_dbtp,
                    plr_db: measures.plr_db,
                    duration_s: measures.duration_s,
                },
                spectrum: Arc::new(reference.spectrum),
                integrated_lufs: measures.integrated_lufs,
            });
            desk.hand_over.offer(Some(Arc::new(ReferenceAudio {
                left: reference.audio.left,
                right: reference.audio.right,
                integrated_lufs: measures.integrated_lufs,
                true_peak_dbtp: measures.true_peak_dbtp,
            })));
        }
        // Something else is wanted by now; the next round sees to it.
        Err(_) if wanted(desk) != asked_for => {}
        Err(error) => desk.show_reference(ShownReference {
            status: ReferenceStatus::Failed { name, message: error.message },
            ..ShownReference::default()
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    const RATE_HZ: f32 = 48_000.0;

    /// A desk whose session names this reference, with the stream started.
    fn desk(reference: PathBuf) -> Arc<Desk> {
        let desk = Desk::new();
        desk.edit_session(|session| session.reference = Some(reference));
        desk.stream_started(RATE_HZ, 0);
        desk
    }

    /// What the editor shows once the worker is done.
    fn settled(desk: &Arc<Desk>) -> ReferenceStatus {
        let _worker = Worker::start(Arc::clone(desk)).unwrap();
        let started = Instant::now();
        loop {
            let status = desk.reference().status;
            let is_settled =
                !matches!(status, ReferenceStatus::None | ReferenceStatus::Loading { .. });
            if is_settled || started.elapsed() > Duration::from_mins(1) {
                return status;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    #[test]
    fn a_missing_reference_is_reported_and_stays_in_the_session() {
        let path = PathBuf::from("/nowhere/Signal Fires.flac");
        let desk = desk(path.clone());
        match settled(&desk) {
            ReferenceStatus::Failed { name, message } => {
                assert_eq!(name, "Signal Fires.flac");
                assert!(message.contains("expected") || message.contains("no such"), "{message}");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(desk.session().reference, Some(path));
    }

    #[test]
    fn a_reference_is_measured_and_handed_to_the_audio_thread() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../material");
        let desk = desk(folder.join("reference.flac"));
        let status = settled(&desk);
        let ReferenceStatus::Ready { integrated_lufs, true_peak_dbtp, .. } = status else {
            panic!("{status:?}");
        };
        // The figures that come with the file.
        assert!((integrated_lufs + 10.0).abs() < 0.1, "{integrated_lufs}");
        assert!(true_peak_dbtp < 0.0);
        assert!(desk.reference().spectrum.windows > 0);
    }
}
