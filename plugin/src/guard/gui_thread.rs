//! Keeps calls that concern the editor's window on the thread that opened it.
//!
//! The framework ends the process when it hears of its window from another
//! thread, or of its closing from inside a call about it. What comes from
//! another thread is refused; a closing from inside waits for the call to end.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::gate::this_thread;

/// The calls of one instance about its window.
#[derive(Debug, Default)]
pub(super) struct GuiThread {
    /// The thread that opened the window, 0 while there is none; beside the lock,
    /// since the audio thread asks too.
    owner: AtomicUsize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Calls that are inside, one in another.
    depth: usize,
    is_opening: bool,
    closes_after: bool,
}

/// A call that is inside.
#[derive(Debug)]
pub(super) struct Call<'a>(&'a GuiThread);

/// What is to be done about a window that is to be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closing {
    /// Close it.
    Now,
    /// The call that is inside will find it out when it ends.
    Later,
    /// There is none, or it is another thread's.
    Never,
}

impl GuiThread {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn owner(&self) -> usize {
        self.owner.load(Ordering::Acquire)
    }

    fn set_owner(&self, thread: usize) {
        self.owner.store(thread, Ordering::Release);
    }

    /// Before a window is opened; `None` where there is one already.
    pub(super) fn open(&self) -> Option<Call<'_>> {
        let mut state = self.state();
        if self.owner() != 0 || state.depth != 0 {
            return None;
        }
        self.set_owner(this_thread());
        *state = State { depth: 1, is_opening: true, closes_after: false };
        drop(state);
        Some(Call(self))
    }

    /// The window could not be opened.
    pub(super) fn has_failed(&self) {
        self.set_owner(0);
    }

    /// Before a call about the window; `None` where there is none, or on a thread
    /// that it does not belong to, or while it is being opened.
    pub(super) fn call(&self) -> Option<Call<'_>> {
        // The audio thread asks too, and takes no lock.
        if self.owner() != this_thread() {
            return None;
        }
        let mut state = self.state();
        if self.owner() != this_thread() || state.is_opening {
            return None;
        }
        state.depth += 1;
        drop(state);
        Some(Call(self))
    }

    /// Before a call that concerns the window if there is one.
    pub(super) fn call_if_open(&self) -> Option<Call<'_>> {
        let mut state = self.state();
        if state.is_opening || !self.is_here() {
            return None;
        }
        state.depth += 1;
        drop(state);
        Some(Call(self))
    }

    /// Before the window is closed; after [`Closing::Now`] there is none.
    pub(super) fn close(&self) -> Closing {
        let mut state = self.state();
        if self.owner() != this_thread() {
            Closing::Never
        } else if state.depth > 0 {
            state.closes_after = true;
            Closing::Later
        } else {
            self.set_owner(0);
            Closing::Now
        }
    }

    /// Whether this thread may touch the window: the one that opened it, or any
    /// while there is none.
    pub(super) fn is_here(&self) -> bool {
        let owner = self.owner();
        owner == 0 || owner == this_thread()
    }

    pub(super) fn is_open(&self) -> bool {
        self.owner() != 0
    }
}

impl Call<'_> {
    /// Ends the call; true where the window has to be closed now, since that was
    /// asked for meanwhile.
    #[must_use]
    pub(super) fn ends(self) -> bool {
        let mut state = self.0.state();
        let closes = state.depth == 1 && std::mem::take(&mut state.closes_after);
        if closes {
            self.0.set_owner(0);
        }
        closes
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.depth = state.depth.saturating_sub(1);
        state.is_opening &= state.depth > 0;
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_window_belongs_to_its_thread() {
        let gui = GuiThread::default();
        assert!(gui.call().is_none(), "there is none yet");
        let opening = gui.open().expect("the first");
        assert!(gui.call().is_none(), "it is being opened");
        assert!(!opening.ends());
        assert!(gui.open().is_none(), "there is one");
        thread::scope(|scope| {
            let other = scope.spawn(|| gui.call().is_none() && gui.close() == Closing::Never);
            assert!(other.join().expect("no panic"));
        });
        assert!(gui.is_open());
        assert_eq!(gui.close(), Closing::Now);
        assert_eq!(gui.close(), Closing::Never);
        assert!(gui.open().is_some());
    }

    #[test]
    fn a_closing_from_inside_a_call_waits_for_its_end() {
        let gui = GuiThread::default();
        drop(gui.open());
        let outer = gui.call().expect("a window");
        let inner = gui.call().expect("a window");
        assert_eq!(gui.close(), Closing::Later);
        assert!(!inner.ends(), "the outer call still runs");
        assert!(outer.ends());
        assert!(!gui.is_open());
    }
}
