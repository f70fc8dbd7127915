//! Seeing panics that are caught on the way.
//!
//! Decoders of others may panic on damaged files; that is caught where they are called,
//! and what is read is refused. Nothing of ours may.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// Where this thread has panicked while it was watched.
    static PLACES: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Where the sources of other people's crates lie.
const OF_OTHERS: [&str; 2] = ["/registry/src/", "/git/checkouts/"];

/// Carries out some work in which nothing of ours may panic.
///
/// # Panics
/// When something did, or when a panic was not caught.
#[track_caller]
pub(super) fn watched<T>(work: impl FnOnce() -> T) -> T {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            let place = info.location().map_or_else(String::new, ToString::to_string);
            let is_watched = PLACES.with_borrow_mut(|places| {
                places.as_mut().map(|places| places.push(format!("{place}: {info}"))).is_some()
            });
            if !is_watched {
                before(info);
            }
        }));
    });
    PLACES.set(Some(Vec::new()));
    let done = catch_unwind(AssertUnwindSafe(work));
    let places = PLACES.take().unwrap_or_default();
    let is_of_others = |place: &&String| OF_OTHERS.iter().any(|path| place.contains(path));
    for place in places.iter().filter(is_of_others) {
        println!("caught: {place}");
    }
    let ours: Vec<&String> = places.iter().filter(|place| !is_of_others(place)).collect();
    assert!(ours.is_empty(), "a reader panicked: {ours:?}");
    match done {
        Ok(done) => done,
        Err(panic) => {
            println!("not caught: {places:?}");
            resume_unwind(panic)
        }
    }
}
