//! Lets one call at a time through to the framework.

use std::hint::spin_loop;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How often the audio thread looks whether the gate has opened: some ten
/// microseconds, and never a system call.
const LOOKS: usize = 2_000;

/// Tells threads apart, without an allocation or a system call; never 0.
pub(super) fn this_thread() -> usize {
    thread_local! {
        static PLACE: u8 = const { 0 };
    }
    PLACE.with(|place| std::ptr::from_ref(place).addr())
}

/// What the host has brought the instance to. Each includes the ones before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Stage {
    /// Created, and nothing else.
    New,
    /// Initialised; there is no audio yet.
    Resting,
    /// Activated: there is an engine.
    Active,
    /// Audio is being played.
    Playing,
}

impl Stage {
    const ALL: [Self; 4] = [Self::New, Self::Resting, Self::Active, Self::Playing];
}

/// A gate of an instance: which stage it is in, and whether a call is inside.
#[derive(Debug)]
pub(super) struct Gate {
    /// The thread that is inside, 0 for none.
    inside: AtomicUsize,
    stage: AtomicU8,
}

/// Says that no other call is inside for as long as this lives.
#[derive(Debug)]
pub(super) struct Pass<'a>(&'a Gate);

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.0.inside.store(0, Ordering::Release);
    }
}

impl Gate {
    pub(super) const fn new() -> Self {
        Self { inside: AtomicUsize::new(0), stage: AtomicU8::new(Stage::New as u8) }
    }

    fn try_enter(&self) -> Option<Pass<'_>> {
        self.inside
            .compare_exchange(0, this_thread(), Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
            .then(|| Pass(self))
    }

    /// A call from inside a call of the same thread would wait for itself.
    fn is_inside_already(&self) -> bool {
        self.inside.load(Ordering::Relaxed) == this_thread()
    }

    /// For the audio thread: a moment's patience, then none.
    pub(super) fn enter_now(&self) -> Option<Pass<'_>> {
        for _ in 0..LOOKS {
            if let Some(pass) = self.try_enter() {
                return Some(pass);
            }
            if self.is_inside_already() {
                return None;
            }
            spin_loop();
        }
        None
    }

    /// For all other threads: waits for what is inside to end, and gives up after
    /// `patience`.
    pub(super) fn enter(&self, patience: Duration) -> Option<Pass<'_>> {
        if let Some(pass) = self.enter_now() {
            return Some(pass);
        }
        let since = Instant::now();
        while since.elapsed() < patience && !self.is_inside_already() {
            if let Some(pass) = self.try_enter() {
                return Some(pass);
            }
            thread::sleep(Duration::from_micros(200));
        }
        None
    }

    pub(super) fn stage(&self) -> Stage {
        Stage::ALL[usize::from(self.stage.load(Ordering::Acquire))]
    }

    /// Needs a pass: what changes the stage excludes what depends on it.
    pub(super) fn set_stage(&self, stage: Stage, _pass: &Pass<'_>) {
        self.stage.store(stage as u8, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_call_at_a_time() {
        let gate = Gate::new();
        let pass = gate.enter_now().expect("an empty gate");
        assert!(gate.enter_now().is_none());
        let since = Instant::now();
        assert!(gate.enter(Duration::from_secs(20)).is_none(), "it would wait for itself");
        assert!(since.elapsed() < Duration::from_secs(10));
        thread::scope(|scope| {
            let other = scope.spawn(|| gate.enter(Duration::from_millis(2)).is_none());
            assert!(other.join().expect("no panic"));
        });
        drop(pass);
        assert!(gate.enter(Duration::ZERO).is_some());
    }

    #[test]
    fn a_waiting_call_enters_when_the_other_ends() {
        let gate = Gate::new();
        thread::scope(|scope| {
            let pass = gate.enter_now().expect("an empty gate");
            let waiting = scope.spawn(|| gate.enter(Duration::from_secs(20)).is_some());
            thread::sleep(Duration::from_millis(5));
            drop(pass);
            assert!(waiting.join().expect("no panic"));
        });
    }
}
