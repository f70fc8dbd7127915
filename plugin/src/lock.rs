//! Locks between threads that may wait for each other; none of them is the audio thread.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A panic elsewhere leaves plain data behind that is still whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
